"""``helpdesk serve`` as a process, with form and desk: killed, started again, refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.gateway.citizen_kit import OFFICER, PUBLIC, SECRET, Citizen
from tests.journeys.process import Served, configuration, free_port, run

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.journey

DOORS = f"""
[channels.lapor]
kind = "web_form"
secret = "{SECRET}"
min_seconds = 0

[channels.loket]
kind = "desk"
tokens_file = "tokens"
"""


def written(folder: Path, port: int, doors: str = DOORS) -> Path:
    """A configuration with both doors, and the officers' tokens in a file."""
    http = {"public_url": PUBLIC}
    path = configuration(folder, "http://127.0.0.1:9", port, http=http)
    path.write_text(path.read_text(encoding="utf-8") + doors, encoding="utf-8")
    (folder / "tokens").write_text(f"sari:{OFFICER}\nbudi:{OFFICER[::-1]}\n", encoding="utf-8")
    return path


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    port = free_port()
    process = Served(written(tmp_path, port), port)
    await process.start()
    yield process
    await process.kill()


async def test_what_was_shown_is_there_after_a_kill(served: Served) -> None:
    jar = aiohttp.CookieJar(unsafe=True)
    head = {"Authorization": f"Bearer {OFFICER}"}
    entry = {"form": "letter", "text": "Surat tentang parkir", "reference": "S-1"}
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        someone = Citizen(served.url, http)
        page = await someone.form()
        taken = await someone.send("Lampu padam", token=page.token)
        assert taken.number
        async with http.post(f"{served.url}/hooks/loket", json=entry, headers=head) as answer:
            told = await answer.json()
        await served.kill()
        await served.start()
        again = await someone.send("Lampu padam", token=page.token)
        assert (again.number, again.code) == (taken.number, taken.code)
        async with http.post(f"{served.url}/hooks/loket", json=entry, headers=head) as answer:
            assert await answer.json() == {
                "number": told["number"],
                "outcome": "duplicate",
                "repeated": True,
                "first_answer": None,
                "solution": None,
            }
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        other = Citizen(served.url, http)
        shown = await other.post(f"/t/{taken.number}", {"code": taken.code})
        assert "Laporan diterima dan diberi nomor" in shown.html
    for secret in (OFFICER, SECRET, "Lampu padam", "Surat tentang"):
        assert secret not in served.log


@pytest.mark.parametrize(
    ("doors", "said"),
    [
        (DOORS.replace(SECRET, ""), "channels.lapor.secret is not valid"),
        (DOORS.replace(SECRET, "pendek"), "16 characters or more"),
        (DOORS.replace(f'secret = "{SECRET}"\n', ""), "channels.lapor.secret is missing"),
        (DOORS.replace('tokens_file = "tokens"', 'tokens = [""]'), "channels.loket.tokens is not"),
        (DOORS.replace('tokens_file = "tokens"', ""), "channels.loket.tokens is missing"),
        (DOORS + 'reply_via = "lapar"\n', "channels.loket.reply_via is 'lapar'"),
        (DOORS + 'reply_via = "loket"\n', "expected the id of another channel"),
        (DOORS.replace("min_seconds", 'confirm_by = "sms"\nmin_seconds'), "channel of kind email"),
        (DOORS.replace("min_seconds", 'proxies = ["x"]\nmin_seconds'), "addresses or networks"),
        (DOORS + DOORS.replace("lapor", "lapor2").replace("loket", "loket2"), "expected one"),
    ],
)
async def test_a_door_without_its_secret_or_neighbour_does_not_start(
    tmp_path: Path, doors: str, said: str
) -> None:
    ended = await run("serve", "--config", str(written(tmp_path, 0, doors)), cwd=tmp_path)
    assert ended.code == 2
    assert said in ended.said
    assert "Traceback" not in ended.said
    for secret in (OFFICER, SECRET):
        assert secret not in ended.said
