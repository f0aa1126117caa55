"""SERVQUAL of a period as it goes out: by dimensions, and by the 22 statements (LL-35)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.servqual import Category, Dimension, rounded
from gateway.api.table import Shown

if TYPE_CHECKING:
    from fractions import Fraction

    from core.model.servqual import DimensionResult, Overall
    from core.model.servqual_items import DimensionScore, ItemReport, ItemResult
    from core.services.surveys import SurveyResult

_PLACES = 4
"""Decimals in files and machine formats (requirements §6)."""


class DimensionShown(Shown):
    """One row; figures with four decimals."""

    dimension: Dimension
    n: int
    perception_mean: float
    expectation_mean: float
    gap_mean: float
    perception_index: float
    expectation_index: float
    gap_index: float
    category: Category
    rank: int
    little_data: bool


class OverallShown(Shown):
    """Over all dimensions."""

    n: int
    perception_mean: float
    expectation_mean: float
    gap_mean: float
    mean_gap: float
    mean_gap_index: float


class StatementShown(Shown):
    """One of the 22 statements, over those who answered both halves."""

    place: int
    dimension: Dimension
    n: int
    perception_mean: float
    expectation_mean: float
    gap: float


class ScoreShown(Shown):
    """The standard score of a dimension: the mean of each respondent's mean gap."""

    dimension: Dimension
    respondents: int
    gap_mean: float
    gap_index: float
    category: Category


class StatementsShown(Shown):
    """By statement, by dimension, and over all.

    ``mean_of_dimensions`` is the standard's overall figure; ``mean_of_items`` is that of the
    publication, which weighs long dimensions more.
    """

    items: list[StatementShown]
    dimensions: list[ScoreShown]
    mean_of_items: float | None
    mean_of_dimensions: float | None


class ResultShown(Shown):
    """SERVQUAL of a period by the short form; ``statements``: by the long one, null without.

    ``worst`` is the dimension with the lowest gap; ``unexpected``: answered, but nothing is
    expected yet.
    """

    period: str
    surveys: int
    late: int
    uncounted: int
    dimensions: list[DimensionShown]
    overall: OverallShown | None
    worst: Dimension | None
    improvement_order: list[Dimension]
    unexpected: list[Dimension]
    statements: StatementsShown | None


def _rounded(figure: Fraction) -> float:
    return float(rounded(figure, _PLACES))


_FIGURES = (
    *("perception_mean", "expectation_mean", "gap_mean"),
    *("perception_index", "expectation_index", "gap_index"),
)


def _dimension(row: DimensionResult) -> DimensionShown:
    return DimensionShown(
        dimension=row.dimension,
        n=row.n,
        category=row.category,
        rank=row.rank,
        little_data=row.little_data,
        **{name: _rounded(getattr(row, name)) for name in _FIGURES},
    )


def _overall(row: Overall) -> OverallShown:
    names = set(OverallShown.model_fields) - {"n"}
    return OverallShown(n=row.n, **{name: _rounded(getattr(row, name)) for name in names})


def _statement(row: ItemResult) -> StatementShown:
    names = ("perception_mean", "expectation_mean", "gap")
    figures = {name: _rounded(getattr(row, name)) for name in names}
    return StatementShown(place=row.place, dimension=row.dimension, n=row.n, **figures)


def _score(row: DimensionScore) -> ScoreShown:
    return ScoreShown(
        dimension=row.dimension,
        respondents=row.respondents,
        gap_mean=_rounded(row.gap_mean),
        gap_index=_rounded(row.gap_index),
        category=row.category,
    )


def _statements(report: ItemReport) -> StatementsShown:
    items, dimensions = report.mean_of_items, report.mean_of_dimensions
    return StatementsShown(
        items=[_statement(row) for row in report.items],
        dimensions=[_score(row) for row in report.dimensions],
        mean_of_items=None if items is None else _rounded(items),
        mean_of_dimensions=None if dimensions is None else _rounded(dimensions),
    )


def result_of(found: SurveyResult) -> ResultShown:
    """As it goes out."""
    figures, overall = found.figures, found.result.overall
    return ResultShown(
        period=found.period,
        surveys=figures.surveys,
        late=figures.late,
        uncounted=figures.uncounted,
        dimensions=[_dimension(row) for row in found.result.dimensions],
        overall=_overall(overall) if overall else None,
        worst=found.result.worst,
        improvement_order=list(found.result.improvement_order),
        unexpected=list(found.unexpected),
        statements=_statements(found.items) if found.items else None,
    )
