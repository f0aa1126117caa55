"""LISTEN and NOTIFY between the processes of one PostgreSQL store.

On a connection of its own and never inside a unit of work: a NOTIFY within an intake transaction
costs three quarters of the throughput (performance.md). What is told holds nothing; whoever hears
it looks for itself.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from core.errors import StoreUnavailable
from ticket_store.engine import patient_engine
from ticket_store.failures import guarded

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.ext.asyncio import AsyncEngine

CHANNEL: Final = "helpdesk_changes"
SECONDS: Final = 5.0
"""For one telling; a connection that takes longer is of no use."""

_TELL: Final = f"NOTIFY {CHANNEL}"


class PostgresqlWakeups:
    """``core.ports.audit.Wakeups``."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._driver: Any = None

    async def listen(self, heard: Callable[[], None]) -> None:
        """Until cancelled. Raises StoreUnavailable."""
        lost = asyncio.Event()
        with guarded():
            async with patient_engine(self._engine).connect() as connection:
                driver: Any = (await connection.get_raw_connection()).driver_connection
                own = driver.get_server_pid()

                def on_heard(_driver: object, teller: int, _channel: str, _told: str) -> None:
                    if teller != own:
                        heard()

                driver.add_termination_listener(lambda _: lost.set())
                await driver.add_listener(CHANNEL, on_heard)
                self._driver = driver
                try:
                    heard()
                    await lost.wait()
                finally:
                    self._driver = None
                    await connection.invalidate()
        message = "the connection for news from other processes broke"
        raise StoreUnavailable(message)

    async def tell(self) -> None:
        """One statement. Raises StoreUnavailable when the connection breaks meanwhile."""
        if self._driver is None:
            return
        with guarded():
            await self._driver.execute(_TELL, timeout=SECONDS)
