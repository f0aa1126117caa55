"""The command line: help without waiting, faults in one line each, exit codes that mean it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from gateway.cli import COMMANDS, helpdesk
from gateway.packages import HOME
from tests.config.samples import SID, TOKEN

HEAVY = (
    "pydantic",
    "sqlalchemy",
    "structlog",
    "aiohttp",
    "twilio",
    "asyncpg",
    "alembic",
    "jinja2",
)


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration of the machine is read, and nothing is written beside the tests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HELPDESK_CONFIG", raising=False)


def run(*arguments: str, environ: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(helpdesk, list(arguments), env=environ)


def right(folder: Path) -> str:
    """The path of a configuration that is right, with its store in the folder."""
    path = folder / "right.toml"
    path.write_text(
        f"""
        [office]
        name = "Dinas Contoh"
        [http]
        public_url = "https://contoh.go.id"
        [store]
        url = "sqlite+aiosqlite:///{folder}/var/helpdesk.db"
        data_dir = "{folder}/var"
        [channels.sms]
        kind = "twilio_sms"
        account_sid = "{SID}"
        auth_token = "{TOKEN}"
        from_number = "+6281234567890"
        """,
        encoding="utf-8",
    )
    return str(path)


def test_help_names_every_command() -> None:
    done = run("--help")
    assert done.exit_code == 0
    for name, (_, line) in COMMANDS.items():
        assert f"  {name} " in done.output
        assert line[:40] in done.output


@pytest.mark.parametrize(
    "arguments", [["--help"], ["doctor", "--help"], ["db", "check", "--help"]]
)
def test_help_waits_for_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    code = (
        "import sys\nfrom gateway.cli import helpdesk\n"
        f"helpdesk({arguments}, standalone_mode=False)\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(HOME)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "[]"


def test_python_m_gateway_is_the_same(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gateway", "--version"],
        env={"PYTHONPATH": str(HOME)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    assert done.stdout.strip()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_and_explains_itself(name: str) -> None:
    command = helpdesk.get_command(click.Context(helpdesk), name)
    assert command is not None
    assert command.help
    assert run(name, "--help").exit_code == 0


def test_an_unknown_command_is_wrong_use() -> None:
    done = run("serv")
    assert done.exit_code == 2
    assert "No such command 'serv'" in done.output


def test_faults_of_the_configuration_are_one_line_each(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text('[http]\nport = "x"\npublic_url = "http://a"', encoding="utf-8")
    done = run("db", "check", "--config", str(path))
    assert done.exit_code == 2
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("Configuration: ") for line in lines)


@pytest.mark.parametrize(
    "token", ['auth_token = ""', 'auth_token = " "', "", 'auth_token_file = ""']
)
def test_no_channel_starts_without_its_secret(tmp_path: Path, token: str) -> None:
    """Threats.md row 12, from outside: nothing starts, nothing is made, one line says why."""
    config = Path(right(tmp_path))
    text = config.read_text(encoding="utf-8").replace(f'auth_token = "{TOKEN}"', token)
    config.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "gateway", "serve", "--config", str(config)],
        env={"PYTHONPATH": str(HOME)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("Configuration: channels.sms.auth_token")
    assert not (tmp_path / "var").exists()


def test_the_file_may_be_named_by_the_environment(tmp_path: Path) -> None:
    done = run("db", "check", environ={"HELPDESK_CONFIG": str(tmp_path / "none.toml")})
    assert done.exit_code == 2
    assert "none.toml cannot be read: No such file" in done.stderr


def test_tables_are_made_checked_and_left_alone(tmp_path: Path) -> None:
    config = ("--config", right(tmp_path))
    before = run("db", "check", *config)
    assert (before.exit_code, "is made at the first start" in before.output) == (1, True)
    assert not (tmp_path / "var").exists()
    first = run("db", "upgrade", *config)
    assert first.exit_code == 0
    assert first.output.startswith("Made: 0001")
    assert run("db", "upgrade", *config).output == "Nothing to do.\n"
    after = run("db", "check", "--json", *config)
    assert after.exit_code == 0
    told = json.loads(after.output)
    assert told["verdict"] == "ok"
    assert [finding["subject"] for finding in told["findings"]] == ["store", "tables"]


def test_a_store_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "var").touch()
    done = run("db", "upgrade", "--config", right(tmp_path))
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.output


def test_the_doctor_finds_the_right_one_well(tmp_path: Path) -> None:
    config = right(tmp_path)
    assert run("db", "upgrade", "--config", config).exit_code == 0
    done = run("doctor", "--json", "--config", config)
    told = json.loads(done.output)
    worst = {finding["subject"] for finding in told["findings"] if finding["level"] != "ok"}
    # The list of the coming year, and the disk, are the machine's affair.
    assert worst <= {"calendar", "disk"}
    assert done.exit_code == ("ok", "warning", "error").index(told["verdict"])
    assert TOKEN not in done.output
    said = " ".join(finding["sentence"] for finding in told["findings"])
    assert "https://contoh.go.id/hooks/sms#rc=5&rp=all" in said
    assert "https://contoh.go.id/hooks/sms/status" in said


def test_the_doctor_tells_faults_of_the_configuration(tmp_path: Path) -> None:
    done = run("doctor", "--config", str(tmp_path / "none.toml"))
    assert done.exit_code == 2
    assert done.output.startswith("error    configuration: ")
