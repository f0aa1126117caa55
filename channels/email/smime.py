"""What an opaque S/MIME signature wraps (RFC 8551 §3.5.2): shown, never taken as proof.

Such mail is signed, not encrypted: whoever reads the few ASN.1 elements around it has the text
(RFC 5652 §5.1; BER, of indefinite length and in pieces as well). The signature is not checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEQUENCE, _OBJECT_ID, _EXPLICIT = 0x30, 0x06, 0xA0
_OCTETS, _OCTETS_IN_PIECES = 0x04, 0x24
_SIGNED_DATA = bytes.fromhex("2A864886F70D010702")
_DATA = bytes.fromhex("2A864886F70D010701")
_MULTI_BYTE_TAG = 0x1F
_INDEFINITE = 0x80
_LENGTH_BYTES = 4  # of a length; more would be beyond any mail
_DEEPEST = 12
_MOST_PIECES = 100_000


class _Element(NamedTuple):
    """A tag, where its content lies, and where the next element begins."""

    tag: int
    start: int
    stop: int
    after: int


def signed_content(data: bytes) -> bytes | None:
    """The MIME entity that is signed; None for anything but a signature around one."""
    try:
        return _content(data)
    except (IndexError, ValueError, StopIteration):
        return None


def _content(data: bytes) -> bytes | None:
    outer = _element(data, 0, len(data))
    kind, wrapped = _two(data, outer)
    if outer.tag != _SEQUENCE or data[kind.start : kind.stop] != _SIGNED_DATA:
        return None
    signed = next(_children(data, wrapped))
    parts = _children(data, signed)
    next(parts)  # the version
    next(parts)  # the digest algorithms
    kind, wrapped = _two(data, next(parts))
    if data[kind.start : kind.stop] != _DATA:
        return None
    return b"".join(_pieces(data, next(_children(data, wrapped)), _DEEPEST))


def _two(data: bytes, element: _Element) -> tuple[_Element, _Element]:
    """An object id and what it is the kind of."""
    inside = _children(data, element)
    kind, wrapped = next(inside), next(inside)
    if kind.tag != _OBJECT_ID or wrapped.tag != _EXPLICIT:
        raise ValueError
    return kind, wrapped


def _pieces(data: bytes, element: _Element, depth: int) -> Iterator[bytes]:
    if element.tag == _OCTETS:
        yield data[element.start : element.stop]
    elif element.tag == _OCTETS_IN_PIECES and depth:
        for one in _children(data, element):
            yield from _pieces(data, one, depth - 1)
    else:
        raise ValueError


def _children(data: bytes, element: _Element) -> Iterator[_Element]:
    at = element.start
    for _ in range(_MOST_PIECES):
        if at >= element.stop:
            return
        child = _element(data, at, element.stop)
        yield child
        at = child.after


def _element(data: bytes, at: int, end: int, depth: int = _DEEPEST) -> _Element:
    """The element there; raises ValueError or IndexError where there is none that fits."""
    tag, length = data[at], data[at + 1]
    start = at + 2
    if tag & _MULTI_BYTE_TAG == _MULTI_BYTE_TAG or not depth:
        raise ValueError
    if length == _INDEFINITE:
        stop = start
        while data[stop : stop + 2] != b"\0\0":
            stop = _element(data, stop, end, depth - 1).after
        return _Element(tag, start, stop, stop + 2)
    if length > _INDEFINITE:
        size = length - _INDEFINITE
        if size > _LENGTH_BYTES:
            raise ValueError
        length = int.from_bytes(data[start : start + size], "big")
        start += size
    if start + length > end:
        raise ValueError
    return _Element(tag, start, start + length, start + length)
