from __future__ import annotations

import pytest

from channels.email.judging import Verdict, judge
from channels.email.reading import read_mail
from channels.email.tokens import Seal
from tests.channels.email.judged import HOUSE, NUMBER, PERSON, SEAL, verdict


def test_a_persons_mail_is_nothing_but_that() -> None:
    assert verdict() == Verdict()
    assert verdict(envelope=None) == Verdict()
    assert verdict(envelope=None, Return_Path="<rina@warga.example>") == Verdict()


@pytest.mark.parametrize(
    ("envelope", "headers"),
    [
        ("", {}),
        (None, {"Return_Path": "<>"}),
        ("", {"Return_Path": "<rina@warga.example>"}),
    ],
)
def test_a_null_sender_is_a_machine(envelope: str | None, headers: dict[str, str]) -> None:
    found = verdict(envelope=envelope, **headers)
    assert found.machine
    assert found.bounce is None


def test_the_envelope_goes_before_a_forged_return_path() -> None:
    assert not verdict(envelope="rina@warga.example", Return_Path="<>").machine


@pytest.mark.parametrize(
    "sender", ["surel@dinas.example", "Surel@Dinas.Example", "surel+x@dinas.example"]
)
def test_our_own_address_as_sender(sender: str) -> None:
    assert verdict(From=sender).machine == "pengirim adalah alamat kita sendiri"


def test_an_id_of_our_making() -> None:
    assert verdict(Message_ID=f"<{SEAL.message_id(1, NUMBER, 'x')}>").machine
    other = Seal(("rahasia-lain-yang-panjang",), "HD")
    assert not verdict(Message_ID=f"<{other.message_id(1, NUMBER, 'x')}>").machine


@pytest.mark.parametrize(
    ("sender", "reason"),
    [
        ("", "pengirim tidak tertulis"),
        ("<>", "pengirim tidak tertulis"),
        ("a@x.example, b@y.example", "lebih dari satu pengirim tertulis"),
        ("Tim: a@x.example, b@y.example;", "pengirim tertulis sebagai kelompok"),
        ("a@good.example)b@evil.example", "alamat pengirim tidak jelas"),
    ],
)
def test_who_cannot_be_told_is_not_answered(sender: str, reason: str) -> None:
    found = verdict(From=sender)
    assert found.quiet == reason
    assert not found.machine


@pytest.mark.parametrize(
    ("results", "quiet"),
    [
        (["mx.dinas.example; dmarc=fail header.from=warga.example"], True),
        (["MX.Dinas.Example 1; spf=pass; DMARC = fail"], True),
        (["mx.dinas.example; dmarc=pass; spf=fail"], False),
        (["mx.dinas.example; spf=fail smtp.mailfrom=x"], False),
        (["mx.dinas.example; dmarc=none"], False),
        # nobody else's word counts
        (["mx.jahat.example; dmarc=fail"], False),
        (["mx.dinas.example; dmarc=pass", "mx.dinas.example; dmarc=fail"], False),
        (["mx.lain.example; dmarc=pass", "mx.dinas.example; dmarc=fail"], True),
        ([], False),
    ],
)
def test_only_our_own_server_condemns(results: list[str], quiet: bool) -> None:
    head = "".join(f"Authentication-Results: {one}\r\n" for one in results)
    raw = f"{head}From: {PERSON}\r\nSubject: x\r\n\r\nHELPDESK mati".encode()
    assert bool(judge(read_mail(raw), "rina@warga.example", HOUSE, raw).quiet) is quiet


def test_staff_see_what_is_odd() -> None:
    assert verdict(Reply_To="lain@z.example").notes == ("alamat balasan berbeda dari pengirim",)
    assert verdict(Reply_To="Rina@warga.example").notes == ()
    assert verdict(From='"surel@dinas.example" <jahat@x.example>').notes == (
        "nama pengirim memuat alamat kita",
    )


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("text/calendar; method=REPLY", "jawaban undangan kalender"),
        ('text/calendar; charset="utf-8";\r\n method="COUNTER"', "jawaban undangan kalender"),
        ("text/calendar; method=REQUEST", ""),
        ("text/plain; x=1", ""),
    ],
)
def test_a_calendar_that_answers_is_a_machine(kind: str, reason: str) -> None:
    part = f"--b\r\nContent-Type: {kind}\r\n\r\nBEGIN:VCALENDAR\r\n--b--\r\n"
    found = verdict(part, Content_Type="multipart/mixed; boundary=b", Subject="Accepted: rapat")
    assert found.machine == reason
