"""A gateway process with a mail server of others before and behind it."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

from tests.journeys.process import Served, free_port
from tests.mail_peers import Dovecot, Postfix, dovecot, postfix
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from email.message import EmailMessage
    from pathlib import Path

DESK = "lapor@contoh.go.id"
CITIZEN = "warga@example.org"
NUMBER = re.compile(r"\bHD\d\d-\d{6}-\d\b")

CONFIG = """
[office]
name = "Dinas Contoh"
calendar = "rs24"
[http]
port = {http}
public_url = "https://helpdesk.contoh.go.id"
[store]
url = "sqlite+aiosqlite:///{folder}/helpdesk.db"
data_dir = "{folder}/data"
[dispatch]
poll_seconds = 0.1
backoff_seconds = 0.2
[channels.surel]
kind = "email"
address = "{desk}"
token_secret = "rahasia-surel-0123456789"
{ways}
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
user = "{desk}"
password = "kunci"
retry_seconds = 0.1
"""


@dataclass
class MailOffice:
    """The gateway, the mail server, and the mailboxes."""

    gateway: Served
    mailer: Postfix
    boxes: Dovecot
    smtp_port: int

    async def answers(self, count: int, seconds: float = PATIENCE) -> list[EmailMessage]:
        """What the citizen has in the mailbox, oldest first."""
        raw = await asyncio.to_thread(self.boxes.await_mails, CITIZEN, count, seconds)
        assert len(raw) >= count, self.gateway.log[-2_000:]
        return [message_from_bytes(one, policy=policy.default) for one in raw]

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        """Straight from the gateway's file."""
        place = self.gateway.config.parent / "helpdesk.db"
        with sqlite3.connect(f"file:{place}?mode=ro", uri=True) as connection:
            return connection.execute(statement).fetchall()

    async def until_row(
        self, statement: str, seconds: float = PATIENCE
    ) -> list[tuple[object, ...]]:
        end = time.monotonic() + seconds
        while not (found := self.rows(statement)) and time.monotonic() < end:
            await asyncio.sleep(0.02)
        return found


@asynccontextmanager
async def mail_office(folder: Path, *ways: str) -> AsyncIterator[MailOffice]:
    """``ways``: ``smtp_in``, ``imap``, or both; mail to the desk goes both ways then."""
    smtp_port = free_port()
    with dovecot() as boxes:
        direct = [("contoh.go.id", smtp_port)] if "smtp_in" in ways else []
        boxed = "example.org" if direct else "example.org contoh.go.id"
        with postfix(mailboxes=(boxed, boxes.lmtp), passes=direct) as mailer:
            inward = SMTP_IN.format(port=smtp_port) if "smtp_in" in ways else ""
            inward += IMAP.format(port=boxes.imap, desk=DESK) if "imap" in ways else ""
            http = free_port()
            path = folder / "helpdesk.toml"
            path.write_text(
                CONFIG.format(folder=folder, http=http, desk=DESK, ways=inward, relay=mailer.smtp)
            )
            gateway = Served(path, http)
            await gateway.start()
            try:
                yield MailOffice(gateway, mailer, boxes, smtp_port)
            finally:
                await gateway.kill()
