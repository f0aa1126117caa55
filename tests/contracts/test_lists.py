"""Lists of tickets on both engines: filters, orders, pages, reach (DK-26, DK-29, MB-09, MB-23)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.errors import NotFound
from core.model.clock import PauseReason
from core.model.listing import Facet, ListedTicket, Sort, TicketFilter, TrayLoad
from core.model.rights import EVERYTHING, Area, Scope
from core.model.ticket import Priority, Status
from tests.contracts.planting import T0, phone, plant, plant_address
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

ALL = Scope(7, EVERYTHING, EVERYTHING)
ANY = TicketFilter()
YEAR = 26 * 10**9
COUNT = 24
PRIORITIES = list(Priority)
STATUSES = list(Status)
RUNNING = frozenset(one for one in Status if one.running)
CHANNELS = ["sms", "email", "wa"]
CATEGORIES = ["network", "medicine"]


@pytest.fixture
async def planted(store: SqlStore) -> SqlStore:
    """24 tickets that differ in everything; the even ones are with a unit or a person."""
    reporter = await plant_address(store, phone(1))
    places = [{"id": one, "code": f"u{one}", "name": f"Unit {one}"} for one in (1, 2, 3)]
    places[2] |= {"parent_id": 2, "level": "kecamatan"}
    await plant(store, schema.units, *places[:2])
    await plant(store, schema.units, places[2])
    regions = [{"id": one, "code": f"r{one}", "name": f"Wilayah {one}"} for one in (1, 2)]
    await plant(store, schema.regions, *regions)
    people = [
        {"id": one, "login": f"s{one}", "name": f"Petugas {one}", "created_at": T0}
        for one in (7, 8, 9)
    ]
    await plant(store, schema.staff, *people)
    await plant(store, schema.tickets, *(_ticket(n, reporter) for n in range(1, COUNT + 1)))
    await plant(store, schema.ticket_work, *(_work(n) for n in range(2, COUNT + 1, 2)))
    await plant(store, schema.sla_clocks, *(_clock(n) for n in range(1, COUNT + 1)))
    answers = (_clock(n) | {"target": ANSWERS[n % 8]} for n in range(1, COUNT + 1, 4))
    await plant(store, schema.sla_clocks, *answers)
    await plant(store, schema.pauses, *(_pause(n) for n in range(4, COUNT + 1, 10)))
    await plant(store, schema.pauses, _pause(7) | {"ended_at": T0})
    await plant(store, schema.outbox, *(_letter(n, reporter) for n in range(1, 6)))
    return store


ANSWERS = {1: "first_answer", 5: "next_answer"}
LETTERS = {1: ("dead", None), 2: ("held", None), 4: ("handed_over", "failed")}
LETTERS |= {3: ("handed_over", "delivered"), 5: ("dead", None)}


def _pause(n: int) -> dict[str, object]:
    row: dict[str, object] = {"ticket_id": YEAR + n, "reason": "access", "note": "", "by": "x"}
    row |= {"for_whom": "", "stops": True, "started_at": T0, "expected_at": T0}
    return row | {"ended_at": None}


def _letter(n: int, reporter: int) -> dict[str, object]:
    state, delivery = LETTERS[n]
    row: dict[str, object] = {"key": f"k{n}", "purpose": "ack", "channel": "sms", "text": "x"}
    row |= {"recipient_kind": "phone", "recipient": "+62811", "address_id": reporter}
    row |= {"ticket_id": YEAR + n, "urgency": 0, "state": state, "delivery": delivery}
    return row | {"created_at": T0, "due_at": T0}


def _ticket(n: int, reporter: int) -> dict[str, object]:
    status = STATUSES[n % len(STATUSES)]
    at = T0 + timedelta(minutes=n)
    return {
        "id": YEAR + n,
        "number": f"HD26-{n:06d}-0",
        "status": status.value,
        "status_at": at,
        "priority": PRIORITIES[n % 4].value,
        "category": CATEGORIES[n % 2],
        "subject": f"Pokok {n}",
        "description": "Isi",
        "match_text": "",
        "language": "id",
        "channel": CHANNELS[n % 3],
        "address_id": reporter,
        "opened_at": at,
        "ended_at": None if status.running else at,
        "event_seq": 0,
        "event_head": "",
    }


def _work(n: int) -> dict[str, object]:
    return {
        "ticket_id": YEAR + n,
        "unit_id": n % 3 + 1,
        "unit_name": f"Unit {n % 3 + 1}",
        "region_id": 1 if n % 4 else 2,
        "assignee_id": 8 if n % 6 == 0 else None,
        "created_by": 9 if n == 10 else None,
        "breached": n % 8 == 0,
        "about_staff_id": 7 if n == 12 else None,
        "sensitive": n == 14,
        "changed_at": T0,
    }


def _clock(n: int) -> dict[str, object]:
    # Due in another order than numbered, some at the same instant.
    return {
        "ticket_id": YEAR + n,
        "target": "solution",
        "due_at": T0 + timedelta(hours=(n * 7) % 12),
        "open": STATUSES[n % len(STATUSES)].running,
    }


async def whole(store: SqlStore, scope: Scope, wanted: TicketFilter, sort: Sort) -> list[int]:
    return [line.id - YEAR for line in await store.lists.page(scope, wanted, sort, None, 200)]


# --- filters: against the same question asked of the planted rows in Python ----------------------

FILTERS: list[tuple[TicketFilter, Any]] = [
    (ANY, lambda _t, _w: n_not_about(_w)),
    (
        TicketFilter(statuses=frozenset({Status.RECEIVED, Status.CLOSED})),
        lambda t, w: t["status"] in ("received", "closed") and n_not_about(w),
    ),
    (
        TicketFilter(priorities=frozenset({Priority.HIGH})),
        lambda t, w: t["priority"] == "high" and n_not_about(w),
    ),
    (TicketFilter(unit_id=2), lambda _t, w: w.get("unit_id") == 2 and n_not_about(w)),
    (TicketFilter(within=2), lambda _t, w: w.get("unit_id") in (2, 3) and n_not_about(w)),
    (TicketFilter(within=1), lambda _t, w: w.get("unit_id") == 1 and n_not_about(w)),
    (TicketFilter(within=99), lambda _t, _w: False),
    (TicketFilter(level="kecamatan"), lambda _t, w: w.get("unit_id") == 3 and n_not_about(w)),
    (TicketFilter(level="kota"), lambda _t, _w: False),
    (TicketFilter(assignee_id=8), lambda _t, w: w.get("assignee_id") == 8 and n_not_about(w)),
    (
        TicketFilter(assignee_id=0),
        lambda _t, w: w.get("assignee_id") is None and n_not_about(w),
    ),
    (TicketFilter(channel="wa"), lambda t, w: t["channel"] == "wa" and n_not_about(w)),
    (TicketFilter(category="network"), lambda t, w: t["category"] == "network" and n_not_about(w)),
    (TicketFilter(breached=True), lambda _t, w: bool(w.get("breached"))),
    (TicketFilter(breached=False), lambda _t, w: not w.get("breached") and n_not_about(w)),
    (
        TicketFilter(untold=True),
        lambda t, w: t["status"] == "resolved" and n_not_about(w),
    ),
    (TicketFilter(untold=False), lambda t, w: t["status"] != "resolved" and n_not_about(w)),
    (TicketFilter(number="HD26-00001"), lambda t, w: 10 <= t["n"] < 20 and n_not_about(w)),
    (TicketFilter(number="26-000013-0"), lambda t, _w: t["n"] == 13),
    (
        TicketFilter(waiting=True),
        lambda t, w: t["n"] % 4 == 1 and t["ended_at"] is None and n_not_about(w),
    ),
    (
        TicketFilter(pause=PauseReason.ACCESS),
        lambda t, w: t["n"] % 10 == 4 and n_not_about(w),
    ),
    (TicketFilter(pause=PauseReason.UNIT_HOLIDAY), lambda _t, _w: False),
    (
        TicketFilter(undelivered=True),
        lambda t, w: t["n"] in (1, 2, 4, 5) and n_not_about(w),
    ),
    (TicketFilter(undelivered=True, channel="wa"), lambda t, _w: t["n"] in (2, 5)),
    (TicketFilter(number="HD25"), lambda _t, _w: False),
    (TicketFilter(number="'; DROP TABLE tickets; --"), lambda _t, _w: False),
    (
        TicketFilter(due_before=T0 + timedelta(hours=6)),
        lambda t, w: (t["n"] * 7) % 12 < 6 and t["ended_at"] is None and n_not_about(w),
    ),
    (
        TicketFilter(due_from=T0 + timedelta(hours=3), due_before=T0 + timedelta(hours=6)),
        lambda t, w: 3 <= (t["n"] * 7) % 12 < 6 and t["ended_at"] is None and n_not_about(w),
    ),
    (
        TicketFilter(
            statuses=frozenset(s for s in Status if s.running),
            priorities=frozenset({Priority.LOW, Priority.EMERGENCY}),
            channel="sms",
            breached=False,
        ),
        lambda t, w: (
            t["ended_at"] is None
            and t["priority"] in ("low", "emergency")
            and t["channel"] == "sms"
            and not w.get("breached")
            and n_not_about(w)
        ),
    ),
]


def n_not_about(work: dict[str, Any]) -> bool:
    return work.get("about_staff_id") != 7


def expected(keeps: Any) -> set[int]:
    found = set()
    for n in range(1, COUNT + 1):
        ticket = _ticket(n, 1) | {"n": n}
        if keeps(ticket, _work(n) if n % 2 == 0 else {}):
            found.add(n)
    return found


@pytest.mark.parametrize(("wanted", "keeps"), FILTERS, ids=range(len(FILTERS)))
async def test_a_filter_keeps_what_it_says(
    planted: SqlStore, wanted: TicketFilter, keeps: Any
) -> None:
    newest = await whole(planted, ALL, wanted, Sort.NEWEST)
    assert newest == sorted(expected(keeps), reverse=True)
    assert await whole(planted, ALL, wanted, Sort.OLDEST) == newest[::-1]
    assert await planted.lists.count(ALL, wanted, 1000) == len(newest)


# --- orders ----------------------------------------------------------------------------------


async def test_mb_09_urgency_is_priority_then_the_nearest_deadline(planted: SqlStore) -> None:
    lines = await planted.lists.page(ALL, ANY, Sort.URGENCY, None, 200)
    order = {"emergency": 0, "high": 1, "normal": 2, "low": 3}
    told = [(order[line.priority], line.solution, line.id) for line in lines]
    assert told == sorted(told, key=lambda one: (one[0], one[1] or T0, one[2]))
    assert {line.id - YEAR for line in lines} == {
        n for n in range(1, COUNT + 1) if STATUSES[n % 10].running and n != 12
    }


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("limit", [1, 3, 7])
@pytest.mark.parametrize("scope", ["all", "unit"])
async def test_pages_together_are_the_list(
    planted: SqlStore, sort: Sort, limit: int, scope: str
) -> None:
    area = Area(assignee=8, units=frozenset({1, 2}), regions=frozenset({2}))
    reach = ALL if scope == "all" else Scope(9, area, EVERYTHING)
    wanted = TicketFilter(statuses=frozenset(s for s in Status if s is not Status.MERGED))
    lines: list[ListedTicket] = []
    after = None
    while page := await planted.lists.page(reach, wanted, sort, after, limit):
        assert len(page) <= limit
        lines += page
        after = page[-1].key(sort)
    assert [line.id - YEAR for line in lines] == await whole(planted, reach, wanted, sort)


# --- reach ---------------------------------------------------------------------------------------

REACHES: list[tuple[Scope, Any]] = [
    (Scope(9, Area(units=frozenset({1})), EVERYTHING), lambda w: w.get("unit_id") == 1),
    (Scope(9, Area(regions=frozenset({2})), EVERYTHING), lambda w: w.get("region_id") == 2),
    (Scope(8, Area(assignee=8), EVERYTHING), lambda w: w.get("assignee_id") == 8),
    (Scope(9, Area(entered_by=9), EVERYTHING), lambda w: w.get("created_by") == 9),
    (
        Scope(8, Area(assignee=8, units=frozenset({1, 3}), regions=frozenset({2})), EVERYTHING),
        lambda w: (
            w.get("assignee_id") == 8 or w.get("unit_id") in (1, 3) or w.get("region_id") == 2
        ),
    ),
    (Scope(9, EVERYTHING, Area()), lambda w: not w.get("sensitive")),
    (Scope(7, EVERYTHING, EVERYTHING), lambda w: w.get("about_staff_id") != 7),
    (Scope(9, Area(), EVERYTHING), lambda _w: False),
]


@pytest.mark.parametrize(("scope", "keeps"), REACHES, ids=range(len(REACHES)))
async def test_mb_23_everybody_sees_and_counts_only_their_own(
    planted: SqlStore, scope: Scope, keeps: Any
) -> None:
    mine = {n for n in range(1, COUNT + 1) if keeps(_work(n) if n % 2 == 0 else {})}
    assert set(await whole(planted, scope, ANY, Sort.NEWEST)) == mine
    assert await planted.lists.count(scope, ANY, 1000) == len(mine)
    for n in range(1, COUNT + 1):
        number = f"HD26-{n:06d}-0"
        if n in mine:
            assert (await planted.lists.one(scope, number)).id == YEAR + n
            assert await planted.lists.notes(scope, number) == []
            continue
        reads = planted.lists
        for refused in (
            reads.one(scope, number),
            reads.thread(scope, number),
            reads.history(scope, number, 0, 10),
            reads.notes(scope, number),
            reads.dossier(scope, number, 10),
        ):
            with pytest.raises(NotFound):
                await refused


async def test_a_dossier_holds_what_its_parts_hold(planted: SqlStore) -> None:
    number, reads = "HD26-000002-0", planted.lists
    noted = {"ticket_id": YEAR + 2, "kind": "note", "text": "dalam rumah", "by": "staff:7"}
    await plant(planted, schema.notes, noted | {"at": T0})
    found = await reads.dossier(ALL, number, 10)
    parts = (await reads.one(ALL, number), await reads.thread(ALL, number))
    assert (found.ticket, found.thread) == parts
    assert found.notes == await reads.notes(ALL, number) != []


async def test_running_tickets_are_tallied(planted: SqlStore) -> None:
    running = [n for n in range(1, COUNT + 1) if STATUSES[n % 10].running and n != 12]
    tally = planted.lists.tally
    channels = Counter(CHANNELS[n % 3] for n in running)
    assert await tally(ALL, Facet.CHANNEL) == channels
    units = Counter(str(n % 3 + 1) for n in running if n % 2 == 0)
    assert await tally(ALL, Facet.UNIT) == units
    assert STATUSES[4] is Status.PENDING
    assert await tally(ALL, Facet.PAUSE) == {"access": 3}
    unit = Scope(9, Area(units=frozenset({1})), EVERYTHING)
    assert await tally(unit, Facet.UNIT) == {"1": units["1"] + 1}  # and the one about 7
    assert await tally(Scope(9, Area(), EVERYTHING), Facet.CHANNEL) == {}


async def test_a_count_stops_at_its_limit(planted: SqlStore) -> None:
    assert await planted.lists.count(ALL, ANY, 5) == 5


async def test_lines_mask_the_reporter(planted: SqlStore) -> None:
    lines = await planted.lists.page(ALL, ANY, Sort.NEWEST, None, 5)
    assert {line.reporter for line in lines} == {"0811****0001"}


# --- the tray ----------------------------------------------------------------------------------


async def test_the_tray_is_paged_newest_first(store: SqlStore) -> None:
    sender = await plant_address(store, phone(3))
    await plant(
        store,
        schema.messages,
        *(
            {
                "id": n,
                "channel": "sms",
                "external_id": f"SM{n}",
                "address_id": sender,
                "outcome": "unsorted" if n % 3 else "answered",
                "kind": "help",
                "text": f"pesan {n}",
                "language": "id",
                "recipient": "",
                "received_at": T0 + timedelta(seconds=n // 2),
                "raw": b"",
            }
            for n in range(1, 12)
        ),
    )
    seen: list[int] = []
    after = None
    while page := await store.lists.unsorted(after, 2):
        seen += [one.id for one in page]
        after = seen[-1]
    assert seen == [11, 10, 8, 7, 5, 4, 2, 1]
    assert await store.lists.unsorted(999, 2) == []
    assert await store.lists.tray(100) == TrayLoad(8, 11)
    assert await store.lists.tray(3) == TrayLoad(3, 11)


async def test_an_empty_tray_is_counted(store: SqlStore) -> None:
    assert await store.lists.tray(100) == TrayLoad(0, 0)
