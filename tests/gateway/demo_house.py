"""The whole demonstration in this process, and a webhook that only keeps what it gets."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web

from console.sandbox.phone import Upload
from core.model.messages import Address
from gateway.clock import SystemClock
from gateway.demo.house import House
from gateway.wiring import make_store
from tests.gateway.gateway_kit import QUICK, fresh_store
from tests.patience import PATIENCE
from tests.peers import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from pathlib import Path

    from core.model.messages import AddressKind
    from core.model.views import ThreadEntry, TicketRow
    from gateway.server import Gateway

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478"
    "9c6360f8cf50070003860180b5b5d4d00000000049454e44ae426082"
)
PHOTO = Upload("lubang di jalan.png", "image/png", PIXEL)


class RawHook:
    """Keeps what it got, byte for byte, and answers as told; a challenge is given back."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: list[int | None] = []
        self.calls: list[tuple[bytes, dict[str, str]]] = []
        self.asked: list[dict[str, str]] = []
        self.challenged = True

    async def take(self, request: web.Request) -> web.Response:
        self.calls.append((await request.read(), dict(request.headers)))
        answer = self.answers.pop(0) if self.answers else 200
        if answer is None and request.transport is not None:
            request.transport.abort()
        return web.Response(status=answer or 200)

    async def ask(self, request: web.Request) -> web.Response:
        self.asked.append(dict(request.query))
        return web.Response(text=request.query["hub.challenge"] if self.challenged else "nanti")

    def bodies(self) -> list[Any]:
        return [json.loads(body) for body, _ in self.calls]


@asynccontextmanager
async def raw_hook() -> AsyncIterator[RawHook]:
    hook = RawHook()
    app = web.Application()
    app.add_routes([web.post("/hooks/x", hook.take), web.get("/hooks/x", hook.ask)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/x"
    yield hook
    await runner.cleanup()


@dataclass
class Home:
    """The running demonstration."""

    house: House
    gateway: Gateway
    url: str
    http: aiohttp.ClientSession

    async def rows(self) -> Sequence[TicketRow]:
        return await self.gateway.plan.store.reads.tickets(None, 50)

    async def talk(self, kind: AddressKind, holder: str) -> Sequence[ThreadEntry]:
        return await self.gateway.plan.store.reads.with_address(Address(kind, holder), 50)

    async def until(self, look: Callable[[], Awaitable[Any]], seconds: float = PATIENCE) -> Any:
        """The first true answer; fails the test when the time is over."""
        async with asyncio.timeout(seconds):
            while not (found := await look()):
                await asyncio.sleep(0.03)
            return found

    async def replies(self, kind: AddressKind, holder: str, state: str) -> list[ThreadEntry]:
        """Our replies to somebody that have come so far."""
        talk = await self.talk(kind, holder)
        return [entry for entry in talk if not entry.inbound and entry.state == state]


@asynccontextmanager
async def at_home(folder: Path) -> AsyncIterator[Home]:
    """All providers, all doors, a store of its own; states of messages come at once."""
    await fresh_store(folder)
    house = House(free_port(), folder, SystemClock())
    house.sms.pace = house.whatsapp.pace = 0.01
    house.dispatch, house.doubt = dict(QUICK), 0.5
    async with AsyncExitStack() as stack:
        stack.push_async_callback(house.close)
        settings = await house.open()
        gateway = house.gateway(settings, await make_store(settings))
        await stack.enter_async_context(gateway.running())
        url = f"http://127.0.0.1:{gateway.port}"
        http = await stack.enter_async_context(aiohttp.ClientSession(url))
        home = Home(house, gateway, url, http)

        async def listening() -> bool:
            return house.mail.smtp_port() > 0

        await home.until(listening)
        yield home
