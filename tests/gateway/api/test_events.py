"""The event stream: live, resumed, within one's reach, and ended when it must be."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from core.model.staff import Right
from gateway.api import stream as event_stream
from tests.gateway.api.kit import Caller, api_office
from tests.gateway.gateway_kit import message, phone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import aiohttp

    from tests.gateway.api.kit import ApiOffice

from tests.patience import PATIENCE


class Reader:
    """Reads a stream as a browser does."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self.answer = answer
        self.last_id = ""
        self.comments = 0

    async def next(self) -> dict[str, Any]:
        """The next event, whatever else comes before it."""
        async with asyncio.timeout(PATIENCE):
            while True:
                fields = await self.block()
                if "data" in fields:
                    told: dict[str, Any] = json.loads(fields["data"])
                    assert fields["event"] == told["kind"]
                    return told

    async def block(self) -> dict[str, str]:
        """Up to the next blank line."""
        fields: dict[str, str] = {}
        while line := (await self.answer.content.readline()).decode().rstrip("\n"):
            name, _, held = line.partition(": ")
            self.comments += name == ""
            fields[name] = held
        if "id" in fields:
            self.last_id = fields["id"]
        return fields

    async def ended(self) -> bool:
        async with asyncio.timeout(PATIENCE):
            await self.answer.content.read()
            return True


@asynccontextmanager
async def reading(caller: Caller, query: str = "", **headers: str) -> AsyncIterator[Reader]:
    sent = {**caller.headers, **{name.replace("_", "-"): held for name, held in headers.items()}}
    url = f"{caller.hall.base}/api/v1/events{query}"
    async with caller.hall.http.get(url, headers=sent) as answer:
        assert answer.status == 200, await answer.text()
        yield Reader(answer)


async def test_what_happens_is_told_as_it_happens(house: ApiOffice) -> None:
    async with reading(house.operator) as stream:
        assert stream.answer.headers["Content-Type"] == "text/event-stream"
        assert stream.answer.headers["X-Accel-Buffering"] == "no"
        await stream.block()
        number = await house.ticket("HELPDESK rahasia 3510114107900001")
        told = await stream.next()
        assert (told["number"], told["kind"], told["actor"]) == (
            number,
            "TicketOpened",
            "reporter",
        )
        assert "3510114107900001" not in json.dumps(told)
        await house.operator.act(number, "note", {"text": "catatan"})
        assert (await stream.next())["actor"] == f"staff:{house.ids['operator']}"


async def test_a_reader_goes_on_where_it_was(house: ApiOffice) -> None:
    async with reading(house.operator) as stream:
        await stream.block()
        first = await house.ticket()
        assert (await stream.next())["number"] == first
        place = stream.last_id
    missed = [await house.ticket() for _ in range(3)]
    async with reading(house.operator, Last_Event_ID=place) as stream:
        seen = [(await stream.next())["number"] for _ in missed]
        assert seen == missed
        later = await house.ticket()
        assert (await stream.next())["number"] == later
    async with reading(house.operator, f"?after={place}") as stream:
        assert (await stream.next())["number"] == missed[0]


async def test_a_reader_who_goes_at_once_has_a_place(house: ApiOffice) -> None:
    async with reading(house.operator) as stream:
        await stream.block()
        place = stream.last_id
    assert place
    number = await house.ticket()
    async with reading(house.operator, Last_Event_ID=place) as stream:
        assert (await stream.next())["number"] == number


async def test_nothing_is_skipped_under_load(house: ApiOffice) -> None:
    async with reading(house.operator, "?kind=TicketOpened") as stream:
        await stream.block()
        before = {row.number for row in await house.hall.tickets()}
        made = await asyncio.gather(*(_opened(house, 40_000_000 + n) for n in range(60)))
        assert set(made) == {200}
        seen = [(await stream.next())["number"] for _ in made]
    assert len(set(seen)) == 60
    assert set(seen) == {row.number for row in await house.hall.tickets()} - before


async def _opened(house: ApiOffice, sender: int) -> int:
    said = await house.hall.post(message("HELPDESK air mati", From=phone(sender)))
    return said.status


async def test_only_ones_own_reach_is_told(house: ApiOffice) -> None:
    async with reading(house.technician) as stream:
        await stream.block()
        foreign = await house.ticket()
        mine = await house.ticket()
        await house.care.act(mine, "assign", {"staff_id": house.ids["technician"]})
        told = await stream.next()
        assert told["number"] == mine
        assert foreign != mine


async def test_only_the_kinds_asked_for(house: ApiOffice) -> None:
    async with reading(house.operator, "?kind=Assigned&kind=Noted") as stream:
        await stream.block()
        number = await house.ticket()
        await house.care.act(number, "assign", {"staff_id": house.ids["officer"]})
        assert (await stream.next())["kind"] == "Assigned"


@pytest.mark.parametrize("place", ["x", "p1.1", "s0.99999999999", "s-1.-1", "1", "s0.1; drop"])
async def test_a_place_of_another_store_is_refused(house: ApiOffice, place: str) -> None:
    said = await house.operator.get("/events", Last_Event_ID=place)
    assert said.status == 400


async def test_a_token_without_the_right_hears_nothing(house: ApiOffice) -> None:
    assert (await (await house.token("operator", Right.NOTE)).get("/events")).status == 403
    assert (await house.stranger.get("/events")).status == 401


async def test_a_quiet_stream_shows_that_it_lives(tmp_path: Path) -> None:
    async with api_office(tmp_path, api={"heartbeat_seconds": 0.2, "streams": 2}) as house:
        async with reading(house.operator) as stream, reading(house.care):
            await stream.block()
            async with asyncio.timeout(PATIENCE):
                while stream.comments < 2:
                    await stream.block()
            third = await house.operator.get("/events")
            assert (third.status, third.json["type"]) == (503, "urn:helpdesk:problem:busy")
        async with asyncio.timeout(PATIENCE):
            while (await _free(house)) != 200:
                await asyncio.sleep(0.05)


async def _free(house: ApiOffice) -> int:
    url = f"{house.hall.base}/api/v1/events"
    async with house.hall.http.get(url, headers=house.operator.headers) as answer:
        return answer.status


async def test_a_revoked_token_ends_its_stream(
    house: ApiOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "ASK_AGAIN", 0.0)
    made = await house.operator.post("/tokens", {"name": "pendengar"})
    program = Caller(house.hall, {"Authorization": f"Bearer {made.json['secret']}"})
    async with reading(program) as stream:
        await stream.block()
        await house.operator.call("DELETE", f"/tokens/{made.json['token']['id']}")
        await house.ticket()  # wakes it
        assert await stream.ended()


async def test_streams_end_with_the_process(tmp_path: Path) -> None:
    async with api_office(tmp_path) as house:
        url = f"{house.hall.base}/api/v1/events"
        answer = await house.hall.http.get(url, headers=house.operator.headers)
        stream = Reader(answer)
        await stream.block()
        loop = asyncio.get_running_loop()
        began = loop.time()
    # Leaving the block drains the whole process; an open stream must not hold it up.
    assert loop.time() - began < PATIENCE
    answer.close()
