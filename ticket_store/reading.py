"""Connections for reading, outside any unit of work: on SQLite they never wait for the writer."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

from ticket_store.failures import guarded

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    Connect = Callable[[], AbstractAsyncContextManager[AsyncConnection]]


def reading(engine: AsyncEngine) -> Connect:
    """A function that opens one read-only connection of this engine.

    What it opens raises StoreUnavailable when there is no connection to be had, or it breaks.
    """
    read_only = engine.execution_options(read_only=True)

    @asynccontextmanager
    async def connected() -> AsyncIterator[AsyncConnection]:
        with guarded():
            async with read_only.connect() as connection:
                yield connection

    return connected
