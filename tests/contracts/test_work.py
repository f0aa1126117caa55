"""The shelf of acts on both stores: what is loaded, what is laid down, who waits for whom."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, select, text, update

from core.errors import Conflict, NotFound
from core.model.clock import Pause, SlaClock
from core.model.events import Fact, chain
from core.model.messages import Address, AddressKind, ChannelId
from core.model.scene import Colleague, UnitBrief
from core.model.ticket import Status
from core.model.work import (
    ApprovalStep,
    Assigned,
    Change,
    Disposed,
    Joined,
    Noted,
    Raised,
    Visit,
    WayBack,
)
from tests.contracts.asking import rows, run
from tests.contracts.desk_samples import (
    BUDI,
    DAY,
    NOW,
    SARI,
    SMS,
    greet,
    id_of,
    lay_down,
    message,
    number_of,
    open_ticket,
    opening,
)
from ticket_store import schema

if TYPE_CHECKING:
    from core.model.work import WorkTicket
    from ticket_store.store import SqlStore

HOUR = timedelta(hours=1)
NUMBER = number_of(1)


@pytest.fixture
async def open_one(store: SqlStore) -> SqlStore:
    """One ticket, two units, two regions below each other, two people."""
    await open_ticket(store, 1)
    units = [
        {"code": "a", "name": "Unit A", "calendar": "rs24", "partner": True, "retired_at": None},
        {"code": "b", "name": "Unit B", "calendar": "", "partner": False, "retired_at": NOW},
    ]
    regions: list[dict[str, Any]] = [
        {"code": "kota", "name": "Kota", "parent_id": None},
        {"code": "kec", "name": "Kecamatan", "parent_id": 1},
        {"code": "kel", "name": "Kelurahan", "parent_id": 2},
        {"code": "lain", "name": "Lain", "parent_id": None},
    ]
    plain = {"created_at": NOW, "capacity": 3, "unit_id": None, "regions": "[]"}
    people = [
        plain | {"login": "tono", "name": "Tono", "unit_id": 1, "regions": "[1]"},
        plain | {"login": "wati", "name": "Wati", "capacity": 5},
    ]
    for one in regions:
        await run(store, insert(schema.regions).values(**one))
    await run(store, insert(schema.units).values(units))
    await run(store, insert(schema.staff).values(people))
    return store


def made(of: WorkTicket, *kinds: str, **more: Any) -> tuple[Change, list[Any]]:
    """A change with these events, and the events chained."""
    laid = more.pop("laid", ())
    events, seq, head = [], of.event_seq, of.event_head
    for kind in kinds or ("NoteAdded",):
        event = chain(of.id, seq + 1, head, Fact(kind, NOW + HOUR, "staff:1", {}))
        events.append(event)
        seq, head = event.seq, event.hash
    after = replace(of, event_seq=seq, event_head=head, **more)
    return Change(after, laid=tuple(laid)), events


async def apply(store: SqlStore, *kinds: str, **more: Any) -> WorkTicket:
    async with store.desk() as desk:
        ticket = await desk.work.load(NUMBER)
        assert ticket
        change, events = made(ticket, *kinds, **more)
        await desk.work.apply(ticket, change, events)
        await desk.commit()
    return await store.work.ticket(NUMBER)


async def test_a_ticket_that_nobody_touched_has_the_defaults(open_one: SqlStore) -> None:
    ticket = await open_one.work.ticket(NUMBER)
    assert (ticket.id, ticket.number, ticket.status) == (id_of(1), NUMBER, Status.RECEIVED)
    assert (ticket.kind, ticket.progress, ticket.approval) == ("complaint", 0, "")
    assert (ticket.unit_id, ticket.assignee_id, ticket.visit, ticket.pauses) == (
        None,
        None,
        None,
        (),
    )
    assert [clock.target for clock in ticket.clocks] == ["first_answer", "solution"]
    assert all(clock.started_at == ticket.opened_at for clock in ticket.clocks)
    first, *_ = ticket.ways
    assert first == WayBack(SMS, SARI, first.address_id, 1)
    with pytest.raises(NotFound):
        await open_one.work.ticket("HD26-000009-9")
    async with open_one.desk() as desk:
        assert await desk.work.load("HD26-000009-9") is None


WORDS: dict[str, Any] = {
    "status": Status.PENDING,
    "status_at": NOW,
    "reason": "akses lokasi: terkunci",
    "category": "power",
    "place": "Loket 2",
    "subject": "lampu",
    "unit_hint": "Dinas",
    "contacts": 4,
    "kind": "incident",
    "region_id": 2,
    "progress": 40,
    "cause": "usia",
    "obstacles": "hujan",
    "client_note": "baik",
    "escalation": 2,
    "breached": True,
    "asked_escalation": True,
    "sensitive": True,
    "internal_measure": "teguran",
    "external_ref": "LAPOR-1",
    "affected": "istri pelapor",
    "answered_at": NOW,
    "answered_by": 2,
    "about_staff_id": 2,
    "visit_at": NOW + DAY,
}
LAID_ROWS: list[tuple[str, dict[str, Any]]] = [
    ("dispositions", {"instruction": "periksa", "by": "staff:1", "at": NOW + HOUR}),
    ("assignments", {"reason": "dekat", "equipment": "tangga", "ended_at": None}),
    ("approvals", {"phase": "before", "approved": None, "asked_by": "staff:1"}),
    ("notes", {"text": "catatan"}),
    ("escalations", {"level": 2, "to_role": "leadership"}),
    ("pauses", {"by": "staff:1", "stops": True}),
]


async def test_everything_laid_down_comes_back(open_one: SqlStore) -> None:
    pause = Pause("access", True, NOW, NOW + DAY, "pemilik", "terkunci")  # noqa: FBT003 - stops
    clock = SlaClock("pending", NOW, NOW + DAY, NOW + HOUR, NOW + HOUR, step=2, warned_at=NOW)
    visit = Visit(0, 1, NOW + DAY)
    placed = {"unit_id": 1, "unit_name": "Unit A lama", "assignee_id": 1}
    laid = [
        Disposed(1, "periksa", 1, NOW + DAY),
        Assigned(1, "dekat", "tangga"),
        ApprovalStep("before"),
        Noted("note", "catatan"),
        Raised(2, "leadership", "lama"),
        visit,
    ]
    before = await open_one.work.ticket(NUMBER)
    after = await apply(
        open_one,
        *("Assigned", "WorkPaused"),
        **WORDS,
        **placed,
        clocks=(*before.clocks, clock),
        pauses=(pause,),
        laid=laid,
    )
    assert {name: getattr(after, name) for name in WORDS} == WORDS
    assert (after.unit_code, after.unit_calendar, after.unit_name) == ("a", "rs24", "Unit A lama")
    assert (after.assignee_name, after.version, after.event_seq) == ("Tono", 2, 3)
    assert after.pause == pause
    assert after.clock("pending") == clock
    assert after.visit == replace(visit, id=1)
    for table, columns in LAID_ROWS:
        [row] = await rows(open_one, select(schema.metadata.tables[table]))
        assert {name: row._mapping[name] for name in columns} == columns


async def test_what_ends_ends_in_its_row(open_one: SqlStore) -> None:
    pause = Pause("access", True, NOW, NOW + DAY, "pemilik", "terkunci")  # noqa: FBT003 - stops
    held = {"assignee_id": 1, "status": Status.PENDING, "approval": "before"}
    laid = [Assigned(1), ApprovalStep("before"), Visit(0, 1)]
    ticket = await apply(open_one, **held, pauses=(pause,), laid=laid)
    assert ticket.approval == "before"
    assert ticket.visit
    after = await apply(
        open_one,
        approval="",
        pauses=(replace(pause, ended_at=NOW + HOUR),),
        laid=[
            Assigned(2),
            ApprovalStep("before", approved=True, reason="ya"),
            replace(ticket.visit, departed_at=NOW),
        ],
        status=Status.ASSIGNED,
    )
    assert (after.pause, after.visit, after.approved) == (None, None, True)
    assert after.pauses[0].ended_at == NOW + HOUR
    assignments = await rows(open_one, select(schema.assignments).order_by("id"))
    assert [(row.staff_id, row.ended_at) for row in assignments] == [(1, NOW + HOUR), (2, None)]
    [approval] = await rows(open_one, select(schema.approvals))
    assert (approval.approved, approval.decided_by, approval.reason) == (True, "staff:1", "ya")


async def test_an_assignment_ends_and_begins_with_its_ticket(open_one: SqlStore) -> None:
    await apply(open_one, assignee_id=1, laid=[Assigned(1)])
    await apply(open_one, status=Status.CLOSED, ended_at=NOW)
    async with open_one.desk() as desk:
        people = await desk.work.people([1])
    assert people[1].load == 0
    await apply(open_one, status=Status.IN_PROGRESS, ended_at=None)
    found = await rows(open_one, select(schema.assignments).order_by("id"))
    assert [row.ended_at is None for row in found] == [False, True]


async def test_a_row_that_is_unknown_is_a_bug(open_one: SqlStore) -> None:
    with pytest.raises(TypeError):
        await apply(open_one, laid=["nothing"])


async def test_a_stale_change_is_a_conflict_and_leaves_nothing(open_one: SqlStore) -> None:
    old = await open_one.work.ticket(NUMBER)
    await apply(open_one)
    change, events = made(old, laid=[Noted("note", "x")])
    with pytest.raises(Conflict):
        async with open_one.desk() as desk:
            await desk.work.apply(old, change, events)
    assert await rows(open_one, select(schema.notes)) == []
    assert (await open_one.work.ticket(NUMBER)).version == 2


async def test_who_loads_second_sees_what_the_first_wrote(open_one: SqlStore) -> None:
    seen: list[int] = []

    async def act() -> None:
        async with open_one.desk() as desk:
            ticket = await desk.work.load(NUMBER)
            assert ticket
            await asyncio.sleep(0.02)
            change, events = made(ticket, progress=ticket.progress + 10)
            await desk.work.apply(ticket, change, events)
            await desk.commit()
            seen.append(ticket.progress)

    await asyncio.gather(*(act() for _ in range(4)))
    assert seen == [0, 10, 20, 30]


async def test_what_happened_since(open_one: SqlStore) -> None:
    await apply(open_one, "NoteAdded", "Assigned")
    async with open_one.desk() as desk:
        found = await desk.work.since(id_of(1), 1)
        assert await desk.work.since(id_of(1), 3) == []
    assert [(one.seq, one.kind, one.actor) for one in found] == [
        (2, "NoteAdded", "staff:1"),
        (3, "Assigned", "staff:1"),
    ]


async def test_people_with_their_load_and_everything_below_their_regions(
    open_one: SqlStore,
) -> None:
    await apply(open_one, assignee_id=1, laid=[Assigned(1)])
    await run(open_one, update(schema.staff).where(schema.staff.c.id == 2).values(disabled_at=NOW))
    async with open_one.desk() as desk:
        people = await desk.work.people([1, 2, 99])
        assert await desk.work.people([]) == {}
    assert people == {
        1: Colleague(1, "Tono", 1, frozenset({1, 2, 3}), 3, 1),
        2: Colleague(2, "Wati", None, frozenset(), 5, 0, disabled=True),
    }


async def test_units_that_an_act_names(open_one: SqlStore) -> None:
    async with open_one.desk() as desk:
        found = await desk.work.units([1, 2, 99])
        assert await desk.work.units([]) == {}
    assert found == {
        1: UnitBrief(1, "a", "Unit A", None, "rs24", partner=True),
        2: UnitBrief(2, "b", "Unit B", retired=True),
    }


async def test_ways_back_in_the_order_of_writing(open_one: SqlStore) -> None:
    mail = Address(AddressKind.EMAIL, "sari@contoh.example")
    me, other, budi = await greet(open_one, SARI, mail, BUDI)
    table = schema.messages
    for place, (sender, channel) in enumerate(
        ((other, "email"), (me, "whatsapp"), (budi, "sms"), (other, "email")), start=2
    ):
        filing = opening(place, sender)
        filed = replace(filing.messages[0], ticket_id=id_of(1), number=NUMBER)
        filed = replace(
            filed,
            message=message(
                f"M{place}",
                sender.address,
                channel=ChannelId(channel),
                received_at=NOW + place * HOUR,
            ),
        )
        filing.tickets, filing.events, filing.outbox = [], [], []
        filing.messages = [filed]
        await lay_down(open_one, filing)
    joined = {"ticket_id": id_of(1), "address_id": other.address_id, "role": "reporter"}
    await run(open_one, insert(schema.participants).values(**joined))
    ways = (await open_one.work.ticket(NUMBER)).ways
    assert [(way.channel, way.address, way.message_id) for way in ways] == [
        ("email", mail, 5),
        ("whatsapp", SARI, 3),
        ("sms", SARI, 1),
    ]
    await run(open_one, update(table).where(table.c.id == 5).values(kind="auto_reply"))
    first, *_ = (await open_one.work.ticket(NUMBER)).ways
    assert first.message_id == 3
    follower = {"ticket_id": id_of(1), "address_id": budi.address_id, "role": "follower"}
    await run(open_one, insert(schema.participants).values(**follower))
    [way] = (await open_one.work.ticket(NUMBER)).followers
    assert (way.address, way.channel, way.message_id) == (BUDI, "sms", 4)


async def test_bw_38_the_visits_of_somebodys_day(open_one: SqlStore) -> None:
    await apply(open_one, laid=[Visit(0, 1, NOW + HOUR), Visit(0, 2, NOW + HOUR)], place="Loket 2")
    await apply(open_one, laid=[Visit(0, 1, NOW + 2 * HOUR, departed_at=NOW + 3 * HOUR)])
    await apply(open_one, laid=[Visit(0, 1, NOW + 3 * DAY), Visit(0, 1, NOW)])
    found = await open_one.work.planned(1, NOW, NOW + DAY)
    assert [(one.number, one.planned_at, one.place) for one in found] == [
        (NUMBER, NOW, "Loket 2"),
        (NUMBER, NOW + HOUR, "Loket 2"),
    ]


async def test_somebody_joins_once(open_one: SqlStore) -> None:
    [budi] = await greet(open_one, BUDI)
    for _ in range(2):
        await apply(open_one, laid=[Joined(budi.address_id, "follower")])
    assert len(await rows(open_one, select(schema.participants))) == 1


async def test_an_answer_of_the_citizen_overtakes_what_waited(open_one: SqlStore) -> None:
    solved = {"status": Status.RESOLVED, "approval": "after", "noticed_at": NOW, "work_done": True}
    after = await apply(open_one, **solved, ended_at=NOW)
    assert (after.approval, after.noticed_at, after.work_done) == ("after", NOW, True)
    await run(open_one, update(schema.tickets).values(status="in_progress", ended_at=None))
    after = await open_one.work.ticket(NUMBER)
    assert (after.approval, after.noticed_at, after.work_done) == ("", None, False)


async def test_a_stored_message_and_its_move(open_one: SqlStore) -> None:
    async with open_one.desk() as desk:
        found = await desk.work.message(1)
        assert await desk.work.message(99) is None
    assert found
    assert (found.ticket_id, found.text, found.address) == (
        id_of(1),
        "HELPDESK lampu mati",
        SARI,
    )
    await open_ticket(open_one, 2, BUDI)
    async with open_one.desk() as desk:
        await desk.work.move(1, id_of(2))
        await desk.commit()
    async with open_one.desk() as desk:
        moved = await desk.work.message(1)
    assert moved
    assert (moved.ticket_id, moved.outcome) == (id_of(2), "opened")


async def test_silence_is_found_by_its_index(store: SqlStore, store_url: str) -> None:
    """However many tickets are closed, those that wait are found without reading them."""
    await open_ticket(store, 1)
    sqlite = store_url.startswith("sqlite")
    assert "ix_ticket_work_noticed" in await explained(store, sqlite=sqlite)


async def explained(store: SqlStore, *, sqlite: bool) -> str:
    asked = "SELECT ticket_id FROM ticket_work WHERE noticed_at <= '2030-01-01'"
    async with store._engines.writing.begin() as connection:
        if not sqlite:  # small tables are read whole
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
        how = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
        return str(list(await connection.execute(text(f"{how} {asked}"))))
