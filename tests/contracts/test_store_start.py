"""What a store refuses at start, and what it survives afterwards."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from core.errors import StoreUnavailable
from tests.contracts.desk_samples import NOW, SARI, WEEK_AGO, greet, lay_down, open_ticket, opening
from tests.patience import PATIENCE
from ticket_store import engine as engine_module
from ticket_store.engine import read_url
from ticket_store.failures import StoreRefused
from ticket_store.store import SqlStore, open_store

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgres import Cluster

NOT_STORES = ["", "nonsense", "mysql://x/y", "sqlite://", "sqlite+aiosqlite:///:memory:"]

KILL_ALL = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE datname IS NOT NULL AND pid <> pg_backend_pid()"
)

HOLDER = """
import asyncio, sys
from ticket_store.store import open_store
asyncio.run(open_store(sys.argv[1]))
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.mark.parametrize("url", NOT_STORES)
async def test_what_is_no_store_is_refused(url: str) -> None:
    with pytest.raises(StoreRefused):
        await open_store(url)


@pytest.mark.parametrize("short", ["postgresql://u@h/d", "postgresql+asyncpg://u@h/d"])
def test_a_plain_postgresql_url_means_asyncpg(short: str) -> None:
    assert read_url(short).drivername == "postgresql+asyncpg"


async def test_an_old_sqlite_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(StoreRefused, match=r"3\.35"):
        await open_store(f"sqlite:///{tmp_path}/a.db")


async def test_folders_are_made_and_closed_to_others(tmp_path: Path) -> None:
    data = tmp_path / "data"
    store = await open_store(f"sqlite:///{tmp_path}/deep/down/a.db", data_dir=data)
    await greet(store, SARI)
    made = [*(tmp_path / "deep" / "down").iterdir(), data, tmp_path / "deep" / "down"]
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in made}
    await store.close()
    assert {"a.db", "a.db-wal", "a.db-shm", "a.db.lock", "data"} <= modes.keys()
    assert not any(mode & 0o007 for mode in modes.values())


async def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable):
        await open_store(f"sqlite:///{tmp_path}/file/a.db")


async def test_a_second_store_on_the_same_file_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    store = await open_store(url)
    with pytest.raises(StoreRefused, match="in use by process"):
        await open_store(url)
    await store.close()
    await store.close()
    await (await open_store(url)).close()


async def test_a_second_process_is_refused_until_the_first_is_dead(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    command = [sys.executable, "-W", "ignore", "-c", HOLDER, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert await asyncio.to_thread(holder.stdout.readline) == b"held\n"
        with pytest.raises(StoreRefused, match=f"process {holder.pid}:"):
            await open_store(url)
        holder.kill()
    assert (tmp_path / "a.db.lock").exists()
    await (await open_store(url)).close()


SETTINGS = [
    ("journal_mode=DELETE", "journal_mode"),
    ("synchronous=NORMAL", "synchronous"),
    ("foreign_keys=OFF", "foreign_keys"),
]


@pytest.mark.parametrize(("spoiled", "named"), SETTINGS)
async def test_a_sqlite_that_forgets_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoiled: str, named: str
) -> None:
    pragmas = [*engine_module._PRAGMAS, spoiled]
    monkeypatch.setattr(engine_module, "_PRAGMAS", pragmas)
    with pytest.raises(StoreRefused, match=named):
        await open_store(f"sqlite:///{tmp_path}/a.db")


@pytest.mark.postgres
async def test_a_postgresql_without_fsync_is_refused(cluster: Cluster, postgres_url: str) -> None:
    cluster.stop()
    cluster.start("fsync=off")
    try:
        with pytest.raises(StoreRefused, match="fsync = off"):
            await open_store(postgres_url)
    finally:
        cluster.stop()
        cluster.start()
    await (await open_store(postgres_url)).close()


@pytest.mark.postgres
async def test_a_postgresql_without_synchronous_commit_is_refused(
    cluster: Cluster,
) -> None:
    cluster.sql("CREATE DATABASE forgetful")
    cluster.sql("ALTER DATABASE forgetful SET synchronous_commit = off")
    with pytest.raises(StoreRefused, match="synchronous_commit"):
        await open_store(cluster.url("forgetful"))


@pytest.mark.postgres
async def test_a_database_that_is_not_there(cluster: Cluster) -> None:
    with pytest.raises(StoreUnavailable):
        await open_store(cluster.url("nowhere"))


async def test_a_server_that_is_not_there() -> None:
    with pytest.raises(StoreUnavailable):
        await open_store("postgresql://postgres@127.0.0.1:9/nowhere")


@pytest.mark.postgres
async def test_a_connection_killed_inside_a_unit_of_work(
    cluster: Cluster, postgres_url: str
) -> None:
    store = await open_store(postgres_url, pool=2)

    async def interrupted() -> None:
        async with store.desk() as desk:
            known = await desk.intake.senders([SARI], [], WEEK_AGO, NOW)
            cluster.sql(KILL_ALL)
            await desk.intake.lay_down(opening(1, known[SARI]))
            await desk.commit()

    with pytest.raises(StoreUnavailable):
        await interrupted()
    known_ticket = await open_ticket(store, 1)
    assert known_ticket.version == 1
    await store.close()


@pytest.mark.postgres
async def test_a_killed_idle_pool_recovers(cluster: Cluster, postgres_url: str) -> None:
    store = await open_store(postgres_url, pool=2)
    await store.ping()
    cluster.stop("immediate")
    cluster.start()
    await asyncio.sleep(0.1)  # the end of each connection is heard by the loop
    await greet(store, SARI)
    assert await store.reads.tickets(None, 5) == []
    await store.close()


async def test_a_store_locked_by_another_program(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path}/a.db")
    async with store._engines.writing.connect() as connection:
        await connection.execute(text("PRAGMA busy_timeout=50"))
    other = sqlite3.connect(tmp_path / "a.db")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable):
        async with store.desk():
            pass
    other.rollback()
    other.close()
    await greet(store, SARI)
    await store.close()


async def test_a_full_disk(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path}/a.db")
    [sari] = await greet(store, SARI)
    async with store._engines.writing.connect() as connection:
        pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
        await connection.execute(text(f"PRAGMA max_page_count={pages + 1}"))
    with pytest.raises(StoreUnavailable):
        await lay_down(store, opening(1, sari, description="x" * 100_000))
    async with store._engines.writing.connect() as connection:
        await connection.execute(text("PRAGMA max_page_count=1000000"))
    await open_ticket(store, 1)
    await store.close()


async def test_a_commit_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the disk fills at the last moment: the transaction is still open then."""
    store = await open_store(f"sqlite:///{tmp_path}/a.db")
    dialect = store._engines.writing.sync_engine.dialect

    def full(_connection: object) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(dialect, "do_commit", full)
        with pytest.raises(StoreUnavailable):
            await greet(store, SARI)
    async with store._engines.reading.connect() as connection:
        left = await connection.execute(text("SELECT count(*) FROM addresses"))
        assert left.scalar_one() == 0
    await open_ticket(store, 1)
    await store.close()


async def test_a_cancelled_unit_of_work_leaves_nothing(store: SqlStore) -> None:
    inside = asyncio.Event()

    async def never_ending() -> None:
        async with store.desk() as desk:
            await desk.intake.senders([SARI], [], WEEK_AGO, NOW)
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(never_ending())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    [sari] = await greet(store, SARI)
    assert sari.tickets == ()


async def test_reading_does_not_wait_for_the_writer(store: SqlStore) -> None:
    async with store.desk() as desk:
        await desk.intake.senders([SARI], [], WEEK_AGO, NOW)
        async with asyncio.timeout(PATIENCE):
            await store.ping()
            assert await store.reads.tickets(None, 5) == []
