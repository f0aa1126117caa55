from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.kannel import payload
from core.model.messages import (
    AddressKind,
    DeliveryReport,
    DeliveryState,
    Ignored,
    InboundMessage,
    RawRequest,
    Unreadable,
)
from tests.channels.kannel.doors import text_fields, texted
from tests.channels.local_sms.asking import CHANNEL, NOW, SECRET, asked, coded


def read(request: RawRequest) -> Any:
    (found,) = payload.read(CHANNEL, request)
    return found


def message(request: RawRequest) -> InboundMessage:
    found = read(request)
    assert isinstance(found, InboundMessage)
    return found


def test_an_ordinary_text() -> None:
    found = message(texted())
    assert found.external_id == "676a98e0-ba78-45f6-a0c0-84bb9a8b5809"
    assert found.sender.value == "+6281234567890"
    assert found.text == "HELPDESK  lampu   mati"
    assert found.sent_at == datetime(2026, 11, 23, 1, 45, 37, tzinfo=UTC)
    assert (found.received_at, found.recipient, found.channel) == (NOW, "3636", CHANNEL)
    assert b"message=HELPDESK%20%20lampu" in found.raw
    assert SECRET.encode() not in found.raw


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"message": "lampu é 😀"}, "lampu é 😀"),
        ({"message": b"\xff\xfe halo"}, "\ufffd\ufffd halo"),
        ({"message": ""}, ""),
        ({"message": "H\0"}, "H\ufffd"),
        ({"message": "H😀".encode("utf-16-be"), "coding": "2", "charset": "UTF-16BE"}, "H😀"),
        ({"message": "H😀".encode("utf-16-be"), "coding": "2", "charset": ""}, "H😀"),
        ({"message": "H😀", "coding": "2", "charset": "UTF-8"}, "H😀"),
        ({"message": b"caf\xe9", "charset": "ISO-8859-1"}, "café"),
        ({"message": b"caf\xe9", "charset": "unknown"}, "café"),
        ({"message": b"\x01\x02", "coding": "1", "charset": "8-BIT"}, "[data biner]\n01 02"),
        ({"message": "teks", "coding": "1", "charset": "8-BIT"}, "teks"),
        ({"message": "x", "coding": "99"}, "x"),
        ({"message": "x", "coding": "", "charset": ""}, "x"),
        ({"message": "%b"}, "%b"),
        ({"message": "a+b & c=d"}, "a+b & c=d"),
    ],
)
def test_every_coding_becomes_text(changes: dict[str, str | bytes], text: str) -> None:
    assert message(texted(**changes)).text == text


@pytest.mark.parametrize(
    ("sender", "kind", "value"),
    [
        ("081234567890", AddressKind.PHONE, "+6281234567890"),
        ("+6281234567890", AddressKind.PHONE, "+6281234567890"),
        ("6281234567890", AddressKind.PHONE, "+6281234567890"),
        ("006281234567890", AddressKind.PHONE, "+6281234567890"),
        (" 6281234567890", AddressKind.PHONE, "+6281234567890"),
        ("TELKOMSEL", AddressKind.SENDER_LABEL, "TELKOMSEL"),
        ("3636", AddressKind.SENDER_LABEL, "3636"),
        ("", AddressKind.SENDER_LABEL, ""),
    ],
)
def test_senders(sender: str, kind: AddressKind, value: str) -> None:
    found = message(texted(sender=sender)).sender
    assert (found.kind, found.value) == (kind, value)


@pytest.mark.parametrize("stamp", ["", "0", "-1", "abc", "99999999999", "١٢٣", "1e9", "1" * 500])
def test_a_time_that_is_none_is_left_out(stamp: str) -> None:
    assert message(texted(ts=stamp)).sent_at is None


def test_without_an_id_it_is_known_by_who_wrote_what_when() -> None:
    first = message(texted(id=""))
    assert first.external_id.startswith("seen:")
    assert first.external_id == message(texted(id="", smsc="LAIN")).external_id
    others = [{"ts": "1795398338"}, {"sender": "081234567891"}, {"message": "lain"}]
    for change in others:
        assert message(texted(id="", **change)).external_id != first.external_id


@pytest.mark.parametrize("odd", ["x" * 301, "a\nb", "\0"])
def test_an_id_that_is_none_is_not_used(odd: str) -> None:
    found = message(texted(id=odd)).external_id
    assert found.startswith("seen:") or found == "\ufffd"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (coded({k: v for k, v in text_fields().items() if k != "message"}), "message"),
        (coded(text_fields(id="", ts="")), "id and ts"),
        (coded(text_fields(id="", ts="kemarin")), "id and ts"),
        ("", "message"),
        ("%%%&&&===", "message"),
    ],
)
def test_what_cannot_be_read_is_kept_without_the_secret(query: str, sentence: str) -> None:
    found = read(asked(query))
    assert isinstance(found, Unreadable)
    assert sentence in found.sentence
    assert SECRET.encode() not in found.raw


def test_post_url_brings_the_text_as_the_body() -> None:
    query = coded({k: v for k, v in text_fields().items() if k != "message"})
    plain = {"content-type": "text/plain; charset=UTF-8"}
    assert message(asked(query, "lampu é".encode(), headers=plain)).text == "lampu é"
    form = asked(query, b"message=dari+formulir")
    assert message(form).text == "dari formulir"
    whole = asked(coded(text_fields()), b"HELPDESK  lampu   mati", headers=plain)
    assert message(whole).text == "HELPDESK  lampu   mati"


def receipt(state: str, **more: str) -> Any:
    return read(asked(coded({"item": "42", "state": state} | more), purpose="status"))


@pytest.mark.parametrize(
    ("value", "state", "code"),
    [
        ("1", DeliveryState.DELIVERED, ""),
        ("2", DeliveryState.FAILED, "dlr 2"),
        ("4", DeliveryState.QUEUED, ""),
        ("8", DeliveryState.SENT, ""),
        ("16", DeliveryState.FAILED, "dlr 16"),
    ],
)
def test_receipts(value: str, state: DeliveryState, code: str) -> None:
    found = receipt(value)
    assert isinstance(found, DeliveryReport)
    assert (found.state, found.code, found.at) == (state, code, NOW)
    assert (found.item_id, found.external_id) == (42, payload.provider_id(42))
    assert bool(found.reason) is bool(code)


@pytest.mark.parametrize("value", ["", "0", "3", "32", "31", "%d", "delivered", "x" * 5000])
def test_unknown_receipts_are_ignored_and_told_briefly(value: str) -> None:
    found = receipt(value)
    assert isinstance(found, Ignored)
    assert len(found.reason) < 60


def test_a_receipt_of_nobody_is_ignored() -> None:
    assert isinstance(read(asked("state=1", purpose="status")), Ignored)
    assert isinstance(receipt("1", item="empat"), Ignored)


@given(st.dictionaries(st.sampled_from(list(text_fields())), st.binary(max_size=400)))
def test_no_text_raises_and_none_is_lost(changes: dict[str, bytes]) -> None:
    request = asked(coded(text_fields(**changes)))
    found = read(request)
    assert isinstance(found, InboundMessage | Unreadable)
    assert found.raw
    if isinstance(found, InboundMessage):
        found.text.encode()
        assert found.text or not changes.get("message", b"x")


@given(st.text(max_size=300), st.binary(max_size=300), st.sampled_from(["message", "status"]))
def test_no_request_raises(query: str, body: bytes, purpose: str) -> None:
    found = read(asked(query, body, purpose=purpose))
    assert not isinstance(found, Unreadable) or SECRET.encode() not in found.raw
