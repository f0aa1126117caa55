"""From what a batch did to a ticket or a sender to the rows that the store writes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from core.model.brief import UNTOUCHED
from core.model.filing import ClockEnding, SenderChange, TicketChange
from core.model.ticket import KnownTicket, NewTicket, Promise, Sender, Status

if TYPE_CHECKING:
    from core.model.events import Json
    from core.model.intent import Intent
    from core.model.messages import InboundMessage


@dataclass(slots=True)
class Draft:
    """A ticket that this batch opens (``new``) or changes, as it stands now.

    ``ticket.mine`` is as the sender sees it whose message came last.

    Attributes:
        renewed: its promises began anew.
        added: promises that this batch added to those that run.
    """

    ticket: KnownTicket
    version: int
    new: NewTicket | None = None
    contacts: int = 0
    renewed: bool = False
    added: list[Promise] = field(default_factory=list)


def with_changed(
    tickets: tuple[KnownTicket, ...], changed: KnownTicket
) -> tuple[KnownTicket, ...]:
    """The tickets of a sender, one of them as it is now."""
    return tuple(changed if ticket.id == changed.id else ticket for ticket in tickets)


def as_seen(ticket: KnownTicket, known: KnownTicket) -> KnownTicket:
    """A ticket as this batch has left it, as the sender sees it who knows it as ``known``."""
    if ticket.work is UNTOUCHED:  # it was changed for somebody whose message asked for no work
        return replace(ticket, mine=known.mine, work=known.work)
    return replace(ticket, mine=known.mine)


def bound(message: InboundMessage, message_id: int) -> dict[str, Json]:
    """What binds a message to the chain without repeating its text."""
    digest = hashlib.sha256(message.text.encode("utf-8", "surrogatepass")).hexdigest()
    return {"message": message_id, "text_sha256": digest}


def new_ticket(
    ticket: KnownTicket, message: InboundMessage, intent: Intent, address_id: int
) -> NewTicket:
    """The row of a ticket as it was opened."""
    return NewTicket(
        id=ticket.id,
        number=ticket.number,
        channel=message.channel,
        address_id=address_id,
        subject=intent.subject,
        description=intent.content,
        match_text=intent.match_text,
        opened_at=ticket.opened_at,
        promises=ticket.promises,
        status_at=ticket.status_at,
        event_seq=ticket.event_seq,
        event_head=ticket.event_head,
        priority_hint=intent.priority_hint,
        reason=ticket.reason,
        category=intent.category or "other",
        unit_hint=intent.unit,
        language=intent.language,
        place=intent.labels.get("lokasi", ""),
    )


def as_inserted(new: NewTicket, ticket: KnownTicket, joined: int) -> NewTicket:
    """The ticket as its batch leaves it; most are left as they were opened."""
    if ticket.event_seq == new.event_seq:
        return new
    running = ticket.status.running
    return replace(
        new,
        promises=tuple(p if running else replace(p, open=False) for p in ticket.promises),
        status=ticket.status,
        status_at=ticket.status_at,
        reason=ticket.reason,
        event_seq=ticket.event_seq,
        event_head=ticket.event_head,
        contacts=1 + joined,
    )


def as_changed(draft: Draft) -> TicketChange:
    """The row of a ticket that ran already."""
    ticket = draft.ticket
    return TicketChange(
        ticket_id=ticket.id,
        expected_version=draft.version,
        status=ticket.status,
        status_at=ticket.status_at,
        event_seq=ticket.event_seq,
        event_head=ticket.event_head,
        reason=ticket.reason,
        contacts=draft.contacts,
    )


def clock_rows(draft: Draft) -> list[tuple[int, Promise]]:
    """The promises of a ticket that ran already, where this batch made or ended some."""
    ticket = draft.ticket
    running = ticket.status.running
    made = [*(ticket.promises if draft.renewed else ()), *(draft.added if running else ())]
    return [(ticket.id, one if running else replace(one, open=False)) for one in made]


def ending_row(draft: Draft) -> ClockEnding | None:
    """The end of its promises, if its status says so; renewed ones end in their own rows."""
    ticket = draft.ticket
    if ticket.status.running or draft.renewed or not any(p.open for p in ticket.promises):
        return None
    kept = ticket.status in (Status.RESOLVED, Status.CLOSED)
    return ClockEnding(ticket.id, ticket.status_at, kept)


def remembered_row(sender: Sender) -> SenderChange:
    """What is kept of a sender until the next message."""
    return SenderChange(
        address_id=sender.address_id,
        muted=sender.muted,
        replies=sender.replies,
        untold=sender.untold,
        helped_on=sender.helped_on,
        joined=sender.joined,
        opened=sender.opened,
        survey=sender.survey,
        unreachable=sender.unreachable,
        question=sender.question,
        feedback=sender.feedback,
        registration=sender.registration,
    )
