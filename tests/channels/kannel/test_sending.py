from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from core.errors import Scope, SendError, SendFailure, SendProblem
from core.model.messages import Address, AddressKind
from tests.channels.kannel.doors import PASSWORD, door
from tests.channels.local_sms.asking import BASE, CITIZEN, NUMBER, SECRET, outbound
from tests.channels.local_sms.gateway import Scripted, scripted
from tests.peers import free_port


async def sent(message: Any = None, **changes: Any) -> dict[str, str]:
    """The fields that a send puts into the URL."""
    async with scripted(Scripted()) as gateway:
        opened = door(sendsms_url=f"{gateway.base}/cgi-bin/sendsms", **changes)
        receipt = await opened.send(message or outbound())
        await opened.close()
    assert receipt.provider_id == "item:123"
    ((method, path, body),) = gateway.asked
    assert (method, body) == ("GET", b"")
    assert path.startswith("/cgi-bin/sendsms?")
    return dict(parse_qsl(path.partition("?")[2], keep_blank_values=True, encoding="latin-1"))


async def test_a_plain_text() -> None:
    fields = await sent()
    address = fields.pop("dlr-url")
    assert fields == {
        "username": "helpdesk",
        "password": PASSWORD,
        "from": NUMBER,
        "to": CITIZEN,
        "text": outbound().text,
        "coding": "0",
        "dlr-mask": "31",
    }
    assert address.startswith(f"{BASE}/status?")
    assert parse_qs(urlsplit(address).query) == {
        "secret": [SECRET],
        "item": ["123"],
        "state": ["%d"],
    }


@pytest.mark.parametrize(
    ("text", "coding", "charset", "coded"),
    [
        ("sudah 1+1=2 & 100%", "0", None, b"sudah 1+1=2 & 100%"),
        ("ditangani é €", "0", "UTF-8", "ditangani é €".encode()),
        ("ditangani 😀", "2", None, "ditangani 😀".encode("utf-16-be")),
        ("“kutip”\nbaris", "2", None, "“kutip”\nbaris".encode("utf-16-be")),
    ],
)
async def test_codings(text: str, coding: str, charset: str | None, coded: bytes) -> None:
    fields = await sent(outbound(text=text))
    assert fields["text"].encode("latin-1") == coded
    assert (fields["coding"], fields.get("charset")) == (coding, charset)


async def test_what_the_office_set() -> None:
    fields = await sent(smsc="modem-2", validity=60, number_form="national")
    assert (fields["smsc"], fields["validity"], fields["to"]) == ("modem-2", "60", "081234567890")
    assert (await sent(number_form="international"))["to"] == "6281234567890"
    abroad = outbound(recipient=Address(AddressKind.PHONE, "+60123456789"))
    assert (await sent(abroad, number_form="national"))["to"] == "60123456789"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (outbound(text=""), "length"),
        (outbound(text=" \n"), "length"),
        (outbound(text="x" * 1531), "length"),
        (outbound(text="😀" * 336), "length"),
        (outbound(recipient=Address(AddressKind.SENDER_LABEL, "TELKOMSEL")), "no number"),
        (outbound(recipient=Address(AddressKind.EMAIL, "a@b.id")), "no number"),
    ],
)
async def test_what_cannot_go_out_is_refused_before_any_call(message: Any, code: str) -> None:
    with pytest.raises(SendError) as caught:
        await door(sendsms_url="http://127.0.0.1:1/").send(message)
    problem = caught.value.problem
    assert (problem.failure, problem.code) == (SendFailure.PERMANENT, code)


async def test_the_longest_text_that_kannel_does_not_cut() -> None:
    assert len((await sent(outbound(text="x" * 1530)))["text"]) == 1530


async def problem(gateway: Scripted, seconds: float = 2) -> SendProblem:
    async with scripted(gateway):
        opened = door(sendsms_url=gateway.base, timeout=seconds)
        try:
            with pytest.raises(SendError) as caught:
                await opened.send(outbound())
        finally:
            await opened.close()
    assert PASSWORD not in repr(caught.value)
    chain: BaseException | None = caught.value
    while chain is not None:
        assert PASSWORD not in str(chain)
        chain = chain.__cause__ if chain.__suppress_context__ else chain.__context__
    return caught.value.problem


RETRY, DOUBT = SendFailure.RETRY, SendFailure.DOUBT
PERMANENT, PAUSE = SendFailure.PERMANENT, SendFailure.PAUSE


@pytest.mark.parametrize(
    ("status", "body", "failure", "scope"),
    [
        (503, "Temporal failure, try again later.", RETRY, Scope.CHANNEL),
        (429, "", RETRY, Scope.CHANNEL),
        (403, "Authorization failed for sendsms", PAUSE, Scope.CHANNEL),
        (401, "", PAUSE, Scope.CHANNEL),
        (404, "Unknown request.", PAUSE, Scope.CHANNEL),
        (405, "", PAUSE, Scope.CHANNEL),
        (400, "Number(s) denied by black-lists.", PERMANENT, Scope.MESSAGE),
        (400, "<html><body>proxy</body></html>", DOUBT, Scope.MESSAGE),
        (408, "", DOUBT, Scope.MESSAGE),
        (500, "", DOUBT, Scope.MESSAGE),
        (502, "", DOUBT, Scope.MESSAGE),
        (302, "", DOUBT, Scope.MESSAGE),
        (202, "", DOUBT, Scope.MESSAGE),
        (200, "<html>masuk</html>", DOUBT, Scope.MESSAGE),
        (204, "", DOUBT, Scope.MESSAGE),
    ],
)  # fmt: skip
async def test_answers(status: int, body: str, failure: SendFailure, scope: Scope) -> None:
    found = await problem(Scripted(status, body))
    assert (found.failure, found.scope) == (failure, scope)
    assert found.reason.endswith(".")


@pytest.mark.parametrize(
    "body", ["0: Accepted for delivery", "3: Queued for later delivery", "Sent.", "0: x" * 50_000]
)
async def test_acceptance(body: str) -> None:
    async with scripted(Scripted(202, body)) as gateway:
        opened = door(sendsms_url=gateway.base)
        assert (await opened.send(outbound(item_id=9))).provider_id == "item:9"
        await opened.close()


async def test_a_redirect_is_not_followed_with_the_password() -> None:
    async with scripted(Scripted()) as other:
        found = await problem(Scripted(302, "", headers={"Location": other.base}))
        assert found.failure is DOUBT
        assert not other.asked


async def test_silence_and_hanging_up_leave_a_doubt() -> None:
    late = await problem(Scripted(seconds=1), seconds=0.2)
    assert (late.failure, late.code) == (DOUBT, "timeout")
    gone = await problem(Scripted(hang_up=True))
    assert (gone.failure, gone.code) == (DOUBT, "disconnected")


async def test_a_closed_port_sent_nothing() -> None:
    opened = door(sendsms_url=f"http://127.0.0.1:{free_port()}/cgi-bin/sendsms", timeout=1)
    with pytest.raises(SendError) as caught:
        await opened.send(outbound())
    await opened.close()
    assert (caught.value.problem.failure, caught.value.problem.code) == (RETRY, "connect")


async def test_nothing_of_a_send_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    await sent()
    await problem(Scripted(403, "Authorization failed for sendsms"))
    for secret in (PASSWORD, SECRET, CITIZEN, outbound().text):
        assert secret not in caplog.text


async def test_closing_twice_and_never_opened_does_no_harm() -> None:
    opened = door()
    await opened.close()
    await opened.close()
