"""Mail end to end: a mail client and mail servers of others, a real gateway between them."""

from __future__ import annotations

import asyncio
import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.journeys.mail_office import CITIZEN, DESK, NUMBER, mail_office
from tests.mail_peers import swaks

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.journey

TICKETS = "SELECT number FROM tickets ORDER BY id"


def write(port: int, body: str, subject: str = "HELPDESK lampu jalan", *headers: str) -> str:
    arguments = [
        "--from",
        CITIZEN,
        "--to",
        DESK,
        "--body",
        body,
        "--header",
        f"Subject: {subject}",
    ]
    for header in headers:
        arguments += ["--header", header]
    return swaks(port, *arguments)


async def test_a_mail_gets_its_number_within_a_second_and_an_answer_joins(tmp_path: Path) -> None:
    async with mail_office(tmp_path, "smtp_in") as office:
        began = time.monotonic()
        said = await asyncio.to_thread(
            write,
            office.mailer.smtp,
            "Mati sejak kemarin.",
            "HELPDESK lampu",
            "Message-Id: <a1@x.id>",
        )
        assert "250" in said
        (answer,) = await office.answers(1)
        took = time.monotonic() - began
        body = answer.get_body(("plain",))
        assert body is not None
        text = body.get_content()
        (number,) = set(NUMBER.findall(text))
        assert str(answer["Subject"]).startswith(f"[{number}] ")
        assert (answer["In-Reply-To"], answer["References"]) == ("<a1@x.id>", "<a1@x.id>")
        assert answer["Return-Path"] == "<>"
        assert answer["Auto-Submitted"] == "auto-replied"
        assert text.count("paling lambat") >= 2 or text.count("pukul") >= 2, text
        assert took < 15, f"{took:.2f} s"  # within one on an idle machine

        reply = f"In-Reply-To: {answer['Message-ID']}"
        await asyncio.to_thread(write, office.mailer.smtp, "Sudah dua malam.", "Re: lampu", reply)
        query = "SELECT id FROM messages WHERE text LIKE 'Sudah dua malam%'"
        assert await office.until_row(query)
        assert office.rows(TICKETS) == [(number,)]

        to_token = ["--from", CITIZEN, "--to", str(answer["Reply-To"].addresses[0].addr_spec)]
        await asyncio.to_thread(
            swaks, office.mailer.smtp, *to_token, "--body", "Lewat alamat balasan."
        )
        assert await office.until_row("SELECT id FROM messages WHERE text LIKE 'Lewat alamat%'")
        assert office.rows(TICKETS) == [(number,)]


async def test_a_mailbox_gives_the_same(tmp_path: Path) -> None:
    async with mail_office(tmp_path, "imap") as office:
        assert await office.until_row("SELECT 1 FROM mailbox_state")
        began = time.monotonic()
        await asyncio.to_thread(write, office.mailer.smtp, "Lewat kotak surat.")
        (answer,) = await office.answers(1)
        assert time.monotonic() - began < 15  # its turns without IDLE are minutes apart
        number = str(answer["Subject"])[1:14]
        assert office.rows(TICKETS) == [(number,)]


async def test_the_same_mail_by_both_ways_is_one(tmp_path: Path) -> None:
    async with mail_office(tmp_path, "smtp_in", "imap") as office:
        assert await office.until_row("SELECT 1 FROM mailbox_state")
        head = ("Message-Id: <dua@x.id>", "Date: Mon, 23 Nov 2026 08:00:00 +0700")
        await asyncio.to_thread(write, office.mailer.smtp, "Satu saja.", "HELPDESK satu", *head)
        assert await office.until_row(TICKETS)
        kept = office.rows("SELECT raw FROM messages")
        raw = kept[0][0]
        assert isinstance(raw, bytes)
        await asyncio.to_thread(office.boxes.put, DESK, raw)
        mark = "SELECT 1 FROM mailbox_state WHERE mark LIKE '%:1:%'"
        assert await office.until_row(mark)
        await asyncio.sleep(0.3)
        assert len(office.rows(TICKETS)) == 1
        assert len(await office.answers(1)) == 1


async def test_a_killed_gateway_loses_no_mail_of_its_mailbox(tmp_path: Path) -> None:
    async with mail_office(tmp_path, "imap") as office:
        assert await office.until_row("SELECT 1 FROM mailbox_state")
        for number in range(5):
            await asyncio.to_thread(
                write, office.mailer.smtp, f"Keluhan {number}", f"HELPDESK soal {number}"
            )
        await office.until_row(TICKETS)
        await office.gateway.kill()
        await office.gateway.start()
        assert await office.until_row("SELECT 1 FROM tickets LIMIT 1 OFFSET 4")
        assert len(office.rows(TICKETS)) == 5


async def test_it_ends_in_time_with_a_line_in_idle_and_one_half_open(tmp_path: Path) -> None:
    async with mail_office(tmp_path, "smtp_in", "imap") as office:
        assert await office.until_row("SELECT 1 FROM mailbox_state")
        reader, writer = await asyncio.open_connection("127.0.0.1", office.smtp_port)
        await reader.readline()
        began = time.monotonic()
        office.gateway.send(signal.SIGTERM)
        assert b"421 4.3.2" in await reader.read()
        assert await office.gateway.ended() == 0
        assert time.monotonic() - began < 10
        writer.close()
