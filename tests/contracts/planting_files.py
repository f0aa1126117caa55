"""Messages with files, planted as intake lays them down."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.contracts.planting import SMS, T0, phone, plant, plant_address
from ticket_store import schema

if TYPE_CHECKING:
    from core.model.messages import ChannelId

MINUTE = timedelta(minutes=1)


async def plant_message(
    store: Any,
    id_: int,
    channel: ChannelId = SMS,
    *,
    raw: bytes = b"raw",
    ticket: int | None = None,
) -> None:
    address_id = await plant_address(store, phone(1))
    await plant(
        store,
        schema.messages,
        {
            "id": id_,
            "channel": channel,
            "external_id": f"x{id_}",
            "address_id": address_id,
            "ticket_id": ticket,
            "outcome": "opened",
            "kind": "new",
            "text": "HELPDESK lampu mati",
            "language": "id",
            "recipient": "",
            "received_at": T0 + id_ * MINUTE,
            "raw": raw,
        },
    )  # fmt: skip


async def plant_ticket(store: Any, sequence: int = 1) -> tuple[int, str]:
    address_id = await plant_address(store, phone(1))
    id_, number = 26 * 10**9 + sequence, f"HD26-{sequence:06d}-0"
    row = dict.fromkeys(("status", "priority", "category", "subject", "description"), "x")
    row |= dict.fromkeys(("match_text", "language", "channel", "event_head"), "x")
    await plant(
        store,
        schema.tickets,
        {"id": id_, "number": number, "status_at": T0, "address_id": address_id,
         "opened_at": T0, "event_seq": 1, **row},
    )  # fmt: skip
    return id_, number


async def plant_file(store: Any, message: int, position: int = 0, **columns: object) -> None:
    row: dict[str, object] = {
        "message_id": message,
        "position": position,
        "reference": f"https://media.example/{message}/{position}",
        "content_type": "image/jpeg",
        "filename": "../foto.jpg",
        "size": 5,
    }
    await plant(store, schema.attachments, row | columns)
