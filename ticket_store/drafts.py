"""Unsent texts of staff, one for each person, ticket and kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from core.model.drafts import Draft, DraftKind, Writer
from ticket_store.reading import reading
from ticket_store.schema import drafts, staff
from ticket_store.standing import INSERT

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_FIELDS = tuple(Draft.__dataclass_fields__)
_KEY = ("ticket_id", "staff_id", "kind")


def _here(ticket_id: int, staff_id: int, kind: DraftKind) -> list[ColumnElement[bool]]:
    held = (ticket_id, staff_id, kind.value)
    return [drafts.c[name] == one for name, one in zip(_KEY, held, strict=True)]


class DraftRows:
    """``core.ports.composing.DraftShelf`` over the rows of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(self, draft: Draft) -> None:
        """Lays it down, over the one of this person, ticket and kind."""
        row = {name: getattr(draft, name) for name in _FIELDS} | {"kind": draft.kind.value}
        new = INSERT[self._connection.dialect.name](drafts).values(**row)
        changed = {name: new.excluded[name] for name in _FIELDS if name not in _KEY}
        await self._connection.execute(
            new.on_conflict_do_update(index_elements=list(_KEY), set_=changed)
        )

    async def text(self, ticket_id: int, staff_id: int, kind: DraftKind) -> str:
        """What is there so far; "" for none."""
        statement = select(drafts.c.text).where(*_here(ticket_id, staff_id, kind))
        return await self._connection.scalar(statement) or ""

    async def remove(self, ticket_id: int, staff_id: int, kind: DraftKind) -> None:
        """There is none any more."""
        await self._connection.execute(delete(drafts).where(*_here(ticket_id, staff_id, kind)))


class StoredDrafts:
    """``core.ports.composing.DraftReads`` over an engine that only reads."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._connected = reading(engine)

    async def of(self, ticket_id: int, staff_id: int) -> Sequence[Draft]:
        """What this person has not sent on this ticket, at most one of each kind."""
        statement = (
            select(*(drafts.c[name] for name in _FIELDS))
            .where(drafts.c.ticket_id == ticket_id, drafts.c.staff_id == staff_id)
            .order_by(drafts.c.kind)
        )
        async with self._connected() as connection:
            return [
                Draft(
                    row.ticket_id,
                    row.staff_id,
                    DraftKind(row.kind),
                    row.text,
                    row.version,
                    row.saved_at,
                )
                for row in await connection.execute(statement)
            ]

    async def writers(self, ticket_id: int, since: datetime) -> Sequence[Writer]:
        """Who saved a draft there since then, the latest first."""
        statement = (
            select(drafts.c.staff_id, staff.c.name, drafts.c.kind, drafts.c.saved_at)
            .join(staff, staff.c.id == drafts.c.staff_id)
            .where(drafts.c.ticket_id == ticket_id, drafts.c.saved_at >= since)
            .order_by(drafts.c.saved_at.desc(), drafts.c.staff_id, drafts.c.kind)
        )
        async with self._connected() as connection:
            found = await connection.execute(statement)
            return [Writer(row[0], row[1], DraftKind(row[2]), row[3]) for row in found]

    async def begun(self, staff_id: int, ticket_ids: Collection[int]) -> frozenset[int]:
        """On which of these tickets this person has something unsent."""
        if not ticket_ids:
            return frozenset()
        statement = select(drafts.c.ticket_id).where(
            drafts.c.staff_id == staff_id, drafts.c.ticket_id.in_(list(ticket_ids))
        )
        async with self._connected() as connection:
            return frozenset((await connection.execute(statement)).scalars())
