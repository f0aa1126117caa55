"""What lists and the API ask of the store.

Small Protocols like those of :mod:`core.ports`, which names them on desk and store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.model.events import Event
    from core.model.handling import Handling
    from core.model.likeness import EarlierTicket
    from core.model.listing import (
        Dossier,
        Facet,
        ListedTicket,
        ListKey,
        NoteView,
        ReadyAnswer,
        Sort,
        TicketFilter,
        TrayLoad,
        UnsortedMessage,
    )
    from core.model.rights import Scope
    from core.model.saved import SavedFilter
    from core.model.views import OriginalMessage, ThreadEntry
    from core.model.work import WorkTicket


class TicketLists(Protocol):
    """Tickets within somebody's reach, outside any unit of work.

    A ticket out of scope is answered like one that does not exist: NotFound.
    """

    async def page(
        self, scope: Scope, wanted: TicketFilter, sort: Sort, after: ListKey | None, limit: int
    ) -> Sequence[ListedTicket]:
        """At most so many, in this order; what it costs does not grow with ended tickets."""
        ...

    async def count(self, scope: Scope, wanted: TicketFilter, most: int) -> int:
        """How many there are, at most ``most``."""
        ...

    async def tally(self, scope: Scope, by: Facet) -> Mapping[str, int]:
        """Running tickets by channel, unit or reason; what nobody has is not in it."""
        ...

    async def one(self, scope: Scope, number: str) -> WorkTicket:
        """The whole ticket. Raises NotFound."""
        ...

    async def dossier(self, scope: Scope, number: str, events: int) -> Dossier:
        """The ticket with all that lies beside it. Raises NotFound."""
        ...

    async def history(self, scope: Scope, number: str, after: int, limit: int) -> Sequence[Event]:
        """Events after this place in the chain, in order. Raises NotFound."""
        ...

    async def thread(self, scope: Scope, number: str) -> Sequence[ThreadEntry]:
        """Messages both ways in time order. Raises NotFound."""
        ...

    async def original(self, scope: Scope, number: str, message_id: int) -> OriginalMessage:
        """A message of this ticket as it came. Raises NotFound."""
        ...

    async def notes(self, scope: Scope, number: str) -> Sequence[NoteView]:
        """What stays in the house, in time order. Raises NotFound."""
        ...

    async def handling(self, scope: Scope, number: str) -> Handling:
        """To whom it went and who was on the spot. Raises NotFound."""
        ...

    async def saved(self, staff_id: int) -> Sequence[SavedFilter]:
        """The lists that this person keeps, by name."""
        ...

    async def earlier(self, scope: Scope, ticket: WorkTicket) -> Sequence[EarlierTicket]:
        """Tickets before this one that may be like it: of its reporter, unit or category (BW-53).

        The latest of each kind; what it costs does not grow with the others.
        """
        ...

    async def unsorted(self, after: int | None, limit: int) -> Sequence[UnsortedMessage]:
        """Messages without a ticket, newest first; ``after`` is the last id of a page."""
        ...

    async def tray(self, most: int) -> TrayLoad:
        """How many messages wait without a ticket, at most ``most``, and the last of them."""
        ...


class ReadingShelf(Protocol):
    """How far somebody has read a ticket (BW-46)."""

    async def keep(self, staff_id: int, ticket_id: int, count: int, at: datetime) -> None:
        """So many messages of citizens have been before this person."""
        ...


class FilterShelf(Protocol):
    """Lists that people keep under a name."""

    async def of(self, staff_id: int) -> Sequence[SavedFilter]:
        """By name."""
        ...

    async def put(self, staff_id: int, wanted: SavedFilter, at: datetime) -> SavedFilter:
        """Keeps it, over one of the same name."""
        ...

    async def drop(self, staff_id: int, filter_id: int) -> bool:
        """Forgets one of this person's; False when there is none."""
        ...


class AnswerShelf(Protocol):
    """Answers kept for requests that come again (``Idempotency-Key``)."""

    async def find(self, staff_id: int, key: str) -> ReadyAnswer | None:
        """What is kept under this key of this person."""
        ...

    async def claim(self, staff_id: int, key: str, request_hash: str, at: datetime) -> bool:
        """Marks the request as carried out, without its answer; False when the key is taken."""
        ...

    async def keep(self, staff_id: int, key: str, answer: ReadyAnswer) -> None:
        """Writes the answer beside its claim."""
        ...
