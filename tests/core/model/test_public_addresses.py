"""Addresses that lead inwards are refused in every disguise."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.public_addresses import is_public

INWARDS = [
    *("127.0.0.1", "0.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "192.0.0.8", "192.88.99.1", "198.18.0.1", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "192.0.2.1", "203.0.113.9", "::", "::1", "::10.0.0.1"),
    *("::ffff:10.0.0.1", "::ffff:0:10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::a00:1"),
    *("fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd12::1", "ff02::1", "2001::1"),
    *("2001:db8::1", "2002:a00:1::", "3fff::1", "2606:2800::1%0", "100::1", "4000::1"),
    *("", "localhost", "10.1", "0x7f.1", "2130706433", "1.2.3.4.5", "[::1]", "127.0.0.1\0"),
]


@pytest.mark.parametrize("address", INWARDS)
def test_what_is_not_plainly_public_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "8.8.8.8"]
)
def test_the_open_network_is_allowed(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses())
def test_nothing_that_python_calls_private_is_public(address: object) -> None:
    if is_public(str(address)):
        assert ip_address(str(address)).is_global


@given(st.text(max_size=60))
def test_any_text_has_a_verdict(text: str) -> None:
    assert is_public(text) in (True, False)
