"""Where the next page begins, as a text that nobody reads and nobody alters (threats.md §5, 95).

A cursor is bound to the list it came from: with another order or filter it is refused.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from core.model.listing import ListKey
from gateway.api.problems import NotDone, malformed

if TYPE_CHECKING:
    from core.ports.staff import Vault

_MARK: Final = 24
LONGEST: Final = 300


def make_cursor(vault: Vault, about: str, key: ListKey) -> str:
    """The cursor after this line of the list ``about``."""
    due = key.due_at.astimezone(UTC).isoformat() if key.due_at else None
    told = json.dumps([key.id, due, key.rank], separators=(",", ":"))
    return f"{_packed(told)}.{vault.digest(told, f'cursor {about}')[:_MARK]}"


def read_cursor(vault: Vault, about: str, cursor: str) -> ListKey:
    """The line that a cursor was made of. Raises NotDone: altered, or of another list."""
    packed, _, mark = cursor.partition(".")
    told = _unpacked(packed)
    known = [one[:_MARK] for one in vault.digests(told, f"cursor {about}")]
    if not told or not any(hmac.compare_digest(mark.encode(), one.encode()) for one in known):
        sentence = "Penunjuk halaman tidak cocok. Mulai lagi dari halaman pertama."
        raise NotDone(malformed(sentence, "after"))
    held: list[Any] = json.loads(told)
    number, due, rank = held
    return ListKey(number, datetime.fromisoformat(due) if due else None, rank)


def _packed(told: str) -> str:
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def _unpacked(packed: str) -> str:
    """Nothing for what is no cursor at all."""
    try:
        padded = packed.encode("ascii") + b"=" * (-len(packed) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error):
        return ""
