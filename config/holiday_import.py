"""Holidays as people have them, a spreadsheet's lines, made into a list as the store keeps it.

A line holds a date and a name, and says where it is joint leave or regional. What cannot be read
is told with its line and left out; nothing is guessed.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from core.model.calendar import HolidayKind
from core.model.faults import fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.model.faults import Fault

MONTHS: Final = (
    *("januari", "februari", "maret", "april", "mei", "juni", "juli", "agustus", "september"),
    *("oktober", "november", "desember"),
)
NO_DATE: Final = fault("no date like 2028-08-17 or 17 Agustus 2028")
NO_NAME: Final = fault("no name of the day")

_ISO: Final = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_DAY_FIRST: Final = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b")
_IN_WORDS: Final = re.compile(
    rf"\b(\d{{1,2}})\s+({'|'.join(MONTHS)})\s+(\d{{4}})\b", re.IGNORECASE
)
_CELLS: Final = re.compile(r"[\t;|]|,(?=\S)|,\s|\s{3,}")
_WEEKDAY: Final = re.compile(
    r"^(?:senin|selasa|rabu|kamis|jumat|jum'at|sabtu|minggu)$", re.IGNORECASE
)
_KINDS: Final[Mapping[str, HolidayKind]] = {
    "cuti": HolidayKind.JOINT_LEAVE,
    "joint": HolidayKind.JOINT_LEAVE,
    "daerah": HolidayKind.REGIONAL,
    "regional": HolidayKind.REGIONAL,
}
_KIND_CELL: Final = re.compile(
    r"^(?:libur )?(?:nasional|national|cuti bersama|joint.leave|daerah|regional)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Converted:
    """What lines became.

    Attributes:
        text: TOML of a list that is a draft still.
        left_out: number of a line and why it could not be read.
    """

    text: str
    left_out: tuple[tuple[int, Fault], ...]


def is_document(text: str) -> bool:
    """Whether this is TOML of a list already, or meant to be."""
    try:
        return "days" in tomllib.loads(text)
    except ValueError:
        return re.search(r"^[ \t]*(?:year|days|\[\[days\]\])", text, re.MULTILINE) is not None


def as_document(text: str, year: int) -> Converted:
    """A list of this year from lines of a spreadsheet; the first may be its headings."""
    days: list[str] = []
    left_out: list[tuple[int, Fault]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        day, rest = _date(line)
        cells = [cell.strip(" \"'") for cell in _CELLS.split(rest)]
        name = max((one for one in cells if _is_name(one)), key=len, default="")
        if day is None:
            left_out += [(number, NO_DATE)] if days or number > 1 else []
        elif not name:
            left_out.append((number, NO_NAME))
        else:
            kind = _kind(rest)
            told = name.replace("\\", "").replace('"', "'")
            days.append(f'  {{ date = {day}, type = "{kind}", name = "{told}" }},')
    head = f'year = {year}\nreviewed = false\nversion = 1\nsource = "-"\n\n'
    return Converted(f"{head}days = [\n" + "\n".join(days) + "\n]\n", tuple(left_out))


def _date(line: str) -> tuple[date | None, str]:
    """The first date of a line, and what is left of it."""
    for pattern in (_ISO, _DAY_FIRST, _IN_WORDS):
        found = pattern.search(line)
        if not found:
            continue
        one, two, three = found.groups()
        month = MONTHS.index(two.lower()) + 1 if not two.isdigit() else int(two)
        first, last = (three, one) if pattern is _ISO else (one, three)
        try:
            return date(int(last), month, int(first)), pattern.sub("\t", line, count=1)
        except ValueError:
            return None, line
    return None, line


def _is_name(cell: str) -> bool:
    has_letters = any(sign.isalpha() for sign in cell)
    return has_letters and not _WEEKDAY.match(cell) and not _KIND_CELL.match(cell)


def _kind(rest: str) -> HolidayKind:
    words = rest.casefold()
    return next((kind for mark, kind in _KINDS.items() if mark in words), HolidayKind.NATIONAL)
