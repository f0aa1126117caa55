"""Limits of automatic replies: they silence a reply, never lose a message (providers.md §2.6)."""

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
MARKS_KEPT = 200
OPENED_KEPT = 100
UNTOLD_KEPT = 100
"""A flood must not grow the sender's memory; a limit set higher than these acts as these."""

ACKS = frozenset({"ack", "out_of_hours"})

DIALOGUE = frozenset({"survey_next", "survey_thanks"})
"""Answers to the digits of one survey: at most five for a ticket in all its life, so that the
hourly limit, which is there to end loops, must not cut the questions off in the middle."""


def why_withheld(
    sender: Sender, purpose: str, now: datetime, traits: ChannelTraits, limits: ReplyLimits
) -> str:
    """Why this automatic reply may not leave now, in Indonesian for staff; "" when it may."""
    if sender.unreachable:
        return f"tidak dapat dihubungi lewat kanal ini: {sender.unreachable}"
    hourly = _within(sender.replies, now - HOUR)
    if purpose not in DIALOGUE and hourly >= min(limits.replies_per_hour, MARKS_KEPT):
        return "batas balasan otomatis per jam untuk pengirim ini tercapai"
    if purpose in ACKS:
        return _acks_over(sender, now, traits, limits)
    notices = [mark for mark in sender.replies if mark.purpose == "duplicate"]
    if purpose == "duplicate" and _within(notices, now - TEN_MINUTES) >= limits.same_text - 1:
        return "teks yang sama sudah dibalas"
    return ""


def _acks_over(sender: Sender, now: datetime, traits: ChannelTraits, limits: ReplyLimits) -> str:
    acks = [mark for mark in sender.replies if mark.purpose in ACKS]
    if _within(acks, now - TEN_MINUTES) >= limits.acks_per_ten_minutes:
        return "batas pemberitahuan nomor per 10 menit untuk pengirim ini tercapai"
    if traits.acks_per_hour and _within(acks, now - HOUR) >= traits.acks_per_hour:
        return "batas pemberitahuan nomor per jam untuk pengirim ini tercapai"
    if _within(acks, now - DAY) >= min(traits.acks_per_day, MARKS_KEPT):
        return "batas pemberitahuan nomor per hari untuk pengirim ini tercapai"
    return ""


def flooding(sender: Sender, now: datetime, limits: ReplyLimits) -> bool:
    """Whether this sender opened too many tickets just now; more join the last one."""
    recent = sum(1 for at in sender.opened if at > now - TEN_MINUTES)
    return recent >= min(limits.tickets_per_ten_minutes, OPENED_KEPT)


def remembered(
    marks: tuple[ReplyMark, ...], new: Sequence[ReplyMark], now: datetime
) -> tuple[ReplyMark, ...]:
    """The marks that some limit may still count: acknowledgements for a day, others an hour."""
    day, hour = now - DAY, now - HOUR
    kept = (m for m in (*marks, *new) if m.at > (day if m.purpose in ACKS else hour))
    return tuple(kept)[-MARKS_KEPT:]


def _within(marks: Sequence[ReplyMark], after: datetime) -> int:
    return sum(1 for mark in marks if mark.at > after)
