"""Between doors and intake: what is counted, who is woken, what is kept when intake cannot."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from config.redaction import LONGEST_VALUE
from core.errors import Busy, StoreUnavailable
from core.model.messages import (
    Address,
    AddressKind,
    ChannelId,
    DeliveryReport,
    DeliveryState,
    InboundMessage,
    Outcome,
)
from gateway import intake_queue as queues
from gateway.intake_queue import in_lines
from tests.gateway.gateway_kit import Office, office, phone, sections

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SMS = ChannelId("sms")


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


def inbound(number: int, text: str = "HELPDESK air mati", **more: Any) -> InboundMessage:
    now = datetime.now(UTC)
    sender = Address(AddressKind.PHONE, phone(number))
    return InboundMessage(SMS, f"SM{number}", sender, text, now, raw=b"mentah", **more)


def report(external_id: str, state: DeliveryState = DeliveryState.SENT) -> DeliveryReport:
    return DeliveryReport(SMS, external_id, state, datetime.now(UTC))


async def test_receipts_in_order_counted_and_told(hall: Office) -> None:
    woken: list[int] = []
    hall.gateway.intake.on_commit.append(lambda: woken.append(1))
    texts = ["HELPDESK air mati", "halo", "HELPDESK lampu padam"]
    batch = [inbound(number, text) for number, text in enumerate(texts)]
    receipts = await hall.gateway.intake.take([*batch, batch[0]])
    outcomes = [receipt.outcome for receipt in receipts]
    assert outcomes == [Outcome.OPENED, Outcome.UNSORTED, Outcome.OPENED, Outcome.DUPLICATE]
    assert receipts[3].number == receipts[0].number
    assert woken == [1]
    for outcome, count in (("opened", 2), ("unsorted", 1), ("duplicate", 1)):
        labels = {"channel": "sms", "outcome": outcome}
        assert hall.count("helpdesk_messages_received_total", **labels) == count
    assert hall.count("helpdesk_intake_group_size_sum") == 4
    line = next(line for line in hall.log.getvalue().splitlines() if "messages taken" in line)
    assert all(one.external_id in line for one in batch)
    assert str(receipts[0].number) in line
    assert "count=4" in line


async def test_time_to_commit_counts_from_receipt(hall: Office) -> None:
    old = datetime.now(UTC) - timedelta(seconds=3)
    sender = Address(AddressKind.PHONE, phone(1))
    await hall.gateway.intake.take([InboundMessage(SMS, "SM1", sender, "HELPDESK x", old)])
    assert 3 <= hall.count("helpdesk_receipt_to_commit_seconds_sum") < 8


async def test_bytes_are_bounded_by_raw_and_text(tmp_path: Path) -> None:
    async with office(tmp_path, sections(intake={"queue_bytes": 2**20})) as hall:
        big = "a" * 600_000
        with pytest.raises(Busy):
            # the first fills the queue before anybody has worked it off
            await both(hall, [inbound(1, big), inbound(2, big)])
        assert (await hall.gateway.intake.take([inbound(3, big * 2)]))[0].outcome


async def both(hall: Office, messages: list[InboundMessage]) -> None:
    calls = [hall.gateway.intake.take([message]) for message in messages]
    results = await asyncio.gather(*calls, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


async def test_a_message_that_intake_cannot_take_is_quarantined(
    hall: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_given: Any) -> Any:
        message = "isi pesan warga"
        raise LookupError(message)

    monkeypatch.setattr(queues, "receive", broken)
    [receipt] = await hall.gateway.intake.take([inbound(1)])
    assert (receipt.outcome, receipt.number) == (Outcome.QUARANTINED, None)
    [row] = await hall.rows("SELECT channel, raw, sentence FROM quarantine")
    assert tuple(row) == ("sms", b"mentah", "intake failed: LookupError")
    labels = {"channel": "sms", "outcome": "quarantined"}
    assert hall.count("helpdesk_messages_received_total", **labels) == 1


async def test_the_store_away_is_no_quarantine(
    hall: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_given: Any) -> Any:
        raise StoreUnavailable

    monkeypatch.setattr(queues, "receive", away)
    with pytest.raises(StoreUnavailable):
        await hall.gateway.intake.take([inbound(1)])
    assert await hall.rows("SELECT 1 FROM quarantine") == []


async def test_reports_are_counted_and_wake_the_pages(hall: Office) -> None:
    before = hall.gateway.changes.version
    await hall.gateway.reports.take([report("SMa"), report("SMb", DeliveryState.FAILED)])
    assert hall.gateway.changes.version > before
    assert hall.count("helpdesk_delivery_reports_total", channel="sms", state="sent") == 1
    assert hall.count("helpdesk_delivery_reports_total", channel="sms", state="failed") == 1


async def test_a_report_that_always_fails_is_dropped_loudly(
    hall: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = queues.take_reports  # type: ignore[attr-defined]  # patched where it is used

    async def broken(desk: Any, batch: Any) -> Any:
        if any(one.external_id == "SMracun" for one in batch):
            raise LookupError
        return await usual(desk, batch)

    monkeypatch.setattr(queues, "take_reports", broken)
    await hall.gateway.reports.take([report("SMa"), report("SMracun"), report("SMb")])
    assert hall.count("helpdesk_delivery_reports_total", channel="sms", state="sent") == 2
    assert "report dropped" in hall.log.getvalue()
    assert "SMracun" in hall.log.getvalue()


def test_the_log_tells_every_message_of_a_large_group() -> None:
    told = [f"SM{number:032x} opened HD26-{number:06d}-0" for number in range(256)]
    lines = list(in_lines(told))
    assert [one for line in lines for one in line] == told
    assert max(len(", ".join(line)) for line in lines) < LONGEST_VALUE
