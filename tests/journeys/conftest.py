"""One browser for the journeys of a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.browsing import a_chromium

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with a_chromium() as browser:
        yield browser
