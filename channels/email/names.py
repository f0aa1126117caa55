"""Names of files: as a person knows them, and harmless to show (providers.md §13.5)."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_PATH = re.compile(r"[/\\\u2044\u2215\u29f5\u29f8\u29f9\ufe68\uff0f\uff3c]")
_IS_PATH = re.compile(r"[/\\~.]|[A-Za-z]:[/\\]|file:|[^/]*\\|.*/(?:\.{0,2}/|$)")
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
_EXTENSIONS = {
    "application/ics": ".ics",
    "application/msword": ".doc",
    "application/ms-tnef": ".dat",
    "application/octet-stream": ".bin",
    "application/pdf": ".pdf",
    "application/pgp-encrypted": ".asc",
    "application/pgp-signature": ".asc",
    "application/pkcs7-mime": ".p7m",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-mime": ".p7m",
    "application/x-pkcs7-signature": ".p7s",
    "application/zip": ".zip",
    "audio/mpeg": ".mp3",
    "image/bmp": ".bmp",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/webp": ".webp",
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "video/mp4": ".mp4",
}
_LONGEST = 255
_LONGEST_EXTENSION = 20


def safe_name(claimed: str) -> str:
    """The name without its path and without marks that deceive; "" when nothing is left.

    A slash that is no path belongs to the name, ``Surat 045/12/2026.pdf``: it becomes ``_``.
    """
    name = unicodedata.normalize("NFC", claimed)
    name = "".join(
        c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    )
    pieces = _PATH.split(name)
    name = pieces[-1] if _IS_PATH.match(name.strip()) else "_".join(pieces)
    name = " ".join(name.split()).rstrip(". ")
    if name.startswith(".") or _RESERVED.fullmatch(name):
        name = "_" + name  # neither hidden nor a device, wherever somebody saves it
    return _shortened(name)


def name_for(kind: str, number: int) -> str:
    """A name for a nameless part: ``lampiran-2.pdf``."""
    default = ".txt" if kind.startswith(("text/", "message/")) else ".bin"
    return f"lampiran-{number}{_EXTENSIONS.get(kind, default)}"


def unique_names(names: Iterable[str]) -> list[str]:
    """The names in order, a repeated one with a number before its extension."""
    taken: set[str] = set()
    counts: dict[str, int] = {}
    out = []
    for name in names:
        one = name
        while one.casefold() in taken:
            counts[name] = counts.get(name, 1) + 1
            stem, dot, extension = _split(name)
            stem = _cut(stem, _LONGEST - 12 - len(extension.encode()))
            one = f"{stem} ({counts[name]}){dot}{extension}"
        taken.add(one.casefold())
        out.append(one)
    return out


def _split(name: str) -> tuple[str, str, str]:
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension.encode()) > _LONGEST_EXTENSION:
        return name, "", ""
    return stem, dot, extension


def _shortened(name: str) -> str:
    if len(name.encode()) <= _LONGEST:
        return name
    stem, dot, extension = _split(name)
    return _cut(stem, _LONGEST - len((dot + extension).encode())) + dot + extension


def _cut(text: str, size: int) -> str:
    return text.encode()[:size].decode("utf-8", "ignore")
