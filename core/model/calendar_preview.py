"""What other hours would change, before they hold. Pure.

The same receipts are counted on the calendar that holds and on the one that is meant, in the week
in which the two first differ (requirements §3, worked cases).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from core.model.calendar import local_day, windows_on
from core.model.clock import FIRST_ANSWER, SOLUTION
from core.model.deadline import due
from core.model.policy_preview import Comparison, WorkedReceipt
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from core.model.calendar import Calendar
    from core.model.sla import SlaPolicy
    from core.model.ticket import Priority

AHEAD: Final = 400
"""Days that are looked at: over a year, so that every Ramadan is among them."""


@value
class Moved:
    """A promise of a running ticket that would be due at another time; aware UTC.

    It names no ticket: whoever keeps calendars may not see them all.
    """

    target: str
    before: datetime
    after: datetime


@value
class CalendarPreview:
    """What would change.

    Attributes:
        first_day: the local day from today on that is the first with other windows; None: none
            in the days that are looked at.
        looked_at: running tickets that were counted.
        all_of_them: there were no more.
        moved: how many of them would have another due time.
        examples: of those, a few.
    """

    receipts: tuple[WorkedReceipt, ...]
    first_day: date | None
    looked_at: int
    all_of_them: bool
    moved: int
    examples: tuple[Moved, ...]


def first_difference(calendars: tuple[Calendar, Calendar], now: datetime) -> date | None:
    """The first local day from now on whose windows differ. Raises ValueError: a naive time."""
    held, meant = calendars
    today = local_day(meant, now)
    days = (today + timedelta(days=ahead) for ahead in range(AHEAD))
    if held.zone != meant.zone:
        return today
    return next((day for day in days if windows_on(held, day) != windows_on(meant, day)), None)


def on_both(
    calendars: tuple[Calendar, Calendar],
    policy: SlaPolicy,
    priority: Priority,
    receipts: Sequence[datetime],
) -> tuple[WorkedReceipt, ...]:
    """Every receipt with both promises to citizens, on the calendar that holds and the other.

    Raises:
        ValueError: a naive time.
    """
    held, meant = calendars
    targets = policy.targets_for(priority)
    lengths = ((FIRST_ANSWER, targets.first_answer), (SOLUTION, targets.solution))
    return tuple(
        WorkedReceipt(
            received,
            priority,
            tuple(
                Comparison(name, due(held, length, received).at, due(meant, length, received).at)
                for name, length in lengths
            ),
        )
        for received in receipts
    )
