"""Calendars and lists of holidays as the office keeps them: documents with a version."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime

HOLIDAYS: Final = "holidays-"
"""What the name of a list of holidays begins with; every other document is a calendar."""

LONGEST_DOCUMENT: Final = 100_000
"""Characters; ten years of holidays take a fifth of it."""

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,38}[a-z0-9])?")


@value
class CalendarDocument:
    """A calendar or a list of holidays, as TOML that was checked before it was kept.

    Attributes:
        version: 1 for the first; grows with every change.
        changed_by: ``staff:7`` or ``system``.
    """

    name: str
    document: str
    version: int
    changed_at: datetime
    changed_by: str

    @property
    def mark(self) -> str:
        """The subject of its events: ``calendar:banyuwangi``."""
        return f"calendar:{self.name}"

    @property
    def holidays(self) -> bool:
        """Whether it is a list of holidays."""
        return is_holidays(self.name)


def is_holidays(name: str) -> bool:
    """Whether a document of this name is a list of holidays."""
    return name.startswith(HOLIDAYS)


def good_name(name: str) -> bool:
    """Whether a document may have this name."""
    return _NAME.fullmatch(name) is not None
