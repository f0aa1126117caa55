"""Names of files as they are shown and downloaded; never as they are stored.

A file lies under a random name; what its sender called it is only ever displayed, so the name is
cleaned *after* normalisation (threats.md row 36: a zero-width space before ``.htaccess`` got
around a check that came first). providers.md §13.5 asks for the rest.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LONGEST = 255
"""Bytes of a name in UTF-8: the limit of common file systems."""

_LONGEST_EXTENSION = 16
_HEAD, _TAIL = 1_000, 200  # characters looked at; normalisation may make eighteen of one
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_BLANK = frozenset({"Zs", "Zl", "Zp"})
_SPACES = re.compile(r"\s+")
_MEANT = frozenset(
    './\\:<>"|?* '
)  # signs that decide something; whatever is one in disguise is it
_MANY_MARKS = 4  # marks on one letter that some script needs; more hide the neighbours
# what separates folders somewhere, and the signs that look like it
_PATH = re.compile("[/\\\\\u2044\u2215\u2216\u29f5\u29f8\u29f9]")
_REFUSED = re.compile(r'[<>:"|?*]')  # Windows; a colon also opens a stream behind the file
_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|conin\$|conout\$|clock\$)\s*", re.IGNORECASE
)
_SHOWN_EXTENSION = re.compile(r"[0-9A-Za-z_+-]{1,16}")

EXTENSIONS: Mapping[str, str] = {
    "application/pdf": "pdf",
    "application/rtf": "rtf",
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/zip": "zip",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s",
    "application/pkcs7-mime": "p7m",
    "application/pgp-signature": "asc",
    "application/ms-tnef": "dat",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "image/avif": "avif",
    "image/bmp": "bmp",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/jpeg": "jpg",
    "image/jpg": "jpg",
    "image/png": "png",
    "image/svg+xml": "svg",
    "image/tiff": "tiff",
    "image/webp": "webp",
    "message/rfc822": "eml",
    "text/calendar": "ics",
    "text/csv": "csv",
    "text/html": "html",
    "text/plain": "txt",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
    "video/3gpp": "3gp",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
}
"""The usual extension of a type, for files that came without a name."""


def clean_name(claimed: str | None) -> str:
    """The claimed name as it may be shown, "" when nothing of it is left.

    Pure and idempotent; the result is at most 255 bytes of UTF-8, on one line, without path,
    control, bidi or zero-width characters, never a device of Windows, never hidden by a leading
    dot, and its extension is never cut off or pushed out of sight.

    Args:
        claimed: decoded already (RFC 2047, RFC 2231); None: the sender gave no name.
    """
    if not claimed:
        return ""
    if len(claimed) > _HEAD + _TAIL:
        claimed = claimed[:_HEAD] + claimed[-_TAIL:]
    last = _last_part(_visible(claimed))
    # cutting may lay bare another dot, blank or device name at either end
    while (name := _cut(_guarded(_REFUSED.sub("_", last)))) != last:
        last = name
    return name


def display_name(claimed: str | None, content_type: str = "", position: int = 0) -> str:
    """A name in any case: the cleaned one, else ``lampiran-1.pdf``.

    Args:
        claimed: as for :func:`clean_name`.
        content_type: gives a nameless file its extension; parameters are ignored.
        position: of the file in its message, from 0.
    """
    if name := clean_name(claimed):
        return name
    usual = EXTENSIONS.get(content_type.partition(";")[0].strip().lower(), "bin")
    return f"lampiran-{position + 1}.{usual}"


def distinct(names: Iterable[str]) -> list[str]:
    """The names of one message's files, each once: ``foto.jpg``, ``foto (2).jpg``.

    Case is ignored, as most people's file systems do.
    """
    taken: set[str] = set()
    found = []
    for name in names:
        stem, dot, tail = _halves(name)
        own, count = name, 1
        while own.casefold() in taken:
            count += 1
            mark = f" ({count}){dot}{tail}"
            own = f"{_shortened(stem, LONGEST - len(mark.encode()))}{mark}"
        taken.add(own.casefold())
        found.append(own)
    return found


def extension(name: str) -> str:
    """What stands after the last dot, lower case; "" when there is none. Name already clean."""
    return _halves(name)[2].lower()


def _visible(text: str) -> str:
    """Without what cannot be seen; blanks are spaces, floods of marks are cut."""
    kept: list[str] = []
    marks = 0
    for sign in _undisguised(text):
        kind = unicodedata.category(sign)
        marks = marks + 1 if kind[0] == "M" else 0
        if sign in "\t\n\r\v\f\x85" or kind in _BLANK:
            kept.append(" ")
        elif kind not in _DROPPED and marks <= _MANY_MARKS and not "\ufe00" <= sign <= "\ufe0f":
            kept.append(sign)
    # what stood between two signs may have kept them from becoming one
    return _SPACES.sub(" ", unicodedata.normalize("NFC", "".join(kept)))


def _undisguised(text: str) -> str:
    """Normalised; compatibility forms are opened only where they hide a sign that decides.

    A full-width solidus becomes a solidus, but the full-width digits of a Japanese name stay.
    """
    found = []
    for sign in unicodedata.normalize("NFC", text):
        plain = sign if sign.isascii() else unicodedata.normalize("NFKC", sign)
        found.append(sign if _MEANT.isdisjoint(plain) else plain)
    return "".join(found)


def _last_part(path: str) -> str:
    parts = [part for part in _PATH.split(path) if part.strip(". ")]
    return parts[-1] if parts else ""


def _guarded(name: str) -> str:
    """Not hidden, not ended by what Windows drops, not one of its devices."""
    name = name.strip(" ").lstrip(". ").rstrip(". ")
    stem = unicodedata.normalize("NFKC", name.partition(".")[0])
    return f"_{name}" if _DEVICE.fullmatch(stem) else name


def _cut(name: str) -> str:
    if len(name.encode()) <= LONGEST:
        return name
    stem, dot, tail = _halves(name)
    return f"{_shortened(stem, LONGEST - len(f'{dot}{tail}'.encode()))}{dot}{tail}"


def _shortened(text: str, most: int) -> str:
    """At most so many bytes, cut between characters."""
    return text.encode()[:most].decode("utf-8", "ignore").rstrip(" .")


def _halves(name: str) -> tuple[str, str, str]:
    """Stem, dot and extension; a tail that is no extension belongs to the stem."""
    stem, dot, tail = name.rpartition(".")
    if stem and len(tail) <= _LONGEST_EXTENSION and _SHOWN_EXTENSION.fullmatch(tail):
        return stem, dot, tail
    return name, "", ""
