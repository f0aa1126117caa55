"""The health office of Lubuklinggau (LL): who reports may say who they are, and never must."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

import pytest

from tests.console.staff.kit import Browser, at_the_console
from tests.gateway.api.kit import ApiOffice, api_office
from tests.gateway.gateway_kit import message, phone, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.console.staff.kit import Page

FORM = {
    "kind": "web_form",
    "secret": "rahasia-formulir-0123456789",
    "guesses_per_address": 10_000,
    "forms_per_address": 10_000,
}
NUMBERS = count(8_100_000)
LINK = re.compile(r"/daftar/[a-z2-7]+")
SITI = {"name": "Siti Aminah", "area": "Kelurahan Batu Urip"}
NIK = "1673014507900001"
PATIENCE = 30


async def made(folder: object, **office: str) -> AsyncIterator[ApiOffice]:
    sections = {
        "office": {"name": "Dinas Kesehatan Kota Lubuklinggau"} | office,
        "api": {"requests_per_minute": 100_000},
        "limits": {"tickets_per_ten_minutes": 500},
    }
    doors = {"lapor": FORM | {"codes_per_day": 1_000}}
    async with api_office(folder, doors=doors, **sections) as house:  # type: ignore[arg-type]  # a path
        yield house


@pytest.fixture(scope="module")
async def dinkes(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    async for house in made(tmp_path_factory.mktemp("dinkes")):
        yield house


@pytest.fixture(scope="module")
async def strict(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    """Where work waits for the data, and the identity number is required."""
    folder = tmp_path_factory.mktemp("strict")
    async for house in made(folder, registration="before_work", registration_nik="required"):
        yield house


@pytest.fixture(scope="module")
async def admin(dinkes: ApiOffice) -> Browser:
    """At the console; a code of the second factor works once, so they come in once."""
    return await at_the_console(dinkes, "admin")


class Ibu:
    """Somebody with a plain phone and a browser."""

    def __init__(self, house: ApiOffice) -> None:
        self.house, self.number = house, phone(next(NUMBERS))
        self.browser = Browser(house.hall)

    def got(self) -> list[str]:
        return [one.body for one in self.house.hall.provider.sent if one.recipient == self.number]

    async def says(self, text: str, answers: int = 1) -> list[str]:
        """The texts that answer it; waits until nothing more is owed."""
        before = len(self.got())
        assert (await self.house.hall.post(message(text, From=self.number))).status == 200
        await until(lambda: len(self.got()) >= before + answers, PATIENCE)
        await self.house.hall.quiet(PATIENCE)
        return self.got()[before:]

    async def complains(self) -> tuple[str, str]:
        """The number, and the path of the invitation."""
        ack, invitation = await self.says("HELPDESK antrean obat lama sekali", 2)
        return ack.partition("no tiket ")[2][:13], LINK.findall(invitation)[0]

    async def registers(self, path: str, **fields: str) -> Page:
        return await self.browser.post(path, {**SITI, **fields})

    async def code(self, path: str, address: str) -> str:
        """What the next text to that number brings."""
        before = len(self.got())
        assert (await self.browser.post(path, {"address": address})).status == 200
        await until(lambda: len(self.got()) > before, PATIENCE)
        return re.findall(r": ([0-9A-Z]{4}-[0-9A-Z]{4})\.", self.got()[-1])[0]

    async def enters(self) -> None:
        code = await self.code("/saya/masuk", self.number)
        form = {"address": self.number, "code": code.lower()}
        assert (await self.browser.post("/saya/kode", form)).status == 303


# --- LL-08: the number first, an invitation once ----------------------------------------------


async def test_ll_08_the_number_comes_first_and_the_invitation_once(dinkes: ApiOffice) -> None:
    ibu = Ibu(dinkes)
    ack, invitation = await ibu.says("HELPDESK antrean obat lama sekali", 2)
    assert "no tiket HD" in ack
    assert "Mohon lengkapi data diri Anda" in invitation
    assert len(invitation) <= 160
    again = await ibu.says("HELPDESK timbangan bayi rusak juga")
    assert len(again) == 1, "one invitation for each person"
    number = ack.partition("no tiket ")[2][:13]
    ticket = (await dinkes.care.get(f"/tickets/{number}")).json
    assert ticket["status"] == "received"


async def test_ll_08_those_who_said_stop_or_cannot_be_answered_get_none(
    dinkes: ApiOffice,
) -> None:
    ibu = Ibu(dinkes)
    await ibu.says("STOP", 0)
    said = await ibu.says("HELPDESK lampu puskesmas padam")
    assert len(said) == 1
    assert "daftar" not in said[0]
    hall = dinkes.hall
    assert (await hall.post(message("HELPDESK dari mesin", From="INFOBANK"))).status == 200
    await hall.quiet(PATIENCE)
    sent = await hall.rows(
        "SELECT count(*) FROM outbox WHERE purpose LIKE 'register%' AND recipient = 'INFOBANK'"
    )
    assert sent[0][0] == 0


async def test_ll_08_before_work_the_number_stands_and_work_says_why_it_waits(
    strict: ApiOffice,
) -> None:
    ibu = Ibu(strict)
    number, path = await ibu.complains()
    told = (await ibu.says(f"STATUS {number}"))[0]
    assert "karena data diri Anda belum lengkap" in told
    to = {"staff_id": strict.ids["technician"]}
    assert (await strict.care.act(number, "assign", to)).status == 200
    assert (await strict.care.get(f"/tickets/{number}")).json["reason"].startswith("data diri")
    refused = await strict.technician.act(number, "start", {})
    assert refused.status == 409, refused.text
    assert "Data diri pelapor belum lengkap" in refused.text
    wrong = await ibu.registers(path)
    assert wrong.status == 422, "the identity number is required here"
    assert (await ibu.registers(path, nik=NIK)).status == 303
    assert "tersimpan" in (await ibu.browser.get(f"{path}?tersimpan=1")).words
    assert (await strict.technician.act(number, "start", {})).status == 200
    kinds = (await strict.care.get(f"/tickets/{number}/history")).json["items"]
    assert "ReporterRegistered" in [one["kind"] for one in kinds]
    other = await ibu.says("HELPDESK obat habis lagi")
    assert len(other) == 1
    status = await ibu.says(f"STATUS {other[0].partition('no tiket ')[2][:13]}")
    assert "menunggu penugasan" in status[0]


async def test_ll_08_an_emergency_waits_for_no_data(strict: ApiOffice) -> None:
    number, _ = await Ibu(strict).complains()
    urgent = {"priority": "emergency", "reason": "pasien gawat"}
    assert (await strict.care.act(number, "set-priority", urgent, version="*")).status == 200
    to = {"staff_id": strict.ids["technician"]}
    assert (await strict.care.act(number, "assign", to, version="*")).status == 200
    assert (await strict.technician.act(number, "start", {}, version="*")).status == 200


# --- LL-09, LL-10: what is asked, and what is kept --------------------------------------------


async def test_ll_09_each_field_says_why_it_is_asked(dinkes: ApiOffice) -> None:
    ibu = Ibu(dinkes)
    _, path = await ibu.complains()
    page = await ibu.browser.get(path)
    assert page.text.count('class="field__hint"') == 5
    for field in ("name", "nik", "phone", "email", "area"):
        assert f'id="{field}-hint"' in page.text
    assert ibu.number not in page.text, "the address is shown masked"
    assert (await ibu.browser.get(path + "a")).status == 404
    assert (await ibu.browser.get("/daftar/" + "a" * 24)).status == 404


@pytest.mark.parametrize(
    ("nik", "said"),
    [
        ("12345", "16 angka"), ("0073014507900001", "Kode wilayah"),
        ("1673013207900001", "Tanggal lahir"), ("1673017207900001", "Tanggal lahir"),
        ("1673014507900000", "Nomor urut"), ("1673 0145 0790 000x", "16 angka"),
    ],
)  # fmt: skip
async def test_ll_10_a_wrong_nik_blocks_the_registration_not_the_ticket(
    dinkes: ApiOffice, nik: str, said: str
) -> None:
    ibu = Ibu(dinkes)
    number, path = await ibu.complains()
    page = await ibu.registers(path, nik=nik)
    assert page.status == 422
    assert said in page.words
    assert "Siti Aminah" in page.text, "what was typed is still there"
    assert (await dinkes.care.get(f"/tickets/{number}")).json["status"] == "received"
    again = await ibu.registers(path)
    assert again.status == 303, "without it, where it is optional"


async def test_ll_10_a_nik_is_kept_sealed_and_belongs_to_one_person(dinkes: ApiOffice) -> None:
    ibu, other, nik = Ibu(dinkes), Ibu(dinkes), "1673015507900002"
    _, path = await ibu.complains()
    assert (await ibu.registers(path, nik="167301 550790 0002")).status == 303
    _, second = await other.complains()
    page = await other.registers(second, nik=nik, name="Orang Lain")
    assert page.status == 422
    assert "sudah terdaftar dengan kontak lain" in page.words
    rows = await dinkes.hall.rows(
        "SELECT owner, sealed, digest, tail FROM restricted_values WHERE field = 'nik'"
    )
    assert [row[3] for row in rows if row[3] == "0002"] == ["0002"]
    assert all(nik.encode() not in bytes(row[1]) and nik not in row[2] for row in rows)
    assert nik not in dinkes.hall.log.getvalue()
    history = await dinkes.hall.rows(
        "SELECT data FROM admin_events WHERE subject LIKE 'contact:%'"
    )
    assert not [row for row in history if nik in row[0] or "Siti" in row[0]]
    await ibu.enters()
    mismatch = await ibu.browser.post("/saya/data", {**SITI, "nik": "1673015507900003"})
    assert mismatch.status == 422
    assert "tidak sama dengan yang terdaftar" in mismatch.words
    assert "****0002" in (await ibu.browser.get("/saya")).words


# --- DK-17, DK-18, LL-09: the account ---------------------------------------------------------


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


# --- LL-26: the list of respondents -----------------------------------------------------------


async def registered(house: ApiOffice, name: str, **more: str) -> tuple[Ibu, str, int]:
    """Somebody registered, the number of their ticket, the id of their record."""
    ibu = Ibu(house)
    number, path = await ibu.complains()
    assert (await ibu.registers(path, name=name, **more)).status == 303
    found = (await house.admin.post("/respondents/find", {"text": name})).json["items"]
    return ibu, number, found[0]["id"]


async def test_ll_26_respondents_are_listed_searched_and_masked(
    dinkes: ApiOffice, admin: Browser
) -> None:
    nik, ponsel = "1673016507900011", "081355577799"
    ibu, number, which = await registered(dinkes, "Mariam Cari", nik=nik, phone=ponsel)
    for text in ("mariam", "CARI mariam", ponsel, "0813-5557-7799", nik, "1673 0165 0790 0011"):
        found = await dinkes.admin.post("/respondents/find", {"text": text})
        assert [one["id"] for one in found.json["items"]] == [which], text
        assert nik not in found.text
        assert "+6281355577799" not in found.text
    line = found.json["items"][0]
    assert (line["nik"], line["phone"]) == ("****0011", "0813****7799")
    assert (await dinkes.admin.post("/respondents/find", {"text": "0011"})).json["items"] == []
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
    found = await dinkes.admin.post("/respondents/find", {"text": "1673016507900013"})
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
    begun = await strict.technician.act(number, "start", {}, version="*")
    assert begun.status == 200, begun.text
    again = await admin.send("/console/admin/pelapor", page, form | {"nik": "1673016507900017"})
    assert again.status == 409
    nowhere = form | {"number": "HD26-999999-9", "nik": "1673016507900018"}
    assert (await admin.send("/console/admin/pelapor", page, nowhere)).status == 422
