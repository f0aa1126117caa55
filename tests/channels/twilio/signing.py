"""Signs requests as Twilio does, with the library's own arithmetic where it can."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import unquote_to_bytes, urlencode

from multidict import MultiDict
from twilio.request_validator import RequestValidator

from core.model.messages import RawRequest

TOKEN = "f" * 32
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HOOK = "https://helpdesk.contoh.go.id/hooks/sms"
STATUS = "https://helpdesk.contoh.go.id/hooks/sms/status"
FORM_TYPE = "application/x-www-form-urlencoded; charset=UTF-8"

Fields = Mapping[str, str] | Iterable[tuple[str, str]]


def pairs_of(fields: Fields) -> list[tuple[str, str]]:
    return list(fields.items() if isinstance(fields, Mapping) else fields)


def signature(fields: Fields, url: str = HOOK, token: str = TOKEN, how: str | None = None) -> str:
    return str(RequestValidator(token).compute_signature(url, MultiDict(pairs_of(fields)), how))


def request(
    fields: Fields = (),
    *,
    url: str = HOOK,
    purpose: str = "message",
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> RawRequest:
    """Without a signature unless ``headers`` brings one."""
    content = urlencode(pairs_of(fields)).encode() if body is None else body
    sent = {"content-type": FORM_TYPE} if method == "POST" else {}
    return RawRequest(
        method=method,
        public_url=url,
        headers=sent | dict(headers or {}),
        body=content,
        remote="203.0.113.9",
        received_at=NOW,
        purpose=purpose,
    )


def signed(
    fields: Fields, *, url: str = HOOK, purpose: str = "message", token: str = TOKEN
) -> RawRequest:
    head = {"x-twilio-signature": signature(fields, url, token)}
    return request(fields, url=url, purpose=purpose, headers=head)


def signed_get(fields: Fields, *, base: str = HOOK) -> RawRequest:
    url = f"{base}?{urlencode(pairs_of(fields))}"
    head = {"x-twilio-signature": signature((), url)}
    return request(method="GET", url=url, headers=head, body=b"")


def signed_json(body: bytes, *, url: str = HOOK) -> RawRequest:
    full = f"{url}?bodySHA256={sha256(body).hexdigest()}"
    head = {"x-twilio-signature": signature((), full), "content-type": "application/json"}
    return request(url=full, headers=head, body=body)


def signed_bytes(body: bytes, tail: bytes, *, url: str = HOOK) -> RawRequest:
    """A form whose signature covers bytes that are no text."""
    mac = hmac.digest(TOKEN.encode(), url.encode() + tail, "sha1")
    head = {"x-twilio-signature": b64encode(mac).decode()}
    return request(url=url, headers=head, body=body)


def signature_of_bytes(body: str, url: str) -> str:
    """Of a form exactly as it stands, decoded bytewise: no repair of broken UTF-8."""
    pairs = sorted(
        {
            (unquote_to_bytes(name.replace("+", " ")), unquote_to_bytes(value.replace("+", " ")))
            for name, _, value in (pair.partition("=") for pair in body.split("&"))
        }
    )
    tail = b"".join(name + value for name, value in pairs)
    return b64encode(hmac.digest(TOKEN.encode(), url.encode() + tail, "sha1")).decode()
