"""Tickets, people and scenes for the tests of acts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.model import acts
from core.model.clock import Pause, SlaClock
from core.model.clocks import opened, pause
from core.model.scene import Colleague, Scene, UnitBrief, WorkPolicy, terms_of
from core.model.staff import Role, Staff
from core.model.stock import StockCheck
from core.model.ticket import Priority, Status
from core.model.work import Actor, Change, Refusal, Visit, WayBack, WorkTicket
from tests.core.fakes import DAY, HOUR, NOON, SARI, SMS, number_of, office

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.acts import Act

TONO = Colleague(7, "Tono", unit_id=1)
WATI = Colleague(8, "Wati", unit_id=1)
NETWORK = UnitBrief(1, "jaringan", "Bidang Jaringan")
PHARMACY = UnitBrief(2, "apotek", "Apotek Sehat", partner=True)
POLICY = WorkPolicy(office())
EVERYTHING = Actor(Staff(3, "rina", "Rina", frozenset(Role), 1, units=frozenset({1})))
"""Somebody with every role: what is refused then is refused by the ticket."""

SECRET = "Kabel di rumah Bu Siti, NIK 3510012345678901"
"""A text of staff that must never be in a history."""

WAY = WayBack(SMS, SARI, 1, 41)


def ticket(status: Status = Status.RECEIVED, **changes: Any) -> WorkTicket:
    """Opened an hour ago; where somebody must have it, Tono has. Ended ones ended just now."""
    plain = WorkTicket(
        id=26 * 10**9 + 1,
        number=number_of(1),
        status=status,
        status_at=NOON - HOUR / 2,
        priority=Priority.NORMAL,
        opened_at=NOON - HOUR,
        subject="lampu mati",
        description="lampu mati di loket",
        channel=SMS,
        address_id=1,
        version=3,
        event_seq=3,
        event_head="f" * 64,
        ways=(WAY,),
    )
    plain = replace(plain, clocks=opened(terms_of(POLICY, plain), plain.opened_at))
    return replace(_as_it_stands(plain), **changes)


def _as_it_stands(plain: WorkTicket) -> WorkTicket:
    status = plain.status
    if status in (Status.ASSIGNED, Status.IN_PROGRESS, Status.PENDING, Status.RESOLVED):
        plain = replace(
            plain, assignee_id=7, assignee_name="Tono", unit_id=1, unit_name="Bidang Jaringan"
        )
        plain = replace(plain, stock=(StockCheck(1, "tinta", True, NOON - DAY, "staff:7"),))  # noqa: FBT003 - in stock
    if status is Status.PENDING:
        begun = Pause("access", True, plain.status_at, NOON + DAY, "pemilik", "terkunci")  # noqa: FBT003 - stops
        changed = pause(terms_of(POLICY, plain), plain.clocks, begun)
        return replace(plain, pauses=(begun,), clocks=_merged(plain.clocks, changed))
    if status in (Status.RESOLVED, Status.CLOSED):
        plain = replace(plain, progress=100, work_done=True, solution="Lampu diganti")
    if status is Status.RESOLVED:
        plain = replace(plain, noticed_at=plain.status_at)
    if not status.running:
        ended = tuple(replace(clock, open=False, look_at=None) for clock in plain.clocks)
        return replace(plain, ended_at=plain.status_at, clocks=ended)
    return plain


def _merged(old: tuple[SlaClock, ...], new: tuple[SlaClock, ...]) -> tuple[SlaClock, ...]:
    return tuple({clock.target: clock for clock in (*old, *new)}.values())


def scene(of: WorkTicket, **changes: Any) -> Scene:
    plain = Scene(
        of,
        EVERYTHING,
        POLICY,
        NOON,
        people={one.id: one for one in (TONO, WATI)},
        units={one.id: one for one in (NETWORK, PHARMACY)},
        regions=frozenset({4}),
        other=ticket(id=26 * 10**9 + 2, number=number_of(2), address_id=2, ways=()),
    )
    return replace(plain, **changes)


def all_acts(now: datetime = NOON) -> dict[str, Act]:
    """One good example of each, with a text of staff wherever there is one."""
    made: list[Act] = [
        acts.Review(SECRET),
        acts.Dispose(1, SECRET, 8, now + DAY),
        acts.Assign(8, SECRET, "tangga"),
        acts.TakeBack(SECRET),
        acts.Approve(SECRET),
        acts.RefuseApproval(SECRET),
        acts.Start(SECRET),
        acts.PlanVisit(now + DAY),
        acts.EnRoute(SECRET),
        acts.Arrive(SECRET),
        acts.NoteFinding(SECRET),
        acts.Depart(SECRET),
        acts.SetProgress(40, SECRET),
        acts.CheckStock("tinta", in_stock=True, note=SECRET),
        acts.UseStock("tinta"),
        acts.Pend("access", "pemilik gedung", SECRET, now + DAY),
        acts.Resume(SECRET),
        acts.Resolve(SECRET, SECRET, SECRET, SECRET),
        acts.Close(SECRET),
        acts.Reopen(SECRET),
        acts.Reject("incomplete", SECRET),
        acts.DecideObjection(accept=True, reason=SECRET),
        acts.Cancel(SECRET),
        acts.Merge(number_of(2), SECRET),
        acts.SetPriority(Priority.EMERGENCY, SECRET),
        acts.Classify(category="network", kind="incident", place=SECRET, subject=SECRET),
        acts.Mark(sensitive=True, external_ref=SECRET, affected=SECRET),
        acts.SetMeasure(SECRET),
        acts.Answer(SECRET),
        acts.Note(SECRET),
        acts.AskSupervisor(SECRET),
        acts.Instruct(SECRET),
        acts.Escalate(2, SECRET),
    ]
    return {type(one).__name__: one for one in made}


def visited(**changes: Any) -> Visit:
    return replace(Visit(5, 7, left_at=NOON - HOUR / 2), **changes)


def made(outcome: Change | Refusal) -> Change:
    assert isinstance(outcome, Change), outcome
    return outcome


def refused(outcome: Change | Refusal) -> Refusal:
    assert isinstance(outcome, Refusal), outcome
    return outcome
