"""What holds for every calendar, receipt and length; and a foreign library as a witness."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytz  # type: ignore[import-untyped]  # ships no types; only the witness needs it
from businesstimedelta import (
    BusinessTimeDelta,
    HolidayRule,
    LunchTimeRule,
    Rules,
    WorkDayRule,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.calendar import Calendar, Holiday, HolidayKind, is_open, local_day, openings
from core.model.deadline import Measure, SlaTarget, due, stretches
from core.model.week import Week
from tests.core.model.calendar_samples import WIB, WIT, WITA

YEAR = frozenset({2026})
FIRST = datetime(2026, 1, 1, tzinfo=UTC)

instants = st.integers(0, 300 * 24 * 3600).map(lambda seconds: FIRST + timedelta(seconds=seconds))
lengths = st.integers(1, 60 * 3600).map(lambda seconds: timedelta(seconds=seconds))
small = settings(max_examples=120, deadline=None)


@st.composite
def days(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """Up to three windows of one day, sorted, touching at most."""
    count = draw(st.integers(0, 3))
    edges = sorted(draw(st.sets(st.integers(0, 96), min_size=2 * count, max_size=2 * count)))
    return tuple((15 * edges[i], 15 * edges[i + 1]) for i in range(0, 2 * count, 2))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    week = draw(st.tuples(*[days()] * 7).filter(any))
    ramadan = Week((((480, 720), (750, 900)),) * 7, date(2026, 2, 19), date(2026, 3, 20))
    off = draw(st.sets(st.integers(0, 364), max_size=30))
    holidays = {
        date(2026, 1, 1) + timedelta(days=n): Holiday("Libur", HolidayKind.NATIONAL) for n in off
    }
    zone = draw(st.sampled_from([WIB, WITA, WIT]))
    return Calendar("acak", zone, (Week(week), ramadan), holidays, YEAR)


def _after(calendar: Calendar, received: datetime, length: timedelta) -> datetime:
    return stretches(calendar, received, length)[-1].end


@small
@given(calendars(), instants, instants, lengths)
def test_who_comes_later_is_not_due_earlier(
    calendar: Calendar, one: datetime, other: datetime, length: timedelta
) -> None:
    first, second = sorted((one, other))
    assert _after(calendar, first, length) <= _after(calendar, second, length)
    for target in (SlaTarget(1, Measure.WORKING_DAYS), SlaTarget(5, Measure.WORKING_DAYS)):
        assert due(calendar, target, first).at <= due(calendar, target, second).at


@small
@given(calendars(), instants, lengths, lengths)
def test_one_length_after_another_is_their_sum(
    calendar: Calendar, received: datetime, one: timedelta, other: timedelta
) -> None:
    between = _after(calendar, received, one)
    assert _after(calendar, between, other) == _after(calendar, received, one + other)


@small
@given(calendars(), instants, lengths)
def test_the_pieces_add_up_and_lie_in_windows(
    calendar: Calendar, received: datetime, length: timedelta
) -> None:
    pieces = stretches(calendar, received, length)
    assert sum((piece.end - piece.start for piece in pieces), timedelta()) == length
    for piece in pieces:
        assert received <= piece.start < piece.end
        assert any(
            opens <= piece.start and piece.end <= closes
            for opens, closes in openings(calendar, piece.day)
        )


@small
@given(calendars(), instants, lengths)
def test_a_due_time_is_in_or_at_the_end_of_a_window(
    calendar: Calendar, received: datetime, length: timedelta
) -> None:
    end = _after(calendar, received, length)
    assert end >= received + length
    assert is_open(calendar, end - timedelta(microseconds=1))


@small
@given(calendars(), instants, st.integers(1, 10))
def test_working_days_end_at_a_close_after_the_day_of_receipt(
    calendar: Calendar, received: datetime, count: int
) -> None:
    answer = due(calendar, SlaTarget(count, Measure.WORKING_DAYS), received)
    moment = answer.at - timedelta(microseconds=1)
    day = local_day(calendar, moment)
    assert answer.at == openings(calendar, day)[-1][1]
    counted = [
        received_day
        for n in range(1, (day - local_day(calendar, received)).days + 1)
        if openings(calendar, received_day := local_day(calendar, received) + timedelta(days=n))
    ]
    assert len(counted) == count
    assert counted[-1] == day


@small
@given(calendars(), instants, st.integers(1, 10))
def test_one_more_working_day_is_later(calendar: Calendar, received: datetime, count: int) -> None:
    fewer = due(calendar, SlaTarget(count, Measure.WORKING_DAYS), received).at
    more = due(calendar, SlaTarget(count + 1, Measure.WORKING_DAYS), received).at
    assert fewer < more


# --- the witness: businesstimedelta 1.0.1, one zone, one break, holidays ---------------------

OFF = [date(2026, 3, day) for day in (18, 19, 20, 21, 22, 23, 24)] + [date(2026, 8, 17)]
OFFICE = Calendar(
    "kantor",
    WIB,
    (Week((((450, 720), (780, 960)),) * 5 + ((), ())),),
    {day: Holiday("Libur", HolidayKind.NATIONAL) for day in OFF},
    YEAR,
)
_JAKARTA = pytz.timezone("Asia/Jakarta")
WITNESS = Rules(
    [
        WorkDayRule(time(7, 30), time(16), [0, 1, 2, 3, 4], tz=_JAKARTA),
        LunchTimeRule(time(12), time(13), [0, 1, 2, 3, 4], tz=_JAKARTA),
        HolidayRule([*OFF, date(2029, 1, 1)], tz=_JAKARTA),  # fails without one in 5 years
    ]
)


@settings(max_examples=150, deadline=None)
@given(instants, st.integers(1, 40 * 60))
def test_a_foreign_library_agrees(received: datetime, minutes: int) -> None:
    theirs = received + BusinessTimeDelta(WITNESS, seconds=minutes * 60)
    ours = due(OFFICE, SlaTarget(minutes, Measure.WORKING_MINUTES), received).at
    assert ours == theirs
