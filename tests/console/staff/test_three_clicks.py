"""Work on one screen, and nothing farther than three clicks from the list (MB-30)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.staff.deeds import BY_NAME, COMPOSED
from tests.console.staff.clicks import clicks
from tests.console.staff.kit import at_the_console

if TYPE_CHECKING:
    from tests.console.staff.kit import Browser
    from tests.gateway.api.kit import ApiOffice

MOST = 3


async def opened(browser: Browser, box: str, number: str) -> tuple[dict[str, int], str]:
    """From the list to the ticket beside it: how far each act is, and the page's address."""
    listed = await browser.get(f"/console/kotak/{box}?nomor={number}")
    path = f"/console/kotak/{box}/{number}"
    to_ticket = clicks(listed)[path]
    assert to_ticket == 1
    acts = {
        action.rpartition("/")[2]: to_ticket + away
        for action, away in clicks(await browser.get(path)).items()
        if action.startswith(f"/console/tiket/{number}/")
    }
    return {name: far for name, far in acts.items() if name in {*BY_NAME, *COMPOSED}}, path


async def test_mb_30_a_new_operator_answers_assigns_and_resolves_on_one_screen(
    house: ApiOffice, operator: Browser
) -> None:
    number = await house.ticket("HELPDESK kipas angin ruang tunggu mati")
    steps = (
        ("answer", {"text": "Teknisi kami periksa hari ini pukul 14.00 karena antre."}),
        ("assign", {"staff_id": str(house.ids["technician"])}),
        ("start", {"note": "Mulai dikerjakan."}),
        ("resolve", {"solution": "Kabel kipas diganti."}),
    )
    box = "baru"
    for name, typed in steps:
        far, path = await opened(operator, box, number)
        assert far[name] <= MOST, (name, far)
        page = await operator.get(path)
        done = await operator.send(f"/console/tiket/{number}/{name}", page, typed)
        assert (done.status, done.headers.get("Location")) == (303, path), done.words
        box = "semua"
        assert number in (await operator.get(f"/console/kotak/semua?nomor={number}")).words
    assert "Kabel kipas diganti." in (await operator.get(path)).words


@pytest.fixture(scope="module")
async def people(house: ApiOffice) -> dict[str, Browser]:
    """Some of each kind; a second factor is good for one login."""
    return {
        who: await at_the_console(house, who)
        for who in ("operator", "care", "supervisor", "officer")
    }


@pytest.mark.parametrize("who", ["operator", "care", "supervisor", "officer"])
@pytest.mark.parametrize("moved", [(), ("assign",), ("assign", "start")], ids=len)
async def test_mb_30_no_act_is_farther_than_three_clicks(
    house: ApiOffice, people: dict[str, Browser], who: str, moved: tuple[str, ...]
) -> None:
    number = await house.ticket()
    if who in ("supervisor", "officer"):
        wanted = {"unit_id": 1, "instruction": "Mohon diperiksa", "staff_id": house.ids["officer"]}
        assert (await house.operator.act(number, "dispose", wanted)).status == 200
    elif "assign" in moved:
        await house.operator.act(number, "assign", {"staff_id": house.ids["technician"]})
    if "start" in moved:
        assert (await house.operator.act(number, "start", {"note": "Mulai"})).status == 200
    far, _ = await opened(people[who], "semua", number)
    assert len(far) > 3
    assert {name: away for name, away in far.items() if away > MOST} == {}
