"""What sending through a gateway of the office's own needs: form of numbers, length, one call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from aiohttp import (
    ClientConnectionError,
    ClientConnectorError,
    ClientError,
    ClientOSError,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    ServerDisconnectedError,
    TCPConnector,
)
from yarl import URL

from core.errors import Scope, SendError, SendFailure, SendProblem
from core.model.gsm7 import Segments, segments
from core.model.messages import AddressKind
from core.model.sentences import said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import ClientHandlerType

    from core.model.messages import OutboundMessage

NumberForm = Literal["plus", "international", "national"]
"""``plus`` +62811…, ``international`` 62811…, ``national`` 0811…"""

UNREACHABLE = SendProblem(
    SendFailure.PERMANENT,
    said("Pengirim ini bukan nomor telepon; tidak dapat dibalas."),
    "no number",
    Scope.RECIPIENT,
)
UNFIT = SendProblem(
    SendFailure.PERMANENT, said("Pesan kosong atau terlalu panjang untuk SMS."), "length"
)
"""Refused by us, before any call: the gateway would cut the text silently."""

_CONNECTIONS = 20
_CONNECT_SECONDS = 5.0
_LONGEST_ANSWER = 65_536


def fitting(message: OutboundMessage, most_parts: int) -> Segments:
    """How the text will travel. Raises SendError: no phone number, nothing to say, too long."""
    if message.recipient.kind is not AddressKind.PHONE:
        raise SendError(UNREACHABLE)
    found = segments(message.text)
    if not message.text.strip() or found.parts > most_parts:
        raise SendError(UNFIT)
    return found


def written(number: str, form: NumberForm) -> str:
    """An E.164 number as this gateway wants it; a foreign one has no national form."""
    if form == "national" and number.startswith("+62"):
        return f"0{number.removeprefix('+62')}"
    return number if form == "plus" else number.removeprefix("+")


def query(fields: Mapping[str, str | bytes]) -> str:
    """Fields as a query string; bytes stay the bytes they are."""
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items())


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gateway said.

    Attributes:
        text: at most 64 KiB of the body, trimmed.
    """

    status: int
    text: str


class Caller:
    """Calls one gateway: no retry, no redirect, no cookie. Opens at the first call."""

    def __init__(self, name: str, seconds: float) -> None:
        self._name, self._seconds = name, seconds
        self._session: ClientSession | None = None

    async def post(self, base_url: str, fields: Mapping[str, str | bytes]) -> Answer:
        """Posts a form: credentials stay out of the URL, so no log on the way holds them.

        Raises SendError; what may have been taken is DOUBT.
        """
        return await self._call("POST", base_url, query(fields).encode())

    async def get(self, base_url: str, fields: Mapping[str, str | bytes]) -> Answer:
        """Asks with the fields in the URL. Raises SendError; what may have been taken is DOUBT."""
        return await self._call("GET", f"{base_url}?{query(fields)}", None)

    async def _call(self, method: str, url: str, body: bytes | None) -> Answer:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        try:
            async with self._open().request(
                method, URL(url, encoded=True), data=body, headers=headers, allow_redirects=False
            ) as answer:
                return Answer(answer.status, await _text_of(answer))
        except (ClientError, TimeoutError, OSError) as error:
            problem = problem_of_fault(error, self._name)
        # not "from": an exception of aiohttp may hold the URL, and the URL the password
        raise SendError(problem)

    def _open(self) -> ClientSession:
        if self._session is None:
            connect = min(_CONNECT_SECONDS, self._seconds / 2)
            self._session = ClientSession(
                timeout=ClientTimeout(total=self._seconds, sock_connect=connect),
                cookie_jar=DummyCookieJar(),
                connector=TCPConnector(limit=_CONNECTIONS),
                middlewares=(_once,),
            )
        return self._session

    async def close(self) -> None:
        """Idempotent."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()


async def _once(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Keeps aiohttp from sending a GET a second time by itself when the line breaks.

    It takes every GET for idempotent (RFC 9112 §9.3.1); one that sends an SMS is not, and nobody
    would learn of the copy. https://github.com/aio-libs/aiohttp/issues/10790
    """
    try:
        return await handler(request)
    except ClientConnectorError:
        raise
    except (ClientOSError, ServerDisconnectedError) as error:
        broken = "the line broke"
        raise ClientConnectionError(broken) from error


async def _text_of(answer: ClientResponse) -> str:
    read = bytearray()
    async for chunk in answer.content.iter_any():
        read += chunk
        if len(read) > _LONGEST_ANSWER:
            break
    return read[:_LONGEST_ANSWER].decode("utf-8", "replace").strip()


def problem_of_fault(error: Exception, name: str) -> SendProblem:
    """The problem behind an exception of the connection.

    Only what fails before the request is written is certain to have sent nothing.
    """
    if isinstance(error, ClientConnectorError | ConnectionTimeoutError):
        reason = said("{name} tidak dapat dihubungi; dicoba lagi.", name=name)
        return SendProblem(SendFailure.RETRY, reason, "connect", Scope.CHANNEL)
    if isinstance(error, TimeoutError):
        reason = said("{name} tidak menjawab tepat waktu; belum pasti pesan terkirim.", name=name)
        return SendProblem(SendFailure.DOUBT, reason, "timeout")
    reason = said("Sambungan ke {name} terputus; belum pasti pesan terkirim.", name=name)
    return SendProblem(SendFailure.DOUBT, reason, "disconnected")
