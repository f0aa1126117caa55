"""A provider of files on loopback, a canary that nobody may reach, and a resolver that lies."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 1000


class Collected:
    """A sink in memory."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> None:
        self.data += data


class FakeResolver(AbstractResolver):
    """Answers from a list, one entry a call; the last one for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        del family
        self.asked.append(host)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=one,
                port=port,
                family=socket.AF_INET6 if ":" in one else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for one in answer
        ]

    async def close(self) -> None:
        """Nothing to close."""


@dataclass
class Canary:
    """Counts who knocks."""

    port: int = 0
    hits: int = 0


@asynccontextmanager
async def canary(host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[Canary]:
    bird = Canary()

    async def knocked(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        bird.hits += 1
        writer.close()

    server = await asyncio.start_server(knocked, host, port)
    bird.port = server.sockets[0].getsockname()[1]
    try:
        yield bird
    finally:
        server.close()
        await server.wait_closed()


@dataclass
class Provider:
    """Serves files and redirects.

    Attributes:
        goals: where ``/to/<key>`` leads.
        file: what everything else answers.
    """

    base: str = ""
    goals: dict[str, str] = field(default_factory=dict)
    file: bytes = PNG

    async def answer(self, request: web.Request) -> web.StreamResponse:
        _, kind, rest = request.path.split("/", 2)
        if kind == "to":
            headers = {"Location": self.goals[rest]} if rest in self.goals else {}
            return web.Response(status=302, headers=headers)
        return web.Response(body=self.file, content_type="image/png")


@asynccontextmanager
async def provider() -> AsyncIterator[Provider]:
    serving = Provider()
    app = web.Application()
    app.router.add_get("/{any:.*}", serving.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        serving.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield serving
    finally:
        await runner.cleanup()
