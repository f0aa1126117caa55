"""Quarantine and bookmarks on both engines."""

from __future__ import annotations

from typing import Any

import pytest

from core.model.messages import ChannelId
from tests.contracts.planting import SMS, T0, rows
from ticket_store import schema

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
