"""A picture at a public address for an hour: who gets it, and who does not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.model.messages import OutboundFile
from gateway.attachment_folder import AttachmentFolder
from gateway.lent_files import LENT, LentFiles
from tests.gateway.citizen_kit import MovingClock
from tests.gateway.demo_house import PIXEL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

PATH = "/hooks/wa"
NEW, OLD = "kunci-baru-0123456789", "kunci-lama-0123456789"


class Lending:
    """A server that lends, and the picture that it has."""

    def __init__(self, folder: Path) -> None:
        self.folder = AttachmentFolder(folder, 10**6, 0)
        self.clock = MovingClock()
        incoming = self.folder.begin()
        incoming.write(PIXEL)
        incoming.close()
        self.lies = self.folder.keep(incoming)
        self.base = ""

    def files(self, *secrets: str) -> LentFiles:
        return LentFiles((PATH, PATH), secrets, self.folder, self.clock)

    def link(self, secret: str = NEW) -> str:
        whole = str(self.folder.path / self.lies)
        return self.files(secret).link(OutboundFile(whole, "image/png", "a.png", len(PIXEL)))

    async def ask(self, path: str) -> tuple[int, bytes, str]:
        async with (
            aiohttp.ClientSession() as http,
            http.get(self.base + path, allow_redirects=False) as answer,
        ):
            return answer.status, await answer.read(), answer.headers.get("Content-Type", "")


@pytest.fixture
async def lending(tmp_path: Path) -> AsyncIterator[Lending]:
    made = Lending(tmp_path)
    app = web.Application()
    made.files(NEW, OLD).mount(app)
    async with TestServer(app) as server:
        made.base = str(server.make_url("")).rstrip("/")
        yield made


@pytest.mark.parametrize("secret", [NEW, OLD])
async def test_whoever_has_the_address_gets_the_picture(lending: Lending, secret: str) -> None:
    assert await lending.ask(lending.link(secret)) == (200, PIXEL, "image/png")


async def test_an_address_ends_after_an_hour(lending: Lending) -> None:
    link = lending.link()
    lending.clock.ahead = LENT - timedelta(seconds=5)
    assert (await lending.ask(link))[0] == 200
    lending.clock.ahead = LENT + timedelta(seconds=5)
    assert (await lending.ask(link))[0] == 404


async def test_a_file_that_is_gone_is_not_there(lending: Lending) -> None:
    link = lending.link()
    lending.folder.remove(lending.lies)
    assert (await lending.ask(link))[0] == 404


def forged(link: str) -> dict[str, str]:
    *_, until, lies, seal = link.split("/")
    return {
        "longer": f"{PATH}/berkas/{int(until) + 60}/{lies}/{seal}",
        "another file": f"{PATH}/berkas/{until}/{'0' * 2}-{'0' * 32}/{seal}",
        "another type": f"{PATH}/berkas/{until}/{lies}/{seal[:-4]}.jpg",
        "another seal": f"{PATH}/berkas/{until}/{lies}/{'0' * 64}.png",
        "a path": f"{PATH}/berkas/{until}/..%2f..%2fdata.key/{seal}",
        "no time": f"{PATH}/berkas/%D9%A1/{lies}/{seal}",
        "a long time": f"{PATH}/berkas/{'9' * 400}/{lies}/{seal}",
    }


@pytest.mark.parametrize("how", sorted(forged("/1/2/" + "0" * 64 + ".png")))
async def test_forged_addresses_lead_nowhere(lending: Lending, how: str) -> None:
    assert (await lending.ask(forged(lending.link())[how]))[0] == 404


async def test_a_stranger_seals_nothing(lending: Lending) -> None:
    assert (await lending.ask(lending.link("kunci-orang-lain")))[0] == 404
