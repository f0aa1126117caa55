"""The stock is looked at before anything is ordered, and what is taken stands on the ticket."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.model import acts
from core.model.act_rules import decide
from core.model.stock import StockCheck
from core.model.ticket import Status
from core.model.work import RefusalKind
from tests.core.fakes import DAY, NOON
from tests.core.model.work_samples import made, refused, scene, ticket

if TYPE_CHECKING:
    from core.model.acts import Act
    from core.model.work import WorkTicket

HERE = StockCheck(1, "Adaptor 12V", True, NOON - DAY, "staff:7")  # noqa: FBT003 - in stock
NOT_HERE = replace(HERE, id=2, item="Switch 24 port", in_stock=False)
TAKEN = replace(HERE, id=3, used=2, used_at=NOON, used_by="staff:7")


def at_work(*stock: StockCheck, status: Status = Status.IN_PROGRESS) -> WorkTicket:
    return replace(ticket(status), stock=stock)


@pytest.mark.parametrize("status", [Status.ASSIGNED, Status.IN_PROGRESS, Status.PENDING])
def test_bw_32_in_stock_or_not_by_whom_and_when(status: Status) -> None:
    change = made(
        decide(scene(at_work(status=status)), acts.CheckStock(" Adaptor  12V ", in_stock=True))
    )
    [check] = change.after.stock
    assert (check.item, check.in_stock, check.checked_at) == ("Adaptor 12V", True, NOON)
    assert check.checked_by == scene(at_work()).actor.mark
    assert change.laid == (check,)
    [fact] = change.facts
    assert (fact.kind, fact.data["in_stock"]) == ("StockChecked", True)
    assert "Adaptor" not in str(fact.data)
    assert change.notices == ()


def test_bw_33_what_was_taken_stands_on_the_ticket() -> None:
    change = made(decide(scene(at_work(HERE, NOT_HERE)), acts.UseStock("adaptor 12v", 2)))
    used = change.after.stock[0]
    assert (used.id, used.used, used.used_at) == (HERE.id, 2, NOON)
    assert change.after.stock[1] == NOT_HERE
    [fact] = change.facts
    assert (fact.kind, fact.data["quantity"]) == ("StockUsed", 2)


REFUSED: list[tuple[WorkTicket, Act, RefusalKind, str]] = [
    (at_work(), acts.CheckStock("  ", in_stock=True), RefusalKind.MISSING, "item"),
    (at_work(), acts.CheckStock("x" * 121, in_stock=True), RefusalKind.INVALID, "item"),
    (ticket(), acts.CheckStock("kabel", in_stock=True), RefusalKind.NOT_ALLOWED, ""),
    (ticket(Status.CLOSED), acts.UseStock(), RefusalKind.NOT_ALLOWED, ""),
    (at_work(), acts.UseStock(), RefusalKind.NOT_ALLOWED, "item"),
    (at_work(HERE), acts.UseStock("kabel"), RefusalKind.NOT_ALLOWED, "item"),
    (at_work(HERE), acts.UseStock("", 0), RefusalKind.INVALID, "quantity"),
    (at_work(HERE), acts.UseStock("", 1_001), RefusalKind.INVALID, "quantity"),
    (at_work(HERE, NOT_HERE), acts.UseStock(), RefusalKind.NOT_ALLOWED, "item"),
    (at_work(TAKEN), acts.UseStock(), RefusalKind.NOT_ALLOWED, "item"),
]


@pytest.mark.parametrize(("of", "act", "kind", "field"), REFUSED)
def test_what_cannot_be(of: WorkTicket, act: Act, kind: RefusalKind, field: str) -> None:
    refusal = refused(decide(scene(of), act))
    assert (refusal.kind, refusal.field) == (kind, field)
    assert refusal.sentence


def test_a_later_check_of_the_same_part_counts() -> None:
    empty = replace(HERE, id=9, in_stock=False)
    assert refused(decide(scene(at_work(HERE, empty)), acts.UseStock("adaptor 12v")))
    again = replace(HERE, id=10)
    assert made(decide(scene(at_work(TAKEN, again)), acts.UseStock())).after.stock[0] == TAKEN


def wait(item: str = "") -> acts.Pend:
    return acts.Pend("hardware_on_order", "gudang", "rusak terbakar", NOON + DAY, item)


def test_bw_34_nothing_is_ordered_that_is_in_stock() -> None:
    refusal = refused(decide(scene(at_work(HERE)), wait("adaptor 12V")))
    assert (refusal.kind, refusal.field) == (RefusalKind.NOT_ALLOWED, "reason")
    assert made(decide(scene(at_work(HERE)), wait("Switch 24 port")))
    assert made(decide(scene(at_work(TAKEN)), wait()))
    other = acts.Pend("access", "pelapor", "gedung terkunci", NOON + DAY)
    assert made(decide(scene(at_work(HERE)), other))


def test_who_waits_is_told_of_the_part_that_was_looked_for() -> None:
    [notice] = made(decide(scene(at_work(NOT_HERE)), wait())).notices
    assert notice.values["barang"] == "Switch 24 port"
    [notice] = made(decide(scene(at_work(NOT_HERE)), wait("Router"))).notices
    assert notice.values["barang"] == "Router"
