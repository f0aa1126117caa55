"""Parked messages of the outbox, read and released by the small index of what is parked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, Select, bindparam, literal_column, select, update

from core.model.messages import Address, AddressKind, ChannelId
from core.model.outbox import OutboxState
from core.model.undelivered import Undelivered
from ticket_store.schema import outbox, tickets

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

# Written out, never bound: only then does a planner see that the partial index fits.
_IN_PARK = outbox.c.state.in_([literal_column(f"'{one}'") for one in ("held", "dead")])
_PARKED: Select[*tuple[Any, ...]] = (
    select(
        outbox.c.id,
        outbox.c.channel,
        outbox.c.state,
        outbox.c.purpose,
        outbox.c.recipient_kind,
        outbox.c.recipient,
        outbox.c.text,
        tickets.c.number,
        outbox.c.created_at,
        outbox.c.tried_at,
        outbox.c.attempt,
        outbox.c.code,
        outbox.c.reason,
    )
    .select_from(outbox.outerjoin(tickets, tickets.c.id == outbox.c.ticket_id))
    .where(_IN_PARK, outbox.c.id > bindparam("after"))
    .order_by(outbox.c.id)
    .limit(bindparam("most", type_=Integer))
)


class UndeliveredRows:
    """``core.ports.undelivered.UndeliveredShelf`` over the rows of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def parked(
        self, channel: ChannelId | None, after: int, limit: int
    ) -> Sequence[Undelivered]:
        """In the order of their ids."""
        wanted = _PARKED if channel is None else _PARKED.where(outbox.c.channel == channel)
        rows = await self._connection.execute(wanted, {"after": after, "most": limit})
        return [
            Undelivered(
                id=row.id,
                channel=ChannelId(row.channel),
                state=OutboxState(row.state),
                purpose=row.purpose,
                recipient=Address(AddressKind(row.recipient_kind), row.recipient),
                text=row.text,
                number=row.number,
                created_at=row.created_at,
                tried_at=row.tried_at,
                attempt=row.attempt,
                code=row.code,
                reason=row.reason,
            )
            for row in rows
        ]

    async def wait_again(
        self, channel: ChannelId, ids: Collection[int], now: datetime
    ) -> Sequence[int]:
        """As if they had never been tried."""
        again = (
            update(outbox)
            .where(
                _IN_PARK,
                outbox.c.state == OutboxState.DEAD.value,
                outbox.c.channel == channel,
            )
            .values(
                state=OutboxState.WAITING.value,
                due_at=now,
                attempt=0,
                doubts=0,
                code="",
                reason="",
            )
            .returning(outbox.c.id)
        )
        if ids:
            again = again.where(outbox.c.id.in_(sorted(ids)))
        return sorted((await self._connection.execute(again)).scalars())
