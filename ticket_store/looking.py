"""Looks into a store without being its process: for commands beside a running gateway.

SQLite's readers never wait for the writer nor hold it up (WAL), and this connection can write
nothing; so the lock that makes a gateway the only process of its file is not asked for.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ticket_store.audit import StoredAudits
from ticket_store.desk import SqlDesk
from ticket_store.engine import on_sqlite, read_url, reading_engine
from ticket_store.failures import StoreRefused, guarded
from ticket_store.migrate import pending
from ticket_store.policies import StoredPolicies

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy import URL
    from sqlalchemy.ext.asyncio import AsyncEngine

    from core.ports import Desk
    from core.ports.audit import Audits
    from core.ports.policies import PolicyReads


@asynccontextmanager
async def looking(url: str) -> AsyncIterator[Desk]:
    """The shelves as they are at one moment; whatever would write fails.

    Raises:
        StoreRefused: there is no such store.
        StoreUnavailable: it cannot be reached now, or its tables are not made yet.
    """
    async with _engine(url) as engine:
        with guarded():
            async with engine.connect() as connection:
                yield SqlDesk(connection, Path())


@asynccontextmanager
async def auditing(url: str) -> AsyncIterator[Audits]:
    """The whole history, to be checked. Raises as :func:`looking`."""
    async with _engine(url) as engine:
        if steps := await pending(engine):
            sentence = f"{len(steps)} steps to go before its tables are those of this version"
            raise StoreRefused(sentence)
        yield StoredAudits(engine)


@asynccontextmanager
async def promising(url: str) -> AsyncIterator[PolicyReads]:
    """Versions of the policy of promises. Raises as :func:`looking`."""
    async with _engine(url) as engine:
        yield StoredPolicies(engine)


@asynccontextmanager
async def _engine(url: str) -> AsyncIterator[AsyncEngine]:
    place = read_url(url)
    _require_file(place)
    engine = reading_engine(place)
    try:
        yield engine
    finally:
        await engine.dispose()


def _require_file(place: URL) -> None:
    """SQLite would make an empty one."""
    if on_sqlite(place) and not Path(place.database or "").is_file():
        sentence = f"store.url: {place.database} does not exist yet"
        raise StoreRefused(sentence)
