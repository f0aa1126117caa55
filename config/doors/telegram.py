"""The door through a Telegram bot."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from config import checks
from config.section import ChannelSettings, Count, Seconds, Secret, WebAddress

_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{20,100}")
_HOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")


def _token(value: SecretStr) -> SecretStr:
    checks.require(
        _TOKEN.fullmatch(value.get_secret_value()),
        "the token as BotFather gives it: digits, a colon, letters",
    )
    return value


def _hook_secret(value: SecretStr | None) -> SecretStr | None:
    checks.require(
        value is None or _HOOK_SECRET.fullmatch(value.get_secret_value()),
        "16 to 256 of A-Z, a-z, 0-9, _ and -, as Telegram allows no others",
    )
    return value


class TelegramSettings(ChannelSettings):
    """A door for messages to a Telegram bot. The table's name is the channel's id."""

    kind: Literal["telegram"]
    """Always telegram."""

    mode: Literal["webhook", "polling"] = "webhook"
    """webhook: Telegram calls /hooks/<id> at once. polling: we fetch the messages; for a gateway
    that cannot be reached from the internet, and for one process only."""

    bot_token: Annotated[Secret, AfterValidator(_token)]
    """The bot's token from BotFather. Whoever has it can read and send everything. Without it
    the channel does not start. No default."""

    webhook_secret: Annotated[Secret | None, AfterValidator(_hook_secret)] = None
    """What Telegram must send with each request, 16 to 256 of A-Z, a-z, 0-9, _ and -; invented by
    you. Needed in mode webhook. None: only in mode polling, which has no requests."""

    manage_webhook: bool = True
    """Whether the gateway sets the webhook at Telegram, looks after it, and removes it in mode
    polling. What waits at Telegram is never dropped. false: you call setWebhook yourself."""

    max_connections: Annotated[int, Field(ge=1, le=100)] = 1
    """Requests that Telegram may make at the same time. 1 keeps the order of messages and of the
    pictures of an album, at some ten to twenty messages a second; more are faster and may change
    places."""

    poll_wait_seconds: Annotated[int, Field(ge=0, le=50)] = 25
    """Seconds for which Telegram holds an empty answer back in mode polling; a message ends the
    wait at once. 25, because proxies cut connections that are silent for longer."""

    rate_per_second: Annotated[float, Field(gt=0, le=1_000)] = 25.0
    """Messages per second towards Telegram, which allows about 30 in all."""

    acks_per_day: Count = 20
    """Acknowledgements to one sender per day; later messages are taken without one."""

    api_base_url: WebAddress = "https://api.telegram.org"
    """Where the Bot API is; another one for a proxy or a test. http only on this machine."""

    file_base_url: WebAddress | None = None
    """Where files are fetched. None: api_base_url with /file, as at Telegram."""

    download_timeout_seconds: Seconds = 60.0
    """Seconds for fetching one file of at most 20 MB."""

    @model_validator(mode="after")
    def _has_secret(self) -> Self:
        checks.require(
            self.mode == "polling" or self.webhook_secret,
            'webhook_secret: a secret of 16 characters or more, or mode = "polling"',
        )
        return self
