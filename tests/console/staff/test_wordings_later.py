"""Texts, canned replies and services for a later day, by their pages (BW-14)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from core.services.settings import begin_due
from tests.console.staff.kit import at_the_console

if TYPE_CHECKING:
    from tests.console.staff.kit import Browser
    from tests.gateway.api.kit import ApiOffice

TEKS = "/console/admin/teks"
OWN = {"text": "Laporan {tiket} tercatat.", "unit": "0", "bahasa": "id", "version": "0"}
WAITS = "Menunggu tanggalnya"


@pytest.fixture(scope="module")
async def admin(house: ApiOffice) -> Browser:
    return await at_the_console(house, "admin")


def day(ahead: int) -> str:
    return (datetime.now(UTC) + timedelta(days=ahead)).strftime("%Y-%m-%d")


async def comes(house: ApiOffice, ahead: int) -> None:
    """That day, for what waits: as the gateway's round finds it."""
    await begin_due(house.hall.store.desk, datetime.now(UTC) + timedelta(days=ahead))


async def test_bw_14_a_text_for_later_is_shown_and_taken_back(admin: Browser) -> None:
    page = await admin.get(f"{TEKS}/ack")
    for wrong in ("besok", "2020-01-01", "0001-01-01", "9999-12-31"):
        said = await admin.send(f"{TEKS}/ack_sms", page, OWN | {"valid_from": wrong})
        assert (said.status, f'value="{wrong}"' in said.text) == (422, True)
    kept = await admin.send(f"{TEKS}/ack_sms", page, OWN | {"valid_from": day(30)})
    assert kept.status == 303, kept.words
    page = await admin.get(f"{TEKS}/ack")
    assert WAITS in page.words
    assert "Laporan {tiket} tercatat." in page.words
    assert "diubah kantor" not in (await admin.get(TEKS)).words
    stale = await admin.send(f"{TEKS}/ack_sms", page, OWN | {"version": "7"})
    assert stale.status == 409
    asked = {"unit": "0", "bahasa": "id", "version": "1"}
    assert (await admin.send(f"{TEKS}/ack_sms/tarik", page, asked)).status == 303
    assert WAITS not in (await admin.get(f"{TEKS}/ack")).words
    assert (await admin.send(f"{TEKS}/ack_sms/tarik", page, asked)).status == 409
    gone = await admin.send(f"{TEKS}/ack_sms/tarik", page, asked | {"version": "9"})
    assert gone.status == 404


@pytest.mark.parametrize(
    ("place", "names", "first", "later"),
    [
        ("balasan", "title", {"text": "Buka 08.00"}, {"text": "Buka 09.00"}),
        ("layanan", "name", {"fee": "Gratis saja"}, {"fee": "Sepuluh ribu"}),
    ],
)
async def test_bw_14_another_wording_waits_while_the_first_is_offered(
    house: ApiOffice,
    admin: Browser,
    *,
    place: str,
    names: str,
    first: dict[str, str],
    later: dict[str, str],
) -> None:
    path = f"/console/{place}"
    page = await admin.get(path)
    form = {names: f"Wording {place}", "unit_id": ""}
    await admin.send(path, page, form | first)
    page = await admin.get(path)
    [number] = re.findall(rf'id="{place}-(\d+)"[^>]*>\s*<summary><strong>Wording', page.text)
    one = f"{path}/{number}"
    wrong = await admin.send(
        one, page, form | later | {"version": "1", "valid_from": "2020-01-01"}
    )
    assert wrong.status == 422
    changed = form | later | {"version": "1", "valid_from": day(30)}
    assert (await admin.send(one, page, changed)).status == 303
    page = await admin.get(path)
    assert WAITS in page.words
    assert next(iter(later.values())) in page.words
    back = {"version": "2"}
    assert (await admin.send(f"{one}/tarik", page, back)).status == 303
    assert (await admin.send(f"{one}/tarik", page, back)).status in (403, 409)
    assert (await admin.send(f"{path}/x/tarik", page, back)).status == 404
    assert (await admin.send(one, page, changed | {"version": "2"})).status == 303
    await comes(house, 31)
    page = await admin.get(path)
    assert WAITS not in page.words
    assert next(iter(later.values())) in page.text
    assert next(iter(first.values())) not in page.text


async def test_bw_14_only_who_may_takes_back(house: ApiOffice, admin: Browser) -> None:
    form = {"title": "Hanya admin", "text": "Buka", "unit_id": "", "valid_from": day(3)}
    await admin.send("/console/balasan", await admin.get("/console/balasan"), form)
    [waits] = await house.hall.store.settings.waiting("canned")
    operator = await at_the_console(house, "operator")
    number = waits.subject.partition(":")[2]
    page = await operator.get("/console/layanan")
    assert "Hanya admin" not in page.words
    said = await operator.send(f"/console/balasan/{number}/tarik", page, {"version": "1"})
    assert said.status == 403
    assert await house.hall.store.settings.waiting("canned") == [waits]
