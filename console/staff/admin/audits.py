"""The history as pages show it: the check, the daily anchors, what was done to the house."""

from __future__ import annotations

import json
from datetime import UTC, date
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from console.language import N_
from console.staff.admin.sheet import names_of, saved, sheet
from console.staff.admin.technical import plainly
from console.staff.admin.words import admin_words
from console.typed import instant, whole
from console.wording import moment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from console.staff.visit import Visit
    from core.model.admin_events import AdminEvent

PART: Final = "audit"
PAGE: Final = 50
ANCHORS: Final = 30
SHOWN: Final = 100
"""Findings that the page lists; the command line lists more."""

SUBJECTS: Final = {
    "staff": N_("Petugas"),
    "unit": N_("Unit"),
    "region": N_("Wilayah"),
    "calendar": N_("Kalender"),
    "channel": N_("Kanal"),
    "texts": N_("Teks"),
    "sla_policy": N_("Janji layanan"),
    "delegation": N_("Delegasi"),
    "subscription": N_("Webhook keluar"),
    "recap": N_("Rekapitulasi"),
    "canned": N_("Jawaban siap pakai"),
    "erasure": N_("Hapus data pribadi"),
}


class AuditPages:
    """For whoever may look at the history."""

    async def show(self, visit: Visit) -> web.StreamResponse:
        """The last check, the newest anchors, the newest events of the house."""
        store, zone = visit.reception.store, visit.reception.zone
        async with store.audits.snapshot() as snapshot:
            anchors = list(await snapshot.anchors())
        before = _place(visit.request.query.get("sebelum", ""))
        async with store.desk() as desk:
            events = list(await desk.admin_history.recent(before, PAGE + 1))
        names = await names_of(visit)
        more = events[PAGE - 1] if len(events) > PAGE else None
        values: dict[str, Any] = {
            "check": _check(visit),
            "anchors": [
                {
                    "day": one.day,
                    "at": moment(one.at, zone, visit.words),
                    "tickets": one.tickets,
                    "events": one.events,
                    "digest": one.digest,
                }
                for one in reversed(anchors[-ANCHORS:])
            ],
            "all_anchors": len(anchors),
            "events": [_event(visit, one, names) for one in events[:PAGE]],
            "older": _mark(more) if more else "",
        }
        return sheet(visit, PART, "audit.html", values)

    async def progress(self, visit: Visit) -> web.StreamResponse:
        """How far the check is; for the page that waits for it."""
        return visit.page("admin/_check.html", {"check": _check(visit)})

    async def begin(self, visit: Visit) -> web.StreamResponse:
        """Begins a check, unless one runs."""
        since = None
        if written := visit.form.get("since", "")[:10]:
            try:
                since = date.fromisoformat(written)
            except ValueError:
                since = None
        visit.reception.back_office.checks.begin(since)
        return saved(visit, PART, "diperiksa")

    async def anchors(self, visit: Visit) -> web.StreamResponse:
        """All anchors as a file, to be kept where nobody of this house can change them."""
        async with visit.reception.store.audits.snapshot() as snapshot:
            laid = await snapshot.anchors()
        lines = [
            json.dumps(
                {"day": f"{one.day}", "digest": one.digest}
                | {"tickets": one.tickets, "events": one.events}
            )
            for one in laid
        ]
        name = f"anchors-{visit.now():%Y%m%d}.jsonl"
        headers = {"Content-Disposition": f"attachment; filename={name}"}
        text = "".join(f"{line}\n" for line in lines)
        return web.Response(text=text, content_type="application/jsonl", headers=headers)


def _check(visit: Visit) -> dict[str, Any]:
    checks, zone = visit.reception.back_office.checks, visit.reception.zone
    verdict = checks.verdict
    return {
        "running": checks.running,
        "began": moment(checks.began, zone, visit.words) if checks.began else "",
        "ended": moment(checks.ended, zone, visit.words) if checks.ended else "",
        "since": checks.since,
        "events": checks.events,
        "broken": checks.broken,
        "verdict": verdict,
        "findings": [plainly(one.sentence, visit.words) for one in verdict.findings[:SHOWN]]
        if verdict
        else [],
        "more": max(0, len(verdict.findings) - SHOWN) + verdict.more if verdict else 0,
    }


def _event(visit: Visit, event: AdminEvent, names: Mapping[str, str]) -> dict[str, str]:
    kind, _, which = event.subject.partition(":")
    known = visit.words(SUBJECTS[kind]) if kind in SUBJECTS else kind
    whose = names.get(event.subject) or f"{known} {which}".strip()
    return {
        "what": admin_words(visit, event.kind),
        "whose": whose,
        "who": names.get(event.actor, event.actor),
        "when": moment(event.at, visit.reception.zone, visit.words),
        "data": event.data if event.data != "{}" else "",
    }


def _mark(event: AdminEvent) -> str:
    return f"{event.at.astimezone(UTC).isoformat()}~{event.subject}~{event.seq}"


def _place(written: str) -> tuple[datetime, str, int] | None:
    """Where a page begins; None for what is none."""
    when, _, rest = written[:200].partition("~")
    subject, _, place = rest.rpartition("~")
    at, seq = instant(when.replace(" ", "+")), whole(place)
    return None if at is None or seq is None else (at, subject, seq)
