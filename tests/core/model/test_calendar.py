from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from core.model.calendar import (
    Calendar,
    Holiday,
    HolidayKind,
    closed_because,
    day_closure,
    holidays_known,
    hours_text,
    is_open,
    missing_year,
    next_opening,
    openings,
    working_days_after,
)
from core.model.week import Week, week_on
from tests.core.model.calendar_samples import (
    CLOSED,
    DESK,
    LONG_DAY,
    ROUND_THE_CLOCK,
    WIB,
    WIT,
    WITA,
    desk,
    local,
)

OPEN_AND_NEXT = [
    # at, open, next opening, why closed
    ("2026-07-14 10:00", True, "2026-07-14 10:00", ""),
    ("2026-07-14 08:00", True, "2026-07-14 08:00", ""),
    ("2026-07-14 07:59:59", False, "2026-07-14 08:00", ""),
    ("2026-07-14 12:00", False, "2026-07-14 13:00", " (jam istirahat)"),
    ("2026-07-14 12:59:59", False, "2026-07-14 13:00", " (jam istirahat)"),
    ("2026-07-14 13:00", True, "2026-07-14 13:00", ""),
    ("2026-07-17 11:00", False, "2026-07-17 13:00", " (jam istirahat)"),
    ("2026-07-14 17:00", False, "2026-07-17 08:00", ""),
    ("2026-07-18 12:00", False, "2026-07-20 08:00", ""),
    ("2026-07-19 09:00", False, "2026-07-20 08:00", " (hari Minggu)"),
    ("2026-07-15 10:00", False, "2026-07-17 08:00", " (hari libur: Hari Jadi Kabupaten)"),
    ("2026-07-16 12:30", False, "2026-07-17 08:00", " (hari libur: Pindah kantor)"),
    ("2026-03-21 09:00", False, "2026-03-23 08:00", " (hari libur: Idul Fitri 1447 H)"),
    (
        "2026-03-18 09:00",
        False,
        "2026-03-23 08:00",
        " (hari libur: Cuti Bersama Nyepi)",
    ),
]


@pytest.mark.parametrize(("at", "opened", "following", "why"), OPEN_AND_NEXT)
def test_open_next_opening_and_reason(at: str, *, opened: bool, following: str, why: str) -> None:
    calendar = desk()
    moment = local(at)
    assert is_open(calendar, moment) is opened
    assert next_opening(calendar, moment) == local(following)
    assert closed_because(calendar, moment) == why


def test_next_opening_is_utc_whatever_zone_was_asked() -> None:
    answer = next_opening(desk(), local("2026-07-14 10:00"))
    assert answer.tzinfo is UTC
    assert answer == datetime(2026, 7, 14, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "opens_utc"), [(WIB, 1), (WITA, 0), (WIT, 23)], ids=["WIB", "WITA", "WIT"]
)
def test_km_22_the_zone_decides_when_eight_o_clock_is(zone: object, opens_utc: int) -> None:
    calendar = desk(zone=zone)  # type: ignore[arg-type]  # parametrize loses the type
    opening = next_opening(calendar, datetime(2026, 7, 13, 22, tzinfo=UTC))
    assert opening.hour == opens_utc
    assert opening.astimezone(calendar.zone).hour == 8


def test_the_day_is_the_local_one() -> None:
    # 17.30 UTC on Saturday is already Sunday in Jakarta.
    moment = datetime(2026, 7, 18, 17, 30, tzinfo=UTC)
    assert closed_because(desk(), moment) == " (hari Minggu)"


@pytest.mark.parametrize("question", [is_open, next_opening, closed_because])
def test_a_naive_time_is_refused(question: object) -> None:
    with pytest.raises(ValueError, match="without zone"):
        question(desk(), datetime(2026, 7, 14, 10))  # type: ignore[operator]  # noqa: DTZ001 - the point


def test_round_the_clock_never_closes_at_midnight() -> None:
    calendar = desk(weeks=(ROUND_THE_CLOCK,), joint_leave=False, national=False)
    midnight = local("2026-03-21 00:00")
    assert is_open(calendar, midnight)
    assert is_open(calendar, midnight - timedelta(microseconds=1))
    assert openings(calendar, date(2026, 3, 20))[-1][1] == midnight.astimezone(UTC)


OBSERVED = [
    # joint leave, national; open on 18 Mar (joint), 19 Mar (national), 15 Jul, 16 Jul (own days)
    (True, True, (False, False, False, False)),
    (False, True, (True, False, False, False)),
    (True, False, (False, True, False, False)),
    (False, False, (True, True, False, False)),
]


@pytest.mark.parametrize(("joint", "national", "expected"), OBSERVED)
def test_who_observes_what(*, joint: bool, national: bool, expected: tuple[bool, ...]) -> None:
    calendar = desk(joint_leave=joint, national=national)
    days = ("2026-03-18", "2026-03-19", "2026-07-15", "2026-07-16")
    assert tuple(is_open(calendar, local(f"{day} 10:00")) for day in days) == expected


def test_hours_in_words() -> None:
    assert hours_text(desk(), date(2026, 7, 14)) == (
        "Senin-Kamis 08.00-12.00 dan 13.00-17.00, "
        "Jumat 08.00-11.00 dan 13.00-17.00, Sabtu 08.00-12.00"
    )


def test_hours_in_words_round_the_clock_and_with_a_hole() -> None:
    day = date(2026, 7, 14)
    assert hours_text(desk(weeks=(ROUND_THE_CLOCK,)), day) == "Senin-Minggu 00.00-24.00"
    morning = ((480, 720),)
    week = Week((morning, (), morning, (), (), (), morning))
    text = hours_text(desk(weeks=(week,)), day)
    assert text == "Senin 08.00-12.00, Rabu 08.00-12.00, Minggu 08.00-12.00"


def test_hours_are_those_of_the_week_in_force() -> None:
    ramadan = Week((((480, 900),),) * 7, date(2026, 2, 19), date(2026, 3, 20))
    calendar = desk(weeks=(ramadan, DESK))
    assert hours_text(calendar, date(2026, 2, 18)).startswith("Senin-Kamis")
    assert hours_text(calendar, date(2026, 2, 19)) == "Senin-Minggu 08.00-15.00"
    assert hours_text(calendar, date(2026, 3, 20)) == "Senin-Minggu 08.00-15.00"
    assert hours_text(calendar, date(2026, 3, 21)).startswith("Senin-Kamis")


def test_a_period_with_an_end_wins_then_the_latest_start() -> None:
    old = Week((LONG_DAY,) * 7)
    reform = Week((LONG_DAY,) * 6 + ((),), date(2026, 1, 1))
    later = Week((LONG_DAY,) * 5 + ((), ()), date(2026, 3, 1))
    ramadan = Week((((480, 900),),) * 7, date(2026, 2, 19), date(2026, 3, 20))
    weeks = (ramadan, later, old, reform)
    chosen = [
        week_on(weeks, day)
        for day in (date(2025, 6, 1), date(2026, 1, 1), date(2026, 3, 5), date(2026, 3, 21))
    ]
    assert chosen == [old, reform, ramadan, later]


def test_a_closed_day_of_an_ordinary_week_has_no_reason_when_open() -> None:
    assert day_closure(desk(), date(2026, 7, 14)) == ""
    assert day_closure(desk(), date(2026, 7, 19)) == "hari Minggu"


def test_working_days_after_skip_sundays_and_holidays() -> None:
    assert working_days_after(desk(), date(2026, 7, 14), 3) == (
        date(2026, 7, 17),
        date(2026, 7, 18),
        date(2026, 7, 20),
    )


BAD_WEEKS = [
    ((((480, 720), (700, 900)),), "overlap"),
    ((((780, 1020), (480, 720)),), "not in order"),
    ((((720, 480),),), "open before it closes"),
    ((((480, 480),),), "open before it closes"),
    ((((480, 1441),),), "by 24.00"),
    ((((-1, 60),),), "open before it closes"),
]


@pytest.mark.parametrize(("monday", "sentence"), BAD_WEEKS)
def test_windows_must_make_sense(monday: tuple, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"Senin.*{sentence}"):
        Week(monday + ((),) * 6)


def test_a_week_has_seven_days_and_ends_after_it_begins() -> None:
    with pytest.raises(ValueError, match="seven"):
        Week(((),) * 6)
    with pytest.raises(ValueError, match="before it begins"):
        Week(CLOSED, date(2026, 3, 2), date(2026, 3, 1))


BAD_CALENDARS = [
    ((), "exactly one week without dates"),
    ((DESK, ROUND_THE_CLOCK), "has 2"),
    ((Week(DESK.windows, date(2026, 1, 1)),), "has 0"),
    (
        (
            DESK,
            Week(DESK.windows, date(2026, 1, 1), date(2026, 2, 1)),
            Week(DESK.windows, date(2026, 2, 1), date(2026, 3, 1)),
        ),
        "both cover 2026-02-01",
    ),
    (
        (DESK, Week(DESK.windows, date(2026, 1, 1)), Week(CLOSED, date(2026, 1, 1))),
        "same day",
    ),
    ((Week(CLOSED),), "never opens"),
    ((DESK, Week(CLOSED, date(2027, 1, 1))), "never opens"),
    ((DESK, Week(CLOSED, date(2026, 1, 1), date(2027, 2, 1))), "never opens"),
    ((DESK, Week(CLOSED, date(202, 1, 1), date(2027, 2, 1))), "not a date between"),
]


@pytest.mark.parametrize(("weeks", "sentence"), BAD_CALENDARS)
def test_a_doubtful_calendar_is_refused(weeks: tuple[Week, ...], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        desk(weeks=weeks)


def test_a_closure_of_a_year_is_the_longest_allowed() -> None:
    closed = Week(CLOSED, date(2026, 8, 1), date(2027, 7, 31))
    calendar = desk(weeks=(DESK, closed))
    assert next_opening(calendar, local("2026-08-01 09:00")) == local("2027-08-02 08:00")


def test_holidays_alone_can_keep_an_office_shut_for_ever() -> None:
    mondays = Week((LONG_DAY,) + ((),) * 6)
    days = {
        date(2026, 1, 5) + timedelta(weeks=n): Holiday("Libur", HolidayKind.UNIT)
        for n in range(60)
    }
    with pytest.raises(ValueError, match="never opens"):
        Calendar("x", WIB, (mondays,), days, frozenset({2026}))


def test_days_fixed_by_law_stand_in_for_a_year_not_loaded() -> None:
    labour = {(5, 1): Holiday("Hari Buruh", HolidayKind.NATIONAL)}
    every_day = Week((LONG_DAY,) * 7)
    calendar = Calendar("x", WIB, (every_day,), {}, frozenset({2026}), yearly=labour)
    assert day_closure(calendar, date(2027, 5, 1)) == "hari libur: Hari Buruh"
    assert day_closure(calendar, date(2026, 5, 1)) == ""  # the decree of that year decides
    hospital = Calendar(
        "x", WIB, (every_day,), {}, frozenset(), observes_national=False, yearly=labour
    )
    assert day_closure(hospital, date(2027, 5, 1)) == ""


def test_known_years() -> None:
    calendar = desk()
    assert holidays_known(calendar, date(2026, 1, 1), date(2026, 12, 31))
    assert not holidays_known(calendar, date(2026, 12, 31), date(2027, 1, 1))
    assert not holidays_known(calendar, date(2025, 12, 31), date(2026, 1, 2))
    free = desk(joint_leave=False, national=False)
    assert holidays_known(free, date(2031, 1, 1), date(2032, 1, 1))


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2026, 10, 31), None),
        (date(2026, 11, 1), 2027),
        (date(2026, 12, 31), 2027),
        (date(2027, 1, 1), 2027),
        (date(2025, 5, 1), 2025),
    ],
)
def test_the_missing_year_is_named_from_november_on(today: date, missing: int | None) -> None:
    assert missing_year(desk(), today) == missing


def test_a_partner_that_closes_for_idul_fitri_names_its_next_opening() -> None:
    # Requirements §3, the pharmacy of 2022: ordered on Sunday 1 May 08.16 WIB.
    off = {date(2022, 4, 29): "Cuti Bersama Idul Fitri 1443 H"}
    off |= {date(2022, 5, day): "Idul Fitri 1443 H" for day in (2, 3)}
    off |= {date(2022, 5, day): "Cuti Bersama Idul Fitri 1443 H" for day in (4, 5, 6)}
    days = {
        day: Holiday(
            name,
            HolidayKind.JOINT_LEAVE if name.startswith("Cuti") else HolidayKind.NATIONAL,
        )
        for day, name in off.items()
    }
    weekdays = Week((LONG_DAY,) * 5 + ((), ()))
    pharmacy = Calendar("apotek", WIB, (weekdays,), days, frozenset({2022}))
    assert closed_because(pharmacy, local("2022-05-01 08:16")) == " (hari Minggu)"
    assert (
        closed_because(pharmacy, local("2022-05-02 08:16")) == " (hari libur: Idul Fitri 1443 H)"
    )
    assert next_opening(pharmacy, local("2022-05-01 08:16")) == local("2022-05-09 08:00")
