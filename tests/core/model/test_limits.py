"""The limits of automatic replies, at their edges (providers.md §2.6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.limits import ACKS, MARKS_KEPT, flooding, remembered, why_withheld
from core.model.policy import ChannelTraits, ReplyLimits
from core.model.texts import TextForm
from core.model.ticket import ReplyMark
from tests.core.fakes import NOON, SMS, knows

LIMITS = ReplyLimits()
TRAITS = ChannelTraits(SMS, TextForm.SMS, acks_per_day=5)
HOURLY = "batas balasan otomatis per jam untuk pengirim ini tercapai"
TEN_MINUTES = "batas pemberitahuan nomor per 10 menit untuk pengirim ini tercapai"
DAILY = "batas pemberitahuan nomor per hari untuk pengirim ini tercapai"
SAME = "teks yang sama sudah dibalas"


def marks(*earlier: tuple[str, float]) -> tuple[ReplyMark, ...]:
    """Replies so many minutes ago, oldest first."""
    return tuple(ReplyMark(NOON - timedelta(minutes=m), purpose) for purpose, m in earlier)


def why(purpose: str, *earlier: tuple[str, float]) -> str:
    return why_withheld(knows(replies=marks(*earlier)), purpose, NOON, TRAITS, LIMITS)


CASES = [
    ("ack", [], ""),
    ("ack", [("ack", 9.9)], ""),
    ("ack", [("ack", 9.9), ("ack", 1)], TEN_MINUTES),
    ("ack", [("ack", 9.9), ("out_of_hours", 1)], TEN_MINUTES),
    ("out_of_hours", [("ack", 9.9), ("ack", 1)], TEN_MINUTES),
    ("ack", [("ack", 10), ("ack", 1)], ""),
    ("ack", [("help", 9), ("status", 5), ("ack", 1)], ""),
    ("ack", [("ack", 60 * hour) for hour in (23, 20, 15, 10, 5)], DAILY),
    ("ack", [("ack", 60 * hour) for hour in (24, 20, 15, 10, 5)], ""),
    ("status", [("ack", 60 * hour) for hour in (23, 20, 15, 10, 5)], ""),
    ("status", [("status", 59)] * 5, HOURLY),
    ("status", [("status", 59)] * 4, ""),
    ("status", [("status", 60), *[("status", 59)] * 4], ""),
    ("ack", [("status", 59)] * 5, HOURLY),
    ("help", [("ack", 50), ("duplicate", 40), ("help", 30), ("status", 20), ("ack", 11)], HOURLY),
    ("duplicate", [("ack", 5)], ""),
    ("duplicate", [("ack", 5), ("duplicate", 4)], ""),
    ("duplicate", [("ack", 5), ("duplicate", 4), ("duplicate", 3)], SAME),
    ("duplicate", [("duplicate", 10), ("duplicate", 3)], ""),
]


@pytest.mark.parametrize(("purpose", "earlier", "reason"), CASES)
def test_a_reply_is_withheld(purpose: str, earlier: list[tuple[str, float]], reason: str) -> None:
    assert why(purpose, *earlier) == reason


def test_whoever_cannot_be_reached_is_not_written_to() -> None:
    sender = knows(unreachable="Penerima menolak pesan kami (21610)")
    reason = why_withheld(sender, "status", NOON, TRAITS, LIMITS)
    assert reason.endswith("Penerima menolak pesan kami (21610)")


def test_stop_is_for_notices_and_withholds_no_reply() -> None:
    assert why_withheld(knows(muted=True), "ack", NOON, TRAITS, LIMITS) == ""


def test_every_door_has_its_own_daily_limit() -> None:
    sender = knows(replies=marks(*[("ack", 60 * hour) for hour in (9, 8, 7, 6, 5)]))
    mail = replace(TRAITS, acks_per_day=10)
    assert why_withheld(sender, "ack", NOON, TRAITS, LIMITS) == DAILY
    assert why_withheld(sender, "ack", NOON, mail, LIMITS) == ""


@given(st.lists(st.tuples(st.sampled_from(["ack", "status"]), st.floats(0, 59)), max_size=30))
def test_never_more_than_the_limit_in_an_hour(texts: list[tuple[str, float]]) -> None:
    """Whatever the times, replies that pass the limits stay within it."""
    sender = knows()
    for purpose, minute in sorted(texts, key=lambda text: text[1]):
        at = NOON + timedelta(minutes=minute)
        if not why_withheld(sender, purpose, at, TRAITS, LIMITS):
            kept = remembered(sender.replies, [ReplyMark(at, purpose)], at)
            sender = replace(sender, replies=kept)
    assert len(sender.replies) <= LIMITS.replies_per_hour


@pytest.mark.parametrize(
    ("opened", "flood"),
    [
        ([], False),
        ([9.9] * 19, False),
        ([9.9] * 20, True),
        ([10.0] * 20, False),
        ([500.0] * 30 + [1.0] * 19, False),
    ],
)
def test_a_flood_is_what_was_opened_just_now(opened: list[float], flood: bool) -> None:  # noqa: FBT001 - a column
    times = tuple(NOON - timedelta(minutes=minutes) for minutes in opened)
    assert flooding(knows(opened=times), NOON, LIMITS) is flood


def test_marks_that_no_limit_counts_are_forgotten() -> None:
    old = marks(("ack", 24 * 60), ("help", 24 * 60 - 1), ("status", 5))
    new = [ReplyMark(NOON, "ack")]
    assert [mark.purpose for mark in remembered(old, new, NOON)] == ["help", "status", "ack"]


def test_a_flood_does_not_grow_the_memory() -> None:
    many = marks(*[("status", 1)] * 500)
    kept = remembered(many, [ReplyMark(NOON, "ack")], NOON)
    assert len(kept) == MARKS_KEPT
    assert kept[-1].purpose == "ack"


def test_more_marks_are_kept_than_any_limit_counts() -> None:
    assert LIMITS.replies_per_hour < MARKS_KEPT
    assert {"ack", "out_of_hours"} == ACKS
