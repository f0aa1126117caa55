"""What goes wrong in a database, in the words of ``core.errors``: the only place that knows.

* the store is away, full, locked or slow → ``StoreUnavailable``: the sender keeps the message;
* this row cannot be kept by any database (NUL, lone surrogate) → ``MalformedMessage``;
* somebody else was faster → ``Conflict``;
* anything else is a bug of ours and passes unchanged.
"""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import asyncpg
from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_adapter
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.errors import Conflict, GatewayError, MalformedMessage, StoreUnavailable

if TYPE_CHECKING:
    from types import TracebackType

UNKEEPABLE = "Pesan memuat karakter yang tidak dapat disimpan."
"""Told to a sender whose text no database takes."""

# Two letters name a class, five one error (PostgreSQL manual, appendix A).
_AWAY_STATES = (
    "08",  # connection
    "25006",  # the server became a read-only standby
    "25P03",  # idle in transaction for too long
    "28",  # the server does not let us in (any more)
    "3D000",  # the database is not there
    "40",  # serialization failure, deadlock: the group may simply be tried again
    "53",  # disk full, out of memory, too many connections
    "55P03",  # lock not available within lock_timeout
    "57",  # cancelled by a time-out, shut down, crashed, starting up
    "58",  # input/output error
    "XX",  # corrupted
)
_UNKEEPABLE_STATES = ("22", "54")
_UNIQUE_STATE = "23505"

# Primary codes: BUSY LOCKED NOMEM READONLY INTERRUPT IOERR CORRUPT FULL CANTOPEN PROTOCOL NOTADB.
_AWAY_CODES = frozenset({5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 26})
_UNIQUE_CODES = frozenset({sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY})
_CLOSED = ("Connection closed", "no active connection")
"""aiosqlite says it with a bare ValueError."""

_UNKEEPABLE = (asyncpg.exceptions.DataError, UnicodeEncodeError, OverflowError)
_AWAY = (
    OSError,
    TimeoutError,
    PoolTimeout,
    asyncpg.InternalClientError,
    asyncpg.InterfaceError,
)


class StoreRefused(GatewayError):  # noqa: N818 - a decision at start, as RequestRejected
    """The store must not be used as it is; the sentence says what to change."""


def translated(error: BaseException) -> GatewayError | None:
    """The error in our words; None when it is not the database's."""
    if isinstance(error, GatewayError):
        return None
    if isinstance(error, DBAPIError):
        return _by_driver(_root(error)) or (_away(error) if error.connection_invalidated else None)
    if isinstance(error, asyncpg_adapter.AsyncAdapt_asyncpg_dbapi.Error):
        return _by_driver(error.__cause__ or error)
    return _by_driver(error)


def _root(error: DBAPIError) -> BaseException:
    """The driver's own error inside SQLAlchemy's (and inside its asyncpg adapter's)."""
    inner: BaseException = error.orig or error
    if isinstance(inner, (sqlite3.Error, asyncpg.PostgresError)):
        return inner
    return inner.__cause__ or inner


def _by_driver(error: BaseException) -> GatewayError | None:
    if isinstance(error, asyncpg.PostgresError):
        return _by_state(error)
    if isinstance(error, sqlite3.Error):
        return _by_code(error)
    # asyncpg.DataError is an InterfaceError and a ValueError: it comes before both.
    if isinstance(error, _UNKEEPABLE):
        return MalformedMessage(UNKEEPABLE)
    closed = isinstance(error, ValueError) and str(error) in _CLOSED
    return _away(error) if closed or isinstance(error, _AWAY) else None


def _by_state(error: asyncpg.PostgresError) -> GatewayError | None:
    state: str = error.sqlstate or "08"
    if state == _UNIQUE_STATE:
        return Conflict("another writer was faster")
    if state.startswith(_AWAY_STATES):
        return _away(error)
    if state.startswith(_UNKEEPABLE_STATES):
        return MalformedMessage(UNKEEPABLE)
    return None


def _by_code(error: sqlite3.Error) -> GatewayError | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        closed = isinstance(error, sqlite3.ProgrammingError) and "closed" in str(error)
        return _away(error) if closed else None
    if code in _UNIQUE_CODES:
        return Conflict("another writer was faster")
    if code & 0xFF in _AWAY_CODES:
        return _away(error)
    return MalformedMessage(UNKEEPABLE) if code & 0xFF == sqlite3.SQLITE_TOOBIG else None


def _away(error: BaseException) -> StoreUnavailable:
    """Only the kind of the fault: a database's message may quote the citizen's text."""
    return StoreUnavailable(f"the store is not available ({type(error).__name__})")


class guarded(AbstractContextManager[None]):  # noqa: N801 - reads as a verb: ``with guarded():``
    """Raises database errors inside it in the words of ``core.errors``."""

    __slots__ = ()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Translates; ours and bugs pass unchanged."""
        if error is None:
            return
        ours = translated(error)
        if ours is not None:
            raise ours from error
