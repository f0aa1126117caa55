"""The policy of promises by API, used by the running gateway without a restart."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.gateway.api.kit import api_office

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.gateway.api.kit import ApiOffice

PATH = "/sla-policy"
SHORT = '[promises.normal]\nfirst_answer = "5 clock_minutes"\nsolution = "10 clock_minutes"\n'
PATIENCE = 30


@pytest.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    """A gateway of its own: others must not be promised what is tried here."""
    async with api_office(tmp_path_factory.mktemp("policies")) as made:
        yield made


async def _put(office: ApiOffice, text: str, **more: str) -> Any:
    etag = (await office.admin.get(PATH)).etag
    return await office.admin.call("PUT", PATH, {"document": text}, **{"If_Match": etag, **more})


async def _minutes(office: ApiOffice, number: str) -> dict[str, float]:
    """How long each promise of a ticket is, by the wall."""
    said = await office.operator.get(f"/tickets/{number}/deadlines")
    clocks = [one["clock"] for one in said.json["items"]]
    at = {
        one["target"]: [datetime.fromisoformat(one[name]) for name in ("started_at", "due_at")]
        for one in clocks
    }
    return {target: (due - start).total_seconds() / 60 for target, (start, due) in at.items()}


async def test_what_is_promised_can_be_read_by_all_and_changed_by_admins(
    office: ApiOffice,
) -> None:
    assert (await office.technician.get(PATH)).status == 200
    seed = (await office.admin.get(f"{PATH}/versions/1")).json
    assert seed["changed_by"] == "system"
    assert "[promises.emergency]" in seed["document"]
    for who in (office.care, office.leader):
        assert (await who.call("PUT", PATH, {"document": ""}, If_Match="*")).status == 403
        assert (await who.get(f"{PATH}/versions")).status == 403
        assert (await who.post(f"{PATH}/preview", {"document": ""})).status == 403
    assert (await office.admin.call("PUT", PATH, {"document": ""})).status == 428


async def test_every_mistake_comes_back_with_its_place(office: ApiOffice) -> None:
    wrong = 'warn_percent = 200\n[promises.normal]\nsolution = "lima hari"\n'
    for said in (
        await _put(office, wrong),
        await office.admin.post(f"{PATH}/preview", {"document": wrong}),
    ):
        assert (said.status, said.json["field"]) == (422, "document")
        places = [fault.split(":")[0] for fault in said.json["faults"]]
        assert places == ["promises.normal.solution", "warn_percent"]


async def test_new_tickets_get_the_new_policy_without_a_restart(office: ApiOffice) -> None:
    old = await office.ticket()
    before = await _minutes(office, old)
    asked = {"document": SHORT, "receipts": ["2026-07-14T10:00:00+07:00"]}
    preview = (await office.admin.post(f"{PATH}/preview", asked)).json
    assert preview["running"] == preview["differing"] > 0
    normal = next(one for one in preview["receipts"] if one["priority"] == "normal")
    due = {one["target"]: one["after"] for one in normal["promises"]}
    assert datetime.fromisoformat(due["solution"]) == datetime.fromisoformat(
        "2026-07-14T10:10:00+07:00"
    )
    version = (await office.admin.get(PATH)).json["version"]
    made = await _put(office, SHORT)
    assert (made.status, made.json["version"]) == (200, version + 1), made.text
    stale = await _put(office, SHORT + "\n", If_Match=f'"{version}"')
    assert (stale.status, stale.json["current_version"]) == (409, version + 1)
    async with asyncio.timeout(PATIENCE):
        while (await _minutes(office, await office.ticket())).get("solution") != 10:
            await asyncio.sleep(0.5)
    assert await _minutes(office, old) == before
    asked_now = await office.operator.get("/deadline?received=2026-07-14T10:00:00%2B07:00")
    told = {one["target"]: one["due_at"] for one in asked_now.json["promises"]}
    assert datetime.fromisoformat(told["solution"]) == datetime.fromisoformat(due["solution"])
    listed = (await office.admin.get(f"{PATH}/versions")).json["items"]
    assert [one["version"] for one in listed] == list(range(version + 1, 0, -1))
    first = await office.admin.get(f"{PATH}/versions/1")
    assert first.json["changed_by"] == "system"
    assert (await office.admin.get(f"{PATH}/versions/99")).status == 404


WRONG = [
    {"document": "", "receipts": ["2026-07-14T10:00:00"]},
    {"document": "", "receipts": ["2026-07-14T10:00:00+07:00"] * 21},
    {"document": "", "receipts": ["9999-12-31T10:00:00+07:00"]},
    {"document": "", "unit": "tidak-ada"},
    {"document": "", "kunci": 1},
    {},
]


@pytest.mark.parametrize("body", WRONG)
async def test_a_preview_of_what_cannot_be(office: ApiOffice, body: dict[str, Any]) -> None:
    assert (await office.admin.post(f"{PATH}/preview", body)).status == 422


async def test_a_preview_for_a_unit_of_the_house(office: ApiOffice) -> None:
    text = '[[override]]\nunit = "u1"\n[override.low]\nsolution = "9 working_days"\n'
    said = await office.admin.post(f"{PATH}/preview", {"document": text, "unit": "u1"})
    assert said.status == 200, said.text
    low = [one for one in said.json["receipts"] if one["priority"] == "low"]
    assert len(low) == 6
    for one in low:
        solved = next(each for each in one["promises"] if each["target"] == "solution")
        assert solved["before"] != solved["after"]
