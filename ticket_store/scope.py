"""The one place where a person's reach becomes SQL (threats.md row 45).

Every list, count, search and single read of tickets for staff goes through it::

    select(tickets.c.number).select_from(SCOPED).where(visible(scope(staff)))

A ticket out of scope is not there: single reads raise NotFound in the words of a missing one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, false, or_, select, true

from core.errors import NotFound
from core.model.staff import TicketFacts
from ticket_store.quick import asked
from ticket_store.schema import ticket_work, tickets

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.model.rights import Area, Scope

SCOPED = tickets.outerjoin(ticket_work, ticket_work.c.ticket_id == tickets.c.id)
"""What :func:`visible` speaks of. Nobody has touched a ticket without a row in ``ticket_work``."""

FACTS = (
    ticket_work.c.unit_id,
    ticket_work.c.region_id,
    ticket_work.c.assignee_id,
    ticket_work.c.created_by,
    ticket_work.c.about_staff_id,
    ticket_work.c.sensitive,
)
"""The columns that rights look at, in the order of :class:`TicketFacts`."""


def visible(scope: Scope) -> ColumnElement[bool]:
    """The condition that a row of :data:`SCOPED` is within the scope."""
    about = ticket_work.c.about_staff_id
    conditions = [or_(about.is_(None), about != scope.staff_id)]
    if not scope.wide.everything:
        conditions.append(_within(scope.wide))
    if not scope.deep.everything:
        plain = or_(ticket_work.c.sensitive.is_(None), ticket_work.c.sensitive.is_(False))
        conditions.append(or_(plain, _within(scope.deep)))
    return and_(*conditions)


def _within(area: Area) -> ColumnElement[bool]:
    if area.everything:
        return true()
    places: list[ColumnElement[bool]] = []
    if area.assignee is not None:
        places.append(ticket_work.c.assignee_id == area.assignee)
    if area.entered_by is not None:
        places.append(ticket_work.c.created_by == area.entered_by)
    if area.units:
        places.append(ticket_work.c.unit_id.in_(sorted(area.units)))
    if area.regions:
        places.append(ticket_work.c.region_id.in_(sorted(area.regions)))
    return or_(*places) if places else false()


def facts_of(row: tuple[Any, ...]) -> TicketFacts:
    """The facts from the columns of :data:`FACTS`; all empty where nobody has touched it."""
    unit, region, assignee, entered_by, about, sensitive = row
    return TicketFacts(unit, region, assignee, entered_by, about, bool(sensitive))


async def visible_id(connection: AsyncConnection, number: str, scope: Scope) -> int:
    """The id of the ticket of this number. Raises NotFound, alike for none and out of scope."""
    found = await asked(connection, _visible_id(scope), {"number": number})
    if not found:
        raise NotFound(number)
    return int(found[0].id)


@lru_cache(maxsize=256)
def _visible_id(scope: Scope) -> Select[*tuple[Any, ...]]:
    """Made once for each scope: the same people ask again and again."""
    # A value that is always replaced: IN lists of units are written out before it is known.
    named = tickets.c.number == bindparam("number", "")
    return select(tickets.c.id).select_from(SCOPED).where(named, visible(scope))


async def visible_facts(connection: AsyncConnection, number: str, scope: Scope) -> TicketFacts:
    """What rights look at in this ticket. Raises NotFound as :func:`visible_id` does."""
    statement = (
        select(*FACTS).select_from(SCOPED).where(tickets.c.number == number, visible(scope))
    )
    found = (await connection.execute(statement)).one_or_none()
    if found is None:
        raise NotFound(number)
    return facts_of(tuple(found))
