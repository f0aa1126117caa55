"""The one place where a header of ours is written (providers.md §13.8, threats.md row 24).

Every value passes the same steps: control characters and line breaks become spaces, the length is
cut, and what is not plain ASCII becomes encoded words (RFC 2047). Nothing here depends on what an
interpreter's ``email`` package does with a header (CVE-2024-6923, CVE-2026-1299).
"""

from __future__ import annotations

import re
from base64 import b64encode
from urllib.parse import quote

from channels.email.words import decode_words

LONGEST_TEXT = 300
"""Characters of a subject or display name."""

LONGEST_ID = 300
"""Characters of a message id that is written again; ids are opaque up to there (§2.2)."""

_CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff\ufffe\uffff]+"
)
_WORD_BYTES = 45  # 60 characters of base64 in an encoded word of at most 75 (RFC 2047 §2)
_FOLD = 76  # characters of a line, where it can be had; 998 is the law (RFC 5322 §2.1.1)
_ID = re.compile(rf"[!-;=?-~]{{1,{LONGEST_ID}}}")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,62}/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}")
_OPAQUE = "application/octet-stream"


def one_line(text: str, most: int = LONGEST_TEXT) -> str:
    """Decoded, without anything that could end a line or hide one, at most ``most`` characters.

    Encoded words in it are opened first: what they hide is cleaned like the rest.
    """
    shown = decode_words(text) if "=?" in text else text
    clean = " ".join(_CONTROLS.sub(" ", shown).split())
    return clean if len(clean) <= most else clean[: most - 1].rstrip() + "…"


def text_line(name: str, text: str) -> bytes:
    """A header of free text, e.g. Subject, with its line end."""
    words = one_line(text).split(" ")
    plain = next((at for at, one in enumerate(words) if not _is_plain(one)), len(words))
    rest = " ".join(words[plain:])
    return _folded(name, [*words[:plain], *(_words(rest) if rest else ())])


def mailbox_line(name: str, address: str, display: str = "") -> bytes:
    """A header with one mailbox; the address must have passed the strict parser before."""
    shown = one_line(display, 100)
    if not shown:
        return _folded(name, [f"<{address}>"])
    if _is_plain(shown):
        escaped = shown.replace("\\", "\\\\").replace('"', '\\"')
        return _folded(name, [f'"{escaped}"', f"<{address}>"])
    return _folded(name, [*_words(shown), f"<{address}>"])


def ids_line(name: str, ids: tuple[str, ...]) -> bytes:
    """In-Reply-To or References: each id byte for byte, never an encoded word; b"" for none.

    What is no id (spaces, brackets, controls, beyond ASCII, too long) is left out.
    """
    good = [f"<{one}>" for one in ids if _ID.fullmatch(one)]
    return _folded(name, good) if good else b""


def plain_line(name: str, value: str) -> bytes:
    """A header whose value is ours and ASCII, e.g. Auto-Submitted."""
    return _folded(name, [one_line(value).encode("ascii", "replace").decode()])


def file_lines(content_type: str, filename: str) -> bytes:
    """Content-Type and Content-Disposition of an attached file (RFC 2183, RFC 2231)."""
    lowered = content_type.lower()
    safe = lowered if _TYPE.fullmatch(lowered) else _OPAQUE
    if safe.startswith(("multipart/", "message/")):  # must not be base64 (RFC 2046 §5.2.1)
        safe = _OPAQUE
    shown = one_line(filename, 150).replace("/", "_").replace("\\", "_") or "berkas"
    # one form only: programs that find both take now the one, now the other
    if re.fullmatch(r"[ !#$&-\[\]-~]+", shown):
        name = f'filename="{shown}"'
    else:
        name = f"filename*=UTF-8''{quote(shown.encode('utf-8', 'replace'), safe='')}"
    pieces = ["attachment;", name]
    return _folded("Content-Type", [safe]) + _folded("Content-Disposition", pieces)


def _is_plain(text: str) -> bool:
    return text.isascii() and "=?" not in text


def _words(value: str) -> list[str]:
    """Encoded words of whole characters; spaces between them are not part of the text."""
    words, chunk, size = [], "", 0
    for character in value:
        width = len(character.encode())
        if size + width > _WORD_BYTES:
            words.append(chunk)
            chunk, size = "", 0
        chunk += character
        size += width
    return [f"=?utf-8?b?{b64encode(word.encode()).decode()}?=" for word in (*words, chunk)]


def _folded(name: str, pieces: list[str]) -> bytes:
    lines, line = [], f"{name}:"
    for piece in pieces:
        if len(line) + 1 + len(piece) > _FOLD and line != f"{name}:":
            lines.append(line)
            line = ""
        line += f" {piece}"
    return "".join(f"{one}\r\n" for one in (*lines, line)).encode()
