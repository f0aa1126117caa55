"""One running gateway for all tests of a module that do not change what others look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.gateway.api.kit import ApiOffice, api_office

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    """People of every role, and a gateway that they work on."""
    folder = tmp_path_factory.mktemp("api")
    tokens = folder / "tokens"
    tokens.write_text("sari:" + "9f0c5e" * 6)
    desk = {"loket": {"kind": "desk", "tokens_file": str(tokens)}}
    many = {"requests_per_minute": 100_000, "logins_per_address": 1_000}
    limits = {"tickets_per_ten_minutes": 500}
    async with api_office(folder, doors=desk, limits=limits, api=many) as made:
        yield made
