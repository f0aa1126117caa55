"""Canned replies: who words them, what is refused, and how one lands in an answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.console.staff.kit import at_the_console

if TYPE_CHECKING:
    from tests.console.staff.kit import Browser, Page
    from tests.gateway.api.kit import ApiOffice

PLACE = "/console/balasan"


def reply_of(page: Page, title: str) -> str:
    found = re.search(rf'id="balasan-(\d+)"[^>]*>\s*<summary><strong>{title}', page.text)
    assert found, page.words
    return found[1]


@pytest.fixture(scope="module")
async def admin(house: ApiOffice) -> Browser:
    return await at_the_console(house, "admin")


async def test_worded_changed_and_retired(admin: Browser) -> None:
    page = await admin.get(PLACE)
    worded = {"title": "Salam", "text": "Baik, {tiket} kami tangani. {saya}", "unit_id": ""}
    made = await admin.post(PLACE, {"csrf": page.field("csrf"), **worded})
    assert made.status == 303
    shown = await admin.get(PLACE)
    one = reply_of(shown, "Salam")
    changed = worded | {"csrf": page.field("csrf"), "version": "1", "text": "Baik. {saya}"}
    assert (await admin.post(f"{PLACE}/{one}", changed)).status == 303
    stale = await admin.post(f"{PLACE}/{one}", changed | {"text": "Baik sekali."})
    assert stale.status == 409
    assert "Baik sekali." in stale.text  # what was typed
    gone = changed | {"version": "2", "retired": "1"}
    assert (await admin.post(f"{PLACE}/{one}", gone)).status == 303
    assert f"balasan-{one}" not in (await admin.get(PLACE)).text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": " "}, "Isi judul"),
        ({"text": "Halo {nama}"}, "{nama}"),
        ({"text": "Mungkin besok"}, "Mungkin"),
        ({"unit_id": "999"}, "Unit ini tidak dikenal"),
    ],
)
async def test_what_is_wrong_is_told_and_nothing_typed_is_lost(
    admin: Browser, wrong: dict[str, str], words: str
) -> None:
    page = await admin.get(PLACE)
    form = {"csrf": page.field("csrf"), "title": "Judul saya", "text": "Teks saya", **wrong}
    said = await admin.post(PLACE, form)
    assert said.status == 422
    assert words in said.words
    assert 'aria-invalid="true"' in said.text
    kept = {"title": "Judul saya", "text": "Teks saya"} | wrong
    assert kept["title"].strip() in said.text
    assert kept["text"] in said.text


async def test_a_unit_words_its_own_and_no_others(house: ApiOffice) -> None:
    supervisor = await at_the_console(house, "supervisor")
    page = await supervisor.get(PLACE)
    assert page.status == 200
    assert "Seluruh kantor" not in page.text
    csrf = page.field("csrf")
    own = re.search(r'<option value="(\d+)"', page.text)
    assert own
    form = {"csrf": csrf, "title": "Kabel", "text": "Kabel diganti."}
    assert (await supervisor.post(PLACE, form | {"unit_id": own[1]})).status == 303
    other = "2" if own[1] == "1" else "1"
    for foreign in (other, ""):
        assert (await supervisor.post(PLACE, form | {"unit_id": foreign})).status == 403
    mine = reply_of(await supervisor.get(PLACE), "Kabel")
    moved = form | {"unit_id": other, "version": "1"}
    assert (await supervisor.post(f"{PLACE}/{mine}", moved)).status == 403


@pytest.mark.parametrize("who", ["operator", "technician", "leader"])
async def test_others_word_none(house: ApiOffice, who: str) -> None:
    browser = await at_the_console(house, who)
    home = await browser.get("/console/akun")
    assert (await browser.get(PLACE)).status == 403
    form = {"csrf": home.field("csrf"), "title": "x", "text": "y"}
    assert (await browser.post(PLACE, form)).status == 403


async def test_addresses_that_name_none(admin: Browser) -> None:
    page = await admin.get(PLACE)
    form = {"csrf": page.field("csrf"), "title": "x", "text": "y"}
    for place in ("999999", "x", "1" * 40):
        assert (await admin.post(f"{PLACE}/{place}", form)).status == 404


async def test_chosen_without_script_it_stands_filled_below_what_was_typed(
    house: ApiOffice, admin: Browser, operator: Browser
) -> None:
    page = await admin.get(PLACE)
    worded = {"title": "Isi", "text": "Nomor {tiket}, dari {saya}. {petugas}", "unit_id": ""}
    await admin.post(PLACE, {"csrf": page.field("csrf"), **worded})
    one = reply_of(await admin.get(PLACE), "Isi")
    number = await house.ticket()
    path = f"/console/tiket/{number}"
    seen = await operator.get(path)
    assert f"Nomor {number}, dari Petugas operator" in seen.text
    chosen = {"balasan": one, "text": "Selamat pagi."}
    assert (await operator.send(f"{path}/sisipkan", seen, chosen)).status == 303
    shown = await operator.get(path)
    assert f"Selamat pagi.\n\nNomor {number}, dari Petugas operator. petugas kami" in shown.text
