"""The start check: ours are ours, and a foreign package of the same name is told."""

from __future__ import annotations

import subprocess
import sys
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

import pytest

from gateway.packages import HOME, PACKAGES, foreign_packages


def build(home: Path, *, without: str = "", bare: str = "") -> Path:
    """A folder with all six packages; ``bare`` has no ``__init__.py``."""
    for name in PACKAGES:
        if name == without:
            continue
        (home / name).mkdir(parents=True)
        if name != bare:
            (home / name / "__init__.py").touch()
    return home


def check(home: Path, *path: Path) -> list[str]:
    def find(name: str) -> ModuleSpec | None:
        return PathFinder.find_spec(name, [str(place) for place in path])

    return foreign_packages(home, find)


def test_our_own_are_ours() -> None:
    assert foreign_packages() == []
    assert Path(__file__).resolve().parents[2] == HOME


def test_all_from_one_folder(tmp_path: Path) -> None:
    home = build(tmp_path / "home")
    assert check(home, home) == []


@pytest.mark.parametrize("name", PACKAGES)
def test_a_foreign_package_before_ours(tmp_path: Path, name: str) -> None:
    home = build(tmp_path / "home")
    foreign = tmp_path / "site-packages"
    (foreign / name).mkdir(parents=True)
    (foreign / name / "__init__.py").touch()
    (sentence,) = check(home, foreign, home)
    assert sentence.startswith(f"The package {name!r} would be taken from {foreign / name}")
    assert str(home / name) in sentence
    assert check(home, home, foreign) == []


def test_a_foreign_module_of_one_file(tmp_path: Path) -> None:
    home = build(tmp_path / "home")
    foreign = tmp_path / "site-packages"
    foreign.mkdir()
    (foreign / "config.py").touch()
    (sentence,) = check(home, foreign, home)
    assert "'config' would be taken from a single file" in sentence


def test_a_folder_without_init_is_ours_while_alone(tmp_path: Path) -> None:
    home = build(tmp_path / "home", bare="channels")
    assert check(home, home) == []


def test_a_namespace_package_shadowed_by_a_real_one(tmp_path: Path) -> None:
    home = build(tmp_path / "home", bare="channels")
    foreign = build(tmp_path / "site-packages")
    (sentence,) = [said for said in check(home, home, foreign) if "channels" in said]
    assert str(foreign / "channels") in sentence


def test_a_namespace_package_spread_over_two_folders(tmp_path: Path) -> None:
    home = build(tmp_path / "home", bare="channels")
    (tmp_path / "site-packages" / "channels").mkdir(parents=True)
    (sentence,) = check(home, home, tmp_path / "site-packages")
    assert str(home / "channels") in sentence
    assert str(tmp_path / "site-packages" / "channels") in sentence


def test_a_missing_package(tmp_path: Path) -> None:
    home = build(tmp_path / "home", without="console")
    assert check(home, home) == [f"The package 'console' is missing; expected it in {home}."]


def test_the_command_refuses_among_foreign_packages(tmp_path: Path) -> None:
    (tmp_path / "channels").mkdir()
    (tmp_path / "channels" / "__init__.py").write_text("raise SystemExit('imported')")
    done = subprocess.run(
        [sys.executable, "-c", "from gateway.cli import main; main()", "--help"],
        env={"PYTHONPATH": f"{tmp_path}:{HOME}"},
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("The package 'channels' would be taken from")
    assert len(done.stderr.splitlines()) == 1
