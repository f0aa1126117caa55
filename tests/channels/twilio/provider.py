"""A Twilio on loopback that answers what a test tells it and keeps what it was asked."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    headers: Mapping[str, str]


@dataclass
class Answer:
    """One scripted answer; ``fault`` is drop, half, slow or reset instead of an answer."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    fault: str = ""


@dataclass
class Provider:
    base: str = ""
    asked: list[Asked] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def will(self, *answers: Answer) -> None:
        self.answers.extend(answers)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(
            Asked(request.method, request.path, dict(request.query), form, request.headers)
        )
        answer = self.answers.pop(0)
        if answer.fault:
            return await self._fail(request, answer.fault)
        text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        return web.Response(
            status=answer.status,
            body=text.encode("utf-8", "surrogateescape"),
            headers={"Content-Type": answer.content_type, **answer.headers},
        )

    async def _fail(self, request: web.Request, fault: str) -> web.StreamResponse:
        if fault == "slow":
            await asyncio.sleep(1)
            return web.json_response({"sid": "SMlate"}, status=201)
        if fault == "half":
            response = web.StreamResponse(status=201, headers={"Content-Length": "500"})
            await response.prepare(request)
            await response.write(b'{"sid": "SM')
        assert request.transport is not None
        request.transport.abort() if fault == "reset" else request.transport.close()
        return web.Response()


@asynccontextmanager
async def provider() -> AsyncIterator[Provider]:
    made = Provider()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        await runner.cleanup()
