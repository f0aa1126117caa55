"""What the procedure of Banyuwangi keeps: a note of every step, and no person for ever.

Stories share one office and run in the order of its calendar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.model.ticket import Priority
from core.services.audit import AuditWish, verify
from tests.journeys.practices.walk_bw import Walk, local, walking

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = [pytest.mark.journey, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
async def walk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Walk]:
    folder = tmp_path_factory.mktemp("riwayat")
    kept = {"anonymise_after_months": 12}
    async with walking(folder, local("06/07"), schedules=kept) as found:
        yield found


async def test_bw_07_no_step_of_a_technician_without_a_note(walk: Walk) -> None:
    walk.at("07/07", "09.00")
    unit = walk.citizen()
    number = await unit.complains("HELPDESK genset kantor mati")
    await walk.given(number)
    resolved = {"solution": "Sekring diganti"}
    pended = {"reason": "access", "for_whom": "penjaga", "note": "Gudang terkunci",
              "expected_at": local("08/07", "09.00").isoformat()}  # fmt: skip
    for act, body, field in (
        ("en-route", {"note": "Berangkat, membawa sekring"}, "note"),
        ("arrive", {"note": "Tiba, bertemu penjaga"}, "note"),
        ("depart", {"finding": "Sekring utama putus"}, "finding"),
        ("pend", pended, "note"),
        ("resume", {"note": "Kunci sudah ada"}, "note"),
        ("resolve", resolved, "solution"),
    ):
        bare = {name: held for name, held in body.items() if name != field}
        for empty in (bare, {**bare, field: "  "}):
            said = await walk.refused("technician", number, act, **empty)
            assert (said["status"], said["field"]) == (422, field), act
        await walk.does("technician", number, act, **body)
    await unit.told("Sekring diganti")
    kept = (await walk.desk.operator.get(f"/tickets/{number}/notes")).json["items"]
    texts = {one["text"] for one in kept}
    assert {"Berangkat, membawa sekring", "Tiba, bertemu penjaga", "Kunci sudah ada"} <= texts
    bound = [one for one in await walk.events(number) if "note_sha256" in one["data"]]
    assert [one["kind"] for one in bound] == ["EnRoute", "Arrived", "WorkPaused", "WorkResumed"]


async def test_ll_09_a_citizen_asks_to_be_forgotten(walk: Walk) -> None:
    walk.at("09/07", "09.00")
    unit = walk.citizen()
    number = await unit.complains("HELPDESK lampu rumah Ibu Rahmawati mati")
    erase, admin = f"/tickets/{number}/erase-person", walk.desk.admin
    why = {"reason": "Permohonan tertulis 12/VII"}
    early = await admin.post(erase, why)
    assert (early.status, number in early.json["detail"]) == (409, True)
    assert (await walk.desk.care.post(erase, why)).status == 403
    await unit.asks(f"BATAL {number}", "dibatalkan")
    bare = await admin.post(erase, {})
    assert (bare.status, bare.json["field"]) == (422, "reason")
    done = await admin.post(erase, why)
    assert (done.status, done.json["tickets"]) == (200, 1)
    assert (await admin.post(erase, why)).json == {"tickets": 0, "messages": 0}
    assert unit.number not in repr(await walk.desk.hall.rows("SELECT * FROM addresses"))
    found = await walk.ticket(number)
    assert (found["status"], found["subject"]) == ("cancelled", "Data pribadi dihapus")
    assert "Rahmawati" not in repr(await walk.thread(number))
    again = await unit.complains("HELPDESK lampu mati lagi")  # a stranger from now on
    assert again != number


async def test_bw_14_a_new_policy_begins_on_its_day_by_itself(walk: Walk) -> None:
    walk.at("10/07", "09.00")
    path, admin = "/sla-policy", walk.desk.admin
    before = await admin.get(path)
    slow = '[promises.normal]\nfirst_answer = "90 working_minutes"\nsolution = "4 working_days"\n'
    begins = local("11/07", "00.00")
    wanted = {"document": slow, "valid_from": begins.isoformat()}
    put = await admin.call("PUT", path, wanted, If_Match=before.etag)
    assert (put.status, put.json["version"]) == (200, 2)
    assert (await admin.get(path)).json["version"] == 1
    today = await walk.citizen().complains("HELPDESK kursi ruang tunggu patah")
    assert (await walk.due(today))["first_answer"] == local("10/07", "09.30")

    walk.at("11/07", "09.00")

    async def holding() -> int:
        return int((await admin.get(path)).json["version"])

    await walk.until_true(holding, 2)

    policy = walk.desk.hall.gateway.plan.policy
    await walk.until_sent(lambda: policy.sla_now.targets[Priority.NORMAL].solution.amount == 4)
    number = await walk.citizen().complains("HELPDESK kursi ruang rapat patah")
    assert (await walk.due(number))["first_answer"] == local("11/07", "10.30")
    late = await admin.call(
        "PUT", path, {**wanted, "valid_from": begins.isoformat()}, If_Match="*"
    )
    assert (late.status, late.json["field"]) == (422, "valid_from")


async def test_bw_13_after_a_year_figures_are_left_and_no_person(walk: Walk) -> None:
    walk.at("13/07", "09.00")
    unit = walk.citizen()
    number = await unit.complains("HELPDESK pompa air Pak Suparman macet")
    await walk.given(number)
    await walk.does("technician", number, "start", note="Ke rumah Pak Suparman")
    await walk.does("technician", number, "resolve", solution="Pompa Pak Suparman diganti")
    await unit.told("selesai:")
    await unit.asks("NILAI", "1-5")
    await unit.asks("4 5 3 4 4", "sudah tersimpan")
    await unit.asks(f"SELESAI {number}", "kami tutup")
    before, kinds = await walk.ticket(number), await walk.kinds(number)
    asked = "/retention?months=12"
    assert (await walk.desk.admin.get(asked)).json["tickets"] == 0

    walk.at("12/07", "20.00", 2027)
    assert (await walk.desk.admin.get(asked)).json["months"] == 12

    walk.at("14/07", "08.00", 2027)

    async def subject() -> str:
        return str((await walk.ticket(number))["subject"])

    await walk.until_true(subject, "Data pribadi dihapus")
    after = await walk.ticket(number)
    for figure in ("status", "category", "priority", "opened_at", "answered_at", "clocks"):
        assert after[figure] == before[figure], figure
    assert await walk.kinds(number) == [*kinds, "PersonErased"]
    scores = await walk.desk.hall.rows("SELECT score FROM survey_answers")
    assert sorted(score for (score,) in scores) == [3, 4, 4, 4, 5]
    everywhere = [
        await walk.desk.hall.rows(f"SELECT * FROM {table}")  # noqa: S608 - names of this test
        for table in ("tickets", "messages", "outbox", "notes", "addresses", "ticket_work")
    ]
    assert "Suparman" not in repr(everywhere)
    assert unit.number not in repr(everywhere)
    verdict = await verify(walk.desk.hall.gateway.plan.store.audits, AuditWish("HD"))
    assert verdict.findings == ()
