"""How much of a mail is read, and which mails are read apart (providers.md §13.9).

The bounds hold on raw bytes, before anything is decoded. What lies beyond is left out of the
reading and named in ``Mail.defects``; the raw bytes stay beside the message in any case.
"""

from __future__ import annotations

MAX_MAIL = 36 * 2**20
"""Bytes of a mail that are read; the doors refuse earlier, at their SIZE (≤ 35 MiB)."""

MAX_HEADERS = 256 * 2**10
"""Bytes of the header block of a mail or part that are kept."""

MAX_HEADERS_SEEN = 4 * 2**20
"""Bytes of a header block that are looked through; a From may stand below a mountain of junk."""

MAX_HEADER = 64 * 2**10
"""Bytes of one header, folds included."""

MAX_PARTS = 1000
"""Parts of all multiparts of a mail together."""

MAX_DEPTH = 50
"""Multiparts within multiparts."""

MAX_ADDRESSES = 100
"""Addresses read from one header."""

MAX_ADDRESS_TEXT = 32 * 2**10
"""Characters of an address header that are read: 100 addresses with long names fit."""

MAX_WORDS = 500
"""Encoded words decoded in one header; further ones stay as they are."""

MAX_TEXT = 2**20
"""Characters of text kept; longer texts are cut and named, the raw mail has the rest."""

MAX_HTML = 2 * 2**20
"""Characters of HTML that are sanitised or turned to text."""

LIGHT = 100 * 2**10
"""A mail up to this many bytes is read on the spot, unless something in it is suspicious."""

_WRAPPED = (b"tnef", b"winmail", b"win.dat", b"pkcs7-mime", b".p7m")
_LIGHT_WORDS = 200
_LIGHT_PARTS = 100
_LIGHT_TAGS = 3000
_LIGHT_BRACKETS = 2000
_LIGHT_ESCAPES = 500


def is_light(raw: bytes) -> bool:
    """Whether reading it is known to be quick: small, and nothing in it that grows on decoding.

    The counts are those of ordinary mail several times over; TNEF goes through a library that
    copies what is left for each of its objects, and what a signature wraps cannot be counted here.
    """
    return (
        len(raw) <= LIGHT
        and raw.count(b"=?") <= _LIGHT_WORDS
        and raw.count(b"\n--") <= _LIGHT_PARTS
        and raw.count(b"<") <= _LIGHT_TAGS
        and raw.count(b"(") <= _LIGHT_BRACKETS
        and raw.count(b'\\"') <= _LIGHT_ESCAPES
        and not _is_wrapped(raw.lower())
    )


def _is_wrapped(lowered: bytes) -> bool:
    return any(word in lowered for word in _WRAPPED)
