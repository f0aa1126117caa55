"""How SQLite goes about lists of tickets: by indexes, and never one list with each of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.model.idle import idle_by_hours
from core.model.listing import Sort, TicketFilter
from core.model.rights import EVERYTHING, Area, Scope
from core.model.ticket import Priority, Status
from tests.contracts.planting import T0, connection_of
from tests.core.model.work_samples import ticket
from ticket_store.alike import candidates
from ticket_store.listing import counted, page_keys
from ticket_store.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Select

ALL = Scope(7, EVERYTHING, EVERYTHING)
RUNNING = frozenset(one for one in Status if one.running)


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.DUE])
@pytest.mark.parametrize(
    "scope",
    [ALL, Scope(8, Area(assignee=8, units=frozenset({1})), EVERYTHING)],
    ids=["all", "unit"],
)
async def test_sqlite_walks_an_index(tmp_path: Path, sort: Sort, scope: Scope) -> None:
    wanted = TicketFilter(statuses=frozenset({Status.RECEIVED}))
    statement = page_keys(scope, wanted, sort, None, 5)
    assert statement is not None
    steps = await plan_of(tmp_path, statement)
    tables = {"tickets", "ticket_work", "sla_clocks"}
    assert [step for step in steps if step.startswith("SCAN") and step.split()[1] in tables] == []


async def test_unusual_priorities_begin_at_their_own_index(tmp_path: Path) -> None:
    statement = page_keys(ALL, TicketFilter(statuses=RUNNING), Sort.URGENCY, None, 5)
    assert statement is not None
    steps = await plan_of(tmp_path, statement)
    begun = [step for step in steps if "ix_tickets_unusual" in step]
    assert len(begun) == len(Priority) - 1, steps


async def test_mb_25_the_idle_are_found_without_those_that_move(tmp_path: Path) -> None:
    """However many tickets run or ended: the index of the idle, and what is as it came."""
    still = RUNNING - {Status.PENDING}
    wanted = TicketFilter(statuses=still, idle=idle_by_hours(4, T0))
    page, number = page_keys(ALL, wanted, Sort.IDLE, None, 5), counted(ALL, wanted, 1_000)
    for statement in (page, number):
        assert statement is not None
        steps = await plan_of(tmp_path, statement)
        begun = [step for step in steps if " tickets" in step or " ticket_work" in step]
        assert "ix_ticket_work_idle" in begun[0], steps
        assert not [step for step in begun if step.startswith("SCAN")], steps
        fresh = [step for step in begun if "ix_tickets_" in step]
        assert [step for step in fresh if "ix_tickets_status" not in step] == [], steps


@pytest.mark.parametrize(
    "wanted", [{"waiting": True}, {"due_before": T0}, {"unread_by": 8}], ids=str
)
async def test_no_list_is_tried_with_each_of_another(
    tmp_path: Path, wanted: dict[str, Any]
) -> None:
    """SQLite's ``REUSE LIST`` on an inner table costs the square of what runs."""
    unit = Scope(8, Area(units=frozenset({1, 2})), EVERYTHING)
    statement = counted(unit, TicketFilter(statuses=RUNNING, **wanted), 1_000)
    assert statement is not None
    assert not [step for step in await plan_of(tmp_path, statement) if "LIST" in step]


@pytest.mark.parametrize("unit_id", [None, 4])
async def test_bw_53_earlier_tickets_are_found_by_indexes(
    tmp_path: Path, unit_id: int | None
) -> None:
    """However many there are of others: those of the reporter, the unit and the category."""
    statement = candidates(ALL, ticket(unit_id=unit_id))
    assert statement is not None
    steps = await plan_of(tmp_path, statement)
    tables = {"tickets", "ticket_work"}
    assert [step for step in steps if step.startswith("SCAN") and step.split()[1] in tables] == []
    begun = " ".join(steps)
    for index in ("ix_tickets_address", "ix_tickets_category"):
        assert index in begun, steps
    assert ("ix_ticket_work_unit" in begun) == (unit_id is not None), steps


async def plan_of(tmp_path: Path, statement: Select[Any]) -> list[str]:
    """How SQLite would go about it."""
    store = await open_store(f"sqlite:///{tmp_path}/a.db")
    async with store.desk() as desk:
        connection = connection_of(desk)
        compiled = statement.compile(
            dialect=connection.dialect, compile_kwargs={"literal_binds": True}
        )
        plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")
        steps = [str(step.detail) for step in plan]
    await store.close()
    return steps
