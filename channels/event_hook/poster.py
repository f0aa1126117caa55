"""Brings one delivery to a receiver that somebody of the office has named.

Only administrators name receivers, but a receiver's name may lead anywhere, today or tomorrow
(threats.md row 19): the address is checked after resolving, and the very same one is connected
to. Redirects are not followed, and of the answer only the status and ``Retry-After`` are read.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from aiohttp import (
    ClientConnectorCertificateError,
    ClientError,
    ClientSession,
    ClientSSLError,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)
from yarl import URL

from channels.download import PublicOnly
from core.model.subscription import Taken, is_inside, url_fault

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from aiohttp import ClientResponse

_CONNECT_SECONDS = 5.0
_CONNECTIONS = 16
_LONGEST_WAIT = 86_400


class Poster:
    """Posts; the session opens at the first delivery.

    Args:
        inside: receivers in the office's own network, as in the configuration.
        seconds: for one delivery, everything included.
    """

    def __init__(self, inside: Collection[str], seconds: float) -> None:
        self._inside = frozenset(one.lower() for one in inside)
        self._seconds = seconds
        self._session: ClientSession | None = None

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Taken:
        """One attempt. Every outcome is a value."""
        if url_fault(url, self._inside):
            return Taken("address")
        try:
            async with (
                asyncio.timeout(self._seconds),
                self._open().post(
                    URL(url, encoded=True), headers=headers, data=body, allow_redirects=False
                ) as answer,
            ):
                return _taken(answer)
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            return Taken(_kind(error))

    async def close(self) -> None:
        """Idempotent."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _open(self) -> ClientSession:
        if self._session is None:
            self._session = ClientSession(
                timeout=ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS),
                cookie_jar=DummyCookieJar(),
                connector=TCPConnector(limit=_CONNECTIONS, resolver=self._guard()),
                auto_decompress=False,
            )
        return self._session

    def _guard(self) -> PublicOnly:
        """What is named as inside by the settings may be inside."""
        return PublicOnly(may=lambda host, port: is_inside(host, port, self._inside))


def _taken(answer: ClientResponse) -> Taken:
    status = answer.status
    if 200 <= status < 300:  # noqa: PLR2004 - HTTP's own
        return Taken()
    given = answer.headers.get("Retry-After", "").strip()
    seconds = min(int(given[:9]), _LONGEST_WAIT) if given.isascii() and given.isdigit() else 0
    return Taken(f"http {status}", timedelta(seconds=seconds) or None, gone=status == 410)  # noqa: PLR2004 - HTTP's own


def _kind(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, (ClientConnectorCertificateError, ClientSSLError)):
        return "certificate"
    return "connect"
