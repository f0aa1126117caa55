"""Who may call: a secret in the URL and, where wanted, a list of addresses.

Kannel and Jasmin sign nothing (providers.md §6, §8), so the URL that is entered there holds the
secret. It is taken out of everything that is kept (:mod:`channels.local_sms.fields`).
"""

from __future__ import annotations

import hmac
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import TYPE_CHECKING

from channels.local_sms.fields import SECRET, pairs_of
from core.errors import RequestRejected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model.messages import RawRequest

Network = IPv4Network | IPv6Network

SHORTEST_SECRET = 22
"""Characters; with letters of both cases and digits these are 128 bits."""

_LONGEST_SECRET = 512


class Guard:
    """Lets in requests that know the secret and come from a listed address."""

    def __init__(self, secrets: Sequence[str], networks: Sequence[Network] = ()) -> None:
        if not secrets or any(len(secret.strip()) < SHORTEST_SECRET for secret in secrets):
            message = f"secret is missing or shorter than {SHORTEST_SECRET} characters"
            raise ValueError(message)
        self._secrets = tuple(secret.encode() for secret in secrets)
        self._networks = tuple(networks)

    def require(self, request: RawRequest) -> None:
        """Raises RequestRejected; looks at address and query only, nothing else is read."""
        if self._networks and not self._listed(request.remote):
            reason = "address not in allow_from"
            raise RequestRejected(reason)
        given = [value for name, value in pairs_of(request) if name == SECRET]
        if len(given) != 1:
            reason = "secret missing" if not given else "secret given twice"
            raise RequestRejected(reason)
        claimed = given[0][:_LONGEST_SECRET]
        # every one is compared, so that the time does not tell which of two was nearly right
        if not any([hmac.compare_digest(claimed, secret) for secret in self._secrets]):  # noqa: C419 - see above
            reason = "secret wrong"
            raise RequestRejected(reason)

    def _listed(self, remote: str) -> bool:
        try:
            address = ip_address(remote.partition("%")[0])
        except ValueError:
            return False
        # a socket that serves both families writes IPv4 peers as ::ffff:192.0.2.1
        mapped = getattr(address, "ipv4_mapped", None) or address
        return any(mapped in network for network in self._networks)
