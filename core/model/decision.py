"""What becomes of one message: intent + what the store knows of the sender → Decision, pure.

The order of the rules is requirements §4 rule 8: machine mail or own address, commands, a ticket
number of the sender, reply headers or thread, keyword, an open conversation with exactly one
running ticket, plain thanks after the end, help.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from core.model.cleaning import nearly_same
from core.model.intent import Intent, IntentKind
from core.model.limits import flooding
from core.model.messages import InboundMessage, Outcome
from core.model.ticket import KnownTicket, Sender, Status
from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.automatic import Automatic
    from core.model.policy import IntakePolicy


@value
class Case:
    """Everything one decision looks at.

    Attributes:
        now: when the message was received, aware UTC.
        threaded: number of the ticket that the reply reference points to, if any.
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

    @property
    def running(self) -> list[KnownTicket]:
        """The sender's running tickets, newest first."""
        return [ticket for ticket in self.sender.tickets if ticket.status.running]

    @property
    def lately_ended(self) -> list[KnownTicket]:
        """Resolved or closed within the reopening window, newest first."""
        return [ticket for ticket in self.sender.tickets if self.reopenable(ticket)]

    def reopenable(self, ticket: KnownTicket) -> bool:
        """Resolved or closed, and the window of requirements §2 still open."""
        return (
            ticket.status in (Status.RESOLVED, Status.CLOSED)
            and ticket.status_at > self.now - self.policy.reopening
        )

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
    """

    purpose: str
    ticket: KnownTicket | None = None
    asked: str = ""


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
        survey: a survey opens on ``ticket``.
        split_from: (message id, ticket id) whose text becomes its own ticket (BARU).
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
    split_from: tuple[int, int] | None = None


Rule = Callable[[Case], Decision | None]

_ONE_PER_TICKET = "satu pemberitahuan nomor per tiket"
_WORDS = (IntentKind.COMPLAINT, IntentKind.TEXT)
_SMALL_TALK = re.compile(
    r"(?:^\W*\w{0,2}\W*$)|(?:bene?a?r|betul)\W.{0,30}(?:nomer|nomor|no\b|kontak)", re.IGNORECASE
)


def decide(case: Case, commands: Rule) -> Decision:
    """The first rule that speaks, in the order of requirements §4 rule 8.

    Args:
        case: message, intent, sender.
        commands: the rule for commands (core/model/command_rules.py).
    """
    for rule in (
        _automatic,
        _unanswerable,
        commands,
        _named_ticket,
        _thread,
        _keyword,
        _conversation,
        _thanks,
        _without_keyword,
    ):
        decision = rule(case)
        if decision:
            return decision
    raise AssertionError("the last rule always decides")  # pragma: no cover  # noqa: EM101, TRY003


def opened(case: Case, note: str = "") -> Decision:
    """A new ticket with its acknowledgement; a sender who floods joins the last one instead."""
    running = [ticket for ticket in case.running if ticket.mine]
    if running and flooding(case.sender, case.now, case.policy.limits):
        return Decision(
            Outcome.JOINED,
            "follow_up",
            running[0],
            silence="terlalu banyak laporan baru dari pengirim ini dalam 10 menit",
            note="banjir pesan: digabungkan ke tiket terakhir",
            fact="MessageJoined",
            duplicate=True,
        )
    silence = case.unanswerable
    replies = () if silence else (Reply("ack"),)
    return Decision(Outcome.OPENED, "new_ticket", replies=replies, silence=silence, note=note)


def joined(case: Case, ticket: KnownTicket, note: str = "") -> Decision:
    """An entry in a ticket. People reopen an ended one by writing, within the window (KM-05)."""
    if not _wordless(case) and ticket.mine and case.reopenable(ticket):
        return reopened(ticket, note)
    told = ticket.number not in case.sender.untold
    return Decision(
        Outcome.JOINED,
        "follow_up",
        ticket,
        replies=() if told else (Reply("status", ticket),),
        silence=_ONE_PER_TICKET if told else "",
        note=note,
        fact="MessageJoined",
    )


def reopened(ticket: KnownTicket, note: str = "") -> Decision:
    """The same ticket with its history, and promises that begin anew."""
    return Decision(
        Outcome.JOINED,
        "follow_up",
        ticket,
        replies=(Reply("reopened", ticket),),
        note=note,
        fact="Reopened",
        status=Status.IN_PROGRESS,
        reason="dibuka kembali oleh pelapor",
        renew=True,
    )


def _automatic(case: Case) -> Decision | None:
    """Machine mail and our own addresses: kept, threaded where it fits, never answered."""
    if case.automatic is None:
        return None
    ticket = _threaded(case) or next(iter(case.named), None)
    if ticket and case.automatic.kind == "auto_reply":
        return Decision(
            Outcome.JOINED,
            "auto_reply",
            ticket,
            silence=case.automatic.reason,
            fact="AutomaticReplyJoined",
        )
    return Decision(Outcome.IGNORED, case.automatic.kind, silence=case.automatic.reason)


def _unanswerable(case: Case) -> Decision | None:
    """A sender without an address to answer to: only a complaint counts."""
    if not case.unanswerable:
        return None
    if case.intent.kind is IntentKind.COMPLAINT:
        repeated = _repeated(case)
        if repeated:
            return replace(_again(repeated), replies=(), silence=case.unanswerable)
        return opened(case, note="pengirim tidak dapat dibalas")
    return Decision(Outcome.IGNORED, "ignored", silence=case.unanswerable)


def _named_ticket(case: Case) -> Decision | None:
    """A number of the sender, with or without keyword."""
    for ticket in case.named:
        if ticket.status.running or case.reopenable(ticket):
            return joined(case, ticket)
    return _meant(case, case.named[0]) if case.named else None


def _meant(case: Case, ticket: KnownTicket) -> Decision | None:
    """A message for this ticket; too late to reopen it, a new one that names it."""
    over = ticket.status in (Status.RESOLVED, Status.CLOSED) and not case.reopenable(ticket)
    if not over or not ticket.mine or case.intent.kind is IntentKind.THANKS:
        return joined(case, ticket)
    if case.intent.kind in _WORDS or case.message.attachments:
        return opened(case, note=f"lanjutan dari {ticket.number}, masa buka kembali lewat")
    return None


def _wordless(case: Case) -> bool:
    """Thanks, a reaction or a sticker: it says nothing that could reopen a ticket."""
    silent = case.intent.kind is IntentKind.NOTHING and not case.message.attachments
    return silent or case.intent.kind is IntentKind.THANKS


def _threaded(case: Case) -> KnownTicket | None:
    return case.known(case.threaded) if case.threaded else None


def _thread(case: Case) -> Decision | None:
    """The channel's own reply reference."""
    ticket = _threaded(case)
    return _meant(case, ticket) if ticket else None


def _keyword(case: Case) -> Decision | None:
    """HELPDESK with content opens a ticket, unless it repeats one; alone it asks for content."""
    if case.intent.kind is IntentKind.EMPTY:
        if case.message.attachments:
            return opened(case, note="hanya lampiran")
        return Decision(Outcome.ANSWERED, "help", replies=(Reply("empty"),))
    if case.intent.kind is not IntentKind.COMPLAINT:
        return None
    repeated = _repeated(case)
    if repeated:
        return _again(repeated)
    note = f"menyebut nomor yang bukan miliknya: {case.foreign[0]}" if case.foreign else ""
    return opened(case, note)


def _again(ticket: KnownTicket) -> Decision:
    """The same complaint once more: an entry in its ticket, and the notice that offers BARU."""
    return Decision(
        Outcome.JOINED,
        "follow_up",
        ticket,
        replies=(Reply("duplicate", ticket),),
        fact="DuplicateJoined",
        duplicate=True,
    )


def _repeated(case: Case) -> KnownTicket | None:
    """The sender's young open ticket with nearly the same text (requirements §4 rule 10)."""
    young = case.now - case.policy.duplicate_within
    for ticket in case.running:
        if (
            ticket.mine
            and ticket.match_text
            and ticket.opened_at > young
            and nearly_same(ticket.match_text, case.intent.match_text)
        ):
            return ticket
    return None


def _conversation(case: Case) -> Decision | None:
    """Anything else joins the one running ticket; with several we ask which."""
    running = case.running
    if not running or case.foreign:
        return None
    if len(running) == 1:
        return joined(case, running[0])
    if case.intent.kind is IntentKind.THANKS:
        return joined(case, running[0])
    return Decision(
        Outcome.UNSORTED,
        "help",
        replies=(Reply("which_ticket", running[0], running[1].number),),
        note="beberapa tiket berjalan, nomor tidak disebut",
    )


def _thanks(case: Case) -> Decision | None:
    """Plain thanks or a reaction after the end: kept at the ticket, nothing else."""
    if case.intent.kind is not IntentKind.THANKS:
        return None
    ended = case.lately_ended
    if ended:
        return joined(case, ended[0])
    return Decision(Outcome.IGNORED, "ignored", silence="ucapan terima kasih tanpa tiket")


def _without_keyword(case: Case) -> Decision:
    """Never lost: the unsorted tray, and the help text once a day."""
    note = f"menyebut nomor yang bukan miliknya: {case.foreign[0]}" if case.foreign else ""
    if not case.policy.require_keyword and not _SMALL_TALK.search(case.intent.content[:200]):
        return opened(case, note)
    if not case.policy.require_keyword and case.message.attachments:
        return opened(case, note)
    today = case.now.astimezone(case.policy.zone).date().isoformat()
    if case.sender.helped_on == today:
        silence = "teks bantuan sudah dikirim hari ini"
        return Decision(Outcome.UNSORTED, "help", silence=silence, note=note)
    return Decision(Outcome.UNSORTED, "help", replies=(Reply("help"),), note=note)
