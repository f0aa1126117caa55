"""What somebody has begun to write on a ticket and not sent (KM-16: kept for each ticket)."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from core.model.messages import OutboundFile
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Sequence
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
class DraftFile:
    """A file that waits to go with a draft; it lies in our folder, examined already.

    Attributes:
        id: names it among the fields of an act; 0: not laid down yet.
        stored_as: where it lies below the folder of attachments.
        content_type: as found by our own sniffing.
        filename: cleaned, never empty.
        saved_at: aware UTC.
    """

    id: int
    ticket_id: int
    staff_id: int
    kind: DraftKind
    stored_as: str
    content_type: str
    filename: str
    size: int
    saved_at: datetime

    @property
    def leaving(self) -> OutboundFile:
        """As it goes with what is written."""
        return OutboundFile(self.stored_as, self.content_type, self.filename, self.size)


@value
class Writer:
    """A colleague who writes on a ticket, without what they write."""

    staff_id: int
    name: str
    kind: DraftKind
    saved_at: datetime


@value
class Unsent:
    """What lies on the desk beside a ticket.

    Attributes:
        drafts: of one person, at most one of each kind.
        files: of the same person, in the order in which they came.
        writers: everybody who writes there just now, that person too, the latest first.
    """

    drafts: Sequence[Draft]
    files: Sequence[DraftFile]
    writers: Sequence[Writer]
