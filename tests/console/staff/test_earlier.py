"""Earlier tickets beside the one that is worked on (BW-53)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.likeness import most_alike
from core.model.rights import EVERYTHING, Area, Scope
from tests.console.staff.kit import Browser, at_the_console
from tests.gateway.api.kit import SENDERS

if TYPE_CHECKING:
    from tests.gateway.api.kit import ApiOffice

SCRIPT = {"HX-Request": "true"}


async def beside(browser: Browser, number: str) -> str:
    """What the part beside the ticket says."""
    script = Browser(browser.hall, dict(browser.cookies), dict(SCRIPT))
    page = await script.get(f"/console/tiket/{number}/serupa")
    assert page.status == 200
    assert "<html" not in page.text
    return page.words


async def test_bw_53_earlier_tickets_are_offered_with_what_helped(
    house: ApiOffice, operator: Browser
) -> None:
    first = await house.ticket("HELPDESK mesin antrean loket 7 tidak mencetak karcis")
    foreign = await house.ticket("HELPDESK taman kota gelap")
    await house.operator.act(first, "assign", {"staff_id": house.ids["technician"]})
    await house.operator.act(first, "start", {"note": "Mulai"})
    told = {"solution": "Kepala cetak dibersihkan. NIK 3510161234567890"}
    assert (await house.operator.act(first, "resolve", told)).status == 200
    second = await house.ticket("HELPDESK karcis mesin antrean macet lagi, loket 7")
    page = await operator.get(f"/console/tiket/{second}")
    assert f"/console/tiket/{second}/serupa" in page.text
    said = await beside(operator, second)
    assert first in said
    assert foreign not in said
    assert "menyebut loket 7 juga, pokok serupa" in said
    assert "Kepala cetak dibersihkan." in said
    assert "3510161234567890" not in said
    # Earlier means earlier, and without script it is a page.
    assert second not in await beside(operator, first)
    whole = await operator.get(f"/console/tiket/{second}/serupa")
    assert "<html" in whole.text
    assert first in whole.words


async def test_a_reporter_s_other_ticket_is_offered(house: ApiOffice, operator: Browser) -> None:
    sender = next(SENDERS)
    first = await house.ticket("HELPDESK wastafel dapur bocor", sender)
    second = await house.ticket("HELPDESK absensi wajah gagal", sender)
    assert "pelapor yang sama" in await beside(operator, second)
    assert first in await beside(operator, second)


async def test_nobody_is_offered_what_is_out_of_reach(house: ApiOffice) -> None:
    first = await house.ticket("HELPDESK proyektor aula 3 buram sekali")
    second = await house.ticket("HELPDESK proyektor aula 3 buram lagi")
    await house.operator.act(second, "assign", {"staff_id": house.ids["technician"]})
    tech = await at_the_console(house, "technician")
    assert first not in await beside(tech, second)
    assert (await tech.get(f"/console/tiket/{first}/serupa")).status == 404
    lists = house.hall.store.lists
    ticket = await lists.one(Scope(99, EVERYTHING, EVERYTHING), second)
    assert await lists.earlier(Scope(99, Area(), EVERYTHING), ticket) == []
    found = most_alike(ticket, await lists.earlier(Scope(99, EVERYTHING, EVERYTHING), ticket))
    assert first in [one.ticket.number for one in found]
