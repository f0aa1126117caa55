"""Dates and times that somebody wrote in the middle of a text: suggestions, never facts (MB-34).

``hari Senin, tanggal 21 November 2021 jam 14.00 WIB berakhir jam 16.00 WIB``: that day was a
Sunday. Which of the two is wrong nobody can tell from the text, so the text stays as it is, the
date is offered as a suggestion, and what disagrees is said beside it. Pure.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING, Final

from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

WEEKDAYS: Final = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
"""Monday first, as ``date.weekday`` counts."""

MOST: Final = 5
"""Suggestions of one text; whoever lists more dates wants something else than a visit."""

LONGEST: Final = 4_000
"""Characters that are looked at."""

_WEEKDAY: Final = {
    "senin": 0, "selasa": 1, "rabu": 2, "kamis": 3, "jumat": 4, "jum'at": 4, "sabtu": 5,
    "minggu": 6, "ahad": 6,
}  # fmt: skip
_MONTH: Final = {
    name: number
    for number, names in enumerate(
        (
            "januari jan", "februari pebruari feb", "maret mar", "april apr", "mei",
            "juni jun", "juli jul", "agustus agu agt ags", "september sept sep",
            "oktober okt", "november nopember nov nop", "desember des",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_RELATIVE: Final = {"kemarin": -1, "hari ini": 0, "besok": 1, "lusa": 2}
_ZONE: Final = {"wib": 7, "wita": 8, "wit": 9}
_HALF_YEAR: Final = timedelta(days=183)
_NOON: Final = 12
_AFTER_NOON: Final = frozenset({"siang", "sore", "petang", "malam"})


def _either(words: object) -> str:
    return "|".join(sorted(map(re.escape, map(str, words)), key=len, reverse=True))  # type: ignore[call-overload]  # any words


_NAMED = f"(?:hari +)?(?P<weekday>{_either(_WEEKDAY)})"
_DATED = (
    rf"(?P<day>\d{{1,2}})(?: +(?P<month>{_either(_MONTH)})\b\.?(?: +(?P<year>\d{{4}}))?"
    r"|[/-](?P<month2>\d{1,2})(?:[/-](?P<year2>\d{4}|\d{2}))?|\.(?P<month3>\d{1,2})\.(?P<year3>\d{4}))"
)
_CLOCK = (
    r"(?:(?:jam|pukul|pkl\.?) *(?P<{0}hour>\d{{1,2}})(?:[.:](?P<{0}minute>\d\d))?"
    r"|(?P<{0}hour2>\d{{1,2}})[.:](?P<{0}minute2>\d\d)"
    r"(?= *(?:wib|wita|wit|s/d|sd\b|sampai|-|\u2013)))"
    r"(?: *(?P<{0}part>pagi|siang|sore|petang|malam)\b)?(?: *(?P<{0}zone>wib|wita|wit)\b)?"
)
_LAST = (
    r"(?:[ ,]*(?:s/d|sd|s\.d\.|sampai(?: dengan)?|hingga|berakhir|selesai|-|\u2013)\s*"
    r"(?:(?:jam|pukul|pkl\.?) *)?(?P<until>\d{1,2})(?:[.:](?P<until_minute>\d\d))?(?!\d))?"
)
_SAID: Final = re.compile(
    rf"(?<![\w/.-])(?:{_NAMED}[ ,]*)?(?P<called>(?:tanggal|tgl\.?) *)?"
    rf"(?:{_DATED}|(?P<relative>{_either(_RELATIVE)}))?(?![\w/])"
    rf"(?:[ ,]*(?:mulai +)?{_CLOCK.format('')}{_LAST})?",
    re.IGNORECASE,
)


@value
class SaidTime:
    """One time as a text says it.

    Attributes:
        words: as written.
        day: the date that the words name.
        starts, ends: aware; None where no hour is named.
        weekday: as written, ``Senin``; "" where none is.
        doubt: why it cannot be right as it stands, Indonesian; "" when nothing disagrees.
    """

    words: str
    day: date
    starts: datetime | None = None
    ends: datetime | None = None
    weekday: str = ""
    doubt: str = ""


def said_times(text: str, written_at: datetime, zone: tzinfo) -> tuple[SaidTime, ...]:
    """The first dates of a text that can be read, in its order.

    Args:
        text: of a citizen.
        written_at: aware; what ``besok`` and a date without a year go by.
        zone: of the office; what hours without a zone are in.
    """
    found: list[SaidTime] = []
    for one in _matches(" ".join(text[:LONGEST].split())):
        said = _read(one, written_at.astimezone(zone), zone)
        if said is not None:
            found.append(said)
        if len(found) == MOST:
            break
    return tuple(found)


def _matches(text: str) -> Iterator[re.Match[str]]:
    """Only where the words name a day.

    A weekday alone needs an hour, or ``hari`` before it; ``24/7`` and ``RT 05/11`` are no dates
    unless something else says so.
    """
    for one in _SAID.finditer(text):
        named = one["weekday"] and (_hour(one) or one[0].lower().startswith("hari "))
        bare = one["month2"] and not (
            one["year2"] or one["called"] or one["weekday"] or _hour(one)
        )
        if (one["day"] and not bare) or one["relative"] or named:
            yield one


def _hour(one: re.Match[str]) -> str | None:
    return one["hour"] or one["hour2"]


def _read(one: re.Match[str], written: datetime, zone: tzinfo) -> SaidTime | None:
    day = _day(one, written.date())
    if day is None:
        return None
    starts, ends = _span(one, day, zone)
    weekday = _WEEKDAY[one["weekday"].lower()] if one["weekday"] else day.weekday()
    doubts = []
    if weekday != day.weekday():
        real = WEEKDAYS[day.weekday()]
        doubts.append(f"tanggal itu hari {real}, tertulis {WEEKDAYS[weekday]}")
    if starts and ends and ends <= starts:
        doubts.append("jam selesainya sebelum jam mulainya")
    named = WEEKDAYS[weekday] if one["weekday"] else ""
    return SaidTime(one[0].strip(" ,"), day, starts, ends, named, "; ".join(doubts))


def _day(one: re.Match[str], today: date) -> date | None:
    """None for a date that no calendar has."""
    if one["relative"]:
        return today + timedelta(days=_RELATIVE[one["relative"].lower()])
    if not one["day"]:
        ahead = (_WEEKDAY[one["weekday"].lower()] - today.weekday()) % 7
        return today + timedelta(days=ahead)
    month = _MONTH[one["month"].lower()] if one["month"] else int(one["month2"] or one["month3"])
    year = one["year"] or one["year2"] or one["year3"]
    try:
        if year:
            return date(int(year) + (2000 if len(year) == 2 else 0), month, int(one["day"]))  # noqa: PLR2004 - "26"
        near = date(today.year, month, int(one["day"]))
        return near.replace(year=near.year + 1) if today - near > _HALF_YEAR else near
    except ValueError:
        return None


def _span(one: re.Match[str], day: date, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    begun = _time(_hour(one), one["minute"] or one["minute2"], one["part"])
    if begun is None:
        return None, None
    there = timezone(timedelta(hours=_ZONE[one["zone"].lower()])) if one["zone"] else zone
    starts = datetime.combine(day, begun, there)
    until = _time(one["until"], one["until_minute"], one["part"])
    return starts, datetime.combine(day, until, there) if until else None


def _time(hour: str | None, minute: str | None, part: str | None) -> time | None:
    """``2 siang`` is 14.00; None for what no clock shows."""
    if hour is None:
        return None
    at = int(hour)
    if part and part.lower() in _AFTER_NOON and at < _NOON and not (part == "siang" and at > 9):  # noqa: PLR2004 - 10 and 11 siang are before noon
        at += _NOON
    try:
        return time(at, int(minute or 0))
    except ValueError:
        return None
