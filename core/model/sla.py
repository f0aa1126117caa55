"""What is promised, by priority, category, unit and channel (requirements §3, BW-28 to BW-31).

The automatic acknowledgement names the first answer and the solution; only a human answer keeps
the first. Every cell is a setting: a policy may come from a document (core/model/sla_document.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from core.model.calendar import local_day
from core.model.clock import FIRST_ANSWER, SOLUTION, PauseReason
from core.model.deadline import Measure, SlaTarget, due, due_from
from core.model.deadline_words import amount_words, explain_target, provisional_words, stamp
from core.model.ticket import Priority, Promise
from core.model.value import value
from core.model.working_time import share_from

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from core.model.calendar import Calendar

__all__ = [
    "ANY_MATTER",
    "DEFAULT_POLICY",
    "FIRST_ANSWER",
    "SOLUTION",
    "EscalationStep",
    "Matter",
    "Measure",
    "Since",
    "SlaOverride",
    "SlaPolicy",
    "SlaTarget",
    "SlaTargets",
    "explain",
    "promise",
    "promises",
]

UNIT_SUPERVISOR, LEADERSHIP, AGENCY_HEAD = "unit_supervisor", "leadership", "agency_head"
"""Roles that an escalation may go to (requirements §8)."""


class Since(StrEnum):
    """What a step of escalation is counted from."""

    BREACH = "breach"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """Whom a broken promise is reported to, and when.

    Attributes:
        to_role: ``unit_supervisor``, ``leadership`` or ``agency_head``.
        after: how long after ``since``; None: at the breach itself. Never before the breach.
    """

    to_role: str
    after: SlaTarget | None = None
    since: Since = Since.BREACH


_HALF_HOUR = SlaTarget(30, Measure.WORKING_MINUTES)
_ONE_DAY = SlaTarget(1, Measure.WORKING_DAYS)
_FIVE_DAYS = SlaTarget(5, Measure.WORKING_DAYS)
_AT_ONCE = EscalationStep(UNIT_SUPERVISOR)
_STEPS = (_AT_ONCE, EscalationStep(LEADERSHIP, _FIVE_DAYS, Since.RECEIPT))
_URGENT_STEPS = (_AT_ONCE, EscalationStep(LEADERSHIP, SlaTarget(24 * 60, Measure.CLOCK_MINUTES)))


@dataclass(frozen=True, slots=True)
class SlaTargets:
    """What is promised for one priority.

    Attributes:
        first_answer, solution: counted from the receipt.
        next_answer: counted from the message of a citizen who waits again; by default as long as
            the first answer of most priorities.
        partner_answer: counted from the disposition on the partner's own calendar; by default
            its next working day, so that a partner that is closed is not late.
        steps: whom a broken solution is reported to, in order.
    """

    first_answer: SlaTarget
    solution: SlaTarget
    next_answer: SlaTarget = _HALF_HOUR
    partner_answer: SlaTarget = _ONE_DAY
    steps: tuple[EscalationStep, ...] = _STEPS


@value
class Matter:
    """What a ticket is, as far as promises differ by it.

    Attributes:
        category: code of requirements §4.
        unit: the code of the unit that handles it, "" for none yet.
        channel: the id of the channel that it came by.
    """

    category: str = ""
    unit: str = ""
    channel: str = ""


ANY_MATTER = Matter()
"""A ticket of which nothing is known; no override fits it."""


@dataclass(frozen=True, slots=True)
class SlaOverride:
    """Other promises for some tickets.

    Attributes:
        targets: of the priorities that differ.
        matter: what it is meant for: all that is named must be so, "" fits every ticket.
    """

    targets: Mapping[Priority, SlaTargets]
    matter: Matter

    @property
    def weight(self) -> tuple[int, bool, bool]:
        """More names weigh more; among as many the unit, then the category."""
        unit, category = bool(self.matter.unit), bool(self.matter.category)
        return unit + category + bool(self.matter.channel), unit, category

    def fits(self, matter: Matter) -> bool:
        """Whether it is meant for such a ticket."""
        mine = self.matter
        return (
            mine.category in ("", matter.category)
            and mine.unit in ("", matter.unit)
            and mine.channel in ("", matter.channel)
        )


@dataclass(frozen=True, slots=True)
class SlaPolicy:
    """What is promised; every cell is a setting.

    Attributes:
        targets: per priority, for tickets that no override fits.
        overrides: the most specific one that fits a ticket and names its priority counts.
        pending: how long a ticket may stand still, by reason; others have no limit (BW-34).
        pending_warning: how long before such a limit the warning is given.
        pending_steps, answer_steps: whom a limit of standing still that is passed, and an answer
            that is late, are reported to.
        warn_percent: share of a promise after which the warning is given; 0: no warnings.
        first: the oldest policy that is known, where it is not this one: what clocks go by whose
            length was not kept.

    Raises:
        ValueError: a priority without promises, a share outside 0 to 99.
    """

    targets: Mapping[Priority, SlaTargets]
    overrides: tuple[SlaOverride, ...] = ()
    pending: Mapping[str, SlaTarget] = field(
        default_factory=lambda: MappingProxyType(
            {PauseReason.HARDWARE_ON_ORDER.value: SlaTarget(7, Measure.CALENDAR_DAYS)}
        )
    )
    pending_warning: SlaTarget = field(default=SlaTarget(1, Measure.CALENDAR_DAYS))
    pending_steps: tuple[EscalationStep, ...] = (EscalationStep(LEADERSHIP),)
    answer_steps: tuple[EscalationStep, ...] = (_AT_ONCE,)
    warn_percent: int = 75
    first: SlaPolicy | None = None

    def __post_init__(self) -> None:
        missing = [priority.value for priority in Priority if priority not in self.targets]
        if missing:
            msg = f"no promises for priority {', '.join(missing)}"
            raise ValueError(msg)
        if not 0 <= self.warn_percent < 100:  # noqa: PLR2004 - percent
            msg = f"warn_percent is {self.warn_percent}, not between 0 and 99"
            raise ValueError(msg)

    def targets_for(self, priority: Priority, matter: Matter = ANY_MATTER) -> SlaTargets:
        """What is promised on such a ticket; the most specific override wins."""
        if not self.overrides:  # of most offices, for every message
            return self.targets[priority]
        fitting = [
            override
            for override in self.overrides
            if priority in override.targets and override.fits(matter)
        ]
        if not fitting:
            return self.targets[priority]
        return max(fitting, key=lambda override: override.weight).targets[priority]


DEFAULT_POLICY = SlaPolicy(
    MappingProxyType(
        {
            Priority.EMERGENCY: SlaTargets(
                SlaTarget(30, Measure.CLOCK_MINUTES),
                SlaTarget(2, Measure.WORKING_HOURS),
                next_answer=SlaTarget(30, Measure.CLOCK_MINUTES),
                steps=_URGENT_STEPS,
            ),
            Priority.HIGH: SlaTargets(_HALF_HOUR, _ONE_DAY),
            Priority.NORMAL: SlaTargets(_HALF_HOUR, _FIVE_DAYS),
            Priority.LOW: SlaTargets(
                SlaTarget(60, Measure.WORKING_MINUTES),
                _FIVE_DAYS,
                next_answer=SlaTarget(60, Measure.WORKING_MINUTES),
            ),
        }
    )
)
"""The table of requirements §3 (BW-31)."""


def promise(
    calendar: Calendar, name: str, target: SlaTarget, started: datetime, warn_percent: int
) -> Promise:
    """One promise counted from that instant, without pauses. Raises ValueError: a naive time."""
    return _promise(
        calendar, (name, target), (local_day(calendar, started), started), warn_percent
    )


def _promise(
    calendar: Calendar, what: tuple[str, SlaTarget], since: tuple[date, datetime], percent: int
) -> Promise:
    name, target = what
    day, started = since
    due_at, provisional = due_from(calendar, target, day, started)
    warn_at = share_from(calendar, target, day, started, percent) if percent else None
    return Promise(name, due_at, provisional, started, warn_at, length=target)


def promises(
    calendar: Calendar,
    policy: SlaPolicy,
    priority: Priority,
    received: datetime,
    matter: Matter = ANY_MATTER,
) -> tuple[Promise, Promise]:
    """The first answer and the solution promised for a message received then.

    Args:
        calendar: of the handling unit.
        policy: how long each may take.
        priority: of the ticket; a changed one is computed anew from the same receipt.
        received: aware.
        matter: of the ticket, for policies that differ by it.

    Returns:
        first answer, solution; due times aware UTC, provisional when they pass a year whose
        holidays are not loaded.

    Raises:
        ValueError: a naive time.
    """
    targets = policy.targets_for(priority, matter)
    percent, since = policy.warn_percent, (local_day(calendar, received), received)
    return (
        _promise(calendar, (FIRST_ANSWER, targets.first_answer), since, percent),
        _promise(calendar, (SOLUTION, targets.solution), since, percent),
    )


def explain(
    calendar: Calendar, policy: SlaPolicy, priority: Priority, received: datetime
) -> tuple[str, ...]:
    """How both promises came about, one Indonesian sentence per step, each ending in its due time.

    Raises:
        ValueError: a naive time.
    """
    targets = policy.targets[priority]
    steps = [f"Diterima {stamp(calendar, received)}, prioritas {priority.word}."]
    parts = (
        ("Jawaban petugas", "Dijawab petugas", targets.first_answer),
        ("Penyelesaian", "Selesai", targets.solution),
    )
    for heading, result, target in parts:
        steps.append(f"{heading}: {amount_words(target)}.")
        steps.extend(_steps(calendar, target, received, result))
    return tuple(steps)


def _steps(
    calendar: Calendar, target: SlaTarget, received: datetime, result: str
) -> Iterator[str]:
    yield from explain_target(calendar, target, received)
    promised = due(calendar, target, received)
    warning = provisional_words(calendar, received, promised)
    if warning:
        yield warning
    yield f"{result} paling lambat {stamp(calendar, promised.at)}."
