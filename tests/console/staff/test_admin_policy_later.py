"""A policy of promises for a later day (BW-14): kept, shown, and not in force yet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.console.staff.kit import at_the_console

if TYPE_CHECKING:
    from tests.console.staff.kit import Browser
    from tests.gateway.api.kit import ApiOffice

JANJI = "/console/admin/janji"
TOML = f"{JANJI}/dokumen"
SHORT = '[promises.normal]\nfirst_answer = "5 clock_minutes"\nsolution = "1 working_days"\n'


@pytest.fixture(scope="module")
async def admin(house: ApiOffice) -> Browser:
    return await at_the_console(house, "admin")


async def test_bw_14_one_for_later_waits_for_its_day(admin: Browser) -> None:
    page = await admin.get(TOML)
    later = (datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M")
    text = SHORT.replace("5", "6")
    for wrong in ("besok", "2020-01-01T08:00"):
        said = await admin.send(TOML, page, {"document": text, "valid_from": wrong})
        assert (said.status, wrong in said.text) == (422, True)
    kept = await admin.send(TOML, page, {"document": text, "valid_from": later})
    assert kept.status == 303, kept.words
    page = await admin.get(JANJI)
    assert "berlaku nanti" in page.words
    assert "6 menit" not in page.words
