"""MB-34: dates within texts are suggestions; what disagrees is said, nothing is trusted."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.said_times import LONGEST, MOST, said_times

WIB = ZoneInfo("Asia/Jakarta")
MONDAY = datetime(2026, 11, 23, 3, tzinfo=UTC)
"""Monday 23 November 2026, 10.00 WIB."""


def test_mb_34_a_weekday_that_is_not_that_day_s_is_told() -> None:
    text = "Sesi hari Senin, tanggal 21 November 2021 jam 14.00 WIB berakhir jam 16.00 WIB di aula"
    [said] = said_times(text, MONDAY, WIB)
    assert said.words in text
    assert said.words.startswith("hari Senin, tanggal 21 November 2021 jam 14.00 WIB")
    assert (said.day, said.weekday) == (date(2021, 11, 21), "Senin")
    assert said.doubt == "tanggal itu hari Minggu, tertulis Senin"
    assert said.starts == datetime(2021, 11, 21, 7, tzinfo=UTC)
    assert said.ends == datetime(2021, 11, 21, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("Senin 30 November 2026", "2026-11-30", None),
        ("hari Jum'at, 27 Nov 2026 pukul 09.30", "2026-11-27", "09:30"),
        ("tgl 30/11/2026 jam 8", "2026-11-30", "08:00"),
        ("tgl. 30-11-26", "2026-11-30", None),
        ("30.11.2026 pkl 13:15 WITA", "2026-11-30", "12:15"),
        ("tanggal 1 Desember", "2026-12-01", None),
        ("tanggal 5 Januari jam 10", "2027-01-05", "10:00"),
        ("tanggal 5 Oktober", "2026-10-05", None),
        ("besok jam 2 siang", "2026-11-24", "14:00"),
        ("besok jam 11 siang", "2026-11-24", "11:00"),
        ("hari ini jam 7 malam", "2026-11-23", "19:00"),
        ("lusa pagi", "2026-11-25", None),
        ("kemarin mati", "2026-11-22", None),
        ("hari Kamis saja", "2026-11-26", None),
        ("Kamis jam 9 pagi", "2026-11-26", "09:00"),
        ("hari Minggu jam 7", "2026-11-29", "07:00"),
        ("SELASA, 24 NOVEMBER 2026 PUKUL 10.00 WIT", "2026-11-24", "08:00"),
        ("29 Februari 2028", "2028-02-29", None),
    ],
)
def test_what_people_write(text: str, day: str, clock: str | None) -> None:
    [said] = said_times(f"Mohon datang {text} ya", MONDAY, WIB)
    assert said.day == date.fromisoformat(day)
    at = said.starts.astimezone(WIB).strftime("%H:%M") if said.starts else None
    assert at == clock
    assert said.doubt == ""


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("24/11/2026 jam 08.00 s/d 11.30", "11:30"),
        ("besok jam 8 sampai 10", "10:00"),
        ("besok 08.00-10.00 WIB", "10:00"),
        ("besok pukul 13.00 hingga pukul 15.00", "15:00"),
    ],
)
def test_from_when_until_when(text: str, until: str) -> None:
    [said] = said_times(text, MONDAY, WIB)
    assert said.ends
    assert said.ends.astimezone(WIB).strftime("%H:%M") == until


@pytest.mark.parametrize(
    "text",
    [
        "", "HELPDESK lampu mati", "sudah 3 minggu tidak diangkut", "minggu lalu", "dua hari",
        "31 Februari 2026", "tanggal 45/13/2026", "NIK 3510161234567890", "RT 05/11/x",
        "RT 05/11", "HD26-000001-9", "buka 24/7",
        "http://contoh.id/2026/11/24", "0812-3456-7890", "jam 9", "Rp 1.500.000", "selasar rusak",
        "versi 1.2.3", "Sabtuan", "IP 192.168.10.2026",
    ],
)  # fmt: skip
def test_what_is_no_date(text: str) -> None:
    assert said_times(text, MONDAY, WIB) == ()


def test_an_end_before_the_beginning_is_told() -> None:
    [said] = said_times("besok jam 14.00 sampai jam 12.00", MONDAY, WIB)
    assert said.doubt == "jam selesainya sebelum jam mulainya"


def test_an_hour_that_no_clock_shows_leaves_the_day() -> None:
    [said] = said_times("besok jam 27", MONDAY, WIB)
    assert (said.day, said.starts) == (date(2026, 11, 24), None)


def test_only_the_first_ones_and_only_of_the_beginning() -> None:
    assert len(said_times("besok, " * 50, MONDAY, WIB)) == MOST
    assert said_times("x " * LONGEST + "besok", MONDAY, WIB) == ()


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    for said in said_times(text, MONDAY, WIB):
        assert said.words
