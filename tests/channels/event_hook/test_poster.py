"""Deliveries on loopback: what is taken, what is not, and where nobody may be led."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from channels.event_hook.poster import Poster
from core.model.subscription import Taken

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping


@dataclass
class Receiver:
    """Answers as told, and keeps what came."""

    port: int = 0
    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0
    got: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        self.got.append((request.headers.copy(), await request.read()))
        await asyncio.sleep(self.wait)
        return web.Response(status=self.status, headers=self.headers)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/terima"

    @property
    def inside(self) -> tuple[str, ...]:
        return (f"127.0.0.1:{self.port}",)


@asynccontextmanager
async def receiving(**changes: object) -> AsyncIterator[Receiver]:
    one = Receiver(**changes)  # type: ignore[arg-type] # fields by name
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", one.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    one.port = runner.addresses[0][1]
    try:
        yield one
    finally:
        await runner.cleanup()


async def post(url: str, *inside: str, seconds: float = 5) -> Taken:
    poster = Poster(inside, seconds)
    try:
        return await poster.post(url, {"X-Test": "1"}, b"{}")
    finally:
        await poster.close()


async def test_bytes_and_headers_arrive_as_they_are() -> None:
    async with receiving() as one:
        assert await post(one.url, *one.inside) == Taken()
        [(headers, body)] = one.got
        assert (headers["X-Test"], body) == ("1", b"{}")


@pytest.mark.parametrize(
    ("status", "headers", "taken"),
    [
        (200, {}, Taken()),
        (202, {}, Taken()),
        (301, {"Location": "http://127.0.0.1:1/"}, Taken("http 301")),
        (307, {"Location": "/x"}, Taken("http 307")),
        (400, {}, Taken("http 400")),
        (410, {}, Taken("http 410", gone=True)),
        (429, {"Retry-After": "120"}, Taken("http 429", timedelta(minutes=2))),
        (503, {"Retry-After": "99999999999999"}, Taken("http 503", timedelta(days=1))),
        (503, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, Taken("http 503")),
        (500, {"Retry-After": "-5"}, Taken("http 500")),
    ],
)
async def test_what_the_status_says(status: int, headers: dict[str, str], taken: Taken) -> None:
    async with receiving(status=status, headers=headers) as one:
        assert await post(one.url, *one.inside) == taken
        assert len(one.got) == 1


async def test_one_that_says_nothing() -> None:
    async with receiving(wait=3) as one:
        assert await post(one.url, *one.inside, seconds=0.3) == Taken("timeout")


async def test_one_that_is_not_there() -> None:
    async with receiving() as one:
        url, inside = one.url, one.inside
    assert await post(url, *inside) == Taken("connect")
    assert await post("http://tidak.ada.invalid/", "tidak.ada.invalid") == Taken("connect")


async def test_a_port_that_does_not_speak_tls() -> None:
    async with receiving() as one:
        url = one.url.replace("http:", "https:")
        assert (await post(url, *one.inside)).code in ("certificate", "connect")


async def test_nobody_is_led_inside_by_an_address_or_a_name() -> None:
    async with receiving() as one:
        for url in (
            one.url,
            f"https://127.0.0.1:{one.port}/",
            f"https://127.1:{one.port}/",
            f"https://2130706433:{one.port}/",
            f"https://0x7f.1:{one.port}/",
            f"https://[::ffff:127.0.0.1]:{one.port}/",
            f"https://localhost:{one.port}/",
        ):
            assert (await post(url)).code in ("address", "connect"), url
        # another port of a host that is named with one
        assert await post(one.url, "127.0.0.1:1") == Taken("address")
        assert one.got == []


async def test_a_name_that_leads_inside_is_refused_when_it_is_resolved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with receiving() as one:

        async def lies(*_: object, **__: object) -> list[dict[str, object]]:
            found = {"hostname": "luar.contoh.go.id", "host": "127.0.0.1", "port": one.port}
            return [found | {"family": 2, "proto": 0, "flags": 0}]

        monkeypatch.setattr("channels.download.ThreadedResolver.resolve", lies)
        assert await post(f"https://luar.contoh.go.id:{one.port}/") == Taken("connect")
        assert one.got == []
        # the same name, listed by whoever runs the server
        assert await post(f"http://luar.contoh.go.id:{one.port}/", "luar.contoh.go.id") == Taken()


async def test_closing_twice_is_no_fault() -> None:
    poster = Poster((), 1)
    await poster.close()
    await poster.close()
