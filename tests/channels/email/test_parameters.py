from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.parameters import parameters_of


@pytest.mark.parametrize(
    ("value", "kind", "name", "text"),
    [
        (b"text/plain; charset=utf-8; format=flowed", "text/plain", "charset", "utf-8"),
        (b'Text/HTML;CHARSET="UTF-8"', "text/html", "charset", "UTF-8"),
        (b'text/plain; charset="utf-8" (biasa)', "text/plain", "charset", "utf-8"),
        (b"text/plain charset=utf-8", "text/plain", "charset", "utf-8"),
        (b"image/ jpeg", "image/jpeg", "name", ""),
        (b"text/plain; charset=", "text/plain", "charset", ""),
        (b"text", "text", "charset", ""),
        (b"", "", "charset", ""),
        (b"boundary=batas", "", "boundary", "batas"),
        (b";;; name=x", "", "name", "x"),
        (b'multipart/mixed; boundary="=_a b"', "multipart/mixed", "boundary", "=_a b"),
        (b"multipart/mixed; boundary=a:b=c", "multipart/mixed", "boundary", "a:b=c"),
        (b"multipart/mixed;\n\tboundary=batas", "multipart/mixed", "boundary", "batas"),
        (b'a/b; name="x;y.pdf"; z=1', "a/b", "name", "x;y.pdf"),
        (b'a/b; name="x\\"y.pdf"', "a/b", "name", 'x"y.pdf'),
        (b'a/b; name="C:\\temp\\x.pdf"', "a/b", "name", "C:\\temp\\x.pdf"),
        (b'a/b; name="x.pdf', "a/b", "name", "x.pdf"),
        (
            b"attachment; filename=foto rumah.jpg; size=3",
            "attachment",
            "filename",
            "foto rumah.jpg",
        ),
        (b"a/b; access=x\n server=y", "a/b", "server", "y"),
        (b"a/b; name=x; name=y", "a/b", "name", "x"),
        # encoded words where the standard wants RFC 2231
        (b'a/b; name="=?utf-8?q?d=C3=A9sa?=.pdf"', "a/b", "name", "désa.pdf"),
        (b"a/b; name==?utf-8?b?ZMOpc2E=?=.pdf", "a/b", "name", "désa.pdf"),
        (b'a/b; name="=?utf-8?q?satu?=\n =?utf-8?q?dua?="', "a/b", "name", "satudua"),
        ("a/b; name=désa.pdf".encode(), "a/b", "name", "désa.pdf"),
        # RFC 2231
        (b"a/b; name*=utf-8''d%C3%A9sa.pdf", "a/b", "name", "désa.pdf"),
        (b"a/b; name*=\"utf-8''d%C3%A9sa.pdf\"", "a/b", "name", "désa.pdf"),
        (b"a/b; name*=iso-8859-1'id'd%E9sa.pdf", "a/b", "name", "désa.pdf"),
        (b"a/b; name*=''polos.pdf", "a/b", "name", "polos.pdf"),
        # its form without its star, and two quotes that are none of it
        (b"a/b; name=utf-8''d%C3%A9sa.pdf", "a/b", "name", "désa.pdf"),
        (b"a/b; name=\"ISO-8859-1''d%E9sa.pdf\"", "a/b", "name", "désa.pdf"),
        (b"a/b; name=Surat''Izin%20.pdf", "a/b", "name", "Surat''Izin%20.pdf"),
        (b'a/b; name*0="foto "; name*1="rumah"; name*2=.jpg', "a/b", "name", "foto rumah.jpg"),
        (b"a/b; name*1*=%A9sa; name*0*=utf-8''d%C3", "a/b", "name", "désa"),
        (b"a/b; name*0*=utf-8''d%C3%A9; name*1=sa.pdf", "a/b", "name", "désa.pdf"),
        (b"a/b; name=lama.pdf; name*=utf-8''baru.pdf", "a/b", "name", "baru.pdf"),
        (b"a/b; name*=utf-8'tanpa.pdf", "a/b", "name", "utf-8'tanpa.pdf"),
        (b"a/b; name*=x-unknown''d%E9sa", "a/b", "name", "désa"),
    ],
)
def test_parameters(value: bytes, kind: str, name: str, text: str) -> None:
    found = parameters_of(value)
    assert (found.kind, found.text(name)) == (kind, text)


def test_a_name_in_a_hundred_pieces() -> None:
    pieces = [b"filename*%d=%d" % (number, number % 10) for number in reversed(range(100))]
    found = parameters_of(b"attachment; " + b"; ".join(pieces))
    assert found.text("filename") == "0123456789" * 10


@given(st.binary(max_size=300))
def test_nothing_raises(value: bytes) -> None:
    found = parameters_of(value)
    for name in ("name", "filename", "charset", "boundary"):
        assert not set(found.text(name)) & set("\r\n\0")


@pytest.mark.parametrize(
    "bomb",
    [
        b"a/b; " + b'a="\\"' * 15_000,
        b"a/b;" + b" " * 60_000 + b"=",
        b"a/b; " + b";a " * 20_000,
        b"a/b; x=" + b"a " * 30_000,
        b"a/b; " + b'"' * 60_000,
        b"a/b" + b" (" * 30_000,
    ],
)
def test_no_bomb(bomb: bytes) -> None:
    began = time.thread_time()
    parameters_of(bomb).text("a")
    assert time.thread_time() - began < 1
