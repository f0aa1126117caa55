"""Fetches the files that messages speak of, after the message is safe and answered.

The dispatcher's sibling: one worker per process, woken at commit. A file is claimed with a lease,
fetched by its door, examined, laid down, recorded. Whatever goes wrong stays with the file: the
message and its ticket never wait (providers.md §2.5, threats.md F13).
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from config.logs import get_logger
from core.errors import Scope, SendFailure, StoreUnavailable
from core.model.attachments import AttachmentState, FetchResult
from gateway.circuit import Circuit
from gateway.file_fetch import NO_ROOM, Failed, Kept

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from core.errors import SendProblem
    from core.model.attachments import WantedFile
    from core.model.messages import ChannelId
    from core.model.outbox import RetryPolicy
    from core.ports import Clock, Store
    from gateway.file_fetch import FileFetch
    from gateway.metrics import Metrics

log = get_logger("attachments")

SWEEP_EVERY = 86_400.0
"""Seconds between two sweeps of the folder."""

_RECORD_AGAIN = 0.5
_RECORD_TRIES = 60


@dataclass(frozen=True, slots=True)
class FilePace:
    """How many files at once.

    Attributes:
        in_flight: of all channels; one channel alone gets half of them, rounded up.
        lease: how long a claim holds; longer than fetching, examining and scanning take.
        poll: seconds between two looks without a wake-up.
    """

    in_flight: int = 4
    lease: timedelta = timedelta(minutes=5)
    poll: float = 2.0


class Attachments:
    """The worker of one process.

    Attributes:
        on_record: called after each result.
        keep_drafts: how long files wait beside drafts before they are forgotten.
    """

    def __init__(
        self,
        fetch: FileFetch,
        store: Store,
        policy: RetryPolicy,
        hall: tuple[Clock, Metrics],
        pace: FilePace | None = None,
    ) -> None:
        self._fetch, self._folder = fetch, fetch.folder
        self._store, self._policy = store, policy
        self._clock, self._metrics = hall
        self._pace = pace or FilePace()
        self._wake = asyncio.Event()
        self._stopping = False
        self._flying: dict[asyncio.Task[None], WantedFile] = {}
        self._circuits: dict[ChannelId, Circuit] = {}
        self._room_again: datetime | None = None
        self.on_record: list[Callable[[], None]] = []
        self.keep_drafts = timedelta(days=180)

    def wake(self) -> None:
        """Something may be due."""
        self._wake.set()

    def stop(self) -> None:
        """Claims nothing more; what flies is dropped, and due again when its lease ends."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Until :meth:`stop` or cancelled; what is half fetched then is fetched again later."""
        sweeping = asyncio.create_task(self._sweep(), name="sweep attachments")
        try:
            while not self._stopping:
                self._wake.clear()
                claimed = await self._claim()
                for wanted in claimed:
                    if self._is_full(wanted.channel):
                        await self._record(_later(wanted, self._clock.now(), "", counts=False))
                    else:
                        self._fly(wanted)
                if not claimed:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), self._pace.poll)
        finally:
            tasks = [sweeping, *self._flying]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _claim(self) -> Sequence[WantedFile]:
        now = self._clock.now()
        free = self._pace.in_flight - len(self._flying)
        if free <= 0 or (self._room_again and now < self._room_again):
            return ()
        try:
            async with self._store.desk() as desk:
                lease, resting = now + self._pace.lease, self._resting(now)
                found = await desk.attachments.claim(now, lease, free, resting)
                await desk.commit()
        except StoreUnavailable as away:
            log.warning("claim failed", why=str(away))
            return ()
        except Exception:
            log.exception("claim failed")
            return ()
        return found

    def _resting(self, now: datetime) -> set[ChannelId]:
        """Channels in trouble, and those that have their share of the places already."""
        return {channel for channel in self._busy() if self._is_full(channel)} | {
            channel for channel, circuit in self._circuits.items() if circuit.open_at(now)
        }

    def _busy(self) -> Counter[ChannelId]:
        return Counter(wanted.channel for wanted in self._flying.values())

    def _is_full(self, channel: ChannelId) -> bool:
        """Whether it has its share; a channel that was in trouble gets one place at first."""
        circuit = self._circuits.get(channel)
        share = 1 if circuit and circuit.probing else (self._pace.in_flight + 1) // 2
        return self._busy()[channel] >= share

    def _fly(self, wanted: WantedFile) -> None:
        task = asyncio.create_task(self._carry(wanted), name=f"fetch {wanted.message_id}")
        self._flying[task] = wanted
        task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.pop(task, None)
        if not task.cancelled() and task.exception():
            log.error("fetch task failed", exc_info=task.exception())
        self._wake.set()

    async def _carry(self, wanted: WantedFile) -> None:
        circuit = self._circuits.setdefault(wanted.channel, Circuit(self._policy))
        outcome = await self._fetch.attempt(wanted)
        result = self._result(wanted, circuit, outcome)
        if not await self._record(result) and isinstance(outcome, Kept):
            await self._forget(wanted, outcome)

    def _result(self, wanted: WantedFile, circuit: Circuit, outcome: Kept | Failed) -> FetchResult:
        now = self._clock.now()
        if isinstance(outcome, Kept):
            circuit.succeeded()
            self._metrics.files.labels(wanted.channel, outcome.state).inc()
            return _kept(wanted, outcome)
        problem = outcome.problem
        if outcome.ours:
            if problem is NO_ROOM:
                self._no_room(wanted.channel, now)
        elif circuit.failed(problem, now):
            self._paused(wanted.channel, circuit)
        return self._failed(wanted, problem, now)

    def _failed(self, wanted: WantedFile, problem: SendProblem, now: datetime) -> FetchResult:
        """Given up where it can never work, or was tried often enough; else later again."""
        counts = problem.scope is Scope.MESSAGE and problem.failure is not SendFailure.PAUSE
        counts = counts and problem is not NO_ROOM
        over = problem.failure is SendFailure.PERMANENT or (
            counts and wanted.attempt >= self._policy.max_attempts
        )
        self._metrics.files.labels(wanted.channel, "unavailable" if over else "waiting").inc()
        log.warning(
            "file not fetched",
            channel=wanted.channel,
            message=wanted.message_id,
            position=wanted.position,
            attempt=wanted.attempt,
            code=problem.code,
            given_up=over,
        )
        if over:
            state = AttachmentState.UNAVAILABLE
            return FetchResult(
                wanted.message_id, wanted.position, state, wanted.attempt, reason=problem.reason
            )
        pause = self._policy.pause(wanted.attempt, random.random())  # noqa: S311 - no secret
        due_at = now + max(pause, problem.retry_after or pause)
        return _later(wanted, due_at, problem.reason, counts=counts)

    def _no_room(self, channel: ChannelId, now: datetime) -> None:
        self._room_again = now + self._policy.base
        self._metrics.alarms.labels(channel, "disk").inc()
        log.error("no room for files", until=str(self._room_again))

    def _paused(self, channel: ChannelId, circuit: Circuit) -> None:
        self._metrics.alarms.labels(channel, "files").inc()
        log.error(
            "fetching paused",
            channel=channel,
            until=str(circuit.paused_until),
            why=circuit.reason,
        )

    async def _record(self, result: FetchResult) -> bool:
        """Whether it counts; while the store is away it waits here, for a while."""
        for _ in range(_RECORD_TRIES):
            try:
                async with self._store.desk() as desk:
                    (written,) = await desk.attachments.record([result])
                    await desk.commit()
            except StoreUnavailable as away:
                log.warning("result waits for the store", why=str(away))
                await asyncio.sleep(_RECORD_AGAIN)
                continue
            for told in self.on_record:
                told()
            return written
        return False

    async def _forget(self, wanted: WantedFile, kept: Kept) -> None:
        """Somebody else had it meanwhile, or nobody could be told: ours is one too many."""
        if wanted.reference != f"file:{kept.stored_as}":
            await asyncio.to_thread(self._folder.remove, kept.stored_as)

    async def _sweep(self) -> None:
        """Takes away what killed processes have left in the folder, once a day."""
        while True:
            try:
                await self.sweep_once()
            except (StoreUnavailable, OSError) as error:
                log.warning("sweep skipped", why=type(error).__name__)
            except Exception:
                log.exception("sweep failed")
            await asyncio.sleep(SWEEP_EVERY)

    async def sweep_once(self) -> int:
        """One sweep; returns how many files went."""
        now = self._clock.now().timestamp()
        ends = (self.keep_drafts / timedelta(days=1),)
        names = await asyncio.to_thread(lambda: list(self._folder.lately(now, *ends)))
        count = await asyncio.to_thread(self._folder.sweep_incoming, now)
        if names:
            async with self._store.desk() as desk:
                lost = await desk.attachments.unnamed(names)
            for name in lost:
                await asyncio.to_thread(self._folder.remove, name)
            count += len(lost)
        if count:
            log.info("folder swept", files=count)
        return count


def _kept(wanted: WantedFile, kept: Kept) -> FetchResult:
    examined = kept.examined
    log.info(
        "file stored",
        channel=wanted.channel,
        message=wanted.message_id,
        position=wanted.position,
        state=kept.state,
        type=examined.finding.content_type,
        size=examined.size,
    )
    return FetchResult(
        wanted.message_id,
        wanted.position,
        kept.state,
        wanted.attempt,
        stored_as=kept.stored_as,
        found_type=examined.finding.content_type,
        found_size=examined.size,
        sha256=examined.sha256,
        reason=kept.reason,
    )


def _later(wanted: WantedFile, due_at: datetime, reason: str, *, counts: bool) -> FetchResult:
    return FetchResult(
        wanted.message_id,
        wanted.position,
        AttachmentState.WAITING,
        wanted.attempt,
        counts=counts,
        due_at=due_at,
        reason=reason,
    )
