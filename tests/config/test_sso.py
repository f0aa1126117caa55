"""[sso]: whole or off, and what its keys may hold."""

from __future__ import annotations

from typing import Any

import pytest

import config.sso
from config.load import read
from config.problems import ConfigurationError
from core.model.staff import Role
from tests.config.samples import tables

WHOLE = {
    "sso.issuer": "https://masuk.contoh.go.id/realms/dinas",
    "sso.client_id": "helpdesk",
    "sso.client_secret": "rahasia-klien",
}


def refused(changes: dict[str, Any]) -> str:
    with pytest.raises(ConfigurationError) as found:
        read(tables(WHOLE | changes))
    return str(found.value)


def test_off_without_an_issuer() -> None:
    sso = read(tables()).sso
    assert sso.issuer is None
    assert sso.passwords_for is None
    assert read(tables({"sso.passwords": "administrators"})).sso.passwords_for is None


def test_whole() -> None:
    settings = read(tables(WHOLE | {"sso.hosts": ["Kunci.Contoh.go.id"]}))
    assert settings.sso.known_hosts == {"masuk.contoh.go.id", "kunci.contoh.go.id"}
    assert settings.sso.passwords_for is None
    assert "rahasia-klien" in set(settings.secrets())
    only = read(tables(WHOLE | {"sso.passwords": "administrators"})).sso
    assert only.passwords_for == {Role.ADMIN}


@pytest.mark.parametrize(
    "issuer",
    ["https://contoh.auth0.com/", "https://accounts.google.com", "http://127.0.0.1:8080/realms/x"],
)
def test_the_issuer_is_kept_as_the_provider_writes_it(issuer: str) -> None:
    assert read(tables(WHOLE | {"sso.issuer": issuer})).sso.issuer == issuer


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sso.issuer": "http://masuk.contoh.go.id"}, "sso.issuer"),
        ({"sso.issuer": "masuk.contoh.go.id"}, "sso.issuer"),
        ({"sso.issuer": "https://masuk.contoh.go.id?x=1"}, "sso.issuer"),
        ({"sso.hosts": ["https://www.googleapis.com"]}, "sso.hosts"),
        ({"sso.hosts": ["www.googleapis.com/oauth2"]}, "sso.hosts"),
        ({"sso.scopes": ["email"]}, "openid"),
        ({"sso.passwords": "nobody"}, "sso.passwords"),
        ({"sso.leeway_seconds": 3_000}, "sso.leeway_seconds"),
        ({"sso.label": " "}, "sso.label"),
        ({"sso.label": "x" * 41}, "sso.label"),
        ({"sso.client_secret": " "}, "sso.client_secret"),
    ],
)
def test_what_is_refused(changes: dict[str, Any], said: str) -> None:
    told = refused(changes)
    assert said in told
    assert "rahasia-klien" not in told


@pytest.mark.parametrize("key", ["client_id", "client_secret"])
def test_an_issuer_needs_the_rest(key: str) -> None:
    given = {name: held for name, held in WHOLE.items() if name != f"sso.{key}"}
    with pytest.raises(ConfigurationError, match=f"sso.{key} is not set"):
        read(tables(given))


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config.sso, "find_spec", lambda _: None)
    assert "make sso" in refused({})
    assert read(tables()).sso.issuer is None
