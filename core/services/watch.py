"""The watch: finds promises that are due, admits them to citizens, tells the staff (§3, KM-08).

One sweep is one unit of work over a few tickets. They are locked while it lasts and their clocks
move in the same transaction as the events and texts, so that several processes, a killed one, one
that slept and a clock that was set all find the same thing once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.events import chain
from core.model.value import value
from core.model.watch import CallKind, Findings, watch
from core.ports.watch import WatchResult
from core.services.watch_texts import WatchRules, texts_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.model.events import Event
    from core.ports import OpenDesk


@value
class Swept:
    """What one sweep found.

    Attributes:
        tickets: how many were looked at; 0: nothing is due any more.
        texts: how many texts were promised to citizens and staff.
        missing: calls of a duty officer that the settings do not name: an alarm.
        clocks: how many moved on.
    """

    tickets: int = 0
    clocks: int = 0
    warned: int = 0
    breached: int = 0
    escalated: int = 0
    called: int = 0
    missing: int = 0
    texts: int = 0


async def sweep(open_desk: OpenDesk, rules: WatchRules, now: datetime, limit: int) -> Swept:
    """Takes at most so many due clocks, the longest due first, and does what they ask for.

    Args:
        open_desk: begins a unit of work.
        rules: the office's settings.
        now: aware UTC.
        limit: of one unit of work; call again until ``tickets`` is 0.

    Raises:
        StoreUnavailable: nothing was kept; it is due again.
        Conflict: as above.
    """
    async with open_desk() as desk:
        tickets = await desk.watch.claim(now, limit)
        findings = [watch(rules.policy, ticket, now) for ticket in tickets]
        results = [_result(found) for found in findings]
        await desk.watch.record(results, now)
        drafts = await texts_of(desk, rules, list(zip(findings, results, strict=True)), now)
        await desk.outbox.put(drafts)
        await desk.commit()
    return _counted(findings, len(drafts), on_duty=rules.duty is not None)


def _result(found: Findings) -> WatchResult:
    ticket = found.ticket
    events: list[Event] = []
    seq, head = ticket.event_seq, ticket.event_head
    for fact in found.facts:
        events.append(chain(ticket.id, seq + 1, head, fact))
        seq, head = events[-1].seq, events[-1].hash
    return WatchResult(
        before=ticket,
        clocks=tuple(found.clocks),
        events=tuple(events),
        breaches=tuple(found.breaches),
        escalations=tuple(found.escalations),
        escalation=max([ticket.escalation, *(made.level for made in found.escalations)]),
        breached=ticket.breached or bool(found.breaches),
    )


def _counted(findings: Sequence[Findings], texts: int, *, on_duty: bool) -> Swept:
    kinds = [call.kind for found in findings for call in found.calls]
    duty = kinds.count(CallKind.DUTY)
    return Swept(
        tickets=len(findings),
        clocks=sum(len(found.clocks) for found in findings),
        warned=kinds.count(CallKind.WARNING),
        breached=sum(len(found.breaches) for found in findings),
        escalated=sum(len(found.escalations) for found in findings),
        called=duty if on_duty else 0,
        missing=0 if on_duty else duty,
        texts=texts,
    )
