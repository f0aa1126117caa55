"""A configuration that is right, for tests that make one thing wrong."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SID = "AC" + "0123456789abcdef" * 2
TOKEN = "f00dfeedf00dfeedf00dfeedf00dfeed"

RIGHT: dict[str, Any] = {
    "office": {"name": "Dinas Kominfo Kabupaten Contoh"},
    "http": {"public_url": "https://helpdesk.contoh.go.id"},
    "channels": {
        "sms": {
            "kind": "twilio_sms",
            "account_sid": SID,
            "auth_token": TOKEN,
            "from_number": "+6281234567890",
        }
    },
}

GONE = object()
"""As a value: the key is left out."""


def tables(changes: Mapping[str, object] | None = None) -> dict[str, Any]:
    """The right configuration with ``"http.port": 1`` and the like laid over it."""
    made = deepcopy(RIGHT)
    for path, value in (changes or {}).items():
        *sections, key = path.split(".")
        table = made
        for section in sections:
            table = table.setdefault(section, {})
        if value is GONE:
            del table[key]
        else:
            table[key] = value
    return made
