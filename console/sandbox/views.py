"""What the sandbox page shows: rows of core turned into words, without any I/O."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from console import wording
from core.model.events import GENESIS, Event, intact
from core.model.gsm7 import segments
from core.model.phone import sms_sender

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from core.model.messages import Address
    from core.model.views import ThreadEntry, TicketRow

MAX_TEXT = 1600
"""Characters of one SMS that the provider takes."""

_SHOWN = 2000
_TYPED = re.compile(r"[A-Za-z0-9+(][A-Za-z0-9 ()./+-]{2,24}")

_NUMBER = re.compile(r"\b([A-Z]{2,3}[0-9]{2}-[0-9]{6,9}-[0-9])\b")


def sender_of(typed: str) -> Address | None:
    """The sender a visitor typed: a number in any usual spelling, or a label like ``INFO-BANK``.

    None when it is neither a phone number nor something a network would show as a sender.
    """
    typed = typed.strip()
    if not _TYPED.fullmatch(typed):
        return None
    return sms_sender(typed)


@dataclass(frozen=True, slots=True)
class Bubble:
    """One text on the simulated phone.

    Attributes:
        mine: written by the holder of the phone.
        pieces: the text with every second piece a ticket number, never to be broken apart.
        facts: small print under the text: parts, encoding.
        state: delivery words of a reply.
        trouble: it did not or may not arrive.
        silence: why no reply leaves, "" when one does.
    """

    id: int
    mine: bool
    pieces: tuple[str, ...]
    time: str
    iso: str
    number: str
    facts: str
    state: str
    trouble: bool
    silence: str


def bubble(entry: ThreadEntry, zone: ZoneInfo) -> Bubble:
    """One entry of the conversation, as the phone shows it."""
    return Bubble(
        id=entry.id,
        mine=entry.inbound,
        pieces=tuple(_NUMBER.split(_shortened(entry.text))),
        time=wording.clock_time(entry.at, zone),
        iso=entry.at.isoformat(),
        number=entry.number or "",
        facts=_facts(entry),
        state=_state(entry),
        trouble=entry.state in ("dead", "failed", "held", "in_doubt"),
        silence=entry.silence,
    )


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} … (dipotong di layar)"


def _facts(entry: ThreadEntry) -> str:
    if entry.inbound:
        return wording.OUTCOMES[entry.outcome.value] if entry.outcome else ""
    counted = segments(entry.text)
    encoding = "GSM-7" if counted.encoding == "gsm7" else "UCS-2"
    return f"{entry.segments or counted.parts} SMS · {encoding}"


def _state(entry: ThreadEntry) -> str:
    if entry.inbound:
        return ""
    words = wording.DELIVERY.get(entry.state, entry.state)
    return f"{words}: {entry.reason}" if entry.reason else words


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
        channel=row.channel.upper(),
        opened=wording.moment(row.opened_at, zone),
        opened_iso=row.opened_at.isoformat(),
        contacts=row.contacts,
        dues=tuple(
            Due(
                wording.TARGETS.get(promise.target, promise.target),
                wording.moment(promise.due_at, zone),
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
    return Details(_shortened(first), steps, unbroken(history))


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
            return wording.moment(datetime.fromisoformat(str(value)), zone)
        except ValueError:
            return str(value)
    return wording.value_words(str(value))
