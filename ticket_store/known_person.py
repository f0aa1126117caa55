"""Who asks to be forgotten: all that is known to be theirs, read before anything goes (LL-09)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, bindparam, select

from core.model.erasure import KnownPerson
from core.model.messages import Address, AddressKind
from ticket_store.persons import PERSON
from ticket_store.schema import addresses, registrations, ticket_work, tickets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

ENDED: Final = and_(tickets.c.ended_at.is_not(None), tickets.c.erased_at.is_(None))
"""Of a ticket that is over and still says whose it was."""

_THEIRS = tickets.c.address_id.in_(bindparam("known", expanding=True))
_ENDED = select(tickets.c.id, tickets.c.number).where(_THEIRS, ENDED).order_by(tickets.c.id)
_RUNNING = (
    select(tickets.c.number).where(_THEIRS, tickets.c.ended_at.is_(None)).order_by(tickets.c.id)
)
_ABOUT = (
    select(ticket_work.c.about_staff_id)
    .join(tickets, tickets.c.id == ticket_work.c.ticket_id)
    .where(_THEIRS, ticket_work.c.about_staff_id.is_not(None), tickets.c.erased_at.is_(None))
)
_WAYS = (
    select(addresses.c.kind, addresses.c.value, addresses.c.contact_id)
    .where(addresses.c.id.in_(bindparam("known", expanding=True)))
    .order_by(addresses.c.id)
)
_REGISTERED = select(registrations.c.contact_id).where(
    registrations.c.contact_id.in_(bindparam("people", expanding=True))
)


async def read_person(connection: AsyncConnection, found: Sequence[int]) -> KnownPerson:
    """The person behind these addresses, with everything that is known to be theirs.

    Args:
        connection: reads.
        found: ids of addresses that exist.
    """
    known: dict[int, None] = {}
    for one in found:
        theirs = await connection.execute(PERSON, {"address": one})
        known |= dict.fromkeys(theirs.scalars())
    asked = {"known": list(known)}
    ways = (await connection.execute(_WAYS, asked)).all()
    ended = (await connection.execute(_ENDED, asked)).all()
    people = [row.contact_id for row in ways if row.contact_id is not None]
    registered = await connection.execute(_REGISTERED, {"people": people})
    return KnownPerson(
        addresses=tuple(known),
        ways=tuple(Address(AddressKind(row.kind), row.value) for row in ways),
        ended=tuple(row.id for row in ended),
        numbers=tuple(row.number for row in ended),
        running=tuple((await connection.execute(_RUNNING, asked)).scalars()),
        about=frozenset((await connection.execute(_ABOUT, asked)).scalars()),
        registered=registered.first() is not None,
    )
