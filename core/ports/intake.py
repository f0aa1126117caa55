"""What intake and delivery read and write within one unit of work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from core.model.messages import ChannelId

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.model.brief import WorkBrief
    from core.model.filing import Filing
    from core.model.messages import Address, Conversation, DeliveryReport, Reachability, Receipt
    from core.model.outbox import OutboxDraft, OutboxItem, SendResult
    from core.model.ticket import KnownTicket, Sender
    from core.model.views import OutboxLoad


MessageKey = tuple[ChannelId, str]
"""Channel and the provider's id: unique for ever."""


class IntakeShelf(Protocol):
    """What intake reads and lays down within one unit of work."""

    async def senders(
        self,
        addresses: Sequence[Address],
        named: Sequence[str],
        ended_after: datetime,
        young_after: datetime,
    ) -> Mapping[Address, Sender]:
        """Creates missing addresses, locks them all, and returns what is known of each.

        Two processes that receive for one sender wait for each other here (design.md §4).

        Args:
            addresses: without repeats, any order.
            named: ticket numbers named in the batch; tickets among them that a sender owns or
                takes part in are returned whatever their age.
            ended_after: ended tickets younger than this are returned too.
            young_after: ``match_text`` is filled for tickets opened after this.
        """
        ...

    async def seen(self, keys: Sequence[MessageKey]) -> Mapping[MessageKey, Receipt]:
        """Receipts of those already stored. Call after ``senders``: the lock makes it final."""
        ...

    async def threads(self, references: Sequence[MessageKey]) -> Mapping[MessageKey, str]:
        """Ticket numbers of the provider ids among them that are messages of ours or to us."""
        ...

    async def tickets(self, numbers: Sequence[str]) -> Mapping[str, KnownTicket]:
        """Tickets whoever they belong to, ``mine`` False, locked: where mail points into one."""
        ...

    async def message_text(self, message_id: int) -> str:
        """The whole text of a stored message. Raises NotFound."""
        ...

    async def briefs(self, ticket_ids: Sequence[int]) -> Mapping[int, WorkBrief]:
        """What staff have done with tickets that ``senders`` returned; one for each id."""
        ...

    async def earlier(
        self, address_id: int, span: tuple[datetime, datetime], but: int = 0
    ) -> str | None:
        """The number of the ticket that the person of this address opened last in this span.

        Whatever was withdrawn or merged does not count, nor does the ticket with the id ``but``.
        """
        ...

    async def lay_down(self, filing: Filing) -> None:
        """Writes all rows. A stale ticket version raises Conflict."""
        ...


class OutboxShelf(Protocol):
    """What delivery reads and writes within one unit of work."""

    async def put(self, drafts: Sequence[OutboxDraft]) -> None:
        """Adds promises; one whose key exists already is left as it was."""
        ...

    async def claim(
        self, channel: ChannelId, now: datetime, lease_until: datetime, limit: int
    ) -> Sequence[OutboxItem]:
        """Takes due items with a lease, replies first, oldest first, one per recipient.

        An item whose lease ran out, or that is in doubt and due, comes back ``doubtful``.
        No item is taken while an earlier one to the same recipient is not yet handed over.
        """
        ...

    async def record(self, results: Sequence[SendResult]) -> None:
        """Writes what became of attempts; applies early reports that were waiting for the id."""
        ...

    async def conversations(self, item_ids: Sequence[int]) -> Mapping[int, Conversation]:
        """What each of these items stands in."""
        ...

    async def release(self, places: Sequence[tuple[ChannelId, int]], now: datetime) -> int:
        """What is held for these channels and addresses waits again. Returns how many items."""
        ...

    async def mark_reachable(self, news: Sequence[Reachability]) -> None:
        """Notes on addresses whether they can be reached; unknown addresses are left out."""
        ...

    async def known_ids(self, channel: ChannelId, provider_ids: Sequence[str]) -> set[str]:
        """Those provider ids that already belong to an item."""
        ...

    async def report(self, reports: Sequence[DeliveryReport]) -> int:
        """Moves states forward only; keeps unknown ids. Returns how many found an item."""
        ...

    async def load(self) -> Sequence[OutboxLoad]:
        """What is waiting, claimed, in doubt, held or dead, per channel."""
        ...

    async def forget_claims(self, look_at: datetime) -> int:
        """Ends every lease, after a restart of the only process. Returns how many.

        The items come back doubtful at ``look_at``, with all their look-ups before them: what the
        dead process had on the wire may reach the provider only now.
        """
        ...

    async def purge_reports(self, before: datetime) -> Sequence[str]:
        """Drops reports kept since before then; returns their provider ids for the log."""
        ...
