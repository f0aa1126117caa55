"""What somebody sees who comes in: figures of the day, idle tickets, unread messages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from console.staff.boxes import BY_KEY
from core.errors import StoreUnavailable
from core.model.staff import Role, Staff
from gateway.clock import SystemClock
from tests.console.staff.kit import Browser, Page, at_the_console
from tests.core.model.work_samples import POLICY
from tests.gateway.api.kit import SENDERS
from tests.gateway.gateway_kit import message, phone, until
from ticket_store import schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.gateway.api.kit import ApiOffice

IDLE = "/console/kotak/diam"
UNREAD = "/console/kotak/belum-dibaca"
SOMEBODY = Staff(1, "sari", "Sari", frozenset({Role.OPERATOR}))
LOOKING = {"HX-Request": "true", "X-Dilihat": "1"}


@pytest.fixture(scope="module")
async def boss(house: ApiOffice) -> Browser:
    return await at_the_console(house, "supervisor")


def figures(page: Page) -> dict[str, str]:
    """The figures of the day by their boxes."""
    part = page.text.partition('id="hari-ini"')[2].partition("</nav>")[0]
    return dict(re.findall(r'href="/console/kotak/([\w-]+)"><strong>([0-9+]+|…)<', part))


async def let_lie(house: ApiOffice, number: str, hours: int) -> None:
    """As if it had come, and last been acted on, so many hours ago."""
    then = SystemClock().now() - timedelta(hours=hours)
    async with house.hall.store._engines.writing.begin() as connection:
        await connection.execute(
            update(schema.tickets).where(schema.tickets.c.number == number).values(opened_at=then)
        )
        ticket = schema.tickets.c.number == number
        ids = schema.tickets.select().with_only_columns(schema.tickets.c.id).where(ticket)
        work = schema.ticket_work
        touched = work.c.idle_since.is_not(None) & work.c.ticket_id.in_(ids)
        await connection.execute(update(work).where(touched).values(idle_since=then))


async def lines(browser: Browser, path: str) -> list[str]:
    page = await browser.get(path)
    assert page.status == 200, path
    return re.findall(r'id="baris-([\w-]+)"', page.text)


# --- figures -------------------------------------------------------------------------------------


async def test_ll_23_the_first_page_shows_what_is_open_due_broken_and_unsorted(
    house: ApiOffice, operator: Browser
) -> None:
    sender = next(SENDERS)
    await house.ticket("HELPDESK keran wastafel patah")
    await house.hall.post(message("halo admin, mau tanya jam buka", From=phone(sender)))
    start = (await operator.get("/console")).headers["Location"]
    shown = figures(await operator.get(start))
    assert list(shown) == [
        "berjalan",
        "hari-ini",
        "lewat",
        "diam",
        "belum-terpilah",
        "belum-dibaca",
    ]

    async def counted_anew() -> bool:  # pages of one person count at most every other second
        found = figures(await operator.get(start))
        return not {"0", "…"} & {found["berjalan"], found["belum-terpilah"]}

    await until(counted_anew)
    for box in shown:
        assert (await operator.get(f"/console/kotak/{box}")).status == 200, box
    live = await operator.get("/console/hari-ini")
    assert "<html" not in live.text
    assert set(figures(live)) == set(shown)


@pytest.mark.parametrize("who", ["leader", "technician", "officer", "admin"])
async def test_ll_23_every_role_has_the_figures_of_its_reach(house: ApiOffice, who: str) -> None:
    browser = await at_the_console(house, who)
    start = (await browser.get("/console")).headers["Location"]
    shown = figures(await browser.get(start))
    assert {"berjalan", "hari-ini", "lewat"} <= set(shown), start
    assert "belum-terpilah" not in shown  # nobody of these sorts the tray


def test_ll_23_today_is_the_office_s_day() -> None:
    """Between two midnights in its zone, whatever was due this morning too."""
    now = datetime(2026, 7, 14, 18, 30, tzinfo=UTC)  # 01.30 of the 15th
    wanted = BY_KEY["hari-ini"].tickets(SOMEBODY, POLICY, now)
    assert (wanted.due_from, wanted.due_before) == (
        datetime(2026, 7, 14, 17, 0, tzinfo=UTC),
        datetime(2026, 7, 15, 17, 0, tzinfo=UTC),
    )


# --- nobody acts ---------------------------------------------------------------------------------


async def test_mb_25_the_list_of_those_on_which_nobody_acts(
    house: ApiOffice, operator: Browser
) -> None:
    fresh, old, older = [await house.ticket() for _ in range(3)]
    await let_lie(house, old, 24 * 30)
    await let_lie(house, older, 24 * 40)
    # The default is the answer's length: after a month every answer is late, at once none.
    found = await lines(operator, IDLE)
    assert found.index(older) < found.index(old)
    assert fresh not in found
    assert set(await lines(operator, f"{IDLE}?diam=800")) & {old, older, fresh} == {older}
    page = await operator.get(f"{IDLE}?nomor={old}")
    assert "tanpa tindakan sejak" in page.words
    assert (await house.operator.act(old, "note", {"text": "Sudah ditelepon."})).status == 200
    found = await lines(operator, IDLE)
    assert (old in found, older in found) == (False, True)


async def test_mb_25_what_waits_for_a_reason_is_not_idle(
    house: ApiOffice, operator: Browser
) -> None:
    number = await house.ticket()
    await house.operator.act(number, "assign", {"staff_id": house.ids["technician"]})
    expected = (SystemClock().now() + timedelta(days=2)).isoformat()
    held = {"reason": "access", "for_whom": "penjaga", "note": "Kunci dibawa penjaga."}
    said = await house.operator.act(number, "pend", {**held, "expected_at": expected})
    assert said.status == 200, said.text
    await let_lie(house, number, 24 * 30)
    assert number not in await lines(operator, IDLE)
    # Any list can be narrowed so, what stands still too.
    assert number in await lines(operator, f"/console/kotak/menunggu?diam=72&nomor={number}")


@pytest.mark.parametrize("hours", ["0", "-4", "x", "²", "9" * 30, "4.5"])
async def test_hours_that_are_none_ask_nothing(operator: Browser, hours: str) -> None:
    assert (await operator.get(f"{IDLE}?diam={hours}")).status == 200


async def test_a_narrowed_list_is_kept_with_its_hours(operator: Browser) -> None:
    page = await operator.get(f"{IDLE}?diam=72")
    form = {"kotak": "diam", "diam": "72", "nama": "Tiga hari diam"}
    kept = await operator.send("/console/saringan", page, form)
    assert kept.headers["Location"] == f"{IDLE}?diam=72"


async def test_mb_25_the_supervisor_s_board_shows_them(house: ApiOffice, boss: Browser) -> None:
    number = await house.ticket("HELPDESK pagar belakang rubuh")
    wanted = {"unit_id": 1, "instruction": "Mohon diperiksa", "staff_id": house.ids["technician"]}
    assert (await house.operator.act(number, "dispose", wanted)).status == 200
    part = "/console/unit/diam"
    assert number not in (await boss.get(part)).words
    await let_lie(house, number, 24 * 30)
    page = await boss.get(part)
    assert number in page.words
    assert f"/console/unit/{number}/assign" in page.text  # with what helps, in place
    assert (
        "Tanpa tindakan lebih lama daripada batas jawaban"
        in (await boss.get("/console/unit")).words
    )


# --- unread --------------------------------------------------------------------------------------


async def marked(browser: Browser, number: str) -> int:
    """How many messages the line says are unread."""
    page = await browser.get(f"/console/kotak/semua?nomor={number}")
    found = re.search(r'class="unread"[^>]*>([0-9]+)<', page.text)
    return int(found[1]) if found else 0


async def test_bw_46_unread_messages_are_counted_for_each_person(
    house: ApiOffice, operator: Browser, care: Browser
) -> None:
    sender = next(SENDERS)
    number = await house.ticket("HELPDESK telepon loket mati", sender)
    assert await marked(operator, number) == 1
    assert number in await lines(operator, f"{UNREAD}?nomor={number}")
    await operator.get(f"/console/tiket/{number}")
    assert await marked(operator, number) == 0
    assert number not in await lines(operator, f"{UNREAD}?nomor={number}")
    assert await marked(care, number) == 1
    for text in ("sudah dua hari", "kapan diperbaiki?"):
        await house.hall.post(message(f"{number} {text}", From=phone(sender)))
    assert await marked(operator, number) == 2
    assert await marked(care, number) == 3


async def test_bw_46_the_list_asks_for_itself_anew_and_the_tab_says_how_many(
    house: ApiOffice, operator: Browser
) -> None:
    await house.ticket()

    async def counted_anew() -> bool:
        return 'data-unread="0"' not in (await operator.get("/console/kotak/baru")).text

    await until(counted_anew)
    page = await operator.get("/console/kotak/baru")
    (trigger,) = re.findall(r'id="daftar"[^>]*hx-trigger="([^"]*)"', page.text)
    assert trigger == "langsung from:body, dibaca from:body"
    (told,) = re.findall(r'data-unread="([0-9+]+)"', page.text)
    assert f"<title>({told}) Baru masuk" in page.text


@pytest.mark.parametrize(
    ("headers", "left"),
    [({"HX-Request": "true"}, 1), (LOOKING, 0)],
    ids=["behind another tab", "before somebody"],
)
async def test_a_live_page_reads_only_what_somebody_has_before_them(
    house: ApiOffice, operator: Browser, headers: Mapping[str, str], left: int
) -> None:
    number = await house.ticket()
    browser = Browser(house.hall, dict(operator.cookies), dict(headers))
    said = await browser.get(f"/console/tiket/{number}/cerita")
    assert said.status == 200
    assert ("HX-Trigger-After-Swap" in said.headers) == (not left)
    assert await marked(operator, number) == left


async def test_the_technician_s_page_reads_too(house: ApiOffice) -> None:
    number = await house.ticket()
    await house.operator.act(number, "assign", {"staff_id": house.ids["technician"]})
    tech = await at_the_console(house, "technician")
    assert await marked(tech, number) == 1
    assert (await tech.get(f"/console/tugas/{number}")).status == 200
    assert await marked(tech, number) == 0


async def test_nobody_reads_what_is_out_of_reach(house: ApiOffice) -> None:
    number = await house.ticket()
    tech = await at_the_console(house, "technician")
    for path in (f"/console/tiket/{number}", f"/console/tiket/{number}/cerita"):
        assert (await tech.get(path)).status == 404
    async with house.hall.store._engines.reading.connect() as connection:
        readings = schema.readings
        mine = readings.c.staff_id == house.ids["technician"]
        found = await connection.execute(
            readings.select()
            .join(schema.tickets, schema.tickets.c.id == readings.c.ticket_id)
            .where(mine, schema.tickets.c.number == number)
        )
        assert found.all() == []


async def test_a_store_that_takes_nothing_keeps_nobody_from_reading(
    house: ApiOffice, operator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await house.ticket("HELPDESK monitor antrean padam")

    async def away(*_: object) -> bool:
        raise StoreUnavailable

    monkeypatch.setattr("ticket_store.readings.ReadingRows.keep", away)
    page = await operator.get(f"/console/tiket/{number}")
    assert (page.status, "monitor antrean padam" in page.words) == (200, True)
    monkeypatch.undo()
    assert await marked(operator, number) == 1
