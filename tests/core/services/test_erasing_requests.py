"""LL-09: whoever asks is looked for first, by a ticket or an address, on both engines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.errors import NotFound
from core.model.acts import Mark
from core.model.erasure import Erased, Foreseen
from core.model.staff import Role
from core.model.work import Refusal
from core.services.erasing import Eraser, Request, erase_person, foresee
from core.services.house import NOT_ALLOWED
from tests.core.services.test_erasing import (
    ADMIN,
    LATER,
    NAME,
    OTHER,
    RAHMA,
    WHY,
    Folder,
    closed,
    everything,
    request,
    traces,
)
from tests.core.services.workshop import BOSS, CARE, Workshop, staff
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore


@pytest.fixture
async def shop(store: SqlStore) -> Workshop:
    return await Workshop(store).open_doors()


async def test_a_look_changes_nothing_and_finds_the_same_by_address(shop: Workshop) -> None:
    first, second = await closed(shop), await closed(shop)
    await shop.says(f"halo dari {NAME}", RAHMA)
    before = await everything(shop)
    by_address = Request(0, "", "", (RAHMA, OTHER))
    for one in (by_address, await request(shop, first)):
        found = await foresee(shop.store.desk, ADMIN, one)
        assert isinstance(found, Foreseen)
        person = found.person
        assert (person.numbers, person.running, found.messages) == ((first, second), (), 1)
        assert (person.ways, person.about) == ((RAHMA,), frozenset())
    assert await everything(shop) == before
    assert await foresee(shop.store.desk, staff(CARE), by_address) == NOT_ALLOWED
    with pytest.raises(NotFound):
        await foresee(shop.store.desk, ADMIN, Request(0, "", "", (OTHER,)))
    eraser = Eraser(shop.store.desk, Folder())
    done = await erase_person(eraser, ADMIN, replace(by_address, reason=WHY), LATER)
    assert done == Erased(2, 1)
    [event] = [one for one in await shop.rows(schema.admin_events) if one.subject == "erasure"]
    assert (event.kind, event.actor, NAME in event.data) == ("PersonErased", ADMIN.mark, False)
    assert WHY in {row.text for row in await shop.rows(schema.notes)}


async def test_whoever_wrote_but_has_no_ticket_is_forgotten_by_their_address(
    shop: Workshop,
) -> None:
    await shop.says(f"halo dari {NAME}", RAHMA)
    eraser = Eraser(shop.store.desk, Folder())
    asked = Request(0, "", WHY, (RAHMA,))
    assert await erase_person(eraser, ADMIN, asked, LATER) == Erased(0, 1)
    assert traces(await everything(shop)) == set()
    with pytest.raises(NotFound):
        await erase_person(eraser, ADMIN, asked, LATER)


async def test_mb_26_nobody_deletes_a_complaint_about_themselves(shop: Workshop) -> None:
    first = await closed(shop)
    await closed(shop)
    await shop.does(first, Mark(about_staff_id=ADMIN.id), BOSS)
    eraser = Eraser(shop.store.desk, Folder())
    refused = await erase_person(eraser, ADMIN, await request(shop, first), LATER)
    assert isinstance(refused, Refusal)
    assert NAME in await everything(shop)
    other = staff(BOSS, roles=frozenset({Role.ADMIN}))
    assert await erase_person(eraser, other, await request(shop, first), LATER) == Erased(2, 0)
