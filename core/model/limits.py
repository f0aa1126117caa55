"""Limits of automatic replies: they silence a reply, they never lose a message (providers.md §2.6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model.policy import ChannelTraits, ReplyLimits
    from core.model.ticket import ReplyMark, Sender

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
TEN_MINUTES = timedelta(minutes=10)
MARKS_KEPT = 48
"""More marks than any limit counts; a flood must not grow the sender's memory."""

ACKS = frozenset({"ack", "out_of_hours"})


def why_withheld(
    sender: Sender, purpose: str, now: datetime, traits: ChannelTraits, limits: ReplyLimits
) -> str:
    """Why this automatic reply may not leave now, in Indonesian for staff; "" when it may."""
    if sender.unreachable:
        return f"tidak dapat dihubungi lewat kanal ini: {sender.unreachable}"
    if _within(sender.replies, now - HOUR) >= limits.replies_per_hour:
        return "batas balasan otomatis per jam untuk pengirim ini tercapai"
    if purpose in ACKS:
        acks = [mark for mark in sender.replies if mark.purpose in ACKS]
        if _within(acks, now - TEN_MINUTES) >= limits.acks_per_ten_minutes:
            return "batas pemberitahuan nomor per 10 menit untuk pengirim ini tercapai"
        if _within(acks, now - DAY) >= traits.acks_per_day:
            return "batas pemberitahuan nomor per hari untuk pengirim ini tercapai"
    if purpose == "duplicate":
        notices = [mark for mark in sender.replies if mark.purpose == "duplicate"]
        if _within(notices, now - TEN_MINUTES) >= limits.same_text - 1:
            return "teks yang sama sudah dibalas"
    return ""


def flooding(sender: Sender, now: datetime, limits: ReplyLimits) -> bool:
    """Whether this sender opened too many tickets just now; more join the last one."""
    recent = sum(1 for at in sender.opened if at > now - TEN_MINUTES)
    return recent >= limits.tickets_per_ten_minutes


def remembered(
    marks: tuple[ReplyMark, ...], new: Sequence[ReplyMark], now: datetime
) -> tuple[ReplyMark, ...]:
    """The marks that some limit may still count."""
    kept = (mark for mark in (*marks, *new) if mark.at > now - DAY)
    return tuple(kept)[-MARKS_KEPT:]


def _within(marks: Sequence[ReplyMark], after: datetime) -> int:
    return sum(1 for mark in marks if mark.at > after)
