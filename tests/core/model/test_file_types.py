"""What a file is by its bytes: forty kinds, whatever they are called."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.attachments import Finding
from core.model.file_magic import ARCHIVE, EMBEDDED, LOCKED, MACRO, PLAIN, PROGRAM
from core.model.file_types import INLINE, LARGE_PICTURE, Examiner, shown_as

OLE = bytes.fromhex("D0CF11E0A1B11AE1")
OFFICE = "application/vnd.openxmlformats-officedocument."
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


def wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def png(width: int, height: int) -> bytes:
    size = struct.pack(">II5B", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + size
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    )


def jpeg(width: int, height: int, exif: int = 100) -> bytes:
    extra = b""
    while exif > 0:
        part = min(exif, 65_000)
        extra += b"\xff\xe1" + struct.pack(">H", part + 2) + b"E" * part
        exif -= part
    frame = b"\xff\xc2" + struct.pack(">HBHH", 17, 8, height, width) + b"\3" * 10
    return b"\xff\xd8" + extra + b"\xff\xff" + frame + b"\xff\xd9"


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0;"


def webp(width: int, height: int, kind: bytes = b"VP8X") -> bytes:
    if kind == b"VP8X":
        rest = (
            b"\x10\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        )
    elif kind == b"VP8L":
        rest = b"\x2f" + ((width - 1) | (height - 1) << 14).to_bytes(4, "little") + b"\0" * 9
    else:
        rest = b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height)
    body = b"WEBP" + kind + struct.pack("<I", len(rest)) + rest
    return b"RIFF" + struct.pack("<I", len(body)) + body


def zipped(*names: str, stored: tuple[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if stored:
            archive.writestr(zipfile.ZipInfo(stored[0]), stored[1])
        for name in names:
            archive.writestr(name, b"<x/>" * 100)
    return out.getvalue()


def office(folder: str, *more: str) -> bytes:
    return zipped("[Content_Types].xml", "_rels/.rels", f"{folder}/document.xml", *more)


def opendocument(kind: str, *more: str) -> bytes:
    content_type = f"application/vnd.oasis.opendocument.{kind}".encode()
    return zipped("content.xml", *more, stored=("mimetype", content_type))


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a"))
    return out.getvalue()


def examined(data: bytes, filename: str = "", piece: int = 10**9) -> Finding:
    examiner = Examiner()
    for at in range(0, len(data), piece):
        examiner.feed(data[at : at + piece])
    return examiner.finish(filename)


KINDS = [
    (png(640, 480), "image/png", ""),
    (jpeg(4000, 3000), "image/jpeg", ""),
    (jpeg(4000, 3000, exif=200_000), "image/jpeg", ""),
    (gif(10, 10), "image/gif", ""),
    (webp(800, 600), "image/webp", ""),
    (webp(800, 600, b"VP8L"), "image/webp", ""),
    (webp(800, 600, b"VP8 "), "image/webp", ""),
    (b"%PDF-1.7\n%...", "application/pdf", ""),
    (b"OggS\0\2opus", "audio/ogg", ""),
    (b"ID3\4\0\0", "audio/mpeg", ""),
    (b"#!AMR\n\x3c", "audio/amr", ""),
    (b"\0\0\0\x20ftypisom\0\0", "video/mp4", ""),
    (b"\0\0\0\x20ftypM4A \0\0", "audio/mp4", ""),
    (b"\0\0\0\x20ftypheic\0\0", "image/heic", ""),
    (b"\x1aE\xdf\xa3\x9fB\x86webm", "video/webm", ""),
    (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav", ""),
    (b"II*\0\x08", "image/tiff", ""),
    (office("word"), OFFICE + "wordprocessingml.document", ""),
    (office("xl"), OFFICE + "spreadsheetml.sheet", ""),
    (office("ppt"), OFFICE + "presentationml.presentation", ""),
    (opendocument("text"), "application/vnd.oasis.opendocument.text", ""),
    (OLE + wide("WordDocument"), "application/msword", ""),
    (OLE + wide("Workbook"), "application/vnd.ms-excel", ""),
    (b"{\\rtf1 halo}", "application/rtf", ""),
    (b"Yth. Dinas,\r\njalan rusak.\n", "text/plain", ""),
    ("Jalan rusak \u2013 mohon é".encode() + b"\xe2\x80", "text/plain", ""),
    (b"nama,alamat\nSiti,Rogojampi\n", "text/plain", ""),
    (b"BEGIN:VCARD\nFN:Siti", "text/vcard", ""),
    (b"BEGIN:VCALENDAR\nMETHOD:REQUEST", "text/calendar", ""),
    (b"\xef\xbb\xbf  <!DOCTYPE html><p>", "text/html", ""),
    (b"halo <script>alert(1)</script>", "text/html", ""),
    (b"<?xml version='1.0'?><svg onload='x'/>", "image/svg+xml", ""),
    (b"<svg:svg xmlns:svg='x'/>", "image/svg+xml", ""),
    (b"<html><svg></svg></html>", "text/html", ""),
    (b"<?xml version='1.0'?><a/>", "application/xml", ""),
    (b"caf\xe9 latin-1", PLAIN, ""),
    (b"", PLAIN, ""),
    (b"\0\1\2\3", PLAIN, ""),
    (b"MZ\x90\0\3", PLAIN, PROGRAM),
    (b"MZ, nama toko kami", "text/plain", ""),
    (b"\x7fELF\2\1", PLAIN, PROGRAM),
    (b"\xca\xfe\xba\xbe\0\0", PLAIN, PROGRAM),
    (b"#!/bin/sh\nrm x", PLAIN, PROGRAM),
    (b"L\0\0\0\x01\x14\x02\0\0", PLAIN, PROGRAM),
    (EICAR, PLAIN, PROGRAM),
    (EICAR + b"\r\n", PLAIN, PROGRAM),
    (b"%PDF-1.4 << /S /Launch >>", "application/pdf", PROGRAM),
    (OLE + bytes.fromhex("84100C0000000000C000000000000046"), PLAIN, PROGRAM),
    (office("word", "word/vbaProject.bin"), PLAIN, MACRO),
    (office("xl", "xl/macrosheets/sheet1.xml"), PLAIN, MACRO),
    (office("word", "word/activeX/activeX1.xml"), PLAIN, MACRO),
    (opendocument("spreadsheet", "Basic/Standard/m.xml"),
     "application/vnd.oasis.opendocument.spreadsheet", MACRO),
    (OLE + wide("WordDocument") + b"x" * 99 + wide("_VBA_PROJECT"), "application/msword", MACRO),
    (OLE + wide("WordDocument") + wide("\1Ole10Native"), "application/msword", EMBEDDED),
    (OLE + wide("EncryptedPackage"), PLAIN, LOCKED),
    (b"{\\rtf1 {\\object{\\*\\objdata 0105}}}", "application/rtf", EMBEDDED),
    (zipped("a.txt"), "application/zip", ARCHIVE),
    (zipped(), PLAIN, ARCHIVE),
    (zipped("META-INF/MANIFEST.MF", "A.class"), "application/zip", ARCHIVE),
    (gzip.compress(b"x"), PLAIN, ARCHIVE),
    (bz2.compress(b"x"), PLAIN, ARCHIVE),
    (lzma.compress(b"x"), PLAIN, ARCHIVE),
    (tarred(), PLAIN, ARCHIVE),
    (b"Rar!\x1a\x07\x01\0", PLAIN, ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", PLAIN, ARCHIVE),
    (b"\0" * 32_769 + b"CD001", PLAIN, ARCHIVE),
]  # fmt: skip


@pytest.mark.parametrize("piece", [10**9, 7])
@pytest.mark.parametrize(
    ("data", "content_type", "suspicion"), KINDS, ids=[str(place) for place in range(len(KINDS))]
)
def test_the_bytes_tell_the_kind(
    data: bytes, content_type: str, suspicion: str, piece: int
) -> None:
    found = examined(data, piece=piece if len(data) < 50_000 else 10**9)
    assert (found.content_type, found.suspicion) == (content_type, suspicion)


@pytest.mark.parametrize(
    ("data", "filename", "suspicion"),
    [
        (png(9, 9), "foto.png", ""),
        (png(9, 9), "foto.exe", PROGRAM),
        (b"dim x", "faktur.pdf.vbs", PROGRAM),
        (b"<html>", "faktur.HTA", PROGRAM),
        (office("word"), "surat.docm", PROGRAM),
        (office("word"), "surat.zip", ARCHIVE),
        (zipped("a.txt"), "foto.jpg", ARCHIVE),
        (b"MZ\0", "foto.jpg", PROGRAM),
        (office("word", "word/vbaProject.bin"), "surat.docx", MACRO),
        (b"halo", "catatan", ""),
        (b"halo", "exe", ""),
        (b"\0\1", "lampiran-1.bin", ""),
    ],
    ids=lambda value: value if isinstance(value, str) else "bytes",
)
def test_a_name_can_only_make_a_file_worse(data: bytes, filename: str, suspicion: str) -> None:
    assert examined(data, filename).suspicion == suspicion


@pytest.mark.parametrize(
    "data",
    [
        png(50_000, 50_000),
        jpeg(65_000, 65_000),
        gif(65_535, 65_535),
        webp(16_000, 16_000),
        png(0, 10),
        png(10, 10)[:20],
        jpeg(100, 100)[:40],
        jpeg(100, 100, exif=400_000),
        b"\xff\xd8\xff\xe0",
        b"\xff\xd8\xff" * 50,
        webp(10, 10)[:20],
        webp(10, 10, b"ALPH"),
        b"GIF89a",
    ],
    ids=lambda data: str(len(data)),
)
def test_a_picture_that_is_too_large_or_does_not_tell_is_not_shown(data: bytes) -> None:
    assert examined(data) == Finding(PLAIN, note=LARGE_PICTURE)


def test_an_ordinary_photo_is_shown() -> None:
    assert examined(jpeg(7_000, 5_000)).content_type == "image/jpeg"
    assert examined(jpeg(8_000, 6_000)).note == LARGE_PICTURE


def test_an_embedded_object_is_told_but_keeps_the_document_usable() -> None:
    found = examined(office("word", "word/embeddings/oleObject1.bin"))
    assert (found.suspicion, found.note) == ("", EMBEDDED)


def test_a_mark_far_behind_the_head_is_found_in_any_pieces() -> None:
    data = b"PK\3\4" + b"\0" * 26 + b"[Content_Types].xml" + b"\1" * 700_000
    data += b"word/document.xml" + b"\1" * 300_000 + b"word/vbaProject.bin"
    for piece in (65_536, 1000, len(data) - 3):
        assert examined(data, "a.docx", piece).suspicion == MACRO


@pytest.mark.parametrize(
    "declared",
    ["image/svg+xml", "image/svg+xml; x", "text/html", "image/png; x", "IMAGE/PNG",
     "application/xml", "application/xhtml+xml", "text/xml", "image/heic",
     "multipart/mixed", "", "text/plain;html"],
)  # fmt: skip
def test_only_what_is_on_the_list_exactly_leaves_with_its_type(declared: str) -> None:
    assert shown_as(declared) == PLAIN
    assert all(shown_as(listed) == listed for listed in INLINE)


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", OLE, b"PK\3\4", b"RIFF", b"\xff\xd8\xff", b"GIF8"]),
)
def test_no_bytes_raise_and_nothing_dangerous_is_on_the_list(data: bytes, opening: bytes) -> None:
    found = examined(opening + data, "x.dat")
    assert found.content_type
    assert not (found.suspicion and found.content_type in INLINE - {"application/pdf"})
