"""Calendars as years: days off, hours for a time, documents, lists of holidays looked at first."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from aiohttp import FormData

from config.calendars import load_calendar
from console.language import words_in
from console.staff.admin.year import days_off, hours, months, year_of
from tests.console.staff.kit import OURS, at_the_console

if TYPE_CHECKING:
    from tests.console.staff.kit import Browser
    from tests.gateway.api.kit import ApiOffice

KALENDER = "/console/admin/kalender"
LISTS = "/console/admin/hari-libur"
ASKED = f"{KALENDER}/pemerintah"
SAY = words_in("id")
FEBRUARY = {"first": "2028-01-28", "last": "2028-02-01"}


@pytest.fixture(scope="module")
async def admin(house: ApiOffice) -> Browser:
    return await at_the_console(house, "admin")


# --- the year, purely ----------------------------------------------------------------------------


def test_a_year_shows_each_day_as_it_is() -> None:
    calendar = load_calendar("pemerintah")
    year = months(calendar, 2026, date(2026, 3, 2), SAY)
    assert [len(month.days) for month in year][:3] == [31, 28, 31]
    assert year[0].lead == 3  # 1 January 2026 is a Thursday
    march = {day.number: day for day in year[2].days}
    assert march[2].kind == "special"
    assert march[2].today
    assert "12.30-15.00 (jam khusus)" in march[2].words
    assert (march[7].kind, march[18].kind, march[21].kind) == ("closed", "joint_leave", "national")
    assert (march[25].kind, year[2].open_days) == ("open", 17)


def test_a_desk_that_works_on_holidays_says_so() -> None:
    calendar = load_calendar("rs24")
    first = months(calendar, 2026, date(2026, 3, 2), SAY)[0].days[0]
    assert first.kind == "open"
    assert "tetap buka" in first.words
    assert not any(one.observed for one in days_off(calendar, 2026, frozenset(), SAY))


def test_what_is_fixed_by_law_stands_in_years_without_decree() -> None:
    calendar = load_calendar("pemerintah")
    listed = days_off(calendar, 2031, frozenset(), SAY)
    assert date(2031, 8, 17) in [one.day for one in listed]
    assert not hours(calendar, date(2026, 6, 1))[0].past


@pytest.mark.parametrize("written", ["", "abc", "0", "99999", "²026", "1999", "2200", "-5"])
def test_a_year_that_is_none_is_this_one(written: str) -> None:
    assert year_of(written, date(2026, 5, 5)) == 2026
    assert year_of("2031", date(2026, 5, 5)) == 2031


# --- pages ---------------------------------------------------------------------------------------


async def test_only_who_has_the_right(operator: Browser, admin: Browser) -> None:
    for path in (KALENDER, ASKED, f"{ASKED}/dokumen", LISTS):
        assert (await operator.get(path)).status == 403
        assert (await admin.get(path)).status == 200
    page = await operator.get("/console/akun")
    for path in (f"{ASKED}/libur", f"{ASKED}/dokumen", LISTS, f"{LISTS}/simpan"):
        assert (await operator.send(path, page, {"day": "2026-12-18"})).status == 403
    assert (await admin.get(f"{KALENDER}/holidays-2026")).status == 404
    assert (await admin.get(f"{KALENDER}/A%20b")).status == 404


async def test_a_day_off_comes_and_goes(admin: Browser) -> None:
    page = await admin.get(f"{ASKED}?tahun=2026")
    form = {"day": "2026-12-18", "day_name": "Hari Jadi Contoh", "kind": "regional"}
    form["tahun"] = "2026"
    done = await admin.send(f"{ASKED}/libur", page, form)
    assert done.status == 303, done.words
    assert done.headers["Location"].startswith(f"{ASKED}?tahun=2026")
    shown = await admin.get(f"{ASKED}?tahun=2026")
    assert "Hari Jadi Contoh" in shown.words
    assert "Libur daerah: Hari Jadi Contoh" in shown.text  # in its place of the year, at once
    assert "Kalender diubah" in shown.words
    late = await admin.send(f"{ASKED}/libur", page, {**form, "day": "2026-12-21"})
    assert late.status == 409
    assert "Petugas admin" in late.words
    assert 'value="2026-12-21"' in late.text
    twice = await admin.send(f"{ASKED}/libur", shown, form)
    assert twice.status == 422
    gone = await admin.send(f"{ASKED}/libur/hapus", shown, {"day": "2026-12-18"})
    assert gone.status == 303
    assert "Hari Jadi Contoh" not in (await admin.get(f"{ASKED}?tahun=2026")).words


@pytest.mark.parametrize(
    ("act", "form", "field"),
    [
        ("libur", {"day": "besok", "day_name": "x"}, "day-day"),
        ("libur", {"day": "2026-12-18", "day_name": " "}, "day-day_name"),
        ("jam", {"first": "2028-01-28", "last": ""}, "period-last"),
        ("jam", {"first": "2028-01-28", "last": "2028-01-01"}, "period-last"),
        ("jam", FEBRUARY | {"hours-2": "8 pagi"}, "period-hours-2"),
        ("jam", FEBRUARY | {"hours-0": "12.00-08.00"}, "period-hours-0"),
        ("jam", FEBRUARY | {"hours-0": "08.00-12.60"}, "period-hours-0"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_told_at_its_field(
    admin: Browser, act: str, form: dict[str, str], field: str
) -> None:
    page = await admin.get(f"{KALENDER}/rs24")
    said = await admin.send(f"{KALENDER}/rs24/{act}", page, form)
    assert said.status == 422
    assert f'id="{field}-salah"' in said.text


async def test_ramadan_comes_and_goes(admin: Browser) -> None:
    path = f"{KALENDER}/banyuwangi"
    form = {"first": "2028-01-28", "last": "2028-02-26"}
    form |= {f"hours-{day}": "08.00-12.00, 12.30-14.00" for day in range(5)}
    page = await admin.get(path)
    assert (await admin.send(f"{path}/jam", page, form)).status == 303
    shown = await admin.get(f"{path}?tahun=2028")
    assert "Senin-Jumat 08.00-12.00 dan 12.30-14.00" in shown.words
    assert "12.30-14.00 (jam khusus)" in shown.text
    overlap = await admin.send(f"{path}/jam", shown, {**form, "first": "2028-02-01"})
    assert overlap.status == 422
    assert (await admin.send(f"{path}/jam/hapus", shown, form)).status == 303
    assert "12.30-14.00" not in (await admin.get(f"{path}?tahun=2028")).text


async def test_a_new_calendar_is_a_document(admin: Browser) -> None:
    page = await admin.get(KALENDER)
    on = await admin.send(KALENDER, page, {"name": "loket-pagi"})
    path = on.headers["Location"]
    blank = await admin.get(path)
    assert "extends" in blank.text
    bad = await admin.send(path, blank, {"document": 'zone = "Asia/Jakarta"\nmonday = 3\n'})
    assert bad.status == 422
    assert "Baris 2" in bad.words
    assert "monday = 3" in bad.text
    text = 'zone = "Asia/Jakarta"\n[[weeks]]\nmonday = ["08.00-10.00"]\n'
    assert (await admin.send(path, blank, {"document": text})).status == 303
    assert "Senin 08.00-10.00" in (await admin.get(KALENDER)).words
    assert (await admin.send(path, blank, {"document": text + "#"})).status == 409
    assert (await admin.send(KALENDER, page, {"name": "Loket Pagi"})).status == 404


# --- lists of holidays ---------------------------------------------------------------------------

LINES = "Tanggal;Nama\n2028-01-01;Tahun Baru 2028\nentah\n2028-01-26;Cuti Bersama Imlek\n"


async def test_a_list_is_looked_at_before_it_counts(admin: Browser) -> None:
    page = await admin.get(f"{LISTS}?tahun=2028")
    seen = await admin.send(LISTS, page, {"year": "2028", "document": LINES})
    assert seen.status == 200
    assert "Baris 3: tidak ada tanggal" in seen.words
    assert "Sabtu 01-01-2028 Tahun Baru 2028" in seen.words
    assert "baru" in seen.words
    assert "2028" not in (await admin.get(LISTS)).words  # nothing was kept
    document = seen.text.split('spellcheck="false" required>\n')[1].split("</textarea>")[0]
    document = document.replace("&#34;", '"')
    form = {"year": "2028", "document": document, "source": "SKB 2028"}
    untrue = await admin.send(f"{LISTS}/simpan", seen, form)
    assert untrue.status == 422
    assert "import-reviewed-salah" in untrue.text
    done = await admin.send(f"{LISTS}/simpan", untrue, {**form, "reviewed": "1"})
    assert done.status == 303, done.words
    assert "SKB 2028" in (await admin.get(LISTS)).words
    assert "Cuti Bersama Imlek" in (await admin.get(f"{ASKED}?tahun=2028")).words
    again = await admin.send(f"{LISTS}/simpan", seen, {**form, "reviewed": "1"})
    assert again.status == 409
    assert "Cuti Bersama Imlek" in again.words


async def test_a_file_is_read_as_well(house: ApiOffice, admin: Browser) -> None:
    page = await admin.get(LISTS)
    sent = FormData({"csrf": page.field("csrf"), "year": "2029"})
    raw = "\ufeff2029-01-01,Tahun Baru 2029\r\n".encode()
    sent.add_field("file", raw, filename="libur.csv", content_type="text/csv")
    cookies = "; ".join(f"{name}={held}" for name, held in admin.cookies.items())
    url = f"{house.hall.base}{LISTS}"
    async with house.hall.http.post(url, data=sent, headers={**OURS, "Cookie": cookies}) as said:
        assert said.status == 200
        assert "Tahun Baru 2029" in await said.text()


async def test_nothing_given_is_asked_for(admin: Browser) -> None:
    page = await admin.get(LISTS)
    said = await admin.send(LISTS, page, {"year": "2028", "document": "  "})
    assert said.status == 422
    assert "Pilih berkas" in said.words


async def test_a_document_full_of_doubts_shows_them_all(admin: Browser) -> None:
    text = (
        "year = 2030\nversion = 1\ndays = [\n {date = 3},\n"
        ' {date = 2029-01-01, type="national", name="x"},\n]\n'
    )
    page = await admin.get(LISTS)
    said = await admin.send(LISTS, page, {"year": "2030", "document": text})
    assert "2 baris meragukan" in said.words
    assert "Baris 5: tanggal 2029-01-01 bukan di tahun 2030" in said.words
    kept = await admin.send(f"{LISTS}/simpan", said, {"year": "2030", "document": text})
    assert kept.status == 422
    assert "{date = 3}" in kept.text
