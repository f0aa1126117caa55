from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.twilio.form import MOST_FIELDS, decode_pairs, form_of, read_form
from core.errors import MalformedMessage
from tests.channels.twilio.signing import request

NO_SURROGATES = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(NO_SURROGATES, NO_SURROGATES), max_size=10))
def test_what_was_encoded_comes_back_whole(pairs: Any) -> None:
    assert list(decode_pairs(urlencode(pairs).encode(), errors="replace")) == pairs


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "a",
                "&",
                "=",
                "+",
                "%",
                "%2B",
                "%25",
                "%3D",
                "=3D",
                "=\n",
                " ",
                "\r\n",
                "\n",
                "\t",
                "_",
                ".",
                ";",
                "%c3%a9",
                "%FF",
                "%C3",
                "%z",
                "%4",
                "é",
                "✓",
            ]
        ),
        max_size=40,
    ).map("".join)
)
def test_reads_as_the_standard_library_does(text: Any) -> None:
    expected = parse_qsl(text, keep_blank_values=True, errors="replace")
    assert list(decode_pairs(text.encode(), errors="replace")) == expected


@given(st.binary(max_size=200))
def test_never_raises_on_bytes(body: Any) -> None:
    read_form(body)


def test_the_first_of_repeated_fields_answers_and_none_is_lost() -> None:
    form = read_form(b"Body=satu&x=1&Body=dua")
    assert form.get("Body") == "satu"
    assert form.every("Body") == {"satu", "dua"}
    assert form.pairs == (("Body", "satu"), ("x", "1"), ("Body", "dua"))
    assert form.get("absent") == ""
    assert form.every("absent") == set()


def test_one_field_too_many() -> None:
    assert len(read_form(b"&".join([b"a=1"] * MOST_FIELDS)).pairs) == MOST_FIELDS
    with pytest.raises(MalformedMessage, match="fields"):
        read_form(b"&".join([b"a=1"] * (MOST_FIELDS + 1)))


def from_json(body: bytes) -> Any:
    return form_of(request(body=body, headers={"content-type": "Application/JSON; charset=utf-8"}))


def test_json_fields_become_text() -> None:
    body = b'{"MessageSid": "SM1", "NumMedia": 2, "x": null, "list": [1, {"a": "b"}], "t": true}'
    assert dict(from_json(body).first) == {
        "MessageSid": "SM1",
        "NumMedia": "2",
        "x": "",
        "list": '[1, [["a", "b"]]]',
        "t": "true",
    }


def test_a_repeated_json_key_is_kept() -> None:
    assert from_json(b'{"a": "1", "a": "2"}').every("a") == {"1", "2"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"7",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"a": ' + b"[" * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
        json.dumps({f"k{n}": n for n in range(MOST_FIELDS + 1)}).encode(),
    ],
    ids=lambda body: f"{body[:12]!r}-{len(body)}",
)
def test_json_that_is_no_form_is_malformed(body: Any) -> None:
    with pytest.raises(MalformedMessage, match="JSON"):
        from_json(body)
