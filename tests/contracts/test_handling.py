"""What was done with a ticket is read back as it was written, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import NotFound
from core.model import acts
from core.model.rights import scope
from tests.core.fakes import HOUR
from tests.core.services.workshop import BOSS, CARE, NETWORK, OTHER, TECH, Workshop, staff

if TYPE_CHECKING:
    from ticket_store.store import SqlStore


@pytest.fixture
async def shop(store: SqlStore) -> Workshop:
    return await Workshop(store).open_doors()


async def test_bw_22_bw_26_who_had_it_why_and_with_what(shop: Workshop) -> None:
    number = await shop.opens()
    due = shop.now + 5 * HOUR
    await shop.does(number, acts.Dispose(NETWORK, "Periksa kabel lantai 2", due_at=due))
    await shop.does(number, acts.Assign(TECH, equipment="tang krimping, RJ45"), BOSS)
    first_at = shop.now
    await shop.does(number, acts.Assign(OTHER, "Tono sakit"), BOSS)
    second_at = shop.now
    await shop.does(number, acts.TakeBack("menunggu giliran"), BOSS)
    found = await shop.store.lists.handling(scope(staff(CARE)), number)
    (disposed,) = found.dispositions
    assert (disposed.unit_name, disposed.instruction, disposed.due_at, disposed.by) == (
        "Bidang Jaringan", "Periksa kabel lantai 2", due, f"staff:{CARE}",
    )  # fmt: skip
    assert (disposed.staff_id, disposed.staff_name) == (None, "")
    told = [(one.staff_name, one.reason, one.equipment, one.by) for one in found.assignments]
    assert told == [
        ("Tono", "", "tang krimping, RJ45", f"staff:{BOSS}"),
        ("Wati", "Tono sakit", "", f"staff:{BOSS}"),
    ]
    assert [one.at for one in found.assignments] == [first_at, second_at]
    assert [one.ended_at for one in found.assignments] == [second_at, shop.now]


async def test_bw_47_every_visit_stays_readable(shop: Workshop) -> None:
    number = await shop.opens()
    await shop.does(number, acts.Assign(TECH))
    left_at = shop.now
    for found in ("switch mati", "switch baru dipasang"):
        await shop.does(number, acts.EnRoute("Berangkat"), TECH)
        left_at = shop.now
        await shop.does(number, acts.Arrive("Tiba"), TECH)
        await shop.does(number, acts.NoteFinding("diperiksa"), TECH)
        await shop.does(number, acts.Depart(found), TECH)
    visits = (await shop.store.lists.handling(scope(staff(TECH)), number)).visits
    assert [one.finding for one in visits] == ["switch mati", "switch baru dipasang"]
    assert visits[-1].left_at == left_at
    for one in visits:
        assert one.left_at
        assert one.arrived_at
        assert one.departed_at
        assert one.left_at < one.arrived_at < one.departed_at
        assert (one.staff_name, one.planned_at) == ("Tono", None)


async def test_whoever_does_not_see_the_ticket_sees_none_of_it(shop: Workshop) -> None:
    number = await shop.opens()
    await shop.does(number, acts.Assign(TECH))
    with pytest.raises(NotFound):
        await shop.store.lists.handling(scope(staff(OTHER)), number)
