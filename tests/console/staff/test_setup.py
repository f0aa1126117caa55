"""The first start: nobody works here, a code from the terminal makes the administrator, once."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

import pytest

from config.load import read
from core.model.credentials import step_at, totp
from core.services.first_start import fits, start_code
from gateway.clock import SystemClock
from gateway.commands.serve import first_code, tell
from gateway.keys import open_vault
from tests.console.staff.kit import Browser
from tests.gateway.api.kit import PASSWORD
from tests.gateway.gateway_kit import Options, office, tables

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from config.settings import Settings
    from tests.gateway.gateway_kit import Office

HERE = "/console/mulai"


@pytest.fixture
async def fresh(tmp_path: Path) -> AsyncIterator[tuple[Office, Settings]]:
    async with office(tmp_path, Options(sections={"api": {"logins_per_address": 20}})) as hall:
        bases = {name: one.base_url for name, one in hall.providers.items()}
        yield hall, read(tables(tmp_path, bases))


def person(code: str, **changed: str) -> Mapping[str, str]:
    made = {"code": code, "login": "siti", "name": "Siti Aminah", "password": PASSWORD}
    return made | changed


async def test_a_code_a_person_a_telephone_a_door(fresh: tuple[Office, Settings]) -> None:
    hall, settings = fresh
    code = await first_code(settings, hall.store)
    browser = Browser(hall)
    assert "Kode penyiapan" in (await browser.get(HERE)).words
    seen = await browser.post(HERE, {"code": code.upper().replace("-", " ")})
    assert seen.status == 200
    assert "Dinas Contoh" in seen.words
    assert "Asia/Jakarta" in seen.words
    assert seen.field("code").lower().replace(" ", "-") == code
    entered = await browser.post(f"{HERE}/admin", person(code))
    assert (entered.status, entered.headers["Location"]) == (
        303,
        f"/console/kode?lanjut={HERE}/kalender",
    )
    asked = await browser.get(entered.headers["Location"])
    drawn = await browser.send("/console/kode/baru", asked, {"lanjut": asked.field("lanjut")})
    (typed,) = re.findall(r'class="key">([A-Z2-7]+)<', drawn.text)
    secret = base64.b32decode(typed)
    given = {"kode": totp(secret, step_at(SystemClock().now())), "lanjut": drawn.field("lanjut")}
    through = await browser.send("/console/kode", drawn, given)
    assert (through.status, through.headers["Location"]) == (303, f"{HERE}/kalender")
    await _hours(browser)
    doors = await browser.get(f"{HERE}/kanal")
    assert "Coba kanal pertama" in doors.words
    assert "/hooks/sms" in doors.words
    sent = await browser.send("/console/admin/kanal/sms/uji", doors, {"address": "081255550001"})
    assert sent.status == 303
    await hall.quiet()
    assert any("Pesan uji" in text for text in hall.texts())
    await _once_is_once(hall, settings, code)


async def _hours(browser: Browser) -> None:
    hours = await browser.get(f"{HERE}/kalender")
    assert "Jam kerja kantor" in hours.words
    form = {"minggu.0": "1", "national": "1", "joint": "1"}
    form |= {"jam.0.0.0.buka": "7", "jam.0.0.0.tutup": "7"}
    wrong = await browser.send(f"{HERE}/kalender", hours, form)
    assert (wrong.status, "jam.0.0.0.tutup-salah" in wrong.text) == (422, True)
    form["jam.0.0.0.tutup"] = "0900"
    kept = await browser.send(f"{HERE}/kalender", hours, form)
    assert (kept.status, kept.headers["Location"]) == (303, f"{HERE}/kanal")
    assert "Senin 07.00-09.00" in (await browser.get("/console/admin/kalender")).words


async def _once_is_once(hall: Office, settings: Settings, code: str) -> None:
    assert await first_code(settings, hall.store) == ""
    stranger = Browser(hall)
    assert (await stranger.get(HERE)).status == 404
    assert (await stranger.post(HERE, {"code": code})).status == 404
    assert (await stranger.post(f"{HERE}/admin", person(code, login="dua"))).status == 404
    assert len(await hall.store.staff.staff(disabled=True)) == 1


async def test_without_the_code_nothing_opens(fresh: tuple[Office, Settings]) -> None:
    hall, settings = fresh
    code = start_code(open_vault(settings))
    browser = Browser(hall)
    wrong = await browser.post(HERE, {"code": "0000-0000-0000-0000-0000"})
    assert wrong.status == 403
    assert "Asia/Jakarta" not in wrong.words
    assert (await browser.post(f"{HERE}/admin", person(""))).status == 403
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert (await browser.post(f"{HERE}/admin", person(code), **foreign)).status == 403
    assert await hall.store.staff.staff(disabled=True) == []
    said = [await browser.post(HERE, {"code": "salah"}) for _ in range(20)]
    assert said[-1].status == 429  # not even the right one now
    assert (await browser.post(f"{HERE}/admin", person(code))).status == 429


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"login": "Ada Spasi"}, "login"),
        ({"name": " "}, "name"),
        ({"password": "pendek"}, "password"),
    ],
)
async def test_what_is_wrong_is_told_and_kept(
    fresh: tuple[Office, Settings], changed: dict[str, str], field: str
) -> None:
    hall, settings = fresh
    code = start_code(open_vault(settings))
    said = await Browser(hall).post(f"{HERE}/admin", person(code, **changed))
    assert said.status == 422
    assert f'id="{field}-salah"' in said.text
    assert 'value="siti"' in said.text or field == "login"
    assert PASSWORD not in said.text
    assert await hall.store.staff.staff(disabled=True) == []


async def test_the_code_is_told_on_the_terminal_alone(
    fresh: tuple[Office, Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    hall, settings = fresh
    code = await first_code(settings, hall.store)
    tell(settings, code)
    tell(settings, "")
    said = capsys.readouterr()
    assert (said.out.count(code), said.err) == (1, "")
    assert code not in hall.log.getvalue()
    vault = open_vault(settings)
    assert fits(vault, f" {code.upper()} ")
    assert not fits(vault, "")
    assert not fits(vault, code[:-1])
