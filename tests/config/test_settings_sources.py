"""Where settings come from: file, environment, files with secrets."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.load import LONGEST_SECRET, config_file, load, read
from config.problems import ConfigurationError
from tests.config.samples import SID, TOKEN, tables

FILE = f"""
[office]
name = "Dinas Contoh"
[http]
public_url = "https://contoh.go.id"
port = 1111
[channels.sms-utama]
kind = "twilio_sms"
account_sid = "{SID}"
auth_token = "{TOKEN}"
from_number = "+6281234567890"
"""
LINE = "HELPDESK_CHANNELS__SMS_UTAMA__"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "helpdesk.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def problems(path: Path | None, environ: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        load(path, environ)
    return caught.value.problems


def test_reads_a_file(file: Path) -> None:
    settings = load(file, {})
    assert settings.office.name == "Dinas Contoh"
    assert settings.http.port == 1111
    assert settings.channels["sms-utama"].auth_token.get_secret_value() == TOKEN


def test_environment_stands_above_the_file(file: Path) -> None:
    environ = {
        "HELPDESK_HTTP__PORT": "2222",
        "HELPDESK_OFFICE__REQUIRE_KEYWORD": "false",
        "HELPDESK_DISPATCH__POLL_SECONDS": "0.1",
        "HELPDESK_LOG__FORMAT": "json",
        "HELPDESK_STORE__DATA_DIR": "elsewhere",
        f"{LINE}AUTH_TOKEN": "another token",
        f"{LINE}OWN_NUMBERS": "+6281234567891, +6281234567892",
        "HELPDESK_TEXTS__UNKNOWN_TICKET_SMS": "Tiket {masukan} tidak ada.",
    }
    settings = load(file, environ)
    assert settings.http.port == 2222
    assert settings.office.require_keyword is False
    assert settings.dispatch.poll_seconds == 0.1
    assert settings.log.format == "json"
    assert settings.store.data_dir == Path("elsewhere")
    channel = settings.channels["sms-utama"]
    assert channel.auth_token.get_secret_value() == "another token"
    assert channel.own_numbers == ("+6281234567891", "+6281234567892")
    assert settings.texts == {"unknown_ticket_sms": "Tiket {masukan} tidak ada."}


def test_environment_alone_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    environ = {
        "HELPDESK_OFFICE__NAME": "Dinas Contoh",
        "HELPDESK_HTTP__PUBLIC_URL": "https://contoh.go.id",
        "HELPDESK_CHANNELS__SMS__KIND": "twilio_sms",
        "HELPDESK_CHANNELS__SMS__ACCOUNT_SID": SID,
        "HELPDESK_CHANNELS__SMS__AUTH_TOKEN": TOKEN,
        "HELPDESK_CHANNELS__SMS__FROM_NUMBER": "+6281234567890",
    }
    assert load(None, environ).channels.keys() == {"sms"}


@pytest.mark.parametrize(
    "harmless",
    ["HELPDESK_PORT", "HELPDESK_SERVICE_HOST", "HELPDESK_PORT_8080_TCP", "HOME", "X__Y"],
)
def test_variables_that_kubernetes_sets_are_left_alone(file: Path, harmless: str) -> None:
    assert load(file, {harmless: "tcp://10.0.0.1:8080"}).http.port == 1111


@pytest.mark.parametrize(
    ("variable", "sentence"),
    [
        ("HELPDESK_HTTP__PORT", "http.port (HELPDESK_HTTP__PORT) is 'x'; expected a whole"),
        ("HELPDESK_HTTP__PROT", "http.prot is not a known setting; did you mean http.port?"),
        ("HELPDESK_HTPP__PORT", "htpp is not a known setting; did you mean http?"),
        ("HELPDESK_CHANNELS__SMS", "HELPDESK_CHANNELS__SMS names no setting"),
        ("HELPDESK_HTTP__PORT__X", "HELPDESK_HTTP__PORT__X names no setting"),
        ("HELPDESK___PORT", "HELPDESK___PORT names no setting"),
        (f"{LINE}FROM_NUMBER", f"channels.sms-utama.from_number ({LINE}FROM_NUMBER) is 'x'"),
    ],
)
def test_faults_in_the_environment_name_it(file: Path, variable: str, sentence: str) -> None:
    (found,) = problems(file, {variable: "x"})
    assert found.startswith(sentence)


def test_a_variable_never_lands_in_a_single_value(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text('http = "x"\n[office]\nname = "a"', encoding="utf-8")
    (found,) = problems(path, {"HELPDESK_HTTP__PORT": "1"})
    assert found == "http is a single value; expected a table [http]."


def test_which_file(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    other = tmp_path / "other.toml"
    assert config_file(other, {"HELPDESK_CONFIG": "x"}) == other
    assert config_file(None, {"HELPDESK_CONFIG": "x"}) == Path("x")
    assert config_file(None, {}) == Path("helpdesk.toml")
    assert config_file(None, {"HELPDESK_CONFIG": ""}) == Path("helpdesk.toml")
    file.unlink()
    assert config_file(None, {}) is None


def test_without_anything_the_process_says_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = problems(None, {})
    assert [sentence.split(";")[0] for sentence in found] == [
        "office.name is missing",
        "http.public_url is missing",
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read: No such file"),
        (b"a = ", "is not TOML: Invalid value (at end of document)"),
        (b"[a]\n[a]\n", "is not TOML: "),
        (b"a = '\xff'", "is not UTF-8 text."),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    path = tmp_path / "bad.toml"
    if content is not None:
        path.write_bytes(content)
    found = problems(path, {})
    assert found[0].startswith(f"{path} {sentence}")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "cannot be read: Is a directory" in problems(tmp_path, {})[0]


def token_file(tmp_path: Path, content: bytes) -> dict[str, object]:
    path = tmp_path / "token"
    path.write_bytes(content)
    made = tables()
    channel = made["channels"]["sms"]
    del channel["auth_token"]
    channel["auth_token_file"] = str(path)
    return made


@pytest.mark.parametrize("content", [b"t0ken", b"t0ken\n", b"t0ken\r\n", b"  t0ken \n"])
def test_a_secret_from_a_file(tmp_path: Path, content: bytes) -> None:
    settings = read(token_file(tmp_path, content))
    assert settings.channels["sms"].auth_token.get_secret_value() == "t0ken"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is not valid; expected something that is not blank."),
        (b"\n", "is not valid; expected something that is not blank."),
        (b"\xff\xfegeheim", "(not UTF-8 text)"),
        (b"geheim" * LONGEST_SECRET, "(too large)"),
    ],
)
def test_a_file_without_a_good_secret(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(token_file(tmp_path, content))
    (sentence,) = caught.value.problems
    assert sentence.startswith("channels.sms.auth_token")
    assert reason in sentence
    assert "geheim" not in sentence


@pytest.mark.parametrize("key", ["auth_token", "auth_token_previous"])
def test_a_secret_file_that_is_not_there(tmp_path: Path, key: str) -> None:
    made = tables()
    made["channels"]["sms"].pop(key, None)
    made["channels"]["sms"][f"{key}_file"] = str(tmp_path / "none")
    with pytest.raises(ConfigurationError) as caught:
        read(made)
    (sentence,) = caught.value.problems
    assert sentence.startswith(f"channels.sms.{key}_file is ")
    assert "No such file" in sentence


def test_a_path_that_is_no_text() -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(tables({"channels.sms.auth_token_previous_file": 3}))
    assert "channels.sms.auth_token_previous_file is '3'" in str(caught.value)


def test_a_secret_is_given_once(tmp_path: Path) -> None:
    made = token_file(tmp_path, b"x")
    made["channels"]["sms"]["auth_token"] = TOKEN  # type: ignore[index] # plain tables
    with pytest.raises(ConfigurationError) as caught:
        read(made)
    assert caught.value.problems == (
        "channels.sms.auth_token and channels.sms.auth_token_file are both given; expected one.",
    )


def test_the_store_may_be_named_by_a_file(tmp_path: Path) -> None:
    path = tmp_path / "url"
    path.write_text("postgresql+asyncpg://u:geheim@h/d\n", encoding="utf-8")
    settings = read(tables({"store.url_file": str(path)}))
    assert settings.store.url.get_secret_value() == "postgresql+asyncpg://u:geheim@h/d"


@pytest.mark.parametrize("form", ["AUTH_TOKEN", "AUTH_TOKEN_FILE"])
def test_a_secret_in_the_environment_replaces_both_forms(
    file: Path, tmp_path: Path, form: str
) -> None:
    secret = tmp_path / "token"
    secret.write_text("from the file", encoding="utf-8")
    text = FILE.replace(f'auth_token = "{TOKEN}"', f'auth_token_file = "{tmp_path}/gone"')
    given = {"AUTH_TOKEN": "from the variable", "AUTH_TOKEN_FILE": str(secret)}[form]
    for content in (FILE, text):
        file.write_text(content, encoding="utf-8")
        channel = load(file, {LINE + form: given}).channels["sms-utama"]
        expected = {"AUTH_TOKEN": given, "AUTH_TOKEN_FILE": "from the file"}[form]
        assert channel.auth_token.get_secret_value() == expected


def test_both_forms_in_the_environment_are_a_fault(file: Path) -> None:
    (found,) = problems(file, {f"{LINE}AUTH_TOKEN": "a", f"{LINE}AUTH_TOKEN_FILE": "b"})
    assert "are both given" in found


def test_this_process_is_asked_when_nothing_is_given(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELPDESK_CONFIG", str(file))
    monkeypatch.setenv("HELPDESK_HTTP__PORT", "3333")
    assert load().http.port == 3333


def test_importing_reads_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import config.load, config.logs, config.settings"],
        env={"PYTHONPATH": str(Path.cwd()), "HELPDESK_CONFIG": "/nowhere", "HELPDESK_X__Y": "1"},
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - hidden names, too
