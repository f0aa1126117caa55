"""What the search of tickets asks of the store.

Small Protocols like those of :mod:`core.ports`, which names them on desk and store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from core.model.listing import ListedTicket
    from core.model.messages import Address
    from core.model.rights import Scope
    from core.model.searching import FoundText, Sweep


class TicketSearch(Protocol):
    """Tickets within somebody's reach, found by what is known of them.

    What lies out of scope is as if it did not exist.
    """

    async def texts(
        self, scope: Scope, words: Sequence[str], before: int | None, limit: int
    ) -> tuple[Sequence[FoundText], int | None]:
        """Texts in which all these words stand, the last written first.

        Args:
            scope: whose.
            words: folded letters; longer ones also as beginnings.
            before: only texts written before this one (``FoundText.doc``).
            limit: texts that are looked at, within the scope or not.

        Returns:
            those within the scope, and where to go on; None: there are no more.
        """
        ...

    async def gathered_up_to(self) -> str:
        """The place in the stream up to which words are gathered; "" before the first time."""
        ...

    async def reached_by(
        self, scope: Scope, addresses: Sequence[Address], limit: int
    ) -> Sequence[int]:
        """Ids of tickets reported from one of these addresses, the newest first."""
        ...

    async def between(
        self, scope: Scope, ranges: Sequence[tuple[int, int]], limit: int
    ) -> Sequence[int]:
        """Ids of tickets within one of these ranges of ids, the newest first."""
        ...

    async def numbered(self, scope: Scope, numbers: Sequence[str]) -> Sequence[int]:
        """Ids of tickets with these numbers, the newest first."""
        ...

    async def lines(self, scope: Scope, ids: Sequence[int]) -> Sequence[ListedTicket]:
        """The lines of these tickets, in this order; ids come from the other functions.

        Whose reach it is has read what it has read.
        """
        ...


class WordShelf(Protocol):
    """The words of messages, which are gathered after intake has committed."""

    async def gather_next(self, sweep: Sweep, limit: int, begun: str) -> bool:
        """Keeps the words of the next messages of all, by their ids, and the place reached then.

        After the last of them gathering goes on with the stream, where the sweep began.

        Args:
            sweep: how far all messages have been looked at.
            limit: messages looked at in this unit of work.
            begun: the place that is kept; another one means that somebody else has gathered.

        Returns:
            False: somebody else has gathered since; nothing was kept.
        """
        ...

    async def gather(self, numbers: Collection[str], begun: str, reached: str) -> bool:
        """Keeps the words of all messages of these tickets that have none yet.

        Args:
            numbers: of the tickets.
            begun: the place in the stream of events that gathering began at.
            reached: the place up to which it is done then.

        Returns:
            False: somebody else has gathered since; nothing was kept.
        """
        ...
