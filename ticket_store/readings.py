"""How many messages of a ticket somebody has had before them (BW-46).

Counted, not timed: a message that is joined to a ticket days after it came is unread all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, bindparam, func, select

from ticket_store.schema import messages, readings, tickets
from ticket_store.standing import INSERT, padded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

_CAME: Final = (
    select(func.count())
    .where(messages.c.ticket_id == tickets.c.id)
    .correlate(tickets)
    .scalar_subquery()
)
_COUNTED: Final = (
    select(messages.c.ticket_id, func.count().label("came"))
    .where(messages.c.ticket_id.in_(bindparam("ids", expanding=True)))
    .group_by(messages.c.ticket_id)
)
_READ: Final = select(readings.c.ticket_id, readings.c.messages).where(
    readings.c.staff_id == bindparam("staff"),
    readings.c.ticket_id.in_(bindparam("ids", expanding=True)),
)


def unread_by(staff_id: int) -> ColumnElement[bool]:
    """More came on the ticket than this person has read."""
    read = (
        select(readings.c.messages)
        .where(readings.c.ticket_id == tickets.c.id, readings.c.staff_id == staff_id)
        .correlate(tickets)
        .scalar_subquery()
    )
    return func.coalesce(read, 0) < _CAME


async def unread_of(
    connection: AsyncConnection, staff_id: int, ticket_ids: Sequence[int]
) -> Mapping[int, int]:
    """How many messages of each of these tickets the person has not read; none: left out."""
    ids = {"ids": padded(ticket_ids)}
    came = {row.ticket_id: row.came for row in await connection.execute(_COUNTED, ids)}
    asked: dict[str, Any] = {**ids, "staff": staff_id}
    for row in await connection.execute(_READ, asked):
        came[row.ticket_id] = came.get(row.ticket_id, 0) - row.messages
    return {ticket_id: count for ticket_id, count in came.items() if count > 0}


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
