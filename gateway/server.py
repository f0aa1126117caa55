"""The process: starts in order, stops in reverse, drains within ten seconds.

Start: store, queues, dispatchers, HTTP, recovery and housekeeping. Stop: HTTP takes nothing new
and finishes what it has (3 s, then twice half a second to hang up), queues empty into the store
(1 s), dispatchers finish what flies (4 s), doors and store close.
Together they get seven seconds, of the ten that a supervisor grants.
"""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import ClientConnectionResetError, web

from config.logs import get_logger
from console.staff.presence import Presence
from core.ports import (
    Clock,
    Closes,
    Door,
    Examines,
    Sends,
    Store,
    Webhook,
)
from gateway.dispatcher import DRAIN, Dispatcher, Pace
from gateway.examining import Examination
from gateway.hallway import Hallway
from gateway.health import Health
from gateway.intake_queue import IntakeQueue, ReportQueue
from gateway.metrics import Metrics
from gateway.process import after_start
from gateway.rounds import ended, usual_rounds
from gateway.runtime import runtime_name
from gateway.webhooks import Hook, Route

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from pathlib import Path

    from core.model.outbox import RetryPolicy
    from core.model.policy import IntakePolicy
    from gateway.channel_log import ChannelLog
    from gateway.circuit import Circuit
    from gateway.grouping import Bounds
    from gateway.rounds import Begin

log = get_logger("server")

ENDING = 7.0
"""Seconds for all steps of the end together; what one step uses up the later ones do not have."""

FINISH_REQUESTS = 3.0
"""Seconds that requests in flight get at the end."""

ROUNDS = 2.5
"""Seconds that all rounds get to end, together."""

HANG_UP = 0.5
"""Seconds that aiohttp then waits for handlers, and once more for those it has cancelled."""


@dataclass(frozen=True, slots=True)
class MountedDoor:
    """A door with where it is mounted and how fast it sends."""

    door: Door
    routes: tuple[Route, ...]
    pace: Pace
    recover_every: float = 300.0


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the HTTP server listens and what it accepts."""

    host: str
    port: int
    max_body: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a gateway process is made of; made by wiring, run here.

    Attributes:
        folder: where data lies.
        mount: adds pages (console, sandbox) beside the webhooks.
        rounds: what this process does besides what every process does.
        exchanges: keeps what providers said and what was answered; None: nowhere.
        ready: awaited before the first message is taken.
    """

    store: Store
    policy: IntakePolicy
    retry: RetryPolicy
    doors: Sequence[MountedDoor]
    clock: Clock
    http: Listening
    bounds: Bounds
    folder: Path
    mount: Callable[[web.Application, Gateway], None] | None = None
    rounds: Sequence[Begin] = ()
    exchanges: ChannelLog | None = None
    ready: Sequence[Callable[[], Awaitable[object]]] = ()


@dataclass(slots=True)
class Changes:
    """A counter that grows with every commit, for live pages."""

    version: int = 0
    _waiters: list[asyncio.Event] = field(default_factory=list)

    def bump(self) -> None:
        """Something was committed."""
        self.version += 1
        for waiter in self._waiters:
            waiter.set()

    async def wait(self, after: int, timeout: float) -> int:  # noqa: ASYNC109 - a long poll's own
        """The version once it is past ``after``, or as it is when the time is over."""
        if self.version > after:
            return self.version
        waiter = asyncio.Event()
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(timeout):
                await waiter.wait()
        except TimeoutError:
            pass
        finally:
            self._waiters.remove(waiter)
        return self.version


class Gateway:
    """One running process."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.metrics = Metrics()
        self.changes = Changes()
        self.presence = Presence()
        self.intake = IntakeQueue(plan.store, plan.policy, plan.clock, self.metrics, plan.bounds)
        self.reports = ReportQueue(plan.store, self.metrics, plan.bounds)
        hall = (plan.clock, self.metrics)
        self.dispatchers = [
            Dispatcher(mounted.door, plan.store, plan.retry, mounted.pace, hall)
            for mounted in plan.doors
            if isinstance(mounted.door, Sends)
        ]
        self.hallway = Hallway(
            self.intake, self.reports, plan.store, plan.clock, self.metrics, plan.exchanges
        )
        self.examinations = [
            Examination(mounted.door.id, mounted.door, self.metrics)
            for mounted in plan.doors
            if isinstance(mounted.door, Examines)
        ]
        self.intake.on_commit = [self.changes.bump, *(d.wake for d in self.dispatchers)]
        self.reports.on_commit = [self.changes.bump]
        for dispatcher in self.dispatchers:
            dispatcher.on_record.append(self.changes.bump)
            if plan.exchanges:
                dispatcher.on_attempt.append(plan.exchanges.tried)
        self.metrics.queue.set_function(lambda: len(self.intake.queue))
        self.port = 0
        self._end_by: float | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Started inside, stopped and drained after."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.plan.store.close)
            for mounted in self.plan.doors:
                if isinstance(mounted.door, Closes):
                    stack.push_async_callback(mounted.door.close)
            await self._take_over()
            for ready in self.plan.ready:
                await ready()
            self._start_dispatchers(stack)
            self._start_queues(stack)
            await self._start_http(stack)
            self._start_rounds(stack)
            log.info("ready", host=self.plan.http.host, port=self.port)
            yield
            log.info("stopping")

    async def _take_over(self) -> None:
        """Sends that a killed process had begun need not wait for the end of their lease."""
        if not self.plan.store.exclusive:
            return
        async with self.plan.store.desk() as desk:
            look_at = self.plan.clock.now() + self.plan.retry.doubt_wait
            count = await desk.outbox.forget_claims(look_at)
            await desk.commit()
        if count:
            log.warning("took over sends that were begun", items=count)

    def _left(self, seconds: float) -> float:
        """So many seconds, or what is left of the end; the first to ask begins it."""
        now = asyncio.get_running_loop().time()
        if self._end_by is None:
            self._end_by = now + ENDING
        return min(seconds, max(0.0, self._end_by - now))

    def _start_dispatchers(self, stack: AsyncExitStack) -> None:
        tasks = [
            asyncio.create_task(dispatcher.run(), name=f"dispatch {dispatcher.channel}")
            for dispatcher in self.dispatchers
        ]

        async def stop() -> None:
            for dispatcher in self.dispatchers:
                dispatcher.stop()
            await ended(tasks, self._left(DRAIN + 1))

        stack.push_async_callback(stop)

    def _start_queues(self, stack: AsyncExitStack) -> None:
        queues = (self.intake.queue, self.reports.queue)
        tasks = [asyncio.create_task(queue.run(), name=queue.name) for queue in queues]

        async def stop() -> None:
            for queue in queues:
                queue.close()
            await ended(tasks, self._left(1))

        stack.push_async_callback(stop)

    async def _start_http(self, stack: AsyncExitStack) -> None:
        edge = Edge()
        app = web.Application(client_max_size=self.plan.http.max_body, middlewares=[edge.answer])
        app.router.add_routes(self._routes())
        if self.plan.mount:
            self.plan.mount(app, self)
        runner = web.AppRunner(
            app, access_log=None, handle_signals=False, shutdown_timeout=HANG_UP
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, self.plan.http.host, self.plan.http.port, backlog=1024)
        await site.start()
        self.port = runner.addresses[0][1]

        async def finish() -> None:
            await site.stop()
            await edge.finished(self._left(FINISH_REQUESTS))

        stack.push_async_callback(finish)

    def _routes(self) -> list[web.AbstractRouteDef]:
        plan = self.plan
        circuits: dict[str, Circuit] = {d.channel: d.circuit for d in self.dispatchers}
        health = Health(plan.store, plan.clock, self.metrics, circuits, plan.folder)
        routes: list[web.AbstractRouteDef] = [*health.routes()]
        for mounted in plan.doors:
            if not isinstance(mounted.door, Webhook):
                continue
            for route in mounted.routes:
                hook = Hook(mounted.door, route, self.hallway)
                routes += [
                    web.post(route.path, hook.handle),
                    web.get(route.path, hook.handle, allow_head=False),
                ]
        return routes

    def _start_rounds(self, stack: AsyncExitStack) -> None:
        rounds = (*usual_rounds(self), *(begin(self) for begin in self.plan.rounds))
        tasks = [asyncio.create_task(one.run(), name=one.name) for one in rounds]

        async def stop() -> None:
            ends = (one.end(task) for one, task in zip(rounds, tasks, strict=True))
            with suppress(TimeoutError):
                async with asyncio.timeout(self._left(ROUNDS)):
                    await asyncio.gather(*ends)

        stack.push_async_callback(stop)


class Edge:
    """The loop edge of HTTP: nobody outside ever sees a traceback, and no POST is cut short.

    aiohttp drops what arrives after its shutdown began, so that a body on its way would never be
    whole. Pages that wait for news (GET) are not waited for.
    """

    def __init__(self) -> None:
        self._posts = 0
        self._done = asyncio.Event()

    @web.middleware
    async def answer(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        """As the handler answers; 503 for what it did not expect."""
        post = request.method == "POST"
        self._posts += post
        try:
            return await handler(request)
        except (web.HTTPException, ClientConnectionResetError):
            raise  # whoever asked has gone: no fault of ours, and nobody to tell
        except Exception:
            log.exception("request failed", path=request.path, method=request.method)
            return web.Response(status=503, text="try again later\n", headers={"Retry-After": "5"})
        finally:
            self._posts -= post
            self._done.set()

    async def finished(self, seconds: float) -> None:
        """Waits until every POST that has begun is answered, but no longer than this."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._posts:
                    self._done.clear()
                    await self._done.wait()


async def serve(gateway: Gateway, started: Callable[[], None] | None = None) -> None:
    """Runs until SIGTERM or SIGINT; a second signal ends at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def on_signal(number: int) -> None:
        if stop.is_set():
            raise SystemExit(128 + number)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal, number)
    log.info("starting", runtime=runtime_name())
    async with gateway.running():
        after_start()
        if started:
            started()
        await stop.wait()
    log.info("stopped")
