"""The watch over a whole store, on both engines: each thing found once, told once, in time."""

from __future__ import annotations

import asyncio
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, insert, select, update

from core.errors import StoreUnavailable
from core.model.messages import Address, AddressKind
from core.model.sla import Measure, SlaPolicy, SlaTarget, SlaTargets
from core.model.ticket import Priority
from core.model.watch import WatchPolicy
from core.services.watch import Swept, sweep
from core.services.watch_texts import WatchRules
from tests.core.fakes import BUDI, MAIL, NOON, SARI, SMS, office
from tests.core.services.counter import Counter, person
from ticket_store import schema
from ticket_store.store import SqlStore, open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FIRST = schema.sla_clocks.c.target == "first_answer"
DUTY = Address(AddressKind.PHONE, "+6281300000009")


def rules(**changes: Any) -> WatchRules:
    policy = office()
    plain = WatchRules(
        policy=WatchPolicy(policy.sla, lambda _: policy.calendar),
        zone=policy.zone,
        wording=policy.texts_for,
        channels=policy.channels,
        staff_channels=((MAIL, AddressKind.EMAIL), (SMS, AddressKind.PHONE)),
    )
    return replace(plain, **changes)


@pytest.fixture
def counter(store: SqlStore) -> Counter:
    return Counter(store)


async def swept(counter: Counter, at: datetime, given: WatchRules | None = None) -> Swept:
    """Sweeps until nothing is due any more; the sums."""
    total: dict[str, int] = {}
    for _ in range(50):
        one = await sweep(counter.store.desk, given or rules(), at, 50)
        for name in (field.name for field in fields(Swept)):
            total[name] = total.get(name, 0) + getattr(one, name)
        if one.tickets == 0:
            return Swept(**total)
    raise AssertionError


async def clock(counter: Counter, target: str) -> Any:
    rows = await counter.rows(schema.sla_clocks)
    return next(row for row in rows if row.target == target)


async def notices(counter: Counter) -> list[tuple[str, str]]:
    """Everything promised after the acknowledgement: (purpose, recipient)."""
    found = sorted(await counter.rows(schema.outbox), key=lambda row: row.id)
    return [(row.purpose, row.recipient) for row in found if row.purpose != "ack"]


async def supervised(counter: Counter, number: str) -> None:
    """A unit with a supervisor, leadership, and a technician who works on this ticket."""
    unit = {"id": 3, "code": "jaringan", "name": "Jaringan"}
    people = [
        (7, "kasatpel", '["unit_supervisor"]', 3, "kasatpel@kantor.example", ""),
        (8, "pimpinan", '["leadership"]', None, "", "+6281300000008"),
        (9, "teknisi", '["technician"]', 3, "teknisi@kantor.example", ""),
        (10, "lain", '["unit_supervisor"]', None, "lain@kantor.example", ""),
    ]
    names = ("id", "login", "roles", "unit_id", "email", "phone")
    rows = [
        dict(zip(names, one, strict=True)) | {"name": one[1], "created_at": NOON} for one in people
    ]
    [found] = await counter.ask(
        select(schema.tickets.c.id).where(schema.tickets.c.number == number)
    )
    work = {"ticket_id": found.id, "unit_id": 3, "assignee_id": 9, "changed_at": NOON}
    await counter.tell(
        insert(schema.units).values(unit),
        insert(schema.staff).values(rows),
        insert(schema.ticket_work).values(work),
    )


async def test_nothing_is_due(counter: Counter) -> None:
    await counter.opens()
    assert await swept(counter, NOON + 20 * MINUTE) == Swept()


async def test_a_warning_comes_at_three_quarters(counter: Counter) -> None:
    number = await counter.opens()
    early = NOON + MINUTE + 22 * MINUTE
    assert (await swept(counter, early)).tickets == 0
    assert (await swept(counter, early + MINUTE)).warned == 1
    assert await swept(counter, early + MINUTE) == Swept()
    assert (await counter.kinds(number))[-1] == "SlaWarned"
    assert await notices(counter) == []
    assert (await clock(counter, "first_answer")).warned_at == early + MINUTE


async def test_km_08_a_broken_promise_is_admitted_with_reason_and_new_time(
    counter: Counter,
) -> None:
    number = await counter.opens()
    late = NOON + 32 * MINUTE
    found = await swept(counter, late)
    assert (found.breached, found.escalated, found.warned) == (1, 1, 0)
    assert (await counter.kinds(number))[-2:] == ["SlaBreached", "Escalated"]
    text = (await counter.texts())[-1]
    assert text == (
        f"Mohon maaf, tiket {number} belum dijawab: belum ada petugas ditunjuk. Dijawab paling "
        "lambat 14/07 11.02 WIB. Sudah kami laporkan ke pimpinan."
    )
    assert await notices(counter) == [("late_answer", SARI.value)]
    [breach] = await counter.rows(schema.breaches)
    assert breach.due_at == NOON + 31 * MINUTE
    assert (breach.found_at, breach.new_due_at) == (late, late + 30 * MINUTE)
    [work] = await counter.rows(schema.ticket_work)
    assert (work.breached, work.escalation) == (True, 1)
    [made] = await counter.rows(schema.escalations)
    assert (made.level, made.to_role, made.by) == (1, "unit_supervisor", "system")


async def test_a_promise_broken_again_is_told_once_a_working_day(counter: Counter) -> None:
    await counter.opens()
    times = []
    at = NOON + 40 * MINUTE
    for _ in range(6):
        found = await swept(counter, at)
        if found.breached:
            times.append(at)
        at = (await clock(counter, "first_answer")).look_at
    assert [(t - NOON).days for t in times] == [0, 0, 1, 2, 3, 4]  # Tue twice, Wed … Sat
    assert len(await counter.rows(schema.breaches)) == 6
    assert len(await counter.rows(schema.escalations)) == 1


async def test_bw_28_after_five_days_leadership_is_told_and_the_ticket_stays_open(
    counter: Counter,
) -> None:
    number = await counter.opens()
    await supervised(counter, number)
    await counter.tell(update(schema.sla_clocks).where(FIRST).values(open=False))
    due_at = datetime(2026, 7, 20, 10, 0, tzinfo=UTC)
    assert (await clock(counter, "solution")).due_at == due_at
    assert (await swept(counter, due_at - MINUTE)).warned == 1
    found = await swept(counter, due_at)
    assert (found.breached, found.escalated) == (1, 2)
    assert [row.to_role for row in await counter.rows(schema.escalations)] == [
        "unit_supervisor",
        "leadership",
    ]
    assert await notices(counter) == [
        ("staff_warning", "teknisi@kantor.example"),
        ("breach", SARI.value),
        ("staff_breach", "teknisi@kantor.example"),
        ("staff_escalation", "kasatpel@kantor.example"),
        ("staff_escalation", "+6281300000008"),
    ]
    assert (await counter.rows(schema.tickets))[0].status == "received"
    staff = [row for row in await counter.rows(schema.outbox) if row.purpose.startswith("staff")]
    assert {row.ticket_id for row in staff} == {None}
    assert all(number in row.text for row in staff)


async def test_the_person_complained_about_is_told_nothing(counter: Counter) -> None:
    number = await counter.opens()
    await supervised(counter, number)
    await counter.tell(update(schema.ticket_work).values(about_staff_id=7))
    await swept(counter, NOON + HOUR)
    assert "kasatpel@kantor.example" not in {to for _, to in await notices(counter)}


async def test_disabled_staff_are_told_nothing(counter: Counter) -> None:
    number = await counter.opens()
    await supervised(counter, number)
    await counter.tell(update(schema.staff).values(disabled_at=NOON))
    await swept(counter, NOON + HOUR)
    assert await notices(counter) == [("late_answer", SARI.value)]


@pytest.mark.parametrize("column", [{"muted": True}, {"unreachable": "ditolak"}])
async def test_stop_and_dead_addresses_keep_notices_back(
    counter: Counter, column: dict[str, Any]
) -> None:
    await counter.opens()
    await counter.tell(update(schema.addresses).values(**column))
    assert (await swept(counter, NOON + HOUR)).breached == 1
    assert await notices(counter) == []


async def test_a_notice_leaves_by_the_channel_used_last(counter: Counter) -> None:
    number = await counter.opens()
    mail = Address(AddressKind.EMAIL, "sari@warga.example")
    await counter.join(number, mail)
    await counter.tell(update(schema.participants).values(role="reporter"))
    await counter.says(f"{number} masih mati", mail, channel=MAIL)
    await swept(counter, NOON + HOUR)
    assert (await notices(counter))[-1] == ("late_answer", "sari@warga.example")
    assert (
        "Dijawab petugas paling lambat: Sel 14 Juli 2026 pukul 11.30"
        in (await counter.texts())[-1]
    )


async def test_another_persons_message_is_no_way_to_the_reporter(counter: Counter) -> None:
    number = await counter.opens()
    await counter.join(number, BUDI)
    await counter.says(f"{number} sedang kami cek", BUDI)
    await swept(counter, NOON + HOUR)
    assert (await notices(counter))[-1] == ("late_answer", SARI.value)


async def test_danger_calls_the_duty_officer_at_once(counter: Counter) -> None:
    number = await counter.opens("HELPDESK tolong kecelakaan di lobi, korban tidak sadar")
    given = rules(duty=(SMS, DUTY))
    given = replace(given, policy=replace(given.policy, on_duty=True))
    assert (await swept(counter, counter.now, given)).called == 1
    assert await swept(counter, counter.now, given) == Swept()
    assert "DutyOfficerCalled" in await counter.kinds(number)
    assert (await notices(counter))[-1] == ("staff_duty", DUTY.value)
    assert number in (await counter.texts())[-1]


async def test_without_a_duty_officer_the_event_says_so(counter: Counter) -> None:
    number = await counter.opens("HELPDESK tolong kecelakaan di lobi, korban tidak sadar")
    assert (await swept(counter, counter.now)).missing == 1
    assert "DutyOfficerMissing" in await counter.kinds(number)


async def test_an_ended_ticket_is_left_alone(counter: Counter) -> None:
    number = await counter.opens()
    await counter.end(number, "resolved")  # by an older version, which left the clocks open
    found = await swept(counter, NOON + 30 * DAY)
    assert (found.warned, found.breached, found.texts) == (0, 0, 0)
    assert {row.open for row in await counter.rows(schema.sla_clocks)} == {False}


async def test_clocks_of_unknown_names_end(counter: Counter) -> None:
    await counter.opens()
    await counter.tell(update(schema.sla_clocks).where(FIRST).values(target="of_tomorrow"))
    assert (await swept(counter, NOON + HOUR)).breached == 0
    assert not (await clock(counter, "of_tomorrow")).open


async def test_a_process_that_slept_a_month_finds_all_once(counter: Counter) -> None:
    for last in range(20):
        await counter.opens("HELPDESK internet kantor mati", person(last))
    found = await swept(counter, NOON + 30 * DAY)
    assert (found.warned, found.breached) == (0, 40)
    assert await swept(counter, NOON + 30 * DAY) == Swept()
    told = [purpose for purpose, _ in await notices(counter)]
    assert sorted(told) == ["breach"] * 20 + ["late_answer"] * 20


@pytest.mark.parametrize("jump", [DAY, -DAY])
async def test_a_clock_that_was_set_finds_nothing_twice(counter: Counter, jump: timedelta) -> None:
    number = await counter.opens()
    at = NOON + 32 * MINUTE
    await swept(counter, at)
    await swept(counter, at + jump)
    before = await counter.kinds(number)
    assert await swept(counter, at + jump) == Swept()
    await swept(counter, at)
    assert await counter.kinds(number) == before
    assert before.count("Escalated") == 1


async def test_it_goes_on_with_what_is_left_when_the_limit_is_reached(counter: Counter) -> None:
    for last in range(7):
        await counter.opens("HELPDESK internet kantor mati", person(last))
    late = counter.now + HOUR
    taken = [(await sweep(counter.store.desk, rules(), late, 3)).tickets for _ in range(4)]
    assert taken == [3, 3, 1, 0]


async def test_the_longest_due_comes_first(counter: Counter) -> None:
    first = await counter.opens("HELPDESK internet kantor mati", person(1))
    await counter.opens("HELPDESK internet kantor mati", person(2))
    await sweep(counter.store.desk, rules(), counter.now + HOUR, 1)
    assert (await counter.kinds(first))[-1] == "Escalated"


async def test_what_fails_is_due_again(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    await counter.opens()

    async def full(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("ticket_store.outbox.OutboxRows.put", full)
    with pytest.raises(StoreUnavailable):
        await sweep(counter.store.desk, rules(), NOON + HOUR, 10)
    monkeypatch.undo()
    assert (await swept(counter, NOON + HOUR)).breached == 1


async def test_a_policy_may_promise_otherwise(counter: Counter) -> None:
    quick = SlaTarget(5, Measure.CLOCK_MINUTES)
    policy = SlaPolicy(dict.fromkeys(Priority, SlaTargets(quick, quick, steps=())), warn_percent=0)
    counter.policy = office(sla=policy)
    await counter.opens()
    given = rules(policy=WatchPolicy(policy, lambda _: office().calendar))
    found = await swept(counter, NOON + 6 * MINUTE, given)
    assert (found.warned, found.breached, found.escalated) == (0, 2, 1)


# --- several processes ------------------------------------------------------------------------


@pytest.fixture
async def shared(postgres_url: str) -> AsyncIterator[list[SqlStore]]:
    """Three processes on one database."""
    stores = [await open_store(postgres_url) for _ in range(3)]
    yield stores
    for one in stores:
        await one.close()


@pytest.mark.postgres
async def test_three_processes_find_each_thing_once(shared: list[SqlStore]) -> None:
    counter = Counter(shared[0])
    for last in range(40):
        await counter.opens("HELPDESK internet kantor mati", person(last))
    late = NOON + 30 * DAY

    async def process(store: SqlStore) -> int:
        breached = idle = 0
        while idle < 3:
            found = await sweep(store.desk, rules(), late, 5)
            breached += found.breached
            idle += found.tickets == 0
        return breached

    each = await asyncio.gather(*(process(store) for store in shared))
    assert sum(each) == 80
    assert len(await counter.rows(schema.breaches)) == 80
    [count] = await counter.ask(select(func.count()).where(schema.outbox.c.purpose != "ack"))
    assert count[0] == 80


@pytest.mark.postgres
async def test_a_ticket_that_somebody_holds_is_left_for_the_next_sweep(
    shared: list[SqlStore],
) -> None:
    counter = Counter(shared[0])
    number = await counter.opens()
    async with shared[1].desk() as desk:
        await desk.intake.tickets([number])
        assert (await sweep(shared[2].desk, rules(), NOON + HOUR, 10)).tickets == 0
    assert (await sweep(shared[2].desk, rules(), NOON + HOUR, 10)).breached == 1


@pytest.mark.postgres
async def test_intake_and_watch_at_the_same_time_lose_nothing(shared: list[SqlStore]) -> None:
    counter = Counter(shared[0])
    numbers = [await counter.opens("HELPDESK internet mati", person(last)) for last in range(10)]
    said = [counter.said(f"{number} masih mati", person(n)) for n, number in enumerate(numbers)]
    sweeping = asyncio.create_task(sweep(shared[1].desk, rules(), NOON + 3 * HOUR, 50))
    await asyncio.gather(*(counter.take(message) for message in said))
    found = await sweeping
    left = await swept(counter, NOON + 3 * HOUR)
    assert found.breached + left.breached == 10
    for number in numbers:
        assert (await counter.kinds(number)).count("SlaBreached") == 1
        assert (await counter.kinds(number)).count("MessageJoined") == 1
