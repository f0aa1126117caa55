"""The day of somebody who works on the spot: tasks in the order in which they come (BW-38, BW-48).

Pure. What a task is due for is the solution's promise; a planned visit goes before it.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from core.model.ticket import Priority, Status
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from zoneinfo import ZoneInfo

NEVER: Final = datetime.max.replace(tzinfo=UTC)
"""After everything that has a time."""


@value
class FieldTask:
    """A running ticket of one person; instants aware UTC.

    Attributes:
        substep: ``en_route``, ``arrived`` or "".
        approval: ``before`` while work may not begin yet.
        visit_at: when the reporter was told that somebody comes.
        due_at: when the solution is due; None: nothing is owed any more.
        expected_at: while it stands still, when it should go on.
    """

    number: str
    subject: str
    status: Status
    priority: Priority
    place: str
    opened_at: datetime
    substep: str = ""
    approval: str = ""
    breached: bool = False
    contacts: int = 1
    visit_at: datetime | None = None
    due_at: datetime | None = None
    expected_at: datetime | None = None


@value
class FieldDay:
    """Tasks of one day, each list in its order.

    Attributes:
        under_way: on the way there, or there.
        today: to be visited or solved before the day ends, and all emergencies.
        later: the rest of what can be worked on.
        waiting: what stands still, by the time at which it should go on.
    """

    under_way: tuple[FieldTask, ...]
    today: tuple[FieldTask, ...]
    later: tuple[FieldTask, ...]
    waiting: tuple[FieldTask, ...]


def day_of(tasks: Sequence[FieldTask], now: datetime, zone: ZoneInfo) -> FieldDay:
    """Sorts them: emergencies first, then by visit or due time, then by place.

    Args:
        tasks: those of one person.
        now: aware.
        zone: in which the day ends.
    """
    ends = end_of_day(now, zone)
    moving = [one for one in tasks if one.status is not Status.PENDING]
    going = [one for one in moving if one.substep]
    at_rest = [one for one in moving if not one.substep]
    soon = [one for one in at_rest if _wanted_at(one) < ends or _urgent(one)]
    return FieldDay(
        _sorted(going, _wanted_at),
        _sorted(soon, _wanted_at),
        _sorted([one for one in at_rest if one not in soon], _wanted_at),
        _sorted([one for one in tasks if one.status is Status.PENDING], _expected),
    )


def end_of_day(now: datetime, zone: ZoneInfo) -> datetime:
    """The midnight with which the local day of that instant ends; aware."""
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone)


def _sorted(
    tasks: Sequence[FieldTask], when: Callable[[FieldTask], datetime]
) -> tuple[FieldTask, ...]:
    return tuple(
        sorted(tasks, key=lambda one: (not _urgent(one), when(one), one.place, one.number))
    )


def _urgent(task: FieldTask) -> bool:
    return task.priority is Priority.EMERGENCY


def _wanted_at(task: FieldTask) -> datetime:
    """A visit that was promised goes before what is due."""
    return task.visit_at or task.due_at or NEVER


def _expected(task: FieldTask) -> datetime:
    return task.expected_at or NEVER
