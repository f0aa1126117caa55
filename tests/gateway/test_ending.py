"""The end of a process: what is under way is finished, within the time granted (F5)."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from gateway.server import Edge, Gateway
from tests.gateway.gateway_kit import (
    FORM,
    PUBLIC,
    Office,
    Options,
    hang_up,
    message,
    office,
    sections,
    sign,
)
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

GRANTED = 10
"""Seconds between SIGTERM and SIGKILL of an ordinary supervisor."""


@asynccontextmanager
async def ending(folder: Path, **changes: Any) -> AsyncIterator[tuple[Office, list[float]]]:
    """An office; the second value is filled with the seconds that its end took."""
    took: list[float] = []
    async with office(folder, sections(**changes)) as hall:
        yield hall, took
        began = time.monotonic()
    took.append(time.monotonic() - began)


def with_page(path: str, handler: Any) -> Options:
    """An office with one more page."""

    def mount(app: web.Application, _gateway: Gateway) -> None:
        app.router.add_route("*", path, handler)

    def before(gateway: Gateway, _providers: Any) -> None:
        gateway.plan = replace(gateway.plan, mount=mount)

    return Options(before=before)


class Line:
    """A connection of a client that writes as slowly as it likes."""

    def __init__(self, fields: dict[str, str]) -> None:
        # All of it is ASCII: nothing needs an escape but the plus of a number.
        body = "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in fields.items())
        self.body = body.replace(" ", "+").encode()
        signature = sign(f"{PUBLIC}/hooks/sms", fields.items())
        self.head = (
            f"POST /hooks/sms HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\n"
            f"X-Twilio-Signature: {signature}\r\nContent-Length: {len(self.body)}\r\n\r\n"
        ).encode()

    async def open(self, hall: Office) -> None:
        self._reader, self.writer = await asyncio.open_connection("127.0.0.1", hall.gateway.port)

    async def write(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self) -> bytes:
        try:
            return await asyncio.wait_for(self._reader.read(), GRANTED)
        finally:
            await hang_up(self.writer)


async def test_a_body_on_its_way_is_waited_for(tmp_path: Path) -> None:
    """Half of it has come when the end begins; the whole is a ticket and is told so."""
    line = Line(message("HELPDESK pelan tapi pasti"))
    async with office(tmp_path) as hall:
        await line.open(hall)
        await line.write(line.head + line.body[:20])
        await asyncio.sleep(0.1)

        async def rest() -> bytes:
            await asyncio.sleep(0.3)
            await line.write(line.body[20:])
            return await line.answer()

        answered = asyncio.create_task(rest())
    assert (await answered).startswith(b"HTTP/1.1 200 ")
    async with office(tmp_path) as hall:
        assert await hall.stored_texts() == ["HELPDESK pelan tapi pasti"]
        assert len(await hall.tickets()) == 1


async def test_a_body_that_never_comes_holds_up_the_end_for_a_while_only(tmp_path: Path) -> None:
    line = Line(message())
    async with ending(tmp_path) as (hall, took):
        await line.open(hall)
        await line.write(line.head + line.body[:20])
        await asyncio.sleep(0.1)
    assert 2.5 < took[0] < GRANTED
    assert not (await line.answer()).startswith(b"HTTP/1.1 200 ")


async def test_a_waiting_page_does_not_hold_up_the_end(tmp_path: Path) -> None:
    """A long poll of the sandbox: nothing is lost with it."""

    began = asyncio.Event()

    async def watched(_request: web.Request) -> web.Response:
        began.set()
        await asyncio.sleep(60)
        return web.Response()

    async with office(tmp_path, with_page("/news", watched)) as hall:
        poll = asyncio.create_task(hall.call(b"", "/news", method="GET"))
        await began.wait()
        ended = time.monotonic()
    assert time.monotonic() - ended < GRANTED
    with pytest.raises(Exception, match=r"[Dd]isconnected|closed|reset"):
        await poll


async def test_new_connections_are_refused_while_old_ones_finish(tmp_path: Path) -> None:
    line = Line(message())
    async with ending(tmp_path) as (hall, _):
        port = hall.gateway.port
        await line.open(hall)
        await line.write(line.head + line.body[:20])
        await asyncio.sleep(0.1)

        async def late() -> None:
            await asyncio.sleep(0.2)
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", port)
            await line.write(line.body[20:])

        knocking = asyncio.create_task(late())
    await knocking
    assert (await line.answer()).startswith(b"HTTP/1.1 200 ")


async def test_the_edge_waits_for_posts_only_and_not_for_ever() -> None:
    edge = Edge()
    await asyncio.wait_for(edge.finished(3600), PATIENCE)
    free, asked = asyncio.Event(), make_mocked_request("POST", "/")

    async def slow(_request: object) -> web.Response:
        await free.wait()
        return web.Response()

    posts = [asyncio.create_task(edge.answer(asked, slow)) for _ in range(3)]
    await asyncio.sleep(0)
    await asyncio.wait_for(edge.finished(0.1), PATIENCE)
    assert not any(post.done() for post in posts)
    waiting = asyncio.create_task(edge.finished(3600))
    free.set()
    await asyncio.wait_for(waiting, PATIENCE)
    assert all(post.done() for post in posts)
