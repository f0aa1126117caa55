"""Outgoing webhooks, purely: signatures, bodies, pauses, and which addresses may be named."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.events import Event
from core.model.stream import StreamEvent
from core.model.subscription import (
    HookRules,
    Subscription,
    body_of,
    headers_of,
    sign,
    url_fault,
)

AT = datetime(2026, 11, 22, 3, 30, 15, 123456, tzinfo=UTC)
ONE = Subscription(
    id=7,
    name="Dasbor",
    url="https://dasbor.contoh.go.id/terima",
    secret=b"",
    kinds=frozenset(),
    unit_id=None,
    position="s0.0",
    due_at=AT,
    created_at=AT,
    created_by="staff:3",
)
EVENT = Event(26000000001, 2, "Assigned", AT, "staff:7", '{"to":"é","n":1}', "aa", "bb")


def test_a_signature_is_that_of_openssl() -> None:
    """printf '%s' '1763782215.{"a":1}' | openssl dgst -sha256 -hmac rahasia"""
    known = "7356de3c146f9d80bef69da5b420bda6fb4fcc1de1a903894a42928430144ae7"
    assert sign(b"rahasia", 1763782215, b'{"a":1}') == f"v1={known}"


@given(st.binary(min_size=1), st.integers(0, 2**40), st.binary())
def test_every_byte_and_the_time_are_signed(secret: bytes, at: int, body: bytes) -> None:
    signed = sign(secret, at, body)
    assert signed != sign(secret, at + 1, body)
    assert signed != sign(secret, at, body + b" ")
    assert signed != sign(secret + b"x", at, body)


def test_a_delivery_says_what_happened_where_and_when() -> None:
    told = json.loads(body_of(ONE, [StreamEvent("s0.5", "HD26-000001-9", EVENT)]))
    assert told == {
        "subscription": 7,
        "events": [
            {
                "id": "s0.5",
                "kind": "Assigned",
                "ticket": "HD26-000001-9",
                "seq": 2,
                "at": "2026-11-22T03:30:15.123456+00:00",
                "actor": "staff:7",
                "data": {"to": "é", "n": 1},
                "hash": "bb",
            }
        ],
    }


def test_its_headers_name_the_delivery_and_sign_it() -> None:
    headers = headers_of(ONE, b"rahasia", AT, b"{}", "s0.5")
    assert headers["Helpdesk-Delivery"] == "s0.5"
    assert headers["Helpdesk-Subscription"] == "7"
    assert headers["Helpdesk-Timestamp"] == str(int(AT.timestamp()))
    assert headers["Helpdesk-Signature"] == sign(b"rahasia", int(AT.timestamp()), b"{}")


def test_whose_reach_it_has() -> None:
    assert ONE.owner_id == 3
    assert replace(ONE, created_by="system").owner_id is None


def test_pauses_double_up_to_the_longest() -> None:
    rules = HookRules(base=timedelta(seconds=4), ceiling=timedelta(seconds=30))
    seconds = [rules.pause(attempt, 0.5).total_seconds() for attempt in range(1, 7)]
    assert seconds == [4, 8, 16, 30, 30, 30]
    assert rules.pause(10_000, 0.0) == timedelta(seconds=15)


INSIDE = ("aplikasi.dalam", "10.1.2.3:8443", "127.0.0.1:9000")


@pytest.mark.parametrize(
    "url",
    [
        "https://contoh.go.id/terima?a=1",
        "https://contoh.go.id:8443/",
        "https://8.8.8.8/x",
        "https://[2606:4700::1111]/x",
        "http://aplikasi.dalam/x",
        "http://APLIKASI.dalam:81/x",
        "https://10.1.2.3:8443/x",
        "http://127.0.0.1:9000/x",
    ],
)
def test_addresses_that_will_do(url: str) -> None:
    assert url_fault(url, INSIDE) == ""


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("", "host"),
        ("contoh.go.id", "host"),
        ("https://", "host"),
        ("https://user:pw@contoh.go.id/", "host"),
        ("https://contoh.go.id/#a", "#"),
        ("https://contoh.go.id\\@10.0.0.1/", "host"),
        ("https://contoh.go.id/ a", "spasi"),
        ("https://contoh.go.id/\r\nX: y", "spasi"),
        ("https://conto\u0127.go.id/", "spasi"),
        ("https://contoh.go.id/" + "a" * 500, "500"),
        ("http://contoh.go.id/", "https"),
        ("ftp://aplikasi.dalam/", "https"),
        ("file:///etc/passwd", "host"),
        ("https://contoh.go.id:99999/", "dibaca"),
        ("https://[::1/", "dibaca"),
        ("https://127.0.0.1/", "dalam"),
        ("https://127.0.0.1:9001/", "dalam"),
        ("https://localhost/", "dalam"),
        ("https://x.localhost/", "dalam"),
        ("https://10.1.2.3/", "dalam"),
        ("https://169.254.169.254/latest/", "dalam"),
        ("https://[::ffff:10.0.0.1]/", "dalam"),
        ("https://[::1]/", "dalam"),
        ("https://0.0.0.0/", "dalam"),
        ("http://10.1.2.3/", "https"),
    ],
)
def test_addresses_that_are_refused(url: str, word: str) -> None:
    assert word in url_fault(url, INSIDE)


@given(st.text())
def test_whatever_is_typed_gets_an_answer(url: str) -> None:
    assert isinstance(url_fault(url, INSIDE), str)
    assert isinstance(url_fault(f"https://{url}", INSIDE), str)
