"""A calendar as a form shows it: what did not change keeps its lines, what did is as meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from config.calendar_files import CalendarFileError
from config.calendar_sheet import Hours, read_sheet, with_sheet
from config.calendar_text import preset_text
from config.calendars import parse_calendar, preset_names
from core.model.calendar import hours_text

SHORT = Hours((((480, 600),),) * 5 + ((), ()), ((date(2028, 1, 28), date(2028, 2, 26)),))
TEXT = preset_text("pemerintah")
LEANING = 'name = "kita"\nextends = "pemerintah"\nzone = "Asia/Makassar"\n'
BESIDE = TEXT + '\n# hari kami\n[[days]]\ndate = 2026-05-05\ntype = "unit"\nname = "Rapat"\n'


@pytest.mark.parametrize("text", [*map(preset_text, preset_names()), LEANING, BESIDE])
def test_a_form_that_changes_nothing_changes_nothing(text: str) -> None:
    assert with_sheet(text, "kita", read_sheet(text, "kita")) == text


def test_hours_for_a_time_come_and_go_and_every_other_line_stays() -> None:
    sheet = read_sheet(BESIDE, "kita")
    more = with_sheet(BESIDE, "kita", replace(sheet, hours=(*sheet.hours, SHORT)))
    assert "08.00-10.00" in hours_text(parse_calendar(more, "kita"), date(2028, 2, 1))
    kept = [line for line in BESIDE.splitlines() if line]
    assert set(kept) <= set(more.splitlines())
    less = with_sheet(more, "kita", sheet)
    assert [line for line in less.splitlines() if line] == kept


def test_another_span_of_the_same_hours_keeps_the_remark_above_them() -> None:
    sheet = read_sheet(TEXT, "kita")
    usual, fasting = sheet.hours
    later = replace(fasting, spans=(*fasting.spans, (date(2029, 1, 1), None)))
    made = with_sheet(TEXT, "kita", replace(sheet, hours=(usual, later)))
    assert "# Ramadan. The start" in made
    assert "{ from = 2029-01-01 }" in made
    assert made.count("[[weeks]]") == 2


def test_the_ordinary_week_is_changed_in_its_place() -> None:
    sheet = read_sheet(TEXT, "kita")
    other = Hours((((0, 1440),),) * 7)
    made = with_sheet(TEXT, "kita", replace(sheet, hours=(other, sheet.hours[1])))
    assert "00.00-24.00" in hours_text(parse_calendar(made, "kita"), date(2026, 6, 1))
    assert made.index("00.00-24.00") < made.index("# Ramadan")


@pytest.mark.parametrize("text", [TEXT, LEANING])
def test_keys_are_changed_above_all_tables(text: str) -> None:
    sheet = read_sheet(text, "kita")
    wanted = replace(sheet, zone="Asia/Jayapura", observes_joint_leave=False)
    made = with_sheet(text, "kita", wanted)
    assert read_sheet(made, "kita") == wanted
    assert str(parse_calendar(made, "kita").zone) == "Asia/Jayapura"


def test_one_that_leans_on_a_preset_stands_by_itself_once_its_hours_differ() -> None:
    sheet = read_sheet(LEANING, "kita")
    made = with_sheet(LEANING, "kita", replace(sheet, hours=(sheet.hours[0], SHORT)))
    assert made.startswith(LEANING)
    assert "# Ramadan" not in made
    assert "07.30" in hours_text(parse_calendar(made, "kita"), date(2026, 6, 1))


@pytest.mark.parametrize(
    "text",
    [
        'zone = "Asia/Jakarta"\nweeks = [{ monday = ["08.00-12.00"] }]\n',
        "zone = 3\n",
        "=",
    ],
)
def test_what_is_written_otherwise_is_left_to_its_writer(text: str) -> None:
    with pytest.raises(CalendarFileError):
        with_sheet(text, "kita", replace(read_sheet(TEXT, "kita"), hours=(SHORT,)))
