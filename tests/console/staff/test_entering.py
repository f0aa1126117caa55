"""Coming in: nobody without a session sees anything, and no foreign page acts for anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.console.staff.kit import OURS, Browser, at_the_console
from tests.gateway.api.kit import PASSWORD

if TYPE_CHECKING:
    from tests.gateway.api.kit import ApiOffice

CLOSED = (
    "/console",
    "/console/kotak/baru",
    "/console/kotak/belum-terpilah",
    "/console/tiket/HD26-000001-9",
    "/console/angka",
    "/console/langsung",
    "/console/akun",
)


@pytest.mark.parametrize("path", CLOSED)
async def test_a_stranger_is_sent_to_the_door(house: ApiOffice, path: str) -> None:
    said = await Browser(house.hall).get(path)
    assert said.status == 303
    assert said.headers["Location"].startswith("/console/masuk")
    assert said.headers["Cache-Control"] == "no-store"


async def test_whoever_logs_in_comes_to_where_they_wanted(house: ApiOffice) -> None:
    browser = Browser(house.hall)
    sent = await browser.get("/console/kotak/lewat?prioritas=high")
    form = await browser.get(sent.headers["Location"])
    assert form.field("lanjut") == "/console/kotak/lewat?prioritas=high"
    login = {"nama": "operator", "sandi": PASSWORD, "lanjut": form.field("lanjut")}
    entered = await browser.post("/console/masuk", login)
    assert entered.headers["Location"] == "/console/kotak/lewat?prioritas=high"


@pytest.mark.parametrize(
    "onward",
    [
        "//evil.example/console/",
        "https://evil.example/console/",
        "/\\evil.example",
        "/console/\\evil.example",
        "/lapor",
        "javascript:alert(1)",
    ],
)
async def test_the_door_leads_nowhere_else(house: ApiOffice, onward: str) -> None:
    login = {"nama": "operator", "sandi": PASSWORD, "lanjut": onward}
    entered = await Browser(house.hall).post("/console/masuk", login)
    assert entered.headers["Location"] == "/console"


async def test_every_way_of_not_coming_in_sounds_the_same(house: ApiOffice) -> None:
    wrong = {"nama": "operator", "sandi": "bukan ini"}
    nobody = {"nama": "tidakada", "sandi": PASSWORD}
    said = [await Browser(house.hall).post("/console/masuk", one) for one in (wrong, nobody)]
    assert [one.status for one in said] == [401, 401]
    assert "tidak cocok" in said[0].words
    assert said[0].words.replace("operator", "") == said[1].words.replace("tidakada", "")
    assert said[0].field("nama") == "operator"  # needs not be typed again
    assert PASSWORD not in said[1].text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
    ],
)
async def test_no_foreign_page_acts_for_somebody(
    house: ApiOffice, operator: Browser, headers: dict[str, str]
) -> None:
    number = await house.ticket()
    page = await operator.get(f"/console/tiket/{number}")
    form = {"csrf": page.field("csrf"), "version": page.field("version"), "text": "curang"}
    cookies = "; ".join(f"{name}={held}" for name, held in operator.cookies.items())
    url = f"{house.hall.base}/console/tiket/{number}/note"
    sent = {"Cookie": cookies, **headers}
    async with house.hall.http.post(url, data=form, headers=sent) as answer:
        assert answer.status == 403
        assert "curang" in await answer.text()  # what was typed is not lost
    assert (await house.operator.get(f"/tickets/{number}/notes")).json["items"] == []


async def test_a_form_without_its_mark_does_nothing(house: ApiOffice, operator: Browser) -> None:
    number = await house.ticket()
    for mark in ("", "x", "é" * 64):
        form = {"csrf": mark, "version": "1", "text": "curang"}
        said = await operator.post(f"/console/tiket/{number}/note", form, **OURS)
        assert said.status == 403
    assert (await house.operator.get(f"/tickets/{number}/notes")).json["items"] == []


async def test_a_session_that_wants_a_code_opens_nothing(house: ApiOffice) -> None:
    browser = Browser(house.hall)
    await browser.post("/console/masuk", {"nama": "admin", "sandi": PASSWORD})
    for path in ("/console/kotak/baru", "/console/akun"):
        said = await browser.get(path)
        assert (said.status, said.headers["Location"]) == (303, "/console/kode")
    asked = await browser.get("/console/kode")
    wrong = await browser.send("/console/kode", asked, {"kode": "000000"})
    assert wrong.status == 401
    assert "Kode tidak cocok" in wrong.words


async def test_leaving_ends_the_session_for_good(house: ApiOffice) -> None:
    browser = await at_the_console(house, "operator")
    kept = dict(browser.cookies)
    page = await browser.get("/console/akun")
    left = await browser.send("/console/keluar", page, {})
    assert left.headers["Location"] == "/console/masuk"
    again = await Browser(house.hall, kept).get("/console/akun")
    assert again.status == 303


async def test_one_ends_a_forgotten_session_elsewhere(house: ApiOffice) -> None:
    here, there = (
        await at_the_console(house, "technician"),
        await at_the_console(house, "technician"),
    )
    page = await here.get("/console/akun")
    assert "yang ini" in page.words
    await here.send("/console/akun/sesi", page, {"sesi": page.field("sesi")})
    assert (await there.get("/console/akun")).status == 303
    assert (await here.get("/console/akun")).status == 200


async def test_the_language_is_a_choice_of_the_browser(house: ApiOffice) -> None:
    browser = await at_the_console(house, "operator")
    page = await browser.get("/console/akun")
    assert "Ganti kata sandi" in page.words
    await browser.send("/console/akun/bahasa", page, {"bahasa": "en"})
    page = await browser.get("/console/akun")
    assert "Change password" in page.words
    assert '<html lang="en">' in page.text
