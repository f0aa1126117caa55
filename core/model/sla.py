"""The two promises of a ticket: answered by, solved by (requirements §3, BW-28 to BW-31).

The automatic acknowledgement names both; only a human answer keeps the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from core.model.deadline import Measure, SlaTarget, due
from core.model.deadline_words import MEASURE_WORDS, explain_target, provisional_words, stamp
from core.model.ticket import Priority, Promise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from core.model.calendar import Calendar

__all__ = [
    "DEFAULT_POLICY",
    "FIRST_ANSWER",
    "SOLUTION",
    "Measure",
    "SlaPolicy",
    "SlaTarget",
    "SlaTargets",
    "explain",
    "promises",
]

FIRST_ANSWER = "first_answer"
"""``Promise.target`` of the first answer by a person."""

SOLUTION = "solution"
"""``Promise.target`` of the solution."""


@dataclass(frozen=True, slots=True)
class SlaTargets:
    """What is promised for one priority."""

    first_answer: SlaTarget
    solution: SlaTarget


@dataclass(frozen=True, slots=True)
class SlaPolicy:
    """What is promised, per priority; every cell is a setting.

    Raises:
        ValueError: a priority without promises.
    """

    targets: Mapping[Priority, SlaTargets]

    def __post_init__(self) -> None:
        missing = [priority.value for priority in Priority if priority not in self.targets]
        if missing:
            msg = f"no promises for priority {', '.join(missing)}"
            raise ValueError(msg)


_HALF_HOUR = SlaTarget(30, Measure.WORKING_MINUTES)
_FIVE_DAYS = SlaTarget(5, Measure.WORKING_DAYS)

DEFAULT_POLICY = SlaPolicy(
    MappingProxyType(
        {
            Priority.EMERGENCY: SlaTargets(
                SlaTarget(30, Measure.CLOCK_MINUTES), SlaTarget(2, Measure.WORKING_HOURS)
            ),
            Priority.HIGH: SlaTargets(_HALF_HOUR, SlaTarget(1, Measure.WORKING_DAYS)),
            Priority.NORMAL: SlaTargets(_HALF_HOUR, _FIVE_DAYS),
            Priority.LOW: SlaTargets(SlaTarget(60, Measure.WORKING_MINUTES), _FIVE_DAYS),
        }
    )
)
"""The table of requirements §3 (BW-31)."""


def promises(
    calendar: Calendar, policy: SlaPolicy, priority: Priority, received: datetime
) -> tuple[Promise, Promise]:
    """The first answer and the solution promised for a message received then.

    Args:
        calendar: of the handling unit.
        policy: how long each may take.
        priority: of the ticket; a changed one is computed anew from the same receipt.
        received: aware.

    Returns:
        first answer, solution; due times aware UTC, provisional when they pass a year whose
        holidays are not loaded.

    Raises:
        ValueError: a naive time.
    """
    targets = policy.targets[priority]
    answer = due(calendar, targets.first_answer, received)
    solution = due(calendar, targets.solution, received)
    return (
        Promise(FIRST_ANSWER, answer.at, answer.provisional),
        Promise(SOLUTION, solution.at, solution.provisional),
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
        steps.append(f"{heading}: {target.amount} {MEASURE_WORDS[target.measure]}.")
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
