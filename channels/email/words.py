"""Encoded words, ``=?utf-8?q?Selamat_pagi?=`` (RFC 2047), as programs really write them.

Neighbours of one charset are joined before decoding: programs cut in the middle of a character.
Broken ones are read where the meaning is plain (spaces inside, an unknown charset, no padding) and
left as they are where it is not.
"""

from __future__ import annotations

import binascii
import re
from typing import NamedTuple

from channels.email.charsets import to_text
from channels.email.limits import MAX_WORDS

_OPENING = re.compile(r"=\?([A-Za-z0-9_.:()+'*-]{0,60})\?([bBqQ])\?")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_LONGEST = 8192
"""Characters of one word; the standard allows 75, whole subjects in one word are common."""


class _Word(NamedTuple):
    charset: str
    base64: bool
    payload: str
    end: int


def decode_words(text: str) -> str:
    """The text with its encoded words decoded; never raises."""
    out: list[str] = []
    run: list[_Word] = []
    at = count = 0
    while count < MAX_WORDS:
        start = text.find("=?", at)
        if start < 0:
            break
        word = _word_at(text, start)
        gap = text[at : start if word else start + 2]
        if run and (word is None or gap.strip() or word.charset != run[-1].charset):
            out.append(_decoded(run))
            run = []
            if word and not gap.strip():
                gap = ""
        if not run or gap.strip():
            out.append(gap)
        if word:
            run.append(word)
            count += 1
        at = word.end if word else start + 2
    out.append(_decoded(run))
    out.append(text[at:])
    return "".join(out)


def _word_at(text: str, start: int) -> _Word | None:
    opening = _OPENING.match(text, start)
    if not opening:
        return None
    begin = opening.end()
    end = text.find("?=", begin, begin + _LONGEST)
    quoted = opening.group(2) in "qQ"
    while quoted and end >= 0 and _inside(text, end):
        # ``Apa?=20kabar?=``: the first mark of the two belongs to the text
        end = text.find("?=", end + 2, begin + _LONGEST)
    if end < 0:
        return None
    charset = opening.group(1).partition("*")[0].lower()
    return _Word(charset, not quoted, text[begin:end], end + 2)


def _inside(text: str, end: int) -> bool:
    """Whether ``?=`` here is a question mark before an escaped byte, not the end of the word."""
    rest = text[end + 2 : end + 4]
    if len(rest) < 2 or not all(c in "0123456789ABCDEF" for c in rest):  # noqa: PLR2004 - two hex digits
        return False
    closing = text.find("?=", end + 4)
    return closing >= 0 and "=?" not in text[end + 4 : closing] and " " not in text[end:closing]


def _decoded(run: list[_Word]) -> str:
    if not run:
        return ""
    if all(word.base64 for word in run) and any(_cut(word.payload) for word in run[:-1]):
        data = _base64("".join(word.payload for word in run))
    else:
        data = b"".join(
            _base64(word.payload) if word.base64 else _quoted(word.payload) for word in run
        )
    return to_text(data, run[0].charset)


def _cut(payload: str) -> bool:
    """Whether base64 goes on in the next word."""
    return bool(len(payload) % 4) and not payload.endswith("=")


def _base64(payload: str) -> bytes:
    data = _NOT_BASE64.sub(b"", payload.encode("ascii", "ignore"))
    if len(data) % 4 == 1:
        data = data[:-1]
    return binascii.a2b_base64(data + b"=" * (-len(data) % 4))


def _quoted(payload: str) -> bytes:
    data = payload.replace("_", " ").encode("utf-8", "replace")
    return _HEX.sub(lambda found: bytes((int(found.group(1), 16),)), data)
