from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from core.errors import MalformedMessage, RequestRejected, Scope, SendError, SendFailure
from core.model.messages import Outcome, Receipt
from core.ports import Closes, FindsCopies, Recovers, Sends, Webhook
from tests.channels.jasmin.doors import PASSWORD, UUID, door, settings, texted
from tests.channels.local_sms.asking import BASE, NUMBER, OLD_SECRET, SECRET, asked, outbound
from tests.channels.local_sms.gateway import Scripted, scripted
from tests.peers import free_port

RETRY, DOUBT = SendFailure.RETRY, SendFailure.DOUBT
PERMANENT, PAUSE = SendFailure.PERMANENT, SendFailure.PAUSE
TAKEN = f'Success "{UUID}"'


@pytest.mark.parametrize("port", [Sends, Webhook, Closes])
def test_the_door_keeps_its_contracts(port: Any) -> None:
    assert isinstance(door(), port)


@pytest.mark.parametrize("port", [FindsCopies, Recovers])
def test_jasmin_keeps_no_list_and_the_door_does_not_pretend(port: Any) -> None:
    assert not isinstance(door(), port)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"secrets": ()}, "secret"),
        ({"secrets": (SECRET, "")}, "secret"),
        ({"username": " "}, "username"),
        ({"password": ""}, "password"),
        ({"most_parts": 0}, "most_parts"),
        ({"timeout": -1}, "timeout"),
        ({"status_url": "status"}, "URL"),
        ({"send_url": "http://127.0.0.1/send?password=x"}, "query"),
    ],
)
def test_a_door_that_could_not_work_does_not_open(changes: Any, word: str) -> None:
    with pytest.raises(ValueError, match=word) as caught:
        door(**changes)
    assert SECRET not in str(caught.value)


def test_settings_do_not_show_what_is_secret() -> None:
    for told in (repr(settings()), repr(door())):
        assert SECRET not in told
        assert PASSWORD not in told


def test_ours_is_let_in_and_a_forged_one_is_not() -> None:
    opened = door(secrets=(OLD_SECRET, SECRET))
    opened.verify(texted())
    assert opened.parse(texted())
    for secret in (None, "", SECRET[:-1], "x" * 40):
        with pytest.raises(RequestRejected):
            opened.verify(asked("", b"id=1&binary=00", secret=secret))


def test_every_answer_is_exactly_the_word() -> None:
    opened = door()
    replies = [opened.answer([Receipt(outcome)]) for outcome in Outcome]
    replies += [opened.answer([]), opened.malformed(MalformedMessage("The field id is missing."))]
    for reply in replies:
        assert (reply.status, reply.body, reply.content_type) == (200, b"ACK/Jasmin", "text/plain")


async def sent(message: Any = None, **changes: Any) -> dict[str, str]:
    """The form that a send posts."""
    async with scripted(Scripted(200, TAKEN)) as gateway:
        opened = door(send_url=f"{gateway.base}/send", **changes)
        receipt = await opened.send(message or outbound())
        await opened.close()
    assert receipt.provider_id == UUID
    ((method, path, body),) = gateway.asked
    assert (method, path) == ("POST", "/send")  # no password in the URL
    return dict(parse_qsl(body.decode(), keep_blank_values=True))


async def test_a_plain_text() -> None:
    form = await sent()
    address = form.pop("dlr-url")
    assert form == {
        "username": "helpdesk",
        "password": PASSWORD,
        "to": "6281234567890",
        "coding": "0",
        "content": outbound().text,
        "dlr": "yes",
        "dlr-level": "3",
        "dlr-method": "POST",
    }
    assert address.startswith(f"{BASE}/status?")
    assert parse_qs(urlsplit(address).query) == {"secret": [SECRET], "item": ["123"]}


@pytest.mark.parametrize(
    ("text", "coding", "digits"),
    [
        ("a@b_$", "0", "6100621102"),
        ("€ é", "0", "1b652005"),
        ("mati 😀", "8", "mati 😀".encode("utf-16-be").hex()),
    ],
)
async def test_what_ascii_would_spoil_travels_in_digits(
    text: str, coding: str, digits: str
) -> None:
    form = await sent(outbound(text=text))
    assert (form["coding"], form["hex-content"]) == (coding, digits)
    assert "content" not in form


async def test_what_the_office_set() -> None:
    form = await sent(from_number=NUMBER, number_form="plus")
    assert (form["from"], form["to"]) == (NUMBER, "+6281234567890")


@pytest.mark.parametrize("text", ["", " ", "x" * 766, "😀" * 168])
async def test_what_jasmin_would_cut_is_refused(text: str) -> None:
    with pytest.raises(SendError) as caught:
        await door(send_url="http://127.0.0.1:1/send").send(outbound(text=text))
    assert caught.value.problem.failure is PERMANENT


@pytest.mark.parametrize(
    ("status", "body", "failure", "scope"),
    [
        (400, 'Error "Argument [to] has an invalid value"', PERMANENT, Scope.MESSAGE),
        (412, 'Error "No route found"', PERMANENT, Scope.MESSAGE),
        (403, 'Error "Authentication failure for username:helpdesk"', PAUSE, Scope.CHANNEL),
        (403, 'Error "Cannot charge submit_sm"', PAUSE, Scope.CHANNEL),
        (404, "No Such Resource", PAUSE, Scope.CHANNEL),
        (404, "<html>No Such Resource</html>", PAUSE, Scope.CHANNEL),
        (429, "", RETRY, Scope.CHANNEL),
        (503, "", RETRY, Scope.CHANNEL),
        (500, 'Error "Cannot send submit_sm"', DOUBT, Scope.MESSAGE),
        (502, "<html></html>", DOUBT, Scope.MESSAGE),
        (400, "<html>proxy</html>", DOUBT, Scope.MESSAGE),
        (418, "", DOUBT, Scope.MESSAGE),
        (200, "", DOUBT, Scope.MESSAGE),
        (200, 'Success ""', DOUBT, Scope.MESSAGE),
        (200, 'Error "No route found"', DOUBT, Scope.MESSAGE),
        (200, f'Success "{"x" * 301}"', DOUBT, Scope.MESSAGE),
        (302, "", DOUBT, Scope.MESSAGE),
    ],
)
async def test_answers(status: int, body: str, failure: SendFailure, scope: Scope) -> None:
    async with scripted(Scripted(status, body)) as gateway:
        opened = door(send_url=gateway.base)
        with pytest.raises(SendError) as caught:
            await opened.send(outbound())
        await opened.close()
    problem = caught.value.problem
    assert (problem.failure, problem.scope) == (failure, scope)
    assert PASSWORD not in str(caught.value)


async def test_faults_of_the_connection() -> None:
    refused = door(send_url=f"http://127.0.0.1:{free_port()}/send", timeout=1)
    with pytest.raises(SendError) as caught:
        await refused.send(outbound())
    assert (caught.value.problem.failure, caught.value.problem.code) == (RETRY, "connect")
    async with scripted(Scripted(200, TAKEN, seconds=1)) as gateway:
        slow = door(send_url=gateway.base, timeout=0.2)
        with pytest.raises(SendError) as caught:
            await slow.send(outbound())
        assert (caught.value.problem.failure, caught.value.problem.code) == (DOUBT, "timeout")
        await slow.close()
    await refused.close()
    await refused.close()


async def test_nothing_of_a_send_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    await sent()
    for secret in (PASSWORD, SECRET, "6281234567890", outbound().text):
        assert secret not in caplog.text
