"""A technician's day: tasks in order, steps by plain forms, forms sent twice by a bad line."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.console.staff.kit import OURS, Browser, Page, at_the_console
from tests.gateway.api.kit import SENDERS

if TYPE_CHECKING:
    from tests.gateway.api.kit import ApiOffice

IN_JSON = {"Accept": "application/json"}
REAL_SOLUTION = "Kabel di panel lantai dua diganti dan diuji."


@pytest.fixture(scope="module")
async def tech(house: ApiOffice) -> Browser:
    return await at_the_console(house, "technician")


def given(house: ApiOffice) -> dict[str, object]:
    return {"staff_id": house.ids["technician"], "over_capacity": True}


async def task(house: ApiOffice, text: str = "HELPDESK lampu gudang padam") -> str:
    """The number of a ticket that the technician has."""
    number = await house.ticket(text)
    done = await house.operator.act(number, "assign", given(house))
    assert done.status == 200, done.text
    return number


def form_of(page: Page, act: str) -> dict[str, str]:
    """What a browser sends of one step's form when only its button is pressed."""
    (part,) = re.findall(rf'<form [^>]*action="[^"]*/{act}".*?</form>', page.text, re.DOTALL)
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', part)
    found += re.findall(r'name="(\w+)" type="text" value="([^"]+)"', part)
    return {name: unescape(held) for name, held in found}


async def step(tech: Browser, number: str, act: str, typed: dict[str, str] | None = None) -> Page:
    page = await tech.get(f"/console/tugas/{number}")
    return await tech.post(
        f"/console/tugas/{number}/{act}", {**form_of(page, act), **(typed or {})}
    )


async def kinds(house: ApiOffice, number: str) -> list[str]:
    found = await house.operator.get(f"/tickets/{number}/history")
    return [one["kind"] for one in found.json["items"]]


async def test_technicians_begin_with_their_tasks(house: ApiOffice, tech: Browser) -> None:
    number, foreign = await task(house), await house.ticket()
    assert (await tech.get("/console")).headers["Location"] == "/console/tugas"
    page = await tech.get("/console/tugas")
    assert number in page.words
    assert "lampu gudang padam" in page.words
    assert foreign not in page.words
    assert (await tech.get(f"/console/tugas/{foreign}")).status == 404


async def test_bw_47_a_visit_from_leaving_to_the_solution(house: ApiOffice, tech: Browser) -> None:
    number = await task(house)
    for act, typed, words in (
        ("en-route", {}, "di perjalanan"),
        ("arrive", {}, "di lokasi"),
        ("note-finding", {"finding": "Sekring putus"}, "Sekring putus"),
    ):
        sent = await step(tech, number, act, typed)
        assert (sent.status, sent.headers["Location"]) == (
            303,
            f"/console/tugas/{number}?kabar=tercatat",
        )
        page = await tech.get(sent.headers["Location"])
        assert words in page.words
        assert "Tercatat." in page.words
    assert (await step(tech, number, "resolve", {"solution": REAL_SOLUTION})).status == 303
    page = await tech.get(f"/console/tugas/{number}")
    assert REAL_SOLUTION in page.words
    assert number not in (await tech.get("/console/tugas")).words
    assert (await kinds(house, number))[-4:] == ["EnRoute", "Arrived", "FindingNoted", "Resolved"]


async def test_a_form_sent_twice_acts_once(house: ApiOffice, tech: Browser) -> None:
    number = await task(house)
    page = await tech.get(f"/console/tugas/{number}")
    form = {**form_of(page, "note"), "text": "Gerbang dikunci, lewat samping."}
    path = f"/console/tugas/{number}/note"
    first, again = await tech.post(path, form), await tech.post(path, form)
    assert first.headers["Location"].endswith("kabar=tercatat")
    assert again.headers["Location"].endswith("kabar=sudah")
    assert "sudah tercatat sebelumnya" in (await tech.get(again.headers["Location"])).words
    other = await tech.post(path, {**form, "text": "Gerbang sudah terbuka."})
    assert other.status == 409
    assert "Gerbang sudah terbuka." in other.text  # what was typed is still there
    notes = (await house.operator.get(f"/tickets/{number}/notes")).json["items"]
    assert [one["text"] for one in notes] == ["Gerbang dikunci, lewat samping."]


async def test_the_script_is_answered_in_its_own_words(house: ApiOffice, tech: Browser) -> None:
    number = await task(house)
    page = await tech.get(f"/console/tugas/{number}")
    form, path = form_of(page, "en-route"), f"/console/tugas/{number}/en-route"
    done = await tech.post(path, form, **IN_JSON)
    assert (done.status, json.loads(done.text)["state"]) == (200, "done")
    again = await tech.post(path, form, **IN_JSON)
    assert (again.status, json.loads(again.text)["state"]) == (200, "repeated")
    refused = await tech.post(path, {**form, "tanda": "x" * 20}, **IN_JSON)
    told = json.loads(refused.text)
    assert (refused.status, told["state"]) == (409, "refused")
    assert told["sentence"] == "Petugas sudah berangkat."


async def test_news_of_the_reporter_is_told_before_the_solution(
    house: ApiOffice, tech: Browser
) -> None:
    sender = next(SENDERS)
    number = await house.ticket("HELPDESK pompa air mati", sender)
    await house.operator.act(number, "assign", given(house))
    await step(tech, number, "start")
    page = await tech.get(f"/console/tugas/{number}")
    await house.operator.act(number, "note", {"text": "Pelapor: sekarang juga bocor."})
    form = {**form_of(page, "resolve"), "solution": REAL_SOLUTION}
    path = f"/console/tugas/{number}/resolve"
    refused = await tech.post(path, form, **IN_JSON)
    told = json.loads(refused.text)
    assert refused.status == 409
    assert told["changes"] == ["Catatan internal"]
    shown = await tech.post(path, form)
    assert REAL_SOLUTION in shown.text
    assert "Yang berubah sementara itu: Catatan internal" in shown.words
    taken = await tech.post(path, {**form, "dilihat": str(told["seen"])}, **IN_JSON)
    assert json.loads(taken.text)["state"] == "done"


async def test_bw_50_a_pause_asks_for_reason_and_date(house: ApiOffice, tech: Browser) -> None:
    number = await task(house)
    await step(tech, number, "start")
    tomorrow = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%dT09:00}"
    typed = {"reason": "power_outage", "for_whom": "PLN", "note": "", "expected_at": tomorrow}
    refused = await step(tech, number, "pend", typed)
    assert refused.status == 422
    assert tomorrow in refused.text
    assert 'aria-invalid="true"' in refused.text
    assert (await step(tech, number, "pend", {**typed, "note": "Gardu rusak"})).status == 303
    page = await tech.get(f"/console/tugas/{number}")
    assert "Gardu rusak" in page.words
    listed = await tech.get("/console/tugas")
    assert "Diperkirakan lanjut" in listed.words
    assert (await step(tech, number, "resume")).status == 303


async def test_bw_32_bw_33_a_part_is_looked_for_and_taken(house: ApiOffice, tech: Browser) -> None:
    number = await task(house)
    page = await tech.get(f"/console/tugas/{number}")
    assert "/use-stock" not in page.text
    looked = {"item": "Sekring 10 A", "in_stock": "1"}
    assert (await step(tech, number, "check-stock", looked)).status == 303
    taken = await step(tech, number, "use-stock", {"item": "", "quantity": "2"})
    assert taken.status == 303
    assert "Sekring 10 A" in (await tech.get(f"/console/tugas/{number}")).words


@pytest.mark.parametrize(
    ("ago", "noted"),
    [
        (timedelta(seconds=30), False),
        (timedelta(minutes=40), True),
        (timedelta(days=5), False),
        (timedelta(hours=-1), False),
    ],
)
async def test_what_comes_late_says_when_it_was_pressed(
    house: ApiOffice, tech: Browser, ago: timedelta, *, noted: bool
) -> None:
    number = await task(house)
    pressed = datetime.now(UTC) - ago
    sent = await step(tech, number, "en-route", {"ditekan": pressed.isoformat()})
    assert sent.status == 303
    notes = (await house.operator.get(f"/tickets/{number}/notes")).json["items"]
    said = {one["text"].partition(" ditekan")[0] for one in notes}
    assert said == {"Berangkat ke lokasi."} | ({"“Berangkat”"} if noted else set())


@pytest.mark.parametrize("pressed", ["", "kemarin", "2026-11-23T10:00", "9" * 500])
async def test_a_moment_that_is_none_is_nothing(
    house: ApiOffice, tech: Browser, pressed: str
) -> None:
    number = await task(house)
    sent = await step(tech, number, "en-route", {"ditekan": pressed, "tanda": "!"})
    assert sent.status == 303


async def test_only_steps_of_the_field_are_taken(house: ApiOffice, tech: Browser) -> None:
    number = await task(house)
    page = await tech.get(f"/console/tugas/{number}")
    form = form_of(page, "note")
    for act in ("close", "assign", "approve", "nothing"):
        assert (await tech.post(f"/console/tugas/{number}/{act}", form)).status == 404
    assert (await tech.post("/console/tugas/HD99/note", form)).status == 404


async def test_who_works_on_nothing_has_no_tasks(house: ApiOffice) -> None:
    leader = await at_the_console(house, "leader")
    assert (await leader.get("/console/tugas")).status == 403
    number = await task(house)
    page = await leader.get("/console/akun")
    form = {"csrf": page.field("csrf"), "tanda": "a" * 20}
    assert (await leader.post(f"/console/tugas/{number}/en-route", form)).status == 403
    assert "EnRoute" not in await kinds(house, number)


async def test_the_mark_of_forms_is_fetched_anew(house: ApiOffice, tech: Browser) -> None:
    said = json.loads((await tech.get("/console/tugas/tanda")).text)
    assert said["me"] == house.ids["technician"]
    number = await task(house)
    form = {"csrf": said["csrf"], "tanda": "b" * 20, "text": "dari ponsel"}
    sent = await tech.post(f"/console/tugas/{number}/note", form, **OURS)
    assert sent.status == 303
    stranger = await Browser(house.hall).get("/console/tugas/tanda")
    assert stranger.status == 303


async def test_one_comes_in_and_goes(tech: Browser) -> None:
    page = await tech.get("/console/tugas")
    assert (await tech.send("/console/tugas/hadir", page, {"sampai": "x"})).status == 422
    soon = f"{datetime.now(UTC) + timedelta(hours=9):%H:%M}"
    assert (await tech.send("/console/tugas/hadir", page, {"sampai": soon})).status == 303
    assert "Anda tercatat hadir" in (await tech.get("/console/tugas")).words
    assert (await tech.send("/console/tugas/hadir", page, {"pulang": "1"})).status == 303
    assert "Anda tercatat hadir" not in (await tech.get("/console/tugas")).words


async def test_a_page_is_small(house: ApiOffice, tech: Browser) -> None:
    """On a slow line: everything that a first visit transfers stays under 60 KB."""
    number = await task(house)
    page = await tech.get(f"/console/tugas/{number}")
    size = len(page.text.encode())
    names = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert any("foto.js" in name for name in names)
    async with aiohttp.ClientSession(auto_decompress=False) as raw:
        for name in names:
            async with raw.get(f"{house.hall.base}{unescape(name)}") as part:
                assert (part.status, part.headers["Content-Encoding"]) == (200, "deflate")
                size += len(await part.read())
    assert size < 60_000


async def test_bw_07_one_tap_sends_the_usual_note_and_an_empty_one_is_asked_for(
    house: ApiOffice, tech: Browser
) -> None:
    number = await task(house)
    page = await tech.get(f"/console/tugas/{number}")
    assert '<option value="Berangkat, membawa perlengkapan.">' in page.text
    assert (await step(tech, number, "en-route")).status == 303
    page = await tech.get(f"/console/tugas/{number}")
    form = form_of(page, "arrive")
    assert form["note"] == "Tiba di lokasi."
    path = f"/console/tugas/{number}/arrive"
    empty = await tech.post(path, {**form, "note": " "})
    assert empty.status == 422
    assert "Isi catatan singkat tentang langkah ini." in empty.words
    assert (await tech.post(path, {**form, "note": "Pagar dikunci, lewat belakang"})).status == 303
    notes = (await house.operator.get(f"/tickets/{number}/notes")).json["items"]
    said = [one["text"] for one in notes]
    assert said == ["Berangkat ke lokasi.", "Pagar dikunci, lewat belakang"]
