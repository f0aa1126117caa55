"""Persons leave the records, figures stay (BW-13, LL-09; threats.md row 69).

Of a ticket that was closed long enough ago nothing is left that says who reported it or what was
written: number, times, category, unit, staff, promises and scores of the survey stay. The history
stays as it is: it binds texts by their digests and holds no text, no number and no name.
"""

from __future__ import annotations

from calendar import monthrange
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.messages import Address

EVENT: Final = "PersonErased"
"""In the history of the ticket."""

MARK: Final = "-"
"""Stands where a text was."""

SUBJECT: Final = "Data pribadi dihapus"
"""Stands where the subject of a ticket was."""


SUBJECT_OF_HOUSE: Final = "erasure"
"""Under which the house's own history keeps who had a person deleted."""


class Because(StrEnum):
    """Why a person's data went."""

    RETENTION = "retention"  # the ticket ended long enough ago
    REQUEST = "request"  # the person asked for it


@value
class Erased:
    """How many went, or would go.

    Attributes:
        tickets: whose persons are gone; the tickets stay.
        messages: that belong to no ticket.
        payloads: that could not be read, and lay in quarantine.
    """

    tickets: int = 0
    messages: int = 0
    payloads: int = 0


@value
class KnownPerson:
    """Whoever reported a ticket or wrote from an address, by all that is known to be theirs.

    Attributes:
        addresses: ids.
        ways: the same as people write them.
        ended: ids of their tickets that have ended and still say who they are, the oldest first.
        numbers: of those tickets, in the same order.
        running: numbers of those that run.
        about: ids of the staff whom one of these tickets complains about (MB-26).
        registered: they gave their own data.
    """

    addresses: tuple[int, ...]
    ways: tuple[Address, ...]
    ended: tuple[int, ...]
    numbers: tuple[str, ...]
    running: tuple[str, ...]
    about: frozenset[int] = frozenset()
    registered: bool = False


@value
class Foreseen:
    """What a deletion at a person's wish would do, found by a dry run.

    Attributes:
        messages: of theirs that belong to no ticket.
        files: of all of it.
    """

    person: KnownPerson
    messages: int
    files: int


def months_before(at: datetime, months: int) -> datetime:
    """The same day and time so many months earlier, or the last day of that month.

    Raises ValueError: before the year 1.
    """
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    day = min(at.day, monthrange(year, month + 1)[1])
    return at.replace(year=year, month=month + 1, day=day)
