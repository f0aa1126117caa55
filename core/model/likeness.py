"""Which earlier tickets are like this one: same unit, same thing, same subject (BW-53).

Whoever works on a ticket looks at what helped last time. What is compared are plain words and
numbered things ("loket 2", "PC-07"); it proposes, people decide.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from core.model.cleaning import fold, terms
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from core.model.ticket import Status
    from core.model.work import WorkTicket

MOST: Final = 5
"""Tickets that are offered."""

_ENOUGH: Final = 3
_READ: Final = 400
"""Signs of a description that are compared: what is meant stands at its beginning."""

_WORD = re.compile(r"[^\W\d_]{4,}")
_THING = re.compile(
    r"(?<![\w-])([^\W\d_]{2,12})[ ._/-]?([0-9]{1,5})(?![\w.:,/-]?[0-9])(?![^\W\d_])"
)
_COMMON = terms(
    "mohon tolong minta harap segera sudah belum tidak bisa dapat dari sejak kantor yang untuk "
    "dengan pada kami saya anda bapak selamat pagi siang sore malam terima kasih agar juga lagi "
    "masih sampai karena tetapi tapi akan oleh atau setelah semua ada adalah ketika hari kemarin "
    "tadi sekarang besok pukul helpdesk laporan pelapor admin permisi assalamualaikum halo dekat "
    "kalau sangat sekali terus atas bagian ruang ruangan"
)
_NO_THING = terms(
    "jam pukul pkl tanggal tgl hari minggu bulan tahun rp sejak sudah selama kali orang menit "
    "dan atau sampai ada hanya cuma tinggal sekitar kurang lebih rt rw jl nomor no di ke dari "
    "januari februari maret april mei juni juli agustus september oktober november desember "
    "jan feb mar apr jun jul agu sep okt nov des senin selasa rabu kamis jumat sabtu"
)


@value
class EarlierTicket:
    """What is compared of an earlier ticket, and what is shown of it; texts unmasked."""

    id: int
    number: str
    status: Status
    opened_at: datetime
    subject: str
    description: str
    category: str
    address_id: int
    unit_hint: str
    place: str
    unit_id: int | None
    solution: str


@value
class Likeness:
    """An earlier ticket, and by what it is like this one.

    Attributes:
        things: numbered things that both name.
        reasons: any of ``thing``, ``place``, ``subject``, ``reporter``, ``unit``; the best first.
    """

    ticket: EarlierTicket
    reasons: tuple[str, ...]
    things: tuple[str, ...] = ()


def words_of(*texts: str) -> frozenset[str]:
    """Words that say what it is about, folded."""
    return frozenset(_WORD.findall(fold(" ".join(texts)))) - _COMMON


def things_of(*texts: str) -> frozenset[str]:
    """Things with a number of their own, as ``loket 2``; times, dates and sums are none."""
    found = _THING.findall(fold(" ".join(texts)))
    return frozenset(
        f"{name} {int(number)}" for name, number in found if name not in _NO_THING | _COMMON
    )


def most_alike(ticket: WorkTicket, earlier: Iterable[EarlierTicket]) -> Sequence[Likeness]:
    """At most :data:`MOST`, the most alike first, and the latest among those as alike.

    Args:
        ticket: the one that is worked on.
        earlier: candidates within the reach of whoever asks.
    """
    mine = (ticket.subject, ticket.description[:_READ])
    words, things = words_of(*mine), things_of(*mine, ticket.place)
    ranked = []
    for one in {one.id: one for one in earlier if one.id != ticket.id}.values():
        theirs = (one.subject, one.description[:_READ])
        shared = tuple(sorted(things & things_of(*theirs, one.place)))
        weights = _weights(ticket, one, len(words & words_of(*theirs)))
        if shared:
            weights["thing"] = 5
        if sum(weights.values()) >= _ENOUGH:
            reasons = tuple(name for name in _ORDER if name in weights)
            ranked.append((sum(weights.values()), one.id, Likeness(one, reasons, shared)))
    ranked.sort(key=lambda row: row[:2], reverse=True)
    return [found for _, _, found in ranked[:MOST]]


_ORDER: Final = ("thing", "place", "subject", "reporter", "unit")


def _weights(ticket: WorkTicket, one: EarlierTicket, shared: int) -> dict[str, int]:
    """By reason; a category alone is no reason, it only weighs with the unit."""
    same = ticket.category == one.category and ticket.category != "other"
    weights = {"place": 3} if _same(ticket.place, one.place) else {}
    if _same(ticket.unit_hint, one.unit_hint):
        weights["unit"] = 3
    elif ticket.unit_id is not None and ticket.unit_id == one.unit_id:
        weights["unit"] = 2 + same
    if shared > 1:
        weights["subject"] = shared + same
    if ticket.address_id == one.address_id:
        weights["reporter"] = 3
    return weights


def _same(mine: str, theirs: str) -> bool:
    return bool(mine.strip()) and fold(mine).split() == fold(theirs).split()
