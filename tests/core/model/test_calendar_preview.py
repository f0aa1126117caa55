"""Two calendars side by side: where they first differ, and what a message would be promised."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.model.calendar import Calendar, Holiday, HolidayKind
from core.model.calendar_preview import AHEAD, first_difference, on_both
from core.model.sla import DEFAULT_POLICY
from core.model.ticket import Priority
from core.model.week import Week, Window

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 7, 13, 20, tzinfo=UTC)  # Tuesday 14 July, 03.00 in Jakarta
LONG, SHORT = (480, 1020), (480, 540)


def office(
    window: Window = LONG, zone: ZoneInfo = JAKARTA, off: date | None = None, *more: Week
) -> Calendar:
    days = {off: Holiday("Libur", HolidayKind.UNIT)} if off else {}
    weeks = (Week(((window,),) * 5 + ((), ())), *more)
    return Calendar("kantor", zone, weeks, days, frozenset({2026, 2027}))


FASTING = Week(((SHORT,),) * 5 + ((), ()), date(2026, 8, 1), date(2026, 8, 30))


@pytest.mark.parametrize(
    ("meant", "day"),
    [
        (office(), None),
        (office(SHORT), date(2026, 7, 14)),
        (office(LONG, JAKARTA, date(2026, 7, 16)), date(2026, 7, 16)),
        (office(LONG, JAKARTA, date(2026, 7, 18)), None),  # a Saturday is closed anyway
        (office(LONG, JAKARTA, None, FASTING), date(2026, 8, 3)),
        (office(LONG, JAKARTA, date(2026, 7, 13)), None),  # over
        (office(LONG, JAKARTA, date(2026, 7, 14) + timedelta(days=AHEAD)), None),
        (office(LONG, ZoneInfo("Asia/Jayapura")), date(2026, 7, 14)),
    ],
)
def test_the_first_day_that_differs(meant: Calendar, day: date | None) -> None:
    assert first_difference((office(), meant), NOW) == day


def test_a_receipt_is_counted_on_both() -> None:
    received = datetime(2026, 7, 14, 8, 50, tzinfo=JAKARTA)
    (told,) = on_both((office(), office(SHORT)), DEFAULT_POLICY, Priority.NORMAL, [received])
    first, solved = told.promises
    assert first.before == datetime(2026, 7, 14, 9, 20, tzinfo=JAKARTA)
    assert first.after == datetime(2026, 7, 15, 8, 20, tzinfo=JAKARTA)
    assert solved.before == datetime(2026, 7, 21, 17, tzinfo=JAKARTA)
    assert solved.after == datetime(2026, 7, 21, 9, tzinfo=JAKARTA)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        first_difference((office(), office()), datetime(2026, 7, 14))  # noqa: DTZ001 - the point
