"""How it is with the modem, as Gammu's tables tell it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from core.model.health import Symptom
from core.model.sentences import said

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from channels.gammu.rows import PhoneRow

VERSIONS = range(15, 19)
"""Schemas whose tables have the columns that we use: Gammu 1.33 to 1.43."""

WEAK_SIGNAL = 15
"""Percent; below it texts fail now and then."""


def symptoms(
    version: int, phones: Sequence[PhoneRow], silent_after: timedelta, now: datetime
) -> list[Symptom]:
    """What is wrong now, nothing when all is well.

    A daemon says every ``StatusFrequency`` (a minute) that it lives, and for ten seconds only, so
    it counts as dead when its last sign is older than ``silent_after``.
    """
    found = []
    if version not in VERSIONS:
        sentence = said(
            "Tabel Gammu bertipe {version} belum dikenal; perbarui Gammu atau program ini.",
            version=version,
        )
        found.append(Symptom("gammu_schema", sentence))
    if not phones:
        sentence = said("Gammu belum pernah berjalan dengan basis data ini. Periksa gammu-smsd.")
        found.append(Symptom("modem_missing", sentence))
    for phone in phones:
        late = timedelta(seconds=phone.late)
        name = f" {phone.id}" if phone.id else ""
        if late > silent_after:
            sentence = said(
                "Modem{name} tidak memberi kabar. Periksa kabel dan daya modem, "
                "lalu jalankan ulang gammu-smsd.",
                name=name,
            )
            found.append(Symptom("modem_dead", sentence, now - late))
        elif 0 <= phone.signal < WEAK_SIGNAL:
            sentence = said(
                "Sinyal modem{name} lemah ({signal}%). Pindahkan antenanya.",
                name=name,
                signal=phone.signal,
            )
            found.append(Symptom("modem_signal", sentence))
    return found
