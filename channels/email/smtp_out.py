"""Mail to the relay: a few connections, kept for a while (providers.md §12).

aiosmtplib's ``send_message`` writes headers anew and breaks long ids, so the bytes go out as they
were written; every address passes our own strict check before, and the release is one that lets no
line break onto the wire (requirements/runtime.in).
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPStatus,
)

from channels.email.addresses import addr_spec
from channels.email.errors import NO_UTF8, TOO_LARGE, UNFIT, Step, problem_of
from channels.email.tls import client_tls, read_token
from core.errors import SendError

if TYPE_CHECKING:
    from channels.email.writing import WrittenMail
    from config.doors.email import SmtpOutSettings

_PLAIN = re.compile(r"[^\s\x00-\x20\x7f<>()\[\],;:\\]+")
_FAULTS = (SMTPException, OSError, TimeoutError, ValueError)


@dataclass(slots=True)
class _Attempt:
    """How far a send has come."""

    step: Step = Step.WAITING


@dataclass(frozen=True, slots=True)
class _Kept:
    """A connection that nobody uses, and since when."""

    client: SMTP
    since: float


class Relay:
    """Hands mails over, each in one call with one time limit."""

    def __init__(self, settings: SmtpOutSettings, hostname: str, seconds: float) -> None:
        """Takes the relay's settings, the name to greet it with, and the time for one mail."""
        self._settings, self._seconds = settings, seconds
        self._hostname = settings.hostname or hostname
        self._slots = asyncio.Semaphore(settings.connections)
        self._kept: list[_Kept] = []

    async def hand_over(self, mail: WrittenMail, *, tracked: bool) -> None:
        """Returns once the relay has it.

        Args:
            mail: its null sender is kept or not as the settings say.
            tracked: whether the relay is asked to tell when it fails or waits.

        Raises:
            SendError: made here and nowhere else.
        """
        for address in filter(None, (mail.envelope_sender, mail.recipient)):
            if addr_spec(address) is None or not _PLAIN.fullmatch(address):
                raise SendError(UNFIT)
        attempt = _Attempt()
        try:
            async with asyncio.timeout(self._seconds):
                # a send begun with little time left would only end in doubt
                async with asyncio.timeout(self._seconds / 2):
                    await self._slots.acquire()
                try:
                    await self._send(mail, attempt, tracked=tracked)
                finally:
                    self._slots.release()
        except _FAULTS as error:
            raise SendError(problem_of(error, attempt.step)) from error

    async def _send(self, mail: WrittenMail, attempt: _Attempt, *, tracked: bool) -> None:
        client = await self._begun(mail, attempt, tracked=tracked)
        try:
            await self._finish(client, mail, attempt, tracked=tracked)
        except BaseException:
            # after a refusal it could be used again; but then its state is a matter of trust
            client.close()
            raise
        self._keep(client)

    async def _begun(self, mail: WrittenMail, attempt: _Attempt, *, tracked: bool) -> SMTP:
        """A connection on which the relay has accepted the sender."""
        while True:
            kept = self._pick()
            client = kept or await self._connected(attempt)
            try:
                await self._begin(client, mail, attempt, tracked=tracked)
            except BaseException as error:
                client.close()
                if kept is not None and _had_died(error):
                    continue  # of old age; nothing was said on it
                raise
            return client

    async def _connected(self, attempt: _Attempt) -> SMTP:
        settings = self._settings
        attempt.step = Step.CONNECTING
        plain = settings.security == "plain"
        client = SMTP(
            hostname=settings.host,
            port=settings.port,
            local_hostname=self._hostname,
            timeout=settings.connect_seconds,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            tls_context=None if plain else client_tls(settings.ca_file),
        )
        try:
            await client.connect()
            client.timeout = self._seconds
            await client.ehlo()
            attempt.step = Step.LOGIN
            await self._log_in(client)
        except BaseException:
            client.close()
            raise
        return client

    async def _log_in(self, client: SMTP) -> None:
        settings = self._settings
        if settings.user is None:
            return
        if settings.oauth_token_file is not None:
            await client.auth_xoauth2(settings.user, read_token(settings.oauth_token_file))
        elif settings.password is not None:
            await client.login(settings.user, settings.password.get_secret_value())

    async def _begin(
        self, client: SMTP, mail: WrittenMail, attempt: _Attempt, *, tracked: bool
    ) -> None:
        attempt.step = Step.SENDER
        options = []
        if client.supports_extension("size"):
            limit = client.esmtp_extensions.get("size", "")
            if limit.isdigit() and 0 < int(limit) < len(mail.raw):
                raise SendError(TOO_LARGE)
            options.append(f"SIZE={len(mail.raw)}")
        if mail.needs_utf8:
            if not client.supports_extension("smtputf8"):
                raise SendError(NO_UTF8)
            options.append("SMTPUTF8")
        if tracked and client.supports_extension("dsn"):
            options += ["RET=HDRS", f"ENVID={_xtext(mail.message_id)}"]
        sender = mail.envelope_sender
        await client.mail(sender, options=options, encoding=_encoding(mail))

    async def _finish(
        self, client: SMTP, mail: WrittenMail, attempt: _Attempt, *, tracked: bool
    ) -> None:
        attempt.step = Step.RECIPIENT
        asks = tracked and client.supports_extension("dsn")
        options = ["NOTIFY=FAILURE,DELAY"] if asks else []
        try:
            await client.rcpt(mail.recipient, options=options, encoding=_encoding(mail))
        except SMTPRecipientRefused as refused:
            raise SMTPRecipientsRefused([refused]) from refused
        attempt.step = Step.CONTENT
        await client.data(mail.raw)

    # --- connections ---

    def _pick(self) -> SMTP | None:
        """The one used last, if it is fresh; all others only grow old."""
        now = asyncio.get_running_loop().time()
        while self._kept:
            kept = self._kept.pop()
            if kept.client.is_connected and now - kept.since < self._settings.keep_seconds:
                return kept.client
            kept.client.close()
        return None

    def _keep(self, client: SMTP) -> None:
        self._kept.append(_Kept(client, asyncio.get_running_loop().time()))

    async def close(self) -> None:
        """Says goodbye to the relay. Idempotent."""
        while self._kept:
            client = self._kept.pop().client
            with suppress(*_FAULTS):
                await client.quit(timeout=1)
            client.close()


def _had_died(error: BaseException) -> bool:
    """Whether a kept connection was closed by the relay meanwhile, with or without a word."""
    if isinstance(error, SMTPResponseException):
        return int(error.code) == SMTPStatus.domain_unavailable
    return isinstance(error, ConnectionError | TimeoutError)


def _encoding(mail: WrittenMail) -> str:
    return "utf-8" if mail.needs_utf8 else "ascii"


def _xtext(text: str) -> str:
    """RFC 3461 §4: what may not stand in a parameter, as +XX."""
    return "".join(
        char if "!" <= char <= "~" and char not in "+=" else f"+{ord(char):02X}" for char in text
    )
