"""From a mail to what the house takes in (providers.md §13)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.judging import House as OwnHouse
from channels.email.own import OwnAddresses
from channels.email.payload import OLD, Arrival, Desk, key_of, only_beginning, read
from channels.email.reading import read_mail
from channels.email.smtp_in import traced
from channels.email.smtp_session import Received
from channels.email.tokens import Seal
from core.model.messages import Address, AddressKind, DeliveryReport, DeliveryState, InboundMessage
from tests.channels.email.house import DESK, SECRET, SUREL, mail

if TYPE_CHECKING:
    from core.model.messages import Inbound

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
OWN = OwnAddresses.of([DESK], ["desa.contoh.go.id"])
SEAL = Seal((SECRET,), "HD")
WE = Desk(SUREL, DESK, OwnHouse(OWN.__contains__, SEAL))
NUMBER = "HD26-004217-4"
OURS = SEAL.message_id(17, NUMBER, "contoh.go.id")


def all_of(raw: bytes, **arrival: Any) -> list[Inbound]:
    return read(read_mail(raw), raw, Arrival(NOW, **arrival), WE)


def one(raw: bytes, **arrival: Any) -> InboundMessage:
    *_, message = all_of(raw, **arrival)
    assert isinstance(message, InboundMessage)
    return message


def test_an_ordinary_mail() -> None:
    raw = mail("Mati sejak kemarin.", Message_ID="<a1@x.id>", References="<r0@x.id> <r1@x.id>")
    found = one(raw, sender="warga@example.org", recipients=(DESK,))
    assert found.sender == Address(AddressKind.EMAIL, "warga@example.org")
    assert (found.sender_name, found.subject, found.recipient) == ("Siti", "HELPDESK lampu", DESK)
    assert found.text.strip() == "Mati sejak kemarin."
    assert found.external_id.startswith("a1@x.id#")
    assert found.thread_id == "a1@x.id"
    assert found.references == ("r1@x.id", "r0@x.id")
    assert found.sent_at == datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert (found.machine, found.quiet, found.proven, found.late) == ("", "", None, False)
    assert found.raw == raw


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("Budi.Santoso@Example.ORG", "budi.santoso@example.org"),
        ("budi@b\u00fccher.example", "budi@xn--bcher-kva.example"),
        ('"budi"@example.org', "budi@example.org"),
    ],
)
def test_one_person_is_one_address(written: str, address: str) -> None:
    assert one(mail("x", From=f"Budi <{written}>")).sender.value == address


@pytest.mark.parametrize(
    "written", ["", "Siti", "a@x.id, b@x.id", "Tim: a@x.id;", "<>", "a@good.test)b@evil.test"]
)
def test_no_single_sender_is_nobody_we_could_answer(written: str) -> None:
    raw = mail("Mati.", From=written)
    found = one(raw)
    assert found.sender.kind is AddressKind.CLAIM
    assert found.quiet
    assert found.sender == one(raw).sender
    assert found.sender != one(mail("Lain.", From=written)).sender


def test_the_same_mail_by_both_ways_has_one_key() -> None:
    raw = mail("Mati.", Message_ID="<a1@x.id>")
    by_smtp = traced(
        Received("warga@example.org", (DESK,), raw, "192.0.2.1", "mx", encrypted=False),
        "contoh.go.id",
        NOW,
    )
    in_box = b"Return-Path: <warga@example.org>\r\nReceived: from a by b\r\n" + raw
    assert len({key_of(read_mail(one)) for one in (raw, by_smtp, in_box)}) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"Subject": "HELPDESK lain"},
        {"From": "Siti <lain@example.org>"},
        {"Date": "Mon, 23 Nov 2026 08:00:01 +0700"},
    ],
)
def test_two_mails_with_one_id_are_two(change: dict[str, str]) -> None:
    first = read_mail(mail("x", Message_ID="<a@x.id>"))
    assert key_of(first) != key_of(read_mail(mail("x", Message_ID="<a@x.id>", **change)))


@pytest.mark.parametrize("long", [20, 230, 231, 900])
def test_keys_stay_short(long: int) -> None:
    key = key_of(read_mail(mail("x", Message_ID=f"<{'a' * (long - 5)}@x.id>")))
    assert len(key) <= 300
    assert ("@x.id#" in key) is (long <= 230)


def test_without_an_id_the_content_is_the_key() -> None:
    first, again = mail("x", Message_ID=""), mail("x", Message_ID="")
    assert key_of(read_mail(first)) == key_of(read_mail(again)) != key_of(read_mail(mail("y")))


# --- threads ---


def test_an_answer_to_us_points_at_our_item() -> None:
    found = one(mail("Masih mati.", In_Reply_To=f"<{OURS}>", References=f"<r@x.id> <{OURS}>"))
    assert found.references == (OURS, "r@x.id")
    assert found.proven == NUMBER


def test_an_id_that_a_relay_wrote_around_ours_is_ours() -> None:
    rewritten = f"000abc-{OURS.replace('@', '=')}@relay.test"
    found = one(mail("Masih mati.", In_Reply_To=f"<{rewritten}>"))
    assert found.references[0] == OURS
    assert found.proven == NUMBER


@pytest.mark.parametrize("where", ["envelope", "Delivered-To", "To"])
def test_the_address_of_an_answer_names_the_ticket(where: str) -> None:
    token = SEAL.reply_address(DESK, NUMBER)
    headers = {where.replace("-", "_"): token} if where != "envelope" else {}
    recipients = (token,) if where == "envelope" else ()
    found = one(mail("Masih mati.", **headers), recipients=recipients)
    assert found.proven == NUMBER
    assert found.recipient == token


def test_a_tampered_token_is_none() -> None:
    token = SEAL.reply_address(DESK, NUMBER)
    wrong = token.replace("26004217", "26004218")
    assert one(mail("x", To=wrong)).proven is None
    assert one(mail("x", In_Reply_To=f"<{OURS.replace('17.', '18.')}>")).proven is None


# --- machines ---


def bounce(action: str = "failed", returned: str = OURS) -> bytes:
    return f"""\
From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
To: {DESK}
Subject: Undelivered Mail Returned to Sender
Message-ID: <b1@mx.example.org>
Date: Mon, 23 Nov 2026 08:05:00 +0700
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Maaf.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; warga@example.org
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 nobody

--b
Content-Type: text/rfc822-headers

Message-ID: <{returned}>
Subject: [{NUMBER}] Re: lampu

--b--
""".replace("\n", "\r\n").encode()


def test_a_bounce_marks_its_item_and_stays_at_its_ticket() -> None:
    report, message = all_of(bounce(), sender="")
    assert isinstance(report, DeliveryReport)
    assert (report.external_id, report.item_id) == (OURS, 17)
    assert (report.state, report.code) == (DeliveryState.FAILED, "5.1.1")
    assert isinstance(message, InboundMessage)
    assert message.machine
    assert message.references[0] == OURS
    assert message.proven == NUMBER


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered", "expanded"])
def test_what_is_no_failure_marks_nothing(action: str) -> None:
    (message,) = all_of(bounce(action), sender="")
    assert isinstance(message, InboundMessage)
    assert message.machine


def test_a_forged_bounce_marks_nothing() -> None:
    (message,) = all_of(bounce(returned="hd.17.26004217.aaaaaaaaaaaaaaaaaaaa@contoh.go.id"))
    assert isinstance(message, InboundMessage)
    assert message.machine
    assert message.proven is None


@pytest.mark.parametrize(
    ("headers", "arrival", "machine"),
    [
        ({}, {"sender": ""}, True),
        ({"From": f"Kita <{DESK}>"}, {}, True),
        ({"From": "Kita <siapa@desa.contoh.go.id>"}, {}, True),
        ({"Message_ID": f"<{OURS}>"}, {}, True),
        ({}, {"sender": "warga@example.org"}, False),
    ],
)
def test_machines(headers: dict[str, str], arrival: dict[str, Any], machine: bool) -> None:
    assert bool(one(mail("x", **headers), **arrival).machine) is machine


def test_old_mail_is_quiet_and_late_mail_is_marked() -> None:
    raw, long_ago = mail("x"), NOW - timedelta(hours=3)
    assert one(raw, old=True).quiet == OLD
    assert one(raw, arrived_at=long_ago).late
    assert not one(raw, arrived_at=NOW - timedelta(minutes=1)).late
    assert not one(raw).late


@pytest.mark.parametrize(
    ("date", "arrived", "expected"),
    [
        ("Mon, 23 Nov 2026 07:00:00 +0700", None, NOW - timedelta(hours=1)),
        ("Tue, 24 Nov 2026 07:00:00 +0700", NOW, NOW),
        ("Tue, 24 Nov 2026 07:00:00 +0700", None, None),
        ("x", NOW, NOW),
        ("", None, None),
    ],
)
def test_when_it_was_sent(date: str, arrived: datetime | None, expected: datetime | None) -> None:
    assert one(mail("x", Date=date), arrived_at=arrived).sent_at == expected


# --- files ---

WITH_FILES = b"""\
From: warga@example.org\r
Subject: foto\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=b\r
\r
--b\r
Content-Type: text/plain\r
\r
Lihat foto.\r
--b\r
Content-Type: image/jpeg; name="lampu.jpg"\r
Content-Disposition: attachment; filename="lampu.jpg"\r
Content-Transfer-Encoding: base64\r
\r
/9j/4AAQSkZJRg==\r
--b--\r
"""


def test_files_are_named_by_their_place() -> None:
    (file,) = one(WITH_FILES).attachments
    assert (file.reference, file.filename, file.content_type) == (
        "part:0",
        "lampu.jpg",
        "image/jpeg",
    )
    assert file.size == 10


def test_the_beginning_of_a_large_mail_has_no_files_and_says_so() -> None:
    cut = only_beginning(one(WITH_FILES), 40 * 2**20)
    assert cut.attachments == ()
    assert cut.text.startswith("Lihat foto.")
    assert "40 MB" in cut.text


# --- whatever comes ---


@given(st.binary(max_size=3_000))
def test_no_bytes_are_too_odd(raw: bytes) -> None:
    message = one(raw, sender="", recipients=(DESK,))
    assert message.raw == raw
    assert 0 < len(message.external_id) <= 300


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["From", "To", "Date", "Message-ID", "References", "Subject"]),
            st.text(max_size=60),
        ),
        max_size=12,
    ),
    st.text(max_size=100),
)
def test_no_headers_are_too_odd(headers: list[tuple[str, str]], body: str) -> None:
    lines = [f"{name}: {value}" for name, value in headers]
    raw = "\r\n".join([*lines, "", body]).encode("utf-8", "surrogatepass")
    message = one(raw)
    assert message.sender.value
    assert "\0" not in message.text
    assert message == one(raw)
