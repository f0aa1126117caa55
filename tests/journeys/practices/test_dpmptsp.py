"""The licensing agency of Jakarta (DK): front desk and support, a supervisor who approves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.model.staff import Role
from tests.journeys.practices.walk_mb import Practice, practice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

OFFICE = {"name": "DPMPTSP DKI Jakarta", "calendar": "pemerintah"}
ASKED = ("StatusAsked", "ContactFlagged")
APPROVAL = {"approval_before_work": True, "approval_after_work": True}


@pytest.fixture(scope="module")
async def ptsp(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Practice]:
    """The agency: what is assigned, and what is solved, is approved by the kasatpel."""
    folder = tmp_path_factory.mktemp("ptsp")
    async with practice(folder, "licensing", office=OFFICE, work=APPROVAL) as made:
        await made.hires("depan", Role.OPERATOR, unit="frontdesk")
        await made.hires("kasatpel", Role.UNIT_SUPERVISOR, unit="pstik")
        await made.hires("tono", Role.TECHNICIAN, unit="support")
        await made.hires("wati", Role.TECHNICIAN, unit="support")
        yield made


async def test_dk_05_dk_16_dk_19_dk_20_a_client_reports_and_a_supervisor_approves_twice(
    ptsp: Practice,
) -> None:
    client = ptsp.citizen()
    told = await client.says("HELPDESK printer loket 2 tidak menarik kertas. Sudah dicoba ulang.")
    number = told.partition("no tiket ")[2][:13]
    to = {"unit_id": ptsp.units["support"], "staff_id": ptsp.ids["tono"]}
    await ptsp.does("depan", number, "dispose", instruction="Mohon diperiksa", **to)
    early = await ptsp.tries("tono", number, "start", note="Mulai")
    assert early.status == 409, "not before it is approved"
    await ptsp.does("kasatpel", number, "approve", note="silakan")
    assert "ditangani Tono, Tim Support" in await client.reads()
    await ptsp.does("tono", number, "start", note="Mulai")
    await ptsp.does("tono", number, "set-progress", percent=60, note="rol penarik aus")
    done = await ptsp.does("tono", number, "resolve", solution="Rol penarik diganti")
    assert (done["status"], done["work_done"], done["approval"]) == ("resolved", True, "after")
    assert "Rol penarik diganti" in await client.reads()
    closes = await ptsp.tries("care", number, "close", reason="selesai")
    assert closes.status == 409, "closing waits for the approval"
    assert (await ptsp.tries("tono", number, "approve")).status == 403
    closed = await ptsp.does("kasatpel", number, "approve")
    assert closed["status"] == "closed"
    assert f"Tiket {number} kami tutup." in await client.reads()
    assert (await client.says(f"NILAI {number} 5 4 4 5 4")).startswith("Terima kasih, nilai Anda")
    assert await client.hears_nothing_more()


async def test_dk_16_the_citizens_word_closes_without_an_approval(ptsp: Practice) -> None:
    client = ptsp.citizen()
    number = await client.complains("scanner arsip tidak terbaca")
    await ptsp.through(number, "tono", "kasatpel", "Driver dipasang ulang")
    assert (await ptsp.ticket(number))["approval"] == "after"
    await client.reads()
    await client.reads()
    assert f"Tiket {number} kami tutup." in await client.says(f"SELESAI {number}")
    assert (await ptsp.ticket(number))["status"] == "closed"


async def test_dk_02_approval_and_work_are_steps_of_their_own_that_all_three_see(
    ptsp: Practice,
) -> None:
    client = ptsp.citizen()
    number = await client.complains("komputer front office mati total")
    status = f"STATUS {number}"
    await ptsp.does("depan", number, "assign", staff_id=ptsp.ids["tono"])
    assert "karena menunggu persetujuan atasan unit" in await client.says(status)
    await ptsp.does("kasatpel", number, "refuse-approval", reason="Wati lebih dekat")
    assert "karena menunggu petugas lain" in await client.says(status)
    await ptsp.does("depan", number, "assign", staff_id=ptsp.ids["wati"])
    await ptsp.does("kasatpel", number, "approve")
    assert "ditangani Wati" in await client.reads()
    assert "karena disetujui, petugas sudah ditunjuk" in await client.says(status)
    await ptsp.does("wati", number, "start", note="Mulai")
    for who in ("wati", "kasatpel"):
        happened = [kind for kind in await ptsp.kinds(number, who) if kind not in ASKED]
        assert happened == [
            *("TicketOpened", "Assigned", "ApprovalAsked", "ApprovalRefused"),
            *("Assigned", "ApprovalAsked", "Approved", "WorkStarted"),
        ]
    kept = await ptsp.hall.rows(
        "SELECT phase, approved, decided_by FROM approvals p JOIN tickets t ON t.id = p.ticket_id "
        "WHERE t.number = ? ORDER BY p.id", number,
    )  # fmt: skip
    boss = f"staff:{ptsp.ids['kasatpel']}"
    assert [tuple(row) for row in kept] == [("before", 0, boss), ("before", 1, boss)]


async def test_a_task_that_is_taken_back_is_told_as_waiting(ptsp: Practice) -> None:
    client = ptsp.citizen()
    number = await client.complains("mesin antrean tidak mencetak")
    await ptsp.does("depan", number, "assign", staff_id=ptsp.ids["tono"])
    await ptsp.does("kasatpel", number, "approve")
    assert "ditangani Tono" in await client.reads()
    await ptsp.does("kasatpel", number, "take-back", reason="Tono cuti")
    assert "karena menunggu petugas lain" in await client.says(f"STATUS {number}")


# --- who sees what ------------------------------------------------------------------------------


async def test_dk_03_lists_by_level_and_by_everything_below_a_unit(ptsp: Practice) -> None:
    numbers = {}
    for code in ("kota", "kecamatan", "kelurahan", "support"):
        numbers[code] = await ptsp.citizen().complains(f"jaringan {code} putus")
        to = {"unit_id": ptsp.units[code], "instruction": "Mohon ditangani"}
        await ptsp.does("depan", numbers[code], "dispose", **to)
    listed = {one["code"]: one for one in (await ptsp["depan"].get("/units")).json["items"]}
    assert listed["kelurahan"]["level"] == "kelurahan"
    assert listed["kelurahan"]["parent_id"] == listed["kecamatan"]["id"]
    for level in ("kota", "kecamatan", "kelurahan"):
        assert numbers[level] in await ptsp.listed("depan", f"&level={level}")
        others = {*numbers.values()} - {numbers[level]}
        assert not others & {*await ptsp.listed("depan", f"&level={level}")}
    below = {*await ptsp.listed("depan", f"&within={ptsp.units['kota']}&sort=oldest")}
    assert {*numbers.values()} - below == {numbers["support"]}
    everything = {*await ptsp.listed("depan", f"&within={ptsp.units['dinas']}")}
    assert {*numbers.values()} <= everything
    counted = await ptsp["depan"].get(f"/tickets/count?within={ptsp.units['kota']}")
    assert counted.json["count"] == len(below)


async def test_dk_04_one_person_may_hold_several_roles(ptsp: Practice) -> None:
    await ptsp.hires("rangkap", Role.TECHNICIAN, Role.OPERATOR, unit="support")
    me = (await ptsp["rangkap"].get("/me")).json
    assert me["person"]["roles"] == ["operator", "technician"]
    assert {"assign", "work", "enter"} <= {*me["rights"]}
    assert "approve" not in me["rights"]
    for who, role in (
        ("depan", "operator"), ("kasatpel", "unit_supervisor"), ("tono", "technician"),
        ("admin", "admin"),
    ):  # fmt: skip
        assert (await ptsp[who].get("/me")).json["person"]["roles"] == [role]


async def test_dk_10_a_supervisor_sees_the_queue_of_unit_and_region(ptsp: Practice) -> None:
    region = (
        await ptsp["admin"].post("/regions", {"code": "31.71", "name": "Jakarta Pusat"})
    ).json
    regions = frozenset({region["id"]})
    await ptsp.hires("kasatkota", Role.UNIT_SUPERVISOR, unit="kecamatan", regions=regions)
    here, there, around = [await ptsp.citizen().complains(f"wifi {place}") for place in "abc"]
    for number, code in ((here, "kelurahan"), (there, "support")):
        to = {"unit_id": ptsp.units[code], "instruction": "Mohon ditangani"}
        await ptsp.does("depan", number, "dispose", **to)
    await ptsp.does("depan", around, "classify", region_id=region["id"])
    seen = {*await ptsp.listed("kasatkota")}
    assert {here, around} <= seen
    assert there not in seen
    assert there in await ptsp.listed("kasatpel")
    assert here not in await ptsp.listed("kasatpel")


async def test_dk_14_ones_own_list_by_priority_and_then_by_deadline(ptsp: Practice) -> None:
    await ptsp.hires("antre", Role.TECHNICIAN, unit="support")
    low, normal, high, later = [
        await ptsp.citizen().complains(f"aplikasi {name}") for name in ("a", "b", "c", "d")
    ]
    await ptsp.later(minutes=5)
    last = await ptsp.citizen().complains("aplikasi e")
    for number, priority in ((low, "low"), (high, "high"), (later, "high")):
        await ptsp.does("depan", number, "set-priority", priority=priority, reason="dampaknya")
    for number in (low, normal, later, high, last):
        await ptsp.does("depan", number, "assign", staff_id=ptsp.ids["antre"])
    assert await ptsp.listed("antre", "&mine=true&sort=urgency") == [
        *(high, later), normal, last, low,
    ]  # fmt: skip


async def test_dk_21_the_right_to_assign_lies_with_operator_and_supervisor(
    ptsp: Practice,
) -> None:
    number = await ptsp.citizen().complains("monitor berkedip")
    body = {"staff_id": ptsp.ids["wati"]}
    assert (await ptsp.tries("leader", number, "assign", **body)).status == 403
    to = {"unit_id": ptsp.units["support"], "instruction": "Mohon ditangani"}
    await ptsp.does("depan", number, "dispose", **to)
    assert (await ptsp.does("kasatpel", number, "assign", **body))["assignee_name"] == "Wati"
    moved = {"staff_id": ptsp.ids["tono"], "reason": "Wati sakit"}
    assert (await ptsp.does("depan", number, "assign", **moved))["assignee_name"] == "Tono"


async def test_dk_24_the_front_desk_hands_over_to_support_and_everybody_sees_it(
    ptsp: Practice,
) -> None:
    client = ptsp.citizen()
    number = await client.complains("internet kantor kelurahan mati")
    queues = {code: f"&unit={ptsp.units[code]}" for code in ("frontdesk", "support")}
    to = {"unit_id": ptsp.units["frontdesk"], "instruction": "Catat lokasi"}
    await ptsp.does("care", number, "dispose", **to)
    assert number in await ptsp.listed("depan", queues["frontdesk"])
    assert number not in await ptsp.listed("depan", queues["support"])
    to = {"unit_id": ptsp.units["support"], "instruction": "Modem mati, perlu diganti"}
    await ptsp.does("depan", number, "dispose", **to)
    assert number not in await ptsp.listed("depan", queues["frontdesk"])
    assert number in await ptsp.listed("depan", queues["support"])
    _, handed = [
        event for event in await ptsp.history(number, "kasatpel") if event["kind"] == "Disposed"
    ]
    assert handed["actor"] == f"staff:{ptsp.ids['depan']}"
    assert f'"unit_id":{ptsp.units["support"]}' in handed["data"]


async def test_dk_41_the_head_of_the_agency_is_leadership_and_the_last_step(
    ptsp: Practice,
) -> None:
    rights: dict[str, Any] = {
        who: (await ptsp[who].get("/me")).json["rights"] for who in ("leader", "head")
    }
    assert rights["leader"] == rights["head"]
    client = ptsp.citizen()
    number = await client.complains("izin usaha tidak keluar tiga bulan")
    steps = {1: "kepala satuan pelaksana", 2: "pimpinan", 3: "kepala dinas"}
    for level, name in steps.items():
        found = await ptsp.does("care", number, "escalate", level=level, reason="belum ada hasil")
        assert found["escalation"] == level
        assert name in (await client.reads()).lower()
    beyond = await ptsp.tries("care", number, "escalate", level=4, reason="masih belum")
    assert (beyond.status, beyond.json["field"]) == (422, "level")
