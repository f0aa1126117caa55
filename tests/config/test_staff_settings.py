"""[staff] and [vault]."""

from __future__ import annotations

import pytest

from config.load import read
from config.problems import ConfigurationError
from core.model.staff import Grant, Reach, Right, Role
from tests.config.samples import tables

GOOD = "k" * 32


def test_grants_are_read() -> None:
    settings = read(tables({"staff.grants": ["operator:close:all", " officer:view:unit "]}))
    assert settings.staff.given() == (
        Grant(Role.OPERATOR, Right.CLOSE, Reach.ALL),
        Grant(Role.OFFICER, Right.VIEW, Reach.UNIT),
    )
    assert read(tables()).staff.given() == ()


@pytest.mark.parametrize(
    "grant",
    [
        "",
        "operator",
        "operator:close",
        "operator:close:all:x",
        "king:close:all",
        "operator:fly:all",
        "operator:close:moon",
    ],
)
def test_what_is_no_grant(grant: str) -> None:
    with pytest.raises(ConfigurationError, match="role:right:reach"):
        read(tables({"staff.grants": [grant]}))


def test_keys_newest_first_by_spaces_or_lines() -> None:
    both = read(tables({"vault.data_keys": f" {GOOD}1\n{GOOD}2  "})).vault
    assert both.keys() == (f"{GOOD}1", f"{GOOD}2")
    assert read(tables()).vault.keys() == ()


@pytest.mark.parametrize("keys", ["", " ", "short", f"{GOOD} short", f"{GOOD} {GOOD}"])
def test_what_are_no_keys_is_not_repeated(keys: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read(tables({"vault.data_keys": keys}))
    told = str(refused.value)
    assert "vault.data_keys" in told
    assert GOOD not in told
    assert "short" not in told
