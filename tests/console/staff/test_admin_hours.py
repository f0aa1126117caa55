"""Hours by form: rows more and less without script, faults at their fields, a look before."""

from __future__ import annotations

import re
from time import process_time
from typing import TYPE_CHECKING

import pytest

from config.calendar_sheet import read_sheet
from config.calendar_text import preset_text
from config.calendars import preset_names
from console.staff.admin import hours_fields as fields
from console.staff.admin.hours_fields import TypedHours, read, shown, typed
from console.staff.admin.hours_steps import step
from core.errors import StoreUnavailable
from core.services.calendar_preview import MOST, SLICE
from tests.console.staff.kit import at_the_console

if TYPE_CHECKING:
    from tests.console.staff.kit import Browser, Page
    from tests.gateway.api.kit import ApiOffice

KALENDER = "/console/admin/kalender"
ASKED = f"{KALENDER}/pemerintah/jadwal"
MONDAY = {"minggu.0": "1", "jam.0.0.0.buka": "08.00", "jam.0.0.0.tutup": "12.00"}
RAMADAN = {"minggu.1": "1", "jam.1.0.0.buka": "8", "jam.1.0.0.tutup": "10"}


@pytest.fixture(scope="module")
async def admin(house: ApiOffice) -> Browser:
    return await at_the_console(house, "admin")


def held(page: Page) -> dict[str, str]:
    """All that the form of hours would send as it stands."""
    boxes = re.findall(r'name="([\w.]+)" value="([^"]*)"(?! formnovalidate)', page.text)
    form = {name: value for name, value in boxes if name not in ("langkah", "lihat", "q")}
    times = re.findall(r'<input id="(\S+)" name="\1" (?:type="date" )?value="([^"]*)"', page.text)
    return {name: value for name, value in form.items() if "." not in name} | {
        **dict(times),
        **dict.fromkeys(re.findall(r'name="(minggu\.\d+)"', page.text), "1"),
        **dict.fromkeys(re.findall(r'name="(national|joint)" value="1" checked', page.text), "1"),
    }


# --- fields, purely ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", preset_names())
def test_a_calendar_survives_its_form(name: str) -> None:
    sheet = read_sheet(preset_text(name), name)
    assert read(shown(sheet)) == (sheet, {})


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("8", 480), ("08", 480), ("0800", 480), ("08.00", 480), ("8:05", 485), ("24.00", 1440),
        ("00.00", 0), ("24.01", None), ("08.60", None), ("8 pagi", None), ("", None),
        ("٠٨.٠٠", None), ("-8", None), ("800", 480), ("8.5", None),
    ],
)  # fmt: skip
def test_times_as_people_write_them(written: str, minutes: int | None) -> None:
    assert fields.minutes(written) == minutes


@pytest.mark.parametrize(
    ("form", "faults"),
    [
        ({"minggu.0": "1"}, {"jam.0": fields.NEVER_OPEN}),
        ({}, {"jam.0": fields.NEVER_OPEN}),
        (MONDAY | {"jam.0.0.0.buka": "pagi"}, {"jam.0.0.0.buka": fields.NO_TIME}),
        (MONDAY | {"jam.0.0.0.tutup": ""}, {"jam.0.0.0.tutup": fields.HALF}),
        (MONDAY | {"jam.0.0.0.tutup": "08.00"}, {"jam.0.0.0.tutup": fields.BACKWARDS}),
        (
            MONDAY | {"jam.0.0.1.buka": "11.00", "jam.0.0.1.tutup": "13.00"},
            {"jam.0.0.1.buka": fields.OVERLAPPING},
        ),
        (MONDAY | {"zone": "Asia/Atlantis"}, {"zone": fields.NO_ZONE}),
        (MONDAY | {"zone": "../../etc/passwd"}, {"zone": fields.NO_ZONE}),
        (MONDAY | RAMADAN, {"masa.1.0.mulai": fields.NO_SPAN}),
        (
            MONDAY | RAMADAN | {"masa.1.0.mulai": "besok", "masa.1.0.sampai": ""},
            {"masa.1.0.mulai": fields.NO_DATE},
        ),
        (
            MONDAY | RAMADAN | {"masa.1.0.mulai": "9999-01-01", "masa.1.0.sampai": ""},
            {"masa.1.0.mulai": fields.NO_DATE},
        ),
        (
            MONDAY | RAMADAN | {"masa.1.0.mulai": "2028-02-01", "masa.1.0.sampai": "2028-01-01"},
            {"masa.1.0.sampai": fields.DATES_BACKWARDS},
        ),
        (
            MONDAY
            | RAMADAN
            | {"masa.1.0.mulai": "2028-02-01", "masa.1.0.sampai": "2028-03-01"}
            | {"masa.1.1.mulai": "2028-03-01", "masa.1.1.sampai": "2028-03-02"},
            {"masa.1.1.mulai": fields.DATES_OVERLAP},
        ),
        (
            MONDAY | RAMADAN | {"masa.1.0.mulai": "2028-02-01", "masa.1.1.mulai": "2028-02-01"},
            {"masa.1.1.mulai": fields.SAME_START},
        ),
        (MONDAY | {"jam.0.6.0.buka": "", "jam.0.6.0.tutup": ""}, {}),
        (MONDAY | {"jam.0.9.0.buka": "x", "jam.a.0.0.buka": "x", "minggu.999": "1"}, {}),
    ],
)
def test_what_is_wrong_stands_at_its_field(form: dict[str, str], faults: dict[str, str]) -> None:
    assert read(typed(form, "Asia/Jakarta"))[1] == faults


def test_rows_are_put_in_order() -> None:
    form = MONDAY | {"jam.0.0.1.buka": "06.00", "jam.0.0.1.tutup": "07.00"}
    sheet, faults = read(typed(form, "Asia/Jakarta"))
    assert not faults
    assert sheet.hours[0].windows[0] == ((360, 420), (480, 720))


def test_a_form_of_any_size_is_read_at_once() -> None:
    names = (
        f"jam.{week}.{day}.{row}.buka"
        for week in range(99)
        for day in range(7)
        for row in range(60)
    )
    flood = MONDAY | dict.fromkeys(names, "x") | {f"minggu.{week}": "1" for week in range(99)}
    before = process_time()
    made = typed(flood, "Asia/Jakarta")
    assert process_time() - before < 5
    assert sum(len(day) for week in made.weeks for day in week.days) == fields.MOST


def test_steps_change_the_form_alone() -> None:
    form = typed(MONDAY, "Asia/Jakarta")

    def after(*steps: str, pattern: str = "") -> TypedHours:
        made = form
        for one in steps:
            made, _ = step(made, one, pattern)
        return made

    assert after("tambah-jam.0.0").weeks[0].days[0] == (("08.00", "12.00"), ("", ""))
    assert after("tambah-jam.0.0", "hapus-jam.0.0.1") == form
    assert after("salin.0").weeks[0].days[4] == (("08.00", "12.00"),)
    assert after("salin.0").weeks[0].days[5] == ()
    fasting = after("tambah-ramadan")
    assert fasting.weeks[1].days[0] == (("08.00", "12.00"), ("12.30", "15.00"))
    assert fasting.weeks[1].spans == (("", ""),)
    assert after("tambah-ramadan", "tambah-masa.1").weeks[1].spans == (("", ""),) * 2
    assert after("tambah-ramadan", "hapus-masa.1.0").weeks[1].spans == ()
    assert after("tambah-khusus", "hapus-khusus.1") == form
    assert after("tambah-khusus").weeks[1].days == form.weeks[0].days
    assert after("pola", pattern="rs24").weeks[0].days[6] == (("00.00", "24.00"),)
    assert not after("pola", pattern="rs24").national
    for nonsense in (
        "hapus-khusus.0", "hapus-khusus.7", "tambah-jam.0.9", "tambah-jam", "salin.x", "?",
        "hapus-jam.0.0.9", "hapus-masa.0.4", "tambah-jam.0.0.0.0", "pola",
    ):  # fmt: skip
        assert after(nonsense) == form, nonsense


# --- pages ---------------------------------------------------------------------------------------


async def test_only_who_has_the_right(operator: Browser, admin: Browser) -> None:
    assert (await operator.get(ASKED)).status == 403
    own = await operator.get("/console/akun")
    assert (await operator.send(ASKED, own, MONDAY)).status == 403
    assert (await admin.get(f"{KALENDER}/holidays-2026/jadwal")).status == 404
    assert (await operator.get("/console/mulai/kalender")).status == 403


async def test_a_row_more_keeps_what_was_typed(admin: Browser) -> None:
    page = await admin.get(ASKED)
    form = held(page)
    assert form["jam.0.4.0.tutup"] == "11.30"
    form["jam.0.0.0.buka"] = "06.15"
    more = await admin.send(ASKED, page, form | {"langkah": "tambah-jam.0.5"})
    assert more.status == 200
    assert held(more) == form | {"jam.0.5.0.buka": "", "jam.0.5.0.tutup": ""}
    assert "06.15" not in (await admin.get(ASKED)).text  # nothing was kept


async def test_a_preset_that_nobody_changed_goes_on_following_the_program(
    admin: Browser,
) -> None:
    page = await admin.get(ASKED)
    assert (await admin.send(ASKED, page, held(page))).status == 303
    assert page.field("version") == (await admin.get(ASKED)).field("version") == "0"


async def test_after_a_step_the_hand_is_where_it_goes_on(admin: Browser) -> None:
    page = await admin.get(ASKED)
    for pressed, place in (
        ("tambah-jam.0.5", '<input id="jam.0.5.0.buka"'),
        ("hapus-jam.0.0.1", 'value="tambah-jam.0.0"'),
        ("tambah-ramadan", '<input id="masa.2.0.mulai"'),
        ("hapus-khusus.1", 'value="tambah-ramadan"'),
    ):
        said = await admin.send(ASKED, page, held(page) | {"langkah": pressed})
        (tag,) = re.findall(r"<[^>]* autofocus[^>]*>", said.text)
        assert place in tag


async def test_ramadan_is_looked_at_kept_and_taken_out(house: ApiOffice, admin: Browser) -> None:
    await house.ticket()
    path = f"{KALENDER}/banyuwangi/jadwal"
    page = await admin.get(path)
    more = await admin.send(path, page, held(page) | {"langkah": "tambah-ramadan"})
    form = held(more)
    unsaid = await admin.send(path, more, form)
    assert unsaid.status == 422
    assert 'id="masa.1.0.mulai-salah"' in unsaid.text
    form |= {"masa.1.0.mulai": "2028-01-28", "masa.1.0.sampai": "2028-02-26"}
    seen = await admin.send(path, more, form | {"lihat": "1"})
    assert seen.status == 200
    assert "tiket berjalan" in seen.words
    done = await admin.send(path, seen, held(seen))
    assert done.status == 303, done.words
    shown_now = await admin.get(f"{KALENDER}/banyuwangi?tahun=2028")
    assert "12.30-15.00 (jam khusus)" in shown_now.text
    assert "Kalender diubah" in shown_now.words
    late = await admin.send(path, page, held(page))
    assert late.status == 409
    assert "Petugas admin" in late.words
    again = await admin.get(path)
    less = await admin.send(path, again, held(again) | {"langkah": "hapus-khusus.1"})
    assert (await admin.send(path, less, held(less))).status == 303
    assert "jam khusus)" not in (await admin.get(f"{KALENDER}/banyuwangi?tahun=2028")).text


async def test_shorter_hours_tell_what_moves(house: ApiOffice, admin: Browser) -> None:
    await house.ticket()
    name = house.hall.gateway.plan.policy.calendar.name
    path = f"{KALENDER}/{name}/jadwal"
    page = await admin.get(path)
    form = MONDAY | {"jam.0.0.0.tutup": "08.01", "lihat": "1", "prioritas": "high"}
    seen = await admin.send(path, page, form | {"diterima": "2026-07-14T10:00"})
    assert seen.status == 200, seen.words
    assert re.search(
        r"[1-9]\d* dari [1-9]\d* tiket berjalan mendapat batas waktu lain", seen.words
    )
    assert "14 Juli 2026 pukul 10.00" in seen.words.replace("\xa0", " ")
    assert "Jam kerja mulai berbeda pada" in seen.words
    assert "08.01" not in (await admin.get(path)).text


@pytest.mark.parametrize("asked", ["", "besok", "0001-01-01T00:00", "9999-12-31T23:59", "x" * 99])
async def test_a_receipt_that_is_none_is_left_out(admin: Browser, asked: str) -> None:
    page = await admin.get(ASKED)
    form = held(page) | {"lihat": "1", "diterima": asked, "prioritas": "entah"}
    seen = await admin.send(ASKED, page, form)
    assert seen.status == 200
    assert seen.text.count("<tr>") == 7  # the worked ones below the head


async def test_a_document_of_another_form_says_where_to_change_it(admin: Browser) -> None:
    path = f"{KALENDER}/satu-baris"
    blank = await admin.get(f"{path}/dokumen")
    text = 'zone = "Asia/Jakarta"\nweeks = [{ monday = ["08.00-10.00"] }]\n'
    assert (await admin.send(f"{path}/dokumen", blank, {"document": text})).status == 303
    page = await admin.get(f"{path}/jadwal")
    form = held(page) | {"jam.0.0.0.buka": "07.00"}
    said = await admin.send(f"{path}/jadwal", page, form)
    assert said.status == 422
    assert "ubah lewat dokumennya" in said.words
    assert 'value="07.00"' in said.text


async def test_nothing_typed_is_lost_while_the_store_is_away(
    house: ApiOffice, admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await admin.get(ASKED)
    form = held(page) | {"jam.0.0.0.buka": "06.45"}

    async def away() -> None:
        msg = "away"
        raise StoreUnavailable(msg)

    monkeypatch.setattr(house.hall.store.calendars, "documents", away)
    said = await admin.send(ASKED, page, form)
    assert said.status == 503
    assert held(said) == form


def test_the_look_at_running_tickets_has_an_end() -> None:
    assert MOST % SLICE == 0
