from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from config.calendars import load_calendar
from core.model.gsm7 import to_gsm7
from core.model.partners import (
    PartnerFigures,
    disposition_text,
    holiday_text,
    hours_of,
    unconfirmed,
)
from core.model.texts import TextForm
from core.model.units import Unit
from core.model.work import Disposed
from tests.core.fakes import NOON
from tests.core.model.work_samples import ticket

WIB = ZoneInfo("Asia/Jakarta")
PHARMACY = Unit(3, "apotek", "Apotek Sehat", partner=True, calendar="pemerintah")
CHRISTMAS = date(2026, 12, 25)


def at(day: int, hour: int = 10, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=WIB)


# Friday 11 December 2026, of a pharmacy with the hours of an office.
HOURS = [
    (at(11, 9), True, at(11, 9), ""),
    (at(11, 12), False, at(11, 13), "jam istirahat"),
    (at(11, 18), False, datetime(2026, 12, 14, 7, 30, tzinfo=WIB), ""),
    (at(12), False, datetime(2026, 12, 14, 7, 30, tzinfo=WIB), "hari Sabtu"),
    (at(25), False, datetime(2026, 12, 28, 7, 30, tzinfo=WIB), "hari libur: Hari Raya Natal"),
]


@pytest.mark.parametrize(("now", "is_open", "opens", "why"), HOURS)
def test_km_17_open_now_and_the_next_opening(
    *, now: datetime, is_open: bool, opens: datetime, why: str
) -> None:
    found = hours_of(load_calendar("pemerintah"), now)
    assert (found.open, found.opens_at, found.why) == (is_open, opens.astimezone(UTC), why)
    assert found.today


# Day in December, confirmed until, flagged.
FLAGS = [
    (17, None, False),
    (18, None, True),
    (18, date(2026, 12, 24), True),
    (18, CHRISTMAS, False),
    (18, date(2027, 1, 1), False),
    (25, None, True),
    (26, CHRISTMAS, True),  # New Year, known before the decree
    (31, date(2027, 1, 1), False),
]


@pytest.mark.parametrize(("day", "confirmed", "flagged"), FLAGS)
@pytest.mark.parametrize("calendar", ["pemerintah", "rs24"])
def test_km_25_seven_days_ahead_of_a_national_holiday(
    *, day: int, confirmed: date | None, flagged: bool, calendar: str
) -> None:
    """One that works on holidays is asked too: citizens pay for the way."""
    unit = replace(PHARMACY, calendar=calendar, holidays_confirmed_until=confirmed)
    assert bool(unconfirmed([unit], load_calendar, at(day))) is flagged


def test_joint_leave_is_no_national_holiday() -> None:
    found = unconfirmed([PHARMACY], load_calendar, at(24))
    assert [(one.day, one.holiday) for one in found] == [(CHRISTMAS, "Hari Raya Natal")]


def test_only_partners_in_use_are_asked() -> None:
    units = [replace(PHARMACY, partner=False), replace(PHARMACY, retired_at=NOON)]
    assert unconfirmed(units, load_calendar, at(20)) == []


@pytest.mark.parametrize("form", list(TextForm))
def test_what_a_partner_is_told(form: TextForm) -> None:
    of, laid = ticket(), Disposed(3, "Cek stok \u2018insulin\u2019", due_at=NOON)
    text = disposition_text(of, laid, NOON, form, WIB)
    assert text.count(of.number) == 2
    assert "insulin" in text
    assert "10.00 WIB" in text
    assert (text == to_gsm7(text)) or form is not TextForm.SMS
    assert of.description not in text


def test_without_a_due_time_none_is_told() -> None:
    text = disposition_text(ticket(), Disposed(3, "Cek"), None, TextForm.CHAT, WIB)
    assert "Mohon dijawab. " in text


@pytest.mark.parametrize("form", list(TextForm))
def test_the_question_for_hours(form: TextForm) -> None:
    [near] = unconfirmed([PHARMACY], load_calendar, at(20))
    text = holiday_text(near, form)
    assert "Apotek Sehat" in text
    assert "25-12-2026" in text
    assert "Natal" in text


def test_what_is_not_answered() -> None:
    assert PartnerFigures(1, "A", 5, 3, 1, timedelta(hours=1)).unanswered == 2
