"""Which files go along with a text, and what is said of those that do not."""

from __future__ import annotations

from typing import Any

import pytest

from core.model.enclosing import MIB, NO_FILES, Carriage, size_words, why_apart, with_link
from core.model.messages import OutboundFile

BARE = Carriage("Surel", 3, 2 * MIB)


def file(name: str = "a.pdf", kind: str = "application/pdf", size: int = 10) -> OutboundFile:
    return OutboundFile(f"ab/{name}", kind, name, size)


GO = [
    (None, [], "teks"),
    (BARE, [], "teks"),
    (BARE, [file(), file(size=2 * MIB)], "teks"),
    (Carriage("x", 2, MIB, types=frozenset({"image/png"})), [file("a.png", "image/png")], ""),
    (Carriage("x", 2, MIB, text=4), [file()], "abcd"),
    (Carriage("x", 2, MIB, picture_bytes=5), [file(size=6)], ""),
    (Carriage("x", 2, MIB, all_bytes=20), [file(), file()], ""),
]
APART = [
    (None, [file()], "", NO_FILES),
    (BARE, [file()] * 4, "", "Surel membawa paling banyak 3 berkas"),
    (Carriage("x", 1, MIB), [file()] * 2, "", "paling banyak satu berkas"),
    (BARE, [file(), file("b.pdf", size=2 * MIB + 1)], "", "paling besar 2 MB: b.pdf"),
    (Carriage("x", 2, MIB, all_bytes=19), [file(), file()], "", "bersama paling besar 1 KB"),
    (Carriage("x", 2, MIB, picture_bytes=5), [file("a.png", "image/png")], "", "a.png"),
    (Carriage("x", 2, MIB, types=frozenset({"image/png"})), [file()], "", "jenis berkas ini"),
    (Carriage("x", 2, MIB, text=1_024), [file()], "a" * 1_025, "1.024 huruf"),
    (Carriage("x", 2, MIB, text=4), [file()], "🙏🙏🙏", "4 huruf"),
]


@pytest.mark.parametrize(("carriage", "files", "text"), GO)
def test_they_go_along(carriage: Any, files: list[OutboundFile], text: str) -> None:
    assert why_apart(carriage, files, text) == ""


@pytest.mark.parametrize(("carriage", "files", "text", "words"), APART)
def test_they_do_not(carriage: Any, files: list[OutboundFile], text: str, words: str) -> None:
    assert words in why_apart(carriage, files, text)


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "1 KB"), (1, "1 KB"), (2_048, "2 KB"), (MIB - 1, "1023 KB"), (10 * MIB, "10 MB")],
)
def test_sizes_are_read_by_people(size: int, words: str) -> None:
    assert size_words(size) == words


def test_the_text_tells_where_they_lie() -> None:
    assert with_link("Terlampir. \n", "https://x/t/1", "id") == "Terlampir.\nBerkas: https://x/t/1"
    assert with_link("See.", "https://x/t/1", "en") == "See.\nFiles: https://x/t/1"
