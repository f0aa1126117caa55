"""Times as citizens read them, across zones."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.dates import long_due, long_time, sms_due, sms_time, zone_name

JAKARTA = ZoneInfo("Asia/Jakarta")
MAKASSAR = ZoneInfo("Asia/Makassar")
JAYAPURA = ZoneInfo("Asia/Jayapura")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]  # a date's parts in a row


@pytest.mark.parametrize(
    ("at", "zone", "short", "long"),
    [
        (utc(2026, 7, 14, 3, 30), JAKARTA, "14/07 10.30", "Sel 14 Juli 2026 pukul 10.30"),
        (utc(2026, 7, 14, 3, 30), MAKASSAR, "14/07 11.30", "Sel 14 Juli 2026 pukul 11.30"),
        (utc(2026, 7, 14, 3, 30), JAYAPURA, "14/07 12.30", "Sel 14 Juli 2026 pukul 12.30"),
        (utc(2026, 7, 14, 3, 30), ZoneInfo("UTC"), "14/07 03.30", "Sel 14 Juli 2026 pukul 03.30"),
        (utc(2026, 12, 31, 17, 0), JAKARTA, "01/01 00.00", "Jum 1 Januari 2027 pukul 00.00"),
        (utc(2026, 12, 31, 16, 59), JAKARTA, "31/12 23.59", "Kam 31 Desember 2026 pukul 23.59"),
        (utc(2026, 12, 31, 15, 0), JAYAPURA, "01/01 00.00", "Jum 1 Januari 2027 pukul 00.00"),
        (utc(2028, 2, 28, 18, 5), JAKARTA, "29/02 01.05", "Sel 29 Februari 2028 pukul 01.05"),
        (utc(2026, 3, 2, 1, 0), JAKARTA, "02/03 08.00", "Sen 2 Maret 2026 pukul 08.00"),
        (utc(2026, 4, 1, 1, 0), JAKARTA, "01/04 08.00", "Rab 1 April 2026 pukul 08.00"),
        (utc(2026, 5, 2, 1, 0), JAKARTA, "02/05 08.00", "Sab 2 Mei 2026 pukul 08.00"),
        (utc(2026, 6, 7, 1, 0), JAKARTA, "07/06 08.00", "Min 7 Juni 2026 pukul 08.00"),
        (utc(2026, 8, 17, 1, 0), JAKARTA, "17/08 08.00", "Sen 17 Agustus 2026 pukul 08.00"),
        (utc(2026, 9, 3, 1, 0), JAKARTA, "03/09 08.00", "Kam 3 September 2026 pukul 08.00"),
        (utc(2026, 10, 4, 1, 0), JAKARTA, "04/10 08.00", "Min 4 Oktober 2026 pukul 08.00"),
        (utc(2026, 11, 6, 1, 0), JAKARTA, "06/11 08.00", "Jum 6 November 2026 pukul 08.00"),
        (
            datetime(2026, 7, 14, 10, 30, 59, 999999, tzinfo=timezone(timedelta(hours=7))),
            MAKASSAR,
            "14/07 11.30",
            "Sel 14 Juli 2026 pukul 11.30",
        ),
        (utc(2026, 7, 14, 0, 0), ZoneInfo("America/New_York"), "13/07 20.00",
         "Sen 13 Juli 2026 pukul 20.00"),
    ],
)  # fmt: skip
def test_times_in_words(at: datetime, zone: ZoneInfo, short: str, long: str) -> None:
    assert sms_time(at, zone) == short
    assert long_time(at, zone) == long


@pytest.mark.parametrize(
    ("at", "zone", "short", "long"),
    [
        (utc(2026, 11, 28, 17), JAKARTA, "28/11 24.00", "Sab 28 November 2026 pukul 24.00"),
        (utc(2026, 12, 31, 16), MAKASSAR, "31/12 24.00", "Kam 31 Desember 2026 pukul 24.00"),
        (utc(2028, 2, 29, 17), JAKARTA, "29/02 24.00", "Sel 29 Februari 2028 pukul 24.00"),
        (utc(2026, 11, 28, 17, 1), JAKARTA, "29/11 00.01", "Min 29 November 2026 pukul 00.01"),
        (utc(2026, 11, 28, 16), JAKARTA, "28/11 23.00", "Sab 28 November 2026 pukul 23.00"),
    ],
)
def test_a_limit_at_midnight_ends_its_day(
    at: datetime, zone: ZoneInfo, short: str, long: str
) -> None:
    assert (sms_due(at, zone), long_due(at, zone)) == (short, long)


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Asia/Jakarta", "WIB"),
        ("Asia/Pontianak", "WIB"),
        ("Asia/Makassar", "WITA"),
        ("Asia/Jayapura", "WIT"),
        ("UTC", "UTC"),
        ("Asia/Tokyo", "WIT"),
        ("Asia/Kolkata", "UTC+5.30"),
        ("Asia/Kathmandu", "UTC+5.45"),
        ("Asia/Dubai", "UTC+4"),
        ("America/Sao_Paulo", "UTC-3"),
        ("Pacific/Marquesas", "UTC-9.30"),
    ],
)
def test_zone_names(zone: str, name: str) -> None:
    assert zone_name(ZoneInfo(zone)) == name


def test_the_instant_decides_where_there_is_summer_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert zone_name(berlin, utc(2026, 7, 1)) == "UTC+2"
    assert zone_name(berlin, utc(2026, 12, 1)) == "UTC+1"


def test_an_instant_without_zone_is_refused() -> None:
    naive = datetime(2026, 7, 14, 10, 30)  # noqa: DTZ001 - the subject of the test
    for words in (sms_time, long_time):
        with pytest.raises(ValueError, match="without zone"):
            words(naive, JAKARTA)
    with pytest.raises(ValueError, match="without zone"):
        zone_name(JAKARTA, naive)


@given(
    st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2099, 1, 1)),  # noqa: DTZ001 - zone added below
    st.sampled_from([JAKARTA, MAKASSAR, JAYAPURA]),
)
def test_every_sms_time_has_the_length_that_the_texts_count_on(
    moment: datetime, zone: ZoneInfo
) -> None:
    at = moment.replace(tzinfo=UTC)
    text = sms_time(at, zone)
    assert len(text) == 11
    local = at.astimezone(zone)
    assert text == local.strftime("%d/%m %H.%M")
    assert long_time(at, zone).endswith(local.strftime("%Y pukul %H.%M"))
