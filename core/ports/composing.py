"""What writing to citizens asks of the store: unsent texts.

Small Protocols like those of :mod:`core.ports`, which names them on desk and store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from core.model.drafts import Draft, DraftFile, DraftKind, Unsent, Writer


class DraftShelf(Protocol):
    """Unsent texts while they are changed."""

    async def put(self, draft: Draft) -> None:
        """Lays it down, over the one of this person, ticket and kind."""
        ...

    async def text(self, ticket_id: int, staff_id: int, kind: DraftKind) -> str:
        """What is there so far; "" for none."""
        ...

    async def remove(self, ticket_id: int, staff_id: int, kind: DraftKind) -> None:
        """There is none any more."""
        ...

    async def enclose(self, file: DraftFile) -> int:
        """Lays a file beside what is being written; returns its id."""
        ...

    async def files(self, ticket_id: int, staff_id: int, kind: DraftKind) -> Sequence[DraftFile]:
        """Those that wait there, in the order in which they came, locked until the end."""
        ...

    async def release(self, file_ids: Collection[int]) -> None:
        """They wait no longer: they went with what was written, or were taken away."""
        ...

    async def reclaim(self, letter_id: int, draft: Draft) -> None:
        """The files of an answer that was taken back wait again, beside this draft."""
        ...


class DraftReads(Protocol):
    """The same, outside any unit of work."""

    async def unsent(self, ticket_id: int, staff_id: int, since: datetime) -> Unsent:
        """What this person has not sent on this ticket, and who saved a draft since then."""
        ...

    async def writers(self, ticket_id: int, since: datetime) -> Sequence[Writer]:
        """Who saved a draft there since then, the latest first."""
        ...

    async def files(self, ticket_id: int, staff_id: int) -> Sequence[DraftFile]:
        """What waits there to go with an answer or a note, in the order in which it came."""
        ...
