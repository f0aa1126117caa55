"""A door to Gammu's tables, and a house that takes what it brings."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from channels.gammu.channel import Gammu, GammuSettings
from core.errors import StoreUnavailable
from core.model.messages import (
    Address,
    AddressKind,
    ChannelId,
    DeliveryReport,
    InboundMessage,
    OutboundMessage,
    Outcome,
    Receipt,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from core.model.messages import Inbound

CHANNEL = ChannelId("modem")
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


CITIZEN = Address(AddressKind.PHONE, "+6281234567890")


@dataclass
class Clock:
    """Moved by hand."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def door(url: str, clock: Clock | None = None, **changes: Any) -> Gammu:
    values: dict[str, Any] = {
        "id": CHANNEL,
        "url": url,
        "poll": timedelta(milliseconds=20),
        "timeout": 5.0,
    }
    return Gammu(GammuSettings(**(values | changes)), clock or Clock())


def outbound(**changes: Any) -> OutboundMessage:
    values: dict[str, Any] = {
        "item_id": 42,
        "channel": CHANNEL,
        "recipient": CITIZEN,
        "text": "Laporan diterima, no tiket HD26-004217-4.",
        "created_at": NOW,
    }
    return OutboundMessage(**(values | changes))


@dataclass
class House:
    """Takes what is delivered; may be closed for a while."""

    closed: bool = False
    batches: list[Sequence[Inbound]] = field(default_factory=list)

    async def deliver(self, items: Sequence[Inbound]) -> Sequence[Receipt]:
        if self.closed:
            reason = "closed"
            raise StoreUnavailable(reason)
        self.batches.append(items)
        return [Receipt(Outcome.OPENED) for one in items if isinstance(one, InboundMessage)]

    async def read(self, name: str) -> str | None:
        raise AssertionError(name)

    @property
    def items(self) -> list[Inbound]:
        return [item for batch in self.batches for item in batch]

    @property
    def messages(self) -> list[InboundMessage]:
        return [item for item in self.items if isinstance(item, InboundMessage)]

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages]

    @property
    def reports(self) -> list[DeliveryReport]:
        return [item for item in self.items if isinstance(item, DeliveryReport)]


@asynccontextmanager
async def listening(opened: Gammu, house: House) -> AsyncIterator[asyncio.Task[None]]:
    """The door at work; closed after."""
    task = asyncio.create_task(opened.listen(house.deliver, house))
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task
        await opened.close()
