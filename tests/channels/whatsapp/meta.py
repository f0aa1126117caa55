"""A Meta on loopback that answers what a test tells it and keeps what it was asked."""

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
    headers: Mapping[str, str]
    body: Any
    files: dict[str, tuple[str, str, bytes]]


@dataclass
class Answer:
    """One scripted answer; ``fault`` is drop, half, slow or reset instead of an answer."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    fault: str = ""


@dataclass
class Meta:
    base: str = ""
    asked: list[Asked] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    usual: bool = False
    """Whether messages are taken once the script is over."""

    def sent(self) -> list[Asked]:
        """The messages among what was asked."""
        return [one for one in self.asked if one.path.endswith("/messages")]

    def will(self, *answers: Answer) -> None:
        self.answers.extend(answers)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        content, files = None, {}
        if request.content_type == "multipart/form-data":
            content, files = await self._parts(request)
        elif request.can_read_body:
            content = json.loads(await request.read())
        self.asked.append(
            Asked(
                request.method, request.path, dict(request.query), request.headers, content, files
            )
        )
        answer = self._next(request.path)
        if answer.fault:
            return await self._fail(request, answer.fault)
        told = answer.body
        if not isinstance(told, bytes):
            told = (told if isinstance(told, str) else json.dumps(told)).encode()
        return web.Response(
            status=answer.status,
            body=told,
            headers={"Content-Type": answer.content_type, **answer.headers},
        )

    def _next(self, path: str) -> Answer:
        if self.usual and not path.endswith("/messages"):
            return Answer(200, {"status": "CONNECTED"})  # a gateway asks how its number is
        if self.answers or not self.usual:
            return self.answers.pop(0)
        return Answer(200, {"messages": [{"id": f"wamid.OUT{len(self.sent())}"}]})

    async def _parts(self, request: web.Request) -> Any:
        fields, files = {}, {}
        for name, given in (await request.post()).items():
            if isinstance(given, web.FileField):
                files[name] = (given.filename, given.content_type, given.file.read())
            else:
                fields[name] = given
        return fields, files

    async def _fail(self, request: web.Request, fault: str) -> web.StreamResponse:
        if fault == "slow":
            await asyncio.sleep(1)
            return web.json_response({"messages": [{"id": "wamid.late"}]})
        if fault == "half":
            response = web.StreamResponse(headers={"Content-Length": "500"})
            await response.prepare(request)
            await response.write(b'{"messages": [')
        assert request.transport is not None
        request.transport.abort() if fault == "reset" else request.transport.close()
        return web.Response()


@asynccontextmanager
async def meta() -> AsyncIterator[Meta]:
    made = Meta()
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
