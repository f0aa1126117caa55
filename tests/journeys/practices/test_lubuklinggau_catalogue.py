"""The health office of Lubuklinggau (LL): what a service is, told before anybody asks (LL-41)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from core.model.catalogue import LONGEST_ANSWER, PARTS, Service, as_answer
from tests.console.staff.kit import Browser, at_the_console
from tests.gateway.api.kit import ApiOffice, api_office

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

FORM = {"kind": "web_form", "secret": "rahasia-formulir-0123456789"}
LAYANAN = "/console/layanan"
IMUNISASI = {
    "name": "Imunisasi dasar",
    "parts": {
        "requirements": "Buku KIA",
        "fee": "Gratis",
        "time_limit": "30 menit",
        "legal_basis": "Permenkes 12 Tahun 2017",
    },
}


@pytest.fixture(scope="module")
async def dinkes(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    many = {"requests_per_minute": 100_000}
    folder, office = tmp_path_factory.mktemp("layanan"), {"registration": "off"}
    async with api_office(folder, doors={"lapor": FORM}, api=many, office=office) as made:
        yield made


async def added(house: ApiOffice, **more: Any) -> int:
    said = await house.admin.post("/services", IMUNISASI | more)
    assert said.status == 201, said.text
    return int(said.json["id"])


def test_ll_41_there_are_fourteen_parts_time_limit_and_fee_first() -> None:
    assert len(PARTS) == 14
    assert list(PARTS)[:2] == ["time_limit", "fee"]


def test_ll_41_a_long_entry_stays_within_one_answer() -> None:
    long = Service(7, None, "Panjang", dict.fromkeys(PARTS, "kata " * 500))
    text = as_answer(long, "https://x.example/layanan")
    assert len(text) <= LONGEST_ANSWER
    assert text.endswith("Selengkapnya: https://x.example/layanan#layanan-7")
    assert as_answer(Service(7, None, "Kosong", {})) == "Standar layanan Kosong"


async def test_ll_41_an_entry_is_kept_with_any_of_its_parts(dinkes: ApiOffice) -> None:
    which = await added(dinkes)
    one = (await dinkes.operator.get(f"/services/{which}")).json
    keys = [part["key"] for part in one["parts"]]
    assert keys == ["time_limit", "fee", "requirements", "legal_basis"]
    body = {"name": "Imunisasi lengkap", "parts": {"fee": "  "}, "unit_id": None}
    changed = await dinkes.admin.call("PUT", f"/services/{which}", body, If_Match='"1"')
    assert (changed.status, changed.json["parts"], changed.json["version"]) == (200, [], 2)
    stale = await dinkes.admin.call("PUT", f"/services/{which}", body, If_Match='"1"')
    assert stale.status in (409, 412)
    gone = await dinkes.admin.call("POST", f"/services/{which}/retire", If_Match='"2"')
    assert gone.json["retired_at"] is not None
    listed = (await dinkes.operator.get("/services?q=imunisasi lengkap")).json["items"]
    assert which not in [line["id"] for line in listed]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": " ", "parts": {}}, "name"), ({"name": "x" * 121, "parts": {}}, "name"),
        ({"name": "A", "parts": {"fee": "mungkin gratis"}}, "fee"),
        ({"name": "A", "parts": {"fee": "x" * 3_001}}, "fee"),
        ({"name": "A", "parts": {"harga": "1"}}, "harga"),
        ({"name": "A", "parts": {}, "unit_id": 999}, "unit_id"),
    ],
)  # fmt: skip
async def test_ll_41_what_is_wrong_is_told_at_its_field(
    dinkes: ApiOffice, body: dict[str, Any], field: str
) -> None:
    said = await dinkes.admin.post("/services", body)
    assert said.status == 422, said.text
    assert f'"{field}"' in said.text


async def test_ll_41_a_unit_keeps_its_own_and_nobody_elses(dinkes: ApiOffice) -> None:
    own = await dinkes.supervisor.post("/services", IMUNISASI | {"unit_id": 1})
    assert own.status == 201, own.text
    for who, unit in (("supervisor", 2), ("supervisor", None), ("operator", None), ("care", 1)):
        said = await dinkes.callers[who].post("/services", IMUNISASI | {"unit_id": unit})
        assert said.status == 403, (who, unit)
    office = await added(dinkes)
    taken = await dinkes.supervisor.call("POST", f"/services/{office}/retire", If_Match='"1"')
    assert taken.status == 403


async def test_ll_41_operators_quote_an_entry_as_an_answer(dinkes: ApiOffice) -> None:
    which = await added(dinkes, name="Surat sehat")
    quoted = (await dinkes.operator.get(f"/services/{which}/quote")).json["text"]
    first = quoted.splitlines()[:3]
    assert first == ["Standar layanan Surat sehat", "Jangka waktu penyelesaian: 30 menit",
                     "Biaya atau tarif: Gratis"]  # fmt: skip
    assert f"/layanan#layanan-{which}" in quoted
    number = await dinkes.ticket()
    operator = await at_the_console(dinkes, "operator")
    page = await operator.get(f"/console/kotak/semua/{number}")
    assert f'value="layanan-{which}"' in page.text
    put = await operator.send(
        f"/console/tiket/{number}/sisipkan",
        page,
        {"text": "Baik Bu.", "balasan": f"layanan-{which}"},
    )
    assert put.status == 303
    draft = await operator.get(f"/console/kotak/semua/{number}")
    assert re.search(r"Baik Bu\.\s+Standar layanan Surat sehat", draft.text)


async def test_ll_41_everybody_reads_the_catalogue_without_a_login(dinkes: ApiOffice) -> None:
    which = await added(dinkes, name="Kartu <b>kuning</b>")
    page = await Browser(dinkes.hall).get("/layanan")
    assert page.status == 200
    assert "Kartu &lt;b&gt;kuning" in page.text
    slip = page.text[page.text.index(f'id="layanan-{which}"') :]
    assert slip.index("30 menit") < slip.index("Gratis") < slip.index("Buku KIA")
    english = await Browser(dinkes.hall).get("/layanan?lang=en")
    assert "Time limit" in english.words


async def test_ll_41_the_catalogue_is_kept_at_the_console(dinkes: ApiOffice) -> None:
    admin = await at_the_console(dinkes, "admin")
    page = await admin.get(LAYANAN)
    form = {"name": "Rujukan", "fee": "Gratis", "time_limit": "1 hari", "unit_id": ""}
    wrong = await admin.send(LAYANAN, page, form | {"fee": "kira-kira 5.000"})
    assert wrong.status == 422
    assert "kira-kira 5.000" in wrong.text, "nothing typed is lost"
    assert (await admin.send(LAYANAN, page, form)).status == 303
    shown = await admin.get(LAYANAN)
    found = re.search(r'id="layanan-(\d+)"[^>]*>\s*<summary><strong>Rujukan', shown.text)
    assert found
    retired = {**form, "version": "1", "retired": "1", "csrf": page.field("csrf")}
    assert (await admin.post(f"{LAYANAN}/{found[1]}", retired)).status == 303
    assert "Rujukan" not in (await admin.get(LAYANAN)).text
    assert (await admin.post(f"{LAYANAN}/99999", retired)).status == 404
