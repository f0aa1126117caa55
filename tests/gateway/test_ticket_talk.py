"""What is said on the page of a ticket: words, files and buttons, by the way of all messages."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from core.errors import StoreUnavailable
from core.model.acts import Answer, Cancel, Close, Reject, Review
from core.model.proof import LONG, code_from
from core.model.ticket import Status
from tests.gateway.citizen_kit import SECRET, Citizen, Hall, Page, hall
from tests.gateway.gateway_kit import until
from tests.gateway.staff_kit import PENDING, SOLVED, does
from tests.gateway.test_ticket_page import by_sms, sent_code

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from core.model.acts import Act


DAY = timedelta(days=1)
WIDE = {"forms_per_minute": 10**6, "forms_per_address": 10**6, "codes_per_day": 10**6}
HOSTILE = '<img src=x onerror="alert(1)">"\'{{7*7}}%(number)s'


@pytest.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    async with hall(tmp_path_factory.mktemp("percakapan"), WIDE) as found:
        yield found


@pytest.fixture
async def someone(office: Hall) -> AsyncIterator[Citizen]:
    async with office.stranger() as citizen:
        yield citizen


def body(page: Page, key: str = "", text: str = "", *files: tuple[str, bytes]) -> Any:
    """The form of the page, filled in."""
    form = aiohttp.FormData({"token": page.value("token"), "key": key, "text": text})
    for name, content in files:
        form.add_field("files", content, filename=name, content_type="image/png")
    return form


def lines(page: Page) -> list[str]:
    """The conversation: side and text of each line."""
    found = re.findall(
        r'<li class="line line--(\w+)".*?(?:<p class="line__text">(.*?)</p>|</li>)',
        page.html,
        re.DOTALL,
    )
    return [f"{side}: {text}" for side, text in found]


def keys(page: Page) -> list[str]:
    """The forms that the page offers."""
    return re.findall(r'name="key" value="(\w*)"', page.html)


async def opened(someone: Citizen, text: str = "Lampu jalan padam") -> tuple[str, Page]:
    number = (await someone.send(text)).number
    return number, await someone.get(f"/t/{number}")


async def status(office: Hall, number: str) -> Status:
    return (await office.store.work.ticket(number)).status


async def test_words_and_files_join_and_are_at_once_visible(
    office: Hall, someone: Citizen
) -> None:
    number, page = await opened(someone)
    sent = body(page, "", f"Tiang ketiga\r\n{HOSTILE}", ("foto.png", b"\x89PNG\r\n\x1a\n123"))
    page = await someone.post(f"/t/{number}/balas?lang=id", sent)
    assert (page.status, "Pesan Anda sudah kami terima." in page.html) == (200, True)
    assert [line.partition("\n")[0] for line in lines(page)] == [
        "mine: Lampu jalan padam",
        "mine: Tiang ketiga",
    ]
    assert "<img" not in page.html.replace('<img class="masthead__mark"', "")
    assert "49" not in lines(page)[1]
    (row,) = [row for row in await office.tickets() if row.number == number]
    kinds = [event.kind for event in await office.store.reads.history(number)]
    assert kinds == ["TicketOpened", "MessageJoined"]
    assert row.contacts == 2

    async def stored() -> bool:
        return "/berkas/masuk/" in (await someone.get(f"/t/{number}")).html

    await until(stored)
    path = re.findall(r'href="(/t/[^"]+/berkas/[^"]+)"', (await someone.get(f"/t/{number}")).html)
    async with someone.http.get(someone.base + path[0]) as answer:
        assert await answer.read() == b"\x89PNG\r\n\x1a\n123"
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''foto.png"
        assert answer.headers["Cache-Control"] == "no-store"
    async with office.stranger() as other:
        assert 'name="code"' in (await other.get(path[0])).html
        stranger = (await other.send("Lain")).number
        gone = await other.get(path[0].replace(number, stranger))
        assert (gone.status, "tidak tersedia" in gone.alert) == (404, True)
    for odd in ("keluar/1/0", "masuk/x/0", "masuk/1/99999999999999999999", "../1/0"):
        assert (await someone.get(f"/t/{number}/berkas/{odd}")).status == 404


async def test_the_same_twice_is_once_and_changed_words_are_another(someone: Citizen) -> None:
    number, page = await opened(someone)
    for text in ("Sama", "Sama", "Lain"):
        await someone.post(f"/t/{number}/balas", body(page, "", text))
    both = await asyncio.gather(
        *(someone.post(f"/t/{number}/balas", body(page, "", "Serentak")) for _ in range(2))
    )
    assert [page.status for page in both] == [200, 200]
    shown = lines(await someone.get(f"/t/{number}"))
    assert [line[6:] for line in shown[1:]] == ["Sama", "Lain", "Serentak"]


async def test_an_answer_lies_on_the_page_and_is_read_there(
    office: Hall, someone: Citizen
) -> None:
    number, _ = await opened(someone)
    await does(office, number, Review(), Answer(f"Petugas datang besok. {HOSTILE}"))
    await does(office, number, Answer("Lewat telepon: sudah jelas", spoken=True))

    async def laid() -> list[Any]:
        return [row[0] for row in await office.rows(
            "SELECT delivery FROM outbox WHERE purpose = 'answer' AND ticket_id = "
            "(SELECT id FROM tickets WHERE number = ?)", number,
        )]  # fmt: skip

    await until(lambda: _is(laid, ["sent"]))
    page = await someone.get(f"/t/{number}")
    assert lines(page)[1].startswith("office: Petugas datang besok. &lt;img")
    assert lines(page)[2] == "office: Lewat telepon: sudah jelas"
    assert "langsung atau lewat telepon" in page.html
    assert "Rina" not in page.html
    assert "Petugas sudah menjawab" not in page.html, "under review it says what is done now"
    assert "Sudah dijawab petugas</dt>" in page.html
    await until(lambda: _is(laid, ["read"]))


async def _is(read: Any, wanted: object) -> bool:
    return bool(await read() == wanted)


async def test_by_sms_both_channels_are_one_conversation(office: Hall) -> None:
    number = await by_sms(office, "HELPDESK lampu mati di pasar", "+6281234500011")
    other = await by_sms(office, "HELPDESK soal lain dari orang lain", "+6281234500012")
    async with office.stranger() as someone:
        await someone.post(f"/t/{number}/kode", {})
        code = await sent_code(office, number)
        page = await someone.post(f"/t/{number}", {"code": code})
        assert lines(page)[0] == "mine: HELPDESK lampu mati di pasar"
        assert [line[:5] for line in lines(page)] == ["mine:", "auto:"]
        assert "SMS, 0812****0011" in page.html
        assert "+6281234500011" not in page.html
        before = len(await office.outbox())
        page = await someone.post(f"/t/{number}/balas", body(page, "", "Tiang nomor tiga"))
        assert lines(page)[-1] == "mine: Tiang nomor tiga"
        assert len(await office.outbox()) == before, "nothing leaves for what the page shows"
        await does(office, number, Review(), Answer("Kami periksa"))
        sent = [row for row in await office.outbox("answer") if row[3] == "Kami periksa"]
        assert [(row[1], row[2]) for row in sent] == [("sms", "+6281234500011")]
        page = await someone.get(f"/t/{number}")
        assert lines(page)[-1] == "office: Kami periksa"
        assert "orang lain" not in page.html
        assert 'name="code"' in (await someone.get(f"/t/{other}")).html


@dataclass(frozen=True)
class Button:
    """A button, after which acts, what it says in the conversation, and what it does."""

    key: str
    said: str
    becomes: Status
    acts: tuple[Act, ...] = ()


REJECTED = (Review(), Reject("outside_authority", "Bukan wewenang kami", "Perbup 3/2020", ""))
BUTTONS = [
    Button("escalate", "Anda meminta perhatian atasan.", Status.RECEIVED),
    Button("cancel", "Anda membatalkan laporan.", Status.CANCELLED),
    Button("confirm", "Anda menyatakan sudah beres.", Status.CLOSED, SOLVED),
    Button("reopen", "Anda meminta laporan dibuka kembali.", Status.IN_PROGRESS, SOLVED),
    Button("object", "Anda mengajukan keberatan.", Status.UNDER_REVIEW, REJECTED),
    Button(
        *("reopen", "Anda meminta laporan dibuka kembali.", Status.RECEIVED),
        acts=(Review(), Cancel("salah alamat")),
    ),
]


@pytest.mark.parametrize("button", BUTTONS, ids=lambda one: f"{one.key}-{one.becomes}")
async def test_a_button_does_what_its_command_does_in_a_chat(
    office: Hall, someone: Citizen, button: Button
) -> None:
    number, _ = await opened(someone)
    await does(office, number, *button.acts)
    page = await someone.get(f"/t/{number}")
    assert button.key in keys(page)
    for _ in range(2):  # a double click does it once, and tells the same
        page = await someone.post(f"/t/{number}/balas", body(page, button.key, "karena begini"))
        assert (page.status, "Pesan Anda sudah kami terima." in page.html) == (200, True)
    assert await status(office, number) is button.becomes
    mine = [line for line in lines(page) if line.startswith("mine: Anda")]
    assert mine == [f"mine: {button.said}\nkarena begini"]
    assert button.key not in keys(page)


async def test_what_waits_and_what_was_done_is_told(office: Hall, someone: Citizen) -> None:
    number, _ = await opened(someone)
    await does(office, number, *PENDING)
    page = await someone.get(f"/t/{number}")
    for words in ("vendor lampu", "perangkat dipesan: kabel putus", "Perkiraan dilanjutkan"):
        assert words in page.html
    assert "Ditetapkan kembali begitu pekerjaan dilanjutkan." in page.html
    assert "equipment is on order: kabel putus" in (await someone.get(f"/t/{number}?lang=en")).html
    await does(office, number, *SOLVED[2:])
    page = await someone.get(f"/t/{number}")
    assert "Kabel sudah diganti" in page.html
    assert 'href="/s/' in page.html
    told = [line for line in lines(page) if line.startswith("auto: ")]
    assert "menunggu" in told[0]
    assert "kami nyatakan selesai" in told[1]
    assert "/s/" in told[1]
    # a page that is perhaps never opened is no reason to close by silence
    assert (await office.store.work.ticket(number)).noticed_at is None
    assert keys(page) == ["confirm", "reopen"]


async def test_too_late_to_reopen_words_open_a_ticket_that_names_the_old_one(
    tmp_path: Path,
) -> None:
    async with hall(tmp_path) as office:
        someone = office.someone
        number, _ = await opened(someone)
        await does(office, number, *SOLVED, Close("tuntas"))
        assert keys(await someone.get(f"/t/{number}")) == ["reopen"]
        office.clock.ahead = 8 * DAY
        page = await someone.post(f"/t/{number}", {"code": code_of(number)})
        assert keys(page) == [""]
        page = await someone.post(f"/t/{number}/balas", body(page, "", "Padam lagi"))
        assert page.number not in ("", number)
        assert page.code
        new = await office.store.work.ticket(page.number)
        assert new.linked_to == (await office.store.work.ticket(number)).id
        async with office.stranger() as other:
            shown = await other.post(f"/t/{page.number}", {"code": page.code})
            assert lines(shown) == ["mine: Padam lagi"]


def code_of(number: str) -> str:
    """The code that the form showed, made anew."""
    return code_from(SECRET.encode(), number, LONG)


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        ("", " \u200b ", "Tulis dulu pesan Anda"),
        ("", "x" * 10_001, "paling banyak 10.000 huruf"),
        ("confirm", "kata", "Keadaan laporan sudah berubah"),
        ("ngawur", "kata", "Keadaan laporan sudah berubah"),
    ],
)
async def test_what_cannot_be_taken_comes_back_as_typed(
    someone: Citizen, key: str, text: str, sentence: str
) -> None:
    number, page = await opened(someone)
    files = [("a.png", b"isi")] if text.strip(" \u200b") else []
    page = await someone.post(f"/t/{number}/balas", body(page, key, text, *files))
    assert page.status in (409, 422)
    assert sentence in page.html
    assert page.value("text") == text
    assert page.html.count("dipilih sekali lagi") == len(files)
    assert len(lines(page)) == 1


async def test_words_survive_a_visit_that_ended_a_forged_form_and_a_store_that_is_away(
    office: Hall, someone: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = await someone.send("Lampu jalan padam")
    number = taken.number
    page = await someone.get(f"/t/{number}")
    sent = body(page, "", HOSTILE)

    async def away(*_: object) -> Any:
        raise StoreUnavailable

    with monkeypatch.context() as patched:
        patched.setattr(office.gateway.intake, "take", away)
        again = await someone.post(f"/t/{number}/balas", sent)
        assert (again.status, again.value("text")) == (503, HOSTILE)
    for wrong in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://jahat.example"}):
        again = await someone.post(f"/t/{number}/balas", body(page, "", HOSTILE), wrong)
        assert (again.status, again.value("text")) == (403, HOSTILE)
    forged = {"token": page.token[:-1] + "x", "key": "", "text": HOSTILE}
    again = await someone.post(f"/t/{number}/balas", forged)
    assert (again.status, again.value("text")) == (403, HOSTILE)
    async with office.stranger() as other:
        asked = await other.post(f"/t/{number}/balas", body(page, "", HOSTILE))
        assert asked.status == 403
        kept = {"draft": HOSTILE, "key": "", "code": "salah"}
        assert "&lt;img" in asked.html
        assert "&lt;img" in (await other.post(f"/t/{number}", kept)).html
        back = await other.post(f"/t/{number}", kept | {"code": taken.code})
        assert (back.status, back.value("text")) == (200, HOSTILE)
        done = await other.post(f"/t/{number}/balas", body(back, "", back.value("text")))
        assert len(lines(done)) == 2
    assert (await someone.get(f"/t/{number}/balas")).status == 200


async def test_too_many_words_wait(tmp_path: Path) -> None:
    async with hall(tmp_path, {"forms_per_address": 2}) as office:
        number, page = await opened(office.someone)
        for n in range(2):
            await office.someone.post(f"/t/{number}/balas", body(page, "", f"Kata {n}"))
        again = await office.someone.post(f"/t/{number}/balas", body(page, "", "Terlalu"))
        assert (again.status, again.value("text")) == (429, "Terlalu")
        assert again.headers["Retry-After"] == "60"


@pytest.mark.parametrize("text", ["STOP", "INFO", "BARU", "5", "4 5 3 4 4", "HELPDESK soal baru"])
async def test_what_would_lead_elsewhere_stays_as_words(
    office: Hall, someone: Citizen, text: str
) -> None:
    number, page = await opened(someone)
    page = await someone.post(f"/t/{number}/balas", body(page, "", text))
    assert lines(page)[-1] == f"mine: {text}"
    kinds = [event.kind for event in await office.store.reads.history(number)]
    assert kinds == ["TicketOpened", "MessageJoined"]
