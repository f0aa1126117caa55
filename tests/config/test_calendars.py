from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays as holidays_package
import pytest

from config.calendar_files import CalendarFileError
from config.calendars import load_calendar, preset_names
from config.holiday_lists import (
    PRESETS,
    read_holiday_list,
    reviewed_presets,
    yearly_holidays,
)
from core.model.calendar import HolidayKind, hours_text, is_open

WIB = ZoneInfo("Asia/Jakarta")
ALWAYS = '[[weeks]]\nmonday = ["08.00-12.00"]\n'
HEAD = 'zone = "Asia/Jakarta"\n'
LIST_HEAD = 'year = 2028\nreviewed = true\nversion = 1\nsource = "SKB"\n'


def _write(folder: Path, text: str, name: str = "kantor.toml") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


# --- presets ---------------------------------------------------------------------------------


def test_the_presets() -> None:
    assert preset_names() == ("banyuwangi", "pemerintah", "rs24")


BANYUWANGI_HOURS = (
    "Senin-Kamis 08.00-12.00 dan 13.00-17.00, Jumat 08.00-11.00 dan 13.00-17.00, Sabtu 08.00-12.00"
)
OFFICE_HOURS = "Senin-Kamis 07.30-12.00 dan 13.00-16.00, Jumat 07.30-11.30 dan 13.00-16.30"
RAMADAN_HOURS = "Senin-Kamis 08.00-12.00 dan 12.30-15.00, Jumat 08.00-11.30 dan 12.30-15.30"
HOURS = [
    ("banyuwangi", date(2026, 7, 14), BANYUWANGI_HOURS),
    ("banyuwangi", date(2026, 2, 19), BANYUWANGI_HOURS),
    ("rs24", date(2026, 7, 14), "Senin-Minggu 00.00-24.00"),
    *[
        ("pemerintah", day, hours)
        for first, last in (
            (date(2024, 3, 12), date(2024, 4, 9)),
            (date(2025, 3, 1), date(2025, 3, 30)),
            (date(2026, 2, 19), date(2026, 3, 20)),
            (date(2027, 2, 8), date(2027, 3, 9)),
        )
        for day, hours in (
            (first, RAMADAN_HOURS),
            (last, RAMADAN_HOURS),
            (date.fromordinal(first.toordinal() - 1), OFFICE_HOURS),
            (date.fromordinal(last.toordinal() + 1), OFFICE_HOURS),
        )
    ],
]


@pytest.mark.parametrize(("name", "day", "hours"), HOURS)
def test_the_hours_of_the_presets(name: str, day: date, hours: str) -> None:
    assert hours_text(load_calendar(name), day) == hours


def test_the_hospital_works_on_idul_fitri_and_the_office_does_not() -> None:
    noon = datetime(2026, 3, 20, 10, tzinfo=WIB)
    assert is_open(load_calendar("rs24"), noon)
    assert not is_open(load_calendar("pemerintah"), noon)


def test_a_preset_in_another_zone() -> None:
    zone = ZoneInfo("Asia/Jayapura")
    assert load_calendar("pemerintah", zone).zone is zone


# --- holidays --------------------------------------------------------------------------------


def test_only_reviewed_years_are_loaded() -> None:
    assert [entry.year for entry in reviewed_presets()] == [2026]
    calendar = load_calendar("banyuwangi")
    assert calendar.loaded_years == {2026}
    assert {day.year for day in calendar.holidays} == {2026}


@pytest.mark.parametrize(
    ("year", "national", "joint_leave"), [(2026, 17, 8), (2027, 18, 8)], ids=["2026", "2027"]
)
def test_the_lists_agree_with_the_holidays_package(
    year: int, national: int, joint_leave: int
) -> None:
    listed = read_holiday_list(PRESETS / f"holidays-{year}.toml").days
    for kind, category, count in (
        (HolidayKind.NATIONAL, "public", national),
        (HolidayKind.JOINT_LEAVE, "government", joint_leave),
    ):
        witness = holidays_package.country_holidays("ID", years=year, categories=(category,))
        ours = {day for day, holiday in listed.items() if holiday.kind is kind}
        assert ours == set(witness)
        assert len(ours) == count


def test_the_draft_marks_exactly_the_estimates_of_the_package() -> None:
    listed = read_holiday_list(PRESETS / "holidays-2027.toml").days
    witness = holidays_package.country_holidays("ID", years=2027, language="id")
    estimated = {day for day, name in witness.items() if "perkiraan" in name}
    assert {day for day, entry in listed.items() if "perkiraan" in entry.name} == estimated


def test_the_decree_and_not_the_news() -> None:
    days = load_calendar("banyuwangi").holidays
    assert days[date(2026, 2, 17)].name == "Tahun Baru Imlek 2577"
    assert days[date(2026, 5, 27)].name == "Idul Adha 1447 H"
    assert date(2026, 5, 25) not in days
    assert days[date(2026, 2, 16)].kind is HolidayKind.JOINT_LEAVE


def test_joint_leave_is_named_as_such_and_every_list_names_its_source() -> None:
    for path in PRESETS.glob("holidays-*.toml"):
        entry = read_holiday_list(path)
        assert entry.source
        assert entry.complete
        for day, holiday in entry.days.items():
            joint = holiday.kind is HolidayKind.JOINT_LEAVE
            assert holiday.name.startswith("Cuti Bersama") is joint, day


def test_days_fixed_by_law_are_in_every_year() -> None:
    fixed = yearly_holidays()
    assert set(fixed) == {(1, 1), (5, 1), (6, 1), (8, 17), (12, 25)}
    for year in (2026, 2027):
        days = read_holiday_list(PRESETS / f"holidays-{year}.toml").days
        assert all(date(year, month, day) in days for month, day in fixed)


def test_a_draft_that_is_named_is_refused(tmp_path: Path) -> None:
    path = _write(tmp_path, HEAD + 'holidays = ["holidays-2027"]\n' + ALWAYS)
    with pytest.raises(CalendarFileError) as caught:
        load_calendar(path)
    assert str(caught.value) == (
        "kantor.toml, line 2: holidays names holidays-2027, a draft: "
        "check it against the decree and set reviewed = true"
    )


def test_own_lists_and_own_days(tmp_path: Path) -> None:
    _write(
        tmp_path,
        LIST_HEAD
        + 'days = [\n  { date = 2028-01-01, type = "national", name = "Tahun Baru" },\n]',
        "libur-2028.toml",
    )
    path = _write(
        tmp_path,
        HEAD
        + 'holidays = ["holidays-2026", "libur-2028.toml"]\n'
        + 'days = [\n  { date = 2026-12-18, type = "regional", name = "Hari Jadi" },\n'
        + '  { date = 2028-01-01, type = "unit", name = "Stok opname" },\n]\n'
        + ALWAYS,
    )
    calendar = load_calendar(path)
    assert calendar.name == "kantor"
    assert calendar.loaded_years == {2026, 2028}
    assert calendar.holidays[date(2026, 12, 18)].kind is HolidayKind.REGIONAL
    assert calendar.holidays[date(2028, 1, 1)].name == "Stok opname"
    assert date(2026, 12, 25) in calendar.holidays


def test_a_list_of_regional_days_does_not_load_the_year(tmp_path: Path) -> None:
    text = LIST_HEAD + 'days = [{ date = 2028-12-18, type = "regional", name = "Hari Jadi" }]'
    _write(tmp_path, text, "daerah.toml")
    path = _write(tmp_path, HEAD + 'holidays = ["daerah.toml"]\n' + ALWAYS)
    calendar = load_calendar(path)
    assert calendar.loaded_years == frozenset()
    assert date(2028, 12, 18) in calendar.holidays


DOUBTFUL_DAYS = [
    ('{ date = "2028-01-01", type = "national", name = "X" }', "date must be a date like"),
    ('{ date = 2028-01-01T08:00:00, type = "national", name = "X" }', "date must be a date like"),
    ('{ type = "national", name = "X" }', "date must be a date like"),
    ('{ date = 2027-01-01, type = "national", name = "X" }', "does not lie in 2028"),
    ('{ date = 2028-01-02, type = "cuti", name = "X" }', "type of 2028-01-02 must be one of"),
    ('{ date = 2028-01-02, name = "X" }', "type of 2028-01-02 must be one of"),
    ('{ date = 2028-01-02, type = "national" }', "name of 2028-01-02 is missing"),
    ('{ date = 2028-01-02, type = "national", name = " " }', "name of 2028-01-02 is missing"),
    ('{ date = 2028-01-01, type = "joint_leave", name = "X" }', "2028-01-01 is listed twice"),
    ('{ date = 2028-01-02, type = "national", name = "X (Perkiraan)" }', "an estimate cannot"),
    ('{ date = 2028-01-02, type = "national", name = "X", jam = 1 }', "jam is unknown"),
]


@pytest.mark.parametrize(("line", "sentence"), DOUBTFUL_DAYS)
def test_a_doubtful_line_of_a_list_is_named(tmp_path: Path, line: str, sentence: str) -> None:
    first = '  { date = 2028-01-01, type = "national", name = "Tahun Baru" },\n'
    path = _write(tmp_path, f"{LIST_HEAD}days = [\n{first}  {line},\n]\n", "libur.toml")
    with pytest.raises(CalendarFileError) as caught:
        read_holiday_list(Path(path))
    assert str(caught.value).startswith("libur.toml, line 7: days: ")
    assert sentence in str(caught.value)


def test_a_draft_may_hold_estimates(tmp_path: Path) -> None:
    text = LIST_HEAD.replace("true", "false")
    text += 'days = [{ date = 2028-02-27, type = "national", name = "Idul Fitri (perkiraan)" }]'
    entry = read_holiday_list(Path(_write(tmp_path, text)))
    assert not entry.reviewed
    assert len(entry.days) == 1


DOUBTFUL_LISTS = [
    (LIST_HEAD.replace("2028", '"2028"'), "line 1: year must be a whole number"),
    (LIST_HEAD.replace("year = 2028\n", ""), "line 1: year must be a whole number"),
    (LIST_HEAD.replace("version = 1", "version = true"), "line 3: version must be a whole number"),
    (LIST_HEAD.replace("true", '"ya"'), "line 2: reviewed must be true or false"),
    (LIST_HEAD.replace('"SKB"', '""'), "line 4: source must be a text"),
    (LIST_HEAD + "days = 3", "line 5: days must be a list of tables"),
    (LIST_HEAD + "sumber = 1", "line 5: sumber is unknown; known are days, reviewed"),
]


@pytest.mark.parametrize(("text", "sentence"), DOUBTFUL_LISTS)
def test_a_doubtful_head_of_a_list_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(CalendarFileError, match=sentence):
        read_holiday_list(Path(_write(tmp_path, text)))


# --- calendar files --------------------------------------------------------------------------


def test_a_file_may_extend_a_preset(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        'extends = "pemerintah"\nname = "denpasar"\nzone = "Asia/Makassar"\n'
        "observes_joint_leave = false\n",
    )
    calendar = load_calendar(path)
    assert calendar.name == "denpasar"
    assert calendar.zone.key == "Asia/Makassar"
    assert hours_text(calendar, date(2026, 2, 19)) == RAMADAN_HOURS
    assert is_open(calendar, datetime(2026, 3, 18, 9, tzinfo=calendar.zone))


def test_an_extension_keeps_what_the_preset_observes(tmp_path: Path) -> None:
    calendar = load_calendar(_write(tmp_path, 'extends = "rs24"\n'))
    assert not calendar.observes_national
    assert not calendar.observes_joint_leave
    assert calendar.name == "kantor"


def test_an_extension_may_bring_weeks_of_its_own(tmp_path: Path) -> None:
    calendar = load_calendar(_write(tmp_path, 'extends = "rs24"\n' + ALWAYS))
    assert hours_text(calendar, date(2026, 7, 14)) == "Senin 08.00-12.00"


@pytest.mark.parametrize(
    "written", ["08.00-12.00", "0800-1200", "08:00-12:00", "8.00 - 12.00", "08.00\u201312.00"]
)
def test_bw_17_times_are_read_as_they_are_written(tmp_path: Path, written: str) -> None:
    path = _write(tmp_path, f'{HEAD}[[weeks]]\nfriday = ["{written}"]\n')
    assert hours_text(load_calendar(path), date(2026, 7, 14)) == "Jumat 08.00-12.00"


def test_periods_with_only_one_end(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        HEAD + ALWAYS + '[[weeks]]\nvalid = [{ from = 2026-07-01 }]\ntuesday = ["09.00-10.00"]\n'
        '[[weeks]]\nvalid = [{ until = 2025-12-31 }]\nfriday = ["09.00-10.00"]\n',
    )
    calendar = load_calendar(path)
    words = [hours_text(calendar, date(2026, month, 1)).split()[0] for month in (1, 6, 7)]
    assert words == ["Senin", "Senin", "Selasa"]
    assert hours_text(calendar, date(2025, 12, 31)).startswith("Jumat")


DOUBTFUL_CALENDARS = [
    (
        HEAD + '[[weeks]]\nsenin = ["08.00-12.00"]\n',
        "line 3: senin is no weekday; expected monday",
    ),
    (HEAD + ALWAYS + "[[weeks]]\nfunday = []\n", "line 5: funday is no weekday"),
    (
        HEAD + '[[weeks]]\nmonday = ["08.00-12.00", "11.30-15.00"]\n',
        "line 2: weeks: Senin: 08.00-12.00 and 11.30-15.00 overlap",
    ),
    (HEAD + '[[weeks]]\nmonday = ["12.00-08.00"]\n', "Senin: 12.00-08.00 must open before"),
    (HEAD + '[[weeks]]\nmonday = ["08.00-24.01"]\n', "line 3: monday must be a list like"),
    (HEAD + '[[weeks]]\nmonday = ["08.60-12.00"]\n', "line 3: monday must be a list like"),
    (HEAD + '[[weeks]]\nmonday = ["pagi"]\n', "line 3: monday must be a list like"),
    (HEAD + "[[weeks]]\nmonday = [8]\n", "line 3: monday must be a list like"),
    (HEAD + '[[weeks]]\nmonday = "08.00-12.00"\n', "line 3: monday must be a list like"),
    (HEAD + "[[weeks]]\nmonday = []\n", "line 2: weeks does not hold: never opens|never opens"),
    (HEAD, "exactly one week without dates"),
    (HEAD + ALWAYS + ALWAYS, "has 2"),
    (HEAD + ALWAYS + "[[weeks]]\nvalid = []\n", "line 5: valid must be a list like"),
    (HEAD + ALWAYS + "[[weeks]]\nvalid = [{}]\n", "line 5: valid has periods of from"),
    (HEAD + ALWAYS + "[[weeks]]\nvalid = [{ to = 1 }]\n", "line 5: valid has periods of from"),
    (
        HEAD + ALWAYS + '[[weeks]]\nvalid = [{ from = "2026-01-01" }]\n',
        "line 5: valid needs dates like",
    ),
    (
        HEAD + ALWAYS + "[[weeks]]\nvalid = [{ from = 2026-02-01, until = 2026-01-01 }]\n",
        "line 4: weeks: a week that ends",
    ),
    (
        HEAD
        + ALWAYS
        + "[[weeks]]\nvalid = [\n{ from = 2026-01-01, until = 2026-02-01 },\n"
        + "{ from = 2026-02-01, until = 2026-03-01 },\n]\n",
        "both cover 2026-02-01",
    ),
    (ALWAYS, "line 1: zone must be a text"),
    ('zone = "WIB"\n' + ALWAYS, "line 1: zone must be a zone like Asia/Jakarta, not 'WIB'"),
    ('zone = "../etc"\n' + ALWAYS, "line 1: zone must be a zone like"),
    ('zone = "Asia"\n' + ALWAYS, "line 1: zone must be a zone like"),
    (HEAD + 'name = ""\n' + ALWAYS, "line 2: name must be a text"),
    (HEAD + "observes_national = 1\n" + ALWAYS, "line 2: observes_national must be true or false"),
    (HEAD + 'holidays = "2026"\n' + ALWAYS, "line 2: holidays must be a list like"),
    (HEAD + 'holidays = ["2031.toml"]\n' + ALWAYS, "2031.toml cannot be read"),
    (HEAD + "jam = 3\n" + ALWAYS, "line 2: jam is unknown; known are days, extends"),
    ('extends = "kantor"\n', "line 1: extends must be one of banyuwangi, pemerintah, rs24"),
    (HEAD + "weeks = 3\n", "line 2: weeks must be a list of tables"),
    (HEAD + "days = [{ date = 2026-01-02 }]\n" + ALWAYS, "days: type of 2026-01-02"),
    (
        HEAD + 'days = [{ date = 1026-01-02, type = "unit", name = "x" }]\n' + ALWAYS,
        "1026-01-02 is not a date between 2000 and 2199",
    ),
    ("zone = \n", "kantor.toml is not valid TOML: .*line 1"),
]


@pytest.mark.parametrize(("text", "sentence"), DOUBTFUL_CALENDARS)
def test_a_doubtful_calendar_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(CalendarFileError, match=sentence) as caught:
        load_calendar(_write(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_neither_preset_nor_file() -> None:
    with pytest.raises(CalendarFileError) as caught:
        load_calendar("banyuwngi")
    assert str(caught.value) == (
        "'banyuwngi' is neither a preset (banyuwangi, pemerintah, rs24) nor a file"
    )


def test_a_list_of_holidays_is_no_calendar() -> None:
    with pytest.raises(CalendarFileError, match="neither a preset"):
        load_calendar("holidays-2026")


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "kantor.toml"
    path.write_bytes(b"zone = '\xff'")
    with pytest.raises(CalendarFileError, match="not valid TOML"):
        load_calendar(str(path))
