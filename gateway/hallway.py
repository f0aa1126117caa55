"""Where everything that comes in passes, whatever door it came by, until it is on disk.

Webhooks, listening doors and recovery hand over what their door has read; messages go to intake,
reports to the outbox, what could not be read to quarantine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.logs import get_logger
from core.model.messages import (
    DeliveryReport,
    Ignored,
    Inbound,
    InboundMessage,
    Reachability,
    Receipt,
    Unreadable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from core.model.messages import Bookmark, ChannelId
    from core.ports import Clock, Store
    from gateway.channel_log import ChannelLog
    from gateway.intake_queue import IntakeQueue, ReportQueue
    from gateway.metrics import Metrics

log = get_logger("hallway")

MANY = 20
"""Ignored items told one by one; a batch of a thousand must not flood the log."""


@dataclass(frozen=True, slots=True)
class Hallway:
    """What everything that comes in needs on its way."""

    intake: IntakeQueue
    reports: ReportQueue
    store: Store
    clock: Clock
    metrics: Metrics
    exchanges: ChannelLog | None = None

    async def take(self, inbound: Sequence[Inbound]) -> list[Receipt]:
        """Returns once all is on disk: one receipt per message, in order.

        Raises:
            StoreUnavailable: also as Busy; some may be kept already, a repeat does no harm.
        """
        messages = [item for item in inbound if isinstance(item, InboundMessage)]
        reports = [item for item in inbound if isinstance(item, DeliveryReport)]
        if len(messages) + len(reports) < len(inbound):
            await self._take_others(inbound)
        if reports:
            await self.reports.take(reports)
        receipts = await self.intake.take(messages) if messages else []
        if marks := _marks(inbound):
            await self._keep(marks)
        return receipts

    async def park(
        self, channel: ChannelId, raw: bytes, sentence: str, at: datetime, frame: str = ""
    ) -> None:
        """Authentic but unreadable: kept raw and alarmed. Raises StoreUnavailable."""
        async with self.store.desk() as desk:
            await desk.quarantine.add(channel, raw, sentence, at, frame)
            await desk.commit()
        self._tell_parked(channel, sentence)

    def _tell_parked(self, channel: ChannelId, sentence: str) -> None:
        self.metrics.received.labels(channel, "quarantined").inc()
        self.metrics.alarms.labels(channel, "quarantine").inc()
        log.error("payload quarantined", channel=channel, why=sentence)

    async def _take_others(self, inbound: Sequence[Inbound]) -> None:
        self._tell_ignored([item for item in inbound if isinstance(item, Ignored)])
        unreadable = [item for item in inbound if isinstance(item, Unreadable)]
        news = [item for item in inbound if isinstance(item, Reachability)]
        if not unreadable and not news:
            return
        async with self.store.desk() as desk:
            now = self.clock.now()
            for item in unreadable:
                await desk.quarantine.add(item.channel, item.raw, item.sentence, now)
            if news:
                await desk.outbox.mark_reachable(news)
            await desk.commit()
        for item in unreadable:
            self._tell_parked(item.channel, item.sentence)

    def _tell_ignored(self, ignored: Sequence[Ignored]) -> None:
        for item in ignored[:MANY]:
            log.info("ignored", channel=item.channel, why=item.reason)
        for item in ignored:
            self.metrics.received.labels(item.channel, "ignored").inc()

    async def _keep(self, marks: Sequence[Bookmark]) -> None:
        """Those of items that intake does not see; their items are on disk by now."""
        async with self.store.desk() as desk:
            for mark in marks:
                await desk.bookmarks.write(mark.name, mark.mark)
            await desk.commit()


def _marks(items: Iterable[Inbound]) -> list[Bookmark]:
    """The last one of each place, where intake has not written it with its message already."""
    last = {item.bookmark.name: item for item in items if item.bookmark}
    return [
        item.bookmark
        for item in last.values()
        if item.bookmark and not isinstance(item, InboundMessage)
    ]
