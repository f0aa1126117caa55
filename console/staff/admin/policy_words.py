"""A policy of promises in words: tables, limits, steps, what a change would do, what differs."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from console.language import N_
from console.staff.shown import PROMISES
from console.wording import due_moment, moment
from core.model.clock import PauseReason
from core.model.deadline import Measure, SlaTarget
from core.model.policy_differences import differences
from core.model.policy_documents import parse_policy
from core.model.policy_preview import COMPARED
from core.model.sla import AGENCY_HEAD, ANY_MATTER, LEADERSHIP, UNIT_SUPERVISOR, Since
from core.model.staff import Role
from core.model.suggestion import category_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from console.staff.visit import Visit
    from core.model.policy_differences import Cell, Held
    from core.model.policy_documents import PolicyDocument
    from core.model.policy_preview import Preview, WorkedReceipt
    from core.model.sla import EscalationStep, Matter, SlaOverride, SlaPolicy, SlaTargets

MEASURES: Final = {
    Measure.CLOCK_MINUTES: N_("%s menit (24 jam)"),
    Measure.WORKING_MINUTES: N_("%s menit kerja"),
    Measure.WORKING_HOURS: N_("%s jam kerja"),
    Measure.WORKING_DAYS: N_("%s hari kerja"),
    Measure.CALENDAR_DAYS: N_("%s hari kalender"),
}
UNITS: Final = {
    Measure.WORKING_MINUTES: N_("menit kerja"),
    Measure.WORKING_HOURS: N_("jam kerja"),
    Measure.WORKING_DAYS: N_("hari kerja"),
    Measure.CLOCK_MINUTES: N_("menit (24 jam)"),
    Measure.CALENDAR_DAYS: N_("hari kalender"),
}
"""The same as choices of a form."""
ROLES: Final = {role: Role(role).word for role in (UNIT_SUPERVISOR, LEADERSHIP, AGENCY_HEAD)}
SINCE: Final = {
    Since.BREACH.value: N_("sejak terlewat"),
    Since.RECEIPT.value: N_("sejak diterima"),
}
CELLS: Final[Mapping[str, str]] = PROMISES | {
    "escalate": N_("Pelaporan bila terlewat"),
    "warn_percent": N_("Peringatan dini"),
    "pending_warning": N_("Peringatan sebelum batas menunggu"),
    "answer_escalate": N_("Pelaporan jawaban terlambat"),
    "pending_escalate": N_("Pelaporan batas menunggu terlewat"),
}


def holding(visit: Visit, begun: PolicyDocument | None) -> SlaPolicy:
    """The stored policy at once; what this process goes by follows within seconds."""
    if begun is not None:
        with suppress(ValueError):
            return parse_policy(begun.document)
    return visit.reception.work.office.sla_now


def length(visit: Visit, target: SlaTarget | None) -> str:
    """A length in words; None is without limit."""
    if target is None:
        return visit.words(N_("tanpa batas"))
    return visit.words(MEASURES[target.measure]) % target.amount


def row(visit: Visit, words: str, targets: SlaTargets) -> dict[str, Any]:
    """One priority: what it is called, and each length."""
    return {"words": words, "cells": [length(visit, getattr(targets, one)) for one in COMPARED]}


def override_words(visit: Visit, override: SlaOverride) -> dict[str, Any]:
    """A rule for some tickets as a table of its own."""
    what = matter_words(visit, override.matter)
    rows = [
        row(visit, visit.words(priority.word), targets)
        for priority, targets in override.targets.items()
    ]
    return {"what": what, "rows": rows}


def limits(visit: Visit, policy: SlaPolicy) -> list[tuple[str, str]]:
    """How long a ticket may stand still, by reason."""
    return [
        (reason_words(visit, reason), length(visit, target))
        for reason, target in sorted(policy.pending.items())
    ]


def reason_words(visit: Visit, reason: str) -> str:
    """Why a ticket stands still."""
    known = {one.value: one.word for one in PauseReason}
    return visit.words(known.get(reason, reason))


def version(visit: Visit, document: PolicyDocument, names: Mapping[str, str]) -> dict[str, Any]:
    """One version: its number, since when it holds, who laid it down."""
    return {
        "version": document.version,
        "since": moment(document.valid_from, visit.reception.zone, visit.words),
        "later": document.valid_from > visit.now(),
        "by": names.get(document.changed_by, document.changed_by),
    }


def preview_words(visit: Visit, preview: Preview) -> dict[str, Any]:
    """What a policy would change, for its template."""
    moved = [one for one in preview.receipts if any(p.before != p.after for p in one.promises)]
    return {
        "running": preview.running,
        "differing": preview.differing,
        "receipts": [_worked(visit, one) for one in moved],
        "limits": [
            (reason_words(visit, one.reason), length(visit, one.before), length(visit, one.after))
            for one in preview.limits
            if one.before != one.after
        ],
    }


def _worked(visit: Visit, receipt: WorkedReceipt) -> dict[str, Any]:
    zone = visit.reception.zone
    return {
        "priority": visit.words(receipt.priority.word),
        "received": moment(receipt.received, zone, visit.words),
        "promises": [
            {
                "words": visit.words(PROMISES[one.target]),
                "before": due_moment(one.before, zone, visit.words),
                "after": due_moment(one.after, zone, visit.words),
                "later": one.after > one.before,
            }
            for one in receipt.promises
            if one.before != one.after
        ],
    }


# --- what differs --------------------------------------------------------------------------------


def matter_words(visit: Visit, matter: Matter) -> str:
    """Which tickets a rule is for."""
    category = visit.words(category_word(matter.category)) if matter.category else ""
    return ", ".join(filter(None, (category, matter.unit, matter.channel)))


def changes(visit: Visit, before: SlaPolicy, after: SlaPolicy) -> list[dict[str, str]]:
    """What differs between two policies, each with where it stands."""
    return [
        {
            "where": _where(visit, one.cell),
            "before": _said(visit, one.before),
            "after": _said(visit, one.after),
        }
        for one in differences(before, after)
    ]


def _where(visit: Visit, cell: Cell) -> str:
    rule = ""
    if cell.matter != ANY_MATTER:
        rule = visit.words(N_("Khusus %(what)s")) % {"what": matter_words(visit, cell.matter)}
    priority = visit.words(cell.priority.word) if cell.priority else ""
    reason = reason_words(visit, cell.reason) if cell.reason else ""
    return " · ".join(filter(None, (rule, priority, visit.words(CELLS[cell.name]), reason)))


def _said(visit: Visit, held: Held | None) -> str:
    if held is None:
        return visit.words(N_("tidak ada"))
    if isinstance(held, SlaTarget):
        return length(visit, held)
    if isinstance(held, int):
        return visit.words(N_("setelah %s persen waktu terpakai")) % held
    return steps(visit, held)


def steps(visit: Visit, held: Iterable[EscalationStep]) -> str:
    """Whom something is reported to, in order."""
    told = [f"{visit.words(ROLES[one.to_role])} {_when(visit, one)}" for one in held]
    return "; ".join(told) or visit.words(N_("tidak dilaporkan"))


def _when(visit: Visit, step: EscalationStep) -> str:
    if step.after is None:
        return visit.words(N_("saat terlewat"))
    return f"{length(visit, step.after)} {visit.words(SINCE[step.since.value])}"
