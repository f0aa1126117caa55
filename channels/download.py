"""Fetches one file that a provider named, from listed hosts only (providers.md §2.5).

The address comes out of a message, so it is treated as hostile (threats.md rows 18 and 19):
https, host on the list, address checked after resolving and the very same address connected to,
redirects followed by hand and only to listed hosts, credentials for their own hosts alone,
nothing decompressed, one deadline for it all.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from core.errors import Scope, SendError, SendFailure, SendProblem
from core.model.public_addresses import is_public
from core.model.sentences import said

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from socket import AddressFamily

    from aiohttp import ClientResponse

    from core.ports import Sink

_CONNECT_SECONDS = 5.0
_HOPS = 4
_PIECE = 65_536
_CONNECTIONS = 4
_LONGEST_WAIT = 86_400
_GONE = said("Berkas tidak tersedia lagi di penyedia.")
_LATER = said("Berkas belum dapat diunduh; dicoba lagi nanti.")
_UNSAFE = said("Alamat berkas tidak diizinkan; berkas tidak diunduh.")
_DENIED = said("Penyedia menolak kredensial untuk mengunduh berkas.")


@dataclass(frozen=True, slots=True)
class Source:
    """Where files of one door may come from.

    Attributes:
        hosts: ``name`` or ``name:port``; with a leading dot any host below. Only for a host of
            this machine plain http and its loopback address are allowed.
        trusted: those among them that get the credentials.
        credentials: headers for them.
        seconds: for one file, everything included.
    """

    hosts: Collection[str]
    trusted: Collection[str]
    credentials: Mapping[str, str]
    seconds: float


class Downloads:
    """Fetches files of one source; the session opens at the first file."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._session: ClientSession | None = None

    async def fetch(self, url: str, into: Sink) -> str | None:
        """Writes the bytes; returns the content type that the host names, if any.

        Raises SendError (RETRY, PERMANENT or PAUSE), or what the sink raises.
        """
        try:
            async with asyncio.timeout(self._source.seconds):
                for _ in range(_HOPS):
                    parts = self._allowed(url)
                    known = is_listed(parts, self._source.trusted)
                    async with await self._ask(parts, known=known) as answer:
                        if not (onward := _redirect(answer)):
                            return await _poured(answer, into, known=known)
                    url = urljoin(url, onward)
        except (ClientError, TimeoutError, OSError) as error:
            raise SendError(_problem(SendFailure.RETRY, _LATER, _kind(error))) from error
        raise SendError(_problem(SendFailure.PERMANENT, _UNSAFE, "redirects"))

    async def close(self) -> None:
        """Idempotent."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _allowed(self, url: str) -> SplitResult:
        """Raises SendError unless the address is one that we may ask."""
        with suppress(ValueError):  # a broken port or bracket
            parts = urlsplit(url)
            plain = parts.scheme == "http" and is_loopback(parts.hostname or "")
            if (
                (parts.scheme == "https" or plain)
                and "@" not in parts.netloc
                and is_listed(parts, self._source.hosts)
            ):
                return parts
        raise SendError(_problem(SendFailure.PERMANENT, _UNSAFE, "host"))

    async def _ask(self, parts: SplitResult, *, known: bool) -> ClientResponse:
        headers = {"Accept-Encoding": "identity"}
        if known:
            headers |= self._source.credentials
        # signed addresses of storage hosts break when they are quoted anew
        url = URL(parts.geturl(), encoded=True)
        return await self._open().get(url, headers=headers, allow_redirects=False)

    def _open(self) -> ClientSession:
        if self._session is None:
            seconds = self._source.seconds
            self._session = ClientSession(
                timeout=ClientTimeout(total=None, sock_connect=min(_CONNECT_SECONDS, seconds)),
                cookie_jar=DummyCookieJar(),
                connector=TCPConnector(limit=_CONNECTIONS, resolver=PublicOnly()),
                auto_decompress=False,
            )
        return self._session


class PublicOnly(AbstractResolver):
    """Resolves names, and refuses those that lead to a machine that is not on the open network.

    The connection goes to the address checked here, so that a second answer of the name server
    cannot change it.

    Args:
        inner: who really resolves; None: the system, in a thread.
        may: hosts and ports that may lead inwards all the same; None: this machine's own names.
    """

    def __init__(
        self,
        inner: AbstractResolver | None = None,
        may: Callable[[str, int], bool] | None = None,
    ) -> None:
        self._inner = inner
        self._may = may or (lambda host, _: is_loopback(host))

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: AddressFamily = 0,  # type: ignore[assignment] # as aiohttp's own
    ) -> list[ResolveResult]:
        """Raises OSError when any address of the name is private."""
        if self._inner is None:
            self._inner = ThreadedResolver()
        found = await self._inner.resolve(host, port, family)
        if not self._may(host, port) and not all(is_public(one["host"]) for one in found):
            msg = "the name leads to a private address"
            raise OSError(msg)
        return found

    async def close(self) -> None:
        """Idempotent."""
        if self._inner is not None:
            await self._inner.close()


def is_loopback(host: str) -> bool:
    """Whether a host's name or literal address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_listed(parts: SplitResult, hosts: Collection[str]) -> bool:
    """Whether host and port of an address are on the list. Raises ValueError: a broken port."""
    host, usual = (parts.hostname or "").lower(), {"https": 443, "http": 80}[parts.scheme]
    port = parts.port or usual
    for entry in hosts:
        name, _, number = entry.lower().partition(":")
        if int(number or usual) != port:
            continue
        if host == name or (name.startswith(".") and host.endswith(name)):
            return True
    return False


def _redirect(answer: ClientResponse) -> str:
    is_redirect = answer.status in (301, 302, 303, 307, 308)
    return answer.headers.get("Location", "") if is_redirect else ""


async def _poured(answer: ClientResponse, into: Sink, *, known: bool) -> str | None:
    if answer.status != 200:  # noqa: PLR2004 - HTTP's own number
        raise SendError(_problem_of(answer, known=known))
    async for piece in answer.content.iter_chunked(_PIECE):
        into.write(piece)
    return answer.headers.get("Content-Type")


def _problem_of(answer: ClientResponse, *, known: bool) -> SendProblem:
    code, status = f"http {answer.status}", answer.status
    # without our credentials it is an address that ran out, not an account in trouble
    if known and status in (401, 403):
        return _problem(SendFailure.PAUSE, _DENIED, code, Scope.CHANNEL)
    if status == 429 or not 400 <= status < 500 or status == 408:  # noqa: PLR2004 - HTTP's own
        given = answer.headers.get("Retry-After", "").strip()
        seconds = min(int(given[:9]), _LONGEST_WAIT) if given.isascii() and given.isdigit() else 0
        return SendProblem(
            SendFailure.RETRY, _LATER, code, retry_after=timedelta(seconds=seconds) or None
        )
    return _problem(SendFailure.PERMANENT, _GONE, code)


def _problem(
    failure: SendFailure, reason: str, code: str, scope: Scope = Scope.MESSAGE
) -> SendProblem:
    return SendProblem(failure, reason, code, scope)


def _kind(error: Exception) -> str:
    return "timeout" if isinstance(error, TimeoutError) else "connect"
