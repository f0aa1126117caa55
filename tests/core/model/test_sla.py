from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from config.calendars import load_calendar
from core.model.deadline import LONGEST, due, stretches
from core.model.sla import (
    DEFAULT_POLICY,
    FIRST_ANSWER,
    SOLUTION,
    Measure,
    SlaPolicy,
    SlaTarget,
    SlaTargets,
    explain,
    promises,
)
from core.model.ticket import Priority, Promise
from tests.core.model.calendar_samples import WIB, desk, local

if TYPE_CHECKING:
    from core.model.calendar import Calendar

BANYUWANGI = load_calendar("banyuwangi")
PEMERINTAH = load_calendar("pemerintah")
RS24 = load_calendar("rs24")

HALF_HOUR = SlaTarget(30, Measure.WORKING_MINUTES)
TWO_HOURS = SlaTarget(2, Measure.WORKING_HOURS)
ONE_DAY = SlaTarget(1, Measure.WORKING_DAYS)
FIVE_DAYS = SlaTarget(5, Measure.WORKING_DAYS)
FIVE_ON_THE_WALL = SlaTarget(5, Measure.CALENDAR_DAYS)
RULES = (HALF_HOUR, TWO_HOURS, ONE_DAY, FIVE_DAYS, FIVE_ON_THE_WALL)

# The twelve worked cases of requirements §3, all five columns; month-day hour:minute of 2026.
WORKED = [
    (BANYUWANGI, "07-14 10:00", "07-14 10:30 07-14 12:00 07-15 17:00 07-20 17:00 07-19 10:00"),
    (BANYUWANGI, "07-14 11:30", "07-14 12:00 07-14 14:30 07-15 17:00 07-20 17:00 07-19 11:30"),
    (BANYUWANGI, "07-14 16:45", "07-15 08:15 07-15 09:45 07-15 17:00 07-20 17:00 07-19 16:45"),
    (BANYUWANGI, "07-17 10:45", "07-17 13:15 07-17 14:45 07-18 12:00 07-23 17:00 07-22 10:45"),
    (BANYUWANGI, "07-18 11:50", "07-20 08:20 07-20 09:50 07-20 17:00 07-24 17:00 07-23 11:50"),
    (BANYUWANGI, "07-19 22:00", "07-20 08:30 07-20 10:00 07-20 17:00 07-24 17:00 07-24 22:00"),
    (BANYUWANGI, "08-15 11:50", "08-18 08:20 08-18 09:50 08-18 17:00 08-22 12:00 08-20 11:50"),
    (BANYUWANGI, "03-17 15:00", "03-17 15:30 03-17 17:00 03-25 17:00 03-30 17:00 03-22 15:00"),
    (BANYUWANGI, "12-23 16:45", "12-26 08:15 12-26 09:45 12-26 12:00 12-31 17:00 12-28 16:45"),
    (PEMERINTAH, "12-23 16:45", "12-28 08:00 12-28 09:30 12-28 16:00 01-04 16:00 12-28 16:45"),
    (PEMERINTAH, "02-19 14:50", "02-20 08:20 02-20 09:50 02-20 15:30 02-26 15:00 02-24 14:50"),
    (PEMERINTAH, "02-20 11:20", "02-20 12:50 02-20 14:20 02-23 15:00 02-27 15:30 02-25 11:20"),
]


def _of_2026(text: str) -> datetime:
    year = 2027 if text.startswith("01") else 2026
    return local(f"{year}-{text}")


def _columns(row: str) -> list[datetime]:
    words = row.split()
    return [_of_2026(f"{day} {clock}") for day, clock in zip(words[::2], words[1::2], strict=True)]


def _policy(answer: SlaTarget, solution: SlaTarget) -> SlaPolicy:
    return SlaPolicy(dict.fromkeys(Priority, SlaTargets(answer, solution)))


@pytest.mark.parametrize(
    ("calendar", "received", "row"), WORKED, ids=[f"{c.name} {at}" for c, at, _ in WORKED]
)
class TestWorkedCases:
    def test_every_column(self, calendar: Calendar, received: str, row: str) -> None:
        computed = [due(calendar, rule, _of_2026(received)) for rule in RULES]
        assert [answer.at for answer in computed] == _columns(row)

    def test_only_the_one_that_runs_into_2027_is_provisional(
        self, calendar: Calendar, received: str, row: str
    ) -> None:
        computed = [due(calendar, rule, _of_2026(received)).provisional for rule in RULES]
        expected = [at.year == 2027 for at in _columns(row)]
        assert computed == expected

    @pytest.mark.parametrize("column", range(len(RULES)))
    def test_the_steps_in_words_end_in_the_same_time(
        self, calendar: Calendar, received: str, row: str, column: int
    ) -> None:
        policy = _policy(RULES[column], RULES[column])
        steps = explain(calendar, policy, Priority.NORMAL, _of_2026(received))
        ending = f"{_columns(row)[column]:%d/%m/%Y %H.%M} WIB."
        assert steps[-1].startswith("Selesai paling lambat ")
        assert steps[-1].endswith(ending)
        answered = [step for step in steps if step.startswith("Dijawab petugas paling lambat")]
        assert len(answered) == 1
        assert answered[0].endswith(ending)


def test_the_sums_of_a_week_are_the_published_hours() -> None:
    monday = local("2026-07-06 00:00")
    for calendar, hours in ((BANYUWANGI, 43), (PEMERINTAH, 37.5), (RS24, 168)):
        end = due(calendar, SlaTarget(int(hours * 60), Measure.WORKING_MINUTES), monday).at
        assert monday < end <= monday + timedelta(weeks=1)
        more = due(calendar, SlaTarget(int(hours * 60) + 1, Measure.WORKING_MINUTES), monday).at
        assert more > monday + timedelta(weeks=1)


def test_ramadan_makes_32_hours_and_a_half() -> None:
    monday = local("2026-02-23 00:00")
    end = due(PEMERINTAH, SlaTarget(1950, Measure.WORKING_MINUTES), monday).at
    assert end == local("2026-02-27 15:30")


PROMISED = [
    # priority, received, first answer, solution
    (Priority.EMERGENCY, "2026-07-19 22:00", "2026-07-19 22:30", "2026-07-20 10:00"),
    (Priority.EMERGENCY, "2026-07-19 23:45", "2026-07-20 00:15", "2026-07-20 10:00"),
    (Priority.HIGH, "2026-07-14 10:00", "2026-07-14 10:30", "2026-07-15 17:00"),
    (Priority.NORMAL, "2026-07-14 10:00", "2026-07-14 10:30", "2026-07-20 17:00"),
    (Priority.LOW, "2026-07-14 10:00", "2026-07-14 11:00", "2026-07-20 17:00"),
    (Priority.LOW, "2026-07-14 11:30", "2026-07-14 13:30", "2026-07-20 17:00"),
]


@pytest.mark.parametrize(("priority", "received", "answer", "solution"), PROMISED)
def test_the_default_promises(
    priority: Priority, received: str, answer: str, solution: str
) -> None:
    made = promises(BANYUWANGI, DEFAULT_POLICY, priority, local(received))
    assert [Promise(one.target, one.due_at, one.provisional) for one in made] == [
        Promise(FIRST_ANSWER, local(answer).astimezone(UTC)),
        Promise(SOLUTION, local(solution).astimezone(UTC)),
    ]
    assert [one.started_at for one in made] == [local(received)] * 2


def test_due_times_are_utc_and_keep_seconds() -> None:
    received = local("2026-07-14 16:45:17")
    answer, solution = promises(BANYUWANGI, DEFAULT_POLICY, Priority.NORMAL, received)
    assert answer.due_at == local("2026-07-15 08:15:17")
    assert answer.due_at.tzinfo is UTC
    assert solution.due_at.tzinfo is UTC


ZONES = [
    ("Asia/Jakarta", "WIB", 7),
    ("Asia/Pontianak", "WIB", 7),
    ("Asia/Makassar", "WITA", 8),
    ("Asia/Jayapura", "WIT", 9),
]


@pytest.mark.parametrize(("key", "name", "hours"), ZONES)
def test_each_zone_counts_and_speaks_its_own_time(key: str, name: str, hours: int) -> None:
    zone = ZoneInfo(key)
    calendar = load_calendar("banyuwangi", zone)
    received = local("2026-07-14 16:45", zone)
    answer, solution = promises(calendar, DEFAULT_POLICY, Priority.NORMAL, received)
    assert answer.due_at == datetime(2026, 7, 15, 8, 15, tzinfo=UTC) - timedelta(hours=hours)
    assert solution.due_at == datetime(2026, 7, 20, 17, 0, tzinfo=UTC) - timedelta(hours=hours)
    steps = explain(calendar, DEFAULT_POLICY, Priority.NORMAL, received)
    assert steps[0] == f"Diterima Sel 14/07/2026 16.45 {name}, prioritas Normal."


def test_the_same_instant_may_be_another_working_day_further_east() -> None:
    # 23.30 in Jakarta is 01.30 the next day in Jayapura.
    received = local("2026-07-13 23:30")
    east = load_calendar("banyuwangi", ZoneInfo("Asia/Jayapura"))
    here = due(BANYUWANGI, ONE_DAY, received).at
    there = due(east, ONE_DAY, received).at
    assert here == local("2026-07-14 17:00")
    assert there == local("2026-07-15 17:00", east.zone)


YEAR_END = [
    # calendar, target, received, due, provisional
    (BANYUWANGI, HALF_HOUR, "2026-12-31 16:30", "2026-12-31 17:00", False),
    (BANYUWANGI, HALF_HOUR, "2026-12-31 16:31", "2027-01-02 08:01", True),
    (BANYUWANGI, ONE_DAY, "2026-12-30 16:30", "2026-12-31 17:00", False),
    (BANYUWANGI, ONE_DAY, "2026-12-31 16:30", "2027-01-02 12:00", True),
    (BANYUWANGI, HALF_HOUR, "2025-12-31 16:30", "2025-12-31 17:00", True),
    (
        BANYUWANGI,
        SlaTarget(30, Measure.CLOCK_MINUTES),
        "2026-12-31 23:45",
        "2027-01-01 00:15",
        False,
    ),
    (BANYUWANGI, FIVE_ON_THE_WALL, "2026-12-31 23:45", "2027-01-05 23:45", False),
    (RS24, ONE_DAY, "2026-12-31 16:30", "2027-01-02 00:00", False),
    (RS24, HALF_HOUR, "2026-12-31 23:45", "2027-01-01 00:15", False),
]


@pytest.mark.parametrize(("calendar", "target", "received", "expected", "provisional"), YEAR_END)
def test_a_year_without_its_holidays_makes_it_provisional(
    calendar: Calendar, target: SlaTarget, received: str, expected: str, *, provisional: bool
) -> None:
    assert due(calendar, target, local(received)) == (local(expected), provisional)


def test_a_window_that_ends_at_midnight_belongs_to_its_own_day() -> None:
    calendar = desk(weeks=RS24.weeks)  # round the clock, but observing holidays
    answer = due(calendar, HALF_HOUR, local("2026-12-31 23:30"))
    assert answer == (local("2027-01-01 00:00"), False)
    assert due(calendar, HALF_HOUR, local("2026-12-31 23:31")).provisional


def test_round_the_clock_works_through_idul_fitri() -> None:
    answer, solution = promises(RS24, DEFAULT_POLICY, Priority.HIGH, local("2026-03-21 03:00"))
    assert answer.due_at == local("2026-03-21 03:30")
    assert solution.due_at == local("2026-03-23 00:00")


@pytest.mark.parametrize(
    "rule", [*RULES, SlaTarget(30, Measure.CLOCK_MINUTES)], ids=lambda rule: rule.measure.value
)
def test_a_naive_receipt_is_refused(rule: SlaTarget) -> None:
    with pytest.raises(ValueError, match="without zone"):
        due(BANYUWANGI, rule, datetime(2026, 7, 14, 10))  # noqa: DTZ001 - the point


@pytest.mark.parametrize("amount", [0, -5, 366 * 24 * 60 + 1])
def test_amounts_are_from_one_unit_to_a_year(amount: int) -> None:
    with pytest.raises(ValueError, match="not between one unit and a year"):
        SlaTarget(amount, Measure.WORKING_MINUTES)
    assert SlaTarget(366, Measure.WORKING_DAYS).length == LONGEST


def test_a_length_of_nothing_is_no_working_time() -> None:
    with pytest.raises(ValueError, match="more than zero"):
        stretches(BANYUWANGI, local("2026-07-14 10:00"), timedelta())


def test_a_policy_promises_for_every_priority() -> None:
    with pytest.raises(ValueError, match="no promises for priority high, emergency"):
        SlaPolicy({p: DEFAULT_POLICY.targets[p] for p in (Priority.LOW, Priority.NORMAL)})


def test_pieces_are_counted_once_each() -> None:
    pieces = stretches(BANYUWANGI, local("2026-07-17 10:45"), timedelta(hours=2))
    assert [(piece.start, piece.end) for piece in pieces] == [
        (local("2026-07-17 10:45"), local("2026-07-17 11:00")),
        (local("2026-07-17 13:00"), local("2026-07-17 14:45")),
    ]
    assert {piece.day for piece in pieces} == {date(2026, 7, 17)}


def test_the_steps_over_a_break_word_for_word() -> None:
    assert explain(BANYUWANGI, DEFAULT_POLICY, Priority.HIGH, local("2026-07-17 10:45:30")) == (
        "Diterima Jum 17/07/2026 10.45.30 WIB, prioritas Tinggi.",
        "Jawaban petugas: 30 menit kerja.",
        "14 menit 30 detik dihitung dari Jum 17/07/2026 10.45.30 WIB sampai 11.00.",
        "Berhenti Jum 17/07/2026 11.00 WIB (istirahat).",
        "15 menit 30 detik dihitung dari Jum 17/07/2026 13.00 WIB sampai 13.15.30.",
        "Dijawab petugas paling lambat Jum 17/07/2026 13.15.30 WIB.",
        "Penyelesaian: 1 hari kerja.",
        "Jum 17/07/2026 tidak dihitung (hari diterima).",
        "Sab 18/07/2026 hari kerja ke-1.",
        "Berakhir pada jam tutup: Sab 18/07/2026 12.00 WIB.",
        "Selesai paling lambat Sab 18/07/2026 12.00 WIB.",
    )


def test_the_steps_of_an_emergency_at_night_word_for_word() -> None:
    received = local("2026-08-15 23:00")
    assert explain(BANYUWANGI, DEFAULT_POLICY, Priority.EMERGENCY, received) == (
        "Diterima Sab 15/08/2026 23.00 WIB, prioritas Darurat.",
        "Jawaban petugas: 30 menit.",
        "30 menit dihitung siang dan malam, juga pada hari libur.",
        "Dijawab petugas paling lambat Sab 15/08/2026 23.30 WIB.",
        "Penyelesaian: 2 jam kerja.",
        "Saat diterima layanan tutup (di luar jam layanan).",
        "Min 16/08/2026 dilewati (hari Minggu).",
        "Sen 17/08/2026 dilewati (hari libur: Proklamasi Kemerdekaan).",
        "Hitungan mulai Sel 18/08/2026 08.00 WIB.",
        "2 jam dihitung dari Sel 18/08/2026 08.00 WIB sampai 10.00.",
        "Selesai paling lambat Sel 18/08/2026 10.00 WIB.",
    )


def test_the_steps_name_the_years_that_are_missing() -> None:
    steps = explain(BANYUWANGI, DEFAULT_POLICY, Priority.NORMAL, local("2026-12-30 10:00"))
    assert steps.count("Sementara: daftar hari libur 2027 belum dimuat.") == 1


def test_the_steps_round_the_clock_do_not_stop_at_midnight() -> None:
    policy = _policy(HALF_HOUR, TWO_HOURS)
    steps = explain(RS24, policy, Priority.NORMAL, local("2026-07-14 23:45"))
    assert "15 menit dihitung dari Sel 14/07/2026 23.45 WIB sampai 24.00." in steps
    assert not any("Berhenti" in step or "dilewati" in step for step in steps)


def test_calendar_days_in_words() -> None:
    policy = _policy(FIVE_ON_THE_WALL, FIVE_ON_THE_WALL)
    steps = explain(desk(), policy, Priority.LOW, local("2026-07-14 10:00", WIB))
    assert "5 hari kalender dihitung, berakhir pada jam yang sama." in steps
