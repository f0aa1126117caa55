"""Earlier tickets that may be like one: the last of its reporter, its unit and its category."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select, union_all

from core.model.likeness import EarlierTicket
from core.model.ticket import Status
from ticket_store.schema import ticket_work, tickets
from ticket_store.scope import SCOPED, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, FromClause, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.model.rights import Scope
    from core.model.work import WorkTicket

MOST: Final = 60
"""Candidates of each kind, the latest; older ones have little to tell."""

_GONE: Final = sorted((Status.MERGED.value, Status.CANCELLED.value))
_TOUCHED: Final = ticket_work.join(tickets, tickets.c.id == ticket_work.c.ticket_id)


def candidates(scope: Scope, ticket: WorkTicket) -> Select[Any] | None:
    """Each kind walks its own index backwards from the ticket; None: none within reach."""
    if scope.wide.nothing:
        return None
    kinds: list[tuple[FromClause, ColumnElement[int], ColumnElement[bool]]] = [
        (SCOPED, tickets.c.id, tickets.c.address_id == ticket.address_id),
        (SCOPED, tickets.c.id, tickets.c.category == ticket.category),
    ]
    if ticket.unit_id is not None:
        mine = ticket_work.c.unit_id == ticket.unit_id
        kinds.append((_TOUCHED, ticket_work.c.ticket_id, mine))
    ids = union_all(
        *(
            select(
                select(key.label("id"))
                .select_from(source)
                .where(same, key < ticket.id, visible(scope))
                .order_by(key.desc())
                .limit(MOST)
                .subquery()
                .c.id
            )
            for source, key, same in kinds
        )
    ).subquery()
    return (
        select(
            tickets.c.id,
            tickets.c.number,
            tickets.c.status,
            tickets.c.opened_at,
            tickets.c.subject,
            tickets.c.description,
            tickets.c.category,
            tickets.c.address_id,
            tickets.c.unit_hint,
            tickets.c.place,
            ticket_work.c.unit_id,
            func.coalesce(ticket_work.c.solution, ""),
        )
        .select_from(SCOPED)
        .where(
            tickets.c.id.in_(select(ids.c.id)),
            tickets.c.status.not_in(_GONE),
            tickets.c.erased_at.is_(None),
        )
    )


async def earlier_of(
    connection: AsyncConnection, scope: Scope, ticket: WorkTicket
) -> Sequence[EarlierTicket]:
    """One statement."""
    statement = candidates(scope, ticket)
    if statement is None:
        return []
    found = await connection.execute(statement)
    return [EarlierTicket(row[0], row[1], Status(row[2]), *row[3:]) for row in found]
