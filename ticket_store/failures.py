"""What goes wrong in a database, in the words of ``core.errors``: the only place that knows.

* the store is away, full, locked or slow → ``StoreUnavailable``: the sender keeps the message;
* this row cannot be kept by any database (NUL, lone surrogate) → ``MalformedMessage``;
* somebody else was faster → ``Conflict``;
* anything else is a bug of ours and passes unchanged.
"""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from enum import Enum
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.errors import Conflict, GatewayError, MalformedMessage, StoreUnavailable
from core.model.sentences import said

if TYPE_CHECKING:
    from types import TracebackType

UNKEEPABLE = said("Pesan memuat karakter yang tidak dapat disimpan.")
"""Told to a sender whose text no database takes."""

# Primary codes: BUSY LOCKED NOMEM READONLY INTERRUPT IOERR CORRUPT FULL CANTOPEN PROTOCOL NOTADB.
_AWAY_CODES = frozenset({5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 26})
_UNIQUE_CODES = frozenset({sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY})
_CLOSED = ("Connection closed", "no active connection")
"""aiosqlite says it with a bare ValueError."""

_POSTGRESQL = ("asyncpg", "sqlalchemy.dialects.postgresql")
"""Modules whose errors only a process that uses PostgreSQL ever sees."""


class StoreRefused(GatewayError):  # noqa: N818 - a decision at start, as RequestRejected
    """The store must not be used as it is; the sentence says what to change."""


class Fault(Enum):
    """What an error of a driver means."""

    AWAY = "away"
    UNKEEPABLE = "unkeepable"
    TAKEN = "taken"


def translated(error: BaseException) -> GatewayError | None:
    """The error in our words; None when it is not the database's."""
    if isinstance(error, GatewayError):
        return None
    if isinstance(error, DBAPIError):
        told = _with_cause(error.orig or error)
        return told or (_away(error) if error.connection_invalidated else None)
    return _with_cause(error) if _of_postgresql(error) else _told(error)


def _with_cause(error: BaseException) -> GatewayError | None:
    """SQLAlchemy's adapter of asyncpg raises errors of its own, from those of the driver."""
    return _told(error) or (_told(error.__cause__) if error.__cause__ else None)


def _of_postgresql(error: BaseException) -> bool:
    return any(kind.__module__.startswith(_POSTGRESQL) for kind in type(error).__mro__)


def _told(error: BaseException) -> GatewayError | None:
    fault = _fault_of(error)
    if fault is Fault.TAKEN:
        return Conflict("another writer was faster")
    if fault is Fault.UNKEEPABLE:
        return MalformedMessage(UNKEEPABLE)
    return _away(error) if fault else None


def _fault_of(error: BaseException) -> Fault | None:
    if _of_postgresql(error):
        from ticket_store.postgresql_failures import fault_of  # noqa: PLC0415 - loads the driver

        return fault_of(error)
    if isinstance(error, sqlite3.Error):
        return _by_code(error)
    if isinstance(error, (UnicodeEncodeError, OverflowError)):
        return Fault.UNKEEPABLE
    closed = isinstance(error, ValueError) and str(error) in _CLOSED
    away = closed or isinstance(error, (OSError, TimeoutError, PoolTimeout))
    return Fault.AWAY if away else None


def _by_code(error: sqlite3.Error) -> Fault | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        closed = isinstance(error, sqlite3.ProgrammingError) and "closed" in str(error)
        return Fault.AWAY if closed else None
    if code in _UNIQUE_CODES:
        return Fault.TAKEN
    if code & 0xFF in _AWAY_CODES:
        return Fault.AWAY
    return Fault.UNKEEPABLE if code & 0xFF == sqlite3.SQLITE_TOOBIG else None


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
