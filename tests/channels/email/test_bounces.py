"""Mail that came back: reports, old servers' texts, and people who only tell of such mail."""

from __future__ import annotations

import logging
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.judging import Verdict, judge
from channels.email.reading import read_mail
from channels.email.tokens import OwnId
from tests.channels.email.judged import HOUSE, NUMBER, PERSON, SEAL, bounced, report, verdict

DEAD = (
    "Reporting-MTA: dns; mx.example\r\n\r\n"
    "Final-Recipient: rfc822; rina@warga.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
)


def test_a_delivery_report_finds_the_item_that_it_returns() -> None:
    message_id = SEAL.message_id(12, NUMBER, "dinas.example")
    raw = report(DEAD, f"Message-ID: <{message_id}>\r\nSubject: y\r\n\r\nisi")
    found = judge(read_mail(raw), "", HOUSE, raw)
    assert found.machine == "pemberitahuan gagal kirim"
    assert found.bounce is not None
    assert found.bounce.items == (OwnId(12, NUMBER),)
    assert found.bounce.number == NUMBER
    assert found.bounce.returned_id == message_id
    assert [(one.address, one.failed) for one in found.bounce.recipients] == [
        ("rina@warga.example", True)
    ]


def test_earlier_mails_that_the_returned_one_names_did_arrive() -> None:
    message_id = SEAL.message_id(12, NUMBER, "dinas.example")
    earlier = "> <".join(SEAL.message_id(item, NUMBER, "dinas.example") for item in (3, 7))
    thread = f"In-Reply-To: <{earlier}>\r\nReferences: <{earlier}>\r\n"
    raw = report(DEAD, f"{thread}Message-ID: <{message_id}>\r\n\r\nisi")
    found = judge(read_mail(raw), "", HOUSE, raw).bounce
    assert found is not None
    assert found.items == (OwnId(12, NUMBER),)
    # a relay wrote an id of its own over ours: then nobody knows which of them it was
    raw = report(DEAD, f"{thread}Message-ID: <lain@relai.example>\r\n\r\nisi")
    found = judge(read_mail(raw), "", HOUSE, raw).bounce
    assert found is not None
    assert (found.items, found.number) == ((), NUMBER)


def test_the_envelope_id_names_the_item() -> None:
    raw = report(f"Original-Envelope-Id: {SEAL.message_id(12, NUMBER, 'x')}\r\n{DEAD}")
    found = judge(read_mail(raw), "", HOUSE, raw).bounce
    assert found is not None
    assert found.items == (OwnId(12, NUMBER),)


def test_a_forged_report_names_no_item() -> None:
    raw = report(DEAD, "Message-ID: <hd.12.26004217.aaaaaaaaaaaaaaaaaaaa@dinas.example>\r\n\r\n")
    found = judge(read_mail(raw), "", HOUSE, raw)
    assert found.bounce is not None
    assert (found.bounce.items, found.bounce.number) == ((), None)


@pytest.mark.parametrize(
    ("kind", "blocks"),
    [
        ("disposition-notification", "Disposition: manual-action/x; displayed\r\n"),
        ("feedback-report", "Feedback-Type: abuse\r\nVersion: 1\r\n"),
    ],
)
def test_other_reports_are_machines_and_no_bounces(kind: str, blocks: str) -> None:
    raw = report(blocks, kind=kind)
    found = judge(read_mail(raw), "a@b.example", HOUSE, raw)
    assert found.machine == "laporan mesin"
    assert found.bounce is None


REFUSED = "Final-Recipient: rfc822; rina@warga.example\r\nDisposition: "


@pytest.mark.parametrize(
    ("disposition", "text", "bounces"),
    [
        # a filter that refuses says so by a receipt
        (
            "automatic-action/MDN-sent-automatically; deleted",
            "Your message to <rina@warga.example> was automatically rejected:\r\nQuota exceeded",
            True,
        ),
        # a person's program that says: deleted without being read
        ("automatic-action/MDN-sent-automatically; deleted", "Not read: laporan", False),
        ("manual-action/MDN-sent-manually; displayed", "The offer was rejected", False),
    ],
)
def test_a_receipt_may_say_that_the_mail_was_refused(
    disposition: str, text: str, bounces: bool
) -> None:
    raw = report(f"{REFUSED}{disposition}\r\n", kind="disposition-notification")
    raw = raw.replace(b"\r\nteks\r\n", f"\r\n{text}\r\n".encode())
    found = judge(read_mail(raw), "", HOUSE, raw)
    assert found.machine
    people = [(one.address, one.status) for one in found.bounce.recipients] if found.bounce else []
    assert people == ([("rina@warga.example", "5.2.2")] if bounces else [])


@pytest.mark.parametrize(
    ("sender", "bounces"), [(PERSON, False), ("MAILER-DAEMON@x.example", True)]
)
def test_a_report_that_a_person_attached_is_theirs(sender: str, bounces: bool) -> None:
    raw = report(DEAD).replace(
        b"multipart/report; report-type=delivery-status;", b"multipart/mixed;"
    )
    raw = raw.replace(b"Mail System <mailer-daemon@mx.example>", sender.encode())
    found = judge(read_mail(raw), "rina@warga.example", HOUSE, raw)
    assert bool(found.machine) is bounces
    assert (found.bounce is not None) is bounces


QMAIL = (
    "Hi. This is the qmail-send program at mx.example.\r\n"
    "I'm afraid I wasn't able to deliver your message to the following addresses.\r\n\r\n"
    "<rina@warga.example>:\r\n192.0.2.1 does not like recipient.\r\n"
    "Remote host said: 550 5.1.1 User unknown\r\n\r\n"
    "--- Below this line is a copy of the message.\r\n\r\nReturn-Path: <surel@dinas.example>\r\n"
)
EXIM = (
    "This message was created automatically by mail delivery software.\r\n\r\n"
    "A message that you sent could not be delivered to one or more of its\r\n"
    "recipients. The following address(es) failed:\r\n\r\n  rina@warga.example\r\n"
    "    Unrouteable address\r\n\r\n------ This is a copy of the message ------\r\n\r\n"
)
LATE = (
    "This message was created automatically by mail delivery software.\r\n"
    "A message that you sent has not yet been delivered to one or more of its\r\n"
    "recipients.\r\n\r\nThe address to which the message has not yet been delivered is:\r\n\r\n"
    "  rina@warga.example\r\n\r\n"
    "No action is required on your part. Delivery attempts will continue.\r\n"
)
JAPANESE = (
    "次のあて先へのメッセージはエラーのため送信できませんでした。\r\n\r\n<rina@warga.example>\r\n"
)
TERSE = (
    "Error: Invalid user address\r\n550 - no such user here\r\n  RCPT TO: rina@warga.example\r\n"
)


@pytest.mark.parametrize(
    ("text", "headers", "failed"),
    [
        (QMAIL, {"From": "MAILER-DAEMON@mx.example", "Subject": "failure notice"}, True),
        (EXIM, {"From": "Mail System <Mailer-Daemon@mx.example>", "Subject": "x"}, True),
        (
            EXIM,
            {"From": "ndr@mx.example", "Subject": "Mail delivery failed: x"},
            True,
        ),
        (
            LATE,
            {"From": "Mailer-Daemon@mx.example", "Subject": "Warning: message delayed"},
            False,
        ),
        (
            JAPANESE,
            {"From": "Postmaster@mx.example", "Subject": "Mail System Error - Returned Mail"},
            True,
        ),
        (TERSE, {"From": "post_master@mx.example", "Subject": "Re: internet"}, True),
        (TERSE, {"From": "MAILER-DAEMON <>", "Subject": "x"}, True),
        ("apa saja", {"X_Failed_Recipients": "rina@warga.example"}, True),
        (
            "rina@warga.example",
            {"From": "MAILER-DAEMON@mx.example", "Subject": "\u90ae\u4ef6"},
            True,
        ),
    ],
)
def test_old_servers_are_understood(text: str, headers: dict[str, str], failed: bool) -> None:
    found = bounced(text, **headers)
    assert found is not None
    assert [(one.address, one.failed) for one in found.recipients] == [
        ("rina@warga.example", failed)
    ]


SENDER_TOLD = (
    "Your message:\r\n  MAIL FROM: surel.lain@dinas.example\r\n  From: humas@dinas.example\r\n"
    "could not be delivered because of\r\n\r\n550 5.1.1 User unknown\r\n\r\n"
    "The following recipients were affected:\r\n  rina@warga.example\r\n"
)
GLUED = (
    "A message that you sent could not be delivered.\r\n\r\n"
    "rina@warga.example Invalid Address, ERROR_CODE :550\r\n\r\n"
    "Received:from mail.example by mx.example\r\nFrom:Humas <humas@dinas.example>\r\n"
)
FULL = (
    "Your mail sent on: Thu, 29 Apr 2026\r\n  Could not be delivered to: "
    "<rina@warga.example>\r\n  As their mailbox is full.\r\n"
)
NO_USER = "You sent mail to rina@warga.example. That's not a valid user here.\r\n"
CLOUD = (
    '{\r\n "Message": "{\\"bounce\\":{\\"bouncedRecipients\\":[{\\"emailAddress\\":'
    '\\"rina@warga.example\\",\\"diagnosticCode\\":\\"smtp; 550 5.1.1 user unknown\\"}]},'
    '\\"mail\\":{\\"source\\":\\"humas@dinas.example\\"}}"}\r\n'
)
DOMINO = (
    "Your message\r\n\r\n  Subject: laporan\r\n\r\nwas not delivered to:\r\n\r\n"
    "  rina@warga.example\r\n\r\nbecause:\r\n\r\n  User rina (rina@warga.example) not listed in "
    "Directory\r\n"
)


@pytest.mark.parametrize(
    ("text", "headers", "status"),
    [
        # the reason stands above the address, and others are named for other reasons
        (
            SENDER_TOLD,
            {"From": "postmaster@mx.example", "Subject": "Undeliverable Mail: x"},
            "5.1.1",
        ),
        # what was returned begins without a space behind its colons
        (GLUED, {"From": "mailer-daemon@mx.example", "Subject": "x"}, "5.1.1"),
        # a program under a person's kind of address, by the null sender
        (FULL, {"From": "9f2c@ponsel.example", "Return-Path": "<>", "Subject": "Mail"}, "5.2.2"),
        # nobody at all
        (NO_USER, {"From": "<>", "Return-Path": "<>", "Subject": ""}, "5.1.1"),
        # a cloud service's notice in JSON
        (CLOUD, {"From": "no-reply@awan.example", "Subject": "Notification"}, "5.1.1"),
        (DOMINO, {"From": "Postmaster@mx.example", "Subject": "DELIVERY FAILURE: x"}, "5.1.1"),
        (QMAIL, {"From": "MAILER-DAEMON@mx.example", "Subject": "failure notice"}, "5.1.1"),
        (
            LATE,
            {"From": "Mailer-Daemon@mx.example", "Subject": "Warning: message delayed"},
            "4.4.7",
        ),
    ],
)
def test_the_one_recipient_and_what_is_wrong(
    text: str, headers: dict[str, str], status: str
) -> None:
    found = verdict(text, None, **headers).bounce
    assert found is not None
    assert [(one.address, one.status) for one in found.recipients] == [
        ("rina@warga.example", status)
    ]


def test_a_postmaster_is_missed_where_nobody_else_can_be_meant() -> None:
    text = "could not be delivered to\r\n\r\npostmaster@warga.example\r\n\r\nmailbox full\r\n"
    found = bounced(text, From="MAILER-DAEMON@mx.example", Subject="failure notice")
    assert found is not None
    assert [one.address for one in found.recipients] == ["postmaster@warga.example"]
    found = bounced(text + "rina@warga.example\r\n", From="MAILER-DAEMON@mx.example", Subject="x")
    assert found is not None
    assert [one.address for one in found.recipients] == ["rina@warga.example"]


def test_our_id_is_found_in_the_text_of_an_old_bounce() -> None:
    text = f"{QMAIL}Message-ID: <{SEAL.message_id(12, NUMBER, 'dinas.example')}>\r\n\r\nisi"
    found = bounced(text, From="MAILER-DAEMON@mx.example", Subject="failure notice")
    assert found is not None
    assert found.items == (OwnId(12, NUMBER),)
    assert found.returned_id == SEAL.message_id(12, NUMBER, "dinas.example")


@pytest.mark.parametrize("text", [QMAIL, EXIM, TERSE, LATE])
@pytest.mark.parametrize(
    "headers",
    [
        {"Subject": "Surel saya ke dinas ditolak"},
        {"Subject": "Fwd: Undelivered Mail Returned to Sender"},
        {"Subject": "Re: Undeliverable: laporan"},
        {"Subject": "HELPDESK failure notice terus"},
        {"Subject": "x", "From": "Budi Postman <budi@warga.example>"},
    ],
)
def test_a_person_who_tells_of_a_bounce_is_heard(text: str, headers: dict[str, str]) -> None:
    found = verdict(f"Kenapa surel saya selalu kembali?\r\n\r\n{text}", **headers)
    assert found == Verdict()


def test_an_absence_notice_with_null_sender_is_no_bounce() -> None:
    text = "Saya cuti. Hubungi budi@dinas.example. I cannot be reached."
    found = verdict(text, "", Subject="Automatic reply: internet", Auto_Submitted="auto-replied")
    assert found.machine
    assert found.bounce is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        b"From: \r\nSubject: failure notice\r\n\r\nx",
        b"From: <>\r\nSubject: \xff\xfe fail\r\nTo: \xe9\r\n\r\n\xff <a@b.example>: 550 5.1.1 x",
        b"From: MAILER-DAEMON\r\nContent-Type: multipart/report\r\n\r\n--\r\n",
        b"From: mailer-daemon@x.test\r\nContent-Type: text/plain; charset=x\r\n\r\n<a@b.example>",
        b"From: mailer-daemon@x.example\r\nContent-Transfer-Encoding: base64\r\n\r\n\xff\xff%%%",
    ],
)
def test_what_stops_others_does_not_stop_us(raw: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        judge(read_mail(raw), "", HOUSE, raw)
    assert "Traceback" not in caplog.text
    assert "@b.example" not in caplog.text


def test_long_lines_take_no_time() -> None:
    line = "x" * 20_000 + " could not be delivered <" + "a" * 20_000
    began = time.process_time()
    assert bounced(line, From="MAILER-DAEMON@mx.example", Subject="failure notice") is not None
    assert time.process_time() - began < 1


@given(st.binary(max_size=400), st.none() | st.text(max_size=20))
def test_anything_is_judged(body: bytes, envelope: str | None) -> None:
    raw = b"From: Mailer-Daemon@mx.example\r\nSubject: failure notice\r\n\r\n" + body
    assert judge(read_mail(raw), envelope, HOUSE, raw).machine
    judge(read_mail(body), envelope, HOUSE, body)
