from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.addresses import (
    _PLAIN,
    _read,
    _read_tokens,
    addr_spec,
    addresses_of,
    sender_of,
)
from channels.email.mail import FromFault, MailAddress

ONE = "sari@contoh.id"


@pytest.mark.parametrize(
    ("value", "address", "name"),
    [
        (ONE, ONE, ""),
        (f"<{ONE}>", ONE, ""),
        (f"Sari <{ONE}>", ONE, "Sari"),
        (f'"Dewi, Sari" <{ONE}>', ONE, "Dewi, Sari"),
        (f'"Sari \\"S\\" Dewi" <{ONE}>', ONE, 'Sari "S" Dewi'),
        (f"=?utf-8?q?S=C3=A1ri?= <{ONE}>", ONE, "Sári"),
        (f'"=?utf-8?q?S=C3=A1ri?=" <{ONE}>', ONE, "Sári"),
        (f"{ONE} (Sari Dewi)", ONE, "Sari Dewi"),
        (f"Sari\n {ONE}", ONE, "Sari"),
        (f"Sári <{ONE}>", ONE, "Sári"),
        # as people and programs write it, against the standard but beyond doubt
        (f"Sari, S.Kom <{ONE}>", ONE, "Sari, S.Kom"),
        (f"Dinas: Umum <{ONE}>", ONE, "Dinas: Umum"),
        (f"Sari <{ONE}", ONE, "Sari"),
        (f'"Sari <{ONE}>', ONE, "Sari"),
        (f"Sari (Umum <{ONE}>", ONE, "Sari (Umum"),
        (f"<<{ONE}>>", ONE, ""),
        (f"Sari <umum> <{ONE}>", ONE, "Sari umum"),
        (f"'{ONE}'", ONE, ""),
        (f"< {ONE} >", ONE, ""),
        (f"mailto:{ONE}", ONE, ""),
        (f"{ONE},", ONE, ""),
        ("Sari <sari@contoh(kantor).  id>", ONE, "Sari"),
        ("<@relay.test,@lain.test:sari@contoh.id>", ONE, ""),
        ("=?utf-8?q?Sari_=3Csari=40contoh.id=3E?=", ONE, "Sari"),
        # a name that plays an address is only a name
        (f'"bupati@kab.go.id" <{ONE}>', ONE, "bupati@kab.go.id"),
        (f"bupati@kab.go.id <{ONE}>", ONE, "bupati@kab.go.id"),
        (f'"bupati@kab.go.id <x@y.id>" <{ONE}>', ONE, "bupati@kab.go.id <x@y.id>"),
        # rare forms
        ('"sari dewi"@contoh.id', '"sari dewi"@contoh.id', ""),
        ('"sari"@contoh.id', ONE, ""),
        ("s..d.@docomo.test", "s..d.@docomo.test", ""),
        ("sari@[192.0.2.1]", "sari@[192.0.2.1]", ""),
        ("SARI@CONTOH.ID", "SARI@contoh.id", ""),
        ("sari@contoh.id.", ONE, ""),
        ("sári@désa.id", "sári@xn--dsa-bma.id", ""),
        ("a%b@contoh.id", "a%b@contoh.id", ""),
        ("sari@localhost", "sari@localhost", ""),
        ("sari@a_b.test", "sari@a_b.test", ""),
    ],
)
def test_one_address(value: str, address: str, name: str) -> None:
    sender, fault, _ = sender_of([value.encode()])
    assert fault is FromFault.NONE
    assert sender == MailAddress(address, name)


@pytest.mark.parametrize(
    ("values", "fault", "claimed"),
    [
        ([], FromFault.MISSING, []),
        ([""], FromFault.MISSING, []),
        (["<>"], FromFault.MISSING, []),
        (["MAILER-DAEMON <>"], FromFault.MISSING, []),
        (["root"], FromFault.MISSING, []),
        (["sari@"], FromFault.MISSING, []),
        (["=?utf-8?q?sari=40contoh.id?="], FromFault.MISSING, []),
        ([f"{ONE}, budi@contoh.id"], FromFault.SEVERAL, [ONE, "budi@contoh.id"]),
        ([ONE, "budi@contoh.id"], FromFault.SEVERAL, [ONE, "budi@contoh.id"]),
        ([f"Tim: {ONE};"], FromFault.GROUP, [ONE]),
        (["undisclosed-recipients:;"], FromFault.GROUP, []),
        ([f"Tim: {ONE}, budi@contoh.id; cici@contoh.id"], FromFault.GROUP, None),
        (["alice@good.test)bob@evil.test"], FromFault.AMBIGUOUS, []),
        (["alice@good.test<bob@evil.test>cici@x.test"], FromFault.AMBIGUOUS, []),
        ([f"<{ONE}> <budi@contoh.id>"], FromFault.AMBIGUOUS, []),
        (["a@b@contoh.id"], FromFault.AMBIGUOUS, []),
        (["<sari dewi@contoh.id>"], FromFault.AMBIGUOUS, []),
        (["=?utf-8?q?=40evil.test?=@contoh.id"], FromFault.AMBIGUOUS, []),
        (["sari@contoh.id\\r\\nBcc:x@y.test"], FromFault.AMBIGUOUS, []),
    ],
)
def test_no_address_and_why(values: list[str], fault: FromFault, claimed: Any) -> None:
    sender, found, every = sender_of([value.encode() for value in values])
    assert (sender, found) == (None, fault)
    if claimed is not None:
        assert [one.address for one in every.addresses] == claimed


def test_the_same_address_twice_is_one() -> None:
    sender, fault, _ = sender_of([ONE.encode(), f"Sari <{ONE}>".encode()])
    assert (sender, fault) == (MailAddress(ONE), FromFault.NONE)


def test_lists_keep_their_order_and_their_names() -> None:
    found = addresses_of(b'Ani <a@x.id>, b@x.id, "C, D" <c@x.id>,, Tim: d@x.id, e@x.id; f@x.id')
    assert [one.address[0] for one in found.addresses] == list("abcdef")
    assert [one.name for one in found.addresses][:3] == ["Ani", "", "C, D"]


def test_a_hundred_addresses_are_read() -> None:
    found = addresses_of(b", ".join(b"a%d@x.id" % number for number in range(300)))
    assert (len(found.addresses), found.cut) == (100, True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "@",
        "a@",
        "@b",
        "a b@c",
        "a@b c",
        "a@-b",
        "a@b..c",
        "a\n@b",
        "a@b\0",
        "a@b>",
        "(a)@b",
        "a" * 400 + "@b.c",
        "a@" + "b." * 200 + "c",
        '"a\n"@b',
        "a@[1.2",
        "=?x?=@b.c",
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert addr_spec(text) is None


@given(st.binary(max_size=200))
def test_no_bytes_raise(value: bytes) -> None:
    for one in addresses_of(value).addresses:
        assert addr_spec(one.address) == one.address
        assert not set(one.name) & set("\r\n\0")


@given(st.text(alphabet='ab@.<>,;:"\\()[] =?', max_size=60))
def test_every_address_found_is_one_by_the_strict_parser(text: str) -> None:
    sender, fault, every = sender_of([text.encode()])
    assert (sender is None) == (fault is not FromFault.NONE)
    for one in every.addresses:
        assert addr_spec(one.address) == one.address


@pytest.mark.parametrize(
    "bomb",
    [
        "(" * 3000 + ONE,
        "( " * 30_000,
        "<" * 60_000,
        '"\\' * 30_000,
        "a@b.id, " * 20_000,
        "@" * 60_000,
        "a" + " " * 60_000 + "@b",
        "a:" * 30_000 + ";",
    ],
)
def test_no_bomb(bomb: str) -> None:
    began = time.thread_time()
    sender_of([bomb.encode()])
    assert time.thread_time() - began < 1.5


@given(st.from_regex(_PLAIN, fullmatch=True))
def test_the_short_way_reads_as_the_long_one(text: str) -> None:
    assert _read(text) == _read_tokens(text)
