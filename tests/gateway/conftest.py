"""Fixtures of the tests of the simulated Twilio."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web

from gateway.demo.provider import Account, SimulatedTwilio
from gateway.demo.story import PEOPLE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

from tests.gateway.demo_kit import NUMBER, SID, TOKEN, Gateway, SetClock


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    gateway = Gateway()
    app = web.Application()
    app.router.add_post("/{rest:.*}", gateway.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    gateway.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield gateway
    await runner.cleanup()


@pytest.fixture
async def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def twilio(gateway: Gateway, clock: SetClock) -> AsyncIterator[SimulatedTwilio]:
    account = Account(SID, TOKEN, NUMBER, f"{gateway.url}/hooks/sms?a=b%20c#rc=2&rp=all")
    provider = SimulatedTwilio(account, clock, PEOPLE)
    provider.pace = 0.0
    await provider.start()
    yield provider
    await provider.stop()


@pytest.fixture
async def api(twilio: SimulatedTwilio) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(twilio.base_url) as session:
        yield session
