"""The shelf of sealed values; nothing here can open them."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING

from sqlalchemy import Text, bindparam, delete, insert, select, tuple_, update

from core.errors import NotFound
from core.model.events import Event, chain
from core.model.restricted import RestrictedField, RestrictedValue, Sealed
from ticket_store.schema import addresses, events, notes, restricted_values, tickets
from ticket_store.scope import FACTS, SCOPED, facts_of
from ticket_store.standing import INSERT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.model.events import Fact
    from core.model.staff import TicketFacts
    from ticket_store.standing import Found

_KEY = ("owner", "field")
_OF = (
    select(restricted_values)
    .where(restricted_values.c.owner == bindparam("owner"))
    .order_by(restricted_values.c.field)
)
_OTHERWISE = (
    select(restricted_values)
    .where(
        restricted_values.c.key_id != bindparam("key"),
        tuple_(restricted_values.c.owner, restricted_values.c.field)
        > tuple_(bindparam("owner", type_=Text), bindparam("field", type_=Text)),
    )
    .order_by(restricted_values.c.owner, restricted_values.c.field)
    .with_for_update()
)
_FACTS = (
    select(*FACTS)
    .select_from(SCOPED)
    .where(tickets.c.id == bindparam("ticket"))
    .with_for_update(of=tickets)
)
_CONTACT = (
    select(addresses.c.contact_id)
    .join(tickets, tickets.c.address_id == addresses.c.id)
    .where(tickets.c.id == bindparam("ticket"))
)
_HEAD = (
    select(tickets.c.event_seq, tickets.c.event_head)
    .where(tickets.c.id == bindparam("ticket"))
    .with_for_update()
)
_MOVE = (
    update(tickets)
    .where(tickets.c.id == bindparam("ticket"))
    .values(
        version=tickets.c.version + 1,
        event_seq=bindparam("seq"),
        event_head=bindparam("head"),
    )
)


class RestrictedRows:
    """``core.ports.staff.RestrictedShelf`` in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(self, value: RestrictedValue) -> None:
        """Replaces what is there under this owner and field."""
        row = {
            "owner": value.owner,
            "field": value.field,
            "key_id": value.sealed.key_id,
            "sealed": value.sealed.sealed,
            "digest": value.digest,
            "tail": value.tail,
            "created_at": value.created_at,
        }
        make = INSERT[self._connection.dialect.name](restricted_values).values(row)
        rest = {name: make.excluded[name] for name in row if name not in _KEY}
        await self._connection.execute(make.on_conflict_do_update(index_elements=_KEY, set_=rest))

    async def of(self, owner: str) -> Sequence[RestrictedValue]:
        """All of one owner."""
        found = await self._connection.execute(_OF, {"owner": owner})
        return [_value(row) for row in found]

    async def drop(self, owner: str, field: RestrictedField | None = None) -> int:
        """Drops one field of an owner, or all."""
        dropped = delete(restricted_values).where(restricted_values.c.owner == owner)
        if field is not None:
            dropped = dropped.where(restricted_values.c.field == field)
        return (await self._connection.execute(dropped)).rowcount

    async def sealed_otherwise(
        self, key_id: str, after: tuple[str, str], limit: int
    ) -> Sequence[RestrictedValue]:
        """At most so many that another key sealed, locked, in the order of owner and field."""
        owner, field = after
        wanted = {"key": key_id, "owner": owner, "field": field}
        found = await self._connection.execute(_OTHERWISE.limit(limit), wanted)
        return [_value(row) for row in found]

    async def owners(self, ticket_id: int) -> frozenset[str]:
        """Whose values belong to this ticket: its own, and its reporter's."""
        contact = (await self._connection.execute(_CONTACT, {"ticket": ticket_id})).scalar()
        own = frozenset({f"ticket:{ticket_id}"})
        return own if contact is None else own | {f"contact:{contact}"}

    async def facts(self, ticket_id: int) -> TicketFacts | None:
        """What rights look at in this ticket, the ticket locked."""
        found = (await self._connection.execute(_FACTS, {"ticket": ticket_id})).one_or_none()
        return None if found is None else facts_of(tuple(found))

    async def record(self, ticket_id: int, fact: Fact, reason: str = "") -> None:
        """Chains one fact to a ticket's history and raises its version; notes the reason."""
        head = (await self._connection.execute(_HEAD, {"ticket": ticket_id})).one_or_none()
        if head is None:
            raise NotFound(str(ticket_id))
        event = chain(ticket_id, head.event_seq + 1, head.event_head, fact)
        row = dict(zip(Event.__dataclass_fields__, astuple(event), strict=True))
        await self._connection.execute(insert(events).values(row))
        moved = {"ticket": ticket_id, "seq": event.seq, "head": event.hash}
        await self._connection.execute(_MOVE, moved)
        if reason:
            note = {"ticket_id": ticket_id, "kind": "reason", "text": reason}
            row = note | {"by": fact.actor, "at": fact.at}
            await self._connection.execute(insert(notes).values(row))


def _value(row: Found) -> RestrictedValue:
    return RestrictedValue(
        owner=row.owner,
        field=RestrictedField(row.field),
        sealed=Sealed(row.key_id, bytes(row.sealed)),
        digest=row.digest,
        tail=row.tail,
        created_at=row.created_at,
    )
