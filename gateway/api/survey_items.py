"""The statements and questions of the survey, by dimension (LL-25)."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads it
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field, StringConstraints

from core.model.servqual import Dimension  # noqa: TC001 - pydantic reads it
from core.model.staff import Right
from core.model.survey_items import LAST, ItemDraft, newest, questions, statements
from core.services.survey_items import NO_SUCH_ITEM, add_item, change_item, retire_item
from gateway.api.people import done, identity
from gateway.api.problems import NOT_FOUND, NotDone
from gateway.api.table import Answer, Asked, Call, Endpoint, Entry, Keyed, Shown

if TYPE_CHECKING:
    from core.model.survey_items import SurveyItem
    from core.model.work import Refusal

Words = Annotated[str, StringConstraints(max_length=1_000)]


class ItemShown(Shown):
    """A statement, or one of the five questions (101 to 105), in the version in force."""

    id: int
    version: int
    dimension: Dimension
    position: int
    words: str
    english: str
    retired: bool
    at: datetime | None


class ItemsShown(Shown):
    """As they are asked now, in order; ``retired``: asked no more, their answers stay."""

    questions: list[ItemShown]
    statements: list[ItemShown]
    retired: list[ItemShown]


class ItemAsked(Asked):
    """A statement; ``english`` empty: the Indonesian words serve."""

    dimension: Dimension
    words: Words
    english: Words = ""
    position: Annotated[int, Field(ge=0, le=LAST)] = 0


def _shown(item: SurveyItem) -> ItemShown:
    return ItemShown(**{name: getattr(item, name) for name in ItemShown.model_fields})


def _kept(found: SurveyItem | Refusal | None) -> Answer:
    if found is NO_SUCH_ITEM:
        raise NotDone(NOT_FOUND)
    item = done(found)
    return Answer(_shown(item), item.version) if item else Answer()


def _draft(asked: ItemAsked) -> ItemDraft:
    return ItemDraft(asked.dimension, asked.words, asked.english, asked.position)


async def items(call: Call) -> Answer:
    """All of them."""
    found = newest(await call.parts.store.surveys.items())
    gone = [one for one in found.values() if one.retired]
    return Answer(
        ItemsShown(
            questions=[_shown(one) for one in questions(found)],
            statements=[_shown(one) for one in statements(found)],
            retired=[_shown(one) for one in gone],
        )
    )


async def add(call: Call) -> Answer:
    """One of the office's own."""
    return _kept(await add_item(call.open_desk, call.staff, _draft(call.body), call.now))


async def change(call: Call) -> Answer:
    """Other words, another dimension or place."""
    seen = await _seen(call)
    draft = _draft(call.body)
    return _kept(await change_item(call.open_desk, call.staff, seen, draft, call.now))


async def retire(call: Call) -> Answer:
    """Asked no more; one that nobody answered is gone."""
    _kept(await retire_item(call.open_desk, call.staff, await _seen(call), call.now))
    return Answer()


async def _seen(call: Call) -> tuple[int, int]:
    which = identity(call, "item")
    if call.version is not None:
        return which, call.version
    found = newest(await call.parts.store.surveys.items()).get(which)
    if found is None:
        raise NotDone(NOT_FOUND)
    return which, found.version


_ONE: Final = "/survey-items/{item}"
ROUTES: Final = (
    Endpoint("GET", "/survey-items", Entry.STAFF, items, "What the survey asks", ItemsShown),
    Endpoint(
        "POST",
        "/survey-items",
        Right.ADMIN_POLICIES,
        add,
        "Add a statement",
        ItemShown,
        asks=ItemAsked,
        status=201,
        keyed=Keyed.IN_ONE,
    ),
    Endpoint(
        "PUT",
        _ONE,
        Right.ADMIN_POLICIES,
        change,
        "Reword or move a statement",
        ItemShown,
        asks=ItemAsked,
        versioned=True,
    ),
    Endpoint(
        "DELETE",
        _ONE,
        Right.ADMIN_POLICIES,
        retire,
        "Take a statement away; one with answers is retired",
        status=204,
        versioned=True,
    ),
)
