"""Promises that a message adds to a ticket that runs already."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.model.clock import DUTY_CALL, FIRST_ANSWER, NEXT_ANSWER, SOLUTION
from core.model.intent import IntentKind
from core.model.sla import ANY_MATTER, Matter, promise, promises
from core.model.ticket import Promise

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.calendar import Calendar
    from core.model.case import Decision
    from core.model.events import Json
    from core.model.messages import InboundMessage
    from core.model.policy import IntakePolicy
    from core.model.sla import SlaPolicy
    from core.model.ticket import KnownTicket, Priority
    from core.services.filing_rows import Draft

_WORDLESS = (IntentKind.THANKS, IntentKind.NOTHING)


def told_promises(ticket: KnownTicket) -> tuple[Promise, ...]:
    """What a door names in its own answer: answered by, solved by."""
    return tuple(p for p in ticket.promises if p.target in (FIRST_ANSWER, SOLUTION))


def duty_call(at: datetime) -> Promise:
    """The duty officer is called at once (requirements §3: emergency)."""
    return Promise(DUTY_CALL, at, started_at=at)


def waits(message: InboundMessage, kind: IntentKind, decision: Decision) -> bool:
    """Whether somebody waits for an answer after this message, were it not the first.

    Not after thanks, commands (answered by themselves, but for the wish to be heard higher up),
    machine mail and new versions.
    """
    if decision.fact == "EscalationAsked":
        return True
    if decision.kind != "follow_up" or decision.fact == "MessageEdited":
        return False
    return kind not in _WORDLESS or bool(message.attachments)


def promised(
    policy: IntakePolicy, priority: Priority, category: str, message: InboundMessage
) -> tuple[Promise, ...]:
    """The first answer and the solution, counted from this message."""
    sla = policy.sla_now
    matter = Matter(category=category, channel=message.channel) if sla.overrides else ANY_MATTER
    return promises(policy.calendar, sla, priority, message.received_at, matter)


def renew(policy: IntakePolicy, draft: Draft, message: InboundMessage) -> dict[str, Json]:
    """Promises that begin anew when a ticket is taken up again; the old ones are history."""
    ticket = draft.ticket
    made = promised(policy, ticket.priority, ticket.category, message)
    draft.ticket, draft.renewed = replace(ticket, promises=made), True
    draft.added.clear()
    return {promise.target: promise.due_at.isoformat() for promise in made}


def wait(
    policy: IntakePolicy, draft: Draft, message: InboundMessage, *, medical: bool
) -> dict[str, Json]:
    """The promises that a message adds to those that run: the next answer, the duty call."""
    ticket, at = draft.ticket, message.received_at
    matter = Matter(ticket.category, channel=ticket.channel)
    following = next_answer((policy.calendar, policy.sla_now), ticket, matter, at)
    known = {promise.target for promise in ticket.promises}
    called = medical and DUTY_CALL not in known
    added = [*following, *([duty_call(at)] if called else ())]
    if not added:
        return {}
    kept = [one for one in ticket.promises if one.target not in {p.target for p in added}]
    draft.ticket = replace(ticket, promises=(*kept, *added))
    draft.added += added
    return {promise.target: promise.due_at.isoformat() for promise in following}


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
