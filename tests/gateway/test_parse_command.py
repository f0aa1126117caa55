"""``helpdesk parse``: every kind without any configuration, and no file stops the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import MalformedMessage
from gateway.clock import SystemClock
from gateway.commands.parse import command
from gateway.parsing import KINDS, Parsing, guessed_kind

DATA = Path(__file__).parent.parent / "data"
FOLDERS = {
    "twilio_sms": "sms",
    "twilio_whatsapp": "whatsapp_twilio",
    "whatsapp_cloud": "whatsapp",
    "telegram": "telegram",
    "kannel": "kannel",
}
MAIL = (
    b"From: Siti Aminah <siti@example.org>\r\nTo: lapor@contoh.go.id\r\n"
    b"Subject: Re: HELPDESK lampu mati\r\nMessage-ID: <b@example.org>\r\n"
    b"In-Reply-To: <a@contoh.go.id>\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
    b"--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    b"Masih gelap. HD26-004217-4\r\n\r\nPada Sen, 23 Nov 2026 Desk menulis:\r\n> Sudah?\r\n"
    b"--x\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=foto.png\r\n\r\n"
    b"12345\r\n--x--\r\n"
)
BOUNCE = (
    b"From: MAILER-DAEMON@mx.test\r\nReturn-Path: <>\r\nSubject: Undelivered Mail\r\n"
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
    b"--x\r\nContent-Type: text/plain\r\n\r\nfailed\r\n"
    b"--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n"
    b"Final-Recipient: rfc822; budi@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
    b"--x--\r\n"
)


def run(*arguments: object, given: bytes | None = None) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments], input=given)


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout_bytes.decode().splitlines()]


def captured() -> list[Any]:
    found = []
    for kind, folder in FOLDERS.items():
        for file in sorted((DATA / folder).glob("*.json")):
            for row in json.loads(file.read_text(encoding="utf-8")):
                expect = row.get("expect")
                if isinstance(expect, dict) and expect.get("type") in {"message", "report"}:
                    found.append(pytest.param(kind, row, id=f"{folder}-{row['name']}"))
    return found


@pytest.mark.parametrize(("kind", "row"), captured())
async def test_a_bare_payload_says_what_its_door_hears(kind: str, row: dict[str, Any]) -> None:
    """The same rows that the doors are held to, without door, signature or configuration."""
    parsing = Parsing(kind, row.get("purpose", "message"))
    events = await parsing.payload("", row["body"].encode(), SystemClock().now())
    await parsing.close()
    found, expect = events[0].inbound, row["expect"]
    assert type(found).__name__.lower().removeprefix("inbound").endswith(expect["type"])
    if expect["type"] == "message":
        assert found.text == expect.get("text", found.text)


def test_a_mail_tells_everything(tmp_path: Path) -> None:
    file = tmp_path / "surel.eml"
    file.write_bytes(MAIL)
    result = run(file, "--json")
    (row,) = rows(result)
    assert result.exit_code == 0
    assert row == {
        "file": str(file),
        "type": "message",
        "external_id": row["external_id"],
        "sender": {"address": "siti@example.org", "name": "Siti Aminah"},
        "subject": "Re: HELPDESK lampu mati",
        "text": "Masih gelap. HD26-004217-4\n\nPada Sen, 23 Nov 2026 Desk menulis:\n> Sudah?",
        "reply_text": "Masih gelap. HD26-004217-4",
        "attachments": [{"filename": "foto.png", "content_type": "image/png", "size": 5}],
        "thread_hints": {
            "thread_id": "b@example.org",
            "references": ["a@contoh.go.id"],
            "numbers": ["HD26-004217-4"],
            "proven": None,
            "edits": None,
        },
        "automatic": None,
        "bounce": None,
        "intent": row["intent"],
        "sent_at": None,
    }
    assert row["external_id"].startswith("b@example.org#")
    assert row["intent"]["kind"] in {"complaint", "text"}


def test_a_bounce_tells_whom_it_did_not_reach() -> None:
    (row,) = rows(run("--channel", "email", "--json", given=BOUNCE))
    assert row["automatic"]
    bounce = row["bounce"]
    assert (bounce["recipient"], bounce["status"]) == ("budi@example.org", "5.1.1")


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("Siti <siti@example.org>", "siti@example.org"),
        ("siti@example.org, budi@example.org", "siti@example.org"),
        # a local part alone, as mail servers write it
        ("MAILER-DAEMON", "MAILER-DAEMON"),
        ("MAILER-DAEMON (Mail Delivery System)", "MAILER-DAEMON"),
        ('"Mail System" <MAILER-DAEMON>', "MAILER-DAEMON"),
        # and what is none
        ("Siti Aminah", None),
        ("<>", None),
        ("", None),
        ("a@good.test)b@evil.test", None),
    ],
)
def test_whom_a_mail_claims_to_be_from(written: str, address: str | None) -> None:
    mail = f"From: {written}\r\nSubject: x\r\n\r\nLampu mati.\r\n".encode()
    (row,) = rows(run("--channel=email", "--json", given=mail))
    assert row["sender"]["address"] == address


@pytest.mark.parametrize(
    ("header", "automatic"),
    [
        (b"X-Nothing: x", False),
        (b"Auto-Submitted: auto-replied", True),
        (b"Precedence: bulk", True),
        (b"X-Auto-Response-Suppress: All", True),
    ],
)
def test_why_there_would_be_no_acknowledgement(header: bytes, automatic: object) -> None:
    mail = b"From: a@b.test\r\nSubject: HELPDESK x\r\n" + header + b"\r\n\r\nLampu mati.\r\n"
    (row,) = rows(run("--channel=email", "--json", given=mail))
    assert bool(row["automatic"]) is automatic


def test_a_folder_goes_through_whatever_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "1.eml").write_bytes(MAIL)
    (tmp_path / "2.eml").write_bytes(b"")
    (tmp_path / "sub" / "3.json").write_bytes(b"{not json")
    (tmp_path / "sub" / "4.form").write_bytes(b"MessageSid=&From=%2B62812")
    (tmp_path / "5.eml").write_bytes(bytes(range(256)) * 40)
    (tmp_path / ".hidden").write_bytes(MAIL)
    (tmp_path / "6.eml").symlink_to(tmp_path / "nowhere")
    result = run(tmp_path, tmp_path / "absent.eml", "--json")
    found = {Path(row["file"]).name: row for row in rows(result)}
    assert result.exit_code == 1
    assert set(found) == {"1.eml", "2.eml", "3.json", "4.form", "5.eml", "absent.eml"}
    assert {name for name, row in found.items() if "error" in row} == {
        "2.eml", "3.json", "4.form", "absent.eml",
    }  # fmt: skip
    assert all("Traceback" not in row.get("error", "") for row in found.values())


def test_the_readable_view_hides_what_could_move_a_cursor(tmp_path: Path) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(b"From: a@b.test\r\nSubject: \x1b[31mmerah\r\n\r\nsatu\r\n\x1b[2Jdua\r\n")
    result = run(file)
    assert result.exit_code == 0
    assert b"\x1b" not in result.stdout_bytes
    assert b"  | satu" in result.stdout_bytes


def test_a_batch_tells_each_item() -> None:
    row = next(
        row
        for row in json.loads((DATA / "whatsapp" / "messages.json").read_text(encoding="utf-8"))
        if isinstance(row["expect"], dict)
    )
    body = json.loads(row["body"])
    body["entry"] += [{"changes": [{"field": "messages", "value": {"messages": [{}]}}]}]
    found = rows(run("--channel", "whatsapp_cloud", "--json", given=json.dumps(body).encode()))
    assert found[0]["type"] == "message"
    assert len(found) >= 2


@pytest.mark.parametrize(
    ("name", "raw", "kind"),
    [
        ("a.EML", b"{", "email"),
        ("a", b"Received: x", "email"),
        ("a.json", b' {"update_id": 1}', "telegram"),
        ("a.json", b'{"object":"whatsapp_business_account"}', "whatsapp_cloud"),
        ("a", b"ToCountry=ID&MessageSid=SM1", "twilio_sms"),
        ("a", b"MessageSid=SM1&From=whatsapp%3A%2B62", "twilio_whatsapp"),
        ("", b"", "email"),
    ],
)
def test_what_is_not_said_is_guessed(name: str, raw: bytes, kind: str) -> None:
    assert guessed_kind(name, raw) == kind


def test_a_channel_of_the_configuration_is_its_kind(tmp_path: Path) -> None:
    file = tmp_path / "helpdesk.toml"
    file.write_text(
        '[office]\nname="Dinas"\n[http]\npublic_url="https://a.test"\n[channels.pesan]\n'
        'kind="twilio_sms"\naccount_sid="AC' + "a" * 32 + '"\nauth_token="rahasia-sekali-123"\n'
        'from_number="+6281100003636"\n',
        encoding="utf-8",
    )
    body = b"MessageSid=SM" + b"1" * 32 + b"&From=%2B6281234567890&Body=HELPDESK+x"
    (row,) = rows(run("--channel", "pesan", "--config", file, "--json", given=body))
    assert row["text"] == "HELPDESK x"
    assert run("--channel", "lain", "--config", file, given=body).exit_code == 2
    assert run("--channel", "lain", "--config", tmp_path / "none.toml", given=body).exit_code == 2


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind in {*FOLDERS, "email"}])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(raw=st.binary(max_size=200) | st.sampled_from([b"{}", b"[]", b"null", b"a=b", MAIL[:200]]))
async def test_no_bytes_raise_anything_else(kind: str, raw: bytes) -> None:
    parsing, sentence = Parsing(kind), ""
    try:
        assert await parsing.payload("x", raw, SystemClock().now())
    except MalformedMessage as problem:
        sentence = problem.sentence
    finally:
        await parsing.close()
    assert "stumbled" not in sentence
