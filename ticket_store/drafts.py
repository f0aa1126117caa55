"""Unsent texts of staff, one for each person, ticket and kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, literal, select

from core.model.drafts import Draft, DraftFile, DraftKind, Writer
from ticket_store.reading import reading
from ticket_store.schema import draft_files, drafts, outbox_files, staff
from ticket_store.standing import INSERT

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from ticket_store.standing import Found

_FIELDS = tuple(Draft.__dataclass_fields__)
_KEY = ("ticket_id", "staff_id", "kind")
_FILE = tuple(DraftFile.__dataclass_fields__)
_LYING = ("stored_as", "content_type", "filename", "size")


def _files_of(ticket_id: int, staff_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(*(draft_files.c[name] for name in _FILE))
        .where(draft_files.c.ticket_id == ticket_id, draft_files.c.staff_id == staff_id)
        .order_by(draft_files.c.id)
    )


def _file(row: Found) -> DraftFile:
    found: dict[str, Any] = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
    return DraftFile(**found | {"kind": DraftKind(row.kind)})


def _here(ticket_id: int, staff_id: int, kind: DraftKind) -> list[ColumnElement[bool]]:
    held = (ticket_id, staff_id, kind.value)
    return [drafts.c[name] == one for name, one in zip(_KEY, held, strict=True)]


class DraftRows:
    """``core.ports.composing.DraftShelf`` over the rows of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(self, draft: Draft) -> None:
        """Lays it down, over the one of this person, ticket and kind."""
        row = {name: getattr(draft, name) for name in _FIELDS} | {"kind": draft.kind.value}
        new = INSERT[self._connection.dialect.name](drafts).values(**row)
        changed = {name: new.excluded[name] for name in _FIELDS if name not in _KEY}
        await self._connection.execute(
            new.on_conflict_do_update(index_elements=list(_KEY), set_=changed)
        )

    async def text(self, ticket_id: int, staff_id: int, kind: DraftKind) -> str:
        """What is there so far; "" for none."""
        statement = select(drafts.c.text).where(*_here(ticket_id, staff_id, kind))
        return await self._connection.scalar(statement) or ""

    async def remove(self, ticket_id: int, staff_id: int, kind: DraftKind) -> None:
        """There is none any more."""
        await self._connection.execute(delete(drafts).where(*_here(ticket_id, staff_id, kind)))

    async def enclose(self, file: DraftFile) -> int:
        """Lays a file beside what is being written; returns its id."""
        row = {name: getattr(file, name) for name in _FILE if name != "id"}
        laid = insert(draft_files).values(row | {"kind": file.kind.value})
        found = await self._connection.scalar(laid.returning(draft_files.c.id))
        return int(found or 0)

    async def files(self, ticket_id: int, staff_id: int, kind: DraftKind) -> Sequence[DraftFile]:
        """Those that wait there, in the order in which they came, locked until the end."""
        wanted = _files_of(ticket_id, staff_id).where(draft_files.c.kind == kind.value)
        return [_file(row) for row in await self._connection.execute(wanted.with_for_update())]

    async def release(self, file_ids: Collection[int]) -> None:
        """They wait no longer."""
        gone = delete(draft_files).where(draft_files.c.id.in_(sorted(file_ids)))
        await self._connection.execute(gone)

    async def reclaim(self, letter_id: int, draft: Draft) -> None:
        """The files of an answer that was taken back wait again, beside this draft."""
        again = (
            select(
                literal(draft.ticket_id, draft_files.c.ticket_id.type),
                literal(draft.staff_id, draft_files.c.staff_id.type),
                literal(draft.kind.value),
                literal(draft.saved_at, draft_files.c.saved_at.type),
                *(outbox_files.c[name] for name in _LYING),
            )
            .where(outbox_files.c.outbox_id == letter_id)
            .order_by(outbox_files.c.position)
        )
        columns = ["ticket_id", "staff_id", "kind", "saved_at", *_LYING]
        await self._connection.execute(insert(draft_files).from_select(columns, again))


class StoredDrafts:
    """``core.ports.composing.DraftReads`` over an engine that only reads."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._connected = reading(engine)

    async def of(self, ticket_id: int, staff_id: int) -> Sequence[Draft]:
        """What this person has not sent on this ticket, at most one of each kind."""
        statement = (
            select(*(drafts.c[name] for name in _FIELDS))
            .where(drafts.c.ticket_id == ticket_id, drafts.c.staff_id == staff_id)
            .order_by(drafts.c.kind)
        )
        async with self._connected() as connection:
            return [
                Draft(
                    row.ticket_id,
                    row.staff_id,
                    DraftKind(row.kind),
                    row.text,
                    row.version,
                    row.saved_at,
                )
                for row in await connection.execute(statement)
            ]

    async def writers(self, ticket_id: int, since: datetime) -> Sequence[Writer]:
        """Who saved a draft there since then, the latest first."""
        statement = (
            select(drafts.c.staff_id, staff.c.name, drafts.c.kind, drafts.c.saved_at)
            .join(staff, staff.c.id == drafts.c.staff_id)
            .where(drafts.c.ticket_id == ticket_id, drafts.c.saved_at >= since)
            .order_by(drafts.c.saved_at.desc(), drafts.c.staff_id, drafts.c.kind)
        )
        async with self._connected() as connection:
            found = await connection.execute(statement)
            return [Writer(row[0], row[1], DraftKind(row[2]), row[3]) for row in found]

    async def files(self, ticket_id: int, staff_id: int) -> Sequence[DraftFile]:
        """What waits there to go with an answer or a note, in the order in which it came."""
        async with self._connected() as connection:
            found = await connection.execute(_files_of(ticket_id, staff_id))
            return [_file(row) for row in found]

    async def begun(self, staff_id: int, ticket_ids: Collection[int]) -> frozenset[int]:
        """On which of these tickets this person has something unsent."""
        if not ticket_ids:
            return frozenset()
        statement = select(drafts.c.ticket_id).where(
            drafts.c.staff_id == staff_id, drafts.c.ticket_id.in_(list(ticket_ids))
        )
        async with self._connected() as connection:
            return frozenset((await connection.execute(statement)).scalars())
