"""What the survey asks, by dimension: added, reworded, moved, taken away (LL-25)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from console.citizen.survey import NAMES
from console.staff.admin.sheet import (
    HOME,
    failed_of,
    history_of,
    number_of,
    options,
    saved,
    sheet,
    status_of,
    version_of,
)
from core.errors import NotFound
from core.model.servqual import Dimension
from core.model.staff import Right
from core.model.survey_items import ItemDraft, newest, questions, statements
from core.model.work import Refusal
from core.services.survey_items import NO_SUCH_ITEM, add_item, change_item, retire_item

if TYPE_CHECKING:
    from console.staff.guard import Guard
    from console.staff.visit import Visit
    from core.model.survey_items import SurveyItem

PART: Final = "survei"


class SurveyItemPages:
    """The list with a form for a new one, and one of them."""

    async def items(self, visit: Visit) -> web.StreamResponse:
        """The five questions and the statements, by dimension."""
        return await self._items(visit)

    async def _items(self, visit: Visit, why: Refusal | None = None) -> web.StreamResponse:
        found = newest(await visit.reception.store.surveys.items())
        asked, five = statements(found), questions(found)
        values: dict[str, Any] = {
            "groups": [
                {
                    "name": visit.words(NAMES[dimension]),
                    "question": next(one for one in five if one.dimension is dimension),
                    "items": [one for one in asked if one.dimension is dimension],
                }
                for dimension in Dimension
            ],
            "retired": [one for one in found.values() if one.retired],
            "count": len(asked),
            "dimensions": _dimensions(visit),
        }
        if why is not None:
            values["failed"] = await failed_of(visit, "item", why)
        return sheet(visit, PART, "survey_items.html", values, status_of(why) if why else 200)

    async def item(self, visit: Visit) -> web.StreamResponse:
        """One of them, with its earlier wordings."""
        return await self._item(visit)

    async def _item(self, visit: Visit, why: Refusal | None = None) -> web.StreamResponse:
        which, stored = visit.identity(), await visit.reception.store.surveys.items()
        found = newest(stored).get(which)
        if found is None:
            raise NotFound(visit.request.path)
        values: dict[str, Any] = {
            "item": found,
            "dimensions": _dimensions(visit, found),
            "earlier": [
                one for one in reversed(stored) if one.id == which and one.version < found.version
            ],
            "history": await history_of(visit, f"survey_item:{which}"),
        }
        if why is not None:
            if why is NO_SUCH_ITEM:
                raise NotFound(visit.request.path)
            values["failed"] = await failed_of(visit, "item", why)
        return sheet(visit, PART, "survey_item.html", values, status_of(why) if why else 200)

    async def add(self, visit: Visit) -> web.StreamResponse:
        """One of the office's own."""
        desk, draft = visit.reception.store.desk, _draft(visit)
        made = await add_item(desk, visit.staff, draft, visit.now())
        if isinstance(made, Refusal):
            return await self._items(visit, made)
        return saved(visit, PART, "ditambahkan")

    async def change(self, visit: Visit) -> web.StreamResponse:
        """Other words, another dimension or place."""
        which, desk = visit.identity(), visit.reception.store.desk
        seen = (which, version_of(visit))
        done = await change_item(desk, visit.staff, seen, _draft(visit), visit.now())
        if isinstance(done, Refusal):
            return await self._item(visit, done)
        return saved(visit, f"{PART}/{which}")

    async def retire(self, visit: Visit) -> web.StreamResponse:
        """Taken away; one with answers is only asked no more."""
        desk, seen = visit.reception.store.desk, (visit.identity(), version_of(visit))
        done = await retire_item(desk, visit.staff, seen, visit.now())
        if isinstance(done, Refusal):
            return await self._item(visit, done)
        return saved(visit, PART, "dihapus" if done is None else "tidak-ditanyakan")


def _dimensions(visit: Visit, item: SurveyItem | None = None) -> list[tuple[str, str]]:
    """Those that a statement may be of; a question of the short form stays where it is."""
    own = [item.dimension] if item and item.short else list(Dimension)
    return options((one.value, visit.words(NAMES[one])) for one in own)


def _draft(visit: Visit) -> ItemDraft:
    form = visit.form
    written = form.get("dimension", "")
    dimension = Dimension(written) if written in set(Dimension) else Dimension.TANGIBLES
    position = number_of(form.get("position", "").strip() or "0")
    words, english = form.get("words", "")[:1_000], form.get("english", "")[:1_000]
    return ItemDraft(dimension, words, english, -1 if position is None else position)


def survey_item_routes(guard: Guard) -> list[web.RouteDef]:
    """The routes of ``/console/admin/survei``."""
    pages, asked = SurveyItemPages(), Right.ADMIN_POLICIES
    whole = f"{HOME}/{PART}"
    one = rf"{whole}/{{id:\d+}}"
    return [
        web.get(whole, guard.page(pages.items, asked)),
        web.post(whole, guard.page(pages.add, asked)),
        web.get(one, guard.page(pages.item, asked)),
        web.post(one, guard.page(pages.change, asked)),
        web.post(f"{one}/hapus", guard.page(pages.retire, asked)),
    ]
