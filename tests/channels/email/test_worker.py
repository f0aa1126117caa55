from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from channels.email.limits import is_light
from channels.email.reading import read_mail
from channels.email.worker import Readers
from tests.channels.email.mails import part, raw, whole
from tests.channels.email.test_reading import CAPTURED

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

BIG = whole(
    "mixed",
    part("Content-Type: text/plain", "Halo\n" * 40_000),
    part("Content-Type: a/b; name=x.bin", b"isi"),
)
SLOW = raw("Content-Type: text/html\n", b"<p><b>" * 160_000)


@pytest.fixture(scope="module")
async def readers() -> AsyncIterator[Readers]:
    made = Readers()
    yield made
    await made.close()


def processes() -> set[int]:
    return {child.pid for child in psutil.Process(os.getpid()).children(recursive=True)}


@pytest.mark.parametrize(
    ("mail", "light"),
    [
        (raw(), True),
        *((one, True) for one in CAPTURED),
        (BIG, False),
        (raw("", b"=?" * 300), False),
        (raw("", b"<" * 4000), False),
        (raw("", b"\n--" * 200), False),
        (raw("Content-Type: application/ms-tnef\n"), False),
        (raw("Content-Type: a/b; name=WinMail.dat\n"), False),
        (raw("Content-Type: a/b; name=win.dat\n"), False),
    ],
)
def test_which_mail_is_read_on_the_spot(mail: bytes, light: bool) -> None:
    assert is_light(mail) is light


async def test_light_mail_needs_no_process() -> None:
    before = processes()
    made = Readers()
    assert (await made.read_apart(CAPTURED[0])).subject.startswith("Re:")
    assert processes() == before
    await made.close()


@pytest.mark.parametrize("mail", [BIG, *(one + b"\n" * 110_000 for one in CAPTURED)])
async def test_apart_gives_the_same_as_here(readers: Readers, mail: bytes) -> None:
    assert not is_light(mail)
    assert await readers.read_apart(mail) == read_mail(mail)


async def test_a_part_of_a_big_mail(readers: Readers) -> None:
    assert await readers.part_apart(BIG, 0) == b"isi"
    for index in (1, -1):
        with pytest.raises(IndexError):
            await readers.part_apart(BIG, index)
    with pytest.raises(IndexError):
        await readers.part_apart(raw(), 0)


async def test_a_mail_that_takes_too_long_holds_up_nobody() -> None:
    made = Readers(seconds=0.5)
    await made.read_apart(BIG)  # the process is up
    slow = asyncio.create_task(made.read_apart(SLOW))
    longest = 0.0
    while not slow.done():
        began = time.thread_time()
        await made.read_apart(CAPTURED[0])
        await asyncio.sleep(0.01)
        longest = max(longest, time.thread_time() - began)
    mail = slow.result()
    assert mail.defects == ("took too long to read",)
    assert mail.sender is not None
    assert longest < 0.1
    assert (await made.read_apart(BIG)).defects == ()  # the next one has a new process
    await made.close()


async def test_a_mail_that_takes_too_much_memory_is_read_roughly() -> None:
    made = Readers(memory=150 * 2**20)
    mail = await made.read_apart(raw("", b"a" * 30_000_000))
    assert mail.sender is not None
    assert mail.defects != ()
    await made.close()


def pid_of(made: Readers) -> int:
    assert made._process is not None
    assert made._process.pid is not None
    return made._process.pid


async def test_a_killed_process_is_replaced(readers: Readers) -> None:
    await readers.read_apart(BIG)
    victim = pid_of(readers)
    psutil.Process(victim).kill()
    found = [await readers.read_apart(BIG) for _ in range(2)]
    assert found[1] == read_mail(BIG)
    assert pid_of(readers) != victim


async def test_closing_ends_the_process_and_may_be_repeated() -> None:
    made = Readers()
    await made.read_apart(BIG)
    pid = pid_of(made)
    assert psutil.pid_exists(pid)
    await made.close()
    await made.close()
    assert not psutil.pid_exists(pid)
    assert (await made.read_apart(BIG)).defects == ("took too long to read",)
