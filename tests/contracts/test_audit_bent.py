"""Whatever somebody bends in tickets and their events is named, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.model.events import Fact, chain
from tests.contracts.bending import (
    ALTERED,
    FAR,
    GONE,
    ONE,
    SET,
    THREE,
    TWO,
    bend,
    check,
    forge,
    found,
    keep,
    stored,
)
from tests.contracts.histories import history, number_of, row_of
from tests.contracts.planting import T0, connection_of
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore


@pytest.fixture
async def kept(store: SqlStore) -> SqlStore:
    """With anchors of two days, and one event after them."""
    return await keep(store)


ROW = "UPDATE tickets SET {} WHERE id = 26000000003"


class TestEvents:
    async def test_mb_07_a_flipped_byte_names_its_row(self, kept: SqlStore) -> None:
        lite = kept._engines.writing.dialect.name == "sqlite"
        before = await stored(kept, 1, 3)
        spelled = before.at.isoformat(" ", "microseconds")
        olds = {"at": f"'{spelled[:26]}'" if lite else f"timestamptz '{spelled}'"}
        later = "replace(at, '03:', '04:')" if lite else "at + interval '1 microsecond'"
        flips = {
            "kind": ("'MessageJoinee'",),
            "at": (later,),
            "actor": ("'staff:7'",),
            "data": ("replace(data, '3', '4')", "data || ' '"),
            "previous": ("'a' || substr(previous, 2)", "''"),
            "hash": ("'g' || substr(hash, 2)", "''"),
        }
        flips["at"] += ("replace(at, ' ', 'T')",) if lite else ("'infinity'", "'20000-01-01Z'")
        for column, values in flips.items():
            old = olds.get(column, ":old")
            for value in values:
                await bend(kept, SET.format(f"{column} = {value}"))
                assert await found(kept) == [ALTERED], (column, value)
                await bend(kept, SET.format(f"{column} = {old}"), old=getattr(before, column))
        assert await found(kept) == []

    @pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
    async def test_what_cannot_be_read_is_named_as_well(self, kept: SqlStore) -> None:
        for column in ("kind", "at", "data", "hash"):
            for value in ("x'c328ff'", "x'00'", "x'ffffffff' || 'x'"):
                await bend(kept, SET.format(f"{column} = CAST({value} AS TEXT)"))
                assert await found(kept) == [ALTERED], (column, value)

    async def test_mb_07_a_removed_row_is_named(self, kept: SqlStore) -> None:
        await bend(kept, "DELETE FROM events WHERE ticket_id = 26000000001 AND seq IN (2, 3)")
        assert f"event 2 to 3 of {ONE} was removed." in await found(kept)

    async def test_also_the_first_and_the_last(self, kept: SqlStore) -> None:
        for seq in (1, 6):
            await bend(
                kept, "DELETE FROM events WHERE ticket_id = 26000000001 AND seq = :seq", seq=seq
            )
            assert f"event {seq} of {ONE} was removed." in await found(kept)

    async def test_a_cut_end_with_a_ticket_made_to_fit_is_found_by_the_anchor(
        self, kept: SqlStore
    ) -> None:
        four = await stored(kept, 1, 4)
        await bend(
            kept,
            "DELETE FROM events WHERE ticket_id = 26000000001 AND seq > 4",
            "UPDATE tickets SET event_seq = 4, event_head = :head WHERE id = 26000000001",
            head=four.hash,
        )
        assert await found(kept) == [f"event 6 of {ONE} was removed."]

    async def test_an_event_written_anew_breaks_the_chain(self, kept: SqlStore) -> None:
        await forge(kept, 1, 3, onward=False)
        assert await found(kept) == [
            f"event 3 of {ONE} was written anew: the next one does not follow it."
        ]

    async def test_a_whole_history_written_anew_is_found_by_the_anchor(
        self, kept: SqlStore
    ) -> None:
        await forge(kept, 1, 3, onward=True)
        assert await found(kept) == [
            f"the history of {ONE} up to event 6 is not the one that was there of 2026-11-17."
        ]

    async def test_without_its_ticket_fitting_the_last_one_gives_it_away(
        self, kept: SqlStore
    ) -> None:
        await forge(kept, 2, 5, onward=False)
        assert await found(kept) == [
            f"the row of {TWO} does not fit its history, which ends with event 5."
        ]

    async def test_an_event_put_in_is_found(self, kept: SqlStore) -> None:
        six = await stored(kept, 1, 6)
        made = chain(six.ticket_id, 7, six.hash, Fact("Closed", T0, "staff:1", {}))
        async with kept.desk() as desk:
            await connection_of(desk).execute(schema.events.insert().values(row_of(made)))
            await desk.commit()
        assert await found(kept) == [
            f"the row of {ONE} does not fit its history, which ends with event 7."
        ]

    async def test_everything_wrong_is_told_at_once(self, kept: SqlStore) -> None:
        await bend(kept, "UPDATE events SET actor = 'staff:9'")
        told = await found(kept)
        assert len(told) == 20
        assert {one[:8] for one in told} == {f"event {n} " for n in range(1, 7)}

    async def test_so_many_that_the_rest_is_only_counted(
        self, kept: SqlStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("core.services.audit.LISTED", 3)
        await bend(kept, "UPDATE events SET actor = 'staff:9'")
        verdict = await check(kept)
        assert (len(verdict.findings), verdict.more) == (3, 17)


class TestTickets:
    async def test_one_whose_row_alone_is_gone(self, kept: SqlStore) -> None:
        await bend(kept, GONE[1])
        assert await found(kept) == [f"{ONE} was removed; 6 events of it are left."]

    async def test_one_whose_history_alone_is_gone(self, kept: SqlStore) -> None:
        await bend(kept, GONE[0])
        assert f"{ONE} has no history: all its events were removed." in await found(kept)

    async def test_mb_07_one_that_is_gone_altogether_is_named_by_the_anchor(
        self, kept: SqlStore
    ) -> None:
        await bend(kept, *GONE)
        assert await found(kept) == [f"{ONE} was removed with its 6 events of 2026-11-17."]

    async def test_all_of_a_bucket_gone(self, kept: SqlStore) -> None:
        await bend(
            kept,
            "DELETE FROM events WHERE ticket_id < 26000001000",
            "DELETE FROM tickets WHERE id < 26000001000",
        )
        told = await found(kept)
        assert sorted(one.split()[0] for one in told) == [ONE, TWO, THREE]

    async def test_the_last_bucket_gone(self, kept: SqlStore) -> None:
        await bend(
            kept,
            "DELETE FROM events WHERE ticket_id > 26000001000",
            "DELETE FROM tickets WHERE id > 26000001000",
        )
        assert await found(kept) == [f"{FAR} was removed with its 5 events of 2026-11-17."]

    async def test_one_that_no_anchor_knows_yet_is_named_by_what_speaks_of_it(
        self, kept: SqlStore
    ) -> None:
        await history(kept, 4, unit_id=None)
        await bend(
            kept,
            "DELETE FROM events WHERE ticket_id = 26000000004",
            "DELETE FROM tickets WHERE id = 26000000004",
        )
        assert await found(kept) == [
            f"{number_of(4)} was removed; rows of other tables still speak of it."
        ]

    async def test_a_row_that_does_not_fit(self, kept: SqlStore) -> None:
        head = (await stored(kept, 3, 4)).hash
        for change in ("event_seq = 5", "event_head = 'x'", "event_head = ''", "event_seq = 2"):
            await bend(kept, ROW.format(change))
            told = await found(kept)
            assert len(told) == 1, change
            assert THREE in told[0]
            await bend(kept, ROW.format("event_seq = 4, event_head = :head"), head=head)
        assert await found(kept) == []
