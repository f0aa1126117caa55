"""A calendar as a form shows it, and the document that says the same.

Weeks that did not change keep their lines, comments too; others are written anew. The document is
read again before it is given out: it must say exactly what the form says, else it is left to its
writer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

from config.calendar_files import CalendarFileError, parse_toml
from config.calendar_text import WRITTEN_OTHERWISE, base_of, quoted
from config.calendars import WEEKDAYS, read_hours, whole_of
from core.model.faults import fault
from core.model.week import windows_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from config.calendars import Windows

Span = tuple["date | None", "date | None"]
"""First and last local day, both included; None: without beginning, without end."""

_HEADER: Final = re.compile(r"^[ \t]*\[", re.MULTILINE)
_WEEK: Final = re.compile(r"[ \t]*\[\[weeks\]\]")
_REMARKS: Final = re.compile(r"(?:^[ \t]*#[^\n]*\n)+\Z", re.MULTILINE)
_ALWAYS: Final[tuple[Span, ...]] = ((None, None),)


@dataclass(frozen=True, slots=True)
class Hours:
    """Windows of a week, and when they hold.

    Attributes:
        windows: seven entries, Monday first, as in ``core.model.week.Week``.
        spans: when they hold; without dates for the ordinary week.
    """

    windows: Windows
    spans: tuple[Span, ...] = _ALWAYS


@dataclass(frozen=True, slots=True)
class CalendarSheet:
    """What a form changes of a calendar; days off have forms of their own.

    Attributes:
        zone: as IANA calls it.
        hours: the ordinary week first, then those that hold for a time.
    """

    zone: str
    observes_national: bool
    observes_joint_leave: bool
    hours: tuple[Hours, ...]


def read_sheet(text: str, name: str) -> CalendarSheet:
    """What the document says, with what it takes from its preset.

    Raises:
        CalendarFileError: it cannot be read; the sentence names the line.
    """
    flags, weeks_from = whole_of(parse_toml(text, name))
    found = [Hours(windows, tuple(spans)) for windows, spans, _ in read_hours(weeks_from)]
    return CalendarSheet(
        zone=flags.string("zone", ""),
        observes_national=flags.flag("observes_national", default=True),
        observes_joint_leave=flags.flag("observes_joint_leave", default=True),
        hours=tuple(sorted(found, key=lambda one: one.spans != _ALWAYS)),
    )


def with_sheet(text: str, name: str, wanted: CalendarSheet) -> str:
    """The document changed to say what the form says.

    Raises:
        CalendarFileError: it is written so that only its writer can change it.
    """
    held, made = read_sheet(text, name), text
    if wanted.hours != held.hours:
        made = _with_hours(base_of(made, name), name, wanted.hours)
    for key in (field.name for field in fields(CalendarSheet) if field.name != "hours"):
        value = getattr(wanted, key)
        if value != getattr(held, key):
            made = _with_key(made, key, quoted(value) if key == "zone" else str(value).lower())
    if made != text and not _says(made, name, wanted):
        raise CalendarFileError(fault(WRITTEN_OTHERWISE, document=name))
    return made


def _says(text: str, name: str, wanted: CalendarSheet) -> bool:
    try:
        return read_sheet(text, name) == wanted
    except CalendarFileError:
        return False


def _with_key(text: str, key: str, value: str) -> str:
    """With a key above all tables: in its place, below the name, or at the beginning."""
    header = _HEADER.search(text)
    top = text[: header.start()] if header else text
    line = f"{key} = {value}"
    for place, found in ((key, line), ("name", rf"\g<0>\n{line}")):
        made, times = re.subn(rf"(?m)^[ \t]*{place}[ \t]*=[^\n]*$", found, top, count=1)
        if times:
            return made + text[len(top) :]
    return f"{line}\n{text}"


def _with_hours(text: str, name: str, wanted: tuple[Hours, ...]) -> str:
    parts = list(_parts(text))
    left = {place: _said(part, name) for place, (part, week) in enumerate(parts) if week}
    made = dict.fromkeys(left, "")
    last = max(left, default=len(parts) - 1)
    fresh = []
    for hours in wanted:
        place = _nearest(hours, left)
        if place is None:
            fresh.append(_written(hours))
        else:
            kept = parts[place][0]
            same = left.pop(place) == hours
            made[place] = kept if same else _remarks(kept) + _written(hours) + "\n"
    written = [made.get(place, part) for place, (part, _) in enumerate(parts)]
    if fresh:
        written[last] = "\n\n".join(filter(None, (written[last].rstrip(), *fresh))) + "\n\n"
    return "".join(written).rstrip() + "\n"


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text cut before each table, remarks above it included; whether it is a week."""
    cuts = [(0, False)]
    for found in _HEADER.finditer(text):
        above = _REMARKS.search(text, 0, found.start())
        start = above.start() if above else found.start()
        cuts.append((start, _WEEK.match(text, found.start()) is not None))
    ends = [start for start, _ in cuts[1:]] + [len(text)]
    for (start, week), end in zip(cuts, ends, strict=True):
        yield text[start:end], week


def _said(part: str, name: str) -> Hours:
    ((windows, spans, _),) = read_hours(parse_toml(part, name))
    return Hours(windows, tuple(spans))


def _nearest(hours: Hours, left: Mapping[int, Hours]) -> int | None:
    """The week that says the same, or was changed to say it; None: it is a new one."""
    same = [place for place, one in left.items() if one == hours]
    when = [place for place, one in left.items() if one.spans == hours.spans]
    dated = {place: one for place, one in left.items() if _ALWAYS not in (one.spans, hours.spans)}
    what = [place for place, one in dated.items() if one.windows == hours.windows]
    return next(iter((*same, *when, *what)), None)


def _remarks(part: str) -> str:
    """The remarks above the table."""
    return part[: part.index("[[")]


def _written(hours: Hours) -> str:
    days = [
        f"{day} = [{', '.join(quoted(windows_words((window,))) for window in windows)}]"
        for day, windows in zip(WEEKDAYS, hours.windows, strict=True)
    ]
    return "\n".join(["[[weeks]]", *_valid(hours.spans), *days]) + "\n"


def _valid(spans: tuple[Span, ...]) -> Iterable[str]:
    if spans == _ALWAYS:
        return
    yield "valid = ["
    for first, last in spans:
        ends = (("from", first), ("until", last))
        yield "  { " + ", ".join(f"{key} = {day}" for key, day in ends if day) + " },"
    yield "]"
