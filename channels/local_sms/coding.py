"""From the bytes of a short message to text.

Nothing raises, and what has no reading is shown as hexadecimal digits: the citizen's message
counts even where we cannot read it.
"""

from __future__ import annotations

import re
from typing import Final

from core.model.cleaning import without_nul
from core.model.gsm7 import BASIC

_ESCAPE: Final = 0x1B
# 3GPP TS 23.038 §6.2.1: the alphabet's order is the code, without the escape
_CODES: Final = [*BASIC[:_ESCAPE], " ", *BASIC[_ESCAPE:]]
_EXTENDED: Final = {
    0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~", 0x3E: "]",
    0x40: "|", 0x65: "€",
}  # fmt: skip
_SEPTETS: Final = 0x80
_WRITTEN: Final = {letter: bytes((code,)) for code, letter in enumerate(_CODES) if code != _ESCAPE}
_WRITTEN.update({letter: bytes((_ESCAPE, code)) for code, letter in _EXTENDED.items()})

CHARSETS: Final = {
    "": "utf-8", "UTF8": "utf-8", "USASCII": "utf-8", "ASCII": "utf-8",
    "UTF16": "utf-16-be", "UTF16BE": "utf-16-be", "UCS2": "utf-16-be", "ISO10646UCS2": "utf-16-be",
    "UTF16LE": "utf-16-le",
    "ISO88591": "latin-1", "LATIN1": "latin-1", "ISO885915": "iso8859-15",
    "WINDOWS1252": "cp1252", "CP1252": "cp1252",
}  # fmt: skip
"""The names that gateways give, without signs. A table, because Python knows far more codecs than
a stranger may choose from."""

_SIGNS = re.compile("[^A-Z0-9]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE = 32


def by_charset(data: bytes, charset: str) -> str:
    """The text in a named charset; bytes that are not valid in it become U+FFFD.

    An unknown name is read as UTF-8, and as Latin-1 where it is none.
    """
    codec = CHARSETS.get(_SIGNS.sub("", charset[:40].upper()))
    if codec is None:
        return _guessed(data)
    return without_nul(data.decode(codec, "replace"))


def gsm7(data: bytes) -> str:
    """One septet per byte (SMPP coding 0).

    A byte above 127 is no septet: such a text was written as UTF-8 or Latin-1, whatever its
    coding says.
    """
    if any(byte >= _SEPTETS for byte in data):
        return _guessed(data)
    letters, escaped = [], False
    for byte in data:
        if byte == _ESCAPE and not escaped:
            escaped = True
            continue
        # an extension that a phone does not know is shown as the letter of the basic alphabet
        letters.append(_EXTENDED.get(byte, _CODES[byte]) if escaped else _CODES[byte])
        escaped = False
    return "".join(letters)


def as_gsm7(text: str) -> bytes:
    """A text that is all GSM-7 (core.model.gsm7), one septet per byte; anything else is left out.

    The opposite of :func:`gsm7`.
    """
    return b"".join(_WRITTEN.get(letter, b"") for letter in text)


def utf16(data: bytes) -> str:
    """UCS-2 as networks send it: UTF-16, high byte first; half an emoji becomes U+FFFD."""
    return without_nul(data.decode("utf-16-be", "replace"))


def binary(data: bytes) -> str:
    """Data that claims to be no text: as text where it clearly is some, else hexadecimal."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return hexadecimal(data)
    return hexadecimal(data) if _UNPRINTABLE.search(text) else text


def hexadecimal(data: bytes) -> str:
    """For people: marked as binary, 32 bytes a line."""
    lines = (data[at : at + _LINE].hex(" ").upper() for at in range(0, len(data), _LINE))
    return "\n".join(["[data biner]", *lines])


def _guessed(data: bytes) -> str:
    try:
        return without_nul(data.decode("utf-8"))
    except UnicodeDecodeError:
        return without_nul(data.decode("latin-1"))
