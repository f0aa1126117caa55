"""Boards page by page: twenty lines of each part, and every part with pages of its own."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from console.staff import board_parts, leading, unit
from tests.console.staff.kit import Browser, at_the_console
from tests.console.staff.test_boards import LEAD, UNIT, assigned, change, disposed, form_of, part
from tests.gateway.api.kit import ApiOffice, api_office
from ticket_store import schema

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    """An office in which a supervisor's yes is asked for before work."""
    many = {"requests_per_minute": 100_000, "logins_per_address": 1_000}
    limits, work = {"tickets_per_ten_minutes": 500}, {"approval_before_work": True}
    folder = tmp_path_factory.mktemp("pages")
    async with api_office(folder, limits=limits, api=many, work=work) as made:
        yield made


@pytest.fixture(scope="module")
async def boss(house: ApiOffice) -> Browser:
    return await at_the_console(house, "supervisor")


@pytest.fixture(scope="module")
async def leader(house: ApiOffice) -> Browser:
    return await at_the_console(house, "leader")


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Boards of one line, pages of two."""
    monkeypatch.setattr(board_parts, "FEW", 1)
    monkeypatch.setattr(board_parts, "LINES", 2)


async def walked(who: Browser, path: str, pattern: str) -> list[str]:
    """What the pages show one after the other; none is longer than two lines."""
    seen: list[str] = []
    while path:
        page = await who.get(path)
        assert page.status == 200, path
        lines = re.findall(pattern, page.text)
        assert len(lines) <= 2, path
        seen += lines
        found = re.search(r'href="([^"]+)" rel="next"', page.text)
        path = unescape(found[1]) if found else ""
    return seen


NUMBERED = r'class="number" href="/console/tiket/([^"]+)"'
PLAIN = r'<span class="number">([^<]+)</span>'


@pytest.mark.usefixtures("short")
async def test_tickets_of_a_board_go_on_page_by_page(house: ApiOffice, boss: Browser) -> None:
    free = [await disposed(house, f"saluran {n} tersumbat") for n in range(3)]
    for number in free:
        await change(house, number, breached=True)
    board = await boss.get(UNIT)
    assert f'href="{UNIT}/tanpa-petugas">Lihat semua (' in board.text
    assert len(re.findall('<article class="entry">', board.text)) <= 4
    for name in ("tanpa-petugas", "kendala"):
        seen = await walked(boss, f"{UNIT}/{name}", NUMBERED)
        assert len(seen) == len(set(seen)), name
        assert set(free) <= set(seen), name


@pytest.mark.usefixtures("short")
async def test_approvals_go_on_and_a_decision_stays_on_its_page(
    house: ApiOffice, boss: Browser
) -> None:
    numbers = [await assigned(house, f"pagar {n} roboh") for n in range(3)]
    path = f"{UNIT}/persetujuan"
    seen = await walked(boss, path, NUMBERED)
    assert seen == sorted(set(seen))
    assert set(numbers) <= set(seen)
    place = f"{path}?sesudah={await ticket_id(house, numbers[0])}"
    page = await boss.get(place)
    form = form_of(page, f"{UNIT}/{numbers[1]}/refuse-approval")
    empty = await boss.post(f"{UNIT}/{numbers[1]}/refuse-approval", {**form, "reason": ""})
    assert empty.status == 422
    assert "Kembali ke papan unit" in empty.words
    assert numbers[1] in part(empty, numbers[1])
    done = await boss.post(
        f"{UNIT}/{numbers[1]}/approve", form_of(page, f"{UNIT}/{numbers[1]}/approve")
    )
    assert done.headers["Location"] == f"{place}&kabar=approve&nomor={numbers[1]}"


async def ticket_id(house: ApiOffice, number: str) -> int:
    async with house.hall.store._engines.writing.begin() as connection:
        wanted = select(schema.tickets.c.id).where(schema.tickets.c.number == number)
        return int((await connection.execute(wanted)).scalar_one())


@pytest.mark.usefixtures("short")
async def test_the_team_and_its_questions_go_on(house: ApiOffice, boss: Browser) -> None:
    number = await assigned(house, "kamera tidak merekam")
    for n in range(3):
        await house.technician.act(number, "ask-supervisor", {"text": f"Pertanyaan {n}?"})
    said = await walked(boss, f"{UNIT}/pertanyaan", r"Pertanyaan \d\?")
    assert said[:3] == ["Pertanyaan 2?", "Pertanyaan 1?", "Pertanyaan 0?"]
    team = await walked(boss, f"{UNIT}/tim", r'<p class="member__who">.*?<strong>([^<]+)<')
    assert team == sorted(set(team))
    assert "Petugas technician" in team


@pytest.mark.usefixtures("short")
async def test_what_leadership_sees_goes_on(house: ApiOffice, leader: Browser) -> None:
    numbers = [await disposed(house, f"loket {n} tutup") for n in range(3)]
    for number in numbers:
        await change(house, number, breached=True, sensitive=number == numbers[0])
    for number in numbers[1:]:
        told = await house.callers["leader"].act(number, "instruct", {"text": "Buka."})
        assert told.status == 200, told.text
    both = f"{NUMBERED}|{PLAIN}"
    for query in ("", "?unit=1&prioritas=normal"):
        seen = ["".join(one) for one in await walked(leader, f"{LEAD}/kendala{query}", both)]
        assert len(seen) == len(set(seen))
        assert set(numbers) <= set(seen)
    assert not set(numbers) & set(await walked(leader, f"{LEAD}/kendala?unit=2", NUMBERED))
    told_of = await walked(leader, f"{LEAD}/arahan", NUMBERED)
    assert told_of[:2] == [numbers[2], numbers[1]]
    await house.operator.act(await house.ticket(), "dispose", {"unit_id": 2, "instruction": "Cek"})
    rows = await walked(leader, f"{LEAD}/unit", r'<tr><th scope="row">((?!Semua)[^<]+)</th>')
    assert len(set(rows)) == len(rows) > 1
    assert f'href="{LEAD}/unit">Lihat semua (' in (await leader.get(LEAD)).text


@pytest.mark.parametrize("place", ["x", "²", "9" * 40, "0~9~kemarin", "-1"])
async def test_a_place_that_is_none_shows_the_first_page(
    boss: Browser, leader: Browser, place: str
) -> None:
    for who, board, parts in ((boss, UNIT, unit.PARTS), (leader, LEAD, leading.PARTS)):
        for one in parts:
            assert (await who.get(f"{board}/{one}?sesudah={place}")).status == 200, one


async def test_a_part_that_there_is_not(boss: Browser) -> None:
    assert (await boss.get(f"{UNIT}/gudang")).status == 404
