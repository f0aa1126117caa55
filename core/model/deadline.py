"""From a receipt and a length to a due time (requirements §1 rows 5 and 6, §3). Pure, UTC out.

Working minutes and hours run inside windows only; a length that ends with its window is due at
that close, not at the next opening. Working days leave out the day of receipt and end at the
closing time of the last one. Clock minutes run day and night, calendar days keep the local time.
Seconds are kept.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from core.model.calendar import (
    Calendar,
    holidays_known,
    local_day,
    openings,
    windows_from,
    working_days_after,
)
from core.model.value import value


class Measure(StrEnum):
    """What a promise is counted in."""

    WORKING_MINUTES = "working_minutes"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"
    CLOCK_MINUTES = "clock_minutes"
    CALENDAR_DAYS = "calendar_days"


_UNITS = {
    Measure.WORKING_MINUTES: timedelta(minutes=1),
    Measure.WORKING_HOURS: timedelta(hours=1),
    Measure.WORKING_DAYS: timedelta(days=1),
    Measure.CLOCK_MINUTES: timedelta(minutes=1),
    Measure.CALENDAR_DAYS: timedelta(days=1),
}

LONGEST = timedelta(days=366)
"""No promise is longer; bounds every calculation."""

_WRITTEN = re.compile(r"([0-9]{1,6}) ([a-z_]+)")


@value
class SlaTarget:
    """How long one promise may take.

    Attributes:
        amount: whole units of ``measure``, at least 1, together at most LONGEST.

    Raises:
        ValueError: an amount outside those limits.
    """

    amount: int
    measure: Measure

    def __post_init__(self) -> None:
        if not 1 <= self.amount <= LONGEST // _UNITS[self.measure]:
            msg = f"{self.amount} {self.measure} is not between one unit and a year"
            raise ValueError(msg)

    @property
    def length(self) -> timedelta:
        """Amount times unit; for working days only a name, they have no fixed length."""
        return self.amount * _UNITS[self.measure]

    @property
    def written(self) -> str:
        """As documents and the store have it: ``5 working_days``."""
        return f"{self.amount} {self.measure.value}"

    @classmethod
    def read(cls, written: str) -> SlaTarget | None:
        """The length that is written so; None: it is no length.

        Raises:
            ValueError: a length outside the limits.
        """
        found = _WRITTEN.fullmatch(written)
        if found is None or found[2] not in tuple(Measure):
            return None
        return cls(int(found[1]), Measure(found[2]))


class Due(NamedTuple):
    """A due time: aware UTC, and whether a year without loaded holidays was passed."""

    at: datetime
    provisional: bool


class Stretch(NamedTuple):
    """A piece of working time that was counted: its local day, and from when to when (aware)."""

    day: date
    start: datetime
    end: datetime


def stretches(calendar: Calendar, received: datetime, length: timedelta) -> list[Stretch]:
    """The pieces of working time that make up ``length``, counted from the receipt.

    Args:
        calendar: whose windows count.
        received: aware; outside windows the count begins at the next opening.
        length: more than zero.

    Returns:
        at least one piece; the end of the last is the due time.

    Raises:
        ValueError: a naive time, or a length that is not positive.
    """
    if length <= timedelta():
        msg = "a length of working time is more than zero"
        raise ValueError(msg)
    return _stretches(calendar, local_day(calendar, received), received, length)


def due(calendar: Calendar, target: SlaTarget, received: datetime) -> Due:
    """When a promise made at that receipt is due. Raises ValueError for a naive time."""
    return due_from(calendar, target, local_day(calendar, received), received)


def due_from(calendar: Calendar, target: SlaTarget, day: date, received: datetime) -> Due:
    """The same for a caller who knows the local day of the receipt already (hot path)."""
    measure = target.measure
    if measure is Measure.WORKING_DAYS:
        return _close_of_day(calendar, day, target.amount)
    if measure is Measure.CLOCK_MINUTES:
        return Due(received.astimezone(UTC) + target.length, provisional=False)
    if measure is Measure.CALENDAR_DAYS:
        local = received.astimezone(calendar.zone) + target.length
        return Due(local.astimezone(UTC), provisional=False)
    last_day, _, end = _stretches(calendar, day, received, target.length)[-1]
    return Due(end.astimezone(UTC), not holidays_known(calendar, day, last_day))


def _stretches(
    calendar: Calendar, day: date, received: datetime, length: timedelta
) -> list[Stretch]:
    counted: list[Stretch] = []
    windows = windows_from(calendar, day, received)
    while True:
        opened_on, start, closes = next(windows)
        available = closes - start
        if length <= available:
            counted.append(Stretch(opened_on, start, start + length))
            return counted
        counted.append(Stretch(opened_on, start, closes))
        length -= available


@lru_cache(maxsize=4096)
def _close_of_day(calendar: Calendar, received: date, count: int) -> Due:
    last = working_days_after(calendar, received, count)[-1]
    _, closes = openings(calendar, last)[-1]
    return Due(closes, provisional=not holidays_known(calendar, received, last))
