"""Each setting: what it takes, what it refuses, and how it says so."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from config.attachments import AttachmentSettings
from config.load import read
from config.problems import ConfigurationError
from config.settings import CHANNEL_KINDS, LimitSettings, Settings
from core.model.policy import ReplyLimits
from tests.config.samples import GONE, SID, TOKEN, tables

PAST_64 = "x" * 81
SMS = "channels.sms"

# what is changed, and the one sentence that must follow (its beginning, and what it must hold)
REFUSED = [
    ({"office.name": GONE}, "office.name is missing; expected a value", ""),
    ({"office.name": " "}, "office.name is ' '; expected", "not blank"),
    ({"office.name": PAST_64}, "office.name is 'xxx", "at most 80 characters"),
    ({"office.name": 7}, "office.name is 7; expected text in quotes.", ""),
    ({"office.timezone": "Asia/Bandung"}, "office.timezone is 'Asia/Bandung'", "Asia/Makassar"),
    ({"office.timezone": "../etc/passwd"}, "office.timezone is", "Asia/Jakarta"),
    ({"office.language": "jv"}, "office.language is 'jv'; expected 'id'.", ""),
    ({"office.ticket_prefix": "H"}, "office.ticket_prefix is 'H'", "two or three capital"),
    ({"office.ticket_prefix": "HDXX"}, "office.ticket_prefix", "two or three capital"),
    ({"office.ticket_prefix": "hd"}, "office.ticket_prefix", "two or three capital"),
    ({"office.ticket_prefix": "HD\n"}, "office.ticket_prefix is 'HD\\n'", "capital"),
    ({"office.calendar": "bayuwangi"}, "office.calendar is 'bayuwangi'", "banyuwangi"),
    ({"office.require_keyword": "perhaps"}, "office.require_keyword", "true or false"),
    (
        {"office.require_keyword_from": ["1/1/27=true"]},
        "office.require_keyword_from",
        "2027-01-01",
    ),
    ({"office.require_keyword_from": ["2027-13-01=true"]}, "office.require_keyword_from", "month"),
    (
        {"office.require_keyword_from": ["2027-01-01=true", "2027-01-01=false"]},
        "office.require_keyword_from",
        "each once",
    ),
    ({"office.reopen_days": -1}, "office.reopen_days is -1; expected at least 0.", ""),
    ({"office.reopen_days": 1.5}, "office.reopen_days is 1.5; expected a whole number.", ""),
    ({"http.port": 65_536}, "http.port is 65536; expected at most 65535.", ""),
    ({"http.port": "eighty"}, "http.port is 'eighty'; expected a whole number.", ""),
    ({"http.public_url": GONE}, "http.public_url is missing", ""),
    ({"http.public_url": "http://contoh.go.id"}, "http.public_url is", "an https:// address"),
    ({"http.public_url": "contoh.go.id"}, "http.public_url is 'contoh.go.id'", "such as https"),
    ({"http.public_url": "https://"}, "http.public_url is", "such as https"),
    ({"http.public_url": "https://a b"}, "http.public_url is", "such as https"),
    ({"http.public_url": "https://[::1"}, "http.public_url is", "such as https"),
    ({"http.public_url": "https://a:99999"}, "http.public_url is", "such as https"),
    ({"http.public_url": "https://u:geheim@a"}, "http.public_url is 'https://***@a'", "without"),
    ({"http.public_url": "https://a/?x=1"}, "http.public_url is", "without ? and #"),
    ({"http.max_body": 0}, "http.max_body is 0; expected at least 1024.", ""),
    ({"store.url": "mysql://a/b"}, "store.url is not valid; expected sqlite+aiosqlite", ""),
    ({"store.url": "sqlite+aiosqlite:///:memory:"}, "store.url is not valid", "on disk"),
    ({"store.url": "sqlite+aiosqlite://"}, "store.url is not valid", "names the database"),
    ({"store.url": "postgresql+asyncpg://u@h"}, "store.url is not valid", "names the database"),
    ({"store.data_dir": 3}, "store.data_dir is 3; expected a path in quotes.", ""),
    ({"store.pool": 0}, "store.pool is 0; expected at least 1.", ""),
    ({"log.level": "loud"}, "log.level is 'loud'; expected", "'warning'"),
    ({"log.format": "xml"}, "log.format is 'xml'; expected 'console' or 'json'.", ""),
    ({"log.level": {"a": 1}}, "log.level is a table; expected", "'warning'"),
    ({"http.public_url": "http:///x"}, "http.public_url is", "such as https"),
    ({"limits.same_text": 0}, "limits.same_text is 0; expected at least 1.", ""),
    ({"intake.group": 0}, "intake.group is 0; expected at least 1.", ""),
    ({"dispatch.poll_seconds": 0}, "dispatch.poll_seconds is 0; expected more than 0.", ""),
    ({"dispatch.poll_seconds": float("nan")}, "dispatch.poll_seconds is nan", "expected"),
    ({"dispatch.lease_seconds": 10}, "dispatch.lease_seconds is 10", "send_timeout_seconds."),
    ({"dispatch.send_timeout_seconds": 30}, "dispatch.lease_seconds is not set", "longer"),
    ({"dispatch.backoff_max_seconds": 1}, "dispatch.backoff_max_seconds is 1", "at least backoff"),
    ({f"{SMS}.kind": GONE}, f"{SMS}.kind is missing; expected one of: ", ""),
    ({f"{SMS}.kind": "twilio"}, f"{SMS}.kind is 'twilio'; expected one of: ", ""),
    ({f"{SMS}.kind": 3}, f"{SMS}.kind is '3'; expected one of: ", ""),
    ({f"{SMS}.account_sid": TOKEN}, f"{SMS}.account_sid is not valid; expected AC and 32", ""),
    ({f"{SMS}.auth_token": GONE}, f"{SMS}.auth_token is missing", "auth_token_file"),
    ({f"{SMS}.auth_token": ""}, f"{SMS}.auth_token is not valid", "not blank"),
    ({f"{SMS}.auth_token": " \t"}, f"{SMS}.auth_token is not valid", "not blank"),
    ({f"{SMS}.auth_token_previous": " "}, f"{SMS}.auth_token_previous is not valid", "blank"),
    ({f"{SMS}.from_number": GONE}, f"{SMS}.from_number is not set", "messaging_service"),
    ({f"{SMS}.from_number": "0812345678901"}, f"{SMS}.from_number is '0812", "+6281234567890"),
    ({f"{SMS}.messaging_service_sid": SID}, f"{SMS}.messaging_service_sid", "MG and 32"),
    ({f"{SMS}.own_numbers": "+6281234567890"}, f"{SMS}.own_numbers is", "a list such as"),
    ({f"{SMS}.own_numbers": ["x"]}, f"{SMS}.own_numbers is ['x']", "short code"),
    ({f"{SMS}.api_base_url": "http://api.twilio.com"}, f"{SMS}.api_base_url is", "https://"),
    ({f"{SMS}.fallback_url": "ftp://a"}, f"{SMS}.fallback_url is 'ftp://a'", "such as https"),
    ({f"{SMS}.validity_seconds": 36_001}, f"{SMS}.validity_seconds is 36001", "at most 36000"),
    ({"channels.SMS": {}}, "channels.SMS cannot be a channel", "a-z, 0-9 and -"),
    ({"channels.a_b": {}}, "channels.a_b cannot be a channel", ""),
    ({f"channels.{'x' * 33}": {}}, "channels.xxx", "at most 32"),
    ({"channels.wa": "on"}, "channels.wa is a single value; expected a table [channels.wa].", ""),
    ({"log": "info"}, "log is a single value; expected a table [log].", ""),
    ({"texts.ack_sms": 3}, "texts.ack_sms is not text; expected text in quotes.", ""),
    ({"texts.ack_sms": "Terima kasih."}, "texts.ack_sms: ", "{tiket}"),
    (
        {"texts.ack_smz": "x"},
        "texts.ack_smz is not a known setting; did you mean texts.ack_sms?",
        "",
    ),
    ({"http.prot": 1}, "http.prot is not a known setting; did you mean http.port?", ""),
    ({"http.zzzzzz": 1}, "http.zzzzzz is not a known setting; expected one of: host, max", ""),
    ({"htpp": {}}, "htpp is not a known setting; did you mean http?", ""),
    ({f"{SMS}.auth_tokn": TOKEN}, f"{SMS}.auth_tokn is not a known", f"mean {SMS}.auth_token?"),
    ({f"{SMS}.auth_token_fil": "x"}, f"{SMS}.auth_token_fil is", f"mean {SMS}.auth_token_file?"),
]


def problems(changes: dict[str, object]) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        read(tables(changes))
    return caught.value.problems


@pytest.mark.parametrize(("changes", "begins", "holds"), REFUSED)
def test_refuses_with_one_sentence(changes: dict[str, object], begins: str, holds: str) -> None:
    (sentence,) = problems(changes)
    assert sentence.startswith(begins)
    assert holds in sentence
    assert "\n" not in sentence
    assert TOKEN not in sentence


TAKEN = [
    ("office.timezone", "Asia/Makassar"),
    ("office.timezone", "Asia/Jayapura"),
    ("office.ticket_prefix", "RSU"),
    ("office.reopen_days", 0),
    ("http.port", 0),
    ("http.public_url", "http://127.0.0.1:8080"),
    ("http.public_url", "http://localhost:8080"),
    ("http.public_url", "http://[::1]:8080"),
    ("http.public_url", "https://contoh.go.id/aduan"),
    ("dispatch.poll_seconds", 0.05),
    ("channels.sms.from_number", "12345"),
    ("channels.sms.api_base_url", "http://127.0.0.1:9999"),
    ("channels.sms.own_numbers", ("+6281234567891", "12345")),
]


@pytest.mark.parametrize(("path", "value"), TAKEN)
def test_takes(path: str, value: object) -> None:
    found: object = read(tables({path: value}))
    for step in path.split("."):
        found = found[step] if isinstance(found, dict) else getattr(found, step)
    assert found == value


def test_all_faults_are_told_at_once() -> None:
    found = problems(
        {
            "office.name": GONE,
            "http.port": "x",
            "http.prot": 1,
            "store.url": "mysql://root:geheim@h/d",
            "channels.sms.auth_token": " ",
            "channels.sms.from_number": GONE,
            "channels.wa": {"kind": "fax"},
            "texts.nothing": "x",
            "nonsense": {},
        }
    )
    assert len(found) == 9
    assert "geheim" not in " ".join(found)


def test_a_service_may_stand_in_for_the_number() -> None:
    service = "MG" + "0" * 32
    settings = read(
        tables({"channels.sms.from_number": GONE, "channels.sms.messaging_service_sid": service})
    )
    assert settings.channels["sms"].messaging_service_sid == service
    assert settings.channels["sms"].all_numbers == ()


def test_a_slash_at_the_end_of_an_address_is_dropped() -> None:
    settings = read(tables({"http.public_url": "https://contoh.go.id/"}))
    assert settings.http.public_url == "https://contoh.go.id"


def test_own_numbers_hold_the_sending_one_once() -> None:
    numbers = ["+6281234567891", "+6281234567890"]
    channel = read(tables({"channels.sms.own_numbers": numbers})).channels["sms"]
    assert channel.all_numbers == ("+6281234567890", "+6281234567891")


def test_own_texts_are_kept() -> None:
    text = "Tiket {masukan} tidak ditemukan."
    assert read(tables({"texts.unknown_ticket_sms": text})).texts == {"unknown_ticket_sms": text}


def test_settings_do_not_change_and_do_not_show_secrets() -> None:
    settings = read(tables({"store.url": "postgresql+asyncpg://u:geheim@h/d"}))
    with pytest.raises(ValidationError):
        settings.http.port = 1
    assert TOKEN not in repr(settings)
    assert "geheim" not in repr(settings)


def test_secrets_are_all_known_to_the_log() -> None:
    changes = {
        "store.url": "postgresql+asyncpg://u:ge%40heim@h/d",
        "channels.sms.auth_token_previous": "the token before",
    }
    secrets = set(read(tables(changes)).secrets())
    assert secrets == {
        "postgresql+asyncpg://u:ge%40heim@h/d",
        "ge%40heim",
        "ge@heim",
        TOKEN,
        "the token before",
    }


def test_a_store_without_password_is_no_secret() -> None:
    assert set(read(tables()).secrets()) == {TOKEN}


def test_limits_are_those_of_the_policy() -> None:
    names = ReplyLimits.__dataclass_fields__.keys()
    assert names == LimitSettings.model_fields.keys()
    assert ReplyLimits(**LimitSettings().model_dump()) == ReplyLimits()


def test_every_kind_names_itself() -> None:
    for kind, section in CHANNEL_KINDS.items():
        assert section.model_fields["kind"].annotation is not None
        assert kind in repr(section.model_fields["kind"].annotation)


def test_sections_are_complete() -> None:
    assert list(Settings.model_fields) == [
        "office", "http", "store", "log", "vault", "staff", "sso", "work", "watch", "duty",
        "schedules", "api", "hooks", "survey", "texts", "limits", "intake", "dispatch",
        "attachments", "channel_log", "channels",
    ]  # fmt: skip


@pytest.mark.parametrize("place", ["127.0.0.1:3310", "[::1]:3310", "/run/clamav/clamd.ctl"])
def test_a_scanner_is_a_port_or_a_socket(place: str) -> None:
    assert AttachmentSettings(scanner=place).scanner == place


@pytest.mark.parametrize(
    "given",
    [
        {"scanner": "clamd"},
        {"scanner": ":3310"},
        {"scanner": ""},
        {"max_bytes": 100},
        {"attempts": 0},
        {"backoff_seconds": 10.0, "backoff_max_seconds": 5.0},
        {"unknown": 1},
    ],
)
def test_the_section_of_files_refuses_what_cannot_work(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        AttachmentSettings(**given)  # type: ignore[arg-type] # on purpose
