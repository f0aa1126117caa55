"""Which internet addresses we may connect to when somebody else names them (threats.md row 19).

Not ``is_global``: Python 3.11's own verdict is older than the registries, and knows little of
IPv4 addresses wrapped in IPv6 ones. What is not plainly public is refused.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

_UNICAST = IPv6Network("2000::/3")
"""All that IANA has given out for the open network so far."""

_NOT_6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments, Teredo among them
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4: holds an IPv4 address
            "3fff::/20",  # documentation
        ),
    )
)
_NOT_4 = tuple(
    map(
        ip_network,
        (
            "100.64.0.0/10",  # behind a provider's translation
            "192.0.0.0/24",  # protocol assignments
            "192.88.99.0/24",  # 6to4 relays, given up
            "240.0.0.0/4",
        ),
    )
)


def is_public(address: str) -> bool:
    """Whether an address plainly belongs to the open network; one with a scope never does."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return _public_4(found) if isinstance(found, IPv4Address) else _public_6(found)


def _public_4(address: IPv4Address) -> bool:
    inside = any(address in network for network in _NOT_4)
    return address.is_global and not address.is_multicast and not inside


def _public_6(address: IPv6Address) -> bool:
    if address.ipv4_mapped is not None:
        return _public_4(address.ipv4_mapped)
    if address.scope_id is not None or address not in _UNICAST:
        return False
    return not any(address in network for network in _NOT_6)
