"""Codes that open a ticket's page, and typed addresses until their owner confirms them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from core.model.messages import Address, AddressKind, ChannelId
from core.model.proof import UNSENT, Claim, Reporter, TicketCode
from ticket_store.reading import reading
from ticket_store.schema import (
    UtcDateTime,
    addresses,
    claims,
    participants,
    ticket_codes,
    tickets,
)
from ticket_store.spoken import read_spoken
from ticket_store.standing import INSERT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from core.model.views import Spoken
    from ticket_store.standing import Found

_SENT = "sent:"
"""Before the hash of a code that was sent; a code that a form showed has nothing before it."""

_CODE = (
    select(ticket_codes)
    .join(tickets, tickets.c.id == ticket_codes.c.ticket_id)
    .where(tickets.c.number == bindparam("number"))
)
_LOCKED_CODE = (
    select(ticket_codes)
    .where(ticket_codes.c.ticket_id == bindparam("ticket_id"))
    .with_for_update()
)
_REPORTER = (
    select(
        tickets.c.id,
        tickets.c.channel,
        tickets.c.address_id,
        addresses.c.kind,
        addresses.c.value,
        addresses.c.unreachable,
    )
    .join(addresses, addresses.c.id == tickets.c.address_id)
    .where(tickets.c.number == bindparam("number"))
)
_ID = select(tickets.c.id).where(tickets.c.number == bindparam("number"))
_MAILED = select(claims).where(
    claims.c.kind == bindparam("kind"),
    claims.c.value == bindparam("value"),
    claims.c.created_at > bindparam("since", type_=UtcDateTime),
    claims.c.token_hash.not_like(f"{UNSENT}%"),
)
_CLAIM = (
    select(claims)
    .join(tickets, tickets.c.id == claims.c.ticket_id)
    .where(claims.c.token_hash == bindparam("token"), tickets.c.number == bindparam("number"))
)
_LOCKED_CLAIM = _CLAIM.with_for_update(of=claims)
_CONFIRM = (
    update(claims)
    .where(claims.c.token_hash == bindparam("token"), claims.c.confirmed_at.is_(None))
    .values(confirmed_at=bindparam("at", type_=UtcDateTime))
)
_FAILED = (
    update(ticket_codes)
    .where(ticket_codes.c.ticket_id == bindparam("ticket"))
    .values(
        failures=bindparam("count"),
        locked_until=bindparam("until", type_=UtcDateTime),
    )
)
REPORTER_ROLE = "reporter"
"""Role of a participant who is the reporter by another address."""


class ClaimRows:
    """``core.ports.ClaimShelf`` over the rows of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep_code(self, code: TicketCode) -> None:
        """Lays down the code of a form; one that is there already stays."""
        await self._insert(ticket_codes, _code_row(code), "ticket_id")

    async def replace_code(self, code: TicketCode) -> None:
        """Lays down a code that was sent, over an earlier one that was sent."""
        insert = INSERT[self._connection.dialect.name](ticket_codes)
        row = _code_row(code)
        statement = insert.on_conflict_do_update(
            index_elements=["ticket_id"],
            set_={name: insert.excluded[name] for name in row if name != "ticket_id"},
            where=ticket_codes.c.hash.like(f"{_SENT}%"),
        )
        await self._connection.execute(statement, row)

    async def code(self, ticket_id: int) -> TicketCode | None:
        """The code of a ticket, locked until the end; None when it has none."""
        found = await self._connection.execute(_LOCKED_CODE, {"ticket_id": ticket_id})
        row = found.one_or_none()
        return _code(row) if row is not None else None

    async def failed(self, code: TicketCode) -> None:
        """Writes how often the code was guessed wrong, and until when it is locked."""
        values = {
            "ticket": code.ticket_id,
            "count": code.failures,
            "until": code.locked_until,
        }
        await self._connection.execute(_FAILED, values)

    async def reporter(self, number: str) -> Reporter | None:
        """Where a ticket came from; None when there is no such ticket."""
        row = (await self._connection.execute(_REPORTER, {"number": number})).one_or_none()
        return _reporter(row) if row is not None else None

    async def add(self, claim: Claim) -> None:
        """Lays down a claim; one that is there already stays."""
        row = {
            "token_hash": claim.token_hash,
            "ticket_id": claim.ticket_id,
            "kind": claim.address.kind.value,
            "value": claim.address.value,
            "created_at": claim.created_at,
            "confirmed_at": claim.confirmed_at,
        }
        await self._insert(claims, row, "token_hash")

    async def mailed(self, address: Address, since: datetime) -> Sequence[Claim]:
        """Claims of this address made since then for which a mail went out."""
        wanted = {"kind": address.kind.value, "value": address.value, "since": since}
        return [_claim(row) for row in await self._connection.execute(_MAILED, wanted)]

    async def claim(self, number: str, token: str) -> Claim | None:
        """The claim on this ticket whose token has this hash, locked until the end."""
        wanted = {"number": number, "token": token}
        row = (await self._connection.execute(_LOCKED_CLAIM, wanted)).one_or_none()
        return _claim(row) if row is not None else None

    async def confirm(self, claim: Claim, address_id: int, at: datetime) -> None:
        """Notes that the owner confirmed it, who takes part in the ticket from now on."""
        await self._connection.execute(_CONFIRM, {"token": claim.token_hash, "at": at})
        row = {
            "address_id": address_id,
            "ticket_id": claim.ticket_id,
            "role": REPORTER_ROLE,
        }
        await self._insert(participants, row, "address_id", "ticket_id")

    async def _insert(self, table: Table, row: dict[str, Any], *key: str) -> None:
        insert = INSERT[self._connection.dialect.name](table)
        await self._connection.execute(insert.on_conflict_do_nothing(index_elements=key), row)


class ProofReads:
    """``core.ports.Proofs``: what the public page reads, outside any unit of work."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._connected = reading(engine)

    async def code(self, number: str) -> TicketCode | None:
        """The code of a ticket; None without one, and for a number that does not exist."""
        row = next(iter(await self._rows(_CODE, {"number": number})), None)
        return _code(row) if row is not None else None

    async def claim(self, number: str, token: str) -> Claim | None:
        """The claim on this ticket whose token has this hash."""
        row = next(iter(await self._rows(_CLAIM, {"number": number, "token": token})), None)
        return _claim(row) if row is not None else None

    async def reporter(self, number: str) -> Reporter | None:
        """Where a ticket came from; None when there is no such ticket."""
        row = next(iter(await self._rows(_REPORTER, {"number": number})), None)
        return _reporter(row) if row is not None else None

    async def conversation(self, number: str) -> Sequence[Spoken]:
        """What reporter and office said to each other, oldest first; nothing without a ticket."""
        async with self._connected() as connection:
            found = (await connection.execute(_ID, {"number": number})).scalar_one_or_none()
            return [] if found is None else await read_spoken(connection, found)

    async def _rows(self, statement: Any, wanted: dict[str, str]) -> Sequence[Found]:  # noqa: ANN401 - any select
        async with self._connected() as connection:
            return (await connection.execute(statement, wanted)).all()


def _code_row(code: TicketCode) -> dict[str, Any]:
    return {
        "ticket_id": code.ticket_id,
        "hash": f"{_SENT}{code.hash}" if code.sent else code.hash,
        "created_at": code.created_at,
        "failures": code.failures,
        "locked_until": code.locked_until,
    }


def _code(row: Found) -> TicketCode:
    return TicketCode(
        ticket_id=row.ticket_id,
        hash=row.hash.removeprefix(_SENT),
        sent=row.hash.startswith(_SENT),
        created_at=row.created_at,
        failures=row.failures,
        locked_until=row.locked_until,
    )


def _reporter(row: Found) -> Reporter:
    address = Address(AddressKind(row.kind), row.value)
    return Reporter(row.id, ChannelId(row.channel), address, row.address_id, row.unreachable)


def _claim(row: Found) -> Claim:
    return Claim(
        token_hash=row.token_hash,
        ticket_id=row.ticket_id,
        address=Address(AddressKind(row.kind), row.value),
        created_at=row.created_at,
        confirmed_at=row.confirmed_at,
    )
