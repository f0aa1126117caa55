"""People who registered, as lists and their own pages read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from core.errors import NotFound
from core.model.accounts import AccountSession, OwnTicket, Reached
from core.model.ticket import Status
from ticket_store.people import PERSON, REACHED, WITH_NIK, person_of, reached_by, reached_of
from ticket_store.reading import reading
from ticket_store.schema import account_sessions, addresses, contacts, registrations, tickets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncEngine

    from core.model.registration import Person

_SEARCHED = func.lower(
    contacts.c.name
    + " "
    + registrations.c.phone
    + " "
    + registrations.c.email
    + " "
    + registrations.c.area
)
_OWN = (
    tickets.c.number,
    tickets.c.subject,
    tickets.c.status,
    tickets.c.status_reason,
    tickets.c.opened_at,
    tickets.c.status_at,
)


class StoredPeople:
    """``core.ports.people.PersonReads`` over an engine that only reads."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._connected = reading(engine)

    async def find(
        self, words: Sequence[str], after: int | None, limit: int, ids: Sequence[int] | None = None
    ) -> Sequence[Person]:
        """Those whose name, phone, email or area holds every word, newest first."""
        wanted = PERSON.where(*(_SEARCHED.contains(word, autoescape=True) for word in words))
        if after is not None:
            wanted = wanted.where(contacts.c.id < after)
        if ids is not None:
            wanted = wanted.where(contacts.c.id.in_(ids))
        async with self._connected() as connection:
            found = await connection.execute(wanted.order_by(contacts.c.id.desc()).limit(limit))
            return [person_of(row) for row in found]

    async def one(self, contact_id: int) -> Person:
        """Raises NotFound."""
        async with self._connected() as connection:
            found = await connection.execute(PERSON.where(contacts.c.id == contact_id))
            row = found.one_or_none()
        if row is None:
            raise NotFound(str(contact_id))
        return person_of(row)

    async def with_nik(self, digests: Sequence[str]) -> Sequence[int]:
        """Ids of people whose identity number has one of these digests."""
        async with self._connected() as connection:
            found = await connection.execute(WITH_NIK, {"digests": list(digests)})
            return sorted(int(owner.partition(":")[2]) for owner in found.scalars())

    async def addresses(self, contact_id: int) -> Sequence[Reached]:
        """All that are tied to a person, by id."""
        async with self._connected() as connection:
            found = await connection.execute(REACHED.where(addresses.c.contact_id == contact_id))
            return [reached_of(row) for row in found]

    async def reached(self, address_id: int) -> Reached | None:
        """One address; None: there is no such."""
        async with self._connected() as connection:
            row = (await connection.execute(reached_by(address_id))).one_or_none()
        return None if row is None else reached_of(row)

    async def tickets(self, contact_id: int, limit: int) -> Sequence[OwnTicket]:
        """Of all addresses of a person, newest first."""
        own = select(addresses.c.id).where(addresses.c.contact_id == contact_id)
        wanted = select(*_OWN).where(tickets.c.address_id.in_(own))
        newest = wanted.order_by(tickets.c.opened_at.desc(), tickets.c.id.desc()).limit(limit)
        async with self._connected() as connection:
            found = (await connection.execute(newest)).all()
        return [
            OwnTicket(number, subject, Status(status), reason, opened_at, status_at)
            for number, subject, status, reason, opened_at, status_at in found
        ]

    async def session(self, token_hash: str) -> AccountSession | None:
        """Alive or not."""
        names = AccountSession.__dataclass_fields__
        wanted = select(*(account_sessions.c[name] for name in names))
        async with self._connected() as connection:
            one = wanted.where(account_sessions.c.token_hash == token_hash)
            row = (await connection.execute(one)).one_or_none()
        return None if row is None else AccountSession(*row)
