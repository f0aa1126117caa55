from __future__ import annotations

import time
from email.header import Header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.words import decode_words


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("=?utf-8?q?Internet_mati?=", "Internet mati"),
        ("=?UTF-8?B?SW50ZXJuZXQ=?=", "Internet"),
        ("Yth. =?utf-8?q?Bapak?= Lurah", "Yth. Bapak Lurah"),
        ("=?utf-8?q?satu?= =?utf-8?q?dua?=", "satudua"),
        ("=?utf-8?q?satu?=\t =?iso-8859-1?q?=E9?=", "satué"),
        ("=?utf-8?q?satu?= x =?utf-8?q?dua?=", "satu x dua"),
        ("=?utf-8?q?=C3?= =?utf-8?q?=A9?=", "é"),  # cut inside a character
        ("=?utf-8?b?w?= =?utf-8?b?6k=?=", "é"),  # cut inside base64
        ("=?utf-8?b?w6k?=", "é"),  # no padding
        ("=?utf-8?b?w6k=?==?utf-8?b?w6k=?=", "éé"),
        ("=?utf-8*id?q?halo?=", "halo"),  # RFC 2231 language
        ("=?us-ascii?Q?ABC / 123 / Barat?=", "ABC / 123 / Barat"),  # raw spaces
        ("=?x-unknown?q?Jalan_D=E9sa?=", "Jalan Désa"),
        ("=??q?kosong?=", "kosong"),
        ("=?utf-8?q?Apa?=20kabar?=", "Apa? kabar"),
        ("=?utf-8?q?rusak", "=?utf-8?q?rusak"),
        ("=?utf-8?x?halo?=", "=?utf-8?x?halo?="),
        ("1 =? 2 ?= 3", "1 =? 2 ?= 3"),
        ("=?utf-8?b?!!!?=", ""),
        ("", ""),
    ],
)
def test_encoded_words(source: str, text: str) -> None:
    assert decode_words(source) == text


@given(st.text(max_size=120, alphabet=st.characters(codec="utf-8", categories=["L", "N", "Zs"])))
def test_what_the_standard_library_writes_comes_back(text: str) -> None:
    written = Header(text, "utf-8").encode(splitchars="", linesep="\n")
    assert decode_words(" ".join(written.split("\n"))).split() == text.split()


@given(st.text(max_size=200, alphabet='=?_utf-8qQbBAz \t"<\u00e9'))
def test_nothing_raises_and_no_plain_text_is_lost(text: str) -> None:
    decode_words(text)
    assert decode_words("halo " + text.replace("=?", "")) == "halo " + text.replace("=?", "")


@pytest.mark.parametrize("bomb", ["=?utf-8?q?a?= " * 20_000, "=?utf-8?q?a" * 5_000, "=?" * 50_000])
def test_twenty_thousand_words_are_no_bomb(bomb: str) -> None:
    began = time.thread_time()
    decode_words(bomb)
    assert time.thread_time() - began < 1
