"""Processes of one store wake each other, once, and find back after a broken connection."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from console.staff.presence import Presence
from core.model.staff import Role, Staff
from gateway.notifying import Notifier
from gateway.server import Changes
from tests.patience import PATIENCE
from ticket_store.store import SqlStore, open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.postgres import Cluster

pytestmark = pytest.mark.postgres

ENDED = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND query LIKE 'LISTEN%'"""


DEWI = Staff(1, "dewi", "Dewi", frozenset({Role.OPERATOR}))
BAGUS = Staff(2, "bagus", "Bagus", frozenset({Role.CUSTOMER_CARE}))


class Process:
    """A store, a counter of changes, and what was woken."""

    def __init__(self, store: SqlStore) -> None:
        self.changes, self.woken, self.presence = Changes(), 0, Presence()
        assert store.wakeups is not None
        wake = [self.changes.bump, self._wake]
        self.notifier = Notifier(store.wakeups, self.changes, wake, self.presence)

    def _wake(self) -> None:
        self.woken += 1


@asynccontextmanager
async def process(url: str) -> AsyncIterator[Process]:
    store = await open_store(url)
    one = Process(store)
    running = asyncio.create_task(one.notifier.run())
    try:
        await until(lambda: one.woken >= 1)  # it begins with a look
        yield one
    finally:
        running.cancel()
        await asyncio.wait([running])
        await store.close()


async def until(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def _no_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is told counts here."""
    monkeypatch.setattr("gateway.notifying.LOOK_EVERY", 60.0)
    monkeypatch.setattr("gateway.notifying.AGAIN_AFTER", 0.05)


async def test_what_one_commits_wakes_the_others_once(postgres_url: str) -> None:
    async with process(postgres_url) as one, process(postgres_url) as two:
        before = (one.woken, two.woken)
        one.changes.bump()
        await until(lambda: two.woken > before[1])
        await asyncio.sleep(0.3)
        assert (one.woken, two.woken) == (before[0], before[1] + 1)
        versions = (one.changes.version, two.changes.version)
        await asyncio.sleep(0.3)
        assert (one.changes.version, two.changes.version) == versions


def seen_in(one: Process) -> list[str]:
    return one.presence.others("HD26-000001-9", BAGUS, asyncio.get_running_loop().time())


def look(one: Process) -> None:
    one.presence.look("HD26-000001-9", DEWI, asyncio.get_running_loop().time())


async def test_who_looks_is_seen_from_every_process(postgres_url: str) -> None:
    async with process(postgres_url) as one, process(postgres_url) as two:
        woken = (one.woken, two.woken)
        look(one)
        await until(lambda: seen_in(two) == ["Dewi"])
        assert (one.woken, two.woken) == woken  # nothing was committed
        for _ in range(200):  # between words of commits, on the same connection
            look(one)
            one.changes.bump()
        await until(lambda: two.woken > woken[1])


async def test_a_flood_of_commits_is_few_words(postgres_url: str) -> None:
    async with process(postgres_url) as one, process(postgres_url) as two:
        before = two.woken
        for _ in range(500):
            one.changes.bump()
            await asyncio.sleep(0)
        await until(lambda: two.woken > before)
        await asyncio.sleep(0.3)
        assert two.woken - before < 50


async def test_both_may_commit_at_once(postgres_url: str) -> None:
    async with process(postgres_url) as one, process(postgres_url) as two:
        before = (one.woken, two.woken)
        one.changes.bump()
        two.changes.bump()
        await until(lambda: one.woken > before[0] and two.woken > before[1])


async def test_after_a_broken_connection_it_listens_again(
    postgres_url: str, cluster: Cluster, migrated: str
) -> None:
    async with process(postgres_url) as one, process(postgres_url) as two:
        before = (one.woken, two.woken)
        ended = (
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE '{}%'"
        )
        count = await asyncio.to_thread(cluster.sql, ended.format("LISTEN"), migrated)
        assert int(count) == 2
        await until(lambda: one.woken > before[0] and two.woken > before[1])  # they look first
        one.changes.bump()
        await until(lambda: two.woken > before[1] + 1)
        look(one)
        await until(lambda: seen_in(two) == ["Dewi"])


async def test_who_hears_nothing_looks_now_and_then(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.notifying.LOOK_EVERY", 0.05)
    async with process(postgres_url) as one:
        before = one.woken
        await until(lambda: one.woken > before + 2)


async def test_telling_without_a_connection_is_no_fault(postgres_url: str) -> None:
    store = await open_store(postgres_url)
    assert store.wakeups is not None
    await store.wakeups.tell()
    await store.wakeups.say("[]")
    await store.close()


async def test_the_only_process_tells_nobody(tmp_path: Path) -> None:
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path}/a.db")
    assert store.wakeups is None
    await store.close()
