"""Outlook's ``winmail.dat``: the text and files inside it, through tnefparse.

The library raises all kinds of things on damaged input; then nothing is opened and the file stays
as it is. Such mail is read apart (``limits.is_light``), so a bomb costs its own process only.
"""

from __future__ import annotations

import logging
from typing import NamedTuple

from tnefparse import TNEF  # type: ignore[import-untyped]  # it ships no types

# its warnings quote what stands in the mail
logging.getLogger("tnefparse").setLevel(logging.CRITICAL + 1)

_SIGNATURE = b"\x78\x9f\x3e\x22"
_KINDS = ("application/ms-tnef", "application/vnd.ms-tnef", "application/x-ms-tnef")
_MAX_FILES = 500
_HEADER = 6  # signature and key
_OBJECT = 11  # level, tag and type, length; a checksum behind the data


class Opened(NamedTuple):
    """What was in it: text, HTML, files by name; "" and nothing where there was none."""

    text: str
    html: str
    files: tuple[tuple[str, bytes], ...]


def is_tnef(kind: str, name: str) -> bool:
    """Whether a part says that it is one; programs in between often retype it."""
    return kind in _KINDS or name.lower() in ("winmail.dat", "win.dat")


def open_tnef(data: bytes) -> Opened | None:
    """Its content; None when it cannot be opened or holds nothing."""
    if not data.startswith(_SIGNATURE) or not _is_whole(data):
        return None
    try:
        tnef = TNEF(data, do_checksum=False)
        files = tuple(
            (_text(one.long_filename()).strip("\0 "), bytes(one.data))
            for one in tnef.attachments[:_MAX_FILES]
            if one.data
        )
        opened = Opened(_text(tnef.body), _text(tnef.htmlbody), files)
    except Exception:  # noqa: BLE001 - the library has no error of its own; the file is kept whole
        return None
    return opened if any(opened) else None


def _is_whole(data: bytes) -> bool:
    """Whether the objects fill the file: the library cuts the last one short without a word."""
    at = _HEADER
    while at + _OBJECT <= len(data):
        if data[at] not in (1, 2):
            return False
        at += _OBJECT + int.from_bytes(data[at + 5 : at + 9], "little")
    return at <= len(data)


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").rstrip("\0")
    return value.rstrip("\0") if isinstance(value, str) else ""
