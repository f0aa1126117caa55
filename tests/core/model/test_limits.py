"""Limits silence a reply; they never lose a message (providers.md §2.6)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.limits import (
    ACKS,
    DAY,
    HOUR,
    MARKS_KEPT,
    OPENED_KEPT,
    flooding,
    remembered,
    why_withheld,
)
from core.model.policy import ChannelTraits, ReplyLimits
from core.model.texts import TextForm
from core.model.ticket import ReplyMark
from tests.core.fakes import NOON, SMS, knows

if TYPE_CHECKING:
    from collections.abc import Sequence

LIMITS = ReplyLimits()
TRAITS = ChannelTraits(SMS, TextForm.SMS)
WIDE = ReplyLimits(replies_per_hour=100, acks_per_ten_minutes=100, same_text=100)
HOURLY = "batas balasan otomatis per jam untuk pengirim ini tercapai"
TEN_MINUTES = "batas pemberitahuan nomor per 10 menit untuk pengirim ini tercapai"
DAILY = "batas pemberitahuan nomor per hari untuk pengirim ini tercapai"
SAME = "teks yang sama sudah dibalas"

PURPOSES = ["ack", "out_of_hours", "duplicate", "status", "help", "unknown_ticket", "reopened"]
OTHERS = [purpose for purpose in PURPOSES if purpose not in ACKS and purpose != "duplicate"]


def marks(purpose: str, *minutes: float) -> tuple[ReplyMark, ...]:
    """Replies so many minutes ago."""
    return tuple(ReplyMark(NOON - timedelta(minutes=ago), purpose) for ago in minutes)


def withheld(
    purpose: str,
    before: tuple[ReplyMark, ...],
    limits: ReplyLimits = LIMITS,
    traits: ChannelTraits = TRAITS,
) -> str:
    return why_withheld(knows(replies=before), purpose, NOON, traits, limits)


ROWS = [
    ("ack", (), ""),
    ("ack", marks("ack", 1), ""),
    ("ack", marks("ack", 1, 9.99), TEN_MINUTES),
    ("ack", marks("ack", 1, 10), ""),
    ("ack", marks("out_of_hours", 1, 2), TEN_MINUTES),
    ("out_of_hours", marks("ack", 1, 2), TEN_MINUTES),
    ("ack", marks("status", 1, 2), ""),
    ("ack", marks("ack", 100, 200, 300, 400), ""),
    ("ack", marks("ack", 100, 200, 300, 400, 500), DAILY),
    ("ack", marks("ack", 100, 200, 300, 400, 24 * 60), ""),
    ("ack", marks("status", 100, 200, 300, 400, 500), ""),
    ("ack", marks("status", 10, 20, 30, 40), ""),
    ("ack", marks("status", 10, 20, 30, 40, 59.99), HOURLY),
    ("ack", marks("status", 10, 20, 30, 40, 60), ""),
    ("status", marks("ack", 1, 2), ""),
    ("status", marks("ack", 100, 200, 300, 400, 500), ""),
    ("status", marks("help", 10, 20, 30, 40, 50), HOURLY),
    ("duplicate", marks("ack", 1), ""),
    ("duplicate", marks("duplicate", 1), ""),
    ("duplicate", marks("duplicate", 1, 2), SAME),
    ("duplicate", marks("duplicate", 1, 10), ""),
    ("status", marks("duplicate", 1, 2, 3), ""),
]


@pytest.mark.parametrize(("purpose", "before", "reason"), ROWS)
def test_a_limit(purpose: str, before: tuple[ReplyMark, ...], reason: str) -> None:
    assert withheld(purpose, before) == reason


@pytest.mark.parametrize("purpose", PURPOSES)
def test_nothing_leaves_for_somebody_who_refuses_us(purpose: str) -> None:
    sender = knows(unreachable="menolak pesan kami")
    reason = why_withheld(sender, purpose, NOON, TRAITS, WIDE)
    assert reason == "tidak dapat dihubungi lewat kanal ini: menolak pesan kami"


@pytest.mark.parametrize("purpose", PURPOSES)
def test_stop_is_about_notices_and_leaves_replies_alone(purpose: str) -> None:
    assert why_withheld(knows(muted=True), purpose, NOON, TRAITS, LIMITS) == ""


def test_every_limit_is_a_setting() -> None:
    before = marks("ack", 1, 2, 3)
    assert withheld("ack", before, WIDE) == ""
    assert withheld("ack", before, WIDE, ChannelTraits(SMS, TextForm.SMS, 3)) == DAILY
    assert withheld("status", before, ReplyLimits(replies_per_hour=3)) == HOURLY
    assert withheld("duplicate", marks("duplicate", 1), ReplyLimits(same_text=2)) == SAME


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ((), False),
        ([1] * 19, False),
        ([1] * 20, True),
        ([*[1] * 19, 10], False),
        ([*[1] * 19, 9.99], True),
        ([10] * 60, False),
    ],
)
def test_flooding(minutes: Sequence[float], *, expected: bool) -> None:
    opened = tuple(NOON - timedelta(minutes=ago) for ago in minutes)
    assert flooding(knows(opened=opened), NOON, LIMITS) == expected


MINUTES = st.one_of(st.integers(0, 90), st.integers(0, 3 * 24 * 60))
AGES = st.lists(MINUTES, max_size=40).map(sorted)


def test_a_limit_higher_than_our_memory_still_is_one() -> None:
    endless = ReplyLimits(10**6, 10**6, 10**6, 10**6)
    door = ChannelTraits(SMS, TextForm.SMS, 10**6)
    replies = remembered(marks("status", *[1] * 500), [], NOON)
    acks = remembered(marks("ack", *[90] * 500), [], NOON)
    opened = (NOON,) * OPENED_KEPT
    assert withheld("status", replies, endless, door) == HOURLY
    assert withheld("ack", acks, endless, door) == DAILY
    assert flooding(knows(opened=opened), NOON, endless)
    assert not flooding(knows(opened=opened[1:]), NOON, endless)


@given(AGES, st.lists(st.sampled_from(PURPOSES), max_size=3))
def test_what_is_remembered_is_young_bounded_and_the_latest(
    minutes: list[float], new: list[str]
) -> None:
    old = marks("status", *reversed(minutes)) + marks("ack", *reversed(minutes)) * 6
    kept = remembered(old, [ReplyMark(NOON, purpose) for purpose in new], NOON)
    assert len(kept) <= MARKS_KEPT
    assert all(mark.at > NOON - (DAY if mark.purpose in ACKS else HOUR) for mark in kept)
    assert [mark.purpose for mark in kept][len(kept) - len(new) :] == new


@given(st.lists(st.tuples(MINUTES, st.sampled_from(PURPOSES)), max_size=30), st.integers(0, 90))
def test_forgetting_changes_no_answer_now_or_later(
    told: list[tuple[int, str]], later: int
) -> None:
    old = sum((marks(purpose, ago) for ago, purpose in sorted(told, reverse=True)), ())
    kept = remembered(old, [], NOON)
    now = NOON + timedelta(minutes=later)
    for purpose in PURPOSES:
        answers = [
            why_withheld(knows(replies=replies), purpose, now, TRAITS, LIMITS)
            for replies in (kept, old)
        ]
        assert answers[0] == answers[1]


@given(AGES, st.sampled_from(OTHERS))
def test_an_hour_of_silence_lets_every_other_reply_leave(
    minutes: list[float], purpose: str
) -> None:
    old = marks("ack", *(60 + ago for ago in minutes))
    assert withheld(purpose, old) == ""


@given(st.lists(st.sampled_from(PURPOSES), max_size=60))
def test_two_machines_that_answer_each_other_fall_silent(purposes: list[str]) -> None:
    sent: tuple[ReplyMark, ...] = ()
    for purpose in purposes:
        if not withheld(purpose, sent):
            sent = remembered(sent, [ReplyMark(NOON, purpose)], NOON)
    assert len(sent) <= LIMITS.replies_per_hour
