from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from channels.whatsapp.errors import (
    CODES,
    LARGE_FILE,
    NO_FILE,
    NO_MEDIA,
    PAUSED,
    UNFIT,
    UNKNOWN_PERSON,
    harmless,
    problem_of_answer,
    problem_of_fault,
    reason_of,
    unclear,
)
from core.errors import Scope, SendFailure

RETRY, DOUBT, HELD = SendFailure.RETRY, SendFailure.DOUBT, SendFailure.HELD
PERMANENT, PAUSE = SendFailure.PERMANENT, SendFailure.PAUSE


@pytest.mark.parametrize(
    ("codes", "failure"),
    [
        ("4 80007 130429 133016 131056 131053", RETRY),
        ("131000 131016 1 2", DOUBT),
        ("131047 131048 131049", HELD),
        ("131026 131051 131052 132000 132001 132005 132007 132012 132015 132068 368", PERMANENT),
        ("190 10 131031 200 299 0 3 33", PAUSE),
        ("777 13200 1320000 300 199 x \u0662\u0660\u0660", PERMANENT),
    ],
)
def test_every_code_has_its_class(codes: Any, failure: Any) -> None:
    for code in codes.split():
        problem = problem_of_answer(400, code, {})
        assert problem.failure is failure, code
        assert problem.code == code
        if failure is PAUSE:
            assert problem.scope is Scope.CHANNEL


@pytest.mark.parametrize(
    ("status", "html", "failure"),
    [
        (400, False, PERMANENT),
        (404, False, PERMANENT),
        (400, True, DOUBT),
        (408, False, DOUBT),
        (429, True, RETRY),
        (401, True, PAUSE),
        (302, False, DOUBT),
        (500, False, DOUBT),
        (503, True, DOUBT),
    ],
)
def test_without_a_code_the_status_decides(status: Any, html: Any, failure: Any) -> None:
    problem = problem_of_answer(status, "", {}, html=html)
    assert (problem.failure, problem.code) == (failure, f"http {status}")


def test_a_rate_is_the_channels_and_a_pair_rate_the_recipients() -> None:
    assert problem_of_answer(400, "130429", {}).scope is Scope.CHANNEL
    assert problem_of_answer(400, "131056", {}).scope is Scope.RECIPIENT


def test_reasons_are_short_and_for_people() -> None:
    own = (LARGE_FILE, NO_FILE, NO_MEDIA, PAUSED, UNFIT, UNKNOWN_PERSON, unclear("x"))
    for reason in [*(row[2] for row in CODES.values()), *(one.reason for one in own)]:
        assert 10 < len(reason) < 80
        assert reason[0].isupper()
        assert reason.endswith(".")
    assert "31415" in reason_of("31415")
    assert reason_of("")


@pytest.mark.parametrize(
    ("error", "failure", "code"),
    [
        (aiohttp.ConnectionTimeoutError(), RETRY, "connect"),
        (aiohttp.SocketTimeoutError(), DOUBT, "timeout"),
        (TimeoutError(), DOUBT, "timeout"),
        (aiohttp.ServerDisconnectedError(), DOUBT, "disconnected"),
        (ConnectionResetError(), DOUBT, "disconnected"),
    ],
)
def test_only_what_was_never_written_is_certain(error: Any, failure: Any, code: Any) -> None:
    problem = problem_of_fault(error)
    assert (problem.failure, problem.code) == (failure, code)


def test_a_call_that_can_be_made_again_is_never_in_doubt() -> None:
    assert harmless(unclear("x")).failure is RETRY
    assert harmless(PAUSED) is PAUSED
