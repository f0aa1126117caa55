"""The survey at /s/<token>: five questions or 22 statements, once for each ticket (§6)."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.errors import StoreUnavailable
from core.model.links import SignedLinks
from core.model.survey import SHORT
from tests.gateway.citizen_kit import PUBLIC, SECRET, Citizen, Hall, Page, hall
from tests.gateway.gateway_kit import CITIZEN, message, sign
from tests.gateway.staff_kit import SOLVED, does
from tests.gateway.test_ticket_page import by_sms

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

DAY = timedelta(days=1)
WIDE = {"forms_per_minute": 10**6, "forms_per_address": 10**6}
FIVE = dict(zip((f"p{item}" for item in SHORT), "45344", strict=True))
LINKS = SignedLinks(f"{PUBLIC}/s/", SECRET.encode())


@pytest.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    async with hall(tmp_path_factory.mktemp("nilai"), WIDE) as found:
        yield found


@pytest.fixture
async def someone(office: Hall) -> AsyncIterator[Citizen]:
    async with office.stranger() as citizen:
        yield citizen


async def solved(office: Hall, text: str = "Lampu jalan padam") -> tuple[str, str]:
    """A solved ticket of a stranger, and where it is rated."""
    async with office.stranger() as citizen:
        number = (await citizen.send(text)).number
    await does(office, number, *SOLVED)
    ticket = await office.store.work.ticket(number)
    return number, f"/s/{LINKS.token(ticket.id)}"


async def kept(office: Hall, number: str) -> list[tuple[Any, ...]]:
    """Item, half and score of each answer."""
    rows = await office.rows(
        "SELECT item, half, score FROM survey_answers WHERE ticket_id = "
        "(SELECT id FROM tickets WHERE number = ?) ORDER BY half DESC, item",
        number,
    )
    return [tuple(row) for row in rows]


async def survey(office: Hall, number: str) -> tuple[Any, ...]:
    """What is kept of the survey itself."""
    (row,) = await office.rows(
        "SELECT source, counted, late, rating, comment FROM surveys WHERE ticket_id = "
        "(SELECT id FROM tickets WHERE number = ?)",
        number,
    )
    return tuple(row)


def checked(page: Page) -> dict[str, str]:
    """What is chosen on the page, or carried along."""
    radio = re.findall(r'type="radio" name="(\w+)" value="(\d)" checked', page.html)
    carried = re.findall(r'type="hidden" name="([pe]\d+)" value="(\d)"', page.html)
    return dict(radio + carried)


async def test_five_marks_are_kept_once_and_thanked_for(office: Hall, someone: Citizen) -> None:
    number, path = await solved(office)
    page = await someone.get(path)
    assert page.html.count('type="radio"') == 25
    assert number in page.html
    assert "Lampu" not in page.html, "whoever holds the address sees no word of the report"
    page = await someone.post(path, FIVE | {"comment": " Ramah <b> "})
    assert (page.status, "Terima kasih" in page.html) == (200, True)
    once = [(item, "perception", int(mark)) for item, mark in zip(SHORT, "45344", strict=True)]
    assert await kept(office, number) == once
    assert await survey(office, number) == ("web", 1, 0, 4, "Ramah <b>")
    page = await someone.post(path, dict.fromkeys(FIVE, "1"))
    assert "Terima kasih" in page.html
    assert await kept(office, number) == once
    assert 'type="radio"' not in (await someone.get(f"{path}/lengkap")).html
    kinds = [event.kind for event in await office.store.reads.history(number)]
    assert kinds[-1] == "SurveyAnswered"
    assert kinds.count("SurveyAnswered") == 1


async def test_from_the_five_questions_to_the_22_statements(
    office: Hall, someone: Citizen
) -> None:
    number, path = await solved(office)
    chosen = {"p101": "4", "p103": "2", "comment": "Hampir selesai"}
    page = await someone.post(f"{path}/lengkap?lang=en", chosen)
    assert checked(page) == {"p101": "4", "p103": "2"}
    assert "Hampir selesai" in page.html
    assert page.html.count('type="radio"') == 22 * 2 * 5
    assert "Officers are polite." in page.html
    assert await kept(office, number) == [], "nothing is kept before it is sent"
    marks = {"p1": "5", "e1": "3", "p22": "1", "form": "long"}
    await someone.post(path, checked(page) | marks)
    assert await kept(office, number) == [
        (1, "perception", 5),
        (22, "perception", 1),
        (101, "perception", 4),
        (103, "perception", 2),
        (1, "expectation", 3),
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"p101": "6"},
        {"p101": "0"},
        {"p101": "45"},
        {"p99": "4"},
        {"e101": "4"},
        {"p101": "²"},
        FIVE | {"comment": "x" * 2_001},
    ],
)
async def test_what_cannot_be_taken_is_asked_again(
    office: Hall, someone: Citizen, fields: dict[str, str]
) -> None:
    number, path = await solved(office)
    page = await someone.post(path, fields)
    assert page.status == 422
    assert page.alert
    assert checked(page) == (FIVE if len(fields) > 1 else {})
    assert fields.get("comment", "") in page.html
    assert await kept(office, number) == []


async def test_before_the_solution_and_from_foreign_pages_nothing_is_taken(
    office: Hall, someone: Citizen
) -> None:
    number = (await someone.send("Belum selesai")).number
    ticket = await office.store.work.ticket(number)
    path = f"/s/{LINKS.token(ticket.id)}"
    assert "Penilaian dibuka setelah" in (await someone.get(path)).html
    assert "Penilaian dibuka setelah" in (await someone.post(path, FIVE)).html
    await does(office, number, *SOLVED)
    assert (await someone.post(path, FIVE, {"Sec-Fetch-Site": "cross-site"})).status == 403
    assert await kept(office, number) == []


async def test_an_address_that_nobody_gave_out_is_none(office: Hall, someone: Citizen) -> None:
    _, path = await solved(office)
    other = SignedLinks("", b"geheim")
    for token in ("x", "%00", "a" * 24, "A" * 900, other.token(26_000_000_001), path[3:].upper()):
        for page in (
            await someone.get(f"/s/{token}"),
            await someone.post(f"/s/{token}", FIVE),
            await someone.post(f"/s/{token}/lewati", {}),
        ):
            assert (page.status, "tidak kami kenal" in page.alert) == (404, True)


async def test_not_now_is_no_answer_and_closes_nothing(office: Hall, someone: Citizen) -> None:
    number, path = await solved(office)
    page = await someone.post(f"{path}/lewati", FIVE)
    assert "Tidak apa-apa" in page.html
    assert await kept(office, number) == []
    await someone.post(path, FIVE)
    assert len(await kept(office, number)) == 5


async def test_while_the_store_is_away_the_marks_stay(
    office: Hall, someone: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, path = await solved(office)

    async def away(*_: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(office.store.surveys, "about", away)
    page = await someone.get(path)
    assert (page.status, page.headers["Retry-After"]) == (503, "5")
    monkeypatch.setattr(office.store, "desk", away_desk)
    page = await someone.post(path, FIVE | {"comment": "Baik"})
    assert (page.status, checked(page), "Baik" in page.html) == (503, FIVE, True)
    assert (await someone.post(f"{path}/lewati", {})).status == 503


def away_desk() -> Any:
    raise StoreUnavailable


async def test_late_answers_are_kept_and_not_counted_and_the_page_says_so(tmp_path: Path) -> None:
    async with hall(tmp_path) as office:
        number, path = await solved(office)
        office.clock.ahead = 15 * DAY
        assert "Masa penilaian sudah lewat" in (await office.someone.get(path)).html
        page = await office.someone.post(path, FIVE)
        assert "tidak ikut dihitung" in page.html
        assert (await survey(office, number))[:3] == ("web", 0, 1)
        office.clock.ahead = 16 * DAY
        assert "tidak ikut dihitung" in (await office.someone.get(path)).html


async def test_what_was_answered_by_sms_is_not_asked_again(office: Hall) -> None:
    number = await by_sms(office, "HELPDESK lampu mati sekali")
    await does(office, number, *SOLVED)
    ticket = await office.store.work.ticket(number)
    path = f"/s/{LINKS.token(ticket.id)}"
    told = [row[3] for row in await office.outbox("resolved") if number in row[3]]
    assert [len(text) <= 160 and "NILAI" in text for text in told] == [True]
    fields = message(f"NILAI {number} 4 5 3 4 4", From=CITIZEN)
    head = {"X-Twilio-Signature": sign("http://127.0.0.1:8080/hooks/sms", fields.items())}
    async with office.http.post(office.base + "/hooks/sms", data=fields, headers=head) as answer:
        assert answer.status == 200
    async with office.stranger() as someone:
        assert "Terima kasih" in (await someone.get(path)).html


async def test_texts_know_the_address_of_the_survey(office: Hall) -> None:
    link = office.gateway.plan.policy.survey_link
    assert link is not None
    assert link(26_000_000_001) == LINKS(26_000_000_001)
    assert link(26_000_000_001).startswith(f"{PUBLIC}/s/")


async def test_ll_31_expectations_are_asked_with_their_labels(
    office: Hall, someone: Citizen
) -> None:
    _, path = await solved(office)
    page = (await someone.get(f"{path}/lengkap")).html
    for words in ("Sangat tidak tepat (STT)", "Tidak tepat (TT)", "Cukup tepat (CT)"):
        assert page.count(f">{words}<") == 22, words
    assert page.count(">Tepat (T)<") == page.count(">Sangat tepat (ST)<") == 22
    english = (await someone.get(f"{path}/lengkap?lang=en")).html
    assert "STT" not in english


@pytest.mark.parametrize("hour", [time(2, 30), time(12), time(23, 55)], ids=str)
async def test_ll_29_after_every_solution_an_invitation_that_is_open_at_any_hour(
    office: Hall, hour: time
) -> None:
    """By text and by the form; nobody logs in for it, and no office has to be open."""
    zone, before = office.gateway.plan.policy.zone, office.clock.ahead
    today = office.clock.now().astimezone(zone).date()
    sunday = today + timedelta(days=7 - today.weekday() + 6)
    wanted = datetime.combine(sunday, hour, zone)
    try:
        number, path = await solved(office, f"Trotoar amblas {hour}")
        texted = await by_sms(office, f"HELPDESK trotoar amblas {hour}")
        await does(office, texted, *SOLVED)
        for ticket in (number, texted):
            told = [row[3] for row in await office.outbox("resolved") if ticket in row[3]]
            assert len(told) == 1, ticket
            assert "nilai" in told[0].casefold(), told
        office.clock.ahead += wanted - office.clock.now()
        async with office.stranger(cookies=False) as someone:
            assert (await someone.get(path)).html.count('type="radio"') == 25
            # Answering wants nothing but the address: no login, no account, no hour.
            assert (await someone.post(path, FIVE)).status == 200
        assert len(await kept(office, number)) == 5
    finally:
        office.clock.ahead = before
