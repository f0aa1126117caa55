"""Surveys on paper, what the office expects, and the result of a period (requirements §6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field, StringConstraints

from core.model.rights import reaches, scope
from core.model.servqual import Dimension  # noqa: TC001 - pydantic reads it
from core.model.staff import Reach, Right
from core.model.survey import EXPECTATION, LONGEST_COMMENT, PERCEPTION, Score
from core.model.survey_items import LAST, MOST
from core.services.surveys import Answered, Expected, answer, correct, expect, query_of, result
from gateway.api.people import done
from gateway.api.problems import NOT_FOUND, NotDone, unprocessable
from gateway.api.survey_models import ResultShown, result_of
from gateway.api.table import Answer, Asked, Call, Endpoint, Keyed, Shown
from gateway.api.ticket_models import Id, Name  # noqa: TC001 - pydantic reads them

if TYPE_CHECKING:
    from core.ports.surveys import SurveyQuery
    from core.services.surveys import Kept

Value = Annotated[int, Field(ge=1, le=5)]


class ScoreAsked(Asked):
    """Item 1 to 22 of the long form, 101 to 105 of the short one, 1001 up: the office's own."""

    item: Annotated[int, Field(ge=1, le=LAST)]
    score: Value
    half: Literal["perception", "expectation"] = "perception"


class SurveyAsked(Asked):
    """A form as it was filled in on paper."""

    scores: Annotated[tuple[ScoreAsked, ...], Field(max_length=2 * MOST)]
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
    thresholds = call.parts.settings.survey.thresholds()
    return Answer(result_of(await result(call.parts.store.surveys, _query(call), thresholds)))


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
