"""How the twilio library reaches the network: one aiohttp session with limits of our own.

The library's own asynchronous client ignores its timeout, has none for connecting, uses a
deprecated way to authenticate and logs headers; so only its interface is kept.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, encode_basic_auth
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONNECTIONS = 20
_CONNECT_SECONDS = 5.0


class Transport(AsyncHttpClient):  # type: ignore[misc] # the library ships no types
    """Carries one request: no retry, no redirect, no cookie. Build it inside the running loop."""

    def __init__(self, seconds: float) -> None:
        super().__init__(logging.getLogger("twilio"), is_async=True, timeout=seconds)
        # without a separate limit for connecting, an unreachable host could not be told from
        # an answer that never came
        limits = ClientTimeout(total=seconds, sock_connect=min(_CONNECT_SECONDS, seconds / 2))
        self._session = ClientSession(
            timeout=limits,
            cookie_jar=DummyCookieJar(),
            connector=TCPConnector(limit=_CONNECTIONS),
        )

    async def request(  # noqa: PLR0913, PLR0917 - the library's own signature
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - ours is set on the session
        allow_redirects: bool = False,  # noqa: ARG002, FBT001, FBT002 - credentials stay here
    ) -> Response:
        """As the library asks; time-outs and broken connections come out as aiohttp's."""
        own = dict(headers or {})
        if auth is not None:
            own["Authorization"] = encode_basic_auth(*auth)
        async with self._session.request(
            method, url, params=params, data=data, headers=own, allow_redirects=False
        ) as answer:
            text = await answer.text(encoding="utf-8", errors="replace")
            return Response(answer.status, text, answer.headers)

    async def close(self) -> None:
        """Idempotent."""
        await self._session.close()
