"""Odd forms and requests of Twilio (threats.md §5, lines 25 to 39); see test_bad_input.py."""

from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote_plus, urlencode

import pytest

from tests.gateway.gateway_kit import (
    ACCOUNT,
    FORM,
    NUMBER,
    PUBLIC,
    Office,
    message,
    office,
    phone,
    sections,
    sid,
    sign,
    sign_bytes,
)
from tests.journeys.catalogue import HOOK, PHONES, beside_a_neighbour, signed_json, stored

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ATTACHED = """
    SELECT count(*) FROM attachments JOIN messages ON messages.id = message_id
    WHERE external_id = ?
"""


@pytest.fixture(scope="module")
async def hall(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """One office for the whole catalogue: what one row spoils, the next would feel."""
    folder = tmp_path_factory.mktemp("catalogue")
    async with office(folder, sections(channel={"rate_per_second": 1000})) as made:
        yield made
        # Nothing of the catalogue has left anything behind that can never be sent.
        await made.quiet()


# --- Twilio's form ---------------------------------------------------------------------------


class Row(NamedTuple):
    """Fields laid over an ordinary message, and what is expected of it.

    ``text`` None: not stored as a message.
    """

    changes: dict[str, str]
    status: int = 200
    text: str | None = "HELPDESK lampu jalan mati"
    attachments: int = 0


SPACED = "  HELPDESK air mati \n "
PERCENTS = "HELPDESK 1+1 %2B %20 + &=;"
MEDIA = {
    f"MediaUrl{place}": url
    for place, url in enumerate(
        [
            "http://169.254.169.254/latest/meta-data",
            "http://[::ffff:10.0.0.1]/x",
            "file:///etc/passwd",
            "https://user:sandi@api.twilio.com@127.0.0.1/x",
            "https://127.0.0.1/" + "a" * 5000,
            "javascript:alert(1)",
            "\x00",
        ]
    )
}

FORMS: dict[str, Row] = {
    "25 no MessageSid": Row({"MessageSid": "", "SmsSid": ""}, 400, None),
    "25 only SmsSid": Row({"MessageSid": ""}),
    "27 unknown fields": Row({"Baru2027": "x", "": "kosong", "ünï": "cödé"}),
    "27 unknown list": Row({f"X{place}": "1" for place in range(500)}),
    "28 spaces at the ends": Row(
        {"Body": "  HELPDESK air mati \n "}, text="  HELPDESK air mati \n "
    ),
    "29 plus and percent": Row(
        {"Body": "HELPDESK 1+1 %2B %20 + &=;"}, text="HELPDESK 1+1 %2B %20 + &=;"
    ),
    "30 anonymous": Row({"From": "anonymous"}),
    "30 empty": Row({"From": ""}),
    "30 withheld": Row({"From": "+266696687"}),
    "30 short code": Row({"From": "3636"}),
    "30 letters": Row({"From": "BANK-ABC"}),
    "30 our own": Row({"From": NUMBER}),
    "30 nonsense": Row({"From": "'; --\u202e" * 20}),
    "31 whatsapp at the SMS address": Row({"From": "whatsapp:+6281234567890"}, 403, None),
    "32 99 media, two there": Row(
        {"NumMedia": "99", "MediaUrl0": "https://api.twilio.com/a", "MediaUrl1": "https://x/b"},
        attachments=2,
    ),
    "32 minus one": Row({"NumMedia": "-1"}),
    "32 letters": Row({"NumMedia": "abc", "MediaUrl0": "https://api.twilio.com/a"}, attachments=1),
    "32 huge": Row({"NumMedia": "9" * 5000}),
    "33 inwards": Row(MEDIA, attachments=7),
    "34 type lies": Row(
        {"MediaUrl0": "https://api.twilio.com/a.exe", "MediaContentType0": "image/png\0<b>" * 99},
        attachments=1,
    ),
    "35 one too long": Row({"Body": "HELPDESK " + "a" * 1592}, text="HELPDESK " + "a" * 1592),
    "39 foreign account": Row({"AccountSid": "AC" + "f" * 32}, 403, None),
    "39 no account": Row({"AccountSid": ""}, 403, None),
    "long as base64": Row(
        {"Body": base64.b64encode(b"HELPDESK " + b"air mati " * 9).decode()},
        text="HELPDESK " + "air mati " * 9,
    ),
}


@pytest.mark.parametrize("row", FORMS.values(), ids=list(FORMS))
async def test_twilio_form(hall: Office, row: Row) -> None:
    before = len(await hall.rows("SELECT 1 FROM quarantine"))
    fields = message(From=phone(next(PHONES))) | row.changes
    reply = await beside_a_neighbour(hall, hall.post(fields))
    assert reply.status == row.status
    own = fields["MessageSid"] or fields["SmsSid"] or "none"
    texts = [text for text, _ in await stored(hall, own)]
    assert texts == ([] if row.text is None else [row.text])
    parked = len(await hall.rows("SELECT 1 FROM quarantine")) - before
    assert parked == (reply.status == 400)
    if reply.status == 400:
        assert "MessageSid" in reply.body
    found = await hall.rows(ATTACHED, own)
    assert found[0][0] == row.attachments


@pytest.mark.parametrize("sender", ["anonymous", "", "+266696687", "3636", "BANK-ABC", NUMBER])
async def test_who_cannot_be_answered_is_not(hall: Office, sender: str) -> None:
    """30: kept, shown, and no text goes out to nobody, to a machine or to ourselves."""
    before = len(await hall.rows("SELECT 1 FROM outbox"))
    fields = message("HELPDESK tidak bisa dibalas", From=sender)
    assert (await hall.post(fields)).status == 200
    assert len(await stored(hall, fields["MessageSid"])) == 1
    assert len(await hall.rows("SELECT 1 FROM outbox")) == before


DOUBLED = {
    "26 Body": ([("Body", "HELPDESK kedua")], 200),
    "26 the same twice": ([("To", NUMBER), ("AccountSid", ACCOUNT)], 200),
    "26 another account behind ours": ([("AccountSid", "AC" + "f" * 32)], 403),
    "26 another number behind ours": ([("To", "+6281100009999")], 403),
    "26 another id": ([("MessageSid", "SM" + "f" * 32)], 200),
}


@pytest.mark.parametrize(("more", "status"), DOUBLED.values(), ids=list(DOUBLED))
async def test_doubled_fields(hall: Office, more: list[tuple[str, str]], status: int) -> None:
    """The first counts; but whoever it is for, every value must be ours."""
    fields = message("HELPDESK pertama", From=phone(next(PHONES)))
    reply = await beside_a_neighbour(hall, hall.post([*fields.items(), *more]))
    assert reply.status == status
    texts = [text for text, _ in await stored(hall, fields["MessageSid"])]
    assert texts == (["HELPDESK pertama"] if status == 200 else [])


KINDS = {
    "37 text": ("text/plain", 400),
    "37 none": ("", 400),
    "37 multipart": ("multipart/form-data; boundary=x", 400),
    "37 xml": ("application/xml", 400),
    "37 JSON without hash": ("application/json", 401),
    "37 odd spelling": ("Application/X-WWW-Form-URLencoded ; charset=utf-16", 200),
}


@pytest.mark.parametrize(("kind", "status"), KINDS.values(), ids=list(KINDS))
async def test_content_types(hall: Office, kind: str, status: int) -> None:
    fields = message(From=phone(next(PHONES)))
    body = urlencode(list(fields.items())).encode()
    head = {"X-Twilio-Signature": sign(HOOK, fields.items()), "Content-Type": kind}
    assert (await beside_a_neighbour(hall, hall.call(body, headers=head))).status == status
    assert len(await stored(hall, fields["MessageSid"])) == (status == 200)


JSONS = {
    "37 array": b"[]",
    "37 null": b"null",
    "37 number": b"1e999",
    "37 broken": b'{"Body": ',
    "37 nested": b"[" * 200_000,
    "37 nested objects": b'{"a":' * 50_000,
    "37 empty": b"",
}


@pytest.mark.parametrize("body", JSONS.values(), ids=list(JSONS))
async def test_json_that_is_no_message(hall: Office, body: bytes) -> None:
    before = len(await hall.rows("SELECT 1 FROM quarantine"))
    reply = await beside_a_neighbour(hall, signed_json(hall, body))
    assert reply.status == 400
    assert len(await hall.rows("SELECT 1 FROM quarantine")) == before + 1


async def test_a_get_is_a_message_too(hall: Office) -> None:
    """36, with all that a query string can hold."""
    own = sid()
    fields = message("HELPDESK 1+1 & é \U0001f600", MessageSid=own, From=phone(next(PHONES)))
    path = "/hooks/sms?" + "&".join(
        f"{name}={quote_plus(value)}" for name, value in fields.items()
    )
    head = {"X-Twilio-Signature": sign(PUBLIC + path, ())}
    assert (await beside_a_neighbour(hall, hall.call(b"", path, head, "GET"))).status == 200
    assert [text for text, _ in await stored(hall, own)] == ["HELPDESK 1+1 & é \U0001f600"]


async def test_an_empty_request_signed_as_such(hall: Office) -> None:
    """Authentic, and says nothing at all: not even which account it is from."""
    call = hall.call(
        b"", headers={"X-Twilio-Signature": sign_bytes(HOOK, ""), "Content-Type": FORM}
    )
    assert (await beside_a_neighbour(hall, call)).status == 403


async def test_a_flood_of_fields(hall: Office) -> None:
    pairs = [(f"f{place}", "") for place in range(5_000)]
    assert (await beside_a_neighbour(hall, hall.post(pairs))).status in (400, 401)


async def test_no_media_is_ever_fetched_on_the_way_in(hall: Office) -> None:
    """18, 33: a canary listens where the URL points."""
    visits: list[int] = []

    async def visited(_reader: Any, writer: asyncio.StreamWriter) -> None:
        visits.append(1)
        writer.close()

    canary = await asyncio.start_server(visited, "127.0.0.1", 0)
    port = canary.sockets[0].getsockname()[1]
    fields = message(f"HELPDESK http://127.0.0.1:{port}/klik", From=phone(next(PHONES)))
    fields |= {"NumMedia": "1", "MediaUrl0": f"http://127.0.0.1:{port}/a.jpg"}
    fields |= {"SubscribeURL": f"http://127.0.0.1:{port}/konfirmasi"}
    assert (await hall.post(fields)).status == 200
    await hall.quiet()
    canary.close()
    await canary.wait_closed()
    assert visits == []


async def test_a_sender_that_no_store_takes_is_kept_all_the_same(hall: Office) -> None:
    """NUL in From: stored cleaned, or in quarantine with its bytes; never lost."""
    before = len(await hall.rows("SELECT 1 FROM quarantine"))
    fields = message(From="\x00x")
    assert (await beside_a_neighbour(hall, hall.post(fields))).status == 200
    parked = len(await hall.rows("SELECT 1 FROM quarantine")) - before
    assert len(await stored(hall, fields["MessageSid"])) + parked == 1
