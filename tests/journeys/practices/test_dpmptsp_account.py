"""DPMPTSP DKI (DK): a client may have an account, and opens it by a code (DK-17, DK-18)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.gateway.gateway_kit import until
from tests.journeys.practices.walk_ll import PATIENCE, Ibu, with_form

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.gateway.api.kit import ApiOffice


@pytest.fixture(scope="module")
async def dinkes(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    async for house in with_form(tmp_path_factory.mktemp("dinkes")):
        yield house


async def test_dk_17_dk_18_a_client_comes_in_by_a_code_and_sees_the_own_tickets(
    dinkes: ApiOffice,
) -> None:
    ibu, stranger = Ibu(dinkes), Ibu(dinkes)
    number, path = await ibu.complains()
    theirs, _ = await stranger.complains()
    assert (await ibu.registers(path)).status == 303
    await ibu.enters()
    page = await ibu.browser.get("/saya")
    assert number in page.words
    assert theirs not in page.words
    opened = await ibu.browser.post(f"/saya/tiket/{number}", {})
    assert (opened.status, opened.headers["Location"]) == (303, f"/t/{number}")
    assert "Percakapan" in (await ibu.browser.get(f"/t/{number}")).words
    assert (await ibu.browser.post(f"/saya/tiket/{theirs}", {})).status == 404
    assert (await ibu.browser.get("/console")).status in (302, 303), "no way to the console"
    assert (await ibu.browser.post("/saya/keluar", {})).status == 303
    assert number not in (await ibu.browser.get("/saya")).words


async def test_dk_17_nobody_learns_who_is_known_and_guesses_lead_nowhere(
    dinkes: ApiOffice,
) -> None:
    ibu, unknown = Ibu(dinkes), Ibu(dinkes)
    _, path = await ibu.complains()
    assert (await ibu.registers(path)).status == 303
    known = await ibu.browser.post("/saya/masuk", {"address": ibu.number})
    nobody = await unknown.browser.post("/saya/masuk", {"address": unknown.number})
    assert known.words.replace(ibu.number, "") == nobody.words.replace(unknown.number, "")
    await dinkes.hall.quiet(PATIENCE)
    assert unknown.got() == []
    await until(lambda: "Kode masuk" in ibu.got()[-1], PATIENCE)
    code = re.findall(r": ([0-9A-Z]{4}-[0-9A-Z]{4})\.", ibu.got()[-1])[0]
    for _ in range(5):
        form = {"address": ibu.number, "code": "0000-0000"}
        assert (await ibu.browser.post("/saya/kode", form)).status == 403
    right = {"address": ibu.number, "code": code}
    assert (await ibu.browser.post("/saya/kode", right)).status == 403, "void after five"


async def test_dk_17_a_further_channel_is_tied_once_it_is_proven(dinkes: ApiOffice) -> None:
    ibu, office_phone = Ibu(dinkes), Ibu(dinkes)
    _, path = await ibu.complains()
    assert (await ibu.registers(path)).status == 303
    other, _ = await office_phone.complains()
    await ibu.enters()
    office_phone.browser = ibu.browser
    code = await office_phone.code("/saya/kontak", office_phone.number)
    form = {"address": office_phone.number, "code": "1111-1111"}
    assert (await ibu.browser.post("/saya/kontak/kode", form)).status == 403
    assert other not in (await ibu.browser.get("/saya")).words
    tied = await ibu.browser.post("/saya/kontak/kode", form | {"code": code})
    assert tied.status == 303
    assert other in (await ibu.browser.get("/saya")).words
    assert (await ibu.browser.post("/saya/kontak/kode", form | {"code": code})).status == 403


async def test_ll_09_data_are_deleted_on_request_and_tickets_stay(dinkes: ApiOffice) -> None:
    ibu = Ibu(dinkes)
    number, path = await ibu.complains()
    nik = "1673015507900009"
    assert (await ibu.registers(path, nik=nik, phone="0812 3456 7890")).status == 303
    await ibu.enters()
    assert (await ibu.browser.post("/saya/hapus", {})).status == 422, "only when it is meant"
    assert (await ibu.browser.post("/saya/hapus", {"sure": "1"})).status == 303
    assert "sudah dihapus" in (await ibu.browser.get("/saya?dihapus=1")).words
    left = await dinkes.hall.rows(
        "SELECT (SELECT count(*) FROM registrations WHERE phone = '+6281234567890'), "
        "(SELECT count(*) FROM restricted_values WHERE tail = '0009')"
    )
    assert tuple(left[0]) == (0, 0)
    assert (await dinkes.care.get(f"/tickets/{number}")).status == 200
    assert len(await ibu.says("HELPDESK obat batuk habis")) == 1, "nobody is asked twice"
    other = Ibu(dinkes)
    _, second = await other.complains()
    assert (await other.registers(second, nik=nik)).status == 303, "the number is free again"
