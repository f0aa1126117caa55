"""Whatever somebody bends in anchors and in the house's own history is named, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.model.admin_events import AdminEvent
from tests.contracts.asking import rows
from tests.contracts.bending import (
    bend,
    forge,
    found,
    keep,
    lay,
)
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore


@pytest.fixture
async def kept(store: SqlStore) -> SqlStore:
    """With anchors of two days, and one event after them."""
    return await keep(store)


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
