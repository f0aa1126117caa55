"""A door for the Cloud API with settings of a made-up office, and bodies as Meta seals them."""

from __future__ import annotations

import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from channels.whatsapp.channel import WhatsAppCloud
from channels.whatsapp.settings import WhatsAppSettings
from core.model.messages import (
    Address,
    AddressKind,
    ChannelId,
    Conversation,
    OutboundMessage,
    RawRequest,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

CHANNEL = ChannelId("wa")
NUMBER_ID = "106540352242922"
NUMBER = "15550783881"
CITIZEN = "6281234567890"
SECRET = "0123456789abcdef0123456789abcdef"
VERIFY = "kata-kunci-kami"
TOKEN = "EAAtokenrahasiakami"
HOOK = "https://helpdesk.contoh.go.id/hooks/wa"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()) - 5)


class StoppedClock:
    """Stands where it is put."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def settings(**changes: Any) -> WhatsAppSettings:
    values: dict[str, Any] = {
        "id": CHANNEL,
        "phone_number_id": NUMBER_ID,
        "app_secrets": (SECRET,),
        "verify_token": VERIFY,
        "access_token": TOKEN,
        "webhook_url": HOOK,
    }
    return WhatsAppSettings(**(values | changes))


def door(clock: StoppedClock | None = None, **changes: Any) -> WhatsAppCloud:
    return WhatsAppCloud(settings(**changes), clock or StoppedClock())


def text(body: Any = "HELPDESK internet kantor mati", **changes: Any) -> dict[str, Any]:
    """A message as captured; a change to None removes a field."""
    item = {
        "from": CITIZEN,
        "id": "wamid.AAA1",
        "timestamp": STAMP,
        "type": "text",
        "text": {"body": body},
    } | changes
    return {name: value for name, value in item.items() if value is not None}


def status(**changes: Any) -> dict[str, Any]:
    return {
        "id": "wamid.OUT1",
        "status": "delivered",
        "timestamp": STAMP,
        "recipient_id": CITIZEN,
        "biz_opaque_callback_data": "123",
    } | changes


def value(**lists: Any) -> dict[str, Any]:
    """The value of a change; ``number`` is the id of another number of ours."""
    number = lists.pop("number", NUMBER_ID)
    metadata = {"display_phone_number": NUMBER, "phone_number_id": number}
    return {"messaging_product": "whatsapp", "metadata": metadata, **lists}


def body(*values: Any, field: str = "messages") -> dict[str, Any]:
    changes = [{"field": field, "value": one} for one in values]
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1029", "changes": changes}],
    }


def seal(content: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), content, "sha256").hexdigest()


def request(
    content: Any, headers: Mapping[str, str] | None = None, method: str = "POST", url: str = HOOK
) -> RawRequest:
    """Sealed unless ``headers`` says otherwise."""
    sent = content if isinstance(content, bytes) else json.dumps(content).encode()
    head = {"x-hub-signature-256": seal(sent)} if headers is None else dict(headers)
    return RawRequest(
        method=method,
        public_url=url,
        headers={"content-type": "application/json"} | head,
        body=sent,
        remote="203.0.113.9",
        received_at=NOW,
    )


def read(*messages: Any, **more: Any) -> Any:
    """What the door sees of some messages in one body."""
    return list(door().parse(request(body(value(messages=list(messages), **more)))))


def one(message: Any, **more: Any) -> Any:
    (found,) = read(message, **more)
    return found


def conversation(**changes: Any) -> Conversation:
    values: dict[str, Any] = {
        "number": "HD26-004217-4",
        "heard_at": NOW - timedelta(minutes=1),
    }
    return Conversation(**(values | changes))


def outbound(**changes: Any) -> OutboundMessage:
    values: dict[str, Any] = {
        "item_id": 123,
        "channel": CHANNEL,
        "recipient": Address(AddressKind.WHATSAPP, f"+{CITIZEN}"),
        "text": "Laporan diterima, no tiket HD26-004217-4.",
        "purpose": "ack",
        "conversation": conversation(),
    }
    return OutboundMessage(**(values | changes))
