"""What goes wrong at PostgreSQL; imported with the first error of its driver (failures.py)."""

from __future__ import annotations

import asyncpg

from ticket_store.failures import Fault

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


def fault_of(error: BaseException) -> Fault | None:
    """What the error of the driver means; None: a bug of ours."""
    if isinstance(error, asyncpg.PostgresError):
        return _by_state(error.sqlstate or "08")
    # asyncpg.DataError is an InterfaceError and a ValueError: it comes first.
    if isinstance(error, asyncpg.exceptions.DataError):
        return Fault.UNKEEPABLE
    away = isinstance(error, (asyncpg.InternalClientError, asyncpg.InterfaceError))
    return Fault.AWAY if away else None


def _by_state(state: str) -> Fault | None:
    if state == _UNIQUE_STATE:
        return Fault.TAKEN
    if state.startswith(_AWAY_STATES):
        return Fault.AWAY
    return Fault.UNKEEPABLE if state.startswith(_UNKEEPABLE_STATES) else None
