"""Anchors and the check of all history, on both engines: whatever somebody bends is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from core.model.admin_events import AdminEvent
from core.model.audit import AnchorPart, Finding, Wrong, house_heads, unpacked
from core.model.events import Event, Fact, chain
from core.services.audit import AuditWish, anchor, verify
from tests.contracts.asking import rows
from tests.contracts.histories import YEAR, history, number_of, row_of, tell
from tests.contracts.planting import T0, connection_of
from ticket_store import schema

if TYPE_CHECKING:
    from core.model.audit import Anchor, Verdict
    from ticket_store.store import SqlStore

MONDAY = date(2026, 11, 16)
WISH = AuditWish("HD")


def day(n: int) -> date:
    return MONDAY + timedelta(days=n)


async def lay(store: SqlStore, n: int) -> Anchor:
    made = await anchor(store, day(n), T0 + timedelta(days=n))
    assert made is not None
    return made


async def check(store: SqlStore, **changes: Any) -> Verdict:
    return await verify(store.audits, replace(WISH, **changes))


async def found(store: SqlStore, **changes: Any) -> list[str]:
    """Sentences, without those about guards and gaps that bending itself leaves behind."""
    verdict = await check(store, **changes)
    beside = (Wrong.UNGUARDED, Wrong.VANISHED)
    return [one.sentence for one in verdict.findings if one.kind not in beside]


async def bend(store: SqlStore, *statements: str, **values: object) -> None:
    """As somebody with the database's password would: past triggers and foreign keys."""
    engine = store._engines.writing
    if engine.dialect.name == "sqlite":
        triggers = await rows(
            store, text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        )
        async with engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            await connection.rollback()
            await driver.execute("PRAGMA foreign_keys=OFF")
            for name, _ in triggers:
                await driver.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                await driver.execute(statement, _of(statement, values))
            for _, made in triggers:
                await driver.execute(made)
            await driver.commit()
            await driver.execute("PRAGMA foreign_keys=ON")
        return
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            await connection.execute(text(statement), _of(statement, values))


def _of(statement: str, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if f":{name}" in statement}


async def stored(store: SqlStore, sequence: int, seq: int) -> Event:
    [row] = await rows(
        store,
        schema.events.select()
        .where(schema.events.c.ticket_id == YEAR + sequence)
        .where(schema.events.c.seq == seq),
    )
    return Event(*row[: len(Event.__dataclass_fields__)])


async def forge(store: SqlStore, sequence: int, seq: int, *, onward: bool) -> None:
    """Writes an event anew with a right hash; onward: and all after it, and the ticket's row."""
    ticket, before = YEAR + sequence, await stored(store, sequence, seq)
    fact = Fact(before.kind, before.at, "staff:9", {"forged": True})
    previous = before.previous
    known = schema.tickets.select().where(schema.tickets.c.id == ticket)
    count = (await rows(store, known))[0].event_seq
    for place in range(seq, count + 1 if onward else seq + 1):
        if place > seq:
            later = await stored(store, sequence, place)
            fact = Fact(later.kind, later.at, later.actor, {"message": place, "é": "ü"})
        made = chain(ticket, place, previous, fact)
        previous = made.hash
        await bend(
            store,
            "UPDATE events SET actor = :actor, data = :data, previous = :previous, hash = :hash"
            " WHERE ticket_id = :ticket AND seq = :seq",
            actor=made.actor,
            data=made.data,
            previous=made.previous,
            hash=made.hash,
            ticket=ticket,
            seq=place,
        )
    if onward:
        await bend(
            store, "UPDATE tickets SET event_head = :head WHERE id = :id", head=previous, id=ticket
        )


@pytest.fixture
async def kept(store: SqlStore) -> SqlStore:
    """Four tickets, anchored on Monday; two of them go on, anchored on Tuesday; one more event."""
    for sequence in (1, 2, 3, 1001):
        await history(store, sequence, 4)
    async with store.desk() as desk:
        await desk.admin_history.append("staff:1", [Fact("StaffAdded", T0, "system", {"a": 1})])
        await desk.admin_history.append("unit:1", [Fact("UnitAdded", T0, "staff:1", {})] * 3)
        await desk.commit()
    await lay(store, 0)
    async with store.desk() as desk:
        await tell(desk, 1, 2)
        await tell(desk, 1001)
        await desk.admin_history.append("staff:1", [Fact("StaffChanged", T0, "staff:1", {})])
        await desk.commit()
    await lay(store, 1)
    async with store.desk() as desk:
        await tell(desk, 2)
        await desk.commit()
    return store


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


SET = "UPDATE events SET {} WHERE ticket_id = 26000000001 AND seq = 3"
ONE, TWO, THREE, FAR = (number_of(n) for n in (1, 2, 3, 1001))
ALTERED = f"event 3 of {ONE} was altered: it no longer fits its hash."


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


ROW = "UPDATE tickets SET {} WHERE id = 26000000003"
GONE = (
    "DELETE FROM events WHERE ticket_id = 26000000001",
    "DELETE FROM tickets WHERE id = 26000000001",
)


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


ANCHOR = "UPDATE anchors SET {} WHERE day = '2026-11-17'"
LIST = "UPDATE anchor_parts SET {} WHERE day = '2026-11-16' AND bucket = 26000000"
NO_LIST = "DELETE FROM anchor_parts WHERE day = '2026-11-16' AND bucket = 26000000"


class TestBentAnchors:
    async def test_a_removed_anchor(self, kept: SqlStore) -> None:
        await bend(
            kept,
            "DELETE FROM anchor_parts WHERE day = '2026-11-16'",
            "DELETE FROM anchors WHERE day = '2026-11-16'",
        )
        unlinked = "the anchor of 2026-11-17 does not follow the one before: "
        assert await found(kept) == [f"{unlinked}an anchor was removed, or written anew."]

    async def test_the_newest_one_removed_with_its_list_is_missed_where_it_was_written_down(
        self, kept: SqlStore
    ) -> None:
        async with kept.audits.snapshot() as snapshot:
            written = {one.day: one.digest for one in await snapshot.anchors()}
        assert await found(kept, written_down=written) == []
        await bend(
            kept,
            "DELETE FROM anchor_parts WHERE day = '2026-11-17'",
            "DELETE FROM anchors WHERE day = '2026-11-17'",
        )
        assert await found(kept) == []
        assert await found(kept, written_down=written) == [
            "the anchor of 2026-11-17 is not there any more."
        ]

    async def test_a_past_written_anew_with_its_anchors_is_another_than_was_written_down(
        self, kept: SqlStore
    ) -> None:
        async with kept.audits.snapshot() as snapshot:
            written = {one.day: one.digest for one in await snapshot.anchors()}
        await forge(kept, 3, 2, onward=True)
        await bend(kept, "DELETE FROM anchor_parts", "DELETE FROM anchors")
        await lay(kept, 0)
        assert await found(kept) == []
        assert await found(kept, written_down=written) == [
            "the anchor of 2026-11-16 is not the one that was written down.",
            "the anchor of 2026-11-17 is not there any more.",
        ]

    async def test_an_altered_anchor(self, kept: SqlStore) -> None:
        for change in ("tickets = 5", "events = 17", "position = 'x'", "digest = 'x'"):
            await bend(kept, ANCHOR.format(change))
            assert await found(kept) == ["the anchor of 2026-11-17 was altered."]

    async def test_a_list_without_its_anchor(self, kept: SqlStore) -> None:
        await bend(kept, "DELETE FROM anchors WHERE day = '2026-11-17'")
        assert await found(kept) == ["the anchor of 2026-11-17 is not there any more."]

    async def test_an_altered_list(self, kept: SqlStore) -> None:
        await bend(
            kept,
            "UPDATE anchor_parts SET digest = 'x' WHERE day = '2026-11-17' AND bucket = 26000001",
        )
        assert await found(kept) == [
            "the anchor of 2026-11-17 was altered in its list of tickets from HD26-001000-1 on.",
            "the anchor of 2026-11-17 was altered.",
        ]

    async def test_a_list_cut_short_or_gone(self, kept: SqlStore) -> None:
        await bend(kept, LIST.format("entries = substr(entries, 1, 30)"))
        assert "the anchor of 2026-11-16 was altered." in await found(kept)
        await bend(kept, NO_LIST)
        assert await found(kept) == ["the anchor of 2026-11-16 was altered."]


class TestHouse:
    async def test_a_flipped_byte_is_named(self, kept: SqlStore) -> None:
        await bend(
            kept, "UPDATE admin_events SET actor = 'staff:2' WHERE subject = 'unit:1' AND seq = 2"
        )
        assert await found(kept) == ["event 2 of unit:1 was altered: it no longer fits its hash."]

    async def test_a_removed_row_is_named(self, kept: SqlStore) -> None:
        await bend(kept, "DELETE FROM admin_events WHERE subject = 'unit:1' AND seq = 2")
        assert await found(kept) == ["event 2 of unit:1 was removed."]

    async def test_a_removed_end_is_found_by_the_anchor(self, kept: SqlStore) -> None:
        for least in (2, 1):
            await bend(
                kept,
                "DELETE FROM admin_events WHERE subject = 'staff:1' AND seq >= :least",
                least=least,
            )
            assert await found(kept) == [
                "the history of staff:1 up to event 2 is not the one that was there of 2026-11-17."
            ]

    async def test_its_list_cannot_be_bent(self, kept: SqlStore) -> None:
        await bend(
            kept,
            "UPDATE anchor_parts SET entries = :nonsense WHERE bucket = -1 AND day = '2026-11-17'",
            nonsense=b"\xff{",
        )
        told = await found(kept)
        assert "the anchor of 2026-11-17 was altered in its list of tickets of the house." in told
        assert "the anchor of 2026-11-17 was altered." in told

    async def test_one_written_anew_is_found(self, kept: SqlStore) -> None:
        [row] = await rows(
            kept,
            schema.admin_events.select()
            .where(schema.admin_events.c.subject == "unit:1")
            .where(schema.admin_events.c.seq == 1),
        )
        old = AdminEvent(*row)
        await bend(
            kept,
            "UPDATE admin_events SET seq = 9 WHERE subject = 'unit:1' AND seq = 1",
        )
        assert old.seq == 1
        assert "event 1 of unit:1 was removed." in await found(kept)


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
