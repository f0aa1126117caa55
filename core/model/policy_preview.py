"""What another policy of promises would change, before it holds. Pure.

The same receipts are counted by the policy that holds and by the one that is meant (requirements
§3, worked cases); tickets that run keep what they were promised, and are only counted.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from core.model.calendar import local_day
from core.model.clock import FIRST_ANSWER, NEXT_ANSWER, PARTNER_ANSWER, SOLUTION
from core.model.deadline import due
from core.model.sla import ANY_MATTER
from core.model.terms import Terms
from core.model.ticket import Priority
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from core.model.calendar import Calendar
    from core.model.deadline import SlaTarget
    from core.model.sla import Matter, SlaPolicy

COMPARED: Final = (FIRST_ANSWER, NEXT_ANSWER, SOLUTION, PARTNER_ANSWER)
"""Promises that are counted from a receipt."""

_TUESDAY, _FRIDAY, _SATURDAY, _SUNDAY = 1, 4, 5, 6
_WORKED: Final = (
    (_TUESDAY, time(10)),
    (_TUESDAY, time(11, 30)),
    (_TUESDAY, time(16, 45)),
    (_FRIDAY, time(10, 45)),
    (_SATURDAY, time(11, 50)),
    (_SUNDAY, time(22)),
)
"""Weekday and local time of the worked cases: plain, over breaks, at closing, out of hours."""


@value
class Comparison:
    """One promise under both policies, due times aware UTC."""

    target: str
    before: datetime
    after: datetime


@value
class WorkedReceipt:
    """What a message of this priority is promised that is received then."""

    received: datetime
    priority: Priority
    promises: tuple[Comparison, ...]


@value
class Limit:
    """How long a ticket may stand still for a reason; None: as long as it takes."""

    reason: str
    before: SlaTarget | None
    after: SlaTarget | None


@value
class Running:
    """Tickets that run and are promised the same.

    Attributes:
        lengths: by target, of promises that run and are not broken; None: not known.
        tickets: how many.
    """

    priority: Priority
    matter: Matter
    lengths: Mapping[str, SlaTarget | None]
    tickets: int


@value
class Preview:
    """What would change.

    Attributes:
        running: tickets with a promise that runs and is not broken.
        differing: those of them that would be promised another length today; they keep theirs.
    """

    receipts: tuple[WorkedReceipt, ...]
    limits: tuple[Limit, ...]
    running: int
    differing: int


def worked_receipts(calendar: Calendar, now: datetime) -> tuple[datetime, ...]:
    """The worked cases in the calendar's week after this one, aware, in the calendar's zone."""
    today = local_day(calendar, now)
    monday = today + timedelta(days=7 - today.weekday())
    return tuple(
        datetime.combine(monday + timedelta(days=weekday), at, calendar.zone)
        for weekday, at in _WORKED
    )


def worked(
    calendar: Calendar,
    policies: tuple[SlaPolicy, SlaPolicy],
    receipts: Sequence[datetime],
    matter: Matter = ANY_MATTER,
) -> tuple[WorkedReceipt, ...]:
    """Every receipt in every priority, the most urgent first.

    Args:
        calendar: on which all of it is counted.
        policies: the one that holds, and the one that is meant.
        receipts: aware.
        matter: of the messages, for overrides.

    Raises:
        ValueError: a naive time.
    """
    return tuple(
        WorkedReceipt(
            received, priority, _compared(calendar, policies, received, (priority, matter))
        )
        for priority in reversed(Priority)
        for received in receipts
    )


def _compared(
    calendar: Calendar,
    policies: tuple[SlaPolicy, SlaPolicy],
    received: datetime,
    what: tuple[Priority, Matter],
) -> tuple[Comparison, ...]:
    held, meant = (Terms.of(policy, calendar, *what) for policy in policies)
    return tuple(
        Comparison(
            name,
            due(calendar, held.target(name), received).at,
            due(calendar, meant.target(name), received).at,
        )
        for name in COMPARED
    )


def limits(policies: tuple[SlaPolicy, SlaPolicy]) -> tuple[Limit, ...]:
    """The limits of standing still that either policy has, by reason."""
    held, meant = (policy.pending for policy in policies)
    return tuple(
        Limit(reason, held.get(reason), meant.get(reason)) for reason in sorted({*held, *meant})
    )


def counted(policies: tuple[SlaPolicy, SlaPolicy], groups: Iterable[Running]) -> tuple[int, int]:
    """How many tickets run, and how many of them the meant policy would promise otherwise."""
    running = differing = 0
    for group in groups:
        running += group.tickets
        if _differs(policies, group):
            differing += group.tickets
    return running, differing


def _differs(policies: tuple[SlaPolicy, SlaPolicy], group: Running) -> bool:
    held, meant = policies
    known = (held.first or held).targets_for(group.priority, group.matter)
    wanted = meant.targets_for(group.priority, group.matter)
    return any(
        (length or getattr(known, target)) != getattr(wanted, target)
        for target, length in group.lengths.items()
    )
