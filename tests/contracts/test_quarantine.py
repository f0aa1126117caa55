"""Quarantine and bookmarks on both engines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import DBAPIError

from core.errors import GatewayError, NotFound
from core.model.exchange import ExchangeQuery
from core.model.messages import ChannelId
from core.model.quarantine import Parked
from tests.contracts.planting import LATER, SMS, T0, rows
from ticket_store import schema
from ticket_store.failures import StoreRefused
from ticket_store.looking import looking

if TYPE_CHECKING:
    from pathlib import Path

WA = ChannelId("wa")


async def test_the_bytes_are_kept_as_they_came(store: Any) -> None:
    raw = bytes(range(256)) * 3
    async with store.desk() as desk:
        first = await desk.quarantine.add(SMS, raw, "Kolom From tidak ada.", T0)
        second = await desk.quarantine.add(WA, b"", "Isi kosong.", T0, '{"method":"GET"}')
        await desk.commit()
    assert first != second
    kept = [tuple(row) for row in await rows(store, schema.quarantine)]
    assert kept == [
        (first, "sms", T0, "Kolom From tidak ada.", raw, None, ""),
        (second, "wa", T0, "Isi kosong.", b"", None, '{"method":"GET"}'),
    ]


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [("ni\0hil", "ni\ufffdhil"), ("pasangan \ud83d hilang", "pasangan ? hilang")],
)
async def test_a_sentence_that_no_database_takes_does_not_lose_the_payload(
    store: Any, sentence: str, shown: str
) -> None:
    async with store.desk() as desk:
        await desk.quarantine.add(SMS, b"\0", sentence, T0)
        await desk.commit()
    assert [(row.sentence, row.raw) for row in await rows(store, schema.quarantine)] == [
        (shown, b"\0")
    ]


async def test_without_a_commit_nothing_is_kept(store: Any) -> None:
    async with store.desk() as desk:
        await desk.quarantine.add(SMS, b"x", "Rusak.", T0)
        await desk.bookmarks.write(SMS, "7")
    assert await rows(store, schema.quarantine) == []
    assert await rows(store, schema.mailbox_state) == []


async def test_a_bookmark_is_replaced_per_channel(store: Any) -> None:
    async with store.desk() as desk:
        assert await desk.bookmarks.read(SMS) is None
        await desk.bookmarks.write(SMS, "1:100")
        await desk.bookmarks.write(WA, "2026-11-18")
        await desk.bookmarks.write(SMS, "1:101")
        await desk.commit()
    async with store.desk() as desk:
        assert await desk.bookmarks.read(SMS) == "1:101"
        assert await desk.bookmarks.read(WA) == "2026-11-18"
        assert await desk.bookmarks.read(ChannelId("tg")) is None


async def test_what_waits_is_told_without_its_bytes_until_it_is_read_anew(store: Any) -> None:
    async with store.desk() as desk:
        first = await desk.quarantine.add(SMS, b"abc", "Satu.", T0, '{"method": "GET"}')
        second = await desk.quarantine.add(WA, b"", "Dua.", LATER)
        await desk.commit()
    one = Parked(first, SMS, T0, "Satu.", 3, '{"method": "GET"}')
    two = Parked(second, WA, LATER, "Dua.", 0)
    async with store.desk() as desk:
        assert list(await desk.parked.parked()) == [one, two]
        assert list(await desk.parked.parked(WA)) == [two]
        assert list(await desk.parked.parked(ids=[first, 999])) == [one]
        assert await desk.parked.raw(first) == b"abc"
        with pytest.raises(NotFound):
            await desk.parked.raw(999)
        await desk.parked.replayed(first, LATER)
        await desk.parked.replayed(first, T0)
        await desk.commit()
    async with store.desk() as desk:
        assert list(await desk.parked.parked()) == [two]
        assert list(await desk.parked.parked(done=True)) == [
            replace(one, replayed_at=LATER), two,
        ]  # fmt: skip


async def test_a_look_reads_beside_the_process_and_writes_nothing(
    store: Any, store_url: str
) -> None:
    async with store.desk() as desk:
        row = await desk.quarantine.add(SMS, b"abc", "Satu.", T0)
        await desk.commit()
    async with looking(store_url) as desk:
        assert await desk.parked.raw(row) == b"abc"
        assert list(await desk.channel_log.read(ExchangeQuery())) == []
    with pytest.raises((DBAPIError, GatewayError)):
        async with looking(store_url) as desk:
            await desk.parked.replayed(row, LATER)
    async with store.desk() as desk:
        assert len(await desk.parked.parked()) == 1


async def test_a_look_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreRefused, match="does not exist"):
        async with looking(f"sqlite+aiosqlite:///{tmp_path}/none.db"):
            pass
    assert list(tmp_path.iterdir()) == []
