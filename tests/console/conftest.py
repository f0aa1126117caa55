from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.console.office import Stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with Stage() as stage:
        yield stage


@pytest.fixture
async def browser(stage: Stage) -> AsyncIterator[aiohttp.ClientSession]:
    """A visitor without a browser: plain HTTP against the running pages."""
    async with aiohttp.ClientSession(stage.url) as session:
        yield session
