"""LISTEN and NOTIFY between the processes of one PostgreSQL store.

On a connection of its own and never inside a unit of work: a NOTIFY within an intake transaction
costs three quarters of the throughput (performance.md). What is told holds nothing; whoever hears
it looks for itself. What is said beside holds all there is to it, and is kept by nobody.
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
WORDS: Final = "helpdesk_words"
_SAY: Final = "SELECT pg_notify($1, $2)"


class PostgresqlWakeups:
    """``core.ports.audit.Wakeups``."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._driver: Any = None
        self._speaking = asyncio.Lock()

    async def listen(
        self, heard: Callable[[], None], overheard: Callable[[str], None] | None = None
    ) -> None:
        """Until cancelled. Raises StoreUnavailable."""
        lost = asyncio.Event()
        with guarded():
            async with patient_engine(self._engine).connect() as connection:
                driver: Any = (await connection.get_raw_connection()).driver_connection
                own = driver.get_server_pid()

                def on_heard(_driver: object, teller: int, _channel: str, _told: str) -> None:
                    if teller != own:
                        heard()

                def on_word(_driver: object, teller: int, _channel: str, word: str) -> None:
                    if teller != own and overheard is not None:
                        overheard(word)

                driver.add_termination_listener(lambda _: lost.set())
                await driver.add_listener(CHANNEL, on_heard)
                await driver.add_listener(WORDS, on_word)
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
        await self._speak(_TELL)

    async def say(self, word: str) -> None:
        """One statement, of at most 8000 bytes. Raises StoreUnavailable as ``tell`` does."""
        await self._speak(_SAY, WORDS, word)

    async def _speak(self, statement: str, *values: str) -> None:
        async with self._speaking:  # a connection takes one statement at a time
            if self._driver is None:
                return
            with guarded():
                await self._driver.execute(statement, *values, timeout=SECONDS)
