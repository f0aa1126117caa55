"""What administrators set: units, regions, calendars, texts; suggestions and surveys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.model.numbers import parse_number

if TYPE_CHECKING:
    from tests.gateway.api.kit import ApiOffice

BODY = """
zone = "Asia/Jakarta"
[[weeks]]
monday = ["08.00-12.00", "13.00-17.00"]
"""


async def test_dk_40_a_unit_is_added_renamed_and_retired(house: ApiOffice) -> None:
    said = await house.admin.post("/units", {"code": "jaringan", "name": "Bidang Jaringan"})
    assert (said.status, said.json["version"]) == (201, 1), said.text
    path = f"/units/{said.json['id']}"
    assert (await house.operator.get(path)).etag == '"1"'
    renamed = await house.admin.call("PUT", path, {"name": "Bidang TIK"}, If_Match='"1"')
    assert (renamed.json["name"], renamed.etag) == ("Bidang TIK", '"2"')
    stale = await house.admin.call("PUT", path, {"name": "Bidang X"}, If_Match='"1"')
    assert (stale.status, stale.json["current_version"]) == (409, 2)
    retired = await house.admin.post(f"{path}/retire", If_Match="*")
    assert retired.json["retired_at"], retired.text
    listed = (await house.operator.get("/units")).json["items"]
    assert "jaringan" not in [unit["code"] for unit in listed]
    everything = (await house.operator.get("/units?retired=true")).json["items"]
    assert "jaringan" in [unit["code"] for unit in everything]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"code": "u1", "name": "Ganda"}, "code"),
        ({"code": "a b", "name": "Salah"}, "code"),
        ({"code": "baik", "name": ""}, "name"),
        ({"code": "baik", "name": "Baik", "parent_id": 999}, "parent_id"),
        ({"code": "baik", "name": "Baik", "calendar": "tidak-ada"}, "calendar"),
        ({"code": "baik", "name": "Baik", "retired_at": None}, "retired_at"),
    ],
)
async def test_a_wrong_unit_is_named(
    house: ApiOffice, body: dict[str, object], field: str
) -> None:
    said = await house.admin.post("/units", body)
    assert said.status in (409, 422), said.text
    assert said.json["field"] == field


async def test_regions_lie_in_regions(house: ApiOffice) -> None:
    outer = await house.admin.post("/regions", {"code": "35", "name": "Jawa Timur"})
    inner = {"code": "35.10", "name": "Banyuwangi", "parent_id": outer.json["id"]}
    said = await house.admin.post("/regions", inner)
    assert said.status == 201, said.text
    circle = {"name": "Jawa Timur", "parent_id": said.json["id"]}
    wrong = await house.admin.call("PUT", f"/regions/{outer.json['id']}", circle)
    assert (wrong.status, wrong.json["field"]) == (422, "parent_id")
    assert (await house.admin.call("PUT", "/regions/9999", circle)).status == 404


async def test_dk_30_a_suggestion_has_its_reasons(house: ApiOffice) -> None:
    number = await house.ticket()
    said = await house.operator.get(f"/tickets/{number}/suggestion")
    assert said.status == 200, said.text
    people = {one["staff_id"]: one for one in said.json["people"]}
    assert people[house.ids["technician"]]["reasons"]
    assert (await house.technician.get(f"/tickets/{number}/suggestion")).status == 403


async def test_a_calendar_is_kept_with_its_versions(house: ApiOffice) -> None:
    path = "/calendar-documents/apotek"
    made = await house.admin.call("PUT", path, {"document": BODY}, If_Match="*")
    assert (made.status, made.etag) == (200, '"1"'), made.text
    stale = await house.admin.call("PUT", path, {"document": BODY + "\n"}, If_Match='"7"')
    assert stale.status == 409
    names = [one["name"] for one in (await house.care.get("/calendar-documents")).json["items"]]
    assert names == ["apotek"]


async def test_overlapping_windows_are_refused_with_their_line(house: ApiOffice) -> None:
    wrong = BODY.replace("13.00-17.00", "11.00-17.00")
    path = "/calendar-documents/salah"
    said = await house.admin.call("PUT", path, {"document": wrong}, If_Match="*")
    assert (said.status, said.json["field"]) == (422, "document")
    assert "line 3" in said.json["detail"]


async def test_a_text_is_checked_before_it_is_kept(house: ApiOffice) -> None:
    wrong = {"text": "Tiket {nomor_rahasia} diterima."}
    said = await house.admin.call("PUT", "/texts/ack_sms", wrong)
    assert (said.status, said.json["field"]) == (422, "text")
    good = {"text": "Laporan diterima, no tiket {tiket}. Selesai {selesai} {zona}."}
    kept = await house.admin.call("PUT", "/texts/ack_sms", good)
    assert (kept.status, kept.json["version"]) == (200, 1), kept.text
    stale = await house.admin.call("PUT", "/texts/ack_sms", good)
    assert stale.status == 409
    back = await house.admin.call("PUT", "/texts/ack_sms", {"text": "", "version": 1})
    assert (back.json["version"], back.json["text"]) == (2, "")
    assert (await house.admin.get("/texts")).json["items"] == []
    assert (await house.admin.call("PUT", "/texts/tidak_ada", good)).status == 422


async def test_mb_24_a_survey_comes_from_paper(house: ApiOffice) -> None:
    number = await house.ticket()
    scores = [{"item": item, "score": 4} for item in range(101, 106)]
    early = await house.operator.post(f"/tickets/{number}/survey", {"scores": scores})
    assert early.status == 409
    await house.care.act(number, "assign", {"staff_id": house.ids["officer"]})
    await house.officer.act(number, "start", {"note": "Mulai"})
    await house.officer.act(number, "resolve", {"solution": "Selesai diperbaiki"})
    said = await house.operator.post(f"/tickets/{number}/survey", {"scores": scores})
    assert (said.status, said.json["counted"]) == (201, True), said.text
    again = await house.operator.post(f"/tickets/{number}/survey", {"scores": scores})
    assert (again.status, again.json["type"]) == (409, "urn:helpdesk:problem:already")
    mended = await house.operator.post(
        f"/tickets/{number}/survey/correction", {"scores": [{"item": 101, "score": 5}]}
    )
    assert mended.status == 201, mended.text
    assert (
        await house.technician.post(f"/tickets/{number}/survey", {"scores": scores})
    ).status == 403
    assert parse_number("HD", said.json["number"])


@pytest.mark.parametrize(
    "scores",
    [
        [],
        [{"item": 0, "score": 4}],
        [{"item": 50, "score": 4}],
        [{"item": 101, "score": 6}],
        [{"item": 101, "score": 4}, {"item": 101, "score": 3}],
    ],
)
async def test_wrong_scores_are_refused(house: ApiOffice, scores: object) -> None:
    number = await house.ticket()
    said = await house.operator.post(f"/tickets/{number}/survey", {"scores": scores})
    assert said.status == 422, said.text


async def test_a_period_has_its_result(house: ApiOffice) -> None:
    period = house.hall.gateway.plan.clock.now().strftime("%Y-%m")
    values = {"tangibles": 2, "reliability": 3}
    said = await house.admin.call("PUT", f"/expectations/{period}", {"values": values})
    assert said.status == 200, said.text
    past = await house.admin.call("PUT", "/expectations/2020-01", {"values": values})
    assert past.status == 409
    wrong = await house.admin.call("PUT", "/expectations/2020-13", {"values": values})
    assert (wrong.status, wrong.json["field"]) == (422, "period")
    report = await house.leader.get(f"/surveys/{period}")
    assert report.status == 200, report.text
    assert (await house.leader.get("/surveys/13-2026")).status == 404
    assert (await house.supervisor.get(f"/surveys/{period}")).status == 422
    assert (await house.supervisor.get(f"/surveys/{period}?unit=1")).status == 200
    assert (await house.supervisor.get(f"/surveys/{period}?unit=2")).status == 422
    assert (await house.technician.get(f"/surveys/{period}")).status == 403
