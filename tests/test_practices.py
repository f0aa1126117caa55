"""The table of practices says what is tried, and nothing else."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def practices() -> ModuleType:
    spec = importlib.util.spec_from_file_location("practices", ROOT / "scripts" / "practices.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_tests_say(practices: ModuleType) -> None:
    kept = (ROOT / "docs" / "practices.md").read_text(encoding="utf-8")
    assert kept == practices.page(), "run: python scripts/practices.py"


def test_no_test_is_named_after_what_nobody_asks_for(practices: ModuleType) -> None:
    unknown = practices.tried().keys() - practices.requirements().keys()
    assert unknown == set()


def test_the_list_is_whole(practices: ModuleType) -> None:
    counts = dict.fromkeys(practices.PRACTICES, 0)
    for one, what in practices.requirements().items():
        counts[one.partition("-")[0]] += 1
        assert what.strip(), one
    assert counts == {"RULE": 15, "MB": 34, "LL": 46, "DK": 43, "BW": 56, "KM": 29}


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("test_mb_02_numbers", ["MB-02"]),
        ("test_rule_3_answers", ["RULE-03"]),
        ("test_rule_10", ["RULE-10"]),
        ("test_ll_15_bw_08_the_reporter_is_told", ["LL-15", "BW-08"]),
        ("test_mb", []),
        ("test_mb_x_02", []),
        ("test_rules_3", []),
        ("test_the_mb_02", []),
    ],
)
def test_names_say_what_they_try(practices: ModuleType, name: str, ids: list[str]) -> None:
    assert practices.ids_in(name) == ids


def test_an_open_one_is_shown_as_open(practices: ModuleType) -> None:
    assert practices._told(()) == "*open*"
    told = practices._told([("tests/b.py", "test_b"), ("tests/a.py", "test_a")])
    assert told == "tests/a.py: `test_a`<br>tests/b.py: `test_b`"
