"""The health office of Lubuklinggau (LL): who reports may say who they are, and never must."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.gateway.gateway_kit import message
from tests.journeys.practices.walk_ll import NIK, PATIENCE, SITI, Ibu, with_form

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
    refused = await strict.technician.act(number, "start", {"note": "mulai"})
    assert refused.status == 409, refused.text
    assert "Data diri pelapor belum lengkap" in refused.text
    wrong = await ibu.registers(path)
    assert wrong.status == 422, "the identity number is required here"
    assert (await ibu.registers(path, nik=NIK)).status == 303
    assert "tersimpan" in (await ibu.browser.get(f"{path}?tersimpan=1")).words
    assert (await strict.technician.act(number, "start", {"note": "mulai"})).status == 200
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
    assert (
        await strict.technician.act(number, "start", {"note": "mulai"}, version="*")
    ).status == 200


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
