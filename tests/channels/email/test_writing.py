from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.judging import House, judge
from channels.email.reading import read_mail
from channels.email.tokens import OwnId, Seal
from channels.email.writing import Identity, WrittenMail, page, subject_of, write_mail
from core.errors import SendError, SendFailure
from core.model.automatic import why_automatic, why_silent
from core.model.messages import (
    Address,
    AddressKind,
    ChannelId,
    Conversation,
    InboundMessage,
    OutboundFile,
    OutboundMessage,
)
from core.model.numbers import TicketNumber
from core.model.text_defaults import DEFAULTS

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

NUMBER = "HD26-004217-4"
WHEN = datetime(2026, 7, 14, 3, 12, 5, tzinfo=UTC)
SEAL = Seal(("rahasia-yang-cukup-panjang",), "HD")
DESK = Identity(
    "Helpdesk Dinas Kominfo", "surel@dinas.example", SEAL, "Dinas Kominfo\nJl. Contoh 1", "gw-1"
)
ACK = f"Terima kasih, Ibu.\n\nNomor tiket: {NUMBER}\nKetik STATUS {NUMBER}."


def written(text: str = ACK, recipient: str = "rina@warga.example", **more: Any) -> WrittenMail:
    stands_in = {"number": NUMBER, "subject": "internet mati", "answers": "asal@warga.example"}
    outbound = OutboundMessage(
        12,
        ChannelId("surel"),
        Address(AddressKind.EMAIL, recipient),
        text,
        attempt=more.pop("attempt", 1),
        created_at=WHEN,
        conversation=Conversation(**(stands_in | more)),
    )
    return write_mail(outbound, DESK)


def parsed(mail: WrittenMail) -> EmailMessage:
    message: EmailMessage = message_from_bytes(mail.raw, policy=policy.default)
    assert not message.defects
    return message


def test_an_acknowledgement_as_another_program_reads_it() -> None:
    mail = written(references=("lama@warga.example", "asal@warga.example"))
    message = parsed(mail)
    (sender,) = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (DESK.name, DESK.address)
    assert [one.addr_spec for one in message["To"].addresses] == ["rina@warga.example"]
    assert message["Subject"] == f"[{NUMBER}] Re: internet mati"
    assert message["In-Reply-To"] == "<asal@warga.example>"
    assert message["References"] == "<lama@warga.example> <asal@warga.example>"
    assert message["Message-ID"] == f"<{mail.message_id}>"
    assert message["Date"].datetime == WHEN
    assert SEAL.ticket_at(message["Reply-To"].addresses[0].addr_spec) == NUMBER
    assert SEAL.own_id(mail.message_id) == OwnId(12, NUMBER)
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["X-Helpdesk-Loop"] == "1; gw-1"
    assert (mail.envelope_sender, mail.recipient) == ("", "rina@warga.example")
    assert not mail.needs_utf8


def test_text_and_html_say_the_same() -> None:
    message = parsed(written())
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.iter_parts()
    text = plain.get_content().replace("\r\n", "\n")
    assert text == f"{ACK}\n\n-- \nDinas Kominfo\nJl. Contoh 1\n"
    shown = html.get_content()
    assert shown.count(f"<strong>{NUMBER}</strong>") == 2
    for forbidden in ("style=", "<script", "http", "src="):
        assert forbidden not in shown


def test_html_is_escaped() -> None:
    assert "&lt;script&gt;" in page("<script>alert(1)</script> & x", None)
    assert "<b>" not in page("<b>", "<b>")


def test_an_operators_reply_is_a_persons_mail() -> None:
    mail = written(automatic=False)
    message = parsed(mail)
    for mark in ("Auto-Submitted", "X-Auto-Response-Suppress", "Precedence", "X-Helpdesk-Loop"):
        assert message[mark] is None
    # a bounce comes back to the ticket
    assert SEAL.ticket_at(mail.envelope_sender) == NUMBER


def test_a_notice_that_answers_nothing_says_so() -> None:
    message = parsed(written(answers=""))
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["In-Reply-To"] is None
    assert message["Subject"] == f"[{NUMBER}] internet mati"


def test_every_attempt_is_the_same_mail() -> None:
    assert written(attempt=1).raw == written(attempt=7).raw


def test_a_text_about_no_ticket() -> None:
    message = parsed(written(number=None))
    assert message["Subject"] == "Re: internet mati"
    assert message["Reply-To"] is None
    assert parsed(written(number=None, subject=""))["Subject"] == "Laporan Anda"


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("internet mati", "Re: internet mati"),
        ("Re: internet mati", "Re: internet mati"),
        (f"Re: [{NUMBER}] Re: internet mati", "Re: internet mati"),
        (f"[{NUMBER}] Bls: [{NUMBER}] RE: internet mati", "Re: internet mati"),
        (f"[EXTERNAL] Re: [{TicketNumber('HD', 26, 17)}] x", "Re: x"),
        ("[penting] internet mati", "Re: [penting] internet mati"),
        ("=?utf-8?q?a=0D=0ABcc:_x=40y?=", "Re: a Bcc: x@y"),
        ("a\r\nBcc: x@y", "Re: a Bcc: x@y"),
        ("", "Laporan Anda"),
        ("Re:", "Laporan Anda"),
    ],
)
def test_subjects_do_not_grow(subject: str, shown: str) -> None:
    stands_in = Conversation(number=NUMBER, subject=subject, answers="a@b")
    assert subject_of(stands_in, "HD") == f"[{NUMBER}] {shown}"


def test_thirty_rounds_leave_the_subject_as_it_was() -> None:
    sent = subject = "internet mati"
    for _ in range(30):
        sent = subject_of(Conversation(number=NUMBER, subject=subject, answers="a@b"), "HD")
        subject = f"RE: {sent}"
    assert sent == f"[{NUMBER}] Re: internet mati"


def test_references_keep_the_first_and_the_last_ten() -> None:
    references = tuple(f"pesan-{at}@warga.example" for at in range(40))
    message = parsed(written(references=references, answers=references[-1]))
    kept = message["References"].split()
    assert kept == [f"<{one}>" for one in (references[0], *references[-10:])]


@pytest.mark.parametrize("length", [20, 60, 77, 78, 79, 120, 180, 250])
def test_long_ids_survive_byte_for_byte(length: int) -> None:
    answered = "i" * (length - 14) + "@warga.example"
    chain = tuple(f"{at}{answered}"[:length] for at in range(8))
    raw = written(answers=answered, references=(*chain, answered)).raw
    assert f"\r\nIn-Reply-To: <{answered}>\r\n".encode() in raw
    for one in chain:
        assert f"<{one}>".encode() in raw


def test_files_go_with_it(tmp_path: Path) -> None:
    content = bytes(range(256)) * 40
    (tmp_path / "x").write_bytes(content)
    file = OutboundFile(
        str(tmp_path / "x"), "application/pdf", "surat jawaban é.pdf", len(content)
    )
    message = parsed(written(files=(file,), automatic=False))
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "surat jawaban é.pdf"
    assert attached.get_content() == content
    body = message.get_body(("plain",))
    assert body is not None
    assert NUMBER in body.get_content()


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    file = OutboundFile(str(tmp_path / "tidak-ada"), "image/png", "x.png", 1)
    with pytest.raises(OSError, match="tidak-ada"):
        written(files=(file,))


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "rina",
        "rina@warga.example\r\nRCPT TO:<x@y>",
        "rina@warga.example\nBcc: x@y",
        "rina@warga.example, x@y.example",
        "rina\x00@warga.example",
        "a b@x.example",
        "<rina@warga.example>",
        "rina@warga.example>",
    ],
)
def test_no_header_holds_a_doubtful_recipient(recipient: str) -> None:
    with pytest.raises(SendError) as caught:
        written(recipient=recipient)
    assert caught.value.problem.failure is SendFailure.PERMANENT
    assert recipient not in str(caught.value) or not recipient


def test_letters_beyond_ascii_need_a_relay_that_takes_them() -> None:
    mail = written(recipient="rína@warga.example")
    assert mail.needs_utf8
    assert "To: <rína@warga.example>".encode() in mail.raw


LINES = st.text(max_size=300)


@given(LINES, LINES, LINES, st.lists(st.text(max_size=100), max_size=5))
def test_anything_becomes_one_readable_mail(
    subject: str, text: str, name: str, ids: list[str]
) -> None:
    outbound = OutboundMessage(
        12,
        ChannelId("surel"),
        Address(AddressKind.EMAIL, "rina@warga.example"),
        text,
        created_at=WHEN,
        conversation=Conversation(NUMBER, subject, ids[0] if ids else "", tuple(ids)),
    )
    identity = Identity(name, DESK.address, SEAL, name, "gw-1")
    mail = write_mail(outbound, identity)
    assert mail.raw.isascii()
    assert mail.raw.count(b"\r\n") == mail.raw.count(b"\n") == mail.raw.count(b"\r")
    assert all(len(line) <= 998 for line in mail.raw.split(b"\r\n"))
    message = message_from_bytes(mail.raw, policy=policy.default)
    assert len(message.get_all("Subject", [])) == 1
    assert message["Subject"].startswith(f"[{NUMBER}] ")
    assert message["Bcc"] is None
    assert [one.addr_spec for one in message["To"].addresses] == ["rina@warga.example"]
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    again = read_mail(mail.raw)
    assert again.sender is not None
    assert again.sender.address == DESK.address
    assert again.message_id == mail.message_id


# --- loops -----------------------------------------------------------------------------------


def strangers_verdict(mail: WrittenMail) -> tuple[str, object]:
    """Another gateway's judgement, that knows neither our address nor our seal."""
    house = House(lambda _: False, Seal(("rahasia-orang-lain-panjang",), "XX"))
    read = read_mail(mail.raw)
    verdict = judge(read, mail.envelope_sender, house, mail.raw)
    assert read.sender is not None
    inbound = InboundMessage(
        ChannelId("surel"),
        "1",
        Address(AddressKind.EMAIL, read.sender.address),
        read.text,
        WHEN,
        subject=read.subject,
        headers=read.headers,
    )
    return verdict.machine, why_automatic(inbound, frozenset())


def test_another_gateway_sees_a_machine() -> None:
    by_envelope, by_headers = strangers_verdict(written())
    assert by_envelope
    assert by_headers


def test_our_own_mail_coming_back_is_known_by_its_id() -> None:
    mail = written()
    verdict = judge(read_mail(mail.raw), "relay@z.example", House(lambda _: False, SEAL), mail.raw)
    assert verdict.machine == "surel kita sendiri kembali"


def filled(template: str) -> str:
    for name, text in {"tiket": NUMBER, "zona": "WIB", "ringkasan": "internet mati"}.items():
        template = template.replace(f"{{{name}}}", text)
    while "{" in template:
        start, end = template.index("{"), template.index("}")
        template = f"{template[:start]}14/07 10.30{template[end + 1 :]}"
    return template


@pytest.mark.parametrize("key", sorted(key for key in DEFAULTS if not key.endswith("_sms")))
def test_with_all_headers_stripped_the_text_itself_is_known(key: str) -> None:
    read = read_mail(written(filled(DEFAULTS[key])).raw)
    inbound = InboundMessage(
        ChannelId("surel"),
        "1",
        Address(AddressKind.EMAIL, "gateway@lain.example"),
        read.text,
        WHEN,
        subject="Re: internet mati",
    )
    found = why_automatic(inbound, frozenset())
    assert found is not None
    assert found.reason == "sama bentuknya dengan balasan kita sendiri"


def test_an_operators_reply_is_no_machine_mail() -> None:
    mail = written("Selamat pagi, teknisi kami datang pukul sepuluh.", automatic=False)
    by_envelope, by_headers = strangers_verdict(mail)
    assert not by_envelope
    assert by_headers is None
    assert not why_silent(read_mail(mail.raw).headers)
