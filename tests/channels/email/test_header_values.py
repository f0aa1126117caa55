from __future__ import annotations

from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.header_values import (
    file_lines,
    ids_line,
    mailbox_line,
    one_line,
    plain_line,
    text_line,
)


def read_back(line: bytes) -> str:
    message = message_from_bytes(line + b"\r\n", policy=policy.default)
    ((_, shown),) = message.items()
    return str(shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("internet mati", "internet mati"),
        ("  a \t b ", "a b"),
        ("a\r\nBcc: x@y", "a Bcc: x@y"),
        ("a\nb\x00c\x1b[31md\x85e\u2028f", "a b c [31md e f"),
        ("=?utf-8?q?a=0D=0ABcc:_x=40y?=", "a Bcc: x@y"),
        ("=?utf-8?b?YQ0KQmNjOiB4QHk=?=", "a Bcc: x@y"),
        ("kiri\u202ekanan", "kiri kanan"),
        ("\ud800", ""),
        ("", ""),
    ],
)
def test_a_value_is_one_clean_line(text: str, shown: str) -> None:
    assert one_line(text) == shown


def test_a_long_value_is_cut() -> None:
    assert one_line("x" * 5_000, 20) == "x" * 19 + "…"


@given(st.text(max_size=400))
def test_any_subject_comes_back_as_it_is_shown(text: str) -> None:
    line = text_line("Subject", text)
    assert line.isascii()
    assert line.count(b"\r\n") == line.count(b"\n") == line.count(b"\r")
    assert all(len(one) <= 998 for one in line.split(b"\r\n"))
    assert all(one.startswith((b" ", b"Subject:")) for one in line.split(b"\r\n")[:-1])
    assert read_back(line).split() == one_line(text).split()


def test_what_is_plain_ascii_stays_legible() -> None:
    line = text_line("Subject", "[HD26-004217-4] Re: listrik mati — kantor")
    assert line.startswith(b"Subject: [HD26-004217-4] Re: listrik mati =?utf-8?b?")


def test_words_that_look_encoded_are_encoded() -> None:
    assert read_back(text_line("Subject", "a =? b ?=")) == "a =? b ?="


@given(st.text(max_size=120))
def test_any_name_leaves_one_address(name: str) -> None:
    line = mailbox_line("From", "surel@dinas.example", name)
    message = message_from_bytes(line + b"\r\n", policy=policy.default)
    (address,) = message["from"].addresses
    assert address.addr_spec == "surel@dinas.example"
    assert message.keys() == ["From"]


def test_a_name_with_quotes_is_a_name() -> None:
    line = mailbox_line("From", "a@x.test", 'Dinas "Kominfo", <b@x.test>')
    message = message_from_bytes(line + b"\r\n", policy=policy.default)
    (address,) = message["from"].addresses
    assert (address.display_name, address.addr_spec) == ('Dinas "Kominfo", <b@x.test>', "a@x.test")


@pytest.mark.parametrize("length", [20, 77, 78, 79, 100, 180, 250])
def test_ids_stay_byte_for_byte(length: int) -> None:
    first = "a" * (length - 7) + "@b.test"
    line = ids_line("References", (first, "c@d", first))
    assert b"=?" not in line
    assert line.split()[1:] == [f"<{first}>".encode(), b"<c@d>", f"<{first}>".encode()]
    assert all(len(one) <= 998 for one in line.split(b"\r\n"))


@pytest.mark.parametrize("bad", ["", "a b@c", "a\r\nBcc: x", "a>b@c", "é@c", "x" * 301, "<a@b>"])
def test_what_is_no_id_is_left_out(bad: str) -> None:
    assert ids_line("In-Reply-To", (bad,)) == b""


def test_a_plain_value_cannot_end_its_line() -> None:
    assert plain_line("X-Helpdesk-Loop", "1; a\r\nBcc: x") == b"X-Helpdesk-Loop: 1; a Bcc: x\r\n"


@pytest.mark.parametrize(
    ("content_type", "filename", "read_type", "read_name"),
    [
        ("application/pdf", "surat.pdf", "application/pdf", "surat.pdf"),
        ("image/png", "foto é ñ.png", "image/png", "foto é ñ.png"),
        ("image/png", 'a"b\r\nX: y.png', "image/png", 'a"b X: y.png'),
        ("text/html; charset=x", "a.html", "application/octet-stream", "a.html"),
        ("message/rfc822", "a.eml", "application/octet-stream", "a.eml"),
        ("rusak", "../../etc/passwd", "application/octet-stream", ".._.._etc_passwd"),
        ("image/png", "", "image/png", "berkas"),
    ],
)
def test_files_are_named(content_type: str, filename: str, read_type: str, read_name: str) -> None:
    message = message_from_bytes(
        file_lines(content_type, filename) + b"\r\n", policy=policy.default
    )
    assert message.get_content_type() == read_type
    assert message.get_filename() == read_name
    assert sorted(message.keys()) == ["Content-Disposition", "Content-Type"]


@given(st.text(max_size=60), st.text(max_size=200))
def test_any_file_name_is_two_headers(content_type: str, filename: str) -> None:
    message = message_from_bytes(
        file_lines(content_type, filename) + b"\r\n", policy=policy.compat32
    )
    assert sorted(message.keys()) == ["Content-Disposition", "Content-Type"]
    assert message.get_filename()
