"""The door for text messages through Gammu SMSD: read the inbox, lay texts into the outbox.

There is no webhook: the daemon and we share tables. What is marked as processed is on our disk;
a text laid down carries a mark of ours, so it is never laid down twice.
"""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import TYPE_CHECKING

from channels.gammu import health
from channels.gammu.parts import IncomingText, cut, grouped, identity_of, text_of
from channels.gammu.progress import Progress, outcome_of
from channels.gammu.settings import GammuSettings
from channels.gammu.tables import Tables
from channels.local_sms.outgoing import fitting, written
from core.errors import StoreUnavailable
from core.model.messages import (
    DeliveryState,
    Ignored,
    InboundMessage,
    OutboundMessage,
    SendReceipt,
    SentCopy,
)
from core.model.phone import sms_sender

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.model.health import Symptom
    from core.ports import Bookmarks, Clock, Deliver

__all__ = ["Gammu", "GammuSettings"]

AT_ONCE = 500
"""Rows read at a time."""

_USSD = 127
_REPORTS_EVERY = 10
"""Looks into the inbox between two looks at what was sent."""


class Gammu:
    """Sends, Listens, FindsCopies, Examines and Closes of core/ports.py."""

    def __init__(self, settings: GammuSettings, clock: Clock) -> None:
        self.id = settings.id
        self._settings = settings
        self._clock = clock
        self._tables = Tables(settings)
        self._seen: dict[tuple[int, ...], datetime] = {}
        self._progress = Progress(self.id, f"helpdesk.{self.id}:")

    # --- in ---

    async def listen(self, deliver: Deliver, bookmarks: Bookmarks) -> None:  # noqa: ARG002 - the contract's
        """Until cancelled. Raises SendError when the tables cannot be reached.

        The tables themselves say how far we are, so there is no bookmark.
        """
        turn = 0
        while True:
            try:
                more = await self._take(deliver)
                if turn % _REPORTS_EVERY == 0:
                    await self._report(deliver)
            except StoreUnavailable:
                more = False  # it lies in the tables still
            turn += 1
            if not more:
                await asyncio.sleep(self._settings.poll.total_seconds())

    async def _take(self, deliver: Deliver) -> bool:
        """Delivers what is whole, or has waited long enough; returns whether there may be more."""
        rows = await self._tables.waiting(AT_ONCE)
        ready = self._ready(grouped(rows))
        if not ready:
            return False
        await deliver([self._inbound(text) for text in ready])
        await self._tables.mark([row.id for text in ready for row in text.rows])
        return len(rows) == AT_ONCE

    def _ready(self, texts: Sequence[IncomingText]) -> list[IncomingText]:
        now = self._clock.now()
        # what grows is another text to this memory, so each new part gives the rest time anew
        self._seen = {text.key: self._seen.get(text.key, now) for text in texts if not text.whole}
        wait = self._settings.parts_wait
        return [text for text in texts if text.whole or now - self._seen[text.key] >= wait]

    def _inbound(self, text: IncomingText) -> InboundMessage | Ignored:
        first = text.rows[0]
        if first.kind == _USSD:
            return Ignored(self.id, "an answer of the network (USSD)")
        return InboundMessage(
            channel=self.id,
            external_id=identity_of(text),
            sender=sms_sender(first.sender),
            text=text_of(text),
            received_at=self._clock.now(),
            sent_at=first.at,
            recipient=first.phone,
            raw="\n".join(f"{row.coding} {row.udh} {row.coded}" for row in text.rows).encode(),
        )

    async def _report(self, deliver: Deliver) -> None:
        """What became of our texts since the last look; after a start, of the last thousands."""
        since = self._progress.begin(await self._tables.highest_sent())
        rows = await self._tables.sent_since(since, self._progress.prefix)
        news = self._progress.news(rows, self._clock.now())
        if news:
            await deliver(news)
        self._progress.told(news)

    # --- out ---

    async def send(self, message: OutboundMessage) -> SendReceipt:
        """One transaction. Raises SendError; a text that lies there already is left as it is."""
        fitting(message, self._settings.most_parts)
        creator = self._creator(message)
        if message.attempt > 1 and await self._lies_there(creator):
            return SendReceipt(creator)
        number = written(message.recipient.value, self._settings.number_form)
        parts = cut(message.text, message.item_id % 256)
        await self._tables.put(creator, number, parts, report=self._settings.reports)
        return SendReceipt(creator)

    async def _lies_there(self, creator: str) -> bool:
        """Whether it waits or has gone out; one that failed may be laid down again."""
        waits, rows = await self._tables.standing(creator)
        return waits or (bool(rows) and outcome_of(rows) is not DeliveryState.FAILED)

    async def copies_of(self, message: OutboundMessage, since: datetime) -> Sequence[SentCopy]:  # noqa: ARG002 - the contract's
        """By our mark, which no other text bears. Raises SendError."""
        creator = self._creator(message)
        waits, rows = await self._tables.standing(creator)
        if not waits and not rows:
            return []
        state = outcome_of(rows) if rows else None
        return [SentCopy(creator, None, state or DeliveryState.QUEUED)]

    def _creator(self, message: OutboundMessage) -> str:
        """Our item's id, and what tells it from the same number in another of our stores."""
        made = "" if message.created_at is None else message.created_at.isoformat()
        said = f"{message.recipient.value}\0{message.text}\0{made}"
        digest = sha256(said.encode("utf-8", "replace")).hexdigest()[:16]
        return f"{self._progress.prefix}{message.item_id}:{digest}"

    # --- how it is ---

    async def examine(self) -> Sequence[Symptom]:
        """Dead daemons, weak signal, a schema that we do not know. Raises SendError."""
        version = await self._tables.version()
        phones = await self._tables.phones()
        return health.symptoms(version, phones, self._settings.silent_after, self._clock.now())

    async def close(self) -> None:
        """Idempotent."""
        await self._tables.close()
