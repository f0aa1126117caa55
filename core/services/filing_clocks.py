"""Promises that a message adds to a ticket that runs already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.clock import DUTY_CALL, FIRST_ANSWER, NEXT_ANSWER, SOLUTION
from core.model.intent import IntentKind
from core.model.sla import promise
from core.model.ticket import Promise

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.calendar import Calendar
    from core.model.case import Decision
    from core.model.messages import InboundMessage
    from core.model.sla import Matter, SlaPolicy
    from core.model.ticket import KnownTicket

_WORDLESS = (IntentKind.THANKS, IntentKind.NOTHING)


def told_promises(ticket: KnownTicket) -> tuple[Promise, ...]:
    """What a door names in its own answer: answered by, solved by."""
    return tuple(p for p in ticket.promises if p.target in (FIRST_ANSWER, SOLUTION))


def duty_call(at: datetime) -> Promise:
    """The duty officer is called at once (requirements §3: emergency)."""
    return Promise(DUTY_CALL, at, started_at=at)


def waits(message: InboundMessage, kind: IntentKind, decision: Decision) -> bool:
    """Whether somebody waits for an answer after this message, were it not the first.

    Not after thanks, commands (answered by themselves), machine mail and new versions.
    """
    if decision.kind != "follow_up" or decision.fact == "MessageEdited":
        return False
    return kind not in _WORDLESS or bool(message.attachments)


def next_answer(
    rules: tuple[Calendar, SlaPolicy], ticket: KnownTicket, matter: Matter, at: datetime
) -> tuple[Promise, ...]:
    """The next answer, where the first was given and none is owed yet; else nothing.

    Args:
        rules: calendar and policy.
        ticket: as it is after the message.
        matter: of the ticket.
        at: when the message was received.
    """
    running = {promise.target: promise.open for promise in ticket.promises}
    owed = running.get(FIRST_ANSWER, True) or running.get(NEXT_ANSWER, False)
    if owed or not ticket.mine or not ticket.status.running:
        return ()
    calendar, policy = rules
    target = policy.targets_for(ticket.priority, matter).next_answer
    return (promise(calendar, NEXT_ANSWER, target, at, policy.warn_percent),)
