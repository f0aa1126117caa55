"""The hospital of Padang (MB): customer care takes in, disposes and watches; officers solve."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click import Context

from core.model.staff import Role
from core.model.text_defaults import DEFAULTS
from gateway.cli import helpdesk
from gateway.demo.story import REPORTERS, STORY, tell
from tests.journeys.practices.walk_mb import Practice, practice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

QUESTIONS = """
[[override]]
category = "information"
[override.normal]
first_answer = "10 working_minutes"
solution = "2 working_hours"
"""


@pytest.fixture(scope="module")
async def rs(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Practice]:
    """The hospital with its units; its desk is open day and night, and questions are quick."""
    folder = tmp_path_factory.mktemp("rs")
    promises = folder / "promises.toml"
    promises.write_text(QUESTIONS)
    async with practice(folder, "hospital", watch={"promises": str(promises)}) as made:
        await made.hires("fitri", Role.OFFICER, unit="perawat")
        yield made


async def test_mb_01_one_ticket_and_its_number_in_the_very_first_reply(rs: Practice) -> None:
    before = {row.number for row in await rs.hall.tickets()}
    ibu = rs.citizen()
    told = await ibu.says("HELPDESK antrean poli anak lama sekali")
    entry = {"form": "walk_in", "text": "Kursi tunggu kurang", "reference": "B-1"}
    said = await rs["operator"].post("/entries", entry)
    assert (said.status, said.json["outcome"]) == (201, "opened")
    by_sms, at_the_counter = sorted(
        {row.number for row in await rs.hall.tickets()} - before,
        key=lambda number: number == said.json["number"],
    )
    assert at_the_counter == said.json["number"]
    assert told.startswith(f"Laporan Anda diterima, no tiket {by_sms}. ")
    assert (await rs.ticket(by_sms))["subject"] == "antrean poli anak lama sekali"
    assert await ibu.hears_nothing_more()


async def test_mb_02_no_number_is_ever_used_again(rs: Practice) -> None:
    bapak = rs.citizen()
    withdrawn = await bapak.complains("lampu koridor padam")
    assert f"{withdrawn}: Dibatalkan" in await bapak.says(f"BATAL {withdrawn}")
    rejected = await bapak.complains("tetangga saya berisik tiap malam")
    await rs.does("care", rejected, "reject", code="outside_authority", text="Bukan urusan RS")
    assert rejected in await bapak.reads()
    before = {row.number for row in await rs.hall.tickets()}
    await rs.later(days=1)
    fresh = [await rs.citizen().complains(f"keran bocor di kamar {room}") for room in range(5)]
    assert len({*fresh}) == len(fresh)
    assert {withdrawn, rejected} <= before
    assert not before & {*fresh}
    assert (await rs.ticket(withdrawn))["status"] == "cancelled"
    assert (await rs.ticket(rejected))["status"] == "rejected"


def test_mb_03_citizens_read_tiket_and_no_other_word_for_it() -> None:
    for key, text in DEFAULTS.items():
        said = text.replace("{tiket}", "").replace("{tiket_induk}", "").lower()
        assert not any(word in said for word in ("ticket", "trouble", "no laporan")), key
        # Two texts name the number by another word of requirements §5 ("tercatat sebagai").
        if key.endswith("_sms") and "{tiket}" in text and not key.startswith("life_danger"):
            assert "tiket" in said, key


async def test_mb_04_a_question_is_a_ticket_with_its_own_times(rs: Practice) -> None:
    asks, complains = rs.citizen(), rs.citizen()
    told = await asks.says("HELPDESK mau tanya syarat menjenguk pasien")
    number = told.partition("no tiket ")[2][:13]
    late = await complains.complains("toilet lantai 2 kotor")
    question, complaint = await rs.ticket(number), await rs.ticket(late)
    assert question["category"] == "information"
    spans = {
        one["number"]: {
            clock["target"]: datetime.fromisoformat(clock["due_at"])
            - datetime.fromisoformat(clock["started_at"])
            for clock in one["clocks"]
        }
        for one in (question, complaint)
    }
    assert spans[number]["first_answer"] < spans[late]["first_answer"]
    assert spans[number]["solution"] < spans[late]["solution"]
    for kind in ("question", "suggestion", "praise", "incident", "complaint"):
        assert (await rs.does("care", number, "classify", kind=kind))["kind"] == kind
    wrong = await rs.tries("care", number, "classify", kind="gosip")
    assert (wrong.status, wrong.json["field"]) == (422, "kind")
    await rs.does("care", number, "answer", text="Jam besuk 10.00 sampai 12.00 WIB.")
    assert await asks.reads() == "Jam besuk 10.00 sampai 12.00 WIB."


def test_mb_32_the_guide_goes_through_the_five_steps_with_commands_that_exist() -> None:
    guide = (Path(__file__).parents[3] / "docs/introducing.md").read_text(encoding="utf-8")
    steps = ["Survey", "Design", "Preparation", "Run", "Evaluation and monitoring"]
    assert re.findall(r"^## \d\. (.+)$", guide, re.MULTILINE) == steps
    named = {*re.findall(r"`helpdesk (\w+)", guide)}
    assert {"units", "deadline", "doctor", "staff", "demo", "serve", "audit"} == named
    assert named <= {*helpdesk.list_commands(Context(helpdesk))}
    for link in re.findall(r"\]\(([^)]+)\)", guide):
        assert (Path(__file__).parents[3] / "docs" / link).exists(), link


# --- who watches, who does ----------------------------------------------------------------------

WORK = {
    "assign": {"staff_id": 1}, "start": {"note": "x"}, "resolve": {"solution": "x"},
    "answer": {"text": "x"}, "set-priority": {"priority": "high", "reason": "x"},
    "classify": {"category": "facility"}, "close": {"reason": "x"}, "cancel": {"reason": "x"},
    "reject": {"code": "abusive", "text": "x"}, "reopen": {"reason": "x"},
    "merge": {"into": "HD26-000001-9"}, "dispose": {"unit_id": 1, "instruction": "x"},
}  # fmt: skip


async def test_mb_08_leadership_sees_all_units_and_changes_none(rs: Practice) -> None:
    numbers = []
    for code in ("medik", "perawat", "keuangan", "logistik"):
        number = await rs.citizen().complains(f"keluhan untuk {code}")
        await rs.does(
            "care", number, "dispose", unit_id=rs.units[code], instruction="Mohon ditangani"
        )
        numbers.append(number)
    assert {*numbers} <= {*await rs.listed("leader")}
    await rs.later(hours=1)  # nobody has answered within 30 minutes

    async def broken() -> bool:
        return {*numbers} <= {*await rs.listed("leader", "&breached=true")}

    await rs.until(broken)
    for act, body in WORK.items():
        assert (await rs.tries("leader", numbers[0], act, **body)).status == 403, act
    words = {"text": "Dahulukan pasien rawat inap"}
    assert (await rs.tries("care", numbers[0], "instruct", **words)).status == 403
    assert (await rs["care"].post("/delegation", {"on": True})).status == 403
    assert (await rs["leader"].post("/delegation", {"on": True})).status == 204
    await rs.does("care", numbers[0], "instruct", **words)
    assert (await rs["leader"].post("/delegation", {"on": False})).status == 204
    assert (await rs.tries("care", numbers[0], "instruct", **words)).status == 403


async def test_mb_11_each_role_has_rights_of_its_own(rs: Practice) -> None:
    ibu, other = rs.citizen(), rs.citizen()
    number = await ibu.complains("obat pulang belum diserahkan")
    stranger = await other.says(f"STATUS {number}")
    assert stranger.startswith(f"Nomor {number} tidak kami temukan untuk pengirim ini")
    assert (await ibu.says(f"STATUS {number}")).startswith(f"Tiket {number}: Diterima")
    own = f"/tickets/{number}"
    assert (await rs["fitri"].get(own)).status == 404, "not hers yet"
    await rs.does("care", number, "assign", staff_id=rs.ids["fitri"])
    assert (await rs["fitri"].get(own)).status == 200
    await rs.does("fitri", number, "start", note="Mulai")
    passed = {"staff_id": rs.ids["officer"], "reason": "shift selesai"}
    assert (await rs.tries("fitri", number, "assign", **passed)).status == 403
    assert (await rs.tries("fitri", number, "close", reason="x")).status == 403
    assert (await rs.tries("leader", number, "resolve", solution="x")).status == 403
    await rs.does("leader", number, "instruct", text="Selesaikan sebelum pasien pulang")
    await rs.does("fitri", number, "resolve", solution="Obat sudah diserahkan")
    await rs.does("care", number, "close", reason="pelapor sudah menerima obat")


async def test_mb_12_the_operator_takes_in_and_replies_but_ends_nothing(
    rs: Practice, tmp_path: Path
) -> None:
    ends = {"reject": {"code": "incomplete", "text": "Keterangan kurang"}, "close": {}}
    entry = {"form": "phone", "text": "Telepon ruang bersalin tidak diangkat", "reference": "T-9"}
    said = await rs["operator"].post("/entries", entry)
    number = said.json["number"]
    await rs.does("operator", number, "answer", text="Kami sambungkan sekarang", spoken=True)
    for act, body in ends.items():
        assert (await rs.tries("operator", number, act, **body)).status == 403
    assert (await rs.ticket(number))["status"] == "received"
    grants = ["operator:reject:all", "operator:close:all"]
    async with practice(tmp_path, "", staff={"grants": grants}) as other:
        bapak = other.citizen()
        number = await bapak.complains("halaman parkir penuh")
        await other.does("operator", number, "reject", **ends["reject"])
        assert "Keterangan kurang" in await bapak.reads()
        number = await other.citizen().complains("lift berbunyi keras")
        await other.does("operator", number, "assign", staff_id=other.ids["operator"])
        await other.does("operator", number, "start", note="Mulai")
        await other.does("operator", number, "resolve", solution="Lift sudah disetel")
        assert (await other.does("operator", number, "close"))["status"] == "closed"


async def test_mb_15_the_desk_keeps_a_ticket_whoever_has_it(rs: Practice) -> None:
    ibu = rs.citizen()
    number = await ibu.complains("tagihan rawat inap dobel")
    assert (await rs.ticket(number))["unit_id"] is None, "with the desk"
    for code in ("keuangan", "logistik"):
        held = await rs.does(
            "care", number, "dispose", unit_id=rs.units[code], instruction="Periksa tagihan"
        )
        assert held["unit_id"] == rs.units[code], "with one unit at a time"
        assert number in await rs.listed("care")
        assert number not in await rs.listed("fitri")
        await ibu.reads()
    await ibu.sends(f"{number} mohon dicek malam ini")
    thread = (await rs["care"].get(f"/tickets/{number}/thread")).json["items"]
    assert "mohon dicek malam ini" in thread[-1]["text"]
    await rs.does("care", number, "answer", text="Sedang dicek bagian keuangan.")
    assert await ibu.reads() == "Sedang dicek bagian keuangan."


async def test_mb_18_users_are_the_administrators_and_every_change_is_noted(rs: Practice) -> None:
    body = {"login": "dewi", "name": "Dewi", "roles": ["officer"], "unit_id": rs.units["medik"]}
    for who in ("operator", "care", "officer", "supervisor", "leader"):
        assert (await rs[who].post("/staff", body)).status == 403
        assert (await rs[who].get("/staff")).status == 403
    made = await rs["admin"].post("/staff", body)
    assert (made.status, made.json["unit_id"]) == (201, rs.units["medik"])
    path = f"/staff/{made.json['id']}"
    changed = {key: body[key] for key in ("name", "unit_id")} | {"roles": ["customer_care"]}
    said = await rs["admin"].call("PUT", path, changed, If_Match=made.etag)
    assert said.json["roles"] == ["customer_care"]
    assert (await rs["admin"].post(f"{path}/disable", If_Match=said.etag)).status == 200
    noted = await rs.hall.rows(
        "SELECT kind, actor, data FROM admin_events WHERE subject = ? ORDER BY seq",
        f"staff:{made.json['id']}",
    )
    assert [row[0] for row in noted] == ["StaffAdded", "StaffChanged", "StaffDisabled"]
    assert {row[1] for row in noted} == {f"staff:{rs.ids['admin']}"}
    assert '"old":["officer"]' in noted[1][2].replace(" ", "")


# --- the simulation of the publication ----------------------------------------------------------


async def test_mb_19_mb_21_four_file_eight_two_assign_six_solve(rs: Practice) -> None:
    before = {row.number for row in await rs.hall.tickets()}
    assert [answer.status for answer in await tell(rs.hall.provider)] == [200] * 8
    found = [row for row in await rs.hall.tickets() if row.number not in before]
    numbers = sorted(row.number for row in found)
    assert len(numbers) == len(STORY) == 8
    texts = {line.text.lower() for line in STORY}
    assert len(texts) == 8
    assert {*await rs.reporters(*numbers)} == {person.number for person in REPORTERS}
    officers = [f"petugas{place}" for place in range(6)]
    for name in officers:
        await rs.hires(name, Role.OFFICER, unit="medik")
    etags = {number: (await rs["care"].get(f"/tickets/{number}")).etag for number in numbers}

    async def gives(assigner: str, place: int) -> int:
        body = {"staff_id": rs.ids[officers[place % 6]]}
        number = numbers[place % 8]
        said = await rs[assigner].act(number, "assign", body, version=etags[number])
        return said.status

    # The second assigner goes through the same list with other people in mind.
    both = [gives("care", place) for place in range(8)]
    both += [gives("operator", place + 8) for place in range(8)]
    assert sorted(await asyncio.gather(*both)) == [200] * 8 + [409] * 8
    held = {name: {*await rs.listed(name)} for name in officers}
    assert sorted(number for own in held.values() for number in own) == numbers
    assert sorted(len(own) for own in held.values()) != [8, 0, 0, 0, 0, 0]
    await rs.hires("melati", Role.OFFICER, Role.CUSTOMER_CARE)
    assert {*numbers} <= {*await rs.listed("melati")}, "granted more"


# --- the whole walk -----------------------------------------------------------------------------


async def test_mb_05_mb_07_from_the_first_text_to_the_survey(rs: Practice) -> None:
    ibu = rs.citizen()
    number = await ibu.complains("perawat lama datang waktu bel dipanggil, kamar 12")
    care, officer = rs.ids["care"], rs.ids["fitri"]
    await rs.does("care", number, "classify", category="waiting_time", kind="complaint")
    await rs.does("care", number, "set-priority", priority="high", reason="pasien bayi")
    to = {"unit_id": rs.units["perawat"], "instruction": "Tambah petugas jaga"}
    await rs.does("care", number, "dispose", staff_id=officer, **to)
    assert "ditangani Fitri, Unit Perawat" in await ibu.reads()
    await rs.does("leader", number, "instruct", text="Laporkan ke saya sore ini")
    await rs.does("fitri", number, "start", note="Mulai")
    await rs.does("fitri", number, "resolve", solution="Petugas jaga malam ditambah dua orang")
    told = await ibu.reads()
    assert told.startswith(f"Tiket {number} selesai: Petugas jaga malam ditambah dua orang.")
    assert told.endswith("balas NILAI")
    assert (await ibu.says("NILAI")).startswith("Nilai 1-5")
    assert (await ibu.says("4 5 3 4 4")).startswith("Terima kasih, nilai Anda untuk tiket")
    happened = [(event["kind"], event["actor"]) for event in await rs.history(number)]
    assert happened == [
        ("TicketOpened", "reporter"),
        ("Classified", f"staff:{care}"),
        ("PriorityChanged", f"staff:{care}"),
        ("Disposed", f"staff:{care}"),
        ("Instructed", f"staff:{rs.ids['leader']}"),
        ("WorkStarted", f"staff:{officer}"),
        ("Resolved", f"staff:{officer}"),
        ("SurveyOpened", "reporter"),
        ("SurveyAnswered", "reporter"),
    ]
    assert await ibu.hears_nothing_more()
