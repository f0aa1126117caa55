"""Work done by the clock, once among all processes (design.md §6: ``job_runs``).

APScheduler is a clock and nothing more: it calls; the store decides who runs. A run that was
missed, that failed or whose process died is found by the next look around and run then, once.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from config.logs import get_logger
from core.errors import Conflict, StoreUnavailable
from gateway.watching import HOUSE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from zoneinfo import ZoneInfo

    from core.ports import Clock, Store
    from gateway.metrics import Metrics

log = get_logger("schedules")

LEASE = timedelta(minutes=15)
"""How long a run belongs to the process that claimed it; then another takes it over."""

LOOK_AROUND = 300
"""Seconds between two looks for runs that were missed."""

CUT_SHORT = 0.5
"""Seconds that runs get to end when they are cut short."""

MISFIRE = 3600
"""Seconds by which a call may be late; the default of 1 s would skip it without a word."""


@dataclass(frozen=True, slots=True)
class Period:
    """What one run is for: its name in the store, and the local day it fell due."""

    name: str
    day: date


class When(Protocol):
    """When a job falls due."""

    def last(self, local: datetime) -> Period:
        """The period that fell due last, at that local time."""
        ...

    def trigger(self, zone: ZoneInfo) -> Any:  # noqa: ANN401 - APScheduler is untyped
        """The same for APScheduler."""
        ...


@dataclass(frozen=True, slots=True)
class Daily:
    """Every day at that local time."""

    at: time

    def last(self, local: datetime) -> Period:
        """Today, or yesterday before that time."""
        day = local.date() - timedelta(days=local.time() < self.at)
        return Period(day.isoformat(), day)

    def trigger(self, zone: ZoneInfo) -> Any:  # noqa: ANN401 - APScheduler is untyped
        """As cron has it."""
        return CronTrigger(hour=self.at.hour, minute=self.at.minute, timezone=zone)


@dataclass(frozen=True, slots=True)
class Monthly:
    """On the first of every month at that local time, for the month before."""

    at: time

    def last(self, local: datetime) -> Period:
        """The first of this month, or of the last before that time."""
        first = local.date().replace(day=1)
        if local.date() == first and local.time() < self.at:
            first = (first - timedelta(days=1)).replace(day=1)
        return Period(f"{first - timedelta(days=1):%Y-%m}", first)

    def trigger(self, zone: ZoneInfo) -> Any:  # noqa: ANN401 - APScheduler is untyped
        """As cron has it."""
        return CronTrigger(day=1, hour=self.at.hour, minute=self.at.minute, timezone=zone)


@dataclass(frozen=True, slots=True)
class Every:
    """Every so many minutes of the day."""

    minutes: int

    def last(self, local: datetime) -> Period:
        """The last full turn since local midnight."""
        turn = (local.hour * 60 + local.minute) // self.minutes * self.minutes
        return Period(f"{local:%Y-%m-%d}T{turn // 60:02d}:{turn % 60:02d}", local.date())

    def trigger(self, zone: ZoneInfo) -> Any:  # noqa: ANN401 - APScheduler is untyped
        """From now on; which turn it is, is read off the clock."""
        return IntervalTrigger(minutes=self.minutes, timezone=zone)


@dataclass(frozen=True, slots=True)
class Changed:
    """Whenever something has another state than before; looked at every few seconds."""

    state: Callable[[], str]
    every: int = 5

    def last(self, local: datetime) -> Period:
        """The state as it is now."""
        return Period(self.state() or "none", local.date())

    def trigger(self, zone: ZoneInfo) -> Any:  # noqa: ANN401 - APScheduler is untyped
        """From now on."""
        return IntervalTrigger(seconds=self.every, timezone=zone)


@dataclass(frozen=True, slots=True)
class Job:
    """Work that falls due.

    Attributes:
        name: in the store and in the log; never changes.
        run: does it for a period at an instant (aware UTC), and says in a few words how it went.
            It may be run twice for one period after a failure, never at the same time.
    """

    name: str
    when: When
    run: Callable[[Period, datetime], Awaitable[str]]


class Schedules:
    """All jobs of one process."""

    def __init__(
        self, store: Store, jobs: Sequence[Job], zone: ZoneInfo, hall: tuple[Clock, Metrics]
    ) -> None:
        self._store, self._jobs, self._zone = store, jobs, zone
        self._clock, self._metrics = hall
        self._who = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._scheduler: Any = None
        self._done: dict[str, Period] = {}
        self._under_way: set[asyncio.Task[Any]] = set()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """No more calls; what is under way is cut short and run again by whoever comes next."""
        self._stopping.set()

    async def run(self) -> None:
        """Until stopped or cancelled."""
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it tells of every single call
        self._scheduler = AsyncIOScheduler(
            timezone=self._zone,
            job_defaults={
                "misfire_grace_time": MISFIRE,
                "coalesce": True,
                "max_instances": 1,
            },
        )
        for job in self._jobs:
            self._scheduler.add_job(
                self.turn, job.when.trigger(self._zone), args=[job], id=job.name
            )
        self._scheduler.add_job(
            self.look_around, IntervalTrigger(seconds=LOOK_AROUND), id="look around"
        )
        self._scheduler.start()
        try:
            await self.look_around()
            await self._stopping.wait()
        finally:
            self._scheduler.shutdown(wait=False)
            await self._cut_short()

    async def _cut_short(self) -> None:
        """The store is closed after this: nothing may be left that still uses it."""
        others = self._under_way - {asyncio.current_task()}
        for task in others:
            task.cancel()
        if others:
            await asyncio.wait(others, timeout=CUT_SHORT)

    def clock_was_set(self) -> None:
        """APScheduler computes the next call from the last; after a jump it is computed anew."""
        if self._scheduler is None:
            return
        for job in self._jobs:
            self._scheduler.reschedule_job(job.name, trigger=job.when.trigger(self._zone))
        again = IntervalTrigger(seconds=LOOK_AROUND, timezone=self._zone)
        self._scheduler.reschedule_job("look around", trigger=again)
        task = asyncio.create_task(self.look_around(), name="look around")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def look_around(self) -> None:
        """Runs what fell due last and was not run, by whichever process."""
        for job in self._jobs:
            await self.turn(job)

    async def turn(self, job: Job) -> None:
        """One job, for the period that fell due last; nothing if that is being run or was."""
        period = job.when.last(self._clock.now().astimezone(self._zone))
        done, task = self._done.get(job.name), asyncio.current_task()
        if task is None or (done is not None and done.name == period.name):
            return
        self._under_way.add(task)
        try:
            if await self._claimed(job, period):
                await self._run(job, period)
        except (StoreUnavailable, Conflict) as away:
            log.warning("run skipped", job=job.name, why=str(away))
        except Exception:
            log.exception("run failed", job=job.name, period=period.name)
            self._metrics.alarms.labels(HOUSE, job.name).inc()
        finally:
            self._under_way.discard(task)

    async def _claimed(self, job: Job, period: Period) -> bool:
        now = self._clock.now()
        async with self._store.desk() as desk:
            mine = await desk.jobs.claim(job.name, period.name, self._who, (now, now + LEASE))
            await desk.commit()
        return mine

    async def _run(self, job: Job, period: Period) -> None:
        outcome = await job.run(period, self._clock.now())
        ended = (self._clock.now(), outcome)
        async with self._store.desk() as desk:
            kept = await desk.jobs.finish(job.name, period.name, self._who, ended)
            await desk.commit()
        self._done[job.name] = period
        if not kept:
            log.warning("run took longer than its lease", job=job.name, period=period.name)
        log.info("run ended", job=job.name, period=period.name, outcome=outcome)
