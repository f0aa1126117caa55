"""Anchors and the check of all history, on both engines: nothing bent, since when, the storage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.model.audit import AnchorPart, Finding, Wrong, house_heads, unpacked
from core.services.audit import anchor
from tests.contracts.bending import (
    GONE,
    ONE,
    SET,
    TWO,
    bend,
    check,
    day,
    found,
    keep,
    lay,
)
from tests.contracts.histories import YEAR, history, tell
from tests.contracts.planting import T0

if TYPE_CHECKING:
    from core.model.audit import Anchor
    from ticket_store.store import SqlStore


@pytest.fixture
async def kept(store: SqlStore) -> SqlStore:
    """With anchors of two days, and one event after them."""
    return await keep(store)


class TestNothingBent:
    async def test_an_empty_store_is_as_it_was_written(self, store: SqlStore) -> None:
        verdict = await check(store)
        assert (verdict.findings, verdict.tickets, verdict.events) == ((), 0, 0)
        await lay(store, 0)
        assert (await check(store)).findings == ()

    async def test_all_is_counted(self, kept: SqlStore) -> None:
        verdict = await check(kept)
        assert verdict.findings == ()
        assert (verdict.tickets, verdict.events, verdict.subjects) == (4, 20, 2)
        assert verdict.anchors == 2

    async def test_chunks_of_any_size_are_one_history(
        self, kept: SqlStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for size in (1, 3, 7):
            monkeypatch.setattr("ticket_store.audit.CHUNK", size)
            assert (await check(kept)).findings == ()

    async def test_a_gateway_writes_on_beside_it(self, kept: SqlStore) -> None:
        async with kept.audits.snapshot() as snapshot:
            before = await snapshot.settled()
            async with kept.desk() as desk:
                await tell(desk, 3)
                await desk.commit()
            seen = [len(chunk) async for chunk in snapshot.events(None)]
            assert (sum(seen), await snapshot.settled()) == (20, before)
        assert (await check(kept)).events == 21


class TestAnchors:
    async def test_they_bind_what_changed_and_the_one_before(self, kept: SqlStore) -> None:
        async with kept.audits.snapshot() as snapshot:
            first, second = await snapshot.anchors()
            parts = [part async for part in snapshot.parts(None, (-1, 10**9))]
        assert (first.tickets, first.events) == (4, 16)
        assert (second.tickets, second.events) == (4, 19)
        assert second.previous == first.digest
        of_second = [part for part in parts if part.day == second.day]
        listed = [
            (one.ticket_id - YEAR, one.seq)
            for part in of_second
            if part.bucket >= 0
            for one in unpacked(part)
        ]
        assert listed == [(1, 6), (1001, 5)]
        assert [head[:2] for head in house_heads(of_second[0])] == [("staff:1", 2)]

    async def test_a_day_has_one(self, kept: SqlStore) -> None:
        assert await anchor(kept, day(1), T0) is None
        assert await anchor(kept, day(0), T0) is None
        assert await anchor(kept, day(2), T0) is not None

    async def test_two_processes_lay_down_one(
        self, store: SqlStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await history(store, 1)
        real = store.audits.snapshot
        inner: list[Anchor | None] = []

        def first_another(*_: object) -> Any:
            monkeypatch.setattr(store.audits, "snapshot", real)
            return _Overtaken(store, real, inner)

        monkeypatch.setattr(store.audits, "snapshot", first_another)
        assert await anchor(store, day(0), T0) is None
        assert inner[0] is not None
        assert (await check(store)).findings == ()

    async def test_an_idle_day_has_one_too(self, kept: SqlStore) -> None:
        third = await lay(kept, 2)
        fourth = await lay(kept, 3)
        assert fourth.events == third.events == 20
        assert fourth.digest != third.digest
        assert (await check(kept)).findings == ()


class _Overtaken:
    """A snapshot during which another process lays down the same anchor."""

    def __init__(self, store: SqlStore, real: Any, inner: list[Anchor | None]) -> None:
        self._store, self._opened, self._inner = store, real(), inner

    async def __aenter__(self) -> Any:
        return await self._opened.__aenter__()

    async def __aexit__(self, *error: object) -> None:
        await self._opened.__aexit__(*error)
        self._inner.append(await anchor(self._store, day(0), T0))


class TestStorage:
    async def test_a_missing_guard_is_named(self, kept: SqlStore) -> None:
        engine = kept._engines.writing
        lite = engine.dialect.name == "sqlite"
        drop = (
            "DROP TRIGGER events_no_delete" if lite else "DROP TRIGGER events_no_change ON events"
        )
        make = (
            "CREATE TRIGGER events_no_delete BEFORE DELETE ON events"
            " BEGIN SELECT RAISE(ABORT, 'events are append-only'); END"
            if lite
            else "CREATE TRIGGER events_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON events"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        async with engine.begin() as connection:
            await connection.exec_driver_sql(drop)
        try:
            verdict = await check(kept)
        finally:
            async with engine.begin() as connection:
                await connection.exec_driver_sql(make)
        assert [one.sentence for one in verdict.findings] == [
            "events has lost the trigger that refuses changes."
        ]
        assert (await check(kept)).findings == ()

    @pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
    async def test_what_was_removed_leaves_a_gap_in_sqlite(self, kept: SqlStore) -> None:
        await history(kept, 4)
        await history(kept, 5)
        await bend(
            kept,
            "DELETE FROM events WHERE ticket_id = 26000000004",
            "DELETE FROM tickets WHERE id = 26000000004",
        )
        gaps = [one for one in (await check(kept)).findings if one.kind is Wrong.VANISHED]
        assert [one.seq for one in gaps] == [3]
        assert gaps[0].whose.startswith(f"event 5 of {TWO}, written 2026-11-18")


class TestSince:
    async def test_only_what_changed_is_read(self, kept: SqlStore) -> None:
        verdict = await check(kept, since=day(1))
        assert (verdict.tickets, verdict.anchors, verdict.findings) == (3, 1, ())

    async def test_before_all_anchors_everything_is_read(self, kept: SqlStore) -> None:
        assert (await check(kept, since=day(-9))).events == 20

    async def test_what_is_bent_within_is_found_and_what_is_before_is_not(
        self, kept: SqlStore
    ) -> None:
        await bend(kept, "UPDATE events SET actor = 'x' WHERE ticket_id = 26000000003")
        assert await found(kept, since=day(1)) == []
        await bend(kept, SET.format("actor = 'x'"))
        assert len(await found(kept, since=day(1))) == 1

    async def test_a_ticket_gone_within_is_named(self, kept: SqlStore) -> None:
        await bend(kept, *GONE)
        assert await found(kept, since=day(1)) == [
            f"{ONE} was removed with its 6 events of 2026-11-17."
        ]

    async def test_after_the_last_anchor_only_the_rest(self, kept: SqlStore) -> None:
        verdict = await check(kept, since=day(5))
        assert (verdict.tickets, verdict.anchors) == (1, 0)


def test_findings_say_a_span_only_where_there_is_one() -> None:
    assert Finding(Wrong.REMOVED, "X", 3, 3).sentence == "event 3 of X was removed."
    assert Finding(Wrong.REMOVED, "X", 3, 5).sentence == "event 3 to 5 of X was removed."


def test_half_an_entry_is_left_out() -> None:
    part = AnchorPart(day(0), 26_000_000, b"\x00" * 20, "")
    assert len(list(unpacked(part))) == 1
