"""Reports taken for citizens: one, many papers, the number on paper."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.console.staff.kit import at_the_console

if TYPE_CHECKING:
    from tests.console.staff.kit import Browser
    from tests.gateway.api.kit import ApiOffice

NEW = "/console/laporan/baru"
PAPERS = "/console/laporan/kotak-saran"


async def test_a_report_gets_its_number_at_once(house: ApiOffice, operator: Browser) -> None:
    page = await operator.get(NEW)
    form = {
        "form": "phone", "text": "Loket 2 tutup sebelum waktunya", "name": "Bu Rahmi",
        "phone": "0812 3456 7890", "kunci": page.field("kunci"), "priority": "high",
        "occurred_at": "2026-01-05T09:00",
    }  # fmt: skip
    taken = await operator.send(NEW, page, form)
    assert taken.status == 200
    (number,) = re.findall(r'class="slip__number">([^<]+)<', taken.text)
    assert "Selesai paling lambat" in taken.words
    assert "<svg" in taken.text
    ticket = (await house.operator.get(f"/tickets/{number}")).json
    assert (ticket["priority_hint"], ticket["channel"]) == ("high", "loket")
    again = await operator.send(NEW, page, form)  # the browser's "send again"
    assert number in again.words
    listed = (await house.operator.get("/tickets?channel=loket")).json["items"]
    subjects = [one["subject"] for one in listed]
    assert subjects.count("Loket 2 tutup sebelum waktunya") == 1
    slip = await operator.get(f"/console/tiket/{number}/cetak")
    assert f"/t/{number}" in slip.words
    assert number in (await operator.get(f"/console/cari?q={number}")).headers["Location"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"text": " "}, "Tulis isi laporannya."),
        ({"text": "\u200b"}, "Tulis isi laporannya."),
        ({"phone": "12"}, "Tulis nomor telepon lengkap"),
        ({"email": "a@"}, "Tulis alamat surel lengkap"),
        ({"form": "fax"}, "Pilih bagaimana laporan ini sampai."),
        ({"category": "xyz"}, "Pilih salah satu kategori."),
        ({"occurred_at": "2999-01-01T00:00"}, "tidak boleh di masa depan"),
        ({"subject": "x" * 301}, "terlalu panjang"),
    ],
)
async def test_what_was_typed_comes_back(
    operator: Browser, wrong: dict[str, str], sentence: str
) -> None:
    page = await operator.get(NEW)
    form = {"form": "walk_in", "text": "Pagar roboh", "name": "Pak Made", "place": "Jimbaran"}
    said = await operator.send(NEW, page, form | wrong)
    assert said.status == 422
    assert sentence in said.words
    assert said.field("name") == "Pak Made"
    assert said.field("place") == "Jimbaran"


async def test_papers_become_tickets_row_by_row(house: ApiOffice, operator: Browser) -> None:
    page = await operator.get(PAPERS)
    form = {name: page.field(name) for name in (f"kunci-{row}" for row in range(6))}
    form |= {f"isi-{row}": "" for row in range(6)}
    form |= {"isi-0": "Toilet bau", "isi-2": "Antrean lama", "telepon-2": "77"}
    form |= {"isi-4": "Petugas ramah", "nama-4": "Wayan"}
    said = await operator.send(PAPERS, page, form)
    assert "2 laporan tersimpan" in said.words
    assert "1 kertas belum tersimpan" in said.words
    assert "Antrean lama" in said.text
    assert len(set(re.findall(r"tiket/(HD[^/\"]+)/cetak", said.text))) == 2
    again = await operator.send(PAPERS, page, form | {"telepon-2": ""})
    assert "3 laporan tersimpan" in again.words
    subjects = [
        one["subject"]
        for one in (await house.operator.get("/tickets?channel=loket")).json["items"]
    ]
    assert subjects.count("Toilet bau") == 1
    more = await operator.send(PAPERS, page, form | {"tambah": "1"})
    assert more.text.count('name="isi-') == 12
    assert "Toilet bau" in more.text


async def test_who_may_not_take_reports(house: ApiOffice) -> None:
    number = await house.ticket()
    leader = await at_the_console(house, "leader")
    tech = await at_the_console(house, "technician")
    assert (await leader.get(NEW)).status == 403
    assert (await leader.get(PAPERS)).status == 403
    page = await leader.get("/console/akun")
    assert (await leader.send(NEW, page, {"form": "phone", "text": "x"})).status == 403
    assert (await tech.get(f"/console/tiket/{number}/cetak")).status == 404
    assert (await tech.get("/console/tiket/x/cetak")).status == 404
