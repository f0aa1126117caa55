"""Tickets with whole histories, as the store tests of stream, anchors and audit need them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from core.model.events import GENESIS, Event, Fact, chain
from core.model.numbers import TicketNumber
from tests.contracts.planting import T0, connection_of, phone
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

YEAR = 26 * 10**9


def number_of(sequence: int) -> str:
    return str(TicketNumber("HD", 26, sequence))


async def tell(desk: Any, sequence: int, count: int = 1, kind: str = "MessageJoined") -> None:
    """Chains further events to a ticket, and moves its head, inside a unit of work."""
    connection, ticket_id = connection_of(desk), YEAR + sequence
    head = select(schema.tickets.c.event_seq, schema.tickets.c.event_head)
    seq, previous = (await connection.execute(head.where(schema.tickets.c.id == ticket_id))).one()
    for _ in range(count):
        seq += 1
        fact = Fact(kind, T0 + timedelta(minutes=seq), "reporter", {"message": seq, "é": "ü"})
        event = chain(ticket_id, seq, previous, fact)
        previous = event.hash
        await connection.execute(insert(schema.events).values(row_of(event)))
    moved = update(schema.tickets).where(schema.tickets.c.id == ticket_id)
    await connection.execute(moved.values(event_seq=seq, event_head=previous))


def row_of(event: Event) -> dict[str, object]:
    return {name: getattr(event, name) for name in Event.__dataclass_fields__}


async def history(store: SqlStore, sequence: int, events: int = 3, **work: object) -> int:
    """A ticket with so many events; ``work`` are columns of ``ticket_work``. Returns its id."""
    ticket_id = YEAR + sequence
    row = {
        "id": ticket_id,
        "number": number_of(sequence),
        "status": "received",
        "status_at": T0,
        "priority": "normal",
        "category": "network",
        "subject": "lampu mati",
        "description": "lampu mati",
        "match_text": "",
        "language": "id",
        "channel": "sms",
        "address_id": sequence,
        "opened_at": T0,
        "event_seq": 0,
        "event_head": GENESIS,
    }
    address = {"id": sequence, "kind": "phone", "value": phone(sequence).value}
    address |= {"first_seen_at": T0, "last_seen_at": T0}
    async with store.desk() as desk:
        connection = connection_of(desk)
        await connection.execute(insert(schema.addresses).values(address))
        await connection.execute(insert(schema.tickets).values(row))
        await tell(desk, sequence, 1, "TicketOpened")
        await tell(desk, sequence, events - 1)
        if work:
            touched = {"ticket_id": ticket_id, "changed_at": T0} | work
            await connection.execute(insert(schema.ticket_work).values(touched))
        await desk.commit()
    return ticket_id
