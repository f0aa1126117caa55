"""Walks along chains of events and tells where one is not as it was written.

A million rows pass here in one go, so rows are plain tuples of what the database gave, in bytes:
a text that was made unreadable must still be named, and hashes are over bytes anyway.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from core.model.audit import Finding, Wrong, number_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

Raw = tuple[
    *(tuple[int, int, bytes, bytes, bytes, bytes, bytes, bytes]),
    *(tuple[bytes | None, int | None, bytes | None]),
]
"""An event: ticket id, seq, kind, instant, actor, data, previous, hash; and of the ticket's row
its number, how many events it knows of, and the last one's hash; None where the row is missing.

The instant is as hashed: ``2026-11-18T03:00:00.000000+00:00``.
"""

RawAdmin = tuple[bytes, int, bytes, bytes, bytes, bytes, bytes, bytes]
"""An event of the house: subject, seq, kind, instant, actor, data, previous, hash."""

_NOBODY: Final = -1


class Link:
    """How far along one chain somebody is."""

    __slots__ = ("altered", "computed", "expected", "head")

    def __init__(self) -> None:
        self.expected, self.head, self.computed = 1, b"", b""
        self.altered = 0  # the last one that was said to be

    def complaints(
        self, seq: int, previous: bytes, kept: bytes, computed: bytes
    ) -> Iterator[tuple[Wrong, int, int]]:
        """What is wrong with the next event: kind, first and last place."""
        if seq > self.expected:
            yield Wrong.REMOVED, self.expected, seq - 1
        if computed != kept:
            self.altered = seq
            yield Wrong.ALTERED, seq, 0
        # Where the stored hash alone was altered, what follows still names the right one.
        elif (
            previous not in (self.head, self.computed)
            and seq == self.expected
            and self.altered != seq - 1
        ):
            yield Wrong.BROKEN, max(seq - 1, 1), 0


class TicketChains:
    """Takes all events in the order of ticket and seq.

    Attributes:
        tickets, events: that have passed.
        sought: of the tickets that come next: seq → the first signs of the hash it once had. What
            is found there replaces them: the hash in full.
        seen: of the tickets of ``sought`` that have a history: the numbers.
    """

    def __init__(self, prefix: str, report: Callable[[Finding], None]) -> None:
        self.tickets = self.events = 0
        self.sought: dict[int, dict[int, bytes]] = {}
        self.seen: dict[int, str] = {}
        self._prefix, self._report = prefix, report
        self._ticket, self._link = _NOBODY, Link()
        self._row: tuple[bytes | None, int | None, bytes | None] = (None, None, None)
        self._wanted: dict[int, bytes] | None = None

    def feed(self, rows: Iterable[Raw]) -> None:
        """The next events."""
        link = self._link
        for row in rows:
            ticket, seq, kind, at, actor, data, previous, kept, number, known, head = row
            if ticket != self._ticket:
                self.end()
                link = self._begin(ticket, (number, known, head))
            told = b"%b\n%d\n%d\n%b\n%b\n%b\n%b" % (previous, ticket, seq, kind, at, actor, data)
            computed = sha256(told).hexdigest().encode()
            if computed != kept or previous != link.head or seq != link.expected:
                for wrong, first, last in link.complaints(seq, previous, kept, computed):
                    self._say(wrong, first, last)
            link.head, link.computed, link.expected = kept, computed, seq + 1
            self.events += 1
            if self._wanted is not None and seq in self._wanted:
                right = computed.startswith(self._wanted[seq])
                self._wanted[seq] = computed if right else kept

    def end(self) -> None:
        """The ticket's history is over; to be called once more after the last event."""
        if self._ticket == _NOBODY:
            return
        number, known, head = self._row
        last = self._link.expected - 1
        if number is None:
            self._say(Wrong.ORPHAN, last)
        elif known is not None and known > last:
            self._say(Wrong.REMOVED, last + 1, known)
        elif known != last or head not in (self._link.head, self._link.computed):
            self._say(Wrong.HEAD, last)
        self._ticket = _NOBODY

    def _begin(self, ticket: int, row: tuple[bytes | None, int | None, bytes | None]) -> Link:
        self._ticket, self._row, self._link = ticket, row, Link()
        self._wanted = self.sought.get(ticket)
        if self._wanted is not None:
            self.seen[ticket] = self._number
        self.tickets += 1
        return self._link

    @property
    def _number(self) -> str:
        number = self._row[0]
        if number is None:
            return number_of(self._ticket, self._prefix)
        return number.decode("utf-8", "replace")

    def _say(self, kind: Wrong, seq: int, until: int = 0) -> None:
        self._report(Finding(kind, self._number, seq, until))


class HouseChains:
    """Takes all events of the house in the order of subject and seq.

    Attributes:
        subjects, events: that have passed.
        found: what was asked for and is there.
    """

    def __init__(
        self, sought: Collection[tuple[str, int, str]], report: Callable[[Finding], None]
    ) -> None:
        self.subjects = self.events = 0
        self.found: set[tuple[str, int, str]] = set()
        self._sought, self._report = frozenset(sought), report
        self._subject, self._link = "", Link()

    def feed(self, rows: Iterable[RawAdmin]) -> None:
        """The next events."""
        for subject, seq, kind, at, actor, data, previous, kept in rows:
            name = subject.decode("utf-8", "replace")
            if name != self._subject or not self.events:
                self._subject, self._link = name, Link()
                self.subjects += 1
            told = (previous, subject, str(seq).encode(), kind, at, actor, data)
            computed = sha256(b"\n".join(told)).hexdigest().encode()
            link = self._link
            for wrong, first, last in link.complaints(seq, previous, kept, computed):
                self._report(Finding(wrong, name, first, last))
            link.head, link.computed, link.expected = kept, computed, seq + 1
            self.events += 1
            heads = ((name, seq, one.decode("ascii", "replace")) for one in (kept, computed))
            self.found.update(head for head in heads if head in self._sought)
