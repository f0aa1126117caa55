"""Requests as a gateway of the office's own makes them: a secret in the URL, fields around it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from core.model.messages import Address, AddressKind, ChannelId, OutboundMessage, RawRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRET = "0123456789abcdef0123456789ABCDEFGHIJ"
OLD_SECRET = "zyxwvutsrqponmlkjihgfedcbaZYXWVUTSRQ"
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
BASE = "https://helpdesk.contoh.go.id/hooks/modem"
NUMBER = "+6281100003636"
CITIZEN = "+6281234567890"
CHANNEL = ChannelId("modem")
FORM = {"content-type": "application/x-www-form-urlencoded"}


def coded(fields: Mapping[str, str | bytes]) -> str:
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items())


def asked(
    query: str, body: bytes = b"", *, secret: str | None = SECRET, **more: Any
) -> RawRequest:
    """A request; GET when there is no body. ``secret=None`` leaves it out."""
    purpose = more.pop("purpose", "message")
    parts = ([] if secret is None else [f"secret={quote(secret, safe='')}"]) + [query]
    tail = "/status" if purpose == "status" else ""
    values: dict[str, Any] = {
        "method": "POST" if body else "GET",
        "public_url": f"{BASE}{tail}?{'&'.join(filter(None, parts))}",
        "headers": FORM if body else {"content-type": ""},
        "body": body,
        "remote": "127.0.0.1",
        "received_at": NOW,
        "purpose": purpose,
    }
    return RawRequest(**(values | more))


def outbound(**changes: Any) -> OutboundMessage:
    values: dict[str, Any] = {
        "item_id": 123,
        "channel": CHANNEL,
        "recipient": Address(AddressKind.PHONE, CITIZEN),
        "text": "Laporan diterima, no tiket HD26-004217-4.",
    }
    return OutboundMessage(**(values | changes))
