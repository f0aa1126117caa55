"""Who may say what: strangers, partners, machines and floods, on both engines."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from core.model.limits import OPENED_KEPT, UNTOLD_KEPT
from core.model.messages import Address, AddressKind, Outcome, Receipt
from core.services.intake import receive
from tests.core.fakes import BUDI, DAY, MAIL, SARI, office
from tests.core.services.counter import LAMP, MINUTE, PRINTER, Counter, person
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

NIK = "3510012304850003"


@pytest.fixture
def counter(store: SqlStore) -> Counter:
    return Counter(store)


async def test_nothing_of_one_sender_reaches_another_in_the_same_batch(counter: Counter) -> None:
    texts = [LAMP, "STATUS", "HELPDESK sepeda motor dinas hilang", "BATAL", "halo"]
    people = [person(last) for last in range(4)]
    await counter.take(*(counter.said(text, who) for text in texts for who in people))
    addresses = {row.id: row.value for row in await counter.rows(schema.addresses)}
    numbers = {row.number: addresses[row.address_id] for row in await counter.rows(schema.tickets)}
    assert len(numbers) == 8
    for reply in await counter.rows(schema.outbox):
        named = [number for number in numbers if number in reply.text]
        assert {numbers[number] for number in named} <= {reply.recipient}
    for number in numbers:
        await counter.history(number)


async def test_a_partner_sees_what_the_reporter_did_in_the_same_batch(counter: Counter) -> None:
    number = await counter.opens()
    await counter.join(number, BUDI)
    texts = [(SARI, f"BATAL {number}"), (BUDI, f"{number} teknisi berangkat"), (SARI, "BUKA")]
    receipts = await counter.take(*(counter.said(text, who) for who, text in texts))
    assert {receipt.number for receipt in receipts} == {number}
    events = await counter.history(number)
    assert [(event.kind, event.actor) for event in events[1:]] == [
        ("Cancelled", "reporter"),
        ("MessageJoined", "participant"),
        ("Reopened", "reporter"),
        ("ContactFlagged", "system"),
    ]


@pytest.mark.parametrize("first", [SARI, BUDI])
async def test_a_partner_never_becomes_the_reporter(counter: Counter, first: Address) -> None:
    number = await counter.opens()
    await counter.join(number, BUDI)
    second = BUDI if first == SARI else SARI
    await counter.take(
        counter.said(f"{number} keterangan pertama", first),
        counter.said(f"{number} keterangan kedua", second),
        counter.said(f"BATAL {number}", BUDI),
    )
    [ticket] = await counter.rows(schema.tickets)
    assert ticket.status == "received"
    events = await counter.history(number)
    actors = {SARI: "reporter", BUDI: "participant"}
    told = [actors[first], actors[second], "participant"]
    assert [(event.kind, event.actor) for event in events[1:]] == [
        ("MessageJoined", actor) for actor in told
    ]


async def test_history_holds_no_identity_and_no_phone_number(counter: Counter) -> None:
    number = await counter.opens(f"HELPDESK KTP saya {NIK} belum jadi, hubungi 081234567890")
    for text in (
        f"{number} NIK saya {NIK}",
        f"ESKALASI {number} {NIK} belum juga",
        f"BATAL {number} {NIK}",
    ):
        await counter.says(text)
    events = await counter.history(number)
    assert len(events) == 5
    for event in events:
        for secret in (NIK, "081234567890", "1234567890", SARI.value[1:]):
            assert secret not in event.data
            assert secret not in event.actor


async def test_a_sender_without_an_address_is_heard_and_never_answered(counter: Counter) -> None:
    label = Address(AddressKind.SENDER_LABEL, "BANK-XYZ")
    first = await counter.says(LAMP, label)
    again = await counter.says(LAMP, label)
    assert (first.outcome, again) == (Outcome.OPENED, Receipt(Outcome.JOINED, first.number))
    assert await counter.texts() == []
    assert {row.silence for row in await counter.rows(schema.messages)} == {
        "pengirim tanpa nomor yang dapat dibalas"
    }


async def test_mail_that_asks_for_silence_gets_a_ticket_and_no_reply(counter: Counter) -> None:
    sender = Address(AddressKind.EMAIL, "budi@dinas.example")
    receipt = await counter.says(
        LAMP, sender, channel=MAIL, subject="", headers={"x-auto-response-suppress": "All"}
    )
    assert receipt.outcome is Outcome.OPENED
    assert await counter.texts() == []
    [row] = await counter.rows(schema.messages)
    assert row.silence == "pengirim meminta tanpa balasan otomatis"
    await counter.says("STATUS", sender, channel=MAIL, subject="")
    [told] = await counter.texts()
    assert str(receipt.number) in told


async def test_a_survey_is_opened_and_answered_in_one_batch(counter: Counter) -> None:
    number = await counter.opens()
    await counter.end(number, "resolved")
    *_, late = await counter.take(*map(counter.said, ("NILAI", "54345", "11111")))
    assert late.outcome is Outcome.UNSORTED
    kinds = await counter.kinds(number)
    assert kinds[1:] == ["SurveyOpened", "SurveyAnswered"]
    *_, answered = await counter.history(number)
    assert json.loads(answered.data)["scores"] == "5 4 3 4 5"


async def test_stop_is_remembered_and_lifted(counter: Counter) -> None:
    for text, muted in (("STOP", True), (LAMP, True), ("MULAI", False)):
        await counter.says(text)
        [address] = await counter.rows(schema.addresses)
        assert address.muted is muted


async def test_a_flood_is_joined_and_nothing_is_lost(counter: Counter) -> None:
    counter.now -= MINUTE * 100
    words = [f"HELPDESK perangkat nomor {n} di ruang {n} rusak" for n in range(60)]
    start = counter.now
    batch = [counter.said(text, received_at=start) for text in words]
    receipts = await counter.take(*batch[:30]) + await counter.take(*batch[30:])
    outcomes = [receipt.outcome for receipt in receipts]
    assert (outcomes.count(Outcome.OPENED), outcomes.count(Outcome.JOINED)) == (20, 40)
    assert len(await counter.rows(schema.messages)) == 60
    assert len(await counter.texts()) == counter.policy.limits.acks_per_ten_minutes
    *_, last = await counter.ask(select(schema.messages).order_by(schema.messages.c.id))
    assert last.note == "banjir pesan: digabungkan ke tiket terakhir"
    assert last.silence


async def test_a_flood_of_days_does_not_grow_what_we_remember(counter: Counter) -> None:
    words = [f"HELPDESK perangkat nomor {n} di ruang {n} rusak" for n in range(UNTOLD_KEPT + 40)]
    receipts = await counter.take(*map(counter.said, words))
    assert {receipt.outcome for receipt in receipts} == {Outcome.OPENED}
    async with counter.store.desk() as desk:
        known = await desk.intake.senders([SARI], [], counter.now, counter.now)
    newest = [receipt.number for receipt in receipts[-UNTOLD_KEPT:]]
    assert list(known[SARI].untold) == newest
    assert len(known[SARI].opened) <= OPENED_KEPT


async def test_a_machine_that_answers_each_of_our_texts_falls_silent(counter: Counter) -> None:
    rounds = 0
    while rounds < 20:
        before = len(await counter.texts())
        await counter.says("Terima kasih, pesan Anda nomor urut ini sudah kami catat ya")
        if len(await counter.texts()) == before:
            break
        rounds += 1
    assert rounds <= 5


async def test_what_fails_leaves_nothing(counter: Counter) -> None:
    good, bad = counter.said(LAMP), counter.said(f"{PRINTER}\x00", BUDI)
    with pytest.raises(Exception, match=r"\w"):
        await receive(counter.store.desk, counter.store.blocks, office(), [good, bad])
    for table in (schema.tickets, schema.messages, schema.outbox, schema.events):
        assert await counter.rows(table) == []
    [receipt] = await counter.take(good)
    assert receipt.outcome is Outcome.OPENED


async def test_one_text_a_hundred_times_is_one_ticket_and_hardly_a_reply(
    counter: Counter,
) -> None:
    start = counter.now
    batch = [counter.said(LAMP, received_at=start) for _ in range(100)]
    receipts = await counter.take(*batch)
    assert len({receipt.number for receipt in receipts}) == 1
    assert len(await counter.rows(schema.messages)) == 100
    assert await counter.purposes() == ["ack", "duplicate", "duplicate"]
    *_, last = await counter.ask(select(schema.messages).order_by(schema.messages.c.id))
    assert last.silence == "teks yang sama sudah dibalas"


ASKED = [
    "STATUS {number}",
    "BATAL {number}",
    "SELESAI {number}",
    "BUKA {number} masih rusak",
    "ESKALASI {number}",
    "KEBERATAN {number} tidak benar",
    "NILAI {number}",
    "{number}",
    "{number} belum dikerjakan juga",
    "HELPDESK seperti {number} di kantor kami juga",
    "{number} terima kasih",
]


@pytest.mark.parametrize("status", ["received", "resolved", "merged"])
async def test_somebody_elses_number_is_answered_as_one_that_does_not_exist(
    counter: Counter, status: str
) -> None:
    theirs = await counter.opens(LAMP, BUDI)
    await counter.end(theirs, status)
    before = len(await counter.texts())
    story = []
    for number, who in ((theirs, 100), ("HD26-999999-4", 200)):
        for place, text in enumerate(ASKED):
            receipt = await counter.says(text.format(number=number), person(who + place))
            story.append((receipt.outcome, (receipt.number or "")[:4]))
    texts = [text.replace(theirs, "N") for text in (await counter.texts())[before:]]
    texts = [text.replace("HD26-999999-4", "N") for text in texts]
    half = len(ASKED)
    assert story[:half] == story[half:]
    plain = [re.sub(r"HD26-\d{6}-\d|\d\d\.\d\d", "", text) for text in texts]
    assert plain[: len(plain) // 2] == plain[len(plain) // 2 :]
    assert len(plain) == 2 * (half - 1)
    assert await counter.kinds(theirs) == ["TicketOpened"]
    [row] = await counter.ask(select(schema.tickets).where(schema.tickets.c.number == theirs))
    assert (row.status, row.contact_count) == (status, 1)


async def test_opened_again_too_late_without_a_word_the_new_ticket_names_the_old(
    counter: Counter,
) -> None:
    number = await counter.opens()
    await counter.end(number, "closed")
    counter.now += 8 * DAY
    receipt = await counter.says(f"BUKA {number}")
    assert (receipt.outcome, receipt.number != number) == (Outcome.OPENED, True)
    _, new = await counter.rows(schema.tickets)
    assert new.subject == f"lanjutan dari {number}, masa buka kembali lewat"
    assert await counter.kinds(number) == ["TicketOpened", "ContinuedIn"]
