from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.names import name_for, safe_name, unique_names


@pytest.mark.parametrize(
    ("claimed", "name"),
    [
        ("foto.jpg", "foto.jpg"),
        ("Surat Keterangan (1).pdf", "Surat Keterangan (1).pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\foto.jpg", "foto.jpg"),
        ("/srv/berkas/foto.jpg", "foto.jpg"),
        ("file:///C:/temp/foto.jpg", "foto.jpg"),
        ("temp\\foto.jpg", "foto.jpg"),
        ("a/../foto.jpg", "foto.jpg"),
        ("a//foto.jpg", "foto.jpg"),
        ("~/foto.jpg", "foto.jpg"),
        # no path: the number of a letter
        ("Surat 045/12/2026.pdf", "Surat 045_12_2026.pdf"),
        ("foto 1/2.jpg", "foto 1_2.jpg"),
        ("a\uff0fb.pdf", "a_b.pdf"),
        ("a\u2215b.pdf", "a_b.pdf"),
        ("..", ""),
        (".", ""),
        ("", ""),
        ("/", ""),
        (".htaccess", "_.htaccess"),
        ("\u200b.htaccess", "_.htaccess"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("console.txt", "console.txt"),
        ("gambar\u202egpj.exe", "gambargpj.exe"),
        ("a\0b\r\nc.txt", "abc.txt"),
        ("foto.jpg. . .", "foto.jpg"),
        ("  foto   rumah.jpg ", "foto rumah.jpg"),
        ("de\u0301sa.pdf", "d\u00e9sa.pdf"),
        ("laporan.pdf.exe", "laporan.pdf.exe"),
        ("\ud800x.txt", "x.txt"),
    ],
)
def test_names_are_harmless_and_readable(claimed: str, name: str) -> None:
    assert safe_name(claimed) == name


@pytest.mark.parametrize("letter", ["a", "é", "字", "😁"])
def test_a_long_name_keeps_its_extension(letter: str) -> None:
    name = safe_name(letter * 300 + ".pdf")
    assert name.endswith(".pdf")
    assert len(name.encode()) <= 255
    assert len(safe_name(letter * 300).encode()) <= 255
    assert len(safe_name("a." + letter * 300).encode()) <= 255


def test_repeated_names_get_a_number() -> None:
    names = ["a.png", "A.png", "b", "b", "a (2).png", "a.png"]
    assert unique_names(names) == [
        "a.png",
        "A (2).png",
        "b",
        "b (2)",
        "a (2) (2).png",
        "a (3).png",
    ]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("application/pdf", "lampiran-3.pdf"),
        ("message/rfc822", "lampiran-3.eml"),
        ("message/delivery-status", "lampiran-3.txt"),
        ("text/x-aneh", "lampiran-3.txt"),
        ("image/x-aneh", "lampiran-3.bin"),
        ("", "lampiran-3.bin"),
    ],
)
def test_a_nameless_part_gets_a_name(kind: str, name: str) -> None:
    assert name_for(kind, 3) == name


@given(st.lists(st.text(max_size=300), max_size=8))
def test_any_names_become_safe_and_unique(claimed: list[str]) -> None:
    names = unique_names([safe_name(one) or "x" for one in claimed])
    assert len({name.casefold() for name in names}) == len(claimed)
    for name in names:
        assert len(name.encode()) <= 255
        assert not set(name) & set("/\\\0\r\n")
        assert not name.startswith(".")
        assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in name)
