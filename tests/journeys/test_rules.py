"""The rules where the practices differ (requirements §1), walked by SMS and API as people do."""

from __future__ import annotations

import json
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from config.load import read
from core.services.watch import sweep
from gateway.commands.deadline import deadline
from gateway.timekeeping import watch_rules
from tests.gateway.api.kit import SENDERS, ApiOffice, api_office
from tests.gateway.gateway_kit import message, phone, tables, until
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.gateway.api.kit import Caller, Said

DAY = timedelta(days=1)
PROMISED = re.compile(
    r"Dijawab petugas paling lambat \d\d/\d\d \d\d\.\d\d, selesai( paling lambat)? "
    r"\d\d/\d\d \d\d\.\d\d WIB"
)
BARE_HOURS = re.compile(r"\b\d+ jam\b")


@dataclass
class Rules:
    """An office with one person of each role, and citizens with plain phones."""

    office: ApiOffice
    folder: Path

    async def says(self, text: str, sender: int) -> list[str]:
        """A text, and everything that its sender has been told once nothing is owed any more."""
        assert (await self.office.hall.post(message(text, From=phone(sender)))).status == 200
        await self.office.hall.quiet(PATIENCE)
        sent = self.office.hall.provider.sent
        return [one.body for one in sent if one.recipient == phone(sender)]

    async def does(self, who: str, number: str, act: str, **body: Any) -> Any:
        said = await self._called(who).act(number, act, body)
        assert said.status == 200, said.text
        return said.json["ticket"]

    async def refused(self, who: str, number: str, act: str, **body: Any) -> Said:
        said = await self._called(who).act(number, act, body)
        assert said.status >= 400, said.text
        return said

    async def ticket(self, number: str, who: str = "care") -> Any:
        return (await self._called(who).get(f"/tickets/{number}")).json

    def _called(self, who: str) -> Caller:
        return self.office.callers[who]

    async def solved(self, number: str) -> None:
        await self.does("care", number, "assign", staff_id=self.office.ids["technician"])
        await self.does("technician", number, "start", note="Mulai")
        await self.does("technician", number, "resolve", solution="Kabel diganti")

    async def looks(self, now: datetime) -> None:
        """The watch, at that time."""
        hall = self.office.hall
        settings = read(tables(self.folder, {"sms": hall.provider.base_url}))
        rules = watch_rules(settings, hall.gateway.plan.policy)
        while (await sweep(hall.store.desk, rules, now, 100)).clocks:
            pass


@asynccontextmanager
async def open_office(folder: Path, **sections: Any) -> AsyncIterator[Rules]:
    async with api_office(folder, **sections) as office:
        yield Rules(office, folder)


@pytest.fixture(scope="module")
async def plain(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rules]:
    folder = tmp_path_factory.mktemp("plain")
    async with open_office(folder, office={"monthly_limit": True}) as rules:
        yield rules


@pytest.fixture(scope="module")
async def strict(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rules]:
    """Every signature that an office may ask for."""
    folder = tmp_path_factory.mktemp("strict")
    preset, work = {"preset": "agency"}, {"approval_before_work": True}
    async with open_office(folder, office=preset, work=work) as rules:
        yield rules


async def test_rule_1_the_number_is_there_before_review_and_approval(strict: Rules) -> None:
    sender = next(SENDERS)
    [ack] = await strict.says("HELPDESK jaringan loket 3 putus", sender)
    [number] = re.findall(r"HD\d\d-\d{6}-\d", ack)[:1]
    assert (await strict.ticket(number))["status"] == "received"
    assert (await strict.does("care", number, "review", note="data belum lengkap"))["status"] == (
        "under_review"
    )
    ids = strict.office.ids
    assigned = await strict.does("care", number, "assign", staff_id=ids["technician"])
    assert (assigned["number"], assigned["approval"]) == (number, "before")
    assert (await strict.refused("technician", number, "start", note="Mulai")).status == 409
    await strict.does("supervisor", number, "approve")
    assert (await strict.does("technician", number, "start", note="Mulai"))[
        "status"
    ] == "in_progress"
    told = await strict.says(f"STATUS {number}", sender)
    assert all(number in text for text in told)


async def test_rule_9_an_emergency_waits_for_no_signature_a_solution_for_one(
    strict: Rules,
) -> None:
    number = await strict.office.ticket()
    ids = strict.office.ids
    await strict.does("care", number, "assign", staff_id=ids["technician"])
    assert (await strict.refused("technician", number, "start", note="Mulai")).status == 409
    await strict.does("care", number, "set-priority", priority="emergency", reason="asap tebal")

    async def called() -> bool:
        history = await strict.office.care.get(f"/tickets/{number}/history")
        return "DutyOfficerMissing" in history.text

    await until(called, PATIENCE)
    await strict.does("technician", number, "start", note="Mulai")
    solved = await strict.does("technician", number, "resolve", solution="Panel diganti")
    assert solved["approval"] == "after"  # on by the preset with a supervisor
    early = await strict.refused("care", number, "close", reason="selesai")
    assert early.status == 409
    await strict.does("supervisor", number, "approve")
    assert (await strict.ticket(number))["status"] in ("resolved", "closed")


async def test_rule_2_a_second_report_of_the_month_is_taken_and_linked(plain: Rules) -> None:
    sender = next(SENDERS)
    first = await plain.office.ticket("HELPDESK lampu ruang tunggu mati", sender)
    second = await plain.office.ticket("HELPDESK printer loket dua macet", sender)
    assert first != second
    assert (await plain.ticket(second))["linked_number"] == first
    told = await plain.says(f"STATUS {second}", sender)
    assert [number in text for number, text in zip((first, second), told, strict=False)] == [
        True,
        True,
    ]


async def test_rule_5_a_pause_for_hardware_is_limited_and_days_before_it_count(
    tmp_path: Path,
) -> None:
    async with open_office(tmp_path) as rules:
        sender = next(SENDERS)
        number = await rules.office.ticket("HELPDESK switch lantai dua terbakar", sender)
        await rules.does("care", number, "assign", staff_id=rules.office.ids["technician"])
        await rules.does("technician", number, "start", note="Mulai")
        await rules.does("technician", number, "answer", text="Kami periksa ke gudang.")
        now = datetime.now(UTC)
        wait = {"reason": "hardware_on_order", "for_whom": "gudang", "note": "terbakar"}
        wait["item"] = "switch 24 port"
        too_long = {**wait, "expected_at": (now + 8 * DAY).isoformat()}
        said = await rules.refused("technician", number, "pend", **too_long)
        assert (said.status, said.json["field"]) == (422, "expected_at")
        await rules.does(
            "technician", number, "pend", **wait, expected_at=(now + 6 * DAY).isoformat()
        )
        told = await rules.says(f"STATUS {number}", sender)
        assert any("perangkat dipesan" in text for text in told)
        clocks = {one["target"]: one for one in (await rules.ticket(number))["clocks"]}
        limit = datetime.fromisoformat(clocks["pending"]["due_at"])
        assert timedelta() <= limit - now - 7 * DAY < timedelta(hours=1)
        await rules.looks(limit - DAY + timedelta(minutes=1))
        assert (await rules.ticket(number))["escalation"] == 0
        await rules.looks(limit + timedelta(minutes=1))
        after = await rules.ticket(number)
        assert (after["status"], after["breached"], after["escalation"]) == ("pending", True, 1)
        solution = next(one for one in after["clocks"] if one["target"] == "solution")
        assert (solution["breached_at"], solution["due_at"]) == (
            None,
            clocks["solution"]["due_at"],
        )
        history = (await rules.office.care.get(f"/tickets/{number}/history")).json["items"]
        kinds = [one["kind"] for one in history]
        assert kinds[-3:] == ["SlaWarned", "SlaBreached", "Escalated"]
        assert json.loads(history[-1]["data"])["role"] == "leadership"


def test_rule_5_days_before_a_pause_count_on() -> None:
    paused = CliRunner().invoke(
        deadline,
        [
            *("--received=2026-07-14T10:00", "--json"),
            *("--pause", "2026-07-16T09:00/2026-07-23T09:00"),
        ],
    )
    # Two of five days had passed: 26 working hours were left, and go on after the pause.
    assert json.loads(paused.output)["solution"] == "2026-07-27T17:00:00+07:00"


WORKED = [
    # received, priority, first answer, solution (requirements §3, preset banyuwangi)
    ("2026-07-14T11:30", "emergency", "2026-07-14T12:00", "2026-07-14T14:30"),
    ("2026-07-14T16:45", "high", "2026-07-15T08:15", "2026-07-15T17:00"),
    ("2026-07-17T10:45", "normal", "2026-07-17T13:15", "2026-07-23T17:00"),
    ("2026-08-15T11:50", "low", "2026-08-18T08:50", "2026-08-22T12:00"),
    ("2026-12-23T16:45", "high", "2026-12-26T08:15", "2026-12-26T12:00"),
]


@pytest.mark.parametrize(("received", "priority", "answered", "solved"), WORKED)
async def test_rule_6_hours_and_days_are_working_ones(
    plain: Rules, received: str, priority: str, answered: str, solved: str
) -> None:
    asked = f"received={received}:00%2B07:00&priority={priority}&calendar=banyuwangi"
    said = await plain.office.operator.get(f"/deadline?{asked}")
    due = {one["target"]: datetime.fromisoformat(one["due_at"]) for one in said.json["promises"]}
    expected = [datetime.fromisoformat(f"{at}:00+07:00") for at in (answered, solved)]
    assert [due["first_answer"], due["solution"]] == expected


async def test_rule_6_all_three_are_settings(plain: Rules) -> None:
    document = (
        '[pending]\nhardware_on_order = "3 working_days"\n'
        '[promises.emergency]\nsolution = "120 clock_minutes"\n'
        '[promises.normal]\nsolution = "5 calendar_days"\n'
    )
    receipts = ["2026-07-14T11:30:00+07:00"]
    said = await plain.office.admin.post(
        "/sla-policy/preview", {"document": document, "receipts": receipts}
    )
    assert said.status == 200, said.text
    solved = {
        one["priority"]: each["after"]
        for one in said.json["receipts"]
        for each in one["promises"]
        if each["target"] == "solution"
    }
    wanted = {"emergency": "2026-07-14T13:30:00+07:00", "normal": "2026-07-19T11:30:00+07:00"}
    for priority, at in wanted.items():
        assert datetime.fromisoformat(solved[priority]) == datetime.fromisoformat(at)
    [limit] = said.json["limits"]
    assert (limit["before"], limit["after"]) == ("7 calendar_days", "3 working_days")


async def test_rule_7_a_wish_is_a_hint_and_assigning_a_right(plain: Rules) -> None:
    number = await plain.office.ticket("HELPDESK#u1#network#wifi mati, minta Petugas technician")
    wished = await plain.ticket(number)
    assert (wished["unit_hint"], wished["unit_id"], wished["assignee_id"]) == ("u1", None, None)
    wish = {"staff_id": plain.office.ids["technician"]}
    for who in ("technician", "officer", "leader", "admin"):
        said = await plain.office.callers[who].act(number, "assign", wish, version="*")
        assert said.status in (403, 404), who
    assert (await plain.does("operator", number, "assign", **wish))["assignee_id"] == (
        wish["staff_id"]
    )


async def test_rule_11_a_promise_is_what_by_which_day_time_and_zone(plain: Rules) -> None:
    sender = next(SENDERS)
    [ack] = await plain.says("HELPDESK air keran di toilet umum mati", sender)
    assert PROMISED.search(ack)
    number = re.findall(r"HD\d\d-\d{6}-\d", ack)[0]
    status = (await plain.says(f"STATUS {number}", sender))[-1]
    assert re.search(r"Batas selesai \d\d/\d\d \d\d\.\d\d WIB", status)
    await plain.solved(number)
    await plain.says(f"BUKA {number}", sender)
    texts = await plain.says(f"STATUS {number}", sender)
    assert not [text for text in texts if BARE_HOURS.search(text)]


async def test_rule_12_hours_are_data_with_dates(plain: Rules) -> None:
    shown = (await plain.office.operator.get("/calendars")).json
    assert {"banyuwangi", "pemerintah", "rs24"} <= set(shown["presets"])
    path, week = "/calendar-documents/uji-jam", 'zone = "Asia/Jakarta"\n[[weeks]]\n'
    text = f'{week}tuesday = ["08.00-12.00"]\n[[weeks]]\n'
    text += 'valid = [{ from = 2026-07-21, until = 2026-07-26 }]\ntuesday = ["09.00-10.00"]\n'
    made = await plain.office.admin.call("PUT", path, {"document": text}, If_Match="*")
    assert made.status == 200, made.text
    wanted = {"2026-07-14": "08:30", "2026-07-21": "09:30", "2026-07-28": "08:30"}

    async def answered(day: str) -> str:
        asked = f"received={day}T05:00:00%2B07:00&calendar=uji-jam"
        said = await plain.office.operator.get(f"/deadline?{asked}")
        at = datetime.fromisoformat(said.json["promises"][0]["due_at"])
        return (at + timedelta(hours=7)).strftime("%H:%M")

    async def followed() -> bool:
        return [await answered(day) for day in wanted] == list(wanted.values())

    await until(followed, PATIENCE)


COUNTS = {
    # Answers 1 to 5 of the published table (samples/servqual_lubuklinggau.json)
    101: (0, 1, 7, 2, 0),
    102: (0, 5, 4, 1, 0),
    103: (0, 1, 9, 0, 0),
    104: (2, 3, 1, 2, 2),
    105: (0, 0, 9, 1, 0),
}
EXPECTED = {
    "tangibles": 2, "reliability": 3, "responsiveness": 4, "assurance": 3, "empathy": 2,
}  # fmt: skip


async def test_rule_13_divided_by_the_answers_of_the_row(plain: Rules) -> None:
    rows = {
        item: [score for score, count in enumerate(counts, start=1) for _ in range(count)]
        for item, counts in COUNTS.items()
    }
    period = datetime.now(UTC) + timedelta(hours=7)
    wanted = {"values": EXPECTED}
    said = await plain.office.admin.call("PUT", f"/expectations/{period:%Y-%m}", wanted)
    assert said.status == 200, said.text
    for place in range(10):
        number = await plain.office.ticket()
        await plain.solved(number)
        scores = [{"item": item, "score": row[place]} for item, row in rows.items()]
        kept = await plain.office.operator.post(f"/tickets/{number}/survey", {"scores": scores})
        assert kept.status == 201, kept.text
    found = (await plain.office.leader.get(f"/surveys/{period:%Y-%m}")).json
    gaps = {one["dimension"]: one["gap_index"] for one in found["dimensions"]}
    assert gaps == {
        "tangibles": 0.22, "reliability": -0.08, "responsiveness": -0.22, "assurance": -0.02,
        "empathy": 0.22,
    }  # fmt: skip
    assert {one["n"] for one in found["dimensions"]} == {10}
    assert found["improvement_order"] == ["responsiveness", "reliability", "assurance"]


async def test_rule_14_a_measure_against_staff_never_leaves(plain: Rules) -> None:
    sender, secret = next(SENDERS), "Teguran tertulis"
    number = await plain.office.ticket("HELPDESK petugas loket tidak sopan", sender)
    await plain.does("leader", number, "set-measure", text=f"{secret} kepada petugas loket")
    for who in ("operator", "care", "admin"):
        assert (await plain.office.callers[who].act(number, "set-measure", {})).status == 403
        assert (await plain.ticket(number, who))["internal_measure"] is None
    assert secret in (await plain.ticket(number, "leader"))["internal_measure"]
    await plain.solved(number)
    await plain.says(f"STATUS {number}", sender)
    await plain.says(f"SELESAI {number}", sender)
    for path in ("", "/history", "/thread", "/notes"):
        assert secret not in (await plain.office.care.get(f"/tickets/{number}{path}")).text
    outside = [row[0] for row in await plain.office.hall.rows("SELECT text FROM outbox")]
    events = [row[0] for row in await plain.office.hall.rows("SELECT data FROM events")]
    assert outside
    assert not [text for text in (*outside, *events) if secret in text]
    assert secret not in plain.office.hall.log.getvalue()
