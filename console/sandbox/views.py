"""What the sandbox shows of tickets: rows of core turned into words, without any I/O."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from console import wording
from console.sandbox.bubbles import shortened
from console.sandbox.phones import CHANNELS
from core.model.events import GENESIS, Event, intact

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from core.model.views import ThreadEntry, TicketRow


@dataclass(frozen=True, slots=True)
class Due:
    """One promise: ``word`` says what, ``when`` by when in the office's zone."""

    word: str
    when: str
    iso: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One ticket of the list; ``hint`` is the priority that the words suggest, "" if no other."""

    number: str
    subject: str
    status: str
    status_word: str
    priority: str
    priority_word: str
    hint: str
    channel: str
    opened: str
    opened_iso: str
    contacts: int
    dues: tuple[Due, ...]


def card(row: TicketRow, zone: ZoneInfo) -> Card:
    """One row of the ticket list in words."""
    return Card(
        number=row.number,
        subject=row.subject,
        status=row.status.value,
        status_word=row.status.word,
        priority=row.priority.value,
        priority_word=row.priority.word,
        hint=_hint(row),
        channel=CHANNELS.get(row.channel, row.channel),
        opened=wording.moment(row.opened_at, zone),
        opened_iso=row.opened_at.isoformat(),
        contacts=row.contacts,
        dues=tuple(
            Due(
                wording.TARGETS.get(promise.target, promise.target),
                wording.due_moment(promise.due_at, zone),
                promise.due_at.isoformat(),
                promise.provisional,
            )
            for promise in row.promises
        ),
    )


def _hint(row: TicketRow) -> str:
    """What the words suggest where it differs: people decide."""
    hint = row.priority_hint
    return hint.word if hint and hint is not row.priority else ""


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a ticket's history; ``details`` are pairs of label and value."""

    seq: int
    words: str
    when: str
    iso: str
    actor: str
    details: tuple[tuple[str, str], ...]
    seal: str


@dataclass(frozen=True, slots=True)
class Details:
    """The selected ticket: its first message and its history, newest event first.

    Attributes:
        unbroken: every hash fits, and each event names the one before it.
    """

    text: str
    steps: tuple[Step, ...]
    unbroken: bool


def details(thread: Sequence[ThreadEntry], history: Sequence[Event], zone: ZoneInfo) -> Details:
    """What opens under the selected ticket."""
    first = next((entry.text for entry in thread if entry.inbound), "")
    steps = tuple(_step(event, zone) for event in reversed(history))
    return Details(shortened(first), steps, unbroken(history))


def unbroken(history: Sequence[Event]) -> bool:
    """Whether the chain of hashes holds from the first event to the last."""
    previous = GENESIS
    for place, event in enumerate(history, start=1):
        if event.seq != place or event.previous != previous or not intact(event):
            return False
        previous = event.hash
    return True


def _step(event: Event, zone: ZoneInfo) -> Step:
    return Step(
        seq=event.seq,
        words=wording.event_words(event.kind),
        when=wording.moment(event.at, zone),
        iso=event.at.isoformat(),
        actor=wording.ACTORS.get(event.actor, "petugas"),
        details=_pairs(event.data, zone),
        seal=event.hash[:8],
    )


def _pairs(data: str, zone: ZoneInfo) -> tuple[tuple[str, str], ...]:
    """Plain values that have an Indonesian label; the rest is for the audit command."""
    found = _fields(data)
    return tuple(
        (wording.LABELS[key], _value(key, value, zone))
        for key, value in found.items()
        if key in wording.LABELS and isinstance(value, str | int) and value != ""
    )


def _fields(data: str) -> dict[str, object]:
    """The event's data; nothing when it is no JSON object, as after tampering."""
    try:
        found = json.loads(data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _value(key: str, value: str | int, zone: ZoneInfo) -> str:
    if key in wording.TARGETS:
        try:
            return wording.due_moment(datetime.fromisoformat(str(value)), zone)
        except ValueError:
            return str(value)
    return wording.value_words(str(value))
