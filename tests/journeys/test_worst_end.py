"""SIGTERM when everything hangs at once: a supervisor's patience is enough (F5, F11, F22)."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import aiohttp
import pytest

from gateway.clock import SystemClock
from gateway.demo.faults import Fault
from gateway.demo.provider import SimulatedTwilio
from tests.gateway.gateway_kit import account, phone, until
from tests.journeys.process import Served, complaint, configuration, free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.journey

GRANTED = 10
"""Seconds between SIGTERM and SIGKILL of an ordinary supervisor."""

PATIENT = {"send_timeout_seconds": 12.0, "lease_seconds": 30.0}


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[tuple[Served, SimulatedTwilio]]:
    provider = SimulatedTwilio(account(), SystemClock())
    await provider.start()
    port = free_port()
    made = Served(configuration(tmp_path, provider.base_url, port, dispatch=PATIENT), port)
    await made.start()
    yield made, provider
    await made.kill()
    await provider.stop()


async def test_the_worst_end_is_within_the_time_granted(
    served: tuple[Served, SimulatedTwilio], tmp_path: Path
) -> None:
    """A slow provider, a client that never ends its request, and a store that others hold."""
    process, provider = served
    provider.faults.sending = Fault.SLOW
    provider.faults.slow = 3
    provider.faults.mute_callbacks = True
    _reader, writer = await asyncio.open_connection("127.0.0.1", process.port)
    writer.write(b"POST /hooks/sms HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nx")
    async with aiohttp.ClientSession() as http:
        assert await process.post(http, complaint(phone(1))) == 200
        await until(lambda: provider.calls == 1)
        with closing(sqlite3.connect(tmp_path / "helpdesk.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            stuck = asyncio.create_task(process.post(http, complaint(phone(2))))
            await asyncio.sleep(0.2)
            began = time.monotonic()
            process.send(signal.SIGTERM)
            assert await process.ended() == 0
            assert time.monotonic() - began < GRANTED
        assert await stuck in (0, 503)
    writer.close()
    with closing(sqlite3.connect(tmp_path / "helpdesk.db")) as file:
        assert file.execute("SELECT count(*) FROM messages").fetchone() == (1,)
        # Sent, but nobody could write it down: looked up when the lease is over.
        assert file.execute("SELECT state FROM outbox").fetchall() == [("claimed",)]
    assert "Traceback" not in process.log
