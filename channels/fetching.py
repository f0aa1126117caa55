"""Fetches files that a provider names by URL, and cannot be made to fetch anything else.

Threats.md row 19 (SSRF): https, a listed host, its address looked up once, checked, and connected
to as checked; redirects are followed by hand under the same rules; no proxy, no cookie, no
decompression. Errors never repeat the URL, for Telegram's holds the bot's token.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientSSLError,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    TCPConnector,
    ThreadedResolver,
)
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from channels.fetching_errors import problem_of_status, refused, unreachable
from core.errors import SendError
from core.model.messages import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import ClientResponse

    from core.errors import SendProblem
    from core.ports import Sink

MOST_REDIRECTS = 5
_CONNECT_SECONDS = 5.0
_SILENCE_SECONDS = 20.0
_AT_ONCE = 8
_CHUNK = 65_536
_LONGEST_URL = 8_192
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_DEFAULT_PORT = 443
_ODD = re.compile(r"[\x00-\x20\x7f\\]")
_HOST = re.compile(r"[a-z0-9.-]{1,253}")

# Python 3.11's own verdict is older than the registries; so the few blocks that are public
_GLOBAL_6 = IPv6Network("2000::/3")
_NOT_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
_NAT64 = IPv6Network("64:ff9b::/96")
_NOT_4 = tuple(map(ip_network, ("0.0.0.0/8", "100.64.0.0/10", "192.88.99.0/24", "240.0.0.0/4")))


@dataclass(frozen=True, slots=True)
class Sources:
    """From where the files of one door may come.

    Attributes:
        hosts: names of hosts, lower case; ``.example.net`` stands for every host below it. Only
            https on its own port, and only while they resolve to public addresses.
        bases: base URLs from the configuration: their scheme, host and port are taken as they
            are written, also http on this machine and private addresses, for the administrator
            named them.
        trusted: hosts among ``hosts`` that get the headers of the call (our credentials);
            the bases always get them.
        seconds: for one file, redirects included.
    """

    hosts: tuple[str, ...]
    bases: tuple[str, ...] = ()
    trusted: tuple[str, ...] = ()
    seconds: float = 60.0


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet, whatever it is wrapped in."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped
        if inner is None and found in _NAT64:
            inner = IPv4Address(int(found) & 0xFFFF_FFFF)
        if inner is None:
            return (
                found.scope_id is None
                and found in _GLOBAL_6
                and not any(found in block for block in _NOT_6)
            )
        found = inner
    if any(found in block for block in _NOT_4):
        return False
    return found.is_global and not found.is_multicast


class Fetcher:
    """One pool of connections for the files of one door; it opens at the first file.

    Args:
        resolver: asks for addresses; None: the system.
    """

    def __init__(self, sources: Sources, resolver: AbstractResolver | None = None) -> None:
        self._sources = sources
        self._bases = frozenset(URL(base).origin() for base in sources.bases)
        self._resolver = resolver
        self._session: ClientSession | None = None

    async def fetch(
        self, url: str, into: Sink, headers: Mapping[str, str] = NOTHING
    ) -> str | None:
        """Writes the file's bytes; returns the content type as the server names it.

        Args:
            url: as the provider named it.
            into: gets the bytes; what it raises comes through.
            headers: our credentials, sent to trusted hosts only, never on to others.

        Raises:
            SendError: RETRY, PERMANENT or PAUSE, with an Indonesian reason for the ticket.
        """
        at = self._checked(url)
        guarded = _Guarded(into)
        for _ in range(MOST_REDIRECTS + 1):
            try:
                async with self._open().get(
                    at, headers=self._credentials(at, headers), allow_redirects=False
                ) as answer:
                    if answer.status not in _REDIRECTS:
                        return await _taken(answer, guarded)
                    goal = answer.headers.get("Location", "")
            except (ClientError, TimeoutError, OSError) as error:
                if error is guarded.error:
                    raise
                raise SendError(_problem(error)) from None  # its text holds the URL
            at = self._checked(goal, at)
        raise SendError(refused("redirects"))

    async def close(self) -> None:
        """Idempotent."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _open(self) -> ClientSession:
        if self._session is None:
            places = {(base.host, base.port) for base in self._bases}
            self._session = ClientSession(
                connector=TCPConnector(
                    limit=_AT_ONCE,
                    resolver=_Checked(self._resolver or ThreadedResolver(), places),
                    use_dns_cache=False,
                ),
                timeout=ClientTimeout(
                    total=self._sources.seconds,
                    sock_connect=_CONNECT_SECONDS,
                    sock_read=_SILENCE_SECONDS,
                ),
                cookie_jar=DummyCookieJar(),
                auto_decompress=False,
                headers={"Accept-Encoding": "identity", "User-Agent": "helpdesk-gateway/1.0.0"},
            )
        return self._session

    def _checked(self, text: str, base: URL | None = None) -> URL:
        """The URL, if it may be asked. The same value is checked and called: one parser."""
        if not text or len(text) > _LONGEST_URL or _ODD.search(text):
            raise SendError(refused("url"))
        try:
            # a signed URL must not be written in another way
            url = URL(text, encoded=text.isascii())
            url = base.join(url) if base is not None else url
            origin = url.origin() if url.absolute else None
            named = url.raw_user is not None or url.raw_password is not None
        except (ValueError, TypeError):
            raise SendError(refused("url")) from None
        if origin is None or named:
            raise SendError(refused("url"))
        if origin not in self._bases:
            self._require_listed(url)
        return url

    def _require_listed(self, url: URL) -> None:
        host = url.raw_host or ""
        if url.scheme != "https" or url.port != _DEFAULT_PORT:
            raise SendError(refused("scheme"))
        if not _HOST.fullmatch(host) or not _listed(host, self._sources.hosts):
            raise SendError(refused("host"))
        # an address instead of a name never meets the resolver
        if host.replace(".", "").isdigit() and not is_public(host):
            raise SendError(refused("address"))

    def _credentials(self, url: URL, headers: Mapping[str, str]) -> Mapping[str, str]:
        mine = url.origin() in self._bases or _listed(url.raw_host or "", self._sources.trusted)
        return headers if mine else NOTHING


class _Guarded:
    """A sink that tells its own failures (a full disk) from those of the connection."""

    def __init__(self, into: Sink) -> None:
        self._into = into
        self.error: Exception | None = None

    def write(self, data: bytes) -> None:
        """As the sink inside."""
        try:
            self._into.write(data)
        except Exception as error:
            self.error = error
            raise


class _Checked(AbstractResolver):
    """Refuses names that resolve to an address that is not public; aiohttp connects to the rest.

    Nothing is resolved a second time between the check and the connection.
    """

    def __init__(
        self, inner: AbstractResolver, places: set[tuple[str | None, int | None]]
    ) -> None:
        self._inner, self._places = inner, places

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises _NotPublic, an OSError."""
        found = await self._inner.resolve(host, port, family)
        if (host, port) not in self._places and not all(is_public(one["host"]) for one in found):
            raise _NotPublicError
        return found

    async def close(self) -> None:
        """Closes what asks."""
        await self._inner.close()


class _NotPublicError(OSError):
    """A listed name leads to an address that is none of the public internet."""


def _listed(host: str, names: tuple[str, ...]) -> bool:
    return any(host == name or (name[:1] == "." and host.endswith(name)) for name in names)


async def _taken(answer: ClientResponse, into: Sink) -> str | None:
    if answer.status != HTTPStatus.OK:
        raise SendError(problem_of_status(answer.status, answer.headers))
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise SendError(refused("coding"))
    async for chunk in answer.content.iter_chunked(_CHUNK):
        into.write(chunk)
    return answer.headers.get("Content-Type")


def _problem(error: Exception) -> SendProblem:
    if isinstance(error, ClientConnectorError) and isinstance(error.os_error, _NotPublicError):
        return refused("address")
    if isinstance(error, ClientSSLError):
        return unreachable("tls")
    if isinstance(error, ClientConnectorError | ConnectionTimeoutError):
        return unreachable("connect")
    return unreachable("timeout" if isinstance(error, TimeoutError) else "disconnected")
