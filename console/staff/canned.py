"""Canned replies as the office and its units word them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from console.staff.guard import FORBIDDEN, told
from console.staff.later import begins, take_back, waiting
from console.staff.phrases import MOST_KEPT
from console.staff.writing import may_word
from console.typed import whole
from core.errors import NotFound
from core.model.canned import PLACES
from core.model.setting_versions import CANNED
from core.model.staff import Right
from core.model.work import Refusal, RefusalKind
from core.services.canned import (
    NO_SUCH_REPLY,
    CannedDraft,
    add_reply,
    change_reply,
    words_for,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from console.staff.guard import Guard
    from console.staff.kept import Lately
    from console.staff.phrases import Phrases
    from console.staff.visit import Visit
    from core.model.setting_versions import SettingVersion

HERE = "/console/balasan"
_STATUS = {RefusalKind.NOT_ALLOWED: 403, RefusalKind.STALE: 409}
_LONGEST = 20_000


class CannedPages:
    """The handlers of ``/console/balasan``.

    Args:
        phrases: of the composer, which hold these too.
    """

    def __init__(self, phrases: Lately[Phrases]) -> None:
        self._phrases = phrases

    async def show(self, visit: Visit) -> web.StreamResponse:
        """All that this person may word, each with its form."""
        return await self._page(visit, 200, {})

    async def put(self, visit: Visit) -> web.StreamResponse:
        """Keeps one as it is worded; a refusal shows what was typed."""
        if not may_word(visit):
            return told(visit.request, 403, FORBIDDEN, visit.form)
        place = visit.request.match_info.get("balasan", "")
        number = whole(place)
        if place and number is None:
            raise NotFound(place)
        day = begins(visit)
        if isinstance(day, Refusal):
            return await self._refused(visit, number, day)
        draft = _draft(visit.form, day)
        desk, now = visit.reception.store.desk, visit.now()
        if number is None:
            done = await add_reply(desk, visit.staff, draft, now)
        else:
            seen = (number, whole(visit.form.get("version")) or 0)
            wanted = None if visit.form.get("retired") else draft
            done = await change_reply(desk, visit.staff, seen, wanted, now)
        if isinstance(done, Refusal):
            return await self._refused(visit, number, done)
        self._phrases.forget()
        if day is not None:
            return visit.go(f"{HERE}#menunggu")
        return visit.go(HERE if done.retired_at else f"{HERE}#balasan-{done.id}")

    async def withdraw(self, visit: Visit) -> web.StreamResponse:
        """One that waits for its day is taken back."""
        number = whole(visit.request.match_info["balasan"])
        why = await take_back(visit, f"{CANNED}:{number}")
        if why is not None:
            return told(visit.request, _STATUS.get(why.kind, 409), why.sentence)
        return visit.go(HERE)

    async def _refused(self, visit: Visit, number: int | None, why: Refusal) -> web.StreamResponse:
        if why == NO_SUCH_REPLY:
            raise NotFound(visit.request.path)
        draft = _draft(visit.form)
        failed = {
            "id": number,
            "field": why.field,
            "sentence": visit.words(why.sentence),
            "typed": {
                "title": draft.title,
                "text": draft.text,
                "unit_id": draft.unit_id,
                "valid_from": visit.form.get("valid_from", ""),
            },
        }
        return await self._page(visit, _STATUS.get(why.kind, 422), failed)

    async def _page(
        self, visit: Visit, status: int, failed: Mapping[str, Any]
    ) -> web.StreamResponse:
        if not may_word(visit):
            return told(visit.request, 403, FORBIDDEN)
        units = [
            one
            for one in await visit.reception.store.units.units()
            if words_for(visit.staff, one.id)
        ]
        found = await visit.reception.store.canned.find((), None, MOST_KEPT)
        values = {
            "units": units,
            "office_too": words_for(visit.staff, None),
            "replies": [one for one in found if words_for(visit.staff, one.unit_id)],
            "places": [(name, visit.words(words)) for name, words in PLACES.items()],
            "waiting": await waiting(visit, CANNED, lambda one: _later(visit, one)),
            "failed": failed,
        }
        return visit.page("canned.html", values, status)


def _later(visit: Visit, one: SettingVersion) -> dict[str, Any] | None:
    held, number = one.held, one.subject.partition(":")[2]
    unit_id = held["unit_id"]
    if not words_for(visit.staff, unit_id if isinstance(unit_id, int) else None):
        return None
    return {"title": held["title"], "text": held["text"], "path": f"{HERE}/{number}/tarik"}


def _draft(form: Mapping[str, str], day: datetime | None = None) -> CannedDraft:
    return CannedDraft(
        title=form.get("title", "")[:_LONGEST],
        text=form.get("text", "")[:_LONGEST],
        unit_id=whole(form.get("unit_id")),
        begins=day,
    )


def canned_routes(guard: Guard, pages: CannedPages) -> list[web.RouteDef]:
    """Where the replies stand."""
    return [
        web.get(HERE, guard.page(pages.show, Right.VIEW)),
        web.post(HERE, guard.page(pages.put, Right.VIEW)),
        web.post(f"{HERE}/{{balasan}}", guard.page(pages.put, Right.VIEW)),
        web.post(f"{HERE}/{{balasan}}/tarik", guard.page(pages.withdraw, Right.VIEW)),
    ]
