"""The shelf of staff: people and where they work."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, bindparam, func, insert, select, update

from core.model.credentials import Account
from core.model.staff import Role, Staff
from ticket_store.schema import UtcDateTime, regions, staff, units

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncConnection

    from ticket_store.standing import Found

Statement = Select[*tuple[Any, ...]]

_WHOLE = select(staff)
_BY_ID = _WHOLE.where(staff.c.id == bindparam("who"))
_BY_LOGIN = _WHOLE.where(staff.c.login == bindparam("who"))
_INVITED = _WHOLE.where(
    staff.c.invite_hash == bindparam("token"),
    staff.c.invite_until > bindparam("now", type_=UtcDateTime),
)
_SAVE = update(staff).where(staff.c.id == bindparam("who"))
_INVITE = _SAVE.values(
    invite_hash=bindparam("token"), invite_until=bindparam("until", type_=UtcDateTime)
)
_ADMINS = select(staff.c.id).where(
    staff.c.roles.contains(f'"{Role.ADMIN}"'), staff.c.disabled_at.is_(None)
)
_UNIT = select(func.count()).where(units.c.id == bindparam("unit"), units.c.retired_at.is_(None))


def _below(table: Table) -> Statement:
    """These rows and all below them; UNION, so that a circle of parents ends too."""
    top = (
        select(table.c.id)
        .where(table.c.id.in_(bindparam("top", expanding=True)))
        .cte("below", recursive=True)
    )
    below = top.union(select(table.c.id).join(top, table.c.parent_id == top.c.id))
    return select(below.c.id)


_UNITS, _REGIONS = _below(units), _below(regions)


class StaffRows:
    """``core.ports.staff.StaffShelf`` in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, person: Staff, at: datetime) -> Staff:
        """Lays down somebody new; returns them with their id. Raises Conflict by the store."""
        row = _row(Account(person)) | {"login": person.login, "created_at": at}
        adding = insert(staff).values(row).returning(staff.c.id)
        added = (await self._connection.execute(adding)).scalar_one()
        return await with_places(self._connection, replace(person, id=int(added)))

    async def account(self, who: int | str) -> Account | None:
        """By id or login, locked until the end, with ``units`` and ``areas``."""
        wanted = _BY_ID if isinstance(who, int) else _BY_LOGIN
        return await self._locked(wanted, {"who": who})

    async def save(self, account: Account) -> None:
        """Writes everything of it but id and login."""
        await self._connection.execute(_SAVE.values(_row(account)), {"who": account.staff.id})

    async def invite(self, staff_id: int, token_hash: str | None, until: datetime | None) -> None:
        """Replaces the open invitation."""
        wanted = {"who": staff_id, "token": token_hash, "until": until}
        await self._connection.execute(_INVITE, wanted)

    async def invited(self, token_hash: str, now: datetime) -> Account | None:
        """Whose invitation it is, locked, as long as it is good."""
        return await self._locked(_INVITED, {"token": token_hash, "now": now})

    async def sealed_otherwise(self, mark: bytes, after: int, limit: int) -> Sequence[Account]:
        """Those whose second factor does not begin with this mark, locked, by id after one."""
        start = func.substr(staff.c.totp_secret, 1, len(mark))
        wanted = (
            _WHOLE.where(staff.c.totp_secret.is_not(None), start != mark, staff.c.id > after)
            .order_by(staff.c.id)
            .limit(limit)
            .with_for_update()
        )
        found = (await self._connection.execute(wanted)).all()
        return [await account_of(self._connection, row) for row in found]

    async def admins(self) -> int:
        """How many administrators are not disabled, locked: two cannot disable each other."""
        return len((await self._connection.execute(_ADMINS.with_for_update())).all())

    async def places(
        self, unit_id: int | None, region_ids: Collection[int]
    ) -> tuple[bool, frozenset[int]]:
        """Whether there is such a unit in use, and which of these regions exist."""
        found = unit_id is None or bool(
            (await self._connection.execute(_UNIT, {"unit": unit_id})).scalar_one()
        )
        wanted = select(regions.c.id).where(regions.c.id.in_(sorted(region_ids)))
        return found, frozenset((await self._connection.execute(wanted)).scalars())

    async def _locked(self, wanted: Statement, values: dict[str, object]) -> Account | None:
        found = (
            await self._connection.execute(wanted.with_for_update(of=staff), values)
        ).one_or_none()
        return None if found is None else await account_of(self._connection, found)


async def account_of(connection: AsyncConnection, row: Found) -> Account:
    """An account from a row of ``staff``, with what lies below its unit and regions."""
    return Account(
        await with_places(connection, person_of(row)),
        password_hash=row.password_hash,
        password_at=row.password_at,
        totp_secret=None if row.totp_secret is None else bytes(row.totp_secret),
        totp_used=row.totp_used,
    )


async def with_places(connection: AsyncConnection, person: Staff) -> Staff:
    """The person with every unit and region below their own."""
    return replace(
        person,
        units=await _all_below(connection, _UNITS, [person.unit_id] if person.unit_id else []),
        areas=await _all_below(connection, _REGIONS, person.regions),
    )


async def units_below(connection: AsyncConnection, unit_id: int) -> frozenset[int]:
    """This unit and every unit below it."""
    return await _all_below(connection, _UNITS, [unit_id])


async def _all_below(
    connection: AsyncConnection, statement: Statement, top: Collection[int]
) -> frozenset[int]:
    if not top:
        return frozenset()
    return frozenset((await connection.execute(statement, {"top": sorted(top)})).scalars())


def person_of(row: Found) -> Staff:
    """The person in a row of ``staff``; ``units`` and ``areas`` are not in it."""
    return Staff(
        id=row.id,
        login=row.login,
        name=row.name,
        roles=frozenset(Role(role) for role in json.loads(row.roles)),
        unit_id=row.unit_id,
        regions=frozenset(json.loads(row.regions)),
        skills=frozenset(json.loads(row.skills)),
        capacity=row.capacity,
        present_until=row.present_until,
        email=row.email,
        phone=row.phone,
        telegram=row.telegram,
        disabled_at=row.disabled_at,
        version=row.version,
    )


def _row(account: Account) -> dict[str, object]:
    person = account.staff
    return {
        "name": person.name,
        "roles": _list(person.roles),
        "unit_id": person.unit_id,
        "regions": _list(person.regions),
        "skills": _list(person.skills),
        "capacity": person.capacity,
        "present_until": person.present_until,
        "email": person.email,
        "phone": person.phone,
        "telegram": person.telegram,
        "password_hash": account.password_hash,
        "password_at": account.password_at,
        "totp_secret": account.totp_secret,
        "totp_used": account.totp_used,
        "disabled_at": person.disabled_at,
        "version": person.version,
    }


def _list(words: Iterable[Any]) -> str:
    return json.dumps(sorted(words), ensure_ascii=False)
