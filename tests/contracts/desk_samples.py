"""What the store tests lay down: small, complete filings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from core.model.events import GENESIS, Fact, chain
from core.model.filing import FiledMessage, Filing, SenderChange, TicketChange
from core.model.messages import Address, AddressKind, ChannelId, InboundMessage, Outcome
from core.model.outbox import OutboxDraft
from core.model.ticket import KnownTicket, NewTicket, Promise, Sender, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ticket_store.store import SqlStore

SMS = ChannelId("sms")
NOW = datetime(2026, 11, 22, 3, 30, 15, 123456, tzinfo=UTC)
DAY = timedelta(days=1)
WEEK_AGO = NOW - 7 * DAY
SARI = Address(AddressKind.PHONE, "+628111")
BUDI = Address(AddressKind.PHONE, "+628222")
DINAS = Address(AddressKind.EMAIL, "dinas@example.test")
DUE = (Promise("first_answer", NOW + DAY), Promise("solution", NOW + 5 * DAY, provisional=True))


def number_of(sequence: int) -> str:
    return f"HD26-{sequence:06d}-0"


def id_of(sequence: int) -> int:
    return 26 * 10**9 + sequence


def message(external_id: str, sender: Address = SARI, **changes: Any) -> InboundMessage:
    plain = InboundMessage(
        SMS,
        external_id,
        sender,
        "HELPDESK lampu mati",
        NOW,
        recipient="+62800",
        raw=b"\x00raw\xff",
    )
    return replace(plain, **changes)


def opening(sequence: int, sender: Sender, **changes: Any) -> Filing:
    """A filing that opens one ticket with its message, event, clocks and acknowledgement."""
    ticket_id, number = id_of(sequence), number_of(sequence)
    at = changes.pop("opened_at", NOW)
    event = chain(ticket_id, 1, GENESIS, Fact("TicketOpened", at, "reporter", {"channel": "sms"}))
    ticket = NewTicket(
        id=ticket_id,
        number=number,
        channel=SMS,
        address_id=sender.address_id,
        subject="lampu mati",
        description="lampu mati",
        match_text="lampu mati",
        opened_at=at,
        promises=DUE,
        status_at=at,
        event_seq=event.seq,
        event_head=event.hash,
    )
    ticket = replace(ticket, **changes)
    filed = FiledMessage(
        id=sequence,
        message=message(f"SM{sequence}", sender.address),
        address_id=sender.address_id,
        outcome=Outcome.OPENED,
        kind="new_ticket",
        ticket_id=ticket_id,
        number=number,
    )
    ack = OutboxDraft(
        key=f"ack:{ticket_id}",
        purpose="ack",
        channel=SMS,
        recipient=sender.address,
        address_id=sender.address_id,
        text=f"no tiket {number}",
        created_at=at,
        ticket_id=ticket_id,
    )
    return Filing([ticket], [filed], [event], [ack])


def change(known: KnownTicket, **changes: Any) -> TicketChange:
    plain = TicketChange(
        ticket_id=known.id,
        expected_version=known.version,
        status=known.status,
        status_at=known.status_at,
        event_seq=known.event_seq + 1,
        event_head="f" * 64,
        contacts=1,
    )
    return replace(plain, **changes)


def memory(address_id: int, **changes: Any) -> SenderChange:
    return replace(
        SenderChange(
            address_id, muted=False, replies=(), untold=(), helped_on="", joined=None, opened=()
        ),
        **changes,
    )


async def greet(store: SqlStore, *addresses: Address, named: Sequence[str] = ()) -> list[Sender]:
    """What is known of these, in a unit of work of its own."""
    async with store.desk() as desk:
        known = await desk.intake.senders(addresses, named, WEEK_AGO, NOW - DAY)
        await desk.commit()
    return [known[address] for address in addresses]


async def lay_down(store: SqlStore, filing: Filing) -> None:
    async with store.desk() as desk:
        await desk.intake.lay_down(filing)
        await desk.commit()


async def open_ticket(
    store: SqlStore, sequence: int, address: Address = SARI, **changes: Any
) -> KnownTicket:
    """Opens one and returns it as intake would find it."""
    [sender] = await greet(store, address)
    await lay_down(store, opening(sequence, sender, **changes))
    [sender] = await greet(store, address, named=[number_of(sequence)])
    return next(ticket for ticket in sender.tickets if ticket.id == id_of(sequence))


async def end_ticket(store: SqlStore, known: KnownTicket, at: datetime) -> None:
    resolved = change(known, status=Status.RESOLVED, status_at=at, reason="selesai", contacts=0)
    await lay_down(store, Filing(changes=[resolved]))
