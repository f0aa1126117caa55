"""Forty hostile addresses of files, named or redirected to: nobody inside is ever reached.

Threats.md rows 18 and 19, against a canary that sits exactly where the list allows to go.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from channels import download
from channels.download import Downloads, Source
from core.errors import SendError
from tests.channels.fetching_kit import PNG, Canary, Collected, FakeResolver, canary, provider

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SECRET = {"Authorization": "Basic rahasia"}

HOSTILE = [
    "http://127.0.0.1:{port}/",
    "https://127.0.0.1:{port}/",
    "https://localhost:{port}/",
    "https://[::1]:{port}/",
    "https://[::ffff:127.0.0.1]:{port}/",
    "https://[::ffff:7f00:1]:{port}/",
    "https://2130706433:{port}/",
    "https://0x7f000001:{port}/",
    "https://0177.0.0.1:{port}/",
    "https://127.1:{port}/",
    "https://0.0.0.0:{port}/",
    "https://0:{port}/",
    "https://169.254.169.254/latest/meta-data/",
    "https://media.example:{port}/",
    "https://MEDIA.example:{port}/",
    "https://media.example.:{port}/",
    "https://a.cdn.example:{port}/",
    "https://cdn.example:{port}/",
    "https://evil.example:{port}/?media.example",
    "https://media.example@127.0.0.1:{port}/",
    "https://media.example:pw@media.example:{port}/",
    "https://:@media.example:{port}/",
    "https://127.0.0.1:{port}#@media.example/",
    "https://127.0.0.1:{port}\\@media.example/",
    "https://media.example\\.127.0.0.1:{port}/",
    "https://media.example%2e127.0.0.1:{port}/",
    "https://media.example\t:{port}/",
    "https://media.example\r\nHost: x:{port}/",
    "http://media.example:{port}/",
    "HTTP://media.example:{port}/",
    "//media.example:{port}/",
    "https:media.example:{port}/",
    "https:///media.example:{port}/",
    "file:///etc/passwd",
    "ftp://media.example:{port}/",
    "gopher://127.0.0.1:{port}/_x",
    "data:text/plain,hello",
    "https://media.example:99999/",
    "https://media.example:x/",
    "https://[::1%25lo]:{port}/",
    "https://\u24de.cdn.example:{port}/",
    "",
    "x" * 9_000,
]


@asynccontextmanager
async def downloads(
    port: int, base: str, resolver: FakeResolver, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Downloads]:
    """Lists the canary's own port under two names; only the address stands before it."""
    monkeypatch.setattr(download, "ThreadedResolver", lambda: resolver)
    trusted = base.removeprefix("http://")
    hosts = (f"media.example:{port}", f".cdn.example:{port}", trusted)
    made = Downloads(Source(hosts, (trusted,), SECRET, 5))
    try:
        yield made
    finally:
        await made.close()


async def refused(made: Downloads, url: str, bird: Canary) -> str:
    """The code of the refusal; the error repeats neither the address nor a name."""
    into = Collected()
    with pytest.raises(SendError) as caught:
        await made.fetch(url, into)
    assert (bird.hits, into.data) == (0, b""), url
    assert "example" not in str(caught.value)
    return caught.value.problem.code


def sendable(url: str) -> bool:
    """Whether a server could write it into a header at all."""
    return url.isascii() and not {"\r", "\t"} & set(url) and len(url) < 8_000


@pytest.mark.parametrize("way", ["named", "redirect"])
async def test_hostile_addresses_reach_nobody(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resolver = FakeResolver(["127.0.0.1"])
    async with (
        canary() as bird,
        provider() as there,
        downloads(bird.port, there.base, resolver, monkeypatch) as made,
    ):
        for number, shape in enumerate(HOSTILE):
            url = shape.replace("{port}", str(bird.port))
            if way == "redirect":
                there.goals[str(number)] = url
                url = f"{there.base}/to/{number}" if sendable(url) else url
            await refused(made, url, bird)
        # the same listed name is fetched once it leads to the provider itself
        into = Collected()
        await made.fetch(f"{there.base}/file/x", into)
    assert into.data == PNG
    assert bird.hits == 0


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["192.168.1.1"],
        ["169.254.169.254"],
        ["100.64.3.4"],
        ["0.0.0.0"],  # noqa: S104 - an answer, not a place to listen
        ["224.0.0.251"],
        ["::1"],
        ["fe80::1"],
        ["fd00::1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["2002:7f00:1::"],
        ["2001:4860:4860::8888", "127.0.0.1"],
        ["8.8.8.8", "::1"],
    ],
)
async def test_a_listed_name_with_a_private_address_is_not_called(
    answers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolver = FakeResolver(answers)
    async with (
        canary() as bird,
        downloads(bird.port, "http://127.0.0.1:1", resolver, monkeypatch) as made,
    ):
        await refused(made, f"https://media.example:{bird.port}/x", bird)
    assert resolver.asked == ["media.example"]


async def test_a_name_that_changes_its_address_after_the_check_gains_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rebinding: the first answer passes the check, the second is the canary."""
    resolver = FakeResolver(["::1"], ["127.0.0.1"])
    async with (
        canary("::1") as allowed,
        canary(port=allowed.port) as bird,
        downloads(bird.port, "http://127.0.0.1:1", resolver, monkeypatch) as made,
    ):
        monkeypatch.setattr(download, "is_public", lambda address: address == "::1")
        await refused(made, f"https://media.example:{bird.port}/x", bird)
        await asyncio.sleep(0.05)
        assert allowed.hits == 1
    assert resolver.asked == ["media.example"]
