"""The stream goes on after a restore into a server whose transaction ids are lower."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from core.model.stream import EVERYTHING
from core.services.audit import AuditWish, anchor, verify
from tests.contracts.bending import MONDAY, day
from tests.contracts.histories import history, number_of, tell
from tests.contracts.planting import T0
from tests.postgres import Cluster
from ticket_store.store import open_store
from ticket_store.stream_order import keep_order

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

pytestmark = pytest.mark.postgres

OFFSET = (
    "CREATE OR REPLACE FUNCTION stream_offset() RETURNS bigint LANGUAGE sql IMMUTABLE"
    " AS 'SELECT {}::bigint'"
)
FAR = 10**12
OLDER = """DO $$ BEGIN
  FOR n IN 1..2000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP;
END $$"""
"""So many transactions that a fresh server cannot have had as many."""


async def more(store: SqlStore, sequence: int) -> None:
    async with store.desk() as desk:
        await tell(desk, sequence)
        await desk.commit()


async def continues(store: SqlStore, cursor: str, before: int) -> None:
    """What happens now comes after what the backup brought, for readers and anchors alike."""
    assert (await store.stream.after(cursor, 10, EVERYTHING)).events == ()
    await more(store, 1)
    page = await store.stream.after(cursor, 10, EVERYTHING)
    assert [(one.number, one.event.seq) for one in page.events] == [(number_of(1), 4)]
    whole = await store.stream.after(None, 100, EVERYTHING)
    assert len(whole.events) == before + 1
    assert whole.events[-1] == page.events[0]
    made = await anchor(store, day(1), T0)
    assert made is not None
    assert made.events == before + 1
    assert (await verify(store.audits, AuditWish("HD"))).findings == ()


async def test_after_a_real_dump_and_restore(
    postgres_url: str, cluster: Cluster, migrated: str
) -> None:
    cluster.sql(OLDER)
    store = await open_store(postgres_url)
    await history(store, 1, 3)
    assert await anchor(store, MONDAY, T0) is not None
    cursor = await store.stream.end()
    await store.close()
    dumped = subprocess.run(
        [
            str(cluster.programs / "pg_dump"),
            *("-h", "127.0.0.1", "-p", str(cluster.port), "-U", "postgres", migrated),
        ],
        capture_output=True,
        check=True,
        timeout=60,
    ).stdout
    other = Cluster.make()
    try:
        other.sql("CREATE DATABASE helpdesk")
        address = f"host=127.0.0.1 port={other.port} user=postgres dbname=helpdesk"
        subprocess.run(
            [str(other.programs / "psql"), "-Xq", "-v", "ON_ERROR_STOP=1", "-d", address],
            input=dumped,
            capture_output=True,
            check=True,
            timeout=60,
        )
        assert int(other.sql("SELECT min(tx) FROM events", "helpdesk")) > int(
            other.sql("SELECT pg_current_xact_id()::text")
        ), "the other server must be the younger one, or this test says nothing"
        restored = await open_store(other.url("helpdesk"))
        await continues(restored, cursor, 3)
        await restored.close()
    finally:
        other.remove()


async def test_ids_that_are_lower_are_raised_once(
    postgres_url: str, cluster: Cluster, migrated: str
) -> None:
    cluster.sql(OFFSET.format(FAR), migrated)
    try:
        store = await open_store(postgres_url)
        await history(store, 1, 3)
        assert await anchor(store, MONDAY, T0) is not None
        cursor = await store.stream.end()
        await store.close()
        cluster.sql(OFFSET.format(0), migrated)  # as a younger server would have it
        store = await open_store(postgres_url)
        await continues(store, cursor, 3)
        assert not await keep_order(store._engines.writing)
        await store.close()
    finally:
        cluster.sql(OFFSET.format(0), migrated)


async def test_a_store_that_is_not_behind_is_left_alone(
    store: SqlStore,
) -> None:
    await history(store, 1)
    assert not await keep_order(store._engines.writing)
