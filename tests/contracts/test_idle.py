"""Tickets on which nobody acts, and messages that nobody read, on both engines (MB-25, BW-46)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, inspect, select

from core.model.events import Fact, chain
from core.model.idle import idle_by_hours
from core.model.listing import Sort, TicketFilter
from core.model.rights import EVERYTHING, Area, Scope
from core.model.ticket import Priority, Status
from core.model.work import Change
from tests.contracts.asking import run
from tests.contracts.desk_samples import NOW, id_of, number_of, open_ticket
from ticket_store import schema
from ticket_store.migrate import MIGRATIONS, run_alembic

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ticket_store.store import SqlStore

ALL = Scope(7, EVERYTHING, EVERYTHING)
HOUR = timedelta(hours=1)
RUNNING = frozenset(one for one in Status if one.running)


async def act(
    store: SqlStore, sequence: int, at: datetime, actor: str = "staff:1", **more: Any
) -> None:
    """What somebody did, as every act is laid down."""
    async with store.desk() as desk:
        ticket = await desk.work.load(number_of(sequence))
        assert ticket
        fact = Fact("NoteAdded", at, actor, {})
        event = chain(ticket.id, ticket.event_seq + 1, ticket.event_head, fact)
        after = replace(ticket, event_seq=event.seq, event_head=event.hash, **more)
        await desk.work.apply(ticket, Change(after), [event])
        await desk.commit()


async def idle(store: SqlStore, hours: int, now: datetime, **more: Any) -> list[int]:
    """Sequences, as the list shows them; the count agrees."""
    wanted = TicketFilter(idle=idle_by_hours(hours, now), **more)
    lines = await store.lists.page(ALL, wanted, Sort.IDLE, None, 50)
    assert await store.lists.count(ALL, wanted, 100) == len(lines)
    newest = await store.lists.page(ALL, wanted, Sort.NEWEST, None, 50)
    assert {one.id for one in newest} == {one.id for one in lines}
    return [one.id - id_of(0) for one in lines]


@pytest.fixture
async def five(store: SqlStore) -> SqlStore:
    """Five tickets that came at NOW; somebody works here."""
    for sequence in range(1, 6):
        await open_ticket(store, sequence)
    person = {"login": "tono", "name": "Tono", "regions": "[]", "created_at": NOW, "capacity": 3}
    await run(store, insert(schema.staff).values(**person))
    return store


async def test_mb_25_an_act_of_staff_ends_the_waiting(five: SqlStore) -> None:
    later = NOW + 5 * HOUR
    assert await idle(five, 4, later) == [1, 2, 3, 4, 5]
    assert await idle(five, 6, later) == []
    await act(five, 2, NOW + 2 * HOUR)
    await act(five, 3, NOW + 3 * HOUR, status=Status.IN_PROGRESS)
    assert await idle(five, 4, later) == [1, 4, 5]
    # Those that wait longest stand first, whether somebody has begun or nobody.
    assert await idle(five, 1, later) == [1, 4, 5, 2, 3]
    (last,) = (
        one
        for one in await five.lists.page(ALL, TicketFilter(), Sort.IDLE, None, 9)
        if one.id == id_of(3)
    )
    assert last.idle_since == NOW + 3 * HOUR


async def test_what_the_system_or_a_citizen_does_is_no_act(five: SqlStore) -> None:
    await act(five, 1, NOW + 2 * HOUR, "system", status=Status.ASSIGNED)
    await act(five, 2, NOW + HOUR)
    await act(five, 2, NOW + 4 * HOUR, "reporter")
    assert await idle(five, 3, NOW + 5 * HOUR) == [1, 3, 4, 5, 2]


async def test_what_ended_waits_for_nobody_and_begins_anew(five: SqlStore) -> None:
    solved: dict[str, Any] = {"status": Status.RESOLVED, "ended_at": NOW + HOUR}
    await act(five, 1, NOW + HOUR, **solved)
    assert 1 not in await idle(five, 1, NOW + 9 * HOUR)
    await act(five, 1, NOW + 8 * HOUR, status=Status.IN_PROGRESS, ended_at=None)
    assert 1 not in await idle(five, 2, NOW + 9 * HOUR)
    assert 1 in await idle(five, 2, NOW + 11 * HOUR)


async def test_pages_of_the_idle_follow_each_other(five: SqlStore) -> None:
    for sequence in (2, 4):
        await act(five, sequence, NOW + sequence * HOUR)
    wanted = TicketFilter(idle=idle_by_hours(1, NOW + 9 * HOUR))
    seen: list[int] = []
    after = None
    while page := await five.lists.page(ALL, wanted, Sort.IDLE, after, 2):
        seen += [one.id - id_of(0) for one in page]
        after = page[-1].key(Sort.IDLE)
    assert seen == [1, 3, 5, 2, 4]


async def test_each_priority_has_its_own_limit(five: SqlStore) -> None:
    await act(five, 1, NOW, priority=Priority.LOW)
    limits = ((Priority.NORMAL, NOW + HOUR), (Priority.LOW, NOW - HOUR))
    found = await five.lists.page(ALL, TicketFilter(idle=limits), Sort.IDLE, None, 9)
    assert [one.id - id_of(0) for one in found] == [2, 3, 4, 5]


async def test_narrower_questions_and_reaches_hold(five: SqlStore) -> None:
    await act(five, 1, NOW, status=Status.PENDING)
    still = RUNNING - {Status.PENDING}
    assert await idle(five, 1, NOW + 2 * HOUR, statuses=still) == [2, 3, 4, 5]
    assert await idle(five, 1, NOW + 2 * HOUR, statuses=frozenset({Status.PENDING})) == [1]
    mine = Scope(1, Area(assignee=1), EVERYTHING)
    wanted = TicketFilter(idle=idle_by_hours(1, NOW + 2 * HOUR))
    assert await five.lists.page(mine, wanted, Sort.IDLE, None, 9) == []
    assert await five.lists.count(mine, wanted, 9) == 0


async def test_what_ran_before_the_column_came_is_taken_over(five: SqlStore) -> None:
    """Migration 0025 on tickets that staff have worked on already."""
    await act(five, 1, NOW + HOUR)
    await act(five, 1, NOW + 2 * HOUR, "system")
    await act(five, 2, NOW + HOUR, "system", status=Status.ASSIGNED)
    await act(five, 3, NOW + HOUR, status=Status.CLOSED, ended_at=NOW + HOUR)
    async with five._engines.writing.begin() as connection:
        opened = await connection.scalar(select(schema.tickets.c.opened_at).limit(1))
        await connection.run_sync(_before_the_column)
        await connection.run_sync(run_alembic, "head")
        work = schema.ticket_work
        found = await connection.execute(select(work.c.ticket_id, work.c.idle_since))
        kept = {row.ticket_id - id_of(0): row.idle_since for row in found}
    assert kept == {1: NOW + HOUR, 2: opened, 3: None}


def _before_the_column(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    step = ScriptDirectory.from_config(config).get_revision("0025")
    command.downgrade(config, str(step.down_revision))
    columns = {one["name"] for one in inspect(connection).get_columns("ticket_work")}
    assert "idle_since" not in columns


# --- what somebody has read ----------------------------------------------------------------------


async def read(store: SqlStore, sequence: int, count: int, staff: int = 1) -> None:
    async with store.desk() as desk:
        await desk.readings.keep(staff, id_of(sequence), count, NOW)
        await desk.commit()


async def unread(store: SqlStore, sequences: Sequence[int], staff: int = 1) -> dict[int, int]:
    mine = replace(ALL, staff_id=staff)
    lines = await store.lists.page(mine, TicketFilter(), Sort.NEWEST, None, 50)
    listed = await store.lists.page(mine, TicketFilter(unread_by=staff), Sort.NEWEST, None, 50)
    assert [one for one in lines if one.unread] == listed
    assert await store.lists.count(mine, TicketFilter(unread_by=staff), 50) == len(listed)
    return {one.id - id_of(0): one.unread for one in listed if one.id - id_of(0) in sequences}


async def test_bw_46_unread_is_counted_for_each_person(five: SqlStore) -> None:
    came = await unread(five, range(1, 6))
    assert came == dict.fromkeys(range(1, 6), came[1])
    await read(five, 1, came[1])
    await read(five, 1, came[1])
    assert 1 not in await unread(five, range(1, 6))
    assert await unread(five, (1,), staff=2) == {1: came[1]}


async def test_an_old_reading_is_forgotten(five: SqlStore) -> None:
    await read(five, 1, 9)
    async with five.desk() as desk:
        assert await desk.retention.forget("readings", NOW, 10) == 0
        assert await desk.retention.forget("readings", NOW + HOUR, 10) == 1
        await desk.commit()
    assert 1 in await unread(five, (1,))
