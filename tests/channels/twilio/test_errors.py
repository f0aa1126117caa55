from __future__ import annotations

import socket
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from channels.twilio.errors import CODES, problem_of_answer, problem_of_fault, reason_of
from core.errors import Scope, SendError, SendFailure

RETRY, DOUBT = SendFailure.RETRY, SendFailure.DOUBT
PERMANENT, PAUSE = SendFailure.PERMANENT, SendFailure.PAUSE
HELD = SendFailure.HELD


@pytest.mark.parametrize(
    ("status", "code", "failure"),
    [
        (429, "", RETRY),
        (429, "20429", RETRY),
        (400, "21611", RETRY),
        (400, "30001", RETRY),
        (429, "63018", RETRY),
        (500, "", DOUBT),
        (502, "", DOUBT),
        (503, "20500", DOUBT),
        (500, "99999", DOUBT),
        (301, "", DOUBT),
        (304, "", DOUBT),
        (408, "", DOUBT),
        (100, "", DOUBT),
        (400, "21610", PERMANENT),
        (400, "21211", PERMANENT),
        (400, "21614", PERMANENT),
        (400, "21408", PERMANENT),
        (400, "21617", PERMANENT),
        (400, "21658", PERMANENT),
        (400, "30004", PERMANENT),
        (400, "30005", PERMANENT),
        (400, "30006", PERMANENT),
        (400, "30007", PERMANENT),
        (400, "30036", PERMANENT),
        (400, "90007", PERMANENT),
        (400, "", PERMANENT),
        (400, "12345", PERMANENT),
        (422, "", PERMANENT),
        (403, "", PERMANENT),
        (401, "", PAUSE),
        (401, "99999", PAUSE),
        (403, "20003", PAUSE),
        (403, "20403", PAUSE),
        (404, "20404", PAUSE),
        (400, "30002", PAUSE),
        (403, "10001", PAUSE),
        (400, "63016", HELD),
        (400, "63049", HELD),
        (400, "63024", PERMANENT),
        (400, "63027", PERMANENT),
        (400, "63007", PAUSE),
        (400, "63051", PAUSE),
    ],
)
def test_every_answer_has_one_class(status: Any, code: Any, failure: Any) -> None:
    problem = problem_of_answer(status, code, {})
    assert problem.failure is failure
    assert problem.reason.endswith(".")
    assert problem.code == (code or f"http {status}")
    assert problem.opted_out is (code == "21610")
    if failure is PAUSE:
        assert problem.scope is Scope.CHANNEL


def test_a_page_instead_of_json_may_stand_before_a_text_that_went_out() -> None:
    assert problem_of_answer(403, "", {}, html=True).failure is DOUBT
    assert problem_of_answer(429, "", {}, html=True).failure is RETRY
    assert problem_of_answer(401, "", {}, html=True).failure is PAUSE


def test_an_opted_out_recipient_is_unreachable_and_a_rate_is_the_channels() -> None:
    assert problem_of_answer(400, "21610", {}).scope is Scope.RECIPIENT
    assert problem_of_answer(429, "", {}).scope is Scope.CHANNEL
    assert problem_of_answer(400, "90007", {}).scope is Scope.CHANNEL


DATE = "Mon, 23 Nov 2026 01:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"Retry-After": "7"}, timedelta(seconds=7)),
        ({"Retry-After": " 0 "}, timedelta(0)),
        ({"Retry-After": "9" * 400}, timedelta(days=1)),
        ({"Retry-After": "-7"}, None),
        ({"Retry-After": "1.5"}, None),
        ({"Retry-After": "\u0667"}, None),
        ({"Retry-After": "nanti"}, None),
        (
            {"Retry-After": "Mon, 23 Nov 2026 01:02:00 GMT", "Date": DATE},
            timedelta(minutes=2),
        ),
        ({"Retry-After": "Mon, 23 Nov 2026 00:00:00 GMT", "Date": DATE}, timedelta(0)),
        ({"Retry-After": "Tue, 23 Nov 2027 00:00:00 GMT", "Date": DATE}, timedelta(days=1)),
        ({"Retry-After": DATE}, None),
        ({"Retry-After": DATE, "Date": "x"}, None),
        ({"Retry-After": DATE, "Date": "Mon, 23 Nov 2026 01:00:00"}, None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_law(headers: Any, wait: Any, status: Any) -> None:
    assert problem_of_answer(status, "", headers).retry_after == wait


def connector_error(kind: Any, cause: Any) -> Any:
    key = aiohttp.client_reqrep.ConnectionKey(
        host="h",
        port=443,
        is_ssl=True,
        ssl=True,
        proxy=None,
        proxy_auth=None,
        proxy_headers_hash=None,
    )
    return kind(key, cause)


@pytest.mark.parametrize(
    ("error", "failure", "code"),
    [
        (connector_error(aiohttp.ClientConnectorError, OSError(111, "x")), RETRY, "connect"),
        (
            connector_error(aiohttp.ClientConnectorDNSError, socket.gaierror(-2, "x")),
            RETRY,
            "connect",
        ),
        (connector_error(aiohttp.ClientConnectorSSLError, OSError("tls")), RETRY, "connect"),
        (
            connector_error(aiohttp.ClientConnectorCertificateError, OSError("name")),
            RETRY,
            "connect",
        ),
        (aiohttp.ConnectionTimeoutError(), RETRY, "connect"),
        (aiohttp.SocketTimeoutError(), DOUBT, "timeout"),
        (TimeoutError(), DOUBT, "timeout"),
        (aiohttp.ServerDisconnectedError(), DOUBT, "disconnected"),
        (aiohttp.ClientOSError(104, "reset"), DOUBT, "disconnected"),
        (aiohttp.ClientPayloadError(), DOUBT, "disconnected"),
        (ConnectionResetError(), DOUBT, "disconnected"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_what_fails_before_writing_is_safe_to_repeat(
    error: Any, failure: Any, code: Any
) -> None:
    problem = problem_of_fault(error)
    assert (problem.failure, problem.code) == (failure, code)


def test_reasons_are_short_and_for_people() -> None:
    for code, (failure, _, reason) in CODES.items():
        assert reason_of(code) == reason
        assert 10 < len(reason) < 80
        assert reason[0].isupper()
        assert reason.endswith(".")
        again = SendError(problem_of_answer(400, code, {})).retryable
        assert again is (failure not in (PERMANENT, HELD))
    assert "31415" in reason_of("31415")
    assert reason_of("")
