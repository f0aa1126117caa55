"""Messages whose webhook never came are found in the provider's list, once."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.errors import StoreUnavailable
from gateway.demo.faults import Fault
from gateway.recovery import TOGETHER, Recovery
from tests.gateway.gateway_kit import Office, message, office, phone, sections, until
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

OFTEN = {"recover_every_seconds": 0.1}
SELDOM = {"recover_every_seconds": 3600}


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path, sections(channel=SELDOM)) as made:
        # The reading at start is over: from here on only ours count.
        await until(lambda: first_mark(made))
        yield made


def reader(hall: Office, every: float = 3600) -> Recovery:
    door: Any = hall.gateway.plan.doors[0].door
    return Recovery(door, hall.gateway.hallway, every)


async def bookmark(hall: Office) -> datetime | None:
    async with hall.store.desk() as desk:
        mark = await desk.bookmarks.read(hall.gateway.plan.doors[0].door.id)
    return datetime.fromisoformat(mark) if mark else None


async def test_a_message_only_in_the_list_gets_its_ticket(tmp_path: Path) -> None:
    async with office(tmp_path, sections(channel=OFTEN)) as hall:
        hall.provider.receive_unannounced(phone(1), "HELPDESK air mati")
        await until(lambda: len(hall.texts()) == 1)
        [ticket] = await hall.tickets()
        assert ticket.number in hall.texts()[0]
        await until(lambda: "caught up" in hall.log.getvalue())


async def test_what_was_missed_while_we_were_down_is_found_at_start(tmp_path: Path) -> None:
    async with office(tmp_path, sections(channel=SELDOM)) as first:
        await until(lambda: first_mark(first))

    def missed(_gateway: Any, providers: Any) -> None:
        providers["sms"].receive_unannounced(phone(7), "HELPDESK lampu padam")

    options = sections(channel=SELDOM)
    options.before = missed
    async with office(tmp_path, options) as second:
        await until(lambda: len(second.texts()) == 1)
        assert len(await second.tickets()) == 1


async def first_mark(hall: Office) -> bool:
    return await bookmark(hall) is not None


async def test_the_bookmark_moves_and_repeats_cause_nothing(hall: Office) -> None:
    before = await bookmark(hall)
    assert before is not None
    await hall.provider.inbound(phone(1), "HELPDESK sudah sampai lewat webhook")
    hall.provider.receive_unannounced(phone(2), "HELPDESK hanya di daftar")
    recovery = reader(hall)
    assert await recovery.once() == 1
    assert await recovery.once() == 0
    after = await bookmark(hall)
    assert after is not None
    assert timedelta(0) < after - before < timedelta(seconds=30)
    assert len(await hall.tickets()) == 2
    await hall.quiet()
    assert len(hall.texts()) == 2


async def test_the_webhook_that_comes_after_all_is_a_repeat(hall: Office) -> None:
    text = hall.provider.receive_unannounced(phone(2), "HELPDESK terlambat")
    assert await reader(hall).once() == 1
    assert (await hall.provider.inbound(text.sender, text.body, sid=text.sid)).taken
    await hall.quiet()
    assert len(await hall.tickets()) == len(hall.texts()) == 1


async def test_more_than_one_handful_comes_in_order(hall: Office) -> None:
    count = TOGETHER + 3
    for number in range(count):
        hall.provider.receive_unannounced(phone(number), f"HELPDESK keluhan {number}")
    assert await reader(hall).once() == count
    texts = await hall.stored_texts()
    assert texts == [f"HELPDESK keluhan {number}" for number in range(count)]


@pytest.mark.parametrize("fault", [Fault.ERROR, Fault.DROP, Fault.GIBBERISH, Fault.UNAUTHORIZED])
async def test_a_list_that_is_down_is_an_alarm_and_asked_again(
    tmp_path: Path, fault: Fault
) -> None:
    def down(_gateway: Any, providers: Any) -> None:
        providers["sms"].faults.listing = fault

    options = sections(channel=OFTEN)
    options.before = down
    async with office(tmp_path, options) as hall:
        labels = {"channel": "sms", "kind": "recovery"}
        await until(lambda: hall.count("helpdesk_alarms_total", **labels) >= 2)
        assert await bookmark(hall) is None
        hall.provider.receive_unannounced(phone(1), "HELPDESK air mati")
        hall.provider.faults.listing = Fault.NONE
        await until(lambda: len(hall.texts()) == 1)
        assert await bookmark(hall) is not None


@pytest.mark.parametrize("error", [StoreUnavailable("away"), LookupError("a bug")])
async def test_nothing_ends_the_reading_but_cancelling(
    hall: Office, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """And the bookmark does not move past what was not taken."""
    before = await bookmark(hall)
    usual, failed = hall.gateway.intake.take, asyncio.Event()

    async def refusing(messages: Any) -> Any:
        if failed.is_set():
            return await usual(messages)
        failed.set()
        raise error

    monkeypatch.setattr(hall.gateway.intake, "take", refusing)
    hall.provider.receive_unannounced(phone(1), "HELPDESK air mati")
    task = asyncio.create_task(reader(hall, every=0.3).run())
    await asyncio.wait_for(failed.wait(), PATIENCE)
    assert await bookmark(hall) == before
    await until(lambda: len(hall.texts()) == 1)
    task.cancel()
    assert await asyncio.gather(task, return_exceptions=True)
    assert "recovery failed" in hall.log.getvalue()


async def test_a_refused_handful_is_told_once(hall: Office, caplog: Any) -> None:
    """Fifty messages refused together are one warning, not fifty tracebacks."""
    for number in range(5):
        hall.provider.receive_unannounced(phone(number), f"HELPDESK keluhan {number}")
    hall.gateway.intake.queue.close()
    with pytest.raises(StoreUnavailable):
        await reader(hall).once()
    assert "never retrieved" not in caplog.text + hall.log.getvalue()


async def test_our_own_texts_in_the_list_are_not_messages(hall: Office) -> None:
    await hall.post(message())
    await hall.quiet()
    assert len(hall.provider.sent) == 1
    assert await reader(hall).once() == 0
    assert len(await hall.stored_texts()) == 1
