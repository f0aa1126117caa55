"""The watch asks by index: what it costs depends on what is due, not on what runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg

from tests.contracts.desk_samples import NOW, open_ticket
from ticket_store import watch_statements as asked
from ticket_store.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Executable

QUESTIONS = {
    "due": asked.DUE,
    "tickets": asked.TICKETS,
    "clocks": asked.CLOCKS,
    "pauses": asked.PAUSES,
    "ways": asked.WAYS,
}


@pytest.mark.parametrize("question", QUESTIONS)
async def test_sqlite_scans_no_table(tmp_path: Path, question: str) -> None:
    statement = _text(QUESTIONS[question].params(ids=[1]), sqlite.dialect())
    store = await open_store(f"sqlite:///{tmp_path}/a.db")
    await open_ticket(store, 1)
    async with store._engines.reading.connect() as connection:
        values = (1,) * statement.count("?")
        plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        steps = [str(step.detail) for step in plan]
    await store.close()
    assert steps
    assert [step for step in steps if step.startswith("SCAN")] == []
    if question == "due":
        assert "ix_sla_clocks_look" in steps[0]


@pytest.mark.postgres
async def test_postgresql_finds_what_is_due_by_its_index(postgres_url: str) -> None:
    store = await open_store(postgres_url)
    await open_ticket(store, 1)
    statement = _text(asked.DUE, asyncpg.dialect())  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    async with store._engines.writing.connect() as connection:
        found = await connection.exec_driver_sql(f"EXPLAIN {statement}", (NOW, 50))
        plan = "\n".join(row[0] for row in found)
    await store.close()
    assert "ix_sla_clocks_look" in plan
    assert "Seq Scan" not in plan
    assert "Sort" not in plan


def _text(statement: Executable, dialect: object) -> str:
    compiled = statement.compile(  # type: ignore[attr-defined]  # every one of them can
        dialect=dialect, compile_kwargs={"render_postcompile": True}
    )
    return str(compiled)
