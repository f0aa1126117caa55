"""What proves that somebody may follow a ticket: codes, and addresses that were only typed.

The number of a ticket is an identifier, not a secret (threats.md row 62): whoever wants to see a
ticket's progress on the public page also holds a code. A web form shows its code once, with the
number; for every other channel a code goes to the address that the ticket came from.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.model.messages import Address, ChannelId

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""32 signs without I, L, O and U, which are read as others: five bits each."""

LONG: Final = 12
"""Signs of a code that a form shows: 60 bits, so that no guessing pays, whatever the limits."""

SHORT: Final = 8
"""Signs of a code that is sent: 40 bits, and it lives for minutes only."""

SHORT_LIFE: Final = timedelta(minutes=15)
"""How long a code that was sent opens its ticket."""

FREE_FAILURES: Final = 5
"""Wrong codes for one ticket before short codes must wait."""

LONGEST_WAIT: Final = timedelta(minutes=15)
"""A stranger's guesses hold the citizen up no longer than this."""

CLAIM_LIFE: Final = timedelta(days=7)
"""How long the link of a confirmation mail works."""

MAILS_A_DAY: Final = 3
"""Confirmation mails to one address within a day (providers.md §2.6)."""

DAY: Final = timedelta(days=1)

_SLIPS = str.maketrans("OILU", "011V")
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015._]+")
_LONGEST_TYPED = 64
_NOBODY = "0" * 64


def code_from(secret: bytes, cause: str, length: int) -> str:
    """The code that this cause always gets: ``7KQ2-M9XT-0D4H``.

    Made from the secret, not drawn by lot, so that a form posted twice shows the same code twice
    and only its hash need be kept.

    Args:
        secret: the office's.
        cause: what the code is for; another one, another code.
        length: signs, at most 24.
    """
    digest = hmac.digest(secret, f"code {cause}".encode(), "sha256")
    number = int.from_bytes(digest, "big")
    signs = [ALPHABET[(number >> (5 * place)) & 31] for place in range(length)]
    return "-".join("".join(signs[at : at + 4]) for at in range(0, length, 4))


def normal_code(typed: str) -> str:
    """The signs of a code as typed, without separators, slips mended; "" when it can be none."""
    if len(typed) > _LONGEST_TYPED:
        return ""
    signs = _BETWEEN.sub("", typed).upper().translate(_SLIPS)
    fits = len(signs) in (LONG, SHORT) and set(signs) <= set(ALPHABET)
    return signs if fits else ""


def code_hash(ticket_id: int, code: str) -> str:
    """What is kept of a code: SHA-256 over ticket and code, hex."""
    return hashlib.sha256(f"{ticket_id}:{normal_code(code)}".encode()).hexdigest()


@value
class TicketCode:
    """The code of a ticket as it is kept.

    Attributes:
        hash: of the code (:func:`code_hash`).
        sent: it was sent to the reporter and lives for :data:`SHORT_LIFE`; else a form showed it,
            and it stays.
        created_at: aware UTC.
        failures: wrong codes since then.
        locked_until: until then no short code opens; None: not locked.
    """

    ticket_id: int
    hash: str
    sent: bool
    created_at: datetime
    failures: int = 0
    locked_until: datetime | None = None


def opens(code: TicketCode | None, ticket_id: int, typed: str, now: datetime) -> bool:
    """Whether what was typed opens the ticket; takes the same time whether there is one or not.

    A long code opens always: no number of guesses locks its holder out, and none finds it. A
    short one must be young and not waiting.
    """
    expected = code.hash if code else _NOBODY
    same = hmac.compare_digest(code_hash(ticket_id, typed), expected) and bool(normal_code(typed))
    if code is None or not code.sent:
        return same
    waiting = code.locked_until is not None and code.locked_until > now
    return same and not waiting and now < code.created_at + SHORT_LIFE


def after_failure(code: TicketCode, now: datetime) -> TicketCode:
    """The code after one wrong guess: beyond five the wait doubles from a minute to fifteen."""
    failures = code.failures + 1
    over = failures - FREE_FAILURES
    until = code.locked_until
    if over >= 0:
        until = now + min(timedelta(minutes=1 << min(over, 10)), LONGEST_WAIT)
    return TicketCode(code.ticket_id, code.hash, code.sent, code.created_at, failures, until)


@value
class Claim:
    """An address that somebody typed as a contact: a claim until its owner confirms it.

    Attributes:
        token_hash: of the secret in the link; begins with ``unsent:`` where no mail went out.
        confirmed_at: when the owner confirmed it, aware UTC; None: not yet.
    """

    token_hash: str
    ticket_id: int
    address: Address
    created_at: datetime
    confirmed_at: datetime | None = None


UNSENT: Final = "unsent:"
"""Before the hash of a claim that no mail was sent for; no link ever has it."""


def token_hash(token: str) -> str:
    """What is kept of the secret in a confirmation link."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def may_mail(mailed: Iterable[Claim], now: datetime) -> bool:
    """Whether one more confirmation mail may go to an address.

    One unanswered mail a day at most, so that ten thousand forms naming a stranger send him one
    (threats.md row 28); whoever confirms may get three.

    Args:
        mailed: the claims of this address for which a mail went out.
        now: aware UTC.
    """
    today = [claim for claim in mailed if claim.created_at > now - DAY]
    unanswered = any(claim.confirmed_at is None for claim in today)
    return not unanswered and len(today) < MAILS_A_DAY


@value
class Reporter:
    """Where a ticket came from, as far as a code may be sent there.

    Attributes:
        blocked: why nothing may be sent, "" when it may.
    """

    ticket_id: int
    channel: ChannelId
    address: Address
    address_id: int
    blocked: str = ""
