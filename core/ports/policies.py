"""What the policy of promises asks of the store.

Small Protocols like those of :mod:`core.ports`, which names them on the desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.model.policy_documents import PolicyDocument
    from core.model.policy_preview import Running


class PolicyShelf(Protocol):
    """Versions of the policy while one is laid down."""

    async def newest(self) -> PolicyDocument | None:
        """The one laid down last, locked until the end; None: there is none yet."""
        ...

    async def put(self, document: PolicyDocument) -> None:
        """Lays down a version. Raises Conflict: somebody else has laid it down."""
        ...


class PolicyReads(Protocol):
    """The same outside any unit of work."""

    async def version(self) -> int:
        """Of the one laid down last; 0: there is none."""
        ...

    async def newest(self) -> PolicyDocument | None:
        """The one laid down last; it may be for later."""
        ...

    async def holding(self, now: datetime) -> PolicyDocument | None:
        """The one that holds then: of those whose day has come the one for the latest day.

        Of two for one instant the one laid down last. The first one where the day of none has come
        (a clock that was set back); None: there is none at all.
        """
        ...

    async def holding_version(self, now: datetime) -> int:
        """Its version, 0 for none. Cheap enough to be asked every few seconds."""
        ...

    async def one(self, version: int) -> PolicyDocument:
        """Raises NotFound."""
        ...

    async def versions(self) -> Sequence[PolicyDocument]:
        """All of them, the newest first."""
        ...

    async def running(self) -> Sequence[Running]:
        """Tickets that run, grouped by what they are promised."""
        ...
