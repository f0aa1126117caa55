"""Gateways that are killed, citizens who write all the while, and the one line that sums it up."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import aiohttp

from tests.journeys.kill_gateway import READY_LIMIT, Gateway
from tests.journeys.kill_ledger import PENDING, TAKEN, Books, Ledger, audit
from tests.journeys.kill_side import Cues
from tests.journeys.kill_sms import SmsSide

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tests.journeys.kill_ledger import Row
    from tests.journeys.kill_side import Letter, Side
    from tests.postgres import Cluster

PATIENCE = 900.0
"""Seconds that a citizen's provider repeats: for ever, in terms of a run. While the gateway is
killed at its first answer after each start, the others wait."""

ANSWER_LIMIT = 60.0
"""Seconds after the last kill until every message is taken."""

QUIET_LIMIT = 60.0

COMPLAINTS = (
    "HELPDESK internet kantor kecamatan mati sejak jam 8 pagi",
    "Helpdesk printer di loket 2 macet kertas terus",
    "helpdesk: aplikasi keuangan error saat simpan data",
    "HELPDESK 🙏 wifi puskesmas lemot, pasien “tidak bisa” daftar",
)


@dataclass(slots=True)
class Tally:
    """What one run did. Starts are those that neither a kill nor a database cut short."""

    kills: int = 0
    struck_at: list[float] = field(default_factory=list)
    by_moment: dict[str, int] = field(default_factory=dict)
    starts: list[float] = field(default_factory=list)
    back: list[float] = field(default_factory=list)
    crashes: int = 0
    posts: int = 0
    slow: int = 0

    def struck(self, moment: str) -> None:
        self.kills += 1
        self.by_moment[moment] = self.by_moment.get(moment, 0) + 1

    @property
    def p95(self) -> float:
        ordered = sorted(self.starts)
        return ordered[int((len(ordered) - 1) * 0.95)] if ordered else 0.0


class Stage:
    """Everything of one run: a side, gateways, citizens, and who strikes whom when.

    Args:
        ask: reads the store from outside.
        doors: how many gateways share it.
        side: makes the door's citizens and provider.
    """

    def __init__(
        self,
        folder: Path,
        store: str,
        ask: Callable[[str], list[Row]],
        seed: int,
        *,
        doors: int = 1,
        side: Callable[[Cues], Side] = SmsSide,
    ) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - a repeatable run, no secret
        self.tally = Tally()
        self.written: dict[str, str] = {}
        self.ask = ask
        self._folder, self._store, self._doors = folder, store, doors
        self._turn = itertools.count()
        self._armed: dict[str, Callable[[], None]] = {}
        self._writing: list[asyncio.Task[None]] = []
        self._watching: dict[Gateway, asyncio.Task[None]] = {}
        self.gateways: list[Gateway] = []
        self.side = side(Cues(self.rng, self._entrance, self._happened))

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.side)
            timeout = aiohttp.ClientTimeout(5)
            self._session = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout))
            for index in range(self._doors):
                folder = self._folder / f"door{index}"
                gateway = Gateway(folder, self._store, self.side.section())
                stack.callback(gateway.abandon)
                gateway.start()
                await gateway.ready(self._session)  # alone: it makes the tables
                self.gateways.append(gateway)
            if self.side.opened_by:
                await self.until(self._is_open, READY_LIMIT)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *error: object) -> None:
        tasks = [*self._writing, *self._watching.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._stack.aclose()

    def _entrance(self) -> str:
        """Doors take turns, as behind a balancer that does not know which of them lives."""
        return self.gateways[next(self._turn) % len(self.gateways)].url

    def _happened(self, what: str) -> None:
        if strike := self._armed.pop(what, None):
            strike()

    # --- citizens ---

    def let_write(self, count: int, within: float) -> None:
        """So many new citizens write one message each, some time within these seconds."""
        for _ in range(count):
            number = len(self._writing)
            delay = self.rng.uniform(0, within)
            self._writing.append(asyncio.create_task(self._write(number, delay)))

    async def _write(self, number: int, delay: float) -> None:
        """Repeated until the gateway has it, and now and then although it does."""
        await asyncio.sleep(delay)
        words = f"{COMPLAINTS[number % len(COMPLAINTS)]} ({number})"
        letter = self.side.letter(number, words)
        at_once = self.rng.choice((1, 1, 1, 1, 3)) if self.side.repeats else 1
        pause = 0.1
        async with asyncio.timeout(PATIENCE):
            while not any(await asyncio.gather(*(self._deliver(letter) for _ in range(at_once)))):
                await asyncio.sleep(self.rng.uniform(pause, 4 * pause))
                pause = min(1.5 * pause, 0.4)
        self.written[letter.name] = letter.sender
        if self.side.repeats and self.rng.random() < 0.15:
            await self._deliver(letter)

    async def _deliver(self, letter: Letter) -> bool:
        self.tally.posts += 1
        began = time.monotonic()
        taken = await self.side.deliver(letter)
        self.tally.slow += taken and time.monotonic() - began > 1
        return taken

    # --- kills ---

    async def strike(self, moment: str) -> None:
        """Kills one gateway at this kind of moment and starts it again at once."""
        gateway = self.rng.choice(self.gateways)
        if moment == "while it starts":
            await asyncio.sleep(self.rng.uniform(0.05, 1.2))
            self._kill(gateway)
        else:
            await gateway.ready(self._session)
            await self._kill_at(gateway, moment)
        self._unwatch(gateway)
        await gateway.reaped()
        self.tally.struck(moment)
        self._start(gateway)

    def _start(self, gateway: Gateway) -> None:
        async def measure() -> None:
            self.tally.starts.append(await gateway.ready(self._session))

        gateway.start()
        self._watching[gateway] = asyncio.create_task(measure())

    def _unwatch(self, gateway: Gateway) -> None:
        if watch := self._watching.get(gateway):
            watch.cancel()

    async def restart_database(self, cluster: Cluster, *, in_service: bool) -> None:
        """Crashes the server, as ``pg_ctl -m immediate``; then until the gateways are green.

        Args:
            in_service: first lets them become ready, and notes how soon they are so again.
        """
        if in_service:
            await self._all_ready()
        await asyncio.sleep(self.rng.uniform(0.1, 0.8))
        for gateway in self.gateways:
            self._unwatch(gateway)
        await asyncio.to_thread(cluster.stop, "immediate")
        await asyncio.sleep(self.rng.uniform(0, 0.5))
        await asyncio.to_thread(cluster.start)
        self.tally.crashes += 1
        up = time.monotonic()
        await self._all_ready()
        if in_service:
            self.tally.back.append(time.monotonic() - up)

    async def _all_ready(self) -> None:
        for gateway in self.gateways:
            await gateway.ready(self._session)

    async def end_and_start(self) -> float:
        """SIGTERM in the middle of things; returns how long the end took."""
        gateway = self.rng.choice(self.gateways)
        await gateway.ready(self._session)
        await asyncio.sleep(self.rng.uniform(0.1, 0.8))
        began = time.monotonic()
        assert await gateway.end() == 0
        took = time.monotonic() - began
        self._start(gateway)
        return took

    async def _kill_at(self, gateway: Gateway, moment: str) -> None:
        if moment == "at random":
            await asyncio.sleep(self.rng.uniform(0.02, 0.8))
            self._kill(gateway)
            return
        struck = asyncio.Event()

        def strike() -> None:
            self._kill(gateway)
            struck.set()

        self._armed[moment] = strike
        try:
            await asyncio.wait_for(struck.wait(), 1.5)
        except TimeoutError:
            if self._armed.pop(moment, None):
                self._kill(gateway)

    def _kill(self, gateway: Gateway) -> None:
        self.tally.struck_at.append(time.monotonic())
        gateway.kill()

    # --- the end ---

    async def settled(self) -> Ledger:
        """No more kills: all is answered, sent, confirmed; the processes end; the audit."""
        await self._all_ready()
        async with asyncio.timeout(ANSWER_LIMIT):
            await asyncio.gather(*self._writing)
        await self._all_in()
        await self.side.calls_done()
        await self.until(self._is_quiet, QUIET_LIMIT)
        for gateway in self.gateways:
            assert await gateway.end() == 0
        books = await asyncio.to_thread(Books.read, self.ask)
        ledger = audit(books, self.written, self.side, self.tally.struck_at)
        ledger.faults += self.side.violations
        for gateway in self.gateways:
            ledger.faults += gateway.complaints(database_died=self.tally.crashes > 0)
        print(self.line(ledger))  # noqa: T201 - the ledger is what a long run is for
        return ledger

    async def _all_in(self) -> None:
        """Where the gateway fetches for itself; what it never takes, the audit will name."""
        with suppress(TimeoutError):
            await self.until(self._has_all, ANSWER_LIMIT)

    async def _has_all(self) -> bool:
        (row,) = await asyncio.to_thread(self.ask, TAKEN)
        return bool(row["taken"] >= len(self.written))

    async def _is_open(self) -> bool:
        return bool(await asyncio.to_thread(self.ask, self.side.opened_by))

    async def _is_quiet(self) -> bool:
        (row,) = await asyncio.to_thread(self.ask, PENDING)
        return bool(row["pending"] == 0)

    async def until(self, holds: Callable[[], Awaitable[bool]], seconds: float) -> None:
        """Asks five times a second. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not await holds():
                await asyncio.sleep(0.2)

    def line(self, ledger: Ledger) -> str:
        """The ledger in one line."""
        tally = self.tally
        return (
            f"kills {tally.kills}, messages {len(self.written)}, lost {len(ledger.lost)}, "
            f"doubled {len(ledger.doubled)}, phantom {len(ledger.phantom)}, "
            f"faults {len(ledger.faults)}, copies marked {ledger.copies}, "
            f"restart to ready p95 {tally.p95:.2f} s, "
            f"database crashes {tally.crashes}, back after {max(tally.back, default=0):.2f} s; "
            f"requests {tally.posts}, "
            f"of which over 1 s {tally.slow}; {tally.by_moment}; {self.side.outcomes}"
        )
