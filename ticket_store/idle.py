"""Running tickets on which staff did nothing for longest, found without those that move (MB-25).

``ticket_work.idle_since`` holds the last act of staff while a ticket runs, and has an index of its
own; what nobody has touched is ``received`` and waits since it was opened. Whoever moves a ticket
without an act of staff leaves the column filled, so that the two together are all that runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)

from core.model.ticket import Status
from ticket_store.schema import UtcDateTime, ticket_work, tickets

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select

    from core.model.listing import ListKey, TicketFilter
    from core.model.ticket import Priority

    Found = Select[*tuple[Any, ...]]

_TOUCHED = ticket_work.join(tickets, tickets.c.id == ticket_work.c.ticket_id)
_ALL = tickets.outerjoin(ticket_work, ticket_work.c.ticket_id == tickets.c.id)
# An expression, not the bare column: by that an engine might walk all tickets from the oldest on.
_SINCE = func.coalesce(ticket_work.c.idle_since, tickets.c.opened_at, type_=UtcDateTime())


def bare(column: ColumnElement[str]) -> ColumnElement[str]:
    """The same, so that no index over it fits: engines would begin there and sort all."""
    return column.concat(literal_column("''"))


def idle_before(limits: tuple[tuple[Priority, datetime], ...]) -> ColumnElement[bool]:
    """Nobody of staff has acted since the limit of the ticket's priority, and it runs."""
    late = (
        and_(bare(tickets.c.priority) == priority.value, literal(at, UtcDateTime) > _SINCE)
        for priority, at in limits
    )
    return and_(tickets.c.ended_at.is_(None), or_(*late))


def idle_branches(
    within: ColumnElement[bool], wanted: TicketFilter, after: ListKey | None
) -> list[Found]:
    """What somebody has acted on along its index, and what is as it came."""
    statuses = wanted.statuses or frozenset(one for one in Status if one.running)
    asked = bare(tickets.c.status).in_(sorted(statuses))
    touched = ticket_work.c.idle_since
    bounds: list[ColumnElement[bool]] = [touched.is_not(None)]
    if wanted.idle:  # said of the column as well: there the walk along the index ends
        bounds.append(touched < literal(max(at for _, at in wanted.idle), UtcDateTime))
    found = [
        _branch(touched, ticket_work.c.ticket_id, after)
        .select_from(_TOUCHED)
        .where(within, asked, *bounds)
    ]
    if Status.RECEIVED in statuses:
        fresh = tickets.c.status == Status.RECEIVED.value
        found.append(
            _branch(_SINCE, tickets.c.id, after)
            .select_from(_ALL)
            .where(within, fresh, touched.is_(None))
        )
    return found


def _branch(
    since: ColumnElement[datetime], key: ColumnElement[int], after: ListKey | None
) -> Found:
    made = select(key.label("id"), since.label("due_at"), literal(0, Integer).label("rank"))
    if after is not None and after.due_at is not None:
        last = tuple_(literal(after.due_at, UtcDateTime), literal(after.id))
        made = made.where(tuple_(since, key) > last)
    return made.order_by(since, key)
