"""How often one token or session may ask: a bucket that fills again evenly."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS: Final = 10_000
"""Callers remembered at one time; the one not seen for longest is forgotten first."""


class Pace:
    """So many within a minute, per caller; a whole minute's worth may come at once.

    Args:
        per_minute: how many.
        clock: seconds that only grow.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._per_second, self._clock = per_minute, per_minute / 60, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str) -> int:
        """Takes one; 0, or the whole seconds after which there is one again."""
        now = self._clock()
        left, since = self._left.pop(key, (float(self._most), now))
        left = min(self._most, left + (now - since) * self._per_second)
        short = left < 1
        self._left[key] = (left if short else left - 1, now)
        while len(self._left) > KEYS:
            self._left.popitem(last=False)
        return max(1, math.ceil((1 - left) / self._per_second)) if short else 0
