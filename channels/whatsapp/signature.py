"""Whether a request comes from Meta: its signature, and the check of the URL at set-up.

Rules: https://developers.facebook.com/docs/graph-api/webhooks/getting-started
"""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from core.errors import RequestRejected
from core.model.messages import WebReply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model.messages import RawRequest

SIGNATURE = "x-hub-signature-256"

_SEAL = re.compile(r"sha256=([0-9a-f]{64})")
_CHALLENGE = re.compile(r"[A-Za-z0-9]{1,64}")


def require_signature(request: RawRequest, secrets: Sequence[bytes]) -> None:
    """Raises RequestRejected unless one app secret sealed the body, byte for byte.

    Meta escapes letters beyond ASCII; a body that was parsed and written again would
    no longer fit its seal.
    """
    given = request.headers.get(SIGNATURE, "")
    if not given:
        reason = "signature missing"
        raise RequestRejected(reason)
    seal = _SEAL.fullmatch(given)
    claimed = bytes.fromhex(seal[1]) if seal else b""
    # every secret is tried, so that the time does not tell which one fits
    fits = [
        hmac.compare_digest(hmac.digest(secret, request.body, "sha256"), claimed)
        for secret in secrets
    ]
    if not any(fits) or request.method != "POST":
        reason = "signature wrong"
        raise RequestRejected(reason)


def is_handshake(request: RawRequest) -> bool:
    """Whether Meta, or somebody, asks by GET whether the URL is ours."""
    return request.method == "GET" and "hub.mode" in _query(request)


def handshake(request: RawRequest, token: bytes) -> WebReply:
    """The challenge, to whoever knows our token. Raises RequestRejected."""
    query = _query(request)
    given = query.get("hub.verify_token", [""])[0].encode("utf-8", "replace")
    known = hmac.compare_digest(given, token)
    challenge = query.get("hub.challenge", [""])[0]
    # a page of a stranger would be shown under our name, so only a plain word goes back
    if not known or query["hub.mode"] != ["subscribe"] or not _CHALLENGE.fullmatch(challenge):
        reason = "verify token or challenge wrong"
        raise RequestRejected(reason)
    return WebReply(200, challenge.encode())


def _query(request: RawRequest) -> dict[str, list[str]]:
    query = request.public_url.partition("#")[0].partition("?")[2]
    try:
        return parse_qs(query, keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return {}
