"""Calendars and lists of holidays as documents: what was checked is what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from core.model.calendar_documents import CalendarDocument
from ticket_store.reading import reading
from ticket_store.schema import calendars
from ticket_store.standing import INSERT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_FIELDS = tuple(CalendarDocument.__dataclass_fields__)
_ALL = select(*(calendars.c[name] for name in _FIELDS)).order_by(calendars.c.name)
_ONE = (
    select(*(calendars.c[name] for name in _FIELDS))
    .where(calendars.c.name == bindparam("which"))
    .with_for_update()
)
_VERSIONS = select(calendars.c.name, calendars.c.version)


class CalendarRows:
    """``core.ports.units.CalendarShelf`` in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def document(self, name: str) -> CalendarDocument | None:
        """Locked until the end."""
        found = (await self._connection.execute(_ONE, {"which": name})).one_or_none()
        return None if found is None else CalendarDocument(*found)

    async def documents(self) -> Sequence[CalendarDocument]:
        """By name."""
        return [CalendarDocument(*row) for row in await self._connection.execute(_ALL)]

    async def put(self, document: CalendarDocument) -> None:
        """Lays it down, or over the one of this name."""
        row = {name: getattr(document, name) for name in _FIELDS}
        new = INSERT[self._connection.dialect.name](calendars).values(row)
        taken = {name: new.excluded[name] for name in _FIELDS if name != "name"}
        await self._connection.execute(
            new.on_conflict_do_update(index_elements=["name"], set_=taken)
        )


class StoredCalendars:
    """``core.ports.units.CalendarReads``."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._connected = reading(engine)

    async def versions(self) -> dict[str, int]:
        """One short statement."""
        async with self._connected() as connection:
            return {row.name: row.version for row in await connection.execute(_VERSIONS)}

    async def documents(self) -> Sequence[CalendarDocument]:
        """By name."""
        async with self._connected() as connection:
            return [CalendarDocument(*row) for row in await connection.execute(_ALL)]
