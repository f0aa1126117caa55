"""What pages read, outside any unit of work: keyset pages and threads, addresses masked.

Every connection here is ``read_only``, so that on SQLite a page never waits for the writer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Integer, Select, bindparam, select, tuple_

from core.errors import NotFound
from core.model.events import Event
from core.model.letters import answered_by
from core.model.masking import mask_address
from core.model.messages import Address, AddressKind, Outcome
from core.model.outbox import WRITTEN_BY_PEOPLE, OutboxState
from core.model.ticket import Priority, Promise, Status
from core.model.views import PageKey, ThreadEntry, TicketRow
from ticket_store.letters import TELLABLE
from ticket_store.quick import asked
from ticket_store.reading import reading
from ticket_store.schema import (
    UtcDateTime,
    addresses,
    events,
    messages,
    outbox,
    sla_clocks,
    tickets,
)
from ticket_store.standing import Found, padded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

Statement = Select[*tuple[Any, ...]]

_TICKET = select(
    tickets.c.id,
    tickets.c.number,
    tickets.c.status,
    tickets.c.priority,
    tickets.c.priority_hint,
    tickets.c.subject,
    tickets.c.channel,
    tickets.c.category,
    tickets.c.language,
    tickets.c.opened_at,
    tickets.c.contact_count,
)
_NUMBERED = _TICKET.where(tickets.c.number == bindparam("number"))
FIRST_PAGE = _TICKET.order_by(tickets.c.opened_at.desc(), tickets.c.id.desc()).limit(
    bindparam("limit", type_=Integer)
)
NEXT_PAGE = FIRST_PAGE.where(
    tuple_(tickets.c.opened_at, tickets.c.id)
    < tuple_(bindparam("opened_at", type_=UtcDateTime), bindparam("id", type_=BigInteger))
)
"""A row comparison: both engines walk the index on from where the last page ended."""

_CLOCKS = (
    select(
        sla_clocks.c.ticket_id,
        sla_clocks.c.target,
        sla_clocks.c.due_at,
        sla_clocks.c.provisional,
    )
    .where(sla_clocks.c.ticket_id.in_(bindparam("ids", expanding=True)))
    .order_by(sla_clocks.c.due_at, sla_clocks.c.target)
)
_TICKET_ID = select(tickets.c.id).where(tickets.c.number == bindparam("number"))
_HISTORY = (
    select(*(events.c[name] for name in Event.__dataclass_fields__))
    .where(events.c.ticket_id == bindparam("ticket_id"))
    .order_by(events.c.seq)
)
_ADDRESS_ID = select(addresses.c.id).where(
    addresses.c.kind == bindparam("kind"), addresses.c.value == bindparam("value")
)
_IN = (
    select(
        messages.c.id,
        messages.c.received_at.label("at"),
        messages.c.text,
        messages.c.channel,
        messages.c.outcome,
        messages.c.silence,
        addresses.c.kind,
        addresses.c.value,
        tickets.c.number,
    )
    .join(addresses, addresses.c.id == messages.c.address_id)
    .outerjoin(tickets, tickets.c.id == messages.c.ticket_id)
)
_OUT = select(
    outbox.c.id,
    outbox.c.key,
    outbox.c.attempt,
    outbox.c.due_at,
    outbox.c.created_at.label("at"),
    outbox.c.text,
    outbox.c.channel,
    outbox.c.purpose,
    outbox.c.state,
    outbox.c.delivery,
    outbox.c.reason,
    outbox.c.segments,
    outbox.c.recipient_kind.label("kind"),
    outbox.c.recipient.label("value"),
    tickets.c.number,
).outerjoin(tickets, tickets.c.id == outbox.c.ticket_id)
_THREAD_IN = _IN.where(messages.c.ticket_id == bindparam("ticket_id"))
_THREAD_OUT = _OUT.where(outbox.c.ticket_id == bindparam("ticket_id"))
_TOLD_OUT = _THREAD_OUT.where(TELLABLE)
_LAST_IN = (
    _IN.where(messages.c.address_id == bindparam("address_id"))
    .order_by(messages.c.received_at.desc(), messages.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
)
_LAST_OUT = (
    _OUT.where(outbox.c.address_id == bindparam("address_id"), TELLABLE)
    .order_by(outbox.c.created_at.desc(), outbox.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
)


class StoreReads:
    """``core.ports.Reads``; each call is at most three short statements."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._connected = reading(engine)

    async def tickets(self, after: PageKey | None, limit: int) -> Sequence[TicketRow]:
        """Newest first, by keyset."""
        wanted: dict[str, object] = {"limit": limit}
        if after is not None:
            wanted |= {"opened_at": after.opened_at, "id": after.id}
        page = FIRST_PAGE if after is None else NEXT_PAGE
        async with self._connected() as connection:
            return await _with_promises(connection, (await connection.execute(page, wanted)).all())

    async def ticket(self, number: str) -> TicketRow:
        """One ticket by its number as written. Raises NotFound."""
        async with self._connected() as connection:
            found = (await connection.execute(_NUMBERED, {"number": number})).all()
            if not found:
                raise NotFound(number)
            return (await _with_promises(connection, found))[0]

    async def history(self, number: str) -> Sequence[Event]:
        """In order. Raises NotFound."""
        async with self._connected() as connection:
            key = await _ticket_id(connection, number)
            return [Event(*row) for row in await connection.execute(_HISTORY, key)]

    async def thread(self, number: str) -> Sequence[ThreadEntry]:
        """Both directions in time order. Raises NotFound."""
        async with self._connected() as connection:
            key = await _ticket_id(connection, number)
            return await _entries(connection, (_THREAD_IN, _TOLD_OUT), key)

    async def with_address(self, address: Address, limit: int) -> Sequence[ThreadEntry]:
        """The last messages from and to one address, oldest first, ticket or not."""
        who = {"kind": address.kind, "value": address.value}
        async with self._connected() as connection:
            found = (await connection.execute(_ADDRESS_ID, who)).scalar_one_or_none()
            if found is None:
                return []
            wanted = {"address_id": found, "limit": limit}
            entries = await _entries(connection, (_LAST_IN, _LAST_OUT), wanted)
            return entries[max(0, len(entries) - limit) :]


async def thread_of(connection: AsyncConnection, ticket_id: int) -> list[ThreadEntry]:
    """The messages of a ticket, both directions in time order."""
    return await _entries(connection, (_THREAD_IN, _THREAD_OUT), {"ticket_id": ticket_id})


async def _ticket_id(connection: AsyncConnection, number: str) -> dict[str, int]:
    found = (await connection.execute(_TICKET_ID, {"number": number})).scalar_one_or_none()
    if found is None:
        raise NotFound(number)
    return {"ticket_id": found}


async def _with_promises(connection: AsyncConnection, rows: Sequence[Found]) -> list[TicketRow]:
    """The clocks of a whole page in one statement, not one per ticket."""
    promises: dict[int, list[Promise]] = {row.id: [] for row in rows}
    if rows:
        for clock in await connection.execute(_CLOCKS, {"ids": padded(promises)}):
            promise = Promise(clock.target, clock.due_at, clock.provisional)
            promises[clock.ticket_id].append(promise)
    return [_ticket(row, promises[row.id]) for row in rows]


async def _entries(
    connection: AsyncConnection, both: tuple[Statement, Statement], wanted: dict[str, int]
) -> list[ThreadEntry]:
    """Time order; at the same instant the citizen speaks first."""
    incoming, outgoing = both
    entries = [_inbound(row) for row in await asked(connection, incoming, wanted)]
    entries += [_outbound(row) for row in await asked(connection, outgoing, wanted)]
    return sorted(entries, key=lambda entry: (entry.at, not entry.inbound, entry.id))


def _ticket(row: Found, promises: Sequence[Promise]) -> TicketRow:
    return TicketRow(
        id=row.id,
        number=row.number,
        status=Status(row.status),
        priority=Priority(row.priority),
        priority_hint=None if row.priority_hint is None else Priority(row.priority_hint),
        subject=row.subject,
        channel=row.channel,
        category=row.category,
        language=row.language,
        opened_at=row.opened_at,
        promises=tuple(promises),
        contacts=row.contact_count,
    )


def _inbound(row: Found) -> ThreadEntry:
    return ThreadEntry(
        id=row.id,
        inbound=True,
        at=row.at,
        text=row.text,
        who=_masked(row),
        channel=row.channel,
        number=row.number,
        outcome=Outcome(row.outcome),
        silence=row.silence,
    )


def _outbound(row: Found) -> ThreadEntry:
    return ThreadEntry(
        id=row.id,
        inbound=False,
        at=row.at,
        text=row.text,
        who=_masked(row),
        channel=row.channel,
        number=row.number,
        purpose=row.purpose,
        state=row.delivery or row.state,
        reason=row.reason,
        segments=row.segments,
        event=answered_by(row.purpose, row.key),
        held_until=row.due_at if _held(row) else None,
    )


def _held(row: Found) -> bool:
    """Whether it has not left, and its writer may take it back."""
    waiting = row.state == OutboxState.WAITING and row.attempt == 0
    return waiting and row.purpose in WRITTEN_BY_PEOPLE


def _masked(row: Found) -> str:
    return mask_address(Address(AddressKind(row.kind), row.value))
