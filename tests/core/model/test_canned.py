"""Canned replies: who is offered one, and how its places are filled."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from core.model.canned import PLACES, CannedReply, canned_fault, fill, offered
from core.model.clock import FIRST_ANSWER, SOLUTION, Pause, SlaClock
from tests.core.model.work_samples import ticket as ticket_of

JAKARTA = ZoneInfo("Asia/Jakarta")
AT = datetime(2026, 11, 23, 3, 30, tzinfo=UTC)
TOLD = "Sen 23 November 2026 pukul 10.30 WIB"


def test_every_place_may_be_used_and_is_filled() -> None:
    text = " | ".join(f"{{{name}}}" for name in PLACES)
    assert canned_fault("Semua", text) is None
    clocks = (SlaClock(FIRST_ANSWER, AT, AT), SlaClock(SOLUTION, AT, AT))
    pause = Pause("access", stops=True, started_at=AT, expected_at=AT, for_whom="x", note="y")
    ticket = replace(ticket_of(), subject="NIK 3510012345678901 salah", clocks=clocks)
    ticket = replace(ticket, pauses=(pause,))
    told = fill(CannedReply(1, None, "x", text), ticket, ("Dewi", "Dinas"), JAKARTA)
    assert told.count(TOLD) == 3
    assert "{" not in told
    assert "3510012345678901" not in told
    assert "Dewi" in told


def test_own_units_come_first_and_others_not_at_all() -> None:
    told = ((1, None, "b"), (2, 5, "z"), (3, 6, "a"))
    replies = [CannedReply(one, unit, title, "") for one, unit, title in told]
    assert [one.id for one in offered(replies, {5})] == [2, 1]
    assert [one.id for one in offered(replies, ())] == [1]
