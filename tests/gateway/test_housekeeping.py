"""Rounds: reports whose message never came are dropped after an hour, and said so."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from core.model.messages import ChannelId, DeliveryReport, DeliveryState
from gateway.clock import SystemClock
from gateway.housekeeping import KEEP_REPORTS, Housekeeping
from ticket_store.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

SMS = ChannelId("sms")


async def test_a_report_without_a_message_waits_an_hour_and_no_longer(tmp_path: Path) -> None:
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path / 'h.db'}")
    clock = SystemClock()
    now = clock.now()
    minute = timedelta(minutes=1)
    reports = [
        DeliveryReport(SMS, "SMold", DeliveryState.SENT, now - KEEP_REPORTS - minute),
        DeliveryReport(SMS, "SMyoung", DeliveryState.SENT, now - KEEP_REPORTS + minute),
    ]
    try:
        async with store.desk() as desk:
            assert await desk.outbox.report(reports) == 0
            await desk.commit()
        rounds = Housekeeping(store, clock)
        assert await rounds.once() == 1
        assert await rounds.once() == 0
    finally:
        await store.close()
