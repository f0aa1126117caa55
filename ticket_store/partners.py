"""Dispositions to partners: what waits, what was answered, how quickly (KM-18, KM-24)."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Integer, bindparam, func, select, update

from core.model.partners import PARTNER, OpenDisposition, PartnerFigures
from ticket_store.reading import reading
from ticket_store.schema import (
    UtcDateTime,
    addresses,
    dispositions,
    messages,
    participants,
    tickets,
    units,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from ticket_store.standing import Found

_PARTNERS = units.alias("partners")
# Walks the open dispositions alone, by their index; each asks for messages of one ticket.
ANSWERED = (
    select(
        dispositions.c.id,
        dispositions.c.ticket_id,
        tickets.c.number,
        dispositions.c.unit_id,
        func.min(messages.c.id).label("message_id"),
        func.min(messages.c.received_at).label("answered_at"),
    )
    .join(units, units.c.id == dispositions.c.unit_id)
    .join(tickets, tickets.c.id == dispositions.c.ticket_id)
    .join(
        messages,
        (messages.c.ticket_id == dispositions.c.ticket_id)
        & (messages.c.received_at >= dispositions.c.at)
        & (messages.c.kind != "auto_reply"),
    )
    .join(
        participants,
        (participants.c.ticket_id == messages.c.ticket_id)
        & (participants.c.address_id == messages.c.address_id)
        & (participants.c.role == PARTNER),
    )
    .join(
        addresses,
        (addresses.c.id == messages.c.address_id)
        & (addresses.c.kind == units.c.address_kind)
        & (addresses.c.value == units.c.address),
    )
    .where(
        dispositions.c.answered_at.is_(None),
        # Not by the join alone: so SQLite, too, goes by the index of open ones, unit by unit.
        dispositions.c.unit_id.in_(select(_PARTNERS.c.id).where(_PARTNERS.c.partner)),
    )
    .group_by(
        dispositions.c.id, dispositions.c.ticket_id, tickets.c.number, dispositions.c.unit_id
    )
    .order_by(func.min(messages.c.received_at), dispositions.c.id)
    .limit(bindparam("most", type_=Integer))
)
_SETTLE = (
    update(dispositions)
    .where(dispositions.c.id == bindparam("which"), dispositions.c.answered_at.is_(None))
    .values(answered_at=bindparam("moment", type_=UtcDateTime))
)
_WAITING = (
    select(func.count())
    .select_from(dispositions)
    .join(units, units.c.id == dispositions.c.unit_id)
    .where(
        dispositions.c.ticket_id == bindparam("ticket"),
        dispositions.c.answered_at.is_(None),
        units.c.partner,
    )
)
_FIGURES = (
    select(
        dispositions.c.unit_id,
        units.c.name,
        dispositions.c.at,
        dispositions.c.due_at,
        dispositions.c.answered_at,
    )
    .join(units, units.c.id == dispositions.c.unit_id)
    .where(
        units.c.partner,
        dispositions.c.at >= bindparam("since", type_=UtcDateTime),
        dispositions.c.at < bindparam("until", type_=UtcDateTime),
    )
    .order_by(units.c.name, dispositions.c.unit_id)
)


class PartnerRows:
    """``core.ports.units.PartnerShelf`` in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def answered(self, limit: int) -> Sequence[OpenDisposition]:
        """One statement."""
        found = await self._connection.execute(ANSWERED, {"most": limit})
        return [OpenDisposition(*row) for row in found]

    async def settle(self, disposition_id: int, at: datetime) -> bool:
        """One statement; False when somebody was faster."""
        values = {"which": disposition_id, "moment": at}
        return bool((await self._connection.execute(_SETTLE, values)).rowcount)

    async def waiting(self, ticket_id: int) -> int:
        """One statement."""
        return int((await self._connection.execute(_WAITING, {"ticket": ticket_id})).scalar_one())


class StoredPartners:
    """``core.ports.units.PartnerReads``."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._connected = reading(engine)

    async def figures(
        self, since: datetime, until: datetime, now: datetime
    ) -> Sequence[PartnerFigures]:
        """One statement; counted here, as the engines do not subtract times alike."""
        by_unit: dict[tuple[int, str], list[Found]] = defaultdict(list)
        async with self._connected() as connection:
            for row in await connection.execute(_FIGURES, {"since": since, "until": until}):
                by_unit[row.unit_id, row.name].append(row)
        return [_counted(*unit, rows, now) for unit, rows in by_unit.items()]


def _counted(unit_id: int, name: str, rows: Sequence[Found], now: datetime) -> PartnerFigures:
    took = [row.answered_at - row.at for row in rows if row.answered_at is not None]
    late = [
        row for row in rows if row.due_at is not None and (row.answered_at or now) > row.due_at
    ]
    mean = sum(took, timedelta()) / len(took) if took else None
    return PartnerFigures(unit_id, name, len(rows), len(took), len(late), mean)
