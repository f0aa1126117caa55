"""The values of a notice in words, and the notice in the office's texts (requirements §5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.clock import FIRST_ANSWER, SOLUTION
from core.model.dates import long_time, sms_time, zone_name
from core.model.texts import TextForm, render

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from core.model.policy import IntakePolicy
    from core.model.work import Notice, WorkTicket


def notice_text(
    notice: Notice, ticket: WorkTicket, where: tuple[IntakePolicy, TextForm], now: datetime
) -> str:
    """The notice as its reader gets it.

    A notice for which the office has no text of its own is told by the text of the status, which
    always carries state, reason and next step.

    Args:
        notice: what is due, with the values that only the act has.
        ticket: as it stands after the act.
        where: the office's policy and the form of the channel.
        now: when it was done, aware UTC.
    """
    policy, form = where
    known = policy.texts.short if form is TextForm.SMS else policy.texts.long
    key = notice.purpose if notice.purpose in known else "status"
    when = sms_time if form is TextForm.SMS else long_time

    def told(held: str | datetime) -> str:
        return held if isinstance(held, str) else when(held, policy.zone)

    values: Mapping[str, str | datetime] = {**_of_ticket(ticket, policy, now), **notice.values}
    return render(policy.texts, key, form, {name: told(held) for name, held in values.items()})


def _of_ticket(
    ticket: WorkTicket, policy: IntakePolicy, now: datetime
) -> dict[str, str | datetime]:
    answer, solution = ticket.clock(FIRST_ANSWER), ticket.clock(SOLUTION)
    return {
        "tiket": ticket.number,
        "status": ticket.status.word,
        "alasan": ticket.reason,
        "waktu": now,
        "diperbarui": ticket.status_at,
        "jawab": answer.due_at if answer else now,
        "selesai": solution.due_at if solution else now,
        "unit": ticket.unit_name or policy.office,
        "zona": zone_name(policy.zone, now),
        "batas": now + policy.reopening,
        "langkah": "balas pesan ini bila ada keterangan tambahan",
        "jawaban_terakhir": "sudah dijawab" if ticket.answered_at else "belum ada",
        "tautan_survei": "balasan NILAI",
    }
