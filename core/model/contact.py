"""Ways to reach a person as typed into a form: read strictly, or refused (threats.md row 8)."""

from __future__ import annotations

import re

from core.model.messages import Address, AddressKind
from core.model.phone import sms_sender

LONGEST_EMAIL = 254
"""Characters of an address that mail servers take (RFC 5321, 4.5.3.1.3)."""

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LONGEST_LOCAL = 64
_LONGEST_PHONE = 64


def typed_phone(text: str) -> Address | None:
    """A phone number in any usual spelling, as ``+62…``; None when it is none.

    Numbers abroad need ``+`` or ``00`` and must be valid ones.
    """
    if not text.strip() or len(text) > _LONGEST_PHONE:
        return None
    address = sms_sender(text)
    return address if address.kind is AddressKind.PHONE else None


def typed_email(text: str) -> Address | None:
    """A plain ``name@domain``, the domain in lower case and as A-labels; None for all else.

    No display name, comment, quoted name, address literal or second address: what could be read
    in two ways is refused rather than guessed.
    """
    written = text.strip()
    local, at, domain = written.partition("@")
    plain = _domain(domain)
    if not at or plain is None or len(local) > _LONGEST_LOCAL or not _LOCAL.fullmatch(local):
        return None
    whole = f"{local}@{plain}"
    return Address(AddressKind.EMAIL, whole) if len(whole) <= LONGEST_EMAIL else None


def _domain(text: str) -> str | None:
    # IDNA drops invisible signs instead of refusing them.
    if len(text) > LONGEST_EMAIL or not text.isprintable():
        return None
    try:
        plain = text.encode("idna").decode().lower()
    except UnicodeError:
        return None
    labels = plain.split(".")
    named = len(labels) > 1 and not labels[-1].isdigit()
    return plain if named and all(map(_LABEL.fullmatch, labels)) else None
