"""How often, and who counts as one visitor."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from aiohttp.test_utils import make_mocked_request

from console.citizen import limits
from console.citizen.limits import Visitors, Window

NOW = datetime(2026, 7, 14, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_so_many_within_a_time_and_then_again() -> None:
    window = Window(3, 10 * MINUTE)
    taken = [window.take("a", NOW + n * MINUTE) for n in (0, 1, 2, 3, 9)]
    assert taken == [True, True, True, False, False]
    assert window.take("b", NOW)
    assert window.take("a", NOW + 10 * MINUTE)
    assert not window.take("a", NOW + 10 * MINUTE)
    assert window.take("a", NOW + 11 * MINUTE)


def test_what_is_only_asked_is_not_counted() -> None:
    window = Window(1, MINUTE)
    assert not any(window.full("a", NOW) for _ in range(5))
    window.count("a", NOW)
    assert window.full("a", NOW)
    assert not window.full("a", NOW + MINUTE)


def test_a_flood_of_addresses_costs_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEYS", 100)
    window = Window(1, MINUTE)
    window.count("first", NOW)
    for n in range(1_000):
        window.count(f"{n}", NOW)
    assert len(window._seen) == 100
    assert not window.full("first", NOW)
    for _ in range(1_000):
        window.count("999", NOW)
    assert len(window._seen["999"]) == 1


PROXIES = ("127.0.0.1/32", "10.0.0.0/8", "::1/128")


@pytest.mark.parametrize(
    ("remote", "forwarded", "key"),
    [
        ("203.0.113.5", [], "203.0.113.5"),
        ("203.0.113.5", ["198.51.100.7"], "203.0.113.5"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("127.0.0.1", ["6.6.6.6, 198.51.100.7"], "198.51.100.7"),
        ("127.0.0.1", ["6.6.6.6, 198.51.100.7, 10.1.2.3"], "198.51.100.7"),
        ("127.0.0.1", ["6.6.6.6", "198.51.100.7"], "198.51.100.7"),
        ("127.0.0.1", ["198.51.100.7, unknown"], "127.0.0.1"),
        ("127.0.0.1", ["10.1.2.3"], "10.1.2.3"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("127.0.0.1", ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
        ("127.0.0.1", ["::ffff:198.51.100.7"], "198.51.100.7"),
        ("::1", ["198.51.100.7"], "198.51.100.7"),
        ("", ["198.51.100.7"], ""),
        ("/run/socket", ["198.51.100.7"], ""),
    ],
)
def test_the_visitor_behind_proxies_of_ours(remote: str, forwarded: list[str], key: str) -> None:
    request = make_mocked_request("GET", "/lapor")
    headers = request.headers.copy()
    for hops in forwarded:
        headers.add("X-Forwarded-For", hops)
    asked = request.clone(headers=headers, remote=remote)
    assert Visitors(PROXIES).key(asked) == key
