"""Whoever has chosen English reads English: refusals, why-then steps, suggestions, times."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from console.staff.visit import LANGUAGE_COOKIE
from tests.console.staff.kit import Browser, at_the_console

if TYPE_CHECKING:
    from tests.gateway.api.kit import ApiOffice

ADMIN = "/console/admin"
REFUSED = [
    ("dispose", {"unit_id": "1"}, "Isi petunjuk untuk unit.", "Write the instruction for the"),
    (
        "dispose",
        {"unit_id": "999", "instruction": "x"},
        "Unit ini tidak dikenal. Pilih dari daftar.",
        "This unit is not known. Choose one from the list.",
    ),
    (
        "assign",
        {"staff_id": "999"},
        "Petugas ini tidak dikenal. Pilih dari daftar.",
        "This member of staff is not known. Choose one from the list.",
    ),
    ("assign", {"staff_id": "x"}, "Pilih salah satu.", "Choose one."),
    (
        "set-priority",
        {"priority": "normal", "reason": "x"},
        "Prioritas sudah Normal.",
        "The priority is Normal already.",
    ),
    (
        "classify",
        {"subject": "x" * 400},
        "Pokok laporan paling panjang 80 huruf.",
        "The subject may have at most 80 characters.",
    ),
    ("escalate", {"level": "7"}, "Pilih tingkat eskalasi 1, 2, atau 3.", "Choose escalation"),
    ("reopen", {"reason": "x"}, "Tiket masih berjalan.", "The ticket is still running."),
    (
        "resolve",
        {"solution": "x"},
        "Tiket berstatus Diterima tidak dapat menjadi Selesai. Yang dapat dipilih: ",
        "A ticket with the status Received cannot become Solved. It can become: ",
    ),
    ("merge", {"into": ""}, "Sebutkan nomor tiket tujuan.", "Give the number of the other"),
    ("answer", {"text": " "}, "Isi jawaban untuk pelapor.", "Write the answer for the reporter."),
    ("note", {"text": ""}, "Isi catatannya.", "Write the note."),
    (
        "answer",
        {"text": "Mungkin besok selesai."},
        "Jawaban memuat kata dugaan: Mungkin",
        "The answer holds words of guessing: Mungkin",
    ),
]
"""An act, what is wrong in its form, and the sentence in both languages."""


@pytest.fixture(scope="module")
async def english(house: ApiOffice) -> Browser:
    browser = await at_the_console(house, "care")
    page = await browser.get("/console/akun")
    await browser.send("/console/akun/bahasa", page, {"bahasa": "en"})
    assert browser.cookies[LANGUAGE_COOKIE] == "en"
    return browser


@pytest.fixture(scope="module")
async def number(house: ApiOffice) -> str:
    return await house.ticket("HELPDESK antrean loket tidak dipanggil")


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row[2][:30])
async def test_a_refusal_is_read_in_the_language_of_the_visit(
    care: Browser, english: Browser, number: str, row: tuple[str, dict[str, str], str, str]
) -> None:
    act, form, indonesian, in_english = row
    path = f"/console/tiket/{number}"
    for browser, sentence in ((care, indonesian), (english, in_english)):
        told = await browser.send(f"{path}/{act}", await browser.get(path), form)
        assert told.status in (403, 409, 422), told.words
        assert sentence in told.words
        assert (indonesian in told.words) is (browser is care)


async def test_the_promises_are_explained_in_english(
    care: Browser, english: Browser, number: str
) -> None:
    path = f"/console/tiket/{number}"
    theirs, ours = (await english.get(path)).words, (await care.get(path)).words
    assert "First answer by staff: " in theirs
    assert "At the latest " in theirs
    assert "Paling lambat " in ours
    assert not re.search(r"\b(Paling lambat|dihitung|Hitungan|dilewati|hari kerja ke)\b", theirs)


async def test_reasons_of_the_store_and_suggestions_are_told_in_english(
    house: ApiOffice, english: Browser
) -> None:
    path = f"/console/tiket/{await house.ticket()}"
    form = {"unit_id": "1", "instruction": "Periksa antreannya."}
    done = await english.send(f"{path}/dispose", await english.get(path), form)
    assert done.status == 303, done.words
    page = (await english.get(path)).words
    assert "passed to " in page
    assert "diteruskan ke" not in page
    assert re.search(r"holds \d+ of \d+ tickets", page)


async def test_the_way_in_refuses_in_the_language_of_the_browser(
    house: ApiOffice,
) -> None:
    stranger = Browser(house.hall, cookies={LANGUAGE_COOKIE: "en"})
    told = await stranger.post("/console/masuk", {"nama": "siapa", "sandi": "salah"})
    assert told.status == 401
    assert "User name, password or code do not match" in told.words


async def test_administration_refuses_in_english(house: ApiOffice) -> None:
    admin = await at_the_console(house, "admin")
    admin.cookies[LANGUAGE_COOKIE] = "en"
    for part, form, sentence in (
        ("unit", {"code": "baru", "name": ""}, "Please give a name."),
        ("unit", {"code": "x" * 41, "name": "Baru"}, "A code uses lower-case letters"),
        ("petugas", {"login": "baru9", "name": " "}, "Please give the person's name."),
        ("petugas", {"login": "a b", "name": "Baru"}, "A user name uses letters a-z"),
    ):
        page = await admin.get(f"{ADMIN}/{part}/baru")
        told = await admin.send(f"{ADMIN}/{part}/baru", page, form)
        assert told.status == 422, told.words
        assert sentence in told.words


async def test_a_program_goes_on_reading_indonesian(house: ApiOffice, number: str) -> None:
    """The API has one language; a finished sentence is a text there like any other."""
    told = await house.care.act(number, "set-priority", {"priority": "normal", "reason": "x"})
    assert "Prioritas sudah Normal." in told.text
