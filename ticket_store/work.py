"""What staff do with a ticket: loading it under lock, and laying a change down."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, update

from core.errors import Conflict, NotFound
from core.model.messages import Address, AddressKind, ChannelId, Outcome
from core.model.scene import Colleague, UnitBrief
from core.model.ticket import Status
from core.model.work import EventBrief, PlannedVisit, StoredMessage
from ticket_store.reading import reading
from ticket_store.schema import (
    UtcDateTime,
    addresses,
    assignments,
    attachments,
    events,
    messages,
    outbox,
    regions,
    staff,
    ticket_work,
    tickets,
    units,
    visits,
)
from ticket_store.standing import INSERT
from ticket_store.work_laying import lay
from ticket_store.work_reading import PLAIN, read_work

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from core.model.events import Event
    from core.model.work import Change, WorkTicket

STALE = "the ticket has moved on since it was loaded"
MOST_CHANGES = 50

# Intake locks the sender first and writes the ticket last: an act in another order, and two
# would wait for each other in a circle.
_LOCK_REPORTER = (
    select(addresses.c.id)
    .join(tickets, tickets.c.address_id == addresses.c.id)
    .where(tickets.c.number == bindparam("number"))
    .with_for_update(of=addresses, key_share=True)
)
_LOCK = select(tickets.c.id).where(tickets.c.number == bindparam("number")).with_for_update()
_SINCE = (
    select(events.c.seq, events.c.kind, events.c.at, events.c.actor)
    .where(events.c.ticket_id == bindparam("ticket_id"), events.c.seq > bindparam("after"))
    .order_by(events.c.seq)
    .limit(MOST_CHANGES)
)
_CHANGE = (
    update(tickets)
    .where(tickets.c.id == bindparam("ticket"), tickets.c.version == bindparam("expected"))
    .values(version=tickets.c.version + 1)
)
_LOAD = (
    select(func.count())
    .select_from(assignments)
    .join(tickets, tickets.c.id == assignments.c.ticket_id)
    .where(
        assignments.c.staff_id == staff.c.id,
        assignments.c.ended_at.is_(None),
        tickets.c.ended_at.is_(None),
    )
    .correlate(staff)
    .scalar_subquery()
)
_PEOPLE = select(
    staff.c.id,
    staff.c.name,
    staff.c.unit_id,
    staff.c.regions,
    staff.c.capacity,
    staff.c.disabled_at,
    _LOAD.label("load"),
).where(staff.c.id.in_(bindparam("ids", expanding=True)))
_UNITS = select(
    units.c.id,
    units.c.code,
    units.c.name,
    units.c.region_id,
    units.c.calendar,
    units.c.partner,
    units.c.retired_at,
).where(units.c.id.in_(bindparam("ids", expanding=True)))
_REGIONS = select(regions.c.id, regions.c.parent_id)
_FILES = (
    select(func.count())
    .where(attachments.c.message_id == messages.c.id)
    .correlate(messages)
    .scalar_subquery()
)
_MESSAGE = (
    select(
        messages, addresses.c.kind.label("address_kind"), addresses.c.value, _FILES.label("files")
    )
    .add_columns(addresses.c.muted, addresses.c.unreachable)
    .join(addresses, addresses.c.id == messages.c.address_id)
    .where(messages.c.id == bindparam("message"))
    .with_for_update(of=messages)
)
_MOVE = (
    update(messages)
    .where(messages.c.id == bindparam("message"))
    .values(
        ticket_id=bindparam("to_ticket"),
        outcome=bindparam("as_outcome"),
        kind=bindparam("as_kind"),
    )
)
_SOLVED = select(tickets.c.id).where(tickets.c.status == Status.RESOLVED.value)
# An answer of the citizen ends the waiting without a word to this column.
_FORGET = (
    update(ticket_work)
    .where(
        ticket_work.c.noticed_at <= bindparam("told_before", type_=UtcDateTime),
        ticket_work.c.ticket_id.not_in(
            _SOLVED.where(tickets.c.id == ticket_work.c.ticket_id).correlate(ticket_work)
        ),
    )
    .values(noticed_at=None)
)
# Only what a door really handed over counts as told.
_TOLD = (
    select(outbox.c.id)
    .where(
        outbox.c.ticket_id == tickets.c.id,
        outbox.c.purpose == "resolved",
        outbox.c.created_at >= tickets.c.status_at,
        outbox.c.handed_over_at <= bindparam("told_before", type_=UtcDateTime),
    )
    .correlate(tickets)
    .exists()
)
_SILENT = (
    select(tickets.c.number)
    .join(ticket_work, ticket_work.c.ticket_id == tickets.c.id)
    .where(
        ticket_work.c.noticed_at <= bindparam("told_before", type_=UtcDateTime),
        tickets.c.status == Status.RESOLVED.value,
        _TOLD,
    )
    .order_by(ticket_work.c.noticed_at, tickets.c.id)
    .limit(bindparam("most"))
)

_PLANNED = (
    select(tickets.c.number, visits.c.planned_at, tickets.c.place)
    .join(tickets, tickets.c.id == visits.c.ticket_id)
    .where(
        visits.c.staff_id == bindparam("staff"),
        visits.c.planned_at >= bindparam("since", type_=UtcDateTime),
        visits.c.planned_at <= bindparam("until", type_=UtcDateTime),
        visits.c.departed_at.is_(None),
    )
    .order_by(visits.c.planned_at, visits.c.id)
)


class WorkRows:
    """``core.ports.work.WorkShelf`` over the rows of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def load(self, number: str) -> WorkTicket | None:
        """The ticket, locked until the end."""
        # First the locks alone: what is read in the same statement may be older than the lock.
        await self._connection.execute(_LOCK_REPORTER, {"number": number})
        await self._connection.execute(_LOCK, {"number": number})
        return await read_work(self._connection, number)

    async def since(self, ticket_id: int, seq: int) -> Sequence[EventBrief]:
        """The events after this place in the ticket's chain, oldest first."""
        found = await self._connection.execute(_SINCE, {"ticket_id": ticket_id, "after": seq})
        return [EventBrief(*row) for row in found]

    async def apply(self, before: WorkTicket, change: Change, events: Sequence[Event]) -> None:
        """Writes what differs, and all that is laid. Raises Conflict."""
        await self._change_ticket(before, change.after)
        await self._write_work(change.after, events[-1])
        await lay(self._connection, before, change, events)

    async def _change_ticket(self, before: WorkTicket, after: WorkTicket) -> None:
        changed = _CHANGE.values(
            status=after.status.value,
            status_at=after.status_at,
            status_reason=after.reason,
            ended_at=after.ended_at,
            priority=after.priority.value,
            category=after.category,
            unit_hint=after.unit_hint,
            place=after.place,
            subject=after.subject,
            contact_count=after.contacts,
            event_seq=after.event_seq,
            event_head=after.event_head,
        )
        expected = {"ticket": before.id, "expected": before.version}
        done = await self._connection.execute(changed, expected)
        if done.rowcount != 1:
            raise Conflict(STALE)

    async def _write_work(self, after: WorkTicket, last: Event) -> None:
        row: dict[str, Any] = {name: getattr(after, name) for name in PLAIN}
        row |= {"ticket_id": after.id, "changed_at": last.at, "idle_since": _idle(after, last)}
        adding = INSERT[self._connection.dialect.name](ticket_work).values(row)
        taken: dict[str, ColumnElement[Any]] = {
            name: adding.excluded[name] for name in row if name != "ticket_id"
        }
        if after.status.running and not _by_staff(last):
            known = ticket_work.c.idle_since
            taken["idle_since"] = func.coalesce(known, adding.excluded["idle_since"])
        await self._connection.execute(
            adding.on_conflict_do_update(index_elements=["ticket_id"], set_=taken)
        )

    async def people(self, ids: Collection[int]) -> Mapping[int, Colleague]:
        """Staff by id, with their load now."""
        if not ids:
            return {}
        found = (await self._connection.execute(_PEOPLE, {"ids": list(ids)})).all()
        parents = {row.id: row.parent_id for row in await self._connection.execute(_REGIONS)}
        return {
            row.id: Colleague(
                row.id,
                row.name,
                row.unit_id,
                _areas(json.loads(row.regions), parents),
                row.capacity,
                row.load,
                row.disabled_at is not None,
            )
            for row in found
        }

    async def units(self, ids: Collection[int]) -> Mapping[int, UnitBrief]:
        """Units by id."""
        if not ids:
            return {}
        found = await self._connection.execute(_UNITS, {"ids": list(ids)})
        return {
            row.id: UnitBrief(*row[:5], partner=row.partner, retired=row.retired_at is not None)
            for row in found
        }

    async def message(self, message_id: int) -> StoredMessage | None:
        """A stored message, locked until the end."""
        found = await self._connection.execute(_MESSAGE, {"message": message_id})
        row = found.one_or_none()
        if row is None:
            return None
        return StoredMessage(
            row.id,
            ChannelId(row.channel),
            Address(AddressKind(row.address_kind), row.value),
            row.address_id,
            row.text,
            row.received_at,
            row.subject,
            row.outcome,
            row.ticket_id,
            row.language,
            row.files,
            row.muted,
            row.unreachable,
        )

    async def move(self, message_id: int, ticket_id: int, *, opens: bool = True) -> None:
        """The message belongs to this ticket from now on."""
        outcome, kind = (Outcome.OPENED, "new_ticket") if opens else (Outcome.JOINED, "follow_up")
        how = {"as_outcome": outcome.value, "as_kind": kind}
        where = {"message": message_id, "to_ticket": ticket_id}
        await self._connection.execute(_MOVE, {**where, **how})

    async def silent(self, told_before: datetime, limit: int) -> Sequence[str]:
        """Numbers of solved tickets whose solution was told before then, oldest first."""
        await self._connection.execute(_FORGET, {"told_before": told_before})
        wanted = {"told_before": told_before, "most": limit}
        return list(await self._connection.scalars(_SILENT, wanted))


def _areas(held: Sequence[int], parents: Mapping[int, int | None]) -> frozenset[int]:
    """These regions and every one below them."""
    areas = set(held)
    if not areas:
        return frozenset()
    growing = True
    while growing:
        below = {region for region, parent in parents.items() if parent in areas} - areas
        areas |= below
        growing = bool(below)
    return frozenset(areas)


class WorkTickets:
    """``core.ports.work.WorkReads``: outside any unit of work."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._connected = reading(engine)

    async def ticket(self, number: str) -> WorkTicket:
        """Raises NotFound."""
        async with self._connected() as connection:
            found = await read_work(connection, number)
        if found is None:
            raise NotFound(number)
        return found

    async def planned(
        self, staff_id: int, since: datetime, until: datetime
    ) -> Sequence[PlannedVisit]:
        """Visits of this person that are planned between the two and have not ended, in order."""
        wanted = {"staff": staff_id, "since": since, "until": until}
        async with self._connected() as connection:
            return [PlannedVisit(*row) for row in await connection.execute(_PLANNED, wanted)]


def _by_staff(last: Event) -> bool:
    return last.actor.startswith("staff:")


def _idle(after: WorkTicket, last: Event) -> datetime | None:
    """Since when staff have done nothing; None: since it was opened, or it runs no more (MB-25).

    Whatever else than staff moved it leaves it as idle as it was (ticket_store/idle.py).
    """
    if not after.status.running:
        return None
    if _by_staff(last):
        return last.at
    return None if after.status is Status.RECEIVED else after.opened_at
