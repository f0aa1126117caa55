"""Accounts of citizens: optional, opened by a code to an address of their own (DK-17, DK-18).

There is no password to choose, to lose or to steal. Nothing that is done with an account needs
one: tickets are opened, followed and answered without.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from core.model.contact import typed_email, typed_phone
from core.model.messages import Address, AddressKind
from core.model.proof import SHORT_LIFE, normal_code
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model.messages import ChannelId
    from core.model.ticket import Status

LOGIN: Final = "login"
"""Purpose of a code that lets somebody in."""

ACCOUNT_CODE: Final = "account_code"
"""Purpose of the message that brings a code."""

MOST_FAILURES: Final = 5
"""Wrong tries before a code is void: 40 bits and five tries leave a guess no chance."""

SESSION_IDLE: Final = timedelta(hours=2)
SESSION_LIFE: Final = timedelta(hours=12)
"""As for staff: telephones are shared, and a new code costs a minute."""

RESEND: Final = timedelta(minutes=2)
"""No second code before that: each costs the office an SMS."""


def tie_purpose(contact_id: int) -> str:
    """Purpose of a code that ties an address to a person."""
    return f"tie:{contact_id}"


@value
class AccountCode:
    """A code that was sent, as it is kept.

    Attributes:
        hash: of address, purpose and code (:func:`account_hash`).
    """

    address_id: int
    purpose: str
    hash: str
    created_at: datetime
    failures: int = 0

    def alive(self, now: datetime) -> bool:
        """Whether it may still be used."""
        return now < self.created_at + SHORT_LIFE and self.failures < MOST_FAILURES

    def opens(self, typed: str, now: datetime) -> bool:
        """Whether this is the code, in time. Only a hash is compared: its timing tells nothing."""
        own = account_hash(self.address_id, self.purpose, typed)
        return self.alive(now) and bool(normal_code(typed)) and own == self.hash


def account_hash(address_id: int, purpose: str, code: str) -> str:
    """SHA-256 over address, purpose and code, hex: a code for one opens nothing else."""
    return hashlib.sha256(f"{purpose}:{address_id}:{normal_code(code)}".encode()).hexdigest()


@value
class AccountSession:
    """A browser in which a citizen is logged in; ``token_hash`` of what its cookie holds."""

    token_hash: str
    contact_id: int
    seen_at: datetime
    expires_at: datetime

    def alive(self, now: datetime) -> bool:
        """Whether it still opens anything."""
        return now < self.expires_at and now < self.seen_at + SESSION_IDLE


@value
class Reached:
    """An address that has written to us, locked until the end.

    Attributes:
        contact_id: the person it is tied to; None: nobody registered it.
        channel: where it wrote last; None: never by a door of ours.
        blocked: no text may go there: STOP, or it cannot be reached.
    """

    address_id: int
    address: Address
    contact_id: int | None = None
    channel: ChannelId | None = None
    blocked: bool = False


@value
class OwnTicket:
    """A ticket as its reporter's list shows it."""

    number: str
    subject: str
    status: Status
    reason: str
    opened_at: datetime
    status_at: datetime


def typed_addresses(text: str) -> Sequence[Address]:
    """What somebody may mean who types a phone number or a mail address; () for anything else.

    A number may have written by SMS and by WhatsApp: both are that person's.
    """
    if email := typed_email(text):
        return (email,)
    phone = typed_phone(text)
    return (phone, Address(AddressKind.WHATSAPP, phone.value)) if phone else ()


def account_code_text(office: str, code: str) -> str:
    """The code, in one SMS of GSM-7; fixed, no word of whoever caused it (threats.md row 28)."""
    minutes = int(SHORT_LIFE.total_seconds()) // 60
    return (
        f"Kode masuk {office[:40]}: {code}. Berlaku {minutes} menit. "
        "Jangan berikan kepada siapa pun. Tidak meminta? Abaikan pesan ini."
    )
