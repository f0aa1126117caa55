"""The statements of lists: which tickets, in which order, found without walking through old ones.

A list is made of branches. Each branch walks one index in the order asked for and stops at the
limit; the branches are merged and cut once more. So a supervisor of three units costs three short
walks, and nothing of it grows with tickets that ended long ago.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, product
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Text,
    and_,
    cast,
    false,
    func,
    literal,
    literal_column,
    not_,
    null,
    or_,
    select,
    text,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.sql import visitors

from core.model.clock import FIRST_ANSWER, NEXT_ANSWER, SOLUTION
from core.model.listing import Facet, ListKey, Sort, number_ranges, rank_of
from core.model.outbox import OutboxState
from core.model.ticket import Priority, Status
from ticket_store.idle import bare, idle_before, idle_branches
from ticket_store.readings import unread_by
from ticket_store.schema import (
    RUNNING_UNUSUAL,
    UNDELIVERED,
    UtcDateTime,
    outbox,
    pauses,
    sla_clocks,
    ticket_work,
    tickets,
    units,
)
from ticket_store.scope import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import FromClause, Select

    from core.model.listing import TicketFilter
    from core.model.rights import Scope

    Found = Select[*tuple[Any, ...]]

MOST_BRANCHES = 24
"""Beyond that the places of a scope are looked up together in one branch."""

_TOUCHED = ticket_work.join(tickets, tickets.c.id == ticket_work.c.ticket_id)
_ALL = tickets.outerjoin(ticket_work, ticket_work.c.ticket_id == tickets.c.id)
_OWED = sla_clocks.join(tickets, tickets.c.id == sla_clocks.c.ticket_id).outerjoin(
    ticket_work, ticket_work.c.ticket_id == tickets.c.id
)
# As the partial index says it: ``open = 1`` would be another condition to SQLite.
_OPEN = text("sla_clocks.open")
_SOLUTION_OPEN = and_(sla_clocks.c.target == SOLUTION, _OPEN)
# The same, said so that no walk by due time fits: SQLite prefers one to anything else.
_SOLUTION_BESIDE = and_(sla_clocks.c.target.concat(literal_column("''")) == SOLUTION, _OPEN)
_UNUSUAL = and_(tickets.c.ended_at.is_(None), text(RUNNING_UNUSUAL))
_CLOCK = sla_clocks.alias("asked_clock")
_PAUSED = select(pauses.c.ticket_id).where(pauses.c.ended_at.is_(None))
_UNDELIVERED = select(outbox.c.ticket_id).where(text(UNDELIVERED))


UNTOLD = and_(
    tickets.c.status == Status.RESOLVED.value,
    not_(
        select(outbox.c.id)
        .where(
            outbox.c.ticket_id == tickets.c.id,
            outbox.c.purpose == "resolved",
            outbox.c.created_at >= tickets.c.status_at,
            outbox.c.state != OutboxState.DEAD.value,
        )
        .correlate(tickets)
        .exists()
    ),
)
"""Solved, and the citizen neither was told nor is about to be (LL-15)."""


def page_keys(
    scope: Scope, wanted: TicketFilter, sort: Sort, after: ListKey | None, limit: int
) -> Found | None:
    """Id, due time and rank of a page's tickets in order; None: there can be none."""
    if scope.wide.nothing:
        return None
    if sort in (Sort.DUE, Sort.URGENCY):
        return _merged(_owed(scope, wanted, sort, after), sort, limit)
    within = and_(visible(scope), *_asked(wanted))
    if sort is Sort.IDLE:
        branches = idle_branches(within, wanted, after)
    else:
        branches = _numbered(scope, within, wanted, (sort, after))
    return _merged(branches, sort, limit)


def counted(scope: Scope, wanted: TicketFilter, most: int) -> Found | None:
    """How many, at most ``most``; None: there can be none."""
    if scope.wide.nothing:
        return None
    within = and_(visible(scope), *_asked(wanted))
    if wanted.idle:
        branches = idle_branches(within, wanted, None)
    elif wanted.due_from is not None or wanted.due_before is not None:
        branches = _owed(scope, wanted, Sort.DUE, None, counting=True)
    else:
        branches = _numbered(scope, within, wanted, (Sort.NEWEST, None))
    # In no order: to be first among many would mean to look at all of them.
    cut = (one.order_by(None).limit(most).subquery() for one in branches)
    found = union_all(*(select(one.c.id) for one in cut)).subquery()
    # A ticket may be within a scope in two ways.
    distinct = select(found.c.id).distinct().limit(most).subquery()
    return select(func.count()).select_from(distinct)


def tallied(scope: Scope, by: Facet, most: int) -> Found | None:
    """Running tickets counted by something; None: there can be none. Costs what is running."""
    if scope.wide.nothing:
        return None
    key = {
        Facet.CHANNEL: tickets.c.channel,
        Facet.UNIT: cast(ticket_work.c.unit_id, Text),
        Facet.PAUSE: pauses.c.reason,
    }[by]
    source, running = _OWED, _SOLUTION_OPEN
    if by is Facet.PAUSE:
        source = pauses.join(tickets, tickets.c.id == pauses.c.ticket_id).outerjoin(
            ticket_work, ticket_work.c.ticket_id == tickets.c.id
        )
        running = and_(pauses.c.ended_at.is_(None), tickets.c.status == Status.PENDING.value)
    found = (
        select(key.label("key"))
        .select_from(source)
        .where(running, key.is_not(None), visible(scope))
        .limit(most)
        .subquery()
    )
    return select(found.c.key, func.count().label("many")).group_by(found.c.key)


# --- what was asked for -------------------------------------------------------------------------


def _asked(wanted: TicketFilter) -> list[ColumnElement[bool]]:
    """The conditions that no branch is made of."""
    asked: list[tuple[object, Callable[[], ColumnElement[bool]]]] = [
        (wanted.priorities, lambda: tickets.c.priority.in_(sorted(wanted.priorities))),
        (wanted.channel, lambda: tickets.c.channel == wanted.channel),
        (wanted.category, lambda: tickets.c.category == wanted.category),
        (wanted.unit_id is not None, lambda: ticket_work.c.unit_id == wanted.unit_id),
        (wanted.within is not None, lambda: ticket_work.c.unit_id.in_(_within(wanted.within))),
        (wanted.level, lambda: ticket_work.c.unit_id.in_(_of_level(wanted.level))),
        (wanted.assignee_id is not None, lambda: _held_by(wanted.assignee_id or 0)),
        (wanted.breached is not None, lambda: _broken(yes=bool(wanted.breached))),
        (wanted.untold is not None, lambda: UNTOLD if wanted.untold else not_(UNTOLD)),
        (wanted.number, lambda: _numbered_like(wanted.number)),
        (
            wanted.due_from is not None or wanted.due_before is not None,
            lambda: _owes(_CLOCK.c.target == SOLUTION, *_due_within(_CLOCK.c.due_at, wanted)),
        ),
        (wanted.troubled, _troubled),
        (wanted.waiting, lambda: _owes(_CLOCK.c.target.in_((FIRST_ANSWER, NEXT_ANSWER)))),
        (wanted.pause, lambda: tickets.c.id.in_(_PAUSED.where(pauses.c.reason == wanted.pause))),
        (wanted.undelivered, lambda: tickets.c.id.in_(_UNDELIVERED)),
        (wanted.idle, lambda: idle_before(wanted.idle)),
        (wanted.unread_by is not None, lambda: unread_by(wanted.unread_by or 0)),
    ]
    return [condition() for given, condition in asked if given]


def _due_within(
    due_at: ColumnElement[datetime], wanted: TicketFilter
) -> list[ColumnElement[bool]]:
    bounds = []
    if wanted.due_from is not None:
        bounds.append(due_at >= wanted.due_from)
    if wanted.due_before is not None:
        bounds.append(due_at < wanted.due_before)
    return bounds


def _within(unit: int | None) -> Found:
    """A unit and all below it; UNION, so that a circle of parents ends too."""
    top = select(units.c.id).where(units.c.id == unit).cte("within", recursive=True)
    below = top.union(select(units.c.id).join(top, units.c.parent_id == top.c.id))
    return select(below.c.id)


def _of_level(level: str) -> Found:
    return select(units.c.id).where(units.c.level == level)


def _broken(*, yes: bool) -> ColumnElement[bool]:
    column = ticket_work.c.breached
    return column.is_(true()) if yes else or_(column.is_(None), column.is_(false()))


def _troubled() -> ColumnElement[bool]:
    return or_(
        ticket_work.c.breached.is_(true()),
        ticket_work.c.escalation > 0,
        ticket_work.c.asked_escalation.is_(true()),
    )


def _held_by(assignee: int) -> ColumnElement[bool]:
    column = ticket_work.c.assignee_id
    return column == assignee if assignee else column.is_(None)


def _numbered_like(begins: str) -> ColumnElement[bool]:
    ranges = number_ranges(begins)
    return or_(*(tickets.c.id.between(low, high) for low, high in ranges)) if ranges else false()


def _owes(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """A promise of the ticket runs for which this is so.

    Looked up for each ticket: thousands run, and SQLite would try each of a list with each other.
    """
    running = text("asked_clock.open")
    found = select(_CLOCK.c.ticket_id).where(_CLOCK.c.ticket_id == tickets.c.id, *conditions)
    return found.where(running).correlate(tickets).exists()


# --- branches ---------------------------------------------------------------------------------


def _numbered(
    scope: Scope,
    within: ColumnElement[bool],
    wanted: TicketFilter,
    order: tuple[Sort, ListKey | None],
) -> list[Found]:
    """By number: one branch for each place of the scope and each status asked for."""
    source, key, places = _places(scope, wanted)
    statuses: Sequence[ColumnElement[bool]] = [
        tickets.c.status == status.value for status in sorted(wanted.statuses)
    ] or [true()]
    if len(places) * len(statuses) > MOST_BRANCHES:
        places = [or_(*places)]
    sort, after = order
    walk = [within]
    if after is not None:
        walk.append(key < after.id if sort is Sort.NEWEST else key > after.id)
    if source is _TOUCHED and not _about_tickets(*places, *statuses, *walk):
        source = ticket_work
    return [
        select(key.label("id"), null().label("due_at"), literal(0, Integer).label("rank"))
        .select_from(source)
        .where(place, status, *walk)
        .order_by(key.desc() if sort is Sort.NEWEST else key)
        for place, status in product(places, statuses)
    ]


def _about_tickets(*conditions: ColumnElement[bool]) -> bool:
    """Else no row of theirs is looked up; each row of ``ticket_work`` has one."""
    told = chain.from_iterable(map(visitors.iterate, conditions))
    return any(getattr(one, "table", None) is tickets for one in told)


def _places(
    scope: Scope, wanted: TicketFilter
) -> tuple[FromClause, ColumnElement[int], list[ColumnElement[bool]]]:
    """Where a walk begins: at the rows of ``ticket_work`` where few of them can count."""
    area = scope.wide
    placed = wanted.unit_id is not None or wanted.within is not None or wanted.level
    if placed or wanted.assignee_id or wanted.breached:
        return _TOUCHED, ticket_work.c.ticket_id, [true()]
    if area.everything:
        return _ALL, tickets.c.id, [true()]
    places: list[ColumnElement[bool]] = []
    if area.assignee is not None:
        places.append(ticket_work.c.assignee_id == area.assignee)
    if area.entered_by is not None:
        places.append(ticket_work.c.created_by == area.entered_by)
    places += [ticket_work.c.unit_id == unit for unit in sorted(area.units)]
    places += [ticket_work.c.region_id == region for region in sorted(area.regions)]
    return _TOUCHED, ticket_work.c.ticket_id, places


def _owed(
    scope: Scope,
    wanted: TicketFilter,
    sort: Sort,
    after: ListKey | None,
    *,
    counting: bool = False,
) -> list[Found]:
    """By due time over promises that are owed; by urgency one branch for each priority.

    Most tickets are of one priority: a walk by due time finds them at once, and would pass all of
    them before it found the others, which begin at an index of their own.
    """
    # Said of the promise that is walked: there the walk begins and ends.
    bounds = _due_within(sla_clocks.c.due_at, wanted)
    beside = replace(wanted, due_from=None, due_before=None)
    conditions = [visible(scope), *_asked(beside), *bounds]
    if wanted.statuses:
        # Nearly all that is owed runs: to begin at what runs would be to sort all of it.
        every = all(one in wanted.statuses for one in Status if one.running)
        status = bare(tickets.c.status) if every and not counting else tickets.c.status
        conditions.append(status.in_(sorted(wanted.statuses)))
    if sort is Sort.DUE:
        return [_due([*conditions, _SOLUTION_OPEN], 0, _later(after))]
    asked = wanted.priorities or frozenset(Priority)
    branches = []
    for priority in sorted(asked, key=rank_of):
        rank = rank_of(priority)
        if after is not None and rank < after.rank:
            continue
        later = _later(after) if after is not None and rank == after.rank else []
        usual = priority is Priority.NORMAL
        only = [*conditions, tickets.c.priority == priority.value]
        only.append(_SOLUTION_OPEN if usual else and_(_UNUSUAL, _SOLUTION_BESIDE))
        branches.append(_due(only, rank, later))
    return branches


def _later(after: ListKey | None) -> list[ColumnElement[bool]]:
    if after is None or after.due_at is None:
        return []
    here = tuple_(sla_clocks.c.due_at, sla_clocks.c.ticket_id)
    last = tuple_(literal(after.due_at, UtcDateTime), literal(after.id))
    return [here > last]


def _due(
    conditions: list[ColumnElement[bool]], rank: int, later: list[ColumnElement[bool]]
) -> Found:
    return (
        select(
            sla_clocks.c.ticket_id.label("id"),
            sla_clocks.c.due_at.label("due_at"),
            literal(rank, Integer).label("rank"),
        )
        .select_from(_OWED)
        .where(*conditions, *later)
        .order_by(sla_clocks.c.due_at, sla_clocks.c.ticket_id)
    )


def _merged(branches: Sequence[Found], sort: Sort, limit: int) -> Found:
    if len(branches) == 1:
        return branches[0].limit(limit)
    cut = [select(one.limit(limit).subquery()) for one in branches]
    found = union_all(*cut).subquery()
    key = found.c.id.desc() if sort is Sort.NEWEST else found.c.id
    order = [key] if sort in (Sort.NEWEST, Sort.OLDEST) else [found.c.rank, found.c.due_at, key]
    return (
        select(found.c.id, found.c.due_at, found.c.rank).distinct().order_by(*order).limit(limit)
    )
