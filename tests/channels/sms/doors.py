"""A door for text messages with settings of a made-up office."""

from __future__ import annotations

from typing import Any

from channels.sms.channel import TwilioSms, TwilioSmsSettings
from core.model.messages import Address, AddressKind, ChannelId, OutboundMessage
from tests.channels.twilio.signing import HOOK, NOW, STATUS, TOKEN

ACCOUNT = "AC" + "a" * 32
SERVICE = "MG" + "b" * 32
NUMBER = "+6281100001111"
CITIZEN = "+6281234567890"
CHANNEL = ChannelId("sms")


class StoppedClock:
    def now(self) -> Any:
        return NOW


def settings(**changes: Any) -> TwilioSmsSettings:
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
    return TwilioSmsSettings(**(values | changes))


def door(**changes: Any) -> TwilioSms:
    return TwilioSms(settings(**changes), StoppedClock())


def inbound(**changes: str) -> dict[str, str]:
    """The fields of an ordinary text, as captured; an empty change removes a field."""
    fields = {
        "ToCountry": "ID",
        "ToState": "",
        "SmsMessageSid": "SM" + "1" * 32,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": "SM" + "1" * 32,
        "FromState": "",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": "HELPDESK internet kantor mati sejak pagi",
        "FromCountry": "ID",
        "To": NUMBER,
        "ToZip": "",
        "NumSegments": "1",
        "MessageSid": "SM" + "1" * 32,
        "AccountSid": ACCOUNT,
        "From": CITIZEN,
        "ApiVersion": "2010-04-01",
    }
    return fields | changes


def report(**changes: str) -> dict[str, str]:
    fields = {
        "SmsSid": "SM" + "2" * 32,
        "SmsStatus": "delivered",
        "MessageStatus": "delivered",
        "To": CITIZEN,
        "MessageSid": "SM" + "2" * 32,
        "AccountSid": ACCOUNT,
        "From": NUMBER,
        "ApiVersion": "2010-04-01",
    }
    return fields | changes


def outbound(**changes: Any) -> OutboundMessage:
    values: dict[str, Any] = {
        "item_id": 123,
        "channel": CHANNEL,
        "recipient": Address(AddressKind.PHONE, CITIZEN),
        "text": "Laporan diterima, no tiket HD26-004217-4.",
    }
    return OutboundMessage(**(values | changes))
