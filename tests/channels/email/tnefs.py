"""Writes small winmail.dat files, as MS-OXTNEF describes them: enough for text and files."""

from __future__ import annotations

import struct

SIGNATURE = b"\x78\x9f\x3e\x22\x01\x00"


def attribute(level: int, tag: int, data: bytes) -> bytes:
    checksum = struct.pack("<H", sum(data) & 0xFFFF)
    return struct.pack("<BII", level, tag, len(data)) + data + checksum


def winmail(text: bytes = b"", files: tuple[tuple[bytes, bytes], ...] = ()) -> bytes:
    out = SIGNATURE + attribute(1, 0x00089006, struct.pack("<I", 0x00010000))
    out += attribute(1, 0x00069007, struct.pack("<II", 1252, 0))
    if text:
        out += attribute(1, 0x0002800C, text + b"\0")
    for name, content in files:
        out += attribute(2, 0x00069002, bytes(14))
        out += attribute(2, 0x00018010, name + b"\0")
        out += attribute(2, 0x0006800F, content)
    return out
