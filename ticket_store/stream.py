"""The stream of events: one order that nothing is ever inserted into behind a reader.

SQLite has one writer, so the order of row ids is that of commits. PostgreSQL commits in any order:
a reader that trusts ``id > last`` passes an event that was numbered early and committed late. Each
event therefore carries its transaction's id (``tx``), and a reader stops before the oldest
transaction that still runs (``pg_snapshot_xmin``): of those before it none can commit any more.
A transaction that takes long holds the stream up, and loses nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    literal_column,
    select,
    tuple_,
)

from core.errors import MalformedMessage
from core.model.events import Event
from core.model.stream import StreamEvent, StreamPage
from ticket_store.reading import reading
from ticket_store.schema import events, ticket_work, tickets
from ticket_store.scope import visible
from ticket_store.stream_order import XMAX, XMIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from core.model.rights import Scope
    from core.model.stream import Only
    from ticket_store.standing import Found

SLICE: Final = 250
"""Rows looked at in one statement, at least."""

SLICES: Final = 8
"""Slices looked at for one answer, so that a narrow scope waits for none but its own events."""

LAST: Final = 2**63 - 1
_WRITTEN: Final = re.compile(r"([ps])(-?\d{1,19})\.(\d{1,19})", re.ASCII)
_FOREIGN: Final = "Penanda lanjutan (cursor) tidak dikenal; mulai lagi tanpa penanda."

_FIELDS: Final = tuple(Event.__dataclass_fields__)


class Place(NamedTuple):
    """A place in the stream; SQLite knows only ``position``, its row id."""

    tx: int
    position: int


START: Final = Place(-1, 0)


def written(place: Place, dialect: str) -> str:
    """The cursor of a place; its first letter says of which engine it is."""
    return f"{dialect[0]}{place.tx}.{place.position}"


def read_place(cursor: str | None, dialect: str) -> Place:
    """The place of a cursor; None is the start. Raises MalformedMessage."""
    if cursor is None:
        return START
    found = _WRITTEN.fullmatch(cursor)
    if found is None or found[1] != dialect[0]:
        raise MalformedMessage(_FOREIGN)
    place = Place(int(found[2]), int(found[3]))
    if max(place) > LAST:
        raise MalformedMessage(_FOREIGN)
    return place


def behind(dialect: str) -> Select[*tuple[Any, ...]]:
    """Events after a place, in order; binds ``position``, and on PostgreSQL ``tx``.

    Besides an event's fields its place, as ``at_tx`` and ``at_position``.
    """
    fields = [events.c[name] for name in _FIELDS]
    if dialect == "sqlite":
        rowid: ColumnElement[int] = literal_column("events.rowid", BigInteger)
        place = (literal_column("0", BigInteger).label("at_tx"), rowid.label("at_position"))
        after = rowid > bindparam("position", type_=BigInteger)
        return select(*fields, *place).where(after).order_by(rowid)
    tx, position = events.c.tx, events.c.position
    start = tuple_(bindparam("tx", type_=BigInteger), bindparam("position", type_=BigInteger))
    settled_only = tx < literal_column(XMIN, BigInteger)
    return (
        select(*fields, tx.label("at_tx"), position.label("at_position"))
        .where(tuple_(tx, position) > start, settled_only)
        .order_by(tx, position)
    )


def bound(place: Place, dialect: str) -> dict[str, int]:
    """What :func:`behind` binds."""
    return {"position": place.position} | ({} if dialect == "sqlite" else {"tx": place.tx})


def _slice(dialect: str, scope: Scope | None) -> Select[*tuple[Any, ...]]:
    """The next rows whoever may see them, and whether this scope holds them."""
    rows = behind(dialect).limit(bindparam("limit", type_=Integer)).subquery("e")
    there = tickets.c.id.is_not(None)
    shown = there if scope is None else and_(there, visible(scope))
    return (
        select(*rows.c, tickets.c.number, ticket_work.c.unit_id, shown.label("shown"))
        .select_from(
            rows.outerjoin(tickets, tickets.c.id == rows.c.ticket_id).outerjoin(
                ticket_work, ticket_work.c.ticket_id == rows.c.ticket_id
            )
        )
        .order_by(rows.c.at_tx, rows.c.at_position)
    )


class StoredStream:
    """``core.ports.audit.EventStream``."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._connected = reading(engine)
        self._dialect = engine.dialect.name

    async def after(self, cursor: str | None, limit: int, only: Only) -> StreamPage:
        """A few short statements by index at most."""
        place = read_place(cursor, self._dialect)
        statement = _slice(self._dialect, only.scope)
        found: list[StreamEvent] = []
        size = max(limit, SLICE)
        more = True
        async with self._connected() as connection:
            for _ in range(SLICES):
                asked = bound(place, self._dialect) | {"limit": size}
                rows = (await connection.execute(statement, asked)).all()
                if not rows and not found:
                    await self._refuse_ahead(connection, place)
                place, looked = self._gather(rows, place, only, (found, limit))
                more = len(rows) == size or looked < len(rows)
                if not more or len(found) == limit:
                    break
        return StreamPage(tuple(found), written(place, self._dialect), more)

    def _gather(
        self, rows: Sequence[Found], place: Place, only: Only, into: tuple[list[StreamEvent], int]
    ) -> tuple[Place, int]:
        """Takes what is wanted until there is enough; returns where it stopped."""
        found, limit = into
        for looked, row in enumerate(rows, 1):
            place = Place(row.at_tx, row.at_position)
            if row.shown and only.wants(row.kind, row.unit_id):
                found.append(self._event(row, place))
                if len(found) == limit:
                    return place, looked
        return place, len(rows)

    def _event(self, row: Found, place: Place) -> StreamEvent:
        event = Event(*(getattr(row, name) for name in _FIELDS))
        return StreamEvent(written(place, self._dialect), row.number, event)

    async def _refuse_ahead(self, connection: AsyncConnection, place: Place) -> None:
        """A cursor of another store, or of this one before a backup took its place."""
        if self._dialect == "sqlite":
            ahead = place.position > (await settled(connection)).position
        else:
            xmax = select(literal_column(XMAX, BigInteger))
            ahead = place.tx >= (await connection.execute(xmax)).scalar_one()
        if ahead:
            raise MalformedMessage(_FOREIGN)

    async def end(self) -> str:
        """One short statement."""
        async with self._connected() as connection:
            return written(await settled(connection), self._dialect)


async def settled(connection: AsyncConnection) -> Place:
    """The place before which nothing can appear any more."""
    if connection.dialect.name == "sqlite":
        last = select(literal_column("coalesce(max(rowid), 0)", BigInteger)).select_from(events)
        return Place(0, (await connection.execute(last)).scalar_one())
    xmin = (await connection.execute(select(literal_column(XMIN, BigInteger)))).scalar_one()
    return Place(xmin - 1, LAST)
