"""Messages promised, not yet sent, and what becomes of them (design.md §4, providers.md §2.3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from core.model.value import value

if TYPE_CHECKING:
    from core.model.messages import (
        Address,
        ChannelId,
        Conversation,
        DeliveryState,
        OutboundFile,
    )


class OutboxState(StrEnum):
    """Where an item is. ``waiting``, ``claimed`` and ``in_doubt`` still hold back later texts.

    ``withdrawn``: taken back by its writer before it left; kept as the record that it was written.
    """

    WAITING = "waiting"
    CLAIMED = "claimed"
    IN_DOUBT = "in_doubt"
    HELD = "held"
    HANDED_OVER = "handed_over"
    DEAD = "dead"
    WITHDRAWN = "withdrawn"


WRITTEN_BY_PEOPLE = frozenset({"answer"})
"""Purposes of messages that a person wrote; all others are automatic."""


class Urgency(IntEnum):
    """Replies to citizens go before bulk notices."""

    REPLY = 0
    NOTICE = 1
    BULK = 2


@value
class OutboxDraft:
    """A promise to send, written in the transaction of what it tells.

    Attributes:
        key: unique purpose and cause, e.g. ``ack:1042``: the same promise is made once.
        purpose: the text's key without its form: ``ack``, ``duplicate``, ``help`` …
        ticket_id: the ticket it speaks of, or None.
        segments: SMS parts, 0 where the channel has none.
        files: what goes with it; paths below the folder of attachments.
        due_at: not before then; None: at once.
    """

    key: str
    purpose: str
    channel: ChannelId
    recipient: Address
    address_id: int
    text: str
    created_at: datetime
    ticket_id: int | None = None
    urgency: Urgency = Urgency.REPLY
    segments: int = 0
    files: tuple[OutboundFile, ...] = ()
    due_at: datetime | None = None


@value
class OutboxItem:
    """One promise as claimed for sending.

    Attributes:
        attempt: how many sends were begun, this one included.
        doubtful: an earlier attempt may have gone out; look before sending.
        tried_at: when that earlier attempt began, None when there was none.
        doubts: how often the provider's list was asked in vain.
        copied: the mark that it may go out a second time is on disk.
        conversation: what it stands in, for doors that ask for it.
    """

    id: int
    channel: ChannelId
    recipient: Address
    text: str
    purpose: str
    attempt: int
    created_at: datetime
    doubtful: bool = False
    tried_at: datetime | None = None
    doubts: int = 0
    ticket_id: int | None = None
    copied: bool = False
    conversation: Conversation | None = None


@value
class SendResult:
    """What to write about one attempt.

    Attributes:
        state: the item's next state.
        provider_id: set when the provider took it.
        next_try_at: for ``waiting`` and ``in_doubt``.
        doubts: the new count of vain look-ups.
        copied: sent again although the first may have gone out: marked in the log.
        opted_out: the recipient refuses us; the address is marked.
        tried_at: when the attempt began (kept for the next look-up).
    """

    item_id: int
    state: OutboxState
    at: datetime
    provider_id: str | None = None
    delivery: DeliveryState | None = None
    next_try_at: datetime | None = None
    code: str = ""
    reason: str = ""
    doubts: int = 0
    copied: bool = False
    opted_out: bool = False
    tried_at: datetime | None = None


@value
class RetryPolicy:
    """How a channel tries again. Every interval is a setting, so that hours pass in seconds.

    Attributes:
        base: the first pause; doubles with each attempt.
        ceiling: the longest pause.
        max_attempts: then the item is parked as a dead letter, shown, never dropped.
        doubt_wait: time for a callback or the provider's list to catch up before each look-up.
        doubt_looks: vain look-ups before it is sent again and marked as a copy.
        doubt_limit: when the list itself cannot be read for so long, send again and mark it.
        lease: how long a claim holds; longer than the longest send.
    """

    base: timedelta = timedelta(seconds=2)
    ceiling: timedelta = timedelta(minutes=15)
    max_attempts: int = 250
    doubt_wait: timedelta = timedelta(seconds=3)
    doubt_looks: int = 2
    doubt_limit: timedelta = timedelta(minutes=30)
    lease: timedelta = timedelta(seconds=30)

    def pause(self, attempt: int, jitter: float) -> timedelta:
        """Back-off before the next try: doubling from ``base``, capped, times 0.5 to 1.5.

        Args:
            attempt: attempts made so far, from 1.
            jitter: a random number in [0, 1).
        """
        doubled = self.base * (1 << max(0, min(attempt - 1, 20)))
        return min(doubled, self.ceiling) * (0.5 + jitter)
