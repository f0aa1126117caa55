"""Boards of supervisors and leadership: approvals, team, trouble, instructions, delegation."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from tests.console.staff.kit import Browser, Page, at_the_console
from tests.gateway.api.kit import ApiOffice, api_office
from ticket_store import schema

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

UNIT, LEAD = "/console/unit", "/console/pimpinan"


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    """An office in which a supervisor's yes is asked for before work and after it."""
    many = {"requests_per_minute": 100_000, "logins_per_address": 1_000}
    async with api_office(
        tmp_path_factory.mktemp("boards"),
        limits={"tickets_per_ten_minutes": 500},
        api=many,
        work={"approval_before_work": True, "approval_after_work": True},
    ) as made:
        yield made


@pytest.fixture(scope="module")
async def boss(house: ApiOffice) -> Browser:
    return await at_the_console(house, "supervisor")


@pytest.fixture(scope="module")
async def leader(house: ApiOffice) -> Browser:
    return await at_the_console(house, "leader")


async def disposed(house: ApiOffice, text: str, **more: object) -> str:
    """A ticket with the supervisor's unit."""
    number = await house.ticket(f"HELPDESK {text}")
    wanted = {"unit_id": 1, "instruction": "Mohon diperiksa", **more}
    done = await house.operator.act(number, "dispose", wanted)
    assert done.status == 200, done.text
    return number


async def assigned(house: ApiOffice, text: str) -> str:
    return await disposed(house, text, staff_id=house.ids["technician"])


async def change(house: ApiOffice, number: str, **values: object) -> None:
    """What the watch would write after hours."""
    row = (await house.operator.get(f"/tickets/{number}")).json
    async with house.hall.store._engines.writing.begin() as connection:
        found = await connection.execute(
            schema.tickets.select().where(schema.tickets.c.number == row["number"])
        )
        ticket = schema.ticket_work.c.ticket_id == found.one().id
        await connection.execute(update(schema.ticket_work).where(ticket).values(**values))


def part(page: Page, number: str) -> str:
    """What stands in the lines of one ticket."""
    found = re.findall(r'<article class="entry">.*?</article>', page.text, re.DOTALL)
    lines = [one for one in found if number in one]
    assert lines, number
    return " ".join(lines)


def form_of(page: Page, path: str) -> dict[str, str]:
    """The hidden fields of the form that leads there."""
    (written,) = re.findall(rf'action="{path}">(.*?)</form>', page.text, re.DOTALL)
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', written)
    return {name: unescape(held) for name, held in hidden}


async def decide(who: Browser, number: str, act: str, typed: dict[str, str] | None = None) -> Page:
    path = f"{UNIT}/{number}/{act}"
    return await who.post(path, {**form_of(await who.get(UNIT), path), **(typed or {})})


# --- the supervisor ------------------------------------------------------------------------------


async def test_dk_11_approval_before_work_in_place(house: ApiOffice, boss: Browser) -> None:
    number = await assigned(house, "pompa banjir macet")
    assert (await boss.get("/console")).headers["Location"] == UNIT
    page = await boss.get(UNIT)
    assert "sebelum dikerjakan" in part(page, number)
    said = await decide(boss, number, "approve")
    assert (said.status, said.headers["Location"]) == (
        303,
        f"{UNIT}?kabar=approve&nomor={number}",
    )
    page = await boss.get(said.headers["Location"])
    assert f"{number} disetujui." in page.words
    assert f"{UNIT}/{number}/approve" not in page.text
    tech = await at_the_console(house, "technician")
    task = await tech.get(f"/console/tugas/{number}")
    assert "Menunggu persetujuan" not in task.words


async def test_a_technician_is_told_that_approval_is_waited_for(house: ApiOffice) -> None:
    number = await assigned(house, "genset tidak menyala")
    tech = await at_the_console(house, "technician")
    task = await tech.get(f"/console/tugas/{number}")
    assert "Menunggu persetujuan kepala satuan pelaksana" in task.words
    assert "/en-route" not in task.text
    assert "menunggu persetujuan" in (await tech.get("/console/tugas")).words


async def test_dk_34_solved_work_is_sent_back_with_a_reason(
    house: ApiOffice, boss: Browser
) -> None:
    number = await assigned(house, "plafon bocor")
    await house.supervisor.act(number, "approve", {"note": ""})
    await house.technician.act(number, "start", {"note": "Mulai"})
    done = await house.technician.act(number, "resolve", {"solution": "Genteng diganti."})
    assert done.status == 200, done.text
    page = await boss.get(UNIT)
    assert "hasil pekerjaan" in part(page, number)
    assert "Genteng diganti." in part(page, number)
    empty = await decide(boss, number, "refuse-approval", {"reason": "  "})
    assert empty.status == 422
    assert "Isi alasan penolakan." in empty.words
    assert (
        await decide(boss, number, "refuse-approval", {"reason": "Masih menetes."})
    ).status == 303
    ticket = (await house.operator.get(f"/tickets/{number}")).json
    assert ticket["status"] == "in_progress"


async def test_a_decision_that_came_too_late_is_told(house: ApiOffice, boss: Browser) -> None:
    number = await assigned(house, "kunci gudang rusak")
    path = f"{UNIT}/{number}/refuse-approval"
    form = {**form_of(await boss.get(UNIT), path), "reason": "Belum perlu."}
    await house.supervisor.act(number, "approve", {"note": ""})
    late = await boss.post(path, form)
    assert late.status == 409
    assert "Belum perlu." in late.words  # although its line is gone
    assert "Yang berubah sementara itu: Disetujui" in late.words


async def test_approved_twice_is_approved_once(house: ApiOffice, boss: Browser) -> None:
    number = await assigned(house, "wastafel mampet")
    path = f"{UNIT}/{number}/approve"
    form = form_of(await boss.get(UNIT), path)
    assert [(await boss.post(path, form)).status for _ in range(2)] == [303, 303]
    found = (await house.operator.get(f"/tickets/{number}/history")).json["items"]
    assert [one["kind"] for one in found].count("Approved") == 1


async def test_dk_12_assigned_where_it_is_seen(house: ApiOffice, boss: Browser) -> None:
    number = await disposed(house, "AC ruang rapat mati")
    page = await boss.get(UNIT)
    assert "belum ada petugas" in part(page, number)
    assert "Petugas technician (" in part(page, number)
    nobody = await decide(boss, number, "assign", {"staff_id": ""})
    assert nobody.status == 422
    given = {"staff_id": str(house.ids["officer"])}
    assert (await decide(boss, number, "assign", given)).status == 303
    ticket = (await house.operator.get(f"/tickets/{number}")).json
    assert ticket["assignee_id"] == house.ids["officer"]


async def test_what_is_broken_stands_with_its_next_step(house: ApiOffice, boss: Browser) -> None:
    number = await assigned(house, "lift macet")
    await house.supervisor.act(number, "approve", {"note": ""})
    assert "lift macet" not in (await boss.get(UNIT)).words
    await change(house, number, breached=True, escalation=1)
    page = await boss.get(UNIT)
    assert "terlewati" in part(page, number)
    assert "naik ke Kepala satuan pelaksana" in part(page, number)
    assert "Pelapor belum dijawab petugas: jawab dahulu." in part(page, number)
    refused = await decide(boss, number, "assign", {"staff_id": str(house.ids["officer"])})
    assert refused.status == 422  # a reason is asked for where somebody has it already
    moved = {"staff_id": str(house.ids["officer"]), "reason": "Sakit."}
    assert (await decide(boss, number, "assign", moved)).status == 303


async def test_bw_45_who_is_in_and_who_is_not(house: ApiOffice, boss: Browser) -> None:
    page = await boss.get(UNIT)
    hidden = {"csrf": page.field("csrf")}
    path, technician = f"{UNIT}/hadir", str(house.ids["technician"])
    soon = f"{datetime.now(UTC) + timedelta(hours=9):%H:%M}"
    for form, status in (
        ({"staff_id": technician, "sampai": "besok"}, 422),
        ({"staff_id": str(house.ids["operator"]), "sampai": soon}, 403),  # not of the unit
        ({"staff_id": "x", "sampai": soon}, 403),
        ({"staff_id": technician, "sampai": soon}, 303),
    ):
        assert (await boss.post(path, {**hidden, **form})).status == status, form
    assert "1 hadir" in (await boss.get(UNIT)).words
    gone = await boss.post(path, {**hidden, "staff_id": technician, "pulang": "1"})
    assert gone.headers["Location"] == f"{UNIT}#tim"
    assert "0 hadir" in (await boss.get(UNIT)).words


async def test_dk_25_questions_of_the_team(house: ApiOffice, boss: Browser) -> None:
    number = await assigned(house, "kabel optik putus")
    await house.technician.act(number, "ask-supervisor", {"text": "Boleh pinjam alat ukur?"})
    page = await boss.get(UNIT)
    assert "Pertanyaan dari tim" in page.words
    assert "Boleh pinjam alat ukur?" in part(page, number)


async def test_a_unit_sees_nothing_of_others(house: ApiOffice, boss: Browser) -> None:
    number = await house.ticket("HELPDESK milik unit lain")
    wanted = {"unit_id": 2, "instruction": "Mohon diperiksa"}
    await house.operator.act(number, "dispose", wanted)
    page = await boss.get(UNIT)
    assert number not in page.text
    form = {"csrf": page.field("csrf"), "tanda": "c" * 20, "staff_id": "3"}
    for act in ("approve", "assign"):
        assert (await boss.post(f"{UNIT}/{number}/{act}", form)).status == 404
    assert (await boss.post(f"{UNIT}/{number}/close", form)).status == 404


# --- leadership ----------------------------------------------------------------------------------


async def test_mb_08_figures_and_trouble_of_all_units(house: ApiOffice, leader: Browser) -> None:
    number = await disposed(house, "antrean obat berjam-jam")
    await change(house, number, breached=True, escalation=2)
    assert (await leader.get("/console")).headers["Location"] == LEAD
    page = await leader.get(LEAD)
    assert "Bidang 1" in page.words
    assert "naik ke Pimpinan" in part(page, number)
    assert "antrean obat berjam-jam" in part(page, number)
    assert number not in (await leader.get(f"{LEAD}?unit=2")).text
    assert number in (await leader.get(f"{LEAD}?unit=1&prioritas=normal")).text


@pytest.mark.parametrize(
    "query", ["unit=²", "unit=x", "unit=" + "9" * 40, "prioritas=xx", "kabar=x"]
)
async def test_what_narrows_nothing_breaks_nothing(leader: Browser, query: str) -> None:
    assert (await leader.get(f"{LEAD}?{query}")).status == 200


async def test_what_is_sensitive_is_counted_and_not_read(
    house: ApiOffice, leader: Browser, boss: Browser
) -> None:
    number = await disposed(house, "perawat kasar kepada ibu saya")
    await change(house, number, breached=True, sensitive=True)
    page = await leader.get(LEAD)
    line = part(page, number)
    assert "Tiket peka" in line
    assert "perawat" not in page.text
    assert "/instruct" not in line
    assert (await leader.get(f"/console/tiket/{number}")).status == 404
    form = {"csrf": page.field("csrf"), "tanda": "d" * 20, "text": "Periksa."}
    assert (await leader.post(f"{LEAD}/{number}/instruct", form)).status == 404
    assert "perawat kasar" in part(await boss.get(LEAD), number)  # of the supervisor's own unit


async def test_mb_17_an_instruction_from_the_board(house: ApiOffice, leader: Browser) -> None:
    number = await disposed(house, "air minum keruh")
    await change(house, number, breached=True)
    path = f"{LEAD}/{number}/instruct"
    form = form_of(await leader.get(LEAD), path)
    empty = await leader.post(path, {**form, "text": " "})
    assert empty.status == 422
    sent = await leader.post(path, {**form, "text": "Selesaikan hari ini."})
    assert sent.status == 303
    page = await leader.get(sent.headers["Location"])
    assert f"Arahan untuk {number} disampaikan." in page.words
    assert "Statusnya belum berubah sejak arahan ini." in page.words
    again = await leader.post(path, {**form, "text": "Selesaikan hari ini."})
    assert again.status == 303
    notes = (await house.operator.get(f"/tickets/{number}/notes")).json["items"]
    assert [one["text"] for one in notes] == ["Selesaikan hari ini."]


async def test_mb_08_the_watch_is_delegated_and_taken_back(
    house: ApiOffice, leader: Browser
) -> None:
    care = await at_the_console(house, "care")
    assert (await care.get(LEAD)).status == 403
    page = await leader.get(LEAD)
    form = {"csrf": page.field("csrf")}
    assert (await leader.post(f"{LEAD}/wewenang", {**form, "wewenang": "x"})).status == 404
    given = await leader.post(f"{LEAD}/wewenang", {**form, "wewenang": "delegasi"})
    assert given.status == 303
    assert "Diberikan Petugas leader" in (await leader.get(LEAD)).words
    theirs = await care.get(LEAD)
    assert theirs.status == 200
    assert "Delegasikan" not in theirs.words  # what was given is not given on
    hand = {"csrf": theirs.field("csrf"), "wewenang": "tarik"}
    assert (await care.post(f"{LEAD}/wewenang", hand)).status == 403
    taken = await leader.post(f"{LEAD}/wewenang", {**form, "wewenang": "tarik"})
    assert taken.headers["Location"] == f"{LEAD}?kabar=tarik"
    assert (await care.get(LEAD)).status == 403


@pytest.mark.parametrize(
    ("who", "unit", "lead"),
    [("operator", 403, 403), ("technician", 403, 403), ("head", 403, 200), ("admin", 403, 403)],
)
async def test_boards_are_for_those_who_oversee(
    house: ApiOffice, who: str, unit: int, lead: int
) -> None:
    browser = await at_the_console(house, who)
    seen = [(await browser.get(path)).status for path in (UNIT, LEAD)]
    assert seen == [unit, lead]
