"""The ticket: status, priority, and what intake reads and writes of it (requirements §2, §3)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from core.model.brief import UNTOUCHED, WorkBrief
from core.model.messages import Address, ChannelId
from core.model.sentences import said
from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.deadline import SlaTarget


NO_CHANNEL = ChannelId("")


class Status(StrEnum):
    """Requirements §2."""

    RECEIVED = "received"
    UNDER_REVIEW = "under_review"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    PENDING = "pending"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    MERGED = "merged"

    @property
    def running(self) -> bool:
        """Whether somebody still owes the citizen something."""
        return self in _RUNNING

    @property
    def word(self) -> str:
        """The Indonesian word told to citizens."""
        return _WORDS[self]


_RUNNING = frozenset(
    {Status.RECEIVED, Status.UNDER_REVIEW, Status.ASSIGNED, Status.IN_PROGRESS, Status.PENDING}
)
_WORDS = {
    Status.RECEIVED: said("Diterima"),
    Status.UNDER_REVIEW: said("Ditelaah"),
    Status.ASSIGNED: said("Ditugaskan"),
    Status.IN_PROGRESS: said("Dikerjakan"),
    Status.PENDING: said("Menunggu"),
    Status.RESOLVED: said("Selesai"),
    Status.CLOSED: said("Ditutup"),
    Status.REJECTED: said("Ditolak"),
    Status.CANCELLED: said("Dibatalkan"),
    Status.MERGED: said("Digabung"),
}

ALLOWED: dict[Status, frozenset[Status]] = {
    Status.RECEIVED: frozenset(
        {Status.UNDER_REVIEW, Status.ASSIGNED, Status.REJECTED, Status.CANCELLED, Status.MERGED}
    ),
    Status.UNDER_REVIEW: frozenset(
        {Status.ASSIGNED, Status.REJECTED, Status.PENDING, Status.CANCELLED}
    ),
    Status.ASSIGNED: frozenset(
        {Status.IN_PROGRESS, Status.PENDING, Status.ASSIGNED, Status.CANCELLED}
    ),
    Status.IN_PROGRESS: frozenset({Status.PENDING, Status.RESOLVED, Status.ASSIGNED}),
    Status.PENDING: frozenset(
        {Status.IN_PROGRESS, Status.ASSIGNED, Status.RESOLVED, Status.CANCELLED}
    ),
    Status.RESOLVED: frozenset({Status.CLOSED, Status.IN_PROGRESS, Status.ASSIGNED}),
    Status.CLOSED: frozenset({Status.IN_PROGRESS}),
    Status.REJECTED: frozenset({Status.UNDER_REVIEW}),
    Status.CANCELLED: frozenset({Status.RECEIVED}),
    Status.MERGED: frozenset(),
}
"""Allowed next statuses (requirements §2)."""


class Priority(StrEnum):
    """Exactly four, in this order (BW-27)."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    EMERGENCY = "emergency"

    @property
    def word(self) -> str:
        """The Indonesian screen word."""
        return _PRIORITY_WORDS[self]


_PRIORITY_WORDS = {
    Priority.LOW: said("Rendah"),
    Priority.NORMAL: said("Normal"),
    Priority.HIGH: said("Tinggi"),
    Priority.EMERGENCY: said("Darurat"),
}


@value
class Promise:
    """One promise on a ticket: what, by when.

    Attributes:
        target: a name of core/model/clock.py: ``first_answer``, ``solution`` …
        due_at: aware UTC.
        provisional: it runs into a year whose holidays are not loaded.
        started_at: what it is counted from, aware; known where the promise is made.
        warn_at: when the watch warns of it, aware UTC; None: no warning, or not read.
        open: somebody still owes it.
        met: it was kept, late or not.
        length: how long was promised; known where the promise is made.
    """

    target: str
    due_at: datetime
    provisional: bool = False
    started_at: datetime | None = None
    warn_at: datetime | None = None
    open: bool = True
    met: bool = False
    length: SlaTarget | None = None


@value
class NewTicket:
    """A ticket as its first batch leaves it: what the store inserts.

    Attributes:
        address_id: the reporter's address.
        opened_at: when the message was received, aware UTC.
        event_seq, event_head: place and hash of the ticket's last event of this batch.
        status, status_at, reason, contacts: after everything in the batch that concerns it.
    """

    id: int
    number: str
    channel: ChannelId
    address_id: int
    subject: str
    description: str
    match_text: str
    opened_at: datetime
    promises: tuple[Promise, ...]
    status_at: datetime
    event_seq: int
    event_head: str
    status: Status = Status.RECEIVED
    reason: str = ""
    contacts: int = 1
    priority: Priority = Priority.NORMAL
    priority_hint: Priority | None = None
    category: str = "other"
    unit_hint: str = ""
    language: str = "id"
    place: str = ""


@value
class KnownTicket:
    """What intake needs to know of a ticket that the sender owns or takes part in.

    Attributes:
        mine: the sender is its reporter; False for a participant such as a partner unit.
        match_text: cleaned opening text while it is young enough for near-duplicates, else "".
        version: grows with every change; a stale writer gets a Conflict.
        event_seq: last event's place in the chain.
        event_head: last event's hash.
        contacts: messages of the reporter that asked for something (KM-06).
        work: what staff have done, where it was asked for.
    """

    id: int
    number: str
    status: Status
    priority: Priority
    opened_at: datetime
    status_at: datetime
    promises: tuple[Promise, ...]
    version: int
    event_seq: int
    event_head: str
    mine: bool = True
    match_text: str = ""
    channel: ChannelId = NO_CHANNEL
    reason: str = ""
    category: str = "other"
    contacts: int = 1
    work: WorkBrief = UNTOUCHED


@value
class ReplyMark:
    """An automatic reply that left for a sender: when, and whether it was an acknowledgement."""

    at: datetime
    purpose: str


@value
class Sender:
    """What the store knows about the address a message came from; locked until commit.

    Attributes:
        muted: the person wrote STOP, or the provider says so: no notices.
        unreachable: why this address cannot be answered, "" when it can.
        replies: recent automatic replies, oldest first, within the longest limit window.
        untold: numbers of tickets whose acknowledgement was withheld by a limit.
        helped_on: local ISO date of the last help text sent, "" when none.
        joined: (message id, ticket id) of the last message joined as a duplicate, for BARU.
        opened: when this sender's latest tickets were opened, oldest first, for the flood limit.
        survey: id of the ticket whose survey is open: only then do digits count as answers.
        question: the question that was asked last, 1 to 5; 0: all five are asked at once.
        feedback: id of the ticket whose survey was just answered: what is written next may be the
            citizen's remark on it (DK-08).
        registration: whether the person was invited to register, or has (core/model/registration).
        tickets: running ones and those ended within the reopening window, newest first, and the
            ones named in the message whatever their age.
    """

    address_id: int
    address: Address
    muted: bool = False
    unreachable: str = ""
    replies: tuple[ReplyMark, ...] = ()
    untold: tuple[str, ...] = ()
    helped_on: str = ""
    joined: tuple[int, int] | None = None
    opened: tuple[datetime, ...] = ()
    survey: int | None = None
    question: int = 0
    feedback: int | None = None
    registration: str = ""
    tickets: tuple[KnownTicket, ...] = ()
