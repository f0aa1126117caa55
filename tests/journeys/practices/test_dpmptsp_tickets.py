"""Jakarta's tickets (DK): what is in one, who follows it, and what its solution must hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.model.staff import Role
from tests.journeys.practices.walk_mb import Practice, practice
from ticket_store.schema import metadata

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


ABOUT = {"lama": "licensing", "seksi": "network", "gabung": "information"}


@pytest.fixture(scope="module")
async def ptsp(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Practice]:
    """The agency without approvals."""
    async with practice(tmp_path_factory.mktemp("ptsp"), "licensing") as made:
        await made.hires("kasatpel", Role.UNIT_SUPERVISOR, unit="pstik")
        await made.hires("tono", Role.TECHNICIAN, unit="support")
        yield made


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("printer dan scanner loket 1 rusak", "hardware"),
        ("aplikasi absensi error waktu simpan data", "application"),
        ("jaringan internet kantor putus", "network"),
    ],
)
async def test_dk_01_hardware_software_and_network_by_sms_and_by_telephone(
    ptsp: Practice, text: str, category: str
) -> None:
    number = await ptsp.citizen().complains(text)
    assert (await ptsp.ticket(number))["category"] == category
    entry = {"form": "phone", "text": f"Lewat telepon: {text}", "category": category}
    said = await ptsp["operator"].post("/entries", entry | {"reference": f"T-{category}"})
    found = await ptsp.ticket(said.json["number"])
    assert (found["form"], found["category"]) == ("phone", category)
    assert number in await ptsp.listed("care", f"&category={category}")


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Printer loket 2 macet. Sudah dua hari, mohon dibantu.", "Printer loket 2 macet"),
        ("wifi lantai 3 lambat\nKontak: Budi", "wifi lantai 3 lambat"),
        ("layar " * 40, "layar " * 11 + "layar..."),
    ],
)
async def test_dk_06_the_first_sentence_is_the_subject_and_nothing_is_lost(
    ptsp: Practice, text: str, subject: str
) -> None:
    found = await ptsp.ticket(await ptsp.citizen().complains(text))
    assert found["subject"] == subject
    assert len(found["subject"]) <= 80
    assert found["description"].split() == text.split()


async def test_dk_07_a_client_follows_the_ticket_by_its_number(ptsp: Practice) -> None:
    client, other = ptsp.citizen(), ptsp.citizen()
    number = await client.complains("email dinas tidak bisa dibuka")
    told = await client.says(f"STATUS {number}")
    assert told.startswith(f"Tiket {number}: Diterima, karena menunggu penugasan petugas.")
    assert "Batas selesai" in told
    assert "tidak kami temukan" in await other.says(f"STATUS {number}")
    async with ptsp.hall.http.get(f"{ptsp.hall.base}/api/v1/tickets/{number}") as answer:
        assert answer.status == 401


async def test_dk_15_dk_22_the_solution_is_mandatory_and_a_cause_may_be_added(
    ptsp: Practice,
) -> None:
    client = ptsp.citizen()
    number = await client.complains("aplikasi antrean tidak jalan")
    await ptsp.does("care", number, "assign", staff_id=ptsp.ids["tono"])
    await client.reads()
    await ptsp.does("tono", number, "start", note="Mulai")
    for empty in ("", "  ", "\n"):
        said = await ptsp.tries("tono", number, "resolve", solution=empty)
        assert (said.status, said.json["field"]) == (422, "solution")
    assert (await ptsp.ticket(number))["status"] == "in_progress"
    whole = await ptsp.tries("tono", number, "set-progress", percent=100)
    assert (whole.status, whole.json["field"]) == (422, "solution")
    done = await ptsp.does(
        "tono",
        number,
        "resolve",
        solution="Layanan antrean dijalankan ulang",
        cause="memori penuh",
    )
    assert (done["solution"], done["cause"]) == (
        "Layanan antrean dijalankan ulang",
        "memori penuh",
    )
    told = await client.reads()
    assert "Layanan antrean dijalankan ulang" in told
    assert "memori penuh" not in told, "the cause is for the house"


async def test_dk_33_technician_and_supervisor_follow_a_ticket_by_its_number(
    ptsp: Practice,
) -> None:
    client = ptsp.citizen()
    number = await client.complains("server absensi mati")
    await ptsp.solve(number, "support", "tono", "Server dinyalakan ulang")
    await client.sends(f"{number} terima kasih banyak")
    lines: dict[str, list[tuple[str, str, str]]] = {}
    for who in ("tono", "kasatpel"):
        lines[who] = [
            (event["kind"], event["actor"], event["at"])
            for event in await ptsp.history(number, who)
        ]
        thread = (await ptsp[who].get(f"/tickets/{number}/thread")).json["items"]
        assert [one["purpose"] for one in thread if not one["inbound"]] == [
            *("ack", "assigned", "resolved"),
        ]
    assert lines["tono"] == lines["kasatpel"]
    assert [at for _, _, at in lines["tono"]] == sorted(at for _, _, at in lines["tono"])
    kinds = [kind for kind, _, _ in lines["tono"]]
    assert kinds[:4] == ["TicketOpened", "Disposed", "WorkStarted", "Resolved"]


def test_dk_36_client_ticket_assignment_technician_and_solution_are_linked() -> None:
    links = {
        (table.name, column.name): key.column.table.name
        for table in metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
    }
    assert links["tickets", "address_id"] == "addresses"
    assert links["addresses", "contact_id"] == "contacts"
    assert links["assignments", "ticket_id"] == "tickets"
    assert links["assignments", "staff_id"] == "staff"
    assert links["staff", "unit_id"] == "units"
    assert links["ticket_work", "ticket_id"] == "tickets"
    assert "solution" in metadata.tables["ticket_work"].columns


async def agency(ptsp: Practice, name: str) -> dict[str, int]:
    """Ids of a unit, one below it, and another that is to take it in."""
    ids: dict[str, int] = {}
    for part, above in (("lama", None), ("seksi", "lama"), ("gabung", None)):
        body = {"code": f"{name}-{part}", "name": f"Bidang {part}", "categories": [ABOUT[part]]}
        body["parent_id"] = ids[above] if above else None
        said = await ptsp["admin"].post("/units", body)
        assert said.status == 201, said.text
        ids[part] = ptsp.units[f"{name}-{part}"] = said.json["id"]
    return ids


async def test_dk_40_a_unit_is_merged_into_another_with_what_runs(ptsp: Practice) -> None:
    ids = await agency(ptsp, "satu")
    await ptsp.hires("budi", Role.TECHNICIAN, unit="satu-lama")
    ended, runs = [await ptsp.citizen().complains(f"berkas {name}") for name in ("a", "b")]
    await ptsp.solve(ended, "satu-lama", "budi", "Berkas ditemukan")
    await ptsp.does("care", ended, "close")
    to = {"unit_id": ids["lama"], "staff_id": ptsp.ids["budi"], "instruction": "Cari berkas"}
    before = await ptsp.does("care", runs, "dispose", **to)
    path, into = f"/units/{ids['lama']}/merge", {"into": ids["gabung"]}
    said = await ptsp["admin"].post(path, into, If_Match='"1"')
    assert (said.status, bool(said.json["retired_at"])) == (200, True), said.text
    assert (await ptsp["admin"].post(path, into, If_Match="*")).json == said.json
    old, now = await ptsp.ticket(ended), await ptsp.ticket(runs)
    assert (old["unit_id"], old["unit_name"]) == (ids["lama"], "Bidang lama")
    assert (now["unit_id"], now["unit_name"]) == (ids["gabung"], "Bidang gabung")
    kept = ("status", "assignee_name", "clocks")
    assert {name: now[name] for name in kept} == {name: before[name] for name in kept}
    assert (await ptsp.kinds(runs))[-1] == "UnitMerged"
    assert (await ptsp["budi"].get("/me")).json["person"]["unit_id"] == ids["gabung"]
    await ptsp.does("budi", runs, "start", note="Mulai")


async def test_dk_40_units_below_and_categories_go_over_and_the_day_is_noted(
    ptsp: Practice,
) -> None:
    ids = await agency(ptsp, "dua")
    said = await ptsp["admin"].post(
        f"/units/{ids['lama']}/merge", {"into": ids["gabung"]}, If_Match="*"
    )
    assert said.status == 200, said.text
    below = (await ptsp["admin"].get(f"/units/{ids['seksi']}")).json
    assert (below["parent_id"], below["version"]) == (ids["gabung"], 2)
    taken = (await ptsp["admin"].get(f"/units/{ids['gabung']}")).json
    assert taken["categories"] == ["information", "licensing"]
    noted = await ptsp.hall.rows(
        "SELECT kind, data FROM admin_events WHERE subject = ? ORDER BY seq",
        f"unit:{ids['lama']}",
    )
    assert noted[-1][0] == "UnitMerged"
    assert f'"into":{ids["gabung"]}' in noted[-1][1]


async def test_dk_40_what_cannot_be_merged_is_named(ptsp: Practice) -> None:
    ids = await agency(ptsp, "tiga")
    path = f"/units/{ids['lama']}/merge"
    for wrong in (ids["lama"], ids["seksi"], 999):
        said = await ptsp["admin"].post(path, {"into": wrong}, If_Match="*")
        assert (said.status, said.json["field"]) == (422, "into")
    into = {"into": ids["gabung"]}
    for who in ("care", "supervisor", "leader"):
        assert (await ptsp[who].post(path, into, If_Match="*")).status == 403
    assert (await ptsp["admin"].post(path, into, If_Match='"7"')).status == 409
    assert (await ptsp["admin"].post("/units/999/merge", into, If_Match="*")).status == 404
    assert (await ptsp["admin"].get(f"/units/{ids['lama']}")).json["retired_at"] is None


async def test_dk_40_old_tickets_keep_the_name_that_their_unit_had(ptsp: Practice) -> None:
    body = {"code": "bptsp", "name": "Bidang BPTSP"}
    unit = (await ptsp["admin"].post("/units", body)).json
    to = {"unit_id": unit["id"], "instruction": "Mohon ditangani"}
    old, new = [await ptsp.citizen().complains(f"loket {name}") for name in ("lama", "baru")]
    await ptsp.does("care", old, "dispose", **to)
    renamed = {"name": "Bidang DPMPTSP"}
    said = await ptsp["admin"].call("PUT", f"/units/{unit['id']}", renamed, If_Match='"1"')
    assert said.status == 200
    await ptsp.does("care", new, "dispose", **to)
    assert (await ptsp.ticket(old))["unit_name"] == "Bidang BPTSP"
    assert (await ptsp.ticket(new))["unit_name"] == "Bidang DPMPTSP"
    noted = await ptsp.hall.rows(
        "SELECT kind, data FROM admin_events WHERE subject = ? ORDER BY seq", f"unit:{unit['id']}"
    )
    assert [row[0] for row in noted] == ["UnitAdded", "UnitChanged"]
    assert "Bidang BPTSP" in noted[1][1]
