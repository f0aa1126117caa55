from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email import charsets


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("utf-8", "utf-8"),
        ("UTF-8;", "utf-8"),
        ('"utf-8"', "utf-8"),
        ("utf-8 (Unicode)", "utf-8"),
        ("us-ascii", "utf-8"),
        ("ISO-8859-1", "cp1252"),
        ("latin1", "cp1252"),
        ("gb2312", "gb18030"),
        ("ks_c_5601-1987", "cp949"),
        ("Shift_JIS", "cp932"),
        ("ISO-2022-JP", "iso2022_jp_ext"),
        ("windows-1252", "cp1252"),
        ("win-1257", "cp1257"),
        ("x-windows-1251", "cp1251"),
        ("koi8-r", "koi8-r"),
        ("csISOLatin1", "cp1252"),
        ("csISO2022JP", "iso2022_jp_ext"),
        ("utf-7", "utf-7"),
        ("", None),
        ("x-unknown", None),
        ("unknown-8bit", None),
        ("=?", None),
        ("cp99999", None),
        ("idna", None),
        ("punycode", None),
        ("rot13", None),
        ("base64_codec", None),
        ("zlib_codec", None),
        ("unicode_escape", None),
        ("undefined", None),
        ("\x00", None),
    ],
)
def test_a_label_means_a_charset_or_none(label: str, name: str | None) -> None:
    assert charsets.codec(label) == name


@pytest.mark.parametrize(
    ("data", "label", "hint", "text"),
    [
        ("Selamat pagi — siang".encode(), "utf-8", "", "Selamat pagi — siang"),
        ("Selamat pagi — siang".encode(), "", "", "Selamat pagi — siang"),
        ("Selamat — siang".encode(), "us-ascii", "", "Selamat — siang"),
        ("Selamat — siang".encode("cp1252"), "iso-8859-1", "", "Selamat — siang"),
        ("Selamat — siang".encode("cp1252"), "utf-8", "", "Selamat — siang"),
        ("Selamat — siang".encode("cp1252"), "x-unknown", "", "Selamat — siang"),
        ("ﬁ café".encode("utf-8-sig"), "iso-8859-1", "", "ﬁ café"),
        ("Привет".encode("koi8-r"), "", "koi8-r", "Привет"),
        ("Привет".encode("koi8-r"), "koi8-r", "", "Привет"),
        ("日本語①".encode("cp932"), "shift_jis", "", "日本語①"),
        ("朱镕基".encode("gb18030"), "gb2312", "", "朱镕基"),
        ("日本語".encode("iso2022_jp"), "iso-2022-jp", "", "日本語"),
        (b"a\x1b$B-!F|K\\\x1b(Bb", "iso-2022-jp", "", "a①日本b"),
        (b"\x1b$B-!\x1b(I1\x1b(B", "iso-2022-jp", "", "①\uff71"),
        ("Halo".encode("utf-16"), "utf-16", "", "Halo"),
        ("Halo".encode("utf-16"), "", "", "Halo"),
        (b"Halo", "utf-16", "", "Halo"),
        (b"+AOQ-", "utf-7", "", "ä"),
        (b"+AOQ-", "", "", "+AOQ-"),
        (b"abc\xff", "utf-8", "", "abc\xff"),
        ("ä".encode() * 9 + b"\xff", "utf-8", "", "ä" * 9 + "\ufffd"),
        (b"", "", "", ""),
        (b"rot13", "rot13", "", "rot13"),
    ],
)
def test_bytes_become_text(data: bytes, label: str, hint: str, text: str) -> None:
    assert charsets.to_text(data, label, hint) == text


def test_a_long_body_without_a_label_is_guessed() -> None:
    sentence = "Здравствуйте, наши дети пишут: в школе третий день не работает интернет. "
    assert sentence in charsets.to_text((sentence * 5).encode("koi8-r"))


@pytest.mark.parametrize(
    ("data", "hint", "text"),
    [
        ("Jalan Désa".encode(), "", "Jalan Désa"),
        ("Jalan Désa".encode("cp1252"), "", "Jalan Désa"),
        ("Привет".encode("koi8-r"), "koi8-r", "Привет"),
        ("Привет".encode(), "koi8-r", "Привет"),
        (b"\x81\x8d", "", "\ufffd\ufffd"),
        (b"ascii", "utf-16", "ascii"),
    ],
)
def test_headers_in_eight_bits(data: bytes, hint: str, text: str) -> None:
    assert charsets.header_text(data, hint) == text


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("a\x00b\x07c", "abc"),
        ("a\ud800b", "a\ufffdb"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\tb\x0cc", "a\tb\x0cc"),
        ("\u202eabc", "\u202eabc"),
    ],
)
def test_only_what_the_store_refuses_is_cleaned_away(dirty: str, clean: str) -> None:
    assert charsets.clean(dirty) == clean


@given(st.binary(max_size=400), st.text(max_size=20), st.text(max_size=20))
def test_no_bytes_and_no_labels_raise(data: bytes, label: str, hint: str) -> None:
    charsets.to_text(data, label, hint).encode("utf-8", "surrogatepass")
    line = charsets.one_line(charsets.header_text(data, hint))
    line.encode()
    assert not set(line) & set("\r\n\0\t")
