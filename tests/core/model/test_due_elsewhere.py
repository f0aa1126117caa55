"""Due times as other helpdesks' rules give them: Zammad, Znuny, GLPI, osTicket, Frappe, biz.

The rules are theirs, the rows our own. Where products differ, ours is that of requirements §3: a
length that ends with its window ends at that close; the day of receipt is no working day of its
promise, which ends at the close of its last day; what was left at a pause goes on at its end.
Nobody promises nothing (a target of 0), and a calendar that never opens is refused
(test_calendar.py, test_sla.py).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from core.model import clock_times
from core.model.calendar import Calendar, Holiday, HolidayKind
from core.model.clock import FIRST_ANSWER, SOLUTION, Pause
from core.model.clocks import clock_of
from core.model.deadline import SlaTarget, due
from core.model.sla import DEFAULT_POLICY, SlaTargets, promise
from core.model.terms import Terms
from core.model.week import Week

Windows = tuple[tuple[int, int], ...]


def minutes(hours: str) -> Windows:
    """``9-12 13-17``, with ``2:30`` for half hours."""
    spans = [span.partition("-") for span in hours.split()]
    return tuple((_minute(opens), _minute(closes)) for opens, _, closes in spans)


def _minute(text: str) -> int:
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute or 0)


def calendar(zone: str, *days: str, off: str = "") -> Calendar:
    """The same hours on five days, or those given from Monday on; closed afterwards."""
    week = [minutes(day) for day in (days * 5 if len(days) == 1 else days)]
    week += [()] * (7 - len(week))
    holidays = {
        date.fromisoformat(f"2026-{day}"[-10:]): Holiday("libur", HolidayKind.NATIONAL)
        for day in off.split()
    }
    years = frozenset(range(2011, 2031))
    return Calendar("lain", ZoneInfo(zone), (Week(tuple(week)),), holidays, years)


def daily(zone: str, hours: str, off: str = "") -> Calendar:
    return calendar(zone, *[hours] * 7, off=off)


BERLIN, NEW_YORK, SYDNEY = "Europe/Berlin", "America/New_York", "Australia/Sydney"
HOWE, SAO_PAULO, JAKARTA = "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Jakarta"
OFFICE = calendar(BERLIN, "9-17")
SPLIT = calendar(BERLIN, "9-12 13-17")
TOUCHING = calendar(BERLIN, "9-12 12-17")
MONDAYS = calendar(BERLIN, "10-12", "")
ALWAYS = daily(BERLIN, "0-24")
EVENING = daily(BERLIN, "18-24")
NIGHT = daily(BERLIN, "0-6 22-24")
EARLY = daily(BERLIN, "0-6")
OPENS_IN_GAP = daily(BERLIN, "2:30-10")
CLOSES_IN_GAP = daily(BERLIN, "0-2:30")
A_MINUTE = daily(BERLIN, "12-12:01")
FRAPPE = calendar(BERLIN, "10-18")

MEASURES = {
    "wm": "working_minutes",
    "wh": "working_hours",
    "wd": "working_days",
    "cm": "clock_minutes",
    "cd": "calendar_days",
}

PLAIN = [
    # what, calendar, received, length, due: local, of 2026 unless said
    ("within a window", OFFICE, "03-02 10:30", "60 wm", "03-02 11:30"),
    ("from opening to close", OFFICE, "03-02 09:00", "8 wh", "03-02 17:00"),
    ("at the close", OFFICE, "03-02 17:00", "1 wh", "03-03 10:00"),
    ("a second before the close", OFFICE, "03-02 16:59:59", "1 wm", "03-03 09:00:59"),
    ("a second before opening", OFFICE, "03-02 08:59:59", "1 wm", "03-02 09:01"),
    ("before opening", OFFICE, "03-02 07:00", "4 wh", "03-02 13:00"),
    ("after the close", OFFICE, "03-02 19:00", "4 wh", "03-03 13:00"),
    ("over a weekend", OFFICE, "03-06 16:00", "8 wh", "03-09 16:00"),
    ("an hour before the weekend", OFFICE, "03-06 16:00", "2 wh", "03-09 10:00"),
    ("on a Saturday", OFFICE, "03-07 12:00", "3 wh", "03-09 12:00"),
    ("in the last second of a weekend", OFFICE, "03-08 23:59:59", "1 wm", "03-09 09:01"),
    ("a week", OFFICE, "03-02 09:00", "40 wh", "03-06 17:00"),
    ("a week and an hour", OFFICE, "03-02 09:00", "41 wh", "03-09 10:00"),
    ("a week in minutes", OFFICE, "03-04 12:00", "2400 wm", "03-11 12:00"),
    ("a day's hours are not a day", OFFICE, "03-03 13:00", "8 wh", "03-04 13:00"),
    ("a day", OFFICE, "03-03 13:00", "1 wd", "03-04 17:00"),
    ("a day from Friday", OFFICE, "03-06 09:00", "1 wd", "03-09 17:00"),
    ("a day from Saturday", OFFICE, "03-07 09:00", "1 wd", "03-09 17:00"),
    ("a day from after the close", OFFICE, "03-03 20:00", "1 wd", "03-04 17:00"),
    ("seven days", OFFICE, "03-02 10:00", "7 wd", "03-11 17:00"),
    ("ten days", OFFICE, "03-02 10:00", "10 wd", "03-16 17:00"),
    ("fifty weeks of days", OFFICE, "01-02 10:00", "250 wd", "12-18 17:00"),
    ("a year of hours", OFFICE, "01-05 09:00", "2080 wh", "2027-01-01 17:00"),
    # leap days
    ("into a leap day", OFFICE, "2028-02-28 16:00", "2 wh", "2028-02-29 10:00"),
    ("to a leap day", OFFICE, "2028-02-28 16:00", "1 wd", "2028-02-29 17:00"),
    ("over no leap day", OFFICE, "2027-02-26 16:00", "2 wh", "2027-03-01 10:00"),
    ("a year from a leap day", OFFICE, "2028-02-29 12:00", "365 cd", "2029-02-28 12:00"),
    ("a holiday on a leap day", calendar(BERLIN, "9-17", off="2028-02-29"), "2028-02-28 16:00",
     "2 wh", "2028-03-01 10:00"),
    # windows
    ("over a break", SPLIT, "03-02 11:30", "60 wm", "03-02 13:30"),
    ("up to a break", SPLIT, "03-02 11:00", "60 wm", "03-02 12:00"),
    ("in a break", SPLIT, "03-02 12:30", "30 wm", "03-02 13:30"),
    ("windows that touch", TOUCHING, "03-02 11:00", "2 wh", "03-02 13:00"),
    ("one window a week", MONDAYS, "03-02 11:30", "60 wm", "03-09 10:30"),
    ("one day a week", MONDAYS, "03-02 11:30", "3 wd", "03-23 12:00"),
    ("a minute a day", A_MINUTE, "03-02 09:00", "3 wm", "03-04 12:01"),
    ("until 24.00", EVENING, "03-02 18:00", "6 wh", "03-03 00:00"),
    ("past 24.00", EVENING, "03-02 23:30", "60 wm", "03-03 18:30"),
    ("a day that ends at 24.00", EVENING, "03-02 18:00", "1 wd", "03-04 00:00"),
    ("through midnight", NIGHT, "03-02 23:00", "4 wh", "03-03 03:00"),
    ("from the end of a night", NIGHT, "03-03 05:00", "2 wh", "03-03 23:00"),
    ("round the clock", ALWAYS, "03-07 22:00", "30 wh", "03-09 04:00"),
    ("minutes of the clock", OFFICE, "03-07 22:00", "30 cm", "03-07 22:30"),
    # holidays
    ("a holiday after the weekend", calendar(BERLIN, "9-17", off="03-09"), "03-06 16:00", "2 wh",
     "03-10 10:00"),
    ("two before the weekend", calendar(BERLIN, "9-17", off="03-05 03-06"), "03-04 16:00", "2 wh",
     "03-09 10:00"),
    ("within a holiday", calendar(BERLIN, "9-17", off="03-05 03-06"), "03-05 15:00", "30 wm",
     "03-09 09:30"),
    ("a day from within a holiday", calendar(BERLIN, "9-17", off="03-05"), "03-05 15:00", "1 wd",
     "03-06 17:00"),
    ("a holiday on a day off", calendar(BERLIN, "9-17", off="03-07"), "03-06 16:00", "2 wh",
     "03-09 10:00"),
    ("the end of a year",
     calendar(BERLIN, "9-17", off="12-24 12-25 12-28 12-29 12-30 12-31 2027-01-01"),
     "12-23 16:00", "2 wh", "2027-01-04 10:00"),
    ("round the clock but for a holiday", daily(BERLIN, "0-24", off="03-03"), "03-02 23:00",
     "2 wh", "03-04 01:00"),
    ("clock minutes in a holiday", calendar(BERLIN, "9-17", off="03-05"), "03-05 15:00", "30 cm",
     "03-05 15:30"),
    # summer time
    ("over the spring weekend", OFFICE, "03-27 16:12:23", "330 wm", "03-30 13:42:23"),
    ("over the autumn weekend", OFFICE, "10-23 16:12:23", "330 wm", "10-26 13:42:23"),
    ("days over the spring weekend", OFFICE, "03-27 16:00", "1 wd", "03-30 17:00"),
    ("round the clock in spring", ALWAYS, "03-28 22:00", "6 wh", "03-29 05:00"),
    ("round the clock in autumn", ALWAYS, "10-24 22:00", "6 wh", "10-25 03:00"),
    ("a night that is short", EARLY, "03-29 00:00", "6 wh", "03-30 01:00"),
    ("a night that is long", EARLY, "10-25 00:00", "7 wh", "10-25 06:00"),
    ("opening in the hour that is left out", OPENS_IN_GAP, "03-29 00:00", "1 wh", "03-29 04:00"),
    ("closing in the hour that is left out", CLOSES_IN_GAP, "03-29 00:00", "2 wh", "03-29 03:00"),
    ("after a close that was left out", CLOSES_IN_GAP, "03-29 00:00", "3 wh", "03-30 01:00"),
    ("a day of the clock in spring", OFFICE, "03-28 12:00", "1440 cm", "03-29 13:00"),
    ("a day of the clock in autumn", OFFICE, "10-24 12:00", "1440 cm", "10-25 11:00"),
    ("a calendar day in spring", OFFICE, "03-28 12:00", "1 cd", "03-29 12:00"),
    ("a calendar day in autumn", OFFICE, "10-24 12:00", "1 cd", "10-25 12:00"),
    ("New York in spring", calendar(NEW_YORK, "9-17"), "03-06 16:00", "2 wh", "03-09 10:00"),
    ("New York round the clock", daily(NEW_YORK, "0-24"), "11-01 00:30", "4 wh", "11-01 03:30"),
    ("Sydney, where spring is in October", calendar(SYDNEY, "9-17"), "10-02 16:00", "2 wh",
     "10-05 10:00"),
    ("Sydney round the clock", daily(SYDNEY, "0-24"), "10-04 01:00", "2 wh", "10-04 04:00"),
    ("half an hour is left out", daily(HOWE, "0-24"), "10-04 01:30", "1 wh", "10-04 03:00"),
    ("half an hour comes twice", daily(HOWE, "0-24"), "04-05 01:15", "90 wm", "04-05 02:15"),
    ("midnight is left out", daily(SAO_PAULO, "0-24"), "2018-11-03 23:30", "60 wm",
     "2018-11-04 01:30"),
    ("a close at a midnight left out", daily(SAO_PAULO, "8-24"), "2018-11-02 10:00", "1 wd",
     "2018-11-04 01:00"),
    # zones
    ("half an hour beside the others", calendar("Asia/Kolkata", "9-17"), "03-02 08:30", "1 wh",
     "03-02 10:00"),
    ("three quarters beside the others", calendar("Asia/Kathmandu", "9-17"), "03-06 16:45",
     "30 wm", "03-09 09:15"),
    ("the far side of the date line", calendar("Pacific/Kiritimati", "9-17"), "03-06 16:00",
     "2 wh", "03-09 10:00"),
    ("Jakarta, which never changes", daily(JAKARTA, "0-24"), "03-28 22:00", "6 wh", "03-29 04:00"),
]  # fmt: skip

PAUSED = [
    # what, calendar, received, length, pauses, due
    ("an hour", OFFICE, "03-02 09:00", "8 wh", ["03-02 10:00/03-02 11:00"], "03-03 10:00"),
    ("two in a day", OFFICE, "03-02 09:00", "8 wh",
     ["03-02 10:00/03-02 10:15", "03-02 10:30/03-02 10:45"], "03-03 09:30"),
    ("over the close", OFFICE, "03-02 09:00", "8 wh", ["03-02 16:45/03-03 09:15"], "03-03 09:30"),
    ("only at night", OFFICE, "03-02 16:00", "2 wh", ["03-02 17:00/03-03 09:00"], "03-03 10:00"),
    ("over a weekend", OFFICE, "03-06 15:00", "4 wh", ["03-06 16:00/03-09 10:00"], "03-09 13:00"),
    ("within a weekend", OFFICE, "03-06 15:00", "4 wh", ["03-07 09:00/03-08 21:00"],
     "03-09 11:00"),
    ("past the due time", OFFICE, "03-02 09:00", "8 wh", ["03-02 16:00/03-04 12:00"],
     "03-04 13:00"),
    ("ended after the close", OFFICE, "03-02 09:00", "8 wh", ["03-02 16:00/03-03 20:00"],
     "03-04 10:00"),
    ("ended on a Sunday", OFFICE, "03-06 09:00", "8 wh", ["03-06 16:00/03-08 20:00"],
     "03-09 10:00"),
    ("begun at the receipt", OFFICE, "03-02 09:00", "2 wh", ["03-02 09:00/03-03 09:00"],
     "03-03 11:00"),
    ("begun before the receipt", OFFICE, "03-02 10:00", "2 wh", ["03-01 09:00/03-02 11:00"],
     "03-02 13:00"),
    ("begun when it was due", OFFICE, "03-02 09:00", "2 wh", ["03-02 11:00/03-03 11:00"],
     "03-02 11:00"),
    ("begun a second before it was due", OFFICE, "03-02 09:00", "2 wh",
     ["03-02 10:59:59/03-03 11:00"], "03-03 11:00:01"),
    ("after it was due", OFFICE, "03-02 09:00", "2 wh", ["03-02 12:00/03-03 11:00"],
     "03-02 11:00"),
    ("of no length", OFFICE, "03-02 09:00", "2 wh", ["03-02 10:00/03-02 10:00"], "03-02 11:00"),
    ("the same twice", OFFICE, "03-02 09:00", "4 wh", ["03-02 10:00/03-02 11:00"] * 2,
     "03-02 14:00"),
    ("one within another", OFFICE, "03-02 09:00", "4 wh",
     ["03-02 10:00/03-02 12:00", "03-02 10:30/03-02 11:00"], "03-02 15:00"),
    ("each moves into the next", OFFICE, "03-02 09:00", "4 wh",
     ["03-02 12:00/03-02 14:00", "03-02 14:30/03-02 16:30"], "03-02 17:00"),
    ("twenty working hours in two parts", OFFICE, "03-02 09:00", "16 wh",
     ["03-03 09:00/03-04 09:00", "03-04 10:00/03-05 10:00"], "03-05 17:00"),
    ("an hour of two, then a second more", FRAPPE, "03-05 15:00", "2 wh",
     ["03-05 15:30/03-05 16:30:01"], "03-06 10:00:01"),
    ("an hour of two, to the close", FRAPPE, "03-05 15:00", "2 wh", ["03-05 15:30/03-05 16:30"],
     "03-05 18:00"),
    ("over a break", SPLIT, "03-02 09:00", "4 wh", ["03-02 11:00/03-02 14:00"], "03-02 16:00"),
    ("in a break", SPLIT, "03-02 09:00", "4 wh", ["03-02 12:00/03-02 13:00"], "03-02 14:00"),
    ("over a holiday", calendar(BERLIN, "9-17", off="03-03"), "03-02 16:00", "2 wh",
     ["03-02 16:30/03-04 09:30"], "03-04 11:00"),
    ("within a holiday", calendar(BERLIN, "9-17", off="03-03"), "03-02 16:00", "2 wh",
     ["03-03 09:00/03-03 15:00"], "03-04 10:00"),
    ("a day of a day", OFFICE, "03-02 10:00", "1 wd", ["03-03 09:00/03-04 09:00"], "03-04 17:00"),
    ("three days over a weekend", OFFICE, "03-05 10:00", "3 wd", ["03-06 09:00/03-11 09:00"],
     "03-13 17:00"),
    ("on the day of receipt", OFFICE, "03-02 10:00", "1 wd", ["03-02 11:00/03-02 13:00"],
     "03-04 11:00"),
    ("round the clock", ALWAYS, "03-02 08:00", "2 wh", ["03-02 09:00/03-02 10:05"], "03-02 11:05"),
    ("a quarter gone, half an hour off", ALWAYS, "03-02 01:15", "30 wm",
     ["03-02 01:30/03-02 02:00"], "03-02 02:15"),
    ("through midnight", NIGHT, "03-02 22:00", "4 wh", ["03-02 23:00/03-03 01:00"], "03-03 04:00"),
    ("over the spring night", ALWAYS, "03-28 20:00", "8 wh", ["03-28 22:00/03-29 04:00"],
     "03-29 10:00"),
    ("over the autumn night", ALWAYS, "10-24 20:00", "8 wh", ["10-24 22:00/10-25 04:00"],
     "10-25 10:00"),
    ("minutes of the clock", OFFICE, "03-07 20:00", "120 cm", ["03-07 21:00/03-07 21:30"],
     "03-07 22:30"),
    ("calendar days", OFFICE, "03-02 10:00", "2 cd", ["03-03 10:00/03-05 10:00"], "03-06 10:00"),
]  # fmt: skip


def local(calendar: Calendar, text: str) -> datetime:
    whole = text if text.startswith("20") else f"2026-{text}"
    return datetime.fromisoformat(whole).replace(tzinfo=calendar.zone)


def target(length: str) -> SlaTarget:
    amount, _, measure = length.partition(" ")
    read = SlaTarget.read(f"{amount} {MEASURES[measure]}")
    assert read is not None
    return read


def shown(calendar: Calendar, at: datetime) -> str:
    assert at.tzinfo is UTC
    there = at.astimezone(calendar.zone).strftime("%Y-%m-%d %H:%M:%S")
    return re.sub(r"^2026-|(?<=:\d\d):00$", "", there)


@pytest.mark.parametrize(
    ("where", "received", "length", "expected"),
    [row[1:] for row in PLAIN],
    ids=[row[0] for row in PLAIN],
)
def test_due(where: Calendar, received: str, length: str, expected: str) -> None:
    at = local(where, received)
    assert shown(where, due(where, target(length), at).at) == expected
    # Whoever asks in another zone gets the same instant.
    assert shown(where, due(where, target(length), at.astimezone(UTC)).at) == expected


def pause(where: Calendar, span: str) -> Pause:
    start, end = (local(where, text).astimezone(UTC) for text in span.split("/"))
    return Pause(
        "access", stops=True, started_at=start, expected_at=end, for_whom="", note="", ended_at=end
    )


def terms(where: Calendar, length: str) -> Terms:
    promised = SlaTargets(first_answer=target(length), solution=target(length))
    return Terms(where, promised, DEFAULT_POLICY)


@pytest.mark.parametrize(
    ("where", "received", "length", "spans", "expected"),
    [row[1:] for row in PAUSED],
    ids=[row[0] for row in PAUSED],
)
def test_due_with_pauses(
    where: Calendar, received: str, length: str, spans: list[str], expected: str
) -> None:
    rules, at = terms(where, length), local(where, received).astimezone(UTC)
    owed = clock_of(promise(where, SOLUTION, target(length), at, 75))
    pauses = [pause(where, span) for span in spans]
    moved = clock_times.recomputed(rules, owed, pauses)
    assert shown(where, moved.due_at) == expected
    assert moved.due_at >= owed.due_at
    assert clock_times.recomputed(rules, moved, pauses) == moved
    assert clock_times.recomputed(rules, owed, pauses[::-1]) == moved
    there = [replace(one, ended_at=one.expected_at.astimezone(where.zone)) for one in pauses]
    assert clock_times.recomputed(rules, owed, there) == moved
    answer = clock_of(promise(where, FIRST_ANSWER, target(length), at, 75))
    assert clock_times.recomputed(rules, answer, pauses) == answer


HASTY, USUAL, SLOW = "4 wh", "8 wh", "3 wd"

REPRIORITISED = [
    # what, length before, then, pauses, due then: received on Monday 2 March at 09:00
    ("to less", USUAL, HASTY, ["03-02 11:00/03-02 12:00"], "03-02 14:00"),
    ("to more", HASTY, USUAL, ["03-02 11:00/03-02 12:00"], "03-03 10:00"),
    ("to days", USUAL, SLOW, ["03-02 11:00/03-03 11:00"], "03-06 17:00"),
    ("back from days", SLOW, HASTY, ["03-02 11:00/03-03 11:00"], "03-03 13:00"),
    ("to what was over by then", USUAL, "1 wh", ["03-02 11:00/03-03 11:00"], "03-02 10:00"),
    ("to what ends as it begins", USUAL, "2 wh", ["03-02 11:00/03-03 11:00"], "03-02 11:00"),
    ("to what ends in the second pause", USUAL, HASTY,
     ["03-02 10:00/03-02 11:00", "03-02 12:00/03-03 12:00"], "03-03 14:00"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "then", "spans", "expected"),
    [row[1:] for row in REPRIORITISED],
    ids=[row[0] for row in REPRIORITISED],
)
def test_another_priority_while_it_stands_still(
    before: str, then: str, spans: list[str], expected: str
) -> None:
    """Counted from the receipt, whether it changes during the last pause or after it."""
    at = local(OFFICE, "03-02 09:00").astimezone(UTC)
    owed = clock_of(promise(OFFICE, SOLUTION, target(before), at, 75))
    pauses = [pause(OFFICE, span) for span in spans]
    lasting = [*pauses[:-1], replace(pauses[-1], ended_at=None)]
    [during] = clock_times.repromise(terms(OFFICE, then), [owed], lasting)
    assert during.look_at is None
    resumed = clock_times.recomputed(terms(OFFICE, then), during, pauses)
    [after] = clock_times.repromise(terms(OFFICE, then), [owed], pauses)
    assert [shown(OFFICE, one.due_at) for one in (resumed, after)] == [expected, expected]
