"""The log of exchanges on both engines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.model.exchange import Direction, Exchange, ExchangeQuery
from core.model.messages import ChannelId
from tests.contracts.planting import SMS, T0, rows
from ticket_store import schema

WA = ChannelId("wa")
HOUR = timedelta(hours=1)


def exchange(number: int, channel: ChannelId = SMS, about: str = "") -> Exchange:
    direction = Direction.OUT if number % 2 else Direction.IN
    return Exchange(
        channel, T0 + number * HOUR, direction, about or f"SM{number}", f"kata {number}", "200 OK"
    )


async def keep(store: Any, *exchanges: Exchange) -> None:
    async with store.desk() as desk:
        await desk.channel_log.add(exchanges)
        await desk.commit()


ALL = [exchange(1), exchange(2, WA), exchange(3), exchange(4, WA, "SM1")]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (ExchangeQuery(), [0, 1, 2, 3]),
        (ExchangeQuery(limit=2), [2, 3]),
        (ExchangeQuery(channel=WA), [1, 3]),
        (ExchangeQuery(channel=WA, limit=1), [3]),
        (ExchangeQuery(about="SM1"), [0, 3]),
        (ExchangeQuery(channel=SMS, about="SM1"), [0]),
        (ExchangeQuery(since=T0 + 3 * HOUR), [2, 3]),
        (ExchangeQuery(channel=ChannelId("x")), []),
    ],
)
async def test_the_newest_that_fit_are_read_oldest_first(
    store: Any, query: ExchangeQuery, found: list[int]
) -> None:
    await keep(store, *ALL)
    async with store.desk() as desk:
        assert list(await desk.channel_log.read(query)) == [ALL[one] for one in found]


async def test_old_ones_are_dropped_in_slices(store: Any) -> None:
    await keep(store)
    await keep(store, *(exchange(number) for number in range(10)))
    async with store.desk() as desk:
        before = T0 + 7 * HOUR
        assert [await desk.channel_log.purge(before, 3) for _ in range(4)] == [3, 3, 1, 0]
        await desk.commit()
    assert [row.at for row in await rows(store, schema.channel_log)] == [
        T0 + number * HOUR for number in (7, 8, 9)
    ]
