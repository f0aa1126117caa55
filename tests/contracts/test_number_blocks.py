"""Numbers are given once: across tasks, stores, processes, restarts and outages."""

from __future__ import annotations

import asyncio
import sys
from itertools import chain
from typing import TYPE_CHECKING

import pytest

from core.errors import StoreUnavailable
from ticket_store.store import SqlStore, open_store

if TYPE_CHECKING:
    from tests.postgres import Cluster

TEN = {"ticket-26": 10, "message": 10}

CHILD = """
import asyncio, sys
from ticket_store.store import open_store

async def main() -> None:
    store = await open_store(sys.argv[1], blocks={"ticket-26": 7})
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(40):
        print(*await store.blocks.take("ticket-26", 3))
    await store.close()

asyncio.run(main())
"""


async def test_a_series_begins_at_one(store: SqlStore) -> None:
    assert await store.blocks.take("ticket-26", 3) == [1, 2, 3]
    assert await store.blocks.take("ticket-27", 1) == [1]
    assert await store.blocks.take("ticket-26", 0) == []
    assert await store.blocks.take("ticket-26", 2) == [4, 5]


async def test_a_negative_count_is_a_bug(store: SqlStore) -> None:
    with pytest.raises(ValueError, match="-1"):
        await store.blocks.take("ticket-26", -1)


async def test_more_than_a_block_at_once(store_url: str) -> None:
    store = await open_store(store_url, blocks=TEN)
    taken = [await store.blocks.take("ticket-26", count) for count in (3, 25, 1, 100)]
    await store.close()
    assert [len(numbers) for numbers in taken] == [3, 25, 1, 100]
    numbers = list(chain.from_iterable(taken))
    assert len(set(numbers)) == len(numbers)


async def test_mb_02_two_hundred_at_once_get_each_number_once(store_url: str) -> None:
    store = await open_store(store_url, blocks=TEN)
    taken = await asyncio.gather(
        *(store.blocks.take("ticket-26", 1 + turn % 4) for turn in range(200))
    )
    await store.close()
    numbers = list(chain.from_iterable(taken))
    assert len(numbers) == sum(1 + turn % 4 for turn in range(200))
    assert len(set(numbers)) == len(numbers)


async def test_mb_02_a_restart_leaves_a_gap_and_never_repeats(store_url: str) -> None:
    numbers: list[int] = []
    for _ in range(3):
        store = await open_store(store_url, blocks=TEN)
        numbers += await store.blocks.take("ticket-26", 4)
        await store.close()
    assert numbers[:4] == [1, 2, 3, 4]
    assert numbers == sorted(set(numbers))


async def test_the_next_block_is_there_before_it_is_needed(store_url: str) -> None:
    store = await open_store(store_url, blocks=TEN)
    await store.blocks.take("ticket-26", 6)
    await store.blocks.close()  # what was being fetched is there now
    await store._engines.dispose()
    store._engines.writing.sync_engine.pool = None  # type: ignore[assignment]  # no connection can be had any more
    assert len(await store.blocks.take("ticket-26", 14)) == 14


@pytest.mark.postgres
async def test_a_block_serves_while_the_store_is_away(cluster: Cluster, postgres_url: str) -> None:
    store = await open_store(postgres_url, blocks=TEN)
    first = await store.blocks.take("ticket-26", 6)
    await store.blocks.close()
    cluster.stop("immediate")
    try:
        later = await store.blocks.take("ticket-26", 14)
        with pytest.raises(StoreUnavailable):
            await store.blocks.take("ticket-26", 1)
        with pytest.raises(StoreUnavailable):
            await store.ping()
    finally:
        cluster.start()
    after = await store.blocks.take("ticket-26", 10)
    await store.ping()
    await store.close()
    numbers = [*first, *later, *after]
    assert len(set(numbers)) == 30


@pytest.mark.postgres
async def test_two_processes_never_give_the_same_number(postgres_url: str) -> None:
    pipe = asyncio.subprocess.PIPE
    both = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", CHILD, postgres_url), stdin=pipe, stdout=pipe
        )
        for _ in range(2)
    ]
    for child in both:
        assert child.stdout is not None
        assert await child.stdout.readline() == b"ready\n"
    said = await asyncio.gather(*(child.communicate(b"go\n") for child in both))
    given = [[int(number) for number in out.split()] for out, _ in said]
    assert [len(numbers) for numbers in given] == [120, 120]
    assert not set(given[0]) & set(given[1])
    assert all(len(set(numbers)) == 120 for numbers in given)
