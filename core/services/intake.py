"""Intake: a batch of messages becomes tickets, entries and promises to answer, in one transaction.

Reading (words → Intent) needs no store and happens before the transaction; deciding is pure; the
store is asked three times and told once, however many messages wait together (design.md §4).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from core.model.automatic import Automatic, why_automatic, why_unanswerable
from core.model.intent import Command, IntentKind
from core.model.messages import AddressKind, InboundMessage, Outcome, Receipt
from core.model.numbers import TicketNumber, parse_number
from core.model.reading import read_form, read_intent, read_said
from core.model.survey import bounds, period_of
from core.services.filing_clerk import FilingClerk
from core.services.readings import Reading, Supplies
from core.services.staff_telling import wish_drafts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from core.model.case import Decision
    from core.model.messages import Address, ChannelId
    from core.model.policy import IntakePolicy
    from core.model.ticket import Sender
    from core.ports import Blocks, Desk, MessageKey, OpenDesk

NUMBERED = frozenset({IntentKind.COMPLAINT, IntentKind.EMPTY, IntentKind.COMMAND})
"""What may open a ticket while the keyword is required; others only by naming an old one."""

RATEABLE = timedelta(days=90)
"""How long after its end a ticket is found by NILAI without a number; answers may be late."""


def read(message: InboundMessage, policy: IntakePolicy) -> Reading:
    """Reads one message; pure."""
    traits = policy.channels.get(message.channel)
    if traits and traits.complaints_only:
        if (proven := _proven(message, policy)) is not None:
            return Reading(message, read_said(message.text, proven), None, "")
        intent = read_form(message.text, message.subject or "", message.fields, policy.prefix)
        return Reading(message, intent, None, "")
    mail = message.sender.kind is AddressKind.EMAIL
    intent = read_intent(message.text, subject=message.subject, mail=mail, prefix=policy.prefix)
    automatic = (
        Automatic("auto_reply", message.machine)
        if message.machine
        else why_automatic(message, policy.own)
    )
    return Reading(message, intent, automatic, why_unanswerable(message.sender))


def _proven(message: InboundMessage, policy: IntakePolicy) -> TicketNumber | None:
    """The ticket on whose page this was written."""
    return parse_number(policy.prefix, message.proven) if message.proven else None


async def receive(
    open_desk: OpenDesk, blocks: Blocks, policy: IntakePolicy, batch: Sequence[InboundMessage]
) -> list[Receipt]:
    """Takes a batch; returns one receipt per message, in order, once all of it is on disk.

    A message whose (channel, provider id) is stored already, or stands earlier in the same batch,
    gets the first receipt again and causes nothing.

    Args:
        open_desk: begins a unit of work.
        blocks: ticket and message numbers.
        policy: the office's settings.
        batch: messages in order of arrival; order per sender is kept.

    Raises:
        StoreUnavailable: nothing of the batch was kept.
        Conflict: another writer was faster; nothing was kept, trying again is safe.
    """
    readings = [read(message, policy) for message in batch]
    # Before the unit of work: a new block is a transaction of its own.
    supplies = await _supplies(blocks, policy, readings)
    async with open_desk() as desk:
        clerk = await _prepared(desk, policy, readings, supplies)
        receipts = await _decide_all(desk, clerk, readings)
        await desk.intake.lay_down(clerk.closed_filing())
        if told := await wish_drafts(desk, policy, clerk.wishes):
            await desk.outbox.put(told)
        if opened := _windows_opened(policy, readings, clerk.senders):
            await desk.outbox.release(opened, max(one.message.received_at for one in readings))
        await desk.commit()
    return receipts


def _windows_opened(
    policy: IntakePolicy, readings: Sequence[Reading], senders: Mapping[Address, Sender]
) -> list[tuple[ChannelId, int]]:
    """Channel and address id of those who may be written to again, for they wrote themselves."""
    places = {
        (message.channel, senders[message.sender].address_id)
        for message in (reading.message for reading in readings)
        if policy.channels[message.channel].windowed and not message.late
    }
    return sorted(places)


async def _supplies(blocks: Blocks, policy: IntakePolicy, readings: Sequence[Reading]) -> Supplies:
    """Numbers enough for the batch; those that joined messages leave unused are gaps."""
    years: Counter[int] = Counter()
    for reading in readings:
        if _may_open(reading, policy):
            years[reading.message.received_at.astimezone(policy.zone).year % 100] += 1
    sequences: dict[int, Iterator[int]] = {}
    for year, count in years.items():
        sequences[year] = iter(await blocks.take(f"ticket-{year:02d}", count))
    messages = iter(await blocks.take("message", len(readings)))
    return Supplies(messages, sequences)


def _may_open(reading: Reading, policy: IntakePolicy) -> bool:
    intent = reading.intent
    if intent.kind in NUMBERED or intent.numbers or reading.points_to or reading.message.proven:
        return True
    return not policy.demands_keyword(reading.message.received_at)


async def _prepared(
    desk: Desk, policy: IntakePolicy, readings: Sequence[Reading], supplies: Supplies
) -> FilingClerk:
    """Locks the senders and asks what is known of them and of what the messages refer to."""
    references = [key for reading in readings for key in reading.points_to]
    threads = await desk.intake.threads(references) if references else {}
    named = {str(number) for reading in readings for number in reading.intent.numbers}
    named |= {reading.message.proven for reading in readings if reading.message.proven}
    senders = await _senders(desk, policy, readings, named | set(threads.values()))
    clerk = FilingClerk(policy, senders, dict(threads), supplies)
    if foreign := clerk.foreign_threads(readings):
        clerk.guests = dict(await desk.intake.tickets(foreign))
    asking = [reading for reading in readings if _asks(reading, senders)]
    if asking:
        await _look_at_work(desk, clerk, asking)
    return clerk


async def _senders(
    desk: Desk, policy: IntakePolicy, readings: Sequence[Reading], named: set[str]
) -> dict[Address, Sender]:
    """What is known of each sender; of those who answer a survey, its ticket whatever its age."""
    # The oldest sees furthest back; each decision holds its own instant against the windows.
    oldest = min(reading.message.received_at for reading in readings)
    rating = any(reading.intent.command is Command.RATE for reading in readings)
    ended_after = oldest - (max(policy.reopening, RATEABLE) if rating else policy.reopening)
    young_after = oldest - policy.duplicate_within
    addresses = list(dict.fromkeys(reading.message.sender for reading in readings))
    known = await desk.intake.senders(addresses, sorted(named), ended_after, young_after)
    missing = {
        str(TicketNumber.of_id(policy.prefix, sender.survey))
        for sender in known.values()
        if sender.survey and all(ticket.id != sender.survey for ticket in sender.tickets)
    }
    if missing and any(_to_survey(reading) for reading in readings):
        wanted = sorted(named | missing)
        known = await desk.intake.senders(addresses, wanted, ended_after, young_after)
    return dict(known)


def _to_survey(reading: Reading) -> bool:
    intent = reading.intent
    return bool(intent.scores) or intent.command in (Command.RATE, Command.SKIP)


def _asks(reading: Reading, senders: Mapping[Address, Sender]) -> bool:
    """Whether the decision or its reply looks at what staff have done; plain complaints do not."""
    intent, sender = reading.intent, senders[reading.message.sender]
    if not sender.tickets:
        return False
    if intent.kind is IntentKind.COMMAND or intent.asks_progress:
        return True
    return bool(sender.survey and (intent.scores or sender.question)) or bool(sender.untold)


async def _look_at_work(desk: Desk, clerk: FilingClerk, asking: Sequence[Reading]) -> None:
    """Fills in the work of the tickets that these messages can be about."""
    people = {reading.message.sender for reading in asking}
    ids = {ticket.id for one in people for ticket in clerk.senders[one].tickets}
    briefs = await desk.intake.briefs(sorted(ids))
    for one in people:
        sender = clerk.senders[one]
        tickets = tuple(replace(ticket, work=briefs[ticket.id]) for ticket in sender.tickets)
        clerk.senders[one] = replace(sender, tickets=tickets)
    if clerk.policy.monthly_limit:
        for reading in asking:
            if _to_survey(reading):
                await _counted(desk, clerk, reading)


async def _counted(desk: Desk, clerk: FilingClerk, reading: Reading) -> None:
    zone = clerk.policy.zone
    first, following = bounds(period_of(reading.message.received_at, zone), zone)
    address_id = clerk.senders[reading.message.sender].address_id
    if await desk.surveys.counted(address_id, first, following):
        clerk.counted.add(address_id)


async def _in_month(
    desk: Desk, clerk: FilingClerk, reading: Reading, decision: Decision
) -> Decision:
    """Finds the ticket that this person opened earlier in the month; the new one is linked."""
    at, address_id = reading.message.received_at, clerk.senders[reading.message.sender].address_id
    if address_id not in clerk.earlier:
        first, _ = bounds(period_of(at, clerk.policy.zone), clerk.policy.zone)
        number = await desk.intake.earlier(address_id, (first, at))
        if number:
            clerk.earlier[address_id] = (await desk.intake.tickets([number]))[number]
    earlier = clerk.earlier_of(reading, decision)
    note = f"laporan lain bulan ini: {earlier.number}" if earlier else ""
    return replace(decision, note=decision.note or note)


async def _decide_all(
    desk: Desk, clerk: FilingClerk, readings: Sequence[Reading]
) -> list[Receipt]:
    given: dict[MessageKey, Receipt] = dict(
        await desk.intake.seen(list(dict.fromkeys(reading.key for reading in readings)))
    )
    receipts = []
    for reading in readings:
        known = given.get(reading.key)
        clerk.mark(reading.message)
        if known:
            receipts.append(Receipt(Outcome.DUPLICATE, known.number, repeated=True))
            continue
        decision = clerk.decide(reading)
        split = ""
        if decision.split_from:
            origin = decision.split_from[0]
            split = clerk.text_of(origin) or await desk.intake.message_text(origin)
        if clerk.policy.monthly_limit and decision.outcome is Outcome.OPENED:
            decision = await _in_month(desk, clerk, reading, decision)
        receipt = clerk.file(reading, decision, split)
        given[reading.key] = receipt
        receipts.append(receipt)
    return receipts
