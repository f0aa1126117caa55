"""A gateway on loopback that answers as a test says: for what a real one does too seldom."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@dataclass
class Scripted:
    """Answers the same to everybody; remembers what it was asked.

    Attributes:
        seconds: before the answer.
        hang_up: drops the connection after reading the request.
    """

    status: int = 202
    body: str = "0: Accepted for delivery"
    content_type: str = "text/html"
    seconds: float = 0
    hang_up: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)
    base: str = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.asked.append((request.method, request.raw_path, await request.read()))
        await asyncio.sleep(self.seconds)
        if self.hang_up and request.transport:
            request.transport.close()
        return web.Response(
            status=self.status,
            text=self.body,
            content_type=self.content_type,
            headers=self.headers,
        )


@asynccontextmanager
async def scripted(gateway: Scripted) -> AsyncIterator[Scripted]:
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", gateway.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    gateway.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield gateway
    finally:
        await runner.cleanup()
