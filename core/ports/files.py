"""Further shelves of the cellar: files, the log of exchanges, what could not be read.

Small Protocols like those of :mod:`core.ports`, which names them on the desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from core.model.attachments import FileSide

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from core.model.attachments import FetchResult, FileView, WantedFile
    from core.model.exchange import Exchange, ExchangeQuery
    from core.model.messages import ChannelId
    from core.model.quarantine import Parked


class AttachmentShelf(Protocol):
    """Files to fetch, and what became of them."""

    async def claim(
        self,
        now: datetime,
        lease_until: datetime,
        limit: int,
        resting: Collection[ChannelId] = (),
    ) -> Sequence[WantedFile]:
        """Takes files that are due, with a lease, the oldest messages first.

        What nobody recorded by the end of its lease is due again; two processes never hold one
        file at once. Files of ``resting`` channels are left where they are.
        """
        ...

    async def record(self, results: Sequence[FetchResult]) -> Sequence[bool]:
        """Writes what became of attempts; False for one that another claim has overtaken."""
        ...

    async def again(self, message_id: int, position: int, now: datetime) -> bool:
        """Has a file fetched again that was given up; False when it was not given up."""
        ...

    async def unnamed(self, names: Collection[str]) -> set[str]:
        """Those of these names in the folder that no row speaks of."""
        ...


class FileReads(Protocol):
    """The files of tickets as pages show them, outside any unit of work."""

    async def files(self, number: str) -> Sequence[FileView]:
        """Side by side in the order of their messages, those of staff too.

        A ticket without files, or none: nothing.
        """
        ...

    async def file(
        self, number: str, message_id: int, position: int, side: FileSide = FileSide.IN
    ) -> FileView:
        """One file of this ticket. Raises NotFound, also where it is another ticket's."""
        ...


class ChannelLogShelf(Protocol):
    """What was said between us and the providers, for a week."""

    async def add(self, exchanges: Sequence[Exchange]) -> None:
        """Appends, in order. They are redacted already."""
        ...

    async def read(self, query: ExchangeQuery) -> Sequence[Exchange]:
        """The newest that fit, oldest first."""
        ...

    async def purge(self, before: datetime, limit: int) -> int:
        """Drops at most so many that are older; returns how many."""
        ...


class ParkedShelf(Protocol):
    """What lies in quarantine, for those who look at it and read it anew."""

    async def parked(
        self, channel: ChannelId | None = None, ids: Collection[int] = (), *, done: bool = False
    ) -> Sequence[Parked]:
        """Without their bytes, oldest first.

        Args:
            channel: None: every one.
            ids: only these; empty: all.
            done: also what was read anew already.
        """
        ...

    async def raw(self, row: int) -> bytes:
        """The bytes of one. Raises NotFound."""
        ...

    async def replayed(self, row: int, at: datetime) -> None:
        """Notes that it was read anew and taken in."""
        ...
