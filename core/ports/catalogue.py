"""What the service catalogue asks of the store (LL-41)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model.catalogue import Service


class ServiceShelf(Protocol):
    """Entries, within one unit of work."""

    async def service(self, service_id: int) -> Service | None:
        """One, locked until the end, retired too; None where there is none."""
        ...

    async def add(self, service: Service) -> Service:
        """A new one, with its id."""
        ...

    async def save(self, service: Service) -> None:
        """Everything of it but the id."""
        ...


class ServiceReads(Protocol):
    """The same outside any unit of work."""

    async def one(self, service_id: int) -> Service:
        """Retired or not. Raises NotFound."""
        ...

    async def find(self, words: Sequence[str], limit: int) -> Sequence[Service]:
        """Those in force that hold every word, in lower case; by name."""
        ...
