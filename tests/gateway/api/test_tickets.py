"""Tickets over HTTP: lists, one, acts, conflicts, entries; what an officer's program sees."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.model.act_rules import NAMES
from gateway.clock import SystemClock
from tests.contracts.planting import plant
from tests.gateway.gateway_kit import message, phone, until
from ticket_store import schema

if TYPE_CHECKING:
    from tests.gateway.api.kit import ApiOffice

NIK = "3510114107900001"


async def test_a_ticket_walks_from_receipt_to_its_solution(house: ApiOffice) -> None:
    number = await house.ticket("HELPDESK printer loket 2 rusak", sender=11)
    care, technician = house.care, house.technician
    said = await care.act(
        number,
        "dispose",
        {"unit_id": 1, "instruction": "Periksa", "staff_id": house.ids["technician"]},
    )
    assert said.status == 200, said.text
    assert said.json["ticket"]["status"] == "assigned"
    assert said.json["ticket"]["unit_name"] == "Bidang 1"
    assert said.json["told"] == ["assigned"]
    assert said.etag == f'"{said.json["ticket"]["version"]}"'
    assert (await technician.act(number, "start", {"note": "Mulai"})).status == 200
    hollow = await technician.act(number, "resolve", {"solution": "  "})
    assert (hollow.status, hollow.json["field"]) == (422, "solution")
    done = await technician.act(number, "resolve", {"solution": "Kabel diganti"})
    assert done.json["ticket"]["status"] == "resolved"
    assert done.json["ticket"]["next_statuses"] == ["assigned", "in_progress", "closed"]
    history = (await technician.get(f"/tickets/{number}/history")).json["items"]
    assert [event["seq"] for event in history] == list(range(1, len(history) + 1))
    assert history[-1]["actor"] == f"staff:{house.ids['technician']}"
    await until(lambda: any("Kabel diganti" in text for text in house.hall.texts()))


async def test_an_answer_leaves_by_the_channel_of_the_question(house: ApiOffice) -> None:
    number = await house.ticket("HELPDESK kapan loket buka", sender=12)
    said = await house.operator.act(number, "answer", {"text": "Loket buka pukul 08.00 WIB."})
    assert said.json["told"] == ["answer"]
    assert said.json["ticket"]["answered_at"]
    await until(lambda: "Loket buka pukul 08.00 WIB." in house.hall.texts())
    items = (await house.operator.get(f"/tickets/{number}/thread")).json["items"]
    assert [item["inbound"] for item in items if item["purpose"] in ("", "answer")] == [
        True,
        False,
    ]


@pytest.mark.parametrize("written", ["hd26-", "HD 26 "])
async def test_a_number_is_read_leniently(house: ApiOffice, written: str) -> None:
    number = await house.ticket()
    rest = number.partition("-")[2]
    said = await house.operator.get(f"/tickets/{written}{rest.replace('0', 'O')}")
    assert said.json["number"] == number


@pytest.mark.parametrize(
    "number",
    ["HD26-999999-9", "HD26-000001-0", "x", "%00", "1", "HD26-000001-9'--", "\u0663", "a" * 900],
)
async def test_no_such_ticket(house: ApiOffice, number: str) -> None:
    for path in ("", "/history", "/thread", "/notes", "/files", "/restricted", "/deadlines"):
        said = await house.operator.get(f"/tickets/{number}{path}")
        assert (said.status, said.json["type"]) == (404, "urn:helpdesk:problem:not_found")


LONG_AGO = "2020-01-01T08:00:00Z"


# --- conflicts -------------------------------------------------------------------------------


async def test_a_forbidden_transition_names_the_allowed_ones(house: ApiOffice) -> None:
    number = await house.ticket()
    said = await house.care.act(number, "close", {"reason": "selesai"})
    assert said.status == 409
    problem = said.json
    assert problem["type"] == "urn:helpdesk:problem:forbidden_transition"
    assert problem["allowed"] == ["under_review", "assigned", "rejected", "cancelled", "merged"]
    assert "Ditugaskan" in problem["detail"]


@pytest.mark.parametrize(
    ("act", "body", "field"),
    [
        ("reject", {"code": "incomplete", "text": ""}, "text"),
        ("set-priority", {"priority": "high", "reason": ""}, "reason"),
        ("dispose", {"unit_id": 1, "instruction": ""}, "instruction"),
        ("dispose", {"unit_id": 99, "instruction": "Periksa"}, "unit_id"),
        ("assign", {"staff_id": 9_999}, "staff_id"),
        ("answer", {"text": " "}, "text"),
        ("classify", {"category": "gangguan"}, "category"),
        ("set-priority", {"priority": "urgent", "reason": "x"}, "priority"),
        ("set-priority", {"reason": "x"}, "priority"),
        ("assign", {"staff_id": "7"}, "staff_id"),
        ("assign", {"staff_id": -1}, "staff_id"),
        ("assign", {"staff_id": 1, "start_at": "2026-11-24T08:00:00"}, "start_at"),
        ("assign", {"staff_id": 1, "start_at": LONG_AGO}, "start_at"),
        ("dispose", {"unit_id": 1, "instruction": "Periksa", "due_at": LONG_AGO}, "due_at"),
        ("note", {"text": "x", "role": "admin"}, "role"),
        ("note", {"text": "x", "id": 1}, "id"),
        ("note", {"text": "x" * 20_001}, "text"),
        ("note", {"text": ["x"]}, "text"),
        ("note", [], ""),
    ],
)
async def test_a_wrong_field_is_named(house: ApiOffice, act: str, body: Any, field: str) -> None:
    number = await house.ticket()
    said = await house.care.act(number, act, body)
    assert said.status == 422, said.text
    assert said.json.get("field", "") == field
    assert said.headers["Content-Type"].startswith("application/problem+json")


async def test_a_stale_writer_sees_both_versions_and_what_changed(house: ApiOffice) -> None:
    number = await house.ticket()
    etag = (await house.operator.get(f"/tickets/{number}")).etag
    first = await house.operator.act(number, "note", {"text": "pertama"}, version=etag)
    assert first.status == 200
    said = await house.care.act(number, "note", {"text": "kedua"}, version=etag)
    assert (said.status, said.json["type"]) == (409, "urn:helpdesk:problem:stale")
    assert said.json["your_version"] == int(etag.strip('"'))
    assert said.json["current_version"] == int(first.etag.strip('"'))
    assert [change["actor"] for change in said.json["changes"]] == [
        f"staff:{house.ids['operator']}"
    ]
    whatever = await house.care.act(number, "note", {"text": "kedua"}, version="*")
    assert whatever.status == 200


async def test_mb_20_two_assigners_at_once_never_double(house: ApiOffice) -> None:
    number = await house.ticket()
    etag = (await house.care.get(f"/tickets/{number}")).etag
    both = await asyncio.gather(
        *(
            caller.act(number, "assign", {"staff_id": house.ids[who]}, version=etag)
            for caller, who in ((house.care, "technician"), (house.operator, "officer"))
        )
    )
    assert sorted(said.status for said in both) == [200, 409]


async def test_every_act_has_its_route(house: ApiOffice) -> None:
    paths = (await house.stranger.get("/openapi.json")).json["paths"]
    for name in NAMES:
        assert "post" in paths[f"/api/v1/tickets/{{number}}/acts/{name}"]


# --- lists -----------------------------------------------------------------------------------


async def test_dk_29_a_list_shows_what_is_needed_and_no_more(house: ApiOffice) -> None:
    number = await house.ticket(f"HELPDESK KTP saya {NIK} belum jadi", sender=18)
    said = await house.operator.get(f"/tickets?number={number}")
    (line,) = said.json["items"]
    assert line["reporter"] == "0812****0018"
    assert line["subject"].endswith("************0001 belum jadi")
    for path in ("", "/thread", "/history"):
        assert NIK not in (await house.operator.get(f"/tickets/{number}{path}")).text
    assert NIK not in said.text


async def test_pages_go_on_where_the_last_one_ended(house: ApiOffice) -> None:
    numbers = {await house.ticket() for n in range(5)}
    seen: list[str] = []
    path = "/tickets?limit=2&status=received&status=assigned"
    following = ""
    while True:
        page = (await house.operator.get(path + following)).json
        seen += [line["number"] for line in page["items"]]
        if page["next"] is None:
            break
        assert len(page["items"]) == 2
        following = f"&after={page['next']}"
    assert len(seen) == len(set(seen))
    assert numbers <= set(seen)
    counted = (await house.operator.get("/tickets/count?status=received&status=assigned")).json
    assert counted == {"count": len(seen), "more": False}


async def test_a_cursor_belongs_to_its_list(house: ApiOffice) -> None:
    for _ in range(3):
        await house.ticket()
    cursor = (await house.operator.get("/tickets?limit=1")).json["next"]
    for path in (
        f"/tickets?limit=1&after={cursor[:-1]}{'0' if cursor[-1] != '0' else '1'}",
        f"/tickets?limit=1&after=x{cursor}",
        f"/tickets?limit=1&sort=oldest&after={cursor}",
        f"/tickets?limit=1&channel=sms&after={cursor}",
        "/tickets?after=x.y",
        "/tickets?after=.",
        "/tickets?after=%C3%A9.%C3%A9",
    ):
        said = await house.operator.get(path)
        assert (said.status, said.json["field"]) == (400, "after"), path
    other = await house.care.get(f"/tickets?limit=1&after={cursor}")
    assert other.status == 400


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("limit=0", 422, "limit"), ("limit=-1", 422, "limit"), ("limit=201", 422, "limit"),
        ("limit=1000000000", 422, "limit"), ("limit=x", 422, "limit"),
        ("sort=subject", 422, "sort"), ("sort=id;drop", 422, "sort"),
        ("status=open", 422, "status.0"), ("priority=urgent", 422, "priority.0"),
        ("due_before=2026-11-24T08:00:00", 422, "due_before"),
        ("due_before=besok", 422, "due_before"), ("assignee=me", 422, "assignee"),
        ("unit=-1", 422, "unit"), ("unknown=1", 422, "unknown"), ("limit=1&limit=2", 400, "limit"),
        ("number=%00", 400, ""), ("channel=" + "x" * 65, 422, "channel"), ("after=", 422, "after"),
    ],
)  # fmt: skip
async def test_a_wrong_parameter_is_named(
    house: ApiOffice, query: str, status: int, field: str
) -> None:
    said = await house.operator.get(f"/tickets?{query}")
    assert said.status == status, said.text
    assert said.json.get("field", "").startswith(field)


@pytest.mark.parametrize("injected", ["' OR 1=1--", '"; DROP TABLE tickets;--', "1) UNION SELECT"])
@pytest.mark.parametrize("name", ["channel", "category", "number"])
async def test_a_parameter_is_data(house: ApiOffice, name: str, injected: str) -> None:
    url = f"{house.hall.base}/api/v1/tickets"
    headers = house.operator.headers
    async with house.hall.http.get(url, params={name: injected}, headers=headers) as answer:
        assert answer.status == 200
        assert (await answer.json())["items"] == []


async def test_mine_are_those_assigned_to_me(house: ApiOffice) -> None:
    number = await house.ticket()
    await house.care.act(number, "assign", {"staff_id": house.ids["officer"]})
    mine = (await house.officer.get("/tickets?mine=true")).json["items"]
    assert number in [line["number"] for line in mine]
    nobody = (await house.care.get(f"/tickets?assignee=0&number={number}")).json["items"]
    assert nobody == []


# --- entries and the tray --------------------------------------------------------------------


async def test_mb_06_staff_enter_for_a_citizen(house: ApiOffice) -> None:
    body = {
        "form": "walk_in", "text": "Loket 2 tutup sebelum waktunya", "reference": "B-17",
        "reporter": {"name": "Bu Sri", "phone": "0812 9000 1234"},
    }  # fmt: skip
    said = await house.operator.post("/entries", body)
    assert said.status == 201, said.text
    assert said.json["solution_due"]
    again = await house.operator.post("/entries", body)
    assert again.json["number"] == said.json["number"]
    assert again.json["repeated"]
    found = (await house.operator.get(f"/tickets/{said.json['number']}")).json
    assert found["channel"] == "loket"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"form": "telepati"}, "form"), ({"text": ""}, "text"), ({"reference": None}, "reference"),
        ({"category": "x"}, "category"), ({"occurred_at": "2199-01-01T00:00:00Z"}, "occurred_at"),
        ({"occurred_at": "2026-01-01T00:00:00"}, "occurred_at"), ({"priority": "x"}, "priority"),
        ({"reporter": {"phone": "x"}}, "reporter.phone"), ({"unit_id": 1}, "unit_id"),
    ],
)  # fmt: skip
async def test_a_wrong_entry_is_named(
    house: ApiOffice, change: dict[str, Any], field: str
) -> None:
    body = {"form": "phone", "text": "Lampu mati", "reference": "B-18"} | change
    said = await house.operator.post("/entries", body)
    assert (said.status, said.json["field"]) == (422, field), said.text


async def test_rule_10_a_message_of_the_tray_becomes_a_ticket(house: ApiOffice) -> None:
    await house.hall.post(message("selamat pagi", From=phone(31)))
    tray = (await house.operator.get("/unsorted")).json["items"]
    found = next(one for one in tray if one["text"] == "selamat pagi")
    said = await house.operator.post(f"/unsorted/{found['id']}/ticket")
    assert said.status == 201, said.text
    assert said.json["ticket"]["opened_at"] == found["received_at"]
    assert said.headers["Location"] == f"/api/v1/tickets/{said.json['ticket']['number']}"
    again = await house.operator.post(f"/unsorted/{found['id']}/ticket")
    assert again.status == 409
    for who in ("technician", "supervisor", "leader", "admin"):
        assert (await house.callers[who].get("/unsorted")).status == 403
    assert (await house.operator.post("/unsorted/999999/ticket")).status == 404


async def test_a_message_is_split_off(house: ApiOffice) -> None:
    number = await house.ticket("HELPDESK air mati", sender=32)
    await house.hall.post(message(f"{number} dan lampu jalan juga mati", From=phone(32)))
    thread = (await house.care.get(f"/tickets/{number}/thread")).json["items"]
    joined = next(one for one in thread if one["inbound"] and one["outcome"] == "joined")
    etag = (await house.care.get(f"/tickets/{number}")).etag
    body = {"message_id": joined["id"], "reason": "masalah lain"}
    said = await house.care.post(f"/tickets/{number}/split", body, If_Match=etag)
    assert said.status == 201, said.text
    assert said.json["ticket"]["number"] != number
    assert (
        await house.technician.post(f"/tickets/{number}/split", body, If_Match="*")
    ).status == 403


# --- deadlines -------------------------------------------------------------------------------


async def test_why_a_promise_is_due_then(house: ApiOffice) -> None:
    number = await house.ticket()
    said = await house.operator.get(f"/tickets/{number}/deadlines")
    assert [one["clock"]["target"] for one in said.json["items"]] == ["first_answer", "solution"]
    for one in said.json["items"]:
        assert "sejak" in one["steps"][0]
        assert "aling lambat" in one["steps"][-1]


async def test_a_worked_case_of_the_requirements(house: ApiOffice) -> None:
    said = await house.operator.get(
        "/deadline?received=2026-07-17T10:45:00%2B07:00&calendar=banyuwangi"
    )
    dues = {one["target"]: one["due_at"] for one in said.json["promises"]}
    assert dues == {
        "first_answer": "2026-07-17T06:15:00Z",  # 13.15 WIB, after the Friday break
        "solution": "2026-07-23T10:00:00Z",
    }
    assert any("istirahat" in step for step in said.json["steps"])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("received=2026-07-17T10:45:00", "received"), ("", "received"),
        ("received=1066-01-01T00:00:00Z", "received"),
        ("received=9999-12-31T23:59:59Z", "received"),
        ("received=2026-07-17T10:45:00Z&calendar=../../etc/passwd", "calendar"),
        ("received=2026-07-17T10:45:00Z&calendar=tidak-ada", "calendar"),
    ],
)  # fmt: skip
async def test_a_deadline_that_cannot_be_told(house: ApiOffice, query: str, field: str) -> None:
    said = await house.operator.get(f"/deadline?{query}")
    assert (said.status, said.json["field"]) == (422, field)


# --- files -----------------------------------------------------------------------------------


async def test_a_file_is_a_download_for_those_who_see_the_ticket(house: ApiOffice) -> None:
    number = await house.ticket()
    folder = house.hall.gateway.plan.folder / "attachments"
    name = "ab/" + "ab" + "0" * 30
    (folder / "ab").mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"<svg onload=alert(1)>")
    (row,) = await house.hall.rows(
        "SELECT id FROM messages WHERE ticket_id = (SELECT id FROM tickets WHERE number = ?)",
        number,
    )
    stored = {
        "message_id": row[0], "position": 0, "reference": "x", "content_type": "image/svg+xml",
        "filename": "../\u202e gambar.svg", "state": "stored", "stored_as": name, "attempt": 1,
        "due_at": SystemClock().now() + timedelta(days=1), "found_type": "image/svg+xml",
    }  # fmt: skip
    await plant(house.hall.store, schema.attachments, stored)
    (shown,) = (await house.operator.get(f"/tickets/{number}/files")).json["items"]
    assert name not in (await house.operator.get(f"/tickets/{number}/files")).text
    path = f"/tickets/{number}/files/{shown['message']}/{shown['position']}"
    said = await house.operator.get(path)
    assert said.status == 200
    assert said.headers["Content-Type"] == "application/octet-stream"
    assert said.headers["Content-Disposition"].startswith("attachment;")
    assert said.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in said.headers["Content-Security-Policy"]
    assert (await house.technician.get(path)).status == 404
    other = await house.ticket()
    assert (await house.operator.get(path.replace(number, other))).status == 404
    for wrong in ("9/9", "x/0", "0/x", "-1/0", f"{'9' * 40}/0"):
        assert (await house.operator.get(f"/tickets/{number}/files/{wrong}")).status == 404
