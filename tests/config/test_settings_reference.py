"""The example and the reference say what the settings are: both ways."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from config.load import read
from config.problems import secret_keys
from config.reference import default_of, explanations, reference
from config.settings import CHANNEL_KINDS, Settings
from tests.config.samples import TOKEN

if TYPE_CHECKING:
    from config.section import Section

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = (ROOT / "config/example.toml").read_text(encoding="utf-8")

SECTIONS: dict[str, type[Section]] = {
    name: field.annotation
    for name, field in Settings.model_fields.items()
    if isinstance(field.annotation, type)
}
for _name, _table in tomllib.loads(EXAMPLE)["channels"].items():
    _door = CHANNEL_KINDS[_table["kind"]]
    SECTIONS |= {f"channels.{_name}": _door}
    SECTIONS |= {f"channels.{_name}.{key}": below for key, below in _door.tables().items()}

PLAIN = {"api_base_url", "connect_seconds", "folder", "max_connections", "port"}
"""Keys that need no word beside them."""

SECRET_FILE = r"/run/secrets/[a-z-]+"


def written(name: str) -> str:
    """The lines of one table of the example."""
    found = re.search(
        rf"^\[{re.escape(name)}\].*?\n(.*?)(?=^\[|\Z)", EXAMPLE, re.DOTALL | re.MULTILINE
    )
    assert found, name
    return found[1]


def keys(name: str) -> dict[str, str]:
    """Every key of a table of the example, in use or behind ``#``, with what is written."""
    return dict(re.findall(r"^(?:# )?([a-z_]+) = (.*)$", written(name), re.MULTILINE))


def with_bot(text: str, folder: Path) -> str:
    """The example with the one secret that has a form of its own."""
    token = folder / "bot"
    token.write_text(f"123456789:{TOKEN}", encoding="utf-8")
    return text.replace("/run/secrets/telegram-bot", str(token))


def test_the_example_holds_every_section_and_no_other() -> None:
    assert {name.split(".")[0] for name in SECTIONS} | {"texts"} == set(Settings.model_fields)
    assert set(tomllib.loads(EXAMPLE)) == set(Settings.model_fields)


@pytest.mark.parametrize("name", SECTIONS)
def test_the_example_holds_every_key_and_no_other(name: str) -> None:
    section = SECTIONS[name]
    files = {f"{key}_file" for key in secret_keys(section)}
    assert set(keys(name)) == set(section.model_fields) - set(section.tables()) | files


def test_the_example_holds_every_kind_of_channel() -> None:
    shown = {table["kind"] for table in tomllib.loads(EXAMPLE)["channels"].values()}
    assert shown == set(CHANNEL_KINDS)


@pytest.mark.parametrize("name", SECTIONS)
def test_the_example_shows_the_defaults(name: str) -> None:
    table: object = tomllib.loads(EXAMPLE)
    for step in name.split("."):
        assert isinstance(table, dict)
        table = table[step]
    assert isinstance(table, dict)
    section = SECTIONS[name]
    own = set(section.needs_one_of)  # one of them is needed, so one is shown in use
    for key, field in section.model_fields.items():
        if key in section.tables():
            assert key in table
        elif field.is_required():
            assert key in table or f"{key}_file" in table
        elif default_of(field) is None:
            assert key not in table or key in own
        else:
            assert table[key] == default_of(field), key


@pytest.mark.parametrize("name", [*SECTIONS, "texts"])
def test_every_line_of_the_example_is_explained(name: str) -> None:
    bare = [line for line in written(name).splitlines() if line and "#" not in line]
    assert {line.split(" ")[0] for line in bare} <= PLAIN


def test_the_example_is_valid_once_the_secrets_are_there(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(TOKEN, encoding="utf-8")
    settings = read(tomllib.loads(re.sub(SECRET_FILE, str(secret), with_bot(EXAMPLE, tmp_path))))
    assert settings.channels["sms"].auth_token.get_secret_value() == TOKEN
    assert settings.channels["surel"].imap.password.get_secret_value() == TOKEN


def test_what_stands_behind_a_hash_is_valid_too(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(TOKEN, encoding="utf-8")
    text = re.sub(r"^# ([a-z_]+ = )", r"\1", EXAMPLE, flags=re.MULTILINE)
    text = re.sub(SECRET_FILE, str(secret), with_bot(text, tmp_path))
    # A secret stands in the table or in a file; here all are read from files.
    inline = "|".join(
        sorted({"url", *(key for one in SECTIONS.values() for key in secret_keys(one))})
    )
    text = re.sub(rf"^(?:{inline}) = .*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"^(url_file = ).*", "", text, flags=re.MULTILINE)
    settings = read(tomllib.loads(text))
    channel = settings.channels["sms"]
    assert channel.fallback_url == "https://cadangan.contoh.go.id/hooks/sms"
    assert channel.validity_seconds == 14_400
    assert channel.messaging_service_sid is not None
    assert settings.channels["surel"].smtp_in.certificate is not None


def test_unedited_the_example_does_not_start() -> None:
    # An attacker knows the example, so it holds no secret that would be taken.
    secrets = {key for one in SECTIONS.values() for key in secret_keys(one)} - {"url"}
    found = re.findall(
        rf"^(?:{'|'.join(sorted(secrets))})(?:_file)? = (\S+)", EXAMPLE, re.MULTILINE
    )
    assert found
    assert all(re.fullmatch(f'"{SECRET_FILE}"', value) for value in found)


@pytest.mark.parametrize("section", SECTIONS.values())
def test_every_setting_is_explained(section: type[Section]) -> None:
    told = explanations(section)
    assert set(told) - {"unshown", "needs_one_of"} == set(section.model_fields)
    for key, text in told.items():
        assert text.endswith("."), key
    for key, field in section.model_fields.items():
        if key.endswith("_seconds"):
            assert "econds" in told[key]
        if not field.is_required() and default_of(field) is None:
            assert "None: " in told[key]


def test_the_reference_is_up_to_date() -> None:
    page = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    assert page == reference(), "run: python -m config.reference > docs/configuration.md"
