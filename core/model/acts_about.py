"""What a ticket is: priority, category, marks (MB-05, BW-44, MB-26, LL-07)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.model.clock import DUTY_CALL, SlaClock
from core.model.clock_times import repromise
from core.model.hints import CATEGORIES
from core.model.scene import (
    already,
    change,
    digest,
    due_times,
    fact,
    first_of,
    invalid,
    over,
    terms_of,
    wanting,
    with_clocks,
)
from core.model.sentences import said, term
from core.model.ticket import Priority
from core.model.work import Assigned, Change, Noted, Refusal

if TYPE_CHECKING:
    from core.model.acts import Classify, Mark, SetMeasure, SetPriority
    from core.model.events import Json
    from core.model.scene import Scene
    from core.model.work import Laid, WorkTicket

KINDS = frozenset({"complaint", "question", "suggestion", "praise", "incident"})
"""MB-04."""

LONGEST_SUBJECT = 80
"""DK-06."""

_ENDED = said("Tiket sudah berakhir.")


def set_priority(scene: Scene, act: SetPriority) -> Change | Refusal:
    """Promises anew from receipt; kept ones stay kept, broken ones broken (BW-44)."""
    ticket, reason = scene.ticket, act.reason.strip()
    same = already(said("Prioritas sudah {priority}.", priority=term(act.priority.word)))
    wrong = first_of(
        (not ticket.status.running, over(ticket)),
        (act.priority is ticket.priority, same),
        (not reason, wanting("reason", said("Isi alasan perubahan prioritas."))),
    )
    if wrong:
        return wrong
    after = _counted_anew(scene, replace(ticket, priority=act.priority))
    if act.priority is Priority.EMERGENCY:
        # Never waits for an approval (rule 9), and the duty officer is called.
        call = SlaClock(DUTY_CALL, scene.now, scene.now, look_at=scene.now)
        after = with_clocks(replace(after, approval=""), [call])
    told = fact(
        scene,
        "PriorityChanged",
        old=ticket.priority,
        new=act.priority,
        reason_sha256=digest(reason),
        **due_times(after),
    )
    return change(after, told, laid=[Noted("reason", reason)])


def _counted_anew(scene: Scene, ticket: WorkTicket) -> WorkTicket:
    if not ticket.status.running:
        return ticket
    terms = terms_of(scene.policy, ticket)
    return with_clocks(ticket, repromise(terms, ticket.clocks, ticket.pauses))


def _given(act: Classify | Mark, *names: str) -> dict[str, Any]:
    """The fields that are not None, trimmed."""
    held = ((name, getattr(act, name)) for name in names)
    return {
        name: one.strip() if isinstance(one, str) else one for name, one in held if one is not None
    }


def classify(scene: Scene, act: Classify) -> Change | Refusal:
    """What it is about; promises follow where the policy differs by category."""
    ticket = scene.ticket
    given = _given(act, "category", "kind", "unit_hint", "place", "subject", "region_id")
    region = given.get("region_id")
    if region == 0:
        given["region_id"] = region = None
    new = {name: held for name, held in given.items() if held != getattr(ticket, name)}
    subject, kinds = new.get("subject"), ", ".join(sorted(KINDS))
    wrong = first_of(
        (
            new.get("category", "other") not in CATEGORIES,
            invalid(
                "category",
                said(
                    "Kategori tidak dikenal. Pilihannya: {known}.",
                    known=", ".join(sorted(CATEGORIES)),
                ),
            ),
        ),
        (
            new.get("kind", "complaint") not in KINDS,
            invalid("kind", said("Jenis tidak dikenal. Pilihannya: {kinds}.", kinds=kinds)),
        ),
        (
            region is not None and region not in scene.regions,
            invalid("region_id", said("Wilayah ini tidak dikenal. Pilih dari daftar.")),
        ),
        (subject == "", wanting("subject", said("Isi pokok laporan."))),
        (
            len(subject or "") > LONGEST_SUBJECT,
            invalid(
                "subject", said("Pokok laporan paling panjang {most} huruf.", most=LONGEST_SUBJECT)
            ),
        ),
        (not new, already(said("Tidak ada yang berubah."))),
    )
    if wrong:
        return wrong
    after = replace(ticket, **new)
    if terms_of(scene.policy, after).targets != terms_of(scene.policy, ticket).targets:
        after = _counted_anew(scene, after)
    told: dict[str, Json] = {}
    for name, held in new.items():
        told |= _told(name, getattr(ticket, name), held)
    return change(after, fact(scene, "Classified", **told))


_CODES = frozenset({"category", "kind", "region_id", "sensitive", "about_staff_id"})


def _told(name: str, old: Json, new: Json) -> dict[str, Json]:
    """Codes as they are, words of people only bound."""
    if name in _CODES:
        return {name: new, f"{name}_before": old}
    return {f"{name}_sha256": digest(str(new)), f"{name}_before_sha256": digest(str(old))}


def mark(scene: Scene, act: Mark) -> Change | Refusal:
    """A complaint about a person is taken from that person, who never sees it (MB-26)."""
    ticket = scene.ticket
    given = _given(act, "sensitive", "about_staff_id", "external_ref", "affected")
    about = given.get("about_staff_id")
    if about == 0:
        given["about_staff_id"] = None
    new = {name: held for name, held in given.items() if held != getattr(ticket, name)}
    if about and about not in scene.people:
        return invalid("about_staff_id", said("Petugas ini tidak dikenal. Pilih dari daftar."))
    if not new:
        return already(said("Tidak ada yang berubah."))
    after = replace(ticket, **new)
    laid: list[Laid] = []
    if about is not None and about == ticket.assignee_id:
        after = replace(after, assignee_id=None, assignee_name="", substep="")
        laid.append(Assigned(None, said("petugas yang diadukan tidak menangani tiketnya sendiri")))
    told: dict[str, Json] = {}
    for name, held in new.items():
        told |= _told(name, getattr(ticket, name), held)
    return change(after, fact(scene, "Marked", **told), laid=laid)


def set_measure(scene: Scene, act: SetMeasure) -> Change | Refusal:
    """The restricted outcome; only its digest is in the history (LL-07)."""
    text = act.text.strip()
    if text == scene.ticket.internal_measure:
        return already(said("Tidak ada yang berubah."))
    told = fact(scene, "MeasureSet", text_sha256=digest(text))
    return change(replace(scene.ticket, internal_measure=text), told)
