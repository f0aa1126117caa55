"""Outgoing webhooks through a whole gateway: named by the API, told of a message, verified."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from typing import TYPE_CHECKING

import pytest

from tests.channels.event_hook.test_poster import receiving
from tests.gateway.api.kit import api_office
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.gateway.api.kit import ApiOffice


async def until(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)


def verified(secret: str, headers: object, body: bytes) -> bool:
    """As docs/webhooks.md tells receivers to do it."""
    timestamp = headers["Helpdesk-Timestamp"]  # type: ignore[index] # a mapping of aiohttp's
    told = f"{timestamp}.".encode() + body
    expected = "v1=" + hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, headers["Helpdesk-Signature"])  # type: ignore[index] # as above


async def test_a_program_is_told_of_a_new_ticket_and_of_what_becomes_of_it(
    tmp_path: Path,
) -> None:
    async with (
        receiving() as one,
        api_office(tmp_path, hooks={"inside": [f"127.0.0.1:{one.port}"]}) as house,
    ):
        asked = {"name": "Dasbor", "url": one.url, "kinds": ["TicketOpened", "NoteAdded"]}
        made = await house.admin.post("/subscriptions", asked)
        assert made.status == 201
        secret = made.json["secret"]
        number = await house.ticket()
        await until(lambda: bool(one.got))
        noted = await house.care.act(number, "note", {"text": "Sudah ditelepon."})
        assert noted.status == 200, noted.text
        await until(lambda: len(one.got) == 2)
        events = [json.loads(body)["events"] for _, body in one.got]
        assert [[event["kind"] for event in batch] for batch in events] == [
            ["TicketOpened"],
            ["NoteAdded"],
        ]
        assert {event["ticket"] for batch in events for event in batch} == {number}
        assert all(verified(secret, headers, body) for headers, body in one.got)
        assert "Sudah ditelepon" not in one.got[1][1].decode()
        listed = await house.admin.get("/subscriptions")
        assert secret not in listed.text
        assert listed.json["items"][0]["attempt"] == 0
        which = made.json["subscription"]["id"]
        renewed = await house.admin.post(f"/subscriptions/{which}/secret")
        await house.ticket()
        await until(lambda: len(one.got) == 3)
        assert verified(renewed.json["secret"], *one.got[2])
        assert not verified(secret, *one.got[2])
        assert (await house.admin.call("DELETE", f"/subscriptions/{which}")).status == 204
        await house.ticket()
        await asyncio.sleep(0.5)
        assert len(one.got) == 3


async def test_one_that_is_gone_is_paused_and_resumed(tmp_path: Path) -> None:
    async with (
        receiving(status=410) as one,
        api_office(tmp_path, hooks={"inside": [f"127.0.0.1:{one.port}"]}) as house,
    ):
        made = await house.admin.post("/subscriptions", {"name": "Dasbor", "url": one.url})
        which = made.json["subscription"]["id"]
        await house.ticket()
        await until(lambda: bool(one.got))
        async with asyncio.timeout(PATIENCE):
            while (shown := await _first(house))["paused_at"] is None:
                await asyncio.sleep(0.02)
        assert shown["code"] == "http 410"
        one.status = 200
        resumed = await house.admin.post(f"/subscriptions/{which}/resume", {})
        assert resumed.json["paused_at"] is None
        await until(lambda: len(one.got) == 2)
        assert one.got[0][1] == one.got[1][1]


async def _first(house: ApiOffice) -> dict[str, object]:
    found: dict[str, object] = (await house.admin.get("/subscriptions")).json["items"][0]
    return found


@pytest.mark.parametrize("url", ["http://contoh.go.id/", "https://127.0.0.1/", "x"])
async def test_addresses_that_are_refused(house: ApiOffice, url: str) -> None:
    said = await house.admin.post("/subscriptions", {"name": "A", "url": url})
    assert said.status == 422
    assert said.json["field"] == "url"


async def test_nobody_else_and_nothing_that_is_not_there(house: ApiOffice) -> None:
    for who in ("operator", "care", "supervisor", "leader"):
        assert (await getattr(house, who).get("/subscriptions")).status == 403
    assert (await house.stranger.get("/subscriptions")).status == 401
    for path in ("/subscriptions/99/secret", "/subscriptions/x/secret"):
        assert (await house.admin.post(path)).status == 404
    assert (await house.admin.post("/subscriptions/99/resume", {})).status == 404
    assert (await house.admin.call("DELETE", "/subscriptions/99")).status == 404
