"""The work itself: start, progress, standing still, the solution (MB-22, BW-47 ff)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.model import clocks as sla
from core.model.acts_approval import AFTER, why_not_yet
from core.model.acts_stock import in_stock_after_all
from core.model.calendar import next_opening
from core.model.clock import PENDING, Pause, PauseReason
from core.model.dates import told_due
from core.model.scene import (
    FILES_GONE,
    already,
    change,
    digest,
    fact,
    forbidden,
    gone_by,
    invalid,
    leads_to,
    moved,
    not_allowed,
    off_course,
    terms_of,
    wanting,
    with_clocks,
)
from core.model.sentences import listed, said, term
from core.model.stock import missing
from core.model.ticket import Status
from core.model.work import ApprovalStep, Change, Noted, Notice, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from core.model.acts import (
        Pend,
        Resolve,
        Resume,
        SetProgress,
        Start,
    )
    from core.model.clock import SlaClock
    from core.model.scene import Scene
    from core.model.work import Laid, WorkTicket

DONE = 100
"""Percent."""

_AT_WORK = said("sedang dikerjakan petugas")

NOTE_WANTED = wanting("note", said("Isi catatan singkat tentang langkah ini."))
"""Every change of status by a technician demands a note (BW-07)."""


def start(scene: Scene, act: Start) -> Change | Refusal:
    """Work begins on a ticket that somebody has."""
    ticket, note = scene.ticket, act.note.strip()
    if ticket.status is Status.IN_PROGRESS:
        return already(said("Tiket sudah dikerjakan."))
    if ticket.status is not Status.ASSIGNED:
        return off_course(ticket, Status.IN_PROGRESS)
    if why := why_not_yet(scene, ticket):
        return not_allowed(why)
    if not note:
        return NOTE_WANTED
    after = at_work(scene, ticket)
    told = fact(scene, "WorkStarted", **course(ticket, after), note_sha256=digest(note))
    return change(after, told, laid=[Noted("note", note)])


def at_work(scene: Scene, ticket: WorkTicket) -> WorkTicket:
    """In progress."""
    return moved(scene, ticket, Status.IN_PROGRESS, _AT_WORK)


def course(before: WorkTicket, after: WorkTicket) -> dict[str, str]:
    """The change of status for the history, where there is one."""
    return {} if before.status is after.status else {"from": before.status, "to": after.status}


# --- progress ---------------------------------------------------------------------------------


def set_progress(scene: Scene, act: SetProgress) -> Change | Refusal:
    """0 to 100; less than before only with a reason, 100 only with a solution (DK-32)."""
    ticket, note, solution = scene.ticket, act.note.strip(), act.solution.strip()
    wrong = _wrong_progress(ticket, act)
    if wrong:
        return wrong
    after = replace(ticket, progress=act.percent, solution=solution or ticket.solution)
    told = fact(
        scene,
        "ProgressChanged",
        old=ticket.progress,
        new=act.percent,
        note_sha256=digest(note) if note else None,
        solution_sha256=digest(solution) if solution else None,
    )
    return change(after, told, laid=[Noted("progress", note)] if note else ())


def _wrong_progress(ticket: WorkTicket, act: SetProgress) -> Refusal | None:
    if ticket.status is not Status.IN_PROGRESS:
        return not_allowed(said("Kemajuan diisi saat tiket dikerjakan."))
    if not 0 <= act.percent <= DONE:
        return invalid("percent", said("Kemajuan diisi dari 0 sampai 100."))
    if act.percent < ticket.progress and not act.note.strip():
        return wanting(
            "note",
            said(
                "Kemajuan turun dari {progress} persen, isi alasannya.", progress=ticket.progress
            ),
        )
    if act.percent == DONE and not (act.solution.strip() or ticket.solution):
        return wanting(
            "solution", said("Isi penyelesaiannya sebelum kemajuan menjadi 100 persen.")
        )
    return None


# --- standing still ---------------------------------------------------------------------------


def pend(scene: Scene, act: Pend) -> Change | Refusal:
    """Menunggu: why, for whom, what was found and until when are told (BW-50, KM-09)."""
    ticket = scene.ticket
    expected = act.expected_at
    if expected is None and act.reason == PauseReason.UNIT_HOLIDAY:
        opens = next_opening(scene.policy.calendar(ticket.unit_calendar), scene.now)
        expected = opens if opens > scene.now else None
    wrong = _wrong_pause(scene, act, expected)
    if wrong or expected is None:
        return wrong or wanting("expected_at", said("Isi perkiraan kapan pekerjaan dilanjutkan."))
    begun = Pause(
        act.reason,
        act.reason in scene.policy.stopping,
        scene.now,
        expected,
        act.for_whom.strip(),
        act.note.strip(),
    )
    clocks = sla.pause(terms_of(scene.policy, ticket), ticket.clocks, begun)
    wrong = _beyond_limit(scene, clocks, begun)
    if act.reason == PauseReason.HARDWARE_ON_ORDER:
        wrong = wrong or in_stock_after_all(scene, act.item)
    if wrong:
        return wrong
    word = PauseReason(act.reason).word
    after = moved(scene, ticket, Status.PENDING, f"{word}: {begun.note}")
    after = with_clocks(replace(after, pauses=(*after.pauses, begun)), clocks)
    told = fact(
        scene,
        "WorkPaused",
        **course(ticket, after),
        reason=act.reason,
        expected=expected.isoformat(),
        note_sha256=digest(begun.note),
        stops=begun.stops,
        files=len(scene.files) or None,
    )
    notice = _pause_notice(after, begun, act.item.strip())
    if act.shown:
        return change(after, told, notices=[replace(notice, files=scene.files)])
    laid = [Noted("pause", begun.note, scene.files)] if scene.files else ()
    return change(after, told, notices=[notice], laid=laid)


def _wrong_pause(scene: Scene, act: Pend, expected: datetime | None) -> Refusal | None:
    if not leads_to(scene.ticket, Status.PENDING):
        return forbidden(scene.ticket, Status.PENDING)
    if act.reason not in {reason.value for reason in PauseReason}:
        known = listed(
            listed((f"{reason.value} (", term(reason.word), ")"), "") for reason in PauseReason
        )
        return invalid(
            "reason", said("Alasan tidak dikenal. Yang dapat dipilih: {known}.", known=known)
        )
    for name, held, sentence in (
        ("for_whom", act.for_whom, said("Isi siapa yang ditunggu.")),
        ("note", act.note, said("Isi keterangan mengapa pekerjaan menunggu.")),
    ):
        if not held.strip():
            return wanting(name, sentence)
    late = gone_by(scene, "expected_at", said("Perkiraan dilanjutkan"), expected)
    if late is not None:
        return late
    return FILES_GONE if len(scene.files) != len(act.files) else None


def _beyond_limit(scene: Scene, clocks: Iterable[SlaClock], begun: Pause) -> Refusal | None:
    limit = next((clock for clock in clocks if clock.target == PENDING), None)
    if limit is None or begun.expected_at <= limit.due_at:
        return None
    zone = scene.policy.office.zone
    return invalid(
        "expected_at",
        said(
            "Dengan alasan ini tiket menunggu paling lama sampai {latest}.",
            latest=told_due(limit.due_at, zone),
        ),
    )


def _pause_notice(ticket: WorkTicket, begun: Pause, item: str) -> Notice:
    if begun.reason != PauseReason.HARDWARE_ON_ORDER:
        values: dict[str, str | datetime] = {
            "alasan": PauseReason(begun.reason).word,
            "untuk": begun.for_whom,
            "temuan": begun.note,
            "perkiraan": begun.expected_at,
        }
        return Notice("pending", values)
    limit = ticket.clock(PENDING)
    return Notice(
        "pending_hardware",
        {
            "barang": item or missing(ticket.stock) or "perangkat pengganti",
            "temuan": begun.note,
            "perkiraan": begun.expected_at,
            "batas": limit.due_at if limit else begun.expected_at,
        },
    )


def resume(scene: Scene, act: Resume) -> Change | Refusal:
    """What was left of the solution's time goes on now."""
    ticket, note = scene.ticket, act.note.strip()
    if ticket.status is not Status.PENDING:
        return already(said("Tiket tidak sedang menunggu."))
    if why := why_not_yet(scene, ticket):
        return not_allowed(why)
    if not note:
        return NOTE_WANTED
    after = at_work(scene, ticket)
    told = fact(scene, "WorkResumed", **course(ticket, after), note_sha256=digest(note))
    return change(after, told, laid=[Noted("note", note)])


# --- the solution -----------------------------------------------------------------------------


def resolve(scene: Scene, act: Resolve) -> Change | Refusal:
    """Only with a solution in words; it is told to the citizen (MB-22, LL-15, DK-35)."""
    ticket, solution = scene.ticket, act.solution.strip()
    if not leads_to(ticket, Status.RESOLVED):
        return forbidden(ticket, Status.RESOLVED)
    if not solution:
        return wanting(
            "solution", said("Isi apa yang sudah dilakukan untuk menyelesaikan laporan.")
        )
    if len(scene.files) != len(act.files):
        return FILES_GONE
    asks = scene.policy.approval_after_work
    after = replace(
        moved(scene, ticket, Status.RESOLVED, said("pekerjaan sudah selesai")),
        progress=DONE,
        work_done=True,
        solution=solution,
        cause=act.cause.strip() or ticket.cause,
        obstacles=act.obstacles.strip() or ticket.obstacles,
        client_note=act.client_note.strip() or ticket.client_note,
        approval=AFTER if asks else "",
        noticed_at=scene.now,
    )
    told = fact(
        scene,
        "Resolved",
        **course(ticket, after),
        solution_sha256=digest(solution),
        files=len(scene.files) or None,
    )
    facts = [told, *([fact(scene, "ApprovalAsked", phase=AFTER)] if asks else [])]
    inside, outside = ((), scene.files) if act.shown else (scene.files, ())
    notice = Notice("resolved", {"solusi": solution, "tutup": scene.window}, outside)
    laid: list[Laid] = [Noted("solution", solution, inside)]
    laid += [ApprovalStep(AFTER)] if asks else []
    return change(after, *facts, notices=[notice], laid=laid)
