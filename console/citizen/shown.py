"""A ticket in the words of its page: state and dates, never a text, a name or a note."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from console import wording
from console.citizen.ticket_words import EVENTS, NEXT, TARGETS
from console.language import N_
from core.model.ticket import Status
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from console.citizen.counter import Progress
    from core.model.events import Event
    from core.model.ticket import Promise


Say = Callable[[str], str]
"""Turns Indonesian words into those of the visit."""

_CHANGED = "StatusChanged"
"""Its words alone do not tell to what."""


@value
class Moment:
    """An instant: words, when, and when for machines."""

    words: str
    when: str
    iso: str
    provisional: bool = False


@value
class Shown:
    """What the page of a ticket shows.

    Attributes:
        dues: promises, while the ticket runs.
        steps: what happened, newest first.
    """

    number: str
    state: str
    status: str
    next: str
    opened: Moment
    dues: tuple[Moment, ...]
    steps: tuple[Moment, ...]
    files: tuple[str, ...]


def ticket_shown(progress: Progress, say: Say, zone: ZoneInfo) -> Shown:
    """The page of a ticket."""
    row = progress.row
    state = row.status.value
    return Shown(
        number=row.number,
        state=state,
        status=say(row.status.word),
        next=say(NEXT[state]),
        opened=_moment(say(N_("Diterima")), row.opened_at, zone),
        dues=dues(row.promises, say, zone) if row.status.running else (),
        steps=tuple(_steps(progress.history, say, zone)),
        files=tuple(progress.files),
    )


def dues(promises: Sequence[Promise], say: Say, zone: ZoneInfo) -> tuple[Moment, ...]:
    """Both promises, each with date, time and zone."""
    return tuple(
        Moment(
            say(TARGETS[promise.target]),
            wording.moment(promise.due_at, zone),
            promise.due_at.isoformat(),
            promise.provisional,
        )
        for promise in promises
        if promise.target in TARGETS
    )


def _steps(history: Sequence[Event], say: Say, zone: ZoneInfo) -> list[Moment]:
    """Only kinds that a citizen may see; of their data nothing but the new status."""
    found = []
    for event in reversed(history):
        if event.kind in EVENTS:
            words = say(EVENTS[event.kind])
            to = _new_status(event.data) if event.kind == _CHANGED else None
            found.append(_moment(f"{words}: {say(to)}" if to else words, event.at, zone))
    return found


def _new_status(data: str) -> str:
    """Its Indonesian word, "" where the data names none."""
    try:
        return Status(json.loads(data)["to"]).word
    except (ValueError, LookupError, TypeError):
        return ""


def _moment(words: str, at: datetime, zone: ZoneInfo) -> Moment:
    return Moment(words, wording.moment(at, zone), at.isoformat())
