"""Odd mails (threats.md §5, lines 69 to 85) by a client of others to our own SMTP server.

Each comes beside a good text of a neighbour; it is stored with its words or kept raw, and a good
mail after it becomes a ticket.
"""

from __future__ import annotations

import asyncio
import base64
import smtplib
from contextlib import asynccontextmanager
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.channels.email.house import DESK, SECRET
from tests.channels.email.relay_kit import FakeRelay, relaying
from tests.gateway.gateway_kit import Office, Options, office, until
from tests.journeys.catalogue import found, spoken
from tests.patience import PATIENCE
from tests.peers import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

IDS = count(1)
WORDS = "HELPDESK air mati di RT 5"
LATEST = "SELECT text, subject, outcome FROM messages WHERE channel = 'surel' ORDER BY id DESC"


class Hall(NamedTuple):
    """A whole gateway with a mail door, its port, and the relay behind it."""

    office: Office
    port: int
    relay: FakeRelay


@asynccontextmanager
async def mail_hall(folder: Path) -> AsyncIterator[Hall]:
    port = free_port()
    async with relaying() as relay:
        door = {
            "kind": "email",
            "address": DESK,
            "token_secret": SECRET,
            "rate_per_second": 1000,
            "smtp_in": {"port": port},
            "smtp_out": {"host": "127.0.0.1", "port": relay.port, "security": "plain"},
        }
        options = Options(doors={"surel": door}, sections={"channel": {"rate_per_second": 1000}})
        async with office(folder, options) as made:
            await until(lambda: is_open(port))
            yield Hall(made, port, relay)


async def is_open(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


@pytest.fixture(scope="module")
async def hall(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    """One office for the whole catalogue: what one row spoils, the next would feel."""
    async with mail_hall(tmp_path_factory.mktemp("catalogue")) as made:
        yield made
        await made.office.quiet()


def hand_over(port: int, mail: bytes, sender: str = "amplop@example.org") -> int:
    """The server's answer to the content, from Python's own client."""
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as line:
        line.ehlo()
        line.mail(sender)
        line.rcpt(DESK)
        code, _ = line.data(mail)
    return code


def headed(headers: str | bytes, body: str | bytes = WORDS) -> bytes:
    """These headers over a body; by a sender and with an id that no other has."""
    number = next(IDS)
    own = f"From: warga{number}@example.org\r\nMessage-ID: <buruk{number}@example.org>\r\n"
    return own.encode() + _bytes(headers) + b"\r\n" + _bytes(body)


def _bytes(given: str | bytes) -> bytes:
    return given if isinstance(given, bytes) else given.encode()


def plain(headers: str = "", body: str | bytes = WORDS) -> bytes:
    return headed(f"Content-Type: text/plain\r\n{headers}", body)


def several(kind: str, *parts: str, boundary: str = "batas") -> bytes:
    inner = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n'
    return headed(head, f"{inner}--{boundary}--\r\n")


def file(header: str, content: str = "isi") -> bytes:
    """A mail with one file whose part has this header."""
    return several("mixed", f"\r\n{WORDS}", f"{header}\r\n\r\n{content}")


def nested(levels: int) -> bytes:
    parts = "".join(
        f"Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n"
        for level in range(1, levels)
    )
    head = "Subject: HELPDESK bersarang\r\nContent-Type: multipart/mixed; boundary=b0\r\n"
    return headed(head, f"--b0\r\n{parts}\r\n{WORDS}")


HTML = f"<p>{WORDS.replace(' mati', ' <b>mati</b>')}</p>"
IN_ITSELF = "Content-Type: message/rfc822\r\n\r\n" * 100
PIECES = "".join(f'; filename*{n}="a"' for n in range(100))
BASE64 = base64.encodebytes(f"{WORDS} ".encode() * 20).decode().replace("\n", "\r\n")

MAILS: dict[str, bytes] = {
    "69 no headers": f"\r\n{WORDS}".encode(),
    "69 no body": b"From: warga-a@example.org\r\nSubject: " + WORDS.encode() + b"\r\n",
    "69 nothing but a body": f"{WORDS}, sejak kemarin".encode(),
    "69 no From": f"Subject: {WORDS}\r\n\r\n{WORDS}".encode(),
    "69 forty From": headed("From: lain@example.org\r\n" * 40),
    "69 two Message-ID": headed("Message-ID: <kedua@example.org>\r\n"),
    "69 a header of 64 kB": headed("X-Panjang: " + "x" * 65_536 + "\r\n"),
    "69 a line over 998": headed("", WORDS + "\r\n" + "x" * 5_000),
    "69 a header in eight bits": headed(
        "Subject: HELPDESK jalan rusak \xe9\r\n".encode("latin-1")
    ),
    "71 broken base64": plain("Content-Transfer-Encoding: base64\r\n", f"{BASE64}!!=\x01=="),
    "71 base64 that is none": plain("Content-Transfer-Encoding: base64\r\n"),
    "71 broken quoted-printable": plain(
        "Content-Transfer-Encoding: quoted-printable\r\n", f"{WORDS} =ZZ =\r\n=4"
    ),
    "71 uuencode": plain("", f"{WORDS}\r\nbegin 644 a.txt\r\n#0V%T\r\n`\r\nend\r\n"),
    "71 an unknown transfer encoding": plain("Content-Transfer-Encoding: x-rahasia\r\n"),
    "72 a boundary missing": headed("Content-Type: multipart/mixed\r\n", f"--x\r\n\r\n{WORDS}"),
    "72 an empty one": headed(
        'Content-Type: multipart/mixed; boundary=""\r\n', f"--\r\n\r\n{WORDS}\r\n----"
    ),
    "72 one that never comes": headed("Content-Type: multipart/mixed; boundary=tiada\r\n"),
    "72 one within the text": several("mixed", f"\r\n{WORDS}\r\n--batas bukan akhir"),
    "72 a thousand within each other": nested(1_000),
    "73 HTML only": several("alternative", f"Content-Type: text/html\r\n\r\n{HTML}"),
    "73 an image alone": headed(
        f"Subject: {WORDS}\r\nContent-Type: text/html\r\n", '<img src="cid:satu">'
    ),
    "73 text and HTML disagree": several(
        "alternative", f"\r\n{WORDS}", "Content-Type: text/html\r\n\r\n<p>lain sekali</p>"
    ),
    "74 a mail in itself": headed(
        f"Subject: {WORDS}\r\nContent-Type: message/rfc822\r\n", IN_ITSELF + f"\r\n{WORDS}"
    ),
    "74 external body": several(
        "mixed",
        f"\r\n{WORDS}",
        'Content-Type: message/external-body; access-type=URL; URL="http://127.0.0.1:9/"\r\n',
    ),
    "74 partial": headed(
        f"Subject: {WORDS}\r\nContent-Type: message/partial; id=x; number=1; total=9\r\n"
    ),
    "75 winmail.dat": file(
        "Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64",
        "eJ8+IgAAAAAA",
    ),
    "75 S/MIME": headed(
        f"Subject: {WORDS}\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n"
        "Content-Transfer-Encoding: base64\r\n",
        "MIAGCSqGSIb3DQEHA6CAMIACAQAx",
    ),
    "75 PGP": several(
        "encrypted",
        "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1",
        "Content-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----",
    ),
    "78 a hundred pieces": file(f"Content-Disposition: attachment{PIECES}"),
    "79 a calendar": file("Content-Type: text/calendar; method=REQUEST", "BEGIN:VCALENDAR"),
    "79 a picture with script": file(
        "Content-Type: image/svg+xml", "<svg onload=alert(1) xmlns='http://www.w3.org/2000/svg'/>"
    ),
    "81 two hundred Received": headed("Received: from a by b; x\r\n" * 200),
    "83 line ends in a Subject": headed("Subject: HELPDESK =?utf-8?q?=0D=0ABcc:_x=40y.id?=\r\n"),
    "NUL": plain("", WORDS.encode() + b"\x00x"),
}
MAILS |= {
    f"70 {name}": headed(f"Content-Type: text/plain; charset={name}\r\n")
    for name in ("x-unknown", "utf-7", "idna", "base64_codec", "rot13", "utf-16", '"', "")
}
MAILS |= {
    f"76 {date}": plain(f"Date: {date}\r\n")
    for date in (
        "Thu, 01 Jan 1970 00:00:00 +0000", "Thu, 31 Dec 2099 23:59:59 +0000", "x", "",
        "Mon, 23 Nov 2026 08:00:00 +9999", "Mon, 99 Nov 99999 99:99:99 -9999",
    )
}  # fmt: skip
MAILS |= {
    f"77 {name!r}": plain(f"{name}: nilai\r\n")
    for name in ("Parse", "Message", "__class__", "nama dengan spasi", "", "Näme", "X-Helpdesk")
}
MAILS |= {
    f"78 {name[:12]!r}": file(f'Content-Disposition: attachment; filename="{name}"')
    for name in (
        "..", ".", "CON", "a\x00b.txt", "\u200b.htaccess", "../../etc/passwd", "x" * 300 + ".pdf",
        "gaji.pdf.exe", "tagihan.lnk", "\u202egpj.exe",
    )
}  # fmt: skip
MAILS |= {
    f"82 {address}": f"From: {address}\r\nMessage-ID: <x{place}@y>\r\n\r\n{WORDS}".encode()
    for place, address in enumerate(
        (
            "warga@\u00fcber.example", '"a b"@example.org', "a(komentar)@example.org",
            "Kelompok: a@example.org, b@example.org;", "<>", "a@[127.0.0.1]", "a@b@c", "@", "a@",
            "=?utf-8?q?a=40b.id?= <c@example.org>", "a@example.org\x00", "a@example.org, b@x.id",
        )
    )
}  # fmt: skip


@pytest.mark.parametrize("mail", MAILS.values(), ids=list(MAILS))
async def test_mail(hall: Hall, mail: bytes) -> None:
    before = await found(hall.office)
    said = asyncio.to_thread(hand_over, hall.port, mail)
    code, neighbour = await asyncio.gather(said, spoken(hall.office))
    after = await found(hall.office)
    kept = after.messages - before.messages - neighbour
    assert after.quarantined == before.quarantined
    if (refusal := _refusal(mail)) is not None:
        assert (code, kept) == (refusal, 0)
    else:
        assert (code, kept) == (250, 1)
        await its_words_are_kept(hall, mail)
    await the_next_good_one_is_a_ticket(hall)


def _name(mail: bytes) -> str:
    return next(name for name, one in MAILS.items() if one == mail)


def _refusal(mail: bytes) -> int | None:
    """NUL is for no mail (RFC 5321 §4.1.1.4 and 5.6.11); what goes in circles is not taken."""
    if b"\0" in mail:
        return 550
    return 554 if mail.count(b"Received:") > 100 else None


UNREADABLE = ("75 PGP",)
"""Sealed for somebody else: there are no words; the raw mail is kept beside the message."""


async def its_words_are_kept(hall: Hall, mail: bytes) -> None:
    [(text, subject, _), *_] = await hall.office.rows(LATEST)
    if _name(mail) not in UNREADABLE:
        assert "HELPDESK" in f"{subject} {text}"
    assert "\r\n" not in subject
    assert "Bcc" not in subject or "\n" not in subject


async def the_next_good_one_is_a_ticket(hall: Hall) -> None:
    good = plain("Subject: HELPDESK yang berikut\r\n")
    assert await asyncio.to_thread(hand_over, hall.port, good) == 250
    [(_, subject, outcome), *_] = await hall.office.rows(LATEST)
    assert (subject, outcome) == ("HELPDESK yang berikut", "opened")


# --- mail of machines --------------------------------------------------------------------------

MACHINES: dict[str, tuple[bytes, str]] = {
    name: (headed(f"Subject: HELPDESK mesin\r\n{headers}"), "mesin@example.org")
    for name, headers in {
        "80 auto-replied": "Auto-Submitted: auto-replied\r\n",
        "80 auto-generated": "Auto-Submitted: Auto-Generated; type=x\r\n",
        "80 with a comment": "Auto-Submitted: auto-notified (x)\r\n",
        "80 suppressed": "X-Auto-Response-Suppress: All\r\n",
        "80 bulk": "Precedence: bulk\r\n",
        "80 list": "Precedence: list\r\n",
        "80 junk": "Precedence: junk\r\n",
        "80 List-Id": "List-Id: <warga.example.org>\r\n",
        "80 a report": "Content-Type: multipart/report; report-type=disposition-notification\r\n",
        "80 a complaint": "Content-Type: multipart/report; report-type=feedback-report\r\n",
    }.items()
}
MACHINES |= {
    "80 no envelope sender": (headed("Subject: HELPDESK kosong\r\n"), ""),
    "81 From of our own": (f"From: {DESK}\r\nSubject: HELPDESK\r\n\r\nx".encode(), DESK),
    "81 from the daemon": (b"From: MAILER-DAEMON@x.id\r\nSubject: HELPDESK\r\n\r\nx", "a@x.id"),
}


@pytest.mark.parametrize(("mail", "sender"), MACHINES.values(), ids=list(MACHINES))
async def test_mail_of_machines_is_kept_and_never_answered(
    hall: Hall, mail: bytes, sender: str
) -> None:
    before = await found(hall.office)
    promised = await hall.office.rows("SELECT count(*) FROM outbox")
    assert await asyncio.to_thread(hand_over, hall.port, mail, sender) == 250
    assert (await found(hall.office)).messages == before.messages + 1
    assert await hall.office.rows("SELECT count(*) FROM outbox") == promised


async def test_the_answer_goes_out_whatever_stood_in_the_subject(tmp_path: Path) -> None:
    """83, and row 24: one Subject, no Bcc, one recipient; and the reply does go out."""
    async with mail_hall(tmp_path) as made:
        mail = headed("Subject: HELPDESK =?utf-8?q?a=0D=0ABcc:_x=40y.id?=\r\n")
        assert await asyncio.to_thread(hand_over, made.port, mail) == 250
        await made.office.quiet()
        (sent,) = made.relay.mails
        head = sent.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ")
        names = [line.partition(b":")[0].lower() for line in head.split(b"\r\n")]
        assert names.count(b"subject") == 1
        assert b"bcc" not in names
        assert len(made.relay.commands("RCPT")) == 1


# --- the dialogue ------------------------------------------------------------------------------

TALKS: dict[str, tuple[bytes, bytes]] = {
    "84 SIZE of 1 GB": (
        b"EHLO x\r\nMAIL FROM:<a@x.id> SIZE=1000000000\r\nQUIT\r\n",
        b"552",
    ),
    "85 wrong order": (b"EHLO x\r\nDATA\r\nQUIT\r\n", b"503"),
    "85 before EHLO": (b"\xff\xfe\x00\x01\r\nQUIT\r\n", b"50"),
    "85 HTTP": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"5"),
    "85 a foreign recipient": (
        b"EHLO x\r\nMAIL FROM:<a@x.id>\r\nRCPT TO:<b@example.net>\r\nQUIT\r\n",
        b"55",
    ),
}


@pytest.mark.parametrize(("said", "refused"), TALKS.values(), ids=list(TALKS))
async def test_dialogue(hall: Hall, said: bytes, refused: bytes) -> None:
    before = await found(hall.office)
    reader, writer = await asyncio.open_connection("127.0.0.1", hall.port)
    writer.write(said)
    writer.write_eof()
    async with asyncio.timeout(PATIENCE):
        heard = await reader.read()
    writer.close()
    assert b"\r\n" + refused in heard
    assert b"Traceback" not in heard
    assert await found(hall.office) == before
    await the_next_good_one_is_a_ticket(hall)
