"""Bodies: transfer encodings undone, flowed lines joined, files taken out of old-style text.

Whatever the encoding's name and however damaged, some bytes come back; what cannot be decoded is
left as it is rather than dropped (providers.md §13.5, threats.md §5 line 71).
"""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING, NamedTuple

from channels.email.charsets import clean, header_text, to_text

if TYPE_CHECKING:
    from channels.email.structure import Entity

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")
_BLOCK = re.compile(rb"[A-Za-z0-9+/]+=*")
_OVERPADDED = re.compile(rb"[A-Za-z0-9+/]+=+")
_FOREIGN = re.compile(rb"[^A-Za-z0-9+/=\s]")
_LINE = 60
"""Characters from which a line is taken for base64 even where its length does not fit."""

_SOFT = re.compile(rb"=[ \t]{1,200}(?=\r?\n)")
_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,255})\r?\n", re.MULTILINE)
_TOKEN = re.compile(r"[a-z0-9-]+")
_META = re.compile(rb"(?i)<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-z0-9_.:-]{1,40})")


class Pulled(NamedTuple):
    """A file found in the text itself."""

    name: str
    content: bytes


def content_of(entity: Entity) -> bytes:
    """The decoded bytes of a leaf; never raises."""
    if entity.content is None:
        is_text = entity.type.kind.startswith("text/")
        entity.content = undo(entity.body(), encoding_of(entity), is_text)
    return entity.content


def encoding_of(entity: Entity) -> str:
    """The transfer encoding's name, lower case; "" where none is declared."""
    found = _TOKEN.search(header_text(entity.first("content-transfer-encoding") or b"").lower())
    return found.group() if found else ""


def undo(body: bytes, encoding: str, text: bool = False) -> bytes:  # noqa: FBT001, FBT002 - one word
    """The bytes without their transfer encoding; unknown encodings change nothing."""
    if encoding == "quoted-printable":
        return binascii.a2b_qp(_SOFT.sub(b"=", body))
    if encoding == "base64":
        return _base64(body, text)
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        found = _BEGIN.search(body)
        return _uu(body[found.end() :])[0] if found else body
    return body


def _base64(body: bytes, text: bool) -> bytes:  # noqa: FBT001 - private, and named at every call
    """Base64 with junk, without padding, in several padded blocks, or not base64 at all."""
    whole = _clean_base64(body)
    if whole is not None:
        return whole
    head, tail = _tail(body) if text else (body, b"")
    packed = _NOT_BASE64.sub(b"", head)
    odd = len(packed) % 4 and not _OVERPADDED.fullmatch(packed)
    short = text and len(packed) < _LINE and (odd or not packed)
    if short or _is_plain(head):
        return body
    return b"".join(map(_block, _BLOCK.findall(packed))) + tail


def _is_plain(body: bytes) -> bool:
    """Whether text came under a wrong label: its first line reads as words."""
    line = body.lstrip()[:_LINE].partition(b"\n")[0]
    words = line.split()
    return len(_FOREIGN.findall(line)) * 10 > len(line) or (
        len(words) > 1 and any(len(word) % 4 for word in words)
    )


def _clean_base64(body: bytes) -> bytes | None:
    """The bytes of base64 as it should be, quickly; None for any other."""
    packed = body.translate(None, b"\r\n")
    data = packed.rstrip(b"=")
    if len(packed) % 4 or len(packed) - len(data) > 2:  # noqa: PLR2004 - RFC 4648 §4
        return None
    try:
        decoded = binascii.a2b_base64(packed)
    except binascii.Error:
        return None
    # foreign bytes are skipped by the function, and then something is missing
    return decoded if len(decoded) == len(data) * 3 // 4 else None


def _tail(body: bytes) -> tuple[bytes, bytes]:
    """A list's footer that was put below the base64 without encoding it."""
    lines = body.split(b"\n")
    for number, line in enumerate(lines):
        if _FOREIGN.search(line) and (b" " in line.strip() or line.startswith((b"--", b"__"))):
            return b"\n".join(lines[:number]), b"\n" + b"\n".join(lines[number:])
    return body, b""


def _block(block: bytes) -> bytes:
    data = block.rstrip(b"=")
    if len(data) % 4 == 1:
        data = data[:-1]
    return binascii.a2b_base64(data + b"=" * (-len(data) % 4))


def text_of_body(entity: Entity, hint: str = "") -> str:
    """The text of a ``text/*`` leaf: decoded, clean, flowed lines joined."""
    return decode_body(entity, content_of(entity), hint)


def decode_body(entity: Entity, data: bytes, hint: str = "") -> str:
    """As ``text_of_body``, for bytes that somebody has worked on."""
    label = entity.type.text("charset")
    if not label and entity.type.kind == "text/html":
        found = _META.search(data[:4096])
        label = found.group(1).decode() if found else ""
    text = clean(to_text(data, label, hint))
    if entity.type.kind == "text/plain" and entity.type.text("format").lower() == "flowed":
        return unflow(text, entity.type.text("delsp").lower() == "yes")
    return text


def unflow(text: str, delsp: bool = False) -> str:  # noqa: FBT001, FBT002 - the parameter's own name
    """Lines that end in a space joined with the next of the same quote depth (RFC 3676 §4)."""
    out: list[str] = []
    joining, depth = False, 0
    for line in text.split("\n"):
        content = line.lstrip(">")
        now = len(line) - len(content)
        content = content.removeprefix(" ")
        soft = content.endswith(" ") and content != "-- "
        if soft and delsp:
            content = content[:-1]
        if joining and now == depth and content != "-- ":
            out[-1] += content
        else:
            out.append(f"{'>' * now} {content}" if now else content)
        joining, depth = soft, now
    return "\n".join(out)


def pull_files(data: bytes) -> tuple[bytes, list[Pulled]]:
    """The text without the uuencoded files in it, and the files; a damaged one stays text."""
    if b"begin" not in data:
        return data, []
    kept: list[bytes] = []
    files: list[Pulled] = []
    at = 0
    for found in _BEGIN.finditer(data):
        if found.start() < at:
            continue
        content, used = _uu(data[found.end() :])
        if used:
            kept.append(data[at : found.start()])
            files.append(Pulled(header_text(found.group(1)).strip(), content))
            at = found.end() + used
    return b"".join(kept) + data[at:], files


def _uu(data: bytes) -> tuple[bytes, int]:
    """The bytes of uuencoded lines, and how much of the input they took; 0: no such lines."""
    out: list[bytes] = []
    at = 0
    while at < len(data):
        newline = data.find(b"\n", at)
        newline = len(data) if newline < 0 else newline
        line = data[at:newline].rstrip(b"\r")
        at = min(newline + 1, len(data))
        if line.strip() == b"end":
            return b"".join(out), at
        if not line.strip(b"` "):
            continue
        piece = _uu_line(line)
        if piece is None:
            return b"", 0
        out.append(piece)
    return b"".join(out), at if out else 0


def _uu_line(line: bytes) -> bytes | None:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        pass
    # some encoders add a checksum or drop spaces at the end
    size = ((line[0] - 32) & 63) * 4 // 3 + 2
    try:
        return binascii.a2b_uu(line[: size + 1].ljust(size))
    except binascii.Error:
        return None
