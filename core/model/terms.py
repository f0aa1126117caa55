"""What the clocks of one ticket run by: a calendar, and what is promised on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.model.clock import FIRST_ANSWER, NEXT_ANSWER, PARTNER_ANSWER, PENDING, SOLUTION
from core.model.sla import ANY_MATTER, Matter

if TYPE_CHECKING:
    from core.model.calendar import Calendar
    from core.model.clock import SlaClock
    from core.model.deadline import SlaTarget
    from core.model.sla import EscalationStep, SlaPolicy, SlaTargets
    from core.model.ticket import Priority


@dataclass(frozen=True, slots=True)
class Terms:
    """What the clocks of a ticket run by.

    Attributes:
        calendar: of the handling unit; for PARTNER_ANSWER that of the partner.
        targets: of the ticket's priority and matter.
        policy: the rest of the policy they come from.
        first: what the oldest known policy promised such a ticket, where it is another.
    """

    calendar: Calendar
    targets: SlaTargets
    policy: SlaPolicy
    first: SlaTargets | None = None

    @classmethod
    def of(
        cls,
        policy: SlaPolicy,
        calendar: Calendar,
        priority: Priority,
        matter: Matter = ANY_MATTER,
    ) -> Terms:
        """The terms of such a ticket."""
        first = policy.first.targets_for(priority, matter) if policy.first else None
        return cls(calendar, policy.targets_for(priority, matter), policy, first)

    def target(self, name: str) -> SlaTarget:
        """How long a new promise is. Raises LookupError for PENDING: that is its reason's."""
        return _named(self.targets, name)

    def length(self, clock: SlaClock) -> SlaTarget:
        """How long a running promise is: as it was given, whatever holds for new ones.

        Raises LookupError: as ``target``.
        """
        return clock.length or _named(self.first or self.targets, clock.target)

    def steps(self, name: str) -> tuple[EscalationStep, ...]:
        """Whom a broken promise of this name is reported to."""
        if name == SOLUTION:
            return self.targets.steps
        return self.policy.pending_steps if name == PENDING else self.policy.answer_steps


def _named(targets: SlaTargets, name: str) -> SlaTarget:
    return {
        FIRST_ANSWER: targets.first_answer,
        NEXT_ANSWER: targets.next_answer,
        SOLUTION: targets.solution,
        PARTNER_ANSWER: targets.partner_answer,
    }[name]
