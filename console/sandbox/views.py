"""What the sandbox page shows: rows of core turned into words, without any I/O."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from console import wording
from console.sandbox.phones import CHANNELS
from core.model.events import GENESIS, Event, intact
from core.model.gsm7 import segments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from console.sandbox.phone import SentFile
    from console.sandbox.phones import Kind
    from core.model.views import ThreadEntry, TicketRow

_SHOWN = 2000
_NUMBER = re.compile(r"\b([A-Z]{2,3}[0-9]{2}-[0-9]{6,9}-[0-9])\b")


_PLAIN = {"in_doubt": "Sedang dipastikan", "handed_over": "Diserahkan", "queued": "Antre"}
"""States that the shared words tell of a telephone network, told without one."""

_TICKS = {"handed_over": "✓", "sent": "✓", "delivered": "✓✓", "read": "✓✓"}


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
        ticks: as phones draw it; the words stand beside.
        read: the recipient has opened it.
        file: what came with it.
    """

    id: int
    mine: bool
    pieces: tuple[str, ...]
    time: str
    iso: str
    number: str
    facts: str
    state: str
    ticks: str
    read: bool
    trouble: bool
    silence: str
    file: SentFile | None


def bubbles(
    entries: Sequence[ThreadEntry], files: Sequence[SentFile], kind: Kind, zone: ZoneInfo
) -> list[Bubble]:
    """The conversation as the phone shows it, oldest first.

    Args:
        entries: what the office keeps of it, oldest first.
        files: what the phone sent with its messages, oldest first.
        kind: of phone.
        zone: of all times.
    """
    found = paired(entries, [file.text for file in files])
    carried = {entry.id: files[place] for entry, place in found}
    return [
        bubble(entry, zone, kind, carried.get(entry.id) if entry.inbound else None)
        for entry in entries
    ]


def bubble(entry: ThreadEntry, zone: ZoneInfo, kind: Kind, file: SentFile | None = None) -> Bubble:
    """One entry of the conversation, as the phone shows it."""
    own = "✓✓" if kind.ticks else ""
    return Bubble(
        id=entry.id,
        mine=entry.inbound,
        pieces=tuple(_NUMBER.split(_shortened(entry.text))),
        time=wording.clock_time(entry.at, zone),
        iso=entry.at.isoformat(),
        number=entry.number or "",
        facts=_facts(entry, kind),
        state=state_words(entry, parts=kind.parts),
        ticks=own if entry.inbound else _TICKS.get(entry.state, ""),
        read=entry.state == "read",
        trouble=entry.state in ("dead", "failed", "held", "in_doubt"),
        silence=entry.silence,
        file=file,
    )


def paired(entries: Sequence[ThreadEntry], texts: Sequence[str]) -> list[tuple[ThreadEntry, int]]:
    """What came in, each with the place of its text among those sent; both oldest first.

    The office does not keep our simulated providers' ids where pages read; so the last ones are
    matched first, in order, by their words.
    """
    found, place = [], len(texts) - 1
    for entry in reversed(entries):
        if not entry.inbound or place < 0:
            continue
        wanted = " ".join(entry.text.split())
        match = next(
            (at for at in range(place, -1, -1) if " ".join(texts[at].split()) == wanted), None
        )
        if match is not None:
            found.append((entry, match))
            place = match - 1
    return found


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} … (dipotong di layar)"


def _facts(entry: ThreadEntry, kind: Kind) -> str:
    if entry.inbound:
        return wording.OUTCOMES[entry.outcome.value] if entry.outcome else ""
    if not kind.parts:
        return ""
    counted = segments(entry.text)
    encoding = "GSM-7" if counted.encoding == "gsm7" else "UCS-2"
    return f"{entry.segments or counted.parts} SMS · {encoding}"


def state_words(entry: ThreadEntry, *, parts: bool) -> str:
    """How far a reply got, with the reason where there is one; "" for what came in.

    Args:
        entry: of a conversation.
        parts: it goes through a telephone network.
    """
    if entry.inbound:
        return ""
    plain = {} if parts else _PLAIN
    words = plain.get(entry.state) or wording.DELIVERY.get(entry.state, entry.state)
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
        channel=CHANNELS.get(row.channel, row.channel),
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
