"""What a technician's day, a supervisor's desk and leadership's page are read from.

Every statement begins at something small: assignments that run, approvals that are waited for,
tickets that run, the last notes of a kind. None walks through what ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, literal_column, select, true

from core.model.clock import SOLUTION
from core.model.field import FieldTask
from core.model.oversight import ToldView, UnitFigures, WaitingApproval
from core.model.ticket import Priority, Status
from core.ports.oversight import MOST_RUNNING, RECENT
from ticket_store.reading import reading
from ticket_store.schema import (
    approvals,
    assignments,
    notes,
    pauses,
    sla_clocks,
    staff,
    ticket_work,
    tickets,
    units,
)
from ticket_store.schema.work import ASKED
from ticket_store.scope import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.ext.asyncio import AsyncEngine

    from core.model.rights import Scope

RUNNING = tickets.c.status.in_(sorted(one.value for one in Status if one.running))
_OWED = and_(
    sla_clocks.c.ticket_id == tickets.c.id,
    sla_clocks.c.target == SOLUTION,
    sla_clocks.c.open.is_(true()),
)


def tasks_of(scope: Scope, staff_id: int, limit: int) -> Select[Any]:
    """From the assignments that run to their tickets."""
    expected = (
        select(func.max(pauses.c.expected_at))
        .where(pauses.c.ticket_id == tickets.c.id, pauses.c.ended_at.is_(None))
        .correlate(tickets)
        .scalar_subquery()
    )
    return (
        select(
            tickets.c.number,
            tickets.c.subject,
            tickets.c.status,
            tickets.c.priority,
            tickets.c.place,
            tickets.c.opened_at,
            ticket_work.c.substep,
            ticket_work.c.approval,
            ticket_work.c.breached,
            tickets.c.contact_count,
            ticket_work.c.visit_at,
            sla_clocks.c.due_at,
            expected,
        )
        .select_from(
            assignments.join(tickets, tickets.c.id == assignments.c.ticket_id)
            .join(ticket_work, ticket_work.c.ticket_id == tickets.c.id)
            .join(sla_clocks, _OWED, isouter=True)
        )
        .where(
            assignments.c.staff_id == staff_id,
            assignments.c.ended_at.is_(None),
            ticket_work.c.assignee_id == staff_id,
            RUNNING,
            visible(scope),
        )
        .order_by(tickets.c.id)
        .limit(limit)
    )


# A case, not two conditions: those would lead SQLite to all tickets that run.
_FITS = case(
    (ticket_work.c.approval == literal_column("'before'"), RUNNING),
    else_=tickets.c.status == Status.RESOLVED.value,
)


def approvals_of(scope: Scope, after: int, limit: int) -> Select[Any]:
    """Those that still fit, as core/model/acts_approval.py says it."""
    asked = (
        select(func.max(approvals.c.id))
        .where(approvals.c.ticket_id == tickets.c.id, approvals.c.decided_at.is_(None))
        .correlate(tickets)
        .scalar_subquery()
    )
    return (
        select(
            tickets.c.id,
            tickets.c.number,
            tickets.c.version,
            tickets.c.subject,
            tickets.c.priority,
            ticket_work.c.approval,
            tickets.c.place,
            ticket_work.c.unit_name,
            func.coalesce(staff.c.name, ""),
            approvals.c.asked_at,
            func.coalesce(approvals.c.asked_by, ""),
            ticket_work.c.solution,
            ticket_work.c.obstacles,
        )
        .select_from(
            ticket_work.join(tickets, tickets.c.id == ticket_work.c.ticket_id)
            .join(staff, staff.c.id == ticket_work.c.assignee_id, isouter=True)
            .join(approvals, approvals.c.id == asked, isouter=True)
        )
        .where(ASKED, _FITS, visible(scope), ticket_work.c.ticket_id > after)
        .order_by(ticket_work.c.ticket_id)
        .limit(limit)
    )


def approvals_counted(scope: Scope, most: int) -> Select[Any]:
    """How many still fit, at most so many."""
    found = (
        select(ticket_work.c.ticket_id)
        .select_from(ticket_work.join(tickets, tickets.c.id == ticket_work.c.ticket_id))
        .where(ASKED, _FITS, visible(scope))
        .limit(most)
        .subquery()
    )
    return select(func.count()).select_from(found)


def figures_of(scope: Scope) -> Select[Any]:
    """From the tickets that run, counted once."""
    # Cut off apart, which SQLite leaves as it is: for a narrow reach it would read every ticket.
    running = select(tickets.c.id).where(RUNNING).limit(MOST_RUNNING).subquery("running")
    return (
        select(
            ticket_work.c.unit_id,
            func.coalesce(units.c.name, ""),
            tickets.c.priority,
            func.count(),
            _how_many(ticket_work.c.breached.is_(true())),
            _how_many(ticket_work.c.escalation > 0),
            _how_many(tickets.c.status == Status.PENDING.value),
            _how_many(ticket_work.c.assignee_id.is_(None)),
        )
        .select_from(
            running.join(tickets, tickets.c.id == running.c.id)
            .outerjoin(ticket_work, ticket_work.c.ticket_id == tickets.c.id)
            .outerjoin(units, units.c.id == ticket_work.c.unit_id)
        )
        .where(visible(scope))
        .group_by(ticket_work.c.unit_id, units.c.name, tickets.c.priority)
        .order_by(units.c.name, ticket_work.c.unit_id)
    )


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def told_of(scope: Scope, kind: str, before: int | None, limit: int) -> Select[Any]:
    """Of the last notes of this kind those within reach, newest first."""
    earlier = true() if before is None else notes.c.id < before
    last = (
        select(notes.c.id, notes.c.ticket_id, notes.c.text, notes.c.by, notes.c.at)
        .where(notes.c.kind == kind, earlier)
        .order_by(notes.c.id.desc())
        .limit(RECENT)
        .subquery("last")
    )
    return (
        select(
            last.c.id,
            tickets.c.number,
            tickets.c.subject,
            last.c.text,
            last.c.by,
            last.c.at,
            tickets.c.status,
            tickets.c.status_at,
            func.coalesce(ticket_work.c.unit_name, ""),
        )
        .select_from(
            last.join(tickets, tickets.c.id == last.c.ticket_id).join(
                ticket_work, ticket_work.c.ticket_id == tickets.c.id, isouter=True
            )
        )
        .where(visible(scope))
        .order_by(last.c.id.desc())
        .limit(limit)
    )


class StoredOversight:
    """``core.ports.oversight.OversightReads``; one statement each."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._connected = reading(engine)

    async def tasks(self, scope: Scope, staff_id: int, limit: int) -> Sequence[FieldTask]:
        """Running tickets that this person has, the oldest first."""
        async with self._connected() as connection:
            found = await connection.execute(tasks_of(scope, staff_id, limit))
            return [
                FieldTask(number, subject, Status(status), Priority(priority), *rest)
                for number, subject, status, priority, *rest in found
            ]

    async def approvals(self, scope: Scope, after: int, limit: int) -> Sequence[WaitingApproval]:
        """Tickets that wait for an approval which still fits, the oldest first."""
        async with self._connected() as connection:
            found = await connection.execute(approvals_of(scope, after, limit))
            return [
                WaitingApproval(key, number, version, subject, Priority(priority), *rest)
                for key, number, version, subject, priority, *rest in found
            ]

    async def approvals_waiting(self, scope: Scope, most: int) -> int:
        """How many there are, at most ``most``."""
        async with self._connected() as connection:
            return int((await connection.execute(approvals_counted(scope, most))).scalar_one())

    async def figures(self, scope: Scope) -> Sequence[UnitFigures]:
        """Running tickets counted by unit and priority."""
        async with self._connected() as connection:
            found = await connection.execute(figures_of(scope))
            return [
                UnitFigures(unit_id, name, Priority(priority), *counts)
                for unit_id, name, priority, *counts in found
            ]

    async def told(
        self, scope: Scope, kind: str, before: int | None, limit: int
    ) -> Sequence[ToldView]:
        """The last notes of a kind, newest first."""
        async with self._connected() as connection:
            found = await connection.execute(told_of(scope, kind, before, limit))
            return [
                ToldView(key, number, subject, words, by, at, Status(status), *rest)
                for key, number, subject, words, by, at, status, *rest in found
            ]
