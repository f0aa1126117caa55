"""A unit becomes part of another on both engines: slice by slice, and whole when asked again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.model.acts import Dispose
from core.model.staff import Role, Staff
from core.model.units import Unit
from core.model.work import Refusal
from core.services import unit_merging
from core.services.unit_merging import merge_unit
from core.services.units import Registry
from tests.core.services.counter import person
from tests.core.services.workshop import CLINIC, NETWORK, OTHER, TECH, Workshop
from ticket_store import schema

if TYPE_CHECKING:
    from datetime import datetime

    from ticket_store.store import SqlStore

ADMIN = Staff(9, "admin", "Admin", frozenset({Role.ADMIN}))


class Shown:
    """The shop's clock."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop

    def now(self) -> datetime:
        return self._shop.now


@pytest.fixture
async def shop(store: SqlStore) -> Workshop:
    return await Workshop(store).open_doors()


def registry(shop: Workshop) -> Registry:
    return Registry(shop.store.desk, Shown(shop), frozenset(), {})


async def given(shop: Workshop, count: int) -> list[str]:
    numbers = []
    for place in range(count):
        number = await shop.opens(f"HELPDESK keluhan nomor {place}", person(place))
        await shop.does(number, Dispose(NETWORK, "Periksa", TECH))
        numbers.append(number)
    return numbers


async def test_dk_40_every_running_ticket_goes_over_in_slices(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit_merging, "SLICE", 2)
    numbers = await given(shop, 5)
    before = await shop.ticket(numbers[0])
    merged = await merge_unit(registry(shop), ADMIN, (NETWORK, 1), CLINIC)
    assert isinstance(merged, Unit)
    assert merged.retired_at == shop.now
    for number in numbers:
        ticket = await shop.ticket(number)
        assert (ticket.unit_id, ticket.unit_name) == (CLINIC, "Unit Medik")
        assert (await shop.kinds(number))[-1] == "UnitMerged"
    ticket = await shop.ticket(numbers[0])
    assert ticket.version == before.version + 1
    assert (ticket.status, ticket.assignee_id, ticket.clocks) == (
        *(before.status, before.assignee_id, before.clocks),
    )
    people = {row.id: (row.unit_id, row.version) for row in await shop.rows(schema.staff)}
    assert people[TECH] == people[OTHER] == (CLINIC, 2)


async def test_dk_40_what_was_ended_half_way_goes_on_when_asked_again(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit_merging, "SLICE", 1)
    numbers = await given(shop, 3)
    opened = 0

    def breaking() -> object:
        nonlocal opened
        opened += 1
        if opened > 2:
            raise ConnectionError
        return shop.store.desk()

    broken = replace(registry(shop), open_desk=breaking)  # type: ignore[arg-type]  # breaks on purpose
    with pytest.raises(ConnectionError):
        await merge_unit(broken, ADMIN, (NETWORK, 1), CLINIC)
    units = [(await shop.ticket(number)).unit_id for number in numbers]
    assert units == [CLINIC, CLINIC, NETWORK]
    merged = await merge_unit(registry(shop), ADMIN, (NETWORK, 1), CLINIC)
    assert isinstance(merged, Unit)
    assert (await shop.ticket(numbers[2])).unit_id == CLINIC
    assert (await shop.kinds(numbers[0])).count("UnitMerged") == 1


async def test_dk_40_partners_and_strangers_are_refused(shop: Workshop) -> None:
    clerk = replace(ADMIN, roles=frozenset({Role.CUSTOMER_CARE}))
    refused = await merge_unit(registry(shop), clerk, (NETWORK, 1), CLINIC)
    assert isinstance(refused, Refusal)
    await shop.tell(schema.units.update().where(schema.units.c.id == CLINIC).values(partner=True))
    refused = await merge_unit(registry(shop), ADMIN, (NETWORK, 1), CLINIC)
    assert isinstance(refused, Refusal)
    assert refused.field == "into"
