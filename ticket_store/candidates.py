"""Who could have a ticket, with what they hold now: one query over what runs, never history."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import (
    Integer,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    text,
)

from core.model.staff import Role
from core.model.suggestion import Candidate, Unassigned
from core.model.ticket import Priority, Status
from ticket_store.schema import assignments, sla_clocks, staff, ticket_work, tickets, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

WORKING = (Role.TECHNICIAN, Role.OFFICER)
"""Roles that work on tickets."""

_MAY_WORK = and_(
    staff.c.disabled_at.is_(None),
    or_(*(cast(staff.c.roles, Text).contains(f'"{role.value}"') for role in WORKING)),
)
# A running assignment ends with its ticket, so that this reads what is held and nothing else.
_HELD = and_(assignments.c.staff_id == staff.c.id, assignments.c.ended_at.is_(None))
CANDIDATES = (
    select(
        staff.c.id,
        staff.c.name,
        staff.c.unit_id,
        staff.c.regions,
        staff.c.skills,
        staff.c.capacity,
        staff.c.present_until,
        func.count(assignments.c.id).label("load"),
        func.max(assignments.c.at).label("assigned_at"),
    )
    .outerjoin(assignments, _HELD)
    .where(_MAY_WORK)
    .group_by(staff.c.id)
    .order_by(staff.c.id)
)
_LOCK = select(staff.c.id).where(_MAY_WORK).order_by(staff.c.id).with_for_update(key_share=True)
# Written out: SQLite uses a partial index only for the very words it was made with.
_OPEN = text("sla_clocks.open")
# The open clocks lead to the tickets that run: those that ended have none.
_RUNNING = (
    select(sla_clocks.c.ticket_id)
    .where(_OPEN, sla_clocks.c.target == literal_column("'solution'"))
    .scalar_subquery()
)
UNASSIGNED = (
    select(
        tickets.c.number,
        tickets.c.category,
        ticket_work.c.unit_id,
        ticket_work.c.region_id,
        ticket_work.c.about_staff_id,
    )
    .outerjoin(ticket_work, ticket_work.c.ticket_id == tickets.c.id)
    .outerjoin(units, units.c.id == ticket_work.c.unit_id)
    .where(
        tickets.c.id.in_(_RUNNING),
        tickets.c.status.in_(
            [Status.RECEIVED.value, Status.UNDER_REVIEW.value, Status.ASSIGNED.value]
        ),
        ticket_work.c.assignee_id.is_(None),
        or_(units.c.partner.is_(None), units.c.partner.is_(False)),
    )
    .order_by(
        case((tickets.c.priority == Priority.EMERGENCY.value, 0), else_=1),
        tickets.c.opened_at,
        tickets.c.id,
    )
    .limit(bindparam("most", type_=Integer))
)


async def read_candidates(connection: AsyncConnection) -> list[Candidate]:
    """Technicians and officers who may come in, by id."""
    return [
        Candidate(
            id=row.id,
            name=row.name,
            unit_id=row.unit_id,
            regions=frozenset(json.loads(row.regions)),
            skills=frozenset(json.loads(row.skills)),
            capacity=row.capacity,
            load=row.load,
            present_until=row.present_until,
            assigned_at=row.assigned_at,
        )
        for row in await connection.execute(CANDIDATES)
    ]


async def lock_candidates(connection: AsyncConnection) -> None:
    """Their rows, in the order of their ids: whoever counts after us sees what we gave away."""
    await connection.execute(_LOCK)


async def unassigned(connection: AsyncConnection, limit: int) -> Sequence[Unassigned]:
    """Running tickets that nobody has, and no partner either."""
    return [Unassigned(*row) for row in await connection.execute(UNASSIGNED, {"most": limit})]
