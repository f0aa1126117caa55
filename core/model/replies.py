"""The words of an automatic reply: which text, with which values (requirements §5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.model.calendar import closed_because, hours_text, is_open, next_opening
from core.model.dates import long_time, sms_time, zone_name
from core.model.numbers import TicketNumber
from core.model.texts import TextForm, render
from core.model.ticket import KnownTicket, Promise, Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from core.model.decision import Reply
    from core.model.policy import IntakePolicy

_REASONS = {
    Status.RECEIVED: "menunggu penugasan petugas",
    Status.UNDER_REVIEW: "sedang ditelaah",
    Status.ASSIGNED: "petugas sudah ditunjuk",
    Status.IN_PROGRESS: "sedang dikerjakan petugas",
    Status.PENDING: "menunggu pihak lain",
    Status.RESOLVED: "pekerjaan sudah selesai",
    Status.CLOSED: "laporan sudah tuntas",
    Status.REJECTED: "tidak memenuhi ketentuan",
    Status.CANCELLED: "dibatalkan pelapor",
    Status.MERGED: "digabung dengan tiket lain",
}
_NEXT_STEPS = {
    Status.RECEIVED: "petugas membaca laporan Anda dan menjawab pada batas waktu di atas",
    Status.UNDER_REVIEW: "petugas menelaah kelengkapan laporan",
    Status.ASSIGNED: "petugas memulai pekerjaan",
    Status.IN_PROGRESS: "petugas menyelesaikan pekerjaan",
    Status.PENDING: "pekerjaan dilanjutkan begitu penyebab tunda selesai",
    Status.RESOLVED: "balas SELESAI bila sudah beres, atau BUKA bila belum",
    Status.CLOSED: "balas BUKA bila masalah muncul lagi",
    Status.REJECTED: "balas KEBERATAN bila tidak sependapat",
    Status.CANCELLED: "balas BUKA bila laporan ingin dilanjutkan",
    Status.MERGED: "perkembangan tercatat pada tiket induk",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a reply may speak of besides its ticket.

    Attributes:
        now: when the message was received, aware UTC.
        summary: first sentence of a new complaint, for ``{ringkasan}``.
        asked: a number to show back, as the sender wrote it.
    """

    now: datetime
    summary: str = ""
    asked: str = ""


def compose(
    reply: Reply, ticket: KnownTicket | None, told: Told, where: tuple[IntakePolicy, TextForm]
) -> str:
    """The text of a reply in the form of its channel.

    Args:
        reply: what is due.
        ticket: the ticket it speaks of, with the promises as they are after the decision.
        told: instants and words of the message.
        where: the office's policy and the form of the channel.
    """
    policy, form = where
    # Survey questions one by one belong to the survey itself; the five digits fit every channel.
    form = TextForm.SMS if reply.purpose.startswith("survey") else form
    values: dict[str, str] = {"zona": zone_name(policy.zone), **_office(policy, told, form)}
    if ticket:
        values |= _ticket(ticket, policy, told, form)
    if reply.asked:
        values["masukan"] = reply.asked
    return render(policy.texts, text_key(reply.purpose, policy, told.now), form, values)


def text_key(purpose: str, policy: IntakePolicy, now: datetime) -> str:
    """Outside service hours an acknowledgement says when people answer (BW-20)."""
    if purpose == "ack" and not is_open(policy.calendar, now):
        return "out_of_hours"
    return purpose


def _office(policy: IntakePolicy, told: Told, form: TextForm) -> Mapping[str, str]:
    if form is TextForm.SMS:
        return {}
    day = told.now.astimezone(policy.zone).date()
    return {
        "sapaan": "Bapak/Ibu",
        "unit": policy.office,
        "ringkasan": told.summary,
        "jam_layanan": hours_text(policy.calendar, day),
        "sebab_libur": closed_because(policy.calendar, told.now),
        "buka": long_time(next_opening(policy.calendar, told.now), policy.zone),
        "contoh": str(TicketNumber(policy.prefix, day.year % 100, 4217)),
    }


def _ticket(
    ticket: KnownTicket, policy: IntakePolicy, told: Told, form: TextForm
) -> Mapping[str, str]:
    zone = policy.zone
    when = sms_time if form is TextForm.SMS else long_time
    values = {
        "tiket": ticket.number,
        "jawab": when(due(ticket.promises, "first_answer"), zone),
        "selesai": when(due(ticket.promises, "solution"), zone),
        "status": ticket.status.word,
        "alasan": ticket.reason or _REASONS[ticket.status],
        "batas": when(ticket.status_at + policy.reopening, zone),
        "waktu": when(ticket.status_at, zone),
    }
    if form is not TextForm.SMS:
        values |= {
            "diterima": when(ticket.opened_at, zone),
            "diperbarui": when(ticket.status_at, zone),
            "langkah": _NEXT_STEPS[ticket.status],
            "jawaban_terakhir": "belum ada",
        }
    return values


def due(promises: tuple[Promise, ...], target: str) -> datetime:
    """When the promise of this name is due. Raises LookupError when it was never made."""
    for promise in promises:
        if promise.target == target:
            return promise.due_at
    raise LookupError(target)
