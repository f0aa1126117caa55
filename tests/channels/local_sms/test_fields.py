from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.local_sms.fields import MOST_FIELDS, fields_of, is_id, item_of, raw_of, word
from tests.channels.local_sms.asking import SECRET, asked


def test_fields_are_the_bytes_that_were_sent() -> None:
    found = fields_of(asked("a=%00%FF%D8+x&b=&c&=d&a=zweite"))
    assert found == {"secret": SECRET.encode(), "a": b"\x00\xff\xd8 x", "b": b"", "c": b""}


def test_the_query_stands_before_a_form_body_and_other_bodies_hold_no_fields() -> None:
    form = asked("id=1", b"id=2&content=halo+semua")
    assert fields_of(form)["id"] == b"1"
    assert fields_of(form)["content"] == b"halo semua"
    assert "content" not in fields_of(
        asked("", b"content=x", headers={"content-type": "text/plain"})
    )
    upper = {"content-type": "Application/X-WWW-Form-URLencoded; charset=UTF-8"}
    assert fields_of(asked("", b"content=x", headers=upper))["content"] == b"x"


def test_a_flood_of_fields_is_cut() -> None:
    many = "&".join(f"f{number}=1" for number in range(5000))
    assert len(fields_of(asked(many))) == MOST_FIELDS


@pytest.mark.parametrize(
    ("request_", "raw"),
    [
        (asked("id=7&message=a%20b"), b"id=7&message=a%20b"),
        (asked("id=7", b"content=x"), b"id=7\n\ncontent=x"),
        (asked("", b"content=x"), b"content=x"),
        (asked("id=7&%73ecret=zzz"), b"id=7"),
        (asked(""), b""),
    ],
)
def test_what_is_kept_holds_everything_but_the_secret(request_: Any, raw: bytes) -> None:
    assert raw_of(request_) == raw


@given(st.dictionaries(st.text(min_size=1), st.binary(), max_size=20), st.booleans())
def test_nothing_is_lost_and_nothing_raises(fields: dict[str, bytes], posted: bool) -> None:
    expected = {quote(name, safe=""): value for name, value in fields.items()}
    line = "&".join(f"{name}={quote(value, safe='')}" for name, value in expected.items())
    request = asked("", line.encode(), secret=None) if posted else asked(line, secret=None)
    found = fields_of(request)
    assert [found[name.encode().decode("latin-1")] for name in fields if name.isascii()] == [
        value for name, value in fields.items() if name.isascii()
    ]


@given(st.text(), st.binary())
def test_no_query_or_body_makes_it_stumble(query: str, body: bytes) -> None:
    request = asked(query, body)
    fields = fields_of(request)
    word(fields, "id")
    item_of(fields)
    assert SECRET.encode() not in raw_of(request)


@pytest.mark.parametrize(
    ("given_", "item"),
    [
        ("item=42", 42),
        ("item=0", 0),
        ("item=" + "9" * 18, int("9" * 18)),
        ("item=" + "9" * 19, None),
        ("item=-1", None),
        ("item=1.5", None),
        ("item=%D9%A1", None),
        ("item=", None),
        ("", None),
    ],
)
def test_our_item_comes_back_or_nothing(given_: str, item: int | None) -> None:
    assert item_of(fields_of(asked(given_))) == item


@pytest.mark.parametrize(
    ("value", "good"),
    [("a", True), ("x" * 300, True), ("x" * 301, False), ("", False), ("a\nb", False)],
)
def test_an_id_is_opaque_but_storable(value: str, good: bool) -> None:
    assert is_id(value) is good


def test_a_word_is_text_fit_for_the_store() -> None:
    fields = {"a": b" \xff\x00\xed\xa0\x80 62811 "}
    assert "\0" not in word(fields, "a")
    assert word(fields, "a").endswith("62811")
    assert word(fields, "b") == ""
