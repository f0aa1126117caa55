"""Every driver's error has one meaning in the words of the core."""

from __future__ import annotations

import sqlite3

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.errors import Conflict, GatewayError, MalformedMessage, NotFound, StoreUnavailable
from ticket_store.failures import guarded, translated


def sqlite_error(kind: type[sqlite3.Error], code: int) -> sqlite3.Error:
    error = kind("any text")
    error.sqlite_errorcode = code
    return error


AWAY = [
    asyncpg.ConnectionDoesNotExistError("x"),
    asyncpg.CannotConnectNowError("x"),
    asyncpg.AdminShutdownError("x"),
    asyncpg.CrashShutdownError("x"),
    asyncpg.TooManyConnectionsError("x"),
    asyncpg.DiskFullError("x"),
    asyncpg.OutOfMemoryError("x"),
    asyncpg.LockNotAvailableError("x"),
    asyncpg.QueryCanceledError("x"),
    asyncpg.DeadlockDetectedError("x"),
    asyncpg.SerializationError("x"),
    asyncpg.ReadOnlySQLTransactionError("x"),
    asyncpg.InvalidPasswordError("x"),
    asyncpg.InvalidCatalogNameError("x"),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.InternalClientError("got result for unknown protocol state"),
    ConnectionResetError(),
    ConnectionRefusedError(),
    OSError(28, "No space left on device"),
    TimeoutError(),
    PoolTimeout("QueuePool limit reached"),
    ValueError("no active connection"),
    ValueError("Connection closed"),
    sqlite3.ProgrammingError("Cannot operate on a closed database."),
    sqlite_error(sqlite3.OperationalError, sqlite3.SQLITE_BUSY),
    sqlite_error(sqlite3.OperationalError, sqlite3.SQLITE_BUSY_SNAPSHOT),
    sqlite_error(sqlite3.OperationalError, sqlite3.SQLITE_FULL),
    sqlite_error(sqlite3.OperationalError, sqlite3.SQLITE_IOERR_FSYNC),
    sqlite_error(sqlite3.OperationalError, sqlite3.SQLITE_READONLY),
    sqlite_error(sqlite3.OperationalError, sqlite3.SQLITE_CANTOPEN),
    sqlite_error(sqlite3.DatabaseError, sqlite3.SQLITE_CORRUPT),
    sqlite_error(sqlite3.DatabaseError, sqlite3.SQLITE_NOTADB),
]
CONFLICTS = [
    asyncpg.UniqueViolationError("x"),
    sqlite_error(sqlite3.IntegrityError, sqlite3.SQLITE_CONSTRAINT_UNIQUE),
    sqlite_error(sqlite3.IntegrityError, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY),
]
UNKEEPABLE = [
    asyncpg.CharacterNotInRepertoireError("invalid byte sequence"),
    asyncpg.UntranslatableCharacterError("\\u0000 cannot be converted to text"),
    asyncpg.ProgramLimitExceededError("too large"),
    asyncpg.exceptions.DataError("invalid input for query argument"),
    UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
    OverflowError("Python int too large to convert to SQLite INTEGER"),
    sqlite_error(sqlite3.DataError, sqlite3.SQLITE_TOOBIG),
]
QUOTING = "could not write HELPDESK saya sakit"
BUGS = [
    asyncpg.PostgresSyntaxError("x"),
    asyncpg.UndefinedTableError("x"),
    asyncpg.ForeignKeyViolationError("x"),
    asyncpg.RestrictViolationError("events are append-only"),
    sqlite_error(sqlite3.OperationalError, sqlite3.SQLITE_ERROR),
    sqlite_error(sqlite3.IntegrityError, sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY),
    sqlite3.ProgrammingError("Incorrect number of bindings supplied"),
    ValueError("anything else"),
    KeyError("x"),
]
MEANINGS = [
    *((error, StoreUnavailable) for error in AWAY),
    *((error, Conflict) for error in CONFLICTS),
    *((error, MalformedMessage) for error in UNKEEPABLE),
]


def name(value: object) -> str:
    return value.__name__ if isinstance(value, type) else repr(value)


@pytest.mark.parametrize(("error", "meaning"), MEANINGS, ids=name)
def test_a_drivers_error(error: Exception, meaning: type[GatewayError]) -> None:
    assert type(translated(error)) is meaning


@pytest.mark.parametrize(("error", "meaning"), MEANINGS, ids=name)
def test_the_same_inside_sqlalchemys(error: Exception, meaning: type[GatewayError]) -> None:
    adapted = DBAPIError("statement", None, error)
    assert type(translated(adapted)) is meaning


@pytest.mark.parametrize("error", BUGS, ids=name)
def test_a_bug_stays_a_bug(error: Exception) -> None:
    assert translated(error) is None
    with pytest.raises(type(error)), guarded():
        raise error


def test_the_cause_inside_the_adapter_counts() -> None:
    adapted = Exception("adapter")
    adapted.__cause__ = asyncpg.DiskFullError("x")
    assert isinstance(translated(DBAPIError("s", None, adapted)), StoreUnavailable)


def test_a_lost_connection_of_any_kind() -> None:
    lost = InterfaceError("s", None, Exception("odd"), connection_invalidated=True)
    assert isinstance(translated(lost), StoreUnavailable)


def test_our_own_errors_pass() -> None:
    with pytest.raises(NotFound) as raised, guarded():
        raise NotFound
    assert raised.value.__cause__ is None


def test_the_drivers_words_are_not_repeated() -> None:
    """They may quote a citizen's text; the cause is kept for the log."""
    with pytest.raises(StoreUnavailable) as raised, guarded():
        raise asyncpg.DiskFullError(QUOTING)
    assert "sakit" not in str(raised.value)
    assert isinstance(raised.value.__cause__, asyncpg.DiskFullError)
