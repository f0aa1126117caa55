"""Wordings with the day from which they hold, by API; a running gateway begins them (BW-14)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from core.services.settings import begin_due
from tests.gateway.api.kit import api_office

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.gateway.api.kit import ApiOffice

JAKARTA = ZoneInfo("Asia/Jakarta")
OURS = "Laporan tercatat, no tiket {tiket}. Selesai {selesai} {zona}."
HOURS = {"title": "Jam layanan", "text": "Buka 08.00"}
SERVICE = {"name": "Rujukan", "parts": {"fee": "Gratis"}}


@pytest.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    """A gateway of its own: others must not be told what is worded here."""
    async with api_office(tmp_path_factory.mktemp("wordings")) as made:
        yield made


def in_days(count: int) -> str:
    return (datetime.now(JAKARTA) + timedelta(days=count)).date().isoformat()


def midnight(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=JAKARTA).astimezone(UTC)


async def items(office: ApiOffice, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await office.admin.get(f"{path}/versions")).json["items"]
    return found


async def test_bw_14_a_text_waits_and_the_citizen_reads_it_from_its_day_on(
    office: ApiOffice,
) -> None:
    day = in_days(3)
    said = await office.admin.call("PUT", "/texts/ack_sms", {"text": OURS, "valid_from": day})
    assert (said.status, said.json["text"]) == (200, ""), said.text
    [waits] = await items(office, "/texts/ack_sms")
    assert datetime.fromisoformat(waits["valid_from"]) == midnight(day)
    assert (waits["content"], waits["begun_at"]) == ({"text": OURS}, None)
    store = office.hall.store
    assert await begin_due(store.desk, midnight(day) - timedelta(seconds=1)) == 0
    assert await begin_due(store.desk, midnight(day)) == 1
    wording: Any = office.hall.gateway.plan.policy.wording
    await wording.refresh(store.texts)  # as the round does
    number = await office.ticket()
    await office.hall.quiet()
    assert f"Laporan tercatat, no tiket {number}." in " ".join(office.hall.texts())


@pytest.mark.parametrize("day", ["2020-01-01", "0001-01-01", "9999-12-31", "besok", 5])
async def test_bw_14_a_day_that_is_none_is_named(office: ApiOffice, day: object) -> None:
    said = await office.admin.call("PUT", "/texts/help_sms", {"text": "Halo", "valid_from": day})
    assert (said.status, said.json["field"]) == (422, "valid_from"), said.text
    for path, body in (("/canned-replies", HOURS), ("/services", SERVICE)):
        said = await office.admin.post(path, {**body, "valid_from": day})
        assert (said.status, said.json["field"]) == (422, "valid_from"), said.text


async def test_bw_14_today_is_at_once(office: ApiOffice) -> None:
    said = await office.admin.post("/canned-replies", HOURS | {"valid_from": in_days(0)})
    assert (said.status, said.json["retired_at"]) == (201, None)


@pytest.mark.parametrize(
    ("path", "body", "change"),
    [
        ("/canned-replies", HOURS, {"text": "Buka 09.00"}),
        ("/services", SERVICE, {"parts": {"fee": "Rp10.000"}}),
    ],
)
async def test_bw_14_one_that_waits_is_listed_and_taken_back(
    office: ApiOffice, path: str, body: dict[str, Any], change: dict[str, Any]
) -> None:
    made = await office.admin.post(path, body)
    one = f"{path}/{made.json['id']}"
    later = {**body, **change, "valid_from": in_days(9)}
    kept = await office.admin.call("PUT", one, later, If_Match=made.etag)
    assert kept.status == 200, kept.text
    stale = await office.admin.call("PUT", one, later, If_Match=made.etag)
    assert stale.status == 409
    newest, first = await items(office, one)
    field = next(iter(change))
    assert (newest["content"][field], first["content"][field]) == (change[field], body[field])
    assert (newest["begun_at"], bool(first["begun_at"])) == (None, True)
    back = f"{one}/versions/{newest['version']}/withdraw"
    for who in (office.operator, office.technician):
        assert (await who.post(back)).status == 403
    assert (await office.admin.post(back)).json["withdrawn_at"]
    again = await office.admin.post(back)
    assert (again.status, again.json["type"]) == (409, "urn:helpdesk:problem:already")
    assert (await office.admin.post(f"{one}/versions/99/withdraw")).status == 404
    assert (await office.admin.post(f"{one}/versions/x/withdraw")).status == 404
    assert (await office.admin.get(one)).json["id"] == made.json["id"]


async def test_bw_14_a_unit_and_a_language_have_versions_of_their_own(office: ApiOffice) -> None:
    own = {"text": OURS, "language": "en", "valid_from": in_days(2)}
    assert (await office.admin.call("PUT", "/texts/merged_sms", own)).status == 422
    own["text"] = "Merged into {tiket_induk}."
    assert (await office.admin.call("PUT", "/texts/merged_sms", own)).status == 200
    assert await items(office, "/texts/merged_sms") == []
    place = "/texts/merged_sms/versions"
    [waits] = (await office.admin.get(f"{place}?language=en")).json["items"]
    back = await office.admin.post(f"{place}/{waits['version']}/withdraw?language=en")
    assert back.status == 200, back.text
