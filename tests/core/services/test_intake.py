"""Intake lays down what was decided, once, on both engines."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from core.model.messages import Attachment, ChannelId, Outcome, Receipt
from core.model.sla import promises
from core.model.ticket import Priority
from tests.core.fakes import BUDI, DAY, HOUR, NOON
from tests.core.services.counter import LAMP, PRINTER, Counter, person
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

NIK = "3510012304850003"


@pytest.fixture
def counter(store: SqlStore) -> Counter:
    return Counter(store)


async def test_a_complaint_becomes_a_ticket_an_event_two_clocks_and_a_reply(
    counter: Counter,
) -> None:
    message = counter.said(LAMP, raw=b"as it came", sent_at=NOON)
    [receipt] = await counter.take(message)
    assert receipt == Receipt(Outcome.OPENED, "HD26-000001-9")
    [ticket] = await counter.rows(schema.tickets)
    assert (ticket.number, ticket.status, ticket.contact_count) == (receipt.number, "received", 1)
    assert ticket.description == "lampu ruang tunggu mati sejak kemarin sore"
    [row] = await counter.rows(schema.messages)
    assert (row.ticket_id, row.text, row.raw) == (ticket.id, LAMP, b"as it came")
    assert (row.sent_at, row.received_at) == (NOON, message.received_at)
    made = promises(
        counter.policy.calendar, counter.policy.sla, Priority.NORMAL, message.received_at
    )
    clocks = await counter.rows(schema.sla_clocks)
    assert {(clock.target, clock.due_at) for clock in clocks} == {
        (promise.target, promise.due_at) for promise in made
    }
    [reply] = await counter.rows(schema.outbox)
    assert (reply.key, reply.purpose, reply.ticket_id) == (f"ack:{row.id}", "ack", ticket.id)
    assert receipt.number in reply.text
    assert reply.segments == 1
    assert await counter.kinds(ticket.number) == ["TicketOpened"]


async def test_files_are_kept_beside_their_message(counter: Counter) -> None:
    photo = Attachment("https://media.example/1", "image/jpeg", "foto.jpg", 1234)
    receipt = await counter.says("HELPDESK", attachments=(photo,))
    assert receipt.outcome is Outcome.OPENED
    [file] = await counter.rows(schema.attachments)
    assert (file.reference, file.filename, file.state) == (photo.reference, "foto.jpg", "waiting")
    [ticket] = await counter.rows(schema.tickets)
    assert ticket.subject == "(lampiran)"


async def test_a_repeat_across_batches_gets_the_first_number(counter: Counter) -> None:
    message = counter.said(LAMP)
    [first] = await counter.take(message)
    [again] = await counter.take(message)
    assert again == Receipt(Outcome.DUPLICATE, first.number, repeated=True)
    for table in (schema.tickets, schema.messages, schema.outbox, schema.events):
        assert len(await counter.rows(table)) == 1


async def test_a_repeat_within_a_batch_gets_the_first_number(counter: Counter) -> None:
    message, other = counter.said(LAMP), counter.said(LAMP, BUDI)
    first, again, somebody = await counter.take(message, message, other)
    assert again == Receipt(Outcome.DUPLICATE, first.number, repeated=True)
    assert somebody.outcome is Outcome.OPENED
    assert len(await counter.rows(schema.tickets)) == 2
    assert len(await counter.rows(schema.outbox)) == 2


async def test_the_id_alone_makes_a_repeat_whatever_it_says(counter: Counter) -> None:
    first = await counter.says(LAMP, external_id="SM1")
    again = await counter.says(PRINTER, BUDI, external_id="SM1")
    assert again == Receipt(Outcome.DUPLICATE, first.number, repeated=True)
    elsewhere = await counter.says(PRINTER, BUDI, external_id="SM1", channel=ChannelId("telegram"))
    assert elsewhere.outcome is Outcome.OPENED


async def test_a_repeat_of_what_opened_nothing_opens_nothing(counter: Counter) -> None:
    message = counter.said("halo")
    await counter.take(message)
    assert (
        await counter.take(message, message)
        == [Receipt(Outcome.DUPLICATE, None, repeated=True)] * 2
    )
    assert await counter.purposes() == ["help"]


async def test_two_hundred_at_once_get_two_hundred_numbers(counter: Counter) -> None:
    messages = [counter.said(LAMP, person(last)) for last in range(200)]
    receipts = await asyncio.gather(*(counter.take(message) for message in messages))
    assert len({receipt.number for [receipt] in receipts}) == 200
    assert len(await counter.rows(schema.tickets)) == 200
    assert len(await counter.rows(schema.outbox)) == 200


async def test_one_sender_at_once_from_many_sides_gets_one_ticket(counter: Counter) -> None:
    messages = [counter.said(LAMP) for _ in range(8)]
    receipts = await asyncio.gather(*(counter.take(message) for message in messages))
    assert len({receipt.number for [receipt] in receipts}) == 1
    assert sorted(receipt.outcome for [receipt] in receipts) == ["joined"] * 7 + ["opened"]
    number = receipts[0][0].number
    assert number
    kinds = await counter.kinds(number)
    assert (len(kinds), kinds.count("ContactFlagged")) == (9, 1)
    [ticket] = await counter.rows(schema.tickets)
    assert ticket.contact_count == 8


async def test_the_year_of_a_number_is_the_local_one(counter: Counter) -> None:
    eve = datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC)
    old, new, next_one = await counter.take(
        counter.said(LAMP, received_at=eve),
        counter.said(LAMP, BUDI, received_at=eve + timedelta(seconds=1)),
        counter.said(PRINTER, BUDI, received_at=eve + timedelta(seconds=2)),
    )
    assert [str(receipt.number)[:11] for receipt in (old, new, next_one)] == [
        "HD26-000001",
        "HD27-000001",
        "HD27-000002",
    ]


async def test_a_reopened_ticket_keeps_number_and_history_and_gets_new_clocks(
    counter: Counter,
) -> None:
    number = await counter.opens()
    await counter.end(number, "resolved")
    counter.now += DAY
    receipt = await counter.says(f"{number} lampunya mati lagi pak")
    assert receipt == Receipt(Outcome.JOINED, number)
    [ticket] = await counter.rows(schema.tickets)
    assert (ticket.status, ticket.ended_at) == ("in_progress", None)
    assert ticket.status_reason == "dibuka kembali oleh pelapor"
    made = promises(counter.policy.calendar, counter.policy.sla, Priority.NORMAL, counter.now)
    clocks = {clock.target: clock.due_at for clock in await counter.rows(schema.sla_clocks)}
    assert clocks == {promise.target: promise.due_at for promise in made}
    opened, reopened = await counter.history(number)
    assert reopened.kind == "Reopened"
    old, new = json.loads(opened.data), json.loads(reopened.data)
    assert (new["from"], new["to"]) == ("resolved", "in_progress")
    assert new["solution"] == clocks["solution"].isoformat() > old["solution"]
    assert (await counter.purposes())[-1] == "reopened"


async def test_twice_reopened_in_one_batch(counter: Counter) -> None:
    number = await counter.opens()
    texts = [f"{word} {number}" for word in ("BATAL", "BUKA", "BATAL", "BUKA")]
    await counter.take(*(counter.said(text) for text in texts))
    again = ["Cancelled", "Reopened", "ContactFlagged", "Cancelled", "Reopened"]
    assert await counter.kinds(number) == ["TicketOpened", *again]
    made = promises(counter.policy.calendar, counter.policy.sla, Priority.NORMAL, counter.now)
    clocks = {clock.target: clock.due_at for clock in await counter.rows(schema.sla_clocks)}
    assert clocks == {promise.target: promise.due_at for promise in made}


async def test_a_ticket_opened_cancelled_and_reopened_in_one_batch(counter: Counter) -> None:
    [receipt, *_] = await counter.take(
        counter.said(LAMP), counter.said("BATAL"), counter.said("BUKA")
    )
    assert receipt.number
    kinds = await counter.kinds(receipt.number)
    assert kinds == ["TicketOpened", "Cancelled", "Reopened", "ContactFlagged"]
    [ticket] = await counter.rows(schema.tickets)
    assert (ticket.status, ticket.contact_count, ticket.version) == ("received", 3, 1)
    clocks = {clock.due_at for clock in await counter.rows(schema.sla_clocks)}
    made = promises(counter.policy.calendar, counter.policy.sla, Priority.NORMAL, counter.now)
    assert clocks == {promise.due_at for promise in made}


async def test_a_number_that_a_limit_withheld_is_told_with_the_next_text(
    counter: Counter,
) -> None:
    first, second = await counter.opens(), await counter.opens(PRINTER)
    third = await counter.opens("HELPDESK kran air di toilet lantai satu bocor")
    assert await counter.purposes() == ["ack", "ack"]
    *_, untold = await counter.rows(schema.messages)
    assert untold.silence == "batas pemberitahuan nomor per 10 menit untuk pengirim ini tercapai"
    await counter.says(f"STATUS {first}")
    *_, told = await counter.texts()
    assert first in told
    assert third in told
    await counter.says(f"STATUS {second}")
    *_, once = await counter.texts()
    assert third not in once


async def test_an_untold_number_is_told_by_a_text_that_speaks_of_no_ticket(
    counter: Counter,
) -> None:
    for text in (LAMP, PRINTER):
        await counter.opens(text)
    third = await counter.opens("HELPDESK kran air di toilet lantai satu bocor")
    await counter.says("INFO")
    *_, told = await counter.texts()
    assert third in told


async def test_an_untold_number_is_told_when_its_own_ticket_is_written_to(
    counter: Counter,
) -> None:
    for text in (LAMP, PRINTER):
        await counter.opens(text)
    third = await counter.opens("HELPDESK kran air di toilet lantai satu bocor")
    await counter.says(f"{third} airnya sampai ke lorong")
    *_, told = await counter.texts()
    assert told.startswith(f"Tiket {third}: Diterima")
    await counter.says(f"{third} sudah saya tampung dengan ember")
    assert await counter.purposes() == ["ack", "ack", "status"]


async def test_two_tickets_asked_for_in_one_text_are_both_told(counter: Counter) -> None:
    first, second = await counter.opens(), await counter.opens(PRINTER)
    await counter.says(f"STATUS {first} {second}")
    *_, one, two = await counter.texts()
    assert first in one
    assert second in two


async def test_the_last_reply_of_an_hour_is_the_last_even_within_one_message(
    counter: Counter,
) -> None:
    first, second = await counter.opens(), await counter.opens(PRINTER)
    for _ in range(2):
        await counter.says(f"STATUS {first}")
    await counter.says(f"STATUS {first} {second}")
    assert len(await counter.texts()) == counter.policy.limits.replies_per_hour


async def test_what_is_repeated_within_a_batch_can_be_split_within_it(counter: Counter) -> None:
    first, again, split = await counter.take(
        counter.said(LAMP), counter.said(f"{LAMP} tolong segera"), counter.said("BARU")
    )
    assert (first.number, again.outcome) == (again.number, Outcome.JOINED)
    assert split.outcome is Outcome.OPENED
    assert split.number != first.number
    tickets = await counter.rows(schema.tickets)
    assert tickets[1].description == "lampu ruang tunggu mati sejak kemarin sore tolong segera"
    assert split.number
    [opened] = await counter.history(split.number)
    ids = [row.id for row in await counter.rows(schema.messages)]
    assert json.loads(opened.data)["split_from"] == ids[1]


async def test_what_was_repeated_in_an_earlier_batch_can_be_split(counter: Counter) -> None:
    await counter.opens()
    await counter.says(LAMP)
    split = await counter.says("BARU")
    assert split.outcome is Outcome.OPENED
    first, second = await counter.rows(schema.tickets)
    assert first.description == second.description
    assert (await counter.purposes()) == ["ack", "duplicate", "ack"]


async def test_a_reply_to_a_message_of_the_same_batch_finds_its_ticket(counter: Counter) -> None:
    lamp, printer = counter.said(LAMP), counter.said(PRINTER)
    answer = counter.said("yang di loket dua", references=(lamp.external_id,))
    first, _, joined = await counter.take(lamp, printer, answer)
    assert joined == Receipt(Outcome.JOINED, first.number)


async def test_a_late_message_sees_the_tickets_of_its_own_time(counter: Counter) -> None:
    number = await counter.opens()
    await counter.end(number, "resolved")
    week = counter.policy.reopening
    late = counter.said(f"{number} mati lagi", received_at=counter.now + week - HOUR)
    later = counter.said(LAMP, BUDI, received_at=counter.now + week + HOUR)
    plain = counter.said("mati lagi lampunya", received_at=counter.now + week - HOUR)
    joined, _, reopened = await counter.take(late, later, plain)
    assert joined.number == reopened.number == number
