"""The outbox shelf: promises laid down, claimed with a lease, recorded (design.md §4 "Going out").

A claim is one SELECT that locks and one UPDATE, the same on both engines: on PostgreSQL other
workers' rows are skipped, on SQLite the transaction is the only writer. Both read the partial
indexes on what is pending, so history costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    bindparam,
    case,
    func,
    literal_column,
    select,
    update,
)

from core.model.messages import (
    Address,
    AddressKind,
    ChannelId,
    Conversation,
    DeliveryReport,
    Reachability,
)
from core.model.outbox import OutboxDraft, OutboxItem, OutboxState, SendResult
from core.model.views import OutboxLoad
from ticket_store.conversations import conversations
from ticket_store.delivery_reports import (
    look_up,
    purge_early,
    take_reports,
)
from ticket_store.schema import UtcDateTime, addresses, outbox, outbox_files
from ticket_store.send_results import record_results
from ticket_store.standing import (
    INSERT,
    Found,
    padded,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncConnection

_PENDING = (OutboxState.WAITING, OutboxState.CLAIMED, OutboxState.IN_DOUBT)
_PARKED = (OutboxState.HELD, OutboxState.DEAD)


def _in_states(table: FromClause, *states: OutboxState) -> ColumnElement[bool]:
    """Written out, never bound: only then does a planner see that a partial index fits."""
    return table.c.state.in_([literal_column(f"'{state.value}'") for state in states])


_EARLIER = outbox.alias("earlier")
# Not NOT EXISTS: PostgreSQL turns that into an anti-join, which with the statistics of a quiet
# hour compares every pending row with every other (234 ms a claim). A subquery stays a probe, its
# order leaves only ix_outbox_order to answer it, and of "<> 1" the planner expects that most rows
# pass (of IS NULL that hardly any do), so that it stops at the limit instead of sorting them all.
_HELD_BACK = (
    select(literal_column("1"))
    .where(
        _in_states(_EARLIER, *_PENDING),
        _EARLIER.c.channel == outbox.c.channel,
        _EARLIER.c.recipient == outbox.c.recipient,
        _EARLIER.c.id < outbox.c.id,
    )
    .order_by(_EARLIER.c.id)
    .limit(1)
    .correlate(outbox)
    .scalar_subquery()
)
DUE = (
    select(
        outbox.c.id,
        outbox.c.channel,
        outbox.c.recipient_kind,
        outbox.c.recipient,
        outbox.c.text,
        outbox.c.purpose,
        outbox.c.state,
        outbox.c.attempt,
        outbox.c.created_at,
        outbox.c.tried_at,
        outbox.c.doubts,
        outbox.c.ticket_id,
        outbox.c.copied,
    )
    .where(
        _in_states(outbox, *_PENDING),
        outbox.c.channel == bindparam("channel"),
        outbox.c.due_at <= bindparam("now"),
        func.coalesce(_HELD_BACK, literal_column("0")) != literal_column("1"),
    )
    .order_by(outbox.c.urgency, outbox.c.due_at, outbox.c.id)
    .limit(bindparam("limit", type_=Integer))
    .with_for_update(skip_locked=True, of=outbox)
)
"""What may be claimed now: due, and nothing earlier to the same recipient still pending."""

# What is in doubt keeps the start of the attempt that may have gone out: if this worker dies too,
# the next look-up must reach as far back.
_NOW = bindparam("now", type_=UtcDateTime)
_CLAIM = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        state=OutboxState.CLAIMED.value,
        due_at=bindparam("lease_until"),
        attempt=outbox.c.attempt + 1,
        tried_at=case(
            (outbox.c.state == OutboxState.WAITING.value, _NOW),
            else_=func.coalesce(outbox.c.tried_at, _NOW),
        ),
    )
)
_FORGET = (
    update(outbox)
    .where(_in_states(outbox, *_PENDING), outbox.c.state == OutboxState.CLAIMED.value)
    .values(due_at=bindparam("look_at"), doubts=0)
)


_ID_OF = select(outbox.c.id).where(outbox.c.key == bindparam("of_key"))
_RELEASE = (
    update(outbox)
    .where(
        _in_states(outbox, *_PARKED),
        outbox.c.state == OutboxState.HELD.value,
        outbox.c.channel == bindparam("of_channel"),
        outbox.c.address_id == bindparam("of_address"),
    )
    .values(state=OutboxState.WAITING.value, due_at=bindparam("now"))
)
_REACH = (
    update(addresses)
    .where(addresses.c.kind == bindparam("of_kind"), addresses.c.value == bindparam("of_value"))
    .values(unreachable=bindparam("why"))
)


def _load_of(*states: OutboxState) -> Select[*tuple[Any, ...]]:
    return (
        select(
            outbox.c.channel,
            outbox.c.state,
            func.count().label("number"),
            func.min(outbox.c.created_at, type_=UtcDateTime).label("oldest"),
        )
        .where(_in_states(outbox, *states))
        .group_by(outbox.c.channel, outbox.c.state)
        .order_by(outbox.c.channel, outbox.c.state)
    )


LOADS = (_load_of(*_PENDING), _load_of(*_PARKED))
"""Counts of what is pending and of what is parked; never of what was handed over."""


class OutboxRows:
    """``core.ports.OutboxShelf`` over the rows of one transaction."""

    def __init__(self, connection: AsyncConnection, files: Path) -> None:
        self._connection, self._files = connection, files

    async def put(self, drafts: Sequence[OutboxDraft]) -> None:
        """Adds promises with their files; one whose key exists already is left as it was."""
        if drafts:
            insert = INSERT[self._connection.dialect.name](outbox)
            statement = insert.on_conflict_do_nothing(index_elements=["key"])
            await self._connection.execute(statement, [draft_row(draft) for draft in drafts])
        for draft in drafts:
            if draft.files:
                await self._enclose(draft)

    async def _enclose(self, draft: OutboxDraft) -> None:
        found = await self._connection.execute(_ID_OF, {"of_key": draft.key})
        item_id = found.scalar_one()
        rows = [
            {
                "outbox_id": item_id,
                "position": position,
                "stored_as": file.path,
                "content_type": file.content_type,
                "filename": file.filename,
                "size": file.size,
                "apart": file.apart,
            }
            for position, file in enumerate(draft.files)
        ]
        insert = INSERT[self._connection.dialect.name](outbox_files)
        statement = insert.on_conflict_do_nothing(index_elements=["outbox_id", "position"])
        await self._connection.execute(statement, rows)

    async def claim(
        self, channel: ChannelId, now: datetime, lease_until: datetime, limit: int
    ) -> Sequence[OutboxItem]:
        """Takes due items with a lease; ``attempt`` counts claims, mere look-ups included."""
        due = {"channel": channel, "now": now, "limit": limit}
        rows = (await self._connection.execute(DUE, due)).all()
        if rows:
            ids = padded([row.id for row in rows])
            lease = {"ids": ids, "lease_until": lease_until, "now": now}
            await self._connection.execute(_CLAIM, lease)
        return [_item(row) for row in rows]

    async def record(self, results: Sequence[SendResult]) -> None:
        """Writes what became of attempts, once: a repeat changes nothing."""
        await record_results(self._connection, results)

    async def conversations(self, item_ids: Sequence[int]) -> Mapping[int, Conversation]:
        """What each of these items stands in."""
        return await conversations(self._connection, self._files, item_ids)

    async def release(self, places: Sequence[tuple[ChannelId, int]], now: datetime) -> int:
        """By the small index of what is parked; history costs nothing."""
        released = 0
        for channel, address_id in places:
            held = {"of_channel": channel, "of_address": address_id, "now": now}
            released += (await self._connection.execute(_RELEASE, held)).rowcount
        return released

    async def mark_reachable(self, news: Sequence[Reachability]) -> None:
        """The last word on each address counts."""
        for one in news:
            kind, value = one.address.kind.value, one.address.value
            told = {"of_kind": kind, "of_value": value, "why": one.reason}
            await self._connection.execute(_REACH, told)

    async def known_ids(self, channel: ChannelId, provider_ids: Sequence[str]) -> set[str]:
        """Those provider ids that already belong to an item."""
        known = await look_up(self._connection, ((channel, one) for one in provider_ids))
        return {provider_id for _, provider_id in known.held}

    async def report(self, reports: Sequence[DeliveryReport]) -> int:
        """Moves states forward only; keeps those of unknown ids. Returns how many found an item.

        A report that carries our own id finds the item whatever the provider calls it; one about
        an item that was never tried, or of another channel, is not believed.
        """
        return await take_reports(self._connection, reports)

    async def load(self) -> Sequence[OutboxLoad]:
        """What is waiting, claimed, in doubt, held or dead, per channel."""
        found = [row for counts in LOADS for row in await self._connection.execute(counts)]
        return [
            OutboxLoad(row.channel, OutboxState(row.state), row.number, row.oldest)
            for row in found
        ]

    async def forget_claims(self, look_at: datetime) -> int:
        """Ends every lease: what was claimed comes back doubtful, to be looked for anew then."""
        return (await self._connection.execute(_FORGET, {"look_at": look_at})).rowcount

    async def purge_reports(self, before: datetime) -> Sequence[str]:
        """Applies kept reports whose ids are known meanwhile, then drops the old ones."""
        return await purge_early(self._connection, before)


def draft_row(draft: OutboxDraft) -> dict[str, object]:
    """The columns of a new promise."""
    return {
        "key": draft.key,
        "purpose": draft.purpose,
        "channel": draft.channel,
        "recipient_kind": draft.recipient.kind,
        "recipient": draft.recipient.value,
        "address_id": draft.address_id,
        "ticket_id": draft.ticket_id,
        "text": draft.text,
        "segments": draft.segments,
        "urgency": draft.urgency,
        "created_at": draft.created_at,
        "due_at": draft.due_at or draft.created_at,
    }


def _item(row: Found) -> OutboxItem:
    """As it stood before this claim, with this attempt counted."""
    doubtful = row.state != OutboxState.WAITING
    return OutboxItem(
        id=row.id,
        channel=ChannelId(row.channel),
        recipient=Address(AddressKind(row.recipient_kind), row.recipient),
        text=row.text,
        purpose=row.purpose,
        attempt=row.attempt + 1,
        created_at=row.created_at,
        doubtful=doubtful,
        tried_at=row.tried_at if doubtful else None,
        doubts=row.doubts,
        ticket_id=row.ticket_id,
        copied=row.copied,
    )
