"""What is promised: seen in words, tried before it holds, kept by version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.staff.admin.policy_words import CELLS, MEASURES, ROLES, SINCE, UNITS
from core.model.deadline import Measure
from core.model.policy_differences import differences
from core.model.policy_documents import parse_policy
from core.model.sla import DEFAULT_POLICY, Since
from tests.console.staff.kit import at_the_console

if TYPE_CHECKING:
    from tests.console.staff.kit import Browser
    from tests.gateway.api.kit import ApiOffice

JANJI = "/console/admin/janji"
TOML = f"{JANJI}/dokumen"
SHORT = '[promises.normal]\nfirst_answer = "5 clock_minutes"\nsolution = "1 working_days"\n'
OTHER = parse_policy(
    "warn_percent = 50\nanswer_escalate = []\npending_escalate = []\n"
    'pending_warning = "2 calendar_days"\n[pending]\naccess = "3 calendar_days"\n'
    '[promises.low]\nescalate = []\n[[override]]\nunit = "x"\n[override.low]\n'
    'solution = "9 working_days"'
)


@pytest.fixture(scope="module")
async def admin(house: ApiOffice) -> Browser:
    return await at_the_console(house, "admin")


def test_every_measure_has_words() -> None:
    assert set(MEASURES) == set(UNITS) == set(Measure)
    assert set(SINCE) == {one.value for one in Since}
    assert set(ROLES) == {"unit_supervisor", "leadership", "agency_head"}
    assert {one.cell.name for one in differences(DEFAULT_POLICY, OTHER)} <= set(CELLS)


async def test_only_who_has_the_right(operator: Browser, admin: Browser) -> None:
    page = await admin.get(JANJI)
    assert page.status == 200
    assert "Jawaban pertama" in page.words
    assert "hari kerja" in page.words
    assert (await operator.get(JANJI)).status == 403
    own = await operator.get("/console/akun")
    assert (await operator.send(TOML, own, {"document": SHORT})).status == 403
    assert (await admin.get(f"{JANJI}/999")).status == 404


async def test_a_change_is_tried_then_kept(house: ApiOffice, admin: Browser) -> None:
    await house.ticket()
    page = await admin.get(TOML)
    tried = await admin.send(TOML, page, {"document": SHORT, "preview": "1"})
    assert tried.status == 200
    assert "Bila diberlakukan" in tried.words
    assert "1 working_days" in tried.text
    assert "Contoh pekan depan" in tried.words
    assert (await admin.get(TOML)).field("version") == page.field("version")  # nothing was kept
    kept = await admin.send(TOML, tried, {"document": SHORT})
    assert kept.status == 303, kept.words
    late = await admin.send(TOML, page, {"document": SHORT + "# lagi\n"})
    assert late.status == 409
    assert "# lagi" in late.text
    assert "Petugas admin" in late.words
    first = await admin.get(f"{JANJI}/1")
    assert first.status == 200
    assert "5 clock_minutes" not in first.text
    assert "Ini versi pertama." in first.words
    second = await admin.get(f"{JANJI}/{int(page.field('version')) + 1}")
    assert "Normal · Jawaban pertama 30 menit kerja → 5 menit (24 jam)" in second.words
    assert "Petugas admin" in second.words
    file = await admin.get(f"{TOML}.toml")
    assert (file.text, file.headers["Content-Type"]) == (SHORT, "application/toml; charset=utf-8")


@pytest.mark.parametrize("preview", ["", "1"])
async def test_every_mistake_is_told(admin: Browser, preview: str) -> None:
    page = await admin.get(TOML)
    text = '[promises.normal]\nfirst_answer = "besok"\n[promises.tinggi]\nx = 1\n'
    said = await admin.send(TOML, page, {"document": text, "preview": preview})
    assert said.status == 422
    assert said.text.count('class="field__fault"') >= 2
    assert "besok" in said.text
