"""How often: counted in memory, bounded, forgotten at a restart. Codes carry the real weight."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from aiohttp import web

TEN_MINUTES = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
KEYS = 20_000
"""Addresses remembered at one time; the one not seen for longest is forgotten first."""


class Window:
    """At most so many within a time, per key.

    Args:
        most: how many.
        within: in which time.
    """

    def __init__(self, most: int, within: timedelta) -> None:
        self._most, self._within = most, within
        self._seen: OrderedDict[str, deque[datetime]] = OrderedDict()

    def full(self, key: str, now: datetime) -> bool:
        """Whether one more would be too many."""
        times = self._seen.get(key)
        if times is None:
            return False
        while times and times[0] <= now - self._within:
            times.popleft()
        return len(times) >= self._most

    def count(self, key: str, now: datetime) -> None:
        """One more."""
        times = self._seen.setdefault(key, deque(maxlen=self._most))
        times.append(now)
        self._seen.move_to_end(key)
        while len(self._seen) > KEYS:
            self._seen.popitem(last=False)

    def take(self, key: str, now: datetime) -> bool:
        """Counts one more unless it would be too many; False then."""
        if self.full(key, now):
            return False
        self.count(key, now)
        return True


class Visitors:
    """Who asks, behind proxies of ours.

    Args:
        proxies: networks whose ``X-Forwarded-For`` is believed; anybody may write that header.
    """

    def __init__(self, proxies: Iterable[str]) -> None:
        self._proxies = [ip_network(proxy) for proxy in proxies]

    def key(self, request: web.Request) -> str:
        """The visitor's address, of IPv6 the network of 64 bits that one household has."""
        address = request.remote or ""
        hops = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
        while hops and self._is_ours(address):
            hop = hops.pop().strip()
            if not _is_address(hop):
                break
            address = hop
        return _household(address)

    def _is_ours(self, address: str) -> bool:
        return _is_address(address) and any(ip_address(address) in one for one in self._proxies)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _household(address: str) -> str:
    if not _is_address(address):
        return ""
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ip_network((found.packed, 64), strict=False))
    return address
