"""Units and regions on both engines: changes, their history, and files of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from core.errors import Conflict
from core.model.messages import Address, AddressKind
from core.model.staff import Role, Staff
from core.model.units import Region, RegionDraft, Unit, UnitDraft
from core.model.work import Refusal, RefusalKind
from core.services.units import (
    Registry,
    add_region,
    add_unit,
    change_region,
    change_unit,
    confirm_holidays,
    retire_unit,
)
from tests.contracts.house_kit import Office

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

ADMIN = Staff(7, "ida", "Ida", frozenset({Role.ADMIN}))
CARE = Staff(8, "rina", "Rina", frozenset({Role.CUSTOMER_CARE}))
PARTNER = UnitDraft(
    "Apotek Sehat",
    partner=True,
    calendar="rs24",
    categories=frozenset({"medicine"}),
    channel="sms",
    address_kind="phone",
    address="0812-3456-7890",
)


@pytest.fixture
def office(store: SqlStore) -> Office:
    return Office(store)


@pytest.fixture
def registry(office: Office) -> Registry:
    return Registry(
        office.store.desk, office.clock, frozenset({"rs24"}), {"sms": AddressKind.PHONE}
    )


def made(outcome: Any) -> Any:
    assert not isinstance(outcome, Refusal), outcome
    return outcome


def refused(outcome: object) -> Refusal:
    assert isinstance(outcome, Refusal), outcome
    return outcome


async def test_a_unit_comes_back_as_it_was_laid_down(office: Office, registry: Registry) -> None:
    region = made(
        await add_region(registry, ADMIN, "35.10", RegionDraft("Banyuwangi", "kabupaten"))
    )
    unit = made(await add_unit(registry, ADMIN, "apotek", replace(PARTNER, region_id=region.id)))
    assert unit == Unit(
        unit.id,
        "apotek",
        "Apotek Sehat",
        region_id=region.id,
        partner=True,
        calendar="rs24",
        categories=frozenset({"medicine"}),
        channel="sms",
        address=Address(AddressKind.PHONE, "+6281234567890"),
    )
    assert await office.store.units.units() == [unit]
    assert await office.store.units.regions() == [region]
    assert await office.kinds(unit.mark) == ["UnitAdded"]
    assert await office.kinds(f"region:{region.id}") == ["RegionAdded"]


async def test_a_change_is_told_with_old_and_new(office: Office, registry: Registry) -> None:
    unit = made(await add_unit(registry, None, "apotek", PARTNER))
    draft = replace(PARTNER, name="Apotek Baru", address="0812-0000-0000")
    changed = made(await change_unit(registry, ADMIN, unit.id, 1, draft))
    assert (changed.name, changed.version) == ("Apotek Baru", 2)
    async with office.store.desk() as desk:
        event = await desk.admin_history.last(unit.mark)
    assert event
    assert event.data == (
        '{"changed":["address"],"name":{"new":"Apotek Baru","old":"Apotek Sehat"}}'
    )
    assert (event.actor, event.kind) == ("staff:7", "UnitChanged")
    # The same once more is no change.
    assert made(await change_unit(registry, ADMIN, unit.id, 2, draft)) == changed


async def test_a_stale_writer_learns_what_changed(registry: Registry) -> None:
    unit = made(await add_unit(registry, ADMIN, "a", UnitDraft("A")))
    made(await change_unit(registry, ADMIN, unit.id, 1, UnitDraft("B")))
    stale = refused(await change_unit(registry, ADMIN, unit.id, 1, UnitDraft("C")))
    assert (stale.kind, stale.version, stale.expected) == (RefusalKind.STALE, 2, 1)
    assert [one.kind for one in stale.changes] == ["UnitChanged"]


async def test_only_administrators(registry: Registry) -> None:
    unit = made(await add_unit(registry, None, "a", UnitDraft("A")))
    region = made(await add_region(registry, None, "r", RegionDraft("R")))
    for outcome in (
        await add_unit(registry, CARE, "b", UnitDraft("B")),
        await change_unit(registry, CARE, unit.id, 1, UnitDraft("B")),
        await retire_unit(registry, CARE, unit.id, 1),
        await confirm_holidays(registry, CARE, unit.id, 1, date(2026, 12, 31)),
        await add_region(registry, CARE, "s", RegionDraft("S")),
        await change_region(registry, CARE, region.id, RegionDraft("S")),
    ):
        assert refused(outcome).kind is RefusalKind.NOT_ALLOWED


async def test_codes_are_given_once(office: Office, registry: Registry) -> None:
    made(await add_unit(registry, None, "a", UnitDraft("A")))
    made(await add_region(registry, None, "a", RegionDraft("A")))
    again = refused(await add_unit(registry, None, "a", UnitDraft("B")))
    assert (again.kind, again.field) == (RefusalKind.ALREADY, "code")
    assert refused(await add_region(registry, None, "a", RegionDraft("B"))).field == "code"
    assert refused(await add_unit(registry, None, "A!", UnitDraft("B"))).field == "code"
    assert refused(await add_region(registry, None, "", RegionDraft("B"))).field == "code"
    # Two who were equally fast: the store decides.
    with pytest.raises(Conflict):
        async with office.store.desk() as desk:
            await desk.units.add(Unit(0, "a", "B"))
    with pytest.raises(Conflict):
        async with office.store.desk() as desk:
            await desk.units.add_region(Region(0, "a", "B"))


async def test_no_unit_stands_below_itself(registry: Registry) -> None:
    top = made(await add_unit(registry, None, "a", UnitDraft("A")))
    below = made(await add_unit(registry, None, "b", UnitDraft("B", parent_id=top.id)))
    circle = UnitDraft("A", parent_id=below.id)
    assert refused(await change_unit(registry, None, top.id, 1, circle)).field == "parent_id"
    region = made(await add_region(registry, None, "r", RegionDraft("R")))
    own = RegionDraft("R", parent_id=region.id)
    assert refused(await change_region(registry, None, region.id, own)).field == "parent_id"


async def test_a_region_is_renamed(office: Office, registry: Registry) -> None:
    region = made(await add_region(registry, None, "r", RegionDraft("R")))
    changed = made(
        await change_region(registry, ADMIN, region.id, RegionDraft(" Genteng ", "kec"))
    )
    assert changed == Region(region.id, "r", "Genteng", "kec")
    made(await change_region(registry, ADMIN, region.id, RegionDraft("Genteng", "kec")))
    assert await office.kinds(f"region:{region.id}") == ["RegionAdded", "RegionChanged"]
    assert refused(await change_region(registry, ADMIN, 77, RegionDraft("X")))


async def test_retiring(office: Office, registry: Registry) -> None:
    top = made(await add_unit(registry, None, "a", UnitDraft("A")))
    below = made(await add_unit(registry, None, "b", UnitDraft("B", parent_id=top.id)))
    assert "bawahnya" in refused(await retire_unit(registry, ADMIN, top.id, 1)).sentence
    await office.ticket(1, unit_id=below.id, unit_name="B")
    assert "berjalan" in refused(await retire_unit(registry, ADMIN, below.id, 1)).sentence


async def test_what_is_retired_is_listed_no_more(office: Office, registry: Registry) -> None:
    unit = made(await add_unit(registry, None, "a", UnitDraft("A")))
    gone = made(await retire_unit(registry, ADMIN, unit.id, 1))
    assert (gone.retired_at, gone.version) == (office.clock.now(), 2)
    assert await office.store.units.units() == []
    assert await office.store.units.units(retired=True) == [gone]
    assert made(await retire_unit(registry, ADMIN, unit.id, 2)) == gone
    lost = refused(await add_unit(registry, None, "b", UnitDraft("B", parent_id=unit.id)))
    assert lost.field == "parent_id"
    assert await office.kinds(unit.mark) == ["UnitAdded", "UnitRetired"]


async def test_a_partner_confirms_its_hours(office: Office, registry: Registry) -> None:
    unit = made(await add_unit(registry, None, "apotek", PARTNER))
    until = date(2026, 12, 31)
    told = made(await confirm_holidays(registry, ADMIN, unit.id, 1, until))
    assert told.holidays_confirmed_until == until
    assert [one.holidays_confirmed_until for one in await office.store.units.units()] == [until]
    own = made(await add_unit(registry, None, "a", UnitDraft("A")))
    assert refused(await confirm_holidays(registry, ADMIN, own.id, 1, until)).field == "unit_id"
    assert refused(await confirm_holidays(registry, ADMIN, 77, 1, until))
