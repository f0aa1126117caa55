"""Numbers that no form of ours sends: every page answers them, and none falls over."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING, Final
from unittest.mock import MagicMock
from urllib.parse import quote, urlencode

import pytest

from console.staff.routes import staff_routes
from core.errors import MalformedMessage
from core.model.act_rules import NAMES
from core.model.staff import Role, Staff
from tests.console.staff.kit import at_the_console
from tests.gateway.api.kit import PASSWORD, hire
from ticket_store.failures import UNKEEPABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.console.staff.kit import Browser
    from tests.gateway.api.kit import ApiOffice

ODD: Final = {
    "endless": "9" * 5_000,
    "beyond any column": str(2**63),
    "below nothing": "-1",
    "digits of another script": "٤٢",
    "empty": "",
    "in powers": "1e9",
    "a NUL": "7\x00",
}
LONGEST_QUERY: Final = 600
"""What a server takes as an address is limited; a form is not."""

QUERY: Final = ("sesudah", "sebelum", "sejak", "tahun", "unit", "usai", "after")
FORM: Final = (
    *("version", "dilihat", "unit_id", "staff_id", "region_id", "parent_id", "about_staff_id"),
    *("capacity", "days", "letter", "percent", "quantity", "level", "year", "tahun", "kode"),
)
COUNTED: Final = (
    "note",
    *(name for name, kind in NAMES.items() if any("int" in str(one.type) for one in fields(kind))),
)
TRIES: Final = 3
"""A store that others keep busy answers 503 now and then; what cannot be read does it always."""

PART: Final = re.compile(r"{(\w+)[^}]*}")
LEAVES: Final = re.compile(r"/(keluar|masuk|undangan|langsung|mulai|kode)|/akun/sesi")
"""Pages after which whoever looks is somebody else, and the stream, which does not end."""


def _routes() -> Iterator[tuple[str, str]]:
    """Method and path of every page; of the acts those with numbers, and one without."""
    for route in staff_routes(MagicMock()):
        if LEAVES.search(route.path):
            continue
        for act in COUNTED if "{tindakan" in route.path else ("",):
            yield route.method, re.sub(r"{tindakan[^}]*}", act, route.path)


@pytest.fixture(scope="module")
async def everything(house: ApiOffice) -> Browser:
    """Somebody of every role at once."""
    hashed = await house.house.passwords.hash(PASSWORD)
    person = Staff(0, "semua", "Petugas segala urusan", frozenset(Role), 1)
    await hire(house.hall, house.house, person, hashed)
    return await at_the_console(house, "semua")


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
async def test_no_page_falls_over_an_odd_number(
    house: ApiOffice, everything: Browser, odd: str
) -> None:
    known = {"number": await house.ticket(), "kotak": "semua", "nama": "nasional"}
    csrf = (await everything.get("/console/akun")).field("csrf")
    query = urlencode(dict.fromkeys(QUERY, odd[:LONGEST_QUERY]))
    form = {"csrf": csrf, **dict.fromkeys(FORM, odd)}
    fallen = []
    for method, path in _routes():
        place = PART.sub(lambda part: known.get(part[1]) or quote(odd, safe="") or "0", path)
        for _ in range(TRIES):
            if method == "GET":
                said = await everything.get(f"{place}?{query}")
            else:
                said = await everything.post(place, form)
            if said.status < 500:
                break
        else:
            fallen.append(f"{method} {path}: {said.status}")
    assert fallen == []


async def test_what_no_database_keeps_is_told_with_what_was_typed(
    everything: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unkeepable(*_: object) -> None:
        raise MalformedMessage(UNKEEPABLE)

    monkeypatch.setattr("console.staff.canned.add_reply", unkeepable)
    page = await everything.get("/console/balasan")
    form = {"title": "Salam", "text": "Selamat pagi, Bapak dan Ibu."}
    said = await everything.send("/console/balasan", page, form)
    assert said.status == 400
    assert "tidak dapat disimpan" in said.words
    assert "Selamat pagi, Bapak dan Ibu." in said.words
