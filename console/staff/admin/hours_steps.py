"""Steps within the form of hours that keep nothing yet: a row more, a row less, a pattern.

Each is the value of a button, ``tambah-jam.0.2``; the page comes back with the form changed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from config.calendar_files import CalendarFileError
from config.calendar_sheet import read_sheet
from config.calendar_text import preset_text
from console.staff.admin.hours_fields import TypedHours, TypedWeek, typed_days
from core.model.week import DAY_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from console.staff.admin.hours_fields import Pair

RAMADAN: Final = "pemerintah"
"""The preset whose second week is that of Ramadan (Presidential Regulation 21 of 2023)."""

_BLANK: Final = ("", "")
_MONDAY, _FRIDAY = 0, 4


def step(given: TypedHours, pressed: str, pattern: str) -> tuple[TypedHours, str]:
    """The form after a button was pressed, and the id of where to go on.

    Args:
        given: the form as it was typed.
        pressed: the button; what is none changes nothing.
        pattern: the preset that was chosen beside.
    """
    what, _, where = pressed.partition(".")
    numbers = [int(one) for one in where.split(".") if one.isascii() and one.isdigit()]
    if what == "pola":
        return _patterned(given, pattern)
    if what in _WEEKS:
        return _WEEKS[what](given)
    if what not in _STEPS or len(numbers) != _ASKED[what] or numbers[0] >= len(given.weeks):
        return given, ""
    return _STEPS[what](given, numbers)


def _patterned(given: TypedHours, pattern: str) -> tuple[TypedHours, str]:
    try:
        sheet = read_sheet(preset_text(pattern), pattern)
    except CalendarFileError:
        return given, "jam.0"
    ordinary = TypedWeek(typed_days(sheet.hours[0].windows))
    made = replace(
        given,
        national=sheet.observes_national,
        joint=sheet.observes_joint_leave,
        weeks=(ordinary, *given.weeks[1:]),
    )
    return made, "jam.0"


def _week_more(given: TypedHours, days: tuple[tuple[Pair, ...], ...]) -> tuple[TypedHours, str]:
    made = (*given.weeks, TypedWeek(days, (_BLANK,)))
    return replace(given, weeks=made), f"masa.{len(given.weeks)}.0.mulai"


def _ramadan(given: TypedHours) -> tuple[TypedHours, str]:
    sheet = read_sheet(preset_text(RAMADAN), RAMADAN)
    return _week_more(given, typed_days(sheet.hours[1].windows))


def _another(given: TypedHours) -> tuple[TypedHours, str]:
    return _week_more(given, given.weeks[0].days)


def _week_less(given: TypedHours, at: list[int]) -> tuple[TypedHours, str]:
    (week,) = at
    if not week:
        return given, ""
    return replace(given, weeks=given.weeks[:week] + given.weeks[week + 1 :]), "khusus"


def _copied(given: TypedHours, at: list[int]) -> tuple[TypedHours, str]:
    """Monday's hours on the days up to Friday."""
    (week,) = at
    days = given.weeks[week].days
    made = tuple(
        days[_MONDAY] if _MONDAY < day <= _FRIDAY else held for day, held in enumerate(days)
    )
    return _with_days(given, week, made), f"jam.{week}"


def _row_more(given: TypedHours, at: list[int]) -> tuple[TypedHours, str]:
    week, day = at
    rows = _rows(given, week, day)
    if rows is None:
        return given, ""
    made = _with_rows(given, (week, day), (*rows, _BLANK))
    return made, f"jam.{week}.{day}.{len(rows)}.buka"


def _row_less(given: TypedHours, at: list[int]) -> tuple[TypedHours, str]:
    week, day, row = at
    rows = _rows(given, week, day)
    if rows is None:
        return given, ""
    return _with_rows(given, (week, day), rows[:row] + rows[row + 1 :]), f"hari.{week}.{day}"


def _span_more(given: TypedHours, at: list[int]) -> tuple[TypedHours, str]:
    (week,) = at
    spans = given.weeks[week].spans
    return _with_spans(given, week, (*spans, _BLANK)), f"masa.{week}.{len(spans)}.mulai"


def _span_less(given: TypedHours, at: list[int]) -> tuple[TypedHours, str]:
    week, row = at
    spans = given.weeks[week].spans
    return _with_spans(given, week, spans[:row] + spans[row + 1 :]), f"minggu.{week}"


def _rows(given: TypedHours, week: int, day: int) -> tuple[Pair, ...] | None:
    return given.weeks[week].days[day] if day < len(DAY_NAMES) else None


def _with_rows(given: TypedHours, at: tuple[int, int], rows: tuple[Pair, ...]) -> TypedHours:
    week, day = at
    days = given.weeks[week].days
    return _with_days(given, week, (*days[:day], rows, *days[day + 1 :]))


def _with_days(given: TypedHours, week: int, days: tuple[tuple[Pair, ...], ...]) -> TypedHours:
    return _with_week(given, week, replace(given.weeks[week], days=days))


def _with_spans(given: TypedHours, week: int, spans: tuple[Pair, ...]) -> TypedHours:
    return _with_week(given, week, replace(given.weeks[week], spans=spans))


def _with_week(given: TypedHours, week: int, made: TypedWeek) -> TypedHours:
    return replace(given, weeks=(*given.weeks[:week], made, *given.weeks[week + 1 :]))


_WEEKS: Final[Mapping[str, Callable[[TypedHours], tuple[TypedHours, str]]]] = {
    "tambah-ramadan": _ramadan,
    "tambah-khusus": _another,
}
_STEPS: Final[Mapping[str, Callable[[TypedHours, list[int]], tuple[TypedHours, str]]]] = {
    "hapus-khusus": _week_less,
    "salin": _copied,
    "tambah-jam": _row_more,
    "hapus-jam": _row_less,
    "tambah-masa": _span_more,
    "hapus-masa": _span_less,
}
_ASKED: Final = {
    "hapus-khusus": 1,
    "salin": 1,
    "tambah-jam": 2,
    "hapus-jam": 3,
    "tambah-masa": 1,
    "hapus-masa": 2,
}
"""How many numbers each names."""
