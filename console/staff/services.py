"""``/console/layanan``: the service catalogue, read by all of staff, kept by who may (LL-41)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from console.staff.guard import told
from console.staff.later import begins, take_back, waiting
from console.typed import whole
from core.errors import NotFound
from core.model.catalogue import PARTS, ServiceDraft
from core.model.setting_versions import SERVICE
from core.model.staff import Right
from core.model.work import Refusal, RefusalKind
from core.services.canned import words_for
from core.services.catalogue import NO_SUCH_SERVICE, add_service, change_service

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from console.staff.guard import Guard
    from console.staff.kept import Lately
    from console.staff.phrases import Phrases
    from console.staff.visit import Visit
    from core.model.setting_versions import SettingVersion

HERE: Final = "/console/layanan"
MOST: Final = 500
_STATUS: Final = {RefusalKind.NOT_ALLOWED: 403, RefusalKind.STALE: 409}
_LONGEST: Final = 10_000


class ServicePages:
    """The handlers of ``/console/layanan``.

    Args:
        phrases: of the composer, which hold these too.
    """

    def __init__(self, phrases: Lately[Phrases]) -> None:
        self._phrases = phrases

    async def show(self, visit: Visit) -> web.StreamResponse:
        """All of them; those that this person may change have their form."""
        return await self._page(visit, 200, {})

    async def put(self, visit: Visit) -> web.StreamResponse:
        """Keeps one as it is written; a refusal shows what was typed."""
        place = visit.request.match_info.get("layanan", "")
        number = whole(place)
        if place and number is None:
            raise NotFound(place)
        day = begins(visit)
        if isinstance(day, Refusal):
            return await self._refused(visit, number, day, _draft(visit.form))
        desk, now, draft = visit.reception.store.desk, visit.now(), _draft(visit.form, day)
        if number is None:
            done = await add_service(desk, visit.staff, draft, now)
        else:
            seen = (number, whole(visit.form.get("version", "")) or 0)
            wanted = None if visit.form.get("retired") else draft
            done = await change_service(desk, visit.staff, seen, wanted, now)
        if done is NO_SUCH_SERVICE:
            raise NotFound(visit.request.path)
        if isinstance(done, Refusal):
            return await self._refused(visit, number, done, draft)
        self._phrases.forget()
        if day is not None:
            return visit.go(f"{HERE}#menunggu")
        return visit.go(HERE if done.retired_at else f"{HERE}#layanan-{done.id}")

    async def withdraw(self, visit: Visit) -> web.StreamResponse:
        """One that waits for its day is taken back."""
        number = whole(visit.request.match_info["layanan"])
        why = await take_back(visit, f"{SERVICE}:{number}")
        if why is not None:
            return told(visit.request, _STATUS.get(why.kind, 409), why.sentence)
        return visit.go(HERE)

    async def _refused(
        self, visit: Visit, number: int | None, why: Refusal, draft: ServiceDraft
    ) -> web.StreamResponse:
        failed = {
            "id": number,
            "field": why.field,
            "sentence": visit.words(why.sentence),
            "typed": {
                "name": draft.name,
                "parts": draft.parts,
                "unit_id": draft.unit_id,
                "valid_from": visit.form.get("valid_from", ""),
            },
        }
        return await self._page(visit, _STATUS.get(why.kind, 422), failed)

    async def _page(
        self, visit: Visit, status: int, failed: Mapping[str, Any]
    ) -> web.StreamResponse:
        units = await visit.reception.store.units.units()
        own = [one for one in units if words_for(visit.staff, one.id)]
        found = await visit.reception.store.catalogue.find((), MOST)
        office_too = words_for(visit.staff, None)
        values = {
            "services": found,
            "mine": {one.id for one in found if words_for(visit.staff, one.unit_id)},
            "units": own,
            "unit_names": {one.id: one.name for one in units},
            "office_too": office_too,
            "may_add": office_too or bool(own),
            "fields": [(key, visit.words(words)) for key, words in PARTS.items()],
            "waiting": await waiting(visit, SERVICE, lambda one: _later(visit, one)),
            "failed": failed,
        }
        return visit.page("services.html", values, status)


def _later(visit: Visit, one: SettingVersion) -> dict[str, Any] | None:
    held, number = one.held, one.subject.partition(":")[2]
    unit_id, parts = held["unit_id"], held["parts"]
    if not words_for(visit.staff, unit_id if isinstance(unit_id, int) else None):
        return None
    said = [str(text) for text in parts.values()] if isinstance(parts, dict) else []
    return {"title": held["name"], "text": "; ".join(said), "path": f"{HERE}/{number}/tarik"}


def _draft(form: Mapping[str, str], day: datetime | None = None) -> ServiceDraft:
    parts = {key: form.get(key, "")[:_LONGEST] for key in PARTS}
    unit_id = whole(form.get("unit_id", ""))
    return ServiceDraft(form.get("name", "")[:_LONGEST], parts, unit_id, day)


def service_routes(guard: Guard, pages: ServicePages) -> list[web.RouteDef]:
    """Where the catalogue stands."""
    return [
        web.get(HERE, guard.page(pages.show, Right.VIEW)),
        web.post(HERE, guard.page(pages.put, Right.VIEW)),
        web.post(f"{HERE}/{{layanan}}", guard.page(pages.put, Right.VIEW)),
        web.post(f"{HERE}/{{layanan}}/tarik", guard.page(pages.withdraw, Right.VIEW)),
    ]
