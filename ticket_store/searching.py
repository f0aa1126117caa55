"""Search: words by the engine's full text, all else by key; always within somebody's reach.

Words are walked from the last text written backwards, a limited number at a time: what a search
costs does not depend on how often its words were ever used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Integer,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    text,
    tuple_,
)

from core.model.searching import FoundText, beginning
from ticket_store.lists import lines_of
from ticket_store.reading import reading
from ticket_store.schema import (
    FULL_TEXT,
    addresses,
    messages,
    notes,
    outbox,
    participants,
    search_docs,
    search_place,
    ticket_work,
    tickets,
)
from ticket_store.scope import SCOPED, visible
from ticket_store.standing import padded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from core.model.listing import ListedTicket
    from core.model.messages import Address
    from core.model.rights import Scope

_SQLITE = text(
    f"SELECT rowid AS id FROM {FULL_TEXT} "  # noqa: S608 - the table's own name
    f"WHERE {FULL_TEXT} MATCH :words AND rowid < :before ORDER BY rowid DESC LIMIT :limit"
)
_POSTGRESQL = (
    select(search_docs.c.id)
    .where(
        search_docs.c.words.op("@@")(
            func.to_tsquery(literal_column("'pg_catalog.simple'::regconfig"), bindparam("words"))
        ),
        search_docs.c.id < bindparam("before", type_=BigInteger),
    )
    .order_by(search_docs.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
)
_LAST = 2**53

_TICKET = func.coalesce(
    messages.c.ticket_id,
    outbox.c.ticket_id,
    notes.c.ticket_id,
    case((search_docs.c.source == "ticket", search_docs.c.source_id)),
)


def _of(source: str, table: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a table
    return and_(search_docs.c.source == source, table.c.id == search_docs.c.source_id)


_FOUND = (
    search_docs.outerjoin(messages, _of("message", messages))
    .outerjoin(outbox, _of("answer", outbox))
    .outerjoin(notes, _of("note", notes))
    .join(tickets, tickets.c.id == _TICKET)
    .outerjoin(ticket_work, ticket_work.c.ticket_id == tickets.c.id)
)
_TEXT = func.coalesce(
    func.coalesce(messages.c.subject, "") + " " + messages.c.text,
    outbox.c.text,
    notes.c.text,
    tickets.c.subject + " " + tickets.c.place,
)


class StoredSearch:
    """``core.ports.searching.TicketSearch``."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._connected = reading(engine)

    async def texts(
        self, scope: Scope, words: Sequence[str], before: int | None, limit: int
    ) -> tuple[Sequence[FoundText], int | None]:
        """Texts with all these words, the last written first; and where to go on."""
        if scope.wide.nothing or not words:
            return [], None
        async with self._connected() as connection:
            walked = await _walk(connection, words, before or _LAST, limit)
            if not walked:
                return [], None
            found = await connection.execute(_texts(scope), {"docs": padded(walked)})
            following = walked[-1] if len(walked) == limit else None
            return [FoundText(*row) for row in found], following

    async def gathered_up_to(self) -> str:
        """One row by key."""
        async with self._connected() as connection:
            found = await connection.execute(select(search_place.c.cursor))
            return found.scalar_one_or_none() or ""

    async def reached_by(
        self, scope: Scope, addresses_: Sequence[Address], limit: int
    ) -> Sequence[int]:
        """Tickets whose reporter, or somebody who takes part, has such an address."""
        wanted = [(one.kind.value, one.value) for one in addresses_]
        known = select(addresses.c.id).where(
            tuple_(addresses.c.kind, addresses.c.value).in_(wanted)
        )
        taking_part = select(participants.c.ticket_id).where(participants.c.address_id.in_(known))
        own = select(tickets.c.id).where(tickets.c.address_id.in_(known))
        return await self._ids(scope, or_(_among(own), _among(taking_part)), limit)

    async def between(
        self, scope: Scope, ranges: Sequence[tuple[int, int]], limit: int
    ) -> Sequence[int]:
        """A walk along the key."""
        held = [tickets.c.id.between(low, high) for low, high in ranges]
        return await self._ids(scope, or_(*held), limit)

    async def numbered(self, scope: Scope, numbers: Sequence[str]) -> Sequence[int]:
        """By number."""
        return await self._ids(scope, tickets.c.number.in_(list(numbers)), len(numbers))

    async def lines(self, scope: Scope, ids: Sequence[int]) -> Sequence[ListedTicket]:
        """As lists show them."""
        async with self._connected() as connection:
            return await lines_of(connection, ids, scope.staff_id)

    async def _ids(self, scope: Scope, wanted: ColumnElement[bool], limit: int) -> Sequence[int]:
        statement = (
            select(tickets.c.id)
            .select_from(SCOPED)
            .where(wanted, visible(scope))
            .order_by(tickets.c.id.desc())
            .limit(limit)
        )
        async with self._connected() as connection:
            return list((await connection.execute(statement)).scalars())


def _among(ids: Select[tuple[int]]) -> ColumnElement[bool]:
    return tickets.c.id.in_(ids)


async def _walk(
    connection: AsyncConnection, words: Sequence[str], before: int, limit: int
) -> list[int]:
    sqlite = connection.dialect.name == "sqlite"
    # Words are letters only; quoted all the same, for AND, OR, NOT and NEAR are words to SQLite.
    said = (
        " ".join(f'"{one}"{"*" if beginning(one) else ""}' for one in words)
        if sqlite
        else " & ".join(f"'{one}'{':*' if beginning(one) else ''}" for one in words)
    )
    asked = {"words": said, "before": before, "limit": limit}
    return list((await connection.execute(_SQLITE if sqlite else _POSTGRESQL, asked)).scalars())


def _texts(scope: Scope) -> Select[tuple[Any, ...]]:
    return (
        select(
            search_docs.c.id,
            tickets.c.id,
            search_docs.c.source,
            _TEXT,
            func.coalesce(messages.c.sender_name, ""),
        )
        .select_from(_FOUND)
        .where(search_docs.c.id.in_(bindparam("docs", expanding=True)), visible(scope))
        .order_by(search_docs.c.id.desc())
    )
