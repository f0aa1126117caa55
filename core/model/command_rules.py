"""What the citizen's commands do (requirements §4, table "Commands")."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core.model.case import Case, Decision, Reply, command
from core.model.decision import continued, joined, opened, reopened
from core.model.intent import Command, IntentKind
from core.model.messages import Outcome
from core.model.sentences import said
from core.model.survey_rules import digits, rate, remark, skip
from core.model.ticket import ALLOWED, KnownTicket, Status

_OBJECTED = said("keberatan ditelaah petugas lain")
_WITHDRAWN = said("dibatalkan oleh pelapor")
_CONFIRMED = said("dikonfirmasi oleh pelapor")


def command_rule(case: Case) -> Decision | None:
    """The decision for a command, for digits while a survey is open, for a remark after it.

    None for other texts.
    """
    if case.intent.kind is IntentKind.COMMAND and case.intent.command:
        return _RULES[case.intent.command](case)
    return digits(case) or remark(case)


def _status(case: Case) -> Decision:
    """State, reason and due times of the named tickets, or of the one that runs."""
    if case.intent.numbers or case.intent.misread:
        told = tuple(Reply("status", ticket) for ticket in case.named[:2])
        missed = tuple(Reply("unknown_ticket", asked=number) for number in case.foreign[:1])
        ticket = next(iter(case.named), None)
        return _asked(ticket, told + missed)
    running = case.running
    if len(running) > 1 and not case.intent.asks_number:
        return _asked(None, (Reply("which_ticket", running[0], running[1].number),))
    for ticket in (*running, *case.lately_ended):
        return _asked(ticket, (Reply("status", ticket),))
    return Decision(Outcome.ANSWERED, "status_query", replies=(Reply("help"),))


def _asked(ticket: KnownTicket | None, replies: tuple[Reply, ...]) -> Decision:
    fact = "StatusAsked" if ticket else ""
    return Decision(Outcome.ANSWERED, "status_query", ticket, replies, fact=fact)


Act = Callable[[Case, KnownTicket], Decision]


def _on_ticket(act: Act, *meant: Status) -> Callable[[Case], Decision]:
    """A command about one ticket of the sender: the named one, or the only one it can mean.

    Args:
        act: the decision for that ticket.
        meant: without a number, tickets of these statuses are meant before all others.
    """

    def rule(case: Case) -> Decision:
        if case.named:
            return _on_named(act, case)
        if case.intent.numbers or case.intent.misread:
            # The same answer for a foreign number as for an unknown one.
            return command(None, (Reply("unknown_ticket", asked=case.foreign[0]),))
        candidates = _meant(case, meant)
        if len(candidates) == 1:
            return act(case, candidates[0])
        if len(candidates) > 1:
            return command(None, (Reply("which_ticket", candidates[0], candidates[1].number),))
        return command(None, (Reply("help"),))

    return rule


def _on_named(act: Act, case: Case) -> Decision:
    """Only its reporter commands a ticket; the word of a partner stands in it for staff."""
    own = [ticket for ticket in case.named if ticket.mine]
    return act(case, own[0]) if own else replace(joined(case, case.named[0]), kind="command")


def _meant(case: Case, statuses: tuple[Status, ...]) -> list[KnownTicket]:
    """Own tickets that a command without a number can be about, newest first."""
    recent = case.now - case.policy.reopening
    own = [t for t in case.sender.tickets if t.mine]
    fitting = [t for t in own if t.status in statuses and t.status_at > recent]
    running = [t for t in own if t.status.running]
    return fitting or running or [t for t in own if case.reopenable(t)]


def _cancel(_case: Case, ticket: KnownTicket) -> Decision:
    """Withdrawn where the status model allows it; else the wish is kept for staff."""
    if Status.CANCELLED not in ALLOWED[ticket.status]:
        return command(ticket, (Reply("status", ticket),), "CancelAsked")
    decision = command(ticket, (Reply("status", ticket),), "Cancelled")
    return replace(decision, status=Status.CANCELLED, reason=_WITHDRAWN)


def _confirm(_case: Case, ticket: KnownTicket) -> Decision:
    """The citizen's SELESAI closes a resolved ticket; before that it is news for staff."""
    if ticket.status is not Status.RESOLVED:
        return command(ticket, (Reply("status", ticket),), "SolutionReported")
    decision = command(ticket, (Reply("closed", ticket),), "Confirmed")
    return replace(decision, status=Status.CLOSED, reason=_CONFIRMED)


def _reopen(case: Case, ticket: KnownTicket) -> Decision:
    """BUKA within the window keeps number and history."""
    if case.reopenable(ticket):
        return replace(reopened(ticket), kind="command")
    recent = ticket.status_at > case.now - case.policy.reopening
    if ticket.status is Status.CANCELLED and recent:
        return replace(reopened(ticket), kind="command", status=Status.RECEIVED)
    if ticket.status in (Status.RESOLVED, Status.CLOSED, Status.CANCELLED):
        return continued(case, ticket)
    return command(ticket, (Reply("status", ticket),), "ReopenAsked")


def _escalate(_case: Case, ticket: KnownTicket) -> Decision:
    """A mark for the supervisor, at any time; work and conversation go on (KM-13)."""
    if not ticket.status.running:
        return command(ticket, (Reply("status", ticket),), "EscalationNotTaken")
    return command(ticket, (Reply("escalation_asked", ticket),), "EscalationAsked")


def _object(case: Case, ticket: KnownTicket) -> Decision:
    """Once, while the window is open, and only to a rejection (LL-13)."""
    if ticket.status is not Status.REJECTED:
        return command(ticket, (Reply("status", ticket),), "ObjectionNotTaken")
    late = "" if case.in_window(ticket) else "batas waktunya sudah lewat"
    why_not = "sudah pernah diputus" if ticket.work.objected else late
    if why_not:
        told = Reply("objection_closed", ticket, reason=why_not)
        return command(ticket, (told,), "ObjectionNotTaken")
    decision = command(ticket, (Reply("objection", ticket),), "ObjectionRaised")
    return replace(decision, status=Status.UNDER_REVIEW, reason=_OBJECTED, renew=True)


def _split(case: Case) -> Decision:
    """BARU after a duplicate notice: the last joined message becomes its own ticket."""
    if case.sender.joined is None:
        return command(None, (Reply("help"),))
    decision = opened(case)
    if decision.outcome is not Outcome.OPENED:
        # In a flood the word BARU itself must not become what the next BARU splits off.
        return replace(decision, kind="command", duplicate=False)
    return replace(decision, kind="command", split_from=case.sender.joined)


def _stop(_case: Case) -> Decision:
    silence = "STOP: pemberitahuan dihentikan, tidak dibalas"
    return Decision(Outcome.ANSWERED, "command", silence=silence, muted=True)


def _start(case: Case) -> Decision:
    replies = tuple(Reply("status", ticket) for ticket in case.running[:1]) or (Reply("help"),)
    return Decision(Outcome.ANSWERED, "command", replies=replies, muted=False)


def _info(_case: Case) -> Decision:
    return Decision(Outcome.ANSWERED, "help", replies=(Reply("info"),))


_RULES: dict[Command, Callable[[Case], Decision]] = {
    Command.STATUS: _status,
    Command.CONFIRM: _on_ticket(_confirm, Status.RESOLVED),
    Command.REOPEN: _on_ticket(_reopen, Status.RESOLVED, Status.CLOSED, Status.CANCELLED),
    Command.CANCEL: _on_ticket(_cancel),
    Command.SPLIT: _split,
    Command.ESCALATE: _on_ticket(_escalate),
    Command.OBJECT: _on_ticket(_object, Status.REJECTED),
    Command.RATE: rate,
    Command.SKIP: skip,
    Command.STOP: _stop,
    Command.START: _start,
    Command.INFO: _info,
}
