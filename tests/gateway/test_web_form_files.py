"""Files that come with a form: on disk before the message, within limits, never kept twice."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from typing import TYPE_CHECKING

import aiohttp
import pytest

from console.citizen import upload as uploading
from tests.gateway.citizen_kit import Citizen, Hall, Page, hall
from tests.gateway.gateway_kit import hang_up, locked, until
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

LIMITS = {"max_files": 3, "max_file_bytes": 200_000, "max_upload_bytes": 400_000}
File = tuple[str, bytes, str]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Hall]:
    async with hall(tmp_path, LIMITS) as found:
        yield found


def form(token: str, files: Sequence[File], text: str = "Jalan rusak") -> aiohttp.FormData:
    data = aiohttp.FormData({"token": token, "text": text})
    for name, content, kind in files:
        data.add_field("files", content, filename=name, content_type=kind)
    return data


async def send(someone: Citizen, *files: File, token: str = "") -> Page:
    token = token or (await someone.form()).token
    return await someone.post("/lapor/kirim", form(token, files))


async def kept(office: Hall) -> list[tuple[str, str, str, int]]:
    return [
        tuple(row)
        for row in await office.rows(
            "SELECT reference, filename, content_type, size FROM attachments "
            "ORDER BY message_id, position"
        )
    ]


async def test_files_lie_on_disk_under_names_that_nobody_guesses(office: Hall) -> None:
    photo, note = os.urandom(150_000), b"%PDF-1.7 x"
    page = await send(
        office.someone, ("foto.jpg", photo, "image/jpeg"), ("surat.pdf", note, "application/pdf")
    )
    assert page.number
    rows = await kept(office)
    assert [row[1:] for row in rows] == [
        ("foto.jpg", "image/jpeg", 150_000),
        ("surat.pdf", "application/pdf", 10),
    ]
    assert all(re.fullmatch(r"file:[0-9a-f]{32}", row[0]) for row in rows)
    contents = {hashlib.sha256(path.read_bytes()).digest() for path in office.files()}
    assert contents == {hashlib.sha256(photo).digest(), hashlib.sha256(note).digest()}


async def test_sent_twice_they_lie_there_once(office: Hall) -> None:
    token = (await office.someone.form()).token
    one = ("foto.jpg", b"isi foto", "image/jpeg")
    first = await send(office.someone, one, token=token)
    files = office.files()
    both = await asyncio.gather(*(send(office.someone, one, token=token) for _ in range(3)))
    assert {page.number for page in both} == {first.number}
    assert office.files() == files
    assert len(await kept(office)) == 1
    other = await send(office.someone, ("lain.jpg", b"foto lain", "image/jpeg"), one, token=token)
    assert other.number == first.number, "the same words join their ticket"
    assert [row[1] for row in await kept(office)] == ["foto.jpg", "lain.jpg", "foto.jpg"]
    assert len({row[0] for row in await kept(office)}) == 3 == len(office.files())


async def test_what_is_kept_while_the_store_is_away_serves_the_second_try(
    tmp_path: Path,
) -> None:
    async with hall(tmp_path, LIMITS) as office:
        one = ("foto.jpg", b"isi foto", "image/jpeg")
        async with locked(office, tmp_path):
            page = await send(office.someone, one)
            assert page.status == 503
        again = await send(office.someone, one, token=page.token)
        assert again.number
        assert len(office.files()) == 1


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([("kosong.txt", b"", "text/plain")], "kosong: kosong.txt"),
        ([("besar.jpg", b"x" * 200_001, "image/jpeg")], "besar.jpg"),
        ([(f"{n}.jpg", b"x", "image/jpeg") for n in range(4)], "Paling banyak 3"),
        ([(f"{n}.jpg", b"x" * 150_000, "image/jpeg") for n in range(3)], "bersama"),
    ],
    ids=["empty", "large", "many", "together"],
)
async def test_too_much_is_refused_by_name_and_leaves_nothing(
    office: Hall, files: list[File], said: str
) -> None:
    page = await send(office.someone, *files)
    assert (page.status, page.faults()) == (422, {"files"})
    assert said in page.alert
    assert page.value("text") == "Jalan rusak"
    assert office.files() == []
    assert await office.tickets() == []


async def test_two_hundred_files_and_a_flood_of_bytes_end_early(office: Hall) -> None:
    page = await send(office.someone, *[(f"{n}", b"x", "text/plain") for n in range(200)])
    assert page.status == 400
    page = await send(office.someone, ("besar", b"x" * 900_000, "text/plain"))
    assert page.status == 400
    assert page.value("text") == "Jalan rusak"
    assert office.files() == []


async def test_no_file_chosen_is_no_file(office: Hall) -> None:
    page = await send(office.someone, ("", b"", "application/octet-stream"))
    assert page.number
    assert await kept(office) == []
    assert office.files() == []


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "a/b.jpg",
        "x\u202egpj.exe",
        "\u200b.htaccess",
        "CON",
        "n" * 300,
        "ü\u0308.png",
    ],
)
async def test_names_are_shown_clean_and_are_never_paths(
    office: Hall, tmp_path: Path, name: str
) -> None:
    page = await send(office.someone, (name, b"isi", "text/plain"))
    assert page.number
    (row,) = await kept(office)
    assert "/" not in row[1]
    assert "\u202e" not in row[1]
    assert len(row[1].encode()) <= 255
    assert {path.parent for path in office.files()} == {tmp_path / "data/attachments"}
    shown = await office.someone.get(f"/t/{page.number}")
    assert shown.html.count('class="files"') == 1


async def test_with_a_fault_elsewhere_the_files_must_be_chosen_again(office: Hall) -> None:
    token = (await office.someone.form()).token
    page = await office.someone.post(
        "/lapor/kirim", form(token, [("a.jpg", b"isi", "image/jpeg")], text=" ")
    )
    assert page.faults() == {"text", "files"}
    assert "dipilih sekali lagi" in page.alert
    assert office.files() == []


async def test_a_full_disk_loses_no_complaint(
    office: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(uploading, "_opened", full)
        page = await send(office.someone, ("a.jpg", b"isi", "image/jpeg"))
    assert page.status == 422
    assert "tanpa lampiran" in page.alert
    with monkeypatch.context() as patch:
        patch.setattr(uploading, "_sync_folder", full)
        page = await send(office.someone, ("a.jpg", b"isi", "image/jpeg"), token=page.token)
    assert page.faults() == {"files"}
    assert office.files() == []
    assert (await send(office.someone, token=page.token)).number


BROKEN = [
    b"",
    b"--x",
    b"--x\r\n",
    b"--y\r\n\r\n",
    b"--x\r\nContent-Disposition: form-data\r\n\r\nab",
    b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nab',
    b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\nab',
    b"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n",
    b"--x\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--x--\r\n",
    b"--x\r\n" + b"A: b\r\n" * 5_000 + b"\r\n\r\n--x--",
    b"--x\r\nContent-Disposition: " + b"a" * 20_000 + b"\r\n\r\n--x--",
    b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + b"x" * 500_000 + b"\r\n--x--",
    b"\xff\xfe" * 5_000,
]


@pytest.mark.parametrize("body", BROKEN, ids=range(len(BROKEN)))
async def test_a_body_that_is_no_form_brings_an_empty_one_back(office: Hall, body: bytes) -> None:
    for kind in ("multipart/form-data; boundary=x", "multipart/form-data", "application/json"):
        head = {"Origin": office.base, "Content-Type": kind}
        page = await office.someone.post("/lapor/kirim", body, head)
        assert page.status in (400, 403, 422), page.html
        assert 'name="token"' in page.html
    assert office.files() == []
    assert "Traceback" not in office.log.getvalue()


async def test_a_form_that_never_ends_is_given_up(tmp_path: Path) -> None:
    async with hall(tmp_path, {"upload_seconds": 0.3}) as office:
        reader, writer = await asyncio.open_connection("127.0.0.1", office.gateway.port)
        writer.write(
            b"POST /lapor/kirim HTTP/1.1\r\nHost: x\r\n"
            b"Content-Type: multipart/form-data; boundary=x\r\n"
            b"Content-Length: 5000\r\n\r\n--x\r\nContent-Disposition: form-data; "
            b'name="files"; filename="a"\r\n\r\nabc'
        )
        head = await asyncio.wait_for(reader.readuntil(b"\r\n"), PATIENCE)
        assert b" 400 " in head
        await hang_up(writer)
        await until(lambda: office.files() == [])


async def test_a_browser_that_hangs_up_leaves_nothing(office: Hall) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", office.gateway.port)
    writer.write(
        b"POST /lapor/kirim HTTP/1.1\r\nHost: x\r\n"
        b"Content-Type: multipart/form-data; boundary=x\r\n"
        b"Content-Length: 190000\r\n\r\n--x\r\nContent-Disposition: form-data; "
        b'name="files"; filename="a"\r\n\r\n' + b"x" * 150_000
    )
    await until(lambda: len(office.files()) == 1)
    await hang_up(writer, rudely=True)
    await until(lambda: office.files() == [])
    assert "Traceback" not in office.log.getvalue()


def test_what_a_killed_process_had_half_received_is_swept(tmp_path: Path) -> None:
    old, young, whole = (tmp_path / name for name in ("incoming-1", "incoming-2", "a" * 32))
    for path in (old, young, whole):
        path.write_bytes(b"x")
    os.utime(old, (1_000, 1_000))
    os.utime(whole, (1_000, 1_000))
    assert uploading.sweep(tmp_path, young.stat().st_mtime) == 1
    assert sorted(tmp_path.iterdir()) == sorted([young, whole])
    assert uploading.sweep(tmp_path / "nothing", 0) == 0
