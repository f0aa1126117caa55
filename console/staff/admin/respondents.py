"""People who registered: found, put right, merged, handed out without their number (LL-26)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from console.language import N_
from console.staff.admin.sheet import (
    HOME,
    failed_of,
    history_of,
    number_of,
    saved,
    sheet,
    status_of,
    version_of,
)
from console.wording import moment
from core.errors import NotFound
from core.model.masking import mask_address
from core.model.registration import PersonDraft
from core.model.staff import Right
from core.model.work import Refusal, RefusalKind
from core.services.registering import (
    NO_SUCH_REPORTER,
    Seen,
    Unfit,
    change_person,
    drop_nik,
    forget_person,
    merge_people,
    register_for,
)
from core.services.respondents import PersonQuery, export_people, find_people

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.staff.guard import Guard
    from console.staff.visit import Visit
    from core.model.registration import Person

PART: Final = "pelapor"
PAGE: Final = 50
TICKETS: Final = 20
"""Of one person on one page."""


class RespondentPages:
    """The list with its search, and one of them."""

    async def people(self, visit: Visit) -> web.StreamResponse:
        """Newest first. The search posts: addresses of pages stay in logs, numbers must not."""
        return await self._people(visit)

    async def _people(self, visit: Visit, why: Refusal | None = None) -> web.StreamResponse:
        text = visit.form.get("cari", "")[:300] if "data" not in visit.form else ""
        after = number_of(visit.request.query.get("sesudah", "")) or None
        vault = visit.reception.house.vault
        found = await find_people(
            visit.reception.store.people, vault, PersonQuery(text, after, PAGE)
        )
        values: dict[str, Any] = {
            "people": [self._line(visit, one) for one in found],
            "searched": text,
            "after": found[-1].id if len(found) == PAGE and not text else None,
        }
        if why is not None:
            values["failed"] = await failed_of(visit, "person", why)
        return sheet(visit, PART, "respondents.html", values, status_of(why) if why else 200)

    def _line(self, visit: Visit, person: Person) -> dict[str, Any]:
        at = person.registered_at
        return {
            "id": person.id,
            "name": person.name,
            "phone": person.masked_phone,
            "email": person.masked_email,
            "area": person.area,
            "nik": person.nik,
            "when": moment(at, visit.reception.zone, visit.words) if at else "",
        }

    async def add(self, visit: Visit) -> web.StreamResponse:
        """Data written down for somebody, with the number of a ticket or without."""
        house, typed = visit.reception.house, visit.form.get("number", "")[:40].strip()
        number = visit.reception.number(typed) if typed else ""
        if typed and not number:
            why = Refusal(
                RefusalKind.INVALID,
                N_("Nomor tiket tidak terbaca. Salin nomor lengkapnya, lalu ulangi."),
                "number",
            )
            return await self._people(visit, why)
        asked = (visit.reception.work.office.registration_nik, _draft(visit.form))
        try:
            made = await register_for(house, visit.staff, asked, number or "")
        except NotFound:
            why = Refusal(
                RefusalKind.INVALID, N_("Tiket tidak ditemukan. Periksa nomornya."), "number"
            )
            return await self._people(visit, why)
        if isinstance(made, (Unfit, Refusal)):
            return await self._people(visit, _refusal(made))
        visit.reception.committed()
        return saved(visit, f"{PART}/{made.id}", "ditambahkan")

    async def person(self, visit: Visit) -> web.StreamResponse:
        """One of them, with their tickets and what happened to the record."""
        return await self._person(visit)

    async def _person(
        self, visit: Visit, form: str = "", why: Refusal | None = None
    ) -> web.StreamResponse:
        which, store = visit.identity(), visit.reception.store
        person = await store.people.one(which)
        values: dict[str, Any] = {
            "person": person,
            "ways": [mask_address(one.address) for one in await store.people.addresses(which)],
            "tickets": await store.people.tickets(which, TICKETS),
            "history": await history_of(visit, person.mark),
        }
        if why is not None:
            if why is NO_SUCH_REPORTER and form != "merge":
                raise NotFound(visit.request.path)
            values["failed"] = await failed_of(visit, form, why)
        return sheet(visit, PART, "respondent.html", values, status_of(why) if why else 200)

    async def change(self, visit: Visit) -> web.StreamResponse:
        """Data put right, unless somebody else did so meanwhile."""
        seen = Seen(visit.identity(), version_of(visit))
        asked = (visit.reception.work.office.registration_nik, _draft(visit.form))
        done = await change_person(visit.reception.house, visit.staff, seen, asked)
        return await self._done(visit, "person", done)

    async def merge(self, visit: Visit) -> web.StreamResponse:
        """Two records of one person become one."""
        keep, other = visit.identity(), number_of(visit.form.get("other", "").strip()) or 0
        done = await merge_people(visit.reception.house, visit.staff, keep, other)
        return await self._done(visit, "merge", done)

    async def unnumber(self, visit: Visit) -> web.StreamResponse:
        """An identity number that was entered wrongly is taken away."""
        seen = Seen(visit.identity(), version_of(visit))
        return await self._done(
            visit, "nik", await drop_nik(visit.reception.house, visit.staff, seen)
        )

    async def _done(
        self, visit: Visit, form: str, done: Person | Unfit | Refusal
    ) -> web.StreamResponse:
        if isinstance(done, (Unfit, Refusal)):
            return await self._person(visit, form, _refusal(done))
        visit.reception.committed()
        return saved(visit, f"{PART}/{done.id}")

    async def forget(self, visit: Visit) -> web.StreamResponse:
        """Data deleted on request; tickets stay."""
        why = await forget_person(visit.reception.house, visit.staff, visit.identity())
        return await self._person(visit, "forget", why) if why else saved(visit, PART, "dihapus")

    async def export(self, visit: Visit) -> web.StreamResponse:
        """Everybody without identity numbers, as a table in which no cell acts."""
        text = await export_people(visit.reception.store.people, visit.reception.zone)
        named = {"Content-Disposition": 'attachment; filename="pelapor.csv"'}
        return web.Response(text=text, content_type="text/csv", charset="utf-8", headers=named)


def _refusal(found: Unfit | Refusal) -> Refusal:
    if isinstance(found, Refusal):
        return found
    field, sentence = next(iter(found.faults.items()))
    return Refusal(RefusalKind.INVALID, sentence, field)


def _draft(form: Mapping[str, str]) -> PersonDraft:
    names = ("name", "nik", "phone", "email", "area")
    return PersonDraft(**{name: form.get(name, "")[:300] for name in names})


def respondent_routes(guard: Guard) -> list[web.RouteDef]:
    """The routes of ``/console/admin/pelapor``."""
    pages, asked = RespondentPages(), Right.ADMIN_PEOPLE
    whole = f"{HOME}/{PART}"
    one = rf"{whole}/{{id:\d+}}"
    return [
        web.get(whole, guard.page(pages.people, asked)),
        web.post(f"{whole}/cari", guard.page(pages.people, asked)),
        web.post(whole, guard.page(pages.add, asked)),
        web.get(f"{whole}/unduh", guard.page(pages.export, asked)),
        web.get(one, guard.page(pages.person, asked)),
        web.post(one, guard.page(pages.change, asked)),
        web.post(f"{one}/gabung", guard.page(pages.merge, asked)),
        web.post(f"{one}/nik", guard.page(pages.unnumber, asked)),
        web.post(f"{one}/hapus", guard.page(pages.forget, asked)),
    ]
