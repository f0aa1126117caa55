"""Parts of a ticket: what was looked for in the store room, and what was taken (BW-32, BW-33)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

LONGEST_ITEM: Final = 120
"""Characters of the name of a part."""

MOST_USED: Final = 1_000
"""Pieces of one part on one ticket; more are a slip of the pen."""


@value
class StockCheck:
    """Somebody looked whether a part is there.

    Attributes:
        id: 0 for one that is not in the store yet.
        item: what was looked for, as the technician calls it.
        checked_by, used_by: marks of who did it; "" for what was not done.
        used: pieces that were taken for this ticket; 0: none yet.
    """

    id: int
    item: str
    in_stock: bool
    checked_at: datetime
    checked_by: str
    used: int = 0
    used_at: datetime | None = None
    used_by: str = ""

    @property
    def open(self) -> bool:
        """Whether it was there and nobody has taken it yet."""
        return self.in_stock and not self.used


def last_of(checks: Iterable[StockCheck], item: str = "") -> StockCheck | None:
    """The newest check, of this part where one is named; case and spaces do not count."""
    wanted = _plain(item)
    meant = [one for one in checks if not wanted or _plain(one.item) == wanted]
    return meant[-1] if meant else None


def missing(checks: Iterable[StockCheck]) -> str:
    """What was looked for last, where it was not there; "" otherwise."""
    found = last_of(checks)
    return found.item if found and not found.in_stock else ""


def _plain(item: str) -> str:
    return " ".join(item.casefold().split())
