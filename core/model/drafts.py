"""What somebody has begun to write on a ticket and not sent (KM-16: kept for each ticket)."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime

LONGEST_DRAFT: Final = 20_000
"""Characters; as long as an answer may be."""

WRITING: Final = timedelta(minutes=2)
"""Whoever saved a draft within this time counts as writing now."""


class DraftKind(StrEnum):
    """What it is going to be: for the reporter, or for colleagues only."""

    ANSWER = "answer"
    NOTE = "note"


@value
class Draft:
    """One person's unsent text on one ticket.

    Attributes:
        version: of the ticket that the writer had before them; what changed since is told.
        saved_at: aware UTC.
    """

    ticket_id: int
    staff_id: int
    kind: DraftKind
    text: str
    version: int
    saved_at: datetime


@value
class Writer:
    """A colleague who writes on a ticket, without what they write."""

    staff_id: int
    name: str
    kind: DraftKind
    saved_at: datetime
