"""Parts of the server that are made with their first request."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from gateway.on_demand import OnDemand


class Maker:
    """Makes an application with one page, and counts; fails as often as told."""

    def __init__(self, failures: int = 0) -> None:
        self.asked = 0
        self.ended: list[str] = []
        self._failures = failures

    async def make(self) -> web.Application:
        """As ``gateway.wiring`` does."""
        self.asked += 1
        await asyncio.sleep(0)
        if self.asked <= self._failures:
            raise OSError
        app = web.Application()
        app.router.add_get("/pages/{name}", self._page)
        app.on_shutdown.append(lambda _: self._end("shutdown"))
        app.on_cleanup.append(lambda _: self._end("cleanup"))
        return app

    async def _page(self, request: web.Request) -> web.Response:
        return web.Response(text=request.match_info["name"])

    async def _end(self, what: str) -> None:
        self.ended.append(what)


async def client(maker: Maker) -> TestClient[web.Request, web.Application]:
    """A server with the part below ``/pages`` and a page of its own."""
    app = web.Application()
    app.router.add_get("/own", _own)
    part = OnDemand(maker.make)
    app.router.register_resource(part.below("/pages"))
    app.on_shutdown.append(part.shut_down)
    app.on_cleanup.append(part.clean_up)
    started = TestClient(TestServer(app))
    await started.start_server()
    return started


async def _own(_: web.Request) -> web.Response:
    return web.Response(text="own")


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("GET", "/pages/satu", 200, "satu"),
        ("HEAD", "/pages/satu", 200, ""),
        ("POST", "/pages/satu", 405, "405: Method Not Allowed"),
        ("GET", "/pages", 404, "404: Not Found"),
        ("GET", "/pages/satu/dua", 404, "404: Not Found"),
    ],
)
async def test_it_answers_as_if_it_had_always_been_there(
    method: str, path: str, status: int, text: str
) -> None:
    asking = await client(Maker())
    answer = await asking.request(method, path)
    assert (answer.status, await answer.text()) == (status, text)
    await asking.close()


async def test_it_is_made_once_however_many_ask_at_once() -> None:
    maker = Maker()
    asking = await client(maker)
    answers = await asyncio.gather(*(asking.get(f"/pages/{n}") for n in range(8)))
    assert [await answer.text() for answer in answers] == [str(n) for n in range(8)]
    assert maker.asked == 1
    await asking.close()
    assert maker.ended == ["shutdown", "cleanup"]


async def test_nobody_asks_and_nothing_is_made() -> None:
    maker = Maker()
    asking = await client(maker)
    for path in ("/own", "/pagesonly", "/"):
        await asking.get(path)
    await asking.close()
    assert (maker.asked, maker.ended) == (0, [])


async def test_after_a_failure_the_next_request_tries_again() -> None:
    asking = await client(Maker(failures=1))
    assert (await asking.get("/pages/satu")).status == 500
    assert (await asking.get("/pages/satu")).status == 200
    await asking.close()
