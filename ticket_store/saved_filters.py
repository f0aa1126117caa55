"""Lists that people keep under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, select

from core.model.saved import SavedFilter
from ticket_store.quick import asked
from ticket_store.schema import saved_filters
from ticket_store.standing import INSERT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

_SAVED = (
    select(saved_filters.c.id, saved_filters.c.name, saved_filters.c.place)
    .where(saved_filters.c.staff_id == bindparam("staff"))
    .order_by(func.lower(saved_filters.c.name), saved_filters.c.id)
)


class FilterRows:
    """``core.ports.lists.FilterShelf`` over the rows of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, staff_id: int) -> Sequence[SavedFilter]:
        """By name."""
        return await saved_of(self._connection, staff_id)

    async def put(self, staff_id: int, wanted: SavedFilter, at: datetime) -> SavedFilter:
        """Over one of the same name."""
        row = {"staff_id": staff_id, "name": wanted.name, "place": wanted.place, "created_at": at}
        new = INSERT[self._connection.dialect.name](saved_filters).values(**row)
        put = new.on_conflict_do_update(
            index_elements=["staff_id", "name"], set_={"place": new.excluded.place}
        ).returning(saved_filters.c.id)
        kept = (await self._connection.execute(put)).scalar_one()
        return SavedFilter(kept, wanted.name, wanted.place)

    async def drop(self, staff_id: int, filter_id: int) -> bool:
        """Only the person's own."""
        gone = delete(saved_filters).where(
            saved_filters.c.id == filter_id, saved_filters.c.staff_id == staff_id
        )
        return bool((await self._connection.execute(gone)).rowcount)


async def saved_of(connection: AsyncConnection, staff_id: int) -> Sequence[SavedFilter]:
    """What this person keeps, by name."""
    return [SavedFilter(*row) for row in await asked(connection, _SAVED, {"staff": staff_id})]
