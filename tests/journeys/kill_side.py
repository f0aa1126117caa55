"""What the kill test asks of a side: citizens and provider of one door, seen from outside.

A side knows how its citizens write, with an id of their own, and what its provider really took.
It survives every kill and is written from the provider's published behaviour alone.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self

import aiohttp
from aiohttp import web

if TYPE_CHECKING:
    import random
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence

    from tests.journeys.kill_ledger import Row

PUBLIC_URL = "https://helpdesk.contoh.go.id"
RANKS = ("queued", "sent", "delivered", "read")
SEND_TIMEOUT = 1.5
"""Seconds after which the gateway gives up a call; ``kill_gateway.py`` configures it."""

LATE = 1.6 * SEND_TIMEOUT
"""Seconds after which the slowest answer comes."""

RECORD = 1.0
"""Seconds within which a gateway notes what a provider answered: milliseconds, but the machine may
be busy. A kill in that time is a reason for a second text; a later one is not."""

Deck = tuple[tuple[str, int], ...]
"""What may become of a text, with the weight of each."""


class Letter(NamedTuple):
    """A citizen's one message.

    Attributes:
        name: as the provider calls it.
        sender: as the gateway stores the address.
    """

    name: str
    sender: str
    body: str
    number: int


@dataclass(slots=True)
class Text:
    """One message that the provider took to send on.

    Attributes:
        sid: the name that the gateway must know it by.
        taken_at: on the monotonic clock.
        clear_at: when its provider had answered plainly; None: it never did.
        acknowledged: reports on it that the gateway answered with success.
        known_at: when it so answered the first of them.
    """

    sid: str
    to: str
    body: str
    taken_at: float = field(default_factory=time.monotonic)
    clear_at: float | None = None
    acknowledged: set[str] = field(default_factory=set)
    known_at: float | None = None

    def answered(self) -> None:
        """Its provider has answered plainly now; too late an answer is none."""
        now = time.monotonic()
        if now - self.taken_at < SEND_TIMEOUT / 2:
            self.clear_at = now

    def reported(self, state: str) -> None:
        """The gateway answered a report with success."""
        self.acknowledged.add(state)
        self.known_at = self.known_at or time.monotonic()

    def excuses(self, later: Text, kills: Iterable[float]) -> bool:
        """Whether the gateway could not know that this was taken when it sent another."""
        if self.known_at is not None and self.known_at + RECORD < later.taken_at:
            return False
        if self.clear_at is None:
            return True
        return any(self.taken_at - RECORD <= at <= self.clear_at + RECORD for at in kills)


@dataclass(frozen=True, slots=True)
class Cues:
    """What a side is given: chance, the way to the gateways, and whom to tell.

    Attributes:
        entrance: base URL of a gateway, as a balancer chooses that does not know which one lives.
        on: told a moment's name at the very instant, so that a kill can follow at once.
    """

    rng: random.Random
    entrance: Callable[[], str]
    on: Callable[[str], None]

    def draw(self, deck: Deck) -> str:
        """One of the outcomes."""
        words, weights = zip(*deck, strict=True)
        return str(self.rng.choices(words, weights)[0])


class Side(Protocol):
    """Citizens and provider of one door."""

    repeats: bool
    """Whether a citizen's message may come several times at once."""

    looks_up: bool
    """Whether the provider keeps a list that could be asked: then no text is ever doubled."""

    opened_by: str
    """A statement that has rows once the door is open; "": it is with ``/readyz``."""

    moments: tuple[str, ...]
    """Of kills, in the order they are tried."""

    violations: list[str]
    outcomes: dict[str, int]

    @property
    def texts(self) -> Sequence[Text]:
        """Everything that the provider took to send on."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *error: object) -> None: ...

    def section(self) -> str:
        """The channel's part of the configuration."""
        ...

    def letter(self, number: int, words: str) -> Letter: ...

    async def deliver(self, letter: Letter) -> bool:
        """One attempt; True: from now on it is the gateway's."""
        ...

    async def calls_done(self) -> None:
        """Returns when the provider has nothing more to tell."""
        ...

    def name_of(self, row: Row) -> str:
        """The letter's name as it follows from a row of ``messages``."""
        ...


@dataclass(slots=True)
class Notes:
    """What every provider keeps: texts it took, breaches of its rules, and what it did."""

    texts: list[Text] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    outcomes: dict[str, int] = field(default_factory=dict)

    def count(self, outcome: str) -> None:
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1

    def require(self, **demands: object) -> None:
        """Each demand that is not kept is a breach, by its name."""
        self.violations += [name.replace("_", " ") for name, kept in demands.items() if not kept]


class Caller:
    """A provider's webhooks: to whichever gateway the balancer names."""

    def __init__(self, cues: Cues, notes: Notes) -> None:
        self._cues, self._notes = cues, notes
        self._calls: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(5))
        return self

    async def __aexit__(self, *_: object) -> None:
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)
        if self._session:
            await self._session.close()

    async def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status; 0 when nobody answers."""
        assert self._session
        try:
            async with self._session.post(
                self._cues.entrance() + path, data=body, headers=headers
            ) as answer:
                await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0
        if answer.status not in (200, 503):
            self._notes.violations.append(f"webhook answered {answer.status}")
        return answer.status

    def later(self, call: Any) -> None:
        """Runs beside; :meth:`done` waits for it."""
        task = asyncio.create_task(call)
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def done(self) -> None:
        while self._calls:
            await asyncio.wait(set(self._calls))


@asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[str]:
    """A provider's API on loopback; its base URL."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=512)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def dropped(request: web.Request) -> web.StreamResponse:
    """Hangs up instead of an answer."""
    if request.transport:
        request.transport.abort()
    return web.Response(status=500)
