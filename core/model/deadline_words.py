"""How a due time came about, step by step, in plain Indonesian (design.md §8, ``--explain``).

The steps are read off the same calculation that makes the promise (core.model.deadline), never
computed a second time. Times are local to the calendar: ``Jum 17/07/2026 10.45 WIB``.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from core.model.calendar import (
    ONE_DAY,
    Calendar,
    closed_because,
    day_closure,
    holidays_known,
    is_open,
    local_day,
    working_days_after,
)
from core.model.dates import zone_name
from core.model.deadline import Due, Measure, SlaTarget, Stretch, due, stretches
from core.model.week import DAY_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

MEASURE_WORDS = {
    Measure.WORKING_MINUTES: "menit kerja",
    Measure.WORKING_HOURS: "jam kerja",
    Measure.WORKING_DAYS: "hari kerja",
    Measure.CLOCK_MINUTES: "menit",
    Measure.CALENDAR_DAYS: "hari kalender",
}
"""The Indonesian names of the measures."""


def stamp(calendar: Calendar, at: datetime) -> str:
    """``Jum 17/07/2026 10.45 WIB`` in the calendar's zone; seconds only when there are any."""
    local = at.astimezone(calendar.zone)
    return f"{_day(local.date())} {_clock(local)} {zone_name(calendar.zone, at)}"


def length_words(length: timedelta) -> str:
    """``1 jam 30 menit``, ``45 menit 30 detik``; fractions of a second are left out."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    units = ((hours, "jam"), (minutes, "menit"), (seconds, "detik"))
    return " ".join(f"{n} {unit}" for n, unit in units if n) or "0 detik"


def explain_target(calendar: Calendar, target: SlaTarget, received: datetime) -> Iterator[str]:
    """The steps from receipt to due time of one promise; the due time itself is not repeated.

    Raises:
        ValueError: a naive time.
    """
    if target.measure is Measure.WORKING_DAYS:
        yield from _day_steps(calendar, target, received)
    elif target.measure is Measure.CLOCK_MINUTES:
        yield f"{length_words(target.length)} dihitung siang dan malam, juga pada hari libur."
    elif target.measure is Measure.CALENDAR_DAYS:
        yield f"{target.amount} hari kalender dihitung, berakhir pada jam yang sama."
    else:
        yield from _time_steps(calendar, target, received)


def provisional_words(calendar: Calendar, received: datetime, promised: Due) -> str:
    """The sentence on years whose holidays are missing, "" when the due time is certain."""
    if not promised.provisional:
        return ""
    first, last = local_day(calendar, received), local_day(calendar, promised.at)
    years = [
        str(year)
        for year in range(first.year, last.year + 1)
        if not holidays_known(calendar, date(year, 1, 1), date(year, 1, 1))
    ]
    return f"Sementara: daftar hari libur {' dan '.join(years)} belum dimuat."


def _time_steps(calendar: Calendar, target: SlaTarget, received: datetime) -> Iterator[str]:
    counted = stretches(calendar, received, target.length)
    if not is_open(calendar, received):
        reason = closed_because(calendar, received) or " (di luar jam layanan)"
        yield f"Saat diterima layanan tutup{reason}."
        yield from _skipped(calendar, local_day(calendar, received), counted[0].day)
        yield f"Hitungan mulai {stamp(calendar, counted[0].start)}."
    yield _counted(calendar, counted[0])
    for one, other in pairwise(counted):
        gap = "istirahat" if one.day == other.day else "jam tutup"
        if one.end < other.start:
            yield f"Berhenti {stamp(calendar, one.end)} ({gap})."
        yield from _skipped(calendar, one.day, other.day)
        yield _counted(calendar, other)


def _counted(calendar: Calendar, piece: Stretch) -> str:
    length = length_words(piece.end - piece.start)
    return (
        f"{length} dihitung dari {stamp(calendar, piece.start)} sampai {_until(calendar, piece)}."
    )


def _until(calendar: Calendar, piece: Stretch) -> str:
    local = piece.end.astimezone(calendar.zone)
    return _clock(local) if local.date() == piece.day else "24.00"


def _skipped(calendar: Calendar, first: date, last: date) -> Iterator[str]:
    """The closed days strictly between two local days."""
    day = first + ONE_DAY
    while day < last:
        yield f"{_day(day)} dilewati ({day_closure(calendar, day) or 'jam tutup'})."
        day += ONE_DAY


def _day_steps(calendar: Calendar, target: SlaTarget, received: datetime) -> Iterator[str]:
    day = local_day(calendar, received)
    yield f"{_day(day)} tidak dihitung (hari diterima)."
    for place, working in enumerate(working_days_after(calendar, day, target.amount), start=1):
        yield from _skipped(calendar, day, working)
        yield f"{_day(working)} hari kerja ke-{place}."
        day = working
    yield f"Berakhir pada jam tutup: {stamp(calendar, due(calendar, target, received).at)}."


def _day(day: date) -> str:
    return f"{DAY_NAMES[day.weekday()][:3]} {day:%d/%m/%Y}"


def _clock(local: datetime) -> str:
    return f"{local:%H.%M.%S}" if local.second else f"{local:%H.%M}"
