"""Meta's Graph API over one aiohttp session; failures as SendError."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiohttp import (
    ClientError,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    FormData,
    TCPConnector,
)

from channels.whatsapp.errors import harmless, problem_of_answer, problem_of_fault, unclear
from core.errors import SendError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from channels.whatsapp.settings import WhatsAppSettings

Json = dict[str, Any]

USER_AGENT = "helpdesk-gateway/0.1.0"
"""Meta's published contract refuses any other form than name/x.y.z."""

_CONNECTIONS = 40
_CONNECT_SECONDS = 5.0


class Graph:
    """Calls of one app; the session opens inside the running loop at the first call."""

    def __init__(self, settings: WhatsAppSettings) -> None:
        self._base = f"{settings.api_base_url.rstrip('/')}/{settings.api_version}/"
        self._seconds = settings.timeout
        self._headers = {
            "Authorization": f"Bearer {settings.access_token}",
            "User-Agent": USER_AGENT,
        }
        self._session: ClientSession | None = None

    async def post(self, path: str, body: Mapping[str, Any]) -> Json:
        """Creates something. Raises SendError; what is not certain to have failed is DOUBT."""
        return await self._call("POST", path, json=body)

    async def upload(self, path: str, form: FormData) -> Json:
        """Lays a file ready. Raises SendError, never DOUBT: a second copy is seen by nobody."""
        return await self._again("POST", path, data=form)

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> Json:
        """Reads something. Raises SendError, never DOUBT: reading again does no harm."""
        return await self._again("GET", path, params=params)

    async def close(self) -> None:
        """Idempotent."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _again(self, method: str, path: str, **more: Any) -> Json:  # noqa: ANN401 - aiohttp's
        try:
            return await self._call(method, path, **more)
        except SendError as error:
            raise SendError(harmless(error.problem)) from error

    async def _call(self, method: str, path: str, **more: Any) -> Json:  # noqa: ANN401 - aiohttp's
        try:
            async with self._open().request(
                method, self._base + path, allow_redirects=False, **more
            ) as answer:
                body = await answer.read()
        except (ClientError, TimeoutError, OSError) as error:
            raise SendError(problem_of_fault(error)) from error
        return _understood(answer.status, body, answer.headers)

    def _open(self) -> ClientSession:
        if self._session is None:
            # without a separate limit for connecting, an unreachable host could not be told
            # from an answer that never came
            connecting = min(_CONNECT_SECONDS, self._seconds / 2)
            self._session = ClientSession(
                timeout=ClientTimeout(total=self._seconds, sock_connect=connecting),
                cookie_jar=DummyCookieJar(),
                connector=TCPConnector(limit=_CONNECTIONS),
                headers=self._headers,
            )
        return self._session


def _understood(status: int, body: bytes, headers: Mapping[str, str]) -> Json:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    fields: Json = found if isinstance(found, dict) else {}
    error = fields.get("error")
    if 200 <= status < 300 and fields and error is None:  # noqa: PLR2004 - HTTP's own numbers
        return fields
    if 200 <= status < 300 and error is None:  # noqa: PLR2004 - HTTP's own
        raise SendError(unclear("no json"))
    html = body.lstrip()[:1] == b"<"
    code = _code(error) if isinstance(error, dict) else ""
    raise SendError(problem_of_answer(status, code, headers, html=html))


def _code(error: Json) -> str:
    # 100 with 33 below it: an id in the path does not exist, or is not ours to use
    if error.get("code") == 100 and error.get("error_subcode") == 33:  # noqa: PLR2004 - Meta's own
        return "33"
    code = error.get("code")
    return str(code)[:20] if isinstance(code, int | str) else ""
