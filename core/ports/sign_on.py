"""What single sign-on asks of the store, and of whoever speaks to the provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.model.sign_on import Flow, LinkHolder, ProvenIdentity, SignOnFault, SignOnLink


class SignOnShelf(Protocol):
    """Which accounts at providers open the door for whom."""

    async def holder(self, issuer: str, subject: str) -> LinkHolder | None:
        """Whose account this is, locked until the end; None: nobody's."""
        ...

    async def links(self, staff_id: int) -> Sequence[SignOnLink]:
        """A person's, oldest first."""
        ...

    async def link(self, link: SignOnLink) -> bool:
        """False when the account is somebody's, or the person has one of this issuer."""
        ...

    async def unlink(self, staff_id: int, issuer: str | None = None) -> int:
        """Drops a person's link with one issuer, or all; returns how many."""
        ...

    async def used(self, issuer: str, subject: str, at: datetime) -> None:
        """Notes that somebody came in by it."""
        ...

    async def spend(self, state_hash: str, until: datetime) -> bool:
        """Marks a way to the provider as come back; False when it has been before."""
        ...

    async def purge_spent(self, now: datetime) -> int:
        """Drops marks of ways that are over by themselves; returns how many."""
        ...


class SignOnProvider(Protocol):
    """The one provider of the office."""

    @property
    def issuer(self) -> str:
        """As it writes itself into its tokens."""
        ...

    @property
    def label(self) -> str:
        """As staff know it; on the button."""
        ...

    @property
    def says_farewell(self) -> bool:
        """Whether leaving here is to end the session there."""
        ...

    async def address(self, flow: Flow, *, anew: bool) -> str | SignOnFault:
        """Where the browser is sent to.

        Args:
            flow: the way that begins.
            anew: the person is to prove themselves there even if they are in already.
        """
        ...

    async def proven(
        self, flow: Flow, code: str, issuer: str | None
    ) -> ProvenIdentity | SignOnFault:
        """Who came back.

        Args:
            flow: the way that ends; its state fitted.
            code: as the provider sent it with the browser; good for one exchange.
            issuer: ``iss`` of the answer (RFC 9207); None without.
        """
        ...

    async def farewell(self, ticket: str) -> str:
        """Where the browser ends its session at the provider; "" where it stays there.

        Args:
            ticket: of the identity that was proven; "" when it is not known any more.
        """
        ...
