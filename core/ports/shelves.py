"""Small shelves of a unit of work: what could not be read, where doors stand, claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.model.messages import Address, ChannelId
    from core.model.proof import Claim, Reporter, TicketCode


class QuarantineShelf(Protocol):
    """Payloads that we could not understand, kept raw."""

    async def add(
        self, channel: ChannelId, raw: bytes, sentence: str, at: datetime, frame: str = ""
    ) -> int:
        """Returns the row's id.

        ``frame`` is how the payload came, as JSON (core/model/quarantine.py), so that it can be
        read again later; "" when there is no more to it than its bytes.
        """
        ...


class BookmarkShelf(Protocol):
    """How far a door has read at its provider."""

    async def read(self, name: str) -> str | None:
        """None before the first. ``name`` as in ``core.model.messages.Bookmark``."""
        ...

    async def write(self, name: str, mark: str) -> None:
        """Replaces it."""
        ...


class ClaimShelf(Protocol):
    """Codes that open a ticket's page, and typed addresses until their owner confirms them."""

    async def keep_code(self, code: TicketCode) -> None:
        """Lays down the code of a form; one that is there already stays."""
        ...

    async def replace_code(self, code: TicketCode) -> None:
        """Lays down a code that was sent, over an earlier one that was sent."""
        ...

    async def code(self, ticket_id: int) -> TicketCode | None:
        """The code of a ticket, locked until the end; None when it has none."""
        ...

    async def failed(self, code: TicketCode) -> None:
        """Writes how often the code was guessed wrong, and until when it is locked."""
        ...

    async def reporter(self, number: str) -> Reporter | None:
        """Where a ticket came from; None when there is no such ticket."""
        ...

    async def add(self, claim: Claim) -> None:
        """Lays down a claim; one that is there already stays."""
        ...

    async def mailed(self, address: Address, since: datetime) -> Sequence[Claim]:
        """Claims of this address made since then for which a mail went out."""
        ...

    async def claim(self, number: str, token: str) -> Claim | None:
        """The claim on this ticket whose token has this hash, locked until the end."""
        ...

    async def confirm(self, claim: Claim, address_id: int, at: datetime) -> None:
        """Notes that the owner confirmed it, who takes part in the ticket from now on."""
        ...
