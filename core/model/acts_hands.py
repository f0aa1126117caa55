"""Who has the ticket: review, disposition, assignment, approval (MB-16, DK-11, DK-12, DK-34)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from core.model import clocks as sla
from core.model.acts_approval import (
    AWAITED,
    BEFORE,
    SOMEBODY_ELSE,
    assigned_notice,
    needs_approval,
    needs_registration,
    standing,
)
from core.model.location import in_one_text, promised_there
from core.model.registration import AWAITED as DATA_AWAITED
from core.model.scene import (
    already,
    change,
    digest,
    fact,
    first_of,
    forbidden,
    gone_by,
    invalid,
    leads_to,
    moved,
    not_allowed,
    off_course,
    over,
    terms_of,
    wanting,
    with_clocks,
)
from core.model.sentences import said
from core.model.ticket import Status
from core.model.work import ApprovalStep, Assigned, Change, Disposed, Noted, Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.acts import Assign, Dispose, Review, TakeBack
    from core.model.scene import Colleague, Scene, UnitBrief
    from core.model.work import Laid, WorkTicket

AT_ONCE: Final = timedelta(minutes=5)
"""Who plans a beginning for now has the form open as long before it is sent."""

_BY_UNIT = said("diteruskan ke {unit}")
_BY_PERSON = said("petugas sudah ditunjuk")
_UNDER_REVIEW = "sedang ditelaah"


def review(scene: Scene, act: Review) -> Change | Refusal:
    """Ditelaah: the number is out already, nothing of it waits for this step (LL-12, KM-04)."""
    ticket = scene.ticket
    if ticket.status is Status.UNDER_REVIEW:
        return already(said("Tiket sudah ditelaah."))
    if ticket.status is not Status.RECEIVED:
        return off_course(ticket, Status.UNDER_REVIEW)
    after = moved(scene, ticket, Status.UNDER_REVIEW, _UNDER_REVIEW)
    note = act.note.strip()
    return change(
        after,
        fact(scene, "ReviewBegun", **{"from": ticket.status, "to": after.status}),
        laid=[Noted("note", note)] if note else (),
    )


# --- to a unit --------------------------------------------------------------------------------


def dispose(scene: Scene, act: Dispose) -> Change | Refusal:
    """To a unit with an instruction and, if wanted, one person and a deadline (MB-16)."""
    unit = scene.units.get(act.unit_id)
    person = scene.people.get(act.staff_id) if act.staff_id is not None else None
    wrong = _wrong_disposition(scene, act, unit) or (
        _unfit(scene, person) if act.staff_id is not None else None
    )
    if wrong or unit is None:
        return wrong or invalid("unit_id", said("Unit ini tidak dikenal. Pilih dari daftar."))
    before = scene.ticket
    after = moved(scene, _taken_up(scene), Status.ASSIGNED, _BY_UNIT.format(unit=unit.name))
    after = _at_unit(after, unit, person)
    due_at = act.due_at
    if unit.partner:
        terms = terms_of(scene.policy, after)
        [owed] = sla.disposed(terms, scene.now, act.due_at)
        after, due_at = with_clocks(after, [owed]), owed.due_at
    instruction = act.instruction.strip()
    laid: list[Laid] = [Disposed(unit.id, instruction, act.staff_id, due_at)]
    if person or before.assignee_id is not None:
        laid.append(Assigned(person.id if person else None))
    told = fact(
        scene,
        "Disposed",
        **{"from": before.status, "to": after.status},
        unit_id=unit.id,
        staff_id=act.staff_id,
        due=due_at.isoformat() if due_at else None,
        instruction_sha256=digest(instruction),
    )
    handed = promised_there(scene, change(after, told, laid=laid))
    return _with_approval(scene, handed, None)


def _wrong_disposition(scene: Scene, act: Dispose, unit: UnitBrief | None) -> Refusal | None:
    gone = invalid("unit_id", said("Unit sudah tidak aktif, pilih unit lain."))
    return first_of(
        (not leads_to(scene.ticket, Status.ASSIGNED), forbidden(scene.ticket, Status.ASSIGNED)),
        (unit is None, invalid("unit_id", said("Unit ini tidak dikenal. Pilih dari daftar."))),
        (unit is not None and unit.retired, gone),
        (not act.instruction.strip(), wanting("instruction", said("Isi petunjuk untuk unit."))),
    ) or gone_by(scene, "due_at", said("Batas waktu disposisi"), act.due_at)


def _at_unit(ticket: WorkTicket, unit: UnitBrief, person: Colleague | None) -> WorkTicket:
    return replace(
        ticket,
        unit_id=unit.id,
        unit_name=unit.name,
        unit_code=unit.code,
        unit_calendar=unit.calendar,
        region_id=ticket.region_id if ticket.region_id is not None else unit.region_id,
        assignee_id=person.id if person else None,
        assignee_name=person.name if person else "",
    )


# --- to a person ------------------------------------------------------------------------------


def assign(scene: Scene, act: Assign) -> Change | Refusal:
    """To a person; another one only with a reason (DK-12, DK-30, BW-45)."""
    person = scene.people.get(act.staff_id)
    wrong = (
        _unfit(scene, person)
        or _wrong_assignment(scene, act, person)
        or gone_by(
            scene, "start_at", said("Rencana mulai"), act.start_at and act.start_at + AT_ONCE
        )
    )
    if wrong or person is None:
        return wrong or invalid("staff_id", said("Petugas ini tidak dikenal. Pilih dari daftar."))
    before, reason = scene.ticket, act.reason.strip()
    after = moved(scene, _taken_up(scene), Status.ASSIGNED, _BY_PERSON)
    after = replace(after, assignee_id=person.id, assignee_name=person.name)
    unit = scene.units.get(person.unit_id) if person.unit_id is not None else None
    if after.unit_id is None and unit is not None:
        after = _at_unit(after, unit, person)
    told = fact(
        scene,
        "Assigned",
        **{"from": before.status, "to": after.status},
        staff_id=person.id,
        previous=before.assignee_id,
        unit_id=after.unit_id,
        reason_sha256=digest(reason) if reason else None,
        over_capacity=act.over_capacity or None,
    )
    laid = [Assigned(person.id, reason, act.equipment.strip())]
    handed = promised_there(scene, change(after, told, laid=laid))
    return _with_approval(scene, handed, act.start_at)


def _unfit(scene: Scene, person: Colleague | None) -> Refusal | None:
    """Whether this person can have the ticket at all."""
    if person is None:
        return invalid("staff_id", said("Petugas ini tidak dikenal. Pilih dari daftar."))
    if person.disabled:
        return invalid(
            "staff_id",
            said("Akun {name} sudah tidak aktif, pilih petugas lain.", name=person.name),
        )
    if person.id == scene.ticket.about_staff_id:
        return not_allowed(
            said("Petugas yang diadukan tidak dapat menangani tiket ini."), "staff_id"
        )
    return None


def _wrong_assignment(scene: Scene, act: Assign, person: Colleague | None) -> Refusal | None:
    ticket, reasoned = scene.ticket, bool(act.reason.strip())
    if person is None:
        return None
    held = ticket.assignee_id == person.id and ticket.status is Status.ASSIGNED
    moves = ticket.assignee_id not in (None, person.id)
    away = bool(person.regions) and ticket.region_id not in {None, *person.regions}
    full = said(
        "{name} sudah memegang {load} tiket dari kapasitas {capacity}. "
        "Pilih petugas lain, atau tegaskan bahwa penugasan tetap dilakukan.",
        name=person.name,
        load=person.load,
        capacity=person.capacity,
    )
    passed_on = wanting(
        "reason",
        said("Isi alasan pengalihan dari {name}.", name=ticket.assignee_name),
    )
    elsewhere = wanting(
        "reason", said("{name} bertugas di wilayah lain, isi alasannya.", name=person.name)
    )
    return first_of(
        (not leads_to(ticket, Status.ASSIGNED), forbidden(ticket, Status.ASSIGNED)),
        (held, already(said("Tiket sudah ditugaskan kepada {name}.", name=person.name))),
        (moves and not reasoned, passed_on),
        (away and not reasoned, elsewhere),
        (
            person.load >= person.capacity and not act.over_capacity,
            not_allowed(full, "over_capacity"),
        ),
    )


def _taken_up(scene: Scene) -> WorkTicket:
    """A solved ticket that is assigned again is work again."""
    if scene.ticket.status.running:
        return scene.ticket
    return replace(scene.ticket, work_done=False, approval="", noticed_at=None)


def take_back(scene: Scene, act: TakeBack) -> Change | Refusal:
    """From the person who has it; the unit keeps the ticket (DK-12)."""
    ticket, reason = scene.ticket, act.reason.strip()
    if ticket.assignee_id is None:
        return already(said("Tiket tidak sedang dipegang petugas."))
    if not ticket.status.running:
        return over(ticket)
    if not reason:
        return wanting("reason", said("Isi alasan penarikan tugas."))
    after = standing(ticket, SOMEBODY_ELSE)
    if ticket.status is Status.IN_PROGRESS:
        after = moved(scene, ticket, Status.ASSIGNED, SOMEBODY_ELSE)
    after = replace(after, assignee_id=None, assignee_name="", substep="")
    told = fact(
        scene,
        "TakenBack",
        **{"from": ticket.status, "to": after.status},
        staff_id=ticket.assignee_id,
        reason_sha256=digest(reason),
    )
    return change(after, told, laid=[Assigned(None, reason)])


def _reason(scene: Scene, ticket: WorkTicket) -> str:
    return DATA_AWAITED if needs_registration(scene, ticket) else AWAITED


def _with_approval(scene: Scene, made: Change, start_at: datetime | None) -> Change:
    """The change, and either the question to the supervisor or the notice to the citizen.

    While the reporter's own data are wanting no beginning is announced (LL-08).
    """
    after = made.after
    if needs_registration(scene, after):
        made = replace(made, after=standing(after, DATA_AWAITED))
        if not needs_approval(scene, after):
            return made
    elif not needs_approval(scene, after):
        return in_one_text(made, assigned_notice(scene, after, start_at))
    if after.approval == BEFORE:
        return made
    return replace(
        made,
        after=standing(replace(after, approval=BEFORE), _reason(scene, after)),
        facts=(*made.facts, fact(scene, "ApprovalAsked", phase=BEFORE)),
        laid=(*made.laid, ApprovalStep(BEFORE)),
    )
