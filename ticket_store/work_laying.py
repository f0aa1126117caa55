"""The rows that a change lays beside its ticket: events, clocks, pauses, people, words."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from core.model.clock import SlaClock
from core.model.stock import StockCheck
from core.model.work import (
    ApprovalStep,
    Assigned,
    Disposed,
    Joined,
    Noted,
    Raised,
    Visit,
)
from ticket_store.schema import (
    UtcDateTime,
    approvals,
    assignments,
    dispositions,
    escalations,
    events,
    note_files,
    notes,
    participants,
    pauses,
    sla_clocks,
    stock_checks,
    visits,
)
from ticket_store.standing import INSERT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Executable
    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.model.events import Event
    from core.model.work import Change, Laid, WorkTicket

_EVENT = ("ticket_id", "seq", "kind", "at", "actor", "data", "previous", "hash")
_CLOCK = tuple(SlaClock.__dataclass_fields__)
_PAUSE = ("reason", "stops", "started_at", "expected_at", "for_whom", "note", "ended_at")
_STOCK = ("item", "in_stock", "checked_at", "checked_by", "used", "used_at", "used_by")
_VISIT = ("staff_id", "planned_at", "left_at", "arrived_at", "finding", "departed_at")
_END_PAUSE = (
    update(pauses)
    .where(pauses.c.ticket_id == bindparam("ticket"), pauses.c.ended_at.is_(None))
    .values(ended_at=bindparam("ended", type_=UtcDateTime))
)
_END_ASSIGNMENT = (
    update(assignments)
    .where(assignments.c.ticket_id == bindparam("ticket"), assignments.c.ended_at.is_(None))
    .values(ended_at=bindparam("ended", type_=UtcDateTime))
)
_ASKED = (
    select(approvals.c.id)
    .where(
        approvals.c.ticket_id == bindparam("ticket"),
        approvals.c.phase == bindparam("asked"),
        approvals.c.decided_at.is_(None),
    )
    .order_by(approvals.c.id.desc())
    .limit(1)
)


class Page:
    """Where rows of one change go: the ticket, by whom, when."""

    def __init__(self, connection: AsyncConnection, ticket_id: int, event: Event) -> None:
        self.connection = connection
        self.ticket_id, self.by, self.at = ticket_id, event.actor, event.at

    async def run(self, statement: Executable, values: Any = None) -> Any:  # noqa: ANN401 - SQLAlchemy's
        """Within the transaction."""
        return await self.connection.execute(statement, values)

    async def insert(self, table: Any, **values: object) -> None:  # noqa: ANN401 - any table
        """One row of this ticket."""
        await self.run(insert(table), {"ticket_id": self.ticket_id, **values})


async def lay(
    connection: AsyncConnection, before: WorkTicket, change: Change, made: Sequence[Event]
) -> None:
    """All rows beside the ticket; ``made`` is never empty."""
    page = Page(connection, before.id, made[-1])
    await page.run(
        insert(events), [{name: getattr(event, name) for name in _EVENT} for event in made]
    )
    await _lay_clocks(page, before, change.after)
    await _lay_pauses(page, before, change.after)
    for one in change.laid:
        await _lay_one(one, page)
    await _keep_assignment(page, before, change)


async def _lay_clocks(page: Page, before: WorkTicket, after: WorkTicket) -> None:
    changed = [clock for clock in after.clocks if clock not in before.clocks]
    if not changed:
        return
    rows = [
        {"ticket_id": after.id, **{name: getattr(clock, name) for name in _CLOCK}}
        for clock in changed
    ]
    adding = INSERT[page.connection.dialect.name](sla_clocks)
    taken = {name: adding.excluded[name] for name in _CLOCK if name != "target"}
    await page.run(
        adding.on_conflict_do_update(index_elements=["ticket_id", "target"], set_=taken), rows
    )


async def _lay_pauses(page: Page, before: WorkTicket, after: WorkTicket) -> None:
    if before.pause is not None and before.pause not in after.pauses:
        await page.run(_END_PAUSE, {"ticket": after.id, "ended": page.at})
    for pause in after.pauses[len(before.pauses) :]:
        values = {name: getattr(pause, name) for name in _PAUSE}
        await page.insert(pauses, **values, by=page.by)


async def _keep_assignment(page: Page, before: WorkTicket, change: Change) -> None:
    """A running assignment ends with its ticket, and begins again with it."""
    after = change.after
    if any(isinstance(one, Assigned) for one in change.laid):
        return
    if before.status.running and not after.status.running:
        await page.run(_END_ASSIGNMENT, {"ticket": after.id, "ended": page.at})
    elif after.status.running and not before.status.running and after.assignee_id is not None:
        await page.run(_END_ASSIGNMENT, {"ticket": after.id, "ended": page.at})
        await page.insert(assignments, staff_id=after.assignee_id, at=page.at, by=page.by)


# --- one of each ------------------------------------------------------------------------------


@singledispatch
async def _lay_one(one: Laid, page: Page) -> None:  # noqa: ARG001 - what all of them take
    raise TypeError(type(one))


@_lay_one.register
async def _(one: Disposed, page: Page) -> None:
    await page.insert(
        dispositions,
        unit_id=one.unit_id,
        staff_id=one.staff_id,
        instruction=one.instruction,
        due_at=one.due_at,
        at=page.at,
        by=page.by,
    )


@_lay_one.register
async def _(one: Assigned, page: Page) -> None:
    await page.run(_END_ASSIGNMENT, {"ticket": page.ticket_id, "ended": page.at})
    if one.staff_id is not None:
        await page.insert(
            assignments,
            staff_id=one.staff_id,
            reason=one.reason,
            equipment=one.equipment,
            at=page.at,
            by=page.by,
        )


@_lay_one.register
async def _(one: ApprovalStep, page: Page) -> None:
    if one.approved is None:
        await page.insert(approvals, phase=one.phase, asked_at=page.at, asked_by=page.by)
        return
    decided = {
        "decided_at": page.at,
        "decided_by": page.by,
        "approved": one.approved,
        "reason": one.reason,
    }
    asked = {"ticket": page.ticket_id, "asked": one.phase}
    found = (await page.run(_ASKED, asked)).scalar_one_or_none()
    if found is None:
        # An objection was raised by the reporter, whose act is in the history alone.
        await page.insert(
            approvals, phase=one.phase, asked_at=page.at, asked_by="reporter", **decided
        )
    else:
        await page.run(update(approvals).where(approvals.c.id == found).values(**decided))


@_lay_one.register
async def _(one: Noted, page: Page) -> None:
    row = {"ticket_id": page.ticket_id, "kind": one.kind, "text": one.text}
    laid = insert(notes).values(**row, by=page.by, at=page.at).returning(notes.c.id)
    note_id = (await page.run(laid)).scalar_one()
    for position, file in enumerate(one.files):
        lies = {name: getattr(file, name) for name in ("content_type", "filename", "size")}
        about = {"note_id": note_id, "position": position, "stored_as": file.path}
        await page.run(insert(note_files), about | lies)


@_lay_one.register
async def _(one: Raised, page: Page) -> None:
    await page.insert(
        escalations,
        level=one.level,
        to_role=one.to_role,
        reason=one.reason,
        at=page.at,
        by=page.by,
    )


@_lay_one.register
async def _(one: Joined, page: Page) -> None:
    adding = INSERT[page.connection.dialect.name](participants)
    row = {"ticket_id": page.ticket_id, "address_id": one.address_id, "role": one.role}
    await page.run(adding.on_conflict_do_nothing(index_elements=["address_id", "ticket_id"]), row)


@_lay_one.register
async def _(one: Visit, page: Page) -> None:
    values = {name: getattr(one, name) for name in _VISIT}
    if one.id == 0:
        await page.insert(visits, **values)
    else:
        await page.run(update(visits).where(visits.c.id == one.id).values(**values))


@_lay_one.register
async def _(one: StockCheck, page: Page) -> None:
    values = {name: getattr(one, name) for name in _STOCK}
    if one.id == 0:
        await page.insert(stock_checks, **values)
    else:
        await page.run(update(stock_checks).where(stock_checks.c.id == one.id).values(**values))
