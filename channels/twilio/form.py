"""The fields of a Twilio request, whichever way they were written: form, query string or JSON."""

from __future__ import annotations

import json
import re
from binascii import a2b_qp
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from core.errors import MalformedMessage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.model.messages import RawRequest

MOST_FIELDS = 1000
"""Twilio sends about twenty; a flood of tiny fields is refused before it costs time."""

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

_LONGEST_TYPE = 200
_NO_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Form:
    """All fields in the order sent, repeats included; ``first`` answers by name.

    Values are decoded once and never trimmed: the signature covers them as they are.
    """

    pairs: Pairs
    first: Mapping[str, str] = field(repr=False)

    def get(self, name: str) -> str:
        """The first value of a field, empty when absent."""
        return self.first.get(name, "")

    def every(self, name: str) -> frozenset[str]:
        """All values of a field that may have been repeated."""
        return frozenset(value for key, value in self.pairs if key == name)


def content_type(request: RawRequest) -> str:
    """The media type without parameters, lower case."""
    return _media_type(request.headers.get("content-type", ""))


@lru_cache(maxsize=16)
def _media_type(header: str) -> str:
    return header[:_LONGEST_TYPE].partition(";")[0].strip().lower()


def is_json(request: RawRequest) -> bool:
    """Whether the body claims to be JSON; a GET has no body."""
    return request.method != "GET" and content_type(request) == JSON


def query_of(request: RawRequest) -> str:
    """The query string as it came, undecoded."""
    return request.public_url.partition("#")[0].partition("?")[2]


def form_of(request: RawRequest) -> Form:
    """The fields of a request. Raises MalformedMessage when there are none to be had."""
    if request.method == "GET":
        return read_form(query_of(request).encode("utf-8", "replace"))
    if is_json(request):
        return _read_json(request.body)
    return read_form(request.body)


# verify and parse both need the fields of the one request in hand; two, since its status
# callback may be read in between
@lru_cache(maxsize=2)
def read_form(body: bytes) -> Form:
    """Form-decodes a body; invalid UTF-8 becomes U+FFFD."""
    return _form(decode_pairs(body, errors="replace"))


def decode_pairs(body: bytes, *, errors: str) -> Pairs:
    """As ``parse_qsl`` with blank values kept, in half its time. Raises MalformedMessage."""
    if body.count(b"&") >= MOST_FIELDS:
        sentence = f"The form has more than {MOST_FIELDS} fields."
        raise MalformedMessage(sentence)
    pairs = []
    for pair in body.decode("utf-8", errors).replace("+", " ").split("&"):
        if not pair:
            continue
        name, _, value = pair.partition("=")
        if "%" in name:
            name = _unescaped(name, errors)
        if "%" in value:
            value = _unescaped(value, errors)
        pairs.append((name, value))
    return tuple(pairs)


def _unescaped(text: str, errors: str) -> str:
    # quoted-printable is the same code with another mark, and the standard library has it in C:
    # a megabyte of escapes takes a quarter of the time, spent before we know who asks
    marked = _NO_ESCAPE.sub("%25", text).replace("=", "=3D").replace("%", "=")
    return a2b_qp(marked.encode("utf-8", "surrogateescape")).decode("utf-8", errors)


@lru_cache(maxsize=2)
def _read_json(body: bytes) -> Form:
    try:
        # every object is kept as its pairs, so that a repeated key is not lost
        found = json.loads(body, object_pairs_hook=tuple)
        if isinstance(found, tuple) and len(found) <= MOST_FIELDS:
            return _form(tuple((name, _as_text(value)) for name, value in found))
    except (ValueError, RecursionError) as error:
        sentence = "The body is not readable JSON."
        raise MalformedMessage(sentence) from error
    sentence = "The body is not a JSON object of fields."
    raise MalformedMessage(sentence)


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _form(pairs: Pairs) -> Form:
    return Form(pairs, MappingProxyType(dict(reversed(pairs))))
