"""Tokens of an identity provider: which algorithms, keys, times and second factors count."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry

from core.model.sign_on import FLOW_LIFE, LONGEST_SHOWN, Flow, Purpose
from gateway.id_tokens import Flaw, TokenRefused, TokenRules, read_token

NOW = datetime(2026, 7, 14, 3, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
FLOW = Flow(Purpose.ENTER, "keadaan", "nonce-acak", "verifier", NOW - timedelta(minutes=1))
RULES = TokenRules(
    "https://masuk.contoh.go.id", "helpdesk", timedelta(seconds=60),
    amr=frozenset({"mfa", "otp"}), acr=frozenset({"gold"}),
)  # fmt: skip
CLAIMS: dict[str, Any] = {
    "iss": RULES.issuer, "aud": "helpdesk", "sub": "sub-1", "nonce": FLOW.nonce,
    "iat": AT, "exp": AT + 300,
}  # fmt: skip
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
EC = ECKey.generate_key("P-256", {"kid": "ec"})
LENIENT = JWSRegistry(algorithms=["RS256", "RS384", "ES256", "PS256"], strict_check_header=False)
KEYS = [RSA.as_dict(private=False), EC.as_dict(private=False)]


def signed(
    claims: dict[str, Any] | None = None, key: Any = RSA, algorithm: str = "RS256", **header: Any
) -> str:
    """A token with these claims changed."""
    given = {name: held for name, held in (CLAIMS | (claims or {})).items() if held is not ...}
    head = {"alg": algorithm, "kid": key.kid} | header
    held = {name: one for name, one in head.items() if one is not None}
    return jwt.encode(held, given, key, registry=LENIENT)


def read(token: str, keys: Any = KEYS, rules: TokenRules = RULES, now: datetime = NOW) -> Any:
    return read_token(token, keys, rules, (FLOW, now))


def flaw_of(token: str, **how: Any) -> Flaw:
    with pytest.raises(TokenRefused) as refused:
        read(token, **how)
    return refused.value.flaw


@pytest.mark.parametrize(("key", "algorithm"), [(RSA, "RS256"), (RSA, "PS256"), (EC, "ES256")])
def test_the_algorithms_that_count(key: Any, algorithm: str) -> None:
    proven = read(signed(key=key, algorithm=algorithm))
    assert (proven.issuer, proven.subject) == (RULES.issuer, "sub-1")


def test_no_other_algorithm_counts() -> None:
    assert flaw_of(signed(algorithm="RS384")) is Flaw.ALGORITHM


@pytest.mark.parametrize(
    ("keys", "header", "flaw"),
    [
        ([], {}, Flaw.KEY),
        ([KEYS[1]], {}, Flaw.KEY),
        (KEYS, {"kid": "lain"}, Flaw.KEY),
        ([KEYS[0], KEYS[0] | {"kid": "rsa-2"}], {"kid": None}, Flaw.KEY),  # which one?
        ([KEYS[0], KEYS[0]], {}, Flaw.KEY),
        ([KEYS[0] | {"use": "enc"}], {}, Flaw.KEY),
        ([KEYS[0] | {"alg": "PS256"}], {}, Flaw.KEY),
        ([KEYS[0] | {"kty": "EC"}], {}, Flaw.KEY),
        ([KEYS[0] | {"kty": "oct", "k": "AAAA"}], {}, Flaw.KEY),
        ([{"kty": "RSA", "kid": "rsa"}], {}, Flaw.SIGNATURE),
        ([{"kty": "RSA", "kid": "rsa", "n": 7, "e": []}], {}, Flaw.SIGNATURE),
        ([KEYS[0]], {"crit": ["b64"], "b64": True}, None),  # known to the library, and harmless
        ([KEYS[0]], {"x5t": "abc", "toko": "milik-penyedia"}, None),
        ([KEYS[0]], {"kid": None}, None),  # the only one
        ([KEYS[0] | {"use": "sig", "alg": "RS256", "x5c": ["MII"]}], {}, None),
    ],
)
def test_keys(keys: Any, header: dict[str, Any], flaw: Flaw | None) -> None:
    token = signed(**header)
    if flaw is None:
        assert read(token, keys=keys).subject == "sub-1"
    else:
        assert flaw_of(token, keys=keys) is flaw


@pytest.mark.parametrize(
    ("claims", "flaw"),
    [
        ({"exp": AT - 59}, None),
        ({"exp": AT - 60}, Flaw.EXPIRED),
        ({"exp": 10**400}, None),
        ({"exp": True}, Flaw.EXPIRED),
        ({"exp": float("inf")}, Flaw.EXPIRED),
        ({"exp": float("nan")}, Flaw.EXPIRED),
        ({"iat": AT + 60}, None),
        ({"iat": AT + 61}, Flaw.TIME),
        ({"iat": AT - int(FLOW_LIFE.total_seconds()) - 60}, None),
        ({"iat": AT - int(FLOW_LIFE.total_seconds()) - 61}, Flaw.TIME),
        ({"iat": float("nan")}, Flaw.TIME),
        ({"iat": ...}, Flaw.TIME),
        ({"nbf": AT + 60}, None),
        ({"nbf": AT + 61}, Flaw.TIME),
        ({"nbf": "nanti"}, Flaw.TIME),
        ({"aud": ["helpdesk"]}, None),
        ({"aud": ["helpdesk", "lain"], "azp": "helpdesk"}, None),
        ({"aud": ["helpdesk", "lain"]}, Flaw.PARTY),
        ({"aud": {"helpdesk": 1}}, Flaw.AUDIENCE),
        ({"aud": [["helpdesk"]]}, Flaw.AUDIENCE),
        ({"iss": f"{RULES.issuer}/"}, Flaw.ISSUER),
        ({"iss": [RULES.issuer]}, Flaw.ISSUER),
        ({"nonce": FLOW.nonce.upper()}, Flaw.NONCE),
        ({"nonce": ""}, Flaw.NONCE),
        ({"nonce": 7}, Flaw.NONCE),
        ({"aud": ["lain"]}, Flaw.AUDIENCE),
        ({"aud": ["helpdesk", "lain"], "azp": "lain"}, Flaw.PARTY),
        ({"iss": ""}, Flaw.ISSUER),
        ({"exp": "besok"}, Flaw.EXPIRED),
        ({"sub": ""}, Flaw.SUBJECT),
        ({"sub": 7}, Flaw.SUBJECT),
        ({"sub": "s" * 256}, Flaw.SUBJECT),
        ({"sub": " "}, None),
        ({"sub": "s" * 255}, None),
        ({"sub": "s\u00e9"}, Flaw.SUBJECT),
        ({"sub": "a\nb"}, Flaw.SUBJECT),
    ],
)
def test_claims(claims: dict[str, Any], flaw: Flaw | None) -> None:
    token = signed(claims)
    if flaw is None:
        assert read(token).issuer == RULES.issuer
    else:
        assert flaw_of(token) is flaw


@pytest.mark.parametrize(
    ("claims", "counts"),
    [
        ({}, False),
        ({"amr": ["pwd"]}, False),
        ({"amr": ["pwd", "otp"]}, True),
        ({"amr": "mfa"}, False),
        ({"amr": [["mfa"], 7, None]}, False),
        ({"amr": {"mfa": 1}}, False),
        ({"acr": "gold"}, True),
        ({"acr": ["gold"]}, False),
        ({"acr": "1"}, False),
    ],
)
def test_what_counts_as_a_second_factor(claims: dict[str, Any], counts: bool) -> None:
    assert read(signed(claims)).second_factor is counts
    plain = replace(RULES, amr=frozenset(), acr=frozenset())
    assert not read(signed(claims), rules=plain).second_factor


@pytest.mark.parametrize(
    ("claims", "shown"),
    [
        ({"email": "sari@contoh.go.id", "name": "Sari"}, "sari@contoh.go.id"),
        ({"email": " ", "preferred_username": "sari"}, "sari"),
        ({"email": 7, "name": "Sari\u202e\n<b>"}, "Sari<b>"),
        ({"name": "x" * 500}, "x" * LONGEST_SHOWN),
        ({}, ""),
    ],
)
def test_how_people_recognise_it(claims: dict[str, Any], shown: str) -> None:
    assert read(signed(claims)).shown == shown


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "a.b.c", "é.é.é", "x" * 200_000, "e30.e30.", "bnVsbA.bnVsbA.", "W10.W10.x"],
)
def test_what_is_no_token(token: str) -> None:
    assert flaw_of(token) in (Flaw.FORM, Flaw.ALGORITHM)


def test_claims_that_are_no_object_are_refused() -> None:
    for payload in (b"[]", b"7", b"null", b"\xff", b'"nonce"'):
        token = jws.serialize_compact({"alg": "RS256", "kid": "rsa"}, payload, RSA)
        assert flaw_of(token) is Flaw.SIGNATURE
