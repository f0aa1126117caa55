from __future__ import annotations

import asyncio
import socket
import traceback
from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest

from core.errors import SendError, SendFailure
from core.model.messages import Address, AddressKind, DeliveryState
from tests.channels.sms.doors import ACCOUNT, CITIZEN, NUMBER, SERVICE, door, outbound
from tests.channels.twilio.provider import Answer, provider
from tests.channels.twilio.signing import STATUS, TOKEN
from tests.peers import free_port

TAKEN = Answer(201, {"sid": "SM3", "status": "queued"})


async def send(answer: Any, message: Any = None, **changes: Any) -> Any:
    """The receipt or the problem, and what was asked."""
    async with provider() as twilio:
        twilio.will(answer)
        opened = door(**{"api_base_url": twilio.base, "timeout": 0.4, **changes})
        try:
            return await opened.send(message or outbound()), twilio.asked
        except SendError as error:
            told = "".join(traceback.format_exception(error))
            return error.problem if TOKEN not in told else told, twilio.asked
        finally:
            await opened.close()


async def test_a_text_is_posted_as_twilio_wants_it() -> None:
    receipt, (asked,) = await send(TAKEN, validity=3600)
    assert (receipt.provider_id, receipt.state) == ("SM3", DeliveryState.QUEUED)
    assert (asked.method, asked.path) == ("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
    assert asked.form == {
        "To": CITIZEN,
        "From": NUMBER,
        "Body": outbound().text,
        "StatusCallback": STATUS + "?item=123",
        "ValidityPeriod": "3600",
    }
    kind, _, secret = asked.headers["Authorization"].partition(" ")
    assert (kind, b64decode(secret).decode()) == ("Basic", f"{ACCOUNT}:{TOKEN}")
    assert asked.headers["Content-Type"].startswith("application/x-www-form-urlencoded")


async def test_a_messaging_service_takes_the_place_of_the_number() -> None:
    _, (asked,) = await send(TAKEN, messaging_service_sid=SERVICE)
    assert asked.form["MessagingServiceSid"] == SERVICE
    assert "From" not in asked.form
    assert "ValidityPeriod" not in asked.form


async def test_the_item_joins_a_query_that_is_there() -> None:
    _, (asked,) = await send(TAKEN, status_url=STATUS + "?kantor=1")
    assert asked.form["StatusCallback"] == STATUS + "?kantor=1&item=123"


@pytest.mark.parametrize("text", ["\u2713 1+1=2 & 100%\n~^{}", "x" * 1600])
async def test_the_text_arrives_unchanged(text: Any) -> None:
    _, (asked,) = await send(TAKEN, outbound(text=text))
    assert asked.form["Body"] == text


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (outbound(text="x" * 1601), "length"),
        (outbound(text=""), "length"),
        (outbound(text=" \n"), "length"),
        (outbound(recipient=Address(AddressKind.SENDER_LABEL, "3636")), "no number"),
        (outbound(recipient=Address(AddressKind.WHATSAPP, CITIZEN)), "no number"),
    ],
)
async def test_what_can_never_work_is_not_even_asked(message: Any, code: Any) -> None:
    problem, asked = await send(TAKEN, message)
    assert (problem.failure, problem.code) == (SendFailure.PERMANENT, code)
    assert asked == []


@pytest.mark.parametrize(
    ("answer", "failure", "code"),
    [
        (Answer(400, {"code": 21610, "message": "x", "status": 400}), "permanent", "21610"),
        (Answer(400, {"code": 21211}), "permanent", "21211"),
        (Answer(400, {"code": None}), "permanent", "http 400"),
        (Answer(400, "not json"), "permanent", "http 400"),
        (Answer(400, []), "permanent", "http 400"),
        (Answer(401, {"code": 20003}), "pause", "20003"),
        (Answer(401, ""), "pause", "http 401"),
        (Answer(404, {"code": 20404}), "pause", "20404"),
        (Answer(429, {"code": 20429}, {"Retry-After": "7"}), "retry", "20429"),
        (Answer(500, {"code": 20500}), "doubt", "20500"),
        (Answer(502, "<html>Bad gateway", content_type="text/html"), "doubt", "http 502"),
        (Answer(403, "<html>Portal", content_type="text/html"), "doubt", "http 403"),
        (Answer(201, "<html>Selamat datang", content_type="text/html"), "doubt", "no json"),
        (Answer(201, {}), "doubt", "no json"),
        (Answer(201, "\udcff\udcfe{"), "doubt", "no json"),
        (Answer(201, "[" * 100_000), "doubt", "no json"),
        (Answer(201, {"status": "queued"}), "doubt", "no sid"),
        (Answer(201, {"sid": None}), "doubt", "no sid"),
        (Answer(201, {"sid": ""}), "doubt", "no sid"),
        (Answer(201, {"sid": 7}), "doubt", "no sid"),
        (Answer(301, "", {"Location": "https://evil.example/"}), "doubt", "http 301"),
        (Answer(307, "", {"Location": "/elsewhere"}), "doubt", "http 307"),
        (Answer(fault="slow"), "doubt", "timeout"),
        (Answer(fault="drop"), "doubt", "disconnected"),
        (Answer(fault="reset"), "doubt", "disconnected"),
        (Answer(fault="half"), "doubt", "disconnected"),
    ],
    ids=lambda value: f"{value.status}{value.fault}" if isinstance(value, Answer) else None,
)
async def test_every_bad_answer_is_one_problem_and_asked_once(
    answer: Any, failure: Any, code: Any
) -> None:
    problem, asked = await send(answer)
    assert (problem.failure.value, problem.code) == (failure, code)
    assert len(asked) == 1
    assert problem.opted_out is (code == "21610")


async def test_retry_after_is_passed_on() -> None:
    problem, _ = await send(Answer(429, {}, {"retry-after": "7"}))
    assert problem.retry_after == timedelta(seconds=7)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("accepted", DeliveryState.QUEUED),
        ("failed", DeliveryState.FAILED),
        ("baru", DeliveryState.QUEUED),
        (None, DeliveryState.QUEUED),
    ],
)
async def test_the_receipt_tells_the_state(word: Any, state: Any) -> None:
    receipt, _ = await send(Answer(201, {"sid": "SM3", "status": word}))
    assert receipt.state is state


async def failure_at(base: Any, seconds: Any = 0.4) -> Any:
    opened = door(api_base_url=base, timeout=seconds)
    try:
        with pytest.raises(SendError) as caught:
            await opened.send(outbound())
    finally:
        await opened.close()
    return caught.value.problem


async def test_a_refused_connection_sent_nothing() -> None:
    problem = await failure_at(f"http://127.0.0.1:{free_port()}")
    assert (problem.failure, problem.code) == (SendFailure.RETRY, "connect")


async def test_an_unknown_host_sent_nothing(monkeypatch: Any) -> None:
    async def unknown(*_args: Any, **_more: Any) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown, raising=False)
    problem = await failure_at("http://api.twilio.invalid")
    assert (problem.failure, problem.code) == (SendFailure.RETRY, "connect")


async def test_a_listener_that_speaks_no_tls_was_sent_nothing() -> None:
    async def babble(_reader: Any, writer: Any) -> None:
        writer.write(b"220 mail.contoh.go.id\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        problem = await failure_at(f"https://127.0.0.1:{port}", seconds=3)
    assert (problem.failure, problem.code) == (SendFailure.RETRY, "connect")


async def test_a_host_that_never_accepts_was_sent_nothing() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)  # noqa: FBT003 - socket's own signature
            filler.connect_ex(("127.0.0.1", port))
        problem = await failure_at(f"http://127.0.0.1:{port}")
        for filler in fillers:
            filler.close()
    assert (problem.failure, problem.code) == (SendFailure.RETRY, "connect")


async def test_closing_twice_and_never_opened_does_no_harm() -> None:
    opened = door()
    await opened.close()
    await opened.close()


async def test_one_pool_serves_many_sends() -> None:
    async with provider() as twilio:
        opened = door(api_base_url=twilio.base + "/")
        twilio.will(*[TAKEN] * 10)
        receipts = await asyncio.gather(*(opened.send(outbound(item_id=n)) for n in range(10)))
        assert len(receipts) == len(twilio.asked) == 10
        await opened.close()
        await opened.close()


async def test_nothing_of_a_send_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    await send(TAKEN)
    await send(Answer(401, {"code": 20003}))
    told = caplog.text
    assert TOKEN not in told
    assert CITIZEN not in told
    assert outbound().text not in told
