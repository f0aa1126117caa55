"""How many messages of a ticket somebody has had before them (BW-46).

Counted, not timed: a message that is joined to a ticket days after it came is unread all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, bindparam, func, select

from ticket_store.quick import asked
from ticket_store.schema import messages, readings, tickets
from ticket_store.standing import INSERT

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

CAME: Final = (
    select(func.count())
    .where(messages.c.ticket_id == tickets.c.id)
    .correlate(tickets)
    .scalar_subquery()
)
"""Messages of citizens on a ticket."""

_READ: Final = select(readings.c.messages).where(
    readings.c.staff_id == bindparam("staff"), readings.c.ticket_id == bindparam("ticket")
)


def unread_by(staff_id: int) -> ColumnElement[bool]:
    """More came on the ticket than this person has read."""
    read = (
        select(readings.c.messages)
        .where(readings.c.ticket_id == tickets.c.id, readings.c.staff_id == staff_id)
        .correlate(tickets)
        .scalar_subquery()
    )
    return func.coalesce(read, 0) < CAME


async def read_by(connection: AsyncConnection, staff_id: int, ticket_id: int) -> int:
    """How many messages of this ticket the person has had before them."""
    found = await asked(connection, _READ, {"staff": staff_id, "ticket": ticket_id})
    return found[0].messages if found else 0


class ReadingRows:
    """``core.ports.lists.ReadingShelf`` over the rows of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, staff_id: int, ticket_id: int, count: int, at: datetime) -> None:
        """One statement."""
        row = {"ticket_id": ticket_id, "staff_id": staff_id, "messages": count, "at": at}
        new = INSERT[self._connection.dialect.name](readings).values(row)
        changed = {name: new.excluded[name] for name in ("messages", "at")}
        await self._connection.execute(
            new.on_conflict_do_update(index_elements=["ticket_id", "staff_id"], set_=changed)
        )
