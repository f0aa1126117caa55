"""One bot as an API: python-telegram-bot over our transport, failures as SendError."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from telegram import (
    Bot,
    InputFile,
    InputMediaDocument,
    InputMediaPhoto,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.error import TelegramError

from channels.download import Downloads, Source
from channels.telegram.errors import (
    NO_FILE,
    NO_REFERENCE,
    STRANGE_PATH,
    TOO_BIG,
    unclear,
    unread,
)
from channels.telegram.keys import Place
from channels.telegram.payload import READ
from channels.telegram.transport import Failed, Moved, Transport
from core.errors import SendError
from core.model.file_names import display_name

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from channels.telegram.settings import TelegramSettings
    from core.model.messages import OutboundFile
    from core.ports import Sink

MOST_DOWN = 20 * 1024 * 1024
"""Bytes of a file that a bot may download (https://core.telegram.org/bots/api#getfile)."""

LARGEST_PHOTO = 10 * 1024 * 1024
"""Bytes of a photo; a larger picture goes out as a document."""

_PHOTOS = frozenset({"image/jpeg", "image/png", "image/webp"})
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class BotApi:
    """Calls one bot; the connection pool opens inside the running loop at the first call."""

    def __init__(self, settings: TelegramSettings) -> None:
        self._settings = settings
        self._opened: tuple[Bot, Transport] | None = None
        self._downloads = Downloads(
            Source((urlsplit(settings.file_base_url).netloc,), (), {}, settings.download_timeout)
        )

    # --- out ---

    async def send_text(self, chat: int, text: str, answers: Place | None) -> Place:
        """One call; another one only to the new id of a chat that moved. Raises SendError."""

        def call(bot: Bot, to: int) -> Awaitable[Message]:
            # no parse_mode: people type _ and *, and Telegram would refuse the message
            return bot.send_message(
                to, text, link_preview_options=_NO_PREVIEW, reply_parameters=_quoting(answers)
            )

        return await self._sent(call, chat)

    async def send_files(
        self, chat: int, text: str, files: Sequence[OutboundFile], answers: Place | None
    ) -> Place:
        """The same with files; several go out as one album. Raises SendError."""
        as_photos = all(
            file.content_type in _PHOTOS and file.size <= LARGEST_PHOTO for file in files
        )

        async def call(bot: Bot, to: int) -> Message:
            async with _opened(files) as opened:
                more: dict[str, Any] = {
                    "caption": text or None,
                    "reply_parameters": _quoting(answers),
                }
                if len(opened) > 1:
                    kind = InputMediaPhoto if as_photos else InputMediaDocument
                    album = await bot.send_media_group(to, [kind(one) for one in opened], **more)
                    return album[0]
                if as_photos:
                    return await bot.send_photo(to, opened[0], **more)
                return await bot.send_document(to, opened[0], **more)

        return await self._sent(call, chat)

    async def _sent(self, call: Callable[[Bot, int], Awaitable[Message]], chat: int) -> Place:
        bot, _ = self._open()
        try:
            try:
                message = await call(bot, chat)
            except Moved as moved:
                message = await call(bot, moved.chat)
            return Place(message.chat.id, message.message_id)
        except Failed as failed:
            raise SendError(failed.problem) from None
        except (TelegramError, LookupError, TypeError, ValueError, AttributeError):
            # an answer that the library cannot read: the message is probably out
            raise SendError(unclear("no message")) from None

    # --- set-up ---

    async def set_webhook(self) -> None:
        """Tells Telegram our address; what waits there stays. Raises SendError, never DOUBT."""
        settings = self._settings
        await self._asked(
            self._open()[0].set_webhook(
                settings.webhook_url,
                allowed_updates=list(READ),
                max_connections=settings.connections,
                secret_token=settings.secret,
            )
        )

    async def delete_webhook(self) -> None:
        """Ends it so that updates can be fetched; what waits stays. Raises SendError."""
        await self._asked(self._open()[0].delete_webhook())

    async def webhook_info(self) -> dict[str, Any]:
        """What Telegram says about our webhook. Raises SendError, never DOUBT."""
        found = await self._ask("getWebhookInfo", {})
        return found if isinstance(found, dict) else {}

    # --- in ---

    async def updates(self, offset: int | None) -> list[Any]:
        """What waits, as JSON gives it. Raises SendError, never DOUBT.

        Args:
            offset: confirms everything before it, for good; None: nothing.
        """
        wait = self._settings.poll_wait
        fields = {"timeout": str(wait), "allowed_updates": '["' + '","'.join(READ) + '"]'}
        if offset is not None:
            fields["offset"] = str(offset)
        found = await self._ask("getUpdates", fields, wait)
        if not isinstance(found, list):
            raise SendError(unread(unclear("no updates")))
        return found

    async def download(self, file_id: str, into: Sink) -> str | None:
        """Writes a file's bytes; its content type where the server names a real one.

        Raises SendError, or what the sink raises.
        """
        if not file_id:
            raise SendError(NO_REFERENCE)
        found = await self._ask("getFile", {"file_id": file_id})
        file = found if isinstance(found, dict) else {}
        if type(file.get("file_size")) is int and file["file_size"] > MOST_DOWN:
            raise SendError(TOO_BIG)
        try:
            kind = await self._downloads.fetch(self._address(file.get("file_path")), into)
        except SendError as error:
            # without the cause: its text may hold the address, and that the token
            raise SendError(error.problem) from None
        # the file server names no other type for most files
        return None if kind is None or kind.startswith("application/octet-stream") else kind

    def _address(self, path: object) -> str:
        """Where a file lies; valid for an hour, never stored. Raises SendError."""
        usable = isinstance(path, str) and path and not path.startswith("/")
        if not usable or any(step in ("", ".", "..") for step in str(path).split("/")):
            raise SendError(STRANGE_PATH)
        settings = self._settings
        return f"{settings.file_base_url.rstrip('/')}/bot{settings.token}/{quote(str(path))}"

    async def close(self) -> None:
        """Idempotent."""
        opened, self._opened = self._opened, None
        if opened is not None:
            await opened[1].shutdown()
        await self._downloads.close()

    # --- how ---

    async def _ask(self, method: str, fields: dict[str, str], wait: float = 0) -> Any:  # noqa: ANN401 - JSON
        bot, transport = self._open()
        return await self._asked(transport.ask(f"{bot.base_url}/{method}", fields, wait))

    async def _asked(self, call: Awaitable[Any]) -> Any:  # noqa: ANN401 - JSON
        """A call that may be repeated without harm. Raises SendError, never DOUBT."""
        try:
            return await call
        except Failed as failed:
            raise SendError(unread(failed.problem)) from None
        except (TelegramError, LookupError, TypeError, ValueError, AttributeError):
            raise SendError(unread(unclear("no result"))) from None

    def _open(self) -> tuple[Bot, Transport]:
        if self._opened is None:
            settings = self._settings
            transport = Transport(settings.timeout, settings.upload_timeout)
            base = f"{settings.api_base_url.rstrip('/')}/bot"
            bot = Bot(settings.token, base, request=transport, get_updates_request=transport)
            self._opened = bot, transport
        return self._opened


def _quoting(answers: Place | None) -> ReplyParameters | None:
    # the citizen may have deleted the message meanwhile
    if answers is None:
        return None
    return ReplyParameters(answers.message, allow_sending_without_reply=True)


@asynccontextmanager
async def _opened(files: Sequence[OutboundFile]) -> AsyncIterator[list[InputFile]]:
    """The files to send, open while they are sent. Raises SendError."""
    with ExitStack() as stack:
        opened = []
        for file in files:
            try:
                handle = await asyncio.to_thread(Path(file.path).open, "rb")
            except OSError:
                raise SendError(NO_FILE) from None
            stack.enter_context(handle)
            name = display_name(file.filename, file.content_type)
            opened.append(InputFile(handle, name, attach=len(files) > 1, read_file_handle=False))
        yield opened
