from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from core.services.policies import seed_policy
from gateway.clock import SystemClock
from gateway.commands.deadline import deadline
from ticket_store.store import open_store

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(deadline, arguments)


def test_json_word_for_word() -> None:
    result = run(
        "--received=2026-07-14T10:00+07:00", "--priority=normal", "--calendar=banyuwangi", "--json"
    )
    assert result.exit_code == 0
    assert result.output == (
        '{"first_answer": "2026-07-14T10:30:00+07:00", "solution": "2026-07-20T17:00:00+07:00"}\n'
    )


ANSWERS = [
    # received, priority, calendar, first answer, solution
    ("2026-07-14T10:00", "normal", "banyuwangi", "2026-07-14T10:30:00", "2026-07-20T17:00:00"),
    ("2026-07-14 10:00", "normal", "banyuwangi", "2026-07-14T10:30:00", "2026-07-20T17:00:00"),
    ("2026-07-14T03:00Z", "normal", "banyuwangi", "2026-07-14T10:30:00", "2026-07-20T17:00:00"),
    ("2026-07-14T12:00+09:00", "low", "banyuwangi", "2026-07-14T11:00:00", "2026-07-20T17:00:00"),
    ("2026-07-19T22:00", "emergency", "banyuwangi", "2026-07-19T22:30:00", "2026-07-20T10:00:00"),
    ("2026-02-20T11:20", "high", "pemerintah", "2026-02-20T12:50:00", "2026-02-23T15:00:00"),
    ("2026-03-21T03:00:09", "high", "rs24", "2026-03-21T03:30:09", "2026-03-23T00:00:00"),
]


@pytest.mark.parametrize(("received", "priority", "calendar", "answer", "solution"), ANSWERS)
def test_due_times_in_the_calendars_zone(
    received: str, priority: str, calendar: str, answer: str, solution: str
) -> None:
    result = run(
        f"--received={received}", "--priority", priority, "--calendar", calendar, "--json"
    )
    assert json.loads(result.output) == {
        "first_answer": f"{answer}+07:00",
        "solution": f"{solution}+07:00",
    }


def test_two_lines_without_json_and_the_defaults() -> None:
    result = run("--received=2026-07-14T10:00")
    assert result.output == (
        "Dijawab paling lambat Sel 14 Juli 2026 pukul 10.30 WIB\n"
        "Selesai paling lambat Sen 20 Juli 2026 pukul 17.00 WIB\n"
    )


def test_a_provisional_answer_says_so() -> None:
    asked = ("--received=2026-12-30T16:00", "--calendar=pemerintah")
    document = json.loads(run(*asked, "--json").output)
    assert document["provisional"] is True
    assert document["solution"] == "2027-01-07T16:00:00+07:00"
    lines = run(*asked).output.splitlines()
    assert lines[0] == "Dijawab paling lambat Kam 31 Desember 2026 pukul 08.00 WIB"
    assert lines[1].endswith("WIB (sementara, hari libur belum lengkap)")


def test_the_steps_come_before_the_two_lines() -> None:
    lines = run("--received=2026-07-17T10:45", "--explain").output.splitlines()
    assert lines[0] == "Diterima Jum 17/07/2026 10.45 WIB, prioritas Normal."
    assert "Berhenti Jum 17/07/2026 11.00 WIB (istirahat)." in lines
    assert lines[-2] == "Dijawab paling lambat Jum 17 Juli 2026 pukul 13.15 WIB"
    assert lines[-1] == "Selesai paling lambat Kam 23 Juli 2026 pukul 17.00 WIB"


def test_the_steps_in_json() -> None:
    document = json.loads(run("--received=2026-07-17T10:45", "--explain", "--json").output)
    assert list(document) == ["first_answer", "solution", "steps"]
    assert document["steps"][-1] == "Selesai paling lambat Kam 23/07/2026 17.00 WIB."


def test_a_time_without_offset_is_read_in_the_calendars_zone(tmp_path: Path) -> None:
    path = tmp_path / "ambon.toml"
    path.write_text('extends = "banyuwangi"\nzone = "Asia/Jayapura"\n', encoding="utf-8")
    result = run("--received=2026-07-14T10:00", f"--calendar={path}", "--json")
    assert json.loads(result.output)["first_answer"] == "2026-07-14T10:30:00+09:00"
    assert "WIT" in run("--received=2026-07-14T10:00", f"--calendar={path}").output


WRONG = [
    ([], "Missing option '--received'"),
    (["--received=kemarin"], "value for '--received': expected a date and time like"),
    (["--received=2026-07-14"], "value for '--received': expected a date and time like"),
    (["--received="], "value for '--received': expected a date and time like"),
    (["--received=2026-02-30T10:00"], "Invalid value for '--received': expected a date"),
    (["--received=9999-12-31T10:00"], "Invalid value for '--received': expected a year from"),
    (
        ["--received=2026-07-14T10:00", "--priority=hidh"],
        "value for '--priority': 'hidh' is not one of 'low', 'normal', 'high', 'emergency'",
    ),
    (
        ["--received=2026-07-14T10:00", "--calendar=bayuwangi"],
        "Invalid value for '--calendar': 'bayuwangi' is neither a preset (banyuwangi, pemerintah,",
    ),
]


@pytest.mark.parametrize(("arguments", "sentence"), WRONG)
def test_bad_input_is_refused_by_name(arguments: list[str], sentence: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert sentence in result.output.splitlines()[-1]


def test_a_doubtful_calendar_file_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "kantor.toml"
    path.write_text('zone = "Asia/Jakarta"\n[[weeks]]\nsenin = []\n', encoding="utf-8")
    result = run("--received=2026-07-14T10:00", f"--calendar={path}")
    assert result.exit_code == 2
    assert "'--calendar': kantor.toml, line 3: senin is no weekday" in result.output


def test_help_names_the_presets() -> None:
    result = run("--help")
    assert result.exit_code == 0
    assert "banyuwangi, pemerintah, rs24" in result.output


def test_pauses_move_the_solution_only() -> None:
    result = run(
        "--received=2026-07-14T10:00",
        *("--pause", "2026-07-15T09:00/2026-07-15T10:00"),
        *("--pause", "2026-07-14T10:05/2026-07-14T10:20"),
        "--json",
    )
    assert json.loads(result.output) == {
        "first_answer": "2026-07-14T10:30:00+07:00",
        "solution": "2026-07-21T09:15:00+07:00",
    }


def test_pauses_are_explained() -> None:
    pause = "2026-07-15T02:00Z/2026-07-15T03:00Z"
    result = run("--received=2026-07-14T10:00", "--pause", pause, "--explain")
    assert "(jeda): sisa 34 jam kerja dilanjutkan, batas menjadi Sel 21/07/2026 09.00 WIB." in (
        result.output
    )
    assert result.output.endswith("Selesai paling lambat Sel 21 Juli 2026 pukul 09.00 WIB\n")


WRONG_PAUSES = [
    ("2026-07-15T09:00", "two moments"),
    ("2026-07-15T09:00/", "date and time"),
    ("2026-07-15T09:00/2026-07-15T09:00", "an end after the start"),
    ("2026-07-15T09:00/2026-07-15T08:00", "an end after the start"),
    ("2026-07-15T09:00/2026-07-15T10:00Z", "both moments with an offset"),
]


@pytest.mark.parametrize(("pause", "expected"), WRONG_PAUSES)
def test_a_pause_that_is_none_is_refused(pause: str, expected: str) -> None:
    result = run("--received=2026-07-14T10:00", "--pause", pause)
    assert result.exit_code == 2
    assert expected in result.output


def test_promises_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "janji.toml"
    file.write_text('[promises.normal]\nsolution = "2 working_hours"\n', "utf-8")
    result = run("--received=2026-07-14T11:30", f"--policy={file}", "--json")
    assert json.loads(result.output)["solution"] == "2026-07-14T14:30:00+07:00"


def test_a_file_of_promises_with_faults_names_the_key(tmp_path: Path) -> None:
    file = tmp_path / "janji.toml"
    file.write_text("warn_percent = 101\n", "utf-8")
    result = run("--received=2026-07-14T11:30", f"--policy={file}")
    assert result.exit_code == 2
    assert "warn_percent: expected" in " ".join(result.output.split())


# --- with a configuration ------------------------------------------------------------------------

TUESDAY = "--received=2026-07-14T10:00+07:00"


def _office(folder: Path, promises: str) -> Path:
    own = folder / "promises.toml"
    own.write_text(promises, encoding="utf-8")
    path = folder / "helpdesk.toml"
    store = f"sqlite+aiosqlite:///{folder}/helpdesk.db"
    http = ["[http]", 'public_url = "https://helpdesk.contoh.go.id"']
    lines = [*http, "[office]", 'name = "Dinas Uji"', "[store]", f'url = "{store}"']
    path.write_text("\n".join([*lines, "[watch]", f'promises = "{own}"', ""]), encoding="utf-8")
    return path


def test_the_offices_file_counts_until_its_store_keeps_a_policy(tmp_path: Path) -> None:
    path = _office(tmp_path, '[promises.normal]\nsolution = "3 working_days"\n')
    asked = (TUESDAY, f"--config={path}", "--json")
    assert json.loads(run(*asked).output)["solution"] == "2026-07-17T17:00:00+07:00"
    url = f"sqlite+aiosqlite:///{tmp_path}/helpdesk.db"
    asyncio.run(_keep(url, '[promises.normal]\nsolution = "2 working_days"\n'))
    assert json.loads(run(*asked).output)["solution"] == "2026-07-16T17:00:00+07:00"
    plain = run(*asked, f"--policy={tmp_path / 'promises.toml'}")
    assert json.loads(plain.output)["solution"] == "2026-07-17T17:00:00+07:00"


async def _keep(url: str, text: str) -> None:
    store = await open_store(url)
    try:
        await seed_policy(store.desk, text, SystemClock().now())
    finally:
        await store.close()


def test_a_store_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = _office(tmp_path, "")
    (tmp_path / "helpdesk.db").write_bytes(b"no database at all, " * 400)
    result = run(TUESDAY, f"--config={path}")
    assert (result.exit_code, "cannot be read" in result.output) == (1, True)


def test_a_wrong_configuration_is_told(tmp_path: Path) -> None:
    path = _office(tmp_path, "warn_percent = 200")
    result = run(TUESDAY, f"--config={path}")
    assert (result.exit_code, "watch.promises" in result.output) == (2, True)
