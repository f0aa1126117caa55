"""Days from which a wording holds: local, ahead, and not too far (BW-14)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from core.model.act_rules import FARTHEST
from core.model.setting_versions import (
    first_instant,
    text_place,
    text_subject,
    wrong_day,
)
from tests.core.fakes import NOON
from tests.core.model.calendar_samples import WIB, WIT

LATE = datetime(2026, 7, 14, 16, 30, tzinfo=UTC)  # 23.30 in Jakarta, the next day in Jayapura


@pytest.mark.parametrize(
    ("day", "zone", "begins"),
    [
        (None, WIB, None),
        (date(2026, 7, 14), WIB, None),  # today is at once
        (date(2026, 7, 15), WIB, datetime(2026, 7, 14, 17, tzinfo=UTC)),
        (date(2026, 7, 15), WIT, None),
        (date(2026, 7, 16), WIT, datetime(2026, 7, 15, 15, tzinfo=UTC)),
        (date(2026, 7, 13), WIB, datetime(2026, 7, 12, 17, tzinfo=UTC)),
        (date.min, WIB, LATE),
        (date.max, WIT, LATE),
    ],
)
def test_bw_14_a_day_begins_at_midnight_in_the_office(
    day: date | None, zone: object, begins: datetime | None
) -> None:
    assert first_instant(day, zone, LATE) == begins  # type: ignore[arg-type]  # a zone of the row


@pytest.mark.parametrize(
    ("ahead", "good"),
    [
        (timedelta(seconds=1), True),
        (FARTHEST, True),
        (timedelta(), False),
        (timedelta(days=-1), False),
        (FARTHEST + timedelta(seconds=1), False),
    ],
)
def test_bw_14_it_lies_ahead_and_not_too_far(ahead: timedelta, *, good: bool) -> None:
    assert (wrong_day(NOON + ahead, NOON) is None) is good
    assert wrong_day(None, NOON) is None


@pytest.mark.parametrize("place", [(0, "id", "ack_sms"), (12, "en", "resolved")])
def test_the_subject_of_a_text_tells_its_place(place: tuple[int, str, str]) -> None:
    assert text_place(text_subject(*place)) == place
