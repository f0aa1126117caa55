"""Parked messages are listed and tried again; the house's newest events come page by page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.model.events import Fact
from core.model.messages import Address, AddressKind, ChannelId
from core.model.outbox import OutboxDraft, OutboxState, SendResult
from tests.contracts.planting import SMS, T0

WA = ChannelId("wa")
LEASE = timedelta(seconds=30)


async def parked(store: Any, channel: ChannelId, state: OutboxState, name: str) -> int:
    """Promises a message, claims it, and lays it where it is not tried any more."""
    address = Address(AddressKind.PHONE, "+6281255550001")
    async with store.desk() as desk:
        seat = (await desk.watch.seats([address], T0))[address]
        draft = OutboxDraft(name, "ack", channel, address, seat, f"teks {name}", T0)
        await desk.outbox.put([draft])
        (item,) = await desk.outbox.claim(channel, T0, T0 + LEASE, 10)
        result = SendResult(item.id, state, T0, code="21610", reason="Penerima berhenti.")
        await desk.outbox.record([result])
        await desk.commit()
    return int(item.id)


async def listed(store: Any, *asked: Any) -> list[int]:
    async with store.desk() as desk:
        return [one.id for one in await desk.undelivered.parked(*asked)]


async def test_only_what_is_parked_is_listed(store: Any) -> None:
    dead = await parked(store, SMS, OutboxState.DEAD, "satu")
    held = await parked(store, WA, OutboxState.HELD, "dua")
    await parked(store, SMS, OutboxState.HANDED_OVER, "tiga")
    assert await listed(store, None, 0, 10) == [dead, held]
    assert await listed(store, SMS, 0, 10) == [dead]
    assert await listed(store, None, dead, 10) == [held]
    assert await listed(store, None, 0, 1) == [dead]
    async with store.desk() as desk:
        (one,) = await desk.undelivered.parked(SMS, 0, 10)
    assert (one.state, one.code, one.reason) == (OutboxState.DEAD, "21610", "Penerima berhenti.")
    assert (one.number, one.text, one.attempt, one.created_at) == (None, "teks satu", 1, T0)


async def test_dead_ones_are_tried_again_held_ones_wait(store: Any) -> None:
    first = await parked(store, SMS, OutboxState.DEAD, "satu")
    second = await parked(store, SMS, OutboxState.DEAD, "dua")
    held = await parked(store, SMS, OutboxState.HELD, "tiga")
    async with store.desk() as desk:
        assert await desk.undelivered.wait_again(WA, [], T0) == []
        assert await desk.undelivered.wait_again(SMS, [second, held], T0) == [second]
        assert await desk.undelivered.wait_again(SMS, [second], T0) == []
        assert await desk.undelivered.wait_again(SMS, [], T0) == [first]
        await desk.commit()
    assert await listed(store, None, 0, 10) == [held]
    async with store.desk() as desk:
        due = await desk.outbox.claim(SMS, T0, T0 + LEASE, 10)
    # Of one recipient the earlier goes first; it counts as never tried.
    assert [(one.id, one.attempt, one.doubtful) for one in due] == [(first, 1, False)]


@pytest.mark.parametrize("size", [1, 2, 3, 10])
async def test_the_newest_events_of_the_house_page_by_page(store: Any, size: int) -> None:
    async with store.desk() as desk:
        for minute, subject in ((0, "staff:1"), (1, "unit:2"), (1, "texts"), (1, "unit:2")):
            at = T0 + timedelta(minutes=minute)
            await desk.admin_history.append(subject, [Fact("Tried", at, "system", {})])
        await desk.commit()
    seen: list[tuple[str, int]] = []
    place = None
    async with store.desk() as desk:
        while found := await desk.admin_history.recent(place, size):
            seen += [(one.subject, one.seq) for one in found]
            place = (found[-1].at, found[-1].subject, found[-1].seq)
    assert seen == [("unit:2", 2), ("unit:2", 1), ("texts", 1), ("staff:1", 1)]
