"""What stands behind every page and seldom changes: colleagues, units, regions, who is free.

Read again when it is older than a moment, and right after this process has written anything;
however many pages are open, it is read once.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from console.wording import ACTORS
from core.services.assigning import staffing_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from console.staff.reception import Reception
    from core.model.suggestion import Staffing

FRESH: Final = 2.0
"""Seconds for which it is good although something was committed meanwhile."""

SETTLED: Final = 15.0
"""Seconds for which it is good while no commit is known of: other processes commit too."""


@dataclass(frozen=True, slots=True)
class Scenery:
    """As it was at one moment.

    Attributes:
        names: of colleagues by their marks (``staff:7``), disabled ones too.
    """

    names: Mapping[str, str]
    staffing: Staffing


class Backdrop:
    """The scenery of a process.

    Args:
        reception: where to read.
    """

    def __init__(self, reception: Reception) -> None:
        self._reception = reception
        self._known: Scenery | None = None
        self._version, self._read_at = -1, 0.0
        self._reading = asyncio.Lock()

    async def now(self) -> Scenery:
        """Raises StoreUnavailable."""
        async with self._reading:
            version, now = self._reception.news.version, asyncio.get_running_loop().time()
            good_for = SETTLED if self._version == version else FRESH
            if self._known is None or now - self._read_at >= good_for:
                self._known = await self._read()
                self._version, self._read_at = version, now
            return self._known

    async def names(self, say: Callable[[str], str]) -> dict[str, str]:
        """Everybody who acts, by mark: colleagues, the system, the reporter."""
        told = {mark: say(words) for mark, words in ACTORS.items()}
        return {**told, **(await self.now()).names}

    async def _read(self) -> Scenery:
        store = self._reception.store
        people = await store.staff.staff(disabled=True)
        return Scenery({one.mark: one.name for one in people}, await staffing_of(store.units))
