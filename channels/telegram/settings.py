"""What the door for Telegram must be told; refuses what could only fail later."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.model.outbox import RetryPolicy

if TYPE_CHECKING:
    from core.model.messages import ChannelId

HOME = "https://api.telegram.org"
"""Where Telegram's Bot API lives, unless the configuration names a proxy or a test server."""

AGAIN = RetryPolicy(base=timedelta(seconds=1), ceiling=timedelta(minutes=1))
"""How the door waits after a failure, unless told otherwise."""

_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]+")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_MOST_CONNECTIONS = 100
_LONGEST_POLL = 50


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """What the door must be told.

    Attributes:
        id: the channel's name.
        token: as BotFather gives it; its number is the bot's id.
        secret: Telegram sends it with each webhook request; None: the door polls.
        webhook_url: as set at Telegram.
        manage: whether the door sets and deletes the webhook itself.
        connections: how many requests Telegram may make at the same time.
        api_base_url: another one for a proxy or a test.
        file_base_url: where files lie, ``/bot<token>/<path>`` follows.
        timeout: seconds for one call.
        upload_timeout: seconds for a call that carries files.
        download_timeout: seconds for fetching one file.
        poll_wait: seconds for which Telegram holds an empty answer back.
        again: how the door waits before it polls, or sets the webhook, once more after a failure.
    """

    id: ChannelId
    token: str = field(repr=False)
    secret: str | None = field(repr=False)
    webhook_url: str
    manage: bool = True
    connections: int = 1
    api_base_url: str = HOME
    file_base_url: str = f"{HOME}/file"
    timeout: float = 10.0
    upload_timeout: float = 25.0
    download_timeout: float = 60.0
    poll_wait: int = 25
    again: RetryPolicy = AGAIN

    def __post_init__(self) -> None:
        """Raises ValueError: a door without its secret does not open (threats.md row 12)."""
        urls = (self.webhook_url, self.api_base_url, self.file_base_url)
        for fault, message in (
            (not _TOKEN.fullmatch(self.token), "token is missing or not BotFather's"),
            (
                self.secret is not None and not _SECRET.fullmatch(self.secret),
                "secret is 1 to 256 of A-Z, a-z, 0-9, _ and -",
            ),
            (any(not urlsplit(url).netloc for url in urls), "every URL needs scheme and host"),
            (
                min(self.timeout, self.upload_timeout, self.download_timeout) <= 0,
                "every timeout is more than 0 seconds",
            ),
            (not 1 <= self.connections <= _MOST_CONNECTIONS, "connections are 1 to 100"),
            (not 0 <= self.poll_wait <= _LONGEST_POLL, "poll_wait is 0 to 50 seconds"),
        ):
            if fault:
                raise ValueError(message)

    @property
    def polls(self) -> bool:
        """Whether updates are fetched; else Telegram brings them."""
        return self.secret is None

    @property
    def bot_id(self) -> str:
        """The bot's own id."""
        return self.token.partition(":")[0]
