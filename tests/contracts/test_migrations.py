"""The migrations build what ``schema`` says, on both engines, and know when to keep out."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from itertools import count
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, text

from tests.contracts.conftest import ENGINES
from ticket_store.engine import make_engines, read_url
from ticket_store.failures import StoreRefused
from ticket_store.migrate import (
    MIGRATIONS,
    bring_up,
    current,
    pending,
    revisions,
    run_alembic,
    upgrade,
)
from ticket_store.schema import FULL_TEXT, metadata, setting_versions
from ticket_store.store import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.postgres import Cluster
    from ticket_store.engine import Engines

_empty = count(1)


@pytest.fixture(params=ENGINES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/empty.db"
    cluster: Cluster = request.getfixturevalue("cluster")
    name = f"empty_{next(_empty)}"
    cluster.sql(f"CREATE DATABASE {name}")
    return cluster.url(name)


@pytest.fixture
async def engines(empty_url: str) -> AsyncIterator[Engines]:
    made = make_engines(read_url(empty_url), 2)
    yield made
    await made.dispose()


def _drift(connection: Connection) -> list[object]:
    on_postgresql = connection.dialect.name == "postgresql"
    options = {
        "compare_type": True,
        "compare_server_default": False,
        "include_name": lambda name, _kind, _parents: not (name or "").startswith(FULL_TEXT),
        # Of PostgreSQL alone: SQLite walks its own full-text table.
        "include_object": lambda _, name, *__: on_postgresql or name != "ix_search_docs_words",
    }
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _tables(connection: Connection) -> set[str]:
    found = inspect(connection).get_table_names()
    return {name for name in found if not name.startswith((FULL_TEXT, "alembic_version"))}


async def test_up_down_and_up_again_without_drift(engines: Engines) -> None:
    assert await current(engines.writing) is None
    assert await pending(engines.writing) == revisions()
    for _ in range(2):
        assert await bring_up(engines.writing) == revisions()
        assert await bring_up(engines.writing) == []
        async with engines.writing.connect() as connection:
            assert await connection.run_sync(_drift) == []
            assert await connection.run_sync(_tables) == set(metadata.tables)
        async with engines.writing.begin() as connection:
            await connection.run_sync(run_alembic, "base")
            assert await connection.run_sync(_tables) == set()


WORDED = (
    """INSERT INTO templates (unit_id, language, key, text, version, changed_at, changed_by)
    VALUES (0, 'id', 'ack_sms', 'Baik. {tiket}', 4, '2026-07-14 03:00:00', 'staff:1')""",
    """INSERT INTO canned_replies (id, title, text, version) VALUES (3, 'Jam', 'Buka', 2)""",
    """INSERT INTO canned_replies (id, title, text, version, retired_at)
    VALUES (4, 'Lama', 'Tutup', 1, '2026-07-14 03:00:00')""",
    """INSERT INTO services (id, name, parts, version)
    VALUES (5, 'Rujukan', '{"fee": "Gratis"}', 1)""",
    """INSERT INTO admin_events (subject, seq, kind, at, actor, data, previous, hash)
    VALUES ('canned:3', 2, 'CannedReplyChanged', '2026-07-14 03:00:00', 'staff:9', '{}', '', 'x')
    """,
)
"""What an office had worded before versions were kept."""


async def test_bw_14_what_is_worded_becomes_the_first_version_of_its_own(
    engines: Engines,
) -> None:
    async with engines.writing.begin() as connection:
        await connection.run_sync(run_alembic, "0023")
        for statement in WORDED:
            await connection.exec_driver_sql(statement)
    await bring_up(engines.writing)
    async with engines.reading.connect() as connection:
        rows = (await connection.execute(select(setting_versions))).all()
    found = {
        row.subject: (row.version, json.loads(row.content), row.changed_by, row.begun_at.year)
        for row in rows
    }
    service = {"unit_id": None, "name": "Rujukan", "parts": {"fee": "Gratis"}, "retired": False}
    reply = {"unit_id": None, "title": "Jam", "text": "Buka", "retired": False}
    old = {"unit_id": None, "title": "Lama", "text": "Tutup", "retired": True}
    assert found == {
        "text:0:id:ack_sms": (4, {"text": "Baik. {tiket}"}, "staff:1", 2026),
        "canned:3": (2, reply, "staff:9", 2026),
        "canned:4": (1, old, "system", 2000),  # nobody knows since when
        "service:5": (1, service, "system", 2000),
    }
    assert all(row.valid_from == row.begun_at == row.laid_at for row in rows)


async def test_two_that_start_together_upgrade_once(engines: Engines) -> None:
    await asyncio.gather(bring_up(engines.writing), bring_up(engines.writing))
    assert await pending(engines.writing) == []


async def test_upgrade_by_url_is_repeatable(empty_url: str) -> None:
    assert await upgrade(empty_url) == revisions()
    assert await upgrade(empty_url) == []


async def test_a_newer_database_is_refused(empty_url: str) -> None:
    await upgrade(empty_url)
    engines = make_engines(read_url(empty_url), 1)
    async with engines.writing.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await engines.dispose()
    with pytest.raises(StoreRefused, match="9999"):
        await open_store(empty_url)


async def test_a_broken_step_leaves_nothing(
    engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(connection: Connection, target: str) -> None:
        run_alembic(connection, target)
        raise ZeroDivisionError

    monkeypatch.setattr("ticket_store.migrate.run_alembic", fails)
    with pytest.raises(ZeroDivisionError):
        await bring_up(engines.writing)
    assert await current(engines.writing) is None


def test_the_steps_are_one_line() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    newest_first = [step.revision for step in script.walk_revisions()]
    assert newest_first[::-1] == revisions()
    assert script.get_heads() == [revisions()[-1]]


def test_an_ordinary_start_does_not_import_alembic(tmp_path: Path) -> None:
    child = (
        "import asyncio, sys\n"
        "from ticket_store.store import open_store\n"
        "async def main():\n"
        "    await (await open_store(sys.argv[1])).close()\n"
        "asyncio.run(main())\n"
        "print('alembic' in sys.modules)\n"
    )
    command = [sys.executable, "-c", child, f"sqlite:///{tmp_path}/a.db"]
    said = [subprocess.run(command, check=True, capture_output=True).stdout for _ in range(2)]
    assert said == [b"True\n", b"False\n"]
