"""Machines that answer each other fall silent (threats.md S5, row 27).

A proxy of ours stands between and takes every mark of automatic mail away: only what is counted
and recognised by itself can end the talk.
"""

from __future__ import annotations

import asyncio
import smtplib
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest
from aiosmtpd.smtp import SMTP

from tests.gateway.gateway_kit import Office, Options, office, until
from tests.journeys.test_bad_mail import is_open
from tests.patience import PATIENCE
from tests.peers import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from email.message import EmailMessage
    from pathlib import Path

    from aiosmtpd.smtp import Envelope, Session

pytestmark = pytest.mark.journey

AT_MOST = 5
ACKS_PER_HOUR = 3
"""As delivered, to one address by mail."""

SILENCE = 2.0
"""Seconds without a mail: all waiting times of these gateways are tenths of that."""

MARKS = (
    "Auto-Submitted", "X-Auto-Response-Suppress", "Precedence", "X-Helpdesk-Loop", "X-Loop",
    "In-Reply-To", "References", "Return-Path", "Received", "Delivered-To",
)  # fmt: skip
"""What tells that nobody wrote a mail, and what would lead back to an earlier one."""


@dataclass
class Stripper:
    """A mail server between two others; ``ports`` says where the mail of a domain goes."""

    ports: dict[str, int] = field(default_factory=dict)
    passed: list[EmailMessage] = field(default_factory=list)
    replies: str = ""
    """What an answering machine at ``otomatis.example`` says to every mail."""
    rewrites: bool = False
    """Whether every mail leaves as a new complaint that nobody has read before."""

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        ours = [name for name in mail if name.lower().startswith("x-")]
        for name in (*MARKS, *ours):
            del mail[name]
        self.passed.append(mail)
        if self.rewrites:
            mail = self._as_new(mail)
        (to,) = envelope.rcpt_tos
        domain = to.rpartition("@")[2]
        if domain in self.ports:
            # a null sender would tell as much as a header
            sender = mail["From"].addresses[0].addr_spec
            await asyncio.to_thread(
                deliver, self.ports[domain], mail.as_bytes(policy=policy.SMTP), sender, to
            )
        else:
            back = mail["Reply-To"].addresses[0].addr_spec
            answer = written(to, back, f"Re: {mail['Subject']}", self.replies)
            port = self.ports[back.rpartition("@")[2]]
            await asyncio.to_thread(deliver, port, answer, to, back)
        return "250 taken"

    def _as_new(self, mail: EmailMessage) -> EmailMessage:
        number = len(self.passed)
        words = f"HELPDESK keluhan {number}", f"Lampu nomor {number} di gang {number} padam."
        return message_from_bytes(
            written(str(mail["From"]), str(mail["To"]), *words), policy=policy.default
        )


def deliver(port: int, mail: bytes, sender: str, to: str) -> None:
    """As a mail server does: told to come later, it comes later."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE) as line:
                line.sendmail(sender, [to], mail)
        except smtplib.SMTPResponseException as refused:
            if refused.smtp_code >= 500 or time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return


def written(sender: str, to: str, subject: str, words: str) -> bytes:
    lines = (f"From: {sender}", f"To: {to}", f"Subject: {subject}", "", words, "")
    return "\r\n".join(lines).encode()


@asynccontextmanager
async def between(
    folder: Path, *domains: str, require_keyword: bool
) -> AsyncIterator[tuple[Stripper, list[Office]]]:
    """A gateway for each domain, and the proxy that all their mail leaves by."""
    stripper = Stripper()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(stripper, hostname="relay.example"), "127.0.0.1", 0
    )
    relay = server.sockets[0].getsockname()[1]
    async with AsyncExitStack() as stack:
        stack.callback(server.close)
        offices = []
        for domain in domains:
            port = stripper.ports[domain] = free_port()
            door = {
                "kind": "email",
                "address": f"lapor@{domain}",
                "token_secret": f"rahasia-surel-{domain}",
                "smtp_in": {"port": port},
                "smtp_out": {"host": "127.0.0.1", "port": relay, "security": "plain"},
            }
            sections = {"office": {"require_keyword": require_keyword}}
            options = Options(channels=(), doors={"surel": door}, sections=sections)
            offices.append(await stack.enter_async_context(office(folder / domain, options)))
            await until(lambda port=port: is_open(port))
        yield stripper, offices


async def silence(stripper: Stripper, offices: list[Office]) -> int:
    """How many mails had passed when none came any more and nothing was waiting."""
    async with asyncio.timeout(90):
        while True:
            before = len(stripper.passed)
            await asyncio.sleep(SILENCE)
            waiting = [await one.waiting() for one in offices]
            if len(stripper.passed) == before and not any(waiting):
                return before


@pytest.mark.parametrize("require_keyword", [True, False])
async def test_two_of_our_own_gateways_fall_silent(
    tmp_path: Path,
    require_keyword: bool,
) -> None:
    domains = ("satu.example", "dua.example")
    async with between(tmp_path, *domains, require_keyword=require_keyword) as (proxy, offices):
        begun = written("lapor@dua.example", "lapor@satu.example", "HELPDESK lampu", "Mati semua.")
        port = proxy.ports["satu.example"]
        await asyncio.to_thread(deliver, port, begun, "lapor@dua.example", "lapor@satu.example")
        count = await silence(proxy, offices)
        assert 1 <= count <= AT_MOST
        # and nothing that the other said is lost
        for place, one in enumerate(offices):
            own = f"lapor@{domains[place]}"
            came = {mail["Message-ID"] for mail in proxy.passed if mail["To"] == own}
            begun_here = place == 0
            assert len(await one.stored_texts()) == len(came) + begun_here


async def test_even_a_stranger_between_them_who_writes_all_anew_wears_out(tmp_path: Path) -> None:
    """Then nothing can be recognised: what one address is answered within an hour ends it."""
    domains = ("satu.example", "dua.example")
    async with between(tmp_path, *domains, require_keyword=True) as (proxy, offices):
        proxy.rewrites = True
        begun = written("lapor@dua.example", "lapor@satu.example", "HELPDESK lampu", "Mati semua.")
        port = proxy.ports["satu.example"]
        await asyncio.to_thread(deliver, port, begun, "lapor@dua.example", "lapor@satu.example")
        assert 2 <= await silence(proxy, offices) <= 2 * ACKS_PER_HOUR


@pytest.mark.parametrize("words", ["HELPDESK saya sedang cuti", "Surel Anda kami baca"])
async def test_an_answering_machine_is_left_alone(tmp_path: Path, words: str) -> None:
    """It answers every mail, each time as a person would, to our Reply-To."""
    async with between(tmp_path, "satu.example", require_keyword=False) as (proxy, offices):
        proxy.replies = words
        begun = written("a@otomatis.example", "lapor@satu.example", "HELPDESK lampu", "Mati.")
        port = proxy.ports["satu.example"]
        await asyncio.to_thread(deliver, port, begun, "a@otomatis.example", "lapor@satu.example")
        assert 1 <= await silence(proxy, offices) <= AT_MOST
        assert len(await offices[0].stored_texts()) == len(proxy.passed) + 1
