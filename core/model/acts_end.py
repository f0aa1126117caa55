"""The end of a ticket, and the ways back: close, reopen, reject, object, cancel, merge."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.model.acts_course import course
from core.model.scene import (
    already,
    change,
    digest,
    due_times,
    fact,
    first_of,
    forbidden,
    invalid,
    leads_to,
    moved,
    not_allowed,
    renewed,
    too_late,
    wanting,
)
from core.model.sentences import said
from core.model.ticket import Status
from core.model.work import ApprovalStep, Change, Joined, Noted, Notice, Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.acts import Cancel, Close, DecideObjection, Merge, Reject, Reopen
    from core.model.scene import Scene
    from core.model.work import WayBack, WorkTicket

SILENCE = said("tidak ada tanggapan sejak penyelesaian diberitahukan")
"""The reason of a silent closing, as told."""

FOLLOWER = "follower"
"""Role of people whose ticket was merged into this one."""

_DONE = said("pekerjaan sudah selesai")
_WITHDRAWN = said("dibatalkan oleh pelapor")
_OBJECTION = "keberatan diterima, ditelaah kembali"


def close(scene: Scene, act: Close) -> Change | Refusal:
    """Ditutup, after the solution; with the approval where that is asked for (rule 8)."""
    ticket = scene.ticket
    if ticket.status is Status.CLOSED:
        return already(said("Tiket sudah ditutup."))
    if not leads_to(ticket, Status.CLOSED):
        return forbidden(ticket, Status.CLOSED)
    if ticket.approval:
        return not_allowed(
            said("Hasil pekerjaan belum disetujui. Setujui atau tolak lebih dahulu.")
        )
    return _closed(scene, act.reason.strip() or _DONE, "Closed")


def close_by_silence(scene: Scene) -> Change | Refusal:
    """Only a solved ticket whose solution was told long enough ago (rule 15, KM-05)."""
    ticket = scene.ticket
    if ticket.status is not Status.RESOLVED or ticket.noticed_at is None:
        return forbidden(ticket, Status.CLOSED)
    if ticket.noticed_at > scene.now - scene.policy.close_after:
        return not_allowed(said("Masa tunggu setelah penyelesaian diberitahukan belum lewat."))
    return _closed(scene, SILENCE, "ClosedSilently")


def _closed(scene: Scene, reason: str, kind: str) -> Change:
    before = scene.ticket
    after = moved(scene, before, Status.CLOSED, reason)
    after = replace(after, approval="", noticed_at=None)
    told = fact(scene, kind, **course(before, after), reason_sha256=digest(reason))
    notice = Notice("closed", {"alasan": reason, "batas": scene.window})
    return change(after, told, notices=[notice])


# --- back -------------------------------------------------------------------------------------


def reopen(scene: Scene, act: Reopen) -> Change | Refusal:
    """With number and history, and promises that begin anew (BW-51)."""
    ticket, reason = scene.ticket, act.reason.strip()
    withdrawn = ticket.status is Status.CANCELLED
    status = Status.RECEIVED if withdrawn else Status.IN_PROGRESS
    ended = ticket.status in (Status.RESOLVED, Status.CLOSED, Status.CANCELLED)
    late = too_late(
        said(
            "Masa buka kembali sudah lewat. Buat tiket baru dan sebutkan nomor tiket ini, "
            "keduanya akan dihubungkan."
        )
    )
    wrong = first_of(
        (ticket.status.running, already(said("Tiket masih berjalan."))),
        (not ended, forbidden(ticket, status)),
        (not scene.in_window(), late),
        (not reason, wanting("reason", said("Isi alasan tiket dibuka kembali."))),
    )
    if wrong:
        return wrong
    after = renewed(scene, moved(scene, ticket, status, "dibuka kembali"))
    after = replace(after, work_done=False, approval="", noticed_at=None)
    told = fact(
        scene,
        "ReopenedByStaff",
        **course(ticket, after),
        **due_times(after),
        reason_sha256=digest(reason),
    )
    laid = [Noted("reason", reason)]
    return change(after, told, notices=[Notice("reopened", {"alasan": reason})], laid=laid)


# --- rejecting --------------------------------------------------------------------------------


def reject(scene: Scene, act: Reject) -> Change | Refusal:
    """With a reason of the list and in words; the citizen may object once (LL-13)."""
    ticket, text = scene.ticket, act.text.strip()
    listed = scene.policy.reject_reasons.get(act.code)
    codes = ", ".join(sorted(scene.policy.reject_reasons))
    wrong = first_of(
        (not leads_to(ticket, Status.REJECTED), forbidden(ticket, Status.REJECTED)),
        (not act.code, wanting("code", said("Pilih alasan penolakan: {codes}.", codes=codes))),
        (
            listed is None,
            invalid(
                "code", said("Alasan tidak dikenal. Yang dapat dipilih: {codes}.", codes=codes)
            ),
        ),
        (not text, wanting("text", said("Isi alasan penolakan yang disampaikan kepada pelapor."))),
    )
    if wrong or listed is None:
        return wrong or invalid(
            "code", said("Alasan tidak dikenal. Yang dapat dipilih: {codes}.", codes=codes)
        )
    after = replace(
        moved(scene, ticket, Status.REJECTED, listed.words), rejected_by=scene.actor.mark
    )
    told = fact(
        scene, "Rejected", **course(ticket, after), code=act.code, text_sha256=digest(text)
    )
    values: dict[str, str | datetime] = {
        "alasan": text,
        "aturan": act.rule.strip() or listed.rule,
        "saran": act.advice.strip() or said("lengkapi keterangan dan ajukan keberatan bila perlu"),
        "batas": scene.window,
    }
    return change(
        after, told, notices=[Notice("rejected", values)], laid=[Noted("rejection", text)]
    )


def decide_objection(scene: Scene, act: DecideObjection) -> Change | Refusal:
    """Once, by somebody else than who rejected ("dibaca petugas lain")."""
    ticket, reason = scene.ticket, act.reason.strip()
    same = bool(ticket.rejected_by) and ticket.rejected_by == scene.actor.mark
    wrong = first_of(
        (not ticket.objection_open, already(said("Tidak ada keberatan yang menunggu keputusan."))),
        (
            same,
            not_allowed(said("Keberatan diputus oleh petugas lain, bukan yang menolak tiket.")),
        ),
        (not reason, wanting("reason", said("Isi alasan keputusan atas keberatan."))),
    )
    if wrong:
        return wrong
    step = ApprovalStep("objection", approved=act.accept, reason=reason)
    if act.accept:
        return _objection_accepted(scene, reason, step)
    after = replace(ticket, objection_open=False)
    if ticket.status is Status.UNDER_REVIEW:
        after = moved(scene, after, Status.REJECTED, ticket.reason)
    told = fact(scene, "ObjectionRefused", **course(ticket, after), reason_sha256=digest(reason))
    notice = Notice("objection_refused", {"alasan": reason})
    return change(after, told, notices=[notice], laid=[step])


def _objection_accepted(scene: Scene, reason: str, step: ApprovalStep) -> Change:
    ticket = scene.ticket
    after = replace(ticket, objection_open=False)
    if ticket.status is Status.REJECTED:
        after = renewed(scene, moved(scene, after, Status.UNDER_REVIEW, _OBJECTION))
    told = fact(
        scene,
        "ObjectionAccepted",
        **course(ticket, after),
        **due_times(after),
        reason_sha256=digest(reason),
    )
    notice = Notice("objection_accepted", {"alasan": _OBJECTION})
    return change(after, told, notices=[notice], laid=[step])


# --- withdrawn, merged ------------------------------------------------------------------------


def cancel(scene: Scene, act: Cancel) -> Change | Refusal:
    """Withdrawn by the reporter through an officer."""
    ticket, reason = scene.ticket, act.reason.strip()
    if not leads_to(ticket, Status.CANCELLED):
        return forbidden(ticket, Status.CANCELLED)
    if not reason:
        return wanting("reason", said("Isi bagaimana dan mengapa pelapor membatalkan."))
    after = moved(scene, ticket, Status.CANCELLED, _WITHDRAWN)
    told = fact(scene, "CancelledByStaff", **course(ticket, after), reason_sha256=digest(reason))
    notice = Notice("cancelled", {"alasan": reason, "batas": scene.window})
    return change(after, told, notices=[notice], laid=[Noted("reason", reason)])


def merge(scene: Scene, act: Merge) -> Change | Refusal:
    """A duplicate ends in a ticket that runs; its messages stay where they are, readable."""
    ticket, into = scene.ticket, scene.other
    sentence = said("Tiket tujuan tidak ditemukan. Periksa nomornya.")
    wrong = first_of(
        (not leads_to(ticket, Status.MERGED), forbidden(ticket, Status.MERGED)),
        (not act.into.strip(), wanting("into", said("Sebutkan nomor tiket tujuan."))),
        (into is None, invalid("into", sentence)),
        (
            into is not None and into.id == ticket.id,
            invalid("into", said("Pilih tiket yang lain.")),
        ),
        (
            into is not None and not into.status.running,
            invalid("into", said("Tiket tujuan sudah berakhir, pilih tiket yang masih berjalan.")),
        ),
    )
    if wrong or into is None:
        return wrong or invalid("into", sentence)
    after = moved(
        scene, ticket, Status.MERGED, said("digabung dengan tiket {number}", number=into.number)
    )
    after = replace(after, merged_into=into.id, merged_number=into.number)
    told = fact(scene, "Merged", **course(ticket, after), into=into.number)
    notice = Notice("merged", {"tiket_induk": into.number})
    reason = act.reason.strip()
    made = change(after, told, notices=[notice], laid=[Noted("reason", reason)] if reason else ())
    return replace(made, other=_taken_in(scene, into))


def _taken_in(scene: Scene, into: WorkTicket) -> Change:
    """The other ticket with the contacts and the people of the merged one."""
    ticket = scene.ticket
    there = {way.address_id for way in (*into.ways, *into.followers)} | {into.address_id}
    coming = {ticket.address_id, *(way.address_id for way in ticket.followers)}
    joining = [Joined(address_id, FOLLOWER) for address_id in sorted(coming - there)]
    ways: tuple[WayBack, ...] = tuple(
        way for way in (*ticket.ways, *ticket.followers) if way.address_id not in there
    )
    after = replace(
        into, contacts=into.contacts + ticket.contacts, followers=(*into.followers, *ways)
    )
    told = fact(scene, "MergedIn", ticket=ticket.number, contacts=ticket.contacts)
    return change(after, told, laid=joining)
