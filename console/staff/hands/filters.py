"""Lists kept under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from console.staff.boxes import BY_KEY
from console.staff.guard import told
from core.errors import NotFound
from core.model.saved import SavedFilter
from core.model.searching import LONGEST, read_search
from core.model.work import Refusal
from core.services.saved_filters import drop_filter, keep_filter

if TYPE_CHECKING:
    from aiohttp import web

    from console.staff.visit import Visit

NARROWED = ("nomor", "prioritas", "kanal", "unit", "sebab")
"""What a list can be narrowed to, as in addresses."""

_LONGEST_PART = 64


async def keep(visit: Visit) -> web.StreamResponse:
    """Keeps the list that the form speaks of; its address is made anew, not taken over."""
    place = _place(visit)
    wanted = SavedFilter(0, visit.form.get("nama", ""), place)
    kept = await keep_filter(visit.reception.store.desk, visit.staff, wanted, visit.now())
    if isinstance(kept, Refusal):
        return told(visit.request, 422, kept.sentence, visit.form)
    return visit.go(f"/console/{place}")


async def drop(visit: Visit) -> web.StreamResponse:
    """Forgets one of one's own. Raises NotFound."""
    which = visit.identity("saringan")
    if not await drop_filter(visit.reception.store.desk, visit.staff, which):
        raise NotFound(visit.request.path)
    return visit.go("/console")


def _place(visit: Visit) -> str:
    """Below ``/console/``. Raises NotFound for a list that there is not."""
    typed = visit.form.get("q", "")[:LONGEST].strip()
    if typed:
        # Only words: a person's number is kept nowhere.
        if not read_search(typed, visit.reception.work.office.prefix, 0).words:
            raise NotFound(visit.request.path)
        return f"cari?{urlencode({'q': typed})}"
    box = visit.form.get("kotak", "")
    if box not in BY_KEY:
        raise NotFound(visit.request.path)
    given = {name: visit.form.get(name, "")[:_LONGEST_PART].strip() for name in NARROWED}
    asked = urlencode({name: held for name, held in given.items() if held})
    return f"kotak/{box}?{asked}" if asked else f"kotak/{box}"
