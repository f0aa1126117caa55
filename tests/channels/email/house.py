"""A house for listening doors: keeps what is delivered, and the bookmarks with it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from channels.email.channel import Email, EmailDoorSettings
from channels.email.own import OwnAddresses
from config.doors.email import ImapSettings, SmtpInSettings, SmtpOutSettings
from core.model.messages import ChannelId, Ignored, Inbound, InboundMessage, Outcome, Receipt
from gateway.clock import SystemClock
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

DESK = "lapor@contoh.go.id"
SECRET = "rahasia-surel-0123456789"
SUREL = ChannelId("surel")
QUICK = {
    "security": "plain",
    "host": "127.0.0.1",
    "user": "lapor",
    "password": "kunci",
    "retry_seconds": 0.05,
    "retry_max_seconds": 0.2,
    "login_retry_seconds": 0.2,
    "read_seconds": 2.0,
    "poll_seconds": 0.1,
}


@dataclass
class House:
    """What a door delivered, in order; every key once, as the store keeps it."""

    items: list[Inbound] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    before: Callable[[Sequence[Inbound]], None] | None = None
    reads: int = 0

    async def take(self, inbound: Sequence[Inbound]) -> list[Receipt]:
        await asyncio.sleep(0)
        if self.before:
            self.before(inbound)
        receipts = []
        for item in inbound:
            if isinstance(item, InboundMessage):
                receipts.append(Receipt(Outcome.OPENED, repeated=item.external_id in self.keys))
                if item.external_id in self.keys:
                    continue
                self.keys.add(item.external_id)
            self.items.append(item)
        for item in inbound:
            if item.bookmark:
                self.marks[item.bookmark.name] = item.bookmark.mark
        return receipts

    async def read(self, name: str) -> str | None:
        self.reads += 1
        return self.marks.get(name)

    @property
    def messages(self) -> list[InboundMessage]:
        return [item for item in self.items if isinstance(item, InboundMessage)]

    @property
    def texts(self) -> list[str]:
        return [message.text.strip() for message in self.messages]

    def ignored(self) -> list[str]:
        return [item.reason for item in self.items if isinstance(item, Ignored)]

    async def until(self, holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
        async with asyncio.timeout(seconds):
            while not holds():
                await asyncio.sleep(0.01)


def settings(
    *,
    imap: dict[str, Any] | None = None,
    smtp_in: dict[str, Any] | None = None,
    smtp_out: dict[str, Any] | None = None,
    **more: Any,
) -> EmailDoorSettings:
    out = {"host": "127.0.0.1", "security": "plain", "port": 9} | (smtp_out or {})
    return EmailDoorSettings(
        id=SUREL,
        address=DESK,
        name="Helpdesk Contoh",
        own=OwnAddresses.of([DESK]),
        secrets=(SECRET,),
        prefix="HD",
        smtp_in=SmtpInSettings(**({"port": 0} | smtp_in)) if smtp_in is not None else None,
        imap=ImapSettings(**(QUICK | imap)) if imap is not None else None,
        smtp_out=SmtpOutSettings(**out),
        **more,
    )


@asynccontextmanager
async def listening(door: Email, house: House) -> AsyncIterator[asyncio.Task[None]]:
    """The door listens inside; its thread and sockets end after."""
    task = asyncio.create_task(door.listen(house.take, house))
    try:
        yield task
    finally:
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=5)
        await door.close()
        assert done, "the door does not stop"


def door(**options: Any) -> Email:
    return Email(settings(**options), SystemClock())


def mail(text: str, **headers: str) -> bytes:
    head = {
        "From": "Siti <warga@example.org>",
        "To": DESK,
        "Subject": "HELPDESK lampu",
        "Message-ID": f"<{abs(hash(text))}@example.org>",
        "Date": "Mon, 23 Nov 2026 08:00:00 +0700",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in head.items() if value]
    return ("\r\n".join([*lines, "", text]) + "\r\n").encode()
