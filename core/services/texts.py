"""Wording texts: an office or a unit changes what citizens read, checked before it is kept."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from core.model.events import Fact
from core.model.staff import Right
from core.model.text_library import LANGUAGES, OFFICE, StoredText
from core.model.text_template import PLACEHOLDERS, wording_faults
from core.model.value import value
from core.model.work import Refusal, RefusalKind
from core.services.house import actor, refused

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.staff import Staff
    from core.ports import Desk, OpenDesk

HISTORY = "texts"
"""Subject of the events in the history of the house."""


@value
class Wording:
    """What somebody wants a text to say.

    Attributes:
        text: "" goes back to the wording above: the unit's to the office's, the office's to the
            settings.
        version: of the stored text that the writer has seen; 0: there was none.
    """

    key: str
    text: str
    version: int = 0
    unit_id: int = OFFICE
    language: str = "id"


async def word(
    open_desk: OpenDesk, by: Staff | None, wanted: Wording, now: datetime
) -> StoredText | Refusal:
    """Keeps a text as somebody words it; None for ``by`` is the command line.

    Returns:
        the text as it is stored now; version 0 where it is none any more.

    Raises:
        Conflict: somebody else was faster; trying again tells what is there.
        StoreUnavailable: nothing was kept.
    """
    wrong = refused(by, Right.ADMIN_TEXTS) or _wrong(wanted)
    if wrong:
        return wrong
    async with open_desk() as desk:
        units = await desk.work.units([wanted.unit_id] if wanted.unit_id != OFFICE else [])
        if wanted.unit_id != OFFICE and wanted.unit_id not in units:
            return Refusal(RefusalKind.INVALID, "Unit tidak dikenal.", "unit_id")
        kept = await desk.texts.text(wanted.unit_id, wanted.language, wanted.key)
        seen = kept.version if kept else 0
        if seen != wanted.version:
            sentence = "Teks ini sudah diubah orang lain. Muat ulang lalu ulangi bila masih perlu."
            return Refusal(RefusalKind.STALE, sentence, version=seen, expected=wanted.version)
        stored = _stored(wanted, actor(by), now)
        if wanted.text.strip():
            await desk.texts.put(stored)
        else:
            await desk.texts.remove(wanted.unit_id, wanted.language, wanted.key)
            stored = replace(stored, text="", version=0)
        await _note(desk, stored, wanted)
        await desk.commit()
    return stored


def _wrong(wanted: Wording) -> Refusal | None:
    if wanted.key not in PLACEHOLDERS:
        return Refusal(RefusalKind.INVALID, "Teks ini tidak dikenal.", "key")
    if wanted.language not in LANGUAGES:
        sentence = f"Bahasa yang dapat dipilih: {', '.join(LANGUAGES)}."
        return Refusal(RefusalKind.INVALID, sentence, "language")
    faults = wording_faults(wanted.key, wanted.text) if wanted.text.strip() else []
    told = "; ".join(fault.words for fault in faults)
    return Refusal(RefusalKind.INVALID, f"{told}.", "text") if faults else None


def _stored(wanted: Wording, by: str, now: datetime) -> StoredText:
    return StoredText(
        wanted.unit_id,
        wanted.language,
        wanted.key,
        wanted.text.strip(),
        wanted.version + 1,
        now,
        by,
    )


async def _note(desk: Desk, stored: StoredText, wanted: Wording) -> None:
    digest = hashlib.sha256(stored.text.encode("utf-8", "surrogatepass")).hexdigest()
    fact = Fact(
        "TextChanged",
        stored.changed_at,
        stored.changed_by,
        {
            "key": wanted.key,
            "unit": wanted.unit_id,
            "language": wanted.language,
            "text_sha256": digest,
            "version": stored.version,
        },
    )
    await desk.admin_history.append(HISTORY, [fact])
