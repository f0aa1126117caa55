"""Intake asks by key: what it costs does not grow with the tickets that pile up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.contracts.desk_samples import NOW, WEEK_AGO, open_ticket
from ticket_store import postgresql_statements as on_postgresql
from ticket_store import sqlite_statements as on_sqlite
from ticket_store.intake_sqlite import spell
from ticket_store.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

KEYS = json.dumps([["sms", "SM1"]])
BIG = ("tickets", "messages", "outbox", "addresses", "sla_clocks", "participants")

SQLITE_QUESTIONS = {
    "known": (on_sqlite.KNOWN, (KEYS,)),
    "touch": (on_sqlite.TOUCH, ("[1]",)),
    "tickets": (on_sqlite.TICKETS, ("[1]", spell(WEEK_AGO), spell(NOW), '["HD26-000001-0"]')),
    "seen": (on_sqlite.SEEN, (KEYS,)),
    "threads": (on_sqlite.THREADS, (KEYS,)),
    "change": (on_sqlite.change_statement(2), (None,) * 18),
    "remember": (on_sqlite.remember_statement(2), (None,) * 8),
}
POSTGRESQL_QUESTIONS = {
    "tickets": (on_postgresql.TICKETS, ([1], WEEK_AGO, NOW, ["HD26-000001-0"])),
    "seen": (on_postgresql.SEEN, (KEYS,)),
    "threads": (on_postgresql.THREADS, (KEYS,)),
    "lay down": (
        on_postgresql.lay_down_statement(frozenset({"changes", "senders"}))[0],
        ("[]", "[]"),
    ),
}


@pytest.mark.parametrize("question", SQLITE_QUESTIONS)
async def test_sqlite_scans_no_table(tmp_path: Path, question: str) -> None:
    statement, values = SQLITE_QUESTIONS[question]
    store = await open_store(f"sqlite:///{tmp_path}/a.db")
    await open_ticket(store, 1)
    async with store._engines.reading.connect() as connection:
        plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        steps = [str(step.detail) for step in plan]
    await store.close()
    names = {*BIG, "a", "m", "t", "q", "o", "c", "p"}
    assert steps
    assert [step for step in steps if step.split()[0] == "SCAN" and step.split()[1] in names] == []


@pytest.mark.postgres
@pytest.mark.parametrize("question", POSTGRESQL_QUESTIONS)
async def test_postgresql_scans_no_table_even_an_empty_one(
    postgres_url: str, question: str
) -> None:
    statement, values = POSTGRESQL_QUESTIONS[question]
    store = await open_store(postgres_url)
    async with store._engines.writing.connect() as connection:
        await connection.exec_driver_sql("SET plan_cache_mode = force_generic_plan")
        plan = await connection.exec_driver_sql(f"EXPLAIN {statement}", values)
        lines = [str(line[0]) for line in plan]
        await connection.exec_driver_sql("RESET plan_cache_mode")
    await store.close()
    assert lines
    assert [line for line in lines if "Seq Scan" in line or "Hash Join" in line] == []


@pytest.mark.postgres
async def test_a_senders_old_tickets_are_not_even_looked_at(postgres_url: str) -> None:
    statement, values = POSTGRESQL_QUESTIONS["tickets"]
    store = await open_store(postgres_url)
    async with store._engines.writing.connect() as connection:
        plan = await connection.exec_driver_sql(f"EXPLAIN {statement}", values)
        conditions = [line[0] for line in plan if "Index Cond" in line[0]]
    await store.close()
    assert sum("address_id" in line and "ended_at" in line for line in conditions) == 2
