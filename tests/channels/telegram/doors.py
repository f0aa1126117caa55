"""A door for Telegram with settings of a made-up office, and updates as Telegram sends them."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from channels.telegram.channel import Telegram, TelegramSettings
from channels.telegram.keys import Bot
from core.model.messages import Address, AddressKind, ChannelId, OutboundMessage, RawRequest
from core.model.outbox import RetryPolicy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

BOT_ID = "123456789"
TOKEN = BOT_ID + ":AAEabcdefghijklmnopqrstuvwxyz_-01234"
SECRET = "rahasia_Webhook-2026"
CHANNEL = ChannelId("tg")
BOT = Bot(CHANNEL, BOT_ID)
HOOK = "https://helpdesk.contoh.go.id/hooks/tg"
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CHAT = 5000000001
SENT = 1_795_399_000
QUICK = RetryPolicy(base=timedelta(milliseconds=10), ceiling=timedelta(milliseconds=40))


class StoppedClock:
    def now(self) -> Any:
        return NOW


def settings(**changes: Any) -> TelegramSettings:
    values: dict[str, Any] = {
        "id": CHANNEL,
        "token": TOKEN,
        "secret": SECRET,
        "webhook_url": HOOK,
        "timeout": 5.0,
        "upload_timeout": 5.0,
        "download_timeout": 5.0,
        "poll_wait": 0,
        "again": QUICK,
    }
    if base := changes.pop("base", None):
        values |= {"api_base_url": base, "file_base_url": f"{base}/file"}
    return TelegramSettings(**(values | changes))


def door(**changes: Any) -> Telegram:
    return Telegram(settings(**changes), StoppedClock())


@asynccontextmanager
async def opened(base: str, **changes: Any) -> AsyncIterator[Telegram]:
    """A door to the Bot API at this address, closed at the end."""
    found = door(base=base, **changes)
    try:
        yield found
    finally:
        await found.close()


def message(**changes: Any) -> dict[str, Any]:
    """An ordinary message; a change to None removes a field; ``sender`` is ``from``."""
    fields: dict[str, Any] = {
        "message_id": 7,
        "sender": {"id": CHAT, "is_bot": False, "first_name": "Sari", "language_code": "id"},
        "chat": {"id": CHAT, "type": "private", "first_name": "Sari"},
        "date": SENT,
        "text": "HELPDESK internet kantor mati sejak pagi",
    }
    fields |= changes
    fields["from"] = fields.pop("sender")
    return {name: given for name, given in fields.items() if given is not None}


def update(kind: str = "message", update_id: int = 600_000_001, **changes: Any) -> dict[str, Any]:
    return {"update_id": update_id, kind: message(**changes)}


def blocked(status: str = "kicked") -> dict[str, Any]:
    person = {"id": CHAT, "is_bot": False, "first_name": "Sari"}
    bot = {"id": int(BOT_ID), "is_bot": True, "first_name": "Helpdesk", "username": "hd_bot"}
    new: dict[str, Any] = {"status": status, "user": bot}
    if status == "kicked":
        new["until_date"] = 0
    return {
        "update_id": 600_000_002,
        "my_chat_member": {
            "chat": {"id": CHAT, "type": "private", "first_name": "Sari"},
            "from": person,
            "date": SENT,
            "old_chat_member": {"status": "member", "user": bot},
            "new_chat_member": new,
        },
    }


def request(body: Any, **changes: Any) -> RawRequest:
    values: dict[str, Any] = {
        "method": "POST",
        "public_url": HOOK,
        "headers": {
            "content-type": "application/json",
            "x-telegram-bot-api-secret-token": SECRET,
        },
        "body": body if isinstance(body, bytes) else json.dumps(body).encode(),
        "remote": "149.154.167.220",
        "received_at": NOW,
    }
    return RawRequest(**(values | changes))


def outbound(**changes: Any) -> OutboundMessage:
    values: dict[str, Any] = {
        "item_id": 41,
        "channel": CHANNEL,
        "recipient": Address(AddressKind.TELEGRAM, str(CHAT)),
        "text": "Terima kasih. Nomor tiket Anda HD26-004217-4. *tanpa* _gaya_ [x](y)",
    }
    return OutboundMessage(**(values | changes))
