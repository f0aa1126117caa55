"""What is asked of lists of tickets, and what their lines show (DK-29, MB-09, MB-23, DK-26)."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.model.attachments import FileView
    from core.model.clock import PauseReason
    from core.model.events import Event
    from core.model.ticket import Priority, Status
    from core.model.views import ThreadEntry
    from core.model.work import WorkTicket

MOST_LINES = 200
"""Lines of one page."""

MOST_COUNTED = 1_000
"""Counting stops there: a badge says "1000+", and costs the same however many there are."""

MOST_TALLIED = 20_000
"""Running tickets that are counted by channel, unit or reason; above it a tally tells too few."""


class Sort(StrEnum):
    """Orders of a list; each is total, so that a page can go on where the last one ended."""

    NEWEST = "newest"  # by number, the latest first
    OLDEST = "oldest"
    DUE = "due"  # running ones by the time the solution is due, the nearest first
    URGENCY = "urgency"  # running ones by priority, then as ``due`` (MB-09)
    IDLE = "idle"  # running ones, first those on which staff did nothing for longest (MB-25)


@value
class TicketFilter:
    """Which tickets; an empty field asks nothing.

    Attributes:
        statuses, priorities: any of them.
        within: a unit or any unit below it.
        level: with units of this level, as offices word it: ``kecamatan`` (DK-03).
        assignee_id: 0: those that nobody has.
        untold: whether they are solved and nobody could be told of it (LL-15).
        number: how the number begins, as it is written.
        due_before, due_from: the solution is due before then, not before then, and still owed.
        troubled: a promise was broken, it went up a level, or the reporter asked for that.
        waiting: the reporter waits for a person's answer.
        pause: stands still for this reason now.
        undelivered: something that we sent did not arrive, or could not leave.
        idle: running, and by its priority nobody of staff has done anything since then (MB-25).
        unread_by: messages came that this person has not seen (BW-46).
    """

    statuses: frozenset[Status] = frozenset()
    priorities: frozenset[Priority] = frozenset()
    unit_id: int | None = None
    within: int | None = None
    level: str = ""
    assignee_id: int | None = None
    channel: str = ""
    category: str = ""
    number: str = ""
    breached: bool | None = None
    untold: bool | None = None
    due_before: datetime | None = None
    troubled: bool = False
    waiting: bool = False
    pause: PauseReason | None = None
    undelivered: bool = False
    due_from: datetime | None = None
    idle: tuple[tuple[Priority, datetime], ...] = ()
    unread_by: int | None = None


class Facet(StrEnum):
    """What running tickets are counted by."""

    CHANNEL = "channel"
    UNIT = "unit"  # by its id
    PAUSE = "pause"  # by the reason for which they stand still


@value
class ListKey:
    """The last line of a page: the next one begins strictly after it.

    Attributes:
        due_at: the instant of that line that the order looks at; rank: its place by priority.
    """

    id: int
    due_at: datetime | None = None
    rank: int = 0


@value
class ListedTicket:
    """One line of a list; reporters are masked, texts are not in it.

    Attributes:
        reporter: masked address.
        untold: solved, and no notice of it has left or is on its way to the citizen (LL-15).
        first_answer, solution: when they are due while somebody still owes them; else None.
        idle_since: of running ones: since when nobody of staff has done anything.
        unread: messages of citizens that whoever looks has not had before them (BW-46).
        begun: whether they have something unsent there.
    """

    id: int
    number: str
    status: Status
    status_at: datetime
    priority: Priority
    priority_hint: Priority | None
    subject: str
    category: str
    channel: str
    reporter: str
    opened_at: datetime
    ended_at: datetime | None
    contacts: int
    version: int
    unit_id: int | None = None
    unit_name: str = ""
    assignee_id: int | None = None
    assignee_name: str = ""
    progress: int = 0
    escalation: int = 0
    breached: bool = False
    asked_escalation: bool = False
    sensitive: bool = False
    untold: bool = False
    first_answer: datetime | None = None
    solution: datetime | None = None
    idle_since: datetime | None = None
    unread: int = 0
    begun: bool = False

    def key(self, sort: Sort) -> ListKey:
        """Where the page after this line begins."""
        if sort in (Sort.DUE, Sort.URGENCY):
            return ListKey(self.id, self.solution, rank_of(self.priority))
        if sort is Sort.IDLE:
            return ListKey(self.id, self.idle_since)
        return ListKey(self.id)


_BEGINS = re.compile(r"[A-Za-z]{0,3}([0-9]{2})(?:-([0-9]{0,9})(-[0-9]?)?)?")
_WIDTHS = range(6, 10)
"""Digits that a sequence may have: six with leading zeros, or more without."""


def number_ranges(begins: str) -> tuple[tuple[int, int], ...]:
    """The ids of tickets whose number begins so, as ranges; none: no number does.

    Ids are one to one with year and sequence, so a search by number is a walk along the key.
    """
    found = _BEGINS.fullmatch(begins.strip())
    if found is None:
        return ()
    year = int(found.group(1)) * 10**9
    digits, ended = found.group(2) or "", bool(found.group(3))
    if not digits:
        return () if ended else ((year, year + 10**9 - 1),)
    ranges = []
    for width in _WIDTHS:
        short = len(digits) > width or (ended and len(digits) < width)
        if short or (width > _WIDTHS.start and digits.startswith("0")):
            continue
        low, high = int(digits.ljust(width, "0")), int(digits.ljust(width, "9"))
        ranges.append((year + low, year + high))
    return tuple(ranges)


_RANKS = ("emergency", "high", "normal", "low")


def rank_of(priority: Priority) -> int:
    """0 for the most urgent."""
    return _RANKS.index(priority.value)


@value
class UnsortedMessage:
    """A message that opened no ticket and waits for somebody (rule 10).

    Attributes:
        sender: masked address.
        text: whole, as it came.
    """

    id: int
    channel: str
    sender: str
    subject: str | None
    text: str
    received_at: datetime
    language: str


@value
class TrayLoad:
    """What waits in the tray of unsorted messages.

    Attributes:
        count: how many, at most as many as were asked for.
        newest: id of the last one that came; 0: the tray is empty.
    """

    count: int
    newest: int


@value
class NoteView:
    """An internal note, a question or an instruction on a ticket."""

    id: int
    kind: str
    text: str
    by: str
    at: datetime


@value
class Dossier:
    """One ticket with all that lies beside it.

    Attributes:
        thread: messages both ways in time order.
        history: the first facts of its chain, as many as were asked for.
        read: messages of citizens that whoever looks has had before them (BW-46).
    """

    ticket: WorkTicket
    thread: Sequence[ThreadEntry]
    notes: Sequence[NoteView]
    files: Sequence[FileView]
    history: Sequence[Event]
    read: int = 0

    @property
    def came(self) -> int:
        """Messages of citizens in it."""
        return sum(entry.inbound for entry in self.thread)


@value
class ReadyAnswer:
    """What was answered to a request with an idempotency key.

    Attributes:
        request_hash: of the request, so that the key is not used for another one.
        status: 0: it was carried out, or is being; the answer was not kept (yet).
        body: as sent; headers: those that belong to it.
    """

    request_hash: str
    status: int
    body: str
    headers: str
