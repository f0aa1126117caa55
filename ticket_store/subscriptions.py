"""Who wants to be told of events, and how far each was told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BigInteger,
    Integer,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from core.errors import Conflict
from core.model.subscription import Subscription
from ticket_store.reading import reading
from ticket_store.schema import UtcDateTime, subscriptions, units
from ticket_store.staff import units_below

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from ticket_store.standing import Found

_ALL = select(subscriptions).order_by(subscriptions.c.id)
_ONE = _ALL.where(subscriptions.c.id == bindparam("id_", type_=BigInteger)).with_for_update()
_CLAIM = (
    update(subscriptions)
    .where(
        subscriptions.c.id == bindparam("id_"),
        subscriptions.c.due_at <= bindparam("now", type_=UtcDateTime),
        subscriptions.c.paused_at.is_(None),
    )
    .values(due_at=bindparam("lease", type_=UtcDateTime))
    .returning(*subscriptions.c)
)
_OTHERWISE = (
    select(subscriptions)
    .where(
        subscriptions.c.id > bindparam("after", type_=BigInteger),
        func.substr(subscriptions.c.secret, 1, bindparam("length", type_=Integer))
        != bindparam("mark"),
    )
    .order_by(subscriptions.c.id)
    .with_for_update()
)


class SubscriptionRows:
    """``core.ports.audit.SubscriptionShelf`` in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, subscription: Subscription) -> Subscription:
        """Returns it with its id. Raises Conflict: there is no such unit."""
        if subscription.unit_id is not None:
            there = select(units.c.id).where(units.c.id == subscription.unit_id)
            if (await self._connection.execute(there)).first() is None:
                message = f"there is no unit {subscription.unit_id}"
                raise Conflict(message)
        adding = insert(subscriptions).values(_row(subscription)).returning(*subscriptions.c)
        return _subscription((await self._connection.execute(adding)).one())

    async def one(self, subscription_id: int) -> Subscription | None:
        """Locked until the end."""
        found = (await self._connection.execute(_ONE, {"id_": subscription_id})).one_or_none()
        return None if found is None else _subscription(found)

    async def count(self) -> int:
        """How many there are."""
        counting = select(func.count()).select_from(subscriptions)
        return int((await self._connection.execute(counting)).scalar_one())

    async def save(self, subscription: Subscription) -> None:
        """Writes everything but the id."""
        which = update(subscriptions).where(subscriptions.c.id == subscription.id)
        await self._connection.execute(which.values(_row(subscription)))

    async def drop(self, subscription_id: int) -> bool:
        """False when there is none."""
        which = delete(subscriptions).where(subscriptions.c.id == subscription_id)
        return bool((await self._connection.execute(which)).rowcount)

    async def claim(
        self, subscription_id: int, now: datetime, lease_until: datetime
    ) -> Subscription | None:
        """One statement: of two that claim, the second finds it not due."""
        wanted = {"id_": subscription_id, "now": now, "lease": lease_until}
        found = (await self._connection.execute(_CLAIM, wanted)).one_or_none()
        return None if found is None else _subscription(found)

    async def record(self, subscription: Subscription, held: Subscription) -> bool:
        """Writes position and outcome of what was ``held``; False when another has it by now."""
        row = _row(subscription)
        told = {name: row[name] for name in _OUTCOME}
        which = update(subscriptions).where(
            subscriptions.c.id == subscription.id,
            subscriptions.c.due_at == held.due_at,
            subscriptions.c.position == held.position,
            subscriptions.c.attempt == held.attempt,
            subscriptions.c.paused_at.is_(None),
        )
        return bool((await self._connection.execute(which.values(told))).rowcount)

    async def sealed_otherwise(
        self, mark: bytes, after: int, limit: int
    ) -> Sequence[Subscription]:
        """Those whose secret does not begin with this mark, locked, by id after one."""
        wanted = {"after": after, "mark": mark, "length": len(mark)}
        found = await self._connection.execute(_OTHERWISE.limit(limit), wanted)
        return [_subscription(row) for row in found]


_OUTCOME: Final = ("position", "due_at", "attempt", "code", "failing_since", "paused_at")


class StoredSubscriptions:
    """``core.ports.audit.SubscriptionReads``."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._connected = reading(engine)

    async def all(self) -> Sequence[Subscription]:
        """In the order of their ids."""
        async with self._connected() as connection:
            return [_subscription(row) for row in await connection.execute(_ALL)]

    async def units_below(self, unit_id: int) -> frozenset[int]:
        """This unit and every unit below it."""
        async with self._connected() as connection:
            return await units_below(connection, unit_id)


def _subscription(row: Found) -> Subscription:
    held: dict[str, Any] = {name: getattr(row, name) for name in _FIELDS}
    held["kinds"] = frozenset(json.loads(row.kinds))
    held["secret"] = bytes(row.secret)
    return Subscription(**held)


def _row(subscription: Subscription) -> dict[str, object]:
    row: dict[str, object] = {
        name: getattr(subscription, name) for name in _FIELDS if name != "id"
    }
    return row | {"kinds": json.dumps(sorted(subscription.kinds))}


_FIELDS: Final = tuple(Subscription.__dataclass_fields__)
