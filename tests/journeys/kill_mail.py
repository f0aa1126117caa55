"""E-mail: citizens who write by SMTP or into a real mailbox, and a relay that collects answers."""

from __future__ import annotations

import asyncio
import smtplib
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from email import message_from_bytes, policy
from email.utils import format_datetime, localtime
from typing import TYPE_CHECKING, Self, cast

from aiosmtpd.smtp import SMTP

from tests.journeys.kill_ledger import NUMBER
from tests.journeys.kill_side import LATE, Deck, Letter, Notes, Text
from tests.journeys.kill_wire import Wire
from tests.mail_peers import Dovecot, dovecot
from tests.peers import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiosmtpd.smtp import Envelope, Session

    from tests.journeys.kill_ledger import Row
    from tests.journeys.kill_side import Cues

DESK = "lapor@contoh.go.id"
SECTION = """
[channels.surel]
kind = "email"
address = "lapor@contoh.go.id"
token_secret = "rahasia-surel-0123456789"
rate_per_second = 1000.0
{way}
[channels.surel.smtp_out]
host = "127.0.0.1"
security = "plain"
port = {relay}
"""
SMTP_IN = """
[channels.surel.smtp_in]
port = {port}
"""
IMAP = """
[channels.surel.imap]
host = "127.0.0.1"
security = "plain"
port = {port}
user = "lapor@contoh.go.id"
password = "kunci"
retry_seconds = 0.1
retry_max_seconds = 1.0
"""
DECK: Deck = (
    ("taken", 60),
    ("taken, then dropped", 12),
    ("taken, answered late", 10),
    ("refused with 451", 8),
    ("refused with 421", 4),
    ("dropped", 6),
)


class Relay:
    """An SMTP server, by a library of others, that keeps what it takes and may lose its answer."""

    def __init__(self, cues: Cues, notes: Notes) -> None:
        self._cues, self._notes = cues, notes
        self.port = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        server = await asyncio.get_running_loop().create_server(
            lambda: SMTP(self, hostname="relay.example"), "127.0.0.1", 0
        )
        self.port = server.sockets[0].getsockname()[1]
        yield
        server.close()

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        outcome = self._cues.draw(DECK)
        self._notes.count(outcome)
        text = self._take(envelope) if outcome.startswith("taken") else None
        match outcome:
            case "refused with 451" | "refused with 421":
                return f"{outcome[-3:]} later"
            case "dropped" | "taken, then dropped":
                cast("asyncio.Transport", server.transport).abort()
            case "taken, answered late":
                await asyncio.sleep(self._cues.rng.uniform(0.1, LATE))
        if text and outcome != "taken, then dropped":
            text.answered()
        return "250 taken"

    def _take(self, envelope: Envelope) -> Text:
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        body = mail.get_body(("plain",))
        words = body.get_content().replace("\r\n", "\n").partition("\n\n-- \n")[0] if body else ""
        named = NUMBER.findall(str(mail["Subject"]))
        (to,) = envelope.rcpt_tos
        self._notes.require(
            null_sender=envelope.mail_from in ("", "<>"),
            marked_as_automatic=mail["Auto-Submitted"] == "auto-replied",
            to_is_the_recipient=mail["To"] == to,
            subject_names_the_ticket=named == NUMBER.findall(words)[:1],
        )
        text = Text(str(mail["Message-ID"]).strip("<>"), to, words.rstrip("\n"))
        self._notes.texts.append(text)
        self._cues.on("taken")
        return text


def letter(number: int, words: str) -> Letter:
    return Letter(f"kill-{number}@example.org", f"warga{number}@example.org", words, number)


def written(given: Letter, date: str) -> bytes:
    lines = (
        f"From: Sari <{given.sender}>", f"To: {DESK}", f"Date: {date}",
        f"Message-ID: <{given.name}>", "Subject: HELPDESK", "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "",
        given.body, "",
    )  # fmt: skip
    return "\r\n".join(lines).encode()


class MailSide:
    """What both ways of mail share: the relay, and names by Message-ID."""

    repeats, looks_up = True, False

    def __init__(self, cues: Cues) -> None:
        self._cues, self._notes = cues, Notes()
        self.violations, self.outcomes = self._notes.violations, self._notes.outcomes
        self.texts = self._notes.texts
        self._relay = Relay(cues, self._notes)
        self._stack = AsyncExitStack()
        self._threads = ThreadPoolExecutor(16)
        self._date = format_datetime(localtime())

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()
        self._threads.shutdown(wait=False)

    def letter(self, number: int, words: str) -> Letter:
        return letter(number, words)

    def name_of(self, row: Row) -> str:
        """The content's hash stands behind the id."""
        return str(row["external_id"]).partition("#")[0]

    async def calls_done(self) -> None:
        """No reports are asked for on automatic mail."""


class SmtpSide(MailSide):
    """Mail by a client that repeats until it hears 250, and sometimes does not listen."""

    opened_by = ""
    moments: tuple[str, ...] = ("taken", "answered", "while it starts", "at random")

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._relay.open())
        self._port = free_port()
        return self

    def section(self) -> str:
        return SECTION.format(way=SMTP_IN.format(port=self._port), relay=self._relay.port)

    async def deliver(self, given: Letter) -> bool:
        deaf = self._cues.rng.random() < 0.15
        loop = asyncio.get_running_loop()
        taken = await loop.run_in_executor(self._threads, self._hand_over, given, deaf)
        if taken:
            self._cues.on("answered")
        return taken

    def _hand_over(self, given: Letter, deaf: bool) -> bool:
        """One dialogue; whoever is deaf leaves before the answer to the content (F35)."""
        mail = written(given, self._date)
        try:
            with closing(smtplib.SMTP("127.0.0.1", self._port, timeout=5)) as line:
                if not deaf:
                    line.sendmail(given.sender, [DESK], mail)
                    return True
                line.ehlo()
                line.mail(given.sender)
                line.rcpt(DESK)
                line.docmd("DATA")
                line.send(mail + b".\r\n")
        except (smtplib.SMTPException, OSError):
            pass
        return False


class ImapSide(MailSide):
    """Mail in a mailbox of Dovecot; now and then the line to it is cut in a mail."""

    opened_by = "SELECT 1 FROM mailbox_state"
    moments: tuple[str, ...] = ("fetched", "taken", "marked", "while it starts", "at random")

    async def __aenter__(self) -> Self:
        try:
            await self._open()
        except BaseException:
            await self._stack.aclose()  # nothing that was started stays behind
            raise
        return self

    async def _open(self) -> None:
        await self._stack.enter_async_context(self._relay.open())
        server = dovecot()
        self._boxes: Dovecot = await asyncio.to_thread(server.__enter__)
        self._stack.push_async_callback(asyncio.to_thread, server.__exit__, None, None, None)
        wire = Wire(lambda: self._boxes.imap, lambda: _Listener(self._cues))
        self._port = await self._stack.enter_async_context(wire.laid())

    def section(self) -> str:
        return SECTION.format(way=IMAP.format(port=self._port), relay=self._relay.port)

    async def deliver(self, given: Letter) -> bool:
        """Once in the mailbox it is the gateway's to fetch."""
        mail, loop = written(given, self._date), asyncio.get_running_loop()
        with suppress(smtplib.SMTPException, OSError):
            await loop.run_in_executor(self._threads, self._boxes.put, DESK, mail)
            return True
        return False


class _Listener:
    """Tells when a mail is on its way and when one is being marked."""

    def __init__(self, cues: Cues) -> None:
        self._cues = cues
        self._asked = False

    async def up(self, data: bytes) -> bool:
        if b"STORE" in data:
            self._cues.on("marked")
        self._asked = b"BODY.PEEK[" in data
        return True

    async def down(self, _data: bytes) -> bool:
        if not self._asked:
            return True
        self._asked = False
        self._cues.on("fetched")
        return self._cues.rng.random() > 0.05
