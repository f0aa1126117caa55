"""File names as shown: sixty hostile ones, and what holds for any text at all."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.file_names import LONGEST, clean_name, display_name, distinct, extension

ZWSP, RLO, LRI, BOM = "\u200b", "\u202e", "\u2066", "\ufeff"

CLEANED = [
    ("foto.jpg", "foto.jpg"),
    ("Laporan Kerusakan.pdf", "Laporan Kerusakan.pdf"),
    ("surat édaran.pdf", "surat édaran.pdf"),
    ("照片.png", "照片.png"),
    ("ꦗꦮ.png", "ꦗꦮ.png"),
    ("foto 👍🏽.jpg", "foto 👍🏽.jpg"),
    (None, ""),
    ("", ""),
    (" ", ""),
    (".", ""),
    ("..", ""),
    ("...", ""),
    ("/", ""),
    ("../../etc/passwd", "passwd"),
    ("..\\..\\windows\\win.ini", "win.ini"),
    ("C:\\Users\\siti\\foto.jpg", "foto.jpg"),
    ("C:foto.jpg", "C_foto.jpg"),
    ("/var/www/", "www"),
    ("a/..", "a"),
    ("a/. .", "a"),
    ("/etc/passwd\0.jpg", "passwd.jpg"),
    ("foto.php\0.jpg", "foto.php.jpg"),
    ("\0", ""),
    (".htaccess", "htaccess"),
    (f"{ZWSP}.htaccess", "htaccess"),
    (f".{ZWSP}.htaccess", "htaccess"),
    (f"{BOM}..{ZWSP}/.bashrc", "bashrc"),
    ("\uff0e\uff0e\uff0f\uff0ehtaccess", "htaccess"),
    ("\uff0fetc\uff0fpasswd", "passwd"),
    ("‥/x.txt", "x.txt"),
    ("a\u2215b.txt", "b.txt"),
    ("a\u2044b.txt", "b.txt"),
    (f"foto{RLO}gpj.exe", "fotogpj.exe"),
    (f"{LRI}faktur{RLO}fdp.scr", "fakturfdp.scr"),
    ("CON", "_CON"),
    ("con.txt", "_con.txt"),
    ("CON .txt", "_CON .txt"),
    ("nul.tar.gz", "_nul.tar.gz"),
    ("LPT1", "_LPT1"),
    ("com¹.log", "_com¹.log"),
    ("\uff23\uff2f\uff2e", "_\uff23\uff2f\uff2e"),
    ("console.txt", "console.txt"),
    ("COM10.txt", "COM10.txt"),
    (f"C{ZWSP}ON", "_CON"),
    ("foto.jpg.", "foto.jpg"),
    ("foto.jpg . .", "foto.jpg"),
    ("foto.jpg::$DATA", "foto.jpg__$DATA"),
    ('a<b>|"?*.txt', "a_b_____.txt"),
    ("baris\r\nSet-Cookie: a=b.txt", "baris Set-Cookie_ a=b.txt"),
    ("a\tb\u2028c\u00a0d.txt", "a b c d.txt"),
    ("faktur.pdf" + " " * 120 + ".exe", "faktur.pdf .exe"),
    ("\x1b[31mmerah.txt", "[31mmerah.txt"),
    ("a\ud800b.txt", "ab.txt"),
    ("e\u200b\u0301.txt", "é.txt"),
    ("資料\uff08\uff11\uff09.pdf", "資料\uff08\uff11\uff09.pdf"),
    ("Resep ½.pdf", "Resep ½.pdf"),
    ("\u2100b.txt", "cb.txt"),
    ("Z" + "\u0335" * 300 + ".txt", "Z" + "\u0335" * 4 + ".txt"),
    ("\U000e0041tag.txt", "tag.txt"),
    ("<script>alert(1)</script>.svg", "script_.svg"),
    ("=cmd|' /C calc'!A0.csv", "C calc'!A0.csv"),
    ("~$Surat.docx", "~$Surat.docx"),
]


@pytest.mark.parametrize(("claimed", "shown"), CLEANED)
def test_a_name_is_cleaned_after_normalisation(claimed: str | None, shown: str) -> None:
    assert clean_name(claimed) == shown


@pytest.mark.parametrize(
    ("claimed", "tail"),
    [
        ("a" * 300 + ".pdf", ".pdf"),
        ("é" * 300 + ".exe", ".exe"),
        ("照" * 100_000 + ".docx", ".docx"),
        ("a" * 300, ""),
        ("a." + "b" * 400, ""),
        ("." + "x" * 400, ""),
    ],
)
def test_a_long_name_keeps_its_extension(claimed: str, tail: str) -> None:
    shown = clean_name(claimed)
    assert shown.endswith(tail)
    assert LONGEST - 4 < len(shown.encode()) <= LONGEST


def test_cutting_does_not_lay_bare_what_was_to_be_hidden() -> None:
    name = clean_name("a" * 254 + " .bcdefghijklmnopqrstuvwxyz")
    assert not name.endswith((" ", "."))
    assert clean_name(name) == name


@given(st.text(st.characters(exclude_categories=()), max_size=400) | st.text("./\\ \0con\u200b:1"))
def test_whatever_the_text_the_name_is_harmless_and_stays_as_it_is(claimed: str) -> None:
    shown = clean_name(claimed)
    assert len(shown.encode()) <= LONGEST
    assert not set(shown) & set('/\\<>:"|?*')
    assert not any(unicodedata.category(sign)[0] == "C" for sign in shown)
    assert not shown.startswith((".", " "))
    assert not shown.endswith((".", " "))
    assert shown.partition(".")[0].rstrip().lower() not in {"con", "nul", "aux", "prn", "com1"}
    assert clean_name(shown) == shown


@pytest.mark.parametrize(
    ("claimed", "content_type", "shown"),
    [
        ("a.jpg", "application/pdf", "a.jpg"),
        (None, "application/pdf", "lampiran-3.pdf"),
        ("...", "IMAGE/JPEG; x=y", "lampiran-3.jpg"),
        (None, "application/x-unknown", "lampiran-3.bin"),
        (None, "", "lampiran-3.bin"),
    ],
)
def test_a_nameless_file_gets_a_name(claimed: str | None, content_type: str, shown: str) -> None:
    assert display_name(claimed, content_type, 2) == shown


def test_names_of_one_message_are_told_apart() -> None:
    given_names = ["foto.jpg", "Foto.JPG", "foto.jpg", "foto (2).jpg", "README", "readme"]
    names = distinct(given_names)
    assert names == [
        "foto.jpg", "Foto (2).JPG", "foto (3).jpg", "foto (2) (2).jpg", "README", "readme (2)",
    ]  # fmt: skip
    long = "a" * 251 + ".pdf"
    assert max(len(name.encode()) for name in distinct([long] * 12)) <= LONGEST
    assert len(set(distinct([long] * 12))) == 12


@pytest.mark.parametrize(
    ("name", "found"),
    [("a.PDF", "pdf"), ("a.tar.gz", "gz"), ("README", ""), ("a.b c d", ""), ("x.docm", "docm")],
)
def test_the_extension_is_what_the_reader_would_see(name: str, found: str) -> None:
    assert extension(name) == found
