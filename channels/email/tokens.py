"""Signed marks that bring a mail back to its ticket (providers.md §12, §13.2, threats.md row 1).

Two of them, both in lower case only, because some senders fold the case of addresses:

* ``surel+26004217<mac>@domain``: the Reply-To of what we send about a ticket;
* ``hd.<item>.<number>.<mac>@domain``: the Message-ID of an outbox item, the same at each attempt,
  found again within an id that a relay rewrote around it.

``mac`` are 100 bits of HMAC-SHA256 in base32. A mark that was changed anywhere is no mark.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from core.model.numbers import TicketNumber, parse_number
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from channels.email.mail import Mail

SHORTEST_SECRET = 16
"""Characters."""

_MAC = 20  # base32 characters of five bits
_PLUS = re.compile(rf"\+([0-9]{{8,12}})([a-z2-7]{{{_MAC}}})@", re.IGNORECASE)
_ID = re.compile(
    rf"(?<![a-z0-9])hd\.([0-9]{{1,18}})\.([0-9]{{1,12}})\.([a-z2-7]{{{_MAC}}})(?![a-z0-9])",
    re.IGNORECASE,
)
_HEAD = 262_144  # bytes of a returned message that are looked through
_MOST = 50  # marks that are verified in one place


@value
class OwnId:
    """What a Message-ID of our making says.

    Attributes:
        item_id: the outbox item that it was.
        number: of its ticket; None for a text about none.
    """

    item_id: int
    number: str | None


@value
class Marks:
    """The signed marks of one mail.

    Attributes:
        number: the ticket they name: by an address first, else by an id; None for none.
        items: outbox items that the mail answers or returns, nearest first.
        others: further tickets named; more than one is worth a note.
    """

    number: str | None = None
    items: tuple[OwnId, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seal:
    """Signs and verifies.

    Attributes:
        secrets: the first signs, all verify, so that a new one can be brought in.
        prefix: of the office's ticket numbers.
    """

    secrets: tuple[str, ...] = field(repr=False)
    prefix: str

    def __post_init__(self) -> None:
        """Raises ValueError: a mark that anybody can make is none."""
        if not self.secrets or any(len(one.strip()) < SHORTEST_SECRET for one in self.secrets):
            message = f"a secret of at least {SHORTEST_SECRET} characters is needed"
            raise ValueError(message)

    def reply_address(self, address: str, number: str) -> str:
        """The address with the ticket's mark: where an answer is to go.

        An address that carries a plus part already loses it.
        """
        local, _, domain = address.rpartition("@")
        digits = self._digits(number)
        if digits is None:
            return address
        mac = self._mac(f"alamat:{digits}", self.secrets[0])
        return f"{local.partition('+')[0]}+{digits}{mac}@{domain}"

    def message_id(self, item_id: int, number: str | None, domain: str) -> str:
        """The Message-ID of an item, without brackets."""
        digits = (self._digits(number) if number else None) or "0"
        mac = self._mac(f"pesan:{item_id}:{digits}", self.secrets[0])
        return f"hd.{item_id}.{digits}.{mac}@{domain}"

    def ticket_at(self, address: str) -> str | None:
        """The number of the ticket whose mark an address carries, else None."""
        found = _PLUS.search(address)
        if found is None or not self._signed(f"alamat:{found[1]}", found[2]):
            return None
        return self._number(found[1])

    def own_id(self, message_id: str) -> OwnId | None:
        """What an id of our making says; None for any other, or one that was changed."""
        return next(self._own_ids(message_id), None)

    def _own_ids(self, text: str) -> Iterator[OwnId]:
        for count, found in enumerate(_ID.finditer(text)):
            if count == _MOST:
                return
            item, digits, mac = found.groups()
            if self._signed(f"pesan:{item}:{digits}", mac):
                yield OwnId(int(item), self._number(digits))

    def ids_in(self, raw: bytes) -> tuple[OwnId, ...]:
        """Ids of ours anywhere in the head of a returned message, without repeats."""
        return tuple(dict.fromkeys(self._own_ids(raw[:_HEAD].decode("latin-1"))))

    def tickets_in(self, raw: bytes) -> tuple[str, ...]:
        """Tickets whose address mark stands anywhere in the head of a returned message."""
        text = raw[:_HEAD].decode("latin-1")
        plus = (f"+{one[1]}{one[2]}@" for one in list(_PLUS.finditer(text))[:_MOST])
        return _known(self.ticket_at(one) for one in plus)

    def _digits(self, number: str) -> str | None:
        parsed = parse_number(self.prefix, number)
        return f"{parsed.year:02d}{parsed.sequence:06d}" if parsed else None

    def _number(self, digits: str) -> str | None:
        if int(digits) == 0:
            return None
        return str(TicketNumber(self.prefix, int(digits[:2]), int(digits[2:])))

    def _signed(self, text: str, mac: str) -> bool:
        return any(
            hmac.compare_digest(self._mac(text, secret), mac.lower()) for secret in self.secrets
        )

    @staticmethod
    def _mac(text: str, secret: str) -> str:
        found = hmac.digest(secret.encode(), f"helpdesk:{text}".encode(), sha256)
        return b32encode(found).decode().lower()[:_MAC]


def marks_of(mail: Mail, recipients: Iterable[str], seal: Seal) -> Marks:
    """The marks of a mail: in its addresses, then in the ids it answers, then in what it returns.

    Args:
        mail: as read; every header is a claim, but a mark in it is signed.
        recipients: of the envelope.
        seal: ours.
    """
    addresses = [*recipients, *mail.delivered_to, *(one.address for one in (*mail.to, *mail.cc))]
    named = _known(seal.ticket_at(one) for one in addresses)
    items = [seal.own_id(one) for one in mail.references]
    if mail.report is not None:
        items += seal.ids_in(_report_text(mail))
        named += seal.tickets_in(mail.report.returned)
    known = tuple(dict.fromkeys(one for one in items if one is not None))
    numbers = tuple(dict.fromkeys((*named, *_known(one.number for one in known))))
    return Marks(numbers[0] if numbers else None, known, numbers[1:])


def _report_text(mail: Mail) -> bytes:
    """The fields of the report (Original-Envelope-Id) and what was returned."""
    if mail.report is None:
        return b""
    fields = "\n".join(text for block in mail.report.blocks for text in block.values())
    return fields.encode("utf-8", "replace") + b"\n" + mail.report.returned


def _known(numbers: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in numbers if one))
