"""One day or one period more or less in a calendar's document; every other line stays."""

from __future__ import annotations

from datetime import date

import pytest

from config.calendar_files import CalendarFileError
from config.calendar_text import base_of, preset_text, with_day, without_day
from config.calendars import parse_calendar, preset_names
from config.holiday_import import as_document, is_document
from config.holiday_lists import doubts, parse_holiday_list
from core.model.calendar import Holiday, HolidayKind, holiday_on, hours_text

DAY = date(2026, 12, 18)
BIRTHDAY = Holiday('Hari Jadi "Blambangan"', HolidayKind.REGIONAL)

TABLES = (
    preset_text("banyuwangi") + '\n[[days]]\ndate = 2026-05-05\ntype = "unit"\nname = "Rapat"\n'
)
INLINE = (
    "# milik kami\n"
    "days = [ # dua hari\n"
    '  { date = 2026-05-05, type = "unit", name = "Rapat" }, # tetap\n'
    '  { date = 2026-05-06, type = "unit", name = "Rapat lagi" },\n]\n' + preset_text("banyuwangi")
)
ONE_LINE = (
    'days = [{ date = 2026-05-05, type = "unit", name = "Rapat" }, '
    '{ date = 2026-05-06, type = "unit", name = "Lagi" }]\n' + preset_text("banyuwangi")
)


@pytest.mark.parametrize("text", [*map(preset_text, preset_names()), TABLES, INLINE, ONE_LINE])
def test_a_day_comes_and_goes_and_nothing_else_changes(text: str) -> None:
    more = with_day(text, "kita", DAY, BIRTHDAY)
    assert holiday_on(parse_calendar(more, "kita"), DAY) == BIRTHDAY
    assert all(line in more for line in text.splitlines() if "days = [" not in line)
    less = without_day(more, "kita", DAY)
    assert [line for line in less.splitlines() if line] == [
        line for line in text.splitlines() if line
    ]
    assert holiday_on(parse_calendar(less, "kita"), DAY) is None


def test_the_last_of_a_list_goes_too() -> None:
    text = without_day(INLINE, "kita", date(2026, 5, 5))
    assert "Rapat lagi" in text
    assert "# milik kami" in text
    parse_calendar(without_day(text, "kita", date(2026, 5, 6)), "kita")


@pytest.mark.parametrize(("text", "day"), [(TABLES, DAY), ("days = 3", DAY), ("=", DAY)])
def test_what_cannot_be_taken_out_is_left_to_its_writer(text: str, day: date) -> None:
    with pytest.raises(CalendarFileError):
        without_day(text, "kita", day)


def test_a_day_is_listed_once() -> None:
    with pytest.raises(CalendarFileError, match="listed already"):
        with_day(TABLES, "kita", date(2026, 5, 5), BIRTHDAY)


def test_a_calendar_that_leans_on_a_preset_stands_by_itself() -> None:
    leaning = 'extends = "pemerintah"\nzone = "Asia/Makassar"\n'
    alone = base_of(leaning, "kita")
    assert hours_text(parse_calendar(alone, "kita"), date(2026, 6, 1)) == hours_text(
        parse_calendar(leaning, "kita"), date(2026, 6, 1)
    )
    assert base_of(TABLES, "kita") == TABLES


# --- lists of holidays ---------------------------------------------------------------------------


def test_every_doubt_is_told_with_its_line() -> None:
    text = (
        "year = 2028\nreviewed = true\nversion = 1\nsource = 'SKB'\n\ndays = [\n"
        '  { date = 2028-01-01, type = "national", name = "Tahun Baru" },\n'
        '  { date = 2028-01-01, type = "national", name = "Dua kali" },\n'
        '  { date = 2027-01-01, type = "national", name = "Tahun lain" },\n'
        '  { date = 2028-02-01, type = "nasional", name = "Jenis" },\n'
        '  { date = 2028-02-02, type = "national", name = "Idul Fitri (perkiraan)" },\n]\n'
    )
    assert [line for line, _ in doubts(text, "holidays-2028")] == [8, 9, 10, 11]
    assert doubts("year = = 3", "holidays-2028")[0][0] == 1
    assert doubts('year = 2028\nreviewed = true\nversion = 1\nsource = ""', "x") != []
    good = text.splitlines()[:7]
    assert doubts("\n".join([*good, "]"]), "holidays-2028") == []


@pytest.mark.parametrize(
    ("line", "day", "kind", "name"),
    [
        ("2028-01-01;Tahun Baru 2028;nasional", date(2028, 1, 1), "national", "Tahun Baru 2028"),
        ("Sabtu\t1 Januari 2028\tTahun Baru", date(2028, 1, 1), "national", "Tahun Baru"),
        ("17/08/2028, Proklamasi", date(2028, 8, 17), "national", "Proklamasi"),
        ("28-12-2028|Cuti Bersama Natal", date(2028, 12, 28), "joint_leave", "Cuti Bersama Natal"),
        ('"18 desember 2028","Hari Jadi",daerah', date(2028, 12, 18), "regional", "Hari Jadi"),
    ],
)
def test_a_line_of_a_spreadsheet(line: str, day: date, kind: str, name: str) -> None:
    made = as_document(f"Tanggal;Nama\n{line}\n", 2028)
    assert made.left_out == ()
    assert is_document(made.text)
    assert parse_holiday_list(made.text, "x").days == {day: Holiday(name, HolidayKind(kind))}


def test_lines_that_cannot_be_read_are_told() -> None:
    made = as_document("2028-01-01;Tahun Baru\nentah\n2028-02-31;Tidak ada\n2028-03-01\n", 2028)
    assert [number for number, _ in made.left_out] == [2, 3, 4]
    assert not is_document("2028-01-01;Tahun Baru")
    assert is_document("year = 2028\ndays = [")
