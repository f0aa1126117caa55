"""Changes a calendar's TOML by one day or one period, and leaves every other line as it is.

What somebody has written, comments too, stays theirs. Each change is read again before it is
given out: it must have done exactly what was asked, else the document is left to its writer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from config.calendar_files import CalendarFileError, parse_toml
from config.calendars import WEEKDAYS, preset_names
from config.holiday_lists import PRESETS, read_days
from core.model.faults import fault
from core.model.week import windows_words

if TYPE_CHECKING:
    from datetime import date

    from core.model.calendar import Holiday
    from core.model.week import Window

_HEADER: Final = re.compile(r"^[ \t]*\[", re.MULTILINE)
_DAY_TABLE: Final = re.compile(r"^[ \t]*\[\[days\]\][^\n]*\n?", re.MULTILINE)
_WEEK_TABLE: Final = re.compile(r"^[ \t]*\[\[weeks\]\][^\n]*\n?", re.MULTILINE)
_INLINE_DAYS: Final = re.compile(r"^[ \t]*days[ \t]*=[ \t]*\[", re.MULTILINE)
_REST: Final = re.compile(r"[ \t]*(?:#[^\n]*)?\n")
_INLINE_DAY: Final = re.compile(r"[ \t]*\{[^{}\n]*\}[ \t]*,?(?:[ \t]*(?:#[^\n]*)?\n)?")


@dataclass(frozen=True, slots=True)
class Period:
    """Hours that hold from the first to the last day, both included (Ramadan).

    Attributes:
        windows: seven entries, Monday first, as in ``core.model.week.Week``.
    """

    first: date
    last: date
    windows: tuple[tuple[Window, ...], ...]


def preset_text(name: str) -> str:
    """The document of a preset. Raises CalendarFileError for a name that is none."""
    if name not in preset_names():
        raise CalendarFileError(fault("%(document)s is no preset", document=name))
    return (PRESETS / f"{name}.toml").read_text(encoding="utf-8")


def with_day(text: str, name: str, day: date, holiday: Holiday) -> str:
    """The document with a day off more.

    Args:
        text: the document.
        name: of it, for sentences.
        day: a local day that it does not list yet.
        holiday: what the day is called.

    Raises:
        CalendarFileError: the day is listed already, or the document is written so that only its
            writer can change it.
    """
    before = read_days(parse_toml(text, name))
    if day in before:
        words = "%(document)s: %(day)s is listed already, as %(name)s"
        raise CalendarFileError(fault(words, document=name, day=day, name=before[day].name))
    entry = f'date = {day}, type = "{holiday.kind}", name = {_quoted(holiday.name)}'
    inline = _INLINE_DAYS.search(text)
    if inline:
        rest = _REST.match(text, inline.end())
        at, ends = (rest.end(), "\n") if rest else (inline.end(), "")
        made = f"{text[:at]}  {{ {entry} }},{ends}{text[at:]}"
    else:
        made = f"{text.rstrip()}\n\n[[days]]\n" + entry.replace(", ", "\n", 2) + "\n"
    return _as_meant(made, name, {**before, day: holiday})


def without_day(text: str, name: str, day: date) -> str:
    """The document without a day off. Raises CalendarFileError as :func:`with_day` does."""
    before = read_days(parse_toml(text, name))
    if day not in before:
        raise CalendarFileError(
            fault("%(document)s: %(day)s is not listed", document=name, day=day)
        )
    spoken = re.compile(rf"\bdate[ \t]*=[ \t]*{day}\b")
    left = {one: held for one, held in before.items() if one != day}
    places = [*_inline_days(text), *_tables(text, _DAY_TABLE)]
    for start, end in places:
        if spoken.search(text, start, end):
            return _as_meant(text[:start] + text[end:], name, left)
    words = "%(document)s: %(day)s stands where only its writer can take it out"
    raise CalendarFileError(fault(words, document=name, day=day))


def with_period(text: str, name: str, period: Period) -> str:
    """The document with hours for a period more. Raises CalendarFileError when it is none."""
    parse_toml(text, name)
    lines = [
        "[[weeks]]",
        f"valid = [{{ from = {period.first}, until = {period.last} }}]",
        *(
            f"{day} = [{', '.join(_quoted(windows_words((window,))) for window in windows)}]"
            for day, windows in zip(WEEKDAYS, period.windows, strict=True)
        ),
    ]
    return f"{text.rstrip()}\n\n" + "\n".join(lines) + "\n"


def without_period(text: str, name: str, first: date, last: date) -> str:
    """The document without the hours of this period; other periods of those hours stay.

    Raises:
        CalendarFileError: there is no such period, or only its writer can take it out.
    """
    parse_toml(text, name)
    entry = re.compile(
        rf"[ \t]*\{{[ \t]*from[ \t]*=[ \t]*{first}[ \t]*,[ \t]*until[ \t]*=[ \t]*{last}"
        r"[ \t]*\}[ \t]*,?[ \t]*\n?"
    )
    for start, end in _tables(text, _WEEK_TABLE):
        found = entry.search(text, start, end)
        if not found:
            continue
        one_of_many = len(re.findall(r"\bfrom[ \t]*=|\buntil[ \t]*=", text[start:end])) > 2  # noqa: PLR2004 - the two of this period
        cut = found.span() if one_of_many else (start, end)
        made = text[: cut[0]] + text[cut[1] :]
        parse_toml(made, name)
        return made
    words = "%(document)s: no hours from %(first)s until %(last)s that could be taken out"
    raise CalendarFileError(fault(words, document=name, first=first, last=last))


def base_of(text: str, name: str) -> str:
    """The document on its own feet: weeks that it takes from a preset are written into it.

    Raises:
        CalendarFileError: it is no TOML, or extends what there is not.
    """
    file = parse_toml(text, name)
    if "extends" not in file.table or "weeks" in file.table:
        return text
    base = preset_text(file.string("extends", ""))
    weeks = "\n".join(base[start:end].strip() + "\n" for start, end in _tables(base, _WEEK_TABLE))
    return f"{text.rstrip()}\n\n{weeks}"


def _inline_days(text: str) -> list[tuple[int, int]]:
    inline = _INLINE_DAYS.search(text)
    if not inline:
        return []
    return [found.span() for found in _INLINE_DAY.finditer(text, inline.end())]


def _tables(text: str, header: re.Pattern[str]) -> list[tuple[int, int]]:
    """Where each table of a list begins and ends, its header included."""
    places = []
    for found in header.finditer(text):
        after = _HEADER.search(text, found.end())
        places.append((found.start(), after.start() if after else len(text)))
    return places


def _as_meant(made: str, name: str, wanted: dict[date, Holiday]) -> str:
    if read_days(parse_toml(made, name)) != wanted:
        words = "%(document)s is written so that only its writer can change it"
        raise CalendarFileError(fault(words, document=name))
    return made


def _quoted(text: str) -> str:
    """A TOML text on one line."""
    plain = " ".join(text.split())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
