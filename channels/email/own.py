"""Which addresses are ours: what SMTP takes, and from whom a mail would be a loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

POSTMASTER = "postmaster"
"""Every domain that takes mail takes it for this one, too (RFC 5321 §4.5.1)."""


@dataclass(frozen=True, slots=True)
class OwnAddresses:
    """Our addresses, in lower case. A plus part does not change whose an address is.

    Attributes:
        addresses: each alone.
        domains: every address of these is ours.
    """

    addresses: frozenset[str]
    domains: frozenset[str]

    @classmethod
    def of(cls, addresses: Iterable[str], domains: Iterable[str] = ()) -> OwnAddresses:
        """From settings; the case does not matter."""
        return cls(
            frozenset(map(str.lower, addresses)),
            frozenset(map(str.lower, domains)),
        )

    def __contains__(self, address: object) -> bool:
        """Whether mail to this address is ours to take, and mail from it a loop."""
        if not isinstance(address, str):
            return False
        local, _, domain = address.lower().rpartition("@")
        return (
            domain in self.domains
            or f"{local}@{domain}" in self.addresses
            or f"{local.partition('+')[0]}@{domain}" in self.addresses
        )

    def takes(self, recipient: str) -> bool:
        """Whether SMTP takes mail for it: ours, or the postmaster of a domain of ours."""
        local, at, domain = recipient.lower().rpartition("@")
        if not at:
            return domain == POSTMASTER
        return recipient in self or (local == POSTMASTER and self.hosts(recipient))

    def hosts(self, recipient: str) -> bool:
        """Whether the domain is ours: a stranger there is unknown, elsewhere it is relaying."""
        domain = recipient.lower().rpartition("@")[2]
        return domain in self.domains or any(
            address.rpartition("@")[2] == domain for address in self.addresses
        )
