"""Parameters of Content-Type and Content-Disposition (RFC 2045 §5.1, RFC 2231), read leniently.

Programs forget quotes and semicolons, put encoded words where the standard wants RFC 2231, and cut
names into pieces in any order; a name read wrongly is a file that nobody recognises.
"""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_to_bytes

from channels.email.charsets import header_text, one_line, to_text
from channels.email.headers import unfold
from channels.email.words import decode_words

if TYPE_CHECKING:
    from collections.abc import Mapping

_PART = re.compile(
    rb"([!#-'*+.0-9A-Z^-~-]{1,100})\s*=\s*"
    rb'(?:"((?:[^"\\]|\\.){0,2000})"'
    # no quotes: up to a semicolon, or to a space with the next parameter behind it
    rb'|((?:[^;"\s]|"(?=[^;\s])|\s+(?!\s|[A-Za-z0-9*-]{1,40}\s?=))*))',
    re.DOTALL,
)
_KIND = re.compile(rb"\s*([^\s;=/]{1,100})(?:\s*/\s*([^\s;=,]{1,100}))?(?![^\s;,]*=)")
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?$")
_LABEL = re.compile(rb"(?i)utf-?8|us-ascii|(?:iso|windows)-[0-9-]{4,10}")
_MAX_PARTS = 200
_LONGEST = 16 * 2**10
_SHORT = 80
_COMMENT = re.compile(rb"\s\([^()]*\)\s*(?=;|$)")
_ESCAPED = re.compile(rb'\\(["\\])')


class Parameters(NamedTuple):
    """A header's kind and its parameters, names in lower case, values as raw bytes.

    Pieces and charsets of RFC 2231 are resolved only when a value is asked for.
    """

    kind: str
    values: Mapping[str, bytes]

    def raw(self, name: str) -> bytes:
        """The value as bytes, b"" where there is none."""
        return self.values.get(name, b"")

    def text(self, name: str, hint: str = "") -> str:
        """The decoded value, one line; "" where there is none."""
        extended = self._extended(name)
        if extended:
            return extended
        value = self.values.get(name)
        if value is None:
            return ""
        label, quote, rest = value.partition(b"''")
        if quote and _LABEL.fullmatch(label):  # the form of RFC 2231 without its star
            return one_line(to_text(unquote_to_bytes(rest), label.decode()))
        text = header_text(value, hint)
        return one_line(decode_words(text)) if "=?" in text else one_line(text)

    def _extended(self, name: str) -> str:
        """By RFC 2231: ``name*=charset'language'%..`` or in pieces ``name*0*=``, ``name*1=``."""
        pieces = []
        for key, value in self.values.items():
            found = _SECTION.match(key)
            if found and found.group(1) == name and (found.group(2) or found.group(3)):
                pieces.append((int(found.group(2) or 0), bool(found.group(3)), value))
        pieces.sort(key=lambda piece: piece[0])
        charset, data = "", b""
        for number, (_, coded, value) in enumerate(pieces):
            if coded and not number and value.count(b"'") >= 2:  # noqa: PLR2004 - charset'language'
                label, _, value = value.split(b"'", 2)  # noqa: PLW2901 - the value without its prefix
                charset = label.decode("ascii", "replace")
            data += unquote_to_bytes(value) if coded else value
        text = to_text(data, charset) if charset else header_text(data)
        return one_line(decode_words(text) if "=?" in text else text)


def parameters_of(value: bytes) -> Parameters:
    """The kind (before the first semicolon, lower case) and the parameters of a raw header."""
    return _known(value) if len(value) <= _SHORT else _parsed(value)


@lru_cache(maxsize=256)
def _known(value: bytes) -> Parameters:
    """Most mails say one of a few; a cache of long ones would only fill memory."""
    return _parsed(value)


def _parsed(value: bytes) -> Parameters:
    line = unfold(value[:_LONGEST])
    found = _KIND.match(line)
    name = header_text(b"/".join(filter(None, found.groups()))) if found else ""
    rest = line[found.end() :] if found else line
    if b"(" in rest:
        rest = _COMMENT.sub(b"", rest)
    values: dict[str, bytes] = {}
    for count, part in enumerate(_PART.finditer(rest)):
        if count >= _MAX_PARTS:
            break
        key, quoted, plain = part.groups()
        text = _ESCAPED.sub(rb"\1", quoted) if quoted is not None else plain.strip(b' \t\r\n"')
        values.setdefault(key.decode().lower(), text)
    return Parameters(name.strip("\"'").lower(), MappingProxyType(values))
