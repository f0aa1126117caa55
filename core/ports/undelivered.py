"""What looking after parked messages asks of the store.

A small Protocol like those of :mod:`core.ports`, which names it on the desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from core.model.messages import ChannelId
    from core.model.undelivered import Undelivered


class UndeliveredShelf(Protocol):
    """Outgoing messages that are not tried any more."""

    async def parked(
        self, channel: ChannelId | None, after: int, limit: int
    ) -> Sequence[Undelivered]:
        """Those with ids above ``after``, in their order; ``channel`` None: of all doors."""
        ...

    async def wait_again(
        self, channel: ChannelId, ids: Collection[int], now: datetime
    ) -> Sequence[int]:
        """Has dead ones of a door tried again, due now; the ids of those that were dead still.

        Args:
            channel: the door.
            ids: only these; empty: all of the door.
            now: aware UTC.
        """
        ...
