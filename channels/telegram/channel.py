"""The door for messages through a Telegram bot: check, read, answer, send, fetch, look."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from channels.telegram import payload
from channels.telegram.api import MOST_DOWN, BotApi
from channels.telegram.errors import (
    TOO_BIG,
    UNFIT,
    UNFIT_CAPTION,
    UNFIT_FILES,
    UNREACHABLE,
)
from channels.telegram.keys import Bot, message_key, place_of
from channels.telegram.polling import Polling
from channels.telegram.settings import TelegramSettings
from channels.telegram.webhook import WebhookKeeper
from core.errors import RequestRejected, SendError
from core.model.health import Symptom
from core.model.messages import (
    AddressKind,
    DeliveryState,
    Inbound,
    OutboundMessage,
    RawRequest,
    Receipt,
    SendReceipt,
    WebReply,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from channels.telegram.keys import Place
    from core.errors import MalformedMessage
    from core.model.attachments import WantedFile
    from core.model.messages import OutboundFile
    from core.ports import Bookmarks, Clock, Deliver, Sink

__all__ = ["Telegram", "TelegramSettings"]

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the header's name
MOST_UNITS = 4_096
"""UTF-16 units of a text, as Telegram counts."""

MOST_CAPTION_UNITS = 1_024
"""UTF-16 units of the text beside a file."""

MOST_FILES = 10
MOST_UP = 50 * 1024 * 1024
"""Bytes of a file that a bot may send."""

_TAKEN = WebReply()  # empty: a method call in the answer would have an unknown outcome


class Telegram:
    """Sends, Webhook, Listens, Converses, Fetches, Examines and Closes of core/ports.py."""

    converses = True

    def __init__(self, settings: TelegramSettings, clock: Clock) -> None:
        self.id = settings.id
        self._settings = settings
        self._bot = Bot(settings.id, settings.bot_id)
        self._api = BotApi(settings)
        self._polling = Polling(self._api, self._bot, settings, clock)
        self._webhook = WebhookKeeper(self._api, settings, clock)

    # --- in ---

    def verify(self, request: RawRequest) -> None:
        """Raises RequestRejected: the secret is not ours. It signs nothing, it is only known."""
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        secret = self._settings.secret
        if not secret or not hmac.compare_digest(given, secret.encode()):
            reason = "secret token wrong" if given else "secret token missing"
            raise RequestRejected(reason)

    def parse(self, request: RawRequest) -> Sequence[Inbound]:
        """Pure. Raises MalformedMessage."""
        return [payload.read(self._bot, payload.Arrival(request.body, request.received_at))]

    def answer(self, receipts: Sequence[Receipt]) -> WebReply:  # noqa: ARG002 - the contract's
        """200 and nothing more, whatever became of it."""
        return _TAKEN

    def malformed(self, problem: MalformedMessage) -> WebReply:  # noqa: ARG002 - the contract's
        """200 as well: anything else is repeated and holds up the messages behind it."""
        return _TAKEN

    async def listen(self, deliver: Deliver, bookmarks: Bookmarks) -> None:
        """Fetches updates, or with a webhook sees to it that Telegram brings them."""
        if self._settings.polls:
            await self._polling.run(deliver, bookmarks)
        else:
            await self._webhook.keep()

    async def examine(self) -> Sequence[Symptom]:
        """What is wrong between Telegram and us. Raises SendError: it cannot be asked."""
        if not self._settings.polls:
            return await self._webhook.examine()
        trouble = self._polling.trouble
        if trouble is None:
            return []
        return [Symptom("polling", trouble.problem.reason, trouble.since)]

    async def fetch(self, wanted: WantedFile, into: Sink) -> str | None:
        """One attempt. Raises SendError, or what the sink raises."""
        if wanted.size is not None and wanted.size > MOST_DOWN:
            raise SendError(TOO_BIG)
        return await self._api.download(wanted.reference, into)

    # --- out ---

    async def send(self, message: OutboundMessage) -> SendReceipt:
        """One call. Raises SendError."""
        chat = _chat_of(message)
        talk = message.conversation
        files = talk.files if talk else ()
        _require_fit(message.text, files)
        answers = self._answered(talk.answers if talk else "", chat)
        if files:
            sent = await self._api.send_files(chat, message.text, files, answers)
        else:
            sent = await self._api.send_text(chat, message.text, answers)
        # Telegram tells a bot nothing about delivery or reading
        return SendReceipt(message_key(self._bot.id, sent), DeliveryState.SENT)

    def _answered(self, key: str, chat: int) -> Place | None:
        place = place_of(key, self._bot.id)
        return place if place and place.chat == chat else None

    async def close(self) -> None:
        """Idempotent."""
        await self._api.close()


def _chat_of(message: OutboundMessage) -> int:
    value = message.recipient.value
    digits = value.removeprefix("-")
    if message.recipient.kind is not AddressKind.TELEGRAM or not _is_id(digits):
        raise SendError(UNREACHABLE)
    return int(value)


def _is_id(digits: str) -> bool:
    return digits.isascii() and digits.isdigit() and len(digits) <= 16  # noqa: PLR2004 - 53 bits


def _require_fit(text: str, files: Sequence[OutboundFile]) -> None:
    """Raises SendError. A longer text is refused, not cut: one promise is one message."""
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if files:
        if units > MOST_CAPTION_UNITS:
            raise SendError(UNFIT_CAPTION)
        if len(files) > MOST_FILES or any(not 0 < file.size <= MOST_UP for file in files):
            raise SendError(UNFIT_FILES)
    elif not text.strip() or units > MOST_UNITS:
        raise SendError(UNFIT)
