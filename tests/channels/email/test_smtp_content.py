"""The content off the wire: however it is cut, the lines come out, and nothing behind them."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.smtp_content import BARE, FULL, SIZE, content_of

PLENTY = 2**20
BEHIND = b"QUIT\r\n"

LINE = st.one_of(
    st.sampled_from([b"", b".", b"..", b"...", b"a.", b".a", b"akhir."]),
    st.binary(max_size=40).filter(lambda line: not set(line) & set(b"\r\n\0")),
)


def stuffed(lines: list[bytes]) -> bytes:
    """As a client writes it (RFC 5321 §4.5.2)."""
    return b"".join(b"." * line.startswith(b".") + line + b"\r\n" for line in lines) + b".\r\n"


async def read(
    pieces: list[bytes], *, most: int = PLENTY, limit: int = 2**16, full: bool = False
) -> tuple[bytes | str, bytes]:
    """The outcome, and what was left for the next command."""
    reader = asyncio.StreamReader(limit=limit)
    reading = asyncio.create_task(content_of(reader, most, lambda: full))
    for piece in pieces:
        reader.feed_data(piece)
        await asyncio.sleep(0)
    reader.feed_eof()
    outcome = await reading
    return outcome if isinstance(outcome, str) else bytes(outcome), await reader.read()


def cut(wire: bytes, sizes: list[int]) -> list[bytes]:
    pieces, at = [], 0
    for size in sizes:
        pieces.append(wire[at : at + size])
        at += size
    return [piece for piece in (*pieces, wire[at:]) if piece]


@given(st.lists(LINE, max_size=12), st.lists(st.integers(1, 9), max_size=40), st.integers(8, 40))
def test_whatever_the_pieces_the_lines_come_out(
    lines: list[bytes], sizes: list[int], limit: int
) -> None:
    wire = stuffed(lines) + BEHIND
    written = b"".join(line + b"\r\n" for line in lines)
    outcome, left = asyncio.run(read(cut(wire, sizes), limit=limit))
    assert (outcome, left) == (written, BEHIND)


@pytest.mark.parametrize(
    "wire",
    [
        b"satu\ndua\r\n.\r\n",
        b"satu\rdua\r\n.\r\n",
        b"satu\r\n\0\r\n.\r\n",
        # what smuggles a second mail past servers that take a lone LF for a line end
        b"satu\n.\r\nMAIL FROM:<x@example.org>\r\n.\r\n",
        b"satu\n.\nMAIL FROM:<x@example.org>\r\n.\r\n",
        b"satu\r.\r\nMAIL FROM:<x@example.org>\r\n.\r\n",
        b"\n.\r\n\r\n.\r\n",
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1_000])
async def test_lone_line_ends_are_refused_and_end_nothing(wire: bytes, size: int) -> None:
    pieces = cut(wire + BEHIND, [size] * (len(wire) // size + 1))
    assert await read(pieces) == (BARE, BEHIND)


async def test_a_lone_cr_between_two_pieces_of_a_long_line_is_found() -> None:
    line = b"a" * 100 + b"\r" + b"b" * 100 + b"\r\n.\r\n"
    assert await read([line[:101], line[101:] + BEHIND], limit=50) == (BARE, BEHIND)
    whole = b"a" * 100 + b"\r\n" + b"b" * 100 + b"\r\n"
    pieces = [whole[:101], whole[101:] + b".\r\n" + BEHIND]
    assert await read(pieces, limit=50) == (whole, BEHIND)


@pytest.mark.parametrize(("most", "taken"), [(12, True), (11, False)])
async def test_the_size_is_that_of_the_content(most: int, taken: bool) -> None:
    content = b"satu\r\n.dua\r\n"
    expected = content.replace(b"\r\n.", b"\r\n") if taken else SIZE
    assert (await read([content, b".\r\n", BEHIND], most=most))[0] == expected


async def test_a_full_house_is_told_once_the_mail_was_read() -> None:
    assert await read([b"akhir.\r\n", b"lagi\r\n.\r\n", BEHIND], full=True) == (FULL, BEHIND)


async def test_a_client_that_leaves_before_its_dot_leaves_no_mail() -> None:
    with pytest.raises(asyncio.IncompleteReadError):
        await read([b"satu\r\n"])
