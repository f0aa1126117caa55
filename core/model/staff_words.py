"""Whom of the staff an act concerns, and what they are told (DK-12, DK-25, BW-25, BW-49, MB-17).

Texts name the ticket by its number and hold nothing of the citizen but the place and, for whoever
goes there, the phone number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.clock import SOLUTION
from core.model.dates import long_due, sms_due, zone_name
from core.model.gsm7 import ONE_SMS, shorten, to_gsm7
from core.model.messages import AddressKind
from core.model.staff import Role
from core.model.texts import TextForm
from core.model.value import value
from core.model.work import ApprovalStep, Assigned, Change, Disposed, Noted, Raised

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from core.model.work import Laid, WorkTicket

LONGEST_PLACE = 60
"""Characters of a place in a text to staff."""

_PHONES = frozenset({AddressKind.PHONE, AddressKind.WHATSAPP})


@value
class StaffCall:
    """Somebody who is told of an act: one person, or everybody of a role.

    Attributes:
        kind: key of the text.
        to_role: a unit supervisor only of the ticket's unit.
    """

    kind: str
    staff_id: int | None = None
    to_role: str = ""


def staff_calls(before: WorkTicket, made: Change) -> list[StaffCall]:
    """Whom a change concerns, each once; not yet without the actor."""
    found = [call for one in made.laid for call in _of_row(before, made.after, one)]
    kinds = {fact.kind for fact in made.facts}
    if "EnRoute" in kinds:
        found.append(StaffCall("en_route", to_role=Role.OPERATOR))
    if "ReopenedByStaff" in kinds and made.after.assignee_id is not None:
        found.append(StaffCall("reopened", made.after.assignee_id))
    return list(dict.fromkeys(found))


def _of_row(before: WorkTicket, after: WorkTicket, one: Laid) -> Iterator[StaffCall]:
    if isinstance(one, Assigned):
        if one.staff_id is not None:
            yield StaffCall("assigned", one.staff_id)
        if before.assignee_id not in (None, one.staff_id):
            yield StaffCall("taken", before.assignee_id)
    elif isinstance(one, Disposed) and one.staff_id is None:
        yield StaffCall("disposed", to_role=Role.UNIT_SUPERVISOR)
    elif isinstance(one, ApprovalStep):
        yield from _of_approval(after, one)
    elif isinstance(one, Noted):
        yield from _of_note(after, one)
    elif isinstance(one, Raised):
        yield StaffCall("escalated", to_role=one.to_role)


def _of_approval(after: WorkTicket, step: ApprovalStep) -> Iterator[StaffCall]:
    if step.approved is None:
        yield StaffCall("approval", to_role=Role.UNIT_SUPERVISOR)
    elif after.assignee_id is not None and step.phase != "objection":
        yield StaffCall("approved" if step.approved else "returned", after.assignee_id)


def _of_note(after: WorkTicket, note: Noted) -> Iterator[StaffCall]:
    if note.kind == "question":
        yield StaffCall("question", to_role=Role.UNIT_SUPERVISOR)
    elif note.kind == "instruction":
        yield StaffCall("instruction", to_role=Role.CUSTOMER_CARE)
        if after.assignee_id is not None:
            yield StaffCall("instruction", after.assignee_id)


_TEXTS = {
    "taken": "Tiket {tiket} tidak lagi ditugaskan kepada Anda.",
    "disposed": "Tiket {tiket}, prioritas {prioritas}, diteruskan ke unit Anda. "
    "Mohon tunjuk petugas. Selesai paling lambat {selesai}.",
    "approval": "Tiket {tiket} menunggu persetujuan Anda.",
    "approved": "Tiket {tiket}: sudah disetujui.",
    "returned": "Tiket {tiket}: hasil pekerjaan dikembalikan. Mohon lihat alasannya pada tiket.",
    "question": "Tiket {tiket}: ada pertanyaan petugas untuk Anda. Mohon dijawab pada tiket.",
    "instruction": "Tiket {tiket}: ada arahan pimpinan. Mohon dibaca pada tiket.",
    "escalated": "Eskalasi: tiket {tiket}, prioritas {prioritas}, dilaporkan kepada Anda. "
    "Mohon dibuka.",
    "escalation_asked": "Pelapor tiket {tiket}, prioritas {prioritas}, meminta eskalasi. "
    "Mohon dibuka dan dijawab. Selesai paling lambat {selesai}.",
    "en_route": "Tiket {tiket}: {petugas} berangkat ke lokasi.",
    "reopened": "Tiket {tiket} dibuka kembali. Selesai paling lambat {selesai}.",
}


def staff_text(call: StaffCall, ticket: WorkTicket, form: TextForm, zone: ZoneInfo) -> str:
    """What they are told; one SMS where the channel is one."""
    solution = ticket.clock(SOLUTION)
    when = sms_due if form is TextForm.SMS else long_due
    due = f"{when(solution.due_at, zone)} {zone_name(zone)}" if solution else "belum ditentukan"
    if call.kind == "assigned":
        text = _assigned(ticket, due)
    else:
        text = _TEXTS[call.kind].format(
            tiket=ticket.number,
            prioritas=ticket.priority.word,
            petugas=ticket.assignee_name or "petugas",
            selesai=due,
        )
    return shorten(to_gsm7(text), ONE_SMS) if form is TextForm.SMS else text


def _assigned(ticket: WorkTicket, due: str) -> str:
    """Number, unit, place, contact, deadline (BW-25)."""
    place = " ".join(ticket.place.split())[:LONGEST_PLACE]
    unit = " ".join(ticket.unit_hint.split())[:LONGEST_PLACE]
    way = ticket.way_back
    contact = way.address.value if way and way.address.kind in _PHONES else ""
    told = [
        f"Tugas: tiket {ticket.number}, prioritas {ticket.priority.word}",
        f"selesai paling lambat {due}",
    ]
    told += [f"kontak {contact}"] if contact and not ticket.sensitive else []
    told += [f"lokasi {place}"] if place else []
    told += [f"pelapor {unit}"] if unit else []
    return "; ".join(told) + "."
