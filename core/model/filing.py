"""Everything one batch of messages changes, as rows of one transaction (design.md §4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.events import Event
    from core.model.messages import InboundMessage, Outcome
    from core.model.outbox import OutboxDraft
    from core.model.survey import SurveyWrite
    from core.model.ticket import NewTicket, Promise, ReplyMark, Status


@value
class FiledMessage:
    """An inbound message with what was decided about it.

    Attributes:
        number: number of ``ticket_id``; what a repeat of the message is answered with.
        kind: what the text asked for (requirements §4 sample kinds): ``new_ticket``,
            ``follow_up``, ``status_query``, ``command``, ``help``, ``ignored``, ``auto_reply``.
        silence: why no automatic reply leaves, "" when one does or none is due.
        note: a remark for staff, e.g. a foreign ticket number was named.
    """

    id: int
    message: InboundMessage
    address_id: int
    outcome: Outcome
    kind: str
    ticket_id: int | None = None
    number: str | None = None
    language: str = "id"
    silence: str = ""
    note: str = ""


@value
class TicketChange:
    """A running ticket after a message joined it or a command changed it.

    Attributes:
        expected_version: the version that was read under lock; the new one is one higher.
        contacts: inbound messages to add to the ticket's contact count.
    """

    ticket_id: int
    expected_version: int
    status: Status
    status_at: datetime
    event_seq: int
    event_head: str
    reason: str = ""
    contacts: int = 0


@value
class ClockEnding:
    """All promises of a ticket that has ended, nobody owes them any more.

    Attributes:
        kept: they were kept by it (a solution confirmed), not withdrawn.
    """

    ticket_id: int
    at: datetime
    kept: bool


@value
class WorkChange:
    """What a command does to the work on a ticket, beside the ticket itself.

    Attributes:
        status: the new one by the reporter's own word; pauses end with it, and what was waited
            for (approval, silence) is overtaken. None: it stays.
        asked_escalation: the mark for the supervisor is set.
        objected: the one objection is raised.
        linked_to: id of the ticket that this one goes on from.
        created_by: who works here and entered it for the reporter (MB-06).
        form, form_label: how it reached the office, where somebody entered it (DK-37).
    """

    ticket_id: int
    at: datetime
    status: Status | None = None
    asked_escalation: bool = False
    objected: bool = False
    linked_to: int | None = None
    created_by: int | None = None
    form: str = ""
    form_label: str = ""


@value
class SenderChange:
    """What to remember of a sender until the next message (fields as in ``Sender``)."""

    address_id: int
    muted: bool
    replies: tuple[ReplyMark, ...]
    untold: tuple[str, ...]
    helped_on: str
    joined: tuple[int, int] | None
    opened: tuple[datetime, ...]
    survey: int | None = None
    unreachable: str = ""
    question: int = 0
    feedback: int | None = None
    registration: str = ""


@dataclass(slots=True)
class Filing:
    """The rows of one transaction, in no particular order within a list.

    Attributes:
        bookmarks: place → mark of the last message from there, however it was decided.
        clocks: (ticket id, promise) that replace the promises of a ticket that runs already; the
            promises of a new ticket are in ``tickets``.
        endings: tickets that ended; never one whose promises are in ``clocks`` or ``tickets``.
        works, surveys: in the order of the messages; most batches have none.
    """

    tickets: list[NewTicket] = field(default_factory=list)
    messages: list[FiledMessage] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    outbox: list[OutboxDraft] = field(default_factory=list)
    changes: list[TicketChange] = field(default_factory=list)
    senders: list[SenderChange] = field(default_factory=list)
    clocks: list[tuple[int, Promise]] = field(default_factory=list)
    endings: list[ClockEnding] = field(default_factory=list)
    works: list[WorkChange] = field(default_factory=list)
    surveys: list[SurveyWrite] = field(default_factory=list)
    bookmarks: dict[str, str] = field(default_factory=dict)
