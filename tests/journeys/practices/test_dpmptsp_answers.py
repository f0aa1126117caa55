"""Jakarta's stored answers (DK-38): kept by the office, found by words, filled in, sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.practices.walk_mb import Practice, practice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HOURS = {
    "title": "Jam layanan loket",
    "text": "Loket {unit} buka 08.00 sampai 15.00 WIB. Tiket {tiket} selesai {selesai}.",
}


@pytest.fixture(scope="module")
async def ptsp(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Practice]:
    """The agency, no answer kept yet."""
    async with practice(tmp_path_factory.mktemp("ptsp"), "licensing") as made:
        yield made


async def keep(ptsp: Practice, **changes: Any) -> Any:
    said = await ptsp["admin"].post("/canned-replies", HOURS | changes)
    assert said.status == 201, said.text
    return said


async def titles(ptsp: Practice, query: str) -> list[str]:
    said = await ptsp["operator"].get(f"/canned-replies{query}")
    assert said.status == 200, said.text
    return [one["title"] for one in said.json["items"]]


async def test_dk_38_an_answer_is_found_filled_in_and_sent(ptsp: Practice) -> None:
    reply = (await keep(ptsp)).json
    client = ptsp.citizen()
    number = await client.complains("kapan loket buka")
    assert HOURS["title"] in await titles(ptsp, "?q=LOKET+buka")
    path = f"/tickets/{number}/canned-replies/{reply['id']}"
    text = (await ptsp["operator"].get(path)).json["text"]
    assert text.startswith("Loket Dinas Contoh buka 08.00 sampai 15.00 WIB. ")
    assert f"Tiket {number} selesai" in text
    assert text.endswith(" pukul 24.00 WIB.")
    assert (await ptsp["technician"].get(path)).status == 404, "not a ticket of theirs"
    assert (await ptsp["leader"].get(path)).status == 403
    await ptsp.does("operator", number, "answer", text=text)
    assert await client.reads() == text


async def test_dk_38_answers_of_a_unit_are_offered_there_only(ptsp: Practice) -> None:
    support, frontdesk = ptsp.units["support"], ptsp.units["frontdesk"]
    await keep(ptsp, title="Reset kata sandi", text="Sandi direset.", unit_id=support)
    await keep(ptsp, title="Alamat dinas", text="Jalan Melati 1.")
    assert await titles(ptsp, f"?unit={support}&q=sandi") == ["Reset kata sandi"]
    assert await titles(ptsp, f"?unit={frontdesk}&q=sandi") == []
    assert "Alamat dinas" in await titles(ptsp, f"?unit={frontdesk}")
    assert await titles(ptsp, "?q=100%25") == [], "a sign is a sign, not a pattern"
    assert await titles(ptsp, "?q=_elati") == []


async def test_dk_38_only_administrators_keep_them_and_each_change_is_noted(
    ptsp: Practice,
) -> None:
    for who in ("operator", "care", "supervisor", "leader"):
        assert (await ptsp[who].post("/canned-replies", HOURS)).status == 403
    made = await keep(ptsp, title="Formulir")
    path = f"/canned-replies/{made.json['id']}"
    changed = await ptsp["admin"].call("PUT", path, HOURS, If_Match=made.etag)
    assert (changed.status, changed.json["title"]) == (200, HOURS["title"])
    stale = await ptsp["admin"].call("PUT", path, HOURS, If_Match=made.etag)
    assert (stale.status, stale.json["current_version"]) == (409, 2)
    retired = await ptsp["admin"].post(f"{path}/retire", If_Match="*")
    assert retired.json["retired_at"]
    again = await ptsp["admin"].post(f"{path}/retire", If_Match="*")
    assert again.json["version"] == retired.json["version"]
    assert "Formulir" not in await titles(ptsp, "")
    kinds = await ptsp.hall.rows(
        "SELECT kind FROM admin_events WHERE subject = ? ORDER BY seq", f"canned:{made.json['id']}"
    )
    assert [row[0] for row in kinds] == [
        *("CannedReplyAdded", "CannedReplyChanged", "CannedReplyRetired"),
    ]
    assert (await ptsp["admin"].get("/canned-replies/999999")).status == 404
    assert (await ptsp["admin"].post("/canned-replies/999999/retire", If_Match="*")).status == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"), ({"title": "x" * 121}, "title"), ({"text": ""}, "text"),
        ({"text": "x" * 3001}, "text"), ({"text": "Halo {nama}"}, "text"),
        ({"text": "Mungkin besok."}, "text"), ({"text": "Tiket {tiket"}, "text"),
        ({"text": "a\u202eb"}, "text"), ({"unit_id": 999}, "unit_id"),
    ],
)  # fmt: skip
async def test_dk_38_a_wrong_answer_is_named(
    ptsp: Practice, changes: dict[str, Any], field: str
) -> None:
    said = await ptsp["admin"].post("/canned-replies", HOURS | changes)
    assert (said.status, said.json["field"]) == (422, field)
