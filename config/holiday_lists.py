"""Lists of holidays and joint leave as reviewed data (requirements §3).

A list names its source and whether somebody has checked it against the decree. The decree alone
decides: an unreviewed list is a draft and closes no office.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from config.calendar_files import CalendarFileError, TomlFile, parse_toml, read_toml
from core.model.calendar import Holiday, HolidayKind
from core.model.faults import fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from core.model.faults import Fault

PRESETS = Path(__file__).parent / "presets"
"""Where the calendars and lists that come with the program lie."""

ESTIMATE = "perkiraan"
"""The word in a name that marks an estimated date."""

_KINDS = ", ".join(kind.value for kind in HolidayKind)
_LIST_KEYS = frozenset({"year", "reviewed", "version", "source", "days"})
_DAY_KEYS = frozenset({"date", "type", "name"})


@dataclass(frozen=True, slots=True)
class HolidayList:
    """The days off of one year from one source.

    Attributes:
        reviewed: checked against the source, date by date.
        version: grows when the decree is amended during the year.
        complete: has national holidays, so that the year counts as loaded; a list of regional
            days alone does not.
    """

    year: int
    reviewed: bool
    version: int
    source: str
    days: Mapping[date, Holiday]

    @property
    def complete(self) -> bool:
        """Whether the year counts as loaded."""
        return any(day.kind is HolidayKind.NATIONAL for day in self.days.values())


def read_holiday_list(path: Path) -> HolidayList:
    """Reads one list, draft or reviewed.

    Raises:
        CalendarFileError: one sentence with file, line and key for the first doubtful line: no
            date, a date of another year or twice, an unknown type, no name, an estimate in a
            reviewed list.
    """
    return _holiday_list(read_toml(path))


def parse_holiday_list(text: str, name: str) -> HolidayList:
    """The same for a document that lies in no folder. Raises CalendarFileError alike."""
    return _holiday_list(parse_toml(text, name))


def _holiday_list(file: TomlFile) -> HolidayList:
    file.only_keys(_LIST_KEYS)
    year, version = _whole(file, "year"), _whole(file, "version")
    reviewed = file.flag("reviewed", default=False)
    days = read_days(file, year=year, reviewed=reviewed)
    return HolidayList(year, reviewed, version, file.string("source", ""), days)


def reviewed_presets() -> list[HolidayList]:
    """The lists that come with the program and have been reviewed. Raises CalendarFileError."""
    lists = [read_holiday_list(path) for path in sorted(PRESETS.glob("holidays-*.toml"))]
    return [entry for entry in lists if entry.reviewed]


def yearly_holidays() -> dict[tuple[int, int], Holiday]:
    """The (month, day) that are off in every year by law. Raises CalendarFileError."""
    written_under = 2000
    days = read_days(read_toml(PRESETS / "yearly-holidays.toml"), year=written_under)
    return {(day.month, day.day): holiday for day, holiday in days.items()}


def read_days(
    file: TomlFile, *, year: int | None = None, reviewed: bool = True
) -> dict[date, Holiday]:
    """The ``days`` of a list or of a calendar file.

    Args:
        file: read already.
        year: every date must lie in it; None for any year.
        reviewed: then an estimated date is refused.

    Raises:
        CalendarFileError: the first doubtful line.
    """
    days: dict[date, Holiday] = {}
    for start, entry, doubt in _entries(file, year, reviewed=reviewed):
        day = entry.get("date")
        if doubt is not None or type(day) is not date:
            file.refuse_at(start, fault("days: %(why)s", why=doubt))
        days[day] = Holiday(str(entry["name"]).strip(), HolidayKind(str(entry["type"])))
    return days


def doubts(text: str, name: str) -> list[tuple[int, Fault]]:
    """Everything that is doubtful in a list of holidays, by line: what an import shows at once.

    A document that is no TOML, or lacks what a list needs, has one doubt: nothing else is read.
    """
    try:
        file = parse_toml(text, name)
        year = _whole(file, "year")
        reviewed = file.flag("reviewed", default=False)
        found = [
            (file.line(start), doubt)
            for start, _, doubt in _entries(file, year, reviewed=reviewed)
            if doubt is not None
        ]
        if not found:
            _holiday_list(file)
    except CalendarFileError as error:
        return [(error.line, error.faults[0])]
    return found


def _entries(
    file: TomlFile, year: int | None, *, reviewed: bool
) -> Iterator[tuple[int, dict[str, object], Fault | None]]:
    """Each entry with where it begins and what is doubtful about it, None for nothing."""
    entries = file.tables("days")
    starts = file.starts(r"(?:\{[ \t]*(?!from\b|until\b)|\[\[days\]\])", len(entries))
    seen: set[date] = set()
    for entry, start in zip(entries, starts, strict=True):
        day = entry.get("date")
        doubt = _doubt(entry, year) or (
            fault("date %(day)s is listed twice", day=day)
            if day in seen
            else _estimate(entry, reviewed=reviewed)
        )
        yield start, entry, doubt
        if type(day) is date:
            seen.add(day)


def _doubt(entry: dict[str, object], year: int | None) -> Fault | None:
    """What is doubtful about a line taken by itself, None for nothing."""
    day, name = entry.get("date"), entry.get("name")
    if unknown := sorted(entry.keys() - _DAY_KEYS):
        return fault("%(key)s is unknown; a day has date, type and name", key=unknown[0])
    # datetime is a date too, and a day off has no time of day.
    if type(day) is not date:
        return fault("date must be a date like 2026-08-17, not %(found)r", found=day)
    if entry.get("type") not in list(HolidayKind):
        words = "type of %(day)s must be one of %(names)s, not %(found)r"
        return fault(words, day=day, names=_KINDS, found=entry.get("type"))
    if not isinstance(name, str) or not name.strip():
        return fault("name of %(day)s is missing", day=day)
    outside = year not in (None, day.year)
    words = "date %(day)s does not lie in %(year)s"
    return fault(words, day=day, year=year) if outside else None


def _estimate(entry: dict[str, object], *, reviewed: bool) -> Fault | None:
    if reviewed and ESTIMATE in str(entry["name"]).lower():
        words = "name of %(day)s says %(found)s, an estimate cannot be in force"
        return fault(words, day=entry["date"], found=ESTIMATE)
    return None


def _whole(file: TomlFile, key: str) -> int:
    value = file.table.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        file.refuse(key, "%(key)s must be a whole number")
    return value
