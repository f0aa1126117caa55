"""What outgoing messages stand in: their ticket, the message they answer, the thread so far.

Only doors that thread or have a window ask (``core.ports.Converses``): a claim for the others
reads nothing of this.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Select, Table, bindparam, func, null, select

from core.model.messages import Conversation, OutboundFile
from core.model.outbox import WRITTEN_BY_PEOPLE
from ticket_store.schema import UtcDateTime, messages, outbox, outbox_files, tickets
from ticket_store.standing import Found, padded

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncConnection

LONGEST = 20
"""Earlier messages named in References; mail readers look at the last few (RFC 5322 §3.6.4)."""

# By the time of the person's own writing: what comes late does not open a window again.
_HEARD = (
    select(func.coalesce(messages.c.sent_at, messages.c.received_at, type_=UtcDateTime))
    .where(
        messages.c.address_id == outbox.c.address_id,
        messages.c.channel == outbox.c.channel,
    )
    .order_by(messages.c.received_at.desc())
    .limit(1)
    .correlate(outbox)
    .scalar_subquery()
)
_ITEMS = (
    select(
        outbox.c.id,
        outbox.c.key,
        outbox.c.purpose,
        outbox.c.channel,
        outbox.c.address_id,
        outbox.c.ticket_id,
        tickets.c.number,
        _HEARD.label("heard_at"),
    )
    .join_from(outbox, tickets, outbox.c.ticket_id == tickets.c.id, isouter=True)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
)
_THREAD_ID = func.coalesce(messages.c.thread_id, messages.c.external_id).label("thread_id")
_BY_ID = select(
    messages.c.id, messages.c.channel, messages.c.address_id, messages.c.subject, _THREAD_ID
).where(messages.c.id.in_(bindparam("ids", expanding=True)))


def _latest(table: Table, at: ColumnElement[datetime]) -> ColumnElement[int]:
    """Place from the end within one person's part of a ticket."""
    return func.row_number().over(
        partition_by=(table.c.ticket_id, table.c.channel, table.c.address_id),
        order_by=at.desc(),
    )


_IN = (
    select(
        messages.c.ticket_id,
        messages.c.channel,
        messages.c.address_id,
        messages.c.received_at.label("at"),
        _THREAD_ID,
        func.coalesce(messages.c.subject, "").label("subject"),
        _latest(messages, messages.c.received_at).label("place"),
    )
    .where(messages.c.ticket_id.in_(bindparam("ids", expanding=True)))
    .subquery("incoming")
)
_OUT = (
    select(
        outbox.c.ticket_id,
        outbox.c.channel,
        outbox.c.address_id,
        outbox.c.handed_over_at.label("at"),
        outbox.c.provider_id.label("thread_id"),
        null().label("subject"),
        _latest(outbox, outbox.c.handed_over_at).label("place"),
    )
    .where(
        outbox.c.ticket_id.in_(bindparam("ids", expanding=True)),
        outbox.c.provider_id.is_not(None),
        outbox.c.handed_over_at.is_not(None),
    )
    .subquery("outgoing")
)
_THREADS = tuple(select(part).where(part.c.place <= LONGEST) for part in (_IN, _OUT))
_FILES = (
    select(outbox_files)
    .where(
        outbox_files.c.outbox_id.in_(bindparam("ids", expanding=True)),
        outbox_files.c.apart.is_(False),
    )
    .order_by(outbox_files.c.outbox_id, outbox_files.c.position)
)


async def conversations(
    connection: AsyncConnection, folder: Path, item_ids: Sequence[int]
) -> Mapping[int, Conversation]:
    """What each of these items stands in; files with their whole path below ``folder``."""
    items = await _found(connection, _ITEMS, item_ids)
    causes = {item.id: cause for item in items if (cause := _cause(item.key)) is not None}
    asked = {row.id: row for row in await _found(connection, _BY_ID, set(causes.values()))}
    threads = await _threads(connection, items)
    files = await _files(connection, folder, item_ids)
    made = {}
    for item in items:
        place = (item.channel, item.address_id)
        answered = asked.get(causes.get(item.id, 0))
        if answered is not None and (answered.channel, answered.address_id) != place:
            answered = None
        talk = _conversation(item, answered, threads.get((item.ticket_id, *place), []))
        made[item.id] = replace(talk, files=tuple(files.get(item.id, ())))
    return made


def _conversation(item: Found, answered: Found | None, thread: list[Found]) -> Conversation:
    """The message that is answered, else the last of the person's own in the thread."""
    own = [row for row in thread if row.subject is not None]
    last = answered if answered is not None else own[-1] if own else None
    answers = last.thread_id if last is not None else ""
    earlier = [row.thread_id for row in thread if row.thread_id != answers]
    return Conversation(
        number=item.number,
        subject=(last.subject or "") if last is not None else "",
        answers=answers,
        references=(*earlier[-LONGEST:], answers) if answers else tuple(earlier[-LONGEST:]),
        heard_at=item.heard_at,
        automatic=item.purpose not in WRITTEN_BY_PEOPLE,
    )


def _cause(key: str) -> int | None:
    """The message that an item's key names: purpose and cause (``core.model.outbox``)."""
    parts = key.split(":")
    return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else None


async def _threads(
    connection: AsyncConnection, items: Sequence[Found]
) -> Mapping[tuple[int, str, int], list[Found]]:
    """Both directions of each ticket with each person, oldest first."""
    ids = {item.ticket_id for item in items if item.ticket_id is not None}
    lines = [row for question in _THREADS for row in await _found(connection, question, ids)]
    threads: dict[tuple[int, str, int], list[Found]] = defaultdict(list)
    for row in sorted(lines, key=attrgetter("at")):
        threads[row.ticket_id, row.channel, row.address_id].append(row)
    return threads


async def _files(
    connection: AsyncConnection, folder: Path, item_ids: Sequence[int]
) -> Mapping[int, list[OutboundFile]]:
    files: dict[int, list[OutboundFile]] = defaultdict(list)
    for row in await _found(connection, _FILES, item_ids):
        file = OutboundFile(str(folder / row.stored_as), row.content_type, row.filename, row.size)
        files[row.outbox_id].append(file)
    return files


async def _found(
    connection: AsyncConnection,
    question: Select[*tuple[object, ...]],
    ids: Collection[int],
) -> Sequence[Found]:
    if not ids:
        return ()
    return (await connection.execute(question, {"ids": padded(ids)})).all()
