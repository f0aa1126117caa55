"""Settings that live in the store, read anew while the process runs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from config.logs import get_logger
from core.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

log = get_logger("refreshing")


async def kept_fresh(refresh: Callable[[], Awaitable[object]], what: str, every: float) -> None:
    """Reads until cancelled; a reading that fails leaves in use what was there.

    Args:
        refresh: one reading; may raise StoreUnavailable.
        what: for the log.
        every: seconds between two readings.
    """
    while True:
        try:
            await refresh()
        except StoreUnavailable as away:
            log.warning("not read anew", what=what, why=str(away))
        except Exception:
            log.exception("not read anew", what=what)
        await asyncio.sleep(every)
