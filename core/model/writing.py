"""What an answer may lack before it is sent: told to whoever writes it, never to the citizen.

A text about the state of things says why, and when there is news (requirements §5: every status
text carries a reason and the next time; DK-19). Whoever asked how far it is hears the state, the
reason, the next step and the next time (KM-10). This only looks for words, so it warns and does
not forbid.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from core.model.cleaning import fold
from core.model.commands import asks_progress
from core.model.outbox import WRITTEN_BY_PEOPLE
from core.model.text_template import guesses_in
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.model.views import ThreadEntry

_STATE: Final = re.compile(
    r"\b(?:sedang|masih|belum|tertunda|ditunda|diproses|proses|menunggu|dikerjakan"
    r"|ditindaklanjuti|dalam (?:proses|pengerjaan|antrean|antrian)|(?:kami )?cek dulu|segera)\b",
    re.IGNORECASE,
)
_REASON: Final = re.compile(
    r"\b(?:karena|sebab|disebabkan|dikarenakan|akibat|lantaran|berhubung|mengingat|supaya|agar"
    r"|menunggu \w+|oleh karena)\b",
    re.IGNORECASE,
)
_MONTHS: Final = (
    r"januari|februari|maret|april|mei|juni|juli|agustus|september|oktober|november|desember"
)
_TIME: Final = re.compile(
    r"\b(?:pukul|jam|tanggal|tgl|besok|lusa|hari ini|siang ini|sore ini|malam ini|nanti malam"
    rf"|senin|selasa|rabu|kamis|jum'?at|sabtu|minggu (?:ini|depan)|{_MONTHS}"
    r"|\d{1,2}[./:-]\d{1,2}|\d+ (?:menit|jam|hari|minggu)|paling lambat)",
    re.IGNORECASE,
)

_DONE: Final = re.compile(
    r"\b(?:sudah|telah) (?:\w+ )?(?:selesai|menyala|normal|pulih|berfungsi|lancar|terbit"
    r"|(?:di|ter)(?:ganti|perbaiki|pasang|angkut|buka|selesaikan|kirim)\w*)\b",
    re.IGNORECASE,
)
_STANDS: Final = re.compile(
    r"\b(?:sudah|telah|baru|sekarang|saat ini|ditugaskan|ditelaah|diterima|ditolak|dijadwalkan"
    r"|selesai|ditutup)\b",
    re.IGNORECASE,
)
_STEP: Final = re.compile(
    r"\b(?:akan|selanjutnya|berikutnya|setelah itu|kemudian|lalu|langkah|dijadwalkan|rencananya"
    r"|begitu|kami (?:kabari|kabarkan|hubungi|kirim|periksa|ganti|datang|lanjutkan|pasang)"
    r"|(?:petugas|teknisi)(?: kami)? (?:datang|berangkat|mengganti|memeriksa|memasang)"
    r"|lanjut(?:kan)?)\b",
    re.IGNORECASE,
)
LONGEST_QUESTION: Final = 300
"""Characters; in a longer text such a word is part of a story."""


class Lack(StrEnum):
    """What a text about the state of things does not say."""

    STATE = "state"
    REASON = "reason"
    STEP = "step"
    TIME = "time"


@value
class Remarks:
    """What to look at again before sending.

    Attributes:
        guesses: words that tell an opinion in place of a fact (KM-19).
        lacks: of a status answer.
    """

    guesses: tuple[str, ...] = ()
    lacks: tuple[Lack, ...] = ()


def remarks_on(text: str, *, asked: bool = False) -> Remarks:
    """What may be wrong with an answer; empty where nothing is.

    Args:
        text: as written so far.
        asked: whether the reporter asked how far it is (:func:`asked_for_state`).
    """
    open_ = bool(_STATE.search(text))
    lacks: list[Lack] = []
    if text.strip() and (open_ or (asked and not _DONE.search(text))):
        said = {
            Lack.STATE: open_ or not asked or bool(_STANDS.search(text)),
            Lack.REASON: bool(_REASON.search(text)),
            Lack.STEP: not asked or bool(_STEP.search(text)),
            Lack.TIME: bool(_TIME.search(text)),
        }
        lacks = [lack for lack, there in said.items() if not there]
    return Remarks(guesses_in(text), tuple(lacks))


def asked_for_state(thread: Iterable[ThreadEntry]) -> bool:
    """Whether the reporter asked how far it is since a person answered last.

    Args:
        thread: both ways, oldest first.
    """
    asked = False
    for entry in thread:
        if entry.inbound:
            folded = fold(entry.text[:LONGEST_QUESTION])
            asked = asked or (len(entry.text) <= LONGEST_QUESTION and asks_progress(folded))
        elif entry.purpose in WRITTEN_BY_PEOPLE:
            asked = False
    return asked
