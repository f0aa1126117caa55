"""Statements of the survey: added, reworded, moved, retired (LL-25)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from core.model.events import Fact
from core.model.sentences import said
from core.model.staff import Right
from core.model.survey_items import FIRST_OWN, LAST, MOST, SurveyItem, item_fault, newest
from core.model.work import Refusal, RefusalKind
from core.services.house import actor, refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from core.model.events import Json
    from core.model.staff import Staff
    from core.model.survey_items import ItemDraft
    from core.ports import Desk, OpenDesk

NO_SUCH_ITEM: Final = Refusal(
    RefusalKind.INVALID, said("Pernyataan ini tidak ada. Periksa daftarnya.")
)
SHORT_STAYS: Final = Refusal(
    RefusalKind.NOT_ALLOWED,
    said(
        "Lima pertanyaan pokok dijawab dengan lima angka lewat pesan, jadi dimensinya tetap dan "
        "tidak dapat dihapus. Kata-katanya dapat diubah."
    ),
)
FULL: Final = Refusal(
    RefusalKind.INVALID,
    said("Paling banyak {most} pernyataan, agar warga mau mengisinya.", most=MOST),
)
LAST_ONE: Final = Refusal(
    RefusalKind.NOT_ALLOWED, said("Sisakan sedikitnya satu pernyataan pada tiap dimensi.")
)
_STALE: Final = said(
    "Pernyataan ini sudah diubah orang lain. Muat ulang lalu ulangi bila masih perlu."
)


async def add_item(
    open_desk: OpenDesk, by: Staff | None, draft: ItemDraft, now: datetime
) -> SurveyItem | Refusal:
    """A statement of the office's own. Raises StoreUnavailable: nothing was kept."""
    if wrong := refused(by, Right.ADMIN_POLICIES) or _wrong(draft):
        return wrong
    async with open_desk() as desk:
        items = newest(await desk.survey_items.all())
        if sum(1 for one in items.values() if not one.short and not one.retired) >= MOST:
            return FULL
        number = max([FIRST_OWN - 1, *await desk.survey_items.ids()]) + 1
        if number > LAST:
            return FULL
        made = _drafted(SurveyItem(number, 0, draft.dimension, 0, ""), draft)
        made = await _kept(desk, by, made, ("SurveyItemAdded", now))
        await desk.commit()
    return made


async def change_item(
    open_desk: OpenDesk, by: Staff | None, seen: tuple[int, int], draft: ItemDraft, now: datetime
) -> SurveyItem | Refusal:
    """Other words, another dimension or place, or asked again after it was retired.

    Answers given so far keep the version that they were asked with.

    Args:
        open_desk: begins a unit of work.
        by: who does it; None: the command line.
        seen: id and version as ``by`` saw it.
        draft: all of it as it is to be.
        now: aware UTC.

    Raises StoreUnavailable: nothing was kept.
    """
    if wrong := refused(by, Right.ADMIN_POLICIES) or _wrong(draft):
        return wrong
    async with open_desk() as desk:
        before = _seen(newest(await desk.survey_items.all()), seen)
        if isinstance(before, Refusal):
            return before
        if before.short and draft.dimension is not before.dimension:
            return SHORT_STAYS
        after = replace(_drafted(before, draft), retired=False)
        if after == before:
            return before
        after = await _kept(desk, by, after, ("SurveyItemChanged", now))
        await desk.commit()
    return after


async def retire_item(
    open_desk: OpenDesk, by: Staff | None, seen: tuple[int, int], now: datetime
) -> SurveyItem | Refusal | None:
    """Takes a statement away: one with answers is only retired; None: there is none any more.

    Raises StoreUnavailable: nothing was changed.
    """
    if wrong := refused(by, Right.ADMIN_POLICIES):
        return wrong
    async with open_desk() as desk:
        items = newest(await desk.survey_items.all())
        before = _seen(items, seen)
        if isinstance(before, Refusal):
            return before
        if why := _keeps(items.values(), before):
            return why
        if before.id >= FIRST_OWN and not await desk.survey_items.answered(before.id):
            await desk.survey_items.drop(before.id)
            await _note(desk, by, before, ("SurveyItemDeleted", now))
            await desk.commit()
            return None
        after = replace(before, retired=True)
        after = await _kept(desk, by, after, ("SurveyItemRetired", now))
        await desk.commit()
    return after


def _keeps(items: Iterable[SurveyItem], before: SurveyItem) -> Refusal | None:
    if before.short:
        return SHORT_STAYS
    others = [
        one
        for one in items
        if one.dimension is before.dimension and not one.short and not one.retired
    ]
    return LAST_ONE if others == [before] else None


def _seen(items: Mapping[int, SurveyItem], seen: tuple[int, int]) -> SurveyItem | Refusal:
    """The item, unless there is none or somebody has changed it since."""
    before = items.get(seen[0])
    if before is None:
        return NO_SUCH_ITEM
    if before.version != seen[1]:
        return Refusal(RefusalKind.STALE, _STALE, version=before.version, expected=seen[1])
    return before


def _wrong(draft: ItemDraft) -> Refusal | None:
    field, sentence = item_fault(draft)
    return Refusal(RefusalKind.INVALID, sentence, field) if sentence else None


def _drafted(item: SurveyItem, draft: ItemDraft) -> SurveyItem:
    return replace(
        item,
        dimension=draft.dimension,
        words=" ".join(draft.words.split()),
        english=" ".join(draft.english.split()),
        position=draft.position,
    )


async def _kept(
    desk: Desk, by: Staff | None, item: SurveyItem, what: tuple[str, datetime]
) -> SurveyItem:
    after = replace(item, version=item.version + 1, at=what[1], by=actor(by))
    await desk.survey_items.put(after)
    await _note(desk, by, after, what)
    return after


async def _note(
    desk: Desk, by: Staff | None, item: SurveyItem, what: tuple[str, datetime]
) -> None:
    digest = hashlib.sha256(item.words.encode()).hexdigest()
    told: dict[str, Json] = {"item": item.id, "version": item.version, "text_sha256": digest}
    told["dimension"] = item.dimension.value
    fact = Fact(what[0], what[1], actor(by), told)
    await desk.admin_history.append(f"survey_item:{item.id}", [fact])
