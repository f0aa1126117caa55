from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.channels.telegram.bot_api import BotApi, served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with served() as found:
        yield found
