"""The door for e-mail: mail comes to our own SMTP server or a mailbox, and leaves by a relay.

smtp_in.py and mailbox.py bring raw bytes, reading.py reads them, judging.py and payload.py say
what they are to the house; writing.py writes what smtp_out.py hands over.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from channels.email import errors, payload
from channels.email.judging import House
from channels.email.mailbox import Errand, Mailbox
from channels.email.settings import EmailDoorSettings
from channels.email.smtp_in import SmtpServer, traced
from channels.email.smtp_out import Relay
from channels.email.tokens import Seal
from channels.email.worker import Readers
from channels.email.writing import Identity, write_mail
from config.logs import get_logger
from core.errors import SendError
from core.model.messages import (
    AddressKind,
    DeliveryState,
    Inbound,
    OutboundMessage,
    SendReceipt,
    Unreadable,
)
from core.model.sentences import said

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from typing import Any

    from channels.email.smtp_session import Received
    from core.model.attachments import WantedFile
    from core.model.health import Symptom
    from core.ports import Bookmarks, Clock, Deliver, Sink

__all__ = ["Email", "EmailDoorSettings"]

log = get_logger("email")

_PIECE = 65_536


class Email:
    """Sends, Listens, Converses, Fetches, Examines and Closes of core/ports.py."""

    converses = True

    def __init__(self, settings: EmailDoorSettings, clock: Clock) -> None:
        """Raises ValueError for a weak secret, OSError for a certificate that cannot be used."""
        self.id = settings.id
        self._settings, self._clock = settings, clock
        seal = Seal(settings.secrets, settings.prefix)
        house = House(settings.own.__contains__, seal, settings.authserv_ids)
        self._desk = payload.Desk(settings.id, settings.address, house)
        self._identity = Identity(settings.name, settings.address, seal, instance=settings.domain)
        self._relay = Relay(settings.smtp_out, settings.domain, settings.timeout)
        self._readers = Readers()
        self._server = (
            SmtpServer(settings.smtp_in, settings.domain, settings.own)
            if settings.smtp_in
            else None
        )
        self._mailbox = (
            Mailbox(Errand(settings.id, settings.imap, self._read, clock))
            if settings.imap
            else None
        )

    @property
    def smtp_port(self) -> int | None:
        """Where our server listens, once it does; None without one."""
        return self._server.port if self._server else None

    # --- in ---

    async def listen(self, deliver: Deliver, bookmarks: Bookmarks) -> None:
        """Until cancelled. Raises what a way in raises that cannot work; then the other ends."""

        async def take(mail: Received) -> None:
            at = self._clock.now()
            raw = traced(mail, self._settings.domain, at)
            await deliver(await self._read(raw, payload.Arrival(at, mail.sender, mail.recipients)))

        ways: list[Coroutine[Any, Any, None]] = []
        if self._server:
            ways.append(self._server.run(take))
        if self._mailbox:
            ways.append(self._mailbox.run(deliver, bookmarks))
        tasks = [asyncio.create_task(way, name=f"listen {self.id}") for way in ways]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _read(self, raw: bytes, arrival: payload.Arrival) -> list[Inbound]:
        """What a mail says; one that we stumble over is kept raw, and the next one read."""
        try:
            mail = await self._readers.read_apart(raw)
            return payload.read(mail, raw, arrival, self._desk)
        except Exception:
            log.exception("mail not understood", channel=self.id, bytes=len(raw))
            return [Unreadable(self.id, raw, said("Surel ini tidak dapat dibaca oleh sistem."))]

    async def fetch(self, wanted: WantedFile, into: Sink) -> str | None:
        """A part of the mail as it was kept. Raises SendError when there is no such part."""
        try:
            index = int(wanted.reference.removeprefix("part:"))
            content = await self._readers.part_apart(wanted.raw, index)
        except (ValueError, IndexError) as error:
            raise SendError(errors.NO_PART) from error
        for start in range(0, len(content), _PIECE):
            into.write(content[start : start + _PIECE])
        return None

    # --- out ---

    async def send(self, message: OutboundMessage) -> SendReceipt:
        """One mail to one person. Raises SendError."""
        if message.recipient.kind is not AddressKind.EMAIL:
            raise SendError(errors.NOT_MAIL)
        stands_in = message.conversation
        try:
            if stands_in is not None and stands_in.files:
                mail = await asyncio.to_thread(write_mail, message, self._identity)
            else:
                mail = write_mail(message, self._identity)
        except FileNotFoundError as error:
            raise SendError(errors.LOST_FILE) from error
        except OSError as error:
            raise SendError(errors.NO_FILE) from error
        automatic = stands_in is None or stands_in.automatic
        if automatic and not self._settings.smtp_out.null_sender:
            mail = replace(mail, envelope_sender=self._settings.address)
        await self._relay.hand_over(mail, tracked=not automatic)
        return SendReceipt(mail.message_id, DeliveryState.SENT)

    # --- how it is ---

    async def examine(self) -> Sequence[Symptom]:
        """What is wrong with the mailbox, if anything; the relay's troubles show when sending."""
        trouble = self._mailbox.trouble if self._mailbox else None
        return [trouble] if trouble else []

    async def close(self) -> None:
        """Idempotent."""
        await self._relay.close()
        await self._readers.close()
