"""What people are told when the watch finds something: the citizen unasked, the staff by name.

Texts to citizens are the office's own (requirements §5); those to staff are short, name the
ticket by its number and hold nothing of the citizen but the place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.model.clock import FIRST_ANSWER, NEXT_ANSWER, PARTNER_ANSWER, PENDING, SOLUTION
from core.model.dates import long_due, sms_due, zone_name
from core.model.gsm7 import ONE_SMS, shorten, to_gsm7
from core.model.texts import TextForm, TextSet, render
from core.model.watch import Call, CallKind, why_late

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from core.model.watch import BreachFound, EscalationMade, Findings

_ROLES = {
    "unit_supervisor": "kepala satuan pelaksana",
    "leadership": "pimpinan",
    "agency_head": "kepala dinas",
}
_PROMISES = {
    FIRST_ANSWER: "jawaban pertama",
    NEXT_ANSWER: "jawaban berikutnya",
    SOLUTION: "penyelesaian",
    PENDING: "penundaan",
    PARTNER_ANSWER: "jawaban instansi rekanan",
}
_TEXT_OF = {FIRST_ANSWER: "late_answer", NEXT_ANSWER: "late_answer", SOLUTION: "breach"}
_MAX_PLACE = 60


def role_word(role: str) -> str:
    """The Indonesian word of a role that an escalation goes to, in the middle of a sentence."""
    return _ROLES.get(role, "pimpinan")


@dataclass(frozen=True, slots=True)
class Voice:
    """How one reader is spoken to: the office's texts, the form of the channel, zone and now."""

    texts: TextSet
    form: TextForm
    zone: ZoneInfo
    now: datetime

    def at(self, instant: datetime) -> str:
        """An instant in the form of the channel."""
        return (sms_due if self.form is TextForm.SMS else long_due)(instant, self.zone)


def citizen_texts(findings: Findings, voice: Voice) -> list[tuple[str, str]]:
    """What the citizen is told unasked: (key of the text, text) for each finding.

    A broken promise is admitted with its reason and the new time (KM-08); a partner's silence is
    the office's own matter; a step of escalation is told where no breach tells it already.
    """
    number = findings.ticket.number
    told = [
        _breach_text(number, breach, voice)
        for breach in findings.breaches
        if breach.target in _TEXT_OF
    ]
    told += [
        _escalated_text(number, step, voice)
        for step in findings.escalations
        if step.target == PENDING or (step.target in _TEXT_OF and not step.with_breach)
    ]
    return told


def _breach_text(number: str, breach: BreachFound, voice: Voice) -> tuple[str, str]:
    new = voice.at(breach.new_due_at)
    values = {"alasan": breach.reason, "selesai": new, "jawab": new}
    return _filled(_TEXT_OF[breach.target], number, values, voice)


def _escalated_text(number: str, step: EscalationMade, voice: Voice) -> tuple[str, str]:
    values = {
        "jabatan": role_word(step.to_role),
        "alasan": step.reason,
        "waktu": voice.at(voice.now),
        "kabar": voice.at(step.next_at),
    }
    return _filled("escalated", number, values, voice)


def _filled(key: str, number: str, values: dict[str, str], voice: Voice) -> tuple[str, str]:
    common = {"tiket": number, "zona": zone_name(voice.zone)}
    return key, render(voice.texts, key, voice.form, values | common)


def staff_text(findings: Findings, call: Call, voice: Voice) -> str:
    """What somebody of the staff is told, in one SMS where the channel is one."""
    text = _STAFF[call.kind](findings, call, voice)
    return shorten(to_gsm7(text), ONE_SMS) if voice.form is TextForm.SMS else text


def _warning(findings: Findings, call: Call, voice: Voice) -> str:
    return (
        f"Peringatan: tiket {findings.ticket.number}, {_PROMISES[call.target]} paling lambat "
        f"{_due(call, voice)}."
    )


def _breach(findings: Findings, call: Call, voice: Voice) -> str:
    new = voice.at(call.new_due_at or call.due_at)
    return (
        f"Tiket {findings.ticket.number} lewat batas {_PROMISES[call.target]} "
        f"({_due(call, voice)}). Batas baru {new}. Mohon catat alasannya pada tiket."
    )


def _escalation(findings: Findings, call: Call, voice: Voice) -> str:
    return (
        f"Eskalasi kepada {role_word(call.to_role)}: tiket {findings.ticket.number}, prioritas "
        f"{findings.ticket.priority.word}, lewat batas {_PROMISES[call.target]}: "
        f"{why_late(findings.ticket, call.target)}. Batas baru {_due(call, voice)}."
    )


def _duty(findings: Findings, _call: Call, _voice: Voice) -> str:
    place = " ".join(findings.ticket.place.split())[:_MAX_PLACE] or "belum disebut"
    return (
        f"PIKET: tiket {findings.ticket.number} menyangkut keadaan darurat. Lokasi: {place}. "
        "Mohon segera dibuka dan pelapor dihubungi."
    )


def _due(call: Call, voice: Voice) -> str:
    return f"{voice.at(call.due_at)} {zone_name(voice.zone)}"


_STAFF: dict[CallKind, Callable[[Findings, Call, Voice], str]] = {
    CallKind.WARNING: _warning,
    CallKind.BREACH: _breach,
    CallKind.ESCALATION: _escalation,
    CallKind.DUTY: _duty,
}
