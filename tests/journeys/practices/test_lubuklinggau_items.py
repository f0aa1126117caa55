"""The health office of Lubuklinggau (LL): what the survey asks is the office's to word (LL-25)."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from tests.console.staff.kit import Browser, at_the_console
from tests.gateway.api.kit import ApiOffice, api_office
from tests.gateway.gateway_kit import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

FORM = {
    "kind": "web_form",
    "secret": "rahasia-formulir-0123456789",
    "guesses_per_address": 10_000,
}
ITEMS = "/survey-items"
SURVEI = "/console/admin/survei"
MARKS = count(1)


@pytest.fixture(scope="module")
async def dinkes(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    many = {"requests_per_minute": 100_000}
    limits = {"tickets_per_ten_minutes": 500}
    office = {"registration": "off"}
    folder = tmp_path_factory.mktemp("butir")
    doors = {"lapor": FORM}
    async with api_office(folder, doors=doors, api=many, limits=limits, office=office) as made:
        yield made


@pytest.fixture(scope="module")
async def admin(dinkes: ApiOffice) -> Browser:
    """At the console; a code of the second factor works once, so they come in once."""
    return await at_the_console(dinkes, "admin")


async def solved(house: ApiOffice) -> tuple[str, str]:
    """A solved ticket, and the path where it is rated."""
    number = await house.ticket()
    to = {"staff_id": house.ids["technician"]}
    for who, act, body in (
        ("care", "assign", to), ("technician", "start", {"note": "mulai"}),
        ("technician", "resolve", {"solution": "Sudah diperbaiki"}),
    ):  # fmt: skip
        said = await house.callers[who].act(number, act, body, version="*")
        assert said.status == 200, said.text
    ticket = await house.hall.store.work.ticket(number)
    link = house.hall.gateway.plan.policy.survey_link
    assert link is not None
    return number, link(ticket.id).removeprefix(house.hall.public)


async def listed(house: ApiOffice) -> dict[int, Any]:
    said = (await house.admin.get(ITEMS)).json
    return {one["id"]: one for part in said.values() for one in part}


async def change(house: ApiOffice, item: int, **more: Any) -> Any:
    """A change of the version in force; the item after it."""
    now = (await listed(house))[item]
    body = {name: now[name] for name in ("dimension", "words", "english", "position")} | more
    version = f'"{now["version"]}"'
    said = await house.admin.call("PUT", f"{ITEMS}/{item}", body, If_Match=version)
    assert said.status == 200, said.text
    return said.json


async def test_ll_25_what_is_shipped_are_22_statements_and_five_questions(
    dinkes: ApiOffice,
) -> None:
    said = (await dinkes.operator.get(ITEMS)).json
    assert [one["id"] for one in said["questions"]] == [101, 102, 103, 104, 105]
    assert [one["id"] for one in said["statements"]] == list(range(1, 23))
    assert {one["version"] for part in said.values() for one in part} == {1}


async def test_ll_25_a_statement_is_added_and_deleted_while_nobody_has_answered(
    dinkes: ApiOffice, admin: Browser
) -> None:
    page = await admin.get(SURVEI)
    form = {"dimension": "empathy", "words": "Petugas  mendengarkan saya.", "position": "5"}
    assert (await admin.send(SURVEI, page, form | {"words": " "})).status == 422
    assert (await admin.send(SURVEI, page, form | {"words": "x" * 201})).status == 422
    assert (await admin.send(SURVEI, page, form | {"position": "banyak"})).status in (303, 422)
    before = set(await listed(dinkes))
    english = form | {"words": "Petugas sabar.", "english": "Staff are patient."}
    assert (await admin.send(SURVEI, page, english)).status == 303
    (item,) = set(await listed(dinkes)) - before
    _, path = await solved(dinkes)
    browser = Browser(dinkes.hall)
    asked = await browser.get(f"{path}/lengkap")
    assert "Petugas sabar." in asked.words
    assert f'name="p{item}"' in asked.text
    assert "Staff are patient." in (await browser.get(f"{path}/lengkap?lang=en")).words
    one = await admin.get(f"{SURVEI}/{item}")
    assert (await admin.send(f"{SURVEI}/{item}/hapus", one, {})).status == 303
    assert item not in await listed(dinkes), "gone, for nobody has answered it"
    assert "Petugas sabar." not in (await browser.get(f"{path}/lengkap")).words
    assert (await admin.get(f"{SURVEI}/{item}")).status == 404


async def test_ll_25_one_that_has_answers_is_only_retired(
    dinkes: ApiOffice, admin: Browser
) -> None:
    number, path = await solved(dinkes)
    browser = Browser(dinkes.hall)
    sent = {"form": "long", "p3": "4", "e3": "5", "v3": "1"}
    assert (await browser.post(path, sent)).status == 303
    page = await admin.get(f"{SURVEI}/3")
    assert (await admin.send(f"{SURVEI}/3/hapus", page, {})).status == 303
    assert (await listed(dinkes))[3]["retired"] is True
    _, other = await solved(dinkes)
    assert 'name="p3"' not in (await browser.get(f"{other}/lengkap")).text
    rows = await dinkes.hall.rows(
        "SELECT a.score, a.version FROM survey_answers a JOIN tickets t ON t.id = a.ticket_id "
        "WHERE t.number = ? AND a.item = 3 ORDER BY a.half",
        number,
    )
    assert [tuple(row) for row in rows] == [(5, 1), (4, 1)], "answers stay"
    again = await change(dinkes, 3)
    assert again["retired"] is False, "asked again"


async def test_ll_25_answers_keep_the_words_and_the_dimension_they_were_asked_with(
    dinkes: ApiOffice,
) -> None:
    _, path = await solved(dinkes)
    browser = Browser(dinkes.hall)
    opened = await browser.get(f"{path}/lengkap")
    assert 'name="v7" value="1"' in opened.text
    moved = await change(
        dinkes, 7, dimension="assurance", words="Layanan tepat dan aman sejak pertama."
    )
    assert (moved["version"], moved["dimension"]) == (2, "assurance")
    # The page lay open meanwhile: its answer is to the words that stood there.
    late = {"form": "long", "p7": "2", "e7": "5", "v7": "1"}
    assert (await browser.post(path, late)).status == 303
    _, fresh = await solved(dinkes)
    page = await browser.get(f"{fresh}/lengkap")
    assert "Layanan tepat dan aman sejak pertama." in page.words
    new = {"form": "long", "p7": "5", "e7": "5", "v7": "2"}
    assert (await browser.post(fresh, new)).status == 303
    _, bold = await solved(dinkes)
    future = {"form": "long", "p8": "5", "e8": "5", "v8": "9"}
    assert (await browser.post(bold, future)).status == 303
    rows = await dinkes.hall.rows(
        "SELECT DISTINCT item, version FROM survey_answers WHERE item IN (7, 8) ORDER BY 1, 2"
    )
    assert [tuple(row) for row in rows] == [(7, 1), (7, 2), (8, 1)]
    period = f"{dinkes.hall.gateway.plan.clock.now():%Y-%m}"
    found = (await dinkes.admin.get(f"/surveys/{period}")).json["statements"]
    sevens = {one["dimension"]: one["gap"] for one in found["items"] if one["place"] == 7}
    assert sevens == {"reliability": -3.0, "assurance": 0.0}


async def test_ll_25_an_own_statement_counts_in_its_dimension(dinkes: ApiOffice) -> None:
    body = {"dimension": "tangibles", "words": "Ruang tunggu sejuk."}
    made = (await dinkes.admin.post(ITEMS, body)).json
    number, _ = await solved(dinkes)
    scores = [
        {"item": made["id"], "score": 2, "half": "perception"},
        {"item": made["id"], "score": 5, "half": "expectation"},
    ]
    typed = await dinkes.care.post(f"/tickets/{number}/survey", {"scores": scores})
    assert typed.status == 201, typed.text
    period = f"{dinkes.hall.gateway.plan.clock.now():%Y-%m}"
    found = (await dinkes.admin.get(f"/surveys/{period}")).json["statements"]["items"]
    own = [one for one in found if one["place"] == made["id"]]
    assert [(one["dimension"], one["n"], one["gap"]) for one in own] == [("tangibles", 1, -3.0)]
    other, _ = await solved(dinkes)
    unknown = [{"item": 9_999, "score": 2}]
    assert (await dinkes.care.post(f"/tickets/{other}/survey", {"scores": unknown})).status == 422


async def test_ll_25_questions_are_reworded_and_stay_five(
    dinkes: ApiOffice, admin: Browser
) -> None:
    await change(dinkes, 103, words="Daya tanggap: apakah petugas sigap?")
    _, path = await solved(dinkes)
    assert "apakah petugas sigap?" in (await Browser(dinkes.hall).get(path)).words
    asking = dinkes.hall.gateway.plan.policy.questions_in

    async def asked() -> bool:
        return "sigap" in asking("id")[2]

    await until(asked, 30)
    page = await admin.get(f"{SURVEI}/103")
    gone = await admin.send(f"{SURVEI}/103/hapus", page, {})
    assert gone.status == 409
    assert "lima angka" in gone.words
    form = {"dimension": "empathy", "words": "Empati: ya?"}
    assert (await admin.send(f"{SURVEI}/103", page, form)).status == 409


async def test_ll_25_only_who_may_and_only_what_was_seen(dinkes: ApiOffice) -> None:
    body = {"dimension": "empathy", "words": "Petugas ramah."}
    for who in ("operator", "care", "leader", "technician"):
        assert (await dinkes.callers[who].post(ITEMS, body)).status == 403
    operator = await at_the_console(dinkes, "operator")
    assert (await operator.get(SURVEI)).status == 403
    stale = await dinkes.admin.call("PUT", f"{ITEMS}/22", body, If_Match='"9"')
    assert stale.status in (409, 412)
    gone = await dinkes.admin.call("DELETE", f"{ITEMS}/999", If_Match='"1"')
    assert gone.status == 404
