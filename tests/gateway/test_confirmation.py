"""A typed mail address is a claim until its owner says yes (threats.md rows 7, 28; S6).

The SMS channel stands for the mail door in most tests: what is promised to whom is looked at in
the outbox. The last one has the real door and a relay.
"""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

import pytest

from tests.channels.email.relay_kit import relaying
from tests.gateway.citizen_kit import Hall, hall
from tests.gateway.gateway_kit import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

DAY = timedelta(days=1)
WIDE = {"forms_per_address": 10**6, "forms_per_minute": 10**6}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Hall]:
    async with hall(tmp_path, WIDE, confirm_by="sms") as found:
        yield found


def link(text: str) -> str:
    """The path of the link in a question."""
    found = re.search(r"http://127\.0\.0\.1:8080(/t/[^\s]+/konfirmasi\?t=[0-9a-f]{32})", text)
    assert found, text
    return found[1]


async def asked(office: Hall) -> list[tuple[str, str, int | None]]:
    """Recipient, text and ticket of every question so far."""
    return [(row[2], row[3], row[4]) for row in await office.outbox("confirm")]


async def test_the_owner_says_yes_and_is_told_number_and_times(office: Hall) -> None:
    page = await office.someone.send(
        "Kata-kata pelapor", email="Sari@Contoh.id", name="Nama Pelapor", place="Tempat"
    )
    assert "sa***@contoh.id" in page.html.lower()
    ((recipient, text, ticket),) = await asked(office)
    assert recipient == "Sari@contoh.id"
    assert ticket is None, "no subject is made from a ticket's words"
    for word in ("Kata-kata", "Nama Pelapor", "Tempat", page.code):
        assert word not in text
    async with office.stranger() as owner:
        shown = await owner.get(link(text))
        assert "Konfirmasi" in shown.html
        assert await office.outbox("ack") == []
        path, token = link(text).split("?t=")
        done = await owner.post(path, {"t": token})
        assert "sudah dikonfirmasi" in done.html
        twice = await owner.post(path, {"t": token})
        assert "sudah dikonfirmasi" in twice.html
        assert 'name="code"' in (await owner.get(f"/t/{page.number}")).html
    ((_, _, told, words, about),) = await office.outbox("ack") or await office.outbox("out_%")
    assert told == recipient
    assert page.number in words
    (row,) = await office.tickets()
    assert about == row.id
    parts = await office.rows("SELECT ticket_id, role FROM participants")
    assert parts == [(row.id, "reporter")]


async def test_without_a_mail_door_no_question_leaves(tmp_path: Path) -> None:
    async with hall(tmp_path) as office:
        page = await office.someone.send(email="sari@contoh.id")
        assert page.number
        assert "sa***@" not in page.html
        assert await office.outbox() == []
        assert await office.rows("SELECT value FROM claims") == [("sari@contoh.id",)]


async def test_the_same_form_asks_once(office: Hall) -> None:
    token = (await office.someone.form()).token
    for _ in range(3):
        await office.someone.send(token=token, email="sari@contoh.id")
    await asyncio.gather(
        *(office.someone.send(token=token, email="sari@contoh.id") for _ in range(4))
    )
    assert len(await asked(office)) == 1
    assert len(await office.rows("SELECT * FROM claims")) == 1


async def test_many_forms_that_name_a_stranger_send_one_mail(office: Hall) -> None:
    """S6 in small: the rule holds by address and day, whoever sends and however many at once."""
    async with office.stranger(cookies=False) as crowd:

        async def one(n: int) -> None:
            spelling = ("korban@contoh.id", " korban@CONTOH.id ")[n % 2]
            assert (await crowd.send(f"Laporan {n}", email=spelling)).number

        for start in range(0, 200, 20):
            await asyncio.gather(*(one(n) for n in range(start, start + 20)))
    assert len(await asked(office)) == 1
    assert len(await office.tickets()) == 200
    assert office.texts() == []
    office.clock.ahead = DAY + timedelta(minutes=1)
    await office.someone.send(email="korban@contoh.id")
    assert len(await asked(office)) == 2


async def test_whoever_confirms_may_be_asked_three_times_a_day(office: Hall) -> None:
    for n in range(5):
        await office.someone.send(f"Laporan {n}", email="sari@contoh.id")
        questions = await asked(office)
        path, token = link(questions[-1][1]).split("?t=")
        await office.someone.post(path, {"t": token})
    assert len(await asked(office)) == 3


async def test_the_office_bounds_all_of_them(tmp_path: Path) -> None:
    rules = WIDE | {"confirmations_per_day": 2}
    async with hall(tmp_path, rules, confirm_by="sms") as office:
        for n in range(5):
            assert (await office.someone.send(email=f"orang{n}@contoh.id")).number
        assert len(await asked(office)) == 2
        assert len(await office.rows("SELECT * FROM claims")) == 5


@pytest.mark.parametrize("address", ["no-reply@contoh.id", "mailer-daemon@contoh.id"])
async def test_machines_are_not_asked(office: Hall, address: str) -> None:
    assert (await office.someone.send(email=address)).number
    assert await asked(office) == []


async def test_foreign_old_and_altered_links_do_nothing(office: Hall) -> None:
    first = await office.someone.send("Satu", email="sari@contoh.id")
    second = await office.someone.send("Dua", email="budi@contoh.id")
    one, two = [link(text).split("?t=") for _, text, _ in await asked(office)]
    async with office.stranger() as other:
        for path, token in (
            (one[0], two[1]), (two[0], one[1]), (one[0], ""), (one[0], "x" * 500),
            (one[0], one[1].upper() + "0"), (one[0], "unsent:" + one[1]), (one[0], one[1][:-1]),
        ):  # fmt: skip
            assert (await other.get(f"{path}?t={token}")).status == 404
            assert (await other.post(path, {"t": token})).status == 404
        assert (await other.post(one[0], {})).status == 404
        office.clock.ahead = 7 * DAY
        for path, token in (one, two):
            assert (await other.get(f"{path}?t={token}")).status == 404
            assert (await other.post(path, {"t": token})).status == 404
    assert first.number != second.number
    assert await office.rows("SELECT * FROM participants") == []
    assert await office.outbox("ack") + await office.outbox("out%") == []


def said(mail: bytes) -> tuple[str, str, str]:
    """Recipient, subject and text of a mail as a reader shows them."""
    found = message_from_bytes(mail, policy=default)
    body = found.get_body(("plain",))
    assert body is not None
    return str(found["To"]), str(found["Subject"]), str(body.get_content())


async def test_through_the_real_mail_door(tmp_path: Path) -> None:
    async with relaying() as relay:
        surel = {
            "kind": "email",
            "address": "lapor@dinas.example",
            "token_secret": "rahasia-surel-0123456789",
            "smtp_in": {"port": 0},
            "smtp_out": {"host": "127.0.0.1", "port": relay.port, "security": "plain"},
        }
        async with hall(tmp_path, {"confirm_by": "surel"}, more={"surel": surel}) as office:
            page = await office.someone.send("Kata pelapor", email="sari@contoh.example")
            await until(lambda: len(relay.mails) == 1)
            to, subject, text = said(relay.mails[0])
            assert to == "sari@contoh.example"
            assert "Kata pelapor" not in subject + text
            assert "HD26" not in subject, "a subject with a number would let an answer join"
            path, token = link(text).split("?t=")
            await office.someone.post(path, {"t": token})
            await until(lambda: len(relay.mails) == 2)
            to, subject, text = said(relay.mails[1])
            assert to == "sari@contoh.example"
            assert page.number in subject
            assert "Kata pelapor" in text
            assert "WIB" in text
