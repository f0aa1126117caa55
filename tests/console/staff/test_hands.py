"""Fast hands without script: search, kept lists, many tickets at once, reports, the tray."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from console.staff.hands import tray
from tests.console.staff.kit import OURS, at_the_console
from tests.gateway.api.kit import SENDERS
from tests.gateway.gateway_kit import message, phone, until

if TYPE_CHECKING:
    from tests.console.staff.kit import Browser, Page
    from tests.gateway.api.kit import ApiOffice

TRAY_PAGE = "/console/kotak/belum-terpilah"


async def ask(browser: Browser, typed: str, **headers: str) -> Page:
    """What the search field finds; redirects are followed."""
    home = await browser.get("/console/kotak/semua?nomor=HD25")
    said = await browser.post(
        "/console/cari", {"q": typed, "csrf": home.field("csrf")}, **OURS, **headers
    )
    return await browser.get(said.headers["Location"]) if said.status == 303 else said


async def gathered(house: ApiOffice) -> None:
    """Until the words of everything so far can be found."""
    store = house.hall.store

    async def there() -> bool:
        return await store.search.gathered_up_to() == await store.stream.end()

    await until(there)


# --- search --------------------------------------------------------------------------------------


async def test_one_field_understands_all(house: ApiOffice, operator: Browser) -> None:
    sender = next(SENDERS)
    number = await house.ticket("HELPDESK pompa sumur Wringinputih macet", sender)
    other = await house.ticket("HELPDESK pagar roboh")
    await gathered(house)
    whole = phone(sender)
    for typed in ("wringin sumur", "POMPA", whole, whole.replace("+62", "0"), "62" + whole[3:]):
        found = await ask(operator, typed)
        assert number in found.words, typed
        assert other not in found.words, typed
    assert "<mark>Wringin</mark>" in (await ask(operator, "wringin sumur")).text


async def test_a_number_leads_to_its_ticket(house: ApiOffice, operator: Browser) -> None:
    number = await house.ticket()
    sequence = number.split("-")[1]
    for typed in (number, number.lower().replace("-", " "), sequence, sequence.lstrip("0")):
        found = await operator.get(f"/console/cari?q={typed}")
        assert found.headers.get("Location") == f"/console/kotak/semua/{number}", typed


async def test_people_never_stand_in_an_address(operator: Browser) -> None:
    home = await operator.get("/console/kotak/semua?nomor=HD25")
    for typed in ("081234567890", "3510161234567890", "siti@contoh.id"):
        form = {"q": typed, "csrf": home.field("csrf")}
        said = await operator.post("/console/cari", form)
        assert said.status == 200
        assert typed not in said.text


async def test_a_nik_is_not_found_in_texts(house: ApiOffice, operator: Browser) -> None:
    number = await house.ticket("HELPDESK berkas KTP 3510 1612 3456 7890 hilang")
    await gathered(house)
    assert number in (await ask(operator, "berkas ktp hilang")).words
    for typed in ("3510161234567890", "3510 1612 3456 7890", "berkas 3510", "berkas 7890"):
        assert number not in (await ask(operator, typed)).words, typed
    assert "7890" not in (await ask(operator, "berkas ktp hilang")).words.replace("****7890", "")


@pytest.mark.parametrize(
    "typed",
    ["", " ", "'", '"', "*", "a" * 5000, "NEAR(", "\x00", "%", "١٢٣", "-", "0", "9" * 30, "é"],
)
async def test_nothing_typed_breaks_it(operator: Browser, typed: str) -> None:
    assert (await ask(operator, typed)).status == 200


async def test_only_what_somebody_may_see_is_found(house: ApiOffice) -> None:
    number = await house.ticket("HELPDESK jembatan Kalibaru retak")
    tech = await at_the_console(house, "technician")
    for typed in ("kalibaru", number):
        assert number not in (await ask(tech, typed)).words.replace(f"“{number}”", "")


async def test_the_palette_gets_a_few_choices(house: ApiOffice, operator: Browser) -> None:
    number = await house.ticket("HELPDESK tiang miring Sempu")
    await gathered(house)
    found = await ask(operator, "miring sempu", HX_Request="true", HX_Target="palet")
    assert f'data-href="/console/kotak/semua/{number}"' in found.text
    assert "<html" not in found.text


# --- boxes ---------------------------------------------------------------------------------------


async def test_who_waits_for_an_answer(house: ApiOffice, operator: Browser) -> None:
    number = await house.ticket()
    path = f"/console/kotak/jawaban?nomor={number}"
    assert number in (await operator.get(path)).text.split('class="pane"')[0].split("lines")[-1]
    said = await house.operator.act(number, "answer", {"text": "Teknisi berangkat pukul 10.00."})
    assert said.status == 200
    assert f"baris-{number}" not in (await operator.get(path)).text


async def test_what_stands_still_by_reason(house: ApiOffice, operator: Browser) -> None:
    number = await house.ticket()
    page = await operator.get(f"/console/tiket/{number}")
    await operator.send(f"/console/tiket/{number}/review", page, {})
    page = await operator.get(f"/console/tiket/{number}")
    why = {
        "reason": "waiting_reporter", "for_whom": "penjaga", "note": "Gedung terkunci",
        "expected_at": "2026-11-24T10:00",
    }  # fmt: skip
    assert (await operator.send(f"/console/tiket/{number}/pend", page, why)).status == 303
    path = "/console/kotak/menunggu?sebab="
    assert f"baris-{number}" in (await operator.get(f"{path}waiting_reporter")).text
    assert f"baris-{number}" not in (await operator.get(f"{path}power_outage")).text
    for asked in ("pause=waiting_reporter", "waiting=true", "undelivered=false"):
        said = await house.operator.get(f"/tickets?{asked}&number={number}")
        assert [one["number"] for one in said.json["items"]] == [number], asked


# --- kept lists ----------------------------------------------------------------------------------


async def test_a_list_is_kept_and_forgotten(operator: Browser, care: Browser) -> None:
    listed = await operator.get("/console/kotak/semua?kanal=sms&prioritas=high")
    form = {"nama": " SMS  mendesak ", "kotak": "semua", "kanal": "sms", "prioritas": "high"}
    kept = await operator.send("/console/saringan", listed, form)
    assert kept.headers["Location"] == "/console/kotak/semua?prioritas=high&kanal=sms"
    again = await operator.get("/console/kotak/semua")
    assert "SMS mendesak" in again.words
    assert "SMS mendesak" not in (await care.get("/console/kotak/semua")).words
    (mark,) = re.findall(r"/console/saringan/(\d+)/hapus", again.text)
    page = await care.get("/console/kotak/semua")
    assert (await care.send(f"/console/saringan/{mark}/hapus", page, {})).status == 404
    assert (await operator.send(f"/console/saringan/{mark}/hapus", again, {})).status == 303
    assert "SMS mendesak" not in (await operator.get("/console/kotak/semua")).words


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"nama": "", "kotak": "semua"}, 422),
        ({"nama": "x" * 61, "kotak": "semua"}, 422),
        ({"nama": "x", "kotak": "rahasia"}, 404),
        ({"nama": "x", "kotak": "//evil.example"}, 404),
        ({"nama": "x", "q": "081234567890"}, 404),
        ({"nama": "x", "q": "3510161234567890"}, 404),
    ],
)
async def test_what_is_not_kept(operator: Browser, form: dict[str, str], status: int) -> None:
    page = await operator.get("/console/kotak/semua")
    assert (await operator.send("/console/saringan", page, form)).status == status


# --- many at once --------------------------------------------------------------------------------


async def bulk(browser: Browser, act: str, marks: list[str], form: dict[str, str]) -> Page:
    page = await browser.get("/console/kotak/semua")
    said = [("csrf", page.field("csrf")), *(("tiket", mark) for mark in marks), *form.items()]
    cookies = "; ".join(f"{name}={held}" for name, held in browser.cookies.items())
    path = f"/console/borongan/{act}" if act else "/console/borongan"
    headers = {"Cookie": cookies, **OURS}
    url = f"{browser.hall.base}{path}"
    async with browser.hall.http.post(url, data=said, headers=headers) as answer:
        return type(page)(answer.status, answer.headers, await answer.text())


async def test_many_are_assigned_and_refusals_told(house: ApiOffice, operator: Browser) -> None:
    numbers = [await house.ticket() for _ in range(3)]
    page = await operator.get("/console/kotak/semua")
    marks = [re.findall(rf'value="({number}~\d+)"', page.text)[0] for number in numbers]
    chosen = await bulk(operator, "", marks, {})
    assert "3 tiket dipilih" in chosen.words
    await house.operator.act(numbers[1], "review", {})
    who = {"staff_id": str(house.ids["technician"])}
    done = await bulk(operator, "assign", [*marks, "HD26-999999-0~1", "x", "x~y"], who)
    assert "2 dari 3 tiket berhasil" in done.words
    assert "sudah diubah orang lain" in done.words
    held = [(await house.operator.get(f"/tickets/{one}")).json["assignee_id"] for one in numbers]
    assert held == [house.ids["technician"], None, house.ids["technician"]]


@pytest.mark.parametrize(
    ("act", "form", "status"),
    [
        ("note", {"text": ""}, 200),
        ("assign", {"staff_id": ""}, 422),
        ("set-priority", {"priority": "besar"}, 422),
        ("reject", {"code": "x"}, 404),
        ("answer", {"text": "x"}, 404),
    ],
)
async def test_what_cannot_be_done_with_many(
    house: ApiOffice, operator: Browser, act: str, form: dict[str, str], status: int
) -> None:
    number = await house.ticket()
    before = (await house.operator.get(f"/tickets/{number}")).json["version"]
    said = await bulk(operator, act, [f"{number}~{before}"], form)
    assert said.status == status
    assert (await house.operator.get(f"/tickets/{number}")).json["version"] == before


async def test_many_beyond_reach_are_not_there(house: ApiOffice) -> None:
    number = await house.ticket()
    leader, tech = (
        await at_the_console(house, "leader"),
        await at_the_console(house, "technician"),
    )
    assert "0 dari 1" in (await bulk(tech, "note", [f"{number}~1"], {"text": "x"})).words
    said = await bulk(leader, "assign", [f"{number}~1"], {"staff_id": "1"})
    assert "0 dari 1" in said.words
    assert (await house.operator.get(f"/tickets/{number}")).json["version"] == 1


async def test_nothing_chosen_is_said(operator: Browser) -> None:
    assert "Belum ada tiket yang dipilih" in (await bulk(operator, "", [], {})).words


# --- the tray ------------------------------------------------------------------------------------


async def test_a_message_of_the_tray_becomes_a_ticket(house: ApiOffice, operator: Browser) -> None:
    await house.hall.post(message("selamat siang lampu taman mati", From=phone(next(SENDERS))))
    page = await operator.get(TRAY_PAGE)
    (path, *_) = re.findall(r'action="(/console/belum-terpilah/\d+/tiket)"', page.text)
    assert (await (await at_the_console(house, "leader")).send(path, page, {})).status == 403
    opened = await operator.send(path, page, {})
    assert opened.status == 303
    assert "lampu taman mati" in (await operator.get(opened.headers["Location"])).words
    again = await operator.send(path, page, {})
    assert again.status == 409
    assert "sudah dipilah" in again.words
    missing = "/console/belum-terpilah/999999/tiket"
    assert (await operator.send(missing, page, {})).status == 404


async def test_a_message_of_the_tray_joins_its_ticket(house: ApiOffice, operator: Browser) -> None:
    sender = next(SENDERS)
    await house.hall.post(message("pompa air rusak lagi", From=phone(sender)))
    number, foreign = await house.ticket(sender=sender), await house.ticket()
    page = await operator.get(TRAY_PAGE)
    part = page.text.split("pompa air rusak lagi")[1]
    (path, *_) = re.findall(r'action="(/console/belum-terpilah/\d+/gabung)"', part)
    for typed, status in (("bukan nomor", 422), (foreign, 409), ("HD26-999999-0", 422)):
        said = await operator.send(path, page, {"nomor": typed})
        assert said.status == status, typed
        assert typed in said.text
    tech = await at_the_console(house, "technician")
    assert (await tech.send(path, page, {"nomor": number})).status == 403
    joined = await operator.send(path, page, {"nomor": number.lower()})
    assert joined.status == 303
    assert "pompa air rusak lagi" in (await operator.get(joined.headers["Location"])).words


async def test_the_tray_is_paged_and_counted_beside_the_boxes(
    house: ApiOffice, operator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tray, "LINES", 2)
    before = await waiting(house)
    for text in ("halo satu", "halo dua", "halo tiga", "halo " + "panjang " * 200):
        await house.hall.post(message(text, From=phone(next(SENDERS))))
    path, seen, pages = TRAY_PAGE, [], 0
    while path:
        page = await operator.get(path)
        seen += re.findall(r'id="pesan-(\d+)"', page.text)
        found = re.search(r'href="([^"]+)" rel="next"', page.text)
        path, pages = (found[1] if found else ""), pages + 1
    assert len(seen) == len(set(seen)) == before + 4
    assert [int(one) for one in seen] == sorted(map(int, seen), reverse=True)
    assert pages == (before + 5) // 2
    await operator.get("/console/angka")  # waits until what came may be counted
    first = await operator.get(TRAY_PAGE)
    assert "Selanjutnya" in first.words  # the long one is folded
    assert re.search(rf"Belum terpilah</span><span[^>]*>{before + 4}<", first.text)
    assert (
        "Belum terpilah"
        not in (await (await at_the_console(house, "leader")).get("/console/kotak/semua")).words
    )


@pytest.mark.parametrize("place", ["x", "-1", "9" * 30, "²", "999999"])
async def test_a_place_that_is_none_breaks_no_tray(operator: Browser, place: str) -> None:
    assert (await operator.get(f"{TRAY_PAGE}?sesudah={place}")).status == 200


async def test_a_refusal_stands_at_the_message_on_its_page(
    house: ApiOffice, operator: Browser
) -> None:
    await house.hall.post(message("kran bocor di kantor", From=phone(next(SENDERS))))
    page = await operator.get(TRAY_PAGE)
    (one, *_) = re.findall(r'id="pesan-(\d+)"', page.text)
    said = await operator.send(
        f"/console/belum-terpilah/{one}/gabung", page, {"nomor": "HD26-0", "sesudah": ""}
    )
    part = said.text.split(f'id="pesan-{one}"')[1].split("</article>")[0]
    assert "Nomor tiket tidak terbaca" in part
    assert 'value="HD26-0"' in part
    assert 'aria-describedby="gagal"' in part


async def waiting(house: ApiOffice) -> int:
    return (await house.hall.store.lists.tray(1_000)).count


# --- on to the next ------------------------------------------------------------------------------


async def test_the_next_ticket_of_the_box_follows(house: ApiOffice, care: Browser) -> None:
    numbers = sorted([await house.ticket() for _ in range(2)], reverse=True)
    form = {"code": "outside_authority", "text": "Bukan urusan kantor ini.", "berikut": "1"}
    path = f"/console/tiket/{numbers[0]}/reject"
    page = await care.get(f"/console/kotak/semua/{numbers[0]}")
    gone = await care.send(path, page, form | {"text": "", "kotak": "semua"})
    assert gone.status == 422
    done = await care.send(path, page, form | {"kotak": "semua"})
    assert done.headers["Location"] == f"/console/kotak/semua/{numbers[1]}?usai={numbers[0]}"
    assert f"Tiket {numbers[0]} beres" in (await care.get(done.headers["Location"])).words
