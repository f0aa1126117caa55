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
    if found.came <= found.read:
        return False
    with suppress(StoreUnavailable):
        async with visit.reception.store.desk() as desk:
            await desk.readings.keep(visit.staff.id, found.ticket.id, found.came, visit.now())
            await desk.commit()
    return True
