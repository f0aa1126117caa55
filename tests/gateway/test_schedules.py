"""Scheduled work: which period falls due, who runs it, and that it runs once whatever happens."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from core.errors import StoreUnavailable
from gateway.metrics import Metrics
from gateway.schedules import LEASE, Daily, Every, Job, Monthly, Period, Schedules
from tests.contracts.conftest import (
    cluster,
    migrated,
    postgres_url,
    sqlite_template,
    store,
    store_url,
)
from tests.patience import PATIENCE
from ticket_store import schema
from ticket_store.store import open_store

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

__all__ = ["cluster", "migrated", "postgres_url", "sqlite_template", "store", "store_url"]

WIB = ZoneInfo("Asia/Jakarta")
NOON = datetime(2026, 7, 14, 5, 0, tzinfo=UTC)  # 12.00 WIB


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=WIB)


PERIODS = [
    # when, local time, period, day
    (Daily(time(2, 30)), "07-14 02:30", "2026-07-14", "2026-07-14"),
    (Daily(time(2, 30)), "07-14 02:29", "2026-07-13", "2026-07-13"),
    (Daily(time(2, 30)), "07-14 23:59", "2026-07-14", "2026-07-14"),
    (Daily(time(0, 10)), "01-01 00:09", "2025-12-31", "2025-12-31"),
    (Monthly(time(7)), "07-01 07:00", "2026-06", "2026-07-01"),
    (Monthly(time(7)), "07-01 06:59", "2026-05", "2026-06-01"),
    (Monthly(time(7)), "07-31 23:00", "2026-06", "2026-07-01"),
    (Monthly(time(7)), "01-01 06:59", "2025-11", "2025-12-01"),
    (Monthly(time(7)), "01-15 00:00", "2025-12", "2026-01-01"),
    (Every(10), "07-14 10:09", "2026-07-14T10:00", "2026-07-14"),
    (Every(10), "07-14 10:10", "2026-07-14T10:10", "2026-07-14"),
    (Every(1440), "07-14 23:59", "2026-07-14T00:00", "2026-07-14"),
]


@pytest.mark.parametrize(("when", "at", "period", "day"), PERIODS)
def test_the_period_that_fell_due_last(
    when: Daily | Monthly | Every, at: str, period: str, day: str
) -> None:
    found = when.last(local(at))
    assert (found.name, found.day.isoformat()) == (period, day)


@pytest.mark.parametrize("when", [Daily(time(2, 30)), Monthly(time(7)), Every(10)])
def test_the_trigger_calls_when_a_new_period_begins(when: Daily | Monthly | Every) -> None:
    now = local("07-14 10:05")
    following = when.trigger(WIB).get_next_fire_time(None, now)
    assert when.last(following.astimezone(WIB)) != when.last(now)


class Hands:
    """Work that counts how often it was done, and fails when told to."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.fails: Exception | None = None

    async def work(self, period: Period, _now: datetime) -> str:
        if self.fails:
            raise self.fails
        self.done.append(period.name)
        return "beres"


class Wrist:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at


def schedules(store: SqlStore, hands: Hands, clock: Wrist) -> Schedules:
    job = Job("laporan", Daily(time(2, 30)), hands.work)
    return Schedules(store, [job], WIB, (clock, Metrics()))


async def runs(store: SqlStore) -> list[tuple[str, str, bool]]:
    async with store._engines.reading.connect() as connection:
        rows = (await connection.execute(select(schema.job_runs))).all()
    return [(row.period, row.outcome, row.finished_at is not None) for row in rows]


async def test_one_run_for_each_period(store: SqlStore) -> None:
    hands, clock = Hands(), Wrist()
    mine = schedules(store, hands, clock)
    for _ in range(3):
        await mine.look_around()
    clock.at += timedelta(days=1)
    await mine.look_around()
    assert hands.done == ["2026-07-14", "2026-07-15"]
    assert await runs(store) == [("2026-07-14", "beres", True), ("2026-07-15", "beres", True)]


async def test_two_processes_run_it_once(store: SqlStore) -> None:
    hands, clock = Hands(), Wrist()
    both = [schedules(store, hands, clock) for _ in range(2)]
    await asyncio.gather(*(one.look_around() for one in both for _ in range(3)))
    assert hands.done == ["2026-07-14"]


async def test_a_restarted_process_does_not_repeat_it(store: SqlStore) -> None:
    hands, clock = Hands(), Wrist()
    await schedules(store, hands, clock).look_around()
    await schedules(store, hands, clock).look_around()
    assert hands.done == ["2026-07-14"]


async def test_a_run_whose_process_died_is_taken_over(store: SqlStore) -> None:
    hands, clock = Hands(), Wrist()
    async with store.desk() as desk:
        times = (clock.at, clock.at + LEASE)
        assert await desk.jobs.claim("laporan", "2026-07-14", "mati:1", times)
        await desk.commit()
    mine = schedules(store, hands, clock)
    await mine.look_around()
    assert hands.done == []
    clock.at += LEASE + timedelta(seconds=1)
    await mine.look_around()
    assert hands.done == ["2026-07-14"]
    async with store.desk() as desk:
        ended = (clock.at, "terlambat")
        assert not await desk.jobs.finish("laporan", "2026-07-14", "mati:1", ended)


async def test_a_failed_run_is_tried_again_after_its_lease(store: SqlStore) -> None:
    hands, clock = Hands(), Wrist()
    mine = schedules(store, hands, clock)
    hands.fails = RuntimeError("rusak")
    await mine.look_around()
    hands.fails = None
    await mine.look_around()
    assert hands.done == []
    clock.at += LEASE + timedelta(seconds=1)
    await mine.look_around()
    assert hands.done == ["2026-07-14"]


async def test_one_failing_job_keeps_no_other_back(store: SqlStore) -> None:
    bad, good, clock = Hands(), Hands(), Wrist()
    bad.fails = StoreUnavailable("jauh")
    jobs = [Job("a", Every(10), bad.work), Job("b", Every(10), good.work)]
    metrics = Metrics()
    await Schedules(store, jobs, WIB, (clock, metrics)).look_around()
    assert good.done == ["2026-07-14T12:00"]


async def test_what_was_missed_is_run_at_the_start(store: SqlStore) -> None:
    hands, clock = Hands(), Wrist()
    mine = schedules(store, hands, clock)
    task = asyncio.create_task(mine.run())
    async with asyncio.timeout(PATIENCE):
        while not hands.done:
            await asyncio.sleep(0.01)
    mine.clock_was_set()
    mine.stop()
    await task
    assert hands.done == ["2026-07-14"]


@pytest.mark.postgres
async def test_two_gateways_on_one_database_claim_once(postgres_url: str) -> None:
    stores = [await open_store(postgres_url) for _ in range(3)]
    now = NOON

    async def claim(one: SqlStore, who: str) -> bool:
        async with one.desk() as desk:
            mine = await desk.jobs.claim("sapu", "2026-07-14", who, (now, now + LEASE))
            await desk.commit()
        return mine

    found = await asyncio.gather(*(claim(one, str(n)) for n, one in enumerate(stores * 4)))
    assert sum(found) == 1
    for one in stores:
        await one.close()


async def test_old_rows_go_in_slices(store: SqlStore) -> None:
    for n in range(7):
        async with store.desk() as desk:
            at = NOON - timedelta(days=n)
            await desk.jobs.claim("sapu", str(n), "x", (at, at))
            await desk.commit()
    async with store.desk() as desk:
        before = NOON - timedelta(days=2)
        assert await desk.retention.forget("job_runs", before, 3) == 3
        assert await desk.retention.forget("job_runs", before, 3) == 1
        assert await desk.retention.forget("job_runs", before, 3) == 0
        assert await desk.retention.forget("idempotency_keys", before, 3) == 0
        await desk.commit()
    assert sorted(period for period, _, _ in await runs(store)) == ["0", "1", "2"]


async def test_history_is_never_thrown_away(store: SqlStore) -> None:
    async with store.desk() as desk:
        with pytest.raises(LookupError):
            await desk.retention.forget("events", NOON, 3)
