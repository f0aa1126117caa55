from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.local_sms import coding
from core.model.gsm7 import BASIC, EXTENSION


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"HELPDESK lampu mati", "HELPDESK lampu mati"),
        (b"\x00\x01\x02\x03\x11", "@£$¥_"),
        (b"nama\x00contoh", "nama@contoh"),
        (b"\x1b\x65 1.000 \x1b\x28\x1b\x29\x1b\x3c\x1b\x3e", "€ 1.000 {}[]"),
        (b"a\x1b", "a"),
        (b"\x1b\x41", "A"),
        (b"\x1b\x1b\x65", " e"),
        (b"\x7f\x40\x60", "à¡¿"),
        ("sudah dilapor é".encode(), "sudah dilapor é"),
        ("caf\xe9".encode("latin-1"), "café"),
    ],
)
def test_septets(data: bytes, text: str) -> None:
    assert coding.gsm7(data) == text


def test_the_alphabet_is_read_as_it_is_written() -> None:
    codes = [code for code in range(128) if code != 0x1B]
    assert coding.gsm7(bytes(codes)) == BASIC
    extended = {0x0A, 0x14, 0x28, 0x29, 0x2F, 0x3C, 0x3D, 0x3E, 0x40, 0x65}
    pairs = b"".join(bytes((0x1B, code)) for code in sorted(extended))
    assert coding.gsm7(pairs) == EXTENSION


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("halo é 😀".encode(), "UTF-8", "halo é 😀"),
        ("halo é".encode("latin-1"), "ISO-8859-1", "halo é"),
        ("halo “".encode("cp1252"), "windows-1252", "halo “"),
        ("halo 😀".encode("utf-16-be"), "UTF-16BE", "halo 😀"),
        ("halo 😀".encode("utf-16-be"), "ucs-2", "halo 😀"),
        (b"halo \xff\xfe", "utf-8", "halo \ufffd\ufffd"),
        (b"halo \xff", "", "halo \ufffd"),
        (b"\x00h\xd8\x3d", "UTF-16BE", "h\ufffd"),
        (b"a\x00b", "UTF-8", "a\ufffdb"),
        (b"halo \xe9", "8-BIT", "halo é"),
        (b"halo", "zlib_codec", "halo"),
        (b"xn--a-ecp.ru", "punycode", "xn--a-ecp.ru"),
        (b"halo", "../../etc", "halo"),
        (b"halo", "x" * 10_000, "halo"),
    ],
)
def test_named_charsets(data: bytes, charset: str, text: str) -> None:
    assert coding.by_charset(data, charset) == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"halo", "halo"),
        ("é".encode(), "é"),
        (b"\x00\x01\xff", "[data biner]\n00 01 FF"),
        (b"a\x1bb", "[data biner]\n61 1B 62"),
        (bytes(33), f"[data biner]\n{' '.join(['00'] * 32)}\n00"),
        (b"", ""),
    ],
)
def test_data_is_shown_to_people(data: bytes, text: str) -> None:
    assert coding.binary(data) == text


@given(st.binary(max_size=2000), st.text(max_size=60))
def test_nothing_raises_and_all_can_be_stored(data: bytes, charset: str) -> None:
    for text in (
        coding.gsm7(data),
        coding.utf16(data),
        coding.binary(data),
        coding.by_charset(data, charset),
    ):
        assert "\0" not in text
        text.encode()
        assert bool(text) or len(data) < 2 or not data.strip(b"\x1b")


@given(st.text(max_size=300))
def test_what_a_phone_writes_in_unicode_is_read(text: str) -> None:
    clean = "".join(
        letter for letter in text if letter != "\0" and not "\ud800" <= letter <= "\udfff"
    )
    assert coding.utf16(clean.encode("utf-16-be")) == clean


@given(st.text(st.sampled_from(BASIC + EXTENSION), max_size=300))
def test_what_we_write_in_septets_reads_the_same(text: str) -> None:
    assert coding.gsm7(coding.as_gsm7(text)) == text


def test_signs_that_stand_elsewhere_than_in_ascii() -> None:
    assert coding.as_gsm7("a@b_c $ \u20ac {}") == b"a\x00b\x11c \x02 \x1b\x65 \x1b\x28\x1b\x29"
    assert coding.as_gsm7("lampu") == b"lampu"
    assert coding.as_gsm7("\u2713x") == b"x"
