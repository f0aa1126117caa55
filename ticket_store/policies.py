"""Versions of the policy of promises, and what running tickets are promised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Text, bindparam, case, func, insert, select, text, type_coerce

from core.errors import NotFound
from core.model.clock_times import COMPUTED
from core.model.deadline import SlaTarget
from core.model.policy_documents import PolicyDocument
from core.model.policy_preview import Running
from core.model.sla import Matter
from core.model.ticket import Priority
from ticket_store.failures import guarded
from ticket_store.reading import reading
from ticket_store.schema import UtcDateTime, sla_clocks, sla_policies, ticket_work, tickets, units

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from ticket_store.standing import Found

_ROW = select(
    sla_policies.c.id,
    sla_policies.c.document,
    sla_policies.c.valid_from,
    sla_policies.c.changed_by,
)
_ALL = _ROW.order_by(sla_policies.c.id.desc())
_NEWEST = _ALL.limit(1)
_DUE = sla_policies.c.valid_from <= bindparam("now", type_=UtcDateTime)
_HOLDING = (
    select(sla_policies.c.id)
    .order_by(
        case((_DUE, 0), else_=1),
        case((_DUE, sla_policies.c.valid_from)).desc(),
        case((_DUE, -sla_policies.c.id), else_=sla_policies.c.id),
    )
    .limit(1)
)
_VERSION = select(func.coalesce(func.max(sla_policies.c.id), 0))

_TARGETS = tuple(sorted(COMPUTED))
_UNKNOWN = "-"
"""In place of the length of a clock that has none, so that it is told from no clock at all."""


def _length(target: str) -> ColumnElement[str]:
    """The length of a ticket's clock of this name; NULL: it has none that runs."""
    written = func.coalesce(type_coerce(sla_clocks.c.length, Text), _UNKNOWN)
    return func.max(case((sla_clocks.c.target == target, written))).label(target)


_MATTER = (tickets.c.priority, tickets.c.category, tickets.c.channel, units.c.code)
_PROMISED = (
    select(*_MATTER, *(_length(target) for target in _TARGETS))
    .select_from(sla_clocks)
    .join(tickets, tickets.c.id == sla_clocks.c.ticket_id)
    .join(ticket_work, ticket_work.c.ticket_id == tickets.c.id, isouter=True)
    .join(units, units.c.id == ticket_work.c.unit_id, isouter=True)
    .where(
        text("sla_clocks.open"),
        sla_clocks.c.breached_at.is_(None),
        sla_clocks.c.target.in_(_TARGETS),
    )
    .group_by(tickets.c.id, *_MATTER)
    .subquery()
)
_RUNNING = select(*_PROMISED.c, func.count().label("tickets")).group_by(*_PROMISED.c)


def _document(row: Found) -> PolicyDocument:
    return PolicyDocument(row.id, row.document, row.valid_from, row.changed_by)


class PolicyRows:
    """``core.ports.policies.PolicyShelf`` in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def newest(self) -> PolicyDocument | None:
        """Locked until the end."""
        row = (await self._connection.execute(_NEWEST.with_for_update())).one_or_none()
        return None if row is None else _document(row)

    async def put(self, document: PolicyDocument) -> None:
        """Raises Conflict: somebody else has laid it down."""
        row = {
            "id": document.version,
            "document": document.document,
            "valid_from": document.valid_from,
            "changed_by": document.changed_by,
        }
        with guarded():
            await self._connection.execute(insert(sla_policies).values(row))


class StoredPolicies:
    """``core.ports.policies.PolicyReads``."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._connected = reading(engine)

    async def version(self) -> int:
        """One short statement."""
        async with self._connected() as connection:
            return int((await connection.execute(_VERSION)).scalar_one())

    async def newest(self) -> PolicyDocument | None:
        """The one laid down last."""
        async with self._connected() as connection:
            row = (await connection.execute(_NEWEST)).one_or_none()
        return None if row is None else _document(row)

    async def holding(self, now: datetime) -> PolicyDocument | None:
        """Two short statements."""
        version = await self.holding_version(now)
        return await self.one(version) if version else None

    async def holding_version(self, now: datetime) -> int:
        """One short statement; there are as many rows as changes."""
        async with self._connected() as connection:
            found = (await connection.execute(_HOLDING, {"now": now})).scalar_one_or_none()
        return int(found or 0)

    async def one(self, version: int) -> PolicyDocument:
        """Raises NotFound."""
        async with self._connected() as connection:
            found = await connection.execute(_ROW.where(sla_policies.c.id == version))
            row = found.one_or_none()
        if row is None:
            raise NotFound(str(version))
        return _document(row)

    async def versions(self) -> Sequence[PolicyDocument]:
        """The newest first."""
        async with self._connected() as connection:
            return [_document(row) for row in await connection.execute(_ALL)]

    async def running(self) -> Sequence[Running]:
        """One statement; it costs what the open clocks do."""
        async with self._connected() as connection:
            return [_running(row) for row in await connection.execute(_RUNNING)]


def _running(row: Found) -> Running:
    written = {target: getattr(row, target) for target in _TARGETS}
    return Running(
        priority=Priority(row.priority),
        matter=Matter(row.category, row.code or "", row.channel),
        lengths={
            target: None if held == _UNKNOWN else SlaTarget.read(held)
            for target, held in written.items()
            if held is not None
        },
        tickets=row.tickets,
    )
