"""What a status text says of a ticket: why it stands where it stands, and what comes next.

Facts only, never a guess: every state has a reason, a next step and a next time (requirements §5,
KM-09, KM-10). A step must fit an SMS beside number, state and reason.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from core.model.clock import FIRST_ANSWER, NEXT_ANSWER, PauseReason
from core.model.texts import TextForm
from core.model.ticket import Status

if TYPE_CHECKING:
    from core.model.clock import Pause
    from core.model.ticket import KnownTicket

At = Callable[[datetime], str]
"""An instant in the office's zone and the form of the channel."""

ON_TIME = (FIRST_ANSWER, NEXT_ANSWER)

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
    Status.RECEIVED: "petugas menangani laporan Anda",
    Status.UNDER_REVIEW: "petugas menelaah kelengkapan laporan",
    Status.ASSIGNED: "petugas memulai pekerjaan",
    Status.IN_PROGRESS: "petugas menyelesaikan pekerjaan",
    Status.PENDING: "pekerjaan dilanjutkan begitu penyebab tunda selesai",
    Status.MERGED: "perkembangan tercatat pada tiket induk",
}
# After the end: (in an SMS, elsewhere), with the end of the window; then when that is over.
_AFTER = {
    Status.RESOLVED: (
        "SELESAI, atau BUKA s/d {}",
        "balas SELESAI bila sudah beres, atau BUKA paling lambat {} bila belum",
    ),
    Status.CLOSED: (
        "balas BUKA s/d {} bila perlu",
        "balas BUKA paling lambat {} bila masalah muncul lagi",
    ),
    Status.REJECTED: (
        "balas KEBERATAN s/d {}",
        "balas KEBERATAN disertai alasan paling lambat {} bila tidak sependapat",
    ),
    Status.CANCELLED: (
        "balas BUKA s/d {} bila perlu",
        "balas BUKA paling lambat {} bila laporan ingin dilanjutkan",
    ),
}
_OVER = "masalah lain: kirim HELPDESK isi keluhan"
_SUBSTEPS = {
    "en_route": "petugas dalam perjalanan ke lokasi",
    "arrived": "petugas memeriksa di lokasi",
}


def reason_of(ticket: KnownTicket) -> str:
    """Why it stands where it stands."""
    return ticket.reason or _REASONS[ticket.status]


def next_step(ticket: KnownTicket, form: TextForm, at: At, seen: tuple[datetime, datetime]) -> str:
    """What comes next and by when, as the citizen needs to know it.

    Args:
        ticket: with its promises and, where it was asked for, its work.
        form: of the channel.
        at: words of an instant.
        seen: now, and the end of the window in which an ended ticket is taken up again.
    """
    now, window = seen
    if ticket.status in _AFTER:
        return _after(ticket, form, at, (now, window))
    if not ticket.status.running:
        return _NEXT_STEPS[ticket.status]
    step = _SUBSTEPS.get(ticket.work.substep, "")
    visit = ticket.work.visit_at
    if not step and visit is not None and visit > now:
        step = f"petugas datang {at(visit)}"
    if step:
        return step
    owed = (p.due_at for p in ticket.promises if p.target in ON_TIME and p.open and p.due_at > now)
    answer = None if ticket.status is Status.PENDING else next(owed, None)
    return f"petugas menjawab paling lambat {at(answer)}" if answer else _NEXT_STEPS[ticket.status]


def _after(ticket: KnownTicket, form: TextForm, at: At, seen: tuple[datetime, datetime]) -> str:
    now, window = seen
    objected = ticket.status is Status.REJECTED and ticket.work.objected
    if window <= now or objected:
        return _OVER
    short, long = _AFTER[ticket.status]
    return (short if form is TextForm.SMS else long).format(at(window))


def pause_reason(pause: Pause) -> str:
    """Why it waits, with what was found."""
    known = {reason.value: reason.word for reason in PauseReason}
    word = known.get(pause.reason, pause.reason)
    return f"{word}: {pause.note}" if pause.note else word
