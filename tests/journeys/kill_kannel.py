"""SMS through a real Kannel: phones on its fake operator, wires on both sides of its smsbox."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qs, urlsplit

from tests.journeys.kill_side import LATE, Deck, Letter, Notes, Text
from tests.journeys.kill_wire import Wire
from tests.kannel_peer import PASSWORD, SECRET, Handset, kannel

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.kill_ledger import Row
    from tests.journeys.kill_side import Cues

SECTION = """
[channels.modem]
kind = "kannel"
secret = "{secret}"
sendsms_url = "http://127.0.0.1:{sendsms}/cgi-bin/sendsms"
username = "helpdesk"
password = "{password}"
from_number = "3636"
callback_url = "http://127.0.0.1:{hook}"
rate_per_second = 1000.0
"""
DECK: Deck = (
    ("taken", 70),
    ("taken, then dropped", 15),
    ("taken, answered late", 8),
    ("dropped", 7),
)
"""What becomes of a call of ours; Kannel itself takes whatever reaches it."""

DELIVERY_LIMIT = 20.0


class KannelSide:
    """Phones that text once; Kannel alone repeats, by ``http-request-retry``."""

    repeats, looks_up, opened_by = False, False, ""
    moments: tuple[str, ...] = ("taken", "answered", "while it starts", "at random")

    def __init__(self, cues: Cues) -> None:
        self._cues, self._notes = cues, Notes()
        self.violations, self.outcomes = self._notes.violations, self._notes.outcomes
        self.texts = self._notes.texts
        self._book = _Book(self._notes)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        try:
            await self._open()
        except BaseException:
            await self._stack.aclose()  # nothing that was started stays behind
            raise
        return self

    async def _open(self) -> None:
        enter = self._stack.enter_async_context
        hooks = Wire(self._gateway_port, lambda: _Hooks(self._cues))
        self._hook_port = await enter(hooks.laid())
        folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="helpdesk-kannel-"))
        running = kannel(Path(folder) / "box", f"http://127.0.0.1:{self._hook_port}")
        self._peer = await asyncio.to_thread(running.__enter__)
        self._stack.push_async_callback(asyncio.to_thread, running.__exit__, None, None, None)
        sends = Wire(
            lambda: self._peer.ports["sendsms"],
            lambda: _Sends(self._cues, self._notes, self._book),
        )
        self._send_port = await enter(sends.laid())
        self._phones = await enter(self._peer.handset())
        listening = asyncio.create_task(self._receive(self._phones))
        self._stack.callback(listening.cancel)

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def _gateway_port(self) -> int:
        return urlsplit(self._cues.entrance()).port or 0

    def section(self) -> str:
        return SECTION.format(
            secret=SECRET, password=PASSWORD, sendsms=self._send_port, hook=self._hook_port
        )

    # --- phones ---

    def letter(self, number: int, words: str) -> Letter:
        sender = f"+62812{number:08d}"
        return Letter(sender, sender, words, number)

    def name_of(self, row: Row) -> str:
        """Kannel gives its ids itself; each phone texts once."""
        return str(row["sender"])

    async def deliver(self, letter: Letter) -> bool:
        """Once the operator has it, it is Kannel's to bring."""
        await self._phones.text(letter.sender.removeprefix("+"), letter.body)
        return True

    async def _receive(self, phones: Handset) -> None:
        while True:
            self._book.arrived(*await phones.received(3600))

    async def calls_done(self) -> None:
        """All that Kannel took is on the phones, or never will be."""
        end = asyncio.get_running_loop().time() + DELIVERY_LIMIT
        while not all(text.body for text in self.texts):
            if asyncio.get_running_loop().time() > end:
                return
            await asyncio.sleep(0.1)


class _Book:
    """Which text was which call: a phone may have it before Kannel's answer, or without one."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._items: dict[str, str] = {}
        self._answered: set[int] = set()

    def called(self, to: str, item: str) -> None:
        """Kannel is being asked to send to this phone."""
        self._items[to] = f"item:{item}"

    def arrived(self, to: str, words: str) -> None:
        """On the phone."""
        self._notes.require(was_handed_over=to in self._items)
        self._find(to, lambda text: not text.body).body = words

    def taken(self, to: str) -> Text:
        """Kannel says that it sends it."""
        text = self._find(to, lambda text: id(text) not in self._answered)
        self._answered.add(id(text))
        return text

    def _find(self, to: str, fits: Callable[[Text], bool]) -> Text:
        for text in self._notes.texts:
            if text.to == to and fits(text):
                return text
        made = Text(self._items.get(to, ""), to, "")
        self._notes.texts.append(made)
        return made


class _Hooks:
    """Kannel's calls; it tells when a text was answered with 200."""

    def __init__(self, cues: Cues) -> None:
        self._cues, self._is_text = cues, False

    async def up(self, data: bytes) -> bool:
        self._is_text = data.startswith(b"GET /hooks/modem?")
        return True

    async def down(self, data: bytes) -> bool:
        if self._is_text and data.startswith(b"HTTP/1.1 200"):
            self._cues.on("answered")
        return True


class _Sends:
    """Our calls of sendsms; their answers may be late or lost on the way back."""

    def __init__(self, cues: Cues, notes: Notes, book: _Book) -> None:
        self._cues, self._notes, self._book = cues, notes, book
        self._outcome = self._to = ""

    async def up(self, data: bytes) -> bool:
        if data.startswith(b"GET "):
            asked = parse_qs(urlsplit(data.split(b" ", 2)[1].decode()).query)
            (item,) = parse_qs(urlsplit(asked["dlr-url"][0]).query)["item"]
            self._to = asked["to"][0]
            self._outcome = self._cues.draw(DECK)
            self._notes.count(self._outcome)
            if self._outcome != "dropped":
                self._book.called(self._to, item)
        return self._outcome != "dropped"

    async def down(self, data: bytes) -> bool:
        if not data.startswith(b"HTTP/1.1 "):
            return True
        self._notes.require(taken_by_Kannel=data.startswith(b"HTTP/1.1 202"))
        text = self._book.taken(self._to)
        self._cues.on("taken")
        if self._outcome == "taken, answered late":
            await asyncio.sleep(self._cues.rng.uniform(0.1, LATE))
        if self._outcome == "taken, then dropped":
            return False
        text.answered()
        return True
