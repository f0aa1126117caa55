"""Whole numbers and moments as browsers and strangers write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from console.typed import instant, whole

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("0", 0),
        ("42", 42),
        ("007", 7),
        ("9" * 15, 10**15 - 1),
        ("9" * 16, None),
        ("9" * 5_000, None),
        (str(2**63), None),
        ("-1", None),
        ("+1", None),
        ("1_000", None),
        ("1e9", None),
        ("1.0", None),
        (" 1", None),
        ("1\n", None),
        ("7\x00", None),
        ("٤٢", None),
        ("４２", None),
        ("²", None),
        ("", None),
        (None, None),
    ],
)
def test_a_whole_number(written: str | None, found: int | None) -> None:
    assert whole(written) == found


@pytest.mark.parametrize(
    ("written", "zone", "found"),
    [
        ("2026-11-23T09:30:00+07:00", None, datetime(2026, 11, 23, 2, 30, tzinfo=UTC)),
        ("2026-11-23T02:30:00Z", JAKARTA, datetime(2026, 11, 23, 2, 30, tzinfo=UTC)),
        (" 2026-11-23 09:30 ", JAKARTA, datetime(2026, 11, 23, 2, 30, tzinfo=UTC)),
        ("2026-11-23", JAKARTA, datetime(2026, 11, 22, 17, 0, tzinfo=UTC)),
        ("2026-11-23T09:30", None, None),
        ("0001-01-01 00:00", JAKARTA, None),
        ("0001-01-01T00:00:00+14:00", None, None),
        ("9999-12-31T23:59:00-11:00", None, None),
        ("2026-02-30 09:30", JAKARTA, None),
        ("besok", JAKARTA, None),
        ("9" * 5_000, JAKARTA, None),
        ("", JAKARTA, None),
        (None, JAKARTA, None),
    ],
)
def test_a_moment(written: str | None, zone: ZoneInfo | None, found: datetime | None) -> None:
    read = instant(written, zone)
    assert read == found
    assert read is None or read.tzinfo is UTC


def test_a_zone_of_its_own_goes_before_that_of_the_office() -> None:
    east = timezone(timedelta(hours=9))
    at = datetime(2026, 11, 23, 9, 30, tzinfo=east)
    assert instant(at.isoformat(), JAKARTA) == at
