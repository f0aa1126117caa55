"""Unsent texts of staff, one for each person, ticket and kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, literal, select

from core.model.drafts import Draft, DraftFile, DraftKind, Unsent, Writer
from ticket_store.quick import asked
from ticket_store.reading import reading
from ticket_store.schema import draft_files, drafts, outbox_files, staff
from ticket_store.standing import INSERT

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import BindParameter, ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from ticket_store.standing import Found

_FIELDS = tuple(Draft.__dataclass_fields__)
_KEY = ("ticket_id", "staff_id", "kind")
_FILE = tuple(DraftFile.__dataclass_fields__)
_LYING = ("stored_as", "content_type", "filename", "size")


_TICKET: BindParameter[int] = bindparam("ticket")
_PERSON: BindParameter[int] = bindparam("person")
_FILES = (
    select(*(draft_files.c[name] for name in _FILE))
    .where(draft_files.c.ticket_id == _TICKET, draft_files.c.staff_id == _PERSON)
    .order_by(draft_files.c.id)
)
_DRAFTS = (
    select(*(drafts.c[name] for name in _FIELDS))
    .where(drafts.c.ticket_id == _TICKET, drafts.c.staff_id == _PERSON)
    .order_by(drafts.c.kind)
)
_WRITERS = (
    select(drafts.c.staff_id, staff.c.name, drafts.c.kind, drafts.c.saved_at)
    .join(staff, staff.c.id == drafts.c.staff_id)
    .where(drafts.c.ticket_id == _TICKET, drafts.c.saved_at >= bindparam("since"))
    .order_by(drafts.c.saved_at.desc(), drafts.c.staff_id, drafts.c.kind)
)


def _draft(row: Found) -> Draft:
    held = dict(zip(_FIELDS, row, strict=True))
    return Draft(**held | {"kind": DraftKind(row.kind)})


def _file(row: Found) -> DraftFile:
    held = dict(zip(_FILE, row, strict=True))
    return DraftFile(**held | {"kind": DraftKind(row.kind)})


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
        wanted = _FILES.where(draft_files.c.kind == kind.value).with_for_update()
        whose = {"ticket": ticket_id, "person": staff_id}
        return [_file(row) for row in await self._connection.execute(wanted, whose)]

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

    async def unsent(self, ticket_id: int, staff_id: int, since: datetime) -> Unsent:
        """What this person has not sent on this ticket, and who saved a draft since then."""
        whose = {"ticket": ticket_id, "person": staff_id}
        async with self._connected() as connection:
            return Unsent(
                [_draft(row) for row in await asked(connection, _DRAFTS, whose)],
                [_file(row) for row in await asked(connection, _FILES, whose)],
                await _writing(connection, ticket_id, since),
            )

    async def writers(self, ticket_id: int, since: datetime) -> Sequence[Writer]:
        """Who saved a draft there since then, the latest first."""
        async with self._connected() as connection:
            return await _writing(connection, ticket_id, since)

    async def files(self, ticket_id: int, staff_id: int) -> Sequence[DraftFile]:
        """What waits there to go with an answer or a note, in the order in which it came."""
        whose = {"ticket": ticket_id, "person": staff_id}
        async with self._connected() as connection:
            return [_file(row) for row in await asked(connection, _FILES, whose)]


async def _writing(connection: AsyncConnection, ticket_id: int, since: datetime) -> list[Writer]:
    found = await asked(connection, _WRITERS, {"ticket": ticket_id, "since": since})
    return [Writer(row[0], row[1], DraftKind(row[2]), row[3]) for row in found]
