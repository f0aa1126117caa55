"""What becomes of one message: intent + what the store knows of the sender → Decision, pure.

The order of the rules is requirements §4 rule 8: machine mail or own address, commands, a ticket
number of the sender, reply headers or thread, keyword, an open conversation with exactly one
running ticket, plain thanks after the end, help.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from core.model.case import Case, Decision, Reply, Rule
from core.model.cleaning import nearly_same
from core.model.intent import IntentKind
from core.model.limits import flooding
from core.model.messages import AddressKind, Outcome
from core.model.sentences import said
from core.model.ticket import Status

if TYPE_CHECKING:
    from core.model.ticket import KnownTicket


_REOPENED = said("dibuka kembali oleh pelapor")
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
        _edit,
        _stranger,
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
    raise AssertionError("the last rule always decides")  # pragma: no cover  # noqa: EM101, TRY003 - a programmer reads it


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
    # Danger first: 112 and 119 must not wait behind the number (requirements §4).
    danger = (Reply("life_danger"),) if case.intent.medical else ()
    replies = () if silence else (*danger, Reply("ack"))
    return Decision(Outcome.OPENED, "new_ticket", replies=replies, silence=silence, note=note)


def continued(case: Case, ticket: KnownTicket) -> Decision:
    """Too late to reopen the old ticket: a new one, and both name each other (requirements §2)."""
    decision = opened(case, note=f"lanjutan dari {ticket.number}, masa buka kembali lewat")
    return replace(decision, continues=ticket)


def joined(case: Case, ticket: KnownTicket, note: str = "") -> Decision:
    """An entry in a ticket. People reopen an ended one by writing, within the window (KM-05).

    Who asks how far it is gets the state at once, though no number was named (KM-06).
    """
    if not _wordless(case) and ticket.mine and case.reopenable(ticket):
        return reopened(ticket, note)
    told = ticket.number not in case.sender.untold and not case.intent.asks_progress
    danger = (Reply("life_danger", ticket),) if case.intent.medical else ()
    replies = (*danger, *(() if told else (Reply("status", ticket),)))
    return Decision(
        Outcome.JOINED,
        "follow_up",
        ticket,
        replies=replies,
        silence="" if replies else _ONE_PER_TICKET,
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
        reason=_REOPENED,
        renew=True,
    )


def _automatic(case: Case) -> Decision | None:
    """Machine mail and our own addresses: kept, threaded where it fits, never answered."""
    if case.automatic is None:
        return None
    ticket = _threaded(case) or case.guest or next(iter(case.named), None)
    if ticket and case.automatic.kind == "auto_reply":
        return Decision(
            Outcome.JOINED,
            "auto_reply",
            ticket,
            silence=case.automatic.reason,
            fact="AutomaticReplyJoined",
        )
    return Decision(Outcome.IGNORED, case.automatic.kind, silence=case.automatic.reason)


def _edit(case: Case) -> Decision | None:
    """A new version of a message: beside the old one in its ticket, without a word.

    One whose first version opened nothing is read as if it were new.
    """
    ticket = _threaded(case) if case.message.edits else None
    if ticket is None:
        return None
    return Decision(
        Outcome.JOINED,
        "follow_up",
        ticket,
        silence="versi baru dari pesan yang sudah diterima",
        fact="MessageEdited",
    )


def _stranger(case: Case) -> Decision | None:
    """Mail into a ticket that its sender has no part in: shown there, and nothing more.

    Token and references can be forwarded; they change no state and disclose nothing
    (providers.md §13.2).
    """
    if case.guest is None or case.message.sender.kind is not AddressKind.EMAIL:
        return None
    if case.known(case.guest.number):
        return None
    return Decision(
        Outcome.JOINED,
        "follow_up",
        case.guest,
        silence="pengirim bukan pihak dalam tiket ini",
        note="belum terverifikasi: pengirim bukan pihak dalam tiket ini",
        fact="UnverifiedJoined",
    )


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
        return continued(case, ticket)
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
    free = not case.policy.demands_keyword(case.now)
    if free and not _SMALL_TALK.search(case.intent.content[:200]):
        return opened(case, note)
    if free and case.message.attachments:
        return opened(case, note)
    today = case.now.astimezone(case.policy.zone).date().isoformat()
    if case.sender.helped_on == today:
        silence = "teks bantuan sudah dikirim hari ini"
        return Decision(Outcome.UNSORTED, "help", silence=silence, note=note)
    return Decision(Outcome.UNSORTED, "help", replies=(Reply("help"),), note=note)
