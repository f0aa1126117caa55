"""What an outgoing message stands in, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from core.model.messages import Address, AddressKind, OutboundFile, Reachability
from core.model.outbox import OutboxDraft, OutboxState
from tests.contracts.planting import claim, handed, put, record
from tests.core.fakes import MAIL, SMS
from tests.core.services.counter import LAMP, MINUTE, PRINTER, Counter
from ticket_store import schema
from ticket_store.conversations import LONGEST
from ticket_store.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from core.model.messages import Conversation
    from ticket_store.store import SqlStore

ANI = Address(AddressKind.EMAIL, "ani@contoh.example")
LONG_AFTER = timedelta(days=400)


async def talks(store: SqlStore) -> dict[int, Conversation]:
    async with store.desk() as desk:
        rows = await desk.outbox.claim(MAIL, Counter(store).now + LONG_AFTER, _lease(store), 50)
        found = await desk.outbox.conversations([row.id for row in rows])
    return dict(found)


def _lease(store: SqlStore) -> Any:
    return Counter(store).now + 2 * LONG_AFTER


async def mailed(counter: Counter, text: str, **changes: Any) -> str:
    plain = {"channel": MAIL, "subject": "HELPDESK lampu aula", "thread_id": "a@x"}
    receipt = await counter.says(text, ANI, **(plain | changes))
    return str(receipt.number)


async def test_an_acknowledgement_answers_the_message_that_caused_it(store: SqlStore) -> None:
    counter = Counter(store)
    number = await mailed(counter, LAMP, sent_at=counter.now - MINUTE)
    [talk] = (await talks(store)).values()
    assert talk.number == number
    assert (talk.subject, talk.answers) == ("HELPDESK lampu aula", "a@x")
    assert talk.references == ("a@x",)
    assert talk.automatic
    assert talk.heard_at == counter.now - 2 * MINUTE


async def test_where_the_provider_names_a_message_by_its_id_alone(store: SqlStore) -> None:
    counter = Counter(store)
    await mailed(counter, LAMP, thread_id=None, external_id="wamid.1", subject=None)
    [talk] = (await talks(store)).values()
    assert (talk.answers, talk.subject) == ("wamid.1", "")


async def test_a_person_answers_the_last_word_and_names_the_thread(store: SqlStore) -> None:
    counter = Counter(store)
    await mailed(counter, LAMP)
    [ack] = await claim(store, counter.now, channel=MAIL)
    await record(store, handed(ack, "ack@kita", at=counter.now + MINUTE))
    counter.now += 5 * MINUTE
    await mailed(
        counter, "Masih mati", subject="Re: lampu", thread_id="b@x", references=("ack@kita",)
    )
    address = (await counter.rows(schema.addresses))[0].id
    [ticket] = await counter.rows(schema.tickets)
    answer = OutboxDraft(
        "answer:s17",
        "answer",
        MAIL,
        ANI,
        address,
        "Petugas datang pukul 10.",
        counter.now,
        ticket_id=ticket.id,
    )
    await put(store, answer)
    [talk] = (await talks(store)).values()
    assert not talk.automatic
    assert (talk.answers, talk.subject) == ("b@x", "Re: lampu")
    assert talk.references == ("a@x", "ack@kita", "b@x")


async def test_a_long_thread_names_its_last_messages(store: SqlStore) -> None:
    counter = Counter(store)
    await mailed(counter, LAMP)
    for turn in range(LONGEST + 5):
        await mailed(
            counter,
            f"Masih mati {turn}",
            subject="Re: x",
            thread_id=f"{turn}@x",
            references=("a@x",),
        )
    items = await talks(store)
    talk = next(iter(items.values()))
    assert len(talk.references) <= LONGEST + 1
    assert talk.references[-1] == talk.answers


async def test_another_persons_words_on_the_ticket_are_none_of_the_thread(
    store: SqlStore,
) -> None:
    counter = Counter(store)
    number = await mailed(counter, LAMP)
    eve = Address(AddressKind.EMAIL, "eve@lain.example")
    foreign = counter.said(
        "Saya juga", eve, channel=MAIL, subject="x", thread_id="e@y", proven=number
    )
    await counter.take(foreign)
    [talk] = (await talks(store)).values()
    assert talk.references == ("a@x",)


async def test_a_text_without_ticket_stands_alone(store: SqlStore) -> None:
    counter = Counter(store)
    await counter.says("halo", ANI, channel=MAIL, subject="halo", thread_id="h@x")
    [talk] = (await talks(store)).values()
    assert (talk.number, talk.subject, talk.answers) == (None, "halo", "h@x")


async def test_files_come_with_their_whole_path(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path}/a.db", data_dir=tmp_path)
    counter = Counter(store)
    await mailed(counter, LAMP)
    address = (await counter.rows(schema.addresses))[0].id
    file = OutboundFile("ab/abcdef", "image/png", "denah.png", 10)
    draft = OutboxDraft(
        "answer:1x",
        "answer",
        MAIL,
        ANI,
        address,
        "Lihat denah",
        counter.now,
        files=(file, replace(file, filename="dua.png")),
    )
    await put(store, draft)
    await put(store, draft)
    found = [talk for talk in (await talks(store)).values() if talk.files]
    # The acknowledgement goes first: the answer waits for it.
    assert found == []
    [ack] = [row for row in await counter.rows(schema.outbox) if row.purpose == "ack"]
    await counter.tell(
        schema.outbox.update()
        .where(schema.outbox.c.id == ack.id)
        .values(state=OutboxState.DEAD.value)
    )
    [talk] = (await talks(store)).values()
    whole = str(tmp_path / "attachments" / "ab" / "abcdef")
    assert [(one.path, one.filename) for one in talk.files] == [
        (whole, "denah.png"),
        (whole, "dua.png"),
    ]
    await store.close()


async def test_news_of_reachability_is_kept_on_known_addresses(store: SqlStore) -> None:
    counter = Counter(store)
    await mailed(counter, LAMP)
    stranger = Address(AddressKind.EMAIL, "tidak@kenal.example")
    for reason in ("Penerima memblokir bot.", ""):
        async with store.desk() as desk:
            await desk.outbox.mark_reachable(
                [Reachability(MAIL, ANI, reason), Reachability(SMS, stranger, "x")]
            )
            await desk.commit()
        [row] = await counter.rows(schema.addresses)
        assert row.unreachable == reason


async def test_tickets_are_found_whoever_they_belong_to(store: SqlStore) -> None:
    counter = Counter(store)
    first, second = await counter.opens(LAMP), await counter.opens(PRINTER)
    async with store.desk() as desk:
        found = await desk.intake.tickets([first, second, "HD26-999999-0"])
    assert set(found) == {first, second}
    assert not found[first].mine
    assert [promise.target for promise in found[first].promises] == ["first_answer", "solution"]
