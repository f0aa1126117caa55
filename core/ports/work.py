"""What acts of staff ask of the store.

Small Protocols like those of :mod:`core.ports`, which names them on the desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from core.model.events import Event
    from core.model.scene import Colleague, UnitBrief
    from core.model.work import Change, EventBrief, PlannedVisit, StoredMessage, WorkTicket


class WorkShelf(Protocol):
    """Tickets as staff work on them."""

    async def load(self, number: str) -> WorkTicket | None:
        """The ticket, locked until the end; None when there is none.

        Whoever needs two loads them in the order of their numbers, so that nobody waits in a
        circle.
        """
        ...

    async def since(self, ticket_id: int, seq: int) -> Sequence[EventBrief]:
        """The events after this place in the ticket's chain, oldest first, at most fifty."""
        ...

    async def apply(self, before: WorkTicket, change: Change, events: Sequence[Event]) -> None:
        """Writes what differs between ``before`` and ``change.after``, and all that is laid.

        Not ``change.other``, which is a change of its own. The events are in ``after`` already.
        Raises Conflict when the ticket has moved on since it was loaded.
        """
        ...

    async def people(self, ids: Collection[int]) -> Mapping[int, Colleague]:
        """Staff by id, with their load now; unknown ids are left out."""
        ...

    async def units(self, ids: Collection[int]) -> Mapping[int, UnitBrief]:
        """Units by id; unknown ids are left out."""
        ...

    async def message(self, message_id: int) -> StoredMessage | None:
        """A stored message, locked until the end; None when there is none."""
        ...

    async def move(self, message_id: int, ticket_id: int, *, opens: bool = True) -> None:
        """The message belongs to this ticket from now on; ``opens``: as the one that opened it."""
        ...

    async def silent(self, told_before: datetime, limit: int) -> Sequence[str]:
        """Numbers of solved tickets whose solution was told before then, oldest first."""
        ...


class WorkReads(Protocol):
    """Tickets with everything staff see of them, outside any unit of work."""

    async def ticket(self, number: str) -> WorkTicket:
        """Raises NotFound."""
        ...

    async def planned(
        self, staff_id: int, since: datetime, until: datetime
    ) -> Sequence[PlannedVisit]:
        """Visits of this person that are planned between the two and have not ended, in order."""
        ...
