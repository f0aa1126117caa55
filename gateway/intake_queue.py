"""Between the doors and intake: what waits together is taken together (design.md §4).

The spool for hours when the store is away will sit in :meth:`IntakeQueue.take`: one place raises
StoreUnavailable, and nothing else knows of it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING

from config.logs import get_logger
from core.model.messages import DeliveryReport, InboundMessage, Outcome, Receipt
from core.services.delivery import take_reports
from core.services.intake import receive
from gateway.grouping import Bounds, GroupingQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from core.model.calendar import Calendar
    from core.model.policy import IntakePolicy
    from core.ports import Clock, Store
    from gateway.metrics import Metrics

log = get_logger("intake")

A_LINE = 25
"""Messages told in one line of the log; a longer value would be cut."""

FLIGHTS = 2
"""While one group commits, the next is read and decided (docs/adr/0002)."""


def in_lines(told: Sequence[str]) -> Iterator[Sequence[str]]:
    """In pieces that the log writes whole."""
    return (told[at : at + A_LINE] for at in range(0, len(told), A_LINE))


class IntakeQueue:
    """Hands messages to intake in groups, and quarantines the one that intake cannot take.

    Attributes:
        on_commit: called after each commit, so that the dispatcher and live pages look at once.
        on_files: called besides where what was committed speaks of files to be fetched.
    """

    def __init__(
        self, store: Store, policy: IntakePolicy, clock: Clock, metrics: Metrics, bounds: Bounds
    ) -> None:
        self._store, self._policy, self._clock, self._metrics = store, policy, clock, metrics
        self.queue: GroupingQueue[InboundMessage, Receipt] = GroupingQueue(
            "intake",
            self._group,
            self._quarantine,
            replace(bounds, flights=FLIGHTS),
            key=attrgetter("sender"),
        )
        self.on_commit: list[Callable[[], None]] = []
        self.on_files: list[Callable[[], None]] = []

    async def take(self, messages: Sequence[InboundMessage]) -> list[Receipt]:
        """Returns once all are on disk. Raises StoreUnavailable (also as Busy)."""
        return await self.queue.submit(
            [(message, len(message.raw) + len(message.text)) for message in messages]
        )

    def follow(self, calendar: Calendar) -> None:
        """From the next group on, promises are counted by this calendar of the office."""
        self._policy = replace(self._policy, calendar=calendar)

    async def _group(self, batch: Sequence[InboundMessage]) -> Sequence[Receipt]:
        with self._metrics.store.labels("intake").time():
            receipts = await receive(self._store.desk, self._store.blocks, self._policy, batch)
        self._metrics.group.observe(len(batch))
        self._tell(batch, receipts)
        self.committed(files=any(message.attachments for message in batch))
        return receipts

    def committed(self, *, files: bool = True) -> None:
        """Something was written, here or elsewhere: who waits for it looks at once."""
        for wake in self.on_commit:
            wake()
        for wake in self.on_files if files else ():
            wake()

    def _tell(self, batch: Sequence[InboundMessage], receipts: Sequence[Receipt]) -> None:
        """Counts and logs a group: with the id of every message."""
        now = self._clock.now()
        taken: list[str] = []
        outcomes: Counter[tuple[str, str]] = Counter()
        for message, receipt in zip(batch, receipts, strict=True):
            self._metrics.to_commit.observe((now - message.received_at).total_seconds())
            outcomes[message.channel, receipt.outcome] += 1
            taken.append(f"{message.external_id} {receipt.outcome} {receipt.number or '-'}")
        for labels, count in outcomes.items():
            self._metrics.received.labels(*labels).inc(count)
        oldest = min(message.received_at for message in batch)
        ms = round((now - oldest).total_seconds() * 1000, 1)
        for some in in_lines(taken):
            log.info("messages taken", messages=", ".join(some), count=len(some), ms=ms)

    async def _quarantine(self, message: InboundMessage, error: Exception) -> Receipt:
        """The message that fails alone: kept raw, shown, alarmed (threats.md rows 20, 32)."""
        async with self._store.desk() as desk:
            sentence = f"intake failed: {type(error).__name__}"
            await desk.quarantine.add(message.channel, message.raw, sentence, self._clock.now())
            await desk.commit()
        self._metrics.received.labels(message.channel, Outcome.QUARANTINED).inc()
        self._metrics.alarms.labels(message.channel, "quarantine").inc()
        log.error(
            "message quarantined",
            message=message.external_id,
            channel=message.channel,
            exc_info=error,
        )
        return Receipt(Outcome.QUARANTINED)


class ReportQueue:
    """Hands delivery reports to the store in groups."""

    def __init__(self, store: Store, metrics: Metrics, bounds: Bounds) -> None:
        self._store, self._metrics = store, metrics
        self.queue: GroupingQueue[DeliveryReport, None] = GroupingQueue(
            "reports", self._group, self._drop, bounds
        )
        self.on_commit: list[Callable[[], None]] = []

    async def take(self, reports: Sequence[DeliveryReport]) -> None:
        """Returns once all are on disk. Raises StoreUnavailable (also as Busy)."""
        await self.queue.submit([(report, 200) for report in reports])

    async def _group(self, batch: Sequence[DeliveryReport]) -> Sequence[None]:
        with self._metrics.store.labels("reports").time():
            await take_reports(self._store.desk, batch)
        for report in batch:
            self._metrics.reports.labels(report.channel, report.state).inc()
        for wake in self.on_commit:
            wake()
        return [None] * len(batch)

    async def _drop(self, report: DeliveryReport, error: Exception) -> None:
        """A report that fails alone is logged: a repeat would fail again."""
        log.error("report dropped", message=report.external_id, exc_info=error)
