"""One running gateway for all tests of a module, with somebody of every role."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.console.staff.kit import Browser, at_the_console
from tests.gateway.api.kit import ApiOffice, api_office
from tests.identity_provider import IdentityProvider, identity_provider

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    many = {"requests_per_minute": 100_000, "logins_per_address": 1_000}
    folder = tmp_path_factory.mktemp("console")
    limits = {"tickets_per_ten_minutes": 500}
    desk = {"loket": {"kind": "desk", "tokens": ["sari:" + "9f0c5e" * 6]}}
    async with api_office(folder, doors=desk, limits=limits, api=many) as made:
        yield made


@pytest.fixture(scope="module")
async def operator(house: ApiOffice) -> Browser:
    return await at_the_console(house, "operator")


@pytest.fixture(scope="module")
async def care(house: ApiOffice) -> Browser:
    return await at_the_console(house, "care")


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IdentityProvider]:
    with identity_provider(tmp_path_factory.mktemp("provider") / "log") as running:
        yield running
