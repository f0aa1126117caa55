"""Files that come with messages: limits, the virus scanner, how often they are tried."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from config import checks
from config.section import Count, Seconds, Section


def _scanner_place(value: str) -> str:
    host, colon, port = value.rpartition(":")
    fits = value.startswith("/") or (host and colon and port.isascii() and port.isdigit())
    checks.require(fits, "host:port or the path of a socket, like 127.0.0.1:3310")
    return value


class AttachmentSettings(Section):
    """Files that come with messages. A ticket never waits for them."""

    max_bytes: Annotated[int, Field(ge=1_024, le=1_073_741_824)] = 26_214_400
    """Largest file in bytes; a larger one is shown as unavailable, its message is kept. 25 MiB is
    what most mail servers let through."""

    in_flight: Annotated[int, Field(ge=1, le=64)] = 4
    """Files fetched at the same time; one channel alone gets half of them. Few, because two cores
    also look through them."""

    timeout_seconds: Seconds = 60.0
    """Seconds for fetching one file, everything included."""

    attempts: Count = 14
    """Attempts before a file is given up as unavailable; staff can ask for it again. 14 with the
    waits below are a day and a half: WhatsApp keeps a file for a week."""

    backoff_seconds: Seconds = 30.0
    """Seconds before the second attempt; doubles with each further one."""

    backoff_max_seconds: Seconds = 21_600.0
    """Longest wait between two attempts, in seconds."""

    keep_free_bytes: Annotated[int, Field(ge=0)] = 268_435_456
    """Bytes of the disk that files leave free; below, files wait and messages go on. 256 MiB, so
    that attachments never take from the store what it needs to accept messages."""

    scanner: Annotated[str, AfterValidator(_scanner_place)] | None = None
    """Where clamd listens: host:port, or the path of its socket. None: files are only judged by
    their type. What it finds infected is kept apart; while it does not answer, files wait."""

    scanner_seconds: Seconds = 60.0
    """Seconds for scanning one file."""

    @model_validator(mode="after")
    def _order(self) -> Self:
        checks.require(
            self.backoff_max_seconds >= self.backoff_seconds,
            "backoff_max_seconds: at least backoff_seconds",
        )
        return self
