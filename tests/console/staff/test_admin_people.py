"""Administration of people and places: forms without script, rights, conflicts, secrets once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from core.model.rights import COLUMNS
from tests.console.staff.kit import Browser, at_the_console
from tests.gateway.api.kit import PASSWORD

if TYPE_CHECKING:
    from tests.console.staff.kit import Page
    from tests.gateway.api.kit import ApiOffice

ADMIN = "/console/admin"
PAGES = ("", "/petugas", "/petugas/baru", "/peran", "/token", "/unit", "/unit/baru", "/wilayah")


@pytest.fixture(scope="module")
async def admin(house: ApiOffice) -> Browser:
    return await at_the_console(house, "admin")


def person(**changed: str) -> dict[str, str]:
    form = {"login": "rina", "name": "Rina Wati", "roles-technician": "1", "capacity": "7"}
    return form | {"skills": "Jaringan, Listrik", "unit_id": "1"} | changed


async def hired(admin: Browser, **changed: str) -> str:
    """The path of somebody new."""
    page = await admin.get(f"{ADMIN}/petugas/baru")
    done = await admin.send(f"{ADMIN}/petugas/baru", page, person(**changed))
    assert done.status == 303, done.words
    return done.headers["Location"].partition("?")[0]


@pytest.mark.parametrize("path", PAGES)
async def test_only_who_has_the_right_sees_it(
    operator: Browser, admin: Browser, path: str
) -> None:
    assert (await admin.get(ADMIN + path)).status == 200
    assert (await operator.get(ADMIN + path)).status in (403, 404)


async def test_who_may_not_changes_nothing(operator: Browser) -> None:
    page = await operator.get("/console/akun")
    for path in ("/petugas/baru", "/petugas/1", "/petugas/1/undangan", "/token", "/unit/baru"):
        assert (await operator.send(ADMIN + path, page, person())).status == 403, path
    assert "Administrasi" not in page.words


async def test_leadership_sees_only_the_history(house: ApiOffice) -> None:
    leader = await at_the_console(house, "leader")
    home = await leader.get(ADMIN)
    assert home.status == 200
    assert re.findall(r'class="boxes__one" href="([^"]+)"', home.text) == [f"{ADMIN}/audit"]


async def test_somebody_new_comes_in_by_the_link_shown_once(
    house: ApiOffice, admin: Browser
) -> None:
    path = await hired(admin)
    page = await admin.get(path)
    assert 'value="jaringan, listrik"' in page.text
    assert "belum dibuat" in page.words
    invited = await admin.send(f"{path}/undangan", page, {})
    (link,) = re.findall(r'value="[^"]*(/console/undangan/[^"]+)"', invited.text)
    assert link not in (await admin.get(path)).text
    rina = Browser(house.hall)
    assert (await rina.post(link, {"sandi": PASSWORD})).status == 303
    entered = await rina.post("/console/masuk", {"nama": "rina", "sandi": PASSWORD})
    assert (entered.status, entered.headers["Location"]) == (303, "/console")
    page = await admin.get(path)
    assert "sudah dibuat" in page.words
    assert "1 sesi" in page.words
    assert (await admin.send(f"{path}/sesi", page, {})).status == 303
    assert (await rina.get("/console")).headers["Location"].startswith("/console/masuk")
    gone = await admin.send(f"{path}/nonaktif", page, {})
    assert gone.status == 303, gone.words
    again = await rina.post("/console/masuk", {"nama": "rina", "sandi": PASSWORD})
    assert again.status == 401
    assert "rina" not in (await admin.get(f"{ADMIN}/petugas")).words
    assert "rina" in (await admin.get(f"{ADMIN}/petugas?semua=1")).words


@pytest.mark.parametrize(
    ("changed", "status", "sentence"),
    [
        ({"login": "Ada Spasi"}, 422, "Nama pengguna memakai huruf"),
        ({"login": "operator"}, 409, "sudah dipakai"),
        ({"login": "baru1", "name": " "}, 422, "Nama petugas belum diisi"),
        ({"login": "baru2", "roles-technician": ""}, 422, "sedikitnya satu peran"),
        ({"login": "baru3", "capacity": "banyak"}, 422, "Isi kapasitas 0 sampai"),
        ({"login": "baru4", "capacity": "²"}, 422, "Isi kapasitas 0 sampai"),
        ({"login": "baru5", "unit_id": "99"}, 422, "Unit ini tidak ada"),
        ({"login": "baru6", "email": "bukan surel"}, 422, "Alamat surel tidak benar"),
        ({"login": "baru7", "regions-9": "1"}, 422, "wilayah yang tidak dikenal"),
    ],
)
async def test_what_is_wrong_is_told_at_its_field(
    admin: Browser, changed: dict[str, str], status: int, sentence: str
) -> None:
    page = await admin.get(f"{ADMIN}/petugas/baru")
    said = await admin.send(f"{ADMIN}/petugas/baru", page, person(**changed))
    assert said.status == status
    assert sentence in said.words
    assert 'class="field__fault"' in said.text
    assert 'value="Jaringan, Listrik"' in said.text  # what was typed is still there


async def test_the_second_writer_sees_what_stands_there(admin: Browser) -> None:
    path = await hired(admin, login="tuti", name="Tuti")
    first = await admin.get(path)
    second = await admin.get(path)
    assert (await admin.send(path, first, person(name="Tuti Sari"))).status == 303
    late = await admin.send(path, second, person(name="Tuti Sariwati"))
    assert late.status == 409
    assert "Petugas admin" in late.words  # who was faster
    assert "Tersimpan sekarang: Tuti Sari" in late.words
    assert 'value="Tuti Sariwati"' in late.text
    assert (await admin.send(path, late, person(name="Tuti Sariwati"))).status == 303
    assert "Tuti Sariwati" in (await admin.get(path)).words


async def test_the_last_administrator_stays(house: ApiOffice, admin: Browser) -> None:
    path = f"{ADMIN}/petugas/{house.ids['admin']}"
    page = await admin.get(path)
    said = await admin.send(path, page, person(name="Petugas admin"))
    assert said.status == 409
    assert "sedikitnya satu administrator" in said.words
    assert (await admin.send(f"{path}/nonaktif", page, {})).status == 409


async def test_a_lost_telephone(house: ApiOffice, admin: Browser) -> None:
    boss = await at_the_console(house, "supervisor")
    path = f"{ADMIN}/petugas/{house.ids['supervisor']}"
    page = await admin.get(path)
    assert (await admin.send(f"{path}/kode", page, {})).status == 303
    assert (await boss.get("/console")).headers["Location"].startswith("/console/masuk")
    entered = await boss.post("/console/masuk", {"nama": "supervisor", "sandi": PASSWORD})
    assert entered.headers["Location"] == "/console/kode"
    assert "Tampilkan kode QR" in (await boss.get("/console/kode")).words


async def test_roles_stand_there_with_what_they_give(admin: Browser) -> None:
    page = await admin.get(f"{ADMIN}/peran")
    assert all(role.word in page.words for role in COLUMNS)
    assert "Mengelola petugas" in page.words


async def test_a_token_is_shown_once_and_revoked(house: ApiOffice, admin: Browser) -> None:
    page = await admin.get(f"{ADMIN}/token")
    form = {"name": "Papan tayang", "staff_id": str(house.ids["operator"]), "days": "30"}
    made = await admin.send(f"{ADMIN}/token", page, {**form, "rights-view": "1"})
    (secret,) = re.findall(r'value="(hdt_[^"]+)"', made.text)
    program = {"Authorization": f"Bearer {secret}"}
    assert (await house.stranger.get("/tickets", **program)).status == 200
    listed = await admin.get(f"{ADMIN}/token")
    assert secret not in listed.text
    assert "Melihat tiket" in listed.words
    (token,) = _revoking(listed, "Papan tayang")
    assert (await admin.send(token, listed, {})).status == 303
    assert (await house.stranger.get("/tickets", **program)).status == 401
    assert (await admin.send(token, listed, {})).status == 409
    beyond = {**form, "rights-admin_staff": "1"}
    assert "tidak memiliki wewenang" in (await admin.send(f"{ADMIN}/token", page, beyond)).words
    assert (await admin.send(f"{ADMIN}/token", page, {**form, "name": ""})).status == 422


def _revoking(page: Page, name: str) -> list[str]:
    row = next(part for part in page.text.split("<tr") if f">{name}</th>" in part)
    return re.findall(r'action="([^"]+/cabut)"', row)


# --- places --------------------------------------------------------------------------------------


def unit(**changed: str) -> dict[str, str]:
    return {"code": "apotek", "name": "Apotek Sehat", "partner": "1", "channel": "sms"} | changed


async def test_a_partner_with_its_hours(admin: Browser) -> None:
    page = await admin.get(f"{ADMIN}/unit/baru")
    made = await admin.send(f"{ADMIN}/unit/baru", page, unit(address="081234567890"))
    assert made.status == 303, made.words
    path = made.headers["Location"].partition("?")[0]
    held = await admin.get(path)
    assert "81234567890" not in held.text  # masked
    kept = await admin.send(path, held, unit(name="Apotek Sehat Selalu", calendar="rs24"))
    assert kept.status == 303, kept.words
    held = await admin.get(path)
    assert "Tersimpan: 0812****7890" in held.words  # an address not typed anew stays
    bad = await admin.send(f"{path}/jam-libur", held, {"holidays_confirmed_until": "besok"})
    assert bad.status == 422
    day = {"holidays_confirmed_until": "2027-03-31"}
    assert (await admin.send(f"{path}/jam-libur", held, day)).status == 303
    assert "sampai 2027-03-31" in (await admin.get(path)).words
    stale = await admin.send(f"{path}/henti", held, {})
    assert stale.status == 409
    assert (await admin.send(f"{path}/henti", await admin.get(path), {})).status == 303
    assert "Apotek" not in (await admin.get(f"{ADMIN}/unit")).words


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": "Tidak Boleh"}, "code"),
        ({"code": "a1", "name": ""}, "name"),
        ({"code": "a2", "parent_id": "77"}, "parent_id"),
        ({"code": "a3", "calendar": "bulan"}, "calendar"),
        ({"code": "a4", "address": "bukan nomor"}, "address"),
    ],
)
async def test_a_unit_that_does_not_fit(
    admin: Browser, changed: dict[str, str], field: str
) -> None:
    page = await admin.get(f"{ADMIN}/unit/baru")
    said = await admin.send(f"{ADMIN}/unit/baru", page, unit(**changed))
    assert said.status == 422
    assert f'id="unit-{field}-salah"' in said.text


async def test_regions_one_within_the_other(admin: Browser) -> None:
    page = await admin.get(f"{ADMIN}/wilayah")
    form = {"code": "35.10", "name": "Banyuwangi", "level": "kabupaten"}
    assert (await admin.send(f"{ADMIN}/wilayah", page, form)).status == 303
    assert (await admin.send(f"{ADMIN}/wilayah", page, form)).status == 409
    listed = await admin.get(f"{ADMIN}/wilayah")
    (path,) = re.findall(rf'href="({ADMIN}/wilayah/\d+)"', listed.text)
    held = await admin.get(path)
    seen = {"seen_name": "Banyuwangi", "seen_level": "kabupaten", "name": "Kab. Banyuwangi"}
    assert (await admin.send(path, held, seen)).status == 303
    late = await admin.send(path, held, {**seen, "name": "Lain"})
    assert late.status == 409
    assert "Tersimpan sekarang: Kab. Banyuwangi" in late.words
    assert (await admin.get(f"{ADMIN}/wilayah/999")).status == 404
    assert (await admin.get(f"{ADMIN}/unit/999")).status == 404
    assert (await admin.get(f"{ADMIN}/petugas/999")).status == 404
