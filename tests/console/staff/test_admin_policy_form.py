"""Promises by form: every cell a field, rows more and less without script, faults told."""

from __future__ import annotations

import re
import tomllib
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from console.language import words_in
from console.staff.admin import policy_fields
from console.staff.admin.policy_fields import faults, fields, step, typed, whole
from core.errors import StoreUnavailable
from core.model.faults import DocumentError
from core.model.policy_documents import parse_policy
from core.model.sla import DEFAULT_POLICY
from core.model.sla_document import read_policy
from core.model.sla_writing import document_of, write_document, write_policy
from tests.console.staff.kit import at_the_console

if TYPE_CHECKING:
    from tests.console.staff.kit import Browser, Page
    from tests.gateway.api.kit import ApiOffice

SAY = words_in("id")
FORM = "/console/admin/janji/ubah"
RULES = """
[[override]]
category = "medicine"
channel = "sms"
[override.normal]
solution = "4 working_hours"
[[override]]
unit = "rsud"
[override.low]
escalate = [{ to = "leadership", after = "1 working_days", since = "receipt" }]
"""


@pytest.fixture(scope="module")
async def admin(house: ApiOffice) -> Browser:
    return await at_the_console(house, "admin")


def held(page: Page) -> dict[str, str]:
    """All that the form of promises would send as it stands."""
    text = page.text[page.text.index('id="janji"') :].split("</form>")[0]
    boxes = re.findall(r'<input [^>]*?name="([^"]+)" value="([^"]*)"', text)
    form = {name: unescape(value) for name, value in boxes}
    for name, options in re.findall(r'<select id="([^"]+)".*?>(.*?)</select>', text):
        chosen = re.search(r'value="([^"]*)" selected', options)
        first = re.search(r'value="([^"]*)"', options)
        form[name] = unescape((chosen or first or ["", ""])[1])
    return form


def began(text: str = "") -> dict[str, Any]:
    return whole(parse_policy(text), tomllib.loads(text))


# --- fields, purely ------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", RULES, "pending = {}\nanswer_escalate = []\n"])
def test_a_policy_survives_its_form(text: str) -> None:
    document = began(text)
    back = typed(fields(document))
    assert back == document
    assert read_policy(back) == parse_policy(text)
    assert parse_policy(write_document(back)) == parse_policy(text)


def test_a_rule_names_only_what_differs() -> None:
    written = write_document(typed(fields(began(RULES))))
    assert written.count("4 working_hours") == 1
    assert tomllib.loads(written)["override"] == tomllib.loads(RULES)["override"]
    assert parse_policy(write_policy(parse_policy(RULES))) == parse_policy(RULES)
    assert document_of(DEFAULT_POLICY) | {"override": []} == began()


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"promises.low.solution.n": ""}, "promises.low.solution", "Tulis angka bulat"),
        ({"promises.low.solution.n": "lima"}, "promises.low.solution", "Tulis angka bulat"),
        ({"promises.low.solution.n": "0"}, "promises.low.solution", "Paling sedikit 1"),
        ({"promises.low.solution.n": "367"}, "promises.low.solution", "Paling sedikit 1"),
        ({"promises.low.solution.n": "٥"}, "promises.low.solution", "Tulis angka bulat"),
        ({"promises.low.solution.u": "years"}, "promises.low.solution", "Tulis angka bulat"),
        ({"pending.access.n": "-1"}, "pending.access", "Tulis angka bulat"),
        ({"pending_warning.n": ""}, "pending_warning", "Tulis angka bulat"),
        ({"warn_percent": "100"}, "warn_percent", "0 sampai 99"),
        ({"warn_percent": "banyak"}, "warn_percent", "0 sampai 99"),
        ({"warn_percent": ""}, "warn_percent", "0 sampai 99"),
        ({"answer_escalate-1.to": "walikota"}, "answer_escalate-1.to", "tidak dikenal"),
        ({"answer_escalate-1.after.n": "x"}, "answer_escalate-1.after", "Tulis angka bulat"),
        ({"answer_escalate-1.since": "kemarin"}, "answer_escalate-1.since", "tidak dikenal"),
        ({"override-1.category": "mode"}, "override-1.category", "tidak dikenal"),
        ({"override-1.category": "", "override-1.channel": ""}, "override-1", "Pilih paling"),
        ({"override-1.normal.solution.n": ""}, "override-1", "paling sedikit satu janji"),
        ({"override-1.normal.solution.n": "x"}, "override-1.normal.solution", "Tulis angka"),
        (
            {"override-2.unit": "", "override-2.category": "medicine"}
            | {"override-2.channel": "sms"},
            "override-2",
            "Sudah ada aturan",
        ),
        ({"override-2.low.escalate": '{"to": 1}'}, "override-2.low.escalate", "tulis daftar"),
        ({"override-2.low.escalate": "bukan json"}, "override-2", "paling sedikit satu janji"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_field(
    changed: dict[str, str], field: str, sentence: str
) -> None:
    document = typed(fields(began(RULES)) | changed)
    told: dict[str, str] = faults((), document, SAY)
    try:
        read_policy(document)
    except DocumentError as error:
        told = faults(error.faults, document, SAY)
    assert list(told) == [field]
    assert re.search(sentence, told[field])


def test_steps_change_the_form_alone() -> None:
    document = began(RULES)
    assert step(document, "tambah-aturan") == "override-3.category"
    assert document["override"][2] == {}
    step(document, "hapus-aturan:1")
    assert [one.get("unit") for one in document["override"]] == ["rsud", None]
    low = "promises.low.escalate"
    assert step(document, f"tambah-lapor:{low}") == f"{low}-3.to"
    step(document, f"hapus-lapor:{low}-1")
    assert [one["to"] for one in document["promises"]["low"]["escalate"]] == [
        "leadership",
        "unit_supervisor",
    ]
    step(document, "tambah-lapor:answer_escalate")
    assert len(document["answer_escalate"]) == 2
    before = repr(document)
    for nonsense in (
        "?", "hapus-aturan:0", "hapus-aturan:99", "hapus-aturan:", "tambah-lapor:pending",
        "tambah-lapor:promises.entah.escalate", "hapus-lapor:x", f"hapus-lapor:{low}-9",
    ):  # fmt: skip
        step(document, nonsense)
        assert repr(document) == before, nonsense


def test_a_form_holds_no_more_than_it_may() -> None:
    document = began()
    for _ in range(policy_fields.MOST + 5):
        step(document, "tambah-aturan")
    assert len(document["override"]) == policy_fields.MOST


# --- pages ---------------------------------------------------------------------------------------


async def test_only_who_has_the_right(operator: Browser) -> None:
    assert (await operator.get(FORM)).status == 403
    own = await operator.get("/console/akun")
    assert (await operator.send(FORM, own, {"langkah": "tambah-aturan"})).status == 403
    assert (await operator.get("/console/admin/janji/dokumen.toml")).status == 403


async def test_a_rule_is_added_looked_at_and_holds(house: ApiOffice, admin: Browser) -> None:
    await house.ticket()
    page = await admin.get(FORM)
    form = held(page)
    assert form["promises.normal.solution.n"] == "5"
    form["promises.normal.solution.n"] = "3"
    more = await admin.send(FORM, page, form | {"langkah": "tambah-aturan"})
    form = held(more)
    assert more.status == 200
    assert form["promises.normal.solution.n"] == "3"
    form |= {"override-1.channel": "sms", "override-1.high.solution.n": "2"}
    form["override-1.high.solution.u"] = "working_hours"
    seen = await admin.send(FORM, more, form | {"lihat": "1"})
    assert "Bila diberlakukan" in seen.words
    assert "Contoh pekan depan" in seen.words
    assert held(seen)["override-1.high.solution.n"] == "2"
    kept = await admin.send(FORM, seen, held(seen))
    assert kept.status == 303, kept.words
    shown = await admin.get("/console/admin/janji")
    assert "3 hari kerja" in shown.words
    assert "Khusus sms" in shown.words
    late = await admin.send(FORM, page, form)
    assert late.status == 409
    assert "Petugas admin" in late.words
    assert held(late)["override-1.high.solution.n"] == "2"
    overwritten = await admin.send(FORM, late, held(late))
    assert overwritten.status == 303, overwritten.words


@pytest.mark.parametrize("look", [{}, {"lihat": "1"}])
async def test_faults_are_told_and_nothing_typed_is_lost(
    admin: Browser, look: dict[str, str]
) -> None:
    page = await admin.get(FORM)
    form = held(page) | {"promises.low.solution.n": "lima", "override-7.unit": "entah"}
    form |= {"override-7.category": "", "override-7.channel": "", "override-7.low.solution.n": "1"}
    said = await admin.send(FORM, page, form | look)
    assert said.status == 422
    assert 'id="promises.low.solution-salah"' in said.text
    assert held(said)["promises.low.solution.n"] == "lima"
    form["promises.low.solution.n"] = "5"
    stranger = await admin.send(FORM, said, form | look)
    assert stranger.status == 422
    assert "Unit ini tidak ada" in stranger.words


async def test_nothing_typed_is_lost_while_the_store_is_away(
    house: ApiOffice, admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await admin.get(FORM)
    form = held(page) | {"warn_percent": "61"}

    async def away(*_: object, **__: object) -> None:
        msg = "away"
        raise StoreUnavailable(msg)

    monkeypatch.setattr(house.hall.store.units, "units", away)
    said = await admin.send(FORM, page, form | {"lihat": "1"})
    assert said.status == 503
    assert held(said) == form
