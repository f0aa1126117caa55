"""One exchange with a provider, as the channel log keeps it (providers.md §2.8)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.messages import ChannelId


class Direction(StrEnum):
    """Who began."""

    IN = "in"  # the provider called, or gave us a message
    OUT = "out"  # we called the provider


@value
class Exchange:
    """What one side said and the other answered; secrets, phone numbers and identity masked.

    Attributes:
        about: an id by which it is found again: the provider's of a message, or our outbox id.
        said: by the side that began.
        answered: by the other.
    """

    channel: ChannelId
    at: datetime
    direction: Direction
    about: str
    said: str
    answered: str


@value
class ExchangeQuery:
    """Which exchanges to read.

    Attributes:
        about: None: any.
        since: not older; None: as old as there are.
        limit: of the newest ones.
    """

    channel: ChannelId | None = None
    about: str | None = None
    since: datetime | None = None
    limit: int = 100
