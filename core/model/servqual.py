"""SERVQUAL: what citizens perceived against what was expected (requirements §6, LL-16 to LL-39).

All arithmetic is in exact fractions; figures are compared first and rounded afterwards, halves
away from zero. A mean divides by the answers of its own dimension, never by the answers of all:
the published division by 50 is right only where every dimension has ten answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from core.model.value import value

HIGHEST = 5
"""The scale runs from 1 to 5 (LL-30, LL-31)."""

FEW = 5
"""With fewer answers a value carries the mark "data sedikit"."""


class Dimension(StrEnum):
    """The five dimensions, in the order in which ties are listed."""

    TANGIBLES = "tangibles"
    RELIABILITY = "reliability"
    RESPONSIVENESS = "responsiveness"
    ASSURANCE = "assurance"
    EMPATHY = "empathy"


class Category(StrEnum):
    """What a gap says (LL-36)."""

    NOT_YET_GOOD = "belum_baik"  # needs repair
    FAIRLY_GOOD = "cukup_baik"
    GOOD = "baik"  # keep


Counts = Sequence[int]
"""How often the scores 1 to 5 were given, in this order."""


@value
class Thresholds:
    """Boundaries of the categories on the gap index (LL-36).

    Attributes:
        repair_below: smaller ones need repair.
        good_from: this and greater ones are good; what lies between is fairly good.
    """

    repair_below: Fraction = Fraction(0)
    good_from: Fraction = Fraction(3, 5)

    def category(self, gap_index: Fraction) -> Category:
        """By the exact value."""
        if gap_index < self.repair_below:
            return Category.NOT_YET_GOOD
        return Category.GOOD if gap_index >= self.good_from else Category.FAIRLY_GOOD


USUAL = Thresholds()


@value
class DimensionResult:
    """One row of the report; only what was answered has one.

    Attributes:
        n: answers of this dimension.
        perception_sum, expectation_sum: weighted sums over the same n.
        rank: place from the worst gap, 1 first; ties in the order of the dimensions.
    """

    dimension: Dimension
    n: int
    perception_sum: Fraction
    expectation_sum: Fraction
    category: Category
    rank: int = 0

    @property
    def perception_mean(self) -> Fraction:
        """On the scale of 1 to 5."""
        return self.perception_sum / self.n

    @property
    def expectation_mean(self) -> Fraction:
        """On the scale of 1 to 5."""
        return self.expectation_sum / self.n

    @property
    def gap_mean(self) -> Fraction:
        """Perception minus expectation (LL-34)."""
        return self.perception_mean - self.expectation_mean

    @property
    def perception_index(self) -> Fraction:
        """Share of the highest score."""
        return self.perception_mean / HIGHEST

    @property
    def expectation_index(self) -> Fraction:
        """Share of the highest score."""
        return self.expectation_mean / HIGHEST

    @property
    def gap_index(self) -> Fraction:
        """Decides the category."""
        return self.gap_mean / HIGHEST

    @property
    def little_data(self) -> bool:
        """Whether the value carries the mark "data sedikit"."""
        return self.n < FEW


@value
class Overall:
    """The figures over all dimensions.

    Attributes:
        n: scores over all dimensions together.
        mean_gap: unweighted mean of the dimensions' gaps; each dimension counts once.
    """

    n: int
    perception_mean: Fraction
    expectation_mean: Fraction
    mean_gap: Fraction

    @property
    def gap_mean(self) -> Fraction:
        """Of all scores pooled."""
        return self.perception_mean - self.expectation_mean

    @property
    def mean_gap_index(self) -> Fraction:
        """The same as ``mean_gap``, as a share of the highest score."""
        return self.mean_gap / HIGHEST


@value
class Result:
    """The report of a period.

    Attributes:
        dimensions: those with answers, in the usual order.
        overall: None when nothing was answered.
    """

    dimensions: tuple[DimensionResult, ...]
    overall: Overall | None

    @property
    def improvement_order(self) -> tuple[Dimension, ...]:
        """Those with a negative gap, worst first (LL-18, LL-39)."""
        worst = sorted(self.dimensions, key=lambda row: row.rank)
        return tuple(row.dimension for row in worst if row.gap_mean < 0)

    @property
    def worst(self) -> Dimension | None:
        """The dimension with the lowest gap."""
        return next((row.dimension for row in self.dimensions if row.rank == 1), None)


def by_counts(
    perception: Mapping[Dimension, Counts],
    expectation: Mapping[Dimension, Counts | int],
    thresholds: Thresholds = USUAL,
) -> Result:
    """The report from counted answers.

    Args:
        perception: answers of citizens.
        expectation: one value per dimension and period, set by the agency, or counts of answers.
            The n of an expectation value is that of the perception (requirements §6).
        thresholds: of the categories.

    Raises:
        ValueError: counts that are not five, a value off the scale, an expectation that is
            missing, or counted answers of both kinds that are not equally many.
    """
    rows = [
        _row(dimension, perception[dimension], expectation, thresholds)
        for dimension in Dimension
        if any(perception.get(dimension, ()))
    ]
    return Result(_ranked(rows), _overall(rows))


def _row(
    dimension: Dimension,
    counts: Counts,
    expectation: Mapping[Dimension, Counts | int],
    thresholds: Thresholds,
) -> DimensionResult:
    n = sum(counts)
    wanted = expectation.get(dimension)
    if wanted is None:
        raise ValueError(f"{dimension}: no expectation")  # noqa: EM102, TRY003 - names the dimension
    wanted_sum = _expected(dimension, wanted, n)
    row = DimensionResult(dimension, n, _weighted(dimension, counts), wanted_sum, Category.GOOD)
    return _with_category(row, thresholds)


def _expected(dimension: Dimension, wanted: Counts | int, n: int) -> Fraction:
    if isinstance(wanted, int):
        if not 1 <= wanted <= HIGHEST:
            raise ValueError(f"{dimension}: {wanted} is off the scale")  # noqa: EM102, TRY003 - a programmer reads it
        return Fraction(wanted * n)
    given = sum(wanted)
    if given != n:
        raise ValueError(f"{dimension}: {given} expectations, {n} perceptions")  # noqa: EM102, TRY003 - a programmer reads it
    return _weighted(dimension, wanted)


def _weighted(dimension: Dimension, counts: Counts) -> Fraction:
    if len(counts) != HIGHEST or any(count < 0 for count in counts):
        raise ValueError(f"{dimension}: five counts are expected")  # noqa: EM102, TRY003 - a programmer reads it
    return Fraction(sum(weight * count for weight, count in enumerate(counts, start=1)))


def _with_category(row: DimensionResult, thresholds: Thresholds) -> DimensionResult:
    return DimensionResult(
        row.dimension,
        row.n,
        row.perception_sum,
        row.expectation_sum,
        thresholds.category(row.gap_index),
    )


def _ranked(rows: Sequence[DimensionResult]) -> tuple[DimensionResult, ...]:
    order = list(Dimension)
    worst = sorted(rows, key=lambda row: (row.gap_mean, order.index(row.dimension)))
    place = {row.dimension: rank for rank, row in enumerate(worst, start=1)}
    return tuple(
        DimensionResult(
            row.dimension,
            row.n,
            row.perception_sum,
            row.expectation_sum,
            row.category,
            place[row.dimension],
        )
        for row in rows
    )


def _overall(rows: Sequence[DimensionResult]) -> Overall | None:
    if not rows:
        return None
    n = sum(row.n for row in rows)
    return Overall(
        n,
        sum((row.perception_sum for row in rows), Fraction()) / n,
        sum((row.expectation_sum for row in rows), Fraction()) / n,
        mean([row.gap_mean for row in rows]),
    )


def mean(values: Sequence[Fraction]) -> Fraction:
    """Of at least one figure."""
    return sum(values, Fraction()) / len(values)


def rounded(figure: Fraction, places: int = 2) -> Decimal:
    """For screens (2 places) and files (4): halves away from zero, never a negative zero."""
    scaled = figure * 10**places
    whole = int(abs(scaled) + Fraction(1, 2))
    return Decimal(-whole if scaled < 0 else whole).scaleb(-places)
