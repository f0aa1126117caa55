"""The scanner against a clamd that lies, and against the real one where it is installed."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import time
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

import pytest

from gateway.virus_scan import Scan, Verdict, VirusScanner
from tests.peers import free_port, need

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

BAD = b"ini isi yang dicari oleh tanda tangan uji kami\n"


@asynccontextmanager
async def answering(
    answer: bytes | None, *, early: bool = False
) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A clamd that takes the whole stream (or not) and says this; None: it hangs."""
    taken: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not early:
            assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
            while size := int.from_bytes(await reader.readexactly(4), "big"):
                taken.append(await reader.readexactly(size))
        if answer is None:
            await asyncio.sleep(5)
        writer.write(answer or b"")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", taken
    finally:
        server.close()


@pytest.mark.parametrize(
    ("answer", "scan"),
    [
        (b"stream: OK\0", Scan(Verdict.CLEAN)),
        (b"stream: Win.Test.EICAR_HDB-1 FOUND\0", Scan(Verdict.INFECTED, "Win.Test.EICAR_HDB-1")),
        (
            b"INSTREAM size limit exceeded. ERROR\0",
            Scan(Verdict.TOO_LARGE, "INSTREAM size limit exceeded. ERROR"),
        ),
        (b"UNKNOWN COMMAND\0", Scan(Verdict.UNANSWERED, "UNKNOWN COMMAND")),
        (b"stream: OK extra FOUND NOT\0", Scan(Verdict.UNANSWERED, "OK extra FOUND NOT")),
        (b"", Scan(Verdict.UNANSWERED, "no answer")),
        (b"\xff\xfe\0", Scan(Verdict.UNANSWERED, "\ufffd\ufffd")),
    ],
)
async def test_what_clamd_says_is_understood(answer: bytes, scan: Scan, tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"x" * 300_000)
    async with answering(answer) as (place, taken):
        assert await VirusScanner(place, 2).scan(file) == scan
    assert b"".join(taken) == b"x" * 300_000


async def test_one_that_hangs_up_early_is_still_heard(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"x" * 8_000_000)
    async with answering(b"INSTREAM size limit exceeded. ERROR\0", early=True) as (place, _):
        found = await VirusScanner(place, 2).scan(file)
    # the answer, unless the reset has overtaken it; clean it is never
    assert found.verdict in {Verdict.TOO_LARGE, Verdict.UNANSWERED}


async def test_one_that_hangs_or_is_away_is_no_error(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"x")
    async with answering(None) as (place, _):
        assert (await VirusScanner(place, 0.1).scan(file)).verdict is Verdict.UNANSWERED
    for place in (f"127.0.0.1:{free_port()}", str(tmp_path / "no.sock")):
        assert (await VirusScanner(place, 1).scan(file)).verdict is Verdict.UNANSWERED


async def test_a_file_that_is_gone_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await VirusScanner("127.0.0.1:1", 1).scan(tmp_path / "none")


@contextmanager
def clamd(folder: Path) -> Iterator[str]:
    """The real one, with a signature of our own: 19 MB instead of a gigabyte."""
    program = need("clamd", "apt-get install clamav-daemon")
    signatures = folder / "signatures"
    signatures.mkdir()
    digest = hashlib.md5(BAD).hexdigest()  # noqa: S324 - the form that .hdb files have
    (signatures / "own.hdb").write_text(f"{digest}:{len(BAD)}:Uji.Tanda-1\n")
    port = free_port()
    lines = [
        f"TCPSocket {port}", "TCPAddr 127.0.0.1", f"LocalSocket {folder}/clamd.sock",
        f"DatabaseDirectory {signatures}", "Foreground yes", f"LogFile {folder}/clamd.log",
        "StreamMaxLength 1M", "DisableCache yes",
    ]  # fmt: skip
    if os.geteuid() == 0:
        lines.append("User root")
    (folder / "clamd.conf").write_text("\n".join(lines) + "\n")
    command = [str(program), "-c", str(folder / "clamd.conf")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT) as server:
        try:
            end = time.monotonic() + 20
            while not (folder / "clamd.sock").exists():
                assert server.poll() is None, (folder / "clamd.log").read_text()
                assert time.monotonic() < end
                time.sleep(0.05)
            yield f"127.0.0.1:{port}"
        finally:
            server.terminate()


async def test_the_real_clamd_finds_what_it_knows(tmp_path: Path) -> None:
    file = tmp_path / "file"
    with clamd(tmp_path) as port:
        for place in (port, str(tmp_path / "clamd.sock")):
            scanner = VirusScanner(place, 10)
            found = []
            for content in (BAD, BAD + b"x", b"", b"x" * 1_500_000):
                file.write_bytes(content)
                found.append(await scanner.scan(file))
            assert found[0].verdict is Verdict.INFECTED
            assert found[0].said.startswith("Uji.Tanda-1")
            assert [scan.verdict for scan in found[1:3]] == [Verdict.CLEAN, Verdict.CLEAN]
            assert found[3].verdict in {Verdict.TOO_LARGE, Verdict.UNANSWERED}
