"""A ticket that goes to a unit of longer promises: its clock, its history, the citizen (BW-30)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.model.acts import Dispose
from core.model.clock import SOLUTION
from core.model.deadline import due
from core.model.sla import DEFAULT_POLICY, Matter, Measure, SlaOverride, SlaTarget
from core.model.ticket import Priority
from tests.core.fakes import office
from tests.core.services.workshop import CLINIC, NETWORK, TECH, Workshop
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

EIGHT_DAYS = SlaTarget(8, Measure.WORKING_DAYS)
USUAL = DEFAULT_POLICY.targets[Priority.NORMAL]


@pytest.fixture
async def shop(store: SqlStore) -> Workshop:
    remote = SlaOverride(
        {Priority.NORMAL: replace(USUAL, solution=EIGHT_DAYS)}, Matter(unit="jaringan")
    )
    policy = office(sla=replace(DEFAULT_POLICY, overrides=(remote,)))
    return await Workshop(store, policy).open_doors()


async def test_bw_30_the_longer_promise_is_kept_told_and_in_the_history(shop: Workshop) -> None:
    number = await shop.opens()
    await shop.does(number, Dispose(NETWORK, "periksa", TECH))
    ticket = await shop.ticket(number)
    clock = ticket.clock(SOLUTION)
    assert clock is not None
    assert clock.due_at == due(shop.policy.calendar, EIGHT_DAYS, ticket.opened_at).at
    [told] = await shop.sent("assigned_later")
    assert told.startswith(f"Batas selesai tiket {number} kini ")
    assert "karena waktu penanganan unit lebih lama. Ditangani" in told
    kinds = [row.kind for row in await shop.rows(schema.events)]
    assert kinds[-2:] == ["Disposed", "DueTimesRecomputed"]
    await shop.does(number, Dispose(CLINIC, "teruskan"))
    assert (await shop.ticket(number)).clock(SOLUTION) == clock
    assert len(await shop.sent("assigned")) == 1
