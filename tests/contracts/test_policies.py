"""The policy of promises in the store: seeded, checked, versioned, used by every process."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from config.promises import load_seed
from core.errors import Conflict, NotFound
from core.model import acts
from core.model.clock import FIRST_ANSWER, SOLUTION
from core.model.deadline import SlaTarget
from core.model.policy_documents import PolicyDocument
from core.model.policy_preview import Preview, worked_receipts
from core.model.sla import ANY_MATTER, DEFAULT_POLICY, Matter, Measure
from core.model.staff import Role, Staff
from core.model.ticket import Priority
from core.model.work import Refusal, RefusalKind
from core.services.policies import Question, Rulebook, preview_policy, put_policy, seed_policy
from gateway.promises import Promises
from tests.contracts.house_kit import NOW, Office
from tests.core.fakes import SMS, office
from tests.core.model.calendar_samples import local
from tests.core.services.counter import LAMP, PRINTER, person
from tests.core.services.workshop import TECH, Workshop
from ticket_store import schema

if TYPE_CHECKING:
    from pathlib import Path

    from core.model.clock import SlaClock
    from ticket_store.store import SqlStore

DAY = timedelta(days=1)
ADMIN = Staff(7, "ida", "Ida", frozenset({Role.ADMIN}))
CARE = Staff(8, "rina", "Rina", frozenset({Role.CUSTOMER_CARE}))
SEED = load_seed(None)
TWO_DAYS = '[promises.normal]\nsolution = "2 working_days"\n'
ONE_DAY = TWO_DAYS.replace("2", "1")


@dataclass
class Desk:
    """An administrator's desk over one store, and processes beside it."""

    office: Office
    book: Rulebook

    @property
    def store(self) -> SqlStore:
        return self.office.store

    async def puts(self, text: str, version: int = 1) -> PolicyDocument:
        made = await put_policy(self.book, ADMIN, version, text)
        assert isinstance(made, PolicyDocument), made
        return made

    async def refused(self, text: str, version: int = 1, by: Staff = ADMIN) -> Refusal:
        made = await put_policy(self.book, by, version, text)
        assert isinstance(made, Refusal), made
        return made

    async def process(self) -> Promises:
        promises = Promises(self.store, SEED, self.office.clock)
        await promises.begin()
        return promises

    async def asks(self, text: str, held: Promises, **more: Any) -> Preview:
        calendar = office().calendar
        receipts = worked_receipts(calendar, NOW)
        asked = Question(text, held(), calendar, receipts, more.get("matter", ANY_MATTER))
        found = await preview_policy(self.book, ADMIN, asked)
        assert isinstance(found, Preview), found
        return found


@pytest.fixture
async def desk(store: SqlStore) -> Desk:
    house = Office(store)
    await seed_policy(store.desk, SEED.document, NOW)
    book = Rulebook(store.desk, house.clock, {SMS}, store.units, store.policies)
    return Desk(house, book)


async def test_the_file_is_the_seed_and_lays_itself_down_once(desk: Desk) -> None:
    assert not await seed_policy(desk.store.desk, TWO_DAYS, NOW)
    assert await desk.store.policies.versions() == [
        PolicyDocument(1, SEED.document, NOW, "system")
    ]
    assert await desk.office.kinds("sla_policy") == ["SlaPolicySeeded"]
    assert (await desk.process())() == DEFAULT_POLICY


async def test_bw_14_every_version_stays_and_every_change_is_an_event(desk: Desk) -> None:
    made = await desk.puts(TWO_DAYS)
    assert (made.version, made.changed_by) == (2, "staff:7")
    assert await desk.puts(TWO_DAYS, 2) == made
    assert [one.version for one in await desk.store.policies.versions()] == [2, 1]
    assert (await desk.store.policies.one(1)).document == SEED.document
    with pytest.raises(NotFound):
        await desk.store.policies.one(3)
    assert await desk.office.kinds("sla_policy") == ["SlaPolicySeeded", "SlaPolicyChanged"]


async def test_bw_14_a_version_for_later_holds_by_itself_when_its_day_comes(desk: Desk) -> None:
    process, normal = await desk.process(), Priority.NORMAL
    later = NOW + 10 * DAY
    made = await put_policy(desk.book, ADMIN, 1, TWO_DAYS, later)
    assert isinstance(made, PolicyDocument)
    assert made.valid_from == later
    await process.refresh()
    assert process() == DEFAULT_POLICY
    assert (await desk.store.policies.holding(NOW + DAY)) == await desk.store.policies.one(1)
    # What is laid down meanwhile holds until then.
    await desk.puts(ONE_DAY, 2)
    await process.refresh()
    assert process().targets[normal].solution == SlaTarget(1, Measure.WORKING_DAYS)
    desk.office.clock.at = later
    assert await process.refresh()
    assert process().targets[normal].solution == SlaTarget(2, Measure.WORKING_DAYS)
    assert not await process.refresh()
    # Another for the same day takes its place.
    await desk.puts(ONE_DAY, 3)
    assert await desk.store.policies.holding_version(later) == 4
    assert await desk.store.policies.holding_version(later - DAY) == 3
    assert await desk.store.policies.holding_version(NOW - DAY) == 1  # a clock that was set back


@pytest.mark.parametrize("at", [NOW - DAY, NOW + 1_000 * DAY])
async def test_bw_14_no_version_for_a_day_that_is_over_or_too_far(desk: Desk, at: Any) -> None:
    refused = await put_policy(desk.book, ADMIN, 1, TWO_DAYS, at)
    assert isinstance(refused, Refusal)
    assert (refused.kind, refused.field) == (RefusalKind.INVALID, "valid_from")
    assert await desk.store.policies.version() == 1


async def test_of_two_at_once_one_is_the_first(store: SqlStore) -> None:
    book = Rulebook(store.desk, Office(store).clock, {SMS}, store.units, store.policies)
    seeds = await asyncio.gather(*(seed_policy(store.desk, SEED.document, NOW) for _ in range(4)))
    assert seeds.count(True) == 1
    texts = [f"warn_percent = {percent}" for percent in (10, 20, 30, 40)]
    tried = (put_policy(book, ADMIN, 1, text) for text in texts)
    made = await asyncio.gather(*tried, return_exceptions=True)
    assert [type(one) for one in made].count(PolicyDocument) == 1
    others = [one for one in made if not isinstance(one, PolicyDocument)]
    stale = [one for one in others if isinstance(one, Refusal) and one.version == 2]
    assert len(stale) + sum(isinstance(one, Conflict) for one in others) == 3
    assert await store.policies.version() == 2
    assert len(await Office(store).kinds("sla_policy")) == 2


async def test_a_stale_writer_learns_what_changed(desk: Desk) -> None:
    await desk.puts(TWO_DAYS)
    stale = await desk.refused(ONE_DAY)
    assert (stale.kind, stale.version, stale.expected) == (RefusalKind.STALE, 2, 1)
    assert [one.kind for one in stale.changes] == ["SlaPolicyChanged"]


FAULTS = [
    (
        "[pending]\naccess = 3 days\n",
        ["it is not TOML: Expected newline or end of document after a"],
    ),
    (
        'kunci = 1\n[promises.normal]\nsolution = "5 hari"\n',
        ["kunci: expected", "promises.normal.solution: expected a number and one of"],
    ),
    (
        '[[override]]\nunit = "u9"\nchannel = "wa"\n[override.low]\nsolution = "1 working_days"\n',
        ["override 1.unit: expected the code", "override 1.channel: expected one of sms"],
    ),
    ("#" * 100_001, []),
]


@pytest.mark.parametrize(("text", "faults"), FAULTS, ids=["toml", "keys", "strangers", "long"])
async def test_every_mistake_is_told_with_its_place(
    desk: Desk, text: str, faults: list[str]
) -> None:
    refusal = await desk.refused(text)
    assert (refusal.kind, refusal.field) == (RefusalKind.INVALID, "document")
    assert len(refusal.faults) == len(faults)
    for told, begins in zip(refusal.faults, faults, strict=True):
        assert str(told).startswith(begins)
    assert await desk.store.policies.version() == 1


async def test_only_who_has_the_right(desk: Desk) -> None:
    assert (await desk.refused(TWO_DAYS, by=CARE)).kind is RefusalKind.NOT_ALLOWED


async def test_every_process_goes_by_what_another_changed(desk: Desk) -> None:
    one, two = await desk.process(), await desk.process()
    await desk.puts(TWO_DAYS)
    for process in (one, two):
        assert await process.refresh()
        assert not await process.refresh()
        wanted = SlaTarget(2, Measure.WORKING_DAYS)
        assert process().targets[Priority.NORMAL].solution == wanted
        assert process().first == DEFAULT_POLICY
    again = await desk.process()  # a restart
    assert again() == one()


async def test_a_file_that_is_not_used_any_more_is_told(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "promises.toml"
    path.write_text(TWO_DAYS, encoding="utf-8")
    promises = Promises(desk.store, load_seed(str(path)), desk.office.clock)
    await promises.begin()
    assert promises() == DEFAULT_POLICY
    assert "watch.promises is not used" in capsys.readouterr().out


# --- tickets that run --------------------------------------------------------------------------


@dataclass
class Running:
    """Citizens and staff by a policy that changes while they are at it."""

    desk: Desk
    promises: Promises
    shop: Workshop

    async def changes(self, text: str) -> None:
        version = await self.desk.store.policies.version()
        await self.desk.puts(text, version)
        await self.promises.refresh()

    async def clocks(self, number: str) -> dict[str, SlaClock]:
        return {one.target: one for one in (await self.shop.ticket(number)).clocks}


@pytest.fixture
async def running(desk: Desk) -> Running:
    promises = await desk.process()
    shop = await Workshop(desk.store, office(promising=promises)).open_doors()
    return Running(desk, promises, shop)


async def test_running_tickets_keep_theirs_until_their_priority_changes(running: Running) -> None:
    shop = running.shop
    old = await shop.opens()
    before = await running.clocks(old)
    assert before[SOLUTION].length == SlaTarget(5, Measure.WORKING_DAYS)
    await running.changes(TWO_DAYS)
    new = await shop.opens(PRINTER, person(2))
    assert (await running.clocks(new))[SOLUTION].length == SlaTarget(2, Measure.WORKING_DAYS)
    await shop.does(old, acts.Classify(category="network"))
    assert await running.clocks(old) == before
    await shop.does(old, acts.SetPriority(Priority.LOW, "bisa menunggu"))
    await shop.does(old, acts.SetPriority(Priority.NORMAL, "ternyata tidak"))
    after = await running.clocks(old)
    assert after[SOLUTION].length == SlaTarget(2, Measure.WORKING_DAYS)
    assert after[SOLUTION].due_at < before[SOLUTION].due_at
    assert after[FIRST_ANSWER] == before[FIRST_ANSWER]


async def test_a_pause_ends_by_what_was_promised(running: Running) -> None:
    shop = running.shop
    plain, paused = await shop.opens(), await shop.opens(PRINTER, person(2))
    # As an upgrade finds them: clocks that do not say how long they were given for.
    await shop.tell(update(schema.sla_clocks).values(length=None))
    await running.changes(ONE_DAY)
    for number in (plain, paused):
        await shop.does(number, acts.Assign(TECH))
    wait = acts.Pend("access", "pelapor", "gedung terkunci", shop.now + DAY)
    await shop.does(paused, wait, TECH)
    await shop.does(paused, acts.Resume("Lanjut"), TECH)
    told = [(await running.clocks(number))[SOLUTION].due_at for number in (plain, paused)]
    # A minute of pause goes on at the next opening; by the new policy it would all be over.
    assert told == [local("2026-07-20 17:00"), local("2026-07-21 08:01")]


# --- before it holds ---------------------------------------------------------------------------


async def test_a_preview_counts_what_would_change_and_keeps_nothing(running: Running) -> None:
    shop, desk = running.shop, running.desk
    first = await shop.opens()
    for place, text in enumerate((PRINTER, LAMP + " sekali"), start=2):
        await shop.opens(text, person(place))
    await shop.does(first, acts.SetPriority(Priority.HIGH, "banyak yang terganggu"))
    found = await desk.asks(TWO_DAYS, running.promises)
    assert (found.running, found.differing) == (3, 2)
    moved = {
        (one.priority, each.target)
        for one in found.receipts
        for each in one.promises
        if each.before != each.after
    }
    assert moved == {(Priority.NORMAL, SOLUTION)}
    tuesday = next(one for one in found.receipts if one.priority is Priority.NORMAL)
    assert tuesday.received == local("2026-07-21 10:00")
    [solved] = [one for one in tuesday.promises if one.target == SOLUTION]
    assert (solved.before, solved.after) == (local("2026-07-27 17:00"), local("2026-07-23 17:00"))
    assert await desk.store.policies.version() == 1


async def test_a_preview_of_what_is_meant_for_some_tickets(running: Running) -> None:
    text = '[[override]]\nchannel = "sms"\n[override.low]\nsolution = "9 working_days"\n'
    text += '[pending]\naccess = "3 working_days"\n'
    text = "\n".join(text.splitlines()[4:] + text.splitlines()[:4])
    plain = await running.desk.asks(text, running.promises)
    sms = await running.desk.asks(text, running.promises, matter=Matter(channel="sms"))
    changed = [
        {one.priority for one in found.receipts if any(p.before != p.after for p in one.promises)}
        for found in (plain, sms)
    ]
    assert changed == [set(), {Priority.LOW}]
    week = SlaTarget(7, Measure.CALENDAR_DAYS)
    three = SlaTarget(3, Measure.WORKING_DAYS)
    assert [(one.reason, one.before, one.after) for one in plain.limits] == [
        ("access", None, three), ("hardware_on_order", week, None),
    ]  # fmt: skip


async def test_a_ticket_that_is_late_or_over_is_not_counted(running: Running) -> None:
    number = await running.shop.opens()
    await running.shop.opens(PRINTER, person(2))
    await running.shop.tell(update(schema.sla_clocks).values(breached_at=running.shop.now))
    third = await running.shop.opens(LAMP, person(3))
    assert (await running.desk.asks(ONE_DAY, running.promises)).running == 1
    await running.shop.tell(update(schema.sla_clocks).values(length=None))
    assert (await running.desk.asks(ONE_DAY, running.promises)).differing == 1
    await running.shop.does(third, acts.Reject("outside_authority", "Bukan wewenang kami"))
    assert (await running.desk.asks(ONE_DAY, running.promises)).running == 0
    assert number
