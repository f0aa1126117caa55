"""How python-telegram-bot reaches the network: one aiohttp session with limits of our own.

Its own transport tells a refused connection and a lost answer apart only by message, hides the
status of an answer, and writes each URL, which holds the token, to a log; so only its interface
is kept. As every failure is told here, the library never makes the errors of its own whose
constructor warns unless PTB_TIMEDELTA is set in the environment.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from aiohttp import (
    ClientError,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    FormData,
    TCPConnector,
)
from telegram.error import TelegramError
from telegram.request import BaseRequest

from channels.telegram.errors import moved_to, problem_of_answer, problem_of_fault, spoken

if TYPE_CHECKING:
    from telegram.request import RequestData

    from core.errors import SendProblem

_CONNECTIONS = 40
_CONNECT_SECONDS = 5.0

# at DEBUG it writes whole messages
logging.getLogger("telegram").setLevel(logging.WARNING)


class Failed(TelegramError):  # noqa: N818 - as our own errors, named for what happened
    """A call that did not succeed; the library lets its own errors through unchanged."""

    def __init__(self, problem: SendProblem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class Moved(Failed):
    """The chat has another id now; nothing was sent."""

    def __init__(self, problem: SendProblem, chat: int) -> None:
        super().__init__(problem)
        self.chat = chat


class Transport(BaseRequest):
    """Carries one request: no retry, no redirect, no cookie. Build it inside the running loop."""

    def __init__(self, seconds: float, upload_seconds: float) -> None:
        self._seconds, self._upload_seconds = seconds, upload_seconds
        self._session = ClientSession(
            cookie_jar=DummyCookieJar(), connector=TCPConnector(limit=_CONNECTIONS)
        )

    @property
    def read_timeout(self) -> float:
        """Seconds for one call, as the library asks."""
        return self._seconds

    async def initialize(self) -> None:
        """Nothing: the session is open."""

    async def shutdown(self) -> None:
        """Idempotent."""
        await self._session.close()

    async def do_request(  # noqa: PLR0913, PLR0917 - the library's own signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = None,  # noqa: ARG002 - ours are set on the transport
        write_timeout: object = None,  # noqa: ARG002 - as above
        connect_timeout: object = None,  # noqa: ARG002 - as above
        pool_timeout: object = None,  # noqa: ARG002 - as above
    ) -> tuple[int, bytes]:
        """As the library asks. Raises Failed."""
        fields = request_data.json_parameters if request_data else {}
        files = request_data.multipart_data if request_data else {}
        if not files:
            return await self._exchange(method, url, fields, self._seconds)
        # percent signs in place of letters would be what the citizen sees
        form = FormData(fields, quote_fields=False)
        for name, (filename, content, kind) in files.items():
            form.add_field(name, content, filename=filename, content_type=kind)
        return await self._exchange(method, url, form, self._upload_seconds)

    async def ask(self, url: str, fields: dict[str, str], wait: float = 0) -> Any:  # noqa: ANN401 - JSON
        """The result of a call as JSON gives it, whatever it holds. Raises Failed.

        Args:
            url: of the method.
            fields: its parameters.
            wait: seconds for which Telegram may hold the answer back.
        """
        _, body = await self._exchange("POST", url, fields, self._seconds + wait)
        return spoken(body).get("result")

    async def _exchange(
        self, method: str, url: str, data: dict[str, str] | FormData, seconds: float
    ) -> tuple[int, bytes]:
        # without a separate limit for connecting, an unreachable host could not be told from
        # an answer that never came
        limits = ClientTimeout(total=seconds, sock_connect=min(_CONNECT_SECONDS, seconds / 2))
        try:
            async with self._session.request(
                method, url, data=data, timeout=limits, allow_redirects=False
            ) as answer:
                body = await answer.read()
        except (ClientError, TimeoutError, OSError) as error:
            # without the cause: its text may hold the address, and that the token
            raise Failed(problem_of_fault(error)) from None
        found = spoken(body)
        if 200 <= answer.status < 300 and found.get("ok") is True:  # noqa: PLR2004 - HTTP's own
            return answer.status, body
        problem = problem_of_answer(answer.status, found)
        chat = moved_to(found)
        raise Moved(problem, chat) if chat else Failed(problem)
