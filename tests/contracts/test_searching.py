"""Search on both engines: words, numbers, people, within reach; nothing masked can be guessed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, func, select, text, update

from core.model.messages import Address, AddressKind
from core.model.rights import EVERYTHING, Area, Scope
from core.model.searching import read_search, sweep_at
from core.services.searching import gather_words
from tests.contracts.planting import T0, connection_of, draft, phone, plant, plant_address, put
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

ALL = Scope(7, EVERYTHING, EVERYTHING)
YEAR = 26 * 10**9
NIK = "3510161234567890"
TEXTS = {
    1: "Internet kantor camat MATI sejak pagi",
    2: "Rumah saya di jalan Café, NIK 3510 1612 3456 7890 lampu padam",
    3: f"KTP {NIK} hilang; hubungi 081234567890",
    4: 'Internetnya lambat, kantor desa OR "DROP" NEAR loket 2',
    5: "Petugas loket 3 tidak sopan",
}


@pytest.fixture
async def planted(store: SqlStore) -> SqlStore:
    """Five tickets with one message each; 4 is with unit 1, 5 is about person 7 and sensitive."""
    ids = [await plant_address(store, phone(n)) for n in sorted(TEXTS)]
    await plant(store, schema.units, {"id": 1, "code": "u1", "name": "Unit 1"})
    await plant(store, schema.staff, {"id": 7, "login": "s7", "name": "Petugas", "created_at": T0})
    await plant(store, schema.tickets, *(_ticket(n, ids[n - 1]) for n in TEXTS))
    work = {"ticket_id": YEAR + 4, "unit_id": 1, "changed_at": T0, "sensitive": False}
    about = {"ticket_id": YEAR + 5, "about_staff_id": 7, "changed_at": T0, "sensitive": True}
    await plant(store, schema.ticket_work, work)
    await plant(store, schema.ticket_work, about)
    await plant(store, schema.messages, *(_message(n, ids[n - 1]) for n in TEXTS))
    while await gather_words(store):
        pass
    return store


def _ticket(n: int, address: int) -> dict[str, object]:
    return {
        "id": YEAR + n, "number": f"HD26-{n:06d}-0", "status": "received", "status_at": T0,
        "priority": "normal", "category": "network", "subject": f"Pokok {n}",
        "description": TEXTS[n], "match_text": "", "language": "id", "channel": "sms",
        "address_id": address, "opened_at": T0, "event_seq": 0, "event_head": "",
    }  # fmt: skip


def _message(n: int, address: int) -> dict[str, object]:
    return {
        "id": n, "channel": "sms", "external_id": f"SM{n}", "address_id": address,
        "ticket_id": YEAR + n, "outcome": "opened", "kind": "complaint", "text": TEXTS[n],
        "sender_name": "Siti Aminah" if n == 1 else None, "language": "id", "recipient": "",
        "received_at": T0 + timedelta(seconds=n), "raw": b"",
    }  # fmt: skip


async def found(store: SqlStore, typed: str, scope: Scope = ALL) -> list[int]:
    words = read_search(typed, "HD", 26).words
    texts, _ = await store.search.texts(scope, words, None, 100)
    return [one.ticket_id - YEAR for one in texts]


@pytest.mark.parametrize(
    ("typed", "tickets"),
    [
        ("internet", [4, 1]),
        ("INTERNET kantor", [4, 1]),
        ("kantor camat", [1]),
        ("camat loket", []),
        ("cafe", [2]),
        ("café", [2]),
        ("siti", [1]),
        ("aminah internet", [1]),
        ("net", []),
        ("or", [4]),
        ("near or drop", [4]),
        ("' OR 1=1 --", [4]),
        ('"internet" (mati* -', [1]),
        ("xyz", []),
        ("сафе", []),
    ],
)
async def test_words_are_found(planted: SqlStore, typed: str, tickets: list[int]) -> None:
    assert await found(planted, typed) == tickets


async def test_no_digit_is_a_word(planted: SqlStore) -> None:
    """Whatever is asked of the store itself: neither a NIK nor a part of it, nor a phone."""
    for word in (NIK, NIK[:4], "3510", "1612", "081234567890", "0812", "7890", "3"):
        texts, _ = await planted.search.texts(ALL, (word,), None, 100)
        assert list(texts) == [], word


async def test_only_what_is_within_reach(planted: SqlStore) -> None:
    unit = Scope(9, Area(units=frozenset({1})), EVERYTHING)
    assert await found(planted, "internet", unit) == [4]
    assert await found(planted, "kantor", Scope(9, Area(), EVERYTHING)) == []
    assert await found(planted, "sopan", Scope(9, EVERYTHING, EVERYTHING)) == [5]
    assert await found(planted, "sopan") == []  # about the person who asks
    assert await found(planted, "sopan", Scope(9, EVERYTHING, Area())) == []  # sensitive
    ranges = [(YEAR, YEAR + 99)]
    assert await planted.search.between(unit, ranges, 9) == [YEAR + 4]
    assert await planted.search.numbered(unit, ["HD26-000001-0", "HD26-000004-0"]) == [YEAR + 4]
    assert await planted.search.reached_by(unit, [phone(1), phone(4)], 9) == [YEAR + 4]


async def test_answers_and_notes_are_found_automatic_texts_are_not(planted: SqlStore) -> None:
    letters = [
        draft("answer:1", purpose="answer", text="Teknisi berangkat", ticket_id=YEAR + 1),
        draft("ack:1", text="Laporan diterima berangkat", ticket_id=YEAR + 2),
    ]
    await put(planted, *letters)
    note = {"ticket_id": YEAR + 3, "kind": "note", "text": "Berangkat besok", "by": "staff:7"}
    await plant(planted, schema.notes, note | {"at": T0})
    assert await found(planted, "berangkat") == [3, 1]


async def test_what_changes_is_found_anew(planted: SqlStore) -> None:
    async with planted.desk() as desk:
        connection = connection_of(desk)
        tickets, messages = schema.tickets, schema.messages
        for subject in ("Kabel putus", "Router rusak"):
            changed = update(tickets).where(tickets.c.id == YEAR + 3).values(subject=subject)
            await connection.execute(changed)
        await connection.execute(update(messages).where(messages.c.id == 1).values(text="kosong"))
        await connection.execute(delete(messages).where(messages.c.id == 4))
        await desk.commit()
    assert await found(planted, "router") == [3]
    assert await found(planted, "kabel") == []
    assert await found(planted, "internet") == []
    assert await found(planted, "kosong siti") == [1]


async def test_nothing_of_what_was_rolled_back(planted: SqlStore) -> None:
    async with planted.desk() as desk:
        note = {"ticket_id": YEAR + 3, "kind": "note", "text": "gagal", "by": "staff:7", "at": T0}
        await connection_of(desk).execute(schema.notes.insert(), note)
    assert await found(planted, "gagal") == []


async def test_a_walk_goes_on_where_it_ended(planted: SqlStore) -> None:
    seen: list[int] = []
    before = None
    for _ in range(9):
        texts, before = await planted.search.texts(ALL, ("internet",), before, 1)
        seen += [one.ticket_id - YEAR for one in texts]
        if before is None:
            break
    assert seen == [4, 1]


async def test_people_are_found_by_address(planted: SqlStore) -> None:
    whatsapp = Address(AddressKind.WHATSAPP, phone(2).value)
    email = Address(AddressKind.EMAIL, "a@b.example")
    other = await plant_address(planted, email)
    taking = {"address_id": other, "ticket_id": YEAR + 3, "role": "reporter"}
    await plant(planted, schema.participants, taking)
    reads = planted.search
    assert await reads.reached_by(ALL, [phone(2), whatsapp], 9) == [YEAR + 2]
    assert await reads.reached_by(ALL, [email], 9) == [YEAR + 3]
    assert await reads.reached_by(ALL, [phone(99)], 9) == []
    lines = await reads.lines(ALL, [YEAR + 1, YEAR + 2])
    assert [line.id for line in lines] == [YEAR + 1, YEAR + 2]


# --- gathering behind intake -------------------------------------------------------------------


async def _said(store: SqlStore, n: int, words: str) -> None:
    """One more message of ticket 1, with the event that its joining writes."""
    event = {
        "ticket_id": YEAR + 1, "seq": n, "kind": "MessageJoined", "at": T0, "actor": "reporter",
        "data": "{}", "previous": "", "hash": "",
    }  # fmt: skip
    address = await plant_address(store, phone(1))
    message = _message(1, address) | {"id": 100 + n, "external_id": f"X{n}", "text": words}
    async with store.desk() as desk:
        await connection_of(desk).execute(schema.messages.insert(), message)
        await connection_of(desk).execute(schema.events.insert(), event)
        await desk.commit()


async def test_a_message_is_found_once_it_is_gathered(planted: SqlStore) -> None:
    await _said(planted, 1, "genteng bocor")
    assert await found(planted, "genteng") == []  # intake waits for no words
    await gather_words(planted)
    assert await found(planted, "genteng") == [1]
    await gather_words(planted)
    assert await found(planted, "genteng") == [1]


async def test_a_message_that_changed_before_it_was_gathered(planted: SqlStore) -> None:
    await _said(planted, 1, "genteng bocor")
    async with planted.desk() as desk:
        changed = update(schema.messages).where(schema.messages.c.id == 101).values(text="pagar")
        await connection_of(desk).execute(changed)
        await desk.commit()
    await gather_words(planted)
    assert await found(planted, "genteng") == []
    assert await found(planted, "pagar") == [1]


async def test_whoever_began_earlier_keeps_nothing(planted: SqlStore) -> None:
    begun = await planted.search.gathered_up_to()
    await _said(planted, 1, "genteng bocor")
    await gather_words(planted)
    async with planted.desk() as desk:
        assert not await desk.words.gather({"HD26-000001-0"}, begun, "x")
    assert await planted.search.gathered_up_to() != "x"


async def _gathered(store: SqlStore) -> int:
    """How many messages have their words."""
    counted = select(func.count()).where(schema.search_docs.c.source == "message")
    async with store.desk() as desk:
        return int((await connection_of(desk).execute(counted)).scalar_one())


async def _from_the_beginning(store: SqlStore) -> None:
    """As before the first gathering of all: messages, and no words of them yet."""
    async with store.desk() as desk:
        here = connection_of(desk)
        await here.execute(delete(schema.search_place))
        if here.dialect.name == "sqlite":
            await here.execute(text("DELETE FROM search_docs WHERE source = 'message'"))
            await here.execute(
                text("INSERT INTO search_index (search_index) VALUES ('delete-all')")
            )
        else:
            await here.execute(delete(schema.search_docs))
        await desk.commit()


async def test_the_first_gathering_goes_piece_by_piece(planted: SqlStore) -> None:
    await _from_the_beginning(planted)
    counts = []
    while await gather_words(planted, swept=2):
        counts.append(await _gathered(planted))
    assert counts == [2, 4, 5, 5]  # never more than a piece at once; the last finds no more
    assert await found(planted, "internet") == [4, 1]
    assert sweep_at(await planted.search.gathered_up_to()) is None


async def test_one_that_was_killed_goes_on_where_it_was(planted: SqlStore) -> None:
    await _from_the_beginning(planted)
    await gather_words(planted, swept=2)
    begun = await planted.search.gathered_up_to()
    sweep = sweep_at(begun)
    assert sweep is not None
    async with planted.desk() as desk:  # what is not committed is as if it had never been
        assert await desk.words.gather_next(sweep, 2, begun)
    assert (await planted.search.gathered_up_to(), await _gathered(planted)) == (begun, 2)
    await gather_words(planted, swept=2)
    async with planted.desk() as desk:  # a second process that began at the same place
        assert not await desk.words.gather_next(sweep, 2, begun)
    assert await _gathered(planted) == 4


async def test_what_comes_in_meanwhile_is_told_by_the_stream(planted: SqlStore) -> None:
    await _from_the_beginning(planted)
    await gather_words(planted, swept=2)
    await _said(planted, 1, "genteng bocor")
    # Ids come from blocks: one that comes in later may have a lower one than those seen.
    async with planted.desk() as desk:
        lower = update(schema.messages).where(schema.messages.c.id == 101).values(id=-1)
        await connection_of(desk).execute(lower)
        await desk.commit()
    while await gather_words(planted, swept=2):
        pass
    assert await found(planted, "genteng") == [1]
    assert await _gathered(planted) == 6


async def test_a_place_of_another_store_begins_anew(planted: SqlStore) -> None:
    begun = await planted.search.gathered_up_to()
    ahead = begun.split(".")[0] + f".{2**62}"
    async with planted.desk() as desk:
        assert await desk.words.gather(set(), begun, ahead)
        await desk.commit()
    await _said(planted, 1, "genteng bocor")
    while await gather_words(planted):
        pass
    assert await found(planted, "genteng") == [1]
