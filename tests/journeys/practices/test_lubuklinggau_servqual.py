"""Lubuklinggau's surveys: the published tables by SMS, the 22 statements by paper, both by API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from core.model.servqual import Dimension
from tests.journeys.practices.walk_mb import Practice, practice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

DATA = json.loads(
    (Path(__file__).parents[2] / "data/servqual_lubuklinggau.json").read_text(encoding="utf-8")
)
PERIOD = "2026-07"
DIMENSIONS = [one.value for one in Dimension]


@pytest.fixture(scope="module")
async def dinkes(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Practice]:
    """The health office; nobody has answered anything yet, the expectations are published."""
    async with practice(tmp_path_factory.mktemp("servqual"), "") as made:
        values = DATA["lubuklinggau"]["period_expectation"]
        said = await made["admin"].call("PUT", f"/expectations/{PERIOD}", {"values": values})
        assert said.status == 200, said.text
        yield made


@pytest.fixture(scope="module")
async def table(dinkes: Practice) -> Any:
    """What the API answers once ten citizens have sent their five digits by SMS."""
    columns = [
        [score for score, many in enumerate(counts, start=1) for _ in range(many)]
        for counts in (DATA["lubuklinggau"]["perception_counts"][one] for one in DIMENSIONS)
    ]
    for scores in zip(*columns, strict=True):
        citizen = dinkes.citizen()
        number = await citizen.complains(f"keluhan {citizen.number[-4:]}")
        await dinkes.solve_by("technician", number, "Sudah ditangani")
        assert "ditangani" in await citizen.reads()
        assert "balas NILAI" in await citizen.reads()
        thanks = await citizen.says(f"NILAI {' '.join(map(str, scores))}")
        assert thanks.startswith(f"Terima kasih, nilai Anda untuk tiket {number}")
    said = await dinkes["leader"].get(f"/surveys/{PERIOD}")
    assert said.status == 200, said.text
    return said.json


async def test_ll_16_ll_28_each_dimension_with_n_perception_expectation_gap_and_category(
    table: Any,
) -> None:
    expected = DATA["lubuklinggau"]["expected"]["dimensions"]
    assert [row["dimension"] for row in table["dimensions"]] == DIMENSIONS
    for row in table["dimensions"]:
        wanted = expected[row["dimension"]]
        names = (
            *("n", "perception_mean", "expectation_mean", "gap_mean", "perception_index"),
            *("expectation_index", "gap_index", "category"),
        )
        assert {name: row[name] for name in names} == {name: wanted[name] for name in names}
        assert row["rank"] == wanted["rank_worst_first"]
    assert [row["dimension"] for row in table["dimensions"] if row["rank"] == 1] == [
        "responsiveness"
    ]


async def test_ll_18_ll_39_the_worst_is_named_and_those_to_repair_come_worst_first(
    table: Any,
) -> None:
    assert table["worst"] == "responsiveness"
    assert table["improvement_order"] == ["responsiveness", "reliability", "assurance"]


async def test_ll_33_ll_37_every_row_has_its_own_n_and_the_total_is_apart(table: Any) -> None:
    assert [row["n"] for row in table["dimensions"]] == [10] * 5
    assert table["overall"]["n"] == 50
    assert table["dimensions"][0]["perception_index"] == 0.62
    assert table["overall"]["perception_mean"] == 2.92


async def test_ll_17_ll_35_the_22_statements_ask_respondents_what_they_expect(
    dinkes: Practice,
) -> None:
    for place, one in enumerate(DATA["item_level"]["respondents"]):
        entry = {"form": "walk_in", "text": f"Keluhan {place}", "reference": f"P-{place}"}
        number = (await dinkes["operator"].post("/entries", entry)).json["number"]
        await dinkes.solve_by("technician", number, "Sudah ditangani")
        scores = [
            {"item": item, "score": score, "half": half}
            for half in ("perception", "expectation")
            for item, score in enumerate(one[half], start=1)
            if score is not None
        ]
        said = await dinkes["operator"].post(f"/tickets/{number}/survey", {"scores": scores})
        assert (said.status, said.json["counted"]) == (201, True), said.text
    told = (await dinkes["leader"].get(f"/surveys/{PERIOD}")).json["statements"]
    expected = DATA["item_level"]["expected"]
    assert [
        (row["place"], row["n"], row["perception_mean"], row["expectation_mean"], row["gap"])
        for row in told["items"]
    ] == [
        (row["item"], row["n"], row["perception_mean"], row["expectation_mean"], row["gap"])
        for row in expected["items"]
    ]
    for row in told["dimensions"]:
        wanted = expected["dimensions"][row["dimension"]]
        assert (row["gap_mean"], row["category"]) == (wanted["gap_mean"], wanted["category"])
    overall = (told["mean_of_items"], told["mean_of_dimensions"])
    assert overall == tuple(
        expected["overall"][name] for name in ("mean_of_22_item_gaps", "mean_of_5_dimension_gaps")
    )


async def test_ll_46_every_single_answer_is_kept_for_other_indexes(
    dinkes: Practice, table: Any
) -> None:
    kept = await dinkes.hall.rows(
        "SELECT item, score, count(*) FROM survey_answers WHERE item > 100 GROUP BY item, score"
    )
    counts = {dimension: [0] * 5 for dimension in DIMENSIONS}
    for item, score, many in kept:
        counts[DIMENSIONS[item - 101]][score - 1] = many
    assert counts == DATA["lubuklinggau"]["perception_counts"]
    assert sum(row["n"] for row in table["dimensions"]) == sum(row[2] for row in kept)


async def test_ll_36_the_office_sets_its_own_boundaries(tmp_path: Path) -> None:
    bounds = {"repair_below": 0.1, "good_from": 0.2}
    async with practice(tmp_path, "", survey=bounds) as strict:
        expected = {"tangibles": 4, "reliability": 4, "responsiveness": 4}
        await strict["admin"].call("PUT", f"/expectations/{PERIOD}", {"values": expected})
        ibu = strict.citizen()
        number = await ibu.complains("lantai licin")
        await strict.solve_by("technician", number, "Sudah dipel")
        await ibu.reads()
        await ibu.reads()
        await ibu.says("NILAI 4 5 5 1 1")
        told = (await strict["leader"].get(f"/surveys/{PERIOD}")).json
        found = {row["dimension"]: row["category"] for row in told["dimensions"]}
        assert found == {
            "tangibles": "belum_baik",  # 0.0, which is cukup baik where nothing is set
            "reliability": "baik",  # 0.2
            "responsiveness": "baik",
        }
        assert told["unexpected"] == ["assurance", "empathy"]
