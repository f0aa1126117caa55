"""The order of a technician's day (BW-38, BW-48, DK-14)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from core.model.field import FieldTask, day_of
from core.model.ticket import Priority, Status
from tests.core.fakes import NOON

if TYPE_CHECKING:
    from collections.abc import Sequence

WIB = ZoneInfo("Asia/Jakarta")
WIT = ZoneInfo("Asia/Jayapura")
HOUR = timedelta(hours=1)
"""NOON is 10.00 in Jakarta and 12.00 in Jayapura: the day has 14 or 12 hours left."""


def task(number: str, **changes: Any) -> FieldTask:
    plain: dict[str, Any] = {
        "subject": "Pokok",
        "status": Status.ASSIGNED,
        "priority": Priority.NORMAL,
        "place": "",
        "opened_at": NOON - HOUR,
    }
    return FieldTask(number, **(plain | changes))


def numbers(tasks: Sequence[FieldTask]) -> str:
    return "".join(one.number for one in tasks)


TODAY = NOON + 3 * HOUR
LATER = NOON + 40 * HOUR

ROWS: list[tuple[str, list[FieldTask], str]] = [
    # what, tasks, "under way|today|later|waiting"
    ("nothing", [], "|||"),
    ("a promise without end comes last", [task("a"), task("b", due_at=LATER)], "||ba|"),
    ("due today", [task("a", due_at=LATER), task("b", due_at=TODAY)], "|b|a|"),
    ("overdue is today", [task("a", due_at=NOON - 50 * HOUR)], "|a||"),
    (
        "a visit goes before what is due",
        [task("a", due_at=TODAY, visit_at=LATER), task("b", due_at=LATER, visit_at=TODAY)],
        "|b|a|",
    ),
    (
        "by time, then by place",
        [
            task("a", due_at=TODAY, place="Kantor"),
            task("b", due_at=TODAY, place="Gudang"),
            task("c", due_at=TODAY - HOUR, place="Pasar"),
        ],
        "|cba||",
    ),
    (
        "an emergency is today, and first",
        [task("a", due_at=TODAY), task("b", due_at=LATER, priority=Priority.EMERGENCY)],
        "|ba||",
    ),
    (
        "on the way and there",
        [
            task("a", substep="arrived", status=Status.IN_PROGRESS, due_at=LATER),
            task("b", substep="en_route", status=Status.IN_PROGRESS, due_at=TODAY),
            task("c", due_at=TODAY),
        ],
        "ba|c||",
    ),
    (
        "what waits, by when it goes on",
        [
            task("a", status=Status.PENDING, due_at=TODAY, expected_at=LATER),
            task("b", status=Status.PENDING, due_at=LATER, expected_at=TODAY),
            task("c", status=Status.PENDING, due_at=TODAY),
        ],
        "|||bac",
    ),
]


@pytest.mark.parametrize(("what", "tasks", "order"), ROWS, ids=[row[0] for row in ROWS])
def test_the_day_in_its_order(what: str, tasks: list[FieldTask], order: str) -> None:
    day = day_of(tasks, NOON, WIB)
    told = (day.under_way, day.today, day.later, day.waiting)
    assert "|".join(numbers(one) for one in told) == order, what


def test_the_day_ends_in_the_offices_zone() -> None:
    late = [task("a", due_at=NOON + 13 * HOUR)]
    assert numbers(day_of(late, NOON, WIB).today) == "a"
    assert numbers(day_of(late, NOON, WIT).later) == "a"
