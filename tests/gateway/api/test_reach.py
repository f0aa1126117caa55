"""The access matrix over HTTP: every role, every unit, every route about a ticket (row 45).

Made from the description of the API itself: a route that is added is in it at once.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from core.model.numbers import TicketNumber
from core.model.rights import may
from core.model.staff import Right, Staff, TicketFacts
from tests.gateway.api.kit import PEOPLE

if TYPE_CHECKING:
    from tests.gateway.api.kit import ApiOffice

UNITS = (None, 1, 2)
VARIABLE = re.compile(r"\{(?!number)\w+\}")


@pytest.fixture(scope="module")
async def tickets(house: ApiOffice) -> dict[int | None, str]:
    """A ticket that nobody has, and one with each unit."""
    numbers: dict[int | None, str] = {}
    for unit in UNITS:
        numbers[unit] = await house.ticket()
        if unit is not None:
            said = await house.care.act(
                numbers[unit], "dispose", {"unit_id": unit, "instruction": "Periksa"}
            )
            assert said.status == 200, said.text
    return numbers


@pytest.fixture(scope="module")
async def routes(house: ApiOffice) -> list[tuple[str, str, str]]:
    """Method, path and right of every route about one ticket."""
    described = (await house.stranger.get("/openapi.json")).json
    return [
        (method.upper(), path.removeprefix("/api/v1"), operation["x-right"])
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
        if "{number}" in path
    ]


def person(house: ApiOffice, who: str) -> Staff:
    role, unit = PEOPLE[who]
    units = frozenset({unit}) if unit else frozenset[int]()
    return Staff(house.ids[who], who, who, frozenset({role}), unit, units=units)


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("unit", UNITS)
async def test_bw_03_nobody_reaches_what_is_out_of_reach(
    house: ApiOffice,
    tickets: dict[int | None, str],
    routes: list[tuple[str, str, str]],
    who: str,
    unit: int | None,
) -> None:
    number, staff = tickets[unit], person(house, who)
    facts = TicketFacts(unit_id=unit)
    sees = may(staff, Right.VIEW, facts)
    assert len(routes) > 40
    for method, path, right in routes:
        filled = VARIABLE.sub("nik" if "restricted" in path else "1", path)
        body: Any = {} if method != "GET" else None
        said = await house.callers[who].call(
            method, filled.replace("{number}", number), body, If_Match='"999999"'
        )
        where = (who, unit, method, path, said.status)
        if not may(staff, Right(right)):
            assert said.status == 403, where
        elif not sees:
            # A body that is wrong may be told first: it says nothing of the ticket.
            assert said.status in (404, 422), where
        assert number not in said.text or sees, where


@pytest.mark.parametrize("who", PEOPLE)
async def test_bw_55_lists_and_counts_show_no_others(
    house: ApiOffice, tickets: dict[int | None, str], who: str
) -> None:
    staff = person(house, who)
    visible = {
        number for unit, number in tickets.items() if may(staff, Right.VIEW, TicketFacts(unit))
    }
    if not may(staff, Right.VIEW):
        assert (await house.callers[who].get("/tickets")).status == 403
        return
    for number in tickets.values():
        said = await house.callers[who].get(f"/tickets?number={number}")
        assert (number in said.text) is (number in visible)
        counted = await house.callers[who].get(f"/tickets/count?number={number}")
        assert counted.json["count"] == int(number in visible)


async def test_a_missing_and_a_foreign_ticket_are_told_alike(
    house: ApiOffice, tickets: dict[int | None, str]
) -> None:
    foreign = tickets[2]
    missing = str(TicketNumber("HD", 26, 999_998))
    for path in ("", "/history", "/thread", "/notes", "/files", "/deadlines"):
        one = await house.technician.get(f"/tickets/{foreign}{path}")
        other = await house.technician.get(f"/tickets/{missing}{path}")
        assert (one.status, one.text) == (other.status, other.text) == (404, other.text)
    for act in ("note", "start"):
        body = {"text": "x"} if act == "note" else {}
        one = await house.technician.act(foreign, act, body, version="*")
        other = await house.technician.act(missing, act, body, version="*")
        assert (one.status, one.text) == (other.status, other.text) == (404, other.text)


async def test_mb_26_nobody_sees_a_complaint_about_themselves(house: ApiOffice) -> None:
    number = await house.ticket("HELPDESK petugas loket kasar sekali")
    said = await house.care.act(number, "mark", {"about_staff_id": house.ids["operator"]})
    assert said.status == 200, said.text
    assert (await house.operator.get(f"/tickets/{number}")).status == 404
    assert number not in (await house.operator.get("/tickets?limit=200")).text
    assert (await house.operator.act(number, "note", {"text": "x"}, version="*")).status == 404
    assert (await house.care.get(f"/tickets/{number}")).status == 200


async def test_ll_07_the_restricted_outcome_is_for_those_who_may_see_it(house: ApiOffice) -> None:
    number = await house.ticket()
    said = await house.leader.act(number, "set-measure", {"text": "teguran tertulis"})
    assert said.status == 200, said.text
    assert said.json["ticket"]["internal_measure"] == "teguran tertulis"
    for who in ("operator", "care"):
        seen = await house.callers[who].get(f"/tickets/{number}")
        assert seen.json["internal_measure"] is None
        assert "teguran" not in seen.text
        assert "teguran" not in (await house.callers[who].get(f"/tickets/{number}/history")).text


async def test_row_68_a_restricted_value_is_opened_for_a_reason_and_written_down(
    house: ApiOffice,
) -> None:
    number, nik = await house.ticket(), "3510114107900001"
    path = f"/tickets/{number}/restricted/nik"
    assert (await house.care.call("PUT", path, {"value": "123"})).status == 422
    kept = await house.care.call("PUT", path, {"value": nik})
    assert (kept.status, kept.json["shown"]) == (200, "****0001")
    assert nik not in (await house.care.get(f"/tickets/{number}/restricted")).text
    refused = await house.operator.post(f"{path}/reveal", {"reason": "ingin tahu saja"})
    assert refused.status == 403
    hollow = await house.care.post(f"{path}/reveal", {"reason": " "})
    assert (hollow.status, hollow.json["field"]) == (422, "reason")
    said = await house.care.post(f"{path}/reveal", {"reason": "mencocokkan data dukcapil"})
    assert said.json == {"field": "nik", "value": nik}
    history = (await house.care.get(f"/tickets/{number}/history")).json["items"]
    assert history[-1]["kind"] == "RestrictedRevealed"
    assert nik not in str(history)
    found = await house.care.post("/restricted/find", {"field": "nik", "value": nik})
    assert number in found.json["numbers"]
    assert nik not in house.hall.log.getvalue()
