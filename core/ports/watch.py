"""What the watch and the schedules ask of the store.

Small Protocols like those of :mod:`core.ports`, which names them on the desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from core.model.clock import SlaClock
    from core.model.events import Event
    from core.model.messages import Address, ChannelId
    from core.model.watch import BreachFound, EscalationMade, Watched


@value
class WatchResult:
    """What is written about one ticket that the watch looked at.

    Attributes:
        before: as it was claimed; its version guards the change.
        clocks: those that changed.
        events: chained after the ticket's last one.
        escalation, breached: the ticket's marks afterwards.
    """

    before: Watched
    clocks: tuple[SlaClock, ...]
    events: tuple[Event, ...] = ()
    breaches: tuple[BreachFound, ...] = ()
    escalations: tuple[EscalationMade, ...] = ()
    escalation: int = 0
    breached: bool = False


@value
class Way:
    """Where the reporter of a ticket wrote last."""

    channel: ChannelId
    address: Address
    address_id: int
    muted: bool
    unreachable: str


@value
class Reachable:
    """Somebody of the staff who can be told something; "" where there is no such address."""

    id: int
    roles: frozenset[str]
    unit_id: int | None
    email: str
    phone: str
    telegram: str


class WatchShelf(Protocol):
    """Clocks that are due."""

    async def claim(self, now: datetime, limit: int) -> Sequence[Watched]:
        """Tickets with a clock that is due, the longest due first, locked until the end.

        Tickets that somebody else holds just now are left out. What it costs depends on how many
        are due, not on how many run.

        Args:
            now: aware; clocks with ``look_at`` up to then.
            limit: clocks to take; the tickets may be fewer.
        """
        ...

    async def after(
        self, ticket_id: int, limit: int, *, provisional: bool = False
    ) -> Sequence[Watched]:
        """Tickets with an open clock in the order of their ids, locked: to compute them anew.

        ``provisional``: only those with an open clock that is provisional.
        """
        ...

    async def record(self, results: Sequence[WatchResult], at: datetime) -> None:
        """Writes them. Raises Conflict for a ticket that was not locked and has moved on."""
        ...

    async def ways(self, ticket_ids: Collection[int]) -> Mapping[int, Way]:
        """Where the reporters of these tickets wrote last; those who never did are left out."""
        ...

    async def staff(self) -> Sequence[Reachable]:
        """All who work here and have an address."""
        ...

    async def seats(self, addresses: Sequence[Address], at: datetime) -> Mapping[Address, int]:
        """The ids of addresses, made where they are new; nobody is locked."""
        ...


class JobShelf(Protocol):
    """Runs of scheduled work: whoever lays down the row of a period runs it."""

    async def claim(
        self, job: str, period: str, who: str, times: tuple[datetime, datetime]
    ) -> bool:
        """Whether this process runs the job for this period; ``times`` are now and lease end.

        False while somebody else runs it, and once it is finished. A run whose lease is over and
        that never finished is taken over.
        """
        ...

    async def finish(self, job: str, period: str, who: str, ended: tuple[datetime, str]) -> bool:
        """Notes when and how it ended; False when somebody else took the run over."""
        ...


class RetentionShelf(Protocol):
    """What is thrown away when it is old enough, in slices."""

    async def forget(self, what: str, before: datetime, limit: int) -> int:
        """Deletes at most ``limit`` rows of this kind older than that; returns how many.

        Args:
            what: ``idempotency_keys``, ``job_runs``, ``drafts`` or ``draft_files``.
            before: aware.
            limit: the most rows of one slice.
        """
        ...
