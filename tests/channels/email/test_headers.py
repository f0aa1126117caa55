from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.headers import date_of, ids_of, split_headers, text_of


def names(raw: bytes, *, top: bool = True) -> tuple[list[str], bytes]:
    fields, body = split_headers(raw, 0, len(raw), top=top)
    return [one.name for one in fields], raw[body:]


@pytest.mark.parametrize(
    ("raw", "found", "body"),
    [
        (b"A: 1\nB: 2\n\nhalo", ["a", "b"], b"halo"),
        (b"A: 1\r\nB: 2\r\n\r\nhalo", ["a", "b"], b"halo"),
        (b"A: 1\r\r\nB: 2\r\r\n\r\r\nhalo", ["a", "b"], b"halo"),
        (b"A : 1\n\nhalo", ["a"], b"halo"),
        (b"A: 1\n folded\n\thalo\n\nhalo", ["a"], b"halo"),
        (b"A: 1", ["a"], b""),
        (b"", [], b""),
        (b"\n", [], b""),
        (b"halo", [], b"halo"),
        (b"\nhalo", [], b"halo"),
        (b"\n\nSubject: x\n\nhalo", ["subject"], b"halo"),
        (b"From a@b.id Mon Jan 1\nSubject: x\n\nhalo", ["subject"], b"halo"),
        (b"  Subject: x\nTo: y\n\nhalo", ["subject", "to"], b"halo"),
        # the rest of a header that somebody cut off
        (b" dengan hormat\nSubject: x\n\nhalo", ["subject"], b"halo"),
        (b" dengan hormat\nhalo", [], b" dengan hormat\nhalo"),
        (b">From a@b.id\nSubject: x\n\nhalo", ["subject"], b"halo"),
        # no empty line: the first line that is no header begins the text
        (b"A: 1\nHalo Pak\nkapan\n", ["a"], b"Halo Pak\nkapan\n"),
        (b"A: 1\nHalo Pak: begini\n\nisi", ["a"], b"Halo Pak: begini\n\nisi"),
        # junk among headers is none of the text
        (b"A: 1\njunk\nSubject: x\n\nhalo", ["a", "subject"], b"halo"),
        (b"A: 1\n: x\n\nhalo", ["a"], b": x\n\nhalo"),
        (
            b"Parse: 1\nMessage: 2\n__class__: 3\n\nhalo",
            ["parse", "message", "__class__"],
            b"halo",
        ),
        (b"S\xc3\xa9: 1\n\nhalo", [], b"S\xc3\xa9: 1\n\nhalo"),
    ],
)
def test_where_the_headers_end(raw: bytes, found: list[str], body: bytes) -> None:
    assert names(raw) == (found, body)


def test_a_boundary_ends_the_headers_of_a_part_without_a_body() -> None:
    raw = b"Content-Type: text/plain\n--batas\nContent-Type: text/html\n\n"
    assert names(raw, top=False) == (["content-type"], raw[25:])


def test_a_line_without_indent_belongs_to_the_subject_above_it() -> None:
    fields, _ = split_headers(b"Subject: satu\ndua\nTo: a@b.id\n\n", 0, 30, top=True)
    assert text_of(fields[0].value) == "satu dua"


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (b"<budi@x.id>", "Budi <budi@x.id>"),
        (b"<budi@x.id> apa", "Budi"),
        (b"budi@x.id", "Budi"),
    ],
)
def test_an_address_without_indent_belongs_to_the_name_above_it(line: bytes, value: str) -> None:
    raw = b"From: Budi\n" + line + b"\nSubject: x\n\n"
    fields, _ = split_headers(raw, 0, len(raw), top=True)
    assert [text_of(one.value) for one in fields] == [value, "x"]


def test_a_from_below_a_mountain_of_junk_is_found() -> None:
    raw = b"X-Junk: aaaa\n" * 50_000 + b"From: a@b.id\n\nhalo"
    found, body = names(raw)
    assert (found[-1], body) == ("from", b"halo")
    assert len(found) < 25_000


def test_a_huge_header_is_cut_and_the_next_one_read() -> None:
    fields, _ = split_headers(
        b"X: " + b"a" * 300_000 + b"\nFrom: a@b.id\n\n", 0, 300_018, top=True
    )
    assert [one.name for one in fields] == ["x", "from"]
    assert len(fields[0].value) <= 65_536


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b" Internet  mati ", "Internet  mati"),
        (b" Internet\r\n mati", "Internet mati"),
        (b" Internet\r\n\tmati", "Internet mati"),
        (b" =?utf-8?q?a=0D=0ABcc:_x=40y.test?=", "a Bcc: x@y.test"),
        (b" a\x00b\x0bc\xc2\x85d", "abc d"),
        ("Jalan Désa".encode(), "Jalan Désa"),
        (b" =?utf-8?q?satu?=\r\n =?utf-8?q?dua?=", "satudua"),
        (b"", ""),
    ],
)
def test_one_clean_line(value: bytes, text: str) -> None:
    assert text_of(value) == text


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        (b" <a@b>", ("a@b",)),
        (b" <a@b> <c@d>\r\n <e@f>", ("a@b", "c@d", "e@f")),
        (b"<a@b>,<c@d>", ("a@b", "c@d")),
        (b'Your message of "Mon" <a@b>', ("a@b",)),
        (b" <a@\r\n b>", ("a@b",)),
        (b"a@b", ("a@b",)),
        (b"no id here", ()),
        (b"<>", ()),
        (b"", ()),
        (b"<" + b"x" * 250 + b"@y>", ("x" * 250 + "@y",)),
    ],
)
def test_message_ids(value: bytes, ids: tuple[str, ...]) -> None:
    assert ids_of(value) == ids


@pytest.mark.parametrize(
    ("value", "when"),
    [
        (b"Mon, 1 Jan 2024 10:00:00 +0700", datetime(2024, 1, 1, 3, tzinfo=UTC)),
        (b"1 Jan 2024 10:00 WIB", datetime(2024, 1, 1, 10, tzinfo=UTC)),
        (b"Mon, 1 Jan 2024 10:00:00", datetime(2024, 1, 1, 10, tzinfo=UTC)),
        (b"Mon, 1 Jan 2024 10:00:00 -0000 (kosong)", datetime(2024, 1, 1, 10, tzinfo=UTC)),
        (b"Thu, 1 Jan 1970 00:00:00 GMT", datetime(1970, 1, 1, tzinfo=UTC)),
        (b"Thu, 1 Jan 2099 00:00:00 GMT", datetime(2099, 1, 1, tzinfo=UTC)),
        (b"Mon, 1 Jan 2024 10:00:00 +9999", None),
        (b"Mon, 32 Jan 2024 10:00:00 +0700", None),
        (b"x", None),
        (b"", None),
        (b"\xff\xfe", None),
    ],
)
def test_dates(value: bytes, when: datetime | None) -> None:
    assert date_of(value) == when


@given(st.binary(max_size=300), st.booleans())
def test_nothing_raises(raw: bytes, top: bool) -> None:
    fields, body = split_headers(raw, 0, len(raw), top=top)
    assert 0 <= body <= len(raw)
    for one in fields:
        text_of(one.value)
        ids_of(one.value)
        date_of(one.value)
