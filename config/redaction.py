"""Keeps secrets, identity and phone numbers out of the log, and a log line on one line.

Threats.md row 59: redaction sits where lines are written, so that a careless call, a library or
a traceback cannot get around it.
"""

from __future__ import annotations

import base64
import json
import re
from itertools import cycle
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from core.model.masking import mask_identity, mask_phone

if TYPE_CHECKING:
    from collections.abc import Iterable

HIDDEN = "[hidden]"
LONGEST_VALUE = 2_000
"""Characters of one value that are written; a message may be a megabyte."""

SHORTEST_SECRET = 6
"""Shorter secrets are not searched for: they would blot out ordinary words."""

# As people write numbers, glued to words or not; then any bare run, unless letters make it an id
# or a dot a fraction. Every repeat is bounded, so that no text makes the search slow.
_PHONE = re.compile(
    r"(?<!\d)(?:(?:\+|%2B)[ (]?\d|\(?0\d|62[ .-]?\d)(?:[ .()\u00a0-]{0,2}\d){7,13}(?!\d)"
    r"|(?<![\w.-])\d{9,15}(?!\w)",
    re.IGNORECASE,
)
_MANY_DIGITS = re.compile(r"\d(?:\W{0,3}\d){8}")
# A provider's id must stay whole, or nobody finds the message again; its digits are no number.
_ID = re.compile(r"\b((?:SM|MM)[0-9a-f]{32})\b")
_USER_INFO = re.compile(r"(?<=://)[^/@\s\"']{1,300}@")


class Redactor:
    """Masks what must not be read in a log. Made once per configuration; no state."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets for form in _forms(secret)}
        # Longest first, so that a secret inside another does not leave the rest standing.
        self._forms = tuple(sorted(forms, key=lambda form: (-len(form), form)))

    def text(self, value: str) -> str:
        """A value with secrets, credentials in URLs, identity and phone numbers masked."""
        # Secrets go first: one with digits in it would be half masked as a number, half shown,
        # and half a secret, cut off at the end, would not be recognised any more.
        value = self.secrets(value)
        if len(value) > LONGEST_VALUE:
            value = f"{value[:LONGEST_VALUE]}… ({len(value)} characters)"
        if "://" in value and "@" in value:
            value = _USER_INFO.sub("", value)
        if _MANY_DIGITS.search(value):
            value = "".join(
                part if odd else _PHONE.sub(_masked_phone, mask_identity(part))
                for part, odd in zip(_ID.split(value), cycle((False, True)), strict=False)
            )
        return value

    def secrets(self, value: str) -> str:
        """A value without the secrets in any form they are usually written."""
        if len(value) < SHORTEST_SECRET:
            return value
        for form in self._forms:
            if form in value:
                value = value.replace(form, HIDDEN)
        return value


def one_line(value: str) -> str:
    """The value with everything escaped that could end a line, move a cursor or turn a text."""
    if value.isprintable():
        return value
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in value
    )


def _masked_phone(found: re.Match[str]) -> str:
    return mask_phone(
        re.sub(r"[^0-9+]", "", found.group().replace("%2B", "+").replace("%2b", "+"))
    )


def _forms(secret: str) -> Iterable[str]:
    """A secret as it is, in a URL, in JSON, as Python shows it, and within base64."""
    secret = secret.strip()
    if len(secret) < SHORTEST_SECRET:
        return ()
    raw = secret.encode("utf-8", "surrogatepass")
    return (
        secret,
        quote(secret, safe="", errors="replace"),
        quote_plus(secret, errors="replace"),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        repr(raw)[2:-1],
        *_in_base64(raw),
    )


def _in_base64(raw: bytes) -> Iterable[str]:
    """The part of the base64 text that is the same whatever stands before and after the secret."""
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + raw).decode("ascii").rstrip("=")
        first = (0, 2, 3)[shift]
        last = len(coded) - (1 if (shift + len(raw)) % 3 else 0)
        if last - first >= SHORTEST_SECRET:
            yield coded[first:last]
