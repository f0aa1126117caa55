"""What texts worded by staff, and canned replies, ask of the store.

Small Protocols like those of :mod:`core.ports`, which names them on the desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model.canned import CannedReply
    from core.model.text_library import StoredText


class TextShelf(Protocol):
    """Texts as staff have worded them."""

    async def text(self, unit_id: int, language: str, key: str) -> StoredText | None:
        """A text, locked until the end, also one that is "" now; None: there never was one."""
        ...

    async def put(self, stored: StoredText) -> None:
        """Lays it down, over the version before. Raises Conflict: two wrote the first one."""
        ...


class TextReads(Protocol):
    """The same outside any unit of work."""

    async def all(self) -> Sequence[StoredText]:
        """By unit, language and key."""
        ...


class CannedShelf(Protocol):
    """Canned replies."""

    async def reply(self, reply_id: int) -> CannedReply | None:
        """One, locked until the end, retired too; None where there is none."""
        ...

    async def add(self, reply: CannedReply) -> CannedReply:
        """A new one, with its id."""
        ...

    async def save(self, reply: CannedReply) -> None:
        """Everything of it but the id."""
        ...


class CannedReads(Protocol):
    """The same outside any unit of work."""

    async def one(self, reply_id: int) -> CannedReply:
        """Retired or not. Raises NotFound."""
        ...

    async def find(
        self, words: Sequence[str], unit_id: int | None, limit: int
    ) -> Sequence[CannedReply]:
        """By title: those that hold all of these words, in lower case, in title or text.

        ``unit_id``: only the office's and this unit's; None: everybody's. Retired ones are not
        among them.
        """
        ...
