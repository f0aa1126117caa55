"""Every page of the console, in a real browser: it fits, axe has nothing serious to say, and its
picture is left behind (``HELPDESK_SHOTS``), for a wide screen and a telephone, some in the dark.

A page that is added and stands in no row here fails the test.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from unittest.mock import MagicMock

import pytest
from playwright.async_api import expect

from config.load import read
from console.staff.routes import staff_routes
from core.model.messages import ChannelId
from gateway.commands.serve import first_code
from tests.console.staff.kit import Browser, at_the_console
from tests.contracts.planting import plant
from tests.gateway.api.kit import PASSWORD, SENDERS, ApiOffice
from tests.gateway.gateway_kit import Options, message, office, phone, tables
from tests.journeys.browsing import a_context, assert_good, browsed_office, faults_of, picture
from tests.peers import free_port
from ticket_store import schema

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from playwright.async_api import Browser as Chromium
    from playwright.async_api import Page

    from console.staff.reception import Reception

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.timeout(480)]

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}
NARROWEST = {"width": 320, "height": 640}


class Row(NamedTuple):
    """One page: its route, who looks at it, its address, and whether the dark is looked at too."""

    route: str
    who: str
    path: str
    dark: bool = False


C, A = "/console", "/console/admin"
PAGES = (
    Row(f"{C}/masuk", "", f"{C}/masuk", dark=True),
    Row(f"{C}/undangan/{{token}}", "", f"{C}/undangan/{{invited}}"),
    Row(f"{C}/mulai", "first", f"{C}/mulai"),
    Row(f"{C}/kode", "half", f"{C}/kode"),
    Row(f"{C}/kotak/{{kotak}}", "operator", f"{C}/kotak/berjalan", dark=True),
    Row(f"{C}/kotak/{{kotak}}", "operator", f"{C}/kotak/tak-sampai"),
    Row(f"{C}/kotak/{{kotak}}", "operator", f"{C}/kotak/semua?kanal=sms&prioritas=normal"),
    Row(f"{C}/kotak/{{kotak}}", "operator", f"{C}/kotak/tidak-ada"),
    Row(f"{C}/kotak/{{kotak}}/{{number}}", "operator", f"{C}/kotak/berjalan/{{talk}}", dark=True),
    Row(f"{C}/tiket/{{number}}", "operator", f"{C}/tiket/{{long}}"),
    Row(f"{C}/kotak/{{kotak}}", "operator", f"{C}/kotak/diam?diam=4"),
    Row(f"{C}/tiket/{{number}}/serupa", "operator", f"{C}/tiket/{{task}}/serupa"),
    Row(f"{C}/panduan", "operator", f"{C}/panduan", dark=True),
    Row(f"{C}/tiket/{{number}}/cetak", "operator", f"{C}/tiket/{{talk}}/cetak"),
    Row(f"{C}/tiket/{{number}}/asli/{{pesan}}", "operator", f"{C}/tiket/{{talk}}/asli/{{said}}"),
    Row(f"{C}/kotak/belum-terpilah", "operator", f"{C}/kotak/belum-terpilah", dark=True),
    Row(f"{C}/cari", "operator", f"{C}/cari?q=lampu"),
    Row(f"{C}/cari", "operator", f"{C}/cari?q=xyzxyz"),
    Row(f"{C}/laporan/baru", "operator", f"{C}/laporan/baru"),
    Row(f"{C}/laporan/kotak-saran", "operator", f"{C}/laporan/kotak-saran"),
    Row(f"{C}/akun", "operator", f"{C}/akun"),
    Row(f"{C}/tugas", "technician", f"{C}/tugas", dark=True),
    Row(f"{C}/tugas/{{number}}", "technician", f"{C}/tugas/{{task}}"),
    Row(f"{C}/unit", "supervisor", f"{C}/unit", dark=True),
    *(
        Row(f"{C}/unit/{{bagian}}", "supervisor", f"{C}/unit/{part}")
        for part in ("persetujuan", "tanpa-petugas", "diam", "tim", "pertanyaan")
    ),
    Row(f"{C}/unit/{{bagian}}", "supervisor", f"{C}/unit/kendala"),
    Row(f"{C}/pimpinan", "leader", f"{C}/pimpinan", dark=True),
    Row(f"{C}/pimpinan/{{bagian}}", "leader", f"{C}/pimpinan/kendala?unit=1"),
    Row(f"{C}/pimpinan/{{bagian}}", "leader", f"{C}/pimpinan/unit"),
    Row(f"{C}/pimpinan/{{bagian}}", "leader", f"{C}/pimpinan/arahan"),
    Row(f"{C}/balasan", "admin", f"{C}/balasan"),
    Row(f"{C}/layanan", "admin", f"{C}/layanan"),
    Row(f"{C}/mulai/kalender", "admin", f"{C}/mulai/kalender"),
    Row(f"{C}/mulai/kanal", "admin", f"{C}/mulai/kanal"),
    Row(A, "admin", A),
    Row(f"{A}/petugas", "admin", f"{A}/petugas"),
    Row(f"{A}/petugas/baru", "admin", f"{A}/petugas/baru"),
    Row(f"{A}/petugas/{{id}}", "admin", f"{A}/petugas/3", dark=True),
    Row(f"{A}/peran", "admin", f"{A}/peran", dark=True),
    Row(f"{A}/token", "admin", f"{A}/token"),
    Row(f"{A}/unit", "admin", f"{A}/unit"),
    Row(f"{A}/unit/baru", "admin", f"{A}/unit/baru"),
    Row(f"{A}/unit/{{id}}", "admin", f"{A}/unit/1"),
    Row(f"{A}/wilayah", "admin", f"{A}/wilayah"),
    Row(f"{A}/wilayah/{{id}}", "admin", f"{A}/wilayah/1"),
    Row(f"{A}/kalender", "admin", f"{A}/kalender"),
    Row(f"{A}/kalender/{{nama}}", "admin", f"{A}/kalender/pemerintah?tahun=2026", dark=True),
    Row(f"{A}/kalender/{{nama}}/dokumen", "admin", f"{A}/kalender/rs24/dokumen"),
    Row(f"{A}/kalender/{{nama}}/jadwal", "admin", f"{A}/kalender/pemerintah/jadwal", dark=True),
    Row(f"{A}/hari-libur", "admin", f"{A}/hari-libur"),
    Row(f"{A}/janji", "admin", f"{A}/janji"),
    Row(f"{A}/janji/dokumen", "admin", f"{A}/janji/dokumen"),
    Row(f"{A}/janji/ubah", "admin", f"{A}/janji/ubah", dark=True),
    Row(f"{A}/janji/{{id}}", "admin", f"{A}/janji/{{policy}}"),
    Row(f"{A}/pelapor", "admin", f"{A}/pelapor"),
    Row(f"{A}/pelapor/{{id}}", "admin", f"{A}/pelapor/{{person}}"),
    Row(f"{A}/hapus-data", "admin", f"{A}/hapus-data"),
    Row(f"{A}/survei", "admin", f"{A}/survei"),
    Row(f"{A}/survei/{{id}}", "admin", f"{A}/survei/1"),
    Row(f"{A}/teks", "admin", f"{A}/teks"),
    Row(f"{A}/teks/{{kunci}}", "admin", f"{A}/teks/ack", dark=True),
    Row(f"{A}/kanal", "admin", f"{A}/kanal"),
    Row(f"{A}/kanal/{{kanal}}", "admin", f"{A}/kanal/sms"),
    Row(f"{A}/tidak-terkirim", "admin", f"{A}/tidak-terkirim"),
    Row(f"{A}/karantina", "admin", f"{A}/karantina"),
    Row(f"{A}/karantina/{{id}}", "admin", f"{A}/karantina/1"),
    Row(f"{A}/audit", "admin", f"{A}/audit", dark=True),
)
NO_PAGES = {
    f"{C}", f"{C}/", f"{A}/", f"{C}/masuk/sso", f"{C}/masuk/sso/kembali",  # lead on to others
    f"{C}/hari-ini",
    f"{C}/angka", f"{C}/tiket/{{number}}/cerita", f"{C}/tiket/{{number}}/rekan",  # parts of pages
    f"{A}/audit/kemajuan", f"{C}/tugas/tanda", f"{C}/langsung", f"{C}/kabel.js",
    f"{C}/tiket/{{number}}/berkas/{{pesan}}/{{urutan}}",  # files
    f"{C}/tiket/{{number}}/gambar/{{pesan}}/{{urutan}}",
    f"{A}/karantina/{{id}}/muatan", f"{A}/audit/jangkar",
    f"{C}/tiket/{{number}}/berkas/{{sisi}}/{{pesan}}/{{urutan}}",
    f"{C}/tiket/{{number}}/gambar/{{sisi}}/{{pesan}}/{{urutan}}",
    f"{C}/tiket/{{number}}/lampiran/{{pesan}}", f"{C}/tiket/{{number}}/lampiran/{{pesan}}/gambar",
    f"{A}/janji/dokumen.toml", f"{A}/kalender/{{nama}}/dokumen.toml", f"{A}/pelapor/unduh",
}  # fmt: skip
"""What a browser gets that is no page of its own."""


def routes() -> set[str]:
    """Of all pages and parts of the console, patterns of variable parts away."""
    made = staff_routes(cast("Reception", MagicMock()))
    bare = (one.path for one in made if one.method == "GET")
    return {"".join(_without_patterns(path)) for path in bare}


def _without_patterns(path: str) -> list[str]:
    parts = path.split("{")
    named = [part.split("}", 1) for part in parts[1:]]
    return [parts[0], *(f"{{{name.split(':')[0]}}}{rest}" for name, rest in named)]


def test_every_page_of_the_console_is_looked_at() -> None:
    assert {row.route for row in PAGES} == routes() - NO_PAGES
    assert routes() >= NO_PAGES


# --- an office with something on every page ------------------------------------------------------

SPOKEN = (
    "Lampu jalan di depan Pasar Rogojampi mati sejak tiga malam, rawan kecelakaan",
    "Internet Puskesmas Wongsorejo putus, pendaftaran pasien dengan tangan",
    "Saluran air di Jalan Letjen S. Parman tersumbat, jalan tergenang setinggi lutut",
    "Loket 3 Disdukcapil tutup sebelum jamnya",
    "Pohon miring di depan SDN 2 Kabat, takut roboh",
    "kata-yang-sangat-panjang-sekali" * 8,
)
TRAY = (
    "Selamat siang, apakah kantor buka hari Sabtu?",
    "terima kasih pak sudah dibantu",
    "Mohon maaf sebelumnya, saya ingin menyampaikan beberapa hal. " * 22,
)


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    desk = {"loket": {"kind": "desk", "tokens": ["sari:" + "9f0c5e" * 6]}}
    folder, work = tmp_path_factory.mktemp("pages"), {"approval_before_work": True}
    async with browsed_office(folder, doors=desk, work=work) as made:
        yield made


@pytest.fixture(scope="module")
async def names(house: ApiOffice) -> Mapping[str, object]:
    """What the addresses of pages are filled with."""
    talk, task, *others, long = [await house.ticket(f"HELPDESK {text}") for text in SPOKEN]
    for text in TRAY:
        await house.hall.post(message(text, From=phone(next(SENDERS))))
    operator, care, boss = house.operator, house.care, house.supervisor
    await operator.act(talk, "answer", {"text": "Petugas kami memeriksa malam ini, Bu."})
    for n in range(3):
        await operator.act(talk, "note", {"text": f"Tiang nomor {n} sudah dicek. " + "x" * 60 * n})
    unit = {"unit_id": 1, "instruction": "Mohon diperiksa hari ini"}
    for number in (talk, task, *others):
        await operator.act(number, "dispose", unit)
    given = {"staff_id": house.ids["technician"]}
    for number in (task, others[0]):
        await boss.act(number, "assign", given)
    await boss.act(task, "approve", {"note": ""})
    await house.technician.act(task, "ask-supervisor", {"text": "Boleh pinjam alat ukur?"})
    await house.leader.act(others[1], "instruct", {"text": "Selesaikan sebelum Senin."})
    await operator.act(others[2], "set-priority", {"priority": "emergency", "reason": "Bahaya"})
    await care.post("/saved-filters", {"name": "Lampu jalan", "q": "lampu"})
    await operator.post("/saved-filters", {"name": "SMS biasa", "box": "semua", "channel": "sms"})
    await _beside(house, talk)
    return {
        "talk": talk, "task": task, "long": long, "said": await _first_said(house, talk),
        "invited": await _invited(house), "policy": await _policy(house),
        "person": await _registered(house, talk),
    }  # fmt: skip


async def _beside(house: ApiOffice, number: str) -> None:
    """What nobody sends: a broken promise, a region, what could not be read, a canned reply."""
    async with house.hall.store.desk() as desk:
        now = house.hall.gateway.plan.clock.now()
        await desk.quarantine.add(ChannelId("sms"), b"x" * 5_000, "y" * 300, now)
        await desk.commit()
    await plant(house.hall.store, schema.regions, {"id": 1, "code": "r1", "name": "Rogojampi"})
    reply = {"title": "Jam layanan", "text": "Kantor buka Senin sampai Jumat, {kantor}."}
    await house.admin.post("/canned-replies", reply)
    wanted = schema.tickets.select().where(schema.tickets.c.number == number)
    async with house.hall.store._engines.writing.begin() as connection:
        ticket = (await connection.execute(wanted)).one()
        broken = schema.ticket_work.update().where(schema.ticket_work.c.ticket_id == ticket.id)
        await connection.execute(broken.values(breached=True, escalation=1))


async def _first_said(house: ApiOffice, number: str) -> int:
    thread = (await house.operator.get(f"/tickets/{number}/thread")).json["items"]
    return int(next(one["id"] for one in thread if one["inbound"]))


async def _invited(house: ApiOffice) -> str:
    made = await house.admin.post(f"/staff/{house.ids['officer']}/invitation")
    return str(made.json["token"])


async def _registered(house: ApiOffice, number: str) -> int:
    given = {"name": "Mariam", "nik": "1673016507900011", "area": "Rogojampi", "number": number}
    made = await house.admin.post("/respondents", given)
    service = {"name": "Kartu keluarga", "parts": {"time_limit": "3 hari", "fee": "Gratis"}}
    await house.admin.post("/services", service)
    return int(made.json["id"])


async def _policy(house: ApiOffice) -> int:
    return int((await house.admin.get("/sla-policy")).json["version"])


# --- looking -------------------------------------------------------------------------------------


@asynccontextmanager
async def seen_by(chromium: Chromium, house: ApiOffice, who: str) -> AsyncIterator[Page]:
    """A page of somebody who is in; "half": with the password and without the code."""
    base = house.hall.base
    browser = Browser(house.hall)
    if who == "half":
        await browser.post("/console/masuk", {"nama": "supervisor", "sandi": PASSWORD})
    elif who:
        browser = await at_the_console(house, who)
    async with a_context(chromium, base, viewport=WIDE, reduced_motion="reduce") as context:
        held = browser.cookies.items()
        await context.add_cookies([{"name": n, "value": v, "url": base} for n, v in held])
        yield await context.new_page()


def name_of(path: str, names: Mapping[str, object]) -> str:
    """Of a picture: the address, without what differs from run to run."""
    bare = path.removeprefix("/").translate(str.maketrans("/?=&", "    "))
    return bare.format(**dict.fromkeys(names, "-"))


async def look_at(
    page: Page, base: str, row: Row, names: Mapping[str, object]
) -> list[tuple[str, object]]:
    """Wide and as it comes; narrow, with all that unfolds unfolded; in the dark. The faults."""
    name = name_of(row.path, names)
    said = await page.goto(base + row.path.format(**names))
    assert said is not None
    assert said.status == (404 if row.path.endswith("tidak-ada") else 200), name
    await picture(page, f"{name} wide")
    await page.set_viewport_size(PHONE)
    await picture(page, f"{name} phone")
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    await page.set_viewport_size(NARROWEST)
    faults = [(f"{name} narrow", one) for one in await faults_of(page)]
    await page.set_viewport_size(WIDE)
    if row.dark:
        await page.emulate_media(color_scheme="dark")
        await picture(page, f"{name} dark")
        faults += [(f"{name} dark", one) for one in await faults_of(page)]
        await page.emulate_media(color_scheme="light")
    return faults


async def test_every_page_fits_and_is_accessible(
    chromium: Chromium, house: ApiOffice, names: Mapping[str, Any]
) -> None:
    faults: list[tuple[str, object]] = []
    rows = sorted((row for row in PAGES if row.who != "first"), key=lambda row: row.who)
    for who, theirs in groupby(rows, key=lambda row: row.who):
        async with seen_by(chromium, house, who) as page:
            for row in theirs:
                faults += await look_at(page, house.hall.base, row, names)
    assert not faults, "\n".join(map(str, faults))


async def test_the_first_start_fits_and_is_accessible(chromium: Chromium, tmp_path: Path) -> None:
    (row,) = (row for row in PAGES if row.who == "first")
    port = free_port()
    http = {"port": port, "public_url": f"http://127.0.0.1:{port}"}
    async with office(tmp_path, Options(sections={"http": http})) as hall:
        bases = {name: one.base_url for name, one in hall.providers.items()}
        code = await first_code(read(tables(tmp_path, bases, http=http)), hall.store)
        async with a_context(chromium, hall.base, viewport=WIDE) as context:
            page = await context.new_page()
            assert await look_at(page, hall.base, row, {}) == []
            await page.fill("#code", code)
            await page.keyboard.press("Enter")
            await expect(page.locator("#code")).to_have_count(0)
            await assert_good(page, "console mulai first admin")
