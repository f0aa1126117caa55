"""What another calendar would change for tickets that run, before it holds (requirements §3).

Counted as :mod:`core.services.recompute` will do it once the calendar is kept: never earlier than
was promised. Nothing is kept here.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from core.model.calendar_preview import CalendarPreview, Moved, first_difference, on_both
from core.model.clock_times import recompute
from core.model.policy_preview import worked_receipts
from core.model.staff import Right
from core.model.value import value
from core.model.watch import WatchPolicy
from core.services.house import refused
from core.services.recompute import SLICE

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from core.model.calendar import Calendar
    from core.model.sla import SlaPolicy
    from core.model.staff import Staff
    from core.model.ticket import Priority
    from core.model.watch import Watched
    from core.model.work import Refusal
    from core.ports import OpenDesk

MOST: Final = 5_000
"""Running tickets that are counted; a larger office is told that there are more."""

EXAMPLES: Final = 5


@value
class CalendarQuestion:
    """What is asked of a calendar before it holds.

    Attributes:
        name: under which it would be kept.
        held: what holds for its tickets now.
        meant: what is meant.
        office: it is the office's own, that units without one go by.
        sla: what is promised.
        priority: of the receipts.
        received: a receipt that is asked about; None: the worked ones alone.
    """

    name: str
    held: Calendar
    meant: Calendar
    office: bool
    sla: SlaPolicy
    priority: Priority
    received: datetime | None = None


async def preview_calendar(
    open_desk: OpenDesk,
    by: Staff,
    asked: CalendarQuestion,
    calendar_of: Callable[[str], Calendar],
    now: datetime,
) -> CalendarPreview | Refusal:
    """What would change; nothing is kept.

    Args:
        open_desk: begins a unit of work.
        by: who asks.
        asked: what.
        calendar_of: the calendars that hold.
        now: aware.

    Raises:
        StoreUnavailable: nothing can be counted.
    """
    if refusal := refused(by, Right.ADMIN_CALENDARS):
        return refusal
    both = (asked.held, asked.meant)
    first_day = first_difference(both, now)
    receipts = _receipts(asked, first_day, now)
    names = {asked.name, ""} if asked.office else {asked.name}

    def calendar(name: str) -> Calendar:
        found = calendar_of(name)
        return asked.meant if name in names or found is asked.held else found

    policy = WatchPolicy(asked.sla, calendar)
    looked_at, after, everything = 0, 0, False
    moved: list[Moved] = []
    while looked_at < MOST and not everything:
        async with open_desk() as desk:
            tickets = await desk.watch.after(after, SLICE)
        everything = len(tickets) < SLICE
        looked_at += len(tickets)
        after = tickets[-1].id if tickets else after
        moved += [found for one in tickets if (found := _moved(policy, one))]
    return CalendarPreview(
        on_both(both, asked.sla, asked.priority, receipts),
        first_day,
        looked_at,
        everything,
        len(moved),
        tuple(moved[:EXAMPLES]),
    )


def _receipts(asked: CalendarQuestion, first_day: date | None, now: datetime) -> list[datetime]:
    """The one that is asked about, and the worked ones of the first week that differs."""
    week_before = timedelta(days=7)
    at = now
    if first_day is not None:
        at = datetime.combine(first_day - week_before, time(), asked.meant.zone)
    told = [asked.received] if asked.received else []
    return told + list(worked_receipts(asked.meant, at))


def _moved(policy: WatchPolicy, ticket: Watched) -> Moved | None:
    """The promise of a ticket that moves most; None: none does."""
    if not ticket.status.running:
        return None
    held = {one.target: one for one in ticket.clocks}
    found = recompute(policy.terms(ticket), ticket.clocks, ticket.pauses, never_earlier=True)
    moved = [
        Moved(one.target, held[one.target].due_at, one.due_at)
        for one in found
        if one.open and one.due_at != held[one.target].due_at
    ]
    return max(moved, key=lambda one: one.after - one.before, default=None)
