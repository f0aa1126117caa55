"""Lists kept under a name: their addresses are made anew from what was understood."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from console.staff.boxes import BY_KEY
from console.staff.guard import told
from core.errors import NotFound
from core.model.saved import SavedFilter
from core.model.searching import LONGEST, read_search
from core.model.value import value
from core.model.work import Refusal
from core.services.saved_filters import drop_filter, keep_filter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from console.staff.visit import Visit

NARROWED = ("nomor", "prioritas", "kanal", "unit", "sebab", "diam")
"""What a list can be narrowed to, as in addresses."""

LONGEST_PART = 64


@value
class KeptList:
    """What a kept list shows.

    Attributes:
        box: key of a box; "" for a search.
        words: that are searched for; "" for a box.
        narrowed: the box's list besides, by the names of :data:`NARROWED`.
    """

    box: str = ""
    words: str = ""
    narrowed: tuple[tuple[str, str], ...] = ()


def place_of(asked: Mapping[str, str], prefix: str) -> str | None:
    """Path and query below ``/console/``; None for a list that there is not.

    Args:
        asked: ``q``, or ``kotak`` with any of :data:`NARROWED`, as typed.
        prefix: of the office's ticket numbers.
    """
    typed = asked.get("q", "")[:LONGEST].strip()
    if typed:
        # Only words: a person's number is kept nowhere.
        words = read_search(typed, prefix, 0).words
        return f"cari?{urlencode({'q': typed})}" if words else None
    box = asked.get("kotak", "")
    if box not in BY_KEY:
        return None
    given = {name: asked.get(name, "")[:LONGEST_PART].strip() for name in NARROWED}
    narrowed = urlencode({name: held for name, held in given.items() if held})
    return f"kotak/{box}?{narrowed}" if narrowed else f"kotak/{box}"


def list_at(place: str) -> KeptList:
    """What :func:`place_of` wrote, read again."""
    path, _, query = place.partition("?")
    held = dict(parse_qsl(query))
    if path == "cari":
        return KeptList(words=held.get("q", ""))
    return KeptList(box=path.partition("/")[2], narrowed=tuple(held.items()))


async def keep(visit: Visit) -> web.StreamResponse:
    """Keeps the list that the form speaks of. Raises NotFound for one that there is not."""
    place = place_of(visit.form, visit.reception.work.office.prefix)
    if place is None:
        raise NotFound(visit.request.path)
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
