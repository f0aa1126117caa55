"""What pages and commands read: rows of lists, threads and health, never the whole ticket."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.messages import AddressKind, Outcome
    from core.model.outbox import OutboxState
    from core.model.ticket import Priority, Promise, Status


@value
class TicketRow:
    """One line of a ticket list."""

    id: int
    number: str
    status: Status
    priority: Priority
    priority_hint: Priority | None
    subject: str
    channel: str
    category: str
    language: str
    opened_at: datetime
    promises: tuple[Promise, ...]
    contacts: int


@value
class PageKey:
    """Where the next page begins: strictly after this row in (opened_at, id), descending."""

    opened_at: datetime
    id: int


@value
class ThreadEntry:
    """One message of a thread, either way.

    Attributes:
        inbound: True for the citizen's, False for ours.
        state: for ours, how far it got: the outbox state, or the delivery state once known.
        segments: SMS parts of ours, 0 otherwise.
        who: masked address.
        event: of a person's answer: its place in the ticket's chain, which tells who wrote it.
        held_until: of an answer that has not left: not before then; its writer may take it back.
    """

    id: int
    inbound: bool
    at: datetime
    text: str
    who: str
    channel: str
    number: str | None = None
    outcome: Outcome | None = None
    purpose: str = ""
    state: str = ""
    reason: str = ""
    segments: int = 0
    silence: str = ""
    event: int | None = None
    held_until: datetime | None = None


@value
class OriginalMessage:
    """A message as it came, for whoever wants to see more than what was read out of it.

    Attributes:
        text: the whole text, with what it quotes.
        raw: the payload; of a mail, the mail.
    """

    subject: str
    text: str
    raw: bytes
    received_at: datetime


@value
class SpokenFile:
    """A file of a conversation.

    Attributes:
        filename: cleaned, never empty.
        size: bytes; None: not known yet.
        stored_as: where it lies below the folder of attachments; None: it is not given out.
        waiting: it is still being fetched or examined.
    """

    position: int
    filename: str
    size: int | None = None
    stored_as: str | None = None
    waiting: bool = False


class Side(StrEnum):
    """Where a line of a conversation comes from; also the first part of its files' addresses."""

    REPORTER = "masuk"
    OFFICE = "keluar"
    SPOKEN = "lisan"  # said by phone or face to face, noted by the officer


@value
class Spoken:
    """One line between reporter and office, as the reporter may read it.

    Attributes:
        id: of the row; with ``side`` it names the line.
        text: as it was written; identity numbers masked.
        kind: how the sender was reached or wrote; None for what was spoken.
        who: masked address.
        entered: an officer noted it down for the reporter.
        purpose: of ours: ``answer`` for a person's words, else the key of the office's text.
        state: of ours: how far it got (outbox state, or delivery state once known).
        command: it was a command, not words.
    """

    id: int
    side: Side
    at: datetime
    text: str
    channel: str = ""
    kind: AddressKind | None = None
    who: str = ""
    entered: bool = False
    purpose: str = ""
    state: str = ""
    command: bool = False
    files: tuple[SpokenFile, ...] = ()


@value
class OutboxLoad:
    """How much waits on one channel: for metrics, readiness and the dispatcher."""

    channel: str
    state: OutboxState
    count: int
    oldest: datetime | None
