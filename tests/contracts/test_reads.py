"""What pages read, on both engines: keyset pages, threads, histories, masked addresses."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from core.errors import NotFound
from core.model.events import GENESIS, Event, Fact, chain, intact
from core.model.messages import Address, AddressKind, DeliveryState, Outcome
from core.model.outbox import OutboxState
from core.model.ticket import Priority, Promise, Status
from core.model.views import PageKey, TicketRow
from tests.contracts.planting import (
    SMS,
    T0,
    claim,
    connection_of,
    draft,
    phone,
    plant,
    plant_address,
    put,
    record,
    result,
)
from tests.patience import PATIENCE
from ticket_store import schema
from ticket_store.reads import NEXT_PAGE

MINUTE = timedelta(minutes=1)


def number(at: int) -> str:
    return f"HD26-{at:06d}-0"


def ticket(at: int, **changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "id": at,
        "number": number(at),
        "status": "received",
        "status_at": T0,
        "priority": "normal",
        "priority_hint": None,
        "category": "road",
        "subject": f"Jalan rusak {at}",
        "description": "…",
        "match_text": "",
        "language": "id",
        "channel": "sms",
        "address_id": 1,
        "opened_at": T0 + at * MINUTE,
        "event_seq": 1,
        "event_head": "",
    }
    return row | changes


def message(at: int, **changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "id": at,
        "channel": "sms",
        "external_id": f"in{at}",
        "address_id": 1,
        "ticket_id": 1,
        "outcome": "joined",
        "kind": "follow_up",
        "text": f"masuk {at}",
        "language": "id",
        "recipient": "+628",
        "received_at": T0 + at * MINUTE,
        "silence": "",
        "raw": b"",
    }
    return row | changes


@pytest.fixture
async def shop(store: Any) -> Any:
    assert await plant_address(store, phone(1)) == 1
    return store


# --- lists -----------------------------------------------------------------------------------


async def test_a_row_shows_what_a_list_needs(shop: Any) -> None:
    row = ticket(7, priority_hint="emergency", status="in_progress", contact_count=3)
    await plant(shop, schema.tickets, row)
    clocks = [("solution", 60, True), ("first_answer", 5, False)]
    for target, minutes, provisional in clocks:
        clock = {"ticket_id": 7, "target": target, "due_at": T0 + minutes * MINUTE}
        await plant(shop, schema.sla_clocks, clock | {"provisional": provisional})
    expected = TicketRow(
        id=7,
        number="HD26-000007-0",
        status=Status.IN_PROGRESS,
        priority=Priority.NORMAL,
        priority_hint=Priority.EMERGENCY,
        subject="Jalan rusak 7",
        channel="sms",
        category="road",
        language="id",
        opened_at=T0 + 7 * MINUTE,
        promises=(
            Promise("first_answer", T0 + 5 * MINUTE),
            Promise("solution", T0 + 60 * MINUTE, provisional=True),
        ),
        contacts=3,
    )
    assert await shop.reads.ticket("HD26-000007-0") == expected
    assert await shop.reads.tickets(None, 10) == [expected]


async def test_pages_meet_without_gap_or_repeat(shop: Any) -> None:
    """Several tickets share an instant: the id decides."""
    planted = [ticket(at, opened_at=T0 + (at // 4) * MINUTE) for at in range(1, 24)]
    await plant(shop, schema.tickets, *planted)
    seen: list[int] = []
    after: PageKey | None = None
    while page := await shop.reads.tickets(after, 5):
        seen += [row.id for row in page]
        after = PageKey(page[-1].opened_at, page[-1].id)
    assert seen == list(range(23, 0, -1))


async def test_a_ticket_that_comes_meanwhile_does_not_shift_the_next_page(shop: Any) -> None:
    await plant(shop, schema.tickets, *(ticket(at) for at in range(1, 7)))
    first = await shop.reads.tickets(None, 3)
    await plant(shop, schema.tickets, ticket(99))
    second = await shop.reads.tickets(PageKey(first[-1].opened_at, first[-1].id), 3)
    assert [row.id for row in [*first, *second]] == [6, 5, 4, 3, 2, 1]


async def test_promises_stay_with_their_tickets(shop: Any) -> None:
    await plant(shop, schema.tickets, *(ticket(at) for at in range(1, 6)))
    for at in (1, 3, 5):
        clock = {"ticket_id": at, "target": "solution", "due_at": T0 + at * MINUTE}
        await plant(shop, schema.sla_clocks, clock)
    page = await shop.reads.tickets(None, 10)
    found = {row.id: [promise.due_at for promise in row.promises] for row in page}
    assert found == {at: [T0 + at * MINUTE] if at % 2 else [] for at in range(1, 6)}


async def test_an_empty_store_has_an_empty_page(store: Any) -> None:
    assert await store.reads.tickets(None, 10) == []
    assert await store.reads.tickets(PageKey(T0, 5), 10) == []


@pytest.mark.parametrize("verb", ["ticket", "history", "thread"])
async def test_what_is_not_there_is_not_found(shop: Any, verb: str) -> None:
    await plant(shop, schema.tickets, ticket(1))
    with pytest.raises(NotFound):
        await getattr(shop.reads, verb)("HD26-000002-0")


async def test_a_page_takes_two_statements_however_long(shop: Any) -> None:
    await plant(shop, schema.tickets, *(ticket(at) for at in range(1, 41)))
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    async with shop.reads._connected() as connection:
        engine = connection.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert len(await shop.reads.tickets(None, 40)) == 40
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(statements) == 2


async def test_a_page_deep_in_history_walks_the_index(shop: Any) -> None:
    await plant(shop, schema.tickets, *(ticket(at) for at in range(1, 2001)))
    async with shop.desk() as desk:
        connection = connection_of(desk)
        await connection.exec_driver_sql("ANALYZE")
        dialect = connection.dialect
        statement = NEXT_PAGE.params(opened_at=T0 + 900 * MINUTE, id=900, limit=25)
        sql = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
        explain = "EXPLAIN " if dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
        plan = str(list(await connection.exec_driver_sql(explain + sql)))
    assert "ix_tickets_opened" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


# --- histories -------------------------------------------------------------------------------


async def test_a_history_comes_back_as_it_was_hashed(shop: Any) -> None:
    await plant(shop, schema.tickets, ticket(1), ticket(2))
    chained: list[Event] = []
    head = GENESIS
    for seq, kind in enumerate(("TicketOpened", "MessageJoined", "StatusChanged"), 1):
        fact = Fact(kind, T0 + seq * MINUTE, "reporter", {"kata": "é 🙏", "ke": seq})
        chained.append(chain(1, seq, head, fact))
        head = chained[-1].hash
    columns = Event.__dataclass_fields__
    values = [{name: getattr(one, name) for name in columns} for one in reversed(chained)]
    await plant(shop, schema.events, *values)
    history = await shop.reads.history(number(1))
    assert history == chained
    assert all(intact(one) for one in history)
    assert await shop.reads.history(number(2)) == []


# --- threads ---------------------------------------------------------------------------------


async def test_a_thread_shows_both_directions_in_time_order(shop: Any) -> None:
    await plant(shop, schema.tickets, ticket(1), ticket(2))
    await plant(shop, schema.messages, message(3), message(1, outcome="opened", silence="batas"))
    await plant(shop, schema.messages, message(9, ticket_id=2), message(8, ticket_id=None))
    await put(
        shop,
        draft("ack:1", ticket_id=1, created_at=T0 + MINUTE, segments=2),
        draft("note:1", ticket_id=1, created_at=T0 + 2 * MINUTE, purpose="note"),
        draft("ack:2", ticket_id=2),
    )
    thread = await shop.reads.thread(number(1))
    assert [(entry.inbound, entry.text) for entry in thread] == [
        (True, "masuk 1"),
        (False, "Tiket untuk ack:1"),
        (False, "Tiket untuk note:1"),
        (True, "masuk 3"),
    ]
    opened, ack, note, _ = thread
    assert (opened.outcome, opened.silence, opened.channel) == (Outcome.OPENED, "batas", "sms")
    assert (ack.purpose, ack.segments, ack.state, ack.at) == ("ack", 2, "waiting", T0 + MINUTE)
    assert (note.purpose, note.number) == ("note", number(1))


@pytest.mark.parametrize(
    ("state", "delivery", "shown"),
    [
        (OutboxState.DEAD, None, "dead"),
        (OutboxState.HANDED_OVER, None, "handed_over"),
        (OutboxState.HANDED_OVER, DeliveryState.DELIVERED, "delivered"),
    ],
)
async def test_a_thread_says_how_far_an_answer_got(
    shop: Any, state: OutboxState, delivery: DeliveryState | None, shown: str
) -> None:
    await plant(shop, schema.tickets, ticket(1))
    await put(shop, draft("ack:1", ticket_id=1))
    (item,) = await claim(shop)
    await record(shop, result(item, state, delivery=delivery, reason="Nomor salah"))
    (entry,) = await shop.reads.thread(number(1))
    assert (entry.state, entry.reason) == (shown, "Nomor salah")


@pytest.mark.parametrize(
    "address",
    [
        phone(1234567),
        Address(AddressKind.EMAIL, "budi.santoso@example.org"),
        Address(AddressKind.TELEGRAM, "123456789"),
        Address(AddressKind.WHATSAPP, "+628119998887"),
    ],
    ids=lambda address: address.kind,
)
async def test_nobody_is_named_in_full(store: Any, address: Address) -> None:
    known = await plant_address(store, address)
    await plant(store, schema.tickets, ticket(1, address_id=known))
    await plant(store, schema.messages, message(1, address_id=known))
    outgoing = {"recipient_kind": address.kind, "recipient": address.value, "ticket_id": 1}
    outgoing |= {"key": "k", "purpose": "ack", "channel": SMS, "text": "t", "urgency": 0}
    outgoing |= {"address_id": known, "created_at": T0, "due_at": T0}
    await plant(store, schema.outbox, outgoing)
    thread = await store.reads.thread(number(1))
    assert len(thread) == 2
    assert len({entry.who for entry in thread}) == 1
    for entry in (*thread, *await store.reads.with_address(address, 10)):
        assert entry.who
        assert address.value not in entry.who


async def test_the_last_messages_of_an_address_are_whole_conversations(shop: Any) -> None:
    other = await plant_address(shop, phone(2))
    await plant(shop, schema.tickets, ticket(1))
    await plant(
        shop,
        schema.messages,
        *(message(at, ticket_id=1 if at < 4 else None, outcome="answered") for at in range(1, 7)),
        message(50, address_id=other),
    )
    await put(
        shop,
        *(draft(f"r{at}", created_at=T0 + at * MINUTE) for at in range(4, 7)),
        draft("other", 2, address_id=other),
    )
    last = await shop.reads.with_address(phone(1), 5)
    assert [entry.text for entry in last] == [
        "Tiket untuk r4",
        "masuk 5",
        "Tiket untuk r5",
        "masuk 6",
        "Tiket untuk r6",
    ]
    everything = await shop.reads.with_address(phone(1), 100)
    assert len(everything) == 9
    assert [entry.number for entry in everything[:4]] == [number(1)] * 3 + [None]


async def test_an_unknown_address_has_said_nothing(shop: Any) -> None:
    assert await shop.reads.with_address(phone(5), 10) == []
    assert await shop.reads.with_address(Address(AddressKind.EMAIL, phone(1).value), 10) == []
    assert await shop.reads.with_address(phone(1), 0) == []


async def test_a_page_does_not_wait_for_the_writer(shop: Any) -> None:
    """A unit of work stays open meanwhile; what it has not committed is not seen."""
    await plant(shop, schema.tickets, ticket(1))
    async with shop.desk() as desk:
        await connection_of(desk).execute(schema.tickets.insert(), ticket(2))
        async with asyncio.timeout(PATIENCE):
            assert [row.id for row in await shop.reads.tickets(None, 10)] == [1]
        await desk.commit()
    assert [row.id for row in await shop.reads.tickets(None, 10)] == [2, 1]
