"""A simulated Meta on loopback: the counterpart of our door for WhatsApp (providers.md §4).

The published Graph API is in meta_graph.py; here people write, and Meta calls the webhook as it
does: URL checked first, bodies sealed, states of a sent message in three steps.
"""

from __future__ import annotations

import asyncio
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from console.sandbox.phone import SentText, Switch, Upload
from gateway.demo import meta_words
from gateway.demo.meta_graph import App, GraphServer
from gateway.demo.switches import WHATSAPP, mute, sending, turned
from gateway.demo.wire import Errands, HookAnswer, Wire

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from console.sandbox.phone import Person, SentFile
    from core.ports import Clock
    from gateway.demo.chats import Chats, Said
    from gateway.demo.faults import Faults

__all__ = ["App", "SimulatedMeta"]

Json = dict[str, Any]

WINDOW = timedelta(hours=24)
LONG_AGO = timedelta(hours=25)
"""How old a person's words are while the switch "25 hours have passed" is on."""

_PAUSES = (0.2, 1.0)  # Meta goes on for days; a visitor gets the text back instead


class SimulatedMeta:
    """The provider. ``start`` before anything else, ``stop`` at the end.

    Attributes:
        people: whose phones can be picked on the sandbox page.
        pace: seconds between the states of a sent message.
        window_closed: 25 hours have passed since anybody wrote.
        unread: nobody opens what comes: no state ``read``.
        base_url: of the Graph API.
    """

    def __init__(self, app: App, clock: Clock, people: tuple[Person, ...] = ()) -> None:
        self.app, self.people = app, people
        self.pace = 0.4
        self.window_closed = self.unread = False
        self.base_url = ""
        self._clock = clock
        self._heard: dict[str, datetime] = {}
        self._subscribed = False
        self._server, self._wire, self._errands = (
            GraphServer(app, clock, self._took),
            Wire(),
            Errands(),
        )

    @property
    def number(self) -> str:
        """The office's number."""
        return self.app.number

    @property
    def faults(self) -> Faults:
        """Switches of sending and reporting; all off at first."""
        return self._server.faults

    @property
    def chats(self) -> Chats:
        """What the phones hold."""
        return self._server.chats

    async def start(self, port: int = 0, reach: str = "") -> str:
        """Listens on loopback and returns the base URL of the API; as ``SimulatedTwilio``."""
        self._wire.reach = reach
        await self._wire.open()
        self.base_url = await self._server.start(port)
        return self.base_url

    async def stop(self) -> None:
        """Idempotent."""
        await self._errands.cancel()
        await self._server.stop()
        await self._wire.close()

    async def settled(self) -> None:
        """Waits until every state so far has been reported."""
        await self._errands.settled()

    # --- a citizen writes -------------------------------------------------------------------

    async def subscribe(self) -> bool:
        """Checks the URL as Meta does when it is entered; only then are events delivered."""
        challenge = str(secrets.randbelow(10**9) + 10**9)
        asked = {
            "hub.mode": "subscribe",
            "hub.verify_token": self.app.verify_token,
            "hub.challenge": challenge,
        }
        answer = await self._wire.get(f"{self.app.webhook_url}?{urlencode(asked)}")
        self._subscribed = answer.taken and answer.body == challenge
        return self._subscribed

    async def send(self, from_: str, body: str, file: Upload | None = None) -> SentText:
        """A message from a phone, delivered to the webhook."""
        file_id = self.chats.lay(file) if file else ""
        said = self._server.said(from_, body, mine=True, file_id=file_id)
        answer = await self.deliver(said)
        if answer.taken:
            self.chats.said.append(said)
        return SentText(said.id, accepted=answer.taken, status=answer.status)

    async def deliver(self, said: Said) -> HookAnswer:
        """Brings a message to the webhook; a second time it is the same message again."""
        if not self._subscribed and not await self.subscribe():
            return HookAnswer(None)
        written_at = said.at - (LONG_AGO if self.window_closed else timedelta())
        self._heard[said.holder] = written_at
        file = self.chats.file(said.file_id) if said.file_id else None
        name = next((one.name for one in self.people if one.number == said.holder), "Warga")
        return await self._tell(meta_words.message(said, name, file, written_at))

    async def _tell(self, value: Json) -> HookAnswer:
        app = self.app
        body = meta_words.envelope(app.account_id, app.number_id, app.number, value)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": meta_words.seal(app.secret, body),
        }
        return await self._wire.insist(app.webhook_url, body, headers, _PAUSES)

    def files_of(self, holder: str) -> Sequence[SentFile]:
        """Files that this person sent, oldest first."""
        return self.chats.files_of(holder)

    def files_to(self, holder: str) -> Sequence[SentFile]:
        """Files that reached this phone, oldest first, each with the words of its answer."""
        return self.chats.files_to(holder, caption_first=False)

    def file(self, file_id: str) -> Upload:
        """Raises KeyError."""
        return self.chats.file(file_id)

    def received(self, holder: str) -> Sequence[str]:
        """The words of everything that reached this phone, copies included."""
        return [said.text for said in self.chats.to(holder)]

    # --- what becomes of the office's messages ----------------------------------------------

    def _took(self, said: Said, body: Json) -> None:
        self._errands.begin(self._progress(said, body))

    async def _progress(self, said: Said, body: Json) -> None:
        """Outside the window a free text fails only now, after Meta has taken it."""
        carried = body.get("biz_opaque_callback_data")
        more = {"biz_opaque_callback_data": carried} if carried else {}
        heard_at = self._heard.get(said.holder)
        too_late = heard_at is not None and self._clock.now() - heard_at > WINDOW
        if body.get("type") != "template" and (self.window_closed or too_late):
            await self._report(said, "failed", more | meta_words.failure(131047))
            return
        self.chats.said.append(said)
        for state in ("sent", "delivered", "read"):
            await asyncio.sleep(self.pace)
            if state != "read" or not self.unread:
                await self._report(said, state, more)

    async def _report(self, said: Said, state: str, more: Json) -> None:
        said.states.append(state)
        if not self.faults.mute_callbacks:
            await self._tell(meta_words.status(said, state, self._clock.now(), more))

    # --- switches ---------------------------------------------------------------------------

    def switches(self, holder: str) -> Sequence[Switch]:  # noqa: ARG002 - all phones alike
        """What can go wrong, as it stands."""
        return [
            *sending(self.faults, WHATSAPP),
            Switch("window", "25 jam berlalu, jendela 24 jam tertutup", self.window_closed),
            Switch("unread", "Balasan tidak dibuka (tanpa centang biru)", self.unread),
            mute(self.faults),
        ]

    async def turn(self, key: str, holder: str) -> None:  # noqa: ARG002 - all phones alike
        """Turns a switch over. Raises KeyError for an unknown one."""
        if key == "window":
            self.window_closed = not self.window_closed
        elif key == "unread":
            self.unread = not self.unread
        else:
            turned(self.faults, WHATSAPP, key)

    async def reset(self) -> None:
        """All switches off."""
        self.faults.clear()
        self.window_closed = self.unread = False
