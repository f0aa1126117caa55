"""What the stream of events, the audit and outgoing webhooks ask of the store.

Small Protocols like those of :mod:`core.ports`, which names them on the desk and the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from core.model.stream import Only, StreamPage


class EventStream(Protocol):
    """All tickets' events in one order, outside any unit of work.

    The order never changes, and nothing ever appears behind a cursor: an event whose transaction
    could still be overtaken is held back until those begun before it have ended.
    """

    async def after(self, cursor: str | None, limit: int, only: Only) -> StreamPage:
        """At most ``limit`` events after this place.

        Args:
            cursor: ``id`` of an event or ``cursor`` of a page; None: from the very first.
            limit: events of the answer; more are looked at where some are left out.
            only: which of them.

        Raises:
            MalformedMessage: the cursor is none of ours.
            StoreUnavailable: the store cannot be asked.
        """
        ...

    async def end(self) -> str:
        """The place after everything that :meth:`after` would give now."""
        ...
