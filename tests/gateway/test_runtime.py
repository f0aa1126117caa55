"""Too old or too weak a server is told before a socket opens (threats.md rows 20 and 21)."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from gateway import runtime
from gateway.packages import HOME

ASK = "from gateway.runtime import runtime_faults; print(*runtime_faults(), sep='\\n')"


def ask(**environ: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(HOME), **environ},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_here_all_is_well() -> None:
    assert ask() == ""


def test_the_python_parser_is_refused() -> None:
    assert ask(AIOHTTP_NO_EXTENSIONS="1").startswith("aiohttp runs without its C parser")


@pytest.mark.parametrize(
    ("found", "well"),
    [
        ("3.14.4", False),
        ("3.13.9", False),
        ("3.14.5rc1", False),
        ("3.14", False),
        ("3.14.5", True),
        ("3.14.10", True),
        ("3.14.5.post1", True),
        ("4.0.0", True),
    ],
)
def test_floor(found: str, well: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "version", lambda _: found)
    assert (runtime.runtime_faults() == []) is well


def test_the_name_tells_the_fix_level() -> None:
    assert runtime.runtime_name().startswith(f"Python 3.{sys.version_info.minor}.")
