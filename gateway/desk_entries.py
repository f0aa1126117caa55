"""Reports that staff take for citizens, from the API and from the console alike.

They come in as every other message: through the hallway, on disk before they are answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from channels.desk.entry import Frame, read_entry
from config.doors.desk import DeskSettings
from core.model.messages import ChannelId

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config.settings import Settings
    from core.model.messages import Receipt
    from core.model.staff import Staff
    from core.ports import Clock
    from gateway.hallway import Hallway


def desk_channel(settings: Settings) -> ChannelId | None:
    """The channel that entries belong to; None: the office has none."""
    for name, held in settings.channels.items():
        if isinstance(held, DeskSettings):
            return ChannelId(name)
    return None


class DeskEntries:
    """``console.staff.reception.Entries``.

    Args:
        channel: from :func:`desk_channel`.
        hallway: where all passes that comes in.
        clock: for the time of receipt.
    """

    def __init__(self, channel: ChannelId, hallway: Hallway, clock: Clock) -> None:
        self._channel, self._hallway, self._clock = channel, hallway, clock

    async def enter(self, given: Mapping[str, object], officer: Staff, key: str) -> Receipt:
        """The receipt with the number.

        Args:
            given: the entry as docs/channels/desk.md describes it.
            officer: who took it.
            key: of this entry, so that a repeat is known.

        Raises:
            MalformedMessage: names the first field that is wrong.
            StoreUnavailable: nothing is kept; a repeat does no harm.
        """
        frame = Frame(self._channel, officer.mark, key, self._clock.now(), officer.id)
        receipts = await self._hallway.take([read_entry(given, frame, "", key)])
        return receipts[0]
