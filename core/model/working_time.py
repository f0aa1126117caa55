"""Working time between two instants, and the instant after so much of it. Pure, UTC out.

Both read the same windows as the deadlines (core/model/calendar.py): what lies outside of them
does not count, and a length that ends with its window ends at that close.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from core.model.calendar import Calendar, local_day, openings, windows_from, working_days_after
from core.model.deadline import Measure, SlaTarget

ZERO = timedelta()


def working_between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """The working time from ``start`` to ``end``; zero when there is none or they are reversed.

    Raises:
        ValueError: a naive time.
    """
    total = ZERO
    if end <= start:
        return total
    for _, opens, closes in windows_from(calendar, local_day(calendar, start), start):
        if opens >= end:
            break
        total += min(closes, end) - opens
    return total


def working_after(calendar: Calendar, start: datetime, length: timedelta) -> datetime:
    """When so much working time has gone by; ``start`` itself for none.

    Raises:
        ValueError: a naive time.
    """
    return _after(calendar, local_day(calendar, start), start, length)


def _after(calendar: Calendar, day: date, start: datetime, length: timedelta) -> datetime:
    if length <= ZERO:
        return start.astimezone(UTC)
    for _, opens, closes in windows_from(calendar, day, start):
        if length <= closes - opens:
            return (opens + length).astimezone(UTC)
        length -= closes - opens
    raise AssertionError("windows never end")  # pragma: no cover  # noqa: EM101, TRY003 - a programmer reads it


def share_from(
    calendar: Calendar, target: SlaTarget, day: date, started: datetime, percent: int
) -> datetime:
    """When so many percent of a promise have gone by, in the time it is counted in.

    A promise of working days is weighed by its working time, from the start to the last close.

    Args:
        calendar: whose windows count.
        target: what was promised.
        day: the local day of ``started``, which the caller knows already (hot path).
        started: what it is counted from, aware.
        percent: 0 to 100.
    """
    measure = target.measure
    if measure is Measure.WORKING_DAYS:
        return _share_of_days(calendar, target.amount, day, (started, percent))
    length = target.length * percent / 100
    if measure in (Measure.CLOCK_MINUTES, Measure.CALENDAR_DAYS):
        return started.astimezone(UTC) + length
    return _after(calendar, day, started, length)


class _Line(NamedTuple):
    """The windows of several days in a row, measured in working time from the first opening."""

    opens: tuple[datetime, ...]
    before: tuple[timedelta, ...]
    until: tuple[timedelta, ...]


@lru_cache(maxsize=4096)
def _line(calendar: Calendar, day: date, count: int) -> _Line:
    """The windows of that local day and of the working days after it."""
    opens, before, until = [], [], []
    total = ZERO
    for one in (day, *working_days_after(calendar, day, count)):
        for opened, closed in openings(calendar, one):
            opens.append(opened)
            before.append(total)
            total += closed - opened
            until.append(total)
    return _Line(tuple(opens), tuple(before), tuple(until))


def _share_of_days(
    calendar: Calendar, count: int, day: date, asked: tuple[datetime, int]
) -> datetime:
    started, percent = asked
    line = _line(calendar, day, count)
    gone = ZERO
    for opened, closed in openings(calendar, day):
        if opened < started:
            gone += min(closed, started) - opened
    goal = gone + (line.until[-1] - gone) * percent / 100
    at = bisect_left(line.until, goal)
    share = line.opens[at] + (goal - line.before[at])
    return share if share > started else started.astimezone(UTC)
