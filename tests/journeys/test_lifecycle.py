"""The process as a supervisor sees it: start, refuse to start, stop under load, start again."""

from __future__ import annotations

import asyncio
import signal
import socket
import sqlite3
import time
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING

import aiohttp
import pytest

from gateway.clock import SystemClock
from gateway.demo.faults import Fault
from gateway.demo.provider import SimulatedTwilio
from gateway.packages import HOME
from tests.gateway.gateway_kit import CITIZEN, TOKEN, account, message, phone, until
from tests.journeys.process import Served, complaint, configuration, free_port, run

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.journey

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
async def provider() -> AsyncIterator[SimulatedTwilio]:
    made = SimulatedTwilio(account(), SystemClock())
    made.pace = 0.0
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def served(tmp_path: Path, provider: SimulatedTwilio) -> AsyncIterator[Served]:
    port = free_port()
    made = Served(configuration(tmp_path, provider.base_url, port), port)
    provider._hooks.reach = made.url
    await made.start()
    yield made
    await made.kill()


@pytest.fixture(scope="module")
async def standing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """One process for the tests that only look at it."""
    port = free_port()
    made = Served(configuration(tmp_path_factory.mktemp("standing"), NOWHERE, port), port)
    await made.start()
    yield made
    await made.kill()


def stored(folder: Path, statement: str) -> list[tuple[str, ...]]:
    """Straight from the file, when the process is gone."""
    with closing(sqlite3.connect(folder / "helpdesk.db")) as file:
        return list(file.execute(statement))


@asynccontextmanager
async def load(served: Served, workers: int = 12) -> AsyncIterator[dict[str, int]]:
    """Citizens who write one after the other until the end; message id → status."""
    answers: dict[str, int] = {}
    over = asyncio.Event()

    async def write(worker: int, http: aiohttp.ClientSession) -> None:
        turn = 0
        while not over.is_set():
            fields = complaint(phone(worker * 100_000 + turn))
            answers[fields["MessageSid"]] = await served.post(http, fields)
            turn += 1
            if answers[fields["MessageSid"]] == 0:
                await asyncio.sleep(0.02)

    async with aiohttp.ClientSession() as http:
        tasks = [asyncio.create_task(write(worker, http)) for worker in range(workers)]
        try:
            yield answers
        finally:
            over.set()
            await asyncio.gather(*tasks)


# --- stopping --------------------------------------------------------------------------------


async def test_sigterm_under_load_loses_nothing(
    served: Served, provider: SimulatedTwilio, tmp_path: Path
) -> None:
    """Every 200 is a ticket; after the next start every ticket is acknowledged, once."""
    async with load(served) as answers:
        await until(lambda: sum(status == 200 for status in answers.values()) >= 30)
        began = time.monotonic()
        served.send(signal.SIGTERM)
        assert await served.ended() == 0
        assert time.monotonic() - began < 10
    taken = {own for own, status in answers.items() if status == 200}
    assert not {status for status in answers.values() if status >= 500}
    kept = {row[0] for row in stored(tmp_path, "SELECT external_id FROM messages")}
    assert taken <= kept
    numbers = [row[0] for row in stored(tmp_path, "SELECT number FROM tickets")]
    assert len(numbers) == len(set(numbers)) == len(kept)
    await served.start()
    await until(lambda: len(provider.sent) >= len(numbers))
    served.send(signal.SIGTERM)
    assert await served.ended() == 0
    told = [text.body for text in provider.sent]
    assert [sum(number in body for body in told) for number in numbers] == [1] * len(numbers)
    assert len(told) == len(numbers)


@asynccontextmanager
async def patient(folder: Path, provider: SimulatedTwilio) -> AsyncIterator[Served]:
    """A process that would wait half a minute for each send, before a provider that hangs."""
    port = free_port()
    slow = {"send_timeout_seconds": 30.0, "lease_seconds": 31.0}
    made = Served(configuration(folder, provider.base_url, port, dispatch=slow), port)
    provider.faults.sending = Fault.SLOW
    provider.faults.slow = 60
    await made.start()
    try:
        async with aiohttp.ClientSession() as http:
            calls = [made.post(http, complaint(phone(number))) for number in range(10)]
            assert set(await asyncio.gather(*calls)) == {200}
        await until(lambda: provider.calls > 0)
        yield made
    finally:
        await made.kill()


async def test_sigterm_with_a_hanging_provider_ends_in_time(
    tmp_path: Path, provider: SimulatedTwilio
) -> None:
    async with patient(tmp_path, provider) as made:
        began = time.monotonic()
        made.send(signal.SIGTERM)
        assert await made.ended() == 0
        assert time.monotonic() - began < 10
        assert "Traceback" not in made.log


async def test_a_second_sigterm_ends_at_once(tmp_path: Path, provider: SimulatedTwilio) -> None:
    """The first one waits for sends that hang; the second does not."""
    async with patient(tmp_path, provider) as made:
        made.send(signal.SIGTERM)
        await until(lambda: "stopping" in made.log)
        await asyncio.sleep(0.2)
        assert made.process is not None
        assert made.process.returncode is None
        began = time.monotonic()
        made.send(signal.SIGTERM)
        assert await made.ended() == 128 + signal.SIGTERM
        assert time.monotonic() - began < 2
        assert "Traceback" not in made.log


async def test_what_was_waiting_is_sent_after_the_restart(
    served: Served, provider: SimulatedTwilio
) -> None:
    """Ctrl-C is a stop like any other."""
    provider.faults.sending = Fault.UNAUTHORIZED
    async with aiohttp.ClientSession() as http:
        for number in range(4):
            assert await served.post(http, complaint(phone(number))) == 200
    served.send(signal.SIGINT)
    assert await served.ended() == 0
    assert "Traceback" not in served.log
    assert provider.sent == []
    provider.faults.sending = Fault.NONE
    await served.start()
    await until(lambda: len(provider.sent) == 4)
    assert sorted(text.recipient for text in provider.sent) == [phone(n) for n in range(4)]


async def test_a_killed_process_is_no_obstacle(served: Served, provider: SimulatedTwilio) -> None:
    """A stale lock file, and a write-ahead log that was never closed."""
    async with aiohttp.ClientSession() as http:
        assert await served.post(http, complaint(phone(1))) == 200
        await served.kill()
        await served.start()
        assert await served.post(http, complaint(phone(2))) == 200
    await until(lambda: {text.recipient for text in provider.sent} >= {phone(1), phone(2)})
    assert len(provider.sent) == 2


# --- what is said and left behind ------------------------------------------------------------


async def test_the_log_holds_no_secret_and_no_person(
    tmp_path: Path, provider: SimulatedTwilio
) -> None:
    port = free_port()
    path = configuration(tmp_path, provider.base_url, port, log={"level": "debug"})
    made = Served(path, port)
    provider._hooks.reach = made.url
    await made.start()
    try:
        provider.faults.script.extend([Fault.TOO_MANY, Fault.TAKEN_THEN_ERROR])
        text = "HELPDESK NIK 3510012345670001 hubungi 081234567890 atau +6281234567890"
        async with aiohttp.ClientSession() as http:
            assert await made.post(http, message(text)) == 200
            assert await made.post(http, message(MessageSid="", SmsSid="")) == 400
            assert await made.post(http, message(AccountSid="AC" + "b" * 32)) == 403
            async with http.post(made.url + "/hooks/sms", data={"From": CITIZEN}) as answer:
                assert answer.status == 401
        await until(lambda: len(provider.sent) == 1)
        made.send(signal.SIGTERM)
        assert await made.ended() == 0
        assert "messages taken" in made.log
        assert "request refused" in made.log
        for secret in (TOKEN, CITIZEN, CITIZEN[1:], "081234567890", "3510012345670001"):
            assert secret not in made.log
        assert "starting" in made.log
        assert "aiohttp 3." in made.log
    finally:
        await made.kill()


async def test_files_are_closed_to_others(standing: Served) -> None:
    folder = standing.config.parent
    made = [path for path in folder.rglob("*") if path.name.startswith(("helpdesk.db", "data"))]
    assert len(made) >= 4
    assert [path.name for path in made if path.stat().st_mode & 0o007] == []


# --- refusing to start -----------------------------------------------------------------------


def assert_one_sentence(said: list[str], *words: str) -> None:
    assert len(said) == 1
    for word in words:
        assert word in said[0]


async def test_a_second_process_on_the_same_file_is_refused(standing: Served) -> None:
    done = await run("serve", "--config", str(standing.config), cwd=standing.config.parent)
    assert (done.code, done.out) == (1, "")
    assert_one_sentence(done.lines, "Cannot start: ", "in use by process", "PostgreSQL")


@pytest.mark.parametrize("command", ["serve", "demo"])
async def test_a_taken_port_is_refused(tmp_path: Path, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        if command == "serve":
            more = ["--config", str(configuration(tmp_path, NOWHERE, port))]
        else:
            more = ["--port", str(port), "--folder", str(tmp_path), "--no-story"]
        done = await run(command, *more, cwd=tmp_path)
    assert done.code == 1
    sentences = [line for line in done.lines if line.startswith("Cannot start: ")]
    assert_one_sentence(sentences, "address already in use")
    assert "Traceback" not in done.said


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["--port", "70000"], 2, "70000"),
        (["--port", "x"], 2, "--port"),
        (["--folder", "berkas"], 2, "is a file"),
        (["--folder", "berkas/x"], 1, "Not a directory"),
        (["--stori"], 2, "--stori"),
    ],
    ids=str,
)
async def test_bad_arguments_of_the_demo(
    tmp_path: Path, arguments: list[str], code: int, word: str
) -> None:
    (tmp_path / "berkas").write_text("x")
    done = await run("demo", *arguments, cwd=tmp_path)
    assert done.code == code
    assert word in done.said
    assert "Traceback" not in done.said
    assert "Unclosed" not in done.said


@pytest.mark.parametrize("command", ["serve", "demo"])
async def test_a_weak_runtime_is_refused(tmp_path: Path, command: str) -> None:
    more = ["--folder", str(tmp_path / "demo")]
    if command == "serve":
        more = ["--config", str(configuration(tmp_path, NOWHERE, free_port()))]
    done = await run(command, *more, cwd=tmp_path, AIOHTTP_NO_EXTENSIONS="1")
    assert done.code == 1
    assert_one_sentence(done.lines, "Cannot start: ", "C parser")
    assert not (tmp_path / "helpdesk.db").exists()
    assert not (tmp_path / "demo").exists()


async def test_foreign_packages_are_refused_before_anything_of_theirs_runs(tmp_path: Path) -> None:
    foreign = tmp_path / "asing"
    (foreign / "channels").mkdir(parents=True)
    (foreign / "channels" / "__init__.py").write_text("print('asing berjalan')")
    done = await run("serve", cwd=HOME, PYTHONPATH=f"{foreign}:{HOME}", PYTHONSAFEPATH="1")
    assert (done.code, done.out) == (2, "")
    assert_one_sentence(done.lines, "channels", str(foreign))


async def test_a_store_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("x")
    url = f"sqlite+aiosqlite:///{tmp_path}/berkas/helpdesk.db"
    path = configuration(tmp_path, NOWHERE, free_port(), store={"url": url})
    done = await run("serve", "--config", str(path), cwd=tmp_path)
    assert done.code == 1
    assert_one_sentence(done.lines, "Cannot start: ")


async def test_a_damaged_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "helpdesk.db").write_bytes(b"bukan basis data" * 1000)
    path = configuration(tmp_path, NOWHERE, free_port())
    done = await run("serve", "--config", str(path), cwd=tmp_path)
    assert done.code == 1
    assert_one_sentence(done.lines, "Cannot start: ")
