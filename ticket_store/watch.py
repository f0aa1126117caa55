"""Clocks that are due: claimed by an index of those that must be looked at, written together."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from core.errors import Conflict
from core.model.clock import Pause, SlaClock
from core.model.events import Event
from core.model.messages import Address, AddressKind, ChannelId
from core.model.ticket import Priority, Status
from core.model.watch import Watched
from core.ports.watch import Reachable, Way
from ticket_store.intake_rows import STALE
from ticket_store.schema import addresses, breaches, escalations, events, ticket_work
from ticket_store.standing import INSERT, padded
from ticket_store.watch_statements import (
    ADVANCE,
    ADVANCED,
    AFTER,
    AFTER_PROVISIONAL,
    CLOCK_FIELDS,
    CLOCKS,
    DUE,
    MOVE,
    MOVED,
    PAUSE_FIELDS,
    PAUSES,
    STAFF,
    TICKETS,
    WAYS,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Executable, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.ports.watch import WatchResult
    from ticket_store.standing import Found


class WatchRows:
    """``core.ports.watch.WatchShelf`` over the rows of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim(self, now: datetime, limit: int) -> Sequence[Watched]:
        """Three or four statements, whatever is due."""
        return await self._claimed(DUE, {"now": now, "limit": limit})

    async def after(
        self, ticket_id: int, limit: int, *, provisional: bool = False
    ) -> Sequence[Watched]:
        """As many statements."""
        which = AFTER_PROVISIONAL if provisional else AFTER
        return await self._claimed(which, {"after": ticket_id, "limit": limit})

    async def _claimed(
        self, which: Select[tuple[int]], wanted: Mapping[str, Any]
    ) -> list[Watched]:
        """All that is told of the tickets is read once they are locked: it is the last word."""
        found = (await self._connection.execute(which, wanted)).all()
        ids: list[int] = list(dict.fromkeys(row.id for row in found))
        rows = {row.id: row for row in await self._rows(TICKETS, ids)}
        clocks = _grouped(await self._rows(CLOCKS, ids))
        paused = _grouped(await self._rows(PAUSES, ids))
        return [_watched(rows[id_], clocks[id_], paused.get(id_, ())) for id_ in ids]

    async def _rows(self, statement: Executable, ids: Sequence[int]) -> Sequence[Found]:
        if not ids:
            return []
        return (await self._connection.execute(statement, {"ids": padded(ids)})).all()

    async def record(self, results: Sequence[WatchResult], at: datetime) -> None:
        """At most six statements."""
        told = [result for result in results if result.events]
        await self._many(insert(events), (_event(e) for r in told for e in r.events))
        await self._many(ADVANCE, (_advanced(r) for r in told))
        await self._refuse_stale(told)
        moved = ((r.before.id, clock) for r in results for clock in r.clocks)
        await self._many(MOVE, (_moved(*one) for one in moved))
        await self._many(insert(breaches), _breach_rows(results, at))
        await self._many(insert(escalations), _escalation_rows(results, at))
        await self._mark(results, at)

    async def _refuse_stale(self, told: Sequence[WatchResult]) -> None:
        if not told:
            return
        wanted = {
            "ids": padded([result.before.id for result in told]),
            "heads": padded([result.events[-1].hash for result in told]),
        }
        if (await self._connection.execute(ADVANCED, wanted)).scalar_one() != len(told):
            raise Conflict(STALE)

    async def _mark(self, results: Sequence[WatchResult], at: datetime) -> None:
        marked = [
            {
                "ticket_id": result.before.id,
                "escalation": result.escalation,
                "breached": result.breached,
                "changed_at": at,
            }
            for result in results
            if (result.escalation, result.breached)
            != (result.before.escalation, result.before.breached)
        ]
        new = INSERT[self._connection.dialect.name](ticket_work)
        taken = {name: new.excluded[name] for name in ("escalation", "breached", "changed_at")}
        await self._many(
            new.on_conflict_do_update(index_elements=["ticket_id"], set_=taken), marked
        )

    async def _many(self, statement: Executable, rows: Iterable[Mapping[str, object]]) -> None:
        values = list(rows)
        if values:
            await self._connection.execute(statement, values)

    async def ways(self, ticket_ids: Collection[int]) -> Mapping[int, Way]:
        """One statement."""
        found = await self._rows(WAYS, list(ticket_ids))
        return {row.ticket_id: _way(row) for row in found}

    async def staff(self) -> Sequence[Reachable]:
        """One statement."""
        found = (await self._connection.execute(STAFF)).all()
        return [_reachable(row) for row in found]

    async def seats(self, wanted: Sequence[Address], at: datetime) -> Mapping[Address, int]:
        """Two statements an address; there are few."""
        seats = {}
        insertion = INSERT[self._connection.dialect.name](addresses)
        for address in wanted:
            key = {"kind": address.kind.value, "value": address.value}
            row = key | {"first_seen_at": at, "last_seen_at": at}
            await self._connection.execute(insertion.on_conflict_do_nothing(), row)
            here = (addresses.c[name] == value for name, value in key.items())
            found = await self._connection.execute(select(addresses.c.id).where(*here))
            seats[address] = found.scalar_one()
        return seats


def _grouped(rows: Iterable[Found]) -> dict[int, list[Found]]:
    found: dict[int, list[Found]] = {}
    for row in rows:
        found.setdefault(row.ticket_id, []).append(row)
    return found


def _watched(row: Found, clocks: Iterable[Found], paused: Iterable[Found]) -> Watched:
    return Watched(
        id=row.id,
        number=row.number,
        status=Status(row.status),
        priority=Priority(row.priority),
        category=row.category,
        channel=ChannelId(row.channel),
        place=row.place,
        reason=row.status_reason,
        version=row.version,
        event_seq=row.event_seq,
        event_head=row.event_head,
        clocks=tuple(clock_of(one, row.opened_at) for one in clocks),
        pauses=tuple(
            Pause(**{name: getattr(one, name) for name in PAUSE_FIELDS}) for one in paused
        ),
        unit_id=row.unit_id,
        unit_code=row.code or "",
        unit_calendar=row.calendar or "",
        assignee_id=row.assignee_id,
        about_staff_id=row.about_staff_id,
        escalation=row.escalation or 0,
        breached=bool(row.breached),
        language=row.language,
    )


def _pause(row: Found) -> Pause:
    return Pause(**{name: getattr(row, name) for name in PAUSE_FIELDS})


def clock_of(row: Found, opened_at: datetime) -> SlaClock:
    """The clock of a row; one that does not say so was started when its ticket was opened."""
    known = {name: getattr(row, name) for name in CLOCK_FIELDS}
    return SlaClock(**known | {"started_at": row.started_at or opened_at})


def _event(event: Event) -> dict[str, object]:
    return {field.name: getattr(event, field.name) for field in fields(Event)}


def _advanced(result: WatchResult) -> dict[str, object]:
    last = result.events[-1]
    return {
        "its_id": result.before.id,
        "its_version": result.before.version,
        "new_seq": last.seq,
        "new_head": last.hash,
    }


def _moved(ticket_id: int, clock: SlaClock) -> dict[str, object]:
    its = {"its_ticket_id": ticket_id, "its_target": clock.target}
    return its | {f"new_{name}": getattr(clock, name) for name in MOVED}


def _breach_rows(results: Iterable[WatchResult], at: datetime) -> list[dict[str, object]]:
    return [
        {
            "ticket_id": result.before.id,
            "target": breach.target,
            "due_at": breach.due_at,
            "found_at": at,
            "reason": breach.reason,
            "new_due_at": breach.new_due_at,
        }
        for result in results
        for breach in result.breaches
    ]


def _escalation_rows(results: Iterable[WatchResult], at: datetime) -> list[dict[str, object]]:
    return [
        {
            "ticket_id": result.before.id,
            "level": made.level,
            "to_role": made.to_role,
            "reason": made.reason,
            "at": at,
            "by": "system",
        }
        for result in results
        for made in result.escalations
    ]


def _way(row: Found) -> Way:
    address = Address(AddressKind(row.kind), row.value)
    return Way(ChannelId(row.channel), address, row.id, bool(row.muted), row.unreachable)


def _reachable(row: Found) -> Reachable:
    roles = frozenset(json.loads(row.roles))
    return Reachable(row.id, roles, row.unit_id, row.email, row.phone, row.telegram)
