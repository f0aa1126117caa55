"""What is promised: in words, as a document, and what a change would do before it holds."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from console.language import N_
from console.staff.admin.faults import told
from console.staff.admin.sheet import (
    failed_of,
    history_of,
    saved,
    sheet,
    status_of,
    version_of,
)
from console.staff.shown import PROMISES
from console.wording import moment
from core.model.clock import PauseReason
from core.model.deadline import Measure
from core.model.policy_documents import SUBJECT, parse_policy
from core.model.policy_preview import COMPARED, worked_receipts
from core.model.sla import ANY_MATTER
from core.model.ticket import Priority
from core.model.work import Refusal, RefusalKind
from core.services.policies import Question, preview_policy, put_policy

if TYPE_CHECKING:
    from aiohttp import web

    from console.staff.visit import Visit
    from core.model.deadline import SlaTarget
    from core.model.policy_documents import PolicyDocument
    from core.model.policy_preview import Preview, WorkedReceipt
    from core.model.sla import SlaOverride, SlaPolicy, SlaTargets

PART: Final = "janji"
_UNREADABLE: Final = N_("Tulis tanggal dan jam, misalnya 2026-11-23 09:30.")
MEASURES: Final = {
    Measure.CLOCK_MINUTES: N_("%s menit"),
    Measure.WORKING_MINUTES: N_("%s menit kerja"),
    Measure.WORKING_HOURS: N_("%s jam kerja"),
    Measure.WORKING_DAYS: N_("%s hari kerja"),
    Measure.CALENDAR_DAYS: N_("%s hari kalender"),
}


class PolicyPages:
    """The policy that holds, a draft of the next one, every version there was."""

    # --- looking -------------------------------------------------------------------------------

    async def show(self, visit: Visit) -> web.StreamResponse:
        """What holds, and the form for the next version."""
        return await self._show(visit)

    async def _show(
        self, visit: Visit, preview: Preview | None = None, why: Refusal | None = None
    ) -> web.StreamResponse:
        reads, zone = visit.reception.store.policies, visit.reception.zone
        newest = await reads.newest()
        holding = await reads.holding(visit.now())
        held = _holding(visit, holding)
        typed = visit.form.get("document")
        values: dict[str, Any] = {
            "columns": [visit.words(PROMISES[name]) for name in COMPARED],
            "rows": [
                _row(visit, visit.words(one.word), held.targets[one]) for one in reversed(Priority)
            ],
            "overrides": [_override(visit, one) for one in held.overrides],
            "limits": _limits(visit, held),
            "warn": held.warn_percent,
            "document": typed if typed is not None else (newest.document if newest else ""),
            "stored": newest.document if newest else "",
            "version": newest.version if newest else 0,
            "since": moment(holding.valid_from, zone) if holding else "",
            "holds": holding.version if holding else 0,
            "typed_from": visit.form.get("valid_from", ""),
            "preview": _preview(visit, preview) if preview else None,
            "versions": [_version(visit, one) for one in await reads.versions()],
            "history": await history_of(visit, SUBJECT),
        }
        if why is not None:
            values["failed"] = await failed_of(visit, "policy", why)
            values["faults"] = [told(one, visit.words) for one in why.faults]
        return sheet(visit, PART, "policy.html", values, status_of(why) if why else 200)

    async def version(self, visit: Visit) -> web.StreamResponse:
        """One of them, as it was. NotFound for one that there is not."""
        found = await visit.reception.store.policies.one(visit.identity())
        values = {"one": _version(visit, found), "document": found.document}
        return sheet(visit, PART, "policy_version.html", values)

    # --- doing ---------------------------------------------------------------------------------

    async def put(self, visit: Visit) -> web.StreamResponse:
        """What a draft would change, or the draft as the next version."""
        text = visit.form.get("document", "").replace("\r\n", "\n")
        if visit.form.get("preview"):
            return await self._previewed(visit, text)
        book = visit.reception.back_office.rulebook
        begins = _begins(visit)
        if isinstance(begins, Refusal):
            return await self._show(visit, why=begins)
        done = await put_policy(book, visit.staff, version_of(visit), text, begins)
        if isinstance(done, Refusal):
            return await self._show(visit, why=done)
        visit.reception.committed()
        return saved(visit, PART)

    async def _previewed(self, visit: Visit, text: str) -> web.StreamResponse:
        calendar, now = visit.reception.back_office.calendars.of(""), visit.now()
        asked = Question(
            text=text,
            held=visit.reception.work.office.sla_now,
            calendar=calendar,
            receipts=worked_receipts(calendar, now),
            matter=ANY_MATTER,
        )
        found = await preview_policy(visit.reception.back_office.rulebook, visit.staff, asked)
        if isinstance(found, Refusal):
            return await self._show(visit, why=found)
        return await self._show(visit, found)


def _begins(visit: Visit) -> datetime | Refusal | None:
    """From when on it is to hold, as typed in the office's zone; None: at once."""
    typed = visit.form.get("valid_from", "").strip()
    try:
        return (
            datetime.fromisoformat(typed).replace(tzinfo=visit.reception.zone) if typed else None
        )
    except ValueError:
        return Refusal(RefusalKind.INVALID, _UNREADABLE, "valid_from")


def _holding(visit: Visit, newest: PolicyDocument | None) -> SlaPolicy:
    """The stored policy at once; what this process goes by follows within seconds."""
    if newest is not None:
        with suppress(ValueError):
            return parse_policy(newest.document)
    return visit.reception.work.office.sla_now


def _length(visit: Visit, target: SlaTarget | None) -> str:
    if target is None:
        return visit.words(N_("tanpa batas"))
    return visit.words(MEASURES[target.measure]) % target.amount


def _row(visit: Visit, words: str, targets: SlaTargets) -> dict[str, Any]:
    return {"words": words, "cells": [_length(visit, getattr(targets, one)) for one in COMPARED]}


def _override(visit: Visit, override: SlaOverride) -> dict[str, Any]:
    matter = override.matter
    what = ", ".join(filter(None, (matter.category, matter.unit, matter.channel)))
    rows = [
        _row(visit, visit.words(priority.word), targets)
        for priority, targets in override.targets.items()
    ]
    return {"what": what, "rows": rows}


def _limits(visit: Visit, policy: SlaPolicy) -> list[tuple[str, str]]:
    return [
        (_reason(visit, reason), _length(visit, target))
        for reason, target in sorted(policy.pending.items())
    ]


def _reason(visit: Visit, reason: str) -> str:
    known = {one.value: one.word for one in PauseReason}
    return visit.words(known.get(reason, reason))


def _version(visit: Visit, document: PolicyDocument) -> dict[str, Any]:
    return {
        "version": document.version,
        "since": moment(document.valid_from, visit.reception.zone),
        "later": document.valid_from > visit.now(),
        "by": document.changed_by,
    }


def _preview(visit: Visit, preview: Preview) -> dict[str, Any]:
    moved = [one for one in preview.receipts if any(p.before != p.after for p in one.promises)]
    return {
        "running": preview.running,
        "differing": preview.differing,
        "receipts": [_worked(visit, one) for one in moved],
        "limits": [
            (_reason(visit, one.reason), _length(visit, one.before), _length(visit, one.after))
            for one in preview.limits
            if one.before != one.after
        ],
    }


def _worked(visit: Visit, receipt: WorkedReceipt) -> dict[str, Any]:
    zone = visit.reception.zone
    return {
        "priority": visit.words(receipt.priority.word),
        "received": moment(receipt.received, zone),
        "promises": [
            {
                "words": visit.words(PROMISES[one.target]),
                "before": moment(one.before, zone),
                "after": moment(one.after, zone),
                "later": one.after > one.before,
            }
            for one in receipt.promises
            if one.before != one.after
        ],
    }
