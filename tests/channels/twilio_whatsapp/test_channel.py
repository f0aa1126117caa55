from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.whatsapp_rules.templates import Template, WindowRule
from core.errors import MalformedMessage, RequestRejected, SendError, SendFailure
from core.model.attachments import WantedFile
from core.model.messages import (
    Address,
    AddressKind,
    DeliveryReport,
    DeliveryState,
    InboundMessage,
    OutboundFile,
)
from core.ports import Closes, Converses, Fetches, FindsCopies, Recovers, Sends, Webhook
from tests.channels.sms.doors import door as sms_door
from tests.channels.twilio.provider import Answer, provider
from tests.channels.twilio.signing import HOOK, NOW, STATUS, TOKEN, request, signature, signed
from tests.channels.twilio_whatsapp.doors import (
    ACCOUNT,
    CHANNEL,
    CITIZEN,
    NUMBER,
    SERVICE,
    conversation,
    door,
    inbound,
    lent,
    outbound,
    report,
)

CONTENT = "HX" + "c" * 32
RULE = WindowRule({"*": Template(CONTENT)})
CLOSED = conversation(heard_at=NOW - timedelta(hours=24))
TAKEN = Answer(201, {"sid": "SM3", "status": "queued"})


@pytest.mark.parametrize(
    "port", [Sends, Webhook, Recovers, FindsCopies, Fetches, Converses, Closes]
)
def test_the_door_keeps_its_contracts(port: Any) -> None:
    assert isinstance(door(), port)


def test_a_text_message_needs_no_word_of_its_conversation() -> None:
    assert not isinstance(sms_door(), Converses)
    assert isinstance(sms_door(), Fetches)


# --- in -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        inbound(),
        inbound(From=CITIZEN, To=NUMBER),  # the prefix has been seen to be missing
        inbound(From=f"whatsapp:{CITIZEN}", To=NUMBER),
        inbound(From="", WaId="", ExternalUserId="ID.1349"),
        inbound(MessagingServiceSid=SERVICE, To="whatsapp:+6281100009999"),
    ],
)
def test_a_message_of_ours_is_let_in(fields: Any) -> None:
    opened = door(messaging_service_sid=SERVICE)
    opened.verify(signed(fields))
    (found,) = opened.parse(signed(fields))
    assert isinstance(found, InboundMessage)


FORGED = {
    "missing": {},
    "empty": {"x-twilio-signature": ""},
    "random": {"x-twilio-signature": "A" * 27 + "="},
    "other secret": {"x-twilio-signature": signature(inbound(), HOOK, "0" * 32)},
    "altered body": {"x-twilio-signature": signature(inbound(Body="lain"), HOOK)},
    "altered URL": {"x-twilio-signature": signature(inbound(), STATUS)},
    "other form": {"x-twilio-signature": signature(inbound(), HOOK).lower()},
    "twice": {"x-twilio-signature": ", ".join([signature(inbound(), HOOK)] * 2)},
}


@pytest.mark.parametrize("kind", FORGED)
def test_forged_ones_are_rejected(kind: Any) -> None:
    with pytest.raises(RequestRejected) as caught:
        door().verify(request(inbound(), headers=FORGED[kind]))
    assert not caught.value.foreign


@pytest.mark.parametrize(
    "fields",
    [
        inbound(AccountSid="AC" + "e" * 32),
        inbound(To="whatsapp:+6281100002222"),
        inbound(From=CITIZEN, To=NUMBER, WaId=""),
        inbound(From="rcs:agen", To=f"whatsapp:{NUMBER}"),
        inbound(From="messenger:1", To="messenger:2"),
    ],
)
def test_authentic_but_not_for_us_is_foreign(fields: Any) -> None:
    with pytest.raises(RequestRejected) as caught:
        door().verify(signed(fields))
    assert caught.value.foreign


def read(**changes: str) -> Any:
    (found,) = door().parse(signed(inbound(**changes)))
    return found


def test_an_ordinary_message() -> None:
    raw = signed(inbound(OriginalRepliedMessageSid="SM" + "9" * 32))
    (found,) = door().parse(raw)
    assert isinstance(found, InboundMessage)
    assert found.external_id == "SM" + "1" * 32
    assert found.sender == Address(AddressKind.WHATSAPP, CITIZEN)
    assert found.text == "HELPDESK internet kantor mati sejak pagi"
    assert (found.sender_name, found.recipient) == ("Bu Sri", NUMBER)
    assert found.references == ("SM" + "9" * 32,)
    assert (found.raw, found.received_at) == (raw.body, NOW)


@pytest.mark.parametrize(
    ("changes", "sender"),
    [
        ({"From": CITIZEN}, CITIZEN),
        ({"From": ""}, CITIZEN),
        ({"From": "", "WaId": "", "ExternalUserId": "ID.1349"}, "ID.1349"),
        ({"From": "whatsapp:ID.1349", "WaId": "", "ExternalUserId": "ID.1349"}, "ID.1349"),
        ({"From": "whatsapp:ID.1349"}, CITIZEN),
        ({"ExternalUserId": "ID.1349"}, CITIZEN),
    ],
)
def test_a_person_may_have_no_number(changes: Any, sender: Any) -> None:
    assert read(**changes).sender == Address(AddressKind.WHATSAPP, sender)


def test_without_any_name_nobody_could_be_answered() -> None:
    with pytest.raises(MalformedMessage, match="ExternalUserId"):
        read(From="", WaId="")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"Body": "", "ButtonText": "Ya", "ButtonPayload": "YA-1"}, "Ya"),
        ({"Body": "Ya", "ButtonText": "Ya", "ButtonPayload": "YA-1"}, "Ya"),
        ({"Body": "", "ButtonPayload": "YA-1"}, "YA-1"),
        (
            {"Body": "", "Latitude": "-8.2", "Longitude": "114.3", "Address": "Jl. Melati"},
            "[Lokasi] Jl. Melati\nKoordinat: -8.2, 114.3\nhttps://maps.google.com/?q=-8.2,114.3",
        ),
        ({"Body": "di sini", "Latitude": "x"}, "di sini\n[Lokasi]"),
        ({"Body": "a\0b"}, "a\ufffdb"),
        ({"Body": ""}, ""),
    ],
)
def test_buttons_and_places_are_not_dropped(changes: Any, text: Any) -> None:
    assert read(**changes).text == text


def test_files_and_odd_names() -> None:
    found = read(
        NumMedia="0",
        MediaUrl0="https://api.twilio.com/x",
        MediaContentType0="image/jpeg",
        ProfileName=" " + "x" * 500,
        OriginalRepliedMessageSid="a\nb",
    )
    assert [file.content_type for file in found.attachments] == ["image/jpeg"]
    assert found.sender_name == "x" * 200
    assert found.references == ()


@given(st.dictionaries(st.sampled_from([*inbound(), "Latitude", "Label"]), st.text()))
def test_no_fields_raise_anything_but_malformed(changes: Any) -> None:
    try:
        found = read(**changes)
    except MalformedMessage:
        return
    assert isinstance(found, InboundMessage)
    assert found.text.encode() is not None


@pytest.mark.parametrize(
    ("word", "state"),
    [("sent", DeliveryState.SENT), ("read", DeliveryState.READ), ("failed", DeliveryState.FAILED)],
)
def test_a_report_tells_that_it_was_read(word: Any, state: Any) -> None:
    fields = report(MessageStatus=word, ErrorCode="63016" if word == "failed" else "")
    raw = signed(fields, url=STATUS + "?item=123", purpose="status")
    door().verify(raw)
    (found,) = door().parse(raw)
    assert isinstance(found, DeliveryReport)
    assert (found.state, found.item_id) == (state, 123)
    assert ("24 jam" in found.reason) is (word == "failed")


# --- out ----------------------------------------------------------------------------------------


async def send(*answers: Any, message: Any = None, rule: Any = None, **changes: Any) -> Any:
    async with provider() as twilio:
        twilio.will(*answers)
        opened = door(rule, **{"api_base_url": twilio.base, "timeout": 0.4, **changes})
        try:
            return await opened.send(message or outbound()), twilio.asked
        except SendError as error:
            return error.problem, twilio.asked
        finally:
            await opened.close()


async def test_a_text_is_posted_as_twilio_wants_it() -> None:
    receipt, (asked,) = await send(TAKEN)
    assert receipt.provider_id == "SM3"
    assert asked.form == {
        "To": f"whatsapp:{CITIZEN}",
        "From": f"whatsapp:{NUMBER}",
        "Body": outbound().text,
        "StatusCallback": STATUS + "?item=123",
    }


async def test_a_person_without_a_number_and_a_service() -> None:
    person = Address(AddressKind.WHATSAPP, "ID.1349")
    _, (asked,) = await send(
        TAKEN, message=outbound(recipient=person), messaging_service_sid=SERVICE
    )
    assert asked.form["To"] == "whatsapp:ID.1349"
    assert asked.form["MessagingServiceSid"] == SERVICE
    assert "From" not in asked.form


async def test_outside_the_window_a_template_carries_number_and_text() -> None:
    message = outbound(text="satu\n\ndua", conversation=CLOSED)
    _, (asked,) = await send(TAKEN, message=message, rule=RULE)
    assert asked.form["ContentSid"] == CONTENT
    assert json.loads(asked.form["ContentVariables"]) == {"1": "HD26-004217-4", "2": "satu dua"}
    assert "Body" not in asked.form


FILE = OutboundFile("/x/surat.pdf", "application/pdf", "surat.pdf", 3)
LOST = OutboundFile("/x/foto.png", "image/png", "foto.png", 3)
HERE = OutboundFile(__file__, "image/png", "foto.png", 3)


async def test_a_picture_is_fetched_from_us_and_the_text_stands_below_it() -> None:
    message = outbound(conversation=conversation(files=(HERE,)))
    _, (asked,) = await send(TAKEN, message=message)
    assert asked.form["MediaUrl"] == lent(HERE)
    assert asked.form["Body"] == message.text


@pytest.mark.parametrize(
    ("message", "failure", "code"),
    [
        (outbound(conversation=CLOSED), "held", "window"),
        (outbound(text=""), "permanent", "length"),
        (outbound(text="x" * 1601), "permanent", "length"),
        (outbound(recipient=Address(AddressKind.PHONE, CITIZEN)), "permanent", "no user"),
        (outbound(conversation=conversation(files=(FILE,))), "permanent", "files"),
        (outbound(conversation=conversation(files=(HERE, HERE))), "permanent", "files"),
        (outbound(conversation=conversation(files=(LOST,))), "permanent", "no file"),
    ],
)
async def test_what_cannot_go_now_is_not_even_asked(message: Any, failure: Any, code: Any) -> None:
    problem, asked = await send(message=message)
    assert (problem.failure.value, problem.code) == (failure, code)
    assert asked == []


@pytest.mark.parametrize(
    ("answer", "failure", "code"),
    [
        (Answer(400, {"code": 63016}), "held", "63016"),
        (Answer(400, {"code": 63007}), "pause", "63007"),
        (Answer(429, {"code": 63018}), "retry", "63018"),
        (Answer(503, ""), "doubt", "http 503"),
        (Answer(201, "<html>"), "doubt", "no json"),
        (Answer(201, {"status": "queued"}), "doubt", "no sid"),
        (Answer(fault="slow"), "doubt", "timeout"),
        (Answer(fault="reset"), "doubt", "disconnected"),
    ],
)
async def test_bad_answers_are_twilios_own(answer: Any, failure: Any, code: Any) -> None:
    problem, asked = await send(answer)
    assert (problem.failure.value, problem.code) == (failure, code)
    assert len(asked) == 1


# --- lists and files ----------------------------------------------------------------------------


def entry(**changes: Any) -> Any:
    values = {
        "sid": "SM7",
        "direction": "outbound-api",
        "body": outbound().text,
        "date_created": "Mon, 23 Nov 2026 01:00:05 +0000",
        "from": f"whatsapp:{NUMBER}",
        "to": f"whatsapp:{CITIZEN}",
        "status": "queued",
        "num_media": "0",
    }
    return values | changes


def page(*entries: Any) -> Any:
    return Answer(200, {"messages": list(entries), "next_page_uri": None})


@pytest.mark.parametrize(
    ("body", "rule", "found"),
    [
        (outbound().text, None, True),
        (f"Kabar tiket HD26-004217-4: {outbound().text} Balas.", RULE, True),
        (f"Kabar tiket HD26-004217-4: {outbound().text} Balas.", None, False),
        (f"Kabar tiket HD26-000001-1: {outbound().text[:20]}", RULE, False),
        ("lain", RULE, False),
        (None, RULE, False),
    ],
)
async def test_copies_are_found_as_text_or_within_a_template(
    body: Any, rule: Any, found: Any
) -> None:
    async with provider() as twilio:
        twilio.will(page(entry(body=body)))
        opened = door(rule, api_base_url=twilio.base)
        copies = await opened.copies_of(outbound(), NOW)
        await opened.close()
    assert [copy.provider_id for copy in copies] == ["SM7"] * found
    assert twilio.asked[0].query["To"] == f"whatsapp:{CITIZEN}"
    assert twilio.asked[0].query["From"] == f"whatsapp:{NUMBER}"


async def test_what_was_missed_is_caught_up_with_and_texts_are_left_to_sms() -> None:
    came = {"direction": "inbound", "from": f"whatsapp:{CITIZEN}", "to": f"whatsapp:{NUMBER}"}
    async with provider() as twilio:
        twilio.will(
            page(
                entry(**came, sid="SM8", body="HELPDESK banjir"),
                entry(**(came | {"from": CITIZEN, "to": NUMBER}), sid="SM9"),
                entry(**(came | {"to": "whatsapp:+6281100009999"}), sid="SM10"),
            )
        )
        opened = door(api_base_url=twilio.base)
        found = [one async for one in opened.missed_since(NOW)]
        await opened.close()
    (message,) = found
    assert isinstance(message, InboundMessage)
    assert (message.external_id, message.text, message.late) == ("SM8", "HELPDESK banjir", True)
    assert message.sender == Address(AddressKind.WHATSAPP, CITIZEN)
    assert twilio.asked[0].query["To"] == f"whatsapp:{NUMBER}"


class Bucket:
    def __init__(self) -> None:
        self.held = b""

    def write(self, data: bytes) -> None:
        self.held += data


def wanted(url: str) -> WantedFile:
    return WantedFile(1, 0, CHANNEL, url, "image/jpeg", None, None)


@pytest.mark.parametrize("make", [door, sms_door])
async def test_a_file_is_fetched_with_credentials_for_twilio_alone(make: Any) -> None:
    async with provider() as twilio, provider() as storage:
        twilio.will(Answer(307, "", {"Location": storage.base + "/gambar"}))
        storage.will(Answer(200, "isi", content_type="image/jpeg"))
        host = storage.base.removeprefix("http://")
        opened, bucket = make(api_base_url=twilio.base, media_hosts=(host,)), Bucket()
        path = f"{twilio.base}/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/ME1"
        assert await opened.fetch(wanted(path), bucket) == "image/jpeg"
        await opened.close()
    assert bucket.held == b"isi"
    assert twilio.asked[0].headers["Authorization"].startswith("Basic ")
    assert "Authorization" not in storage.asked[0].headers


@pytest.mark.parametrize("url", ["https://evil.example/x", "http://127.0.0.1:1/", "x"])
async def test_no_other_host_is_asked(url: Any) -> None:
    opened = door()
    with pytest.raises(SendError) as caught:
        await opened.fetch(wanted(url), Bucket())
    await opened.close()
    assert caught.value.problem.failure is SendFailure.PERMANENT
    assert TOKEN not in str(caught.value)
