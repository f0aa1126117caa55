"""Lists that somebody comes back to: a name, and where in the console it leads."""

from __future__ import annotations

from typing import Final

from core.model.value import value

LONGEST_NAME: Final = 60
MOST_SAVED: Final = 30
"""Of one person."""


@value
class SavedFilter:
    """One list of one person.

    Attributes:
        id: 0 before it is kept.
        place: path and query below ``/console/``, made by the console from what it understood.
    """

    id: int
    name: str
    place: str
