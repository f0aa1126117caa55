"""The two engines: how connections are made, what they promise, what is refused at start.

A store has two engines. ``writing`` serves units of work: on SQLite it has exactly one connection
(the pool is the fair queue of our own tasks), on PostgreSQL its statements are all look-ups by
key. ``reading`` serves pages and never waits behind the writer.
"""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, NullPool, PoolResetState

from ticket_store.failures import StoreRefused, guarded
from ticket_store.lock_file import READABLE_BY_GROUP, LockFile

BUSY_SECONDS = 5
"""How long anything waits for a lock or a connection before the store counts as away."""

STATEMENT_SECONDS = 20
READERS = 4
OLDEST_SQLITE = (3, 35, 0)  # RETURNING

NO_URL = "store.url is not a database URL"
NO_FILE = "store.url: a SQLite store needs a file, memory is not durable"

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "wal_autocheckpoint=4000",
    f"busy_timeout={BUSY_SECONDS * 1000}",
)
_POSTGRESQL_SETTINGS = {
    "application_name": "helpdesk",
    "timezone": "UTC",
    "jit": "off",
    "lock_timeout": f"{BUSY_SECONDS}s",
    "statement_timeout": f"{STATEMENT_SECONDS}s",
    "idle_in_transaction_session_timeout": "60s",
}
# A prepared statement keeps the plan of the day it was made: on an empty table that is a scan, and
# it stays one until the next autoanalyze, some 10,000 messages later. A unit of work only ever
# looks rows up by key, so it never wants anything but index and nested loop.
_BY_KEY_ONLY = {"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off"}

_READ_ONLY = {"default_transaction_read_only": "on"}


@dataclass(slots=True)
class Engines:
    """Both engines of one store, and on SQLite the lock that makes us its only process."""

    writing: AsyncEngine
    reading: AsyncEngine
    lock: LockFile | None = None

    async def dispose(self) -> None:
        """Closes all connections, then lets go of the file. Idempotent."""
        await self.writing.dispose()
        await self.reading.dispose()
        if self.lock is not None:
            self.lock.release()


def read_url(text: str) -> URL:
    """The URL with the driver we use. Raises StoreRefused for any other database."""
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise StoreRefused(NO_URL) from error
    if url.drivername in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+asyncpg")
    if url.drivername == "sqlite":
        url = url.set(drivername="sqlite+aiosqlite")
    if url.drivername not in ("postgresql+asyncpg", "sqlite+aiosqlite"):
        sentence = (
            f"store.url: {url.drivername} is neither sqlite+aiosqlite nor postgresql+asyncpg"
        )
        raise StoreRefused(sentence)
    return url


def on_sqlite(url: URL) -> bool:
    """Which of the two."""
    return url.get_backend_name() == "sqlite"


def make_engines(url: URL, pool: int) -> Engines:
    """Engines for this URL; no connection is made yet.

    Args:
        url: as from :func:`read_url`.
        pool: connections for units of work on PostgreSQL; more than 16 lose (performance.md).

    Raises:
        StoreRefused: the SQLite file is held by another process or cannot be durable.
        StoreUnavailable: it cannot be made.
    """
    if on_sqlite(url):
        return _sqlite_engines(url)
    writing = _postgresql_engine(url, pool, _POSTGRESQL_SETTINGS | _BY_KEY_ONLY)
    event.listen(writing.sync_engine, "begin", _begin_at_once)
    return Engines(writing, _postgresql_engine(url, READERS, _POSTGRESQL_SETTINGS))


def _sqlite_engines(url: URL) -> Engines:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        sentence = f"SQLite {sqlite3.sqlite_version} is too old: 3.35 or newer is needed"
        raise StoreRefused(sentence)
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise StoreRefused(NO_FILE)
    path = Path(url.database)
    with guarded():
        make_folder(path.parent)
        lock = LockFile(path)
        # SQLite gives its -wal and -shm the rights of the file, so making it first is enough.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, READABLE_BY_GROUP))
    return Engines(_sqlite_engine(url, 1), _sqlite_engine(url, READERS, read_only=True), lock)


def reading_engine(url: URL) -> AsyncEngine:
    """One connection that can only read, without the lock: beside a running process."""
    if on_sqlite(url):
        return _sqlite_engine(url, 1, read_only=True)
    return _postgresql_engine(url, 1, {**_POSTGRESQL_SETTINGS, **_READ_ONLY})


def make_folder(path: Path) -> None:
    """With its parents, closed to others."""
    path.mkdir(mode=0o750, parents=True, exist_ok=True)


def _sqlite_engine(url: URL, size: int, *, read_only: bool = False) -> AsyncEngine:
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        pool_reset_on_return=None,
        connect_args={"cached_statements": 256},
        execution_options={"read_only": read_only},
    )
    pragmas = (*_PRAGMAS, "query_only=ON") if read_only else _PRAGMAS

    def on_connect(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's adapter
        connection.isolation_level = None  # the driver must not begin by itself
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    # A plain BEGIN that reads and then writes fails at once with SQLITE_BUSY_SNAPSHOT.
    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"

    def on_begin(connection: Connection) -> None:
        # One hop to the driver's thread; through a cursor of SQLAlchemy's it would be three.
        adapter: Any = connection.connection.dbapi_connection
        adapter.run_async(lambda driver: driver.execute(begin))

    event.listen(engine.sync_engine, "connect", on_connect)
    event.listen(engine.sync_engine, "begin", on_begin)
    event.listen(engine.sync_engine, "reset", _end_what_is_open)
    return engine


def _end_what_is_open(adapter: Any, _record: object, state: PoolResetState) -> None:  # noqa: ANN401 - untyped
    """A COMMIT that failed leaves its transaction open; otherwise there is nothing to hop for."""
    if state.asyncio_safe and adapter.driver_connection.in_transaction:
        adapter.rollback()


def _postgresql_engine(url: URL, size: int, settings: dict[str, str]) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=size,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        connect_args={
            "server_settings": settings,
            "timeout": BUSY_SECONDS,
            "command_timeout": STATEMENT_SECONDS + BUSY_SECONDS,
        },
    )
    event.listen(engine.sync_engine, "checkout", _refuse_dead)
    return engine


def patient_engine(engine: AsyncEngine) -> AsyncEngine:
    """For one long piece of work on the same database: no time-outs. It keeps no connection."""
    if engine.dialect.name == "sqlite":
        return engine
    return create_async_engine(engine.url, poolclass=NullPool)


def _refuse_dead(adapter: Any, _record: object, _proxy: object) -> None:  # noqa: ANN401 - untyped
    """After a restart of the server all idle connections know that they are dead: start afresh."""
    if adapter.driver_connection.is_closed():
        raise InvalidatePoolError


def _begin_at_once(connection: Connection) -> None:
    """Begins before the first statement, so that shelves may speak to the driver directly.

    SQLAlchemy would begin with the first statement that goes through it, which costs as much
    again as the statement. Its version is pinned below the next minor one.
    """
    adapter: Any = connection.connection.dbapi_connection
    adapter.run_async(lambda _: adapter._start_transaction())  # noqa: SLF001 - see above


async def refuse_unless_durable(engine: AsyncEngine) -> None:
    """Reads the settings back.

    Raises:
        StoreRefused: a commit of this database would not survive a power cut.
        StoreUnavailable: the database cannot be asked.
    """
    if engine.dialect.name == "sqlite":
        wanted = {"journal_mode": ("wal",), "synchronous": (2, 3), "foreign_keys": (1,)}
        question = "PRAGMA {}"
    else:
        wanted = {
            "fsync": ("on",),
            "synchronous_commit": ("on", "local", "remote_write", "remote_apply"),
            "server_encoding": ("UTF8",),
        }
        question = "SHOW {}"
    with guarded():
        async with engine.connect() as connection:
            for name, good in wanted.items():
                answer = await connection.exec_driver_sql(question.format(name))
                value = answer.scalar_one()
                if value not in good:
                    sentence = f"the database has {name} = {value}; it must be {good[0]}"
                    raise StoreRefused(sentence)
