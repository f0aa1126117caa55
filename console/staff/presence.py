"""Who looks at which ticket now: in the memory of this process, forgotten by itself.

It is a courtesy between colleagues, not a lock. Who writes is known better: drafts are in the
store and so seen from every process (core/model/drafts.py).
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.model.staff import Staff

FRESH: Final = 45.0
"""Seconds for which a look counts; an open page looks again every fifteen."""

MOST: Final = 2_000
"""Tickets remembered at the same time."""


class Presence:
    """Looks at tickets, the latest last."""

    def __init__(self) -> None:
        self._looks: OrderedDict[str, dict[int, tuple[str, float]]] = OrderedDict()

    def look(self, number: str, who: Staff, at: float) -> None:
        """Somebody has the ticket before them.

        Args:
            number: of the ticket.
            who: looks.
            at: seconds of a clock that only goes on, the event loop's.
        """
        here = self._looks.setdefault(number, {})
        here[who.id] = (who.name, at)
        self._looks.move_to_end(number)
        while len(self._looks) > MOST:
            self._looks.popitem(last=False)

    def leave(self, number: str, who: Staff) -> None:
        """Somebody went on to something else."""
        self._looks.get(number, {}).pop(who.id, None)

    def others(self, number: str, me: Staff, at: float) -> list[str]:
        """Names of colleagues who look at it now, in order."""
        here = self._looks.get(number, {})
        return sorted(
            name for who, (name, seen) in here.items() if who != me.id and at - seen < FRESH
        )

    def among(self, numbers: Iterable[str], me: Staff, at: float) -> dict[str, str]:
        """The same for the lines of a list, only where somebody looks."""
        found = {number: ", ".join(self.others(number, me, at)) for number in numbers}
        return {number: names for number, names in found.items() if names}
