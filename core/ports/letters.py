"""What handling single outgoing messages asks of the store.

A small Protocol like those of :mod:`core.ports`, which names it on the desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.letters import SentLetter


class LetterShelf(Protocol):
    """Outgoing messages, one at a time."""

    async def letter(self, letter_id: int) -> SentLetter | None:
        """Locked until the end; None: there is none of this id."""
        ...

    async def answered_after(self, ticket_id: int, letter_id: int) -> bool:
        """Whether a person's later answer on this ticket stands."""
        ...

    async def withdraw(self, letter_id: int) -> None:
        """It never leaves; the row stays."""
        ...

    async def wait_again(self, letter_id: int, now: datetime) -> None:
        """Due at once, as if it had never been tried."""
        ...

    async def copy(self, letter_id: int, key: str, now: datetime) -> bool:
        """Lays down the same message with its files, due at once; False: the key is taken."""
        ...
