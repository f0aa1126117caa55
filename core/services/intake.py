"""Intake: a batch of messages becomes tickets, entries and promises to answer, in one transaction.

Reading (words → Intent) needs no store and happens before the transaction; deciding is pure; the
store is asked three times and told once, however many messages wait together (design.md §4).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from core.model.automatic import Automatic, why_automatic, why_unanswerable
from core.model.intent import IntentKind
from core.model.messages import AddressKind, InboundMessage, Outcome, Receipt
from core.model.reading import read_form, read_intent
from core.services.filing_clerk import FilingClerk, Reading, Supplies

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.model.policy import IntakePolicy
    from core.ports import Blocks, Desk, MessageKey, OpenDesk

NUMBERED = frozenset({IntentKind.COMPLAINT, IntentKind.EMPTY, IntentKind.COMMAND})
"""What may open a ticket while the keyword is required; others only by naming an old one."""


def read(message: InboundMessage, policy: IntakePolicy) -> Reading:
    """Reads one message; pure."""
    traits = policy.channels.get(message.channel)
    if traits and traits.complaints_only:
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
        await desk.commit()
    return receipts


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
    return not policy.require_keyword


async def _prepared(
    desk: Desk, policy: IntakePolicy, readings: Sequence[Reading], supplies: Supplies
) -> FilingClerk:
    """Locks the senders and asks what is known of them and of what the messages refer to."""
    # The oldest sees furthest back; each decision holds its own instant against the windows.
    oldest = min(reading.message.received_at for reading in readings)
    references = [key for reading in readings for key in reading.points_to]
    threads = await desk.intake.threads(references) if references else {}
    named = {str(number) for reading in readings for number in reading.intent.numbers}
    named |= {reading.message.proven for reading in readings if reading.message.proven}
    addresses = list(dict.fromkeys(reading.message.sender for reading in readings))
    senders = await desk.intake.senders(
        addresses,
        sorted(named | set(threads.values())),
        oldest - policy.reopening,
        oldest - policy.duplicate_within,
    )
    clerk = FilingClerk(policy, dict(senders), dict(threads), supplies)
    if foreign := clerk.foreign_threads(readings):
        clerk.guests = dict(await desk.intake.tickets(foreign))
    return clerk


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
        receipt = clerk.file(reading, decision, split)
        given[reading.key] = receipt
        receipts.append(receipt)
    return receipts
