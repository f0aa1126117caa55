"""Wording texts: an office or a unit changes what citizens read, checked before it is kept."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from core.model.events import Fact
from core.model.sentences import said
from core.model.setting_versions import text_content, text_subject, wrong_day
from core.model.staff import Right
from core.model.text_library import LANGUAGES, OFFICE, StoredText
from core.model.text_template import PLACEHOLDERS, wording_faults
from core.model.value import value
from core.model.work import Refusal, RefusalKind
from core.services.house import actor, refused
from core.services.wording_days import lay_down

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.events import Json
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
        begins: when it begins to hold, the midnight of a day to come; None: at once.
    """

    key: str
    text: str
    version: int = 0
    unit_id: int = OFFICE
    language: str = "id"
    begins: datetime | None = None


async def word(
    open_desk: OpenDesk, by: Staff | None, wanted: Wording, now: datetime
) -> StoredText | Refusal:
    """Keeps a text as somebody words it; None for ``by`` is the command line.

    Returns:
        the text as it holds now, "" where it is none; its version counts every change, also one
        that waits for its day.

    Raises:
        Conflict: somebody else was faster; trying again tells what is there.
        StoreUnavailable: nothing was kept.
    """
    wrong = refused(by, Right.ADMIN_TEXTS) or _wrong(wanted) or wrong_day(wanted.begins, now)
    if wrong:
        return wrong
    async with open_desk() as desk:
        units = await desk.work.units([wanted.unit_id] if wanted.unit_id != OFFICE else [])
        if wanted.unit_id != OFFICE and wanted.unit_id not in units:
            return Refusal(
                RefusalKind.INVALID, said("Unit ini tidak dikenal. Pilih dari daftar."), "unit_id"
            )
        kept = await desk.texts.text(wanted.unit_id, wanted.language, wanted.key)
        if stale := await _stale(desk, wanted, kept):
            return stale
        made = _stored(wanted, kept.version if kept else 0, actor(by), now)
        stands = replace(made, text=kept.text if kept else "") if wanted.begins else made
        await desk.texts.put(stands)
        change = (wanted.begins, now, made.changed_by)
        await lay_down(desk, (_subject(wanted), made.version, text_content(made.text)), change)
        await _note(desk, made, wanted)
        await desk.commit()
    return stands


def _subject(wanted: Wording) -> str:
    return text_subject(wanted.unit_id, wanted.language, wanted.key)


async def _stale(desk: Desk, wanted: Wording, kept: StoredText | None) -> Refusal | None:
    """Where nothing is worded and nothing waits, whoever saw nothing (0) has seen it all."""
    held = kept.version if kept else 0
    nothing = not (kept and kept.text) and not await desk.settings.waiting(_subject(wanted))
    if wanted.version == held or (wanted.version == 0 and nothing):
        return None
    sentence = said("Teks ini sudah diubah orang lain. Muat ulang lalu ulangi bila masih perlu.")
    return Refusal(RefusalKind.STALE, sentence, version=held, expected=wanted.version)


def _wrong(wanted: Wording) -> Refusal | None:
    if wanted.key not in PLACEHOLDERS:
        return Refusal(RefusalKind.INVALID, said("Teks ini tidak dikenal."), "key")
    if wanted.language not in LANGUAGES:
        sentence = said("Bahasa yang dapat dipilih: {languages}.", languages=", ".join(LANGUAGES))
        return Refusal(RefusalKind.INVALID, sentence, "language")
    faults = wording_faults(wanted.key, wanted.text) if wanted.text.strip() else []
    told = "; ".join(fault.words for fault in faults)
    return Refusal(RefusalKind.INVALID, f"{told}.", "text") if faults else None


def _stored(wanted: Wording, before: int, by: str, now: datetime) -> StoredText:
    return StoredText(
        wanted.unit_id,
        wanted.language,
        wanted.key,
        wanted.text.strip(),
        before + 1,
        now,
        by,
    )


async def _note(desk: Desk, stored: StoredText, wanted: Wording) -> None:
    digest = hashlib.sha256(stored.text.encode("utf-8", "surrogatepass")).hexdigest()
    told: dict[str, Json] = {
        "key": wanted.key,
        "unit": wanted.unit_id,
        "language": wanted.language,
        "text_sha256": digest,
        "version": stored.version,
    }
    if wanted.begins:
        told["valid_from"] = wanted.begins.isoformat()
    fact = Fact("TextChanged", stored.changed_at, stored.changed_by, told)
    await desk.admin_history.append(HISTORY, [fact])
