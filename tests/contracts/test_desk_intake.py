"""The intake shelf keeps its contract on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select

from core.errors import Conflict, NotFound
from core.model.filing import Filing
from core.model.messages import Address, AddressKind, Attachment, Outcome, Receipt
from core.model.ticket import Promise, Sender, Status
from tests.contracts.asking import one, rows, run
from tests.contracts.desk_samples import (
    BUDI,
    DAY,
    DINAS,
    DUE,
    NOW,
    SARI,
    SMS,
    WEEK_AGO,
    change,
    end_ticket,
    greet,
    id_of,
    lay_down,
    memory,
    message,
    number_of,
    open_ticket,
    opening,
)
from ticket_store import schema

if TYPE_CHECKING:
    from datetime import datetime

    from ticket_store.store import SqlStore


async def test_nobody_is_known_in_an_empty_store(store: SqlStore) -> None:
    sari, dinas = await greet(store, SARI, DINAS)
    assert sari.address == SARI
    assert sari.address_id != dinas.address_id
    assert sari == Sender(sari.address_id, SARI)


async def test_nothing_asked_nothing_said(store: SqlStore) -> None:
    async with store.desk() as desk:
        assert await desk.intake.senders([], [], WEEK_AGO, NOW) == {}
        assert await desk.intake.seen([]) == {}
        assert await desk.intake.threads([]) == {}
        await desk.intake.lay_down(Filing())


async def test_an_address_stays_the_same(store: SqlStore) -> None:
    [first] = await greet(store, SARI)
    again, _ = await greet(store, SARI, BUDI)
    assert again == first


async def test_the_same_value_of_another_kind_is_somebody_else(store: SqlStore) -> None:
    on_whatsapp = Address(AddressKind.WHATSAPP, SARI.value)
    sms, whatsapp = await greet(store, SARI, on_whatsapp)
    assert sms.address_id != whatsapp.address_id


async def test_a_whole_group_is_laid_down(store: SqlStore) -> None:
    addresses = [Address(AddressKind.PHONE, f"+62{number}") for number in range(150)]
    senders = await greet(store, *addresses)
    whole = Filing()
    for sequence, sender in enumerate(senders, start=1):
        filing = opening(sequence, sender)
        whole.tickets += filing.tickets
        whole.messages += filing.messages
        whole.events += filing.events
        whole.outbox += filing.outbox
        whole.senders.append(memory(sender.address_id, helped_on=f"2026-01-{sequence % 28}"))
    await lay_down(store, whole)
    known = await greet(store, *addresses)
    assert [sender.tickets[0].number for sender in known] == [number_of(n + 1) for n in range(150)]
    assert [sender.helped_on for sender in known[:3]] == ["2026-01-1", "2026-01-2", "2026-01-3"]
    changes = [change(sender.tickets[0]) for sender in known]
    await lay_down(store, Filing(changes=changes))
    assert {sender.tickets[0].version for sender in await greet(store, *addresses)} == {2}


async def test_a_running_ticket_comes_back_as_it_was_laid_down(store: SqlStore) -> None:
    known = await open_ticket(store, 1)
    assert known.number == number_of(1)
    assert known.status is Status.RECEIVED
    assert known.opened_at == known.status_at == NOW
    assert known.promises == DUE
    assert (known.version, known.event_seq, known.mine) == (1, 1, True)
    assert known.match_text == "lampu mati"
    assert known.channel == SMS


async def test_every_column_of_a_message_is_kept(store: SqlStore) -> None:
    [sender] = await greet(store, SARI)
    filing = opening(1, sender)
    long = "panjang\n\t'\"\\ \u2028 😀 <&>" * 2000
    said = message(
        "SM1",
        text=long,
        subject="perihal",
        sender_name="Sari 'x'",
        sent_at=NOW - timedelta(seconds=3),
        late=True,
        raw=bytes(range(256)),
        thread_id="abc@contoh.go.id",
        edits="SM0",
        html="<p>panjang</p>",
        occurred_at=NOW - timedelta(days=3),
        entered_by="Rina",
        attachments=(Attachment("media/1", "image/jpeg", "foto.jpg", 10), Attachment("media/2")),
    )
    filing.messages[0] = replace(
        filing.messages[0], message=said, silence="limit", note="nomor asing"
    )
    await lay_down(store, filing)
    kept = await one(store, "messages")
    assert kept["text"] == long
    assert kept["raw"] == bytes(range(256))
    assert kept["late"] is True
    assert kept["sent_at"] == NOW - timedelta(seconds=3)
    assert (kept["subject"], kept["sender_name"]) == ("perihal", "Sari 'x'")
    assert (kept["silence"], kept["note"], kept["outcome"]) == ("limit", "nomor asing", "opened")
    assert (kept["thread_id"], kept["edits"]) == ("abc@contoh.go.id", "SM0")
    assert kept["html"] == "<p>panjang</p>"
    assert (kept["occurred_at"], kept["entered_by"]) == (NOW - timedelta(days=3), "Rina")
    files = await rows(store, select(schema.attachments).order_by("position"))
    assert [tuple(file)[1:7] for file in files] == [
        (0, "media/1", "image/jpeg", "foto.jpg", 10, "waiting"),
        (1, "media/2", "application/octet-stream", None, None, "waiting"),
    ]
    async with store.desk() as desk:
        assert await desk.intake.message_text(1) == long


async def test_a_text_that_is_not_there(store: SqlStore) -> None:
    async with store.desk() as desk:
        with pytest.raises(NotFound):
            await desk.intake.message_text(99)


async def test_the_acknowledgement_waits_in_the_outbox(store: SqlStore) -> None:
    await open_ticket(store, 1)
    item = await one(store, "outbox")
    assert (item["key"], item["state"]) == (f"ack:{id_of(1)}", "waiting")
    assert item["due_at"] == item["created_at"] == NOW
    assert (item["recipient_kind"], item["recipient"]) == ("phone", SARI.value)


async def test_the_same_promise_is_made_once(store: SqlStore) -> None:
    [sender] = await greet(store, SARI)
    filing = opening(1, sender)
    await lay_down(store, filing)
    again = replace(filing.outbox[0], text="lain")
    await lay_down(store, Filing(outbox=[again, again]))
    assert (await one(store, "outbox"))["text"] == filing.outbox[0].text


async def test_a_repeat_gets_the_first_receipt(store: SqlStore) -> None:
    await open_ticket(store, 1)
    [sender] = await greet(store, SARI)
    filing = opening(2, sender)
    lone = replace(filing.messages[0], outcome=Outcome.ANSWERED, ticket_id=None, number=None)
    await lay_down(store, Filing(messages=[lone]))
    async with store.desk() as desk:
        seen = await desk.intake.seen([(SMS, "SM1"), (SMS, "SM2"), (SMS, "SM3")])
    assert seen == {
        (SMS, "SM1"): Receipt(Outcome.OPENED, number_of(1)),
        (SMS, "SM2"): Receipt(Outcome.ANSWERED, None),
    }


async def test_laying_a_message_down_twice_is_a_conflict(store: SqlStore) -> None:
    [sender] = await greet(store, SARI)
    filing = opening(1, sender)
    await lay_down(store, filing)
    again = replace(filing.messages[0], id=77)
    with pytest.raises(Conflict):
        await lay_down(store, Filing(messages=[again]))


async def test_threads_are_found_by_our_and_their_ids(store: SqlStore) -> None:
    await open_ticket(store, 1)
    await run(store, schema.outbox.update().values(provider_id="OUT1"))
    async with store.desk() as desk:
        found = await desk.intake.threads([(SMS, "SM1"), (SMS, "OUT1"), (SMS, "nothing")])
    assert found == {(SMS, "SM1"): number_of(1), (SMS, "OUT1"): number_of(1)}


async def test_nothing_stays_without_commit(store: SqlStore) -> None:
    async with store.desk() as desk:
        known = await desk.intake.senders([SARI], [], WEEK_AGO, NOW)
        await desk.intake.lay_down(opening(1, known[SARI]))
    assert await rows(store, select(schema.addresses)) == []
    assert await rows(store, select(schema.tickets)) == []


async def test_nothing_stays_when_the_block_fails(store: SqlStore) -> None:
    async def fails() -> None:
        async with store.desk() as desk:
            known = await desk.intake.senders([SARI], [], WEEK_AGO, NOW)
            await desk.intake.lay_down(opening(1, known[SARI]))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert await rows(store, select(schema.tickets)) == []


ENDED = [
    pytest.param(NOW - DAY, (), True, id="ended yesterday"),
    pytest.param(NOW - 8 * DAY, (), False, id="ended long ago"),
    pytest.param(NOW - 8 * DAY, (number_of(1),), True, id="ended long ago, but named"),
]


@pytest.mark.parametrize(("ended_at", "named", "found"), ENDED)
async def test_ended_tickets(
    store: SqlStore, ended_at: datetime, named: tuple[str, ...], *, found: bool
) -> None:
    known = await open_ticket(store, 1, opened_at=NOW - 30 * DAY)
    await end_ticket(store, known, ended_at)
    [sender] = await greet(store, SARI, named=named)
    assert bool(sender.tickets) is found
    if found:
        assert (sender.tickets[0].status, sender.tickets[0].reason) == (Status.RESOLVED, "selesai")
        assert sender.tickets[0].match_text == ""


async def test_a_reopened_ticket_runs_and_has_new_promises(store: SqlStore) -> None:
    known = await open_ticket(store, 1)
    await end_ticket(store, known, NOW)
    [sender] = await greet(store, SARI)
    reopened = change(sender.tickets[0], status=Status.IN_PROGRESS, status_at=NOW + DAY)
    later = Promise("solution", NOW + 9 * DAY)
    await lay_down(store, Filing(changes=[reopened], clocks=[(known.id, later)]))
    ticket = await one(store, "tickets")
    assert ticket["ended_at"] is None
    assert (ticket["contact_count"], ticket["version"], ticket["event_seq"]) == (2, 3, 3)
    [sender] = await greet(store, SARI)
    assert sender.tickets[0].promises == (DUE[0], later)


async def test_the_end_is_written(store: SqlStore) -> None:
    known = await open_ticket(store, 1)
    await end_ticket(store, known, NOW + DAY)
    assert (await one(store, "tickets"))["ended_at"] == NOW + DAY


async def test_somebody_elses_ticket_is_not_found_by_its_number(store: SqlStore) -> None:
    await open_ticket(store, 1)
    [budi] = await greet(store, BUDI)
    [budi] = await greet(store, BUDI, named=[number_of(1)])
    assert budi.tickets == ()


async def test_a_participant_finds_the_ticket_as_not_his(store: SqlStore) -> None:
    known = await open_ticket(store, 1)
    [dinas] = await greet(store, DINAS)
    await run(
        store,
        insert(schema.participants).values(
            address_id=dinas.address_id, ticket_id=known.id, role="unit"
        ),
    )
    sari, dinas = await greet(store, SARI, DINAS)
    assert [ticket.mine for ticket in sari.tickets] == [True]
    assert [ticket.mine for ticket in dinas.tickets] == [False]
    assert dinas.tickets[0].promises == DUE


async def test_a_reporter_who_also_takes_part_sees_it_once(store: SqlStore) -> None:
    known = await open_ticket(store, 1)
    [sari] = await greet(store, SARI)
    row = {"address_id": sari.address_id, "ticket_id": known.id, "role": "reporter"}
    await run(store, insert(schema.participants).values(row))
    [sari] = await greet(store, SARI)
    assert [ticket.mine for ticket in sari.tickets] == [True]


async def test_the_newest_ticket_comes_first(store: SqlStore) -> None:
    await open_ticket(store, 3, opened_at=NOW - 2 * DAY)
    await open_ticket(store, 1, opened_at=NOW)
    await open_ticket(store, 2, opened_at=NOW - DAY)
    [sender] = await greet(store, SARI)
    assert [ticket.number for ticket in sender.tickets] == [number_of(n) for n in (1, 2, 3)]


async def test_a_ticket_without_promises(store: SqlStore) -> None:
    known = await open_ticket(store, 1, promises=())
    assert known.promises == ()


async def test_a_stale_version_is_a_conflict(store: SqlStore) -> None:
    known = await open_ticket(store, 1)
    await lay_down(store, Filing(changes=[change(known)]))
    with pytest.raises(Conflict):
        await lay_down(store, Filing(changes=[change(known)]))
    assert (await one(store, "tickets"))["version"] == 2


async def test_one_stale_change_takes_the_others_with_it(store: SqlStore) -> None:
    first, second = await open_ticket(store, 1), await open_ticket(store, 2, BUDI)
    stale = change(second, expected_version=9)
    with pytest.raises(Conflict):
        await lay_down(store, Filing(changes=[change(first), stale]))
    kept = await rows(store, select(schema.tickets.c.version))
    assert [version for (version,) in kept] == [1, 1]


async def test_a_ticket_is_changed_once_per_filing(store: SqlStore) -> None:
    known = await open_ticket(store, 1)
    with pytest.raises(Conflict):
        await lay_down(store, Filing(changes=[change(known), change(known, expected_version=2)]))
