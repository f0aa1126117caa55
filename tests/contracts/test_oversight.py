"""A technician's day, a supervisor's desk and leadership's page, on both engines."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from core.model.listing import Sort, TicketFilter
from core.model.oversight import UnitFigures
from core.model.rights import EVERYTHING, Area, Scope
from core.model.ticket import Priority, Status
from tests.contracts.planting import T0, phone, plant, plant_address
from ticket_store import schema
from ticket_store.oversight import approvals_counted, approvals_of, figures_of, tasks_of, told_of

if TYPE_CHECKING:
    from sqlalchemy import Select

    from ticket_store.store import SqlStore

ALL = Scope(7, EVERYTHING, EVERYTHING)
UNIT_1 = Scope(7, Area(units=frozenset({1})), EVERYTHING)
HOUR = timedelta(hours=1)
YEAR = 26 * 10**9

# n, status, priority, then what differs in ticket_work; None: nobody has touched it.
TICKETS: list[tuple[int, Status, Priority, dict[str, object] | None]] = [
    (1, Status.RECEIVED, Priority.NORMAL, None),
    (2, Status.ASSIGNED, Priority.NORMAL, {"approval": "before", "visit_at": T0 + HOUR}),
    (3, Status.RESOLVED, Priority.HIGH, {"approval": "after", "solution": "Kabel diganti."}),
    (4, Status.CANCELLED, Priority.HIGH, {"approval": "before"}),
    (5, Status.IN_PROGRESS, Priority.HIGH, {"breached": True, "substep": "en_route"}),
    (6, Status.PENDING, Priority.HIGH, {"unit_id": 2, "escalation": 2}),
    (7, Status.CLOSED, Priority.HIGH, {"breached": True}),
    (8, Status.ASSIGNED, Priority.LOW, {"assignee_id": None, "asked_escalation": True}),
    (9, Status.ASSIGNED, Priority.LOW, {"sensitive": True, "approval": "before"}),
    (10, Status.ASSIGNED, Priority.LOW, {"about_staff_id": 7, "approval": "before"}),
    (11, Status.PENDING, Priority.LOW, {"approval": "after"}),
]


def number(n: int) -> str:
    return f"HD26-{n:06d}-0"


PLAIN: dict[str, object] = {
    "unit_id": 1,
    "unit_name": "Unit 1",
    "assignee_id": 8,
    "changed_at": T0,
    "approval": "",
    "solution": "",
    "substep": "",
    "visit_at": None,
    "breached": False,
    "escalation": 0,
    "asked_escalation": False,
    "sensitive": False,
    "about_staff_id": None,
}
WORK = [{"ticket_id": YEAR + n, **PLAIN, **more} for n, _, _, more in TICKETS if more]
PAUSE = {"ticket_id": YEAR + 6, "reason": "power_outage", "note": "PLN", "for_whom": "PLN"} | {
    "started_at": T0, "stops": True, "by": "staff:8",
}  # fmt: skip


def _ticket(n: int, status: Status, priority: Priority, reporter: int) -> dict[str, object]:
    return {
        "id": YEAR + n,
        "number": number(n),
        "status": status.value,
        "status_at": T0,
        "priority": priority.value,
        "category": "other",
        "subject": f"Pokok {n}",
        "description": "Isi",
        "match_text": "",
        "language": "id",
        "channel": "sms",
        "address_id": reporter,
        "opened_at": T0,
        "ended_at": None if status.running else T0,
        "event_seq": 0,
        "event_head": "",
        "place": f"Jalan {n}",
    }


def _promise(n: int, *, owed: bool) -> dict[str, object]:
    due_at = T0 + n * HOUR
    return {"ticket_id": YEAR + n, "target": "solution", "due_at": due_at, "open": owed}


def _note(n: int, kind: str) -> dict[str, object]:
    told = {"text": f"Kata {n}", "by": "staff:7", "at": T0}
    return {"ticket_id": YEAR + n, "kind": kind, **told}


@pytest.fixture
async def planted(store: SqlStore) -> SqlStore:
    reporter = await plant_address(store, phone(1))
    units = [{"id": one, "code": f"u{one}", "name": f"Unit {one}"} for one in (1, 2)]
    people = [{"id": one, "login": f"s{one}", "name": f"Petugas {one}"} for one in (7, 8)]
    held = [one for one in WORK if one["assignee_id"] and one["ticket_id"] != YEAR + 7]
    given = {"staff_id": 8, "at": T0, "by": "staff:7"}
    asked = {"phase": "before", "asked_at": T0, "asked_by": "staff:7"}
    pauses = [
        {**PAUSE, "expected_at": T0 + 9 * HOUR, "ended_at": T0 + HOUR},
        {**PAUSE, "expected_at": T0 + 5 * HOUR, "ended_at": None},
    ]
    told = [(5, "note"), (5, "instruction"), (6, "instruction"), (9, "instruction")]
    for table, rows in (
        (schema.units, units),
        (schema.staff, [{**one, "created_at": T0} for one in people]),
        (schema.tickets, [_ticket(n, status, prio, reporter) for n, status, prio, _ in TICKETS]),
        (schema.ticket_work, WORK),
        (schema.assignments, [{"ticket_id": one["ticket_id"], **given} for one in held]),
        (schema.sla_clocks, [_promise(n, owed=status.running) for n, status, *_ in TICKETS]),
        (schema.pauses, pauses),
        (schema.approvals, [{"ticket_id": YEAR + 2, **asked}]),
        (schema.notes, [_note(n, kind) for n, kind in told]),
    ):
        await plant(store, table, *rows)
    return store


async def test_dk_14_a_persons_tasks_are_those_that_run(planted: SqlStore) -> None:
    tasks = await planted.oversight.tasks(ALL, 8, 50)
    assert [one.number for one in tasks] == [number(n) for n in (2, 5, 6, 9, 11)]
    second, fifth, sixth = tasks[:3]
    assert (second.visit_at, second.due_at) == (T0 + HOUR, T0 + 2 * HOUR)
    assert (second.approval, second.place, second.contacts) == ("before", "Jalan 2", 1)
    assert (fifth.substep, fifth.breached, fifth.expected_at) == ("en_route", True, None)
    assert sixth.expected_at == T0 + 5 * HOUR  # of the pause that lasts
    assert [one.number for one in await planted.oversight.tasks(ALL, 7, 50)] == []
    assert len(await planted.oversight.tasks(ALL, 8, 2)) == 2


async def test_a_task_out_of_reach_is_not_there(planted: SqlStore) -> None:
    nothing_deep = Scope(8, Area(assignee=8), Area())
    tasks = await planted.oversight.tasks(nothing_deep, 8, 50)
    # Also the complaint about 7 is shown to 8, and the sensitive one is not.
    assert [one.number for one in tasks] == [number(n) for n in (2, 5, 6, 10, 11)]


async def test_dk_11_dk_34_approvals_that_still_fit(planted: SqlStore) -> None:
    waiting = await planted.oversight.approvals(UNIT_1, 0, 50)
    assert [(one.number, one.phase) for one in waiting] == [
        (number(2), "before"),
        (number(3), "after"),
        (number(9), "before"),
    ]
    before, after = waiting[:2]
    assert (before.asked_at, before.asked_by, before.assignee_name) == (T0, "staff:7", "Petugas 8")
    assert (after.asked_at, after.solution, after.version) == (None, "Kabel diganti.", 1)
    shallow = Scope(7, Area(units=frozenset({1})), Area())
    assert [one.number for one in await planted.oversight.approvals(shallow, 0, 50)] == [
        number(2),
        number(3),
    ]
    other = Scope(7, Area(units=frozenset({2})), EVERYTHING)
    assert await planted.oversight.approvals(other, 0, 50) == []
    counts = [
        await planted.oversight.approvals_waiting(scope, most)
        for scope, most in ((UNIT_1, 50), (UNIT_1, 2), (shallow, 50), (other, 50))
    ]
    assert counts == [3, 2, 2, 0]


async def test_approvals_and_notes_go_on_page_by_page(planted: SqlStore) -> None:
    seen, after = [], 0
    while page := await planted.oversight.approvals(UNIT_1, after, 1):
        seen += [one.number for one in page]
        after = page[-1].ticket_id
    assert seen == [number(n) for n in (2, 3, 9)]
    told, before = [], None
    while notes := await planted.oversight.told(ALL, "instruction", before, 2):
        told += [one.number for one in notes]
        before = notes[-1].id
    assert told == [number(n) for n in (9, 6, 5)]


async def test_mb_08_figures_by_unit_and_priority(planted: SqlStore) -> None:
    found = {(one.unit_id, one.priority): one for one in await planted.oversight.figures(ALL)}
    assert found.pop((None, Priority.NORMAL)) == UnitFigures(
        None, "", Priority.NORMAL, 1, 0, 0, 0, 1
    )
    assert found.pop((1, Priority.NORMAL)) == UnitFigures(
        1, "Unit 1", Priority.NORMAL, 1, 0, 0, 0, 0
    )
    assert found.pop((1, Priority.HIGH)) == UnitFigures(1, "Unit 1", Priority.HIGH, 1, 1, 0, 0, 0)
    assert found.pop((2, Priority.HIGH)) == UnitFigures(2, "Unit 2", Priority.HIGH, 1, 0, 1, 1, 0)
    assert found.pop((1, Priority.LOW)) == UnitFigures(1, "Unit 1", Priority.LOW, 3, 0, 0, 1, 1)
    assert found == {}
    assert {one.unit_id for one in await planted.oversight.figures(UNIT_1)} == {1}


async def test_mb_17_what_was_told_newest_first(planted: SqlStore) -> None:
    told = await planted.oversight.told(ALL, "instruction", None, 50)
    assert [(one.number, one.text) for one in told] == [
        (number(9), "Kata 9"),
        (number(6), "Kata 6"),
        (number(5), "Kata 5"),
    ]
    assert (told[1].status, told[1].unit_name, told[1].by) == (
        Status.PENDING,
        "Unit 1",
        "staff:7",
    )
    shallow = Scope(7, EVERYTHING, Area())
    assert [
        one.number for one in await planted.oversight.told(shallow, "instruction", None, 1)
    ] == [number(6)]


async def test_what_is_in_trouble(planted: SqlStore) -> None:
    wanted = TicketFilter(statuses=frozenset(one for one in Status if one.running), troubled=True)
    lines = await planted.lists.page(ALL, wanted, Sort.URGENCY, None, 50)
    assert [one.number for one in lines] == [number(n) for n in (5, 6, 8)]
    assert await planted.lists.count(ALL, wanted, 50) == 3


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (tasks_of(ALL, 8, 50), "ix_assignments_load"),
        (approvals_of(ALL, 0, 50), "ix_ticket_work_asked"),
        (approvals_counted(ALL, 50), "ix_ticket_work_asked"),
        (figures_of(ALL), "ix_tickets_status"),
        (figures_of(UNIT_1), "ix_tickets_status"),
        (told_of(ALL, "instruction", 70, 50), "ix_notes_kind"),
    ],
    ids=["tasks", "approvals", "counted", "figures", "figures of a unit", "instructions"],
)
async def test_it_begins_at_what_is_few(
    store: SqlStore, statement: Select[Any], index: str
) -> None:
    written = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    async with store._engines.reading.connect() as connection:
        asked = text("EXPLAIN QUERY PLAN " + str(written).replace(":", "\\:"))
        found = [row.detail for row in await connection.execute(asked)]
    assert any(index in line for line in found), found
    walked = [
        line
        for line in found
        if line.startswith("SCAN")
        and index not in line
        and line not in ("SCAN last", "SCAN anon_1", "SCAN running")
    ]
    assert walked == [], found
