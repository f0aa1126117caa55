"""The content of a mail off the wire, up to its lone dot (RFC 5321 §4.1.1.4 and §4.5.2).

Only CRLF ends a line. aiosmtpd reads line by line, which costs as much as all else that it does
for a mail; here what has come is looked through in pieces.
"""

from __future__ import annotations

from asyncio import LimitOverrunError
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import StreamReader
    from collections.abc import Callable

SIZE = "552 5.3.4 message is larger than this server takes"
FULL = "452 4.3.1 too much is waiting, try again later"
BARE = "550 5.6.11 bare CR, LF or NUL in the message; lines end in CR LF"

_DOT = b".\r\n"
_END = b"\r\n.\r\n"
_BLOCK = 2**16  # bytes that are looked through at once


async def content_of(
    reader: StreamReader, most: int, is_full: Callable[[], bool]
) -> bytearray | str:
    """Everything before the lone dot, dots undone, or why it is refused (then read to its end).

    Args:
        reader: at the first byte behind 354.
        most: bytes that a content may have.
        is_full: whether too much waits in the house; asked once a piece.

    Raises:
        asyncio.IncompleteReadError: the client left before its dot.
    """
    content, fault, size, sound, tail = bytearray(), "", 0, 0, b""
    while True:
        piece = await _piece(reader)
        size += len(piece)
        tail = (tail + piece)[-len(_END) :]
        last = tail == _END or (size == len(_DOT) and tail == _DOT)
        if not fault:
            content += piece
            if last or len(content) - sound > _BLOCK:
                checked = len(content) - content.endswith(b"\r")
                fault = "" if _is_sound(content, sound, checked) else BARE
                sound = checked
            if size - len(_DOT) * last > most:
                fault = SIZE
            elif not fault and not last and is_full():
                fault = FULL
        if fault:
            content.clear()
        if last:
            return fault or _undone(content)


async def _piece(reader: StreamReader) -> bytes:
    """What ends in a dot and CRLF, or as much as the reader holds."""
    try:
        return await reader.readuntil(_DOT)
    except LimitOverrunError as longer:
        return await reader.read(longer.consumed)


def _undone(content: bytearray) -> bytearray:
    """Without the lone dot, and the dot before each line that begins with one."""
    del content[-len(_DOT) :]
    if content.startswith(b"."):
        del content[:1]
    return content.replace(b"\r\n.", b"\r\n") if b"\r\n." in content else content


def _is_sound(content: bytearray, start: int, end: int) -> bool:
    """Whether no CR or LF stands alone between them, and no NUL at all."""
    pairs = content.count(b"\r\n", start, end)
    return (
        content.count(b"\n", start, end) == pairs
        and content.count(b"\r", start, end) == pairs
        and content.find(b"\0", start, end) < 0
    )
