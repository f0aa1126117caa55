"""What the citizen's commands do (requirements §4, table "Commands")."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core.model.case import Case, Decision, Reply
from core.model.decision import joined, opened, reopened
from core.model.intent import Command, IntentKind
from core.model.messages import Outcome
from core.model.ticket import ALLOWED, KnownTicket, Status

SURVEY_DIGITS = 5


def command_rule(case: Case) -> Decision | None:
    """The decision for a command, or for digits while a survey is open; None for other texts."""
    if case.intent.kind is IntentKind.COMMAND and case.intent.command:
        return _RULES[case.intent.command](case)
    surveyed = _surveyed(case)
    if case.intent.scores and surveyed:
        return _scores(case, surveyed)
    return None


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
            return _command(None, (Reply("unknown_ticket", asked=case.foreign[0]),))
        candidates = _meant(case, meant)
        if len(candidates) == 1:
            return act(case, candidates[0])
        if len(candidates) > 1:
            return _command(None, (Reply("which_ticket", candidates[0], candidates[1].number),))
        return _command(None, (Reply("help"),))

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


def _command(ticket: KnownTicket | None, replies: tuple[Reply, ...], fact: str = "") -> Decision:
    outcome = Outcome.JOINED if ticket else Outcome.ANSWERED
    return Decision(outcome, "command", ticket, replies, fact=fact)


def _cancel(_case: Case, ticket: KnownTicket) -> Decision:
    """Withdrawn where the status model allows it; else the wish is kept for staff."""
    if Status.CANCELLED not in ALLOWED[ticket.status]:
        return _command(ticket, (Reply("status", ticket),), "CancelAsked")
    decision = _command(ticket, (Reply("status", ticket),), "Cancelled")
    return replace(decision, status=Status.CANCELLED, reason="dibatalkan oleh pelapor")


def _confirm(_case: Case, ticket: KnownTicket) -> Decision:
    """The citizen's SELESAI closes a resolved ticket; before that it is news for staff."""
    if ticket.status is not Status.RESOLVED:
        return _command(ticket, (Reply("status", ticket),), "SolutionReported")
    decision = _command(ticket, (Reply("closed", ticket),), "Confirmed")
    return replace(decision, status=Status.CLOSED, reason="dikonfirmasi oleh pelapor")


def _reopen(case: Case, ticket: KnownTicket) -> Decision:
    """BUKA within the window keeps number and history."""
    if case.reopenable(ticket):
        return replace(reopened(ticket), kind="command")
    recent = ticket.status_at > case.now - case.policy.reopening
    if ticket.status is Status.CANCELLED and recent:
        return replace(reopened(ticket), kind="command", status=Status.RECEIVED)
    if ticket.status in (Status.RESOLVED, Status.CLOSED, Status.CANCELLED):
        return opened(case, note=f"lanjutan dari {ticket.number}, masa buka kembali lewat")
    return _command(ticket, (Reply("status", ticket),), "ReopenAsked")


def _noted(fact: str) -> Act:
    def act(_case: Case, ticket: KnownTicket) -> Decision:
        return _command(ticket, (Reply("status", ticket),), fact)

    return act


def _split(case: Case) -> Decision:
    """BARU after a duplicate notice: the last joined message becomes its own ticket."""
    if case.sender.joined is None:
        return _command(None, (Reply("help"),))
    decision = opened(case)
    if decision.outcome is not Outcome.OPENED:
        # In a flood the word BARU itself must not become what the next BARU splits off.
        return replace(decision, kind="command", duplicate=False)
    return replace(decision, kind="command", split_from=case.sender.joined)


def _rate(case: Case) -> Decision:
    """NILAI: with the digits at once, or the question first."""
    five, surveyed = len(case.intent.scores) == SURVEY_DIGITS, _surveyed(case)
    if five and surveyed:
        return _answered(case, surveyed)
    rateable = [t for t in (case.named or case.lately_ended) if t.mine and case.reopenable(t)]
    if not rateable:
        return _command(None, (Reply("help"),))
    if five:
        return _answered(case, rateable[0])
    decision = _command(rateable[0], (Reply("survey", rateable[0]),), "SurveyOpened")
    return replace(decision, survey=True)


def _surveyed(case: Case) -> KnownTicket | None:
    """The ticket whose survey is open, while it is in sight."""
    survey = case.sender.survey
    if survey is None:
        return None
    return next((ticket for ticket in case.sender.tickets if ticket.id == survey), None)


def _scores(case: Case, ticket: KnownTicket) -> Decision:
    """Five digits answer the open survey; anything else is asked again, nothing is stored."""
    if len(case.intent.scores) == SURVEY_DIGITS:
        return _answered(case, ticket)
    return _command(ticket, (Reply("survey_invalid", ticket),), "SurveyAnswerRefused")


def _answered(case: Case, ticket: KnownTicket) -> Decision:
    decision = _command(ticket, (Reply("survey_thanks", ticket),), "SurveyAnswered")
    scores = " ".join(str(score) for score in case.intent.scores)
    return replace(decision, survey_done=True, data=(("scores", scores),))


def _skip(case: Case) -> Decision:
    """LEWATI ends an open survey without an answer."""
    ticket = _surveyed(case)
    if ticket is None:
        return _command(None, (Reply("help"),))
    silence = "survei dilewati atas permintaan"
    return replace(_command(ticket, (), "SurveySkipped"), survey_done=True, silence=silence)


def _stop(_case: Case) -> Decision:
    silence = "STOP: pemberitahuan dihentikan, tidak dibalas"
    return Decision(Outcome.ANSWERED, "command", silence=silence, muted=True)


def _start(case: Case) -> Decision:
    replies = tuple(Reply("status", ticket) for ticket in case.running[:1]) or (Reply("help"),)
    return Decision(Outcome.ANSWERED, "command", replies=replies, muted=False)


def _info(_case: Case) -> Decision:
    return Decision(Outcome.ANSWERED, "help", replies=(Reply("help"),))


_RULES: dict[Command, Callable[[Case], Decision]] = {
    Command.STATUS: _status,
    Command.CONFIRM: _on_ticket(_confirm, Status.RESOLVED),
    Command.REOPEN: _on_ticket(_reopen, Status.RESOLVED, Status.CLOSED, Status.CANCELLED),
    Command.CANCEL: _on_ticket(_cancel),
    Command.SPLIT: _split,
    Command.ESCALATE: _on_ticket(_noted("EscalationAsked")),
    Command.OBJECT: _on_ticket(_noted("ObjectionRaised"), Status.REJECTED),
    Command.RATE: _rate,
    Command.SKIP: _skip,
    Command.STOP: _stop,
    Command.START: _start,
    Command.INFO: _info,
}
