"""What the stream of events, the audit and outgoing webhooks ask of the store.

Small Protocols like those of :mod:`core.ports`, which names them on the desk and the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import date, datetime

    from core.model.audit import Anchor, AnchorPart, Finding, Head
    from core.model.audit_chains import Raw, RawAdmin
    from core.model.stream import Only, StreamPage
    from core.model.subscription import Subscription


class EventStream(Protocol):
    """All tickets' events in one order, outside any unit of work.

    The order never changes, and nothing ever appears behind a cursor: an event whose transaction
    could still be overtaken is held back until those begun before it have ended.
    """

    async def after(self, cursor: str | None, limit: int, only: Only) -> StreamPage:
        """At most ``limit`` events after this place.

        Args:
            cursor: ``id`` of an event or ``cursor`` of a page; None: from the very first.
            limit: events of the answer; more are looked at where some are left out.
            only: which of them.

        Raises:
            MalformedMessage: the cursor is none of ours.
            StoreUnavailable: the store cannot be asked.
        """
        ...

    async def end(self) -> str:
        """The place after everything that :meth:`after` would give now."""
        ...


class AuditSnapshot(Protocol):
    """The whole history at one moment, in chunks, so that memory stays flat."""

    async def settled(self) -> str:
        """How far the stream of events is complete."""
        ...

    def news(self, after: str | None, upto: str) -> AsyncIterator[Sequence[Head]]:
        """Every event between two places of the stream, in the order of ticket and seq."""
        ...

    def events(self, after: str | None) -> AsyncIterator[Sequence[Raw]]:
        """All events of all tickets in the order of ticket and seq.

        Args:
            after: only of tickets with an event after this place of the stream; None: of all.
        """
        ...

    def house(self) -> AsyncIterator[Sequence[RawAdmin]]:
        """All events of the house in the order of subject and seq."""
        ...

    async def house_heads(self) -> Sequence[tuple[str, int, str]]:
        """Of each of the house's chains the subject, how many events, and the last one's hash."""
        ...

    async def anchors(self) -> Sequence[Anchor]:
        """In the order of their days."""
        ...

    def parts(self, since: date | None, buckets: tuple[int, int]) -> AsyncIterator[AnchorPart]:
        """Parts of anchors in the order of bucket and day.

        Args:
            since: not of earlier anchors; None: of all.
            buckets: first and last.
        """
        ...

    async def bare(self) -> Sequence[str]:
        """Numbers of tickets without any event, at most a thousand."""
        ...

    async def missed(self) -> Sequence[int]:
        """Ids of tickets that other rows speak of and that are not there, at most a thousand."""
        ...

    async def storage(self) -> Sequence[Finding]:
        """What is wrong with how the database keeps histories: guards, gaps, damage."""
        ...


class Audits(Protocol):
    """The way to such snapshots."""

    def snapshot(self) -> AbstractAsyncContextManager[AuditSnapshot]:
        """Of this moment; a gateway goes on writing beside it. Raises StoreUnavailable."""
        ...


class AnchorShelf(Protocol):
    """Where anchors are laid down."""

    async def lay_down(self, anchor: Anchor, parts: Sequence[AnchorPart]) -> None:
        """Once for each day. Raises Conflict when that day has its anchor."""
        ...


class Wakeups(Protocol):
    """Tells the other processes at the same store that something was committed, or seen."""

    async def listen(
        self, heard: Callable[[], None], overheard: Callable[[str], None] | None = None
    ) -> None:
        """Calls ``heard`` when another process told something, until cancelled.

        It is called once at the beginning as well, for what was told before anybody listened;
        ``overheard`` with every word that another process said.
        Raises StoreUnavailable when there is no connection, or it breaks.
        """
        ...

    async def tell(self) -> None:
        """Tells the others, if there is a connection; nobody may rely on it."""
        ...

    async def say(self, word: str) -> None:
        """Passes a word on to the others, as :meth:`tell` does; it is kept nowhere."""
        ...


class SubscriptionShelf(Protocol):
    """Who wants to be told of events, and how far each was told."""

    async def add(self, subscription: Subscription) -> Subscription:
        """Lays it down; returns it with its id. Raises Conflict: there is no such unit."""
        ...

    async def one(self, subscription_id: int) -> Subscription | None:
        """Locked until the end."""
        ...

    async def count(self) -> int:
        """How many there are."""
        ...

    async def save(self, subscription: Subscription) -> None:
        """Writes everything but the id."""
        ...

    async def drop(self, subscription_id: int) -> bool:
        """False when there is none."""
        ...

    async def claim(
        self, subscription_id: int, now: datetime, lease_until: datetime
    ) -> Subscription | None:
        """As it is now, with ``due_at`` as the end of the lease.

        None when it is paused, not due, being delivered by somebody else, or gone.
        """
        ...

    async def record(self, subscription: Subscription, held: Subscription) -> bool:
        """Writes position and outcome of what was ``held``; False when another has it by now."""
        ...

    async def sealed_otherwise(
        self, mark: bytes, after: int, limit: int
    ) -> Sequence[Subscription]:
        """Those whose secret does not begin with this mark, locked, by id after one."""
        ...


class SubscriptionReads(Protocol):
    """Subscriptions outside any unit of work."""

    async def all(self) -> Sequence[Subscription]:
        """In the order of their ids."""
        ...

    async def units_below(self, unit_id: int) -> frozenset[int]:
        """This unit and every unit below it."""
        ...
