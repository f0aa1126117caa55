"""Surveys on paper, what the office expects, and the result of a period (requirements §6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field, StringConstraints

from core.model.rights import reaches, scope
from core.model.servqual import Category, Dimension  # noqa: TC001 - pydantic reads them
from core.model.staff import Reach, Right
from core.model.survey import EXPECTATION, LONGEST_COMMENT, PERCEPTION, Score
from core.services.surveys import Answered, Expected, answer, correct, expect, query_of, result
from gateway.api.people import done
from gateway.api.problems import NOT_FOUND, NotDone, unprocessable
from gateway.api.table import Answer, Asked, Call, Endpoint, Keyed, Shown
from gateway.api.ticket_models import Id, Name  # noqa: TC001 - pydantic reads them

if TYPE_CHECKING:
    from fractions import Fraction

    from core.model.servqual import DimensionResult, Overall
    from core.ports.surveys import SurveyQuery
    from core.services.surveys import Kept

Value = Annotated[int, Field(ge=1, le=5)]
_PLACES: Final = 4
"""Decimals in files and machine formats (requirements §6)."""


class ScoreAsked(Asked):
    """Item 1 to 22 of the long form, 101 to 105 of the short one, with 1 to 5."""

    item: Annotated[int, Field(ge=1, le=105)]
    score: Value
    half: Literal["perception", "expectation"] = "perception"


class SurveyAsked(Asked):
    """A form as it was filled in on paper."""

    scores: Annotated[tuple[ScoreAsked, ...], Field(max_length=44)]
    comment: Annotated[str, StringConstraints(max_length=LONGEST_COMMENT)] = ""


class SurveyKept(Shown):
    """``late`` answers do not count, nor a second one of a person in a month."""

    number: str
    late: bool
    counted: bool


class ExpectationAsked(Asked):
    """What is expected, 1 to 5 for each dimension."""

    values: dict[Dimension, Value]


class ExpectationShown(Shown):
    """What is expected from a period on."""

    period: str
    values: dict[Dimension, int]


class ResultAsked(Asked):
    """Of which tickets."""

    unit: Id | None = None
    category: Name = ""
    channel: Name = ""


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


class ResultShown(Shown):
    """SERVQUAL of a period; ``unexpected``: answered, but nothing is expected yet."""

    period: str
    surveys: int
    late: int
    uncounted: int
    dimensions: list[DimensionShown]
    overall: OverallShown | None
    improvement_order: list[Dimension]
    unexpected: list[Dimension]


def _rounded(figure: Fraction) -> float:
    """Four decimals, halves away from zero, as files are to have it."""
    scaled = abs(figure) * 10**_PLACES
    whole = (scaled + scaled.__class__(1, 2)).__floor__()
    return (whole if figure >= 0 else -whole) / 10**_PLACES


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


# --- handlers ------------------------------------------------------------------------------------


async def _answered(call: Call) -> Answered:
    """The form of a ticket that the officer may see. Raises NotFound."""
    number = call.parts.number(call.path["number"])
    found = await call.parts.store.lists.one(scope(call.staff), number)
    asked: SurveyAsked = call.body
    halves = {"perception": PERCEPTION, "expectation": EXPECTATION}
    scores = tuple(Score(one.item, one.score, halves[one.half]) for one in asked.scores)
    return Answered(found.id, scores, call.staff, asked.comment)


def _kept(kept: Kept) -> Answer:
    return Answer(SurveyKept(number=kept.number, late=kept.late, counted=kept.counted))


async def enter(call: Call) -> Answer:
    """A paper form, once for each ticket (MB-24)."""
    policy = call.parts.gateway.plan.policy
    given = await _answered(call)
    return _kept(done(await answer(call.open_desk, policy, given, call.now)))


async def mend(call: Call) -> Answer:
    """A new entry over what was typed wrongly; the old one stays."""
    return _kept(done(await correct(call.open_desk, await _answered(call), call.now)))


async def expectation(call: Call) -> Answer:
    """What is expected from a period on; a past one is never altered."""
    period = call.path["period"][:20]
    wanted = (call.staff, Expected(period, call.body.values))
    policy = call.parts.gateway.plan.policy
    kept = done(await expect(call.open_desk, policy, wanted, call.now))
    return Answer(ExpectationShown(period=kept.period, values=dict(kept.values)))


async def report(call: Call) -> Answer:
    """The figures of a period; a supervisor sees those of the own units."""
    found = await result(call.parts.store.surveys, _query(call))
    figures = found.figures
    overall = found.result.overall
    return Answer(
        ResultShown(
            period=found.period,
            surveys=figures.surveys,
            late=figures.late,
            uncounted=figures.uncounted,
            dimensions=[_dimension(row) for row in found.result.dimensions],
            overall=_overall(overall) if overall else None,
            improvement_order=list(found.result.improvement_order),
            unexpected=list(found.unexpected),
        )
    )


def _query(call: Call) -> SurveyQuery:
    asked: ResultAsked = call.query
    everywhere = Reach.ALL in reaches(call.staff, Right.REPORTS)
    if not everywhere and asked.unit not in call.staff.units:
        sentence = "Pilih unit Anda atau unit di bawahnya."
        raise NotDone(unprocessable(sentence, "unit"))
    policy = call.parts.gateway.plan.policy
    category, channel = asked.category or None, asked.channel or None
    try:
        return query_of(call.path["period"][:20], policy, asked.unit, category, channel)
    except ValueError as wrong:
        raise NotDone(NOT_FOUND) from wrong


ROUTES: Final = (
    Endpoint(
        "POST",
        "/tickets/{number}/survey",
        Right.ENTER_SURVEY,
        enter,
        "Enter a survey from paper",
        SurveyKept,
        asks=SurveyAsked,
        status=201,
        keyed=Keyed.IN_ONE,
    ),
    Endpoint(
        "POST",
        "/tickets/{number}/survey/correction",
        Right.ENTER_SURVEY,
        mend,
        "Correct a survey by a new entry",
        SurveyKept,
        asks=SurveyAsked,
        status=201,
        keyed=Keyed.IN_ONE,
    ),
    Endpoint(
        "GET",
        "/surveys/{period}",
        Right.REPORTS,
        report,
        "SERVQUAL of a period such as 2026-11",
        ResultShown,
        query=ResultAsked,
    ),
    Endpoint(
        "PUT",
        "/expectations/{period}",
        Right.ADMIN_POLICIES,
        expectation,
        "What is expected from a period on",
        ExpectationShown,
        asks=ExpectationAsked,
    ),
)
