"""The sandbox with all phones over plain HTTP: tabs, files, faults, mail."""

from __future__ import annotations

import asyncio
import re
from html import unescape
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import quote

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.sandbox.phone import Draft, SentText
from console.sandbox.phones import (
    KINDS,
    Phones,
    mail_sender,
    telegram_sender,
    whatsapp_sender,
)
from core.model.messages import Address, AddressKind
from tests.console.papers import MAILBOX, PAPER, PHOTO, PaperMail, PaperPhone, paper_pages

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.console.papers import PaperPages

LIVE = {"HX-Request": "true"}
WA = {"phone": "whatsapp", "from": "+6281200002005"}
TG = {"phone": "telegram", "from": "7002005"}


@pytest.fixture
async def pages() -> AsyncIterator[PaperPages]:
    async with paper_pages() as pages:
        yield pages


@pytest.fixture
async def browser(pages: PaperPages) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(pages.url) as session:
        yield session


async def text(browser: aiohttp.ClientSession, path: str, **params: str) -> str:
    async with browser.get(path, params=params) as answer:
        assert answer.status == 200
        return unescape(await answer.text())


def form(words: dict[str, str], file: tuple[str, str, bytes] | None = None) -> aiohttp.FormData:
    """As a browser sends it; without a file an empty part."""
    data = aiohttp.FormData()
    for name, value in words.items():
        data.add_field(name, value)
    name, kind, content = file or ("", "application/octet-stream", b"")
    data.add_field("file", BytesIO(content), filename=name, content_type=kind)
    return data


# --- who holds which phone -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("read", "typed", "address"),
    [
        (whatsapp_sender, "0812 0000 2005", Address(AddressKind.WHATSAPP, "+6281200002005")),
        (whatsapp_sender, "+6281200002005", Address(AddressKind.WHATSAPP, "+6281200002005")),
        (whatsapp_sender, "INFO-BANK", None),
        (whatsapp_sender, "3636", None),
        (telegram_sender, " 7002005 ", Address(AddressKind.TELEGRAM, "7002005")),
        (telegram_sender, "0700", None),
        (telegram_sender, "1234", None),
        (telegram_sender, "٧٠٠٢٠٠٥", None),
        (telegram_sender, "@sari", None),
        (mail_sender, "Sari@Contoh.GO.ID", Address(AddressKind.EMAIL, "Sari@contoh.go.id")),
        (mail_sender, " anda@example.org ", Address(AddressKind.EMAIL, "anda@example.org")),
        (mail_sender, "anda@localhost", None),
        (mail_sender, "anda@@x.id", None),
        (mail_sender, "a@x.id, b@x.id", None),
        (mail_sender, "a@x.id\r\nBcc: b@x.id", None),
    ],
)
def test_a_visitor_types_a_sender_as_that_phone_knows_them(
    read: Callable[[str], Address | None], typed: str, address: Address | None
) -> None:
    assert read(typed) == address


@given(st.text(max_size=80))
def test_whatever_is_typed_is_read_twice_alike_or_not_at_all(typed: str) -> None:
    for kind in KINDS.values():
        found = kind.reads(typed)
        assert found is None or kind.reads(found.value) == found


def test_only_what_is_there_has_a_tab() -> None:
    alone = Phones({"telegram": PaperPhone("@bot", "7002005")})
    assert [kind.key for kind in alone.kinds] == ["telegram"]
    assert alone.kind("sms").key == "telegram"
    with pytest.raises(KeyError):
        alone.provider("email")


# --- tabs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", KINDS)
async def test_each_tab_shows_its_own_phone(browser: aiohttp.ClientSession, key: str) -> None:
    page = await text(browser, "/sandbox", phone=key)
    kind = KINDS[key]
    assert len(re.findall(r'class="tab" [^>]*aria-current="page">', page)) == 1
    assert f'aria-current="page">{kind.tab}</a>' in page
    assert kind.title in page
    assert ('type="file"' in page) == kind.files
    assert ('href="/lapor"' in page) is True
    assert [one.tab in page for one in KINDS.values()] == [True] * 4


async def test_an_unknown_tab_is_the_first_one(browser: aiohttp.ClientSession) -> None:
    assert "SMS ke Helpdesk" in await text(browser, "/sandbox", phone="faks")


@pytest.mark.parametrize(
    ("key", "words"),
    [("whatsapp", "Nomor WhatsApp belum"), ("telegram", "Nomor akun"), ("email", "Alamat surel")],
)
async def test_a_sender_that_is_none_is_explained(
    browser: aiohttp.ClientSession, key: str, words: str
) -> None:
    page = await text(browser, "/sandbox", **{"phone": key, "from": "<b>"})
    assert words in page
    assert 'value="<b>"' in page


async def test_a_chosen_ticket_stays_chosen_on_another_tab(
    pages: PaperPages, browser: aiohttp.ClientSession
) -> None:
    number = pages.office.open("AC mati")
    pages.office.open("wifi mati")
    page = await text(browser, "/sandbox", ticket=number)
    assert f'href="/sandbox?phone=whatsapp&ticket={number}"' in page


# --- messages and files ----------------------------------------------------------------------


@pytest.mark.parametrize("words", [WA, TG])
@pytest.mark.parametrize("headers", [{}, LIVE])
async def test_a_message_with_a_photo_goes_to_that_provider(
    pages: PaperPages,
    browser: aiohttp.ClientSession,
    words: dict[str, str],
    headers: dict[str, str],
) -> None:
    data = form({**words, "body": "HELPDESK jalan"}, ("foto.png", "image/png", PHOTO.data))
    async with browser.post("/sandbox/send", data=data, headers=headers) as answer:
        assert answer.status == 200
        assert ("<html" in await answer.text()) == (not headers)
    phone = pages.chats[words["phone"]]
    ((holder, body, file),) = phone.sent
    assert (holder, body, file) == (words["from"], "HELPDESK jalan", PHOTO)


async def test_a_photo_alone_is_a_message_and_nothing_is_none(
    pages: PaperPages, browser: aiohttp.ClientSession
) -> None:
    data = form({**WA, "body": ""}, ("foto.png", "image/png", PHOTO.data))
    async with browser.post("/sandbox/send", data=data) as answer:
        assert answer.status == 200
    async with browser.post("/sandbox/send", data=form({**WA, "body": " "})) as answer:
        assert answer.status == 422
        assert "Pesan masih kosong" in await answer.text()
    assert len(pages.chats["whatsapp"].sent) == 1


async def test_what_was_sent_is_shown_on_the_phone(
    pages: PaperPages, browser: aiohttp.ClientSession
) -> None:
    pages.answer("whatsapp", "HELPDESK jalan", PHOTO)
    pages.answer("whatsapp", "surat", PAPER)
    page = await text(browser, "/sandbox/conversation", **WA)
    (source,) = re.findall(r'<img class="bubble__photo" src="([^"]+)"', page)
    async with browser.get(source) as answer:
        assert (answer.content_type, await answer.read()) == ("image/png", PHOTO.data)
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    (link,) = re.findall(r'<p class="bubble__file"><a href="([^"]+)">surat kami.pdf</a>', page)
    async with browser.get(link) as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert page.count("sampai di Helpdesk") == 2


@pytest.mark.parametrize(
    ("name", "kind", "kept"),
    [
        ("..\\\\..\\\\a/b/foto.svg", "image/svg+xml", "foto.svg"),
        ("../../etc/passwd", "text/html", "passwd"),
        ("a\u202egpj.html", "text/html", "agpj.html"),
        ("x" * 300, "kosong", "x" * 120),
        ("folder/", "image/svg; a=b", "berkas"),
    ],
)
async def test_a_file_of_a_visitor_never_acts_on_our_page(
    pages: PaperPages, browser: aiohttp.ClientSession, name: str, kind: str, kept: str
) -> None:
    fields = {**WA, "body": "x"}
    parts = [f'name="{key}"\r\n\r\n{value}' for key, value in fields.items()]
    parts.append(f'name="file"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n<svg/>')
    border = "--batas\r\nContent-Disposition: form-data; "
    body = "".join(f"{border}{part}\r\n" for part in parts) + "--batas--\r\n"
    how = {"Content-Type": "multipart/form-data; boundary=batas"}
    async with browser.post("/sandbox/send", data=body.encode(), headers=how) as answer:
        assert answer.status == 200
    ((_, _, file),) = pages.chats["whatsapp"].sent
    assert file is not None
    assert (file.name, file.data) == (kept, b"<svg/>")
    assert re.fullmatch(r"[\w.+-]+/[\w.+-]+", file.content_type)
    async with browser.get("/sandbox/file/whatsapp/0") as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("charset", ["tidak-ada", "ascii"])
async def test_a_form_that_cannot_be_read_is_refused(
    pages: PaperPages, browser: aiohttp.ClientSession, charset: str
) -> None:
    part = f'name="body"\r\nContent-Type: text/plain; charset={charset}\r\n\r\n\u00e9'
    body = f"--batas\r\nContent-Disposition: form-data; {part}\r\n--batas--\r\n"
    how = {"Content-Type": "multipart/form-data; boundary=batas"}
    async with browser.post("/sandbox/send", data=body.encode(), headers=how) as answer:
        assert answer.status == 400
    assert pages.chats["sms"].sent == []


async def test_a_file_that_is_too_large_is_refused_kindly(
    pages: PaperPages, browser: aiohttp.ClientSession
) -> None:
    data = form({**WA, "body": "x"}, ("a.png", "image/png", bytes(5 * 2**20 + 1)))
    async with browser.post("/sandbox/send", data=data) as answer:
        assert answer.status == 413
        assert "paling besar 5 MB" in await answer.text()
    data = form({**WA, "body": "x"}, ("a.png", "image/png", bytes(5 * 2**20)))
    async with browser.post("/sandbox/send", data=data) as answer:
        assert answer.status == 200
    assert len(pages.chats["whatsapp"].sent) == 1


async def test_an_sms_carries_no_file(pages: PaperPages, browser: aiohttp.ClientSession) -> None:
    words = {"phone": "sms", "from": "081200002005", "body": "HELPDESK a"}
    data = form(words, ("a.png", "image/png", PHOTO.data))
    async with browser.post("/sandbox/send", data=data) as answer:
        assert answer.status == 422
        assert "SMS tidak dapat membawa berkas" in await answer.text()
    assert pages.chats["sms"].sent == []


async def test_a_message_the_gateway_did_not_take_is_given_back(
    pages: PaperPages, browser: aiohttp.ClientSession
) -> None:
    pages.chats["telegram"].answer = SentText("1", accepted=False, status=503)
    async with browser.post("/sandbox/send", data=form({**TG, "body": "HELPDESK AC"})) as answer:
        assert answer.status == 503
        page = await answer.text()
    assert "gateway menjawab 503" in page
    assert ">HELPDESK AC</textarea>" in page


@pytest.mark.parametrize(
    "path",
    [
        "/sandbox/file/whatsapp/99",
        "/sandbox/file/faks/0",
        "/sandbox/mail/1/html?from=ayu%40example.org",
        "/sandbox/mail/x/html",
        "/sandbox/mail/1/file/0?from=x",
    ],
)
async def test_what_is_not_there_is_not_found(browser: aiohttp.ClientSession, path: str) -> None:
    async with browser.get(path) as answer:
        assert answer.status == 404


# --- faults ----------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, LIVE])
async def test_a_switch_is_turned_over_and_every_page_hears_of_it(
    pages: PaperPages, browser: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    before = pages.office.changes.value
    data = {**TG, "switch": "block"}
    async with browser.post("/sandbox/switches", data=data, headers=headers) as answer:
        assert answer.status == 200
        page = await answer.text()
    assert ("<html" in page) == (not headers)
    assert (
        'id="switch-block" type="submit" name="switch" value="block" aria-pressed="true"' in page
    )
    assert pages.chats["telegram"].turned == [("block", "7002005")]
    assert pages.office.changes.value == before + 1
    fragment = await text(browser, "/sandbox/switches", **TG)
    assert 'value="block" aria-pressed="true"' in fragment


async def test_one_press_turns_everything_off_on_all_phones(
    pages: PaperPages, browser: aiohttp.ClientSession
) -> None:
    data = {**TG, "switch": "reset"}
    async with browser.post("/sandbox/switches", data=data) as answer:
        assert answer.status == 200
    assert [phone.resets for phone in pages.chats.values()] == [1, 1, 1]
    assert pages.mail.resets == 1


async def test_a_switch_that_does_not_exist_is_refused(browser: aiohttp.ClientSession) -> None:
    async with browser.post("/sandbox/switches", data={**TG, "switch": "ledakan"}) as answer:
        assert answer.status == 400


@pytest.mark.parametrize("path", ["/sandbox/send", "/sandbox/mail", "/sandbox/switches"])
async def test_a_foreign_page_can_do_nothing(
    pages: PaperPages, browser: aiohttp.ClientSession, path: str
) -> None:
    data = {**TG, "body": "HELPDESK a", "switch": "block"}
    headers = {"Sec-Fetch-Site": "cross-site"}
    async with browser.post(path, data=data, headers=headers) as answer:
        assert answer.status == 403
    assert (pages.chats["telegram"].sent, pages.chats["telegram"].turned) == ([], [])
    assert pages.mail.sent == []


# --- mail ------------------------------------------------------------------------------------


async def test_an_empty_mailbox_invites_the_first_mail(browser: aiohttp.ClientSession) -> None:
    page = await text(browser, "/sandbox", phone="email")
    assert "Kotak surat masih kosong" in page
    assert "Surel baru dari anda@example.org" in page


async def test_a_mail_goes_to_the_mail_program(
    pages: PaperPages, browser: aiohttp.ClientSession
) -> None:
    words = {"phone": "email", "from": MAILBOX, "subject": "HELPDESK a", "body": "isi"}
    data = form(words, ("surat.pdf", "application/pdf", PAPER.data))
    async with browser.post("/sandbox/mail", data=data) as answer:
        assert [step.status for step in answer.history] == [303]
    (draft,) = pages.mail.sent
    assert (draft.writer, draft.subject, draft.text, draft.answers) == (
        MAILBOX, "HELPDESK a", "isi", None,
    )  # fmt: skip
    assert draft.file is not None
    assert (draft.file.name, draft.file.data) == ("surat.pdf", PAPER.data)


async def test_an_answer_names_the_mail_that_it_answers(
    pages: PaperPages, browser: aiohttp.ClientSession
) -> None:
    letter = pages.mail.receive("<p>Nomor tiket: HD26-004217-4</p>")
    seen = {"phone": "email", "from": MAILBOX, "mail": str(letter.id), "reply": "1"}
    page = await text(browser, "/sandbox", **seen)
    assert "Balasan ke Helpdesk <helpdesk+HD26-abc@contoh.go.id>" in page
    assert 'value="Re: Nomor tiket"' in page
    assert "> Baris satu\n> Baris dua" in page
    data = form({**seen, "subject": "Re: Nomor tiket", "body": "Sudah baik"})
    async with browser.post("/sandbox/mail", data=data) as answer:
        assert answer.status == 200
    assert [draft.answers for draft in pages.mail.sent] == [letter.id]


@pytest.mark.parametrize(
    ("trouble", "status", "words"),
    [
        (SentText("1", accepted=False, status=451), 503, "gateway menjawab 451"),
        (SentText("1", accepted=False), 503, "gateway tidak menjawab"),
        (KeyError(7), 422, "Surel yang dibalas sudah tidak ada"),
    ],
)
async def test_a_mail_that_was_not_taken_is_given_back(
    pages: PaperPages,
    browser: aiohttp.ClientSession,
    trouble: SentText | KeyError,
    status: int,
    words: str,
) -> None:
    pages.mail.answer = trouble
    data = {"phone": "email", "from": MAILBOX, "subject": "AC <mati>", "body": "isi & lagi"}
    async with browser.post("/sandbox/mail", data=form(data)) as answer:
        assert answer.status == status
        page = unescape(await answer.text())
    assert words in page
    assert 'value="AC <mati>"' in page
    assert ">isi & lagi</textarea>" in page


async def test_the_html_of_a_mail_is_shown_where_it_can_do_nothing(
    pages: PaperPages, browser: aiohttp.ClientSession
) -> None:
    letter = pages.mail.receive("<script>parent.document.title=1</script><p>Halo</p>")
    page = await text(browser, "/sandbox", **{"from": MAILBOX, "phone": "email", "mail": "1"})
    frame = f'src="/sandbox/mail/{letter.id}/html?from={quote(MAILBOX, safe="")}" sandbox=""'
    assert f'<iframe class="letter__html" {frame}' in page
    async with browser.get(f"/sandbox/mail/1/html?from={quote(MAILBOX)}") as answer:
        policy = answer.headers["Content-Security-Policy"].split("; ")
        assert {"default-src 'none'", "sandbox", "frame-ancestors 'self'"} <= set(policy)
        assert not any(rule.startswith("script-src") for rule in policy)
    assert "<script>parent" not in page


async def test_headers_and_files_of_a_mail_are_shown(
    pages: PaperPages, browser: aiohttp.ClientSession
) -> None:
    pages.mail.receive("", files=(PAPER,))
    page = await text(browser, "/sandbox", **{"from": MAILBOX, "phone": "email", "mail": "1"})
    assert "<dt>In-Reply-To</dt><dd><satu@example.org></dd>" in page
    assert "surat kami.pdf</a> (1 KB)" in page
    assert "<iframe" not in page
    async with browser.get(f"/sandbox/mail/1/file/0?from={quote(MAILBOX)}") as answer:
        assert await answer.read() == PAPER.data
    for place in ("1", "x", "99999", "²"):
        path = f"/sandbox/mail/1/file/{quote(place)}?from={quote(MAILBOX)}"
        async with browser.get(path) as answer:
            assert answer.status == 404


async def test_the_list_tells_what_the_office_made_of_a_mail(
    pages: PaperPages, browser: aiohttp.ClientSession
) -> None:
    number = pages.write_mail("HELPDESK lampu", "Lampu  jalan\r\nmati")
    page = await text(browser, "/sandbox/mailbox", **{"phone": "email", "from": MAILBOX})
    assert "Tiket baru" in page
    assert f'#t-{number}">{number}</a>' in page
    assert "Balasan: Menunggu dikirim" in page


async def test_two_visitors_on_two_phones_do_not_disturb_each_other(
    pages: PaperPages, browser: aiohttp.ClientSession
) -> None:
    await asyncio.gather(
        *(browser.post("/sandbox/send", data=form({**one, "body": f"{n}"}))
          for n in range(10) for one in (WA, TG))
    )  # fmt: skip
    for one in (WA, TG):
        sent = pages.chats[one["phone"]].sent
        assert sorted(body for _, body, _ in sent) == sorted(map(str, range(10)))
        assert {holder for holder, _, _ in sent} == {one["from"]}


async def test_no_draft_is_sent_by_looking(
    pages: PaperPages, browser: aiohttp.ClientSession
) -> None:
    for path in ("/sandbox/send", "/sandbox/mail", "/sandbox/switches"):
        async with browser.get(path, params={**TG, "body": "x", "switch": "block"}) as answer:
            assert answer.status in (200, 405)
    assert (pages.chats["telegram"].sent, pages.chats["telegram"].turned) == ([], [])
    assert isinstance(pages.mail, PaperMail)
    assert pages.mail.sent == list[Draft]()
