"""Addresses of pages that nobody can make up and that need not be stored (threats.md row 62)."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32decode, b32encode
from dataclasses import dataclass
from typing import Final

_TOKEN_BYTES: Final = 10  # 80 bits, as for the other links that open something
_ID_BYTES: Final = 5


@dataclass(frozen=True, slots=True)
class SignedLinks:
    """Addresses that end in a number and its mark.

    Attributes:
        base: of the page, with its last slash: ``https://helpdesk.contoh.go.id/s/``.
        key: secret of the office; another key makes all old addresses void.
        purpose: what the number is of: a link for one page opens no other.
    """

    base: str
    key: bytes
    purpose: bytes = b"survey"

    def __call__(self, number: int) -> str:
        """The address of the page about this number."""
        return self.base + self.token(number)

    def token(self, number: int) -> str:
        """What the address ends in: lower-case letters and digits."""
        plain = number.to_bytes(_ID_BYTES, "big")
        return b32encode(plain + self._mark(plain)).decode().lower()

    def read(self, token: str) -> int | None:
        """The number; None for what we have not given out."""
        if not token.isascii() or token != token.lower():
            return None
        try:
            held = b32decode(token.upper())
        except ValueError:
            return None
        plain, mark = held[:_ID_BYTES], held[_ID_BYTES:]
        known = hmac.compare_digest(mark, self._mark(plain))
        return int.from_bytes(plain, "big") if known else None

    def _mark(self, plain: bytes) -> bytes:
        return hmac.digest(self.key, self.purpose + plain, hashlib.sha256)[:_TOKEN_BYTES]
