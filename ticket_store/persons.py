"""Statements about a person: all addresses that are known to be theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from core.model.ticket import Status
from ticket_store.schema import UtcDateTime, addresses, tickets

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

_OWN = select(addresses.c.contact_id).where(addresses.c.id == bindparam("address"))
PERSON = select(addresses.c.id).where(
    (addresses.c.id == bindparam("address")) | (addresses.c.contact_id == _OWN.scalar_subquery())
)
"""Ids of all addresses of whoever has ``address``; most people are known by one alone."""

_WITHDRAWN = (Status.CANCELLED.value, Status.MERGED.value)
_EARLIER = (
    select(tickets.c.number)
    .where(
        tickets.c.address_id.in_(PERSON),
        tickets.c.opened_at >= bindparam("since", type_=UtcDateTime),
        tickets.c.opened_at <= bindparam("before", type_=UtcDateTime),
        tickets.c.status.not_in(_WITHDRAWN),
        tickets.c.id != bindparam("but"),
    )
    .order_by(tickets.c.opened_at.desc(), tickets.c.id.desc())
    .limit(1)
)


async def read_earlier(
    connection: AsyncConnection, address_id: int, span: tuple[datetime, datetime], but: int
) -> str | None:
    """The number of the ticket that a person opened last in this span, besides one."""
    held = {"address": address_id, "since": span[0], "before": span[1], "but": but}
    found = (await connection.execute(_EARLIER, held)).scalar_one_or_none()
    return None if found is None else str(found)
