"""Opaque signatures: what they wrap is shown, what is sealed stays sealed, damage harms nobody."""

from __future__ import annotations

import time
from base64 import encodebytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.limits import is_light
from channels.email.parts import part_content
from channels.email.reading import read_mail
from channels.email.smime import signed_content
from tests.channels.email.mails import FROM

SIGNED_DATA = bytes.fromhex("06092A864886F70D010702")
ENVELOPED_DATA = bytes.fromhex("06092A864886F70D010703")
DATA = bytes.fromhex("06092A864886F70D010701")
VERSION, ALGORITHMS = b"\x02\x01\x01", b"\x31\x00"
TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\nLampu jalan mati di d\xc3\xa9sa\r\n"


def item(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes((size,)) if size < 128 else b"\x83" + size.to_bytes(3, "big")
    return bytes((tag,)) + length + content


def endless(tag: int, content: bytes) -> bytes:
    """Of indefinite length, as streaming programs write."""
    return bytes((tag,)) + b"\x80" + content + b"\0\0"


def signed(content: bytes, kind: bytes = SIGNED_DATA, inner: bytes = DATA) -> bytes:
    wrapped = item(0x30, inner + item(0xA0, content))
    return item(0x30, kind + item(0xA0, item(0x30, VERSION + ALGORITHMS + wrapped + b"\x31\x00")))


def streamed(*pieces: bytes) -> bytes:
    octets = endless(0x24, b"".join(item(0x04, one) for one in pieces))
    wrapped = endless(0x30, DATA + endless(0xA0, octets))
    body = endless(0x30, VERSION + ALGORITHMS + wrapped + b"\x31\x00")
    return endless(0x30, SIGNED_DATA + endless(0xA0, body))


def mail(data: bytes, kind: str = "application/pkcs7-mime; smime-type=signed-data") -> bytes:
    head = f"{FROM}Content-Type: {kind}; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n"
    return head.encode() + encodebytes(data)


@pytest.mark.parametrize(
    ("data", "content"),
    [
        (signed(item(0x04, TEXT)), TEXT),
        (signed(item(0x04, TEXT * 20)), TEXT * 20),
        (streamed(TEXT[:30], TEXT[30:]), TEXT),
        (signed(item(0x24, item(0x24, item(0x04, TEXT)))), TEXT),
        # sealed, about something else, or cut off
        (signed(item(0x04, TEXT), kind=ENVELOPED_DATA), None),
        (signed(item(0x04, TEXT), inner=ENVELOPED_DATA), None),
        (signed(item(0x02, TEXT)), None),
        (signed(b""), None),
        (signed(item(0x04, TEXT))[:-40], None),
        (streamed(TEXT)[:60], None),
        (b"", None),
        (b"\x30\x80", None),
        (b"\x30\x85\1\1\1\1\1", None),
        (TEXT, None),
    ],
)
def test_what_is_wrapped(data: bytes, content: bytes | None) -> None:
    assert signed_content(data) == content


def test_a_signed_text_is_read_like_any_other() -> None:
    raw = mail(signed(item(0x04, TEXT)))
    found = read_mail(raw)
    assert found.text == "Lampu jalan mati di d\u00e9sa"
    assert [(one.filename, one.encrypted) for one in found.parts] == [("smime.p7m", False)]
    assert found.defects == ()
    assert not is_light(raw)


def test_files_within_it_are_files() -> None:
    inner = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nLihat berkas\r\n--b\r\n"
        b"Content-Type: application/pdf; name=surat.pdf\r\n\r\nPDF\r\n--b--\r\n"
    )
    raw = mail(streamed(inner[:50], inner[50:]), "application/octet-stream")
    found = read_mail(raw)
    assert found.text == "Lihat berkas"
    assert [one.filename for one in found.parts] == ["smime.p7m", "surat.pdf"]
    assert part_content(raw, 1) == b"PDF"


def test_a_sealed_mail_stays_a_file() -> None:
    found = read_mail(
        mail(signed(item(0x04, TEXT), kind=ENVELOPED_DATA), "application/pkcs7-mime")
    )
    assert (found.text, found.defects) == ("", ("encrypted",))
    assert [one.encrypted for one in found.parts] == [True]


def test_signatures_around_signatures_end() -> None:
    data = signed(item(0x04, TEXT))
    for _ in range(20):
        data = signed(item(0x04, mail(data)))
    assert len(read_mail(mail(data)).parts) == 5


@pytest.mark.parametrize("data", [b"\x30\x80" * 50_000, b"\x24\x80\x04\x00" * 50_000])
def test_no_nesting_makes_it_slow(data: bytes) -> None:
    began = time.process_time()
    assert signed_content(data) is None
    assert signed_content(signed(data)) is None
    assert time.process_time() - began < 1


@given(st.binary(max_size=200), st.integers(0, 250))
def test_damage_raises_nothing(junk: bytes, at: int) -> None:
    whole = streamed(TEXT[:30], TEXT[30:])
    signed_content(whole[:at] + junk + whole[at + len(junk) :])
    signed_content(junk)
