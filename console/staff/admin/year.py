"""A calendar's year as a page lays it out: twelve months of days, each with its hours."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING, Final

from console.language import N_
from console.staff.admin.words import DAYS_OFF
from console.typed import whole
from core.model.calendar import FIRST_YEAR, LAST_YEAR, HolidayKind, holiday_on, windows_on
from core.model.value import value
from core.model.week import DAY_NAMES, hours_words, week_on, windows_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.model.calendar import Calendar
    from core.model.week import Week

    Say = Callable[[str], str]

MONTHS: Final = (
    *(N_("Januari"), N_("Februari"), N_("Maret"), N_("April"), N_("Mei"), N_("Juni")),
    *(N_("Juli"), N_("Agustus"), N_("September"), N_("Oktober"), N_("November"), N_("Desember")),
)
CLOSED: Final = N_("tutup")
SPECIAL: Final = N_("jam khusus")
STILL_OPEN: Final = N_("tetap buka")


@value
class Day:
    """One day of the page.

    Attributes:
        kind: ``open``, ``closed``, ``special`` (hours with an end date, Ramadan), or the kind of
            the day off that is observed.
        words: what the day is called and its hours, for whoever points at it.
        today: it is.
    """

    number: int
    kind: str
    words: str
    today: bool


@value
class Month:
    """One month.

    Attributes:
        lead: empty places before its first day, Monday first.
        open_days: how many of its days have hours.
    """

    words: str
    lead: int
    days: tuple[Day, ...]
    open_days: int


@value
class Listed:
    """A day off of the year as the list beside it shows it.

    Attributes:
        observed: this calendar is closed on it.
        own: it stands in this calendar's own document and can be taken out.
    """

    day: date
    weekday: str
    name: str
    kind: HolidayKind
    words: str
    observed: bool
    own: bool


@value
class Hours:
    """A week of a calendar, with when it holds.

    Attributes:
        past: its end is over.
    """

    words: str
    first: date | None
    last: date | None
    past: bool


def months(calendar: Calendar, year: int, today: date, say: Say) -> list[Month]:
    """The twelve months of a year between FIRST_YEAR and LAST_YEAR."""
    made = []
    for number, words in enumerate(MONTHS, 1):
        first, length = monthrange(year, number)
        days = [
            _day(calendar, date(year, number, one), today, say) for one in range(1, length + 1)
        ]
        opened = sum(one.kind in ("open", "special") for one in days)
        made.append(Month(say(words), first, tuple(days), opened))
    return made


def _day(calendar: Calendar, day: date, today: date, say: Say) -> Day:
    holiday = holiday_on(calendar, day)
    windows = windows_on(calendar, day)
    if holiday is not None:
        kind, words = holiday.kind.value, f"{say(DAYS_OFF[holiday.kind])}: {holiday.name}"
    elif not windows:
        kind, words = "closed", say(CLOSED)
    else:
        special = week_on(calendar.weeks, day).bounded
        kind, words = ("special" if special else "open"), windows_words(windows)
        words = f"{words} ({say(SPECIAL)})" if special else words
        passed = calendar.holidays.get(day)
        words = f"{words}, {passed.name}: {say(STILL_OPEN)}" if passed else words
    return Day(day.day, kind, f"{DAY_NAMES[day.weekday()]} {day:%d-%m-%Y}: {words}", day == today)


def days_off(calendar: Calendar, year: int, own: frozenset[date], say: Say) -> list[Listed]:
    """The days off of a year that the calendar knows, observed or not."""
    known = {day: held for day, held in calendar.holidays.items() if day.year == year}
    if year not in calendar.loaded_years:
        by_law = {date(year, month, one): held for (month, one), held in calendar.yearly.items()}
        known = by_law | known
    return [
        Listed(
            day,
            DAY_NAMES[day.weekday()],
            held.name,
            held.kind,
            say(DAYS_OFF[held.kind]),
            holiday_on(calendar, day) is not None,
            day in own,
        )
        for day, held in sorted(known.items())
    ]


def hours(calendar: Calendar, today: date) -> list[Hours]:
    """The ordinary week first, then what holds for a time, the latest first."""

    def order(week: Week) -> tuple[bool, int]:
        begins = week.valid_from or week.valid_until
        return begins is not None, -(begins or date.min).toordinal()

    return [
        Hours(
            hours_words(week),
            week.valid_from,
            week.valid_until,
            week.valid_until is not None and week.valid_until < today,
        )
        for week in sorted(calendar.weeks, key=order)
    ]


def year_of(written: str, today: date) -> int:
    """The year that an address asks for; this one where it asks for none that there is."""
    asked = whole(written)
    return asked if asked and FIRST_YEAR <= asked <= LAST_YEAR else today.year
