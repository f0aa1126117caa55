"""Canned replies: administrators keep them, whoever answers puts them in (DK-38)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from core.model.canned import CannedReply, canned_fault
from core.model.events import Fact
from core.model.rights import may, reaches
from core.model.sentences import said
from core.model.setting_versions import canned_content, wrong_day
from core.model.staff import Reach, Right
from core.model.value import value
from core.model.work import Refusal, RefusalKind
from core.services.house import NOT_ALLOWED, actor
from core.services.wording_days import lay_down, take_back_all

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.staff import Staff
    from core.ports import Desk, OpenDesk

NO_SUCH_REPLY: Final = Refusal(
    RefusalKind.INVALID, said("Jawaban ini tidak ada. Periksa daftarnya.")
)
_STALE: Final = said(
    "Jawaban ini sudah diubah orang lain. Muat ulang lalu ulangi bila masih perlu."
)


def words_for(by: Staff | None, unit_id: int | None) -> bool:
    """Whether somebody may word replies of this unit; None: of the whole office.

    Administrators all of them, a unit's supervisor those of the unit; nobody (None) is the
    command line, which may.
    """
    if by is None or may(by, Right.ADMIN_TEXTS):
        return True
    oversees = Reach.UNIT in reaches(by, Right.OVERSEE)
    return unit_id is not None and oversees and unit_id in by.units


@value
class CannedDraft:
    """An answer as somebody words it.

    Attributes:
        unit_id: None is the whole office.
        begins: when it begins to hold, the midnight of a day to come; None: at once.
    """

    title: str
    text: str
    unit_id: int | None = None
    begins: datetime | None = None


async def add_reply(
    open_desk: OpenDesk, by: Staff | None, draft: CannedDraft, now: datetime
) -> CannedReply | Refusal:
    """A new one; ``by`` None is the command line. Until it begins it is kept as retired.

    Raises StoreUnavailable: nothing was kept.
    """
    async with open_desk() as desk:
        if wrong := wrong_day(draft.begins, now) or await _wrong(desk, by, draft):
            return wrong
        made = _drafted(CannedReply(0, None, "", ""), draft)
        added = await desk.canned.add(replace(made, retired_at=now) if draft.begins else made)
        await _lay(desk, by, replace(added, retired_at=None), (draft.begins, now))
        await _note(desk, by, added, "CannedReplyAdded", now)
        await desk.commit()
    return added


async def change_reply(
    open_desk: OpenDesk,
    by: Staff | None,
    seen: tuple[int, int],
    draft: CannedDraft | None,
    now: datetime,
) -> CannedReply | Refusal:
    """Another wording; None retires it: it is offered no more, and stays in the history.

    Args:
        open_desk: begins a unit of work.
        by: who does it.
        seen: id and version as ``by`` saw it.
        draft: all of it as it is to be.
        now: aware UTC.

    Raises StoreUnavailable: nothing was kept.
    """
    async with open_desk() as desk:
        before = await desk.canned.reply(seen[0])
        if before is None:
            return NO_SUCH_REPLY if _words_any(by) else NOT_ALLOWED
        wrong = None if words_for(by, before.unit_id) else NOT_ALLOWED
        if draft and not wrong:
            wrong = wrong_day(draft.begins, now) or await _wrong(desk, by, draft)
        if wrong:
            return wrong
        if before.version != seen[1]:
            return Refusal(RefusalKind.STALE, _STALE, version=before.version, expected=seen[1])
        begins = draft.begins if draft else None
        after = _drafted(before, draft) if draft else replace(before, retired_at=now)
        if (after == before and not begins) or (before.retired_at and not draft):
            return before
        after = replace(after, version=before.version + 1)
        stands = replace(before, version=after.version) if begins else after
        await desk.canned.save(stands)
        if not draft:
            await take_back_all(desk, after.mark, now)
        await _lay(desk, by, after, (begins, now))
        await _note(desk, by, after, "CannedReplyChanged" if draft else "CannedReplyRetired", now)
        await desk.commit()
    return stands


async def _lay(
    desk: Desk, by: Staff | None, reply: CannedReply, when: tuple[datetime | None, datetime]
) -> None:
    content = canned_content(reply)
    await lay_down(desk, (reply.mark, reply.version, content), (*when, actor(by)))


def _words_any(by: Staff | None) -> bool:
    return words_for(by, None) or (by is not None and any(words_for(by, u) for u in by.units))


async def _wrong(desk: Desk, by: Staff | None, draft: CannedDraft) -> Refusal | None:
    if not words_for(by, draft.unit_id):
        return NOT_ALLOWED
    if fault := canned_fault(draft.title, draft.text):
        return Refusal(RefusalKind.INVALID, fault[1], fault[0])
    if draft.unit_id is not None and draft.unit_id not in await desk.work.units([draft.unit_id]):
        return Refusal(
            RefusalKind.INVALID, said("Unit ini tidak dikenal. Pilih dari daftar."), "unit_id"
        )
    return None


def _drafted(reply: CannedReply, draft: CannedDraft) -> CannedReply:
    title = " ".join(draft.title.split())
    return replace(
        reply, unit_id=draft.unit_id, title=title, text=draft.text.strip(), retired_at=None
    )


async def _note(
    desk: Desk, by: Staff | None, reply: CannedReply, kind: str, now: datetime
) -> None:
    digest = hashlib.sha256(reply.text.encode("utf-8", "surrogatepass")).hexdigest()
    told = {"unit": reply.unit_id, "text_sha256": digest, "version": reply.version}
    await desk.admin_history.append(reply.mark, [Fact(kind, now, actor(by), told)])
