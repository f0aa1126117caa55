"""SERVQUAL by the 22 statements, on all three levels of LL-35 (requirements §6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from core.model.sentences import said
from core.model.servqual import HIGHEST, USUAL, Category, Dimension, Thresholds, mean
from core.model.value import value

ITEMS: tuple[Dimension, ...] = (
    *((Dimension.TANGIBLES,) * 4),
    *((Dimension.RELIABILITY,) * 5),
    *((Dimension.RESPONSIVENESS,) * 4),
    *((Dimension.ASSURANCE,) * 4),
    *((Dimension.EMPATHY,) * 5),
)
"""The dimension of each of the 22 statements."""

Column = tuple[int, Dimension]
"""A statement by its number, in the dimension that it was asked in."""

FORM: tuple[Column, ...] = tuple(enumerate(ITEMS, 1))
"""The 22 as they are shipped."""

STATEMENTS: tuple[str, ...] = (
    said("Peralatan layanan terawat dan mutakhir."),
    said("Ruang dan laman layanan rapi serta enak dilihat."),
    said("Petugas berpenampilan rapi."),
    said("Papan informasi dan pesan layanan mudah dibaca."),
    said("Janji waktu ditepati."),
    said("Petugas sungguh-sungguh membantu saat ada masalah."),
    said("Layanan benar sejak pertama."),
    said("Layanan diberikan pada waktu yang disebutkan."),
    said("Catatan laporan saya tersimpan tanpa keliru."),
    said("Saya diberi tahu kapan laporan ditangani."),
    said("Petugas cepat menanggapi."),
    said("Petugas selalu bersedia membantu."),
    said("Petugas tidak terlalu sibuk untuk menjawab."),
    said("Sikap petugas menumbuhkan kepercayaan."),
    said("Saya merasa aman menyampaikan laporan dan data diri."),
    said("Petugas sopan."),
    said("Petugas menguasai bidangnya."),
    said("Saya mendapat perhatian pribadi."),
    said("Jam layanan sesuai kebutuhan warga."),
    said("Petugas mengenali keadaan khusus saya."),
    said("Kepentingan saya diutamakan."),
    said("Petugas memahami kebutuhan saya."),
)
"""What the web and paper forms ask, Indonesian (requirements §6)."""

Answers = Sequence[int | None]
"""One score for each statement of the form, None where it was not answered."""


@value
class Respondent:
    """One person's answers, expectation and perception of each statement."""

    expectation: Answers
    perception: Answers

    def gaps(self) -> list[Fraction | None]:
        """Per statement; a pair counts only when both were answered."""
        pairs = zip(self.perception, self.expectation, strict=True)
        return [
            None if seen is None or wanted is None else Fraction(seen - wanted)
            for seen, wanted in pairs
        ]


@value
class ItemResult:
    """One statement over all who answered both halves; ``place`` is its number."""

    place: int
    dimension: Dimension
    n: int
    perception_mean: Fraction
    expectation_mean: Fraction

    @property
    def gap(self) -> Fraction:
        """Perception minus expectation."""
        return self.perception_mean - self.expectation_mean


@value
class DimensionScore:
    """The standard score: mean over respondents of each one's mean item gap."""

    dimension: Dimension
    respondents: int
    gap_mean: Fraction
    category: Category

    @property
    def gap_index(self) -> Fraction:
        """Share of the highest score."""
        return self.gap_mean / HIGHEST


@value
class ItemReport:
    """All three levels of LL-35.

    Attributes:
        mean_of_items: the publication's own overall figure; weighs long dimensions more.
        mean_of_dimensions: the standard's unweighted figure.
        weighted: by importance points, None where none were given.
    """

    items: tuple[ItemResult, ...]
    dimensions: tuple[DimensionScore, ...]
    mean_of_items: Fraction | None
    mean_of_dimensions: Fraction | None
    weighted: Fraction | None


def by_items(
    respondents: Sequence[Respondent],
    importance: Mapping[Dimension, int] | None = None,
    thresholds: Thresholds = USUAL,
    form: Sequence[Column] = FORM,
) -> ItemReport:
    """The report from the statements.

    Args:
        respondents: their answers; incomplete ones count where both halves are there.
        importance: points that sum to 100, None: not asked. Dimensions without answers take no
            part, and the points of the others are shared out anew.
        thresholds: of the categories.
        form: the statements that the answers are to, in their order.

    Raises:
        ValueError: not one answer for each statement.
    """
    halves = [half for one in respondents for half in (one.expectation, one.perception)]
    if any(len(half) != len(form) for half in halves):
        raise ValueError("one answer for each statement is expected")  # noqa: EM101, TRY003 - a programmer reads it
    items = tuple(
        item
        for place, column in enumerate(form)
        if (item := _item(place, column, respondents)) is not None
    )
    gaps = [one.gaps() for one in respondents]
    scores = tuple(
        score for one in Dimension if (score := _score((one, form), gaps, thresholds)) is not None
    )
    return ItemReport(
        items,
        scores,
        mean([item.gap for item in items]) if items else None,
        mean([score.gap_mean for score in scores]) if scores else None,
        _weighted_by(scores, importance) if importance and scores else None,
    )


def _item(place: int, column: Column, respondents: Sequence[Respondent]) -> ItemResult | None:
    pairs = [
        (seen, wanted)
        for one in respondents
        if (seen := one.perception[place]) is not None
        and (wanted := one.expectation[place]) is not None
    ]
    if not pairs:
        return None
    n = len(pairs)
    return ItemResult(
        *column,
        n,
        Fraction(sum(seen for seen, _ in pairs), n),
        Fraction(sum(wanted for _, wanted in pairs), n),
    )


def _score(
    wanted: tuple[Dimension, Sequence[Column]],
    gaps: Sequence[Sequence[Fraction | None]],
    thresholds: Thresholds,
) -> DimensionScore | None:
    dimension, form = wanted
    places = [place for place, (_, of) in enumerate(form) if of is dimension]
    answered = [[gap for place in places if (gap := own[place]) is not None] for own in gaps]
    means = [mean(own) for own in answered if own]
    if not means:
        return None
    score = mean(means)
    return DimensionScore(dimension, len(means), score, thresholds.category(score / HIGHEST))


def _weighted_by(
    scores: Iterable[DimensionScore], importance: Mapping[Dimension, int]
) -> Fraction:
    shares = [(score.gap_mean, importance.get(score.dimension, 0)) for score in scores]
    points = sum(share for _, share in shares)
    total = sum((gap * share for gap, share in shares), Fraction())
    return total / points if points else Fraction()
