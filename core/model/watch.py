"""What the watch does with the clocks of one ticket that are due: warn, admit, report (§3). Pure.

Nothing is found twice: a warning and a breach are marked on the clock, steps of escalation are
counted there, and a broken promise gets a new time before it can be broken again.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from core.model.clock import DUTY_CALL, PENDING, TARGETS, Pause, PauseReason, SlaClock
from core.model.clock_times import after_breach, looking, step_at
from core.model.clocks import ended, meet
from core.model.events import Fact
from core.model.sla import Matter
from core.model.terms import Terms
from core.model.ticket import Status
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from core.model.calendar import Calendar
    from core.model.events import Json
    from core.model.messages import ChannelId
    from core.model.sla import SlaPolicy
    from core.model.ticket import Priority


@value
class Watched:
    """A ticket with a clock that is due, locked until the end of the unit of work.

    Attributes:
        reason: why it stands where it stands, as told to the citizen.
        unit_id, unit_code, unit_calendar: of the unit it is with, None and "" without.
        about_staff_id: the person complained about, who is told nothing of it.
        escalation: level reached, 0: none.
    """

    id: int
    number: str
    status: Status
    priority: Priority
    category: str
    channel: ChannelId
    place: str
    reason: str
    version: int
    event_seq: int
    event_head: str
    clocks: tuple[SlaClock, ...]
    pauses: tuple[Pause, ...] = ()
    unit_id: int | None = None
    unit_code: str = ""
    unit_calendar: str = ""
    assignee_id: int | None = None
    about_staff_id: int | None = None
    escalation: int = 0
    breached: bool = False
    language: str = "id"


@dataclass(frozen=True, slots=True)
class WatchPolicy:
    """What the watch goes by.

    Attributes:
        sla: what is promised.
        calendar_of: the calendar of this name, the office's for "" and unknown ones.
        on_duty: there is a duty officer to call.
        promising: the policy of promises that holds now; None: ``sla`` for good.
    """

    sla: SlaPolicy
    calendar_of: Callable[[str], Calendar]
    on_duty: bool = False
    promising: Callable[[], SlaPolicy] | None = None

    def terms(self, ticket: Watched) -> Terms:
        """What the clocks of this ticket run by."""
        matter = Matter(ticket.category, ticket.unit_code, ticket.channel)
        calendar = self.calendar_of(ticket.unit_calendar)
        sla = self.sla if self.promising is None else self.promising()
        return Terms.of(sla, calendar, ticket.priority, matter)


@value
class BreachFound:
    """A promise that was not kept in time; ``new_due_at`` is what is promised instead."""

    target: str
    due_at: datetime
    reason: str
    new_due_at: datetime


@value
class EscalationMade:
    """A step of escalation that was taken.

    Attributes:
        level: 1 for the first step.
        next_at: what is promised now, the time of the next news.
        with_breach: it was taken together with the breach, whose notice tells of it.
    """

    target: str
    level: int
    to_role: str
    reason: str
    next_at: datetime
    with_breach: bool


class CallKind(StrEnum):
    """Why somebody of the staff is told."""

    WARNING = "warning"
    BREACH = "breach"
    ESCALATION = "escalation"
    DUTY = "duty"


@value
class Call:
    """Somebody of the staff is told.

    Attributes:
        target: the promise it is about.
        due_at: when it is or was due.
        new_due_at: what is promised instead, None where nothing was broken just now.
        to_role: for an escalation; "" tells the assignee.
    """

    kind: CallKind
    target: str
    due_at: datetime
    new_due_at: datetime | None = None
    to_role: str = ""


@dataclass(slots=True)
class Findings:
    """What the watch found on one ticket; empty lists where there was nothing.

    Attributes:
        clocks: those that changed.
        facts: one event each, in order.
    """

    ticket: Watched
    clocks: list[SlaClock] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    breaches: list[BreachFound] = field(default_factory=list)
    escalations: list[EscalationMade] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)


def watch(policy: WatchPolicy, ticket: Watched, now: datetime) -> Findings:
    """Looks at every clock of a ticket that is due at ``now``, aware.

    However late the watch comes, each thing is found once: after a long sleep a promise that is
    broken gets no warning any more, and its new time is counted from now.
    """
    findings = Findings(ticket)
    for clock in ticket.clocks:
        if clock.open and clock.look_at is not None and clock.look_at <= now:
            changed = _looked(findings, policy, clock, now)
            if changed != clock:
                findings.clocks.append(changed)
    return findings


def _looked(findings: Findings, policy: WatchPolicy, clock: SlaClock, now: datetime) -> SlaClock:
    ticket = findings.ticket
    if clock.target == DUTY_CALL:
        return _duty(findings, clock, now, on_duty=policy.on_duty)
    if not ticket.status.running or clock.target not in TARGETS:
        return ended(clock)
    terms, reason = policy.terms(ticket), why_late(ticket, clock.target)
    broken = clock.due_at <= now
    if broken:
        clock = _broken(findings, terms, clock, (now, reason))
    elif not clock.late:
        clock = _warned(findings, clock, now)
    clock = _escalated(findings, terms, clock, (now, reason, broken))
    return looking(terms, clock, ticket.pauses)


def _duty(findings: Findings, clock: SlaClock, now: datetime, *, on_duty: bool) -> SlaClock:
    kind = "DutyOfficerCalled" if on_duty else "DutyOfficerMissing"
    findings.facts.append(Fact(kind, now, "system", {}))
    findings.calls.append(Call(CallKind.DUTY, DUTY_CALL, clock.due_at))
    return meet(replace(clock, due_at=now), now)


def _warned(findings: Findings, clock: SlaClock, now: datetime) -> SlaClock:
    if clock.warned_at is not None or clock.warn_at is None or clock.warn_at > now:
        return clock
    findings.facts.append(_fact("SlaWarned", now, clock, {}))
    findings.calls.append(Call(CallKind.WARNING, clock.target, clock.due_at))
    return replace(clock, warned_at=now)


def _broken(
    findings: Findings, terms: Terms, clock: SlaClock, seen: tuple[datetime, str]
) -> SlaClock:
    now, reason = seen
    new = after_breach(terms, clock, now)
    data: dict[str, Json] = {"new_due_at": new.due_at.isoformat()}
    if clock.late:
        data["again"] = True
    findings.facts.append(_fact("SlaBreached", now, clock, data))
    findings.breaches.append(BreachFound(clock.target, clock.due_at, reason, new.due_at))
    findings.calls.append(Call(CallKind.BREACH, clock.target, clock.due_at, new.due_at))
    return replace(
        clock,
        due_at=new.due_at,
        provisional=new.provisional,
        breached_at=clock.breached_at or now,
    )


def _escalated(
    findings: Findings, terms: Terms, clock: SlaClock, seen: tuple[datetime, str, bool]
) -> SlaClock:
    """All steps that are due by now, in order."""
    now, reason, broken = seen
    pauses = findings.ticket.pauses
    while (at := step_at(terms, clock, pauses)) is not None and at <= now:
        step = terms.steps(clock.target)[clock.step]
        clock = replace(clock, step=clock.step + 1)
        data: dict[str, Json] = {"level": clock.step, "role": step.to_role}
        findings.facts.append(_fact("Escalated", now, clock, data))
        findings.escalations.append(
            EscalationMade(
                clock.target, clock.step, step.to_role, reason, clock.due_at, with_breach=broken
            )
        )
        findings.calls.append(
            Call(CallKind.ESCALATION, clock.target, clock.due_at, to_role=step.to_role)
        )
    return clock


def _fact(kind: str, now: datetime, clock: SlaClock, more: dict[str, Json]) -> Fact:
    data: dict[str, Json] = {"target": clock.target, "due_at": clock.due_at.isoformat()}
    return Fact(kind, now, "system", data | more)


_UNSOLVED = {
    Status.RECEIVED: "belum ada petugas ditunjuk",
    Status.UNDER_REVIEW: "telaah belum selesai",
    Status.ASSIGNED: "pekerjaan belum dimulai",
    Status.IN_PROGRESS: "pekerjaan belum selesai",
}
"""Facts about the work, at most 32 characters, so that they fit an SMS whole."""


def why_late(ticket: Watched, target: str) -> str:
    """The reason told with a breach, Indonesian: a fact that the ticket shows, never a guess."""
    if target == PENDING or ticket.status is Status.PENDING:
        return _waiting(ticket.pauses)
    if target == "partner_answer":
        return "instansi rekanan belum menjawab"
    return _UNSOLVED.get(ticket.status, "pekerjaan belum selesai")


def _waiting(pauses: Iterable[Pause]) -> str:
    last = next((p for p in pauses if p.ended_at is None), None)
    if last is None:
        return "menunggu pihak lain"
    known = {reason.value: reason.word for reason in PauseReason}
    return known.get(last.reason) or last.for_whom or "menunggu pihak lain"
