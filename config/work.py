"""How staff work on tickets: approval, pauses, reasons to reject, closing by silence."""

from __future__ import annotations

import re
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from config import checks
from config.section import Section
from core.model.clock import PauseReason
from core.model.scene import STOPPING, RejectReason

_REASON: Final = re.compile(r"([a-z][a-z_]{1,39}): ([^;\n]{3,120}); ([^;\n]{3,120})")


def _pause(value: str) -> str:
    known = [reason.value for reason in PauseReason]
    checks.require(value in known, f"one of {', '.join(known)}")
    return value


def _reject_reason(value: str) -> str:
    checks.require(
        _REASON.fullmatch(value) is not None,
        "code: words; rule, such as outside_authority: di luar kewenangan kami; UU 23 Tahun 2014",
    )
    return value


class WorkSettings(Section):
    """How staff work on tickets. Who may do what is in docs/rights.md."""

    approval_before_work: bool = False
    """Whether a unit supervisor approves before work begins. Never so for emergencies. Off: the
    citizen waits for the work, not for a signature."""

    automatic_assignment: bool = False
    """Whether tickets that nobody has are given to technicians unasked: the least loaded of those
    who are noted as present, have room, work in the ticket's region and in a unit for it. Off:
    people assign, from a ranked list with reasons."""

    approval_after_work: bool = False
    """Whether a unit supervisor approves solved work before an officer closes the ticket. The
    solution is told to the citizen at once either way, whose SELESAI closes it too. Off: units
    without a supervisor could close nothing. On with [office] preset = "agency", whose units have
    one."""

    close_after_days: Annotated[int, Field(ge=1, le=365)] = 7
    """Calendar days after which a solved ticket closes when the citizen stays silent, counted from
    the moment at which the notice of the solution was handed over. A ticket whose citizen could
    not be told never closes by itself."""

    undo_seconds: Annotated[int, Field(ge=0, le=60)] = 10
    """Seconds for which an answer written in the console waits before it leaves, so that whoever
    wrote it can take it back. Ten are enough to see the wrong name or the wrong ticket. 0: it
    leaves at once."""

    sms_rupiah: Annotated[int, Field(ge=0, le=100_000)] = 0
    """What one SMS part costs the office, in rupiah: shown beside the length of an answer while it
    is written. 0: only the number of parts is shown."""

    stopping: tuple[Annotated[str, AfterValidator(_pause)], ...] = tuple(
        reason.value for reason in PauseReason if reason in STOPPING
    )
    """Reasons of standing still that stop the clock of the solution: hardware_on_order,
    power_outage, waiting_reporter, waiting_partner, unit_holiday, access. The default leaves out
    waiting_partner and unit_holiday: for those the office answers itself."""

    reject_reasons: Annotated[
        tuple[Annotated[str, AfterValidator(_reject_reason)], ...], Field(max_length=40)
    ] = ()
    """Your own list of reasons for which a report is rejected, each as code: words; rule. Words
    and rule are told to the citizen in Indonesian. Empty: a list of six, outside_authority,
    incomplete, in_court, already_decided, not_public_service, abusive."""

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        codes = [reason.split(":")[0] for reason in self.reject_reasons]
        checks.require(len(set(codes)) == len(codes), "reject_reasons: each code once")
        return self

    def reasons(self) -> dict[str, RejectReason]:
        """The office's own list by code; empty: there is none."""
        found = (_REASON.fullmatch(reason) for reason in self.reject_reasons)
        return {one[1]: RejectReason(one[2].strip(), one[3].strip()) for one in found if one}
