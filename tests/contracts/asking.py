"""Asks a store beside its shelves, as an administrator would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ticket_store import schema

if TYPE_CHECKING:
    from sqlalchemy import Executable, Row, RowMapping

    from ticket_store.store import SqlStore


async def run(store: SqlStore, statement: Executable) -> None:
    """As an administrator would, beside the shelves."""
    async with store._engines.writing.begin() as connection:
        await connection.execute(statement)


async def rows(store: SqlStore, statement: Executable) -> list[Row[*tuple[Any, ...]]]:
    async with store._engines.reading.connect() as connection:
        return list((await connection.execute(statement)).all())


async def one(store: SqlStore, table: str) -> RowMapping:
    [row] = await rows(store, select(schema.metadata.tables[table]))
    return row._mapping
