"""What addresses and forms hold, read: whole numbers and moments.

A browser sends what people type, and anybody sends what they like: five thousand digits, numbers
that no column takes, digits of other scripts. What is read here fits everything behind it
(threats.md §5).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import tzinfo

MOST_DIGITS: Final = 15
"""Of a whole number: it fits a key of the store, and scripts count it exactly (below 2**53)."""


def whole(written: str | None) -> int | None:
    """A whole number in at most 15 ASCII digits; None for anything else, and for nothing."""
    fits = written and len(written) <= MOST_DIGITS and written.isascii() and written.isdigit()
    return int(written) if written and fits else None


def instant(written: str | None, zone: tzinfo | None = None) -> datetime | None:
    """A moment in ISO 8601, as aware UTC; None for anything else, and for nothing.

    Args:
        written: as typed, or as an address holds it.
        zone: of a moment that names none; without it, such a moment is none.
    """
    try:
        at = datetime.fromisoformat((written or "").strip())
        if at.tzinfo is None and zone is None:
            return None
        # The first and the last day of all have moments that UTC cannot tell.
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
