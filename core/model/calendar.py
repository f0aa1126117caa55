"""When an office works: windows per weekday, validity dates, holidays, one zone (requirements §3).

A calendar is data; no hours live in code. Windows are minutes after local midnight, half-open
(08.00 is open, 12.00 is not) and may end at 24.00. Every instant taken or returned is aware,
every returned one is UTC; the zone belongs to the calendar.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from core.model.faults import DocumentError, fault
from core.model.week import (
    DAY_NAMES,
    Week,
    Window,
    check_weeks,
    hours_words,
    week_on,
    windows_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)

LONGEST_CLOSURE = 366
"""Days: a calendar that stays closed longer never opens for practical purposes and is refused."""

FIRST_YEAR, LAST_YEAR = 2000, 2199
"""Dates outside are slips of the pen; the limit also bounds the check of a new calendar."""

Opening = tuple[datetime, datetime]
"""One window of one day as aware UTC instants."""


class HolidayKind(StrEnum):
    """Who fixed the day off; decides which calendars observe it."""

    NATIONAL = "national"
    JOINT_LEAVE = "joint_leave"
    REGIONAL = "regional"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day off.

    Attributes:
        name: Indonesian, as told to citizens: ``Idul Fitri 1447 H``.
    """

    name: str
    kind: HolidayKind


# Identity is equality: the caches below hash a calendar on every message.
@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """The working time of an office, a unit or a partner.

    Of the weeks that cover a day the one with an end date wins (Ramadan over the ordinary week),
    then the one that began last. One week without dates is always there beneath them.

    Attributes:
        holidays: local date to the day off; regional and unit days are always observed.
        loaded_years: years whose decree of holidays and joint leave is in ``holidays``.
        observes_joint_leave: False for a desk that works on cuti bersama.
        observes_national: False for a desk that works on national holidays too (hospital).
        yearly: (month, day) to the day off fixed by law in every year; stands in for the decree
            of years not loaded, so that New Year is known before it.

    Raises:
        ValueError: no week without dates, overlapping validity, a calendar that never opens.
    """

    name: str
    zone: ZoneInfo
    weeks: tuple[Week, ...]
    holidays: Mapping[date, Holiday]
    loaded_years: frozenset[int]
    observes_joint_leave: bool = True
    observes_national: bool = True
    yearly: Mapping[tuple[int, int], Holiday] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_weeks(self.weeks)
        _check_opens(self)


def local_day(calendar: Calendar, at: datetime) -> date:
    """The date at that instant in the calendar's zone. Raises ValueError for a naive time."""
    if at.tzinfo is None:
        msg = "a time without zone has no place in a calendar"
        raise ValueError(msg)
    return at.astimezone(calendar.zone).date()


def holiday_on(calendar: Calendar, day: date) -> Holiday | None:
    """The day off this calendar observes on that local day."""
    holiday = calendar.holidays.get(day)
    if holiday is None and day.year not in calendar.loaded_years:
        holiday = calendar.yearly.get((day.month, day.day))
    if holiday is None:
        return None
    unobserved = (
        holiday.kind is HolidayKind.JOINT_LEAVE and not calendar.observes_joint_leave
    ) or (holiday.kind is HolidayKind.NATIONAL and not calendar.observes_national)
    return None if unobserved else holiday


def windows_on(calendar: Calendar, day: date) -> tuple[Window, ...]:
    """The windows of that local day, in local minutes; empty when closed."""
    if holiday_on(calendar, day):
        return ()
    return week_on(calendar.weeks, day).windows[day.weekday()]


@lru_cache(maxsize=4096)
def openings(calendar: Calendar, day: date) -> tuple[Opening, ...]:
    """The windows of that local day as UTC instants; empty when closed."""
    midnight = datetime.combine(day, time(), calendar.zone)
    return tuple(
        (_instant(midnight, opens), _instant(midnight, closes))
        for opens, closes in windows_on(calendar, day)
    )


def _instant(midnight: datetime, minutes: int) -> datetime:
    """When the clock of that zone shows so many minutes after midnight.

    Where summer time leaves that minute out, it is when the clock is put forward past it.
    """
    wall = midnight + timedelta(minutes=minutes)
    at = wall.astimezone(UTC)
    while _wall(at - ONE_MINUTE, wall) >= wall.replace(tzinfo=None):
        at -= ONE_MINUTE
    return at


def _wall(at: datetime, like: datetime) -> datetime:
    return at.astimezone(like.tzinfo).replace(tzinfo=None)


def windows_from(
    calendar: Calendar, day: date, at: datetime
) -> Iterator[tuple[date, datetime, datetime]]:
    """What is left of each window from an instant on, without end: local day, start, close.

    The first start is ``at`` itself when the office is open then. At most LONGEST_CLOSURE days
    are passed between two windows; Calendar has checked that.

    Args:
        calendar: whose windows.
        day: the local day of ``at``, which the caller knows already (hot path).
        at: aware.
    """
    at = at.astimezone(UTC)  # in a zone with summer time, adding to it would count on its clock
    while True:
        for opens, closes in openings(calendar, day):
            if at < closes:
                yield day, max(opens, at), closes
        day += ONE_DAY


@lru_cache(maxsize=4096)
def working_days_after(calendar: Calendar, day: date, count: int) -> tuple[date, ...]:
    """The next ``count`` local days with at least one window, that day itself not counted."""
    found: list[date] = []
    while len(found) < count:
        day += ONE_DAY
        if windows_on(calendar, day):
            found.append(day)
    return tuple(found)


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether somebody works at that instant. Raises ValueError for a naive time."""
    return any(o <= at < c for o, c in openings(calendar, local_day(calendar, at)))


def next_opening(calendar: Calendar, at: datetime) -> datetime:
    """When somebody works next, aware UTC; ``at`` itself when open.

    Raises:
        ValueError: a naive time.
    """
    _, start, _ = next(windows_from(calendar, local_day(calendar, at), at))
    return start.astimezone(UTC)


def day_closure(calendar: Calendar, day: date) -> str:
    """Why that whole local day is closed: ``hari libur: …``, ``hari Minggu``; "" if it opens."""
    if windows_on(calendar, day):
        return ""
    holiday = holiday_on(calendar, day)
    return f"hari libur: {holiday.name}" if holiday else f"hari {DAY_NAMES[day.weekday()]}"


def closed_because(calendar: Calendar, at: datetime) -> str:
    """Why the office is closed then, in the form of ``{sebab_libur}`` (requirements §5).

    Returns:
        `` (hari libur: Idul Fitri 1447 H)``, `` (hari Minggu)``, `` (jam istirahat)`` between two
        windows of a day; "" when open or merely outside the day's hours.

    Raises:
        ValueError: a naive time.
    """
    day = local_day(calendar, at)
    closure = day_closure(calendar, day)
    pairs = pairwise(openings(calendar, day))
    if any(closed <= at < opened for (_, closed), (opened, _) in pairs):
        closure = "jam istirahat"
    return f" ({closure})" if closure else ""


def hours_text(calendar: Calendar, day: date) -> str:
    """The hours of the week in force on that local day, for ``{jam_layanan}``.

    ``Senin-Kamis 08.00-12.00 dan 13.00-17.00, Jumat …, Sabtu 08.00-12.00``; closed days are left
    out, holidays are not looked at, the zone is not named.
    """
    return hours_words(week_on(calendar.weeks, day))


def today_text(calendar: Calendar, at: datetime) -> str:
    """The hours of that local day: ``08.00-12.00 dan 13.00-17.00``, or why it is closed."""
    day = local_day(calendar, at)
    windows = windows_on(calendar, day)
    return windows_words(windows) if windows else f"tutup, {day_closure(calendar, day)}"


@lru_cache(maxsize=4096)
def holidays_known(calendar: Calendar, first: date, last: date) -> bool:
    """Whether the decree of every year from the first to the last local day is loaded.

    A calendar that observes neither national holidays nor joint leave needs none.
    """
    if not (calendar.observes_national or calendar.observes_joint_leave):
        return True
    return all(year in calendar.loaded_years for year in range(first.year, last.year + 1))


def missing_year(calendar: Calendar, today: date) -> int | None:
    """The year to warn about: this one, or the next from 1 November on; None if all is loaded."""
    november = 11
    upcoming = date(today.year + (today.month >= november), 12, 31)
    for year in range(today.year, upcoming.year + 1):
        if not holidays_known(calendar, date(year, 1, 1), date(year, 12, 31)):
            return year
    return None


def _check_opens(calendar: Calendar) -> None:
    """Raises ValueError when some stretch of closed days is longer than LONGEST_CLOSURE."""
    dates = [day for week in calendar.weeks for day in (week.valid_from, week.valid_until) if day]
    dates += calendar.holidays
    for day in dates:
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            words = "%(day)s is not a date between %(first)s and %(last)s"
            raise DocumentError(fault(words, day=day, first=FIRST_YEAR, last=LAST_YEAR))
    # Outside the dates named nothing changes any more, so that a year on either side proves it.
    margin = timedelta(days=LONGEST_CLOSURE + 1)
    day = min(dates, default=date(FIRST_YEAR, 1, 1)) - margin
    end = max(dates, default=date(FIRST_YEAR, 1, 1)) + margin
    closed = 0
    while day <= end:
        closed = 0 if windows_on(calendar, day) else closed + 1
        if closed > LONGEST_CLOSURE:
            words = "never opens in the %(count)s days up to %(day)s"
            raise DocumentError(fault(words, count=LONGEST_CLOSURE, day=day))
        day += ONE_DAY
