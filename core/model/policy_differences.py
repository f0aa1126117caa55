"""What differs between two policies of promises, cell by cell. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.deadline import SlaTarget
from core.model.sla import ANY_MATTER, EscalationStep, Matter
from core.model.ticket import Priority
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.model.sla import SlaPolicy, SlaTargets

LENGTHS = ("first_answer", "next_answer", "solution", "partner_answer")
"""Of each priority, as documents call them."""

Held = SlaTarget | int | tuple[EscalationStep, ...]
"""What a cell of a policy may hold: a length, a percentage, steps of escalation."""


@value
class Cell:
    """A place of a policy.

    Attributes:
        name: of the promise, ``escalate``, or a key above all tables.
        priority: of the promise; None: of all tickets.
        matter: of the rule that it stands in.
        reason: why a ticket stands still, for ``pending``.
    """

    name: str
    priority: Priority | None = None
    matter: Matter = ANY_MATTER
    reason: str = ""


@value
class Difference:
    """A cell that differs; None: the policy has no such cell."""

    cell: Cell
    before: Held | None
    after: Held | None


def differences(before: SlaPolicy, after: SlaPolicy) -> tuple[Difference, ...]:
    """All of them, in the order of the later policy, then what it has no more."""
    old, new = dict(_cells(before)), dict(_cells(after))
    places = [*new, *(cell for cell in old if cell not in new)]
    return tuple(
        Difference(cell, old.get(cell), new.get(cell))
        for cell in places
        if old.get(cell) != new.get(cell)
    )


def _cells(policy: SlaPolicy) -> Iterator[tuple[Cell, Held]]:
    for priority in reversed(Priority):
        yield from _targets(policy.targets[priority], priority, ANY_MATTER)
    for reason, limit in policy.pending.items():
        yield Cell("pending", reason=reason), limit
    yield Cell("warn_percent"), policy.warn_percent
    yield Cell("pending_warning"), policy.pending_warning
    yield Cell("answer_escalate"), policy.answer_steps
    yield Cell("pending_escalate"), policy.pending_steps
    for override in policy.overrides:
        for priority, targets in override.targets.items():
            yield from _targets(targets, priority, override.matter)


def _targets(
    targets: SlaTargets, priority: Priority, matter: Matter
) -> Iterator[tuple[Cell, Held]]:
    for name in LENGTHS:
        yield Cell(name, priority, matter), getattr(targets, name)
    yield Cell("escalate", priority, matter), targets.steps
