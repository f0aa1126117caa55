"""The rules by which outbox rows move, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.messages import DeliveryState
from core.model.outbox import OutboxState, SendResult
from tests.contracts.planting import LATER, T0, handed, result, said
from ticket_store.standing import Standing, arrive, padded, refusal, rise, settle

if TYPE_CHECKING:
    from core.model.messages import DeliveryReport

CLAIMED = Standing(
    id=1,
    channel="sms",
    address_id=1,
    attempt=1,
    state="claimed",
    due_at=T0 + timedelta(seconds=30),
    tried_at=T0,
    doubts=0,
    copied=False,
    provider_id=None,
    handed_over_at=None,
    delivery=None,
    delivery_rank=-1,
    delivery_at=None,
    code="",
    reason="",
)
REPORTS = st.sampled_from(DeliveryState).map(lambda state: said("SM1", state))
NEXT = [state for state in OutboxState if state is not OutboxState.CLAIMED]
RESULTS = st.sampled_from(NEXT).map(
    lambda state: handed(1, "SM1") if state is OutboxState.HANDED_OVER else result(1, state)
)
STEPS = st.lists(st.one_of(REPORTS, RESULTS), max_size=8)


def take(row: Standing, step: DeliveryReport | SendResult) -> None:
    if isinstance(step, SendResult):
        settle(row, step)
    else:
        arrive(row, step)


@given(st.lists(REPORTS, min_size=1))
def test_any_order_of_reports_ends_at_the_highest(reports: list[DeliveryReport]) -> None:
    row = replace(CLAIMED, state="handed_over")
    for one in reports:
        arrive(row, one)
    assert row.delivery_rank == max(one.state.rank for one in reports)
    assert row.delivery == max((one.state for one in reports), key=lambda state: state.rank)


@given(STEPS)
def test_ranks_never_fall_and_what_went_out_stays_out(
    steps: list[DeliveryReport | SendResult],
) -> None:
    row = replace(CLAIMED)
    for step in steps:
        before = replace(row)
        take(row, step)
        assert row.delivery_rank >= before.delivery_rank
        assert before.state != "handed_over" or row.state == "handed_over"
        assert before.provider_id in (None, row.provider_id)


@given(STEPS, st.one_of(REPORTS, RESULTS))
def test_every_step_may_be_repeated(
    steps: list[DeliveryReport | SendResult], last: DeliveryReport | SendResult
) -> None:
    row = replace(CLAIMED)
    for step in (*steps, last):
        take(row, step)
    once = replace(row)
    take(row, last)
    assert row == once


@pytest.mark.parametrize(
    ("state", "delivery", "ends"),
    [
        ("claimed", "sent", "handed_over"),
        ("waiting", "failed", "handed_over"),
        ("in_doubt", "queued", "handed_over"),
        ("dead", "delivered", "handed_over"),
        ("dead", "failed", "dead"),
        ("held", "failed", "held"),
        ("handed_over", "failed", "handed_over"),
    ],
)
def test_where_a_report_takes_an_item(state: str, delivery: str, ends: str) -> None:
    row = replace(CLAIMED, state=state, code="x", reason="lama")
    assert arrive(row, said("SM1", DeliveryState(delivery), code="y"))
    assert (row.state, row.delivery, row.code) == (ends, delivery, "y")


def test_a_report_that_says_nothing_new_says_so() -> None:
    row = replace(CLAIMED, state="handed_over", delivery="delivered", delivery_rank=3)
    before = replace(row)
    assert not arrive(row, said("SM1", DeliveryState.FAILED, opted_out=True))
    assert not rise(row, DeliveryState.DELIVERED, LATER)
    assert row == before


@pytest.mark.parametrize("state", [OutboxState.WAITING, OutboxState.IN_DOUBT])
def test_the_next_try_is_now_unless_it_is_named(state: OutboxState) -> None:
    row = replace(CLAIMED)
    assert settle(row, result(1, state, at=LATER))
    assert row.due_at == LATER
    row = replace(CLAIMED)
    assert settle(row, result(1, state, at=T0, next_try_at=LATER))
    assert row.due_at == LATER


def test_a_copy_stays_marked_as_one() -> None:
    row = replace(CLAIMED, copied=True)
    settle(row, handed(1, "SM1"))
    assert row.copied


def test_the_start_of_the_attempt_is_kept_unless_told_better() -> None:
    row = replace(CLAIMED)
    settle(row, result(1, OutboxState.IN_DOUBT))
    assert row.tried_at == T0
    row = replace(CLAIMED)
    settle(row, result(1, OutboxState.IN_DOUBT, tried_at=LATER))
    assert row.tried_at == LATER


@given(st.lists(st.integers(), max_size=300))
def test_padding_changes_the_length_only(values: list[int]) -> None:
    longer = padded(values)
    assert set(longer) == set(values)
    assert longer[: len(values)] == values
    assert len(longer) < 2 * max(len(values), 1)
    assert len(longer) & (len(longer) - 1) == 0


@pytest.mark.parametrize(
    ("reason", "code", "sentence"),
    [
        ("Menolak", "21610", "Menolak (21610)"),
        ("Menolak", "", "Menolak"),
        ("", "", "Penerima menolak pesan kami"),
    ],
)
def test_a_refusal_names_its_source(reason: str, code: str, sentence: str) -> None:
    assert refusal(reason, code) == sentence
