"""Starting in order, stopping in reverse, and what live pages wait for."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web

from core.services import intake
from gateway.demo.faults import Fault
from gateway.server import Changes
from tests.gateway.gateway_kit import (
    Options,
    locked,
    message,
    office,
    phone,
    sections,
    until,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gateway.demo.provider import SimulatedTwilio
    from gateway.server import Gateway


# --- changes ---------------------------------------------------------------------------------


async def test_a_page_that_is_behind_hears_at_once() -> None:
    changes = Changes()
    changes.bump()
    changes.bump()
    assert await changes.wait(0, 10) == 2
    assert await changes.wait(1, 10) == 2


async def test_a_page_waits_for_the_next_change() -> None:
    changes = Changes()
    pages = [asyncio.create_task(changes.wait(0, 5)) for _ in range(3)]
    await asyncio.sleep(0)
    changes.bump()
    assert await asyncio.gather(*pages) == [1, 1, 1]


async def test_a_page_that_waits_in_vain_is_told_so() -> None:
    changes = Changes()
    assert await changes.wait(0, 0.01) == 0
    assert changes._waiters == []


async def test_a_page_that_is_closed_leaves_nothing_behind() -> None:
    changes = Changes()
    page = asyncio.create_task(changes.wait(0, 5))
    await asyncio.sleep(0)
    page.cancel()
    await asyncio.gather(page, return_exceptions=True)
    assert changes._waiters == []


async def test_a_message_and_its_sending_are_changes(tmp_path: Path) -> None:
    async with office(tmp_path) as hall:
        before = hall.gateway.changes.version
        await hall.post(message())
        await hall.quiet()
        assert hall.gateway.changes.version >= before + 2


# --- starting and stopping -------------------------------------------------------------------


async def test_it_listens_only_while_it_runs(tmp_path: Path) -> None:
    async with office(tmp_path) as hall:
        port = hall.gateway.port
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_no_task_is_left_behind(tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    async with office(tmp_path) as hall:
        await hall.post(message())
        assert len(asyncio.all_tasks()) > len(before)
    await asyncio.sleep(0.05)
    assert asyncio.all_tasks() <= before


async def test_a_start_that_fails_half_way_is_undone(tmp_path: Path) -> None:
    """The port is taken: queues, dispatchers and the store end, and the file is free again."""
    before = asyncio.all_tasks()
    async with office(tmp_path) as hall:
        taken = {"port": hall.gateway.port}
        with pytest.raises(OSError, match="address already in use"):
            async with office(tmp_path / "zweite", sections(http=taken)):
                pytest.fail("started all the same")
    async with office(tmp_path / "zweite") as again:
        assert (await again.post(message())).status == 200
    await asyncio.sleep(0.05)
    assert asyncio.all_tasks() <= before


async def test_a_request_in_flight_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was accepted before the stop is answered, and is on disk."""
    begun = asyncio.Event()
    usual = intake.receive

    async def slow(*given: Any) -> Any:
        begun.set()
        await asyncio.sleep(0.3)
        return await usual(*given)

    monkeypatch.setattr("gateway.intake_queue.receive", slow)
    async with aiohttp.ClientSession() as client:
        async with office(tmp_path) as hall:
            hall.http = client
            call = asyncio.create_task(hall.post(message()))
            await begun.wait()
        assert call.done()
        assert (await call).status == 200
    async with office(tmp_path) as hall:
        assert len(await hall.tickets()) == 1


@pytest.mark.parametrize("fault", [Fault.SLOW, Fault.UNAUTHORIZED])
async def test_stopping_with_the_store_locked_ends_within_its_budget(
    tmp_path: Path, fault: Fault
) -> None:
    """Everything at once: the provider hangs or refuses, and the store is away."""
    async with office(tmp_path) as hall:
        hall.provider.faults.sending = fault
        hall.provider.faults.slow = 3.0
        for number in range(3):
            await hall.post(message(From=phone(number)))
        await until(lambda: hall.provider.calls >= 1)
        lock = locked(hall, tmp_path)
        await lock.__aenter__()
        began = time.monotonic()
        hall.provider.faults.sending = Fault.NONE
    assert time.monotonic() - began < 10
    await lock.__aexit__(None, None, None)
    async with office(tmp_path) as again:
        assert len(await again.tickets()) == 3
        await again.quiet()


# --- around the doors ------------------------------------------------------------------------


async def test_pages_are_mounted_beside_the_doors_and_their_faults_are_hidden(
    tmp_path: Path,
) -> None:
    async def broken(_request: web.Request) -> web.Response:
        secret = "dalam dapur"
        raise LookupError(secret)

    async def moved(_request: web.Request) -> web.Response:
        alive = "/healthz"
        raise web.HTTPFound(alive)

    def mount(app: web.Application, _gateway: Gateway) -> None:
        app.router.add_routes([web.get("/rusak", broken), web.get("/pindah", moved)])

    def before(gateway: Gateway, _providers: Mapping[str, SimulatedTwilio]) -> None:
        gateway.plan = replace(gateway.plan, mount=mount)

    async with office(tmp_path, Options(before=before)) as hall:
        reply = await hall.call(b"", "/rusak", method="GET")
        assert (reply.status, reply.headers["Retry-After"]) == (503, "5")
        assert "dapur" not in reply.body
        assert "request failed" in hall.log.getvalue()
        assert (await hall.call(b"", "/pindah", method="GET")).body == '{"status": "alive"}'
        assert (await hall.post(message())).status == 200
