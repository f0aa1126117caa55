"""What providers say about messages of ours: found, applied, or kept until the id is known."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import JSON, Text, and_, bindparam, cast, column, delete, func, select

from core.model.messages import ChannelId, DeliveryReport, DeliveryState
from ticket_store.schema import early_reports, outbox
from ticket_store.standing import (
    INSERT,
    Found,
    Standing,
    arrive,
    lock_rows,
    mark_refusals,
    padded,
    refusal,
    write_rows,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select, TableValuedAlias
    from sqlalchemy.ext.asyncio import AsyncConnection

ProviderKey = tuple[str, str]
"""Channel and the provider's id of a message of ours."""


@dataclass(slots=True)
class Known:
    """What the store has of some provider ids.

    Attributes:
        held: the item that has each.
        early: those reported before any item had them.
    """

    held: dict[ProviderKey, int] = field(default_factory=dict)
    early: set[ProviderKey] = field(default_factory=set)


def _probe(asked: TableValuedAlias) -> Select[str, int | None, str | None]:
    """One index probe per id in both tables.

    ``provider_id IN (…)`` is one scan of the whole channel instead, for as long as PostgreSQL has
    no statistics of it (42 ms a group on a new database).
    """
    here = bindparam("channel", type_=Text)
    provider_id: ColumnElement[str] = asked.c.value
    item = select(outbox.c.id).where(outbox.c.channel == here, outbox.c.provider_id == provider_id)
    early = select(early_reports.c.state).where(
        early_reports.c.channel == here, early_reports.c.external_id == provider_id
    )
    return select(
        provider_id.label("provider_id"),
        item.limit(1).scalar_subquery().label("item_id"),
        early.limit(1).scalar_subquery().label("early"),
    )


# The ids travel as one JSON list, so that it is one prepared statement however many they are.
_IDS = bindparam("ids", type_=Text)
_ASKED = column("value", Text)
PROBES = {
    "sqlite": _probe(func.json_each(_IDS).table_valued(_ASKED, name="asked")),
    "postgresql": _probe(
        func.json_array_elements_text(cast(_IDS, JSON)).table_valued(_ASKED, name="asked")
    ),
}
_TAKE_EARLY = (
    delete(early_reports)
    .where(
        early_reports.c.channel == bindparam("channel"),
        early_reports.c.external_id.in_(bindparam("provider_ids", expanding=True)),
    )
    .returning(early_reports)
)
_DROP_EARLY = (
    delete(early_reports)
    .where(early_reports.c.kept_at < bindparam("before"))
    .returning(early_reports.c.external_id)
)
_OVERTAKEN = select(early_reports.c.channel, early_reports.c.external_id).join(
    outbox,
    and_(
        outbox.c.channel == early_reports.c.channel,
        outbox.c.provider_id == early_reports.c.external_id,
    ),
)


async def look_up(connection: AsyncConnection, keys: Iterable[ProviderKey]) -> Known:
    """Who has these provider ids, and which of them were reported too early."""
    known = Known()
    for channel, provider_ids in _by_channel(keys).items():
        wanted = {"channel": channel, "ids": json.dumps(list(provider_ids))}
        for row in await connection.execute(PROBES[connection.dialect.name], wanted):
            key = (channel, row.provider_id)
            if row.item_id is not None:
                known.held[key] = row.item_id
            if row.early is not None:
                known.early.add(key)
    return known


async def take_reports(connection: AsyncConnection, reports: Sequence[DeliveryReport]) -> int:
    """Applies reports, keeps those of unknown ids; returns how many found an item."""
    known = await look_up(connection, ((said.channel, said.external_id) for said in reports))
    named = {said.item_id for said in reports if said.item_id is not None}
    batch = _Batch(await lock_rows(connection, named | set(known.held.values())), known.held)
    for said in reports:
        batch.take(said)
    await write_rows(connection, batch.found.values())
    await mark_refusals(connection, batch.refusals)
    await _keep_early(connection, batch.unknown)
    await apply_early(connection, known.early.intersection(batch.adopted))
    return batch.matched


async def apply_early(connection: AsyncConnection, keys: Iterable[ProviderKey]) -> None:
    """Applies what was reported before these ids were known."""
    for channel, provider_ids in _by_channel(keys).items():
        wanted = {"channel": channel, "provider_ids": padded(provider_ids)}
        kept = [_report(row) for row in await connection.execute(_TAKE_EARLY, wanted)]
        if kept:
            await take_reports(connection, sorted(kept, key=lambda said: said.state.rank))


async def purge_early(connection: AsyncConnection, before: datetime) -> Sequence[str]:
    """Tries kept reports once more, then drops those kept since before; returns their ids.

    A report and the record of its id, committed at the same instant, do not see each other: this
    is where they meet.
    """
    overtaken = await connection.execute(_OVERTAKEN)
    await apply_early(connection, {(row.channel, row.external_id) for row in overtaken})
    dropped = await connection.execute(_DROP_EARLY, {"before": before})
    return list(dict.fromkeys(dropped.scalars()))


class _Batch:
    """Reports of one transaction being laid on locked rows."""

    def __init__(self, rows: dict[int, Standing], held: dict[ProviderKey, int]) -> None:
        self._rows = rows
        self._held = held
        self.found: dict[int, Standing] = {}
        self.refusals: dict[int, str] = {}
        self.unknown: list[DeliveryReport] = []
        self.adopted: list[ProviderKey] = []
        self.matched = 0

    def take(self, said: DeliveryReport) -> None:
        """Applies one report, or sets it aside."""
        row = self._row_of(said)
        if row is None:
            self.unknown.append(said)
            return
        self.matched += 1
        self.found[row.id] = row
        self._adopt(row, said)
        if arrive(row, said) and said.opted_out:
            self.refusals[row.address_id] = refusal(said.reason, said.code)

    def _row_of(self, said: DeliveryReport) -> Standing | None:
        """Our own id first. An item of another channel, or never tried, is not what it means."""
        row = None if said.item_id is None else self._rows.get(said.item_id)
        if row is not None and row.channel == said.channel and row.attempt > 0:
            return row
        return self._rows.get(self._held.get((said.channel, said.external_id), 0))

    def _adopt(self, row: Standing, said: DeliveryReport) -> None:
        """The callback came before the answer to the call: it tells us the provider's id."""
        key = (said.channel, said.external_id)
        if row.provider_id is None and said.external_id and key not in self._held:
            row.provider_id = said.external_id
            self._held[key] = row.id
            self.adopted.append(key)


async def _keep_early(connection: AsyncConnection, reports: Collection[DeliveryReport]) -> None:
    """Keeps reports of ids that we do not know yet, since their own time; a repeat once."""
    rows = [
        {
            "channel": said.channel,
            "external_id": said.external_id,
            "state": said.state,
            "rank": said.state.rank,
            "at": said.at,
            "code": said.code,
            "reason": said.reason,
            "opted_out": said.opted_out,
            "kept_at": said.at,
        }
        for said in reports
    ]
    if rows:
        insert = INSERT[connection.dialect.name](early_reports)
        await connection.execute(insert.on_conflict_do_nothing(), rows)


def _report(row: Found) -> DeliveryReport:
    return DeliveryReport(
        channel=ChannelId(row.channel),
        external_id=row.external_id,
        state=DeliveryState(row.state),
        at=row.at,
        code=row.code,
        reason=row.reason,
        opted_out=row.opted_out,
    )


def _by_channel(keys: Iterable[ProviderKey]) -> dict[str, set[str]]:
    grouped: dict[str, set[str]] = {}
    for channel, provider_id in keys:
        if provider_id:
            grouped.setdefault(channel, set()).add(provider_id)
    return grouped
