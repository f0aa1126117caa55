"""Reads the tokens of an identity provider: only what it signed, for us, now, and for this visit.

The rules are those of OpenID Connect Core 1.0, section 3.1.3.7. Signatures of secrets that both
sides know (HS256) and tokens without any (none) are not among the algorithms, so that nobody can
make one from what the provider publishes (RFC 8725, section 3.1).
"""

from __future__ import annotations

import hmac
import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry, extract_compact
from joserfc.jwt import decode

from core.model.sign_on import FLOW_LIFE, LONGEST_SHOWN, LONGEST_SUBJECT, ProvenIdentity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from core.model.sign_on import Flow

ALGORITHMS: Final = ("RS256", "ES256", "PS256")
_KEY_TYPES: Final[Mapping[str, type[RSAKey | ECKey]]] = {"RSA": RSAKey, "EC": ECKey}
_KIND_OF: Final = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
_SHOWN: Final = ("email", "preferred_username", "name")
"""Claims by which people recognise an account; the first that is there."""

# Providers put fields of their own into the header, which may be ignored unless ``crit`` names
# them (RFC 7515, section 4); the library refuses those.
_REGISTRY: Final = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)

_UNREADABLE: Final = (JoseError, ValueError, TypeError, KeyError, OverflowError)
"""What foreign bytes make the library raise."""


class Flaw(StrEnum):
    """Why a token, or the answer that brought it, proves nothing; for the log."""

    FORM = "form"
    ALGORITHM = "algorithm"
    SIGNATURE = "signature"
    KEY = "key"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    PARTY = "party"
    EXPIRED = "expired"
    TIME = "time"
    NONCE = "nonce"
    SUBJECT = "subject"
    MIX_UP = "mix-up"
    CODE = "code"


class TokenRefused(ValueError):  # noqa: N818 - a token is refused, nothing went wrong here
    """It proves nothing; ``flaw`` says why, without any of its values."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What a token must say.

    Attributes:
        leeway: by which the provider's clock may differ.
        amr, acr: values that count as a second factor.
    """

    issuer: str
    client_id: str
    leeway: timedelta
    amr: frozenset[str] = frozenset()
    acr: frozenset[str] = frozenset()


def read_token(
    token: str, keys: Sequence[Mapping[str, Any]], rules: TokenRules, visit: tuple[Flow, datetime]
) -> ProvenIdentity:
    """Who the provider says came.

    Args:
        token: the ID token.
        keys: the provider's public keys, as its JWKS gives them.
        rules: what it must say.
        visit: the way that it ends, and the time.

    Raises:
        TokenRefused: it proves nothing. ``Flaw.KEY``: none of the keys is the one that it names;
            the provider may have changed them.
    """
    claims = _signed(token, keys)
    flow, now = visit
    _for_us(claims, rules)
    _of_now(claims, rules, now)
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not _same(nonce, flow.nonce):
        raise TokenRefused(Flaw.NONCE)
    return ProvenIdentity(
        issuer=rules.issuer,
        subject=_subject(claims),
        shown=_shown(claims),
        second_factor=_second_factor(claims, rules),
        ticket=token,
    )


def _signed(token: str, keys: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    try:
        header = extract_compact(token.encode("ascii")).headers()
    except _UNREADABLE as error:
        raise TokenRefused(Flaw.FORM) from error
    algorithm, name = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise TokenRefused(Flaw.ALGORITHM)
    for key in _candidates(keys, algorithm, name):
        try:
            return decode(token, _imported(key), registry=_REGISTRY).claims
        except _UNREADABLE as error:
            raise TokenRefused(Flaw.SIGNATURE) from error
    raise TokenRefused(Flaw.KEY)


def _candidates(
    keys: Iterable[Mapping[str, Any]], algorithm: str, name: object
) -> Sequence[Mapping[str, Any]]:
    """The one key that may have signed: by its name, or the only one where it names none."""
    fitting = [
        key
        for key in keys
        if key.get("kty") == _KIND_OF[algorithm]
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and (name is None or key.get("kid") == name)
    ]
    return fitting if len(fitting) == 1 else ()


def _imported(key: Mapping[str, Any]) -> RSAKey | ECKey:
    return _KEY_TYPES[str(key["kty"])].import_key(dict(key))


def _for_us(claims: Mapping[str, Any], rules: TokenRules) -> None:
    """Of this issuer, for this client alone (OpenID Connect Core 1.0, 3.1.3.7, 2 to 5)."""
    if claims.get("iss") != rules.issuer:
        raise TokenRefused(Flaw.ISSUER)
    audience, party = claims.get("aud"), claims.get("azp")
    meant = audience if isinstance(audience, list) else [audience]
    if rules.client_id not in meant:
        raise TokenRefused(Flaw.AUDIENCE)
    if (party is not None or len(meant) > 1) and party != rules.client_id:
        raise TokenRefused(Flaw.PARTY)


def _of_now(claims: Mapping[str, Any], rules: TokenRules, now: datetime) -> None:
    """Not over, not of the future, and made for a way that has just ended."""
    ends, made, begins = (claims.get(name) for name in ("exp", "iat", "nbf"))
    at, leeway = now.timestamp(), rules.leeway.total_seconds()
    if not _is_time(ends) or ends <= at - leeway:
        raise TokenRefused(Flaw.EXPIRED)
    if not _is_time(made) or not at - FLOW_LIFE.total_seconds() - leeway <= made <= at + leeway:
        raise TokenRefused(Flaw.TIME)
    if begins is not None and (not _is_time(begins) or begins > at + leeway):
        raise TokenRefused(Flaw.TIME)


def _is_time(held: object) -> TypeGuard[float]:
    """A NumericDate (RFC 7519): a number, and neither NaN nor infinite."""
    if isinstance(held, float):
        return math.isfinite(held)
    return isinstance(held, int) and not isinstance(held, bool)


def _subject(claims: Mapping[str, Any]) -> str:
    subject = claims.get("sub")
    storable = isinstance(subject, str) and subject.isascii() and subject.isprintable()
    if not isinstance(subject, str) or not storable or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise TokenRefused(Flaw.SUBJECT)
    return subject


def _shown(claims: Mapping[str, Any]) -> str:
    held = (claims.get(name) for name in _SHOWN)
    found = next((one for one in held if isinstance(one, str) and one.strip()), "")
    plain = "".join(sign for sign in found if sign.isprintable())
    return plain.strip()[:LONGEST_SHOWN]


def _second_factor(claims: Mapping[str, Any], rules: TokenRules) -> bool:
    """Whether the provider asked for one, in a way that the office accepts (RFC 8176)."""
    methods = claims.get("amr")
    listed = methods if isinstance(methods, list) else []
    accepted = any(isinstance(one, str) and one in rules.amr for one in listed)
    level = claims.get("acr")
    return accepted or (isinstance(level, str) and level in rules.acr)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())
