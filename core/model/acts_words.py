"""Words on a ticket: answers to the citizen, notes that stay inside, escalation (BW-23, KM-13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from core.model import clocks as sla
from core.model.deadline import Measure, SlaTarget, due
from core.model.scene import (
    FILES_GONE,
    already,
    change,
    digest,
    fact,
    first_of,
    invalid,
    not_allowed,
    over,
    wanting,
    with_clocks,
)
from core.model.sentences import said
from core.model.staff import Role
from core.model.text_template import guesses_in
from core.model.ticket import Status
from core.model.work import Change, Letter, Noted, Notice, Raised, Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.acts import Answer, AskSupervisor, Escalate, Instruct, Note
    from core.model.scene import Scene

STEPS = (Role.UNIT_SUPERVISOR, Role.LEADERSHIP, Role.AGENCY_HEAD)
"""Whom level 1, 2 and 3 of an escalation go to."""

LONGEST_ANSWER = 20_000
"""Characters; doors cut what they carry themselves."""

NOWHERE = not_allowed(
    said(
        "Pelapor tidak dapat dihubungi lewat kanalnya. Sampaikan langsung atau lewat telepon, "
        "lalu catat sebagai jawaban lisan."
    ),
    "spoken",
)
"""An answer that no door can carry."""

ONLY_SAID = not_allowed(
    said(
        "Jawaban lisan tidak mengirim berkas. Hapus berkasnya, atau simpan pada catatan internal."
    ),
    "files",
)

_NEXT_NEWS = SlaTarget(1, Measure.WORKING_DAYS)


def answer(scene: Scene, act: Answer) -> Change | Refusal:
    """A person's answer: the only thing that keeps first and next answer (rule 3, BW-39)."""
    ticket, text = scene.ticket, act.text.strip()
    elsewhere = not_allowed(
        said(
            "Tiket ini digabung. Jawablah pada tiket {number}.",
            number=ticket.merged_number,
        )
    )
    guessed = not act.spoken and not act.guesses and ", ".join(guesses_in(text))
    opinion = not_allowed(
        said(
            "Jawaban memuat kata dugaan: {words}. Tuliskan fakta beserta "
            "sumbernya, atau tegaskan bahwa kata itu tetap dipakai.",
            words=guessed,
        ),
        "guesses",
    )
    shut = not act.spoken and not any(not way.unreachable for way in ticket.ways)
    wrong = first_of(
        (not text, wanting("text", said("Isi jawaban untuk pelapor."))),
        (
            len(text) > LONGEST_ANSWER,
            invalid("text", said("Jawaban paling panjang 20.000 huruf.")),
        ),
        (ticket.status is Status.MERGED, elsewhere),
        (shut, NOWHERE),
        (len(scene.files) != len(act.files), FILES_GONE),
        (act.spoken and bool(act.files), ONLY_SAID),
        (bool(guessed), opinion),
    )
    if wrong:
        return wrong
    first = ticket.answered_at is None
    after = with_clocks(ticket, sla.answered(ticket.clocks, scene.now))
    if first:
        after = replace(after, answered_at=scene.now, answered_by=scene.actor.staff_id)
    told = fact(
        scene,
        "Answered",
        text_sha256=digest(text),
        first=first or None,
        spoken=act.spoken or None,
        files=len(scene.files) or None,
    )
    if act.spoken:
        return change(after, told, laid=[Noted("spoken", text)])
    hold = scene.policy.undo if act.recallable else timedelta()
    return replace(change(after, told), letter=Letter(text, hold, scene.files))


def note(scene: Scene, act: Note) -> Change | Refusal:
    """Never leaves the house."""
    if len(scene.files) != len(act.files):
        return FILES_GONE
    return _noted(scene, "note", act.text, "NoteAdded")


def ask_supervisor(scene: Scene, act: AskSupervisor) -> Change | Refusal:
    """A question inside the ticket, not visible to the citizen (DK-25)."""
    return _noted(scene, "question", act.text, "SupervisorAsked")


def instruct(scene: Scene, act: Instruct) -> Change | Refusal:
    """An instruction of leadership, in the history for whoever has the ticket (MB-17)."""
    return _noted(scene, "instruction", act.text, "Instructed")


def _noted(scene: Scene, kind: str, text: str, event: str) -> Change | Refusal:
    text = text.strip()
    if not text:
        return wanting("text", said("Isi catatannya."))
    told = fact(scene, event, text_sha256=digest(text), files=len(scene.files) or None)
    return change(scene.ticket, told, laid=[Noted(kind, text, scene.files)])


def escalate(scene: Scene, act: Escalate) -> Change | Refusal:
    """By hand at any time; the ticket keeps its status, the conversation stays open (KM-13)."""
    ticket, reason = scene.ticket, act.reason.strip()
    reached = already(said("Tiket sudah dilaporkan sampai tingkat itu atau lebih tinggi."))
    wrong = first_of(
        (not ticket.status.running, over(ticket)),
        (
            not 1 <= act.level <= len(STEPS),
            invalid("level", said("Pilih tingkat eskalasi 1, 2, atau 3.")),
        ),
        (act.level <= ticket.escalation, reached),
        (not reason, wanting("reason", said("Isi alasan eskalasi."))),
    )
    if wrong:
        return wrong
    role = STEPS[act.level - 1]
    after = replace(ticket, escalation=act.level, asked_escalation=False)
    told = fact(scene, "Escalated", level=act.level, to_role=role, reason_sha256=digest(reason))
    calendar = scene.policy.calendar(ticket.unit_calendar)
    values: dict[str, str | datetime] = {
        "jabatan": role.word.lower(),
        "alasan": reason,
        "waktu": scene.now,
        "kabar": due(calendar, _NEXT_NEWS, scene.now).at,
    }
    laid = [Raised(act.level, role, reason)]
    return change(after, told, notices=[Notice("escalated", values)], laid=laid)
