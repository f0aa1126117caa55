"""Surveys by page and paper, corrections, expectations, results (requirements §6, LL-16 to LL-40).

Answers by message are taken by intake; both write the same rows. One survey per ticket; what comes
late is kept and not counted; nothing that was answered is ever changed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.errors import NotFound
from core.model.events import Fact, chain
from core.model.sentences import said
from core.model.servqual import HIGHEST, USUAL, Dimension, by_counts
from core.model.servqual_items import by_items
from core.model.staff import Right
from core.model.survey import (
    LONGEST_COMMENT,
    PAPER,
    WEB,
    SurveyWrite,
    bounds,
    is_late,
    period_of,
    wrong_scores,
)
from core.model.survey_items import FIRST_OWN
from core.model.value import value
from core.model.work import Change, Refusal, RefusalKind
from core.ports.surveys import SurveyQuery
from core.services.house import refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.model.events import Json
    from core.model.policy import IntakePolicy
    from core.model.servqual import Result, Thresholds
    from core.model.servqual_items import ItemReport
    from core.model.staff import Staff
    from core.model.survey import Score, Surveyed
    from core.ports import Desk, OpenDesk
    from core.ports.surveys import SurveyFigures, SurveyReads


@value
class Answered:
    """Answers as a page or an officer hands them in.

    Attributes:
        ticket_id: of the survey's ticket.
        by: the officer who types a paper form; None: the citizen on the survey's own page.
        comment: the citizen's words, "" for none.
    """

    ticket_id: int
    scores: tuple[Score, ...]
    by: Staff | None = None
    comment: str = ""


@value
class Kept:
    """Answers that are on disk; ``late`` ones do not count, nor a second one of a month."""

    number: str
    late: bool = False
    counted: bool = True


_NOT_SOLVED = Refusal(
    RefusalKind.NOT_ALLOWED,
    said("Penilaian dibuka setelah penyelesaian disampaikan kepada pelapor."),
)
_ALREADY = Refusal(
    RefusalKind.ALREADY,
    said("Tiket ini sudah dinilai. Satu tiket dinilai satu kali; terima kasih."),
)
_NOT_YET = Refusal(RefusalKind.NOT_ALLOWED, said("Belum ada penilaian yang dapat dibetulkan."))


async def open_survey(open_desk: OpenDesk, ticket_id: int, now: datetime) -> Surveyed | Refusal:
    """Opens the survey of a solved ticket; one that is open or over stays as it is.

    Raises:
        NotFound: no such ticket.
        StoreUnavailable: nothing was kept.
    """
    async with open_desk() as desk:
        known = await _about(desk, ticket_id)
        if not known.solved:
            return _NOT_SOLVED
        if known.state is None:
            await desk.surveys.write(
                SurveyWrite(ticket_id, known.address_id, now, staff_id=known.assignee_id)
            )
            known = await _about(desk, ticket_id)
            await desk.commit()
    return known


async def answer(
    open_desk: OpenDesk, policy: IntakePolicy, given: Answered, now: datetime
) -> Kept | Refusal:
    """Takes the short form or the 22 statements, whole or in part, once per ticket.

    Raises:
        NotFound: no such ticket.
        StoreUnavailable: nothing was kept.
    """
    async with open_desk() as desk:
        if wrong := await _wrong(desk, given):
            return wrong
        known = await _about(desk, given.ticket_id)
        if not known.solved:
            return _NOT_SOLVED
        if known.state and known.state.over:
            return _ALREADY
        late = is_late(known.invited_at, now, policy.survey_late)
        counted = not late and not await _once_this_month(desk, policy, known, now)
        await desk.surveys.write(
            SurveyWrite(
                ticket_id=known.ticket_id,
                address_id=known.address_id,
                at=now,
                source=WEB if given.by is None else PAPER,
                by=_mark(given.by),
                scores=given.scores,
                opened_at=known.invited_at,
                answered=True,
                late=late,
                counted=counted,
                staff_id=known.assignee_id,
                comment=given.comment.strip()[:LONGEST_COMMENT] or None,
            )
        )
        told: dict[str, Json] = {"source": WEB if given.by is None else PAPER, "late": late}
        await _note(desk, known, Fact("SurveyAnswered", now, _mark(given.by), told))
        await desk.commit()
    return Kept(known.number, late, counted)


async def _wrong(desk: Desk, given: Answered) -> Refusal | None:
    if given.by is not None and (lacking := refused(given.by, Right.ENTER_SURVEY)):
        return lacking
    own = {one.item for one in given.scores if one.item >= FIRST_OWN}
    known = frozenset(await desk.survey_items.ids()) if own else frozenset()
    sentence = wrong_scores(given.scores, known)
    return Refusal(RefusalKind.INVALID, sentence, "scores") if sentence else None


def _mark(by: Staff | None) -> str:
    return by.mark if by else "reporter"


async def _about(desk: Desk, ticket_id: int) -> Surveyed:
    known = await desk.surveys.about(ticket_id)
    if known is None:
        raise NotFound(ticket_id)
    return known


async def _note(desk: Desk, known: Surveyed, fact: Fact) -> None:
    """One more event on the ticket's chain; answers themselves are not in it."""
    ticket = await desk.work.load(known.number)
    if ticket is None:
        raise NotFound(known.number)
    event = chain(ticket.id, ticket.event_seq + 1, ticket.event_head, fact)
    after = replace(ticket, event_seq=event.seq, event_head=event.hash)
    await desk.work.apply(ticket, Change(after, (fact,)), [event])


async def _once_this_month(
    desk: Desk, policy: IntakePolicy, known: Surveyed, now: datetime
) -> bool:
    if not policy.monthly_limit:
        return False
    first, following = bounds(period_of(now, policy.zone), policy.zone)
    return await desk.surveys.counted(known.address_id, first, following)


async def skip(open_desk: OpenDesk, ticket_id: int, now: datetime) -> None:
    """The citizen does not want to answer; the survey can still be answered later.

    Raises:
        NotFound: no such ticket.
        StoreUnavailable: nothing was kept.
    """
    async with open_desk() as desk:
        known = await _about(desk, ticket_id)
        if known.state is None or not known.state.over:
            await desk.surveys.write(SurveyWrite(ticket_id, known.address_id, now, skipped=True))
            await _note(desk, known, Fact("SurveySkipped", now, "reporter", {"source": WEB}))
            await desk.commit()


async def correct(open_desk: OpenDesk, given: Answered, now: datetime) -> Kept | Refusal:
    """A new entry over answers that were typed wrongly; the old ones stay (LL-21).

    Raises:
        NotFound: no such ticket.
        StoreUnavailable: nothing was kept.
    """
    if lacking := refused(given.by, Right.ENTER_SURVEY):
        return lacking
    async with open_desk() as desk:
        if wrong := await _wrong(desk, given):
            return wrong
        known = await _about(desk, given.ticket_id)
        if known.state is None or not known.state.over:
            return _NOT_YET
        await desk.surveys.write(
            SurveyWrite(
                ticket_id=known.ticket_id,
                address_id=known.address_id,
                at=now,
                by=_mark(given.by) if given.by else "system",
                scores=given.scores,
                entry=known.entry + 1,
            )
        )
        by = _mark(given.by) if given.by else "system"
        await _note(desk, known, Fact("SurveyCorrected", now, by, {"entry": known.entry + 1}))
        await desk.commit()
    return Kept(known.number)


# --- what the office expects ------------------------------------------------------------------


@value
class Expected:
    """What the office expects in a period, one value for each dimension (LL-32)."""

    period: str
    values: Mapping[Dimension, int]


async def expect(
    open_desk: OpenDesk,
    policy: IntakePolicy,
    wanted: tuple[Staff | None, Expected],
    now: datetime,
) -> Expected | Refusal:
    """Sets what is expected from a period on; a period that is over is never altered.

    A period without values of its own has those of the last one before it.

    Args:
        open_desk: begins a unit of work.
        policy: the office's zone.
        wanted: who sets it, None for the command line, and what.
        now: aware UTC.

    Raises:
        StoreUnavailable: nothing was kept.
    """
    by, expected = wanted
    wrong = refused(by, Right.ADMIN_POLICIES) or _wrong_expectation(policy, expected, now)
    if wrong:
        return wrong
    async with open_desk() as desk:
        mark = by.mark if by else "system"
        await desk.surveys.expect(expected.period, expected.values, now, mark)
        await desk.commit()
    return expected


def _wrong_expectation(policy: IntakePolicy, expected: Expected, now: datetime) -> Refusal | None:
    try:
        bounds(expected.period, policy.zone)
    except ValueError:
        return Refusal(RefusalKind.INVALID, said("Periode ditulis seperti 2026-11."), "period")
    if expected.period < period_of(now, policy.zone):
        sentence = said("Harapan untuk periode yang sudah lewat tidak dapat diubah.")
        return Refusal(RefusalKind.TOO_LATE, sentence, "period")
    if not expected.values:
        return Refusal(RefusalKind.MISSING, said("Isi sedikitnya satu dimensi."), "values")
    if any(not 1 <= one <= HIGHEST for one in expected.values.values()):
        return Refusal(RefusalKind.INVALID, said("Harapan diisi 1 sampai 5."), "values")
    return None


# --- the result -------------------------------------------------------------------------------


@value
class SurveyResult:
    """The report of a period.

    Attributes:
        result: of the short form, dimensions with answers and an expectation.
        items: of the 22 statements, all three levels of LL-35; None: nobody answered them.
        unexpected: dimensions with answers for which nothing is expected yet.
        figures: what it was made from; late and uncounted answers are told there.
    """

    period: str
    result: Result
    items: ItemReport | None
    unexpected: tuple[Dimension, ...]
    figures: SurveyFigures


async def result(
    reads: SurveyReads, query: SurveyQuery, thresholds: Thresholds = USUAL
) -> SurveyResult:
    """SERVQUAL of a period, exact; the same figures however often it is asked.

    The short form and the 22 statements are reported apart: one asks for a dimension, the other
    for statements of it, and their answers have not the same weight.

    Raises:
        StoreUnavailable: nothing can be read now.
    """
    figures = await reads.figures(query)
    perception = {one: own for one, own in figures.perception.items() if one in figures.expected}
    missing = tuple(one for one in Dimension if one in figures.perception.keys() - perception)
    return SurveyResult(
        query.period,
        by_counts(perception, figures.expected, thresholds),
        by_items(figures.respondents, thresholds=thresholds, form=figures.form)
        if figures.respondents
        else None,
        missing,
        figures,
    )


def query_of(
    period: str,
    policy: IntakePolicy,
    unit_id: int | None = None,
    category: str | None = None,
    channel: str | None = None,
) -> SurveyQuery:
    """The query for a calendar month. Raises ValueError: not like ``2026-11``."""
    first, following = bounds(period, policy.zone)
    return SurveyQuery(first, following, period, unit_id, category, channel)


async def remarks(
    reads: SurveyReads, query: SurveyQuery, limit: int = 100
) -> Sequence[tuple[str, str]]:
    """Ticket numbers and what citizens added in words, newest first (DK-08)."""
    return await reads.comments(query, limit)
