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
} | {"channels.sms": CHANNEL_KINDS["twilio_sms"]}


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


def test_the_example_holds_every_section_and_no_other() -> None:
    assert {name.split(".")[0] for name in SECTIONS} | {"texts"} == set(Settings.model_fields)
    assert set(tomllib.loads(EXAMPLE)) == set(Settings.model_fields)


@pytest.mark.parametrize("name", SECTIONS)
def test_the_example_holds_every_key_and_no_other(name: str) -> None:
    section = SECTIONS[name]
    files = {f"{key}_file" for key in secret_keys(section)}
    assert set(keys(name)) == set(section.model_fields) | files


@pytest.mark.parametrize("name", SECTIONS)
def test_the_example_shows_the_defaults(name: str) -> None:
    table: object = tomllib.loads(EXAMPLE)
    for step in name.split("."):
        assert isinstance(table, dict)
        table = table[step]
    assert isinstance(table, dict)
    own = {"from_number"}  # this or the messaging service is needed, so one is shown in use
    for key, field in SECTIONS[name].model_fields.items():
        if field.is_required():
            assert key in table or f"{key}_file" in table
        elif default_of(field) is None:
            assert key not in table or key in own
        else:
            assert table[key] == default_of(field), key


@pytest.mark.parametrize("name", [*SECTIONS, "texts"])
def test_every_line_of_the_example_is_explained(name: str) -> None:
    bare = [line for line in written(name).splitlines() if line and "#" not in line]
    assert {line.split(" ")[0] for line in bare} <= {"port", "api_base_url"}


def test_the_example_is_valid_once_the_token_is_there(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(TOKEN, encoding="utf-8")
    settings = read(tomllib.loads(EXAMPLE.replace("/run/secrets/twilio", str(token), 1)))
    assert settings.channels["sms"].auth_token.get_secret_value() == TOKEN


def test_what_stands_behind_a_hash_is_valid_too(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(TOKEN, encoding="utf-8")
    text = re.sub(r"^# ([a-z_]+ = )", r"\1", EXAMPLE, flags=re.MULTILINE)
    text = re.sub(
        r"^(auth_token(?:_previous)?_file = ).*", rf'\1"{token}"', text, flags=re.MULTILINE
    )
    text = re.sub(
        r"^(?:url_file|auth_token|auth_token_previous) = .*\n", "", text, flags=re.MULTILINE
    )
    channel = read(tomllib.loads(text)).channels["sms"]
    assert channel.fallback_url == "https://cadangan.contoh.go.id/hooks/sms"
    assert channel.validity_seconds == 14_400
    assert channel.messaging_service_sid is not None


def test_unedited_the_example_does_not_start() -> None:
    # An attacker knows the example, so it holds no token that would be taken.
    assert re.findall(r"^auth_token\w* = .*", EXAMPLE, re.MULTILINE) == [
        'auth_token_file = "/run/secrets/twilio"  # required: the primary token in a file'
    ]


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
