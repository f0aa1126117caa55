"""Tickets on which nobody of staff has done anything for too long (MB-25).

Unless somebody asks for so many hours, too long is the first answer's length: an act that is
missing for longer would have been late even as an answer. It is counted backwards, in the time
that the promise is counted in, so that a night or a holiday makes nobody idle.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from core.model.deadline import due
from core.model.ticket import Priority

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.calendar import Calendar
    from core.model.deadline import SlaTarget
    from core.model.sla import SlaPolicy

    IdleLimits = tuple[tuple[Priority, datetime], ...]

MOST_HOURS: Final = 24 * 366
_EXACT: Final = timedelta(seconds=1)


def idle_by_promise(policy: SlaPolicy, calendar: Calendar, now: datetime) -> IdleLimits:
    """For each priority the instant before which an untouched ticket has waited too long.

    Args:
        policy: what is promised now; what differs by unit or category is left aside.
        calendar: the office's.
        now: aware UTC.
    """
    return tuple(
        (priority, begun_before(calendar, policy.targets_for(priority).first_answer, now))
        for priority in Priority
    )


def idle_by_hours(hours: int, now: datetime) -> IdleLimits:
    """The same for so many hours by the clock, at most a year of them."""
    limit = now - timedelta(hours=min(hours, MOST_HOURS))
    return tuple((priority, limit) for priority in Priority)


def begun_before(calendar: Calendar, target: SlaTarget, now: datetime) -> datetime:
    """The last instant at which a promise could have begun that is over now; to the second.

    Raises:
        ValueError: a naive time.
    """
    step = timedelta(days=1)
    early, late = now - target.length, now
    while due(calendar, target, early).at > now:
        early, step = early - step, step * 2
    while late - early > _EXACT:
        middle = early + (late - early) / 2
        if due(calendar, target, middle).at <= now:
            early = middle
        else:
            late = middle
    return early
