"""A promise while it runs on a ticket: its clock, and the pauses that stop it (requirements §3).

The rules that start, stop and move clocks are in core/model/clocks.py; what the watch does when
one is due is in core/model/watch.py.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from core.model.sentences import said
from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.deadline import SlaTarget

FIRST_ANSWER = "first_answer"
"""Answered by a person for the first time; never stands still."""

NEXT_ANSWER = "next_answer"
"""A citizen waits again after an answer; opened by a message, met by a person's answer."""

SOLUTION = "solution"
"""Solved by; the only promise that pauses stop."""

PENDING = "pending"
"""How long a ticket may stand still for one reason (BW-34); ends with the pause."""

PARTNER_ANSWER = "partner_answer"
"""A partner unit's answer to a disposition, on the partner's own calendar (KM-18)."""

DUTY_CALL = "duty_call"
"""Not a promise to anybody: the watch calls the duty officer when it is due, and ends it."""

TARGETS = (FIRST_ANSWER, NEXT_ANSWER, SOLUTION, PENDING, PARTNER_ANSWER)
"""All names of promises, as stored and as in documents."""


class PauseReason(StrEnum):
    """Why a ticket stands still (requirements §2)."""

    HARDWARE_ON_ORDER = "hardware_on_order"
    POWER_OUTAGE = "power_outage"
    WAITING_REPORTER = "waiting_reporter"
    WAITING_PARTNER = "waiting_partner"
    UNIT_HOLIDAY = "unit_holiday"
    ACCESS = "access"

    @property
    def word(self) -> str:
        """As told to citizens, Indonesian."""
        return _REASON_WORDS[self]


_REASON_WORDS = {
    PauseReason.HARDWARE_ON_ORDER: said("perangkat dipesan"),
    PauseReason.POWER_OUTAGE: said("listrik padam"),
    PauseReason.WAITING_REPORTER: said("menunggu pelapor"),
    PauseReason.WAITING_PARTNER: said("menunggu instansi lain"),
    PauseReason.UNIT_HOLIDAY: said("unit libur"),
    PauseReason.ACCESS: said("akses lokasi"),
}


@value
class SlaClock:
    """One promise that runs on a ticket, or has ended there.

    Attributes:
        target: one of ``TARGETS`` or ``DUTY_CALL``; a ticket has at most one clock for each.
        started_at: what it is counted from, aware UTC: the receipt, the reopening, the message
            that waits, the start of the pause, the disposition.
        due_at: aware UTC; after a breach the new time told to the citizen. While the solution
            clock stands still: as it was when the pause began.
        warn_at: when the warning is due (75 % of the length); None: no warning.
        look_at: when the watch has to do something next; None: nothing, the clock stands still.
        provisional: it passes a year whose holidays are not loaded.
        open: nobody has kept it yet, and somebody still owes it.
        step: how many steps of escalation have been taken.
        warned_at, breached_at: when the watch found it so; a breach stays for ever.
        met_at: when it was kept, late or not; None also for a clock that ended without
            (withdrawn, rejected, merged).
        length: how long was promised; it stays when the policy changes (requirements §3). None:
            a clock of before lengths were kept, whose length the first policy tells.
    """

    target: str
    started_at: datetime
    due_at: datetime
    warn_at: datetime | None = None
    look_at: datetime | None = None
    provisional: bool = False
    open: bool = True
    step: int = 0
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    met_at: datetime | None = None
    length: SlaTarget | None = None

    @property
    def late(self) -> bool:
        """Broken at some time, kept afterwards or not."""
        return self.breached_at is not None


@value
class Pause:
    """A time during which a ticket stands still, and what the citizen is told of it (KM-09).

    Attributes:
        reason: one of ``PauseReason``, or the name of one that the policy adds.
        stops: whether the solution clock stands still meanwhile (a setting per reason).
        expected_at: when it should go on, aware UTC; mandatory.
        for_whom: whom it waits for, Indonesian.
        note: what was found, Indonesian; mandatory (BW-50).
        ended_at: None while it lasts.
    """

    reason: str
    stops: bool
    started_at: datetime
    expected_at: datetime
    for_whom: str
    note: str
    ended_at: datetime | None = None
