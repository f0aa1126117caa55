"""The signs by which kinds of files are known: magic numbers, marks inside, openings of texts.

Sources: the formats' own specifications, and the WHATWG MIME sniffing standard for pages. Names
inside a ZIP stand there uncompressed, and those of a compound file in UTF-16, so macros are found
without unpacking anything.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING

from core.model.attachments import Finding
from core.model.sentences import said

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet

PLAIN = "application/octet-stream"

PROGRAM = said("Berkas program atau skrip; jangan dijalankan.")
MACRO = said("Dokumen berisi makro; jangan dibuka.")
EMBEDDED = said("Dokumen berisi objek tertanam; jangan dibuka.")
LOCKED = said("Dokumen terkunci kata sandi; isinya tidak dapat diperiksa.")
ARCHIVE = said("Berkas arsip; isinya tidak diperiksa.")

_TEXT_SIGNS = bytes({*range(0x20, 0x100), 0x09, 0x0A, 0x0C, 0x0D, 0x1B} - {0x7F})
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|iframe|style|meta|title)[\s>/]")
_DRAWING = re.compile(rb"<(?:[a-z]+:)?svg[\s>/]")
_OOXML = "application/vnd.openxmlformats-officedocument."
_EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR"
_EICAR_MOST = 128


def sniff(head: bytes, seen: AbstractSet[bytes]) -> Finding:
    """What a file is.

    Args:
        head: its first bytes, 256 KiB of them.
        seen: those of :data:`MARKS` that stand anywhere in it.
    """
    if head.startswith(_EICAR) and len(head.rstrip()) <= _EICAR_MOST:
        return Finding(PLAIN, PROGRAM)
    for at, magic, found in _MAGIC:
        if head.startswith(magic, at):
            return found
    for at, magic, read in _FAMILIES:
        if head.startswith(magic, at):
            return read(head, seen)
    return _text(head) or Finding(PLAIN)


def _zip(head: bytes, seen: AbstractSet[bytes]) -> Finding:
    own = re.match(rb"PK\x03\x04.{26}mimetype(application/[a-z0-9.+-]{1,80})", head, re.DOTALL)
    if own and own[1].startswith(b"application/vnd.oasis.opendocument."):
        shape = re.match(rb"application/[a-z.]+\.(?:text|spreadsheet|presentation)", own[1])
        content_type = shape[0].decode() if shape else PLAIN
        return Finding(content_type, MACRO if seen & {b"Basic/", b"Scripts/"} else "")
    if b"[Content_Types].xml" not in seen:
        return Finding("application/zip", ARCHIVE)
    if seen & {b"vbaProject", b"macrosheets/", b"activeX/"}:
        return Finding(PLAIN, MACRO)
    for folder, kind in _OFFICE.items():
        if folder in seen:
            return Finding(_OOXML + kind, note=EMBEDDED if b"oleObject" in seen else "")
    return Finding("application/zip", ARCHIVE)


def _ole(_: bytes, seen: AbstractSet[bytes]) -> Finding:
    """Old Office and other compound files; names in their folder are UTF-16."""
    if _INSTALLER in seen:
        return Finding(PLAIN, PROGRAM)
    if _wide("EncryptedPackage") in seen:
        return Finding(PLAIN, LOCKED)
    own = (
        MACRO
        if _wide("_VBA_PROJECT") in seen
        else EMBEDDED
        if _wide("\1Ole10Native") in seen
        else ""
    )
    for stream, kind in _OLD_OFFICE.items():
        if stream in seen:
            return Finding(kind, own)
    return Finding(PLAIN, own)


def _pdf(_: bytes, seen: AbstractSet[bytes]) -> Finding:
    return Finding("application/pdf", PROGRAM if b"/Launch" in seen else "")


def _rtf(_: bytes, seen: AbstractSet[bytes]) -> Finding:
    return Finding("application/rtf", EMBEDDED if b"\\objdata" in seen else "")


def _riff(head: bytes, _: AbstractSet[bytes]) -> Finding:
    kinds = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
    return Finding(kinds.get(head[8:12], PLAIN))


def _program_unless_text(head: bytes, _: AbstractSet[bytes]) -> Finding:
    """Two letters that a text may begin with, too."""
    return _text(head) or Finding(PLAIN, PROGRAM)


def _archive_unless_text(head: bytes, _: AbstractSet[bytes]) -> Finding:
    return _text(head) or Finding(PLAIN, ARCHIVE)


def _matroska(head: bytes, _: AbstractSet[bytes]) -> Finding:
    return Finding("video/webm" if b"webm" in head[:64] else "video/x-matroska")


def _text(head: bytes) -> Finding | None:
    """Text in UTF-8 by its signs; None for anything else."""
    if not head or head.translate(None, _TEXT_SIGNS):
        return None
    try:
        getincrementaldecoder("utf-8")().decode(head)  # the last character may be cut
    except UnicodeDecodeError:
        return None
    return _kind_of_text(head.lower().removeprefix(b"\xef\xbb\xbf").lstrip())


def _kind_of_text(low: bytes) -> Finding:
    if low.startswith(b"#!"):
        return Finding(PLAIN, PROGRAM)
    drawing, page = _DRAWING.search(low), _PAGE.search(low)
    if drawing and not (page and page.start() < drawing.start()):
        return Finding("image/svg+xml")
    if page:
        return Finding("text/html")
    kinds = (kind for opening, kind in _TEXTS.items() if low.startswith(opening))
    return Finding(next(kinds, "text/plain"))


def _boxed(head: bytes, _: AbstractSet[bytes]) -> Finding:
    """ISO base media (ISO/IEC 14496-12): the brand after ``ftyp`` tells the kind."""
    return Finding(_BRANDS.get(head[8:12], "video/mp4"))


def _wide(text: str) -> bytes:
    return text.encode("utf-16-le")


_OFFICE: Mapping[bytes, str] = {
    b"word/": "wordprocessingml.document",
    b"xl/": "spreadsheetml.sheet",
    b"ppt/": "presentationml.presentation",
}
_OLD_OFFICE: Mapping[bytes, str] = {
    _wide("WordDocument"): "application/msword",
    _wide("Workbook"): "application/vnd.ms-excel",
    _wide("PowerPoint Document"): "application/vnd.ms-powerpoint",
    _wide("__properties_version1.0"): "application/vnd.ms-outlook",
}
WITH_MARKS = (b"PK\3\4", bytes.fromhex("D0CF11E0A1B11AE1"), b"%PDF-", b"{\\rt")
"""How those files begin in which marks count."""

_INSTALLER = bytes.fromhex("84100C0000000000C000000000000046")  # class id of an .msi

MARKS: tuple[bytes, ...] = (
    b"[Content_Types].xml",
    b"vbaProject",
    b"macrosheets/",
    b"activeX/",
    b"oleObject",
    b"Basic/",
    b"Scripts/",
    b"/Launch",
    b"\\objdata",
    *_OFFICE,
    *_OLD_OFFICE,
    *map(_wide, ("_VBA_PROJECT", "\1Ole10Native", "EncryptedPackage")),
    _INSTALLER,
)
"""What to look for in a whole file; each counts only within its own kind of file."""

_TEXTS: Mapping[bytes, str] = {
    b"<?xml": "application/xml",
    b"begin:vcard": "text/vcard",
    b"begin:vcalendar": "text/calendar",
    b"%!ps": "application/postscript",
}
_BRANDS: Mapping[bytes, str] = {
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
    b"msf1": "image/heif",
    b"qt  ": "video/quicktime",
    b"3gp4": "video/3gpp",
    b"3gp5": "video/3gpp",
    b"3gp6": "video/3gpp",
}

_MAGIC: tuple[tuple[int, bytes, Finding], ...] = (
    *(
        (0, magic, Finding(kind))
        for magic, kind in (
            (b"\xff\xd8\xff", "image/jpeg"),
            (b"\x89PNG\r\n\x1a\n", "image/png"),
            (b"GIF87a", "image/gif"),
            (b"GIF89a", "image/gif"),
            (b"II*\0", "image/tiff"),
            (b"MM\0*", "image/tiff"),
            (b"OggS", "audio/ogg"),
            (b"#!AMR", "audio/amr"),
            (b"ID3", "audio/mpeg"),
            (b"\xff\xfb", "audio/mpeg"),
            (b"\xff\xf3", "audio/mpeg"),
            (b"\xff\xf2", "audio/mpeg"),
            (b"\xff\xf1", "audio/aac"),
            (b"\xff\xf9", "audio/aac"),
            (b"fLaC", "audio/flac"),
            (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
        )
    ),
    *(
        (at, magic, Finding(PLAIN, PROGRAM))
        for at, magic in (
            (0, b"\x7fELF"),
            (0, b"\xca\xfe\xba\xbe"),
            (0, b"\xfe\xed\xfa\xce"),
            (0, b"\xfe\xed\xfa\xcf"),
            (0, b"\xce\xfa\xed\xfe"),
            (0, b"\xcf\xfa\xed\xfe"),
            (0, b"\0asm"),
            (0, b"dex\n"),
            (0, b"L\0\0\0\x01\x14\x02\0"),  # a shortcut of Windows
            (0, b"ITSF"),  # help that runs scripts
            (0, b"FWS"),
            (0, b"CWS"),
            (0, b"ZWS"),
            (0, bytes.fromhex("E4525C7B8CD8A74DAEB15378D02996D3")),  # OneNote
        )
    ),
    *(
        (at, magic, Finding(PLAIN, ARCHIVE))
        for at, magic in (
            (0, b"PK\5\6"),
            (0, b"PK\7\x08"),
            (0, b"Rar!\x1a\x07"),
            (0, b"7z\xbc\xaf\x27\x1c"),
            (0, b"\x1f\x8b"),
            (0, b"\x1f\x9d"),
            (0, b"\xfd7zXZ\0"),
            (0, b"\x28\xb5\x2f\xfd"),
            (0, b"\x04\x22\x4d\x18"),
            (0, b"MSCF"),
            (0, b"!<arch>\n"),
            (0, b"\xed\xab\xee\xdb"),
            (0, b"070701"),
            (0, b"070707"),
            (0, b"\x60\xea"),
            (0, b"conectix"),
            (0, b"vhdxfile"),
            (7, b"**ACE**"),
            (2, b"-lh"),
            (257, b"ustar"),
            (32_769, b"CD001"),
        )
    ),
)
_FAMILIES: tuple[tuple[int, bytes, Callable[[bytes, AbstractSet[bytes]], Finding]], ...] = (
    (0, b"PK\3\4", _zip),
    (0, bytes.fromhex("D0CF11E0A1B11AE1"), _ole),
    (0, b"%PDF-", _pdf),
    (0, b"{\\rt", _rtf),
    (0, b"RIFF", _riff),
    (0, b"\x1aE\xdf\xa3", _matroska),
    (4, b"ftyp", _boxed),
    (0, b"MZ", _program_unless_text),
    (0, b"BZh", _archive_unless_text),
)
