"""The intake shelf on SQLite: each question is one hop to the driver's thread (performance.md).

Rows go down as VALUES lists whose lengths are powers of two, so that a group of any size is a few
statements out of a small set that stays prepared. Fewer steps matter twice: after each one the
thread has to get the interpreter's lock back from a busy loop.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from core.errors import Conflict, NotFound
from core.model.messages import Address, Outcome, Receipt
from ticket_store.failures import guarded
from ticket_store.intake_rows import (
    SHEETS,
    STALE,
    Row,
    Rows,
    rows_of,
    sender_of,
    tickets_by_address,
)
from ticket_store.intake_work import lay_beside, read_briefs
from ticket_store.persons import read_earlier
from ticket_store.sqlite_statements import (
    GUESTS,
    KNOWN,
    NEW,
    SEEN,
    THREADS,
    TICKETS,
    TOUCH,
    change_statement,
    end_statement,
    insert_statement,
    remember_statement,
)

if TYPE_CHECKING:
    import sqlite3

    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.model.brief import WorkBrief
    from core.model.filing import Filing
    from core.model.ticket import KnownTicket, Sender
    from core.ports import MessageKey

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode

Step = tuple[str, Sequence[object]]
LONGEST = 64
"""Rows in one VALUES list: 22 columns times 64 is far below SQLite's limit of 32,766 variables."""


@lru_cache(maxsize=1024)  # most instants of a message are one and the same
def spell(at: datetime) -> str:
    """As ``schema.UtcDateTime`` stores it: naive UTC. Raises ValueError for a naive instant."""
    if at.tzinfo is None:
        raise ValueError(at)
    return at.astimezone(UTC).isoformat(" ", "microseconds")[:26]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def chunks(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """The rows in pieces of 64, then of falling powers of two."""
    at, size = 0, LONGEST
    while at < len(rows):
        while size > len(rows) - at:
            size //= 2
        yield rows[at : at + size]
        at += size


def _steps(rows: Sequence[Row], statement: Callable[[int], str]) -> Iterator[Step]:
    for chunk in chunks(rows):
        yield statement(len(chunk)), list(chain.from_iterable(chunk))


def _inserts(rows: Rows) -> Iterator[Step]:
    for sheet in SHEETS:
        lines = rows.inserts.get(sheet.name, ())
        yield from _steps(lines, partial(insert_statement, sheet))
    yield from _steps(rows.senders, remember_statement)
    yield from _steps(rows.endings, end_statement)


def _write(connection: sqlite3.Connection, inserts: list[Step], changes: list[Step]) -> int:
    """Runs in the driver's thread; returns how many tickets were changed."""
    for statement, values in inserts:
        connection.execute(statement, values)
    # rowcount stays -1 for an UPDATE that begins with WITH.
    before = connection.total_changes
    for statement, values in changes:
        connection.execute(statement, values)
    return connection.total_changes - before


def _greet(
    connection: sqlite3.Connection, wanted: str, named: str, ended: str, young: str
) -> tuple[list[Any], list[Any]]:
    """Runs in the driver's thread: known and new addresses, then the tickets of the known."""
    lines = connection.execute(KNOWN, (wanted,)).fetchall()
    known = {(line[0], line[1]) for line in lines}
    missing = [pair for pair in json.loads(wanted) if tuple(pair) not in known]
    found: list[Any] = []
    if lines:
        ids = _encode([line[2] for line in lines])
        connection.execute(TOUCH, (ids,))
        found = connection.execute(TICKETS, (ids, ended, young, named)).fetchall()
    if missing:
        lines += connection.execute(NEW, (_encode(missing),)).fetchall()
    return lines, found


def _rows(connection: sqlite3.Connection, statement: str, value: object) -> list[Any]:
    return connection.execute(statement, (value,)).fetchall()


class SqliteIntake:
    """``core.ports.IntakeShelf`` within one unit of work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def _hop(self, work: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401 - whatever the work returns
        """Runs work in the driver's thread, inside the transaction that the desk began."""
        sync = self._connection.sync_connection
        driver: Any = sync.connection.driver_connection if sync else None
        # aiosqlite has no public way to run more than one statement in one hop; its version is
        # pinned below the next minor one, and the contract tests would fail at once.
        with guarded():
            return await driver._execute(work, driver._conn, *arguments)  # noqa: SLF001 - as said above

    async def senders(
        self,
        addresses: Sequence[Address],
        named: Sequence[str],
        ended_after: datetime,
        young_after: datetime,
    ) -> Mapping[Address, Sender]:
        """One hop."""
        if not addresses:
            return {}
        wanted = {(a.kind.value, a.value): a for a in addresses}
        lines, found = await self._hop(
            *(_greet, _encode(list(wanted)), _encode(list(named))),
            *(spell(ended_after), spell(young_after)),
        )
        tickets = tickets_by_address(found, _moment)
        return {
            (address := wanted[line[0], line[1]]): sender_of(
                address, line[2:], tickets.get(line[2], ())
            )
            for line in lines
        }

    async def seen(self, keys: Sequence[MessageKey]) -> Mapping[MessageKey, Receipt]:
        """One hop."""
        wanted = {(str(channel), external): (channel, external) for channel, external in keys}
        lines = await self._hop(_rows, SEEN, _encode(list(wanted)))
        return {wanted[a, b]: Receipt(Outcome(outcome), number) for a, b, outcome, number in lines}

    async def threads(self, references: Sequence[MessageKey]) -> Mapping[MessageKey, str]:
        """One hop."""
        wanted = {
            (str(channel), external): (channel, external) for channel, external in references
        }
        lines = await self._hop(_rows, THREADS, _encode(list(wanted)))
        return {wanted[channel, external]: number for channel, external, number in lines}

    async def tickets(self, numbers: Sequence[str]) -> Mapping[str, KnownTicket]:
        """One hop."""
        lines = await self._hop(_rows, GUESTS, _encode(list(numbers)))
        return {one.number: one for one in tickets_by_address(lines, _moment).get(0, ())}

    async def message_text(self, message_id: int) -> str:
        """One hop."""
        lines = await self._hop(_rows, "SELECT text FROM messages WHERE id = ?", message_id)
        if not lines:
            raise NotFound(message_id)
        return str(lines[0][0])

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
        """One hop; a few more where commands changed work or surveys."""
        rows = rows_of(filing, spell)
        inserts = list(_inserts(rows))
        changes = list(_steps(rows.changes, change_statement))
        if not inserts and not changes:
            return
        changed = await self._hop(_write, inserts, changes)
        if changed != len(rows.changes):
            raise Conflict(STALE)
        if filing.works or filing.surveys:
            with guarded():
                await lay_beside(self._connection, filing)
