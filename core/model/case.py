"""One message with what is known of its sender, and what is decided about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.model.messages import Outcome
from core.model.ticket import KnownTicket, Sender, Status
from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.automatic import Automatic
    from core.model.intent import Intent
    from core.model.messages import InboundMessage
    from core.model.policy import IntakePolicy
    from core.model.survey import Score


@value
class Case:
    """Everything one decision looks at.

    Attributes:
        now: when the message was received, aware UTC.
        threaded: number of the ticket that the reply reference points to, if any.
        guest: that ticket, when this sender has no part in it.
        unanswerable: why this sender can never be answered, "" when it can.
    """

    message: InboundMessage
    intent: Intent
    sender: Sender
    policy: IntakePolicy
    now: datetime
    automatic: Automatic | None = None
    unanswerable: str = ""
    threaded: str | None = None
    guest: KnownTicket | None = None

    @property
    def running(self) -> list[KnownTicket]:
        """The sender's running tickets, newest first."""
        return [ticket for ticket in self.sender.tickets if ticket.status.running]

    @property
    def rateable(self) -> list[KnownTicket]:
        """Own tickets whose solution was told: the named ones, else all in sight, newest first."""
        solved = (Status.RESOLVED, Status.CLOSED)
        tickets = self.named or self.sender.tickets
        return [ticket for ticket in tickets if ticket.mine and ticket.status in solved]

    @property
    def lately_ended(self) -> list[KnownTicket]:
        """Resolved or closed within the reopening window, newest first."""
        return [ticket for ticket in self.sender.tickets if self.reopenable(ticket)]

    def reopenable(self, ticket: KnownTicket) -> bool:
        """Resolved or closed, and the window of requirements §2 still open."""
        return ticket.status in (Status.RESOLVED, Status.CLOSED) and self.in_window(ticket)

    def in_window(self, ticket: KnownTicket) -> bool:
        """Whether it came to where it stands lately enough to be taken up again."""
        return ticket.status_at > self.now - self.policy.reopening

    def known(self, number: str) -> KnownTicket | None:
        """The ticket, if this sender owns it or takes part; else None, as if it did not exist."""
        return next((t for t in self.sender.tickets if t.number == number), None)

    @property
    def named(self) -> list[KnownTicket]:
        """Tickets of this sender that the text names, in order."""
        found = (self.known(str(number)) for number in self.intent.numbers)
        return [ticket for ticket in found if ticket]

    @property
    def foreign(self) -> list[str]:
        """Numbers in the text that are not this sender's, or misread, as to be shown back."""
        mine = {ticket.number for ticket in self.named}
        unknown = [str(n) for n in self.intent.numbers if str(n) not in mine]
        return [*unknown, *self.intent.misread]


@value
class Reply:
    """An automatic reply that is due.

    Attributes:
        purpose: key of the text without its form.
        ticket: what it speaks of; None for a ticket that this decision opens.
        asked: the number as the sender wrote it, or the second number to choose from.
        question: of a survey that is asked one by one, 1 to 5; 0: all at once.
        reason: where it is the reply's own, not the ticket's.
    """

    purpose: str
    ticket: KnownTicket | None = None
    asked: str = ""
    question: int = 0
    reason: str = ""


@value
class Decision:
    """What intake decided for one message.

    Attributes:
        outcome: opened, joined, answered, unsorted, ignored.
        kind: what the message was taken for: ``new_ticket``, ``follow_up``, ``status_query``,
            ``command``, ``help``, ``ignored``, ``auto_reply``.
        ticket: the ticket it goes to; None when it opens one or belongs to none.
        replies: texts that are due; limits may still withhold them.
        silence: why none is due, for staff.
        note: remark for staff.
        fact: the event kind for ``ticket``, "" for none.
        data: what the event tells besides the message.
        status: the ticket's new status.
        reason: why the status changes.
        renew: the promises begin anew (reopened).
        muted: notices off or on.
        duplicate: the text repeats the ticket's; BARU would split it.
        survey: a survey opens on ``ticket``, or goes on there.
        survey_done: the one on ``ticket`` is over.
        question: the one that is asked now, 1 to 5; 0: all at once.
        scores: answers to the survey on ``ticket``.
        comment: the text is a remark on how ``ticket`` was handled (DK-08).
        split_from: (message id, ticket id) whose text becomes its own ticket (BARU).
        continues: the ended ticket that a new one goes on from.
    """

    outcome: Outcome
    kind: str
    ticket: KnownTicket | None = None
    replies: tuple[Reply, ...] = ()
    silence: str = ""
    note: str = ""
    fact: str = ""
    data: tuple[tuple[str, str], ...] = ()
    status: Status | None = None
    reason: str = ""
    renew: bool = False
    muted: bool | None = None
    duplicate: bool = False
    survey: bool = False
    survey_done: bool = False
    question: int = 0
    scores: tuple[Score, ...] = ()
    comment: bool = False
    split_from: tuple[int, int] | None = None
    continues: KnownTicket | None = None


Rule = Callable[[Case], Decision | None]


def command(ticket: KnownTicket | None, replies: tuple[Reply, ...], fact: str = "") -> Decision:
    """What a command does to a ticket, or an answer where it is about none."""
    outcome = Outcome.JOINED if ticket else Outcome.ANSWERED
    return Decision(outcome, "command", ticket, replies, fact=fact)
