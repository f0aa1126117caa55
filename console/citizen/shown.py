"""A ticket in the words of its page: where it stands, why, what is promised, what happened.

Never a note, the name of who works on it, or what others wrote.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from console import wording
from console.citizen.asks import Ask, asks
from console.citizen.talk import Line, talk_shown
from console.citizen.ticket_words import ANSWERED, EVENTS, NEXT, SUBSTEPS, TARGETS
from console.language import N_
from core.model.acts_approval import AFTER
from core.model.clock import FIRST_ANSWER, NEXT_ANSWER, SOLUTION, PauseReason
from core.model.ticket import Status
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from console.citizen.counter import OfficeFacts, Progress
    from core.model.clock import SlaClock
    from core.model.events import Event
    from core.model.ticket import Promise
    from core.model.work import WorkTicket

Say = Callable[[str], str]
"""Turns Indonesian words into those of the visit."""

_CHANGED = "StatusChanged"
"""Its words alone do not tell to what."""

_REASONED = (Status.REJECTED, Status.CANCELLED, Status.CLOSED)


@value
class Moment:
    """An instant: words, when, and when for machines; a remark where there is one."""

    words: str
    when: str
    iso: str
    provisional: bool = False
    remark: str = ""


@value
class Shown:
    """What the page of a ticket shows.

    Attributes:
        next: what happens now, in a sentence.
        why: names and values of what explains it: reason, what it waits for, what was done.
        dues: promises, while the ticket runs.
        steps: what happened, newest first.
        asks: forms that do something now.
        values: that the hints of the forms name.
        survey: path of the page to rate it, "" for none.
    """

    number: str
    state: str
    status: str
    next: str
    why: tuple[tuple[str, str], ...]
    opened: Moment
    dues: tuple[Moment, ...]
    steps: tuple[Moment, ...]
    talk: tuple[Line, ...]
    asks: tuple[Ask, ...]
    values: dict[str, object]
    survey: str


def ticket_shown(progress: Progress, say: Say, office: OfficeFacts, now: datetime) -> Shown:
    """The page of a ticket."""
    ticket, zone = progress.ticket, office.zone
    return Shown(
        number=ticket.number,
        state=ticket.status.value,
        status=say(ticket.status.word),
        next=_next(ticket, say, zone, now),
        why=tuple(_why(ticket, say, zone)),
        opened=_moment(say(N_("Diterima")), ticket.opened_at, zone, say),
        dues=tuple(_promised(ticket, say, zone)) if ticket.status.running else (),
        steps=tuple(_steps(progress.history, say, zone)),
        talk=talk_shown(progress.talk, say, office, f"/t/{ticket.number}"),
        asks=asks(progress),
        values={
            "until": wording.due_moment(progress.until, zone, say),
            "days": office.reopening.days,
        },
        survey=progress.survey,
    )


def dues(promises: Sequence[Promise], say: Say, zone: ZoneInfo) -> tuple[Moment, ...]:
    """Both promises of a new ticket, each with date, time and zone."""
    return tuple(
        replace(
            _limit(say(TARGETS[one.target]), one.due_at, zone, say), provisional=one.provisional
        )
        for one in promises
        if one.target in TARGETS
    )


def _next(ticket: WorkTicket, say: Say, zone: ZoneInfo, now: datetime) -> str:
    if ticket.status.running:
        if ticket.substep in SUBSTEPS:
            return say(SUBSTEPS[ticket.substep])
        if ticket.visit_at is not None and ticket.visit_at > now:
            when = wording.moment(ticket.visit_at, zone, say)
            return say(N_("Petugas datang pada %(when)s.")) % {"when": when}
    if ticket.status is Status.RECEIVED and ticket.answered_at is not None:
        return say(ANSWERED)
    return say(NEXT[ticket.status.value])


def _why(ticket: WorkTicket, say: Say, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    """What explains the state; what somebody of the office wrote stays as it is."""
    pause = ticket.pause if ticket.status is Status.PENDING else None
    if pause is not None:
        known = {one.value: one.word for one in PauseReason}
        yield say(N_("Menunggu")), pause.for_whom
        reason = say(known.get(pause.reason, pause.reason))
        yield say(N_("Alasan")), f"{reason}: {pause.note}" if pause.note else reason
        yield say(N_("Perkiraan dilanjutkan")), wording.moment(pause.expected_at, zone, say)
    told = ticket.status in (Status.RESOLVED, Status.CLOSED) and ticket.approval != AFTER
    if told and ticket.solution:
        yield say(N_("Yang sudah dilakukan")), ticket.solution
    if ticket.status in _REASONED and ticket.reason:
        yield say(N_("Alasan")), wording.kept_words(ticket.reason, say)
    if ticket.status is Status.MERGED and ticket.merged_number:
        yield say(N_("Dilanjutkan dalam tiket")), ticket.merged_number
    if ticket.unit_name and ticket.status.running:
        yield say(N_("Ditangani oleh")), ticket.unit_name


def _promised(ticket: WorkTicket, say: Say, zone: ZoneInfo) -> Iterator[Moment]:
    for target in (FIRST_ANSWER, NEXT_ANSWER, SOLUTION):
        clock = ticket.clock(target)
        if clock is not None and clock.open:
            yield _due(clock, ticket, say, zone)
        elif target == FIRST_ANSWER and clock is not None and clock.met_at is not None:
            yield _moment(say(N_("Sudah dijawab petugas")), clock.met_at, zone, say)


def _due(clock: SlaClock, ticket: WorkTicket, say: Say, zone: ZoneInfo) -> Moment:
    stopped = ticket.pause is not None and ticket.pause.stops and clock.target == SOLUTION
    remark = ""
    if stopped:
        remark = say(N_("Ditetapkan kembali begitu pekerjaan dilanjutkan."))
    elif clock.breached_at is not None:
        remark = say(
            N_("Mohon maaf, batas semula terlewati. Sudah kami laporkan kepada pimpinan.")
        )
    at = _limit(say(TARGETS[clock.target]), clock.due_at, zone, say)
    return replace(at, provisional=clock.provisional, remark=remark)


def _steps(history: Sequence[Event], say: Say, zone: ZoneInfo) -> list[Moment]:
    """Only kinds that a citizen may see; of their data nothing but the new status.

    The same step several times running, such as a burst of messages, is told once.
    """
    found: list[Moment] = []
    for event in reversed(history):
        if event.kind in EVENTS:
            words = say(EVENTS[event.kind])
            to = _new_status(event.data) if event.kind == _CHANGED else ""
            step = _moment(f"{words}: {say(to)}" if to else words, event.at, zone, say)
            if not found or found[-1].words != step.words:
                found.append(step)
    return found


def _new_status(data: str) -> str:
    """Its Indonesian word, "" where the data names none."""
    try:
        return Status(json.loads(data)["to"]).word
    except (ValueError, LookupError, TypeError):
        return ""


def _limit(words: str, at: datetime, zone: ZoneInfo, say: Say) -> Moment:
    return Moment(words, wording.due_moment(at, zone, say), at.isoformat())


def _moment(words: str, at: datetime, zone: ZoneInfo, say: Say) -> Moment:
    return Moment(words, wording.moment(at, zone, say), at.isoformat())
