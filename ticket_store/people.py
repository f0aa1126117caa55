"""People who registered: the shelf of a unit of work (core/ports/people.py)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import Text, bindparam, cast, delete, insert, literal, or_, select, update

from core.model.accounts import SESSION_IDLE, AccountCode, Reached
from core.model.messages import Address, AddressKind, ChannelId
from core.model.registration import REGISTERED, Person
from core.model.restricted import RestrictedField
from core.model.ticket import Status
from ticket_store.schema import (
    account_codes,
    account_sessions,
    addresses,
    contacts,
    messages,
    registrations,
    restricted_values,
    tickets,
)
from ticket_store.sender_memory import recalled, written
from ticket_store.standing import INSERT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.model.accounts import AccountSession
    from ticket_store.standing import Found

PERSON = (
    select(
        contacts.c.id,
        contacts.c.name,
        registrations.c.phone,
        registrations.c.email,
        registrations.c.area,
        restricted_values.c.tail,
        registrations.c.registered_at,
        registrations.c.by,
        registrations.c.version,
    )
    .join(registrations, registrations.c.contact_id == contacts.c.id)
    .join(
        restricted_values,
        (restricted_values.c.owner == literal("contact:") + cast(contacts.c.id, Text))
        & (restricted_values.c.field == RestrictedField.NIK.value),
        isouter=True,
    )
)
"""A person, the number by its last signs alone."""

_LAST_CHANNEL = (
    select(messages.c.channel)
    .where(messages.c.address_id == addresses.c.id)
    .order_by(messages.c.received_at.desc(), messages.c.id.desc())
    .limit(1)
    .correlate(addresses)
    .scalar_subquery()
)
REACHED = select(
    addresses.c.id,
    addresses.c.kind,
    addresses.c.value,
    addresses.c.contact_id,
    _LAST_CHANNEL.label("channel"),
    addresses.c.muted,
    addresses.c.unreachable,
).order_by(addresses.c.id)
"""An address with where it wrote last."""

WITH_NIK = select(restricted_values.c.owner).where(
    restricted_values.c.field == RestrictedField.NIK.value,
    restricted_values.c.owner.like("contact:%"),
    restricted_values.c.digest.in_(bindparam("digests", expanding=True)),
)
_RUNNING = tuple(status.value for status in Status if status.running)
_MEMORY = (
    select(addresses.c.id, addresses.c.memory)
    .where(addresses.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(addresses.c.id)
    .with_for_update()
)


def person_of(row: Found) -> Person:
    """From a row of :data:`PERSON`."""
    return Person(
        id=row.id,
        name=row.name,
        phone=row.phone,
        email=row.email,
        area=row.area,
        nik=f"****{row.tail}" if row.tail is not None else "",
        registered_at=row.registered_at,
        by=row.by,
        version=row.version,
    )


def reached_of(row: Found) -> Reached:
    """From a row of :data:`REACHED`."""
    return Reached(
        row.id,
        Address(AddressKind(row.kind), row.value),
        row.contact_id,
        ChannelId(row.channel) if row.channel else None,
        bool(row.muted or row.unreachable),
    )


def reached_by(which: int | Address) -> Select[tuple[object, ...]]:
    """The statement for one address."""
    if isinstance(which, int):
        return REACHED.where(addresses.c.id == which)
    return REACHED.where(addresses.c.kind == which.kind.value, addresses.c.value == which.value)


class PersonRows:
    """``core.ports.people.PersonShelf`` in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def reached(self, which: int | Address) -> Reached | None:
        """An address by its id or value, locked until the end."""
        wanted = reached_by(which).with_for_update(of=addresses)
        row = (await self._connection.execute(wanted)).one_or_none()
        return None if row is None else reached_of(row)

    async def addresses(self, contact_id: int) -> Sequence[Reached]:
        """All that are tied to a person, locked until the end."""
        wanted = REACHED.where(addresses.c.contact_id == contact_id).with_for_update(of=addresses)
        return [reached_of(row) for row in await self._connection.execute(wanted)]

    async def person(self, contact_id: int) -> Person | None:
        """Locked until the end."""
        wanted = PERSON.where(contacts.c.id == contact_id).with_for_update(of=contacts)
        row = (await self._connection.execute(wanted)).one_or_none()
        return None if row is None else person_of(row)

    async def add(self, person: Person, at: datetime) -> Person:
        """Lays it down; returns it with its id."""
        row = {"name": person.name, "created_at": at}
        made = await self._connection.execute(
            insert(contacts).values(row).returning(contacts.c.id)
        )
        made_id = int(made.scalar_one())
        held = {"contact_id": made_id, "registered_at": at, "by": person.by, "version": 1}
        row = {**held, "phone": person.phone, "email": person.email, "area": person.area}
        await self._connection.execute(insert(registrations).values(row))
        return replace(person, id=made_id, registered_at=at, version=1)

    async def save(self, person: Person) -> None:
        """Name, phone, email, area and version."""
        named = update(contacts).where(contacts.c.id == person.id).values(name=person.name)
        await self._connection.execute(named)
        row = {"phone": person.phone, "email": person.email, "area": person.area}
        kept = update(registrations).where(registrations.c.contact_id == person.id)
        await self._connection.execute(kept.values(version=person.version, **row))

    async def drop(self, contact_id: int) -> None:
        """Forgets the data, unties the addresses, ends the sessions; tickets stay."""
        run = self._connection.execute
        await run(delete(registrations).where(registrations.c.contact_id == contact_id))
        await run(delete(account_sessions).where(account_sessions.c.contact_id == contact_id))
        await run(
            delete(restricted_values).where(restricted_values.c.owner == f"contact:{contact_id}")
        )
        await self._remember(contact_id, "invited")
        await run(
            update(addresses).where(addresses.c.contact_id == contact_id).values(contact_id=None)
        )
        await run(update(contacts).where(contacts.c.id == contact_id).values(name=""))

    async def _remember(self, contact_id: int, flag: str) -> None:
        own = select(addresses.c.id).where(addresses.c.contact_id == contact_id)
        ids = list((await self._connection.execute(own)).scalars())
        if not ids:
            return
        for row in (await self._connection.execute(_MEMORY, {"ids": ids})).all():
            memory = replace(recalled(row.memory), registration=flag)
            changed = update(addresses).where(addresses.c.id == row.id)
            await self._connection.execute(changed.values(memory=written(memory)))

    async def tie(self, contact_id: int, address_ids: Sequence[int]) -> None:
        """These addresses are the person's from now on; intake is told."""
        tied = update(addresses).where(addresses.c.id.in_(address_ids))
        await self._connection.execute(tied.values(contact_id=contact_id))
        await self._remember(contact_id, REGISTERED)

    async def with_nik(self, digests: Sequence[str]) -> Sequence[int]:
        """Ids of people whose identity number has one of these digests."""
        found = await self._connection.execute(WITH_NIK, {"digests": list(digests)})
        return sorted(int(owner.partition(":")[2]) for owner in found.scalars())

    async def release(self, contact_id: int, reason: str) -> Sequence[int]:
        """Takes this reason from running tickets of the person; returns their ids."""
        own = select(addresses.c.id).where(addresses.c.contact_id == contact_id)
        freed = update(tickets).where(
            tickets.c.address_id.in_(own),
            tickets.c.status.in_(_RUNNING),
            tickets.c.status_reason == reason,
        )
        done = await self._connection.execute(
            freed.values(status_reason="").returning(tickets.c.id)
        )
        return sorted(done.scalars())

    # --- the account --------------------------------------------------------------------------

    async def code(self, address_id: int, purpose: str) -> AccountCode | None:
        """Locked until the end."""
        wanted = select(*(account_codes.c[name] for name in AccountCode.__dataclass_fields__))
        one = wanted.where(
            account_codes.c.address_id == address_id, account_codes.c.purpose == purpose
        )
        row = (await self._connection.execute(one.with_for_update())).one_or_none()
        return None if row is None else AccountCode(*row)

    async def put_code(self, code: AccountCode) -> None:
        """Over an earlier one of the same address and purpose."""
        row = {name: getattr(code, name) for name in AccountCode.__dataclass_fields__}
        make = INSERT[self._connection.dialect.name](account_codes).values(row)
        keys = ["address_id", "purpose"]
        rest = {name: make.excluded[name] for name in row if name not in keys}
        await self._connection.execute(make.on_conflict_do_update(index_elements=keys, set_=rest))

    async def drop_code(self, address_id: int, purpose: str) -> None:
        """It was used."""
        gone = delete(account_codes).where(
            account_codes.c.address_id == address_id, account_codes.c.purpose == purpose
        )
        await self._connection.execute(gone)

    async def open_session(self, session: AccountSession) -> None:
        """Lays it down, and drops those that are over."""
        over = or_(
            account_sessions.c.expires_at <= session.seen_at,
            account_sessions.c.seen_at <= session.seen_at - SESSION_IDLE,
        )
        await self._connection.execute(delete(account_sessions).where(over))
        names = ("token_hash", "contact_id", "seen_at", "expires_at")
        row = {name: getattr(session, name) for name in names}
        await self._connection.execute(insert(account_sessions).values(row))

    async def seen(self, token_hash: str, at: datetime) -> None:
        """Notes the use of a session."""
        used = update(account_sessions).where(account_sessions.c.token_hash == token_hash)
        await self._connection.execute(used.values(seen_at=at))

    async def end_sessions(self, contact_id: int, token_hash: str | None = None) -> None:
        """One of a person's, or all."""
        ended = delete(account_sessions).where(account_sessions.c.contact_id == contact_id)
        if token_hash is not None:
            ended = ended.where(account_sessions.c.token_hash == token_hash)
        await self._connection.execute(ended)
