"""Canned replies: kept, and found by words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, insert, or_, select, update

from core.errors import NotFound
from core.model.canned import CannedReply
from ticket_store.failures import guarded
from ticket_store.reading import reading
from ticket_store.schema import canned_replies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_FIELDS = tuple(CannedReply.__dataclass_fields__)
_COLUMNS = tuple(canned_replies.c[name] for name in _FIELDS)
_WHOLE = select(*_COLUMNS)
_ONE = _WHOLE.where(canned_replies.c.id == bindparam("which"))
_SAVE = update(canned_replies).where(canned_replies.c.id == bindparam("which"))
_TEXT = func.lower(canned_replies.c.title + " " + canned_replies.c.text)


def _row(reply: CannedReply) -> dict[str, object]:
    return {name: getattr(reply, name) for name in _FIELDS if name != "id"}


class CannedRows:
    """``core.ports.texts.CannedShelf`` over the rows of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def reply(self, reply_id: int) -> CannedReply | None:
        """One, locked until the end, retired too; None where there is none."""
        with guarded():
            found = await self._connection.execute(_ONE.with_for_update(), {"which": reply_id})
        row = found.one_or_none()
        return None if row is None else CannedReply(*row)

    async def add(self, reply: CannedReply) -> CannedReply:
        """A new one, with its id."""
        adding = insert(canned_replies).values(_row(reply))
        with guarded():
            row = (await self._connection.execute(adding.returning(*_COLUMNS))).one()
        return CannedReply(*row)

    async def save(self, reply: CannedReply) -> None:
        """Everything of it but the id."""
        with guarded():
            await self._connection.execute(_SAVE.values(_row(reply)), {"which": reply.id})


class StoredCanned:
    """``core.ports.texts.CannedReads`` over an engine that only reads."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._connected = reading(engine)

    async def one(self, reply_id: int) -> CannedReply:
        """Retired or not. Raises NotFound."""
        async with self._connected() as connection:
            row = (await connection.execute(_ONE, {"which": reply_id})).one_or_none()
        if row is None:
            raise NotFound(reply_id)
        return CannedReply(*row)

    async def find(
        self, words: Sequence[str], unit_id: int | None, limit: int
    ) -> Sequence[CannedReply]:
        """By title; an office has hundreds of them, so that reading them all costs little."""
        wanted: list[ColumnElement[bool]] = [canned_replies.c.retired_at.is_(None)]
        wanted += [_TEXT.contains(word, autoescape=True) for word in words]
        if unit_id is not None:
            own = canned_replies.c.unit_id
            wanted.append(or_(own.is_(None), own == unit_id))
        statement = _WHOLE.where(*wanted).order_by(canned_replies.c.title, canned_replies.c.id)
        async with self._connected() as connection:
            found = await connection.execute(statement.limit(limit))
            return [CannedReply(*row) for row in found]
