"""Boxes, lists and the ticket beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.staff.deeds import BY_NAME, COMPOSED, DEEDS
from core.model.act_rules import NAMES, RULES
from tests.console.staff.kit import at_the_console
from tests.gateway.api.kit import PEOPLE, SENDERS

if TYPE_CHECKING:
    from tests.console.staff.kit import Browser
    from tests.gateway.api.kit import ApiOffice


async def test_a_new_ticket_stands_in_its_boxes(house: ApiOffice, operator: Browser) -> None:
    number = await house.ticket("HELPDESK lampu lorong padam")
    for box in ("baru", "tanpa-petugas", "semua"):
        page = await operator.get(f"/console/kotak/{box}?nomor={number}")
        assert number in page.words
        assert "lampu lorong padam" in page.words
    assert number not in (await operator.get("/console/kotak/saya")).words
    assert number not in (await operator.get("/console/kotak/semua?nomor=HD25")).words


STARTS = {
    "operator": ("/console/kotak/baru", "/console/admin/janji"),
    "care": ("/console/kotak/baru", "/console/admin/janji"),
    "technician": ("/console/tugas", "/console/admin/janji"),
    "officer": ("/console/kotak/saya", "/console/pimpinan"),
    "supervisor": ("/console/unit", "/console/admin/janji"),
    "leader": ("/console/pimpinan", "/console/tugas"),
    "head": ("/console/pimpinan", "/console/tugas"),
    "admin": ("/console/kotak/baru", "/console/tugas"),
}
"""Of each role: where it begins, and a page that is not its own."""


async def test_ll_22_bw_01_each_role_begins_in_the_browser_on_its_own_page_and_no_other_s(
    house: ApiOffice,
) -> None:
    assert set(STARTS) == set(PEOPLE)
    for who, (start, foreign) in STARTS.items():
        browser = await at_the_console(house, who)
        assert (await browser.get("/console")).headers["Location"] == start, who
        assert (await browser.get(start)).status == 200, who
        assert (await browser.get(foreign)).status == 403, (who, foreign)


async def test_a_box_that_does_not_exist_is_not_there(operator: Browser) -> None:
    said = await operator.get("/console/kotak/rahasia")
    assert said.status == 404
    assert "tidak ada" in said.words


async def test_the_ticket_shows_what_was_said_and_promised(
    house: ApiOffice, operator: Browser
) -> None:
    number = await house.ticket("HELPDESK air mati di kantor camat")
    page = await operator.get(f"/console/kotak/baru/{number}")
    assert "air mati di kantor camat" in page.words
    assert "Jawaban pertama" in page.words
    assert "Penyelesaian" in page.words
    assert "Tiket dibuka" in page.words
    assert f"no tiket {number}" in page.words  # what the citizen was told


async def test_an_answer_leaves_and_stands_in_the_conversation(
    house: ApiOffice, operator: Browser
) -> None:
    sender = next(SENDERS)
    number = await house.ticket(sender=sender)
    page = await operator.get(f"/console/kotak/baru/{number}")
    sent = await operator.send(
        f"/console/tiket/{number}/answer", page, {"text": "Teknisi kami berangkat pukul 10.00."}
    )
    assert (sent.status, sent.headers["Location"]) == (303, f"/console/kotak/baru/{number}")
    await house.hall.quiet()
    assert any("Teknisi kami berangkat" in text for text in house.hall.texts())
    shown = await operator.get(sent.headers["Location"])
    assert "Jawaban petugas" in shown.words
    assert "ditepati" in shown.words  # the first answer is kept


async def test_a_note_never_leaves(house: ApiOffice, operator: Browser) -> None:
    number = await house.ticket()
    page = await operator.get(f"/console/tiket/{number}")
    await operator.send(f"/console/tiket/{number}/note", page, {"text": "Tetangga kepala dinas."})
    await house.hall.quiet()
    assert not any("Tetangga" in text for text in house.hall.texts())
    assert "Tetangga kepala dinas." in (await operator.get(f"/console/tiket/{number}")).words


async def test_what_was_typed_survives_a_refusal(house: ApiOffice, operator: Browser) -> None:
    number = await house.ticket()
    page = await operator.get(f"/console/tiket/{number}")
    typed = {"instruction": "", "unit_id": "1", "due_at": "2026-12-24T10:00"}
    said = await operator.send(f"/console/tiket/{number}/dispose", page, typed)
    assert said.status == 422
    assert 'aria-invalid="true"' in said.text
    assert "2026-12-24T10:00" in said.text


async def test_two_at_once_the_second_is_told(
    house: ApiOffice, operator: Browser, care: Browser
) -> None:
    number = await house.ticket()
    path = f"/console/tiket/{number}"
    first, second = await operator.get(path), await care.get(path)
    assigned = {"staff_id": str(house.ids["technician"])}
    assert (await operator.send(f"{path}/assign", first, assigned)).status == 303
    other = {"staff_id": str(house.ids["officer"]), "reason": "lebih dekat"}
    late = await care.send(f"{path}/assign", second, other)
    assert late.status == 409
    assert "lebih dekat" in late.text
    assert (await house.operator.get(f"/tickets/{number}")).json["assignee_id"] == house.ids[
        "technician"
    ]


async def test_a_technician_sees_own_work_only(house: ApiOffice, operator: Browser) -> None:
    mine, foreign = await house.ticket(), await house.ticket()
    page = await operator.get(f"/console/tiket/{mine}")
    await operator.send(
        f"/console/tiket/{mine}/assign", page, {"staff_id": str(house.ids["technician"])}
    )
    tech = await at_the_console(house, "technician")
    home = await tech.get("/console")
    assert home.headers["Location"] == "/console/tugas"
    listed = await tech.get("/console/kotak/saya")
    assert mine in listed.words
    assert foreign not in listed.words
    assert (await tech.get(f"/console/tiket/{foreign}")).status == 404
    started = await tech.get(f"/console/tiket/{mine}")
    assert (
        await tech.send(f"/console/tiket/{mine}/start", started, {"note": "Mulai"})
    ).status == 303
    assert "Dikerjakan" in (await tech.get(f"/console/tiket/{mine}")).words


async def test_bw_32_bw_33_parts_are_looked_for_and_taken_on_the_page(
    house: ApiOffice, operator: Browser
) -> None:
    number = await house.ticket()
    path = f"/console/tiket/{number}"
    page = await operator.get(path)
    assert "Periksa stok" not in page.words
    await operator.send(f"{path}/assign", page, {"staff_id": str(house.ids["technician"])})
    tech = await at_the_console(house, "technician")
    page = await tech.get(path)
    assert "Pakai dari stok" not in page.words
    empty = await tech.send(f"{path}/check-stock", page, {"item": " ", "in_stock": "1"})
    assert (empty.status, 'aria-invalid="true"' in empty.text) == (422, True)
    for item, there in (("Switch 24 port", "0"), ("Adaptor 12V", "1")):
        page = await tech.get(path)
        form = {"item": item, "in_stock": there, "note": "gudang"}
        assert (await tech.send(f"{path}/check-stock", page, form)).status == 303
    page = await tech.get(path)
    assert "Switch 24 port: tidak tersedia" in page.words
    assert (await tech.send(f"{path}/use-stock", page, {"quantity": "2"})).status == 303
    assert "dipakai 2" in (await tech.get(path)).words


async def test_leadership_reads_and_changes_nothing(house: ApiOffice) -> None:
    number = await house.ticket()
    leader = await at_the_console(house, "leader")
    page = await leader.get(f"/console/tiket/{number}")
    assert "Kirim jawaban" not in page.words
    assert "Beri arahan" in page.words
    for act, form in (
        ("assign", {"staff_id": "1"}),
        ("answer", {"text": "x"}),
        ("start", {"note": "Mulai"}),
    ):
        said = await leader.send(f"/console/tiket/{number}/{act}", page, form)
        assert said.status == 403, act


async def test_htmx_gets_the_pane_alone(house: ApiOffice, operator: Browser) -> None:
    number = await house.ticket()
    head = {"HX-Request": "true", "HX-Target": "tiket"}
    pane = await operator.get(f"/console/kotak/baru/{number}", **head)
    assert pane.status == 200
    assert "<html" not in pane.text
    assert number in pane.words


@pytest.mark.parametrize(
    "query",
    ["nomor=HD26", "prioritas=high", "prioritas=xx", "kanal=sms", "unit=1", "unit=²", "nomor=%00"],
)
async def test_filters_narrow_and_never_break(operator: Browser, query: str) -> None:
    assert (await operator.get(f"/console/kotak/semua?{query}")).status == 200


@pytest.mark.parametrize("place", ["x", "1~2~3", "1~x~", "~~", "9" * 40, "1~0~2026-01-01T00:00"])
async def test_a_place_that_is_none_is_the_first_page(operator: Browser, place: str) -> None:
    assert (await operator.get(f"/console/kotak/semua?sesudah={place}")).status == 200


async def test_pages_follow_each_other_without_gap(house: ApiOffice, operator: Browser) -> None:
    for _ in range(45):
        await house.ticket()
    seen: list[str] = []
    path = "/console/kotak/semua"
    while path:
        page = await operator.get(path)
        seen += [part.split('"')[0] for part in page.text.split('id="baris-')[1:]]
        found = page.text.split('class="list__more"><a href="')
        path = found[1].split('"')[0].replace("&amp;", "&") if len(found) > 1 else ""
    assert len(seen) == len(set(seen))
    assert set(seen) == {row.number for row in await house.hall.tickets()}


def test_every_act_has_its_form() -> None:
    assert {deed.name for deed in DEEDS} | set(COMPOSED) == set(NAMES)
    assert len(BY_NAME) == len(DEEDS)
    for deed in DEEDS:
        known = set(NAMES[deed.name].__dataclass_fields__)
        assert {field.name for field in deed.fields} <= known, deed.name
        assert NAMES[deed.name] in RULES


async def test_mb_34_a_date_in_the_text_is_a_suggestion_only(house: ApiOffice) -> None:
    operator = await at_the_console(house, "operator")
    text = "HELPDESK mohon sesi hari Senin, tanggal 21 November 2021 jam 14.00 WIB"
    number = await house.ticket(f"{text} berakhir jam 16.00 WIB")
    shown = (await operator.get(f"/console/tiket/{number}")).words
    assert "hari Senin, tanggal 21 November 2021" in shown
    assert "Min 21 November 2021 pukul 14.00 WIB, sampai" in shown.replace("\xa0", " ")
    assert "Periksa: tanggal itu hari Minggu, tertulis Senin" in shown
    plain = await house.ticket("HELPDESK lampu mati")
    assert "belum dipastikan" not in (await operator.get(f"/console/tiket/{plain}")).words
