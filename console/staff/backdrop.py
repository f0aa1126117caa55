"""What stands behind every page and seldom changes: colleagues, units, regions, who is free.

Read again when it is older than a moment; however many pages are open, it is read once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.staff.kept import Lately
from console.wording import ACTORS
from core.services.assigning import staffing_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from console.staff.reception import Reception
    from core.model.suggestion import Staffing


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
        self._scenery = Lately(self._read, lambda: reception.news.version)

    async def now(self) -> Scenery:
        """Raises StoreUnavailable."""
        return await self._scenery.now()

    async def names(self, say: Callable[[str], str]) -> dict[str, str]:
        """Everybody who acts, by mark: colleagues, the system, the reporter."""
        told = {mark: say(words) for mark, words in ACTORS.items()}
        return {**told, **(await self.now()).names}

    async def _read(self) -> Scenery:
        store = self._reception.store
        people = await store.staff.staff(disabled=True)
        return Scenery({one.mark: one.name for one in people}, await staffing_of(store.units))
