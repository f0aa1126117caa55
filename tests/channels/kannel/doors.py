"""A door to Kannel with settings of a made-up office."""

from __future__ import annotations

from typing import Any

from channels.kannel.channel import Kannel, KannelSettings
from tests.channels.local_sms.asking import BASE, CHANNEL, NUMBER, SECRET, asked, coded

PASSWORD = "sandi-untuk-sendsms"


def settings(**changes: Any) -> KannelSettings:
    values: dict[str, Any] = {
        "id": CHANNEL,
        "secrets": (SECRET,),
        "username": "helpdesk",
        "password": PASSWORD,
        "from_number": NUMBER,
        "status_url": f"{BASE}/status",
    }
    return KannelSettings(**(values | changes))


def door(**changes: Any) -> Kannel:
    return Kannel(settings(**changes))


def text_fields(**changes: str | bytes) -> dict[str, str | bytes]:
    """The query of an ordinary text, as captured from Kannel 1.4.5."""
    fields: dict[str, str | bytes] = {
        "id": "676a98e0-ba78-45f6-a0c0-84bb9a8b5809",
        "ts": "1795398337",
        "sender": "081234567890",
        "to": "3636",
        "message": "HELPDESK  lampu   mati",
        "coding": "0",
        "charset": "UTF-8",
        "smsc": "FAKE",
    }
    return fields | changes


def texted(**changes: str | bytes) -> Any:
    """The request of such a text."""
    return asked(coded(text_fields(**changes)))
