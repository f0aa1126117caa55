"""A door to Jasmin with settings of a made-up office."""

from __future__ import annotations

from typing import Any

from channels.jasmin.channel import Jasmin, JasminSettings
from tests.channels.local_sms.asking import BASE, CHANNEL, SECRET, asked, coded

PASSWORD = "sandi-untuk-jasmin"
UUID = "16fd2706-8baf-433b-82eb-8c7fada847da"


def settings(**changes: Any) -> JasminSettings:
    values: dict[str, Any] = {
        "id": CHANNEL,
        "secrets": (SECRET,),
        "username": "helpdesk",
        "password": PASSWORD,
        "status_url": f"{BASE}/status",
    }
    return JasminSettings(**(values | changes))


def door(**changes: Any) -> Jasmin:
    return Jasmin(settings(**changes))


def text_fields(content: bytes = b"HELPDESK lampu mati", /, **changes: Any) -> dict[str, Any]:
    """The form of an ordinary text, after Jasmin's documentation."""
    fields: dict[str, Any] = {
        "id": UUID,
        "from": "6281234567890",
        "to": "3636",
        "origin-connector": "operator",
        "priority": "0",
        "coding": "0",
        "validity": "",
        "content": content,
        "binary": content.hex(),
    }
    return fields | changes


def texted(content: bytes = b"HELPDESK lampu mati", /, **changes: Any) -> Any:
    """The request of such a text."""
    return asked("", coded(text_fields(content, **changes)).encode())
