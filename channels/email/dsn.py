"""Delivery reports as RFC 3464 writes them, and as those who nearly do (providers.md §13.7)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from channels.email.addresses import addr_spec
from channels.email.bounce_status import status_in, status_of
from channels.email.header_values import one_line
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from channels.email.mail import Report
    from channels.email.tokens import OwnId

MOST_RECIPIENTS = 100
"""Recipients that are read from one report."""

_ACTIONS = {
    "failed": "failed",
    "failure": "failed",
    "fail": "failed",
    "error": "failed",  # OpenSMTPD
    "delayed": "delayed",
    "delay": "delayed",
    "warning": "delayed",
    "delivered": "delivered",
    "relayed": "relayed",
    "expanded": "expanded",
}
_ADDRESSES = ("original-recipient", "final-recipient", "x-actual-recipient", "x-original-rcpt-to")
_XTEXT = re.compile(r"\+(2B|3D)")  # what addresses hold of it (RFC 3461 §4)
_ID = re.compile(rb"^message-id:\s*<?([^\s<>]{1,300})>?", re.IGNORECASE | re.MULTILINE)
_HEAD = 65_536  # bytes of a returned message in which its Message-ID is looked for


@value
class FailedRecipient:
    """What a report says of one recipient.

    Attributes:
        address: as we wrote to it where the report says so; "" when it names none.
        action: ``failed``, ``delayed``, ``delivered``, ``relayed`` or ``expanded``.
        status: RFC 3463, e.g. ``5.1.1``: as the server says, else as its words mean; "" for none.
        diagnostic: what the other server said, one line; it may hold addresses.
    """

    address: str
    action: str = "failed"
    status: str = ""
    diagnostic: str = ""

    @property
    def failed(self) -> bool:
        """Whether this recipient will not get the mail; a delay is no failure."""
        return self.action == "failed"


@value
class Bounce:
    """A mail that says what became of another mail.

    Attributes:
        recipients: one for each that the report names; may be empty.
        items: the outbox item that it returns, by its signed id, or nothing. Only a bounce that
            has it may mark an address: any other may be forged.
        number: ticket that a signed mark in it names; None for none.
        returned_id: Message-ID of the returned mail, without brackets, "" for none.
        envelope_id: Original-Envelope-Id, "" for none.
    """

    recipients: tuple[FailedRecipient, ...]
    items: tuple[OwnId, ...] = ()
    number: str | None = None
    returned_id: str = ""
    envelope_id: str = ""


def read_report(report: Report) -> Bounce | None:
    """The recipients of a delivery report; None when it is none (receipts, abuse reports)."""
    if not is_delivery_report(report):
        return None
    people = tuple(_recipients(report))
    named = tuple(one for one in people if one.address)  # some speak of the message in such words
    return Bounce(
        recipients=named or people,
        returned_id=returned_id_in(report.returned),
        envelope_id=one_line(_field(report, "original-envelope-id")),
    )


def is_delivery_report(report: Report) -> bool:
    """By what its blocks say, else by its kind: many name the wrong kind, or none."""
    if is_other_report(report):
        return False
    if any(_speaks_of_recipient(block) for block in report.blocks):
        return True
    return report.kind in ("delivery-status", "global-delivery-status")


def is_other_report(report: Report) -> bool:
    """A read receipt (RFC 8098) or an abuse report (RFC 5965): a machine's, but no bounce."""
    if _field(report, "disposition") or _field(report, "feedback-type"):
        return True
    return report.kind in ("disposition-notification", "feedback-report") and not any(
        _speaks_of_recipient(block) for block in report.blocks
    )


def _speaks_of_recipient(block: Mapping[str, str]) -> bool:
    return bool(block.keys() & {*_ADDRESSES, "action", "diagnostic-code"})


def _recipients(report: Report) -> Iterator[FailedRecipient]:
    for block in report.blocks[:MOST_RECIPIENTS]:
        if not _speaks_of_recipient(block):
            continue
        diagnostic = one_line(_typeless(block.get("diagnostic-code", "")))
        said = status_in(block.get("status", "")) or status_in(diagnostic)
        action = _action(block.get("action", ""), said)
        status = said or status_of(diagnostic, action)
        yield FailedRecipient(_address(block), action, status, diagnostic)


def _action(written: str, status: str) -> str:
    """The first word; comments follow it at times. Without one the status tells."""
    word = re.match(r"\s*([a-z]+)", written.lower())
    known = _ACTIONS.get(word[1]) if word else None
    return known or ("delayed" if status.startswith("4") else "failed")


def _address(block: Mapping[str, str]) -> str:
    """Original-Recipient before Final-Recipient: ours before what an alias made of it."""
    for name in _ADDRESSES:
        written = block.get(name, "").split("\n", 1)[0]
        kind, _, rest = written.partition(";")
        bare = (rest or kind).strip().strip("<>").strip()
        if name == "original-recipient":
            bare = _XTEXT.sub(lambda found: chr(int(found[1], 16)), bare)
        found = addr_spec(bare.split()[0]) if bare.split() else None
        if found and "@" in found:
            return found
    return ""


def _typeless(diagnostic: str) -> str:
    """Without the type in front (``smtp;``, ``x-postfix;``)."""
    return re.sub(r"^\s*[A-Za-z][A-Za-z0-9-]{0,19}\s*;\s*", "", diagnostic)


def _field(report: Report, name: str) -> str:
    return next((block[name] for block in report.blocks if name in block), "")


def returned_id_in(returned: bytes) -> str:
    """The first Message-ID in a returned mail, without brackets; "" for none."""
    found = _ID.search(returned[:_HEAD])
    return found[1].decode("ascii", "replace") if found else ""
