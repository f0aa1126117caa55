from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.dsn import FailedRecipient, is_other_report, read_report
from channels.email.mail import Report

ABOUT = {
    "reporting-mta": "dns; mx.contoh.example",
    "arrival-date": "Tue, 14 Jul 2026 10:12:00 +0700",
}
GONE = {
    "final-recipient": "rfc822; rina@warga.example",
    "action": "failed",
    "status": "5.1.1",
    "diagnostic-code": "smtp; 550 5.1.1 User unknown",
}


def recipients(*blocks: dict[str, str], kind: str = "delivery-status") -> list[FailedRecipient]:
    found = read_report(Report(kind, blocks))
    assert found is not None
    return list(found.recipients)


def test_one_failed_recipient() -> None:
    assert recipients(ABOUT, GONE) == [
        FailedRecipient("rina@warga.example", "failed", "5.1.1", "550 5.1.1 User unknown")
    ]


def test_three_recipients_are_three_states() -> None:
    late = {"final-recipient": "rfc822; b@x.example", "action": "delayed", "status": "4.4.1"}
    there = {"final-recipient": "rfc822; c@x.example", "action": "delivered", "status": "2.0.0"}
    found = recipients(ABOUT, GONE, late, there)
    assert [(one.address, one.action, one.failed) for one in found] == [
        ("rina@warga.example", "failed", True),
        ("b@x.example", "delayed", False),
        ("c@x.example", "delivered", False),
    ]


@pytest.mark.parametrize(
    ("action", "status", "read"),
    [
        ("failed", "5.1.1", "failed"),
        ("Failed", "", "failed"),
        ("failed (unrecoverable)", "", "failed"),
        ("failure", "", "failed"),
        ("error", "", "failed"),
        ("delayed", "5.0.0", "delayed"),
        ("Delayed (warning)", "", "delayed"),
        ("relayed", "", "relayed"),
        ("expanded", "", "expanded"),
        ("delivered", "", "delivered"),
        ("", "4.4.7", "delayed"),
        ("", "5.2.2", "failed"),
        ("", "", "failed"),
        ("???", "4.0.0", "delayed"),
    ],
)
def test_actions(action: str, status: str, read: str) -> None:
    (found,) = recipients(GONE | {"action": action, "status": status, "diagnostic-code": ""})
    assert found.action == read


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ({"final-recipient": "rfc822;a@b.example"}, "a@b.example"),
        ({"final-recipient": "RFC822; <a@b.example>"}, "a@b.example"),
        ({"final-recipient": "<a@b.example>"}, "a@b.example"),
        ({"final-recipient": "a@B.Example"}, "a@b.example"),
        ({"final-recipient": "rfc822; a@b.example (expanded from list)"}, "a@b.example"),
        ({"final-recipient": "x-unix; root"}, ""),
        (
            {
                "final-recipient": "rfc822; x@y.example",
                "original-recipient": "rfc822; a@b.example",
            },
            "a@b.example",
        ),
        (
            {"final-recipient": "rfc822; x@y.example", "original-recipient": "unknown"},
            "x@y.example",
        ),
        ({"original-recipient": "rfc822;surel+2B26@b.example"}, "surel+26@b.example"),
        ({"final-recipient": "rfc822;surel+2B26@b.example"}, "surel+2B26@b.example"),
        ({"final-recipient": "utf-8; rína@b.example"}, "rína@b.example"),
        ({"x-actual-recipient": "rfc822; a@b.example"}, "a@b.example"),
        ({"final-recipient": "rfc822; a@b.example\nc@d.example"}, "a@b.example"),
        ({"final-recipient": "rfc822;"}, ""),
        ({"diagnostic-code": "smtp; 550"}, ""),
    ],
)
def test_addresses(fields: dict[str, str], address: str) -> None:
    assert [one.address for one in recipients(ABOUT, fields)] == [address]


def test_a_status_is_found_in_the_diagnosis() -> None:
    (found,) = recipients(
        {"final-recipient": "rfc822; a@b.example", "diagnostic-code": "X-Notes; 550 5.7.1 no"}
    )
    assert (found.status, found.diagnostic, found.action) == ("5.7.1", "550 5.7.1 no", "failed")


def test_words_make_a_status_where_none_is_said() -> None:
    (found,) = recipients(GONE | {"status": "", "diagnostic-code": "smtp; 550 user unknown"})
    assert (found.status, found.action) == ("5.1.1", "failed")


def test_a_block_about_the_message_is_no_recipient() -> None:
    found = recipients({"diagnostic-code": "x-waiting; ask him", "action": "failed"}, GONE)
    assert [one.address for one in found] == ["rina@warga.example"]


@pytest.mark.parametrize(
    "kind", ["", "mixed", "report", "global-delivery-status", "disposition-notification"]
)
def test_the_blocks_tell_more_than_the_kind(kind: str) -> None:
    assert len(recipients(ABOUT, GONE, kind=kind)) == 1


def test_a_report_without_readable_blocks_is_one() -> None:
    found = read_report(Report("delivery-status"))
    assert found is not None
    assert found.recipients == ()


@pytest.mark.parametrize(
    "report",
    [
        Report("disposition-notification", ({"disposition": "manual-action/x; displayed"},)),
        Report("disposition-notification"),
        Report("feedback-report", ({"feedback-type": "abuse", "version": "1"},)),
        Report("feedback-report"),
        # Dovecot says so of mail over quota: a receipt, by its own word
        Report("delivery-status", ({**GONE, "disposition": "automatic-action/x; deleted"},)),
    ],
)
def test_receipts_and_abuse_reports_are_no_bounces(report: Report) -> None:
    assert is_other_report(report)
    assert read_report(report) is None


def test_what_came_back_is_named() -> None:
    found = read_report(
        Report(
            "delivery-status",
            (ABOUT | {"original-envelope-id": "hd.12"}, GONE),
            b"From: a\r\nMESSAGE-ID: <satu@dua.example>\r\n\r\nMessage-ID: <lain@x>",
        )
    )
    assert found is not None
    assert (found.returned_id, found.envelope_id) == ("satu@dua.example", "hd.12")


FIELDS = st.dictionaries(
    st.sampled_from([*GONE, *ABOUT, "original-recipient", "x"]), st.text(max_size=80)
)


@given(st.text(max_size=30), st.lists(FIELDS, max_size=5), st.binary(max_size=200))
def test_any_report_is_read(kind: str, blocks: list[dict[str, str]], returned: bytes) -> None:
    found = read_report(Report(kind, tuple(blocks), returned))
    for one in found.recipients if found else ():
        assert one.action in ("failed", "delayed", "delivered", "relayed", "expanded")
        assert "\n" not in one.diagnostic + one.address
