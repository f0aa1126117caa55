"""The worker for files: what comes in lies whole on disk, what fails stays with the file."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.errors import MalformedMessage, Scope, SendError, SendFailure, SendProblem
from core.model.attachments import AttachmentState
from gateway.attachment_folder import Incoming
from gateway.attachments import FilePace
from gateway.file_fetch import EMPTY, LOST, NO_ROOM, NO_WAY
from tests.core.model.test_file_types import EICAR, jpeg, office, png
from tests.gateway.file_kit import SMS, WA, Door, Options, hall, wanted
from tests.gateway.gateway_kit import until

if TYPE_CHECKING:
    from pathlib import Path

    from core.model.attachments import WantedFile
    from core.ports import Sink


def fails(failure: SendFailure, scope: Scope = Scope.MESSAGE, **more: Any) -> Any:
    problem = SendProblem(failure, "Rusak di penyedia.", "kode", scope, **more)

    def does(_: WantedFile, __: Sink) -> None:
        raise SendError(problem)

    return does


async def test_a_file_lies_whole_under_a_random_name(tmp_path: Path) -> None:
    door = Door(file=jpeg(640, 480) + b"x" * 200_000)
    async with hall(tmp_path, door) as there:
        await wanted(there)
        await there.settled()
        row = await there.row()
        path = there.folder / row.stored_as
        assert path.read_bytes() == door.file
        assert there.on_disk() == [path]
        assert path.stat().st_mode & 0o777 == 0o640
        assert (len(path.name), path.parent.name) == (32, path.name[:2])
        assert (row.state, row.found_type, row.found_size, row.sha256, row.reason) == (
            "stored", "image/jpeg", len(door.file), hashlib.sha256(door.file).hexdigest(), "",
        )  # fmt: skip
        assert there.count("files_fetched", channel="sms", outcome="stored") == 1


@pytest.mark.parametrize(
    ("file", "filename", "expected", "reason"),
    [
        (b"<svg onload='alert(1)'/>", "foto.jpg", ("stored", "image/svg+xml"), ""),
        (png(50_000, 50_000), "foto.png", ("stored", "application/octet-stream"), "terlalu besar"),
        (b"", "kosong.txt", ("stored", "application/octet-stream"), EMPTY),
        (EICAR, "a.txt", ("suspect", "application/octet-stream"), "program"),
        (b"MZ\0\0", "foto.jpg", ("suspect", "application/octet-stream"), "program"),
        (
            office("word", "word/vbaProject.bin"),
            "a.docx",
            ("suspect", "application/octet-stream"),
            "makro",
        ),
        (b"PK\5\6" + b"\0" * 18, "a.jpg", ("suspect", "application/octet-stream"), "arsip"),
        (b"teks", "\u202etxt.exe", ("suspect", "application/octet-stream"), "program"),
    ],
)
async def test_every_file_is_judged_by_its_bytes(
    file: bytes, filename: str, expected: tuple[str, str], reason: str, tmp_path: Path
) -> None:
    async with hall(tmp_path, Door(file=file)) as there:
        await wanted(there, filename=filename)
        await there.settled()
        row = await there.row()
    assert (row.state, row.found_type, row.found_size) == (*expected, len(file))
    assert reason in row.reason


async def test_a_form_s_file_is_only_examined(tmp_path: Path) -> None:
    async with hall(tmp_path, started=True) as there:
        name = "0123456789abcdef" * 2
        (there.folder / name).write_bytes(b"halo")
        await wanted(there, reference=f"file:{name}")
        await wanted(there, first=2, reference="file:" + "f" * 32)
        await wanted(there, first=3, reference="file:../../etc/passwd")
        await there.settled()
        first, second, third = await there.rows()
    assert (first.state, first.stored_as, first.found_type) == ("stored", name, "text/plain")
    assert [(row.state, row.reason) for row in (second, third)] == [
        ("unavailable", LOST.reason)
    ] * 2


async def test_a_part_of_the_payload_is_asked_from_its_door(tmp_path: Path) -> None:
    seen = []

    def does(wanted: WantedFile, into: Sink) -> None:
        seen.append((wanted.reference, wanted.raw))
        into.write(wanted.raw[3:])

    async with hall(tmp_path, Door(does=does)) as there:
        await wanted(there, reference="part:1", raw=b"xx:isi")
        await there.settled()
        path = there.folder / (await there.row()).stored_as
        assert path.read_bytes() == b"isi"
    assert seen == [("part:1", b"xx:isi")]


# --- failures ----------------------------------------------------------------------------------


async def test_a_failure_passes_and_the_file_comes(tmp_path: Path) -> None:
    tries = iter([fails(SendFailure.RETRY), fails(SendFailure.DOUBT)])

    def does(wanted: WantedFile, into: Sink) -> None:
        next(tries, lambda _, sink: sink.write(b"isi"))(wanted, into)

    async with hall(tmp_path, Door(does=does)) as there:
        await wanted(there)
        await there.settled()
        row = await there.row()
        assert (row.state, row.attempt, row.reason) == ("stored", 3, "")


@pytest.mark.parametrize(
    ("does", "tries", "reason"),
    [
        (fails(SendFailure.PERMANENT), 1, "Rusak di penyedia."),
        (fails(SendFailure.RETRY), 3, "Rusak di penyedia."),
        (lambda _, __: asyncio.sleep(9), 3, "terlalu lama"),
        (lambda _, sink: sink.write(b"x" * 1_000_001), 1, "melebihi batas 0.953674 MB"),
        (lambda _, __: (_ for _ in ()).throw(MalformedMessage("x")), 1, "tidak ditemukan"),
        (lambda _, __: int("x"), 3, "Kesalahan pada sistem kami."),
        (lambda _, __: (_ for _ in ()).throw(ConnectionError), 3, "Kesalahan pada sistem kami."),
    ],
)
async def test_what_never_comes_is_given_up_with_a_reason(
    does: Any, tries: int, reason: str, tmp_path: Path
) -> None:
    door = Door(does=does)
    async with hall(tmp_path, door) as there:
        await wanted(there)
        await there.settled()
        row = await there.row()
        assert (row.state, row.attempt, row.stored_as) == ("unavailable", tries, None)
        assert reason in row.reason
        assert there.on_disk() == []
    assert len(door.asked) == tries


async def test_what_claims_to_be_too_large_is_not_even_asked_for(tmp_path: Path) -> None:
    door = Door()
    async with hall(tmp_path, door) as there:
        await wanted(there, size=1_000_001)
        await there.settled()
        assert (await there.row()).state == "unavailable"
    assert door.asked == []


async def test_a_channel_without_a_way_to_fetch_says_so(tmp_path: Path) -> None:
    class Mute:
        id = WA

    async with hall(tmp_path, Mute()) as there:
        await wanted(there, channel=WA)
        await wanted(there, first=2, channel=SMS)
        await there.settled()
        assert [(row.state, row.reason) for row in await there.rows()] == [
            ("unavailable", NO_WAY.reason)
        ] * 2


async def test_a_revoked_token_pauses_its_channel_and_gives_nothing_up(tmp_path: Path) -> None:
    bad = Door(WA, does=fails(SendFailure.PAUSE, Scope.CHANNEL, retry_after=timedelta(seconds=60)))
    good = Door(SMS)
    async with hall(tmp_path, bad, good) as there:
        await wanted(there, 6, WA)
        await until(lambda: bool(bad.asked))
        await wanted(there, 3, SMS, first=7)
        await until(lambda: len(good.asked) == 3)
        await asyncio.sleep(0.2)
        found = {row.message_id: row for row in await there.rows()}
        assert {found[id_].state for id_ in range(1, 7)} == {"waiting"}
        assert {found[id_].state for id_ in (7, 8, 9)} == {"stored"}
        assert all(row.attempt == 0 for row in found.values() if row.reason)
        assert there.count("alarms", channel="wa", kind="files") >= 1
    assert len(bad.asked) <= 2


async def test_one_slow_channel_leaves_room_for_the_others(tmp_path: Path) -> None:
    slow = Door(WA, does=lambda _, __: asyncio.sleep(0.4))
    quick = Door(SMS)
    async with hall(tmp_path, slow, quick) as there:
        await wanted(there, 8, WA)
        await wanted(there, 4, SMS, first=9)
        await there.settled()
    assert slow.at_once <= 4
    assert len(quick.asked) == 4


async def test_never_more_at_once_than_set(tmp_path: Path) -> None:
    doors = [Door(one, does=lambda _, __: asyncio.sleep(0.02)) for one in (SMS, WA)]
    options = Options(pace=FilePace(3, timedelta(seconds=5), 0.02))
    async with hall(tmp_path, *doors, options=options) as there:
        await wanted(there, 8, SMS)
        await wanted(there, 8, WA, first=9)
        await there.settled()
    assert all(1 <= door.at_once <= 3 for door in doors)


# --- the disk ----------------------------------------------------------------------------------


def hidden(wanted: WantedFile, into: Sink) -> None:
    """A door that takes the disk's error for one of its connection."""
    try:
        into.write(b"lampir\n")
    except OSError:
        fails(SendFailure.RETRY)(wanted, into)


@pytest.mark.parametrize("does", [None, hidden])
async def test_a_full_disk_keeps_the_message_and_says_so(
    does: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F13: the write fails as it does on a full disk; afterwards there is room again."""
    full = [True]
    write = os.write

    def sometimes(handle: int, data: Any) -> int:
        if full[0] and len(data) == 7:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(handle, data)

    monkeypatch.setattr(os, "write", sometimes)
    async with hall(tmp_path, Door(file=b"lampir\n", does=does)) as there:
        await wanted(there)

        async def told() -> bool:
            return bool((await there.row()).reason)

        await until(told)
        row = await there.row()
        assert (row.state, row.reason) == ("waiting", NO_ROOM.reason)
        assert row.attempt <= 1
        assert there.count("alarms", channel="sms", kind="disk") >= 1
        full[0] = False
        await there.settled()
        row = await there.row()
        assert (row.state, row.reason) == ("stored", "")
        assert len(there.on_disk()) == 1


async def test_files_leave_the_store_its_room(tmp_path: Path) -> None:
    door = Door()
    async with hall(tmp_path, door, options=Options(keep_free=2**62)) as there:
        await wanted(there)

        async def told() -> bool:
            return bool((await there.row()).reason == NO_ROOM.reason)

        await until(told)
    assert door.asked == []


async def test_a_real_full_disk(tmp_path: Path) -> None:
    """/dev/full takes nothing: what the folder does with the system's own error."""
    incoming = Incoming(tmp_path / "x", 100)
    os.dup2(os.open("/dev/full", os.O_WRONLY), incoming._handle)
    with pytest.raises(OSError, match="No space") as caught:
        incoming.write(b"x")
    assert caught.value.errno == errno.ENOSPC
    assert incoming.failed
    incoming.drop()
    incoming.drop()
    assert list(tmp_path.iterdir()) == []


async def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    async with hall(tmp_path, Door(), started=False) as there:
        await wanted(there, state="stored", stored_as="ab/" + "ab" * 16)
        await wanted(there, first=2, reference="file:" + "cd" * 16)
        incoming = there.folder / ".incoming"
        incoming.mkdir()
        days = {
            "ab/" + "ab" * 16: 2, "cd" * 16: 2, "ef/" + "ef" * 16: 2, "ef/" + "11" * 16: 0.5,
            "ef/" + "22" * 16: 9, ".incoming/old": 2, ".incoming/new": 0.1, "ef/README": 2,
            "ef/" + "33" * 16: 181,  # waited beside a draft that is forgotten
        }  # fmt: skip
        for name, age in days.items():
            path = there.folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"x")
            at = time.time() - age * 86_400
            os.utime(path, (at, at))
        assert await there.worker.sweep_once() == 3
        gone = {name for name in days if not (there.folder / name).exists()}
    assert gone == {"ef/" + "ef" * 16, "ef/" + "33" * 16, ".incoming/old"}


async def test_a_result_that_comes_too_late_leaves_no_file(tmp_path: Path) -> None:
    async with hall(tmp_path, started=False) as there:
        await wanted(there)

        async def overtaken(_: WantedFile, into: Sink) -> None:
            into.write(b"terlambat")
            async with there.store.desk() as desk:
                now = there.worker._clock.now() + timedelta(days=1)
                assert len(await desk.attachments.claim(now, now, 5)) == 1
                await desk.commit()

        there.worker._fetch._doors = {SMS: Door(does=overtaken)}
        (claimed,) = await there.worker._claim()
        await there.worker._carry(claimed)
        assert there.on_disk() == []
        assert (await there.row()).state == "waiting"


async def test_an_end_in_the_middle_leaves_nothing_half(tmp_path: Path) -> None:
    def does(_: WantedFile, into: Sink) -> Any:
        into.write(b"setengah")
        return asyncio.sleep(30)

    door = Door(does=does)
    async with hall(tmp_path, door) as there:
        await wanted(there)
        await until(lambda: bool(door.asked))
    assert there.on_disk() == []


async def test_staff_can_ask_again(tmp_path: Path) -> None:
    door = Door()
    async with hall(tmp_path, door) as there:
        told = []
        there.worker.on_record.append(lambda: told.append(1))
        await wanted(there, state="unavailable", attempt=3, reason="Hilang.")
        async with there.store.desk() as desk:
            assert await desk.attachments.again(1, 0, there.worker._clock.now())
            await desk.commit()
        there.worker.wake()
        await there.settled()
        assert (await there.row()).state == "stored"
        assert told


def test_every_state_is_one_that_a_page_knows() -> None:
    assert {state.value for state in AttachmentState} == {
        "waiting", "stored", "suspect", "unavailable",
    }  # fmt: skip
