from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from core.errors import MalformedMessage, RequestRejected
from core.model.messages import Outcome, Receipt
from core.ports import Closes, FindsCopies, Recovers, Sends, Webhook
from tests.channels.kannel.doors import PASSWORD, door, settings, texted
from tests.channels.local_sms.asking import OLD_SECRET, SECRET, asked


@pytest.mark.parametrize("port", [Sends, Webhook, Closes])
def test_the_door_keeps_its_contracts(port: Any) -> None:
    assert isinstance(door(), port)


@pytest.mark.parametrize("port", [FindsCopies, Recovers])
def test_kannel_keeps_no_list_and_the_door_does_not_pretend(port: Any) -> None:
    assert not isinstance(door(), port)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"secrets": ()}, "secret"),
        ({"secrets": ("",)}, "secret"),
        ({"secrets": (SECRET, " ")}, "secret"),
        ({"username": " "}, "username"),
        ({"password": "\t"}, "password"),
        ({"from_number": ""}, "from_number"),
        ({"most_parts": 0}, "most_parts"),
        ({"timeout": 0}, "timeout"),
        ({"status_url": "/hooks/modem/status"}, "URL"),
        ({"sendsms_url": "127.0.0.1:13013"}, "URL"),
        ({"sendsms_url": "http://127.0.0.1/cgi-bin/sendsms?password=x"}, "query"),
    ],
)
def test_a_door_that_could_not_work_does_not_open(changes: Any, word: str) -> None:
    with pytest.raises(ValueError, match=word) as caught:
        door(**changes)
    assert SECRET not in str(caught.value)
    assert PASSWORD not in str(caught.value)


def test_settings_do_not_show_what_is_secret() -> None:
    for told in (repr(settings()), repr(door())):
        assert SECRET not in told
        assert PASSWORD not in told


def test_a_text_with_our_secret_is_let_in() -> None:
    opened = door(secrets=(OLD_SECRET, SECRET))
    opened.verify(texted())
    assert opened.parse(texted())


@pytest.mark.parametrize(
    "forged",
    [
        asked("id=1&message=x", secret=None),
        asked("id=1&message=x", secret=SECRET[:30]),
        asked("item=1&state=1", secret="", purpose="status"),
        asked("id=1", b"message=x", secret=SECRET.lower()),
    ],
)
def test_a_forged_request_is_rejected_before_it_is_read(forged: Any) -> None:
    with pytest.raises(RequestRejected) as caught:
        door().verify(forged)
    assert not caught.value.foreign


def test_another_address_is_rejected_with_the_right_secret() -> None:
    listed = door(networks=(ip_network("192.168.1.0/24"),))
    with pytest.raises(RequestRejected):
        listed.verify(texted())
    listed.verify(asked("id=1", remote="192.168.1.9"))


def test_the_answer_is_always_empty_for_a_body_would_be_sent_to_the_citizen() -> None:
    replies = [door().answer([Receipt(outcome, "HD26-004217-4")]) for outcome in Outcome]
    replies += [door().answer([]), door().malformed(MalformedMessage("The field id is missing."))]
    for reply in replies:
        assert (reply.status, reply.body, reply.content_type) == (200, b"", "text/plain")
