"""HTTP both ways on loopback: the server of a simulated provider, and its calls to our webhook."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import aiohttp
from aiohttp import web

from console.sandbox.phone import Upload

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Mapping, Sequence

BUDGET = 15.0
"""Seconds for all attempts together, as the strictest provider has it."""

_LARGEST = 64 * 2**20


@dataclass(frozen=True, slots=True)
class HookAnswer:
    """What our gateway answered.

    Attributes:
        status: of the last attempt; None when there was no answer at all.
        body: of the last attempt.
        attempts: 1 unless it was repeated.
    """

    status: int | None
    body: str = ""
    attempts: int = 1

    @property
    def taken(self) -> bool:
        """Whether the gateway said that it has the message."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 - 2xx


class Loopback:
    """The listening side: begins to listen and ends."""

    def __init__(self) -> None:
        self._runner: web.AppRunner | None = None

    async def start(self, routes: Iterable[web.AbstractRouteDef], port: int = 0) -> str:
        """Listens on loopback and returns scheme, host and port; port 0: any free one."""
        app = web.Application(client_max_size=_LARGEST)
        app.add_routes(routes)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Idempotent."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None


class Wire:
    """The calling side.

    Attributes:
        reach: scheme and host where the gateway really listens, when the URL entered at the
            provider names a public host that does not exist on this machine; "" otherwise.
    """

    def __init__(self, reach: str = "") -> None:
        self.reach = reach
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Must run inside the loop that will call."""
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=BUDGET, sock_connect=5),
            connector=aiohttp.TCPConnector(limit=64),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        """Idempotent."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> HookAnswer:
        """One attempt. Never raises for what the gateway does."""
        return await self._ask("POST", url, headers, body)

    async def get(self, url: str) -> HookAnswer:
        """One attempt. Never raises for what the gateway does."""
        return await self._ask("GET", url, {})

    async def insist(
        self, url: str, body: bytes, headers: Mapping[str, str], pauses: Sequence[float]
    ) -> HookAnswer:
        """Posts until it is taken, with these pauses in seconds between the attempts."""
        answer = await self.post(url, body, headers)
        for attempt, pause in enumerate(pauses, start=2):
            if answer.taken:
                break
            await asyncio.sleep(pause)
            answer = replace(await self.post(url, body, headers), attempts=attempt)
        return answer

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> HookAnswer:
        if self._session is None:
            message = "the simulated provider is not started"
            raise RuntimeError(message)
        try:
            async with self._session.request(
                method, self._reached(url), data=body, headers=headers
            ) as answer:
                return HookAnswer(answer.status, await answer.text(errors="replace"))
        except (aiohttp.ClientError, ConnectionError, TimeoutError):
            return HookAnswer(None)

    def _reached(self, url: str) -> str:
        if not self.reach:
            return url
        real = urlsplit(self.reach)
        return urlunsplit(urlsplit(url)._replace(scheme=real.scheme, netloc=real.netloc))


def upload(field: object) -> Upload | None:
    """The file in a field of a form; None for words or nothing."""
    if not isinstance(field, web.FileField):
        return None
    with field.file as opened:
        return Upload(field.filename, field.content_type, opened.read())


class Errands:
    """What a provider does by itself after its answer."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, errand: Coroutine[object, object, None]) -> None:
        """Runs beside everything else."""
        task = asyncio.create_task(errand)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Waits until all are done, those begun meanwhile included."""
        while self._tasks:
            await asyncio.gather(*tuple(self._tasks), return_exceptions=True)

    async def cancel(self) -> None:
        """Ends them. Idempotent."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
