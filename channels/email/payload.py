"""From a mail as read to what the house takes in (providers.md §13.1 to §13.3, §13.7, §13.10).

An address is one identity whatever its case: the domain is compared so anyway, and no provider of
note tells mailboxes apart by the case of their local part, while citizens write both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from channels.email.judging import House, judge
from channels.email.tokens import marks_of
from core.model.messages import (
    Address,
    AddressKind,
    Attachment,
    DeliveryReport,
    DeliveryState,
    InboundMessage,
)
from core.model.sentences import said

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from channels.email.dsn import Bounce
    from channels.email.mail import Mail
    from channels.email.tokens import OwnId
    from core.model.messages import ChannelId, Inbound

OLD = "surel lama, sudah ada sebelum kotak surat ini dihubungkan"
"""Why mail from before the first start is not acknowledged."""

LATE = timedelta(minutes=10)
"""In the mailbox for longer than this: we were away."""

LONGEST_ID = 230
"""Characters of a Message-ID that stand in the key; of a longer one its hash is enough."""

_AHEAD = timedelta(minutes=10)  # clocks of senders


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a mail came.

    Attributes:
        received_at: ours, aware UTC.
        sender: of the envelope, "" the null sender; None: only the mail itself tells.
        recipients: of the envelope; empty: only the mail itself tells.
        arrived_at: in the mailbox, by its server's clock; None for SMTP.
        old: it was there before the mailbox was connected.
    """

    received_at: datetime
    sender: str | None = None
    recipients: tuple[str, ...] = ()
    arrived_at: datetime | None = None
    old: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """What this channel knows of itself.

    Attributes:
        address: the desk's; the domain of ids of ours is its domain.
    """

    channel: ChannelId
    address: str
    house: House

    def canonical(self, own: OwnId) -> str:
        """The id of an item of ours as we once wrote it, whatever a relay made of it."""
        domain = self.address.rpartition("@")[2]
        return self.house.seal.message_id(own.item_id, own.number, domain)


def read(mail: Mail, raw: bytes, arrival: Arrival, desk: Desk) -> list[Inbound]:
    """The message, behind the reports on mails of ours that it holds. Pure."""
    verdict = judge(mail, arrival.sender, desk.house, raw)
    recipients = tuple(dict.fromkeys((*arrival.recipients, *mail.delivered_to)))
    marks = marks_of(mail, recipients, desk.house.seal)
    bounce = verdict.bounce
    message = InboundMessage(
        channel=desk.channel,
        external_id=key_of(mail),
        sender=_sender(mail),
        text=mail.text,
        received_at=arrival.received_at,
        sent_at=_sent_at(mail, arrival),
        subject=mail.subject,
        sender_name=mail.sender.name or None if mail.sender else mail.from_raw[:200] or None,
        recipient=_recipient(mail, recipients, desk),
        attachments=_attachments(mail),
        references=_references(mail, (*marks.items, *(bounce.items if bounce else ())), desk),
        headers=mail.headers,
        raw=raw,
        late=arrival.arrived_at is not None and arrival.received_at - arrival.arrived_at > LATE,
        thread_id=mail.message_id or None,
        proven=marks.number or (bounce.number if bounce else None),
        machine=verdict.machine,
        quiet=verdict.quiet or (OLD if arrival.old else ""),
        html=mail.html,
    )
    return [*(_reports(bounce, arrival, desk) if bounce else ()), message]


def only_beginning(message: InboundMessage, size: int) -> InboundMessage:
    """A message of which only the beginning was fetched; its files are not whole."""
    note = f"[Surel ini terlalu besar ({size // 2**20} MB): lampirannya tetap di kotak surat.]"
    return replace(message, attachments=(), text=f"{message.text.rstrip()}\n\n{note}")


def key_of(mail: Mail) -> str:
    """The same for the same mail by whatever way it came (§13.3).

    The id alone would make one of two mails that share it; the content alone would make one of two
    mails that a citizen really sent twice.
    """
    known = mail.message_id if len(mail.message_id) <= LONGEST_ID else ""
    return f"{known}#{mail.content_hash}" if known else f"#{mail.content_hash}"


def _sender(mail: Mail) -> Address:
    if mail.sender is None:
        # nobody that could be answered or known again; the same mail must give the same address
        return Address(AddressKind.CLAIM, f"surel-{mail.content_hash[:32]}")
    return Address(AddressKind.EMAIL, mail.sender.address.lower())


def _sent_at(mail: Mail, arrival: Arrival) -> datetime | None:
    """When the sender says, unless that is still to come; else when it reached the mailbox."""
    if mail.date is not None and mail.date <= arrival.received_at + _AHEAD:
        return mail.date
    return arrival.arrived_at


def _recipient(mail: Mail, recipients: Iterable[str], desk: Desk) -> str:
    shown = [one.address for one in (*mail.to, *mail.cc)]
    ours = (one for one in (*recipients, *shown) if desk.house.is_own(one))
    return next(ours, desk.address).lower()


def _attachments(mail: Mail) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(f"part:{part.index}", part.content_type, part.filename, part.size)
        for part in mail.parts
    )


def _references(mail: Mail, items: Iterable[OwnId], desk: Desk) -> tuple[str, ...]:
    """Ids of ours as we wrote them, then those that the mail names, nearest first."""
    ours = (desk.canonical(item) for item in items)
    return tuple(dict.fromkeys((*ours, *mail.references)))


def _reports(bounce: Bounce, arrival: Arrival, desk: Desk) -> Iterable[DeliveryReport]:
    """Only of mails whose signed id came back: any other bounce may be forged."""
    failed = [one for one in bounce.recipients if one.failed]
    if not failed:
        return
    status = next((one.status for one in failed if one.status), "")
    for item in dict.fromkeys(bounce.items):
        yield DeliveryReport(
            channel=desk.channel,
            external_id=desk.canonical(item),
            state=DeliveryState.FAILED,
            at=arrival.received_at,
            item_id=item.item_id,
            code=status,
            reason=said("Surel dikembalikan oleh peladen penerima."),
        )
