"""Keeps the stream of events going on where a backup was restored into another database server.

PostgreSQL's transaction ids belong to the server. In one that is younger they are lower than
those of the events that the backup brought along: what happens from then on would be sorted
before them, and no reader, webhook or anchor would ever see it. So an offset is added to the ids,
and every start looks whether it is still high enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from ticket_store.failures import guarded

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

XMIN: Final = "(pg_snapshot_xmin(pg_current_snapshot())::text::bigint + stream_offset())"
"""Before this ``tx`` no event can appear any more."""

XMAX: Final = "(pg_snapshot_xmax(pg_current_snapshot())::text::bigint + stream_offset())"
"""No event has this ``tx`` yet, or a higher one."""

_BEHIND: Final = text("""
SELECT (SELECT max(tx) FROM events)
  >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint + stream_offset()
""")
_NEEDED: Final = text("""
SELECT max(tx) + 1 - pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM events
""")
_HOLD: Final = text("LOCK TABLE events IN SHARE ROW EXCLUSIVE MODE")


async def keep_order(engine: AsyncEngine) -> bool:
    """Raises the offset where it is too low; whether it was. Raises StoreUnavailable."""
    if engine.dialect.name != "postgresql":
        return False
    with guarded():
        async with engine.begin() as connection:
            if not await _behind(connection):
                return False
            # Nobody writes an event meanwhile; another process that starts finds it done.
            await connection.execute(_HOLD)
            if not await _behind(connection):
                return False
            needed = int((await connection.execute(_NEEDED)).scalar_one())
            await connection.exec_driver_sql(
                "CREATE OR REPLACE FUNCTION stream_offset() RETURNS bigint LANGUAGE sql"
                f" IMMUTABLE AS 'SELECT {needed}::bigint'"
            )
    return True


async def _behind(connection: AsyncConnection) -> bool:
    return bool((await connection.execute(_BEHIND)).scalar())
