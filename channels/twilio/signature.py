"""Whether a request was signed by Twilio with a token of ours.

Rule: base64(HMAC(token, URL + every field as name and value, sorted by name)), SHA-1 unless the
settings header names SHA-256; a JSON body is covered by its hash in the query
(https://www.twilio.com/docs/usage/security#validating-requests). Computed here because the
library's validator takes 34 µs where this takes 7; a test holds the two together.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from channels.twilio.form import Pairs, decode_pairs, form_of, is_json, query_of
from core.errors import MalformedMessage, RequestRejected

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.model.messages import RawRequest

SIGNATURE = "x-twilio-signature"
SETTINGS = "x-twilio-webhooks-signature-settings"

_DIGESTS = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}
_LONGEST = 64  # base64 of SHA-256 is 44 characters
_DEFAULT_PORTS = {"https": "443", "http": "80"}


def require_signature(
    request: RawRequest, addresses: tuple[str, ...], tokens: Sequence[bytes]
) -> None:
    """Raises RequestRejected unless one token signed the request for one of the addresses.

    Args:
        request: as received.
        addresses: the URLs entered at Twilio, from our configuration; their queries and
            fragments are replaced by the query that was really asked for.
        tokens: the primary one first; a second one only during a rotation.
    """
    given = request.headers.get(SIGNATURE, "")
    if not given:
        reason = "signature missing"
        raise RequestRejected(reason)
    digest = _digest(request.headers.get(SETTINGS, ""))
    if len(given) > _LONGEST or not given.isascii() or not _body_hash_holds(request):
        reason = "signature or body hash wrong"
        raise RequestRejected(reason)
    claimed = given.encode()
    query = query_of(request).encode("utf-8", "replace")
    middle = b"?" + query if query else b""
    for tail in _tails(request):
        for address in _spellings(addresses):
            signed = address + middle + tail
            if any(hmac.compare_digest(_sign(key, signed, digest), claimed) for key in tokens):
                return
    reason = "signature wrong"
    raise RequestRejected(reason)


def _sign(token: bytes, signed: bytes, digest: str) -> bytes:
    return b64encode(hmac.digest(token, signed, digest))


def _digest(settings: str) -> str:
    for part in settings.split(","):
        name, _, value = part.partition("=")
        if name.strip() == "algorithm" and value.strip():
            digest = _DIGESTS.get(value.strip().upper())
            if digest is None:
                reason = "signature algorithm unknown"
                raise RequestRejected(reason)
            return digest
    return "sha1"


def _body_hash_holds(request: RawRequest) -> bool:
    if not is_json(request):
        return True
    claimed = parse_qs(query_of(request)).get("bodySHA256", [""])[0]
    computed = sha256(request.body).hexdigest()
    return hmac.compare_digest(claimed.encode(errors="replace"), computed.encode())


def _tails(request: RawRequest) -> Iterator[bytes]:
    """What follows the URL: nothing for GET and JSON, else the fields, sorted, without repeats.

    Invalid UTF-8 can have been signed as the replacement characters that we read, or as the
    bytes that were sent.
    """
    if request.method == "GET" or is_json(request):
        yield b""
        return
    try:
        tail = _joined(form_of(request).pairs)
        yield tail
        if b"\xef\xbf\xbd" in tail:
            yield _joined(decode_pairs(request.body, errors="surrogateescape"))
    except MalformedMessage as error:
        raise RequestRejected(error.sentence) from error


def _joined(pairs: Pairs) -> bytes:
    text = "".join([name + value for name, value in sorted(set(pairs))])
    return text.encode("utf-8", "surrogateescape")


@lru_cache(maxsize=64)
def _spellings(addresses: tuple[str, ...]) -> tuple[bytes, ...]:
    """The addresses up to the path: Twilio signs with and without the port."""
    found: dict[str, None] = {}
    for address in addresses:
        parts = urlsplit(address)
        host, colon, port = parts.netloc.rpartition(":")
        if not colon or not port.isdigit():
            host, port = parts.netloc, _DEFAULT_PORTS.get(parts.scheme, "")
        for netloc in (parts.netloc, host, f"{host}:{port}"):
            found[parts._replace(netloc=netloc, query="", fragment="").geturl()] = None
    return tuple(url.encode("utf-8", "replace") for url in found)
