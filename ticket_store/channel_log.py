"""The log of exchanges with providers, kept for a week (providers.md §2.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Integer, bindparam, delete, insert, select

from core.model.exchange import Direction, Exchange, ExchangeQuery
from core.model.messages import ChannelId
from ticket_store.schema import UtcDateTime, channel_log

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from ticket_store.standing import Found

_ADD = insert(channel_log)
_NEWEST = (
    select(channel_log).order_by(channel_log.c.id.desc()).limit(bindparam("limit", type_=Integer))
)
_OLD = (
    select(channel_log.c.id)
    .where(channel_log.c.at < bindparam("before", type_=UtcDateTime))
    .order_by(channel_log.c.at)
    .limit(bindparam("limit", type_=Integer))
)
_PURGE = delete(channel_log).where(channel_log.c.id.in_(_OLD.scalar_subquery()))


class ChannelLogRows:
    """``core.ports.files.ChannelLogShelf`` over the rows of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, exchanges: Sequence[Exchange]) -> None:
        """Appends, in order."""
        if exchanges:
            await self._connection.execute(_ADD, [_row(one) for one in exchanges])

    async def read(self, query: ExchangeQuery) -> Sequence[Exchange]:
        """The newest that fit, oldest first."""
        wanted = _NEWEST
        if query.channel is not None:
            wanted = wanted.where(channel_log.c.channel == query.channel)
        if query.about is not None:
            wanted = wanted.where(channel_log.c.about == query.about)
        if query.since is not None:
            wanted = wanted.where(channel_log.c.at >= query.since)
        found = (await self._connection.execute(wanted, {"limit": query.limit})).all()
        return [_exchange(row) for row in reversed(found)]

    async def purge(self, before: datetime, limit: int) -> int:
        """Drops at most so many that are older."""
        dropped = await self._connection.execute(_PURGE, {"before": before, "limit": limit})
        return dropped.rowcount


def _row(one: Exchange) -> dict[str, object]:
    return {
        "channel": one.channel,
        "at": one.at,
        "direction": one.direction.value,
        "about": one.about,
        "said": one.said,
        "answered": one.answered,
    }


def _exchange(row: Found) -> Exchange:
    return Exchange(
        channel=ChannelId(row.channel),
        at=row.at,
        direction=Direction(row.direction),
        about=row.about,
        said=row.said,
        answered=row.answered,
    )
