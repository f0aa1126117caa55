"""Our own SMTP server: who may connect, and what becomes of a mail (providers.md §10).

250 only once the house has the mail on disk. Any fault of ours is a 4xx: the sender keeps the mail
and comes again.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import re
import ssl
from collections import Counter
from collections.abc import Callable, Coroutine
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, cast

from channels.email.smtp_content import FULL
from channels.email.smtp_session import LATER, TAKEN, GatewaySmtp, Received
from config.logs import get_logger
from core.errors import Busy, StoreUnavailable

if TYPE_CHECKING:
    from datetime import datetime

    from channels.email.own import OwnAddresses
    from config.doors.email import SmtpInSettings

log = get_logger("smtp")

# It writes one line per command at INFO, with addresses in it.
logging.getLogger("mail.log").setLevel(logging.ERROR)

HAND_OVER = 2.5
"""Seconds at the end for mails that are being written to disk."""

_BACKLOG = 1_024
_NAME = re.compile(r"[^A-Za-z0-9.:_\[\]-]+")
_FULL_STATES = ("SQLITE_FULL", "53100", errno.ENOSPC)

Take = Callable[[Received], Coroutine[Any, Any, None]]
"""Lays a mail down; raises StoreUnavailable (also as Busy) when it cannot."""


class SmtpServer:
    """The listening socket and what all its connections share."""

    def __init__(self, settings: SmtpInSettings, hostname: str, own: OwnAddresses) -> None:
        """Raises OSError or ssl.SSLError for a certificate that cannot be used."""
        self.settings, self.own = settings, own
        self.hostname = settings.hostname or hostname
        self.tls = _server_tls(settings)
        self.waiting = 0
        self.port = settings.port
        self._take: Take | None = None
        self._sessions: set[GatewaySmtp] = set()
        self._by_client: Counter[str] = Counter()
        self._handing: set[asyncio.Task[None]] = set()

    async def run(self, take: Take) -> None:
        """Until cancelled. Raises OSError when the port is not to be had."""
        self._take = take
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: Doorman(self), self.settings.host, self.settings.port, backlog=_BACKLOG
        )
        self.port = server.sockets[0].getsockname()[1]
        log.info("smtp ready", host=self.settings.host, port=self.port)
        try:
            await asyncio.Event().wait()
        finally:
            server.close()
            await self._farewell()

    async def _farewell(self) -> None:
        for session in self._sessions:
            if not session.taking:
                session.say_goodbye("421 4.3.2 closing, come again")
        if self._handing:
            await asyncio.wait(self._handing, timeout=HAND_OVER)
            await asyncio.sleep(0)  # so that their sessions answer
        for session in self._sessions:
            session.say_goodbye("421 4.3.2 closing, come again")

    # --- connections ---

    def why_not(self, client: str) -> str:
        """Why this client cannot be let in now; "" when it can."""
        if len(self._sessions) >= self.settings.max_connections:
            return "421 4.3.2 too many connections"
        if self._by_client[client] >= self.settings.max_per_address:
            return "421 4.7.0 too many connections from your address"
        return ""

    def came(self, client: str) -> GatewaySmtp:
        """A connection for a client that was let in."""
        session = GatewaySmtp(self, client)
        self._sessions.add(session)
        self._by_client[client] += 1
        return session

    def left(self, session: GatewaySmtp) -> None:
        """A connection ended."""
        self._sessions.discard(session)
        self._by_client -= Counter((session.client,))  # drops what comes to nothing

    # --- mails ---

    async def take(self, mail: Received) -> str:
        """The answer to a mail. Never raises.

        A client that hangs up after its dot ends the waiting, not the writing: the mail may be on
        disk, and the copy that it sends again is recognised.
        """
        assert self._take is not None  # noqa: S101 - set before the first connection
        task = asyncio.create_task(self._take(mail))
        self._handing.add(task)
        task.add_done_callback(self._handed)
        try:
            await asyncio.shield(task)
        except StoreUnavailable as away:
            log.warning("mail not taken", why=str(away))
            return FULL if isinstance(away, Busy) or is_full(away) else LATER
        except Exception as bug:
            full = is_full(bug)
            log.exception("mail not taken", bytes=len(mail.content))
            return FULL if full else LATER
        return TAKEN

    def _handed(self, task: asyncio.Task[None]) -> None:
        self._handing.discard(task)
        if not task.cancelled():
            task.exception()  # told above, unless the client left: then it comes again


class Doorman(asyncio.Protocol):
    """Lets a connection in or says 421, before anything is made for it."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hands the connection over to a session of its own."""
        transport = cast("asyncio.Transport", transport)  # uvloop's is of no such class
        client = str((transport.get_extra_info("peername") or ("?",))[0])
        why = self._server.why_not(client)
        if why:
            transport.write(why.encode() + b"\r\n")
            transport.close()
            return
        session = self._server.came(client)
        transport.set_protocol(session)
        session.connection_made(transport)


def is_full(error: BaseException | None) -> bool:
    """Whether a full disk is behind an error (452 in place of 451)."""
    while error is not None:
        for fact in ("errno", "sqlite_errorname", "sqlstate"):
            if getattr(error, fact, None) in _FULL_STATES:
                return True
        error = getattr(error, "orig", None) or error.__cause__
    return False


def traced(mail: Received, hostname: str, at: datetime) -> bytes:
    """The mail with what its last server must add (RFC 5321 §4.4).

    Envelope and text then lie on disk in one piece, in the form in which mailboxes keep them.
    """
    via = ("UTF8SMTP" if not mail.sender.isascii() else "ESMTP") + "S" * mail.encrypted
    hello = _NAME.sub("?", mail.hello)[:255] or "?"
    lines = [
        f"Return-Path: <{mail.sender}>",
        *(f"Delivered-To: {recipient}" for recipient in mail.recipients),
        f"Received: from {hello} ([{_NAME.sub('?', mail.client)}])",
        f"\tby {hostname} with {via}; {format_datetime(at)}",
    ]
    head = "".join(f"{line}\r\n" for line in lines).encode("utf-8", "replace")
    # a first line with a space before it would become the end of ours
    between = b"\r\n" if mail.content[:1] in (b" ", b"\t") else b""
    return head + between + mail.content


def _server_tls(settings: SmtpInSettings) -> ssl.SSLContext | None:
    if settings.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.certificate, settings.certificate_key)
    return context
