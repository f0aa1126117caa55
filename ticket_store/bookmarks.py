"""The bookmark shelf: how far each door has read at its provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from ticket_store.schema import mailbox_state
from ticket_store.standing import INSERT

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

_READ = select(mailbox_state.c.mark).where(mailbox_state.c.channel == bindparam("channel"))


class BookmarkRows:
    """``core.ports.BookmarkShelf`` over the rows of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def read(self, name: str) -> str | None:
        """None before the first."""
        found = await self._connection.execute(_READ, {"channel": name})
        return found.scalar_one_or_none()

    async def write(self, name: str, mark: str) -> None:
        """Replaces it."""
        insert = INSERT[self._connection.dialect.name](mailbox_state)
        statement = insert.on_conflict_do_update(
            index_elements=["channel"], set_={"mark": insert.excluded.mark}
        )
        await self._connection.execute(statement, {"channel": name, "mark": mark})
