"""The shelf of units and regions, and what is read of them elsewhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, bindparam, exists, insert, select, update

from core.model.messages import Address, AddressKind
from core.model.units import Region, Unit
from ticket_store.candidates import lock_candidates, read_candidates, unassigned
from ticket_store.reading import reading
from ticket_store.schema import regions, staff, ticket_work, tickets, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from core.model.suggestion import Candidate, Unassigned
    from ticket_store.standing import Found

_UNITS = select(units).order_by(units.c.name, units.c.id)
_REGIONS = select(regions).order_by(regions.c.name, regions.c.id)
# Not FOR UPDATE: tickets refer to these rows, and must not wait for the administrator.
_LOCK_UNITS = select(units.c.id).order_by(units.c.id).with_for_update(key_share=True)
_LOCK_REGIONS = select(regions.c.id).order_by(regions.c.id).with_for_update(key_share=True)
_SAVE = update(units).where(units.c.id == bindparam("which"))
_SAVE_REGION = update(regions).where(regions.c.id == bindparam("which"))
_BUSY = select(
    exists().where(
        ticket_work.c.unit_id == bindparam("unit"),
        tickets.c.id == ticket_work.c.ticket_id,
        tickets.c.ended_at.is_(None),
    )
)
_RUNNING = (
    select(tickets.c.number)
    .join(ticket_work, ticket_work.c.ticket_id == tickets.c.id)
    .where(ticket_work.c.unit_id == bindparam("unit"), tickets.c.ended_at.is_(None))
    .order_by(tickets.c.id)
    .limit(bindparam("most", type_=Integer))
)
_ADOPT = (
    update(staff)
    .where(staff.c.unit_id == bindparam("which"))
    .values(unit_id=bindparam("into"), version=staff.c.version + 1)
    .returning(staff.c.id)
)


class UnitRows:
    """``core.ports.units.UnitShelf`` in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self) -> None:
        """All rows of both, in the order of their ids."""
        await self._connection.execute(_LOCK_REGIONS)
        await self._connection.execute(_LOCK_UNITS)

    async def units(self, *, retired: bool = False) -> Sequence[Unit]:
        """By name."""
        return await _all_units(self._connection, retired=retired)

    async def regions(self) -> Sequence[Region]:
        """By name."""
        return await _all_regions(self._connection)

    async def candidates(self) -> Sequence[Candidate]:
        """One statement."""
        return await read_candidates(self._connection)

    async def unit(self, who: int | str) -> Unit | None:
        """By id or code, retired too."""
        row = await self._one(select(units).where(_is(units, who)))
        return None if row is None else unit_of(row)

    async def add(self, unit: Unit) -> Unit:
        """Raises Conflict by the store: the code is taken."""
        row = _unit_row(unit) | {"code": unit.code}
        adding = insert(units).values(row).returning(*units.c)
        return unit_of((await self._connection.execute(adding)).one())

    async def save(self, unit: Unit) -> None:
        """Everything of it but id and code."""
        await self._connection.execute(_SAVE.values(_unit_row(unit)), {"which": unit.id})

    async def region(self, who: int | str) -> Region | None:
        """By id or code."""
        row = await self._one(select(regions).where(_is(regions, who)))
        return None if row is None else Region(*row)

    async def add_region(self, region: Region) -> Region:
        """Raises Conflict by the store: the code is taken."""
        row = _region_row(region) | {"code": region.code}
        adding = insert(regions).values(row).returning(*regions.c)
        return Region(*(await self._connection.execute(adding)).one())

    async def save_region(self, region: Region) -> None:
        """Everything of it but id and code."""
        await self._connection.execute(
            _SAVE_REGION.values(_region_row(region)), {"which": region.id}
        )

    async def busy(self, unit_id: int) -> bool:
        """Whether a ticket that runs is with this unit."""
        return bool((await self._connection.execute(_BUSY, {"unit": unit_id})).scalar_one())

    async def running(self, unit_id: int, limit: int) -> Sequence[str]:
        """Numbers of tickets that run and are with this unit, the oldest first."""
        found = await self._connection.execute(_RUNNING, {"unit": unit_id, "most": limit})
        return list(found.scalars())

    async def adopt(self, unit_id: int, into: int) -> Sequence[int]:
        """The people of one unit work in another from now on; their ids, in order."""
        moved = await self._connection.execute(_ADOPT, {"which": unit_id, "into": into})
        return sorted(moved.scalars())

    async def lock_candidates(self) -> None:
        """One statement."""
        await lock_candidates(self._connection)

    async def unassigned(self, limit: int) -> Sequence[Unassigned]:
        """One statement."""
        return await unassigned(self._connection, limit)

    async def _one(self, wanted: Select[*tuple[Any, ...]]) -> Found | None:
        return (await self._connection.execute(wanted)).one_or_none()


class StoredUnits:
    """``core.ports.units.UnitReads`` outside any unit of work."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._connected = reading(engine)

    async def units(self, *, retired: bool = False) -> Sequence[Unit]:
        """By name."""
        async with self._connected() as connection:
            return await _all_units(connection, retired=retired)

    async def regions(self) -> Sequence[Region]:
        """By name."""
        async with self._connected() as connection:
            return await _all_regions(connection)

    async def candidates(self) -> Sequence[Candidate]:
        """One statement."""
        async with self._connected() as connection:
            return await read_candidates(connection)


async def _all_units(connection: AsyncConnection, *, retired: bool) -> list[Unit]:
    wanted = _UNITS if retired else _UNITS.where(units.c.retired_at.is_(None))
    return [unit_of(row) for row in await connection.execute(wanted)]


async def _all_regions(connection: AsyncConnection) -> list[Region]:
    return [Region(*row) for row in await connection.execute(_REGIONS)]


def _is(table: Any, who: int | str) -> Any:  # noqa: ANN401 - a condition on either table
    return table.c.id == who if isinstance(who, int) else table.c.code == who


def unit_of(row: Found) -> Unit:
    """The unit in a row of ``units``."""
    address = Address(AddressKind(row.address_kind), row.address) if row.address_kind else None
    return Unit(
        id=row.id,
        code=row.code,
        name=row.name,
        level=row.level,
        parent_id=row.parent_id,
        region_id=row.region_id,
        partner=row.partner,
        calendar=row.calendar,
        categories=frozenset(json.loads(row.categories)),
        channel=row.channel,
        address=address,
        holidays_confirmed_until=row.holidays_confirmed_until,
        retired_at=row.retired_at,
        version=row.version,
    )


def _unit_row(unit: Unit) -> dict[str, object]:
    return {
        "name": unit.name,
        "level": unit.level,
        "parent_id": unit.parent_id,
        "region_id": unit.region_id,
        "partner": unit.partner,
        "calendar": unit.calendar,
        "categories": json.dumps(sorted(unit.categories)),
        "channel": unit.channel,
        "address_kind": unit.address.kind.value if unit.address else "",
        "address": unit.address.value if unit.address else "",
        "holidays_confirmed_until": unit.holidays_confirmed_until,
        "retired_at": unit.retired_at,
        "version": unit.version,
    }


def _region_row(region: Region) -> dict[str, object]:
    return {"name": region.name, "level": region.level, "parent_id": region.parent_id}
