"""The simulated mail program and its relay, tried with mail programs of others."""

from __future__ import annotations

import asyncio
import smtplib
import subprocess
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest
from aiosmtpd.smtp import SMTP, Envelope
from hypothesis import example, given
from hypothesis import strategies as st

from console.sandbox.phone import Draft, Person, Upload
from gateway.demo.faults import Fault
from gateway.demo.letters import address_in, header, read
from gateway.demo.mail import SimulatedMail
from tests.gateway.demo_kit import SetClock
from tests.gateway.gateway_kit import hang_up
from tests.mail_peers import swaks
from tests.patience import PATIENCE
from tests.peers import need

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CITIZEN, DESK = "rina@example.org", "helpdesk@contoh.go.id"
ANSWER = (
    b"From: =?utf-8?q?RSIA_Contoh?= <helpdesk@contoh.go.id>\r\nTo: rina@example.org\r\n"
    b"Subject: [HD26-000001-9] Re: AC mati\r\nMessage-ID: <%s@contoh.go.id>\r\n"
    b"References: <satu@example.org>\r\nReply-To: Helpdesk <helpdesk+HD26-abc@contoh.go.id>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    b"Terima kasih.\r\n.Titik di depan\r\n" % (b"x" * 150)
)


class Desk:
    """A mail server of others where the gateway's would be."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []
        self.answers: list[str] = []
        self.port = 0

    async def handle_DATA(self, _server: SMTP, _session: object, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        self.mails.append(envelope)
        return self.answers.pop(0) if self.answers else "250 2.0.0 kept"


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(desk, hostname="x"), "127.0.0.1", 0)
    desk.port = server.sockets[0].getsockname()[1]
    yield desk
    server.close()


@pytest.fixture
async def mail(desk: Desk, clock: SetClock) -> AsyncIterator[SimulatedMail]:
    people = (Person("Bu Rina", CITIZEN),)
    program = SimulatedMail(DESK, clock, lambda: desk.port, people)
    await program.start()
    yield program
    await program.stop()


def hand_over(port: int, raw: bytes = ANSWER, to: str = CITIZEN) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
        client.sendmail("", [to], raw)


# --- writing ---------------------------------------------------------------------------------


async def test_a_mail_goes_out_as_mail_programs_write_it(
    mail: SimulatedMail, desk: Desk, clock: SetClock
) -> None:
    draft = Draft(CITIZEN, "HELPDESK  café\r\nBcc: x@y.id", "Baris satu\n.titik\n" + "x" * 1200)
    sent = await mail.send(draft)
    assert (sent.accepted, sent.status) == (True, 250)
    (envelope,) = desk.mails
    assert (envelope.mail_from, envelope.rcpt_tos) == (CITIZEN, [DESK])
    assert isinstance(envelope.content, bytes)
    assert max(map(len, envelope.content.splitlines())) <= 998
    found = message_from_bytes(envelope.content, policy=policy.default)
    assert found["Subject"] == "HELPDESK café Bcc: x@y.id"
    assert found["Bcc"] is None
    assert str(found["From"]) == "Bu Rina <rina@example.org>"
    assert found["Date"].datetime == clock.now()
    assert found["Message-ID"] == sent.external_id
    body = found.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines()[:2] == ["Baris satu", ".titik"]
    (letter,) = mail.letters(CITIZEN)
    assert (letter.mine, letter.subject) == (True, "HELPDESK café Bcc: x@y.id")


async def test_an_attachment_goes_along(mail: SimulatedMail, desk: Desk) -> None:
    paper = Upload("surat keterangan.pdf", "application/pdf", bytes(range(256)))
    await mail.send(Draft(CITIZEN, "HELPDESK a", "lihat", file=paper))
    content = desk.mails[0].content
    assert isinstance(content, bytes)
    (part,) = message_from_bytes(content, policy=policy.default).iter_attachments()
    assert part.get_filename() == paper.name
    assert part.get_content() == paper.data
    assert mail.letters(CITIZEN)[0].files == (paper,)


async def test_an_answer_keeps_the_thread_whatever_the_length_of_its_ids(
    mail: SimulatedMail, desk: Desk
) -> None:
    await asyncio.to_thread(hand_over, mail._relay.port)
    (answered,) = mail.letters(CITIZEN)
    await mail.send(Draft(CITIZEN, "Re: AC mati", "Sudah baik", answered.id))
    content = desk.mails[0].content
    assert isinstance(content, bytes)
    long_id = b"<" + b"x" * 150 + b"@contoh.go.id>"
    assert b"\r\nIn-Reply-To: " + long_id + b"\r\n" in content
    assert b"\r\nReferences: <satu@example.org> " + long_id + b"\r\n" in content
    assert desk.mails[0].rcpt_tos == ["helpdesk+HD26-abc@contoh.go.id"]


@pytest.mark.parametrize(
    ("answer", "status"), [("451 4.3.0 later", 451), ("552 5.3.4 too large", 552)]
)
async def test_a_refused_mail_is_given_back_with_the_code(
    mail: SimulatedMail, desk: Desk, answer: str, status: int
) -> None:
    desk.answers = [answer]
    sent = await mail.send(Draft(CITIZEN, "HELPDESK a", "b"))
    assert (sent.accepted, sent.status) == (False, status)
    assert mail.letters(CITIZEN) == []


async def test_a_server_that_is_not_there_is_told(mail: SimulatedMail) -> None:
    mail.smtp_port = lambda: 0
    sent = await mail.send(Draft(CITIZEN, "HELPDESK a", "b"))
    assert (sent.accepted, sent.status) == (False, None)


async def test_a_mail_of_somebody_else_cannot_be_read_or_answered(mail: SimulatedMail) -> None:
    await asyncio.to_thread(hand_over, mail._relay.port)
    (letter,) = mail.letters(CITIZEN)
    with pytest.raises(KeyError):
        mail.letter("ayu@example.org", letter.id)
    with pytest.raises(KeyError):
        await mail.send(Draft("ayu@example.org", "Re: x", "y", letter.id))


# --- receiving -------------------------------------------------------------------------------


async def test_what_comes_is_shown_whole(mail: SimulatedMail, clock: SetClock) -> None:
    await asyncio.to_thread(hand_over, mail._relay.port, ANSWER, CITIZEN.upper())
    (letter,) = mail.letters(CITIZEN)
    assert (letter.mine, letter.at) == (False, clock.now())
    assert letter.writer == "RSIA Contoh <helpdesk@contoh.go.id>"
    assert letter.text == "Terima kasih.\n.Titik di depan"
    assert header(letter, "message-id") == f"<{'x' * 150}@contoh.go.id>"
    assert address_in(letter.answer_to) == "helpdesk+HD26-abc@contoh.go.id"


async def test_mail_programs_of_others_get_along_with_the_relay(mail: SimulatedMail) -> None:
    port = mail._relay.port
    said = await asyncio.to_thread(
        swaks, port, "--from", DESK, "--to", CITIZEN, "--body", "Halo", "--header", "Subject: Satu"
    )
    assert "250 2.0.0 taken" in said
    program = need("smtp-source", "apt-get install postfix")
    command = [str(program), "-m", "20", "-s", "4", "-f", DESK, "-t", CITIZEN, f"127.0.0.1:{port}"]
    await asyncio.to_thread(subprocess.run, command, check=True, timeout=20)
    assert len(mail.letters(CITIZEN)) == 21


@pytest.mark.parametrize(
    ("fault", "kept", "code"),
    [
        (Fault.TOO_MANY, 0, 451),
        (Fault.ERROR, 0, 451),
        (Fault.UNAUTHORIZED, 0, 530),
        (Fault.DROP, 0, None),
        (Fault.TAKEN_THEN_DROP, 1, None),
        (Fault.TAKEN_THEN_ERROR, 1, 451),
        (Fault.GIBBERISH, 1, -1),
        (Fault.SLOW, 1, 250),
    ],
)
async def test_a_fault_is_met_once_and_takes_or_not(
    mail: SimulatedMail, fault: Fault, kept: int, code: int | None
) -> None:
    mail.faults.script.append(fault)
    mail.faults.slow = 0.01

    def answer() -> int | None:
        try:
            hand_over(mail._relay.port)
        except smtplib.SMTPRecipientsRefused as refused:
            return next(iter(refused.recipients.values()))[0]
        except smtplib.SMTPResponseException as refused:
            return refused.smtp_code
        except smtplib.SMTPServerDisconnected:
            return None
        return 250

    assert await asyncio.to_thread(answer) == code
    assert len(mail.letters(CITIZEN)) == kept
    await asyncio.to_thread(hand_over, mail._relay.port)
    assert len(mail.letters(CITIZEN)) == kept + 1


async def test_a_mailbox_that_is_gone_is_that_persons_alone(mail: SimulatedMail) -> None:
    await mail.turn("gone", CITIZEN)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        await asyncio.to_thread(hand_over, mail._relay.port)
    await asyncio.to_thread(hand_over, mail._relay.port, ANSWER, "ayu@example.org")
    assert [one.on for one in mail.switches(CITIZEN)] == [False, False, False, True]
    await mail.turn("gone", CITIZEN)
    await asyncio.to_thread(hand_over, mail._relay.port)
    await mail.turn("drop", CITIZEN)
    await mail.reset()
    assert not any(one.on for one in mail.switches(CITIZEN))


async def _said(port: int, *commands: bytes) -> list[bytes]:
    """The first line of each answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answers = [await reader.readline()]
    for command in commands:
        writer.write(command)
        answers.append(await asyncio.wait_for(reader.readline(), PATIENCE))
    await hang_up(writer)
    return answers[1:]


@pytest.mark.parametrize(
    ("commands", "code"),
    [
        ((b"MAIL FROM:rina\r\n",), b"501"),
        ((b"RCPT TO:<a@b.id>\r\n",), b"503"),
        ((b"MAIL FROM:<>\r\n", b"RCPT TO:<>\r\n"), b"503"),
        ((b"MAIL FROM:<>\r\n", b"DATA\r\n"), b"503"),
        ((b"MAIL FROM:<>\r\n", b"RCPT TO:<a@b.id>\r\n", b"RSET\r\n", b"DATA\r\n"), b"503"),
        ((b"VRFY rina\r\n",), b"502"),
        ((b"\r\n",), b"502"),
        ((b"noop\r\n",), b"250"),
        ((b"QUIT\r\n",), b"221"),
        ((b"A" * 70_000 + b"\r\n",), b""),
    ],
)
async def test_what_is_no_dialogue_is_refused(
    mail: SimulatedMail, commands: tuple[bytes, ...], code: bytes
) -> None:
    try:
        answers = await _said(mail._relay.port, *commands)
    except ConnectionError:
        answers = [b""]
    assert answers[-1][:3] == code
    assert mail.letters("a@b.id") == []


async def test_a_mail_that_is_cut_off_is_none(mail: SimulatedMail) -> None:
    start = (b"MAIL FROM:<>\r\n", b"RCPT TO:<a@b.id>\r\n", b"DATA\r\n")
    reader, writer = await asyncio.open_connection("127.0.0.1", mail._relay.port)
    await reader.readline()
    for command in start:
        writer.write(command)
        await reader.readline()
    writer.write(b"Subject: x\r\n\r\nsetengah")
    await writer.drain()
    await hang_up(writer)
    await asyncio.sleep(0.05)
    assert mail.letters("a@b.id") == []


NAMES = ["From", "Subject", "Reply-To", "Content-Type", "Content-Transfer-Encoding"]


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.binary(max_size=60))), st.binary(max_size=99))
@example([("Content-Type", b"text/plain; charset=tidak-ada")], b"\xff\xfe")
@example([("Content-Type", b"multipart/mixed; boundary=x")], b"--x\r\n\r\n--x--")
@example([("From", b"a@[127.0.0.1"), ("Reply-To", b"Tim: ;")], b"")
def test_no_mail_breaks_the_screen(headers: list[tuple[str, bytes]], body: bytes) -> None:
    head = b"".join(b"%s: %s\r\n" % (name.encode(), value) for name, value in headers)
    raw = head + b"\r\n" + body
    letter = read(raw, 1, SetClock().now(), mine=False)
    assert isinstance(letter.text, str)
    assert isinstance(address_in(letter.answer_to), str)


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("Helpdesk <a+b@c.id>", "a+b@c.id"),
        ("a@b.id", "a@b.id"),
        ("Nama, Gelar <a@b.id>", "a@b.id"),
        ("tanpa alamat", ""),
        ("", ""),
    ],
)
def test_the_address_within_a_header(value: str, address: str) -> None:
    assert address_in(value) == address
