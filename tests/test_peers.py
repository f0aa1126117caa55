from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.peers import contract, need

if TYPE_CHECKING:
    from pathlib import Path


def test_a_program_or_file_that_is_there_is_found(tmp_path: Path) -> None:
    assert need(tmp_path, "x") == tmp_path
    assert need(sys.executable, "x").samefile(sys.executable)
    assert need("sh", "x").name == "sh"


def test_what_is_missing_skips_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-program is missing: install it"):
        need("no-such-program", "install it")


def test_under_ci_it_fails_instead(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("HELPDESK_CONTRACTS", str(tmp_path))
    with pytest.raises(pytest.fail.Exception, match="HELPDESK_CONTRACTS"):
        contract("twilio_api_v2010.json")
