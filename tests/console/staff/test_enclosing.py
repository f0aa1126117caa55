"""Files beside what staff write, without script: laid down, taken away, sent, refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from core.errors import StoreUnavailable
from tests.console.staff.kit import OURS, Browser, Page, at_the_console
from tests.gateway.api.kit import ApiOffice, api_office
from tests.gateway.gateway_kit import until
from ticket_store.desk import SqlDesk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PROGRAM = b"MZ" + bytes(200)
SCRIPT = {"HX-Request": "true"}
SAID = "Kami datang besok pukul 9.00 karena suku cadangnya tiba hari ini."
LIMITS = {"max_files": 3, "max_file_bytes": 4_096, "max_upload_bytes": 65_536}


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    """An office with pages for citizens, where answers wait as long as they may."""
    form = {"kind": "web_form", "secret": "rahasia-formulir-0123456789", **LIMITS}
    many = {"requests_per_minute": 100_000, "logins_per_address": 1_000}
    limits = {"tickets_per_ten_minutes": 500}
    folder = tmp_path_factory.mktemp("files")
    work = {"undo_seconds": 60}
    async with api_office(
        folder, doors={"formulir": form}, api=many, limits=limits, work=work
    ) as made:
        yield made


async def at_a_ticket(house: ApiOffice, who: Browser) -> tuple[str, Page]:
    path = f"/console/tiket/{await house.ticket()}"
    return path, await who.get(path)


async def brings(
    who: Browser,
    path: str,
    page: Page,
    form: dict[str, str],
    *files: tuple[str, bytes],
    **headers: str,
) -> Page:
    """A multipart form with the hidden fields of the page."""
    body = aiohttp.FormData()
    hidden = {name: page.field(name) for name in ("csrf", "version", "kotak", "berkas")}
    for name, held in ({"kind": "answer"} | hidden | form).items():
        body.add_field(name, held)
    for name, content in files:
        body.add_field("files", content, filename=name, content_type="image/png")
    anything: Any = body
    return await who.post(path, anything, **headers)


def waiting(page: Page, kind: str = "answer") -> list[str]:
    """Names of the files that wait beside a draft."""
    block = re.search(rf'id="berkas-{kind}".*?</div>', page.text, re.DOTALL)
    return re.findall(r'lampiran/\d+"><bdi>([^<]*)', block[0]) if block else []


def place(page: Page) -> str:
    found = re.search(r'href="(/console/tiket/[^/"]+/lampiran/\d+)"', page.text)
    assert found, page.words
    return found[1]


async def laid(house: ApiOffice, who: Browser, *files: tuple[str, bytes]) -> tuple[str, Page]:
    """A ticket with files that wait beside an answer."""
    path, page = await at_a_ticket(house, who)
    came = await brings(who, f"{path}/lampiran", page, {}, *files)
    assert came.status == 303, came.words
    return path, await who.get(path)


def stored(house: ApiOffice) -> set[bytes]:
    folder = house.hall.gateway.plan.folder / "attachments"
    return {one.read_bytes() for one in folder.rglob("*") if one.is_file()}


async def column(house: ApiOffice, query: str, *values: Any) -> list[Any]:
    return [row[0] for row in await house.hall.rows(query, *values)]


async def told_the_citizen(house: ApiOffice, number: str) -> Any:
    return await house.hall.store.proofs.conversation(number)


OUT = """SELECT f.filename FROM outbox_files f JOIN outbox o ON o.id = f.outbox_id
JOIN tickets t ON t.id = o.ticket_id WHERE t.number = ? ORDER BY f.outbox_id, f.position"""


# --- laid beside a draft -------------------------------------------------------------------------


async def test_files_wait_with_the_draft_for_their_writer_alone(
    house: ApiOffice, operator: Browser, care: Browser
) -> None:
    path, page = await at_a_ticket(house, operator)
    typed = {"text": "Terlampir jadwalnya"}
    came = await brings(operator, f"{path}/lampiran", page, typed, ("denah.png", PNG))
    assert (came.status, came.headers["Location"][-6:]) == (303, "#tulis")
    again = await operator.get(path)
    assert waiting(again) == ["denah.png"]
    assert waiting(again, "note") == []
    assert ">Terlampir jadwalnya</textarea>" in again.text
    assert waiting(await care.get(path)) == []
    own = await operator.get(place(again))
    assert "denah.png" in own.headers["Content-Disposition"]
    assert (await operator.get(f"{place(again)}/gambar")).headers["Content-Type"] == "image/png"
    for tail in ("", "/gambar"):
        assert (await care.get(place(again) + tail)).status == 404


async def test_one_is_taken_away_with_its_bytes(house: ApiOffice, operator: Browser) -> None:
    secret = PDF + b"% sekali ini saja"
    path, page = await laid(house, operator, ("a.pdf", secret), ("b.png", PNG))
    assert secret in stored(house)
    typed = {"text": "Tetap di sini", "kind": "answer"}
    gone = await operator.send(f"{place(page)}/hapus", page, typed)
    assert gone.status == 303
    again = await operator.get(path)
    assert waiting(again) == ["b.png"]
    assert "Tetap di sini" in again.text
    assert secret not in stored(house)
    assert (await operator.send(f"{place(page)}/hapus", page, typed)).status == 404


async def test_the_same_file_twice_is_there_once(house: ApiOffice, operator: Browser) -> None:
    path, page = await laid(house, operator, ("a.png", PNG))
    told = await brings(operator, f"{path}/lampiran", page, {}, ("a.png", PNG), **SCRIPT)
    assert (told.status, waiting(told)) == (200, ["a.png"])
    assert "<html" not in told.text


REFUSED = {
    "a program": ([("lihat.pdf", PROGRAM)], "tidak dapat dikirim"),
    "an archive": ([("a.zip", b"PK\3\4" + bytes(40))], "arsip"),
    "too large": ([("b.pdf", PDF + bytes(5_000))], "paling besar 4 KB: b.pdf"),
    "empty": ([("kosong.pdf", b"")], "kosong: kosong.pdf"),
    "too many": ([(f"{n}.png", PNG + bytes(n)) for n in range(4)], "Paling banyak 3 berkas"),
}


@pytest.mark.parametrize("why", REFUSED)
async def test_what_is_refused_says_why_and_leaves_nothing(
    house: ApiOffice, operator: Browser, why: str
) -> None:
    files, sentence = REFUSED[why]
    path, page = await at_a_ticket(house, operator)
    before = stored(house)
    typed = {"text": "Jangan hilang"}
    told = await brings(operator, f"{path}/lampiran", page, typed, *files)
    assert (told.status, sentence in told.words) == (422, True), told.words
    assert ">Jangan hilang</textarea>" in told.text
    assert stored(house) == before
    part = await brings(operator, f"{path}/lampiran", page, {}, *files, **SCRIPT)
    assert (part.status, sentence in part.words) == (200, True)
    assert waiting(await operator.get(path)) == []


async def test_strangers_and_foreign_pages_leave_no_file(
    house: ApiOffice, operator: Browser
) -> None:
    path, page = await at_a_ticket(house, operator)
    before = stored(house)
    typed = {"text": "Sudah lama ditulis"}
    lost = await brings(Browser(house.hall), f"{path}/lampiran", page, typed, ("a.png", PNG))
    assert (lost.status, "Sudah lama ditulis" in lost.words) == (401, True)
    forged = {**typed, "csrf": "x"}
    foreign = await brings(operator, f"{path}/lampiran", page, forged, ("a.png", PNG))
    assert (foreign.status, "Sudah lama ditulis" in foreign.words) == (403, True)
    leader = await at_the_console(house, "leader")
    seen = await leader.get(path)
    assert (await brings(leader, f"{path}/lampiran", seen, {}, ("a.png", PNG))).status == 403
    odd = await brings(operator, f"{path}/lampiran", page, {"kind": "surat"}, ("a.png", PNG))
    assert odd.status == 404
    technician = await at_the_console(house, "technician")
    home = await technician.get("/console/akun")
    assert (await brings(technician, f"{path}/lampiran", home, {}, ("a.png", PNG))).status == 404
    assert stored(house) == before


async def test_a_form_that_breaks_off_keeps_its_text(house: ApiOffice, operator: Browser) -> None:
    path, page = await at_a_ticket(house, operator)
    fields = {"csrf": page.field("csrf"), "kind": "answer", "text": "Ini sudah sampai"}
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{held}\r\n'
             for name, held in fields.items()]  # fmt: skip
    parts.append('--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\nab')
    body: Any = "".join(parts).encode()
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    told = await operator.post(f"{path}/lampiran", body, **OURS, **kind)
    assert (told.status, "tidak dapat disimpan" in told.words) == (422, True)
    assert "Ini sudah sampai" in told.text


# --- sent ----------------------------------------------------------------------------------------


async def test_an_answer_takes_its_files_and_comes_back_with_them(
    house: ApiOffice, operator: Browser
) -> None:
    path, page = await laid(house, operator, ("denah.png", PNG))
    number = path.rsplit("/", 1)[1]
    assert "Berkasnya diletakkan pada halaman tiket" in page.words
    sent = await brings(operator, f"{path}/answer", page, {"text": SAID}, ("surat.pdf", PDF))
    assert sent.status == 303, sent.words
    after = await operator.get(path)
    assert waiting(after) == []
    assert await column(house, OUT, number) == ["denah.png", "surat.pdf"]
    told = re.search(rf"{SAID}\s*Berkas: (\S+/t/{number})", after.words)
    assert told, after.words
    data = await column(house, "SELECT data FROM events WHERE kind = 'Answered' ORDER BY at DESC")
    assert '"files":2' in str(data[0]).replace(" ", "")
    shown = re.search(r'src="(/console/tiket/[^"]+/gambar/keluar/\d+/0)"', after.text)
    assert shown
    assert (await operator.get(shown[1])).headers["Content-Type"] == "image/png"
    paper = shown[1].replace("gambar", "berkas")[:-1] + "1"
    assert "surat.pdf" in (await operator.get(paper)).headers["Content-Disposition"]
    technician = await at_the_console(house, "technician")
    assert (await technician.get(paper)).status == 404

    assert not [one for one in await told_the_citizen(house, number) if one.files]
    back = re.search(r'action="(/console/tiket/[^/"]+/tarik/\d+)"', after.text)
    assert back
    assert (await operator.send(back[1], after, {})).status == 303
    again = await operator.get(path)
    assert waiting(again) == ["denah.png", "surat.pdf"]
    assert SAID not in str(await told_the_citizen(house, number))
    once_more = await brings(operator, f"{path}/answer", again, {"text": SAID})
    assert once_more.status == 303, once_more.words
    assert (await column(house, OUT, number))[2:] == ["denah.png", "surat.pdf"]


async def test_only_what_the_page_showed_leaves(house: ApiOffice, operator: Browser) -> None:
    path, page = await laid(house, operator, ("a.png", PNG))
    number = path.rsplit("/", 1)[1]
    await brings(operator, f"{path}/lampiran", page, {}, ("b.png", PNG + b"\0"))
    assert (await brings(operator, f"{path}/answer", page, {"text": SAID})).status == 303
    assert await column(house, OUT, number) == ["a.png"]
    assert waiting(await operator.get(path)) == ["b.png"]


WRONG = {"of nobody": "999999", "no number": "x", "huge": "9" * 30}


@pytest.mark.parametrize("name", WRONG)
async def test_files_that_are_not_there_stop_the_answer(
    house: ApiOffice, operator: Browser, name: str
) -> None:
    path, page = await at_a_ticket(house, operator)
    form = {"text": SAID, "berkas": WRONG[name]}
    told = await operator.send(f"{path}/answer", page, form)
    assert told.status in (409, 422)
    assert SAID in told.text
    assert await column(house, OUT, path.rsplit("/", 1)[1]) == []


async def test_nobody_sends_what_another_laid_down(
    house: ApiOffice, operator: Browser, care: Browser
) -> None:
    path, page = await laid(house, operator, ("a.png", PNG))
    seen = await care.get(path)
    form = {"text": SAID, "berkas": page.field("berkas")}
    told = await care.send(f"{path}/answer", seen, form)
    assert (told.status, "tidak tersimpan" in told.words) == (409, True)
    other, fresh = await at_a_ticket(house, operator)
    assert (await operator.send(f"{other}/answer", fresh, form)).status == 409
    assert (await operator.send(f"{path}/note", page, form)).status == 409
    assert waiting(await operator.get(path)) == ["a.png"]


async def test_what_was_said_by_mouth_takes_no_file(house: ApiOffice, operator: Browser) -> None:
    path, page = await laid(house, operator, ("a.png", PNG))
    told = await brings(operator, f"{path}/answer", page, {"text": SAID, "spoken": "1"})
    assert (told.status, "Jawaban lisan tidak mengirim berkas" in told.words) == (409, True)
    assert waiting(told) == ["a.png"]


async def test_a_note_has_files_that_never_leave(
    house: ApiOffice, operator: Browser, care: Browser
) -> None:
    path, page = await at_a_ticket(house, operator)
    form = {"text": "Foto dari lokasi", "kind": "note"}
    kept = await brings(operator, f"{path}/note", page, form, ("lokasi.png", PNG))
    assert kept.status == 303, kept.words
    seen = await care.get(path)
    shown = re.search(r'src="(/console/tiket/[^"]+/gambar/catatan/\d+/0)"', seen.text)
    assert shown
    assert (await care.get(shown[1])).headers["Content-Type"] == "image/png"
    assert await column(house, OUT, path.rsplit("/", 1)[1]) == []
    data = await column(house, "SELECT data FROM events WHERE kind = 'NoteAdded' ORDER BY at DESC")
    assert '"files":1' in str(data[0]).replace(" ", "")


async def test_while_the_store_is_away_the_text_stays(
    house: ApiOffice, operator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, page = await at_a_ticket(house, operator)

    async def away(*_: object) -> None:
        raise StoreUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(SqlDesk, "commit", away)
        told = await brings(operator, f"{path}/answer", page, {"text": SAID}, ("a.png", PNG))
    assert (told.status, SAID in told.words) == (503, True)
    assert waiting(await operator.get(path)) == []


# --- where they end ------------------------------------------------------------------------------


async def test_it_lies_on_the_page_of_the_ticket_and_the_text_leads_there(
    house: ApiOffice, operator: Browser
) -> None:
    """By SMS: the door carries the address, never the file."""
    path, page = await laid(house, operator, ("a.png", PNG))
    number = path.rsplit("/", 1)[1]
    done = await house.operator.act(number, "answer", {"text": SAID, "files": [
        int(page.field("berkas"))
    ]})  # fmt: skip
    assert done.status == 200, done.text

    await until(lambda: any(f"/t/{number}" in one for one in house.hall.texts()))
    (line,) = [one for one in await told_the_citizen(house, number) if one.files]
    assert [one.filename for one in line.files] == ["a.png"]


# --- by the API ----------------------------------------------------------------------------------


async def calls(house: ApiOffice, who: str, path: str, *files: tuple[str, bytes]) -> Any:
    body = aiohttp.FormData()
    for name, content in files:
        body.add_field("files", content, filename=name)
    headers = house.callers[who].headers
    url = f"{house.hall.base}/api/v1{path}"
    async with house.hall.http.post(url, data=body(), headers=headers) as answer:
        return answer.status, await answer.json()


async def test_the_api_lays_down_lists_takes_away_and_sends(house: ApiOffice) -> None:
    number = await house.ticket()
    place = f"/tickets/{number}/uploads"
    both = (("a.png", PNG), ("b.pdf", PDF))
    status, laid = await calls(house, "operator", f"{place}/answer", *both)
    assert status == 201, laid
    first, second = laid["items"]
    named = (first["filename"], first["content_type"], first["kind"])
    assert named == ("a.png", "image/png", "answer")
    assert (await house.operator.get(place)).json == laid
    assert (await house.care.get(place)).json == {"items": []}
    assert (await house.care.call("DELETE", f"{place}/files/{first['id']}")).status == 404
    assert (await house.operator.call("DELETE", f"{place}/files/{first['id']}")).status == 204
    body = {"text": SAID, "files": [second["id"]], "recallable": True}
    stolen = await house.care.act(number, "answer", body)
    assert (stolen.status, stolen.json["field"]) == (409, "files")
    assert (await house.operator.act(number, "answer", body)).status == 200
    (file,) = (await house.operator.get(f"/tickets/{number}/files")).json["items"]
    assert (file["side"], file["filename"]) == ("out", "b.pdf")
    one = f"/tickets/{number}/files/out/{file['message']}/{file['position']}"
    assert "b.pdf" in (await house.operator.get(one)).headers["Content-Disposition"]
    assert (await house.technician.get(one)).status == 404
    assert (await house.operator.get(one.replace("/out/", "/kiri/"))).status == 404
    many = {"text": SAID, "files": list(range(1, 30))}
    assert (await house.operator.act(number, "answer", many)).status == 422


async def test_the_api_refuses_in_words(house: ApiOffice) -> None:
    number = await house.ticket()
    place = f"/tickets/{number}/uploads"
    before = stored(house)
    status, told = await calls(house, "operator", f"{place}/answer", ("x.exe", PROGRAM))
    assert (status, told["field"], "tidak dapat dikirim" in told["detail"]) == (422, "files", True)
    status, told = await calls(house, "leader", f"{place}/answer", ("a.png", PNG))
    assert status == 403
    status, told = await calls(house, "technician", f"{place}/note", ("a.png", PNG))
    assert status == 404
    assert (await house.operator.post(f"{place}/answer", {"files": []})).status == 415
    assert (await house.operator.call("DELETE", f"{place}/files/x")).status == 404
    assert (await house.operator.post(f"{place}/surat", {})).status in (404, 405)
    assert stored(house) == before
