"""Approval before work and after it, and what it waits for (rule 9, DK-11, DK-34)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.model.calendar import next_opening
from core.model.clock import SOLUTION
from core.model.clock_times import looking
from core.model.registration import Registration
from core.model.scene import (
    already,
    change,
    digest,
    fact,
    moved,
    terms_of,
    wanting,
    with_clocks,
)
from core.model.sentences import said
from core.model.ticket import Priority, Status
from core.model.work import ApprovalStep, Assigned, Change, Notice, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.model.acts import Approve, RefuseApproval
    from core.model.scene import Scene
    from core.model.work import WorkTicket

BEFORE, AFTER = "before", "after"
"""Phases of approval."""

AWAITED = said("menunggu persetujuan atasan unit")
ALLOWED_TO_BEGIN = said("disetujui, petugas sudah ditunjuk")
SOMEBODY_ELSE = said("menunggu petugas lain")
"""Why a ticket stands where it stands, as its reporter is told (DK-02)."""

UNAPPROVED = said("Pekerjaan belum disetujui. Mintalah persetujuan kepala satuan pelaksana.")
UNREGISTERED = said(
    "Data diri pelapor belum lengkap, pekerjaan belum dapat dimulai. Mintalah pelapor mengisi "
    "tautan pendaftaran, atau isi untuk pelapor di halaman Pelapor."
)
"""Told to whoever begins too early."""

_APPROVED = "hasil pekerjaan disetujui"
_CHECKED_AGAIN = "hasil pekerjaan diperiksa kembali"


def needs_approval(scene: Scene, ticket: WorkTicket) -> bool:
    """Whether work may not begin yet; never so in an emergency (rule 9)."""
    switched = scene.policy.approval_before_work
    return switched and ticket.priority is not Priority.EMERGENCY and not ticket.approved


def needs_registration(scene: Scene, ticket: WorkTicket) -> bool:
    """Whether work waits for the reporter's own data; never so in an emergency (LL-08).

    What an officer entered does not wait: they have the person before them.
    """
    first = scene.policy.office.registration is Registration.BEFORE_WORK
    emergency = ticket.priority is Priority.EMERGENCY
    return first and not (emergency or ticket.registered or ticket.created_by is not None)


def why_not_yet(scene: Scene, ticket: WorkTicket) -> str:
    """Why work may not begin, for whoever would begin it; "" when it may."""
    if needs_registration(scene, ticket):
        return UNREGISTERED
    return UNAPPROVED if needs_approval(scene, ticket) else ""


def assigned_notice(scene: Scene, ticket: WorkTicket, start_at: datetime | None) -> Notice:
    """Who has it, and when work begins: as planned, else when the desk is open next."""
    calendar = scene.policy.calendar(ticket.unit_calendar)
    begins = start_at or ticket.visit_at or next_opening(calendar, scene.now)
    return Notice(
        "assigned",
        {
            "petugas": ticket.assignee_name or "petugas",
            "unit": ticket.unit_name or scene.policy.office.office,
            "mulai": max(begins, scene.now),
        },
    )


def standing(ticket: WorkTicket, reason: str) -> WorkTicket:
    """The ticket with why it stands there, before work; a pause has a reason of its own."""
    return replace(ticket, reason=reason) if ticket.status is Status.ASSIGNED else ticket


def _waits(ticket: WorkTicket) -> bool:
    """Whether an approval is waited for that still fits the status."""
    running, solved = ticket.status.running, ticket.status is Status.RESOLVED
    return (ticket.approval == BEFORE and running) or (ticket.approval == AFTER and solved)


def approve(scene: Scene, act: Approve) -> Change | Refusal:
    """Work may begin, or finished work is right and the ticket is closed."""
    ticket, note = scene.ticket, act.note.strip()
    if not _waits(ticket):
        return already(said("Tidak ada persetujuan yang sedang ditunggu."))
    step = ApprovalStep(ticket.approval, approved=True, reason=note)
    told = fact(
        scene, "Approved", phase=ticket.approval, reason_sha256=digest(note) if note else None
    )
    if ticket.approval == BEFORE:
        after = standing(replace(ticket, approval="", approved=True), ALLOWED_TO_BEGIN)
        return change(after, told, notices=[assigned_notice(scene, after, None)], laid=[step])
    after = replace(moved(scene, ticket, Status.CLOSED, _APPROVED), approval="", noticed_at=None)
    closed = fact(scene, "Closed", **{"from": ticket.status, "to": after.status})
    notice = Notice("closed", {"alasan": _APPROVED, "batas": scene.window})
    return change(after, told, closed, notices=[notice], laid=[step])


def refuse_approval(scene: Scene, act: RefuseApproval) -> Change | Refusal:
    """Taken back from the person before work; after it, back to work with its clock (DK-34)."""
    ticket, reason = scene.ticket, act.reason.strip()
    if not _waits(ticket):
        return already(said("Tidak ada persetujuan yang sedang ditunggu."))
    if not reason:
        return wanting("reason", said("Isi alasan penolakan."))
    step = ApprovalStep(ticket.approval, approved=False, reason=reason)
    told = fact(scene, "ApprovalRefused", phase=ticket.approval, reason_sha256=digest(reason))
    if ticket.approval == BEFORE:
        after = replace(
            standing(ticket, SOMEBODY_ELSE),
            approval="",
            approved=False,
            assignee_id=None,
            assignee_name="",
            substep="",
        )
        return change(after, told, laid=[step, *_taken_from(ticket, reason)])
    after = replace(_running_again(scene, ticket), approval="", work_done=False, noticed_at=None)
    back = fact(scene, "WorkReturned", **{"from": ticket.status, "to": after.status})
    notice = Notice("back_to_work", {"alasan": _CHECKED_AGAIN})
    return change(after, told, back, notices=[notice], laid=[step])


def _taken_from(ticket: WorkTicket, reason: str) -> Sequence[Assigned]:
    return [Assigned(None, reason)] if ticket.assignee_id is not None else []


def _running_again(scene: Scene, ticket: WorkTicket) -> WorkTicket:
    """In progress, the solution owed again by the time that was promised."""
    after = replace(
        moved(scene, ticket, Status.IN_PROGRESS, _CHECKED_AGAIN), progress=min(ticket.progress, 99)
    )
    solution = after.clock(SOLUTION)
    if solution is None:
        return after
    opened = replace(solution, open=True, met_at=None)
    return with_clocks(after, [looking(terms_of(scene.policy, after), opened, after.pauses)])
