"""Who looks at which ticket now: in the memory of each process, forgotten by itself.

It is a courtesy between colleagues, not a lock, and is written nowhere: processes of one store
tell each other by word (gateway/notifying.py); a word that is lost comes again with the next look.
Who writes is known better: drafts are in the store (core/model/drafts.py).
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.model.staff import Staff

FRESH: Final = 45.0
"""Seconds for which a look counts; an open page looks again every fifteen."""

MOST: Final = 2_000
"""Tickets remembered at the same time."""

MOST_WORDS: Final = 1_000
"""Looks that wait to be told to other processes; more are not told."""


class Presence:
    """Looks at tickets, the latest last."""

    def __init__(self) -> None:
        self._looks: OrderedDict[str, dict[int, tuple[str, float]]] = OrderedDict()
        self._words: asyncio.Queue[str] | None = None

    def share(self) -> asyncio.Queue[str]:
        """From now on every look of this process is also a word for the others."""
        self._words = self._words or asyncio.Queue(MOST_WORDS)
        return self._words

    def look(self, number: str, who: Staff, at: float) -> None:
        """Somebody has the ticket before them.

        Args:
            number: of the ticket.
            who: looks.
            at: seconds of a clock that only goes on, the event loop's.
        """
        self._seen(number, who.id, (who.name, at))
        if self._words is not None:
            with suppress(asyncio.QueueFull):
                self._words.put_nowait(json.dumps([number, who.id, who.name]))

    def hear(self, word: str, at: float) -> None:
        """Another process's look; what is none is not heard."""
        try:
            number, staff_id, name = json.loads(word)
        except (ValueError, TypeError):
            return
        if isinstance(number, str) and isinstance(staff_id, int) and isinstance(name, str):
            self._seen(number, staff_id, (name, at))

    def _seen(self, number: str, staff_id: int, look: tuple[str, float]) -> None:
        self._looks.setdefault(number, {})[staff_id] = look
        self._looks.move_to_end(number)
        while len(self._looks) > MOST:
            self._looks.popitem(last=False)

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
