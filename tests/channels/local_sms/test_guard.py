from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from channels.local_sms.guard import Guard
from core.errors import RequestRejected
from tests.channels.local_sms.asking import BASE, OLD_SECRET, SECRET, asked

LAN = (ip_network("127.0.0.1"), ip_network("192.168.1.0/24"), ip_network("fd00::/8"))


@pytest.mark.parametrize("secrets", [(), ("",), (" " * 40,), ("a" * 21,), (SECRET, "kurang")])
def test_without_a_secret_of_some_length_there_is_no_guard(secrets: Any) -> None:
    with pytest.raises(ValueError, match="secret") as caught:
        Guard(secrets)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
@pytest.mark.parametrize("body", [b"", b"content=halo"])
def test_both_secrets_of_a_rotation_open(secret: str, body: bytes) -> None:
    Guard((SECRET, OLD_SECRET)).require(asked("id=1", body, secret=secret))


@pytest.mark.parametrize(
    "secret",
    [
        None,
        "",
        " ",
        SECRET[:-1],
        SECRET + "x",
        SECRET[:22],
        SECRET.swapcase(),
        SECRET + "\0",
        f" {SECRET}",
        OLD_SECRET,
        "\u0661" * 36,
        SECRET * 50,
    ],
)
def test_anything_else_is_rejected_and_not_told(secret: str | None) -> None:
    with pytest.raises(RequestRejected) as caught:
        Guard((SECRET,)).require(asked("id=1", secret=secret))
    assert not caught.value.foreign
    assert SECRET not in caught.value.reason
    assert (secret or "-").strip() not in caught.value.reason or not (secret or "").strip()


@pytest.mark.parametrize(
    "query",
    [f"secret={SECRET}&secret={SECRET}", f"secret=x&secret={SECRET}", f"secret={SECRET}&secret="],
)
def test_a_secret_given_twice_is_rejected(query: str) -> None:
    with pytest.raises(RequestRejected, match="twice"):
        Guard((SECRET,)).require(asked(query, secret=None))


@pytest.mark.parametrize(
    "request_",
    [
        asked("", f"secret={SECRET}".encode(), secret=None),
        asked("", secret=None, headers={"secret": SECRET, "authorization": f"Bearer {SECRET}"}),
        asked(f"Secret={SECRET}", secret=None),
        asked("", secret=None, public_url=f"{BASE}#secret={SECRET}"),
        asked("", secret=None, public_url=f"{BASE}/secret={SECRET}"),
    ],
)
def test_only_the_query_counts(request_: Any) -> None:
    with pytest.raises(RequestRejected, match="missing"):
        Guard((SECRET,)).require(request_)


def test_a_percent_written_secret_is_the_same() -> None:
    written = "".join(f"%{ord(letter):02x}" for letter in SECRET)
    Guard((SECRET,)).require(asked(f"secret={written}", secret=None))


@pytest.mark.parametrize(
    "remote", ["127.0.0.1", "192.168.1.77", "::ffff:192.168.1.77", "fd00::1", "fd00::1%eth0"]
)
def test_listed_addresses_may_call(remote: str) -> None:
    Guard((SECRET,), LAN).require(asked("id=1", remote=remote))


@pytest.mark.parametrize(
    "remote",
    ["", "unknown", "192.168.2.1", "203.0.113.9", "::1", "::ffff:203.0.113.9", "127.0.0.1 x"],
)
def test_other_addresses_may_not_even_with_the_secret(remote: str) -> None:
    with pytest.raises(RequestRejected, match="allow_from"):
        Guard((SECRET,), LAN).require(asked("id=1", remote=remote))


def test_without_a_list_every_address_may() -> None:
    Guard((SECRET,)).require(asked("id=1", remote=""))
