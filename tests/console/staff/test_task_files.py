"""Photos beside a technician's steps, by plain forms and as the script sends them."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from core.errors import StoreUnavailable
from tests.console.staff.kit import Browser, Page, at_the_console
from tests.console.staff.test_enclosing import LIMITS, PDF, PNG, PROGRAM
from tests.console.staff.test_tasks import IN_JSON, form_of, kinds, step, task
from tests.gateway.api.kit import ApiOffice, api_office
from ticket_store.desk import SqlDesk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    form = {"kind": "web_form", "secret": "rahasia-formulir-0123456789", **LIMITS}
    many = {"requests_per_minute": 100_000, "logins_per_address": 1_000}
    limits = {"tickets_per_ten_minutes": 500}
    folder = tmp_path_factory.mktemp("task-files")
    async with api_office(folder, doors={"formulir": form}, api=many, limits=limits) as made:
        yield made


@pytest.fixture(scope="module")
async def tech(house: ApiOffice) -> Browser:
    return await at_the_console(house, "technician")


async def on_the_spot(house: ApiOffice, tech: Browser) -> str:
    number = await task(house)
    for act in ("en-route", "arrive"):
        assert (await step(tech, number, act)).status == 303
    return number


async def brings(
    tech: Browser,
    number: str,
    act: str,
    form: dict[str, str],
    *files: tuple[str, bytes],
    **headers: str,
) -> Page:
    body = aiohttp.FormData()
    for name, held in form.items():
        body.add_field(name, held)
    for name, content in files:
        body.add_field("files", content, filename=name, content_type="image/png")
    anything: Any = body
    return await tech.post(f"/console/tugas/{number}/{act}", anything, **headers)


async def fresh(tech: Browser, number: str, act: str, **typed: str) -> dict[str, str]:
    return {**form_of(await tech.get(f"/console/tugas/{number}"), act), **typed}


async def waiting(house: ApiOffice, number: str) -> list[str]:
    found = await house.technician.get(f"/tickets/{number}/uploads")
    return [one["filename"] for one in found.json["items"]]


async def test_bw_47_a_finding_with_photos_stands_in_the_thread(
    house: ApiOffice, tech: Browser
) -> None:
    number = await on_the_spot(house, tech)
    form = await fresh(tech, number, "note-finding", finding="Sekring putus")
    sent = await brings(tech, number, "note-finding", form, ("panel.png", PNG), ("ukur.pdf", PDF))
    assert sent.headers["Location"].endswith("kabar=tercatat")
    care = await at_the_console(house, "operator")
    page = await care.get(f"/console/tiket/{number}")
    assert "Temuan" in page.words
    paths = re.findall(rf'href="(/console/tiket/{number}/berkas/catatan/\d+/\d+)"', page.text)
    assert len(set(paths)) == 2
    assert (await care.get(paths[0])).status == 200
    page = await tech.get(f"/console/tugas/{number}")
    assert "panel.png" in page.words
    assert await waiting(house, number) == []


async def test_the_solution_shows_its_photo_where_that_is_ticked(
    house: ApiOffice, tech: Browser
) -> None:
    for shown, side in (({}, "catatan/"), ({"shown": "1"}, "keluar/")):
        number = await on_the_spot(house, tech)
        form = await fresh(tech, number, "resolve", solution="Sekring diganti.", **shown)
        sent = await brings(tech, number, "resolve", form, ("baru.png", PNG))
        assert sent.status == 303, sent.words
        page = await tech.get(f"/console/tiket/{number}")
        assert f"/console/tiket/{number}/berkas/{side}" in page.text


async def test_sent_twice_it_is_there_once_with_its_files(house: ApiOffice, tech: Browser) -> None:
    number = await on_the_spot(house, tech)
    form = await fresh(tech, number, "note-finding", finding="Sekring putus")
    for state in ("done", "repeated"):
        sent = await brings(tech, number, "note-finding", form, ("f.png", PNG), **IN_JSON)
        assert json.loads(sent.text)["state"] == state
        assert await waiting(house, number) == []
    other = await brings(tech, number, "note-finding", form, ("f.pdf", PDF), **IN_JSON)
    assert (other.status, await waiting(house, number)) == (409, [])
    assert (await kinds(house, number)).count("FindingNoted") == 1


async def test_refused_files_wait_beside_the_plain_form_and_not_beside_the_script(
    house: ApiOffice, tech: Browser
) -> None:
    number = await on_the_spot(house, tech)
    form = await fresh(tech, number, "note-finding", finding=" ")
    refused = await brings(tech, number, "note-finding", form, ("f.png", PNG), **IN_JSON)
    assert (refused.status, json.loads(refused.text)["field"]) == (422, "finding")
    assert await waiting(house, number) == []  # the telephone has it still
    page = await brings(tech, number, "note-finding", form, ("f.png", PNG))
    assert (page.status, await waiting(house, number)) == (422, ["f.png"])
    (kept,) = re.findall(r'name="(berkas-\d+)" value="1" checked', page.text)
    again = {**form_of(page, "note-finding"), "finding": "Sekring putus", kept: "1"}
    sent = await brings(tech, number, "note-finding", again)
    assert sent.status == 303, sent.words
    assert await waiting(house, number) == []


async def test_what_waits_from_before_goes_only_where_it_is_ticked(
    house: ApiOffice, tech: Browser
) -> None:
    number = await on_the_spot(house, tech)
    form = await fresh(tech, number, "note-finding", finding="")
    page = await brings(tech, number, "note-finding", form, ("f.png", PNG))
    (shown,) = re.findall(
        r'name="(ada-\d+)"', re.split(r'data-step="(?!note-finding)', page.text)[0]
    )
    unticked = {**form_of(page, "note-finding"), shown: "1"}
    page = await brings(tech, number, "note-finding", unticked)
    assert page.status == 422
    assert not re.findall(r'name="berkas-\d+" value="1" checked', page.text)
    unticked["finding"] = "Sekring putus"
    assert (await brings(tech, number, "note-finding", unticked)).status == 303
    assert await waiting(house, number) == ["f.png"]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([("virus.png", PROGRAM)], "virus"),
        ([("a.png", b"")], "kosong"),
        ([("a.png", PNG + bytes(5_000))], "paling besar 4 KB"),
        ([(f"{n}.png", PNG + bytes([n])) for n in range(4)], "Paling banyak 3"),
    ],
    ids=["a program", "empty", "too large", "too many"],
)
async def test_odd_files_are_told_and_nothing_is_lost(
    house: ApiOffice, tech: Browser, files: list[tuple[str, bytes]], words: str
) -> None:
    number = await on_the_spot(house, tech)
    form = await fresh(tech, number, "note-finding", finding="Sekring putus")
    page = await brings(tech, number, "note-finding", form, *files)
    assert page.status in (409, 422)
    assert words in page.words
    assert "Sekring putus" in page.text
    assert await waiting(house, number) == []
    assert "FindingNoted" not in await kinds(house, number)


async def test_steps_that_take_no_files_say_so(house: ApiOffice, tech: Browser) -> None:
    number = await task(house)
    form = await fresh(tech, number, "en-route")
    page = await brings(tech, number, "en-route", form, ("f.png", PNG))
    assert (page.status, await waiting(house, number)) == (422, [])
    assert "tidak menerima berkas" in page.words


async def test_of_others_no_file_is_taken(house: ApiOffice, tech: Browser) -> None:
    foreign = await house.ticket()
    csrf = (await tech.get("/console/tugas")).field("csrf")
    form = {"csrf": csrf, "tanda": "c" * 20, "finding": "x"}
    sent = await brings(tech, foreign, "note-finding", form, ("f.png", PNG))
    assert sent.status == 404
    nobody = await brings(Browser(house.hall), foreign, "note-finding", form, ("f.png", PNG))
    assert nobody.status == 401
    boss = await at_the_console(house, "leader")
    form["csrf"] = (await boss.get("/console/pimpinan")).field("csrf")
    assert (await brings(boss, foreign, "note-finding", form, ("f.png", PNG))).status == 403


async def test_without_a_store_the_words_come_back(
    house: ApiOffice, tech: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await on_the_spot(house, tech)
    form = await fresh(tech, number, "note-finding", finding="Sekring putus")

    async def away(_: SqlDesk) -> None:
        raise StoreUnavailable

    with monkeypatch.context() as broken:
        broken.setattr(SqlDesk, "commit", away)
        page = await brings(tech, number, "note-finding", form, ("f.png", PNG))
    assert page.status == 503
    assert "Sekring putus" in unescape(page.text)
    sent = await brings(tech, number, "note-finding", form, ("f.png", PNG))
    assert sent.headers["Location"].endswith("kabar=tercatat")
