"""The size of a picture in pixels, read from its header; the picture itself is never decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Size = tuple[int, int]

# SOF0 to SOF15 without DHT (c4), JPG (c8) and DAC (cc): ITU-T T.81, table B.1
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})


def pixels(content_type: str, head: bytes) -> Size | None:
    """Width and height; None where the head does not tell, which counts as too large.

    Args:
        content_type: as sniffed.
        head: the first bytes of the file; of a JPEG 256 KiB, for its frame comes after EXIF.
    """
    read = _READERS.get(content_type)
    found = read(head) if read else None
    return found if found and min(found) > 0 else None


def _png(head: bytes) -> Size | None:
    if head[12:16] != b"IHDR" or len(head) < 24:  # noqa: PLR2004 - end of the two numbers
        return None
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


def _gif(head: bytes) -> Size | None:
    return int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")


def _jpeg(head: bytes) -> Size | None:
    at = 2
    while at + 9 <= len(head):
        if head[at] != 0xFF:  # noqa: PLR2004 - every marker begins so
            return None
        kind = head[at + 1]
        if kind in _FRAMES:
            height, width = head[at + 5 : at + 7], head[at + 7 : at + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        if kind == 0xFF:  # noqa: PLR2004 - a fill byte before a marker
            at += 1
        elif kind in _ALONE:
            at += 2
        else:
            at += 2 + max(2, int.from_bytes(head[at + 2 : at + 4], "big"))
    return None


def _webp(head: bytes) -> Size | None:
    kind = head[12:16]
    if len(head) < 30:  # noqa: PLR2004 - end of the longest of the three headers
        return None
    if kind == b"VP8X":
        return _little(head[24:27]) + 1, _little(head[27:30]) + 1
    if kind == b"VP8L":
        bits = _little(head[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        return _little(head[26:28]) & 0x3FFF, _little(head[28:30]) & 0x3FFF
    return None


def _little(some: bytes) -> int:
    return int.from_bytes(some, "little")


_READERS: Mapping[str, Callable[[bytes], Size | None]] = {
    "image/png": _png,
    "image/gif": _gif,
    "image/jpeg": _jpeg,
    "image/webp": _webp,
}
