"""The whole history as it is at one moment, for anchors and for whoever checks it.

Rows come in chunks, so that memory stays flat whatever the number of events, and in one snapshot,
so that a gateway may go on writing beside it.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, select, text

from core.errors import StoreUnavailable
from core.model.audit import Anchor, AnchorPart, Finding, Head, Wrong
from ticket_store import audit_statements as ask
from ticket_store.engine import patient_engine
from ticket_store.failures import guarded
from ticket_store.schema import anchor_parts, anchors
from ticket_store.stream import read_place, settled, written

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from sqlalchemy import Executable
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from core.model.audit_chains import Raw, RawAdmin
    from ticket_store.standing import Found

CHUNK: Final = 4_000
"""Rows read at a time."""

PARTS: Final = 50
"""Parts of anchors read at a time, of 14 kB at most."""

MOST: Final = 1_000
"""Rows of one kind that are listed; whoever removes more is found by fewer."""

_ANCHORS = select(*(anchors.c[name] for name in Anchor.__dataclass_fields__)).order_by(
    anchors.c.day
)


class AuditRows:
    """``core.ports.audit.AuditSnapshot`` over one transaction that only reads."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name

    async def settled(self) -> str:
        """How far the stream of events is complete."""
        with guarded():
            return written(await settled(self._connection), self._dialect)

    async def news(self, after: str | None, upto: str) -> AsyncIterator[Sequence[Head]]:
        """Every event between two places of the stream, in the order of ticket and seq."""
        end = read_place(upto, self._dialect)
        last = end.position if self._dialect == "sqlite" else end.tx
        values = (*self._place(after), last)
        async for rows in self._chunks(ask.NEWS[self._dialect], values):
            yield [Head(*row) for row in rows]

    async def events(self, after: str | None) -> AsyncIterator[Sequence[Raw]]:
        """All events of all tickets, or of those touched after a place, in order."""
        statement = (ask.EVENTS if after is None else ask.TOUCHED)[self._dialect]
        async for rows in self._chunks(statement, () if after is None else self._place(after)):
            yield rows

    def _place(self, after: str | None) -> tuple[int, ...]:
        place = read_place(after, self._dialect)
        return (place.position,) if self._dialect == "sqlite" else place

    async def house(self) -> AsyncIterator[Sequence[RawAdmin]]:
        """All events of the house in the order of subject and seq."""
        async for rows in self._chunks(ask.HOUSE[self._dialect], ()):
            yield rows

    async def house_heads(self) -> Sequence[tuple[str, int, str]]:
        """Where each of the house's chains stands."""
        return [(row[0], row[1], row[2]) for row in await self._all(ask.HOUSE_HEADS)]

    async def anchors(self) -> Sequence[Anchor]:
        """In the order of their days."""
        return [Anchor(*row) for row in await self._all(_ANCHORS)]

    async def parts(
        self, since: date | None, buckets: tuple[int, int]
    ) -> AsyncIterator[AnchorPart]:
        """Parts of anchors in the order of bucket and day."""
        lite = self._dialect == "sqlite"
        least = since or date.min
        values = (*buckets, least.isoformat() if lite else least)
        async for rows in self._chunks(ask.PARTS[self._dialect], values, PARTS):
            for day, bucket, entries, digest in rows:
                yield AnchorPart(_day(day), bucket, bytes(entries), digest)

    async def bare(self) -> Sequence[str]:
        """Numbers of tickets without any event."""
        return [str(row[0]) for row in await self._all(ask.BARE, {"most": MOST})]

    async def missed(self) -> Sequence[int]:
        """Ids of tickets that rows elsewhere speak of and that are not there."""
        return [int(row[0]) for row in await self._all(ask.MISSED, {"most": MOST})]

    async def storage(self) -> Sequence[Finding]:
        """Guards that are gone; on SQLite also row ids left out, and damage."""
        guards = {row[0] for row in await self._all(ask.GUARDS[self._dialect])}
        found = [Finding(Wrong.UNGUARDED, name) for name in ask.GUARDED if name not in guards]
        if self._dialect != "sqlite":
            return found
        if damage := await self._damage():
            return [*found, *damage]
        [(count, last)] = await self._all(ask.LITE_SPAN)
        gaps = await self._all(ask.LITE_GAPS, {"most": MOST}) if count < last else ()
        return [*found, *map(_vanished, gaps)]

    async def _damage(self) -> Sequence[Finding]:
        """Where a page of SQLite's file is torn, the check itself may break off."""
        try:
            told = [" ".join(str(row[0]).split()) for row in await self._all(ask.LITE_CHECK)]
        except StoreUnavailable:
            told = ["pages of the file cannot be read; restore a backup"]
        return [] if told == ["ok"] else [Finding(Wrong.DAMAGED, line) for line in told]

    async def _all(
        self, statement: Executable, values: Mapping[str, Any] | None = None
    ) -> Sequence[Found]:
        with guarded():
            return (await self._connection.execute(statement, values)).all()

    async def _chunks(
        self, statement: str, values: Sequence[Any], size: int = 0
    ) -> AsyncIterator[Sequence[Any]]:
        """From the driver itself: through SQLAlchemy a row costs as much again as its hash."""
        size = size or CHUNK
        with guarded():
            raw = await self._connection.get_raw_connection()
            driver: Any = raw.driver_connection
            if self._dialect == "sqlite":
                cursor = await driver.execute(statement, values)
                fetch = cursor.fetchmany
            else:
                cursor = await driver.cursor(statement, *values)
                fetch = cursor.fetch
            while rows := await fetch(size):
                yield rows
            if self._dialect == "sqlite":
                await cursor.close()


def _day(kept: date | str) -> date:
    """SQLite keeps text; one that is no date any more is of no anchor."""
    if not isinstance(kept, str):
        return kept
    try:
        return date.fromisoformat(kept)
    except ValueError:
        return date.min


def _vanished(gap: Found) -> Finding:
    missing, number, ticket_id, seq, at = gap
    whose = f"event {seq} of {number or ticket_id}, written {at}" if seq else "the very beginning"
    return Finding(Wrong.VANISHED, whose, missing)


class StoredAudits:
    """``core.ports.audit.Audits``."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AuditRows]:
        """Without time-outs; it holds nobody up. Raises StoreUnavailable."""
        with guarded():
            engine = patient_engine(self._engine)
            async with engine.connect() as plain:
                connection = plain
                if engine.dialect.name == "postgresql":
                    connection = await plain.execution_options(
                        isolation_level="REPEATABLE READ", postgresql_readonly=True
                    )
                    await connection.execute(text("SET LOCAL jit = off"))
                yield AuditRows(connection)


class AnchorRows:
    """``core.ports.audit.AnchorShelf`` in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lay_down(self, anchor: Anchor, parts: Sequence[AnchorPart]) -> None:
        """Two statements. Raises Conflict when that day has its anchor."""
        await self._connection.execute(insert(anchors).values(_row(anchor)))
        if parts:
            await self._connection.execute(insert(anchor_parts), [_row(part) for part in parts])


def _row(one: Anchor | AnchorPart) -> dict[str, object]:
    return {name: getattr(one, name) for name in type(one).__dataclass_fields__}
