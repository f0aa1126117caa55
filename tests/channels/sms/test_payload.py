from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.sms import payload
from channels.twilio.parts import text_of
from channels.twilio.payload import created_at
from core.errors import MalformedMessage
from core.model.messages import AddressKind, DeliveryReport, DeliveryState, Ignored, InboundMessage
from tests.channels.sms.doors import CHANNEL, CITIZEN, NUMBER, inbound, report
from tests.channels.twilio.signing import NOW, STATUS, request


def read(fields: Any = (), **more: Any) -> Any:
    (found,) = payload.read(CHANNEL, request(fields, **more))
    return found


def without(*names: Any) -> Any:
    return {name: value for name, value in inbound().items() if name not in names}


def test_an_ordinary_text() -> None:
    raw = request(inbound())
    (found,) = payload.read(CHANNEL, raw)
    assert isinstance(found, InboundMessage)
    assert found.channel == "sms"
    assert found.external_id == "SM" + "1" * 32
    assert (found.sender.kind, found.sender.value) == (AddressKind.PHONE, CITIZEN)
    assert found.text == "HELPDESK internet kantor mati sejak pagi"
    assert found.recipient == NUMBER
    assert found.received_at == NOW
    assert found.raw == raw.body
    assert (found.sent_at, found.attachments, found.late) == (None, (), False)


def test_a_get_keeps_its_query_as_the_raw_payload() -> None:
    found = read(
        method="GET", url="https://x/hooks/sms?MessageSid=SM1&From=3636&Body=a+b", body=b""
    )
    assert (found.external_id, found.text) == ("SM1", "a b")
    assert found.raw == b"MessageSid=SM1&From=3636&Body=a+b"


@pytest.mark.parametrize(
    ("fields", "sid"),
    [
        (inbound(MessageSid="SMa", SmsSid="SMb", SmsMessageSid="SMc"), "SMa"),
        (inbound(MessageSid="", SmsSid="SMb", SmsMessageSid="SMc"), "SMb"),
        (without("MessageSid", "SmsSid"), "SM" + "1" * 32),
        (inbound(MessageSid="x" * 300), "x" * 300),
        (inbound(MessageSid="bukan/angka=?"), "bukan/angka=?"),
    ],
)
def test_the_id_is_opaque(fields: Any, sid: Any) -> None:
    assert read(fields).external_id == sid


@pytest.mark.parametrize(
    "fields",
    [
        without("MessageSid", "SmsSid", "SmsMessageSid"),
        inbound(MessageSid="", SmsSid="", SmsMessageSid=""),
        inbound(MessageSid="x" * 301),
        inbound(MessageSid="SM\x001"),
        inbound(MessageSid="SM1\n"),
        {},
    ],
)
def test_without_an_id_it_is_malformed_and_the_field_named(fields: Any) -> None:
    with pytest.raises(MalformedMessage, match="MessageSid"):
        read(fields)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("", ""),
        ("   ", "   "),
        ("\u200b\ufeff", "\u200b\ufeff"),
        ("  HELPDESK  ", "  HELPDESK  "),
        ("a\r\nb\rc\nd\u2028e", "a\r\nb\rc\nd\u2028e"),
        ("\u202eterbalik", "\u202eterbalik"),
        ("\ua98f\ua9a4 \u1b05 \u0627", "\ua98f\ua9a4 \u1b05 \u0627"),
        ("\U0001f468\U0001f3fd\u200d\U0001f527", "\U0001f468\U0001f3fd\u200d\U0001f527"),
        ("a" + "\u0301" * 10_000, "a" + "\u0301" * 10_000),
        ("<script>'\"{{7*7}}${7*7}=HYPERLINK(1)", "<script>'\"{{7*7}}${7*7}=HYPERLINK(1)"),
        ("\x1b[31m\nINFO forged", "\x1b[31m\nINFO forged"),
        ("STOP", "STOP"),
        ("x" * 1601, "x" * 1601),
        ("x" * 900_000, "x" * 900_000),
    ],
    ids=lambda value: repr(value[:12]),
)
def test_text_is_kept_as_it_came(body: Any, text: Any) -> None:
    assert read(inbound(Body=body)).text == text


def test_nul_and_broken_utf8_are_replaced() -> None:
    assert "\x00" not in read(inbound(Body="a\x00b")).text
    found = read(body=b"MessageSid=SM1&From=3636&Body=rusak+%FF%C0%AF%ED%A0%80+akhir")
    assert found.text.startswith("rusak \ufffd")
    assert found.text.endswith("\ufffd akhir")
    found.text.encode()


def test_a_lone_surrogate_in_json_is_replaced() -> None:
    head = {"content-type": "application/json"}
    body = b'{"MessageSid": "SM1", "From": "+6281234567890", "Body": "a\\ud83db"}'
    read(body=body, headers=head).text.encode()


@pytest.mark.parametrize(
    ("wire", "text"),
    [(b"a+b", "a b"), (b"a%2Bb", "a+b"), (b"a%20b", "a b"), (b"a%252Bb", "a%2Bb")],
)
def test_pluses_and_spaces(wire: Any, text: Any) -> None:
    assert read(body=b"MessageSid=SM1&From=3636&Body=" + wire).text == text


LONG = "HELPDESK jalan rusak di depan pasar, mohon segera diperbaiki \u2713 terima kasih."


def encoded(text: Any) -> Any:
    return b64encode(text.encode()).decode()


def test_a_text_encoded_as_a_whole_is_decoded() -> None:
    assert text_of(encoded(LONG)) == LONG


@given(st.text(st.characters(categories=["L", "N", "Zs"]), min_size=45))
def test_any_long_printable_text_comes_back(text: Any) -> None:
    printable = "".join(letter for letter in text if letter.isprintable())
    if len(printable.encode()) >= 45:
        assert text_of(encoded(printable)) == printable


@pytest.mark.parametrize(
    "body",
    [
        encoded("Halo apa kabar"),
        encoded(LONG)[:-1],
        encoded(LONG) + "\n",
        "a" * 64,
        "A" * 64,
        encoded("\x01\x02" * 40),
        "HELPDESK/lampu/jalan/padam/di/Jalan/Merdeka/sejak/semalam+++",
        "9" * 60,
    ],
)
def test_what_only_looks_encoded_is_left_alone(body: Any) -> None:
    assert text_of(body) == body


@pytest.mark.parametrize("sender", ["anonymous", "", "+266696687", "3636", "PLN", "Bank ABC"])
def test_a_sender_without_number_is_kept_as_a_label(sender: Any) -> None:
    found = read(inbound(From=sender))
    assert found.sender.kind is AddressKind.SENDER_LABEL
    assert found.text


MEDIA = "https://api.twilio.com/2010-04-01/Accounts/ACx/Messages/MMx/Media/ME"


@pytest.mark.parametrize("claimed", ["2", "99", "0", "-1", "abc", "", None])
def test_media_are_counted_by_their_urls(claimed: Any) -> None:
    fields = inbound(
        MediaUrl0=MEDIA + "0",
        MediaContentType0="image/jpeg",
        MediaUrl1=MEDIA + "1",
        MediaContentType1=" ",
    )
    if claimed is None:
        del fields["NumMedia"]
    else:
        fields["NumMedia"] = claimed
    one, two = read(fields).attachments
    assert (one.reference, one.content_type) == (MEDIA + "0", "image/jpeg")
    assert (two.reference, two.content_type) == (MEDIA + "1", "application/octet-stream")


def test_media_keep_the_order_of_their_numbers_and_leave_no_gap() -> None:
    fields = inbound(MediaUrl10="ten", MediaUrl2="two", MediaUrl0="", MediaUrlX="x", MediaUrl="y")
    assert [file.reference for file in read(fields).attachments] == ["two", "ten"]


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "http://169.254.169.254/latest",
        "http://[::ffff:10.0.0.1]/",
        "file:///etc/passwd",
        "https://user:pass@api.twilio.com/",
    ],
)
def test_a_strange_media_url_is_only_noted(url: Any) -> None:
    (file,) = read(inbound(MediaUrl0=url, MediaContentType0="image/svg+xml; x")).attachments
    assert (file.reference, file.content_type) == (url, "image/svg+xml; x")


def status(**changes: Any) -> Any:
    return read(report(**changes), url=STATUS + "?item=123", purpose="status")


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("accepted", DeliveryState.QUEUED),
        ("scheduled", DeliveryState.QUEUED),
        ("queued", DeliveryState.QUEUED),
        ("sending", DeliveryState.QUEUED),
        ("sent", DeliveryState.SENT),
        ("partially_delivered", DeliveryState.SENT),
        ("delivered", DeliveryState.DELIVERED),
        ("Delivered", DeliveryState.DELIVERED),
        ("undelivered", DeliveryState.FAILED),
        ("failed", DeliveryState.FAILED),
        ("canceled", DeliveryState.FAILED),
        ("read", DeliveryState.READ),
    ],
)
def test_every_word_has_a_state(word: Any, state: Any) -> None:
    found = status(MessageStatus=word)
    assert isinstance(found, DeliveryReport)
    assert (found.state, found.at, found.item_id) == (state, NOW, 123)
    assert found.external_id == "SM" + "2" * 32
    assert bool(found.reason) is (state is DeliveryState.FAILED)
    assert not found.opted_out


def test_the_older_field_name_serves_too() -> None:
    fields = report(SmsStatus="sent")
    del fields["MessageStatus"]
    assert read(fields, url=STATUS, purpose="status").state is DeliveryState.SENT


@pytest.mark.parametrize(
    ("code", "part", "opted_out"),
    [
        ("21610", "berhenti", True),
        ("30005", "tidak dikenal", False),
        ("39999", "39999", False),
        ("", "gagal", False),
    ],
)
def test_a_failure_is_told_in_indonesian(code: Any, part: Any, opted_out: Any) -> None:
    found = status(MessageStatus="undelivered", ErrorCode=code)
    assert found.code == code
    assert part in found.reason
    assert found.opted_out is opted_out


@pytest.mark.parametrize("word", ["dibaca", "", "\x00", "x" * 1000])
def test_an_unknown_word_is_ignored_and_named(word: Any) -> None:
    found = status(MessageStatus=word, SmsStatus=word)
    assert isinstance(found, Ignored)
    assert repr(word[:20]) in found.reason
    assert len(found.reason) < 60


@pytest.mark.parametrize("word", ["received", "receiving"])
def test_a_citizens_text_at_the_status_url_is_not_swallowed(word: Any) -> None:
    with pytest.raises(MalformedMessage, match="MessageStatus"):
        status(MessageStatus=word)


def test_a_report_without_id_is_malformed() -> None:
    with pytest.raises(MalformedMessage, match="MessageSid"):
        status(MessageSid="", SmsSid="")


@pytest.mark.parametrize(
    ("query", "item"),
    [
        ("", None),
        ("?item=7", 7),
        ("?x=1&item=7", 7),
        ("?item=7&item=8", 7),
        ("?xitem=7", None),
        ("?item=7x", None),
        ("?item=", None),
        ("?item=-7", None),
        ("?item=7.0", None),
        ("?item=%D9%A7", None),
        ("?item=%20", None),
        ("?item=" + "9" * 18, 10**18 - 1),
        ("?item=" + "9" * 19, None),
    ],
)
def test_our_item_comes_back_by_the_query(query: Any, item: Any) -> None:
    assert read(report(), url=STATUS + query, purpose="status").item_id == item


@pytest.mark.parametrize(
    ("given", "read_as"),
    [
        ("Mon, 23 Nov 2026 01:02:03 +0000", datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 08:02:03 +0700", datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 01:02:03", datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)),
        ("Fri, 31 Dec 9999 23:59:59 -1400", None),
        ("kemarin", None),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_the_creation_date_of_a_list_entry(given: Any, read_as: Any) -> None:
    assert created_at({"date_created": given}) == read_as
