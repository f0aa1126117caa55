"""Reads bare payloads of any kind: one table of kinds, files and folders, the rest guessed.

No configuration, no secret and no store: for support, for bug reports, and for whoever wants to
know what the system would understand.
"""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING

from core.errors import MalformedMessage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from gateway.readers.event import Event, Reader

MOST_BYTES = 64 * 2**20
"""Of one file; no provider brings more."""

EMAIL = "email"
KINDS: Mapping[str, str] = {
    EMAIL: "gateway.readers.email:MailReader",
    "twilio_sms": "gateway.readers.bodies:BodyReader",
    "twilio_whatsapp": "gateway.readers.bodies:BodyReader",
    "whatsapp_cloud": "gateway.readers.bodies:BodyReader",
    "telegram": "gateway.readers.bodies:BodyReader",
    "kannel": "gateway.readers.bodies:BodyReader",
    "jasmin": "gateway.readers.bodies:BodyReader",
}
"""Kind of channel → what reads its payloads; imported when the first one is read."""


def guessed_kind(name: str, raw: bytes) -> str:
    """The kind of a payload by its name and its first bytes; a mail where nothing else fits."""
    if name.lower().endswith((".eml", ".msg", ".mail")):
        return EMAIL
    head = raw[:4096].lstrip()
    if head.startswith(b"{"):
        return "telegram" if b'"update_id"' in head else "whatsapp_cloud"
    if b"MessageSid=" in head or b"SmsSid=" in head:
        return "twilio_whatsapp" if b"whatsapp%3A" in head else "twilio_sms"
    return EMAIL


class Parsing:
    """Readers made when they are first needed, and closed together.

    Args:
        kind: of every payload; None: guessed one by one.
        purpose: of a webhook: ``message`` or ``status``; "" guesses.
    """

    def __init__(self, kind: str | None = None, purpose: str = "") -> None:
        self._kind, self._purpose = kind, purpose
        self._readers: dict[str, Reader] = {}

    async def file(self, path: Path, at: datetime) -> Sequence[Event]:
        """What a file says. Raises MalformedMessage, OSError."""
        return await self.payload(path.name, await asyncio.to_thread(_bytes_of, path), at)

    async def payload(self, name: str, raw: bytes, at: datetime) -> Sequence[Event]:
        """What bytes say. Raises MalformedMessage, whatever else went wrong in the reader."""
        kind = self._kind or guessed_kind(name, raw)
        try:
            return await self._reader(kind).read(raw, at)
        except MalformedMessage:
            raise
        except Exception as error:
            sentence = f"Our reader stumbled: {type(error).__name__}."
            raise MalformedMessage(sentence) from error

    async def close(self) -> None:
        """Idempotent."""
        for reader in self._readers.values():
            await reader.close()
        self._readers.clear()

    def _reader(self, kind: str) -> Reader:
        if kind not in self._readers:
            module, _, name = KINDS[kind].partition(":")
            make = getattr(import_module(module), name)
            self._readers[kind] = make() if kind == EMAIL else make(kind, self._purpose)
        return self._readers[kind]


def _bytes_of(path: Path) -> bytes:
    if path.stat().st_size > MOST_BYTES:
        sentence = f"It has more than {MOST_BYTES >> 20} MiB."
        raise MalformedMessage(sentence)
    return path.read_bytes()


def files_in(paths: Sequence[Path]) -> Iterator[Path]:
    """The files themselves, and those below folders, in order; hidden ones are left out."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for found in sorted(path.rglob("*")):
            inside = found.relative_to(path).parts
            if found.is_file() and not any(part.startswith(".") for part in inside):
                yield found
