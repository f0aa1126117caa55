"""The fields of a request as bytes: their charset is known only after reading some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from core.model.cleaning import without_nul

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from core.model.messages import RawRequest

SECRET = "secret"  # noqa: S105 - the parameter's name
ITEM = "item"
"""Query parameter of the status URL that brings our outbox id back."""

MOST_FIELDS = 100
"""Kannel and Jasmin send about a dozen; what comes after so many is not read."""

LONGEST_ID = 300
_LONGEST_ITEM = 18  # digits that fit a signed 64-bit column
_FORM = "application/x-www-form-urlencoded"


def query_of(request: RawRequest) -> bytes:
    """The query string as it came."""
    query = request.public_url.partition("#")[0].partition("?")[2]
    return query.encode("utf-8", "replace")


def is_form(request: RawRequest) -> bool:
    """Whether the body holds form fields."""
    kind = request.headers.get("content-type", "")[:200].partition(";")[0]
    return request.method != "GET" and kind.strip().lower() == _FORM


def pairs_of(request: RawRequest) -> Iterator[tuple[str, bytes]]:
    """Names and values of the query string, in order."""
    return _pairs(query_of(request))


def fields_of(request: RawRequest) -> Mapping[str, bytes]:
    """Every field by name, the first of a repeated one; the query string before a form body."""
    found: dict[str, bytes] = {}
    for data in (query_of(request), request.body if is_form(request) else b""):
        for name, value in _pairs(data):
            found.setdefault(name, value)
    return found


def _pairs(data: bytes) -> Iterator[tuple[str, bytes]]:
    for pair in data.split(b"&", MOST_FIELDS)[:MOST_FIELDS]:
        name, _, value = pair.partition(b"=")
        if name:
            yield _plain(name).decode("latin-1"), _plain(value)


def _plain(data: bytes) -> bytes:
    return unquote_to_bytes(data.replace(b"+", b" "))


def raw_of(request: RawRequest) -> bytes:
    """The payload as it came, without our secret: query string, blank line, body."""
    pairs = query_of(request).split(b"&")
    kept = [pair for pair in pairs if _plain(pair.partition(b"=")[0]) != SECRET.encode()]
    return b"\n\n".join(part for part in (b"&".join(kept), request.body) if part)


def word(fields: Mapping[str, bytes], name: str) -> str:
    """A short field as text, cleaned for the store; empty when absent."""
    return without_nul(fields.get(name, b"").decode("utf-8", "replace")).strip()


def is_id(value: str) -> bool:
    """Whether a value can serve as a message's id: opaque, but storable."""
    return 0 < len(value) <= LONGEST_ID and value.isprintable()


def item_of(fields: Mapping[str, bytes]) -> int | None:
    """Our outbox id from a status URL; None when there is none."""
    value = fields.get(ITEM, b"")
    return int(value) if value.isdigit() and len(value) <= _LONGEST_ITEM else None
