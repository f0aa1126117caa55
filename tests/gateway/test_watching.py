"""The watch in a whole gateway: people are told in time, by real doors, whatever the clock."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from core.errors import StoreUnavailable
from core.services.watch import Swept
from gateway import watching
from gateway.metrics import Metrics
from gateway.watching import Watching, WatchPace
from tests.core.services.test_watch import rules
from tests.gateway.gateway_kit import CITIZEN, Office, Options, message, office, until

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.server import Plan

DUTY = "+6281300000009"
NOON = datetime(2026, 7, 14, 3, 0, tzinfo=UTC)


class Wrist:
    """The machine's clock, set forward by hand."""

    def __init__(self) -> None:
        self.by = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.by


def worn(wrist: Wrist) -> Options:
    def plan(given: Plan) -> Plan:
        return replace(given, clock=wrist)

    return Options(plan=plan)


def sent_to(hall: Office, number: str) -> list[str]:
    return [text.body for text in hall.provider.sent if text.recipient == number]


async def test_km_08_a_broken_promise_is_told_by_sms_within_five_seconds(tmp_path: Path) -> None:
    wrist = Wrist()
    async with office(tmp_path, worn(wrist)) as hall:
        await hall.post(message())
        await until(lambda: len(hall.provider.sent) == 1)
        wrist.by = timedelta(minutes=31)
        await until(lambda: len(hall.provider.sent) == 2)
        [ticket] = await hall.tickets()
        assert sent_to(hall, CITIZEN)[1].startswith(f"Mohon maaf, tiket {ticket.number} belum")
        assert hall.count("helpdesk_watch_findings_total", kind="breached") == 1
        await asyncio.sleep(0.3)
        assert len(hall.provider.sent) == 2
        kinds = [event.kind for event in await hall.store.reads.history(ticket.number)]
        assert kinds == ["TicketOpened", "SlaBreached", "Escalated"]


async def test_danger_calls_the_duty_officer(tmp_path: Path) -> None:
    duty = {"channel": "sms", "address": DUTY}
    async with office(tmp_path, Options(sections={"duty": duty})) as hall:
        await hall.post(message("HELPDESK kecelakaan di lobi, korban tidak sadar"))
        await until(lambda: bool(sent_to(hall, DUTY)))
        [ticket] = await hall.tickets()
        [call] = sent_to(hall, DUTY)
        assert ticket.number in call
        assert CITIZEN not in call
        await until(lambda: len(sent_to(hall, CITIZEN)) == 2)
        danger, ack = sent_to(hall, CITIZEN)
        assert "112" in danger
        assert "no tiket" in ack
        assert hall.count("helpdesk_alarms_total", channel="house", kind="duty") == 0


async def test_without_a_duty_officer_an_alarm_is_raised(tmp_path: Path) -> None:
    async with office(tmp_path) as hall:
        await hall.post(message("HELPDESK kecelakaan di lobi, korban tidak sadar"))
        alarms = ("helpdesk_alarms_total",)
        await until(lambda: hall.count(*alarms, channel="house", kind="duty") == 1)
        assert "nobody on duty" in hall.log.getvalue()


async def test_scheduled_work_is_run_at_the_start_and_noted(tmp_path: Path) -> None:
    async with office(tmp_path) as hall:

        async def noted() -> bool:
            rows = await hall.rows("SELECT job FROM job_runs WHERE finished_at IS NOT NULL")
            return {row[0] for row in rows} == {
                "silent closing", "anchor", "retention", "provisional promises", "holidays",
                "monthly recap",
                "partner hours",
                "calendar change",
                "anonymising",
            }  # fmt: skip

        await until(noted)
        due = await hall.rows("SELECT subject FROM admin_events WHERE kind = 'RecapDue'")
        assert len(due) == 1


async def test_a_restart_runs_nothing_twice(tmp_path: Path) -> None:
    for _ in range(2):
        async with office(tmp_path) as hall:

            async def noted(hall: Office = hall) -> bool:
                rows = await hall.rows("SELECT job FROM job_runs WHERE finished_at IS NOT NULL")
                return len(rows) >= 6

            await until(noted)
    async with office(tmp_path) as hall:
        rows = await hall.rows("SELECT count(*) FROM admin_events WHERE kind = 'RecapDue'")
        assert rows[0][0] == 1


# --- the loop alone ---------------------------------------------------------------------------


class Set:
    """A wall clock that runs with the machine's, until it is set."""

    def __init__(self) -> None:
        self.by = timedelta()
        self._began = asyncio.get_running_loop().time()

    def now(self) -> datetime:
        steady = asyncio.get_running_loop().time() - self._began
        return NOON + timedelta(seconds=steady) + self.by


class Sweeps:
    """In place of the service: gives these results in turn, then nothing."""

    def __init__(self, *results: Swept | Exception) -> None:
        self.results, self.times = list(results), list[datetime]()

    async def __call__(self, _desk: object, _rules: object, now: datetime, _limit: int) -> Swept:
        self.times.append(now)
        found = self.results.pop(0) if self.results else Swept()
        if isinstance(found, Exception):
            raise found
        return found


async def nothing_came(_desk: object, _now: datetime) -> int:
    """In place of the service that notes partners' answers."""
    return 0


async def looked(
    monkeypatch: pytest.MonkeyPatch, sweeps: Sweeps, steps: list[timedelta]
) -> tuple[Watching, list[str], Metrics]:
    monkeypatch.setattr(watching, "sweep", sweeps)
    monkeypatch.setattr(watching, "note_answers", nothing_came)
    clock, metrics, heard = Set(), Metrics(), list[str]()
    store = type("Store", (), {"desk": None})()
    loop = Watching(store, rules(), WatchPace(0.01, 10), (clock, metrics))
    loop.on_record.append(lambda: heard.append("record"))
    loop.on_jump.append(lambda: heard.append("jump"))
    task = asyncio.create_task(loop.run())
    for step in steps:
        seen = len(sweeps.times)
        await until(lambda seen=seen: len(sweeps.times) > seen + 1)
        clock.by += step
    seen = len(sweeps.times)
    await until(lambda: len(sweeps.times) > seen + 1)
    loop.stop()
    await task
    return loop, heard, metrics


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1)])
async def test_a_clock_that_is_set_is_noticed_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    sweeps = Sweeps()
    _, heard, metrics = await looked(monkeypatch, sweeps, [jump])
    assert heard == ["jump"]
    alarms = metrics.registry.get_sample_value(
        "helpdesk_alarms_total", {"channel": "house", "kind": "clock"}
    )
    assert alarms == 1
    assert abs(sweeps.times[-1] - sweeps.times[0] - jump) < timedelta(seconds=5)


async def test_a_failed_look_is_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    sweeps = Sweeps(StoreUnavailable("jauh"), RuntimeError("rusak"), Swept(1, 1, breached=1))
    _, heard, metrics = await looked(monkeypatch, sweeps, [timedelta()])
    assert heard == ["record"]
    name = "helpdesk_alarms_total"
    assert metrics.registry.get_sample_value(name, {"channel": "house", "kind": "watch"}) == 1


async def test_what_cannot_be_moved_on_does_not_spin(monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = [Swept(tickets=5)] * 1000
    sweeps = Sweeps(*stuck)
    await looked(monkeypatch, sweeps, [timedelta()])
    assert len(sweeps.times) < 200
