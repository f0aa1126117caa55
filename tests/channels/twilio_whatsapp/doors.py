"""A door for WhatsApp through Twilio with settings of a made-up office."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from channels.twilio.settings import TwilioSettings
from channels.twilio_whatsapp.channel import TwilioWhatsApp
from channels.whatsapp_rules.templates import WindowRule
from core.model.messages import (
    Address,
    AddressKind,
    ChannelId,
    Conversation,
    OutboundFile,
    OutboundMessage,
)
from tests.channels.twilio.signing import HOOK, NOW, STATUS, TOKEN

ACCOUNT = "AC" + "a" * 32
SERVICE = "MG" + "b" * 32
NUMBER = "+6281100001111"
CITIZEN = "+6281234567890"
CHANNEL = ChannelId("wa")


class StoppedClock:
    def now(self) -> datetime:
        return NOW


def lent(file: OutboundFile) -> str:
    return f"https://helpdesk.contoh.go.id/hooks/wa/berkas/1/{file.filename}"


def door(rule: WindowRule | None = None, **changes: Any) -> TwilioWhatsApp:
    values: dict[str, Any] = {
        "id": CHANNEL,
        "account_sid": ACCOUNT,
        "auth_tokens": (TOKEN,),
        "from_number": NUMBER,
        "messaging_service_sid": None,
        "own_numbers": (),
        "webhook_url": HOOK,
        "status_url": STATUS,
    }
    told = TwilioSettings(**(values | changes))
    return TwilioWhatsApp(told, rule or WindowRule({}), StoppedClock(), lent)


def inbound(**changes: str) -> dict[str, str]:
    """The fields of an ordinary message, as captured."""
    fields = {
        "SmsMessageSid": "SM" + "1" * 32,
        "NumMedia": "0",
        "ProfileName": "Bu Sri",
        "MessageType": "text",
        "SmsSid": "SM" + "1" * 32,
        "WaId": "6281234567890",
        "SmsStatus": "received",
        "Body": "HELPDESK internet kantor mati sejak pagi",
        "To": f"whatsapp:{NUMBER}",
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "MessageSid": "SM" + "1" * 32,
        "AccountSid": ACCOUNT,
        "From": f"whatsapp:{CITIZEN}",
        "ApiVersion": "2010-04-01",
    }
    return fields | changes


def report(**changes: str) -> dict[str, str]:
    fields = {
        "ChannelPrefix": "whatsapp",
        "ApiVersion": "2010-04-01",
        "MessageStatus": "read",
        "SmsSid": "SM" + "2" * 32,
        "SmsStatus": "read",
        "ChannelInstallSid": "XE" + "3" * 32,
        "To": f"whatsapp:{CITIZEN}",
        "From": f"whatsapp:{NUMBER}",
        "MessageSid": "SM" + "2" * 32,
        "AccountSid": ACCOUNT,
        "ChannelToAddress": "+628123456XXXX",
    }
    return fields | changes


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
        "recipient": Address(AddressKind.WHATSAPP, CITIZEN),
        "text": "Laporan diterima, no tiket HD26-004217-4.",
        "purpose": "ack",
        "conversation": conversation(),
    }
    return OutboundMessage(**(values | changes))
