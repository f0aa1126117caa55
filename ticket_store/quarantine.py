"""The quarantine shelf: payloads that we could not understand, raw, with one plain sentence.

Nothing leaves it by itself: what was read anew later is marked, and stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, insert, select, update

from core.errors import NotFound
from core.model.messages import ChannelId
from core.model.quarantine import Parked
from ticket_store.schema import quarantine

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

_ADD = (
    insert(quarantine)
    .values(
        channel=bindparam("channel"),
        at=bindparam("at"),
        sentence=bindparam("sentence"),
        raw=bindparam("raw"),
        frame=bindparam("frame"),
    )
    .returning(quarantine.c.id)
)


_PARKED = select(
    quarantine.c.id,
    quarantine.c.channel,
    quarantine.c.at,
    quarantine.c.sentence,
    func.length(quarantine.c.raw).label("size"),
    quarantine.c.frame,
    quarantine.c.replayed_at,
).order_by(quarantine.c.id)
_RAW = select(quarantine.c.raw).where(quarantine.c.id == bindparam("row"))
_REPLAYED = (
    update(quarantine)
    .where(quarantine.c.id == bindparam("row"), quarantine.c.replayed_at.is_(None))
    .values(replayed_at=bindparam("done_at"))
)


class QuarantineRows:
    """``core.ports.QuarantineShelf`` and ``core.ports.files.ParkedShelf``, in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self, channel: ChannelId, raw: bytes, sentence: str, at: datetime, frame: str = ""
    ) -> int:
        """Keeps the bytes as they came; returns the row's id.

        The sentence may quote the payload: what PostgreSQL refuses in text (NUL, lone surrogates)
        must not lose the payload itself.
        """
        shown = (
            sentence.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
        )
        row = {"channel": channel, "at": at, "sentence": shown, "raw": raw, "frame": frame}
        return int((await self._connection.execute(_ADD, row)).scalar_one())

    async def parked(
        self, channel: ChannelId | None = None, ids: Collection[int] = (), *, done: bool = False
    ) -> Sequence[Parked]:
        """Without their bytes, oldest first."""
        wanted = _PARKED
        if channel is not None:
            wanted = wanted.where(quarantine.c.channel == channel)
        if ids:
            wanted = wanted.where(quarantine.c.id.in_(sorted(ids)))
        if not done:
            wanted = wanted.where(quarantine.c.replayed_at.is_(None))
        return [
            Parked(
                id=row.id,
                channel=ChannelId(row.channel),
                at=row.at,
                sentence=row.sentence,
                size=row.size,
                frame=row.frame,
                replayed_at=row.replayed_at,
            )
            for row in await self._connection.execute(wanted)
        ]

    async def raw(self, row: int) -> bytes:
        """The bytes of one. Raises NotFound."""
        found = (await self._connection.execute(_RAW, {"row": row})).scalar_one_or_none()
        if found is None:
            raise NotFound(str(row))
        return bytes(found)

    async def replayed(self, row: int, at: datetime) -> None:
        """Notes that it was read anew and taken in; the first time stays."""
        await self._connection.execute(_REPLAYED, {"row": row, "done_at": at})
