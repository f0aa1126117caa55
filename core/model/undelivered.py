"""Outgoing messages that are not tried any more, as whoever keeps the doors sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.messages import Address, ChannelId
    from core.model.outbox import OutboxState


@value
class Undelivered:
    """One message that is parked.

    Attributes:
        state: ``dead``, or ``held`` until its recipient writes again.
        number: of the ticket that it speaks of; None: of none (notices to staff, tests).
        tried_at: when the last attempt began; None: it was never tried.
        code, reason: as the provider gave them.
    """

    id: int
    channel: ChannelId
    state: OutboxState
    purpose: str
    recipient: Address
    text: str
    number: str | None
    created_at: datetime
    tried_at: datetime | None
    attempt: int
    code: str
    reason: str
