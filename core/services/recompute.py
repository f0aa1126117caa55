"""Due times of running tickets under a changed calendar or policy, slice by slice (§3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.clock_times import recompute
from core.model.events import Fact, chain
from core.model.value import value
from core.ports.watch import WatchResult

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.events import Json
    from core.model.watch import Watched, WatchPolicy
    from core.ports import OpenDesk

SLICE = 200
"""Tickets of one unit of work: short enough for intake to go on in between."""


@value
class Wanted:
    """What is computed anew.

    Attributes:
        reason: why, as the history tells it: ``calendar``, ``holidays``, ``policy``.
        never_earlier: keep what was promised to citizens already; an admin may say otherwise.
        calendar: only tickets of units with the calendar of this name, "" for the office's;
            None: all.
        provisional: only tickets with a promise that was provisional.
    """

    reason: str
    never_earlier: bool = True
    calendar: str | None = None
    provisional: bool = False


@value
class Progress:
    """How far it is.

    Attributes:
        after: the last ticket looked at; None: all have been.
        changed: tickets with other due times than before, in this slice.
    """

    after: int | None
    changed: int


async def recompute_slice(
    open_desk: OpenDesk, policy: WatchPolicy, wanted: Wanted, after: int, now: datetime
) -> Progress:
    """Computes the next slice of running tickets anew; begin with ``after`` 0.

    Kept promises stay kept, broken ones broken, and doing it twice changes nothing.

    Raises:
        StoreUnavailable, Conflict: nothing of this slice was kept; try it again.
    """
    async with open_desk() as desk:
        tickets = await desk.watch.after(after, SLICE, provisional=wanted.provisional)
        meant = (one for one in tickets if wanted.calendar in (None, one.unit_calendar))
        results = [made for one in meant if (made := _anew(policy, one, wanted, now))]
        await desk.watch.record(results, now)
        await desk.commit()
    return Progress(tickets[-1].id if len(tickets) == SLICE else None, len(results))


async def recompute_all(
    open_desk: OpenDesk, policy: WatchPolicy, wanted: Wanted, now: datetime
) -> int:
    """All slices, one after the other; returns how many tickets changed. Raises as above."""
    progress, changed = Progress(0, 0), 0
    while progress.after is not None:
        progress = await recompute_slice(open_desk, policy, wanted, progress.after, now)
        changed += progress.changed
    return changed


def _anew(
    policy: WatchPolicy, ticket: Watched, wanted: Wanted, now: datetime
) -> WatchResult | None:
    clocks = recompute(
        policy.terms(ticket), ticket.clocks, ticket.pauses, never_earlier=wanted.never_earlier
    )
    if not clocks or not ticket.status.running:
        return None
    data: dict[str, Json] = {clock.target: clock.due_at.isoformat() for clock in clocks}
    fact = Fact("DueTimesRecomputed", now, "system", data | {"cause": wanted.reason})
    event = chain(ticket.id, ticket.event_seq + 1, ticket.event_head, fact)
    return WatchResult(
        ticket, clocks, (event,), escalation=ticket.escalation, breached=ticket.breached
    )
