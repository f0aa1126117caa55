"""Phones and mail addresses as people type them: normal, or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.contact import typed_email, typed_phone
from core.model.messages import AddressKind


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("081234567890", "+6281234567890"),
        ("62812 3456 7890", "+6281234567890"),
        ("+62 812-3456-7890", "+6281234567890"),
        (
            "\uff10\uff18\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff10",
            "+6281234567890",
        ),
        ("0333 123456", "+62333123456"),
        ("+1 650 253 0000", "+16502530000"),
        ("0812", None),
        ("62812", None),
        ("1" * 30, None),
        ("INFO-BANK", None),
        ("anonymous", None),
        ("", None),
        ("0812-ABCD-7890", None),
        ("8" * 65, None),
    ],
)
def test_phones(typed: str, normal: str | None) -> None:
    found = typed_phone(typed)
    assert (found.value if found else None) == normal
    assert found is None or found.kind is AddressKind.PHONE


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("sari@contoh.id", "sari@contoh.id"),
        ("  Sari.Dewi+lapor@Dinkes.Contoh.GO.ID ", "Sari.Dewi+lapor@dinkes.contoh.go.id"),
        ("sari@müller.example", "sari@xn--mller-kva.example"),
        ("o'brien@contoh.id", "o'brien@contoh.id"),
        *[
            (typed, None)
            for typed in (
                "", "sari", "@contoh.id", "sari@", "sari@localhost", "sari@contoh..id", "a@b@c.id",
                "sari@contoh.id, budi@contoh.id", "Sari <sari@contoh.id>", "sari @contoh.id",
                '"sari dewi"@contoh.id', "sari(x)@contoh.id", "sari@[127.0.0.1]", "sari@10.0.0.1",
                ".sari@contoh.id", "sari.@contoh.id", "sa..ri@contoh.id", "sari@-contoh.id",
                "sari@contoh.id\r\nBcc: x@y.id", "sari@contoh.id\x00", "sari@contoh.id;x@y.id",
                "сари@contoh.id", f"{'a' * 65}@contoh.id", f"a@{'b' * 64}.id", f"a@{'b.' * 130}id",
                "sari@con\u200btoh.id", "sari@contoh.id\u202e", "a@" + "x" * 300,
            )
        ],
    ],
)  # fmt: skip
def test_mail_addresses(typed: str, normal: str | None) -> None:
    found = typed_email(typed)
    assert (found.value if found else None) == normal


@given(st.text() | st.from_regex(r"\A[^@]{0,5}@[^@]{0,30}\Z"))
def test_nothing_raises_and_what_is_taken_is_one_plain_address(typed: str) -> None:
    found = typed_email(typed)
    if found:
        assert found.value.isascii()
        assert found.value.count("@") == 1
        assert not set(found.value) & set(' \t\r\n,;:<>()[]"\\\x00')
        assert typed_email(found.value) == found
    phone = typed_phone(typed)
    assert phone is None or phone.value[1:].isdecimal()
