"""Files are fetched from listed hosts only, whatever an address says (threats.md 18 and 19)."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

import pytest

from channels.download import Downloads, PublicOnly, Source, is_listed, is_public
from core.errors import SendError, SendFailure
from tests.channels.twilio.provider import Answer, provider

SECRET = "Basic rahasia"


class Bucket:
    def __init__(self) -> None:
        self.held = b""

    def write(self, data: bytes) -> None:
        self.held += data


def downloads(*hosts: str, trusted: tuple[str, ...] = (), seconds: float = 2.0) -> Downloads:
    return Downloads(Source((*hosts, *trusted), trusted, {"Authorization": SECRET}, seconds))


def at(base: str) -> str:
    return urlsplit(base).netloc


async def fetched(url: str, opened: Downloads) -> Any:
    """Content type and bytes, or the problem."""
    bucket = Bucket()
    try:
        return await opened.fetch(url, bucket), bucket.held
    except SendError as error:
        return error.problem
    finally:
        await opened.close()
        await opened.close()


async def test_a_redirect_is_followed_without_our_credentials() -> None:
    async with provider() as api, provider() as storage:
        api.will(Answer(307, "", {"Location": f"{storage.base}/a%2Fb?Signature=x%2By"}))
        storage.will(Answer(200, "gambar", content_type="image/png"))
        opened = downloads(at(storage.base), trusted=(at(api.base),))
        assert await fetched(f"{api.base}/media/1", opened) == ("image/png", b"gambar")
        assert api.asked[0].headers["Authorization"] == SECRET
        assert "Authorization" not in storage.asked[0].headers
        assert storage.asked[0].query == {"Signature": "x+y"}
        assert storage.asked[0].headers["Accept-Encoding"] == "identity"


async def test_nothing_is_unpacked() -> None:
    async with provider() as api:
        api.will(Answer(200, "mampat", {"Content-Encoding": "gzip"}))
        assert await fetched(api.base, downloads(at(api.base))) == ("application/json", b"mampat")


@pytest.mark.parametrize("onward", ["https://evil.example/", "http://127.0.0.1:1/", "file:///x"])
async def test_a_redirect_off_the_list_ends_it(onward: Any) -> None:
    async with provider() as api:
        api.will(Answer(302, "", {"Location": onward}))
        problem = await fetched(api.base, downloads(at(api.base)))
        assert (problem.failure, problem.code) == (SendFailure.PERMANENT, "host")


async def test_redirects_end_somewhere() -> None:
    async with provider() as api:
        api.will(*[Answer(302, "", {"Location": "/again"})] * 9)
        problem = await fetched(api.base, downloads(at(api.base)))
        assert (problem.failure, problem.code) == (SendFailure.PERMANENT, "redirects")
        assert len(api.asked) == 4


@pytest.mark.parametrize(
    ("status", "known", "failure"),
    [
        (401, True, "pause"),
        (403, True, "pause"),
        (401, False, "permanent"),
        (403, False, "permanent"),
        (404, True, "permanent"),
        (410, False, "permanent"),
        (302, False, "retry"),
        (408, False, "retry"),
        (429, True, "retry"),
        (500, True, "retry"),
        (206, True, "retry"),
    ],
)
async def test_the_status_decides(status: Any, known: Any, failure: Any) -> None:
    async with provider() as api:
        api.will(Answer(status, "x", {"Retry-After": "7"}))
        hosts = (at(api.base),)
        opened = downloads(trusted=hosts) if known else downloads(*hosts)
        problem = await fetched(api.base, opened)
        assert problem.failure.value == failure
        assert (problem.retry_after is not None) is (failure == "retry")


async def test_one_deadline_for_all_of_it() -> None:
    async with provider() as api:
        api.will(Answer(fault="slow"))
        problem = await fetched(api.base, downloads(at(api.base), seconds=0.3))
        assert (problem.failure, problem.code) == (SendFailure.RETRY, "timeout")


class Names:
    """A name server that says what a test tells it."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> Any:
        return [
            {"hostname": host, "host": one, "port": port, "family": family, "proto": 0, "flags": 0}
            for one in self.addresses
        ]

    async def close(self) -> None:
        return


PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - refused here, bound to nowhere
    "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1",
    "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "2001::1", "x",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
async def test_a_name_that_leads_inwards_is_refused(address: Any) -> None:
    assert not is_public(address)
    guarded = PublicOnly(Names("93.184.216.34", address))  # type: ignore[arg-type] # as far as asked
    with pytest.raises(OSError, match="private"):
        await guarded.resolve("mms.twiliocdn.com", 443, socket.AF_INET)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1"])
async def test_a_name_on_the_open_network_is_not(address: Any) -> None:
    assert is_public(address)
    guarded = PublicOnly(Names(address))  # type: ignore[arg-type] # as far as asked
    found = await guarded.resolve("mms.twiliocdn.com", 443, socket.AF_INET)
    assert found[0]["host"] == address
    local = PublicOnly(Names("127.0.0.1"))  # type: ignore[arg-type] # as far as asked
    assert await local.resolve("localhost")


async def test_a_listed_name_that_leads_inwards_is_never_connected(monkeypatch: Any) -> None:
    async def inwards(*_args: Any, **_more: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 443))]

    import asyncio  # noqa: PLC0415 - only here

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", inwards, raising=False)
    problem = await fetched("https://mms.twiliocdn.com/x", downloads("mms.twiliocdn.com"))
    assert (problem.failure, problem.code) == (SendFailure.RETRY, "connect")


@pytest.mark.parametrize(
    ("url", "listed"),
    [
        ("https://a.example/x", True),
        ("https://A.EXAMPLE/x", True),
        ("https://a.example:443/x", True),
        ("https://a.example:444/x", False),
        ("https://b.example:444/x", True),
        ("https://b.example/x", False),
        ("https://sub.c.example/x", True),
        ("https://c.example/x", False),
        ("https://evilc.example/x", False),
        ("https://a.example.evil/x", False),
        ("http://a.example/x", True),  # http is refused elsewhere
        ("https:///x", False),
    ],
)
def test_a_list_names_hosts_and_ports(url: Any, listed: Any) -> None:
    hosts = ("a.example", "b.example:444", ".c.example")
    assert is_listed(urlsplit(url), hosts) is listed


HOSTILE = [
    "http://a.example/", "ftp://a.example/", "file:///etc/passwd", "https://u:p@a.example/",
    "https://u@a.example/", "https://a.example@evil.example/", "https://a.example:x/",
    "https://[::1/", "//a.example/", "a.example", "", "https://127.0.0.1/",
    "https://[::ffff:10.0.0.1]/", "http://169.254.169.254/", "data:,x", "https://a.example:99999/",
]  # fmt: skip


@pytest.mark.parametrize("url", HOSTILE)
async def test_a_hostile_address_is_not_asked(url: Any) -> None:
    problem = await fetched(url, downloads("a.example"))
    assert (problem.failure, problem.code) == (SendFailure.PERMANENT, "host")
