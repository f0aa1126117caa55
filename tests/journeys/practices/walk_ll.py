"""Somebody of Lubuklinggau (LL) with a plain phone and a browser, at an office with a web form."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

from tests.console.staff.kit import Browser
from tests.gateway.api.kit import ApiOffice, api_office
from tests.gateway.gateway_kit import message, phone, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

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


async def with_form(folder: Path, **office: str) -> AsyncIterator[ApiOffice]:
    sections = {
        "office": {"name": "Dinas Kesehatan Kota Lubuklinggau"} | office,
        "api": {"requests_per_minute": 100_000},
        "limits": {"tickets_per_ten_minutes": 500},
    }
    doors = {"lapor": FORM | {"codes_per_day": 1_000}}
    async with api_office(folder, doors=doors, **sections) as house:
        yield house


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


async def registered(house: ApiOffice, name: str, **more: str) -> tuple[Ibu, str, int]:
    """Somebody registered, the number of their ticket, the id of their record."""
    ibu = Ibu(house)
    number, path = await ibu.complains()
    assert (await ibu.registers(path, name=name, **more)).status == 303
    found = (await house.admin.post("/search/respondents", {"text": name})).json["items"]
    return ibu, number, found[0]["id"]
