"""What texts worded by staff ask of the store.

Small Protocols like those of :mod:`core.ports`, which names them on the desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model.text_library import StoredText


class TextShelf(Protocol):
    """Texts as staff have worded them."""

    async def text(self, unit_id: int, language: str, key: str) -> StoredText | None:
        """A text, locked until the end; None where there is none."""
        ...

    async def put(self, stored: StoredText) -> None:
        """Lays it down, over the version before. Raises Conflict: two wrote the first one."""
        ...

    async def remove(self, unit_id: int, language: str, key: str) -> None:
        """There is none any more."""
        ...


class TextReads(Protocol):
    """The same outside any unit of work."""

    async def all(self) -> Sequence[StoredText]:
        """By unit, language and key."""
        ...
