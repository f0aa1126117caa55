"""The quarantine shelf: payloads that we could not understand, raw, with one plain sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert

from ticket_store.schema import quarantine

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.model.messages import ChannelId

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


class QuarantineRows:
    """``core.ports.QuarantineShelf`` over the rows of one transaction."""

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
