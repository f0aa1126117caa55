"""``helpdesk units``, over a real store."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from gateway.commands.units import command

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "helpdesk.toml"
    path.write_text(
        '[office]\nname = "Dinas"\n[http]\npublic_url = "https://helpdesk.contoh.go.id"\n'
        f'[store]\nurl = "sqlite+aiosqlite:///{tmp_path}/helpdesk.db"\n'
        f'data_dir = "{tmp_path}/data"\n',
        encoding="utf-8",
    )
    return path


def run(config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, f"--config={config}"])


def test_a_preset_is_loaded_once_and_shown_as_a_tree(config: Path) -> None:
    first, again = run(config, "load", "agency"), run(config, "load", "agency")
    assert first.output == "Added 5, changed 0, as before 0.\n"
    assert again.output == "Added 0, changed 0, as before 5.\n"
    lines = run(config, "list").output.splitlines()
    depths = [len(line) - len(line[5:].lstrip()) - 5 for line in lines]
    assert depths == [2, 4, 6, 6, 6]
    rows = [json.loads(line) for line in run(config, "list", "--json").output.splitlines()]
    assert {row["code"] for row in rows} >= {"dinas", "jaringan"}
    assert {row["version"] for row in rows} == {1}


def test_a_changed_file_changes_what_is_there(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "unit.toml"
    file.write_text(
        '[[regions]]\ncode = "r"\nname = "R"\n[[units]]\ncode = "a"\nname = "A"\nregion = "r"\n'
    )
    assert run(config, "load", str(file)).output == "Added 2, changed 0, as before 0.\n"
    file.write_text('[[units]]\ncode = "a"\nname = "B"\nregion = "r"\n')
    assert run(config, "load", str(file)).output == "Added 0, changed 1, as before 0.\n"
    assert "B (a)" in run(config, "list").output


REFUSED = [
    ('[[units]]\ncode = "a"\nname = "A"\nparent = "b"\n', 1, "a: b tidak dikenal"),
    ('[[units]]\ncode = "a"\nname = "A"\nregion = "b"\n', 1, "a: b tidak dikenal"),
    ('[[regions]]\ncode = "a"\nname = "A"\nparent = "b"\n', 1, "a: b tidak dikenal"),
    ('[[units]]\ncode = "a"\nname = "A"\ncategories = ["sulap"]\n', 1, "a: Kategori"),
    ('[[units]]\ncode = "a"\n', 2, "unit.toml, line 1"),
]


@pytest.mark.parametrize(("text", "code", "told"), REFUSED)
def test_what_is_wrong_is_told(
    config: Path, tmp_path: Path, text: str, code: int, told: str
) -> None:
    file = tmp_path / "unit.toml"
    file.write_text(text)
    result = run(config, "load", str(file))
    assert result.exit_code == code
    assert told in result.output
    assert run(config, "list").output == ""
