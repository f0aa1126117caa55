"""The SMS alphabet: what fits, how many parts it takes (providers.md §2.4; 3GPP TS 23.038).

Lengths are septets in GSM-7 and UTF-16 units in UCS-2, never bytes or code points.
"""
# Look-alike characters are this module's subject.
# ruff: noqa: RUF001

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Literal

BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""One septet each."""

EXTENSION: Final = "\f^{}\\[~]|€"
"""Two septets each: an escape and a character, which never stand in different parts."""

ONE_SMS: Final = 160
"""Septets of a single SMS."""

_PART: Final = 153
_UCS2_ONE: Final = 70
_UCS2_PART: Final = 67
_ELLIPSIS: Final = "..."

_FOREIGN = re.compile(f"[^{re.escape(BASIC + EXTENSION)}]")
_EXTENDED = re.compile(f"[{re.escape(EXTENSION)}]")
# Letters only, one base and one mark at a time: a heap of marks on one letter stays linear.
_COMPOSABLE = re.compile("[A-Za-z][\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class Segments:
    """How an SMS text travels.

    Attributes:
        encoding: ``gsm7`` when every character is in the SMS alphabet, else ``ucs2``.
        units: septets or UTF-16 units of the text itself, without headers or waste.
        parts: how many SMS the network bills; an empty text is one.
    """

    encoding: Literal["gsm7", "ucs2"]
    units: int
    parts: int


_LOOKS_LIKE = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛‹›′‵ʹʻʼʽˈ`´", "'"),
        **dict.fromkeys("“”„‟«»″‶＂", '"'),
        **dict.fromkeys("‐‑‒–—―−⁃⸺⸻﹘﹣－˗", "-"),
        **dict.fromkeys("•∙⋅‣◦▪●■", "*"),
        **dict.fromkeys("\v\x85\u2028\u2029", "\n"),
        **dict.fromkeys("\t\u1680\u180e", " "),
        "·": ".", "…": "...", "¦": "|", "×": "x", "÷": "/", "⁄": "/", "∕": "/", "→": "->",
        "←": "<-", "©": "(C)", "®": "(R)", "™": "(TM)", "¢": "c", "≤": "<=", "≥": ">=", "≠": "/=",
        "±": "+/-", "ẞ": "SS", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th", "đ": "d",
        "Đ": "D", "ð": "d", "Ð": "D", "ł": "l", "Ł": "L", "ħ": "h", "Ħ": "H", "ı": "i", "ŋ": "ng",
        "Ŋ": "NG", "ŧ": "t", "Ŧ": "T", "ǝ": "e", "ə": "e", "ʔ": "'", "μ": "u", "µ": "u",
        # Look-alike capitals and small letters of Greek and Cyrillic (requirements §4 rule 1).
        **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True)),
        **dict(zip("АВЕКМНОРСТУХІЈЅ", "ABEKMHOPCTYXIJS", strict=True)),
        **dict(zip("аеорсухіјѕ", "aeopcyxijs", strict=True)),
        **dict(zip("οινρχ", "oivpx", strict=True)),
    }
)  # fmt: skip


class _Table(dict[int, str]):
    """Code point to its SMS spelling; what is not spelled yet is looked up once and kept."""

    _KEPT = 4096  # a flood of odd characters must not grow the table without end

    def __missing__(self, code: int) -> str:
        spelled = _spell(chr(code))
        if len(self) < self._KEPT:
            self[code] = spelled
        return spelled


def _spell(char: str) -> str:
    known = _LOOKS_LIKE.get(ord(char))
    if known is not None:
        return known
    # Compatibility forms become plain, accents fall off; what is still foreign is left out.
    plain = "".join(
        _LOOKS_LIKE.get(ord(piece), piece) for piece in unicodedata.normalize("NFKD", char)
    )
    return _FOREIGN.sub("", plain)


_TABLE = _Table({ord(char): char for char in BASIC + EXTENSION} | {ord("\f"): "\n"})


def _compose(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", found.group())


def to_gsm7(text: str) -> str:
    """The text in the SMS alphabet: equivalents where there are some, else the character is gone.

    Curly quotes, dashes, foreign accents and full-width forms become plain; emoji, other scripts,
    control and invisible characters are removed. What the alphabet has (``é ñ ö €``) stays, and so
    does a text that is all of it. Linear in the length of the text; never raises.
    """
    if _FOREIGN.search(text) is None:
        return text
    if not text.isascii():
        text = _COMPOSABLE.sub(_compose, text)
    return text.translate(_TABLE)


def foreign(text: str) -> str:
    """The characters of the text outside the SMS alphabet, each once, in order."""
    return "".join(dict.fromkeys(_FOREIGN.findall(text)))


def septets(text: str) -> int:
    """Length of a text that is all GSM-7; extension characters count two."""
    if text.isascii() and _EXTENDED.search(text) is None:
        return len(text)
    return len(text) + len(_EXTENDED.findall(text))


def shorten(text: str, limit: int) -> str:
    """A GSM-7 text of at most ``limit`` septets (three or more); a cut one ends in three stops."""
    if len(text) * 2 <= limit or septets(text[: limit + 1]) <= limit:
        return text
    used = accumulate(2 if char in EXTENSION else 1 for char in text[:limit])
    end = sum(cost <= limit - len(_ELLIPSIS) for cost in used)
    return text[:end].rstrip(" .,;:-") + _ELLIPSIS


def segments(text: str) -> Segments:
    """How many parts the network makes of the text, filled from the front as it does."""
    if _FOREIGN.search(text) is not None:
        return _ucs2(text)
    units = septets(text)
    if units <= ONE_SMS:
        return Segments("gsm7", units, 1)
    if units == len(text):
        return Segments("gsm7", units, -(-units // _PART))
    coded = _EXTENDED.sub("\x1bx", text)
    parts = start = 0
    while start < units:
        start += _PART
        if start < units and coded[start - 1] == "\x1b":
            start -= 1
        parts += 1
    return Segments("gsm7", units, parts)


def _ucs2(text: str) -> Segments:
    coded = text.encode("utf-16-be", "surrogatepass")
    units = len(coded) // 2
    if units <= _UCS2_ONE:
        return Segments("ucs2", units, 1)
    parts = start = 0
    while start < units:
        start += _UCS2_PART
        if start < units and coded[2 * start - 2] & 0xFC == 0xD8:  # noqa: PLR2004 - a high surrogate
            start -= 1
        parts += 1
    return Segments("ucs2", units, parts)
