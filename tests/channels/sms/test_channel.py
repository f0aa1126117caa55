from __future__ import annotations

from typing import Any

import pytest

from core.errors import MalformedMessage, RequestRejected
from core.model.messages import DeliveryReport, InboundMessage, Outcome, Receipt
from core.ports import Closes, FindsCopies, Recovers, Sends, Webhook
from tests.channels.sms.doors import (
    ACCOUNT,
    CITIZEN,
    NUMBER,
    SERVICE,
    door,
    inbound,
    report,
    settings,
)
from tests.channels.twilio.signing import (
    HOOK,
    STATUS,
    TOKEN,
    request,
    signature,
    signed,
    signed_get,
    signed_json,
)


@pytest.mark.parametrize("port", [Sends, Webhook, Recovers, FindsCopies, Closes])
def test_the_door_keeps_its_contracts(port: Any) -> None:
    assert isinstance(door(), port)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"auth_tokens": ()}, "auth_token"),
        ({"auth_tokens": ("",)}, "auth_token"),
        ({"auth_tokens": (" \t\n",)}, "auth_token"),
        ({"auth_tokens": (TOKEN, " ")}, "auth_token"),
        ({"account_sid": " "}, "account_sid"),
        ({"from_number": None}, "messaging_service_sid"),
        ({"validity": 0}, "validity"),
        ({"validity": 36_001}, "validity"),
        ({"timeout": 0.0}, "timeout"),
        ({"webhook_url": "/hooks/sms"}, "URL"),
        ({"fallback_url": ""}, "URL"),
        ({"api_base_url": "api.twilio.com"}, "URL"),
    ],
)
def test_a_door_that_could_not_work_does_not_open(changes: Any, word: Any) -> None:
    with pytest.raises(ValueError, match=word) as caught:
        settings(**changes)
    assert TOKEN not in str(caught.value)


def test_settings_do_not_show_the_token() -> None:
    assert TOKEN not in repr(settings())
    assert TOKEN not in repr(door())


SERVICE_ONLY = {"from_number": None, "messaging_service_sid": SERVICE}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, inbound()),
        ({"own_numbers": ("+6281100002222",)}, inbound(To="+6281100002222")),
        (SERVICE_ONLY, inbound(MessagingServiceSid=SERVICE, To="+6281100009999")),
        ({"auth_tokens": ("0" * 32, TOKEN)}, inbound()),
        ({}, inbound(Unknown="kolom baru", Body="  tepi  ")),
        ({}, [*inbound().items(), ("Body", "dua kali")]),
        ({}, inbound(Body="HELPDESK \u2713 \U0001f6a8 \ua98f 1+1=2 & 100%")),
    ],
)
def test_a_message_of_ours_is_let_in(changes: Any, fields: Any) -> None:
    opened = door(**changes)
    for raw in (signed(fields), signed_get(fields)):
        opened.verify(raw)
        assert opened.parse(raw)


def test_json_is_let_in() -> None:
    body = b'{"MessageSid": "SM9", "AccountSid": "%s", "To": "%s", "From": "%s", "Body": "halo"}'
    raw = signed_json(body % (ACCOUNT.encode(), NUMBER.encode(), CITIZEN.encode()))
    door().verify(raw)
    (message,) = door().parse(raw)
    assert isinstance(message, InboundMessage)
    assert (message.external_id, message.text) == ("SM9", "halo")


def twice(name: Any, value: Any) -> Any:
    return [*inbound().items(), (name, value)]


@pytest.mark.parametrize(
    "fields",
    [
        inbound(AccountSid="AC" + "e" * 32),
        inbound(AccountSid=ACCOUNT.lower()),
        inbound(AccountSid=""),
        {name: value for name, value in inbound().items() if name != "AccountSid"},
        twice("AccountSid", "AC" + "e" * 32),
        inbound(To="+6281100002222"),
        inbound(To=""),
        {name: value for name, value in inbound().items() if name != "To"},
        twice("To", "+6281100002222"),
        inbound(MessagingServiceSid=SERVICE, To="+6281100002222"),
        inbound(From=f"whatsapp:{CITIZEN}", To=f"whatsapp:{NUMBER}"),
        inbound(From=f"whatsapp:{CITIZEN}"),
        inbound(From="rcs:agen"),
    ],
)
def test_authentic_but_not_for_us_is_foreign(fields: Any) -> None:
    with pytest.raises(RequestRejected) as caught:
        door().verify(signed(fields))
    assert caught.value.foreign
    assert CITIZEN not in caught.value.reason


def test_whatsapp_of_our_own_service_is_foreign_to_the_sms_url_too() -> None:
    fields = inbound(From=f"whatsapp:{CITIZEN}", MessagingServiceSid=SERVICE)
    with pytest.raises(RequestRejected, match="another channel"):
        door(**SERVICE_ONLY).verify(signed(fields))


def test_a_foreign_request_without_signature_is_just_unsigned() -> None:
    with pytest.raises(RequestRejected) as caught:
        door().verify(request(inbound(AccountSid="AC" + "e" * 32)))
    assert not caught.value.foreign


ITEM_URL = STATUS + "?item=123"


def test_a_report_is_signed_over_the_status_url_with_our_item() -> None:
    raw = signed(report(), url=ITEM_URL, purpose="status")
    door().verify(raw)
    (read,) = door().parse(raw)
    assert isinstance(read, DeliveryReport)
    assert read.item_id == 123
    for forged in (
        signed(report(), url=STATUS, purpose="status"),
        signed(report(), url=HOOK + "?item=123", purpose="status"),
    ):
        moved = request(report(), url=ITEM_URL, purpose="status", headers=forged.headers)
        with pytest.raises(RequestRejected):
            door().verify(moved)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, report(From="+6281100002222")),
        ({}, report(From="")),
        ({}, report(AccountSid="AC" + "e" * 32)),
        ({}, report(From=f"whatsapp:{NUMBER}", To=f"whatsapp:{CITIZEN}")),
        (SERVICE_ONLY, report()),
    ],
)
def test_a_report_on_somebody_elses_message_is_foreign(changes: Any, fields: Any) -> None:
    with pytest.raises(RequestRejected) as caught:
        door(**changes).verify(signed(fields, url=ITEM_URL, purpose="status"))
    assert caught.value.foreign


def test_a_report_of_our_messaging_service_needs_no_sender_yet() -> None:
    fields = report(From="", MessagingServiceSid=SERVICE)
    door(**SERVICE_ONLY).verify(signed(fields, url=ITEM_URL, purpose="status"))


def test_the_fallback_url_is_a_message_url_only() -> None:
    fallback = "https://cadangan.contoh.go.id/hooks/sms"
    raw = signed(inbound(), url=fallback)
    door(fallback_url=fallback + "#rc=5").verify(raw)
    with pytest.raises(RequestRejected):
        door().verify(raw)
    with pytest.raises(RequestRejected):
        door(fallback_url=fallback).verify(signed(report(), url=fallback, purpose="status"))


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x", ""])
def test_signed_with_a_wrong_content_type_passes_the_guard_and_is_malformed(
    content_type: Any,
) -> None:
    head = {"x-twilio-signature": signature(inbound()), "content-type": content_type}
    raw = request(inbound(), headers=head)
    door().verify(raw)
    with pytest.raises(MalformedMessage, match="content type"):
        door().parse(raw)


def test_signed_json_that_is_none_passes_the_guard_and_is_malformed() -> None:
    raw = signed_json(b"{broken")
    door().verify(raw)
    with pytest.raises(MalformedMessage, match="JSON"):
        door().parse(raw)


def test_json_with_a_bad_signature_is_rejected_before_it_is_read() -> None:
    raw = request(body=b"{broken", headers={"content-type": "application/json"})
    with pytest.raises(RequestRejected):
        door().verify(raw)


def test_the_answer_says_nothing() -> None:
    reply = door().answer([Receipt(Outcome.OPENED, "HD26-004217-4")])
    assert (reply.status, reply.content_type, reply.body) == (200, "text/xml", b"<Response/>")
    assert reply == door().answer([Receipt(Outcome.DUPLICATE, repeated=True)])
    empty = door().answer([])
    assert (empty.status, empty.body) == (200, b"")


def test_what_cannot_be_read_is_answered_400_with_the_field() -> None:
    reply = door().malformed(MalformedMessage("The field MessageSid is missing."))
    assert (reply.status, reply.content_type) == (400, "text/plain")
    assert b"MessageSid" in reply.body
