from __future__ import annotations

import random
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email.limits import is_light
from channels.email.mail import FromFault, Mail, MailAddress
from channels.email.reading import read_mail, read_roughly
from tests.channels.email.mails import FROM, multi, part, raw, read, whole

DATA = Path(__file__).parents[2] / "data" / "email"
GMAIL = (DATA / "gmail_balasan.eml").read_bytes()
OUTLOOK = (DATA / "outlook_html.eml").read_bytes()
REPORT = (DATA / "laporan_gagal.eml").read_bytes()
CAPTURED = [GMAIL, OUTLOOK, REPORT]


def test_a_reply_from_gmail() -> None:
    mail = read_mail(GMAIL)
    assert mail.sender == MailAddress("sari.dewi@gmail.example", "Sari Déwi")
    assert mail.subject == "Re: [HD26-004217-4] Internet kantor mati – Kelurahan Désa"
    assert mail.date == datetime(2026, 11, 20, 2, 3, tzinfo=UTC)
    assert mail.message_id == "CAB2xyz@mail.gmail.example"
    assert mail.in_reply_to == ("t2.def@helpdesk.contoh.go.id",)
    assert mail.references == (
        "t2.def@helpdesk.contoh.go.id",
        "CAB1@mail.gmail.example",
        "t1.abc@helpdesk.contoh.go.id",
    )
    assert [one.address for one in mail.to] == ["helpdesk@contoh.go.id", "lurah@contoh.go.id"]
    assert [one.name for one in mail.to] == ["Helpdesk", "Lurah, Kantor"]
    assert [one.address for one in mail.cc] == ["budi@contoh.id"]
    assert mail.delivered_to == ("helpdesk@contoh.go.id",)
    assert mail.return_path == "sari.dewi@gmail.example"
    assert mail.text.startswith("Masih mati, Pak. Terima kasih 🙏\n\nPada Kam, 19 Nov 2026")
    assert mail.text.endswith("> Laporan Anda kami terima dengan nomor tiket HD26-004217-4.\n>")
    assert '<img alt="layar.png">' in mail.html
    assert [(one.filename, one.size, one.inline) for one in mail.parts] == [
        ("layar.png", 8, True),
        ("surat pengantar désa.pdf", 9, False),
    ]
    assert mail.authentication_results[0].startswith("mx.contoh.go.id; dkim=pass")
    assert (mail.report, mail.defects) == (None, ())


def test_html_from_outlook() -> None:
    mail = read_mail(OUTLOOK)
    assert mail.sender == MailAddress("budi.santoso@prov.example", "Budi Santoso, S.T.")
    assert mail.text == (
        "Printer lantai 2 rusak.\n\nFoto: lihat di sini <https://foto.prov.example/a?b=1&c=2>\n\n"
        "Merk\tContoh 3000\n\n[logo dinas]"
    )
    assert mail.headers["x-auto-response-suppress"] == "DR, OOF, AutoReply"
    assert mail.headers["content-type"].startswith("multipart/related")
    assert mail.return_path is None


def test_a_delivery_report() -> None:
    mail = read_mail(REPORT)
    assert (mail.return_path, mail.headers["auto-submitted"]) == ("", "auto-replied")
    assert mail.sender == MailAddress("MAILER-DAEMON@mx.contoh.id", "Mail Delivery System")
    assert mail.report is not None
    assert mail.report.kind == "delivery-status"
    about, *recipients = mail.report.blocks
    assert about["original-envelope-id"] == "t1-abc"
    assert [one["action"] for one in recipients] == ["failed", "delayed"]
    assert recipients[0]["diagnostic-code"] == "smtp; 552 5.2.2 mailbox full"
    assert b"Message-ID: <t1.abc@helpdesk.contoh.go.id>" in mail.report.returned
    assert "mailbox full" in mail.text


@pytest.mark.parametrize(
    ("kind", "report_type", "name"),
    [
        ("message/disposition-notification", "", "disposition-notification"),
        ("message/feedback-report", "", "feedback-report"),
        ("message/global-delivery-status", "", "delivery-status"),
        ("message/delivery-status", "; report-type=Delivery-Status", "delivery-status"),
    ],
)
def test_other_reports(kind: str, report_type: str, name: str) -> None:
    status = part(f"Content-Type: {kind}", "Action: x\nAction: y\n\n \nStatus: 1\n")
    found = read_mail(whole(f"report{report_type}", part("", "Halo"), status))
    assert found.report is not None
    assert found.report.kind == name
    assert [dict(one) for one in found.report.blocks] == [{"action": "x\ny"}, {"status": "1"}]


@pytest.mark.parametrize(
    ("headers", "fault", "shown"),
    [
        ("", FromFault.MISSING, ""),
        ("From:\n", FromFault.MISSING, ""),
        ("From: a@x.id\nFrom: b@x.id\n", FromFault.SEVERAL, "a@x.id, b@x.id"),
        ("From: a@x.id\n" * 40, FromFault.NONE, None),
        ("From: Tim: a@x.id;\n", FromFault.GROUP, "Tim: a@x.id;"),
        ("From: =?utf-8?q?S=C3=A1ri?= <>\n", FromFault.MISSING, "Sári <>"),
    ],
)
def test_from_that_is_none(headers: str, fault: FromFault, shown: str | None) -> None:
    mail = read_mail(headers.encode() + b"Subject: x\n\nHalo")
    assert (mail.from_fault, mail.text) == (fault, "Halo")
    assert (mail.sender is None) == bool(fault)
    if shown is not None:
        assert mail.from_raw == shown


@pytest.mark.parametrize(
    ("headers", "name", "value"),
    [
        ("List-Unsubscribe: <mailto:x@y.id>\n", "list-unsubscribe", "<mailto:x@y.id>"),
        ("LIST-ID: milis <m.x.id>\n", "list-id", "milis <m.x.id>"),
        ("Precedence: bulk\nPrecedence: list\n", "precedence", "bulk"),
        ("X-Autoreply: yes\n", "x-autoreply", "yes"),
        ("X-Loop: a@b.id\n", "x-loop", "a@b.id"),
        ("X-Failed-Recipients: a@b.id\n", "x-failed-recipients", "a@b.id"),
        (
            "Auto-Submitted: auto-replied\n (vacation)\n",
            "auto-submitted",
            "auto-replied (vacation)",
        ),
    ],
)
def test_headers_that_rules_read(headers: str, name: str, value: str) -> None:
    assert read(headers).headers[name] == value


def test_headers_of_no_interest_are_left_out() -> None:
    kept = read("Received: x\nX-Secret-Thing: y\nDKIM-Signature: z\n").headers
    assert dict(kept) == {}


@pytest.mark.parametrize(
    ("headers", "body", "text"),
    [
        ("", "Halo\n", "Halo"),
        ("", "\n\nHalo\n\n\n", "Halo"),
        ("", "  menjorok\n", "  menjorok"),
        ("", "a\r\nb\rc", "a\nb\nc"),
        ("Content-Type: text/plain; charset=x-unknown\n", "Halo", "Halo"),
        ("Content-Type: text/plain; charset=\n", "Halo", "Halo"),
        ("Content-Type: text/plain; charset=base64_codec\n", "Halo", "Halo"),
        ("Content-Type: text/plain; charset=rot13\n", "Halo", "Halo"),
        ("Content-Type: text/plain; charset=idna\n", "Halo", "Halo"),
        ("Content-Type: text/plain; format=flowed\n", "Halo \nPak", "Halo Pak"),
        ("Content-Type: text/plain; format=flowed; delsp=yes\n", "Halo \nPak", "HaloPak"),
        ("Content-Type: text\n", "Halo", "Halo"),
        ("Content-Type: text/aneh\n", "Halo", "Halo"),
        ("Content-Type: plain\n", "Halo", "Halo"),
        ("Content-Type:\n", "Halo", "Halo"),
        ("Content-Transfer-Encoding: aneh\n", "Halo", "Halo"),
        ("Content-Transfer-Encoding: Quoted-Printable;\n", "H=61lo", "Halo"),
        ("Content-Transfer-Encoding: 'base64'\n", "SGFsbw==", "Halo"),
        ("Content-Type: text/html\n", "<meta charset=koi8-r>\xf0\xf2", "ПР"),
        ("Content-Type: text/html; charset=utf-8\n", "<p></p>", ""),
    ],
)
def test_text_survives_what_is_said_about_it(headers: str, body: str, text: str) -> None:
    assert read(headers, body.encode("latin-1")).text == text


def test_a_subject_cannot_bring_headers_along() -> None:
    mail = read("Subject: =?utf-8?q?a=0D=0ABcc:_x=40y.test?=\n")
    assert mail.subject == "a Bcc: x@y.test"


def test_the_eight_bit_subject_reads_by_the_charset_of_the_text() -> None:
    head = FROM + "Content-Type: text/plain; charset=koi8-r\nSubject: "
    mail = read_mail(head.encode() + "Привет".encode("koi8-r") + b"\n\nx")
    assert mail.subject == "Привет"


@pytest.mark.parametrize(
    "mail", [b"", b"\n", b"\r\r", b"\0", b":", b":\n\n", b"\xff" * 50, b"From:"]
)
def test_hardly_a_mail(mail: bytes) -> None:
    found = read_mail(mail)
    assert (found.sender, found.parts, found.subject) == (None, (), "")


def test_a_text_without_headers_is_a_text() -> None:
    assert (
        read_mail(b"Halo Pak, internet mati.\nTolong.").text == "Halo Pak, internet mati.\nTolong."
    )


def test_old_line_ends() -> None:
    mail = read_mail(b"From: a@x.id\rSubject: y\r\rsatu\rdua")
    assert (mail.subject, mail.text) == ("y", "satu\ndua")


class TestContentHash:
    """The same mail by two routes is one mail; two mails are two (providers.md §13.3)."""

    BASE = whole("mixed", part("Content-Type: text/plain", "Halo"), part("Content-Type: a/b", "1"))

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (
                b"From:",
                b"Received: x\nX-Spam: y\nReturn-Path: <z@z.id>\nDelivered-To: a@b.id\nFrom:",
            ),
            (b"\n", b"\r\n"),
            (b"Halo", b"Halo\n\n"),
            (b"text/plain\n\nHalo", b"text/plain\nContent-Transfer-Encoding: base64\n\nSGFsbw=="),
            (b"batas", b"lain"),
        ],
    )
    def test_trace_headers_and_encodings_do_not_count(self, old: bytes, new: bytes) -> None:
        changed = self.BASE.replace(old, new)
        assert changed != self.BASE
        assert read_mail(changed).content_hash == read_mail(self.BASE).content_hash

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b"Halo", b"Hallo"),
            (b"\n1\n", b"\n2\n"),
            (b"Sari", b"Ani"),
            (b"a/b", b"a/c"),
            (b"Content-Type: multipart", b"Subject: x\nContent-Type: multipart"),
            (b"Content-Type: multipart", b"Date: x\nContent-Type: multipart"),
        ],
    )
    def test_all_that_is_said_counts(self, old: bytes, new: bytes) -> None:
        changed = self.BASE.replace(old, new, 1)
        assert changed != self.BASE
        assert read_mail(changed).content_hash != read_mail(self.BASE).content_hash


BOMBS = {
    "words": b"Subject: " + b"=?utf-8?q?a?= " * 20_000 + b"\n" + raw(),
    "parts": raw("Content-Type: multipart/mixed; boundary=b\n", b"--b\n\nx\n" * 50_000),
    "brackets": b"From: " + b"(" * 3000 + b"a@b.id\n\nHalo",
    "addresses": raw("To: " + "a@b.id, " * 20_000 + "\n"),
    "nested": raw(
        "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(1000))
    ),
    "mails": raw("Content-Type: message/rfc822\n\n" * 100),
    "headers": b"X-A: b\n" * 30_000 + raw(),
    "long line": raw("", b"a" * 10_000_000),
    "nul": raw("", b"\0" * 1_000_000),
    "escapes": b"From: " + b'"\\' * 30_000 + b"\n\nHalo",
    "uuencode": raw("", b"begin 644 x\n" * 8000),
    "marks": raw("", ("a" + "\u0301" * 40_000).encode()),
}


@pytest.mark.parametrize("name", BOMBS)
def test_no_bomb(name: str) -> None:
    began = time.thread_time()  # a busy machine is no fault of the mail
    mail = read_mail(BOMBS[name])
    assert time.thread_time() - began < 1.5
    assert not any(defect.startswith("unreadable") for defect in mail.defects)
    assert len(mail.text) <= 2**20


def test_a_hundred_megabytes_are_read_in_part_only() -> None:
    began = time.thread_time()
    mail = read_mail(raw("", b"a" * 100_000_000))
    assert time.thread_time() - began < 3
    assert mail.defects == ("longer than is read", "text cut")
    assert mail.sender is not None


def test_what_is_called_light_reads_within_a_tenth_of_a_second() -> None:
    light = [bomb for bomb in BOMBS.values() if is_light(bomb)]
    assert len(light) >= 3
    for bomb in light:
        best = min(_seconds(bomb) for _ in range(3))
        assert best < 0.1


def _seconds(bomb: bytes) -> float:
    began = time.thread_time()
    read_mail(bomb)
    return time.thread_time() - began


@pytest.mark.parametrize("mail", [b"Halo", GMAIL, b"", b"\xff\0" * 500])
def test_a_rough_reading_has_headers_and_the_body_as_it_came(mail: bytes) -> None:
    rough, fine = read_roughly(mail, "alasan"), read_mail(mail)
    assert rough.defects == ("alasan",)
    assert (rough.sender, rough.subject, rough.date) == (fine.sender, fine.subject, fine.date)
    assert rough.parts == ()


def test_a_rough_reading_is_recognised_on_another_route() -> None:
    other = (b"Received: lain\n" + GMAIL).replace(b"\n", b"\r\n")
    assert read_roughly(other, "x").content_hash == read_roughly(GMAIL, "x").content_hash
    changed = GMAIL.replace(b"Masih mati", b"Sudah nyala")
    assert read_roughly(changed, "x").content_hash != read_roughly(GMAIL, "x").content_hash


def test_a_bug_in_the_reader_still_gives_a_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.email.reading.survey", lambda _: 1 / 0)
    mail = read_mail(GMAIL)
    assert mail.defects == ("unreadable: ZeroDivisionError",)
    assert mail.sender == MailAddress("sari.dewi@gmail.example", "Sari Déwi")
    assert "Masih mati" in mail.text


def proper(mail: Mail) -> bool:
    """What every Mail keeps, whatever it was read from."""
    lines = [mail.subject, mail.from_raw, mail.message_id, *mail.headers.values()]
    lines += [one.filename for one in mail.parts] + [one.name for one in mail.claimed]
    every = "".join([*lines, mail.text, mail.html])
    return (
        not any(set(line) & set("\r\n\0") for line in lines)
        and "\0" not in every
        and every.encode() is not None
        and (mail.sender is None) == bool(mail.from_fault)
        and len({one.filename for one in mail.parts}) == len(mail.parts)
        and not any(defect.startswith("unreadable") for defect in mail.defects)
    )


@given(st.binary(max_size=600))
def test_any_bytes_give_a_mail(data: bytes) -> None:
    assert proper(read_mail(data))
    assert proper(read_mail(raw("Content-Type: multipart/mixed; boundary=b\n", b"--b\n" + data)))


@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_damaged_mails_give_a_mail(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    data = bytearray(chance.choice(CAPTURED))
    for _ in range(chance.randrange(1, 30)):
        at = chance.randrange(len(data))
        what = chance.randrange(3)
        if what == 0:
            data[at] = chance.randrange(256)
        elif what == 1:
            del data[at : at + chance.randrange(80)]
        else:
            data[at:at] = chance.choice(
                [b"\n\n", b"--b\n", b"=?", b'"', b"\0", b"<", bytes(data[at : at + 200])]
            )
    assert proper(read_mail(bytes(data)))


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), max_size=80)
)
def test_any_words_come_through(words: str) -> None:
    body = ("Halo\n" + words + "\nSalam").encode()
    mail = read_mail(raw("Content-Type: text/plain; charset=utf-8\n", body))
    assert words in mail.text
    nested = multi(
        "alternative", part("Content-Type: text/plain; charset=utf-8", body), boundary="d"
    )
    assert words in read_mail(whole("mixed", nested.encode("latin-1"))).text
