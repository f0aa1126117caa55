"""What somebody has had before them is read, and counts as unread no more (BW-46)."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from core.errors import StoreUnavailable

if TYPE_CHECKING:
    from console.staff.visit import Visit
    from core.model.listing import Dossier


async def note_reading(visit: Visit, found: Dossier) -> bool:
    """Keeps that the visitor has seen this conversation; False where nothing in it was new.

    A store that cannot be written to just now keeps nobody from reading: it stays unread.
    """
    store, ticket = visit.reception.store, found.ticket.id
    if not await store.lists.unread(visit.staff.id, [ticket]):
        return False
    came = sum(entry.inbound for entry in found.thread)
    with suppress(StoreUnavailable):
        async with store.desk() as desk:
            await desk.readings.keep(visit.staff.id, ticket, came, visit.now())
            await desk.commit()
    return True
