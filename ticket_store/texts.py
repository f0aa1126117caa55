"""Texts as staff have worded them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from core.model.text_library import StoredText
from ticket_store.failures import guarded
from ticket_store.schema import templates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_FIELDS = tuple(StoredText.__dataclass_fields__)
_KEY = ("unit_id", "language", "key")
_ALL = select(*(templates.c[name] for name in _FIELDS)).order_by(*(templates.c[k] for k in _KEY))


def _here(unit_id: int, language: str, key: str) -> list[ColumnElement[bool]]:
    places = zip(_KEY, (unit_id, language, key), strict=True)
    return [templates.c[name] == held for name, held in places]


class TextRows:
    """``core.ports.texts.TextShelf`` over the rows of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def text(self, unit_id: int, language: str, key: str) -> StoredText | None:
        """A text, locked until the end; None where there is none."""
        statement = _ALL.where(*_here(unit_id, language, key)).with_for_update()
        with guarded():
            row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else StoredText(*row)

    async def put(self, stored: StoredText) -> None:
        """Lays it down, over the version before. Raises Conflict: two wrote the first one."""
        row = {name: getattr(stored, name) for name in _FIELDS}
        here = _here(stored.unit_id, stored.language, stored.key)
        first = stored.version == 1
        statement = insert(templates) if first else update(templates).where(*here)
        with guarded():
            await self._connection.execute(statement.values(row))


class StoredTexts:
    """``core.ports.texts.TextReads`` over an engine that only reads."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def all(self) -> Sequence[StoredText]:
        """By unit, language and key; one that is "" says nothing."""
        worded = _ALL.where(templates.c.text != "")
        with guarded():
            async with self._engine.connect() as connection:
                return [StoredText(*row) for row in await connection.execute(worded)]
