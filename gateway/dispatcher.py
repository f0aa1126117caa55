"""The way out: claims promises with a lease and carries them out, one loop per channel.

A claim is committed before the call; what became of it is written in groups. Order per recipient
is the store's business (it never gives out a second item for a recipient before the first is
handed over); the channel's rate and its circuit are kept here (design.md §4 "Going out").
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aiolimiter import AsyncLimiter

from config.logs import get_logger
from core.errors import SendFailure, StoreUnavailable
from core.model.outbox import OutboxItem, OutboxState, RetryPolicy, SendResult
from core.model.sentences import said
from core.ports import Converses
from core.services.delivery import Attempt, Courier, carry_out, record
from gateway.circuit import Circuit
from gateway.grouping import Bounds, GroupingQueue
from gateway.intake_queue import in_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.ports import Clock, Desk, Sends, Store
    from gateway.metrics import Metrics

log = get_logger("dispatcher")

AT_ONCE = 100
"""Items per claim at most: 50 at a time cost a twentieth of one at a time (performance.md)."""


DRAIN = 4.0
"""Seconds that sends in flight get at the end."""

LINGER = 0.1
"""Seconds that results wait for company before they are written.

A killed process finds what it had not written in the provider's list, as after any doubt."""

BREATH = 0.02
"""Least seconds between two claims while they come one after the other: a lone message is claimed
at once, a stream of them in small groups instead of one by one."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast one channel sends.

    Attributes:
        rate: messages per second.
        in_flight: calls at the same time.
        poll: seconds between two looks without a wake-up.
    """

    rate: float = 100.0
    in_flight: int = 128
    poll: float = 1.0


class Dispatcher:
    """Sends what one channel owes."""

    def __init__(
        self,
        door: Sends,
        store: Store,
        policy: RetryPolicy,
        pace: Pace,
        hall: tuple[Clock, Metrics],
    ) -> None:
        self.channel = door.id
        self._store, self._policy, self._pace = store, policy, pace
        self._clock, self._metrics = hall
        self._limiter = AsyncLimiter(max(pace.rate, 1.0), max(1.0, 1.0 / pace.rate))
        self._wake = asyncio.Event()
        self._stopping = False
        self._flying: set[asyncio.Task[None]] = set()
        self._queued: set[asyncio.Task[Any]] = set()
        self._writing: set[asyncio.Task[list[None]]] = set()
        self._more = False
        self._missed = False
        self._sent: list[str] = []
        self._claimed_at = 0.0
        self.circuit = Circuit(policy)
        self.on_record: list[Callable[[], None]] = []
        self.on_attempt: list[Callable[[OutboxItem, Attempt], None]] = []
        self._courier = Courier(door, policy, self._clock, self._taken, random.random)
        self._results: GroupingQueue[SendResult, None] = GroupingQueue(
            f"results:{door.id}", self._record, self._lost, Bounds(items=100_000, linger=LINGER)
        )

    def wake(self) -> None:
        """Something may be due."""
        # It may be for somebody whose earlier text is being claimed or on its way: then it is due
        # after that one, and only its record tells when.
        self._missed = True
        self._wake.set()

    def stop(self) -> None:
        """Claims nothing more; what flies is finished, what waits for its turn is given back."""
        self._stopping = True
        self._wake.set()
        for task in self._queued:
            task.cancel()

    async def run(self) -> None:
        """Until :meth:`stop`; then waits for what flies and writes it down."""
        recorder = asyncio.create_task(self._results.run(), name=f"record {self.channel}")
        try:
            while not self._stopping:
                self._wake.clear()
                asked = self._room()
                if asked > 0:
                    await self._breathe()
                    claimed = await self._claim(asked)
                    for item in claimed:
                        self._fly(item)
                    self._more = len(claimed) == asked
                if asked <= 0 or not self._more:
                    await self._rest()
            for tasks in (self._flying, self._writing):
                if tasks:
                    await asyncio.wait(tasks, timeout=DRAIN)
        finally:
            for task in self._flying:
                task.cancel()
            self._results.close()
            await recorder

    async def _claim(self, limit: int) -> Sequence[OutboxItem]:
        now = self._clock.now()
        if not (self._flying or self._writing):
            self._missed = False  # this claim sees all there is
        if self.circuit.open_at(now):
            return ()
        try:
            with self._metrics.store.labels("claim").time():
                async with self._store.desk() as desk:
                    lease = now + self._policy.lease
                    items = await desk.outbox.claim(self.channel, now, lease, limit)
                    items = await self._in_conversation(desk, items)
                    await desk.commit()
        except StoreUnavailable as away:
            log.warning("claim failed", channel=self.channel, why=str(away))
            return ()
        except Exception:
            log.exception("claim failed", channel=self.channel)
            return ()
        return items

    async def _in_conversation(
        self, desk: Desk, items: Sequence[OutboxItem]
    ) -> Sequence[OutboxItem]:
        """The items with what they stand in, for a door that asks."""
        if not items or not isinstance(self._courier.door, Converses):
            return items
        found = await desk.outbox.conversations([item.id for item in items])
        return [replace(item, conversation=found.get(item.id)) for item in items]

    async def _breathe(self) -> None:
        loop = asyncio.get_running_loop()
        early = self._claimed_at + BREATH - loop.time()
        if early > 0 and not self._more and not self._stopping:
            await asyncio.sleep(early)
            self._wake.clear()
        self._claimed_at = loop.time()

    def _room(self) -> int:
        """How many to claim: never more than the rate can carry within a lease.

        While more than half of the places are taken nothing is claimed, so that claims stay large.
        """
        if self.circuit.probing:
            return max(0, 1 - len(self._flying))
        carried = max(1, int(self._pace.rate * self._policy.lease.total_seconds() / 4))
        places = min(self._pace.in_flight, carried)
        free = places - len(self._flying)
        return min(AT_ONCE, free) if free * 2 >= places else 0

    async def _rest(self) -> None:
        """Waits for a wake-up, the end of a pause, or the next poll."""
        pause = self.circuit.open_at(self._clock.now())
        seconds = min(self._pace.poll, pause.total_seconds()) if pause else self._pace.poll
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), max(seconds, 0.01))
        if pause and not self._stopping:
            # A wake-up does not end a pause.
            await asyncio.sleep(min(seconds, 0.05))

    def _fly(self, item: OutboxItem) -> None:
        task = asyncio.create_task(self._carry(item), name=f"send {item.id}")
        self._flying.add(task)
        task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        if not task.cancelled() and task.exception():
            log.error("send task failed", channel=self.channel, exc_info=task.exception())
        if self._more:
            self._wake.set()

    async def _carry(self, item: OutboxItem) -> None:
        claimed_at = self._clock.now()
        await self._turn()
        late = self._clock.now() - claimed_at > self._policy.lease / 2
        if self._stopping or late or self.circuit.open_at(self._clock.now()):
            attempt = Attempt(self._given_back(item))
        else:
            attempt = await self._try(item)
        writing = asyncio.create_task(self._results.submit([(attempt.result, 200)]))
        self._writing.add(writing)
        writing.add_done_callback(self._written)

    async def _turn(self) -> None:
        """Waits for the channel's rate; at the end nobody waits any more."""
        task = asyncio.current_task()
        if self._stopping or task is None:
            return
        self._queued.add(task)
        try:
            await self._limiter.acquire()
        except asyncio.CancelledError:
            if not self._stopping:
                raise
        finally:
            self._queued.discard(task)

    def _written(self, task: asyncio.Task[list[None]]) -> None:
        self._writing.discard(task)
        if not task.cancelled() and task.exception():
            log.error("result not written", channel=self.channel, exc_info=task.exception())

    async def _try(self, item: OutboxItem) -> Attempt:
        try:
            attempt = await carry_out(self._courier, item)
        except Exception as error:  # noqa: BLE001 - loop edge: one item must not hold up the rest
            attempt = self._stumbled(item, error)
        now = self._clock.now()
        if attempt.problem:
            if self.circuit.failed(attempt.problem, now):
                self._paused(attempt.problem.failure)
        elif attempt.result.state is OutboxState.HANDED_OVER:
            # An empty look into the provider's list proves nothing about sending.
            self.circuit.succeeded()
            self._metrics.paused.labels(self.channel).set(0)
        self._count(item, attempt)
        return attempt

    def _count(self, item: OutboxItem, attempt: Attempt) -> None:
        result = attempt.result
        for told in self.on_attempt:
            told(item, attempt)
        self._metrics.sent.labels(self.channel, result.state).inc()
        if result.state is OutboxState.HANDED_OVER:
            self._metrics.to_accepted.observe((result.at - item.created_at).total_seconds())
        if attempt.sent and item.attempt == 1:
            self._sent.append(f"{item.id} {item.purpose} {result.provider_id}")
            return
        say = log.info if result.state is OutboxState.HANDED_OVER else log.warning
        say(
            "message sent" if attempt.sent else "message not sent",
            item=item.id,
            channel=self.channel,
            purpose=item.purpose,
            state=result.state,
            provider_id=result.provider_id,
            attempt=item.attempt,
            code=result.code,
            why=result.reason,
            copied=result.copied,
        )

    def _tell_sent(self) -> None:
        """What went out at the first attempt, in one line a group; anything else has its own."""
        if self._sent:
            sent, self._sent = self._sent, []
            for some in in_lines(sent):
                items = ", ".join(some)
                log.info("messages sent", channel=self.channel, items=items, count=len(some))

    def _paused(self, failure: SendFailure) -> None:
        self._metrics.paused.labels(self.channel).set(1)
        if failure is SendFailure.PAUSE:
            self._metrics.alarms.labels(self.channel, "paused").inc()
        log.error(
            "channel paused",
            channel=self.channel,
            until=str(self.circuit.paused_until),
            why=self.circuit.reason,
        )

    def _stumbled(self, item: OutboxItem, error: Exception) -> Attempt:
        """A mistake of ours, or the store away while looking: later again, parked in the end."""
        log.error("sending failed", item=item.id, channel=self.channel, exc_info=error)
        now, policy = self._clock.now(), self._policy
        ours = not isinstance(error, StoreUnavailable)
        state = OutboxState.IN_DOUBT
        if ours and item.attempt >= policy.max_attempts:
            state = OutboxState.DEAD
        later = now + policy.pause(item.attempt, random.random())  # noqa: S311 - no secret
        return Attempt(
            SendResult(
                item.id,
                state,
                now,
                next_try_at=later,
                code=type(error).__name__,
                reason=said("Kesalahan pada sistem kami.") if ours else "",
                doubts=item.doubts,
                tried_at=item.tried_at or now,
            )
        )

    def _given_back(self, item: OutboxItem) -> SendResult:
        """Claimed but not begun: back to waiting, or to doubt if it was in doubt."""
        now = self._clock.now()
        state = OutboxState.IN_DOUBT if item.doubtful else OutboxState.WAITING
        return SendResult(
            item.id, state, now, next_try_at=now, doubts=item.doubts, tried_at=item.tried_at
        )

    async def _record(self, results: Sequence[SendResult]) -> Sequence[None]:
        """Writes results; while the store is away they wait here, as long as a lease is worth."""
        self._tell_sent()
        until = self._clock.now() + self._policy.lease
        while True:
            try:
                with self._metrics.store.labels("record").time():
                    await record(self._store.desk, results)
                break
            except StoreUnavailable as away:
                if self._clock.now() + timedelta(seconds=1) > until:
                    raise
                log.warning("results wait for the store", channel=self.channel, why=str(away))
                await asyncio.sleep(0.5)
        if self._missed or self._more:
            self._wake.set()
        for told in self.on_record:
            told()
        return [None] * len(results)

    async def _lost(self, result: SendResult, error: Exception) -> None:
        """The lease runs out and the provider's list is asked: nothing is doubled."""
        log.error("result not recorded", item=result.item_id, exc_info=error)

    async def _taken(self, provider_ids: Sequence[str]) -> set[str]:
        async with self._store.desk() as desk:
            return await desk.outbox.known_ids(self.channel, provider_ids)
