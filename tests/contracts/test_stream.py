"""The stream of events on both engines: nothing twice, nothing skipped, nothing foreign."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from core.errors import MalformedMessage
from core.model.rights import EVERYTHING as WHOLE
from core.model.rights import Area, Scope
from core.model.stream import EVERYTHING, Only
from tests.contracts.histories import history, tell
from tests.contracts.planting import T0, connection_of, plant
from ticket_store import schema
from ticket_store.stream import LAST, Place, read_place, written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model.stream import StreamEvent
    from ticket_store.store import SqlStore


async def _all(store: SqlStore, limit: int = 7, only: Only = EVERYTHING) -> list[StreamEvent]:
    found: list[StreamEvent] = []
    cursor: str | None = None
    while True:
        page = await store.stream.after(cursor, limit, only)
        assert len(page.events) <= limit
        found += page.events
        cursor = page.cursor
        if not page.more:
            return found


def _seqs(found: Sequence[StreamEvent]) -> list[tuple[str, int]]:
    return [(one.number[5:11], one.event.seq) for one in found]


async def test_every_event_comes_once_in_the_order_of_commits(store: SqlStore) -> None:
    await history(store, 1, 2)
    await history(store, 2, 3)
    async with store.desk() as desk:
        await tell(desk, 1)
        await desk.commit()
    found = await _all(store)
    assert _seqs(found) == [
        *(("000001", 1), ("000001", 2), ("000002", 1), ("000002", 2), ("000002", 3)),
        ("000001", 3),
    ]
    assert len({one.id for one in found}) == len(found)
    assert found[0].event.kind == "TicketOpened"
    assert found[0].event.data == '{"message":1,"é":"ü"}'


@pytest.mark.parametrize("limit", [1, 2, 3, 1000])
async def test_any_page_size_gives_the_same(store: SqlStore, limit: int) -> None:
    await history(store, 1, 5)
    assert [seq for _, seq in _seqs(await _all(store, limit))] == [1, 2, 3, 4, 5]


async def test_it_goes_on_from_the_id_of_any_event(store: SqlStore) -> None:
    await history(store, 1, 5)
    found = await _all(store)
    page = await store.stream.after(found[2].id, 10, EVERYTHING)
    assert page.events == tuple(found[3:])
    last = await store.stream.after(found[-1].id, 10, EVERYTHING)
    assert last.events == ()
    assert not last.more


async def test_the_end_is_behind_everything_and_before_what_comes(store: SqlStore) -> None:
    empty = await store.stream.end()
    await history(store, 1, 2)
    assert len((await store.stream.after(empty, 10, EVERYTHING)).events) == 2
    end = await store.stream.end()
    assert (await store.stream.after(end, 10, EVERYTHING)).events == ()
    async with store.desk() as desk:
        await tell(desk, 1)
        await desk.commit()
    page = await store.stream.after(end, 10, EVERYTHING)
    assert _seqs(page.events) == [("000001", 3)]


async def test_what_is_not_committed_is_not_there(store: SqlStore) -> None:
    await history(store, 1, 1)
    end = await store.stream.end()
    async with store.desk() as desk:
        await tell(desk, 1)
        assert (await store.stream.after(end, 10, EVERYTHING)).events == ()
    assert (await store.stream.after(end, 10, EVERYTHING)).events == ()


@pytest.mark.parametrize(
    "store_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
class TestSeveralWriters:
    """PostgreSQL alone: transactions that commit in another order than they began."""

    async def test_a_transaction_that_takes_long_holds_the_stream_and_loses_nothing(
        self, store: SqlStore
    ) -> None:
        for sequence in (1, 2, 3):
            await history(store, sequence, 1)
        end = await store.stream.end()
        async with store.desk() as slow:
            await tell(slow, 1)
            async with store.desk() as quick:
                await tell(quick, 2)
                await quick.commit()
            held = await store.stream.after(end, 10, EVERYTHING)
            assert held.events == ()
            await slow.commit()
        page = await store.stream.after(held.cursor, 10, EVERYTHING)
        assert _seqs(page.events) == [("000001", 2), ("000002", 2)]

    async def test_the_one_that_began_later_and_wrote_earlier(self, store: SqlStore) -> None:
        """Its position is the smaller one; whoever trusted positions would pass the other."""
        for sequence in (1, 2):
            await history(store, sequence, 1)
        end = await store.stream.end()
        async with store.desk() as first, store.desk() as second:
            await plant_nothing(first)
            await tell(second, 2)
            await tell(first, 1)
            await second.commit()
            assert (await store.stream.after(end, 10, EVERYTHING)).events == ()
            await first.commit()
        page = await store.stream.after(end, 10, EVERYTHING)
        assert _seqs(page.events) == [("000001", 2), ("000002", 2)]
        positions = [int(one.id.rpartition(".")[2]) for one in page.events]
        assert positions[0] > positions[1]

    async def test_one_that_is_rolled_back_lets_the_others_through(self, store: SqlStore) -> None:
        for sequence in (1, 2):
            await history(store, sequence, 1)
        end = await store.stream.end()
        async with store.desk() as given_up:
            await tell(given_up, 1)
            async with store.desk() as quick:
                await tell(quick, 2)
                await quick.commit()
        page = await store.stream.after(end, 10, EVERYTHING)
        assert _seqs(page.events) == [("000002", 2)]

    async def test_readers_among_many_writers_see_each_event_once(  # noqa: C901 - three parts
        self, store: SqlStore
    ) -> None:
        lots = random.Random(4)  # noqa: S311 - not for secrets
        for sequence in range(1, 7):
            await history(store, sequence, 1)
        start = await store.stream.end()
        writing = True

        async def write(sequence: int) -> None:
            for _ in range(12):
                async with store.desk() as desk:
                    await tell(desk, sequence)
                    await asyncio.sleep(lots.random() / 50)
                    await tell(desk, sequence)
                    if lots.random() < 0.8:
                        await desk.commit()

        async def read() -> list[StreamEvent]:
            cursor: str = start
            seen: list[StreamEvent] = []
            while True:
                last = not writing
                page = await store.stream.after(cursor, lots.randint(1, 9), EVERYTHING)
                cursor = page.cursor
                seen += page.events
                if last and not page.more:
                    return seen
                await asyncio.sleep(lots.random() / 200)

        readers = [asyncio.create_task(read()) for _ in range(2)]
        await asyncio.gather(*(write(sequence) for sequence in range(1, 7)))
        writing = False
        whole = _seqs((await store.stream.after(start, 1000, EVERYTHING)).events)
        assert len(whole) > 60
        for seen in await asyncio.gather(*readers):
            assert _seqs(seen) == whole
        for number in {number for number, _ in whole}:
            of_one = [seq for other, seq in whole if other == number]
            assert of_one == list(range(2, 2 + len(of_one)))


async def plant_nothing(desk: object) -> None:
    """Gives the transaction its id before anybody else's."""
    await connection_of(desk).execute(text("SELECT pg_current_xact_id()"))


@pytest.fixture
async def places(store: SqlStore) -> SqlStore:
    """Five tickets: untouched, with unit 1, with unit 2, about staff 7, sensitive with unit 1."""
    units = [{"id": one, "code": f"u{one}", "name": f"Unit {one}"} for one in (1, 2)]
    await plant(store, schema.units, *units)
    person = {"id": 7, "login": "s7", "name": "Petugas 7", "created_at": T0}
    await plant(store, schema.staff, person)
    await history(store, 1)
    await history(store, 2, unit_id=1)
    await history(store, 3, unit_id=2)
    await history(store, 4, unit_id=1, about_staff_id=7)
    await history(store, 5, unit_id=1, sensitive=True)
    return store


@pytest.mark.parametrize(
    ("only", "numbers"),
    [
        (EVERYTHING, "12345"),
        (Only(Scope(8, WHOLE, WHOLE)), "12345"),
        (Only(Scope(7, WHOLE, WHOLE)), "1235"),
        (Only(Scope(8, WHOLE, Area())), "1234"),
        (Only(Scope(7, Area(units=frozenset({1})), WHOLE)), "25"),
        (Only(Scope(7, Area(), Area())), ""),
        (Only(units=frozenset({2})), "3"),
        (Only(Scope(8, Area(units=frozenset({1})), WHOLE), units=frozenset({2})), ""),
        (Only(kinds=frozenset({"TicketOpened"})), "12345"),
        (Only(kinds=frozenset({"Nothing"})), ""),
    ],
)
async def test_nobody_reads_more_than_they_may_see(
    places: SqlStore, only: Only, numbers: str
) -> None:
    found = await _all(places, 2, only)
    assert "".join(sorted({one.number[10] for one in found})) == numbers
    if only.kinds:
        assert {one.event.kind for one in found} <= only.kinds


async def test_what_is_left_out_is_passed_for_good(places: SqlStore) -> None:
    page = await places.stream.after(None, 10, Only(kinds=frozenset({"Nothing"})))
    assert page.events == ()
    assert (await places.stream.after(page.cursor, 10, EVERYTHING)).events == ()


async def test_a_narrow_scope_stops_looking_and_says_that_there_is_more(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ticket_store.stream.SLICE", 2)
    monkeypatch.setattr("ticket_store.stream.SLICES", 2)
    await history(store, 1, 9)
    page = await store.stream.after(None, 1, Only(kinds=frozenset({"Nothing"})))
    assert page.more
    assert len((await store.stream.after(page.cursor, 10, EVERYTHING)).events) == 5


FOREIGN = [
    "",
    "0",
    "p",
    "s1",
    "x1.2",
    "p1.2.3",
    "p1.2 ",
    "s1.\u0662",
    "p-1.-1",
    f"s0.{LAST + 1}",
    "s1,2",
]


@pytest.mark.parametrize("cursor", FOREIGN)
async def test_a_cursor_that_is_none_of_ours_is_refused(store: SqlStore, cursor: str) -> None:
    with pytest.raises(MalformedMessage, match="cursor"):
        await store.stream.after(cursor, 10, EVERYTHING)


async def test_a_cursor_from_the_other_engine_is_refused(store: SqlStore) -> None:
    own = (await store.stream.end())[0]
    with pytest.raises(MalformedMessage):
        await store.stream.after(f"{'ps'[own == 'p']}0.0", 10, EVERYTHING)


async def test_a_cursor_ahead_of_the_store_is_refused(store: SqlStore) -> None:
    """Of a store that was since replaced by its backup: going on would skip what comes now."""
    await history(store, 1)
    own = (await store.stream.end())[0]
    ahead = f"{own}{10**15 if own == 'p' else 0}.{10**15}"
    with pytest.raises(MalformedMessage):
        await store.stream.after(ahead, 10, EVERYTHING)


@given(tx=st.integers(-1, LAST), position=st.integers(0, LAST))
def test_places_are_read_as_written(tx: int, position: int) -> None:
    for dialect in ("sqlite", "postgresql"):
        place = Place(tx, position)
        assert read_place(written(place, dialect), dialect) == place


@given(st.text())
def test_reading_a_cursor_gives_a_place_or_says_no(typed: str) -> None:
    with suppress(MalformedMessage):
        assert written(read_place(typed, "sqlite"), "sqlite")[0] == "s"
