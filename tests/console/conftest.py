from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.console.office import Stage
from tests.console.papers import PaperPages, paper_pages

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


@pytest.fixture
async def pages() -> AsyncIterator[PaperPages]:
    async with paper_pages() as pages:
        yield pages


@pytest.fixture
async def visitor(pages: PaperPages) -> AsyncIterator[aiohttp.ClientSession]:
    """The same against pages with all phones, made of paper."""
    async with aiohttp.ClientSession(pages.url) as session:
        yield session
