"""One circuit per channel: what stops it, for how long, and what starts it again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Scope, SendFailure, SendProblem
from core.model.outbox import RetryPolicy
from gateway.circuit import PATIENCE, Circuit

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
POLICY = RetryPolicy(base=timedelta(seconds=2), ceiling=timedelta(seconds=60))
RETRY, DOUBT = SendFailure.RETRY, SendFailure.DOUBT


def seconds(value: float) -> timedelta:
    return timedelta(seconds=value)


def problem(
    failure: SendFailure = RETRY, scope: Scope = Scope.MESSAGE, wait: float | None = None
) -> SendProblem:
    return SendProblem(failure, "sebab", "code", scope, None if wait is None else seconds(wait))


def after(*problems: SendProblem) -> Circuit:
    circuit = Circuit(POLICY)
    for one in problems:
        circuit.failed(one, NOW)
    return circuit


WIDE = problem(scope=Scope.CHANNEL)


@pytest.mark.parametrize(
    ("problems", "pause"),
    [
        ([], None),
        ([problem()], None),
        ([problem()] * (PATIENCE - 1), None),
        ([problem()] * PATIENCE, 2),
        ([problem(DOUBT)] * PATIENCE, 2),
        ([WIDE], 2),
        ([problem(SendFailure.PAUSE)], 2),
        ([problem(RETRY, Scope.CHANNEL, 7)], 7),
        # told while it is stopped already: the longest word of the provider holds
        ([problem(RETRY, Scope.CHANNEL, 7), problem(RETRY, Scope.CHANNEL, 3)], 7),
        ([problem(RETRY, Scope.CHANNEL, 3), problem(RETRY, Scope.CHANNEL, 7)], 7),
        # the rest of one storm does not lengthen the pause
        ([WIDE] * 50, 2),
        ([problem(SendFailure.PERMANENT)] * 50, None),
        ([problem(SendFailure.HELD, Scope.CHANNEL)] * 50, None),
        ([problem(SendFailure.PERMANENT, Scope.CHANNEL)], None),
    ],
    ids=str,
)
def test_what_stops_a_channel(problems: list[SendProblem], pause: float | None) -> None:
    circuit = after(*problems)
    assert circuit.open_at(NOW) == (None if pause is None else seconds(pause))
    assert circuit.probing is (pause is not None)
    assert circuit.reason == ("" if pause is None else "sebab")


def test_a_failure_says_whether_it_stopped_the_channel() -> None:
    circuit = Circuit(POLICY)
    said = [circuit.failed(problem(), NOW) for _ in range(PATIENCE + 2)]
    assert said == [False] * (PATIENCE - 1) + [True, False, False]


def test_the_pause_ends_at_its_time_and_then_one_goes_first() -> None:
    circuit = after(WIDE)
    assert circuit.open_at(NOW + seconds(1.5)) == seconds(0.5)
    assert circuit.open_at(NOW + seconds(2)) is None
    assert circuit.probing


def test_pauses_double_up_to_the_ceiling_while_the_probe_fails() -> None:
    circuit, now = Circuit(POLICY), NOW
    pauses: list[float] = []
    for _ in range(8):
        assert circuit.failed(problem(DOUBT), now) or not pauses
        circuit.failed(WIDE, now)
        pause = circuit.open_at(now)
        assert pause is not None
        pauses.append(pause.total_seconds())
        now += pause
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60]


def test_a_success_forgets_everything() -> None:
    circuit = after(*[WIDE] * 3)
    circuit.succeeded()
    assert circuit.open_at(NOW) is None
    assert not circuit.probing
    assert circuit.reason == ""
    assert circuit.failed(WIDE, NOW)
    assert circuit.open_at(NOW) == seconds(2)


def test_a_success_between_failures_starts_the_count_anew() -> None:
    circuit = Circuit(POLICY)
    for _ in range(20):
        for _ in range(PATIENCE - 1):
            assert not circuit.failed(problem(), NOW)
        circuit.succeeded()
    assert circuit.open_at(NOW) is None
