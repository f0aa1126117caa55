"""Personal data deleted at a person's wish: looked at, then confirmed (BW-13, LL-09)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from console.language import N_
from console.staff.admin.sheet import HOME, failed_of, history_of, sheet, status_of
from console.typed import whole
from console.wording import moment
from core.errors import NotFound
from core.model.contact import typed_email, typed_phone
from core.model.erasure import SUBJECT_OF_HOUSE, months_before
from core.model.masking import mask_address
from core.model.messages import Address, AddressKind
from core.model.numbers import parse_number
from core.model.scene import invalid
from core.model.staff import Right
from core.model.work import Refusal
from core.services.erasing import Request, erasable, erase_person, foresee, why_not

if TYPE_CHECKING:
    from console.staff.guard import Guard
    from console.staff.visit import Visit
    from core.model.erasure import Erased, Foreseen

PART: Final = "hapus-data"
_LONGEST: Final = 300
_LONGEST_REASON: Final = 1_000

UNREAD: Final = N_("Tulis nomor tiket, nomor telepon, atau alamat surel yang lengkap.")
NOBODY: Final = N_("Tidak ada data pribadi yang tersimpan di bawah nomor atau alamat ini.")
OTHERWISE: Final = N_("Tidak sama dengan yang dicari. Ketik lagi seluruhnya, tanpa menyalin.")
DONE: Final = N_(
    "Data pribadi pada %(tickets)s tiket dan %(messages)s pesan tanpa tiket sudah dihapus."
)

_UNREAD: Final = invalid("who", UNREAD)


class ErasurePages:
    """The search, what would go, and the deletion itself.

    What is searched for is posted: addresses of pages stay in logs, numbers of people must not.
    """

    async def show(self, visit: Visit) -> web.StreamResponse:
        """What is kept how long, and the search."""
        return await self._page(visit, {})

    async def look(self, visit: Visit) -> web.StreamResponse:
        """A dry run: what would go, what stays, and what stands in the way."""
        found = await _foreseen(visit, sought(visit, "who"))
        if isinstance(found, Refusal):
            return await self._page(visit, {}, found)
        return await self._page(visit, _shown(visit, found))

    async def erase(self, visit: Visit) -> web.StreamResponse:
        """Deletes, where what was typed again is what was looked at."""
        request = sought(visit, "who")
        found = await _foreseen(visit, request)
        if request is None or isinstance(found, Refusal):
            return await self._page(visit, {}, found if isinstance(found, Refusal) else _UNREAD)
        done = await _erased(visit, request)
        if isinstance(done, Refusal):
            return await self._page(visit, _shown(visit, found), done, "erase")
        visit.reception.committed()
        return visit.go(f"{HOME}/{PART}?tiket={done.tickets}&pesan={done.messages}")

    async def _page(
        self,
        visit: Visit,
        found: dict[str, Any],
        why: Refusal | None = None,
        form: str = "look",
    ) -> web.StreamResponse:
        values: dict[str, Any] = {
            "who": visit.form.get("who", "")[:_LONGEST],
            "found": found,
            "keeping": visit.reception.back_office.keeping,
            "due": await _due(visit),
            "done": _told(visit),
            "history": await history_of(visit, SUBJECT_OF_HOUSE),
        }
        if why is not None:
            values["failed"] = await failed_of(visit, form, why)
        return sheet(visit, PART, "erasure.html", values, status_of(why) if why else 200)


def sought(visit: Visit, field: str) -> Request | None:
    """Who is meant by a field of the form; None for what is no number and no address."""
    typed = visit.form.get(field, "")[:_LONGEST].strip()
    number = parse_number(visit.reception.work.office.prefix, typed[:40])
    if number is not None:
        return Request(number.ticket_id, str(number), "")
    phone, email = typed_phone(typed), typed_email(typed)
    if phone is not None:
        kinds = (AddressKind.PHONE, AddressKind.WHATSAPP)
        return Request(0, "", "", tuple(Address(kind, phone.value) for kind in kinds))
    return Request(0, "", "", (email,)) if email is not None else None


async def _erased(visit: Visit, request: Request) -> Erased | Refusal:
    if sought(visit, "again") != request:
        return invalid("again", OTHERWISE)
    reason = visit.form.get("reason", "")[:_LONGEST_REASON]
    eraser = visit.reception.back_office.eraser
    return await erase_person(eraser, visit.staff, replace(request, reason=reason), visit.now())


async def _foreseen(visit: Visit, request: Request | None) -> Foreseen | Refusal:
    if request is None:
        return _UNREAD
    try:
        found = await foresee(visit.reception.store.desk, visit.staff, request)
    except NotFound:
        return invalid("who", NOBODY)
    if isinstance(found, Refusal):
        return found
    person = found.person
    nothing = not (person.ended or person.running or found.messages or person.registered)
    return invalid("who", NOBODY) if nothing else found


def _shown(visit: Visit, found: Foreseen) -> dict[str, Any]:
    person, why = found.person, why_not(visit.staff, found.person)
    return {
        "ways": [mask_address(way) for way in person.ways],
        "numbers": person.numbers,
        "running": person.running,
        "messages": found.messages,
        "files": found.files,
        "registered": person.registered,
        "why": visit.words(why.sentence) if why else "",
    }


async def _due(visit: Visit) -> dict[str, Any]:
    """What the retention would empty at its next run; nothing where it is off."""
    months = visit.reception.back_office.keeping.months
    if not months:
        return {}
    before = months_before(visit.now(), months)
    found = await erasable(visit.reception.store.desk, before)
    return {
        "before": moment(before, visit.reception.zone, visit.words),
        "tickets": found.tickets,
        "messages": found.messages,
        "payloads": found.payloads,
    }


def _told(visit: Visit) -> str:
    """What was done just now."""
    query = visit.request.query
    tickets, messages = whole(query.get("tiket")), whole(query.get("pesan"))
    if tickets is None or messages is None:
        return ""
    return visit.words(DONE) % {"tickets": tickets, "messages": messages}


def erasure_routes(guard: Guard) -> list[web.RouteDef]:
    """The routes of ``/console/admin/hapus-data``."""
    pages, here, asked = ErasurePages(), f"{HOME}/{PART}", Right.ADMIN_PERSONS
    return [
        web.get(here, guard.page(pages.show, asked)),
        web.post(f"{here}/lihat", guard.page(pages.look, asked)),
        web.post(here, guard.page(pages.erase, asked)),
    ]
