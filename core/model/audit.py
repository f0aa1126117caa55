"""Anchors: what binds the last hashes of all tickets together, day by day (design.md §3).

A ticket's chain shows that a row of it was changed, but not that the whole ticket is gone, or was
written anew with right hashes. So every day an anchor is laid down over all tickets that changed
since the one before: for each its id, how many events it had, and the hash of the last. It binds
the anchor before as well, so that the newest one binds the whole past; written down elsewhere it
proves that nothing before it was touched.

The tickets of an anchor are listed in parts of a thousand ids, 14 bytes each: enough to name the
ticket that is missing. What the list abbreviates the part's digest binds in full.
"""

from __future__ import annotations

import hashlib
import json
import struct
from datetime import UTC
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from core.model.numbers import TicketNumber
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

BUCKET: Final = 1_000
"""Ticket ids to a part."""

HOUSE: Final = -1
"""The part that lists the house's own chains (core/model/admin_events.py)."""

_ENTRY: Final = struct.Struct(">HI8s")
_BRIEF: Final = 16
"""Hexadecimal signs of a hash that an entry keeps."""


@value
class Head:
    """Where a ticket's chain stands: how many events, and the hash of the last, hex in ASCII."""

    ticket_id: int
    seq: int
    hash: bytes


@value
class Entry:
    """A head as an anchor's list keeps it: the hash is cut to its first signs."""

    ticket_id: int
    seq: int
    brief: bytes


@value
class AnchorPart:
    """The tickets of one bucket that changed before an anchor.

    Attributes:
        bucket: ticket ids divided by :data:`BUCKET`, or :data:`HOUSE`.
        entries: packed; :func:`unpacked` reads them. Of the house: JSON, :func:`house_heads`.
        digest: SHA-256, hex, over the heads in full.
    """

    day: date
    bucket: int
    entries: bytes
    digest: str


@value
class Anchor:
    """One day's binding of all that was there.

    Attributes:
        day: the office's date.
        at: when it was laid down.
        tickets, events: bound by this anchor and all before it.
        position: how far in the stream of events it reaches; that event is bound.
        previous: digest of the anchor before, "" for the first.
        digest: SHA-256, hex, over all of this and the digests of the parts.
    """

    day: date
    at: datetime
    tickets: int
    events: int
    position: str
    previous: str
    digest: str


def bucket_of(ticket_id: int) -> int:
    """Of which part a ticket is."""
    return ticket_id // BUCKET


def part_of(day: date, bucket: int, heads: Sequence[Head]) -> AnchorPart:
    """The part over these heads, all of one bucket and in the order of their ids."""
    entries = b"".join(
        _ENTRY.pack(head.ticket_id % BUCKET, head.seq, bytes.fromhex(head.hash[:_BRIEF].decode()))
        for head in heads
    )
    return AnchorPart(day, bucket, entries, digest_of_heads(heads))


def digest_of_heads(heads: Iterable[Head]) -> str:
    """SHA-256 over the heads, a line each."""
    whole = hashlib.sha256()
    for head in heads:
        whole.update(b"%d %d %b\n" % (head.ticket_id, head.seq, head.hash))
    return whole.hexdigest()


def unpacked(part: AnchorPart) -> Iterator[Entry]:
    """The entries of a part, as far as they can be read: an altered one may be cut off."""
    whole = len(part.entries) - len(part.entries) % _ENTRY.size
    for offset, seq, brief in _ENTRY.iter_unpack(part.entries[:whole]):
        yield Entry(part.bucket * BUCKET + offset, seq, brief.hex().encode())


def house_part(day: date, heads: Sequence[tuple[str, int, str]]) -> AnchorPart:
    """The part over the house's chains: subject, how many events, hash of the last."""
    entries = json.dumps([list(head) for head in heads], separators=(",", ":")).encode()
    return AnchorPart(day, HOUSE, entries, hashlib.sha256(entries).hexdigest())


def house_heads(part: AnchorPart) -> list[tuple[str, int, str]]:
    """What a house part lists; nothing where it was altered beyond reading."""
    try:
        return [
            (str(subject), int(seq), str(head)) for subject, seq, head in json.loads(part.entries)
        ]
    except (ValueError, TypeError):
        return []


class AnchorDigest:
    """The digest of an anchor, while its parts pass in the order of their buckets."""

    def __init__(self) -> None:
        self._parts = hashlib.sha256()

    def add(self, part: AnchorPart) -> None:
        """The next part."""
        listed = hashlib.sha256(part.entries).hexdigest()
        self._parts.update(f"{part.bucket} {part.digest} {listed}\n".encode())

    def of(self, anchor: Anchor) -> str:
        """The digest of this anchor over the parts so far; its own ``digest`` is not looked at."""
        lines = (
            "anchor 1",
            anchor.day.isoformat(),
            anchor.at.astimezone(UTC).isoformat(timespec="microseconds"),
            f"{anchor.tickets} {anchor.events}",
            anchor.position,
            anchor.previous,
            self._parts.hexdigest(),
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


class Wrong(StrEnum):
    """What an audit can find."""

    ALTERED = "altered"
    REMOVED = "removed"
    BROKEN = "broken"
    HEAD = "head"
    ORPHAN = "orphan"
    BARE = "bare"
    GONE = "gone"
    MISSED = "missed"
    REWRITTEN = "rewritten"
    PART = "part"
    ANCHOR = "anchor"
    UNGUARDED = "unguarded"
    DAMAGED = "damaged"
    VANISHED = "vanished"


_SENTENCES: Final = {
    Wrong.ALTERED: "event {seq} of {whose} was altered: it no longer fits its hash",
    Wrong.REMOVED: "event {seq} of {whose} was removed",
    Wrong.BROKEN: "event {seq} of {whose} was written anew: the next one does not follow it",
    Wrong.HEAD: "the row of {whose} does not fit its history, which ends with event {seq}",
    Wrong.ORPHAN: "{whose} was removed; {seq} events of it are left",
    Wrong.BARE: "{whose} has no history: all its events were removed",
    Wrong.GONE: "{whose} was removed with its {seq} events{day}",
    Wrong.MISSED: "{whose} was removed; rows of other tables still speak of it",
    Wrong.REWRITTEN: "the history of {whose} up to event {seq} is not the one that was there{day}",
    Wrong.PART: "the anchor{day} was altered in its list of tickets {whose}",
    Wrong.ANCHOR: "the anchor{day} {whose}",
    Wrong.UNGUARDED: "{whose} has lost the trigger that refuses changes",
    Wrong.DAMAGED: "the database is damaged: {whose}",
    Wrong.VANISHED: "{seq} events were removed after {whose}",
}


@value
class Finding:
    """One thing that is not as it was written.

    Attributes:
        whose: a ticket's number, a subject of the house, or what else is meant.
        seq: of the event; with ``until`` the first of several.
        day: of the anchor that tells.
    """

    kind: Wrong
    whose: str
    seq: int = 0
    until: int = 0
    day: date | None = None

    @property
    def sentence(self) -> str:
        """In English, for an administrator."""
        seq = f"{self.seq} to {self.until}" if self.until > self.seq else str(self.seq)
        told = _SENTENCES[self.kind].format(
            whose=self.whose, seq=seq, day=f" of {self.day:%Y-%m-%d}" if self.day else ""
        )
        return f"{told}."


@value
class Verdict:
    """What an audit saw.

    Attributes:
        subjects: chains of the house.
        findings: the first ones; ``more`` are not listed.
    """

    tickets: int
    events: int
    subjects: int
    anchors: int
    findings: tuple[Finding, ...]
    more: int = 0


def number_of(ticket_id: int, prefix: str) -> str:
    """The number of a ticket of which only the id is known; a changed prefix is not."""
    year, sequence = divmod(ticket_id, 10**9)
    if not 0 <= year < 100:  # noqa: PLR2004 - two digits, or the id itself was altered
        return f"ticket {ticket_id}"
    return str(TicketNumber(prefix, year, sequence))
