"""The officers' door as tests open it, and how an officer's program calls it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from channels.desk.channel import Desk
from channels.desk.settings import DeskSettings
from core.model.messages import ChannelId, RawRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW = datetime(2026, 7, 14, 3, 0, tzinfo=UTC)
TOKEN = "token-loket-sari-0123456789"
OTHER = "token-loket-budi-0123456789"


def door(**changes: object) -> Desk:
    plain = {
        "id": ChannelId("loket"),
        "tokens": {"sari": TOKEN, "budi": OTHER},
        "zone": ZoneInfo("Asia/Jakarta"),
    }
    return Desk(DeskSettings(**(plain | changes)))  # type: ignore[arg-type] # checked by the class


def request(
    body: bytes,
    *,
    token: str = TOKEN,
    method: str = "POST",
    content_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> RawRequest:
    return RawRequest(
        method=method,
        public_url="https://helpdesk.contoh.go.id/hooks/loket",
        headers={
            "content-type": content_type,
            "authorization": f"Bearer {token}",
            **(headers or {}),
        },
        body=body,
        remote="203.0.113.9",
        received_at=NOW,
    )
