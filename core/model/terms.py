"""What the clocks of one ticket run by: a calendar, and what is promised on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.model.clock import FIRST_ANSWER, NEXT_ANSWER, PARTNER_ANSWER, PENDING, SOLUTION
from core.model.sla import ANY_MATTER, Matter

if TYPE_CHECKING:
    from core.model.calendar import Calendar
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
    """

    calendar: Calendar
    targets: SlaTargets
    policy: SlaPolicy

    @classmethod
    def of(
        cls,
        policy: SlaPolicy,
        calendar: Calendar,
        priority: Priority,
        matter: Matter = ANY_MATTER,
    ) -> Terms:
        """The terms of such a ticket."""
        return cls(calendar, policy.targets_for(priority, matter), policy)

    def target(self, name: str) -> SlaTarget:
        """How long a promise is. Raises LookupError for PENDING: that is its reason's."""
        return {
            FIRST_ANSWER: self.targets.first_answer,
            NEXT_ANSWER: self.targets.next_answer,
            SOLUTION: self.targets.solution,
            PARTNER_ANSWER: self.targets.partner_answer,
        }[name]

    def steps(self, name: str) -> tuple[EscalationStep, ...]:
        """Whom a broken promise of this name is reported to."""
        if name == SOLUTION:
            return self.targets.steps
        return self.policy.pending_steps if name == PENDING else self.policy.answer_steps
