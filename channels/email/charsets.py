"""Bytes to text: labels that lie, labels that nobody knows, no label at all (providers.md §13.4).

Nothing here raises, and nothing is lost: a byte that fits no charset becomes U+FFFD, and the raw
mail is kept.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from charset_normalizer import from_bytes

_ALIASES = {
    # wider charsets that programs mean by the narrow name
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "ksc5601": "cp949",
    "euc-kr": "cp949",
    "euc_kr": "cp949",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "iso2022_jp": "iso2022_jp_ext",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-2022-jp-ms": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext",
    "big5": "big5hkscs",
    # names that Python does not know
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "utf-8-mac": "utf-8",
    "ansi": "cp1252",
    "windows1252": "cp1252",
    "x-windows-949": "cp949",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-euc-jp": "euc_jp",
    "unicode": "utf-16",
    "x-user-defined": "cp1252",
}

# codecs of Python that take text for text, yet are no charsets, or slow
_NOT_TEXT_WORDS = "idna punycode unicode_escape raw_unicode_escape undefined mbcs oem"
_NOT_TEXT = frozenset(_NOT_TEXT_WORDS.split())

_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")
_LABEL = re.compile(r"[A-Za-z0-9_.:()+-]+")

_BEYOND_ASCII = 0x80
_ESCAPES = re.compile(rb"(\x1b[$(][@A-Z]|\A)([^\x1b]*)")
_ROW_62 = 0x5F
_CELL_63 = 0x60
_LONG = 200
"""Bytes from which a guess by statistics is better than cp1252."""

_GUESSED = 16 * 2**10
"""Bytes that the guess looks at: more is slow and no better."""


@lru_cache(maxsize=256)
def codec(label: str) -> str | None:
    """Python's name of the charset that a label means; None where it means none.

    ``label`` is as found in the mail: in any case, quoted, with something behind it.
    """
    found = _LABEL.search(label)
    if not found:
        return None
    name = found.group().lower()
    name = _ALIASES.get(name, name)
    try:
        known = codecs.lookup(name)
        b"\0\0\0\0".decode(name)  # raises for rot13, base64 and the like
    except (LookupError, ValueError):
        short = re.fullmatch(r"(?:x-)?(?:windows|cp|ms|win)[-_]?(\d{3,4})", name)
        return codec("cp" + short.group(1)) if short and not name.startswith("cp") else None
    if known.name.replace("-", "_") in _NOT_TEXT:
        return None
    return _ALIASES.get(known.name, known.name)  # csISOLatin1 and other names of the same


def to_text(data: bytes, label: str = "", hint: str = "") -> str:
    """The text of a body: by its label, else as UTF-8, by the hint, by a guess, as cp1252.

    Args:
        data: the decoded bytes.
        label: the declared charset, "" for none.
        hint: the charset of another part of the mail, "" for none.
    """
    marked = _by_mark(data)
    if marked is not None:
        return marked
    name = codec(label)
    if name and name.startswith(("utf-16", "utf-32")) and b"\0" not in data:
        name = None  # HTML that was UTF-16 on somebody's disk still says so after transcoding
    # an ASCII label on other bytes says nothing: 7-bit programs put it everywhere
    if name not in (None, "utf-8"):
        text = _strictly(data, name)
        if text is None and name == "iso2022_jp_ext":
            return _japanese(data)
        return data.decode(name, "replace") if text is None else text
    text = _strictly(data, "utf-8")
    if text is None and name == "utf-8" and label.lower().startswith("utf"):
        return data.decode("utf-8", "replace") if _mostly_utf8(data) else _otherwise(data, hint)
    return _otherwise(data, hint) if text is None else text


def header_text(data: bytes, hint: str = "") -> str:
    """Raw 8-bit bytes of a header: UTF-8, the first text part's charset, cp1252; no guessing."""
    if data.isascii():
        return data.decode("ascii")
    text = _strictly(data, "utf-8")
    name = codec(hint)
    if text is None and name and name != "utf-8":
        text = _strictly(data, name)
    return _western(data) if text is None else text


def clean(text: str) -> str:
    """Without NUL, other control characters and lone surrogates; lines end in LF.

    Line and page breaks, tabs and everything readable stay.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x1b" in text or not text.isprintable():
        text = _CONTROLS.sub(_shown, text)
    return text


def one_line(text: str) -> str:
    """As ``clean``, with every line break and tab as one space, trimmed (providers.md §13.8)."""
    if text.isprintable():  # most are, and then nothing in it is to be replaced
        return text.strip()
    return clean(text).translate(_BREAKS).strip()


_BREAKS = dict.fromkeys(map(ord, "\n\t\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), " ")


def _shown(found: re.Match[str]) -> str:
    return "\ufffd" if found.group() >= "\ud800" else ""


def _by_mark(data: bytes) -> str | None:
    if data.startswith(codecs.BOM_UTF8):
        return data[3:].decode("utf-8", "replace")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    return None


def _strictly(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeError, ValueError, LookupError):
        return None


def _japanese(data: bytes) -> str:
    """ISO-2022-JP as Windows writes it: with NEC and IBM characters, which Python's lacks.

    Each double-byte stretch is moved to Shift_JIS (JIS X 0208, appendix), half-width kana too.
    """
    out = bytearray()
    for found in _ESCAPES.finditer(data):
        escape, piece = found.group(1) or b"", found.group(2)
        if escape in (b"\x1b$B", b"\x1b$@"):
            for row, cell in zip(piece[::2], piece[1::2], strict=False):
                odd = row & 1
                moved = (row + 1) // 2 + (0x70 if row < _ROW_62 else 0xB0)
                shift = (0x1F if cell < _CELL_63 else 0x20) if odd else 0x7E
                out += bytes((moved & 0xFF, (cell + shift) & 0xFF))
        elif escape == b"\x1b(I":
            out += bytes(byte | 0x80 for byte in piece)
        else:
            out += piece
    return out.decode("cp932", "replace")


def _mostly_utf8(data: bytes) -> bool:
    """Whether damaged UTF-8 rather than another charset under a wrong label."""
    good = len(data.decode("utf-8", "ignore").encode()) - sum(
        byte < _BEYOND_ASCII for byte in data
    )
    return good >= sum(byte >= _BEYOND_ASCII for byte in data) - good


def _otherwise(data: bytes, hint: str) -> str:
    name = codec(hint)
    if name and name not in ("utf-8", "cp1252"):
        text = _strictly(data, name)
        if text is not None:
            return text
    if len(data) >= _LONG:
        best = from_bytes(data[:_GUESSED]).best()
        text = _strictly(data, best.encoding) if best else None
        if text is not None:
            return text
    return _western(data)


def _western(data: bytes) -> str:
    """cp1252, with its five holes filled as in Latin-1 and then dropped as controls."""
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
