"""The shelf of files: claimed with a lease, recorded, read for pages.

A file that is being fetched stays ``waiting``; its ``due_at`` is the end of the lease, so that a
process that died needs no cleaning up after. Both engines read the partial index on what waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Integer,
    Text,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    union_all,
    update,
)

from core.errors import NotFound
from core.model.attachments import AttachmentState, FetchResult, FileSide, FileView, WantedFile
from core.model.file_names import display_name
from core.model.file_types import shown_as
from core.model.messages import ChannelId
from ticket_store.quick import asked
from ticket_store.reading import reading
from ticket_store.schema import (
    UtcDateTime,
    attachments,
    draft_files,
    messages,
    note_files,
    notes,
    outbox,
    outbox_files,
    tickets,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Column, Select, Table
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from ticket_store.standing import Found

IN_FOLDER = "file:"
IN_PAYLOAD = "part:"

# written out, never bound: only then does a planner see that the partial index fits
_WAITS = attachments.c.state == literal_column("'waiting'")
_KEY = (
    attachments.c.message_id == bindparam("of_message", type_=BigInteger),
    attachments.c.position == bindparam("of_position", type_=Integer),
)
_DUE = (
    select(
        attachments.c.message_id,
        attachments.c.position,
        messages.c.channel,
        attachments.c.reference,
        attachments.c.content_type,
        attachments.c.filename,
        attachments.c.size,
        attachments.c.attempt,
    )
    .join(messages, messages.c.id == attachments.c.message_id)
    .where(
        _WAITS,
        or_(
            attachments.c.due_at.is_(None),
            attachments.c.due_at <= bindparam("now", type_=UtcDateTime),
        ),
        messages.c.channel.not_in(bindparam("resting", expanding=True, type_=Text)),
    )
    .order_by(attachments.c.message_id, attachments.c.position)
    .limit(bindparam("limit", type_=Integer))
    .with_for_update(skip_locked=True, of=attachments)
)
_CLAIM = (
    update(attachments)
    .where(*_KEY)
    .values(due_at=bindparam("lease_until"), attempt=attachments.c.attempt + 1)
)
_RAW = select(messages.c.id, messages.c.raw).where(
    messages.c.id.in_(bindparam("ids", expanding=True))
)
# Whoever claimed it later has a higher attempt: this result comes too late.
_RECORD = (
    update(attachments)
    .where(*_KEY, _WAITS, attachments.c.attempt == bindparam("claimed", type_=Integer))
    .values(
        {
            name: bindparam(name)
            for name in (
                "state",
                "due_at",
                "attempt",
                "stored_as",
                "found_type",
                "found_size",
                "sha256",
                "reason",
            )
        }
    )
    .returning(attachments.c.position)
)
_AGAIN = (
    update(attachments)
    .where(
        *_KEY,
        attachments.c.state == AttachmentState.UNAVAILABLE.value,
        attachments.c.reference != literal_column("''"),  # erased with its person
    )
    .values(
        state=AttachmentState.WAITING.value,
        due_at=bindparam("now", type_=UtcDateTime),
        attempt=0,
    )
    .returning(attachments.c.position)
)
_NAMES = bindparam("names", expanding=True, type_=Text)
_REFERENCES = bindparam("references", expanding=True, type_=Text)
_NAMED = (
    select(func.coalesce(attachments.c.stored_as, attachments.c.reference))
    .where(or_(attachments.c.stored_as.in_(_NAMES), attachments.c.reference.in_(_REFERENCES)))
    .union_all(
        *(
            select(table.c.stored_as).where(table.c.stored_as.in_(_NAMES))
            for table in (outbox_files, note_files, draft_files)
        )
    )
)
_FILES = (
    select(attachments)
    .join(messages, messages.c.id == attachments.c.message_id)
    .join(tickets, tickets.c.id == messages.c.ticket_id)
    .where(tickets.c.number == bindparam("number"))
    .order_by(messages.c.received_at, attachments.c.message_id, attachments.c.position)
)
_FILE = _FILES.where(*_KEY)
_LYING = ("position", "stored_as", "content_type", "filename", "size")


def _ours(
    side: FileSide, table: Table, owner: Column[int], above: Table
) -> Select[*tuple[Any, ...]]:
    """Files of messages out or of notes; both tables have the same columns."""
    place = literal_column(f"'{side.value}'", Text).label("side")
    return (
        select(place, owner.label("message_id"), *(table.c[name] for name in _LYING))
        .join(above, above.c.id == owner)
        .join(tickets, tickets.c.id == above.c.ticket_id)
        .where(tickets.c.number == bindparam("number"))
    )


_OURS = {
    FileSide.OUT: _ours(FileSide.OUT, outbox_files, outbox_files.c.outbox_id, outbox),
    FileSide.NOTE: _ours(FileSide.NOTE, note_files, note_files.c.note_id, notes),
}
_ALL_OURS = union_all(*_OURS.values()).order_by("side", "message_id", "position")
_OUR_FILE = {
    FileSide.OUT: _OURS[FileSide.OUT].where(
        outbox_files.c.outbox_id == bindparam("of_message", type_=BigInteger),
        outbox_files.c.position == bindparam("of_position", type_=Integer),
    ),
    FileSide.NOTE: _OURS[FileSide.NOTE].where(
        note_files.c.note_id == bindparam("of_message", type_=BigInteger),
        note_files.c.position == bindparam("of_position", type_=Integer),
    ),
}


class AttachmentRows:
    """``core.ports.files.AttachmentShelf`` over the rows of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim(
        self,
        now: datetime,
        lease_until: datetime,
        limit: int,
        resting: Collection[ChannelId] = (),
    ) -> Sequence[WantedFile]:
        """Takes files that are due, with a lease; those whose lease ran out among them."""
        wanted = {"now": now, "limit": limit, "resting": sorted(resting)}
        rows = (await self._connection.execute(_DUE, wanted)).all()
        if not rows:
            return []
        for row in rows:
            key = {"of_message": row.message_id, "of_position": row.position}
            await self._connection.execute(_CLAIM, key | {"lease_until": lease_until})
        raws = await self._payloads(rows)
        return [_wanted(row, raws.get(row.message_id, b"")) for row in rows]

    async def _payloads(self, rows: Sequence[Found]) -> Mapping[int, bytes]:
        """Only for files that lie inside them; each payload once, it may have megabytes."""
        ids = {row.message_id for row in rows if row.reference.startswith(IN_PAYLOAD)}
        if not ids:
            return {}
        found = await self._connection.execute(_RAW, {"ids": sorted(ids)})
        return {row.id: bytes(row.raw) for row in found}

    async def record(self, results: Sequence[FetchResult]) -> Sequence[bool]:
        """Writes what became of attempts; False where another claim came in between."""
        written = []
        for result in results:
            found = await self._connection.execute(_RECORD, _row(result))
            written.append(found.first() is not None)
        return written

    async def again(self, message_id: int, position: int, now: datetime) -> bool:
        """Has a file fetched again that was given up."""
        key = {"of_message": message_id, "of_position": position, "now": now}
        return (await self._connection.execute(_AGAIN, key)).first() is not None

    async def unnamed(self, names: Collection[str]) -> set[str]:
        """Those that neither a message in nor one out speaks of."""
        wanted = {"names": sorted(names), "references": [f"{IN_FOLDER}{name}" for name in names]}
        found = await self._connection.execute(_NAMED, wanted)
        return set(names) - {str(row[0]).removeprefix(IN_FOLDER) for row in found}


class StoredFiles:
    """``core.ports.files.FileReads``."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._connected = reading(engine)

    async def files(self, number: str) -> Sequence[FileView]:
        """The files of a ticket, side by side in the order of their messages."""
        async with self._connected() as connection:
            return await files_of(connection, number)

    async def file(
        self, number: str, message_id: int, position: int, side: FileSide = FileSide.IN
    ) -> FileView:
        """One of them. Raises NotFound."""
        key = {"number": number, "of_message": message_id, "of_position": position}
        statement = _FILE if side is FileSide.IN else _OUR_FILE[side]
        async with self._connected() as connection:
            row = (await connection.execute(statement, key)).first()
        if row is None:
            raise NotFound(number)
        return _view(row) if side is FileSide.IN else _our_view(row, side)


async def files_of(connection: AsyncConnection, number: str) -> list[FileView]:
    """The files of a ticket, side by side in the order of their messages."""
    wanted = {"number": number}
    found = [_view(row) for row in await asked(connection, _FILES, wanted)]
    ours = await asked(connection, _ALL_OURS, wanted)
    return found + [_our_view(row, FileSide(row.side)) for row in ours]


def _our_view(row: Found, side: FileSide) -> FileView:
    """A file of staff: it was examined before it was taken."""
    return FileView(
        message_id=row.message_id,
        position=row.position,
        filename=row.filename,
        content_type=row.content_type,
        size=row.size,
        state=AttachmentState.STORED if row.stored_as else AttachmentState.UNAVAILABLE,
        reason="",
        stored_as=row.stored_as or None,
        inline=shown_as(row.content_type) == row.content_type,
        side=side,
    )


def _wanted(row: Found, raw: bytes) -> WantedFile:
    return WantedFile(
        message_id=row.message_id,
        position=row.position,
        channel=ChannelId(row.channel),
        reference=row.reference,
        content_type=row.content_type,
        filename=row.filename,
        size=row.size,
        attempt=row.attempt + 1,
        raw=raw if row.reference.startswith(IN_PAYLOAD) else b"",
    )


def _row(result: FetchResult) -> dict[str, object]:
    return {
        "of_message": result.message_id,
        "of_position": result.position,
        "claimed": result.attempt,
        "attempt": result.attempt if result.counts else result.attempt - 1,
        "state": result.state.value,
        "due_at": result.due_at,
        "stored_as": result.stored_as,
        "found_type": result.found_type,
        "found_size": result.found_size,
        "sha256": result.sha256,
        "reason": result.reason,
    }


def _view(row: Found) -> FileView:
    state = AttachmentState(row.state)
    lies_here = state in (AttachmentState.STORED, AttachmentState.SUSPECT)
    found = row.found_type or row.content_type
    return FileView(
        message_id=row.message_id,
        position=row.position,
        filename=display_name(row.filename, found, row.position),
        content_type=found,
        size=row.found_size if lies_here else row.size,
        state=state,
        reason=row.reason,
        stored_as=row.stored_as if lies_here else None,
        inline=state is AttachmentState.STORED and shown_as(found) == found,
    )
