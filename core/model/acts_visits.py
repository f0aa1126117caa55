"""Visits on the spot: planned, on the way, there, found, away (BW-38, BW-47, BW-49)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.model.acts_approval import why_not_yet
from core.model.acts_course import at_work, course
from core.model.scene import (
    already,
    change,
    digest,
    fact,
    invalid,
    not_allowed,
    off_course,
    wanting,
)
from core.model.ticket import Status
from core.model.work import Change, Notice, Refusal, Visit

if TYPE_CHECKING:
    from core.model.acts import Arrive, Depart, EnRoute, NoteFinding, PlanVisit
    from core.model.scene import Scene
    from core.model.work import WorkTicket

EN_ROUTE, ARRIVED = "en_route", "arrived"
"""Sub-steps of work."""


def plan_visit(scene: Scene, act: PlanVisit) -> Change | Refusal:
    """Tells the reporter when somebody comes (BW-38)."""
    ticket = scene.ticket
    if ticket.status not in (Status.ASSIGNED, Status.IN_PROGRESS, Status.PENDING):
        return not_allowed("Kunjungan dijadwalkan setelah tiket ditugaskan dan sebelum selesai.")
    if ticket.assignee_id is None:
        return not_allowed("Tunjuk petugas lebih dahulu, lalu jadwalkan kunjungannya.")
    if act.at <= scene.now:
        return invalid("at", "Waktu kunjungan harus di masa depan.")
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


def en_route(scene: Scene, _act: EnRoute) -> Change | Refusal:
    """Berangkat, by one tap (BW-49): work begins with it."""
    ticket = scene.ticket
    if ticket.status not in (Status.ASSIGNED, Status.IN_PROGRESS):
        return off_course(ticket, Status.IN_PROGRESS)
    if ticket.assignee_id is None:
        return not_allowed("Tiket belum dipegang petugas.")
    if ticket.substep == EN_ROUTE:
        return already("Petugas sudah berangkat.")
    if ticket.status is Status.ASSIGNED and (why := why_not_yet(scene, ticket)):
        return not_allowed(why)
    visit = replace(_visit(ticket, ticket.assignee_id), left_at=scene.now, arrived_at=None)
    after = ticket if ticket.status is Status.IN_PROGRESS else at_work(scene, ticket)
    after = replace(after, substep=EN_ROUTE, visit=visit)
    told = fact(scene, "EnRoute", **course(ticket, after), staff_id=ticket.assignee_id)
    notice = Notice("en_route", {"petugas": ticket.assignee_name or "petugas"})
    return change(after, told, notices=[notice], laid=[visit])


def arrive(scene: Scene, _act: Arrive) -> Change | Refusal:
    """There, whether or not the way was noted."""
    ticket = scene.ticket
    if ticket.status is not Status.IN_PROGRESS or ticket.assignee_id is None:
        return not_allowed("Kedatangan dicatat saat tiket dikerjakan petugas.")
    if ticket.substep == ARRIVED:
        return already("Kedatangan sudah dicatat.")
    visit = replace(_visit(ticket, ticket.assignee_id), arrived_at=scene.now)
    after = replace(ticket, substep=ARRIVED, visit=visit)
    told = fact(scene, "Arrived", staff_id=ticket.assignee_id)
    return change(after, told, laid=[visit])


def note_finding(scene: Scene, act: NoteFinding) -> Change | Refusal:
    """What was found on the spot."""
    found = act.finding.strip()
    if not found:
        return wanting("finding", "Isi hasil pemeriksaan.")
    visit = scene.ticket.visit
    if visit is None or visit.arrived_at is None:
        return not_allowed("Hasil pemeriksaan diisi setelah petugas tiba di lokasi.")
    visit = replace(visit, finding=found)
    told = fact(scene, "FindingNoted", finding_sha256=digest(found))
    return change(replace(scene.ticket, visit=visit), told, laid=[visit])


def depart(scene: Scene, act: Depart) -> Change | Refusal:
    """The visit is over."""
    ticket, visit = scene.ticket, scene.ticket.visit
    if visit is None or visit.arrived_at is None:
        return not_allowed("Kepulangan dicatat setelah petugas tiba di lokasi.")
    found = act.finding.strip() or visit.finding
    visit = replace(visit, finding=found, departed_at=scene.now)
    after = replace(ticket, substep="", visit=None, visit_at=None)
    told = fact(
        scene,
        "Departed",
        staff_id=visit.staff_id,
        finding_sha256=digest(found) if found else None,
    )
    return change(after, told, laid=[visit])
