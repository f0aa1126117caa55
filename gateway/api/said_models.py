"""Times that a reporter wrote, as suggestions beside the text (MB-34)."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003 - pydantic reads it
from typing import TYPE_CHECKING

from core.model.said_times import said_times
from gateway.api.table import Shown

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from core.model.work import WorkTicket


class SuggestedTime(Shown):
    """A time that the text names; nothing was decided by it.

    ``starts`` and ``ends`` are null where no hour is named. ``doubt`` says why it cannot be right
    as it stands, for example because that date is another day of the week; "" otherwise.
    """

    words: str
    day: date
    weekday: str
    starts: datetime | None
    ends: datetime | None
    doubt: str


def suggested_times(ticket: WorkTicket, zone: ZoneInfo) -> list[SuggestedTime]:
    """In the order of the text."""
    found = said_times(ticket.description, ticket.opened_at, zone)
    names = SuggestedTime.model_fields
    return [SuggestedTime(**{name: getattr(one, name) for name in names}) for one in found]
