"""How long a channel waits before it tries again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.outbox import OutboxState, RetryPolicy, Urgency

POLICY = RetryPolicy()
ATTEMPTS = st.integers(0, 10_000)
JITTER = st.floats(0, 1, exclude_max=True)


@pytest.mark.parametrize(
    ("attempt", "seconds"),
    [(0, 2), (1, 2), (2, 4), (3, 8), (9, 512), (10, 900), (11, 900), (40, 900), (10**9, 900)],
)
def test_the_pause_doubles_up_to_the_ceiling(attempt: int, seconds: int) -> None:
    assert POLICY.pause(attempt, 0.5) == timedelta(seconds=seconds)


@given(ATTEMPTS, JITTER)
def test_jitter_moves_a_pause_by_half_of_it_at_most(attempt: int, jitter: float) -> None:
    middle = POLICY.pause(attempt, 0.5)
    assert middle / 2 <= POLICY.pause(attempt, jitter) <= middle * 3 / 2


@given(ATTEMPTS, JITTER)
def test_a_later_attempt_never_waits_less(attempt: int, jitter: float) -> None:
    assert POLICY.pause(attempt, jitter) <= POLICY.pause(attempt + 1, jitter)


@given(ATTEMPTS, JITTER)
def test_no_pause_is_longer_than_one_and_a_half_ceilings(attempt: int, jitter: float) -> None:
    short = RetryPolicy(base=timedelta(milliseconds=1), ceiling=timedelta(milliseconds=5))
    assert timedelta() < short.pause(attempt, jitter) <= 1.5 * short.ceiling


def test_a_claim_outlasts_the_wait_before_a_look() -> None:
    assert POLICY.lease > POLICY.doubt_wait


def test_replies_go_first() -> None:
    assert sorted([Urgency.BULK, Urgency.REPLY, Urgency.NOTICE]) == [
        Urgency.REPLY,
        Urgency.NOTICE,
        Urgency.BULK,
    ]


def test_states_are_the_words_that_the_store_keeps() -> None:
    assert {state.value for state in OutboxState} == {
        "waiting",
        "claimed",
        "in_doubt",
        "held",
        "handed_over",
        "dead",
        "withdrawn",
    }
