"""The one search, kept lists and joining over the API: what the console does, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.model.staff import Right
from tests.gateway.api.kit import SENDERS
from tests.gateway.gateway_kit import message, phone, until

if TYPE_CHECKING:
    from tests.gateway.api.kit import ApiOffice, Caller


async def gathered(house: ApiOffice) -> None:
    """Until the words of everything so far can be found."""
    store = house.hall.store

    async def there() -> bool:
        return await store.search.gathered_up_to() == await store.stream.end()

    await until(there)


async def found(who: Caller, q: str, **more: object) -> Any:
    said = await who.post("/search", {"q": q, **more})
    assert said.status == 200, said.text
    return said.json


def numbers(page: Any) -> list[str]:
    return [one["ticket"]["number"] for one in page["items"]]


# --- search --------------------------------------------------------------------------------------


async def test_dk_26_one_field_for_programs_too(house: ApiOffice) -> None:
    sender = next(SENDERS)
    number = await house.ticket("HELPDESK talang air pendopo jebol", sender)
    await gathered(house)
    sequence = number.split("-")[1]
    for q, why in (
        (number.lower(), "number"), (sequence, "number"), (phone(sender), "phone"),
        ("talang pendopo", "message"), ("JEBOL", "message"),
    ):  # fmt: skip
        (hit,) = [
            one
            for one in (await found(house.operator, q))["items"]
            if one["ticket"]["number"] == number
        ]
        assert hit["why"] == why, q
    hit = (await found(house.operator, "jebol"))["items"][0]
    assert [one["text"] for one in hit["pieces"] if one["hit"]] == ["jebol"]
    assert phone(sender) not in str(hit)


async def test_nothing_is_found_out_of_reach(house: ApiOffice) -> None:
    number = await house.ticket("HELPDESK gerbang stadion macet")
    await gathered(house)
    for who, there in (("operator", True), ("supervisor", False), ("technician", False)):
        for q in (number, "gerbang stadion"):
            assert (numbers(await found(house.callers[who], q)) == [number]) is there, (who, q)
    assert (await house.stranger.post("/search", {"q": number})).status == 401
    narrow = await house.token("operator", Right.NOTE)
    assert (await narrow.post("/search", {"q": number})).status == 403


async def test_a_search_goes_on_where_it_stopped(house: ApiOffice) -> None:
    made = [await house.ticket(f"HELPDESK tenda posyandu sobek {n}") for n in range(3)]
    await gathered(house)
    seen: list[str] = []
    page = await found(house.operator, "tenda posyandu", limit=2)
    after = page["next"]
    seen += numbers(page)
    assert len(seen) == 2
    page = await found(house.operator, "tenda posyandu", limit=2, after=after)
    seen += numbers(page)
    assert seen == sorted(made, reverse=True)
    assert page["next"] is None
    for cursor in (after + "x", "x"):
        wrong = {"q": "tenda posyandu", "after": cursor}
        assert (await house.operator.post("/search", wrong)).status == 400
    other = await house.operator.post("/search", {"q": "tenda lain", "after": after})
    assert other.status == 400  # a place is bound to its search
    assert (
        await house.care.post("/search", {"q": "tenda posyandu", "after": after})
    ).status == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"q": ""}, 422), ({}, 422), ({"q": "x" * 201}, 422), ({"q": "a", "limit": 0}, 422),
        ({"q": 7}, 422), ({"q": "a", "unit": 1}, 422), ({"q": "a\x00b"}, 400),
    ],
)  # fmt: skip
async def test_what_cannot_be_asked(house: ApiOffice, body: Any, status: int) -> None:
    assert (await house.operator.post("/search", body)).status == status


async def test_what_says_nothing_is_told(house: ApiOffice) -> None:
    page = await found(house.operator, "?!")
    assert page == {"items": [], "next": None, "understood": False}


# --- kept lists ----------------------------------------------------------------------------------


async def test_lists_are_kept_shown_replaced_and_forgotten(house: ApiOffice) -> None:
    asked = {"name": "  Darurat   SMS ", "box": "lewat", "priority": "emergency", "unit": 1}
    said = await house.operator.post("/saved-filters", asked)
    assert said.status == 201, said.text
    assert said.json | {"id": 0} == {
        "id": 0,
        "name": "Darurat SMS",
        "path": "/console/kotak/lewat?prioritas=emergency&unit=1",
        "q": "",
        "box": "lewat",
        "number": "",
        "priority": "emergency",
        "channel": "",
        "unit": "1",
        "reason": "",
    }
    words = {"name": "Darurat SMS", "q": "pompa air"}
    again = await house.operator.post("/saved-filters", words)
    assert (again.json["id"], again.json["q"]) == (said.json["id"], "pompa air")
    kept = (await house.operator.get("/saved-filters")).json["items"]
    assert kept == [again.json]
    assert (await house.care.get("/saved-filters")).json["items"] == []
    path = f"/saved-filters/{said.json['id']}"
    assert (await house.care.call("DELETE", path)).status == 404  # each person their own
    assert (await house.operator.call("DELETE", path)).status == 204
    assert (await house.operator.call("DELETE", path)).status == 404


async def test_a_key_keeps_one_list(house: ApiOffice) -> None:
    asked = {"name": "Sekali", "box": "semua"}
    first, second = [
        await house.leader.post("/saved-filters", asked, Idempotency_Key="kunci-1")
        for _ in range(2)
    ]
    assert first.json == second.json
    assert second.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"box": "gudang"}, "box"), ({"box": ""}, "box"), ({"q": "0812 3456 7890"}, "q"),
        ({"q": "pompa", "box": "lewat"}, "q"), ({"name": "  "}, "name"),
        ({"name": "n" * 61}, "name"), ({"priority": "gawat"}, "priority"),
    ],
)  # fmt: skip
async def test_a_list_that_there_is_not(house: ApiOffice, change: Any, field: str) -> None:
    asked = {"name": "Nama", "box": "semua"} | change
    if "q" in change and "box" not in change:
        asked["box"] = ""
    said = await house.operator.post("/saved-filters", asked)
    assert (said.status, said.json["field"]) == (422, field), said.text


# --- the tray ------------------------------------------------------------------------------------


async def test_rule_10_a_message_of_the_tray_joins_its_ticket(house: ApiOffice) -> None:
    sender = next(SENDERS)
    await house.hall.post(message("sudah tiga hari begini", From=phone(sender)))
    tray = (await house.operator.get("/unsorted")).json["items"]
    path = next(f"/unsorted/{one['id']}/join" for one in tray if "tiga hari" in one["text"])
    number, foreign = await house.ticket(sender=sender), await house.ticket()
    for typed, status in (("bukan nomor", 422), ("HD26-999999-0", 422), (foreign, 422)):
        said = await house.operator.post(path, {"number": typed})
        assert (said.status, said.json["field"]) == (status, "number"), said.text
    for who in ("technician", "supervisor", "leader", "admin"):
        assert (await house.callers[who].post(path, {"number": number})).status == 403
    assert (await house.operator.post(path, {"number": "HD26-999998-1"})).status in (404, 422)
    done = await house.operator.post(path, {"number": number.lower().replace("-", " ")})
    assert (done.status, done.json["ticket"]["number"]) == (200, number), done.text
    assert "Location" not in done.headers
    thread = (await house.operator.get(f"/tickets/{number}/thread")).json["items"]
    assert "sudah tiga hari begini" in [one["text"] for one in thread]
    again = await house.operator.post(path, {"number": number})
    assert again.status == 409
    assert (await house.operator.post("/unsorted/999999/join", {"number": number})).status == 404
