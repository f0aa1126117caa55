"""Gammu's tables, schema 15 to 18, in SQLite or PostgreSQL (docs/adr/0008-gammu-tables.md).

They are a provider's wire format, so this module alone outside the cellar may load a database
driver.
"""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import quote, unquote, urlsplit

from channels.gammu import statements
from channels.gammu.errors import AWAY, MISFIT, REFUSED
from channels.gammu.rows import InboxRow, PhoneRow, SentRow
from core.errors import SendError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    import asyncpg

    from channels.gammu.parts import OutgoingPart
    from channels.gammu.settings import GammuSettings
    from core.errors import SendProblem

T = TypeVar("T")

_REFUSING_SQLITE = frozenset({
    sqlite3.SQLITE_ERROR, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_AUTH,
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT,
})  # fmt: skip
_PRIMARY_CODE = 0xFF
# SQLSTATE classes: invalid authorisation, no such database, no such table or no right to it
_REFUSING_POSTGRESQL = ("28", "3D", "42")
_VALUE_POSTGRESQL = ("22", "23")


class Transaction(Protocol):
    """Statements that count together."""

    async def rows(self, statement: str, *values: object) -> Sequence[Sequence[Any]]:
        """Runs one statement with bound values."""
        ...


class Engine(Protocol):
    """A database that holds the tables."""

    name: str

    def flag(self, holds: bool) -> object:  # noqa: FBT001 - a value for a column
        """A truth value as the columns of this engine hold it."""
        ...

    def time(self, text: str) -> datetime:
        """Raises ValueError."""
        ...

    def transaction(self, *, write: bool = False) -> AbstractAsyncContextManager[Transaction]:
        """Committed at the end, rolled back on any exception. Raises SendError."""
        ...

    async def close(self) -> None:
        """Idempotent."""
        ...


class Tables:
    """What the door asks of Gammu's tables. Everything raises SendError."""

    def __init__(self, settings: GammuSettings) -> None:
        opened = Sqlite if urlsplit(settings.url).scheme == "sqlite" else Postgresql
        self._engine: Engine = opened(settings)
        self._phone = settings.phone_id or ""

    async def waiting(self, limit: int) -> Sequence[InboxRow]:
        """What nobody has processed yet, oldest first."""
        flag = self._engine.flag(False)  # noqa: FBT003 - the column is called Processed
        async with self._engine.transaction() as transaction:
            found = await transaction.rows(statements.WAITING, flag, self._phone, limit)
        return [self._inbox_row(row) for row in found]

    def _inbox_row(self, row: Sequence[Any]) -> InboxRow:
        identity, sender, coding, coded, decoded, udh, kind, phone, stamp = row
        at: datetime | None = None
        with suppress(ValueError, OverflowError):
            at = self._engine.time(str(stamp))
        return InboxRow(
            int(identity), sender, coding, coded, decoded, udh or "", int(kind), phone or "", at
        )

    async def mark(self, ids: Sequence[int]) -> None:
        """These are on our disk now."""
        flag = self._engine.flag(True)  # noqa: FBT003 - as above
        async with self._engine.transaction(write=True) as transaction:
            for one in ids:
                await transaction.rows(statements.MARK, flag, one)

    async def put(
        self, creator: str, number: str, parts: Sequence[OutgoingPart], *, report: bool
    ) -> None:
        """Lays a text down for sending, all parts or none."""
        first, *further = parts
        flag = self._engine.flag(bool(further))
        wish = "yes" if report else "no"
        async with self._engine.transaction(write=True) as transaction:
            ((new_id,),) = await transaction.rows(
                statements.PUT_FIRST, creator, self._phone, number, wish, flag,
                first.coded, first.text, first.coding, first.udh or None,
            )  # fmt: skip
            for position, part in enumerate(further, 2):
                await transaction.rows(
                    statements.PUT_FURTHER,
                    new_id,
                    position,
                    part.coded,
                    part.text,
                    part.coding,
                    part.udh,
                )

    async def standing(self, creator: str) -> tuple[bool, Sequence[SentRow]]:
        """Whether a text of this mark waits to be sent, and what was done with such."""
        async with self._engine.transaction() as transaction:
            waits = await transaction.rows(statements.IN_OUTBOX, creator)
            found = await transaction.rows(statements.OF_CREATOR, creator)
        return bool(waits), [_sent_row(row) for row in found]

    async def sent_since(self, least: int, prefix: str) -> Sequence[SentRow]:
        """Parts of texts whose mark begins so, from this id on."""
        async with self._engine.transaction() as transaction:
            found = await transaction.rows(statements.SENT_SINCE, least, f"{prefix}%")
        return [_sent_row(row) for row in found]

    async def highest_sent(self) -> int:
        """The last id among the texts dealt with; 0: none."""
        async with self._engine.transaction() as transaction:
            ((found,),) = await transaction.rows(statements.HIGHEST)
        return int(found)

    async def phones(self) -> Sequence[PhoneRow]:
        """The daemons that have ever written here."""
        async with self._engine.transaction() as transaction:
            found = await transaction.rows(statements.PHONES[self._engine.name], self._phone)
        return [PhoneRow(row[0], float(row[1] or 0), int(row[2])) for row in found]

    async def version(self) -> int:
        """Of the schema; 0: not told."""
        async with self._engine.transaction() as transaction:
            found = await transaction.rows(statements.VERSION)
        return int(found[0][0]) if found else 0

    async def close(self) -> None:
        """Idempotent."""
        await self._engine.close()


def _sent_row(row: Sequence[Any]) -> SentRow:
    identity, position, status, error, udh, creator = row
    return SentRow(int(identity), int(position), str(status), int(error), udh or "", creator)


class Sqlite:
    """The daemon's own file, in a thread of its own: one connection, one statement at a time."""

    name = "sqlite"

    def __init__(self, settings: GammuSettings) -> None:
        self._path = unquote(urlsplit(settings.url).path.removeprefix("/"))
        self._seconds = settings.timeout
        self._thread: ThreadPoolExecutor | None = None
        self._connection: sqlite3.Connection | None = None
        self._alone = asyncio.Lock()

    def flag(self, holds: bool) -> object:  # noqa: D102, FBT001 - as the contract says
        return "true" if holds else "false"

    def time(self, text: str) -> datetime:
        """The daemon writes its machine's local time, which is ours."""
        return datetime.fromisoformat(text).astimezone(UTC)

    @asynccontextmanager
    async def transaction(self, *, write: bool = False) -> AsyncIterator[Transaction]:
        """To write, the lock is taken at once, as soon as the daemon leaves it free."""
        async with self._alone:
            try:
                async with asyncio.timeout(self._seconds):
                    await self.rows("BEGIN IMMEDIATE" if write else "BEGIN")
                    try:
                        yield self
                        await self.rows("COMMIT")
                    except BaseException:
                        # the thread works in order: this comes after whatever it is still doing
                        await asyncio.shield(self._in_thread(self._roll_back))
                        raise
            except sqlite3.Error as error:
                await self._in_thread(self._hang_up)  # the file may have been put in anew
                raise SendError(_sqlite_problem(error)) from error
            except TimeoutError as error:
                raise SendError(AWAY) from error

    async def rows(self, statement: str, *values: object) -> Sequence[Sequence[Any]]:
        """In the thread, whatever it takes."""
        bound = {str(number): one for number, one in enumerate(values, 1)}
        return await self._in_thread(lambda: self._open().execute(statement, bound).fetchall())

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="gammu")
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            # mode=rw: a file that is not there is a mistake in the settings, not a new database
            uri = f"file:{quote(self._path)}?mode=rw"
            self._connection = sqlite3.connect(
                uri, uri=True, timeout=self._seconds / 2, isolation_level=None
            )
            self._connection.execute("PRAGMA synchronous = FULL")
        return self._connection

    def _roll_back(self) -> None:
        if self._connection is not None and self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def close(self) -> None:
        """Idempotent."""
        thread = self._thread
        if thread is not None:
            await self._in_thread(self._hang_up)
            self._thread = None
            thread.shutdown(wait=False)


class Postgresql:
    """A server; the pool opens at the first use and mends itself."""

    name = "postgresql"

    def __init__(self, settings: GammuSettings) -> None:
        self._url, self._password = settings.url, settings.password
        self._seconds = settings.timeout
        self._pool: asyncpg.Pool | None = None

    def flag(self, holds: bool) -> object:  # noqa: D102, FBT001 - as the contract says
        return holds

    def time(self, text: str) -> datetime:
        """The daemon writes UTC, although the column knows no zone."""
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    @asynccontextmanager
    async def transaction(self, *, write: bool = False) -> AsyncIterator[Transaction]:  # noqa: ARG002 - the contract's
        """On a connection of the pool."""
        # only where an office keeps Gammu's tables in PostgreSQL is its driver loaded for it
        import asyncpg  # noqa: PLC0415 - only a house that keeps it in PostgreSQL

        try:
            async with asyncio.timeout(self._seconds):
                if self._pool is None:
                    self._pool = await asyncpg.create_pool(
                        self._url, password=self._password, min_size=0, max_size=4
                    )
                async with self._pool.acquire() as connection, connection.transaction():
                    yield _OnConnection(connection)
        except asyncpg.PostgresError as error:
            raise SendError(_postgresql_problem(str(error.sqlstate))) from error
        except (asyncpg.InterfaceError, OSError, TimeoutError) as error:
            raise SendError(AWAY) from error

    async def close(self) -> None:
        """Idempotent."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.terminate()


class _OnConnection:
    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - asyncpg has no types
        self._connection = connection

    async def rows(self, statement: str, *values: object) -> Sequence[Sequence[Any]]:
        found = await self._connection.fetch(statement, *values)
        return [tuple(row) for row in found]


def _sqlite_problem(error: sqlite3.Error) -> SendProblem:
    if isinstance(error, sqlite3.IntegrityError | sqlite3.DataError):
        return MISFIT
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY_CODE
    return REFUSED if code in _REFUSING_SQLITE else AWAY


def _postgresql_problem(state: str) -> SendProblem:
    if state.startswith(_REFUSING_POSTGRESQL):
        return REFUSED
    return MISFIT if state.startswith(_VALUE_POSTGRESQL) else AWAY
