"""An office for the tests of decisions and of intake: its settings, its senders, its tickets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from config.calendars import load_calendar
from core.model.case import Case, Decision
from core.model.command_rules import command_rule
from core.model.decision import decide
from core.model.events import GENESIS
from core.model.messages import Address, AddressKind, ChannelId, InboundMessage
from core.model.numbers import TicketNumber
from core.model.policy import ChannelTraits, IntakePolicy
from core.model.reading import read_intent
from core.model.sla import DEFAULT_POLICY
from core.model.texts import TextForm, TextSet
from core.model.ticket import KnownTicket, Priority, Promise, Sender, Status
from tests.core.model.calendar_samples import WIB

SMS = ChannelId("sms")
MAIL = ChannelId("email")
NOON = datetime(2026, 7, 14, 3, 0, tzinfo=UTC)
"""Tue 14 July 2026, 10.00 WIB: the desk is open."""

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SARI = Address(AddressKind.PHONE, "+6281200000001")
BUDI = Address(AddressKind.PHONE, "+6281200000002")
OURS = Address(AddressKind.EMAIL, "helpdesk@layanan.example")


@lru_cache
def _office() -> IntakePolicy:
    doors = [
        ChannelTraits(SMS, TextForm.SMS),
        ChannelTraits(ChannelId("whatsapp"), TextForm.CHAT),
        ChannelTraits(ChannelId("telegram"), TextForm.CHAT, acks_per_day=100),
        ChannelTraits(MAIL, TextForm.EMAIL, acks_per_day=10),
    ]
    return IntakePolicy(
        office="Dinas Kominfo",
        prefix="HD",
        zone=WIB,
        calendar=load_calendar("banyuwangi", WIB),
        sla=DEFAULT_POLICY,
        texts=TextSet.of({}, "Helpdesk Dinas Kominfo"),
        channels={door.id: door for door in doors},
        own=frozenset({OURS}),
    )


def office(**changes: Any) -> IntakePolicy:
    """The settings of every test, with changes."""
    return replace(_office(), **changes) if changes else _office()


def said(text: str, sender: Address = SARI, **changes: Any) -> InboundMessage:
    """One text; every message has an id of its own unless it is given."""
    plain = InboundMessage(SMS, f"id of {text!r}", sender, text, NOON)
    return replace(plain, **changes)


def number_of(sequence: int) -> str:
    return str(TicketNumber("HD", 26, sequence))


def ticket(sequence: int, status: Status = Status.RECEIVED, **changes: Any) -> KnownTicket:
    """A ticket of the sender; a larger sequence is a younger one. Ended ones ended an hour ago."""
    plain = KnownTicket(
        id=TicketNumber("HD", 26, sequence).ticket_id,
        number=number_of(sequence),
        status=status,
        priority=Priority.NORMAL,
        opened_at=NOON - DAY / 2 + timedelta(minutes=sequence),
        status_at=NOON - HOUR,
        promises=(Promise("first_answer", NOON), Promise("solution", NOON + 5 * DAY)),
        version=1,
        event_seq=1,
        event_head=GENESIS,
        channel=SMS,
    )
    return replace(plain, **changes)


def knows(*tickets: KnownTicket, **changes: Any) -> Sender:
    """A sender with these tickets, newest first as the store returns them."""
    newest_first = sorted(tickets, key=lambda known: known.opened_at, reverse=True)
    return replace(Sender(1, SARI, tickets=tuple(newest_first)), **changes)


def case(text: str, *tickets: KnownTicket, **changes: Any) -> Case:
    """One text of a sender with these tickets, as intake hands it to the rules."""
    message = changes.pop("message", None) or said(text)
    mail = message.sender.kind is AddressKind.EMAIL
    plain = Case(
        message=message,
        intent=read_intent(message.text, subject=message.subject, mail=mail, prefix="HD"),
        sender=changes.pop("sender", None) or knows(*tickets),
        policy=changes.pop("policy", None) or office(),
        now=message.received_at,
    )
    return replace(plain, **changes)


def decided(text: str, *tickets: KnownTicket, **changes: Any) -> Decision:
    """What becomes of it."""
    return decide(case(text, *tickets, **changes), command_rule)


def told(decision: Decision) -> list[tuple[str, str]]:
    """Purpose and number, or number asked for, of each reply."""
    return [
        (reply.purpose, reply.ticket.number if reply.ticket else reply.asked)
        for reply in decision.replies
    ]
