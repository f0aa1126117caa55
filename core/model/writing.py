"""What an answer may lack before it is sent: told to whoever writes it, never to the citizen.

A text about the state of things says why, and when there is news (requirements §5: every status
text carries a reason and the next time; DK-19). This only looks for words, so it warns and does
not forbid.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from core.model.text_template import guesses_in
from core.model.value import value

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


class Lack(StrEnum):
    """What a text about the state of things does not say."""

    REASON = "reason"
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


def remarks_on(text: str) -> Remarks:
    """What may be wrong with an answer; empty where nothing is."""
    lacks = []
    if _STATE.search(text):
        lacks += [] if _REASON.search(text) else [Lack.REASON]
        lacks += [] if _TIME.search(text) else [Lack.TIME]
    return Remarks(guesses_in(text), tuple(lacks))
