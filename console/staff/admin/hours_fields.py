"""The hours of a calendar as fields of a form: shown, typed, stepped, read.

A row is a pair of times, ``jam.<week>.<day>.<row>.buka`` and ``….tutup``; a span of validity is
``masa.<week>.<row>.mulai`` and ``….sampai``. Week 0 is the ordinary one, day 0 is Monday. A row
left empty counts for nothing, so that a row is taken out by emptying it as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from config.calendar_sheet import CalendarSheet, Hours
from console.language import N_
from core.model.calendar import FIRST_YEAR, LAST_YEAR
from core.model.week import DAY_MINUTES, DAY_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from config.calendar_sheet import Span
    from core.model.week import Window

    Faults = dict[str, str]
    Pair = tuple[str, str]

NO_TIME: Final = N_("Tulis jam seperti 08.00.")
HALF: Final = N_("Isi jam buka dan jam tutupnya.")
BACKWARDS: Final = N_("Jam tutup harus sesudah jam buka, paling lambat 24.00.")
OVERLAPPING: Final = N_("Jam ini bertumpuk dengan jam lain pada hari yang sama.")
NEVER_OPEN: Final = N_("Isi jam kerja paling sedikit pada satu hari.")
NO_DATE: Final = N_("Tulis tanggal, misalnya 2026-12-31.")
NO_SPAN: Final = N_("Isi tanggal mulai berlaku jam khusus ini, atau hapus jam khususnya.")
DATES_BACKWARDS: Final = N_("Hari terakhir tidak boleh sebelum hari pertama.")
DATES_OVERLAP: Final = N_("Masa ini bertumpuk dengan masa jam khusus lain.")
SAME_START: Final = N_("Sudah ada jam lain yang mulai berlaku pada hari ini.")
NO_ZONE: Final = N_("Zona waktu tidak dikenal. Contoh: Asia/Jakarta.")

LONGEST: Final = 16
"""Signs of a field that are looked at."""
MOST: Final = 1_000
"""Rows of a form that are looked at: far more than a calendar has, and quickly read."""

_ROW: Final = re.compile(r"jam\.(\d{1,2})\.([0-6])\.(\d{1,2})\.(?:buka|tutup)")
_SPAN: Final = re.compile(r"masa\.(\d{1,2})\.(\d{1,2})\.(?:mulai|sampai)")
_WEEK: Final = re.compile(r"minggu\.(\d{1,2})")
_TIME: Final = re.compile(r"(\d{1,2})(?:[.:]?(\d{2}))?")
_SIXTY: Final = 60


@dataclass(frozen=True, slots=True)
class TypedWeek:
    """A week as it stands in the form.

    Attributes:
        days: seven entries, Monday first; the pairs of times of each.
        spans: pairs of dates; none for the ordinary week.
    """

    days: tuple[tuple[Pair, ...], ...]
    spans: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class TypedHours:
    """The whole form, as text."""

    zone: str
    national: bool
    joint: bool
    weeks: tuple[TypedWeek, ...]


# --- a calendar as a form ------------------------------------------------------------------------


def shown(sheet: CalendarSheet) -> TypedHours:
    """What a calendar puts into the fields."""
    weeks = [
        TypedWeek(typed_days(one.windows), tuple(map(_dates, one.spans)) if place else ())
        for place, one in enumerate(sheet.hours)
    ]
    return TypedHours(
        sheet.zone, sheet.observes_national, sheet.observes_joint_leave, tuple(weeks)
    )


def typed_days(windows: Iterable[Iterable[Window]]) -> tuple[tuple[Pair, ...], ...]:
    """Windows of seven days as pairs of times."""
    return tuple(tuple((clock(opens), clock(ends)) for opens, ends in day) for day in windows)


def clock(minutes: int) -> str:
    """``08.00``, of minutes after midnight."""
    return f"{minutes // _SIXTY:02d}.{minutes % _SIXTY:02d}"


def _dates(span: Span) -> Pair:
    first, last = span
    return (first.isoformat() if first else "", last.isoformat() if last else "")


# --- a form as it was typed ----------------------------------------------------------------------


def typed(form: Mapping[str, str], zone: str) -> TypedHours:
    """What the fields hold.

    Args:
        form: what was posted.
        zone: where the form has no field for it.
    """
    weeks = _weeks(form)
    empty = TypedWeek(((),) * len(DAY_NAMES))
    return TypedHours(
        zone=form.get("zone", zone).strip()[: 4 * LONGEST],
        national=bool(form.get("national")),
        joint=bool(form.get("joint")),
        weeks=weeks or (empty,),
    )


def _weeks(form: Mapping[str, str]) -> tuple[TypedWeek, ...]:
    days: dict[int, list[list[Pair]]] = {
        week: [[] for _ in DAY_NAMES] for (week,) in _numbers(form, _WEEK)
    }
    spans: dict[int, list[Pair]] = {week: [] for week in days}
    for week, day, row in _numbers(form, _ROW):
        if week in days:
            days[week][day].append(_pair(form, f"jam.{week}.{day}.{row}", ("buka", "tutup")))
    for week, row in _numbers(form, _SPAN):
        if week in spans:
            spans[week].append(_pair(form, f"masa.{week}.{row}", ("mulai", "sampai")))
    return tuple(
        TypedWeek(tuple(map(tuple, held)), tuple(spans[week])) for week, held in days.items()
    )


def _numbers(form: Mapping[str, str], pattern: re.Pattern[str]) -> list[tuple[int, ...]]:
    """The numbers in the names of fields of a kind, in order; no more than a calendar has."""
    found = {tuple(map(int, one.groups())) for name in form if (one := pattern.fullmatch(name))}
    return sorted(found)[:MOST]


def _pair(form: Mapping[str, str], name: str, ends: Pair) -> Pair:
    one, other = (form.get(f"{name}.{end}", "").strip()[:LONGEST] for end in ends)
    return one, other


# --- a form read ---------------------------------------------------------------------------------


def read(given: TypedHours) -> tuple[CalendarSheet, Faults]:
    """What the form says, and what is wrong with it by field; of use only where nothing is."""
    faults: Faults = {}
    hours = []
    for place, week in enumerate(given.weeks):
        windows = tuple(
            _windows(f"jam.{place}.{day}", rows, faults) for day, rows in enumerate(week.days)
        )
        spans = _spans(place, week.spans, faults) if place else ((None, None),)
        hours.append(Hours(windows, tuple(spans)))
    if not any(hours[0].windows) and "jam.0" not in "".join(faults):
        faults["jam.0"] = NEVER_OPEN
    _compare(given, faults)
    try:
        ZoneInfo(given.zone)
    except (KeyError, ValueError, OSError):
        faults["zone"] = NO_ZONE
    return CalendarSheet(given.zone, given.national, given.joint, tuple(hours)), faults


def _windows(name: str, rows: Sequence[Pair], faults: Faults) -> tuple[Window, ...]:
    found: list[tuple[Window, int]] = []
    for row, pair in enumerate(rows):
        if not any(pair):
            continue
        opens, closes = map(minutes, pair)
        if fault := _fault(pair, opens, closes):
            end, sentence = fault
            faults[f"{name}.{row}.{end}"] = sentence
        elif opens is not None and closes is not None:
            found.append(((opens, closes), row))
    found.sort()
    for ((_, ended), _), ((opens, _), row) in pairwise(found):
        if opens < ended:
            faults[f"{name}.{row}.buka"] = OVERLAPPING
    return tuple(window for window, _ in found)


def _fault(pair: Pair, opens: int | None, closes: int | None) -> Pair | None:
    """Which end of a row is wrong, and why."""
    for end, written, read_as in zip(("buka", "tutup"), pair, (opens, closes), strict=True):
        if read_as is None:
            return end, NO_TIME if written else HALF
    if opens is not None and closes is not None and opens >= closes:
        return "tutup", BACKWARDS
    return None


def minutes(written: str) -> int | None:
    """``8``, ``0800``, ``08.00`` and ``08:00`` in minutes after midnight; None for no time."""
    found = _TIME.fullmatch(written) if written.isascii() else None
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    told = hour * _SIXTY + minute
    return told if minute < _SIXTY and told <= DAY_MINUTES else None


def _spans(place: int, pairs: Sequence[Pair], faults: Faults) -> list[Span]:
    spans: list[Span] = []
    for row, pair in enumerate(pairs):
        name = f"masa.{place}.{row}"
        first, last = map(day_of, pair)
        for end, written, day in zip(("mulai", "sampai"), pair, (first, last), strict=True):
            if written and day is None:
                faults[f"{name}.{end}"] = NO_DATE
        if first and last and last < first:
            faults[f"{name}.sampai"] = DATES_BACKWARDS
        if any(pair):
            spans.append((first, last))
    if not spans:
        faults.setdefault(f"masa.{place}.0.mulai", NO_SPAN)
    return spans


def _compare(given: TypedHours, faults: Faults) -> None:
    """Spans that would hold at the same time, of all weeks together."""
    known = [
        (name, day_of(first), day_of(last))
        for place, week in enumerate(given.weeks)
        for row, (first, last) in enumerate(week.spans)
        if any((first, last)) and not any(one.startswith(f"masa.{place}.{row}.") for one in faults)
        for name in (f"masa.{place}.{row}.mulai",)
    ]
    bounded = sorted(
        (first or date.min, last, name) for name, first, last in known if last is not None
    )
    for (_, ended, _), (first, _, name) in pairwise(bounded):
        if first <= ended:
            faults[name] = DATES_OVERLAP
    starts: set[date] = set()
    for name, begins, ends in known:
        if ends is None and begins is not None:
            if begins in starts:
                faults[name] = SAME_START
            starts.add(begins)


def day_of(written: str) -> date | None:
    """A date as a form sends it, in a year that calendars know; None for what is none."""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
