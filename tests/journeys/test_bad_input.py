"""The bad-input catalogue (threats.md §5, lines 1 to 39) through the real webhook, to the store.

Each row arrives beside a good message from a neighbour: no 5xx, nothing lost, every text kept.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.gateway.gateway_kit import (
    EMPTY,
    Office,
    message,
    office,
    phone,
    sections,
    sign,
)
from tests.journeys.catalogue import HOOK, PHONES, beside_a_neighbour, signed_json, stored

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

RAW = "SELECT raw FROM messages WHERE external_id = ?"
NIK = "3510012345670001"
ZWJ = "\U0001f469\U0001f3fd\u200d\U0001f692"
ACK = (
    "Laporan Anda diterima, no tiket HD26-000001-9. Dijawab petugas paling lambat 23/11 06.29, "
    "selesai paling lambat 29/11 00.00 WIB. Cek: STATUS HD26-000001-9"
)


@pytest.fixture(scope="module")
async def hall(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """One office for the whole catalogue: what one row spoils, the next would feel."""
    folder = tmp_path_factory.mktemp("catalogue")
    async with office(folder, sections(channel={"rate_per_second": 1000})) as made:
        yield made
        # Nothing of the catalogue has left anything behind that can never be sent.
        await made.quiet()


# --- any text --------------------------------------------------------------------------------

TEXTS: dict[str, str] = {
    "1 empty": "",
    "1 keyword and nothing else": "HELPDESK",
    "2 spaces only": "   \t  \n ",
    "3 zero width only": "\u200b\ufeff\u200b",
    "3 keyword behind a mark": "\ufeffHELPDESK air mati",
    "4 NUL inside": "HELPDESK air\0mati",
    "8 one letter": "a" * 1_000_000,
    "8 one keyword, one letter": "HELPDESK " + "a" * 1_000_000,
    "8 only spaces behind": "HELPDESK" + " " * 500_000 + "x",
    "8 only digits": "1" * 500_000,
    "8 only signs": "-" * 300_000,
    "9 combining marks": "HELPDESK e" + "\u0301" * 10_000,
    "10 override": "HELPDESK \u202egnirts\u202c \u2066x\u2069",
    "11 joined emoji": "HELPDESK " + "x" * 60 + ZWJ * 5,
    "11 variation and flags": "HELPDESK \U0001f1ee\U0001f1e9 ❤️",
    "12 Javanese": "HELPDESK ꦗꦭꦤ꧀ ꦫꦸꦱꦏ꧀",
    "12 Balinese": "HELPDESK ᬚᬮᬦ᭄ ᬭᬸᬲᬓ᭄",
    "12 Arabic": "HELPDESK الماء مقطوع",
    "12 full width": "\uff28\uff25\uff2c\uff30\uff24\uff25\uff33\uff2b air mati",
    "13 line ends": "HELPDESK satu\r\ndua\rtiga\nempat\u2028lima\x85enam",
    "14 script": "HELPDESK <script>alert(1)</script>",
    "14 svg": 'HELPDESK "><svg onload=alert(1)>',
    "15 braces": "HELPDESK {{7*7}} ${7*7} {% raw %} {number} %s %(x)d",
    "16 SQL": "HELPDESK ' OR 1=1--'; DROP TABLE tickets;",
    "16 like": "HELPDESK 100% _ \\",
    "17 formula": '=HYPERLINK("http://x";"y")',
    "17 formula behind the keyword": "HELPDESK =1+1|cmd",
    "18 path": "HELPDESK ../../../etc/passwd",
    "19 ANSI": "HELPDESK \x1b[31mmerah\x1b]0;judul\x07\x9b2J",
    "20 forged line": "HELPDESK x\n2026-11-22T03:00:00Z error   palsu  source=server",
    "21 like our own": ACK,
    "22 a number that is not theirs": "STATUS HD26-000001-9",
    "22 joining a number not theirs": "HD26-000001-9 tolong dibatalkan",
    "22 cancelling": "BATAL HD26-000001-9",
    "23 NIK": f"HELPDESK NIK {NIK} kartu 4111 1111 1111 1111",
    "24 STOP": "STOP",
    "24 START": "START",
    "24 HELP": "HELP",
    "24 BERHENTI": "BERHENTI",
    "24 MULAI": "MULAI",
    "24 TAMAT KARAKTER": "\x1a\x04\x03",
    "nested": "HELPDESK " + "(" * 20_000 + ")" * 20_000,
    "numbers by the thousand": "HELPDESK " + "HD26-000001-9 " * 5_000,
    "keywords by the thousand": "HELPDESK " * 5_000,
    "one dotted word": "HELPDESK " + "a." * 50_000,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
async def test_any_text(hall: Office, text: str) -> None:
    fields = message(text, From=phone(next(PHONES)))
    reply = await beside_a_neighbour(hall, hall.post(fields))
    assert (reply.status, reply.body) == (200, EMPTY)
    [(kept, outcome)] = await stored(hall, fields["MessageSid"])
    assert kept == text.replace("\0", "\ufffd")
    assert outcome != "quarantined"
    [[raw]] = await hall.rows(RAW, fields["MessageSid"])
    assert raw == urlencode(list(fields.items())).encode()


BYTES: dict[str, tuple[bytes, str]] = {
    "6 invalid": (b"HELPDESK%20%ff%fe%20x", "HELPDESK \ufffd\ufffd x"),
    "6 cut": (b"HELPDESK%20%e2%82", "HELPDESK \ufffd"),
    "7 overlong": (b"HELPDESK%20%c0%af", "HELPDESK \ufffd\ufffd"),
    "5 surrogate as bytes": (b"HELPDESK%20%ed%a0%80", "HELPDESK \ufffd\ufffd\ufffd"),
    "half an escape": (b"HELPDESK%20100%%20%zz%4", "HELPDESK 100% %zz%4"),
    "not encoded at all": ("HELPDESK é".encode(), "HELPDESK é"),
}


@pytest.mark.parametrize(("given", "expected"), BYTES.values(), ids=list(BYTES))
async def test_bytes_that_are_no_text(hall: Office, given: bytes, expected: str) -> None:
    """Signed over what a form decoder makes of them."""
    fields = message(expected, From=phone(next(PHONES)))
    rest = urlencode([pair for pair in fields.items() if pair[0] != "Body"]).encode()
    head = {"X-Twilio-Signature": sign(HOOK, fields.items())}
    call = hall.call(rest + b"&Body=" + given, headers=head)
    assert (await beside_a_neighbour(hall, call)).status == 200
    assert [text for text, _ in await stored(hall, fields["MessageSid"])] == [expected]


SURROGATES = {
    "5 lone": ("HELPDESK \\ud800 x", "HELPDESK \ufffd x"),
    "5 reversed": ("HELPDESK \\udc00\\ud800", "HELPDESK \ufffd\ufffd"),
    "5 paired": ("HELPDESK \\ud83d\\ude00", "HELPDESK \U0001f600"),
    "4 NUL": ("HELPDESK \\u0000", "HELPDESK \ufffd"),
}


@pytest.mark.parametrize(("escaped", "expected"), SURROGATES.values(), ids=list(SURROGATES))
async def test_escapes_in_json(hall: Office, escaped: str, expected: str) -> None:
    fields = message("@", From=phone(next(PHONES)))
    body = json.dumps(fields).replace('"@"', f'"{escaped}"').encode()
    assert (await beside_a_neighbour(hall, signed_json(hall, body))).status == 200
    assert [text for text, _ in await stored(hall, fields["MessageSid"])] == [expected]


async def test_nobody_learns_of_a_ticket_that_is_not_theirs(hall: Office) -> None:
    """22: neither a hint that it exists nor a word of it."""
    owner, stranger = phone(next(PHONES)), phone(next(PHONES))
    await hall.post(message("HELPDESK rahasia dapur kantor camat", From=owner))
    [ticket] = [row for row in await hall.tickets() if "dapur" in row.subject]
    for text in (f"STATUS {ticket.number}", f"{ticket.number} halo", f"BATAL {ticket.number}"):
        assert (await hall.post(message(text, From=stranger))).status == 200
    await hall.quiet()
    answers = [text.body for text in hall.provider.sent if text.recipient == stranger]
    assert not any("dapur" in answer or "Diterima" in answer for answer in answers)
    assert (await hall.store.reads.ticket(ticket.number)).contacts == ticket.contacts


async def test_an_echo_of_our_own_text_is_not_answered(hall: Office) -> None:
    """21: two machines that answer each other fall silent."""
    parrot = phone(next(PHONES))
    await hall.post(message("HELPDESK lampu jalan desa padam", From=parrot))
    await hall.quiet()
    for _ in range(6):
        echo = next(t.body for t in reversed(hall.provider.sent) if t.recipient == parrot)
        await hall.post(message(echo, From=parrot))
        await hall.quiet()
    assert len([text for text in hall.provider.sent if text.recipient == parrot]) <= 5


async def test_the_log_holds_no_identity_and_no_forged_line(hall: Office) -> None:
    sender = phone(next(PHONES))
    forged = "HELPDESK x\n2026-11-22T03:00:00Z error   palsu"
    await hall.post(message(f"HELPDESK NIK {NIK} kartu 4111111111111111", From=sender))
    await hall.post(message(forged, From=sender, MessageSid="SM\npalsu", SmsSid=""))
    said = hall.log.getvalue()
    assert "messages taken" in said
    for secret in (NIK, "4111111111111111", sender, sender[1:], "\x1b"):
        assert secret not in said
    assert not [line for line in said.splitlines() if line.startswith("2026-11-22T03:00:00Z")]
