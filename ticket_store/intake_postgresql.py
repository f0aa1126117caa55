"""The intake shelf on PostgreSQL: a group of any size is four statements (performance.md).

Rows travel as one JSON text per table: an array parameter per column costs asyncpg four times the
time (0.97 against 0.25 ms for 16 rows of 80 values). The driver is spoken to directly, inside the
transaction that the desk began.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from core.errors import Conflict, NotFound
from core.model.messages import Address, Outcome, Receipt
from ticket_store.failures import guarded
from ticket_store.intake_rows import MESSAGES, STALE, Rows, rows_of, sender_of, tickets_by_address
from ticket_store.intake_work import lay_beside, read_briefs
from ticket_store.persons import read_earlier
from ticket_store.postgresql_statements import (
    CHANGES,
    ENDINGS,
    GREET,
    GUESTS,
    RAW,
    SEEN,
    SENDERS,
    THREADS,
    TICKETS,
    lay_down_statement,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.model.brief import WorkBrief
    from core.model.filing import Filing
    from core.model.ticket import KnownTicket, Sender
    from core.ports import MessageKey

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


@lru_cache(maxsize=1024)  # most instants of a message are one and the same
def spell(at: datetime) -> str:
    """ISO 8601 with the offset. Raises ValueError for a naive instant."""
    if at.tzinfo is None:
        raise ValueError(at)
    return at.isoformat()


def _as_it_is(at: datetime) -> datetime:
    """As asyncpg returns it: aware UTC."""
    return at


def _arguments(rows: Rows) -> dict[str, object]:
    """One JSON text per table, by the table's name as in ``lay_down_statement``."""
    arguments: dict[str, object] = {}
    for name, lines in rows.inserts.items():
        if name == MESSAGES.name:
            arguments[RAW] = [line[-1] for line in lines]
            arguments[name] = _encode([line[:-1] for line in lines])
        else:
            arguments[name] = _encode(lines)
    if rows.senders:
        arguments[SENDERS] = _encode(rows.senders)
    if rows.changes:
        arguments[CHANGES] = _encode(rows.changes)
    if rows.endings:
        arguments[ENDINGS] = _encode(rows.endings)
    return arguments


class PostgresqlIntake:
    """``core.ports.IntakeShelf`` within one unit of work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @property
    def _driver(self) -> Any:  # noqa: ANN401 - asyncpg is untyped
        """The connection of asyncpg; the desk has begun the transaction on it."""
        sync = self._connection.sync_connection
        return sync.connection.driver_connection if sync else None

    async def senders(
        self,
        addresses: Sequence[Address],
        named: Sequence[str],
        ended_after: datetime,
        young_after: datetime,
    ) -> Mapping[Address, Sender]:
        """Two statements; one when nobody has written before."""
        if not addresses:
            return {}
        wanted = {(a.kind.value, a.value): a for a in addresses}
        with guarded():
            greeted = await self._driver.fetch(GREET, _encode(list(wanted)))
            old = [line[3] for line in greeted if not line[2]]
            found: Sequence[Any] = ()
            if old:
                found = await self._driver.fetch(
                    TICKETS, old, ended_after, young_after, list(named)
                )
        tickets = tickets_by_address(found, _as_it_is)
        return {
            (address := wanted[line[0], line[1]]): sender_of(
                address, line[3:], tickets.get(line[3], ())
            )
            for line in greeted
        }

    async def seen(self, keys: Sequence[MessageKey]) -> Mapping[MessageKey, Receipt]:
        """One statement."""
        wanted = {(str(channel), external): (channel, external) for channel, external in keys}
        with guarded():
            lines = await self._driver.fetch(SEEN, _encode(list(wanted)))
        return {wanted[a, b]: Receipt(Outcome(outcome), number) for a, b, outcome, number in lines}

    async def threads(self, references: Sequence[MessageKey]) -> Mapping[MessageKey, str]:
        """One statement."""
        wanted = {
            (str(channel), external): (channel, external) for channel, external in references
        }
        with guarded():
            lines = await self._driver.fetch(THREADS, _encode(list(wanted)))
        return {wanted[channel, external]: number for channel, external, number in lines}

    async def tickets(self, numbers: Sequence[str]) -> Mapping[str, KnownTicket]:
        """One statement."""
        with guarded():
            lines = await self._driver.fetch(GUESTS, list(numbers))
        return {one.number: one for one in tickets_by_address(lines, _as_it_is).get(0, ())}

    async def message_text(self, message_id: int) -> str:
        """One statement."""
        with guarded():
            text = await self._driver.fetchval(
                "SELECT text FROM messages WHERE id = $1", message_id
            )
        if text is None:
            raise NotFound(message_id)
        return str(text)

    async def briefs(self, ticket_ids: Sequence[int]) -> Mapping[int, WorkBrief]:
        """A few statements, asked only where a reply or a command needs them."""
        with guarded():
            return await read_briefs(self._connection, ticket_ids)

    async def earlier(
        self, address_id: int, span: tuple[datetime, datetime], but: int = 0
    ) -> str | None:
        """One statement, asked only where the office links the tickets of a month."""
        with guarded():
            return await read_earlier(self._connection, address_id, span, but)

    async def lay_down(self, filing: Filing) -> None:
        """One statement; a few more where commands changed work or surveys."""
        with guarded():
            rows = rows_of(filing, spell)
            arguments = _arguments(rows)
            if not arguments:
                return
            statement, order = lay_down_statement(frozenset(arguments))
            changed = await self._driver.fetchval(statement, *map(arguments.__getitem__, order))
        if changed != len(rows.changes):
            raise Conflict(STALE)
        if filing.works or filing.surveys:
            with guarded():
                await lay_beside(self._connection, filing)
