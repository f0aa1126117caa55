"""Tables inside a channel: from file, environment and files with secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from config.load import load
from tests.config.samples import TOKEN
from tests.config.test_settings_sources import FILE, problems

if TYPE_CHECKING:
    from pathlib import Path

MAILBOX = """
[channels.surel]
kind = "email"
address = "Lapor@Contoh.go.id"
token_secret = "sixteen characters"
[channels.surel.imap]
host = "imap.contoh.go.id"
user = "lapor"
password_file = "{place}"
[channels.surel.smtp_out]
host = "localhost"
security = "plain"
port = 25
"""
SUREL = "HELPDESK_CHANNELS__SUREL__"
IN, OUT = "channels.surel.smtp_in", "channels.surel.smtp_out"


@pytest.fixture
def mailbox(tmp_path: Path) -> Path:
    file = tmp_path / "helpdesk.toml"
    place = tmp_path / "mailbox-password"
    place.write_text("kunci kotak surat\n", encoding="utf-8")
    file.write_text(FILE + MAILBOX.format(place=place), encoding="utf-8")
    return file


def test_tables_inside_a_channel(mailbox: Path) -> None:
    settings = load(mailbox, {})
    surel: Any = settings.channels["surel"]
    assert surel.address == "lapor@contoh.go.id"
    assert surel.imap.password.get_secret_value() == "kunci kotak surat"
    assert surel.imap.port == 993
    assert surel.smtp_out.port == 25
    assert surel.smtp_in is None
    assert {"kunci kotak surat", "sixteen characters", TOKEN} <= set(settings.secrets())


def test_the_environment_stands_above_a_table_inside_a_channel(mailbox: Path) -> None:
    environ = {
        f"{SUREL}IMAP__PASSWORD": "another key",
        f"{SUREL}SMTP_OUT__PORT": "2500",
        f"{SUREL}SMTP_IN__PORT": "2600",
    }
    surel: Any = load(mailbox, environ).channels["surel"]
    assert surel.imap.password.get_secret_value() == "another key"
    assert (surel.smtp_out.port, surel.smtp_in.port) == (2500, 2600)


def test_all_faults_in_tables_are_told_at_once_with_the_whole_key(mailbox: Path) -> None:
    text = mailbox.read_text(encoding="utf-8").replace("port = 25", "prot = 25")
    text = text.replace('user = "lapor"', 'after = "burn"').replace('"sixteen', '"six')
    mailbox.write_text(text.replace("six characters", "six"), encoding="utf-8")
    found = problems(mailbox, {f"{SUREL}IMAP__PORT": "x", f"{SUREL}SMTP_IN__MAX_SIZE": "1"})
    assert sorted(found) == [
        "channels.surel.imap.after is 'burn'; expected 'seen', 'move' or 'keep'.",
        f"channels.surel.imap.port ({SUREL}IMAP__PORT) is 'x'; expected a whole number.",
        "channels.surel.imap.user is missing; expected a value, it has no default.",
        f"{IN}.max_size ({SUREL}SMTP_IN__MAX_SIZE) is '1'; expected at least 65536.",
        f"{OUT}.prot is not a known setting; did you mean {OUT}.port?",
        "channels.surel.token_secret is not valid; expected a secret of 16 characters or more.",
    ]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            'security = "plain"\n',
            "",
            None,
        ),
        (
            'host = "localhost"',
            'host = "smtp.contoh.go.id"',
            "channels.surel.smtp_out.security is 'plain'; expected tls or starttls (plain is for",
        ),
        (
            "[channels.surel.imap]",
            "[channels.surel.pop3]",
            "channels.surel.smtp_in is not set; expected a value, or imap instead.",
        ),
        (
            "[channels.surel.smtp_out]",
            "[channels.lain]",
            "channels.surel.smtp_out is missing; expected a table [channels.surel.smtp_out].",
        ),
        (
            "password_file = ",
            "# password_file = ",
            "channels.surel.imap.password is not set; expected a value, or oauth_token_file",
        ),
        (
            'kind = "email"',
            'kind = "email"\nsmtp_in = 25',
            "channels.surel.smtp_in is a single value; expected a table [channels.surel.smtp_in].",
        ),
        (
            "port = 25",
            'password = "kunci"',
            "channels.surel.smtp_out.user is not set; expected the user name that the password",
        ),
        (
            '"Lapor@Contoh.go.id"',
            '"Lapor <lapor@contoh.go.id>"',
            "channels.surel.address is 'Lapor <lapor@contoh.go.id>'; expected an address such as",
        ),
    ],
)
def test_what_a_mail_door_refuses(mailbox: Path, old: str, new: str, sentence: str | None) -> None:
    text = mailbox.read_text(encoding="utf-8")
    assert old in text
    mailbox.write_text(text.replace(old, new), encoding="utf-8")
    if sentence is None:
        load(mailbox, {})
    else:
        assert any(line.startswith(sentence) for line in problems(mailbox, {}))


@pytest.mark.parametrize(
    ("variable", "sentence"),
    [
        (f"{SUREL}IMAP", "channels.surel.imap is a single value; expected a table"),
        (f"{SUREL}ADDRESS__X", f"{SUREL}ADDRESS__X names no setting"),
        (f"{SUREL}POP3__HOST", "channels.surel.pop3 is not a known setting"),
        (f"{SUREL}IMAP__PASSWORD__X", f"{SUREL}IMAP__PASSWORD__X names no setting"),
        (f"{SUREL}IMAP__", f"{SUREL}IMAP__ names no setting"),
    ],
)
def test_variables_that_reach_into_tables_and_miss(
    mailbox: Path, variable: str, sentence: str
) -> None:
    assert any(line.startswith(sentence) for line in problems(mailbox, {variable: "x"}))
