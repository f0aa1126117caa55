"""Calendars from presets or an office's own TOML file (requirements §3; format in docs).

A file has ``zone``, one ``[[weeks]]`` without dates and any number with ``valid`` periods,
optionally ``days`` off of its own, ``holidays`` lists to use instead of the reviewed ones that
come with the program, and ``extends`` to start from a preset. A weekday left out is closed.
"""

from __future__ import annotations

import re
from collections import ChainMap
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from config.calendar_files import NEITHER, CalendarFileError, TomlFile, parse_toml, read_toml
from config.holiday_lists import (
    PRESETS,
    HolidayList,
    read_days,
    read_holiday_list,
    reviewed_presets,
    yearly_holidays,
)
from core.model.calendar import Calendar, Holiday
from core.model.faults import DocumentError, fault
from core.model.week import DAY_MINUTES, Week, Window

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""The keys of a ``[[weeks]]`` table, besides ``valid``."""

_KEYS = frozenset(
    {
        "extends",
        "name",
        "zone",
        "observes_national",
        "observes_joint_leave",
        "holidays",
        "weeks",
        "days",
    }
)
NO_WEEKDAY = "%(key)s is no weekday; expected %(names)s"
_PERIOD_KEYS = frozenset({"from", "until"})
_TIME = r"(\d{1,2})[.:]?(\d{2})"  # 08.00, 0800 and 08:00 are all written (BW-17)
_WINDOW = re.compile(rf"\s*{_TIME}\s*[-\u2013]\s*{_TIME}\s*")
_Period = tuple[date | None, date | None]


def preset_names() -> tuple[str, ...]:
    """The calendars that come with the program."""
    stems = (path.stem for path in PRESETS.glob("*.toml"))
    return tuple(sorted(stem for stem in stems if "holidays" not in stem))


def load_calendar(
    choice: str, zone: ZoneInfo | None = None, lists: Sequence[HolidayList] = ()
) -> Calendar:
    """The calendar of that preset name, or of that TOML file.

    Args:
        choice: a preset name, else a path.
        zone: used instead of the file's, for a preset in an office of another zone.
        lists: further lists of holidays, reviewed; over those that come with the program.

    Raises:
        CalendarFileError: one sentence that names file, line and key; or the presets there are.
    """
    return _calendar(_find(choice), zone, lists)


def parse_calendar(
    text: str, name: str, zone: ZoneInfo | None = None, lists: Sequence[HolidayList] = ()
) -> Calendar:
    """The calendar of a document that lies in no folder, as the store keeps them.

    Args:
        text: TOML, as in a file; ``holidays`` may name presets only.
        name: of the document, for sentences about it.
        zone: as for :func:`load_calendar`.
        lists: further lists of holidays, reviewed; over those that come with the program.

    Raises:
        CalendarFileError: one sentence that names document, line and key.
    """
    return _calendar(parse_toml(text, name), zone, lists)


def _calendar(file: TomlFile, zone: ZoneInfo | None, lists: Sequence[HolidayList]) -> Calendar:
    file.only_keys(_KEYS)
    base = _base(file)
    weeks_from = file if "weeks" in file.table or base is None else base
    flags = TomlFile(
        file.path, file.text, ChainMap(dict(file.table), dict(base.table if base else {}))
    )
    holidays, years = _holidays(file, lists)
    try:
        return Calendar(
            name=file.string("name", file.path.stem),
            zone=zone or _zone(flags),
            weeks=_weeks(weeks_from),
            holidays=holidays,
            loaded_years=years,
            observes_joint_leave=flags.flag("observes_joint_leave", default=True),
            observes_national=flags.flag("observes_national", default=True),
            yearly=yearly_holidays(),
        )
    except CalendarFileError:
        raise
    except DocumentError as error:
        file.refuse("weeks", "%(key)s does not hold: %(why)s", why=error.faults[0])


def _find(choice: str) -> TomlFile:
    if choice in preset_names():
        return read_toml(PRESETS / f"{choice}.toml")
    path = Path(choice)
    if not path.is_file():
        names = ", ".join(preset_names())
        raise CalendarFileError(fault(NEITHER, found=choice, names=names))
    return read_toml(path)


def _base(file: TomlFile) -> TomlFile | None:
    if "extends" not in file.table:
        return None
    name = file.string("extends", "")
    if name not in preset_names():
        words = "%(key)s must be one of %(names)s, not %(found)r"
        file.refuse("extends", words, names=", ".join(preset_names()), found=name)
    return read_toml(PRESETS / f"{name}.toml")


def _zone(file: TomlFile) -> ZoneInfo:
    key = file.string("zone", "")
    try:
        return ZoneInfo(key)
    except (KeyError, ValueError, OSError):
        file.refuse("zone", "%(key)s must be a zone like Asia/Jakarta, not %(found)r", found=key)


def _holidays(
    file: TomlFile, more: Sequence[HolidayList]
) -> tuple[Mapping[date, Holiday], frozenset[int]]:
    lists = _named_lists(file) if "holidays" in file.table else [*reviewed_presets(), *more]
    days: dict[date, Holiday] = {}
    for entry in lists:
        days.update(entry.days)
    days.update(read_days(file))
    return days, frozenset(entry.year for entry in lists if entry.complete)


def _named_lists(file: TomlFile) -> list[HolidayList]:
    names = file.table["holidays"]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        file.refuse("holidays", '%(key)s must be a list like ["holidays-2026", "libur-2027.toml"]')
    lists = []
    for name in names:
        preset = PRESETS / f"{name}.toml"
        own = file.path.parent / name
        if not preset.is_file() and not file.path.is_file():
            words = "%(key)s names %(name)s, which does not come with the program"
            file.refuse("holidays", words, name=name)
        entry = read_holiday_list(preset if preset.is_file() else own)
        if not entry.reviewed:
            words = (
                "%(key)s names %(name)s, a draft: check it against the decree and set "
                "reviewed = true"
            )
            file.refuse("holidays", words, name=name)
        lists.append(entry)
    return lists


def _weeks(file: TomlFile) -> tuple[Week, ...]:
    tables = file.tables("weeks")
    starts = file.starts(r"\[\[weeks\]\]", len(tables))
    weeks: list[Week] = []
    for table, start in zip(tables, starts, strict=True):
        windows = _windows(file, table, start)
        for first, last in _periods(file, table, start):
            try:
                weeks.append(Week(windows, first, last))
            except DocumentError as error:
                file.refuse_at(start, fault("weeks: %(why)s", why=error.faults[0]))
    return tuple(weeks)


def _windows(
    file: TomlFile, table: dict[str, object], start: int
) -> tuple[tuple[Window, ...], ...]:
    for key in table:
        if key != "valid" and key not in WEEKDAYS:
            file.refuse(key, NO_WEEKDAY, start, names=", ".join(WEEKDAYS))
    week = []
    for key in WEEKDAYS:
        written = table.get(key, [])
        parsed = [_window(text) for text in written] if isinstance(written, list) else [None]
        windows = tuple(window for window in parsed if window)
        if len(windows) != len(parsed):
            words = '%(key)s must be a list like ["08.00-12.00", "13.00-17.00"], not %(found)r'
            file.refuse(key, words, start, found=written)
        week.append(windows)
    return tuple(week)


def _window(text: object) -> Window | None:
    found = _WINDOW.fullmatch(text) if isinstance(text, str) else None
    if not found:
        return None
    hours, minutes, until_hours, until_minutes = map(int, found.groups())
    opens, closes = hours * 60 + minutes, until_hours * 60 + until_minutes
    sixty = 60
    if minutes >= sixty or until_minutes >= sixty or closes > DAY_MINUTES:
        return None
    return opens, closes


def _periods(file: TomlFile, table: dict[str, object], start: int) -> list[_Period]:
    written = table.get("valid")
    if written is None:
        return [(None, None)]
    if not isinstance(written, list) or not written:
        file.refuse("valid", "%(key)s must be a list like [{ from = 2026-02-19 }]", start)
    return [_period(file, entry, start) for entry in written]


def _period(file: TomlFile, entry: object, start: int) -> _Period:
    if not isinstance(entry, dict) or not entry or entry.keys() - _PERIOD_KEYS:
        file.refuse("valid", "%(key)s has periods of from, until or both", start)
    first, last = entry.get("from"), entry.get("until")
    for day in (first, last):
        # datetime is a date too, and a period has no time of day.
        if day is not None and type(day) is not date:
            words = "%(key)s needs dates like 2026-02-19, not %(found)r"
            file.refuse("valid", words, start, found=day)
    return first, last
