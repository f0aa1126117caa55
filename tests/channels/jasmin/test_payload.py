from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.jasmin import payload
from core.model.messages import (
    AddressKind,
    DeliveryReport,
    DeliveryState,
    Ignored,
    InboundMessage,
    Unreadable,
)
from tests.channels.jasmin.doors import UUID, text_fields, texted
from tests.channels.local_sms.asking import CHANNEL, NOW, SECRET, asked, coded


def read(request: Any, alphabet: Any = "gsm7") -> Any:
    (found,) = payload.read(CHANNEL, request, alphabet)
    return found


def message(request: Any, alphabet: Any = "gsm7") -> InboundMessage:
    found = read(request, alphabet)
    assert isinstance(found, InboundMessage)
    return found


@pytest.mark.parametrize("posted", [True, False])
def test_an_ordinary_text_by_post_and_by_get(posted: bool) -> None:
    found = message(texted() if posted else asked(coded(text_fields())))
    assert (found.external_id, found.text) == (UUID, "HELPDESK lampu mati")
    assert (found.sender.value, found.sender.kind) == ("+6281234567890", AddressKind.PHONE)
    assert (found.recipient, found.received_at, found.sent_at) == ("3636", NOW, None)
    assert SECRET.encode() not in found.raw
    assert b"HELPDESK" in found.raw


@pytest.mark.parametrize(
    ("code", "content", "text"),
    [
        ("0", b"a\x00b \x1b\x65", "a@b €"),
        ("", b"a\x00b", "a@b"),
        ("0", "é".encode(), "é"),
        ("1", b"a@b_c", "a@b_c"),
        ("3", b"caf\xe9", "café"),
        ("8", "lampu 😀".encode("utf-16-be"), "lampu 😀"),
        ("8", b"\x00h\xd8\x3d", "h\ufffd"),
        ("2", b"\x01\xff", "[data biner]\n01 FF"),
        ("4", b"halo", "[data biner]\n68 61 6C 6F"),
        ("14", b"\x00", "[data biner]\n00"),
        ("x", b"\x00", "[data biner]\n00"),
        ("0", b"", ""),
        ("8", b"", ""),
    ],
)
def test_binary_is_read_by_its_coding(code: str, content: bytes, text: str) -> None:
    assert message(texted(content, coding=code)).text == text


def test_binary_stands_above_content_which_jasmin_may_have_spoilt() -> None:
    assert message(texted(b"\x00@", content="@?")).text == "@¡"
    assert message(texted(b"halo", binary="zz")).text == "halo"
    assert message(texted(b"halo", binary="123")).text == "halo"
    fields = text_fields(b"halo")
    del fields["binary"]
    assert message(asked("", coded(fields).encode())).text == "halo"


def test_an_operator_with_an_alphabet_of_its_own() -> None:
    request = texted(b"nama@contoh_id \xe9")
    assert message(request, "latin1").text == "nama@contoh_id é"
    assert message(texted(b"nama@contoh_id")).text == "nama¡contoh§id"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (text_fields(id=""), "id"),
        (text_fields(id="x" * 301), "id"),
        ({"id": UUID, "from": "62811"}, "binary"),
        ({"id": UUID, "binary": "xyz"}, "binary"),
        ({}, "id"),
    ],
)
def test_what_cannot_be_read_is_kept_without_the_secret(fields: Any, sentence: str) -> None:
    found = read(asked("x=1", coded(fields).encode()))
    assert isinstance(found, Unreadable)
    assert sentence in found.sentence
    assert SECRET.encode() not in found.raw


def receipt(status: str, **more: Any) -> Any:
    form = {"id": UUID, "message_status": status, "level": "1", "connector": "operator"} | more
    return read(asked("item=42", coded(form).encode(), purpose="status"))


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("ESME_ROK", DeliveryState.SENT),
        ("ESME_RINVDSTADR", DeliveryState.FAILED),
        ("ESME_RTHROTTLED", DeliveryState.FAILED),
        ("DELIVRD", DeliveryState.DELIVERED),
        ("delivrd", DeliveryState.DELIVERED),
        ("ACCEPTD", DeliveryState.SENT),
        ("ENROUTE", DeliveryState.SENT),
        ("UNDELIV", DeliveryState.FAILED),
        ("EXPIRED", DeliveryState.FAILED),
        ("REJECTD", DeliveryState.FAILED),
        ("DELETED", DeliveryState.FAILED),
    ],
)
def test_receipts_of_every_level(status: str, state: DeliveryState) -> None:
    found = receipt(status)
    assert isinstance(found, DeliveryReport)
    assert (found.state, found.external_id, found.item_id) == (state, UUID, 42)
    assert bool(found.code) is bool(found.reason) is (state is DeliveryState.FAILED)


def test_a_receipt_by_get_and_with_the_further_fields_of_level_three() -> None:
    more = {
        "id_smsc": "2567", "sub": "001", "dlvrd": "001", "subdate": "2611200300",
        "donedate": "2611200301", "err": "000", "text": "rahasia",
    }  # fmt: skip
    query = coded({"item": "42", "id": UUID, "message_status": "DELIVRD", "level": "3"} | more)
    found = read(asked(query, purpose="status"))
    assert found == receipt("DELIVRD")


@pytest.mark.parametrize("status", ["", "UNKNOWN", "x" * 5000, "%00"])
def test_unknown_receipts_are_ignored_and_told_briefly(status: str) -> None:
    found = receipt(status)
    assert isinstance(found, Ignored)
    assert len(found.reason) < 60


def test_a_receipt_without_id_is_ignored() -> None:
    assert isinstance(receipt("DELIVRD", id=""), Ignored)


def test_a_receipt_without_our_item_is_found_by_jasmins_id() -> None:
    form = coded({"id": UUID, "message_status": "DELIVRD"}).encode()
    found = read(asked("", form, purpose="status"))
    assert (found.item_id, found.external_id) == (None, UUID)


@given(st.dictionaries(st.sampled_from(list(text_fields())), st.binary(max_size=300)))
def test_no_text_raises_and_none_is_lost(changes: dict[str, bytes]) -> None:
    found = read(asked("", coded(text_fields(**changes)).encode()))
    assert isinstance(found, InboundMessage | Unreadable)
    assert found.raw
    if isinstance(found, InboundMessage):
        found.text.encode()


@given(st.text(max_size=300), st.binary(max_size=300), st.sampled_from(["message", "status"]))
def test_no_request_raises(query: str, body: bytes, purpose: str) -> None:
    found = read(asked(query, body, purpose=purpose))
    assert not isinstance(found, Unreadable) or SECRET.encode() not in found.raw
