"""The health office of Lubuklinggau (LL): the list of respondents (LL-26)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.console.staff.kit import Browser, at_the_console
from tests.journeys.practices.walk_ll import Ibu, registered, with_form

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.gateway.api.kit import ApiOffice


@pytest.fixture(scope="module")
async def dinkes(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    async for house in with_form(tmp_path_factory.mktemp("dinkes")):
        yield house


@pytest.fixture(scope="module")
async def strict(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    """Where work waits for the data, and the identity number is required."""
    folder = tmp_path_factory.mktemp("strict")
    async for house in with_form(folder, registration="before_work", registration_nik="required"):
        yield house


@pytest.fixture(scope="module")
async def admin(dinkes: ApiOffice) -> Browser:
    """At the console; a code of the second factor works once, so they come in once."""
    return await at_the_console(dinkes, "admin")


async def test_ll_26_respondents_are_listed_searched_and_masked(
    dinkes: ApiOffice, admin: Browser
) -> None:
    nik, ponsel = "1673016507900011", "081355577799"
    ibu, number, which = await registered(dinkes, "Mariam Cari", nik=nik, phone=ponsel)
    for text in ("mariam", "CARI mariam", ponsel, "0813-5557-7799", nik, "1673 0165 0790 0011"):
        found = await dinkes.admin.post("/search/respondents", {"text": text})
        assert [one["id"] for one in found.json["items"]] == [which], text
        assert nik not in found.text
        assert "+6281355577799" not in found.text
    line = found.json["items"][0]
    assert (line["nik"], line["phone"]) == ("****0011", "0813****7799")
    assert (await dinkes.admin.post("/search/respondents", {"text": "0011"})).json["items"] == []
    for who in ("operator", "technician", "leader"):
        assert (await dinkes.callers[who].get("/respondents")).status == 403
    own = await admin.get("/console/admin/pelapor")
    assert "****0011" in own.words
    assert nik not in own.text
    page = await admin.send("/console/admin/pelapor/cari", own, {"cari": nik})
    assert "Mariam Cari" in page.words
    one = await admin.get(f"/console/admin/pelapor/{which}")
    assert number in one.words
    assert nik not in one.text
    assert ibu.number not in one.text, "contacts are masked"
    assert (await admin.get("/console/admin/pelapor/999999")).status == 404
    operator = await at_the_console(dinkes, "operator")
    assert (await operator.get("/console/admin/pelapor")).status == 403


async def test_ll_26_ll_02_data_are_put_right_with_a_history(
    dinkes: ApiOffice, admin: Browser
) -> None:
    _, _, which = await registered(dinkes, "Salah Eja")
    page = await admin.get(f"/console/admin/pelapor/{which}")
    form = {"name": "Benar Eja", "nik": "12", "phone": "", "email": "", "area": ""}
    wrong = await admin.send(f"/console/admin/pelapor/{which}", page, form)
    assert wrong.status == 422
    assert "16 angka" in wrong.words
    right = form | {"nik": "1673016507900012"}
    assert (await admin.send(f"/console/admin/pelapor/{which}", page, right)).status == 303
    assert (await admin.send(f"/console/admin/pelapor/{which}", page, form)).status in (409, 422)
    again = await admin.get(f"/console/admin/pelapor/{which}")
    assert "Data pelapor diubah" in again.words
    assert "****0012" in again.words
    stale = await dinkes.admin.call(
        "PUT", f"/respondents/{which}", {"name": "Lain"}, If_Match='"1"'
    )
    assert stale.status in (409, 412)


async def test_ll_26_two_records_of_one_person_become_one(dinkes: ApiOffice) -> None:
    one, first, keep = await registered(dinkes, "Rohani Satu", phone="081366600001")
    _, second, other = await registered(dinkes, "Rohani Dua", nik="1673016507900013")
    merged = await dinkes.admin.post(f"/respondents/{keep}/merge", {"other": other})
    assert merged.status == 200, merged.text
    assert (merged.json["nik"], merged.json["phone"]) == ("****0013", "+6281366600001")
    assert (await dinkes.admin.get(f"/respondents/{other}")).status == 404
    assert (await dinkes.admin.post(f"/respondents/{keep}/merge", {"other": keep})).status == 422
    await one.enters()
    own = (await one.browser.get("/saya")).words
    assert first in own
    assert second in own
    found = await dinkes.admin.post("/search/respondents", {"text": "1673016507900013"})
    assert [line["id"] for line in found.json["items"]] == [keep]
    _, _, third = await registered(dinkes, "Rohani Tiga", nik="1673016507900014")
    two = await dinkes.admin.post(f"/respondents/{keep}/merge", {"other": third})
    assert two.status == 422, "two numbers are two people"


async def test_ll_26_the_export_holds_no_nik_and_no_formula(
    dinkes: ApiOffice, admin: Browser
) -> None:
    nik = "1673016507900015"
    await registered(dinkes, '=HYPERLINK("http://jahat.example")', nik=nik, phone="081377700001")
    said = await dinkes.admin.get("/respondents.csv")
    assert said.status == 200
    assert nik not in said.text
    assert "0015" not in said.text
    assert "'=HYPERLINK" in said.text
    assert "\n=" not in said.text
    assert "081377700001" in said.text
    page = await admin.get("/console/admin/pelapor/unduh")
    assert page.text == said.text
    assert "attachment" in page.headers["Content-Disposition"]


async def test_ll_26_ll_08_staff_register_whoever_cannot(strict: ApiOffice) -> None:
    ibu = Ibu(strict)
    number, _ = await ibu.complains()
    to = {"staff_id": strict.ids["technician"]}
    assert (await strict.care.act(number, "assign", to, version="*")).status == 200
    admin = await at_the_console(strict, "admin")
    page = await admin.get("/console/admin/pelapor")
    form = {"data": "1", "number": number, "name": "Tidak Bisa Mengisi", "nik": ""}
    refused = await admin.send("/console/admin/pelapor", page, form)
    assert refused.status == 422
    assert "NIK belum diisi" in refused.words
    done = await admin.send("/console/admin/pelapor", page, form | {"nik": "1673016507900016"})
    assert done.status == 303
    begun = await strict.technician.act(number, "start", {"note": "mulai"}, version="*")
    assert begun.status == 200, begun.text
    again = await admin.send("/console/admin/pelapor", page, form | {"nik": "1673016507900017"})
    assert again.status == 409
    nowhere = form | {"number": "HD26-999999-9", "nik": "1673016507900018"}
    assert (await admin.send("/console/admin/pelapor", page, nowhere)).status == 422
