"""Fetching by URL: hostile URLs never reach anybody, failures are told in our words."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from yarl import URL

from channels import fetching
from channels.fetching import Fetcher, Sources, is_public
from core.errors import Scope, SendError, SendFailure, TooLarge
from tests.channels.fetching_kit import PNG, Collected, FakeResolver, canary, provider

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SECRET = {"Authorization": "Basic rahasia"}
LISTED = ("media.example", ".cdn.example")


@asynccontextmanager
async def fetcher(
    *bases: str, resolver: FakeResolver | None = None, **changes: object
) -> AsyncIterator[Fetcher]:
    sources = Sources(LISTED, bases, **changes)  # type: ignore[arg-type]
    made = Fetcher(sources, resolver or FakeResolver(["127.0.0.1"]))
    try:
        yield made
    finally:
        await made.close()


async def code_of(one: Fetcher, url: str) -> str:
    with pytest.raises(SendError) as caught:
        await one.fetch(url, Collected(), SECRET)
    assert caught.value.problem.reason
    assert "example" not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value.problem.code


async def test_a_file_of_the_configured_provider_comes_whole() -> None:
    async with provider() as there, fetcher(there.base) as one:
        into = Collected()
        assert await one.fetch(f"{there.base}/file/a%2Fb?sig=%7E+x", into, SECRET) == "image/png"
    assert into.data == PNG
    assert there.seen == [("/file/a%2Fb?sig=%7E+x", "Basic rahasia")]


async def test_a_redirect_within_the_provider_is_followed() -> None:
    async with provider() as there, fetcher(there.base) as one:
        there.goals |= {"a": "/to/b", "b": f"{there.base}/file/x"}
        into = Collected()
        await one.fetch(f"{there.base}/to/a", into)
    assert into.data == PNG


# --- hostile URLs ------------------------------------------------------------------------------

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


@pytest.mark.parametrize("way", ["named", "redirect"])
async def test_hostile_urls_reach_nobody(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with canary() as bird, provider() as there, fetcher(there.base) as one:
        # as if the canary sat where https is expected: only the other rules stand before it
        monkeypatch.setattr(fetching, "_DEFAULT_PORT", bird.port)
        for number, shape in enumerate(HOSTILE):
            url = shape.replace("{port}", str(bird.port))
            if way == "redirect":
                if "\r" in url or "\t" in url or not url.isascii() or len(url) > 8_000:
                    continue  # no server can send such a header
                there.goals[str(number)] = url
                url = f"{there.base}/to/{number}"
            code = await code_of(one, url)
            # a relative goal leads back to the provider itself, where nothing answers it
            assert code.startswith(("refused", "http 5")), (shape, code)
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
    async with canary() as bird, fetcher(resolver=resolver) as one:
        monkeypatch.setattr(fetching, "_DEFAULT_PORT", bird.port)
        assert await code_of(one, f"https://media.example:{bird.port}/x") == "refused address"
    assert resolver.asked == ["media.example"]
    assert bird.hits == 0


async def test_a_name_that_changes_its_address_after_the_check_gains_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rebinding: the first answer passes the check, the second is the canary."""
    resolver = FakeResolver(["::1"], ["127.0.0.1"])
    async with canary("::1") as allowed, canary(port=allowed.port) as bird:
        monkeypatch.setattr(fetching, "_DEFAULT_PORT", bird.port)
        monkeypatch.setattr(fetching, "is_public", lambda address: address == "::1")
        async with fetcher(resolver=resolver) as one:
            url = f"https://media.example:{bird.port}/x"
            assert await code_of(one, url) in {"tls", "disconnected", "connect"}
            assert (allowed.hits, bird.hits) == (1, 0)
            assert await code_of(one, url) == "refused address"
    assert (allowed.hits, bird.hits) == (1, 0)
    assert resolver.asked == ["media.example"] * 2


async def test_a_redirect_elsewhere_is_not_followed() -> None:
    async with provider() as theirs, provider() as storage:
        async with fetcher(theirs.base) as one:
            theirs.goals["x"] = f"{storage.base}/file/x"
            assert await code_of(one, f"{theirs.base}/to/x") == "refused scheme"
        assert storage.seen == []
    assert theirs.seen == [("/to/x", "Basic rahasia")]


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://api.example/x", True),
        ("https://media.example/x", False),
        ("http://127.0.0.1:99/x", True),
        ("http://127.0.0.1:98/x", False),
    ],
)
async def test_who_gets_our_credentials(url: str, sent: bool) -> None:  # noqa: FBT001
    sources = Sources(("api.example", *LISTED), ("http://127.0.0.1:99",), ("api.example",))
    one = Fetcher(sources)
    assert bool(one._credentials(URL(url), SECRET)) is sent
    await one.close()


# --- failures ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "failure", "code"),
    [
        ("status/401", SendFailure.PAUSE, "http 401"),
        ("status/403", SendFailure.RETRY, "http 403"),
        ("status/404", SendFailure.RETRY, "http 404"),
        ("status/410", SendFailure.PERMANENT, "http 410"),
        ("status/418", SendFailure.PERMANENT, "http 418"),
        ("status/429", SendFailure.RETRY, "http 429"),
        ("status/500", SendFailure.RETRY, "http 500"),
        ("status/204", SendFailure.RETRY, "http 204"),
        ("to/nowhere", SendFailure.PERMANENT, "refused url"),
        ("to/self", SendFailure.PERMANENT, "refused redirects"),
        ("gzip/x", SendFailure.PERMANENT, "refused coding"),
        ("slow/x", SendFailure.RETRY, "timeout"),
        ("cut/x", SendFailure.RETRY, "disconnected"),
    ],
)
async def test_every_failure_has_its_class(path: str, failure: SendFailure, code: str) -> None:
    async with provider() as there, fetcher(there.base, seconds=0.3) as one:
        there.goals["self"] = "/to/self"
        with pytest.raises(SendError) as caught:
            await one.fetch(f"{there.base}/{path}", Collected())
    problem = caught.value.problem
    assert (problem.failure, problem.code) == (failure, code)
    if code == "http 429":
        assert problem.scope is Scope.CHANNEL
        assert problem.retry_after == timedelta(seconds=7)


async def test_a_dead_provider_is_tried_again_later() -> None:
    async with provider() as there:
        base = there.base
    async with fetcher(base) as one:
        assert await code_of(one, f"{base}/file/x") == "connect"


@pytest.mark.parametrize("error", [TooLarge, OSError, ValueError])
async def test_what_the_sink_raises_comes_through(error: type[Exception]) -> None:
    async with provider() as there, fetcher(there.base) as one:
        into = Collected(1000, error)
        with pytest.raises(error):
            await one.fetch(f"{there.base}/file/x", into)
        assert len(into.data) < len(PNG) + 1
        await one.fetch(f"{there.base}/file/x", Collected())  # the pool has survived


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("103.28.12.1", True),
        ("2404:6800:4003::1", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::808:808", True),
        ("127.0.0.1", False),
        ("127.255.255.254", False),
        ("0.1.2.3", False),
        ("172.16.0.1", False),
        ("100.127.255.255", False),
        ("198.18.0.1", False),
        ("192.0.2.1", False),
        ("203.0.113.9", False),
        ("192.88.99.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("239.1.1.1", False),
        ("::", False),
        ("::10.0.0.1", False),
        ("::ffff:0:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b:1::8.8.8.8", False),
        ("2001:0:4136:e378::", False),
        ("2001:db8::1", False),
        ("2002:808:808::", False),
        ("3fff::1", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("2404:6800:4003::1%eth0", False),
        ("localhost", False),
        ("", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:  # noqa: FBT001
    assert is_public(address) is public
