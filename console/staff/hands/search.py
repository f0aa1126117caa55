"""The one search field: its results beside the ticket, and as choices of the palette.

What names a person (a telephone number, a mail address, a NIK) is posted and answered at once: it
never stands in an address, where logs and histories would keep it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from console.language import N_
from console.staff.shown import line_of
from console.typed import whole
from core.model.searching import LONGEST, read_search
from core.services.searching import SearchOrder, search

if TYPE_CHECKING:
    from aiohttp import web

    from console.staff.inbox import InboxPages
    from console.staff.visit import Visit
    from core.model.searching import Sought
    from core.services.searching import Results

HITS: Final = 40
"""Tickets of one page."""

FEW: Final = 8
"""Tickets that the palette offers."""

WHY: Final = {
    "number": N_("Nomor tiket"),
    "phone": N_("Nomor telepon pelapor"),
    "email": N_("Alamat surel pelapor"),
    "identity": N_("NIK atau KK"),
    "message": N_("Pesan pelapor"),
    "answer": N_("Jawaban petugas"),
    "note": N_("Catatan internal"),
    "ticket": N_("Perihal atau lokasi"),
}
NOTHING: Final = N_(
    "Tidak ada tiket yang cocok, atau tiketnya di luar kewenangan Anda. Coba kata yang lebih "
    "sedikit, nomor tiket, atau nomor telepon lengkap pelapor."
)
NOT_UNDERSTOOD: Final = N_(
    "Ketik nomor tiket, nomor telepon lengkap, NIK, alamat surel, nama, atau kata dari pesannya."
)


class SearchPages:
    """The handlers of the search.

    Args:
        inbox: the boxes beside it.
    """

    def __init__(self, inbox: InboxPages) -> None:
        self._inbox = inbox

    async def ask(self, visit: Visit) -> web.StreamResponse:
        """From the field: words go on to an address that can be kept, people do not."""
        typed = visit.form.get("q", "")[:LONGEST].strip()
        if visit.request.headers.get("HX-Target") == "palet":
            found = await self._found(visit, typed, FEW)
            return visit.page("_found.html", {"hits": _shown(visit, found)})
        sought = self._sought(visit, typed)
        if sought.addresses or sought.identity:
            return await self._page(visit, typed, person=True)
        return visit.go(f"/console/cari?{urlencode({'q': typed})}")

    async def show(self, visit: Visit) -> web.StreamResponse:
        """The results of what stands in the address."""
        typed = visit.request.query.get("q", "")[:LONGEST].strip()
        return await self._page(visit, typed, person=False)

    async def _page(self, visit: Visit, typed: str, *, person: bool) -> web.StreamResponse:
        found = await self._found(visit, typed, HITS)
        hits = _shown(visit, found)
        if len(hits) == 1 and hits[0]["why"] == visit.words(WHY["number"]):
            return visit.go(f"/console/kotak/semua/{hits[0]['line'].number}")
        following = ""
        if found.following is not None:
            following = f"/console/cari?{urlencode({'q': typed, 'sebelum': found.following})}"
        values: dict[str, object] = {
            **await self._inbox.sides(visit, ""),
            "searched": "" if person else typed,
            "hits": hits,
            "following": following,
            "kept": bool(self._sought(visit, typed).words),
            "sentence": visit.words(NOTHING if found.understood else NOT_UNDERSTOOD),
        }
        return visit.page("search.html", values)

    async def _found(self, visit: Visit, typed: str, limit: int) -> Results:
        order = SearchOrder(
            by=visit.staff,
            typed=typed,
            prefix=visit.reception.work.office.prefix,
            year=_year(visit),
            before=whole(visit.request.query.get("sebelum")),
            limit=limit,
        )
        return await search(visit.reception.store.search, visit.reception.house, order)

    def _sought(self, visit: Visit, typed: str) -> Sought:
        return read_search(typed, visit.reception.work.office.prefix, _year(visit))


def _year(visit: Visit) -> int:
    return visit.now().astimezone(visit.reception.zone).year % 100


def _shown(visit: Visit, found: Results) -> list[dict[str, Any]]:
    say, now, zone = visit.words, visit.now(), visit.reception.zone
    return [
        {
            "line": line_of(hit.ticket, now, zone, say),
            "why": say(WHY[hit.why]),
            "pieces": hit.pieces,
        }
        for hit in found.hits
    ]
