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
    holiday_on,
    holidays_known,
    is_open,
    local_day,
    windows_on,
    working_days_after,
)
from core.model.dates import zone_name
from core.model.deadline import Due, Measure, SlaTarget, Stretch, due, stretches
from core.model.sentences import listed, said, term
from core.model.week import DAY_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator


def stamp(calendar: Calendar, at: datetime) -> str:
    """``Jum 17/07/2026 10.45 WIB`` in the calendar's zone; seconds only when there are any."""
    local = at.astimezone(calendar.zone)
    return listed((_day(local.date()), _clock(local), zone_name(calendar.zone, at)), " ")


def length_words(length: timedelta) -> str:
    """``1 jam 30 menit``, ``45 menit 30 detik``; fractions of a second are left out."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    units = (
        said("{hours} jam", hours=hours) if hours else "",
        said("{minutes} menit", minutes=minutes) if minutes else "",
        said("{seconds} detik", seconds=seconds) if seconds else "",
    )
    return listed(filter(None, units), " ") or term("0 detik")


def amount_words(target: SlaTarget) -> str:
    """How long a promise is, as it was written down: ``5 hari kerja``."""
    one, many = _AMOUNTS[target.measure]
    return term(one) if target.amount == 1 else said(many, amount=target.amount)


_AMOUNTS = {
    Measure.WORKING_MINUTES: (said("1 menit kerja"), said("{amount} menit kerja")),
    Measure.WORKING_HOURS: (said("1 jam kerja"), said("{amount} jam kerja")),
    Measure.WORKING_DAYS: (said("1 hari kerja"), said("{amount} hari kerja")),
    Measure.CLOCK_MINUTES: (said("1 menit"), said("{amount} menit")),
    Measure.CALENDAR_DAYS: (said("1 hari kalender"), said("{amount} hari kalender")),
}


def explain_target(calendar: Calendar, target: SlaTarget, received: datetime) -> Iterator[str]:
    """The steps from receipt to due time of one promise; the due time itself is not repeated.

    Raises:
        ValueError: a naive time.
    """
    if target.measure is Measure.WORKING_DAYS:
        yield from _day_steps(calendar, target, received)
    elif target.measure is Measure.CLOCK_MINUTES:
        yield said(
            "{length} dihitung siang dan malam, juga pada hari libur.",
            length=length_words(target.length),
        )
    elif target.measure is Measure.CALENDAR_DAYS:
        yield said("{length} dihitung, berakhir pada jam yang sama.", length=amount_words(target))
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
    return said("Sementara: daftar hari libur {years} belum dimuat.", years=listed(years, " dan "))


def _time_steps(calendar: Calendar, target: SlaTarget, received: datetime) -> Iterator[str]:
    counted = stretches(calendar, received, target.length)
    if not is_open(calendar, received):
        yield said(
            "Saat diterima layanan tutup ({reason}).", reason=_why_closed(calendar, received)
        )
        yield from _skipped(calendar, local_day(calendar, received), counted[0].day)
        yield said("Hitungan mulai {at}.", at=stamp(calendar, counted[0].start))
    yield _counted(calendar, counted[0])
    for one, other in pairwise(counted):
        gap = term(said("istirahat") if one.day == other.day else _SHUT)
        if one.end < other.start:
            yield said("Berhenti {at} ({gap}).", at=stamp(calendar, one.end), gap=gap)
        yield from _skipped(calendar, one.day, other.day)
        yield _counted(calendar, other)


def _counted(calendar: Calendar, piece: Stretch) -> str:
    length = length_words(piece.end - piece.start)
    return said(
        "{length} dihitung dari {start} sampai {end}.",
        length=length,
        start=stamp(calendar, piece.start),
        end=_until(calendar, piece),
    )


def _until(calendar: Calendar, piece: Stretch) -> str:
    local = piece.end.astimezone(calendar.zone)
    return _clock(local) if local.date() == piece.day else "24.00"


def _skipped(calendar: Calendar, first: date, last: date) -> Iterator[str]:
    """The closed days strictly between two local days."""
    day = first + ONE_DAY
    while day < last:
        yield said("{day} dilewati ({reason}).", day=_day(day), reason=_closure(calendar, day))
        day += ONE_DAY


def _day_steps(calendar: Calendar, target: SlaTarget, received: datetime) -> Iterator[str]:
    day = local_day(calendar, received)
    yield said("{day} tidak dihitung (hari diterima).", day=_day(day))
    for place, working in enumerate(working_days_after(calendar, day, target.amount), start=1):
        yield from _skipped(calendar, day, working)
        yield said("{day} hari kerja ke-{place}.", day=_day(working), place=place)
        day = working
    yield said(
        "Berakhir pada jam tutup: {at}.", at=stamp(calendar, due(calendar, target, received).at)
    )


def _why_closed(calendar: Calendar, at: datetime) -> str:
    """Why the office does not work then, in a word or two."""
    day = local_day(calendar, at)
    if not windows_on(calendar, day):
        return _closure(calendar, day)
    return term(_BREAK if closed_because(calendar, at) else _OUTSIDE)


def _closure(calendar: Calendar, day: date) -> str:
    """Why that day is closed as a whole."""
    if windows_on(calendar, day):
        return term(_SHUT)
    holiday = holiday_on(calendar, day)
    if holiday:
        return said("hari libur: {name}", name=holiday.name)
    return said("hari {day}", day=term(DAY_NAMES[day.weekday()]))


_BREAK = said("jam istirahat")
_OUTSIDE = said("di luar jam layanan")
_SHUT = said("jam tutup")


def _day(day: date) -> str:
    return listed((term(DAY_NAMES[day.weekday()][:3]), f"{day:%d/%m/%Y}"), " ")


def _clock(local: datetime) -> str:
    return f"{local:%H.%M.%S}" if local.second else f"{local:%H.%M}"
