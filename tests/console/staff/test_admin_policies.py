"""What is promised: seen in words, tried before it holds, kept by version."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from console.staff.admin.policies import MEASURES
from core.model.deadline import Measure
from tests.console.staff.kit import at_the_console

if TYPE_CHECKING:
    from tests.console.staff.kit import Browser
    from tests.gateway.api.kit import ApiOffice

JANJI = "/console/admin/janji"
SHORT = '[promises.normal]\nfirst_answer = "5 clock_minutes"\nsolution = "1 working_days"\n'


@pytest.fixture(scope="module")
async def admin(house: ApiOffice) -> Browser:
    return await at_the_console(house, "admin")


def test_every_measure_has_words() -> None:
    assert set(MEASURES) == set(Measure)


async def test_only_who_has_the_right(operator: Browser, admin: Browser) -> None:
    page = await admin.get(JANJI)
    assert page.status == 200
    assert "Jawaban pertama" in page.words
    assert "hari kerja" in page.words
    assert (await operator.get(JANJI)).status == 403
    own = await operator.get("/console/akun")
    assert (await operator.send(JANJI, own, {"document": SHORT})).status == 403
    assert (await admin.get(f"{JANJI}/999")).status == 404


async def test_a_change_is_tried_then_kept(house: ApiOffice, admin: Browser) -> None:
    await house.ticket()
    page = await admin.get(JANJI)
    tried = await admin.send(JANJI, page, {"document": SHORT, "preview": "1"})
    assert tried.status == 200
    assert "Bila diberlakukan" in tried.words
    assert "1 working_days" in tried.text
    assert "Contoh pekan depan" in tried.words
    assert f"versi {page.field('version')}," in (await admin.get(JANJI)).words  # nothing was kept
    kept = await admin.send(JANJI, tried, {"document": SHORT})
    assert kept.status == 303, kept.words
    late = await admin.send(JANJI, page, {"document": SHORT + "# lagi\n"})
    assert late.status == 409
    assert "# lagi" in late.text
    assert "Petugas admin" in late.words
    first = await admin.get(f"{JANJI}/1")
    assert first.status == 200
    assert "5 clock_minutes" not in first.text


@pytest.mark.parametrize("preview", ["", "1"])
async def test_every_mistake_is_told(admin: Browser, preview: str) -> None:
    page = await admin.get(JANJI)
    text = '[promises.normal]\nfirst_answer = "besok"\n[promises.tinggi]\nx = 1\n'
    said = await admin.send(JANJI, page, {"document": text, "preview": preview})
    assert said.status == 422
    assert said.text.count('class="field__fault"') >= 2
    assert "besok" in said.text


async def test_bw_14_one_for_later_waits_for_its_day(admin: Browser) -> None:
    page = await admin.get(JANJI)
    later = (datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M")
    text = SHORT.replace("5", "6")
    for wrong in ("besok", "2020-01-01T08:00"):
        said = await admin.send(JANJI, page, {"document": text, "valid_from": wrong})
        assert (said.status, wrong in said.text) == (422, True)
    kept = await admin.send(JANJI, page, {"document": text, "valid_from": later})
    assert kept.status == 303, kept.words
    page = await admin.get(JANJI)
    assert "berlaku nanti" in page.words
    assert "6 menit" not in page.words
