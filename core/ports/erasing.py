"""What erasing persons asks of the store and of the folder of attachments.

Small Protocols like those of :mod:`core.ports`, which names the shelf on the desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.model.erasure import Erased, KnownPerson
    from core.model.messages import Address


class ErasureShelf(Protocol):
    """Rows that say who somebody is. Every method can be called again for the same rows."""

    async def count(self, before: datetime) -> Erased:
        """How much ended, or came, before then and still says who it is from."""
        ...

    async def tickets_due(self, before: datetime, limit: int) -> Sequence[int]:
        """Ids of tickets that ended before then, the oldest first."""
        ...

    async def messages_due(self, before: datetime, limit: int) -> Sequence[int]:
        """Ids of messages without a ticket that came before then, the oldest first."""
        ...

    async def messages_of(self, addresses: Sequence[int]) -> Sequence[int]:
        """Ids of messages without a ticket that came from these addresses."""
        ...

    async def person(self, ticket_id: int) -> KnownPerson:
        """Whoever reported this ticket. Raises NotFound."""
        ...

    async def person_at(self, ways: Sequence[Address]) -> KnownPerson:
        """Whoever has one of these addresses. Raises NotFound."""
        ...

    async def files(
        self, tickets: Sequence[int] = (), messages: Sequence[int] = ()
    ) -> Sequence[str]:
        """Where the files of these lie, below the folder of attachments."""
        ...

    async def erase_ticket(self, ticket_id: int, at: datetime) -> bool:
        """Everything personal of an ended ticket; False: it runs, is gone or was erased."""
        ...

    async def erase_messages(self, ids: Sequence[int], until: datetime, at: datetime) -> int:
        """Everything personal of messages without a ticket; returns of how many.

        Args:
            ids: of the messages; those that have a ticket by now are left as they are.
            until: what their senders were told before then goes with them.
            at: aware UTC, now.
        """
        ...

    async def unregister(self, ids: Sequence[int], at: datetime) -> None:
        """What whoever has these addresses registered, the account, and addresses never used.

        Args:
            ids: of the addresses.
            at: aware UTC, now.
        """
        ...

    async def erase_payloads(self, before: datetime, at: datetime) -> int:
        """The bytes of what lies in quarantine since before then; returns of how many."""
        ...

    async def forget_answers(self, number: str) -> None:
        """Answers of the API that are kept for a repeated request and speak of this ticket."""
        ...


class Shredder(Protocol):
    """Takes files away for good."""

    async def shred(self, names: Sequence[str]) -> None:
        """Those that are there. Raises OSError."""
        ...
