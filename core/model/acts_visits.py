"""Visits on the spot: planned, on the way, there, found, away (BW-38, BW-47, BW-49)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.model.acts_approval import why_not_yet
from core.model.acts_course import NOTE_WANTED, at_work, course
from core.model.scene import (
    FILES_GONE,
    already,
    change,
    digest,
    fact,
    first_of,
    gone_by,
    not_allowed,
    off_course,
    wanting,
)
from core.model.sentences import said
from core.model.ticket import Status
from core.model.work import Change, Noted, Notice, Refusal, Visit

if TYPE_CHECKING:
    from core.model.acts import Arrive, Depart, EnRoute, NoteFinding, PlanVisit
    from core.model.scene import Scene
    from core.model.work import Laid, WorkTicket

EN_ROUTE, ARRIVED = "en_route", "arrived"
"""Sub-steps of work."""

_UNHELD = not_allowed(said("Tiket belum dipegang petugas."))


def plan_visit(scene: Scene, act: PlanVisit) -> Change | Refusal:
    """Tells the reporter when somebody comes (BW-38)."""
    ticket = scene.ticket
    if ticket.status not in (Status.ASSIGNED, Status.IN_PROGRESS, Status.PENDING):
        return not_allowed(
            said("Kunjungan dijadwalkan setelah tiket ditugaskan dan sebelum selesai.")
        )
    if ticket.assignee_id is None:
        return not_allowed(said("Tunjuk petugas lebih dahulu, lalu jadwalkan kunjungannya."))
    if late := gone_by(scene, "at", said("Waktu kunjungan"), act.at):
        return late
    visit = replace(_visit(ticket, ticket.assignee_id), planned_at=act.at)
    after = replace(ticket, visit_at=act.at, visit=visit)
    told = fact(scene, "VisitPlanned", at=act.at.isoformat(), staff_id=ticket.assignee_id)
    notice = Notice("visit_planned", {"waktu": act.at, "petugas": ticket.assignee_name})
    return change(after, told, notices=[notice], laid=[visit])


def _visit(ticket: WorkTicket, staff_id: int) -> Visit:
    """The visit of this person that has not ended, or a new one."""
    visit = ticket.visit
    if visit and visit.departed_at is None and visit.staff_id == staff_id:
        return visit
    return Visit(0, staff_id)


def en_route(scene: Scene, act: EnRoute) -> Change | Refusal:
    """Berangkat, by one tap (BW-49): work begins with it."""
    ticket, note = scene.ticket, act.note.strip()
    too_early = why_not_yet(scene, ticket) if ticket.status is Status.ASSIGNED else ""
    wrong = first_of(
        (
            ticket.status not in (Status.ASSIGNED, Status.IN_PROGRESS),
            off_course(ticket, Status.IN_PROGRESS),
        ),
        (ticket.assignee_id is None, _UNHELD),
        (ticket.substep == EN_ROUTE, already(said("Petugas sudah berangkat."))),
        (bool(too_early), not_allowed(too_early)),
        (not note, NOTE_WANTED),
    )
    if wrong or ticket.assignee_id is None:
        return wrong or _UNHELD
    visit = replace(_visit(ticket, ticket.assignee_id), left_at=scene.now, arrived_at=None)
    after = ticket if ticket.status is Status.IN_PROGRESS else at_work(scene, ticket)
    after = replace(after, substep=EN_ROUTE, visit=visit)
    told = fact(
        scene,
        "EnRoute",
        **course(ticket, after),
        staff_id=ticket.assignee_id,
        note_sha256=digest(note),
    )
    notice = Notice("en_route", {"petugas": ticket.assignee_name or "petugas"})
    return change(after, told, notices=[notice], laid=[visit, Noted("note", note)])


def arrive(scene: Scene, act: Arrive) -> Change | Refusal:
    """There, whether or not the way was noted."""
    ticket, note = scene.ticket, act.note.strip()
    if ticket.status is not Status.IN_PROGRESS or ticket.assignee_id is None:
        return not_allowed(said("Kedatangan dicatat saat tiket dikerjakan petugas."))
    if ticket.substep == ARRIVED:
        return already(said("Kedatangan sudah dicatat."))
    if not note:
        return NOTE_WANTED
    visit = replace(_visit(ticket, ticket.assignee_id), arrived_at=scene.now)
    after = replace(ticket, substep=ARRIVED, visit=visit)
    told = fact(scene, "Arrived", staff_id=ticket.assignee_id, note_sha256=digest(note))
    return change(after, told, laid=[visit, Noted("note", note)])


def note_finding(scene: Scene, act: NoteFinding) -> Change | Refusal:
    """What was found on the spot."""
    found = act.finding.strip()
    if not found:
        return wanting("finding", said("Isi hasil pemeriksaan."))
    visit = scene.ticket.visit
    if visit is None or visit.arrived_at is None:
        return not_allowed(said("Hasil pemeriksaan diisi setelah petugas tiba di lokasi."))
    if len(scene.files) != len(act.files):
        return FILES_GONE
    visit = replace(visit, finding=found)
    count = len(scene.files) or None
    told = fact(scene, "FindingNoted", finding_sha256=digest(found), files=count)
    laid: list[Laid] = [visit]
    laid += [Noted("finding", found, scene.files)] if scene.files else []
    return change(replace(scene.ticket, visit=visit), told, laid=laid)


def depart(scene: Scene, act: Depart) -> Change | Refusal:
    """The visit is over."""
    ticket, visit = scene.ticket, scene.ticket.visit
    if visit is None or visit.arrived_at is None:
        return not_allowed(said("Kepulangan dicatat setelah petugas tiba di lokasi."))
    found = act.finding.strip() or visit.finding
    if not found:
        return wanting("finding", said("Isi hasil pemeriksaan sebelum kunjungan ditutup."))
    visit = replace(visit, finding=found, departed_at=scene.now)
    after = replace(ticket, substep="", visit=None, visit_at=None)
    told = fact(scene, "Departed", staff_id=visit.staff_id, finding_sha256=digest(found))
    return change(after, told, laid=[visit])
