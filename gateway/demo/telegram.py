"""A simulated Telegram on loopback: the counterpart of our bot (providers.md §5).

The published Bot API is in telegram_api.py; here people write, block the bot and restart it, and
updates go to the webhook that the bot has set, one after the other.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from console.sandbox.phone import SentText, Switch, Upload
from gateway.demo.switches import TELEGRAM, sending, turned
from gateway.demo.telegram_api import BotAccount, BotServer
from gateway.demo.wire import HookAnswer, Wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.sandbox.phone import Person, SentFile
    from core.ports import Clock
    from gateway.demo.chats import Chats, Said
    from gateway.demo.faults import Faults

__all__ = ["BotAccount", "SimulatedTelegram"]

Json = dict[str, Any]

_PAUSES = (0.2, 1.0)  # Telegram goes on for a day; a visitor gets the text back instead
_PATIENCE = 5.0  # seconds for the bot to set its webhook


class SimulatedTelegram:
    """The provider. ``start`` before anything else, ``stop`` at the end.

    Attributes:
        people: whose phones can be picked on the sandbox page.
        base_url: of the Bot API.
    """

    def __init__(self, bot: BotAccount, clock: Clock, people: tuple[Person, ...] = ()) -> None:
        self.bot, self.people = bot, people
        self.base_url = ""
        self._clock = clock
        self._server, self._wire = BotServer(bot, clock), Wire()
        self._in_turn = asyncio.Lock()
        self._updates = 0

    @property
    def number(self) -> str:
        """The bot's name."""
        return self.bot.name

    @property
    def faults(self) -> Faults:
        """Switches of sending; all off at first."""
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
        await self._server.stop()
        await self._wire.close()

    # --- a citizen writes -------------------------------------------------------------------

    async def send(self, from_: str, body: str, file: Upload | None = None) -> SentText:
        """A message from a phone; who writes has the bot started again."""
        if from_ in self._server.blocked:
            await self._membership(from_, blocks=False)
        said = self._server.said(from_, body, mine=True, file=file)
        answer = await self.deliver(said)
        if answer.taken:
            self.chats.said.append(said)
        return SentText(said.id, accepted=answer.taken, status=answer.status)

    async def deliver(self, said: Said) -> HookAnswer:
        """Brings a message to the webhook; a second time it is the same message again."""
        who = self._person(said.holder)
        message = {
            "message_id": int(said.id),
            "date": int(said.at.timestamp()),
            "chat": _chat(who),
            "from": who,
            **self._server.content(said),
        }
        return await self._bring({"message": message})

    async def _bring(self, update: Json) -> HookAnswer:
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await self._server.hooked.wait()
        hook = self._server.hook
        if not hook.url:
            return HookAnswer(None)
        if not set(update) & set(hook.kinds):
            return HookAnswer(200)  # the bot did not ask for this kind
        # one after the other: the bot allows one connection, so that the order holds
        async with self._in_turn:
            self._updates += 1
            body = json.dumps({"update_id": self._updates, **update}).encode("ascii")
            headers = {
                "Content-Type": "application/json",
                "X-Telegram-Bot-Api-Secret-Token": hook.secret,
            }
            return await self._wire.insist(hook.url, body, headers, _PAUSES)

    def _person(self, holder: str) -> Json:
        name = next((one.name for one in self.people if one.number == holder), "Warga")
        return {"id": int(holder), "is_bot": False, "first_name": name, "language_code": "id"}

    def files_of(self, holder: str) -> Sequence[SentFile]:
        """Files that this person sent, oldest first."""
        return self.chats.files_of(holder)

    def files_to(self, holder: str) -> Sequence[SentFile]:
        """Files that reached this phone, oldest first, each with the words of its answer."""
        return self.chats.files_to(holder, caption_first=True)

    def file(self, file_id: str) -> Upload:
        """Raises KeyError."""
        return self.chats.file(file_id)

    def received(self, holder: str) -> Sequence[str]:
        """The words of everything that reached this phone, copies included."""
        return [said.text for said in self.chats.to(holder)]

    # --- switches ---------------------------------------------------------------------------

    def switches(self, holder: str) -> Sequence[Switch]:
        """What can go wrong, as it stands; blocking is each person's own."""
        blocks = Switch("block", "Ponsel ini memblokir bot", holder in self._server.blocked)
        return [*sending(self.faults, TELEGRAM), blocks]

    async def turn(self, key: str, holder: str) -> None:
        """Turns a switch over. Raises KeyError for an unknown one."""
        if key == "block":
            await self._membership(holder, blocks=holder not in self._server.blocked)
        else:
            turned(self.faults, TELEGRAM, key)

    async def reset(self) -> None:
        """All switches off."""
        self.faults.clear()
        for holder in tuple(self._server.blocked):
            await self._membership(holder, blocks=False)

    async def _membership(self, holder: str, *, blocks: bool) -> None:
        """Stops or restarts the bot, and tells it."""
        blocked = self._server.blocked
        (blocked.add if blocks else blocked.discard)(holder)
        member = {"user": self.bot.user, "status": "member"}
        kicked = {"user": self.bot.user, "status": "kicked", "until_date": 0}
        before, after = (member, kicked) if blocks else (kicked, member)
        who = self._person(holder)
        change = {
            "chat": _chat(who),
            "from": who,
            "date": int(self._clock.now().timestamp()),
            "old_chat_member": before,
            "new_chat_member": after,
        }
        await self._bring({"my_chat_member": change})


def _chat(who: Json) -> Json:
    """The private chat with somebody; it has the person's number."""
    return {"id": who["id"], "type": "private", "first_name": who["first_name"]}
