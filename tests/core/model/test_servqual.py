"""SERVQUAL against the published tables and two constructed sets (requirements §6)."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.servqual import (
    FEW,
    HIGHEST,
    USUAL,
    Category,
    Dimension,
    by_counts,
    rounded,
)
from core.model.servqual_items import ITEMS, Respondent, by_items

if TYPE_CHECKING:
    from collections.abc import Mapping


DATA = Path(__file__).parent.parent.parent / "data"


@pytest.fixture(scope="module")
def reference() -> Any:
    return json.loads((DATA / "servqual_lubuklinggau.json").read_text())


def keyed(given: Mapping[str, Any]) -> dict[Dimension, Any]:
    return {Dimension(name): value for name, value in given.items()}


def four(figure: Fraction) -> float:
    return float(rounded(figure, 4))


SETS = [
    ("lubuklinggau", "expectation_counts"),
    ("lubuklinggau", "period_expectation"),
    ("unequal_counts", "period_expectation"),
]


@pytest.mark.parametrize(("name", "wanted"), SETS)
def test_ll_16_ll_28_the_reference_counts_give_the_reference_figures(
    reference: Any, name: str, wanted: str
) -> None:
    data = reference[name]
    result = by_counts(keyed(data["perception_counts"]), keyed(data[wanted]))
    expected = data["expected"]
    for row in result.dimensions:
        said = expected["dimensions"][row.dimension]
        assert row.n == said["n"]
        assert (row.perception_sum, row.expectation_sum) == (
            said["perception_sum"],
            said["expectation_sum"],
        )
        for figure in ("mean", "index"):
            for kind in ("perception", "expectation", "gap"):
                assert four(getattr(row, f"{kind}_{figure}")) == said[f"{kind}_{figure}"]
        assert (row.category, row.rank) == (said["category"], said["rank_worst_first"])
    assert list(result.improvement_order) == expected["improvement_order"]
    assert result.worst == expected["worst_dimension"]
    overall, said = result.overall, expected["overall"]
    assert overall is not None
    assert overall.n == said["scores_total"]
    assert four(overall.perception_mean) == said["pooled_perception_mean"]
    assert four(overall.expectation_mean) == said["pooled_expectation_mean"]
    assert four(overall.gap_mean) == said["pooled_gap_mean"]
    assert four(overall.mean_gap) == said["mean_of_dimension_gaps"]
    assert four(overall.mean_gap_index) == said["mean_of_dimension_gap_index"]


def test_the_printed_table_is_met_and_its_slips_are_not(reference: Any) -> None:
    data = reference["lubuklinggau"]
    result = by_counts(keyed(data["perception_counts"]), keyed(data["period_expectation"]))
    shown = {
        kind: {
            row.dimension: float(rounded(getattr(row, f"{kind}_index")))
            for row in result.dimensions
        }
        for kind in ("perception", "expectation", "gap")
    }
    assert shown == data["printed_table"]
    for slip in (0.72, 0.3, 0.32, -0.2):
        assert slip not in shown["gap"].values()
        assert slip not in shown["perception"].values()


def test_ll_33_what_dividing_by_all_scores_would_show_is_not_shown(reference: Any) -> None:
    data = reference["unequal_counts"]
    result = by_counts(keyed(data["perception_counts"]), keyed(data["period_expectation"]))
    wrong = data["expected"]["wrong_if_divided_by_all_scores"]
    for row in result.dimensions:
        assert four(row.perception_index) != wrong[row.dimension]["perception"]
        assert row.perception_index <= 1


def test_ll_36_the_category_boundaries(reference: Any) -> None:
    for row in reference["category_boundary_cases"]:
        assert USUAL.category(Fraction(row["gap_index"])) == row["category"]


def test_ll_35_the_22_statements_on_all_three_levels(reference: Any) -> None:
    data = reference["item_level"]
    assert [one.value for one in ITEMS] == data["item_dimensions"]
    people = [Respondent(one["expectation"], one["perception"]) for one in data["respondents"]]
    report = by_items(people, keyed(data["importance_points"]))
    for item, said in zip(report.items, data["expected"]["items"], strict=True):
        assert (item.place, item.dimension, item.n) == (said["item"], said["dimension"], said["n"])
        assert four(item.perception_mean) == said["perception_mean"]
        assert four(item.expectation_mean) == said["expectation_mean"]
        assert four(item.gap) == said["gap"]
    for score in report.dimensions:
        said = data["expected"]["dimensions"][score.dimension]
        assert score.respondents == said["respondents"]
        assert (four(score.gap_mean), four(score.gap_index)) == (
            said["gap_mean"],
            said["gap_index"],
        )
        assert score.category == said["category"]
    overall = data["expected"]["overall"]
    figures = (report.mean_of_items, report.mean_of_dimensions, report.weighted)
    assert [four(figure) for figure in figures if figure is not None] == [
        overall["mean_of_22_item_gaps"],
        overall["mean_of_5_dimension_gaps"],
        overall["weighted_by_importance"],
    ]


def test_without_answers_there_is_no_value_and_no_part_in_any_mean() -> None:
    nothing = by_counts({}, {})
    assert (nothing.dimensions, nothing.overall, nothing.worst) == ((), None, None)
    some = by_counts(
        {Dimension.EMPATHY: [0, 0, 0, 0, 2], Dimension.ASSURANCE: [0, 0, 0, 0, 0]},
        {Dimension.EMPATHY: 4},
    )
    [row] = some.dimensions
    assert row.dimension is Dimension.EMPATHY
    assert row.little_data
    assert some.overall is not None
    assert some.overall.mean_gap == 1


def test_ties_follow_the_order_of_the_dimensions() -> None:
    equal = [0, 0, FEW, 0, 0]
    for order in permutations(list(Dimension)[:3]):
        result = by_counts(dict.fromkeys(order, equal), dict.fromkeys(order, 4))
        assert result.improvement_order == tuple(list(Dimension)[:3])


@pytest.mark.parametrize(
    ("perception", "expectation"),
    [
        ([1, 2], 3),
        ([0, 0, -1, 2, 1], 3),
        ([0, 0, 1, 0, 0], 0),
        ([0, 0, 1, 0, 0], 6),
        ([0, 0, 1, 0, 0], [0, 0, 2, 0, 0]),
        ([0, 0, 1, 0, 0], None),
    ],
)
def test_what_makes_no_sense_is_refused(perception: list[int], expectation: Any) -> None:
    given = {} if expectation is None else {Dimension.EMPATHY: expectation}
    with pytest.raises(ValueError, match="empathy"):
        by_counts({Dimension.EMPATHY: perception}, given)


def test_a_form_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="each statement"):
        by_items([Respondent([1] * 21, [1] * 22)])


def test_a_person_who_answered_nothing_changes_nothing() -> None:
    silent = Respondent([None] * 22, [None] * 22)
    one = Respondent([3] * 22, [4] * 22)
    assert by_items([one, silent]) == by_items([one])
    assert by_items([silent]).mean_of_items is None
    assert by_items([silent], {Dimension.EMPATHY: 100}).weighted is None


ROUNDINGS = [
    ("0.005", 2, "0.01"),
    ("-0.005", 2, "-0.01"),
    ("-0.004", 2, "0.00"),
    ("2.00005", 4, "2.0001"),
    ("0", 2, "0.00"),
]


@pytest.mark.parametrize(("figure", "places", "shown"), ROUNDINGS)
def test_ll_34_halves_go_away_from_zero_and_zero_has_no_sign(
    figure: str, places: int, shown: str
) -> None:
    found = rounded(Fraction(figure), places)
    assert str(found) == shown


counts = st.lists(st.integers(0, 50), min_size=HIGHEST, max_size=HIGHEST)


@given(st.dictionaries(st.sampled_from(list(Dimension)), counts), st.integers(1, HIGHEST))
def test_any_counts_stay_on_the_scale(table: dict[Dimension, list[int]], wanted: int) -> None:
    result = by_counts(table, dict.fromkeys(Dimension, wanted))
    ranks = sorted(row.rank for row in result.dimensions)
    assert ranks == list(range(1, len(ranks) + 1))
    for row in result.dimensions:
        assert 1 <= row.perception_mean <= HIGHEST
        assert row.category in Category
        assert abs(row.gap_index) < 1
        assert isinstance(rounded(row.gap_index), Decimal)
