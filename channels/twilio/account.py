"""One Twilio account as an API: the library's client over our transport, failures as SendError."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError
from twilio.rest import Client

from channels.twilio.errors import problem_of_answer, problem_of_fault, unclear
from channels.twilio.transport import Transport
from core.errors import SendError, SendFailure
from core.model.sentences import said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twilio.http.response import Response

Json = dict[str, Any]

HOME = "https://api.twilio.com"
"""Where Twilio's API lives, unless the configuration names a proxy or a test server."""


class Account:
    """Calls one account; the connection pool opens inside the running loop at the first call."""

    def __init__(
        self, sid: str, token: str, *, base_url: str = HOME, seconds: float = 10.0
    ) -> None:
        self.sid = sid
        self.base_url = base_url.rstrip("/")
        self._token = token
        self._seconds = seconds
        self._transport: Transport | None = None
        self._client: Client | None = None

    def path(self, rest: str) -> str:
        """The path of a resource of this account."""
        return f"/2010-04-01/Accounts/{self.sid}/{rest}"

    async def post(self, rest: str, form: Mapping[str, str]) -> Json:
        """Creates something. Raises SendError; what is not certain to have failed is DOUBT."""
        return await self._call("POST", self.path(rest), data=form)

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> Json:
        """Reads something. Raises SendError, never DOUBT: reading again does no harm."""
        try:
            return await self._call("GET", path, params=params)
        except SendError as error:
            if error.problem.failure is not SendFailure.DOUBT:
                raise
            reason = said("Daftar pesan di Twilio tidak terbaca; dicoba lagi.")
            problem = replace(error.problem, failure=SendFailure.RETRY, reason=reason)
            raise SendError(problem) from error

    async def close(self) -> None:
        """Idempotent."""
        transport, self._transport, self._client = self._transport, None, None
        if transport is not None:
            await transport.close()

    async def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
    ) -> Json:
        try:
            response = await self._open().request_async(
                method, self.base_url + path, params=params, data=data
            )
        except (ClientError, TimeoutError, OSError) as error:
            raise SendError(problem_of_fault(error)) from error
        return _understood(response)

    def _open(self) -> Client:
        if self._client is None:
            self._transport = Transport(self._seconds)
            self._client = Client(self.sid, self._token, http_client=self._transport)
        return self._client


def _understood(response: Response) -> Json:
    text = response.text
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    fields: Json = found if isinstance(found, dict) else {}
    if not 200 <= response.status_code < 300:  # noqa: PLR2004 - HTTP's own numbers
        html = text.lstrip()[:1] == "<"
        code = str(fields.get("code") or "")
        raise SendError(
            problem_of_answer(response.status_code, code, response.headers or {}, html=html)
        )
    if not fields:
        raise SendError(unclear("no json"))
    return fields
