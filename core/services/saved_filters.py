"""Keeping lists under a name, each person their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.model.saved import LONGEST_NAME, MOST_SAVED, SavedFilter
from core.model.sentences import said
from core.model.work import Refusal, RefusalKind

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.staff import Staff
    from core.ports import OpenDesk

NAMELESS: Final = said("Beri nama untuk saringan ini, paling panjang 60 huruf.")
TOO_MANY: Final = said("Sudah ada 30 saringan tersimpan. Hapus salah satu lebih dahulu.")


async def keep_filter(
    open_desk: OpenDesk, by: Staff, wanted: SavedFilter, now: datetime
) -> SavedFilter | Refusal:
    """Keeps a list; one of the same name is replaced. Raises StoreUnavailable."""
    name = " ".join(wanted.name.split())
    if not name or len(name) > LONGEST_NAME:
        return Refusal(RefusalKind.MISSING, NAMELESS, "nama")
    async with open_desk() as desk:
        known = await desk.filters.of(by.id)
        if len(known) >= MOST_SAVED and name not in {one.name for one in known}:
            return Refusal(RefusalKind.NOT_ALLOWED, TOO_MANY, "nama")
        kept = await desk.filters.put(by.id, SavedFilter(0, name, wanted.place), now)
        await desk.commit()
    return kept


async def drop_filter(open_desk: OpenDesk, by: Staff, filter_id: int) -> bool:
    """Forgets one of one's own; False when there is none. Raises StoreUnavailable."""
    async with open_desk() as desk:
        dropped = await desk.filters.drop(by.id, filter_id)
        await desk.commit()
    return dropped
