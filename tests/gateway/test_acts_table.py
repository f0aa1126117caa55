"""The page about acts is what the acts say."""

from __future__ import annotations

from pathlib import Path

from core.model.act_rules import NAMES
from core.model.ticket import Status
from gateway.acts_table import table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "acts.md"


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == table(), (
        "run: python -m gateway.acts_table > docs/acts.md"
    )


def test_it_names_every_act_and_status() -> None:
    page = table()
    assert all(f"| `{name}` |" in page for name in (*NAMES, *Status))
    assert "|  |" not in page
