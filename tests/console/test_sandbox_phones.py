"""The sandbox with all phones over plain HTTP: tabs, files, faults."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.sandbox.phone import SentText
from console.sandbox.phones import (
    KINDS,
    Phones,
    mail_sender,
    telegram_sender,
    whatsapp_sender,
)
from core.model.messages import Address, AddressKind
from tests.console.papers import PAPER, PHOTO, PaperPhone, form, text

if TYPE_CHECKING:
    from collections.abc import Callable

    import aiohttp

    from tests.console.papers import PaperPages

LIVE = {"HX-Request": "true"}
WA = {"phone": "whatsapp", "from": "+6281200002005"}
TG = {"phone": "telegram", "from": "7002005"}


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
async def test_each_tab_shows_its_own_phone(visitor: aiohttp.ClientSession, key: str) -> None:
    page = await text(visitor, "/sandbox", phone=key)
    kind = KINDS[key]
    assert len(re.findall(r'class="tab" [^>]*aria-current="page">', page)) == 1
    assert f'aria-current="page">{kind.tab}</a>' in page
    assert kind.title in page
    assert ('type="file"' in page) == kind.files
    assert ('href="/lapor"' in page) is True
    assert [one.tab in page for one in KINDS.values()] == [True] * 4


async def test_an_unknown_tab_is_the_first_one(visitor: aiohttp.ClientSession) -> None:
    assert "SMS ke Helpdesk" in await text(visitor, "/sandbox", phone="faks")


@pytest.mark.parametrize(
    ("key", "words"),
    [("whatsapp", "Nomor WhatsApp belum"), ("telegram", "Nomor akun"), ("email", "Alamat surel")],
)
async def test_a_sender_that_is_none_is_explained(
    visitor: aiohttp.ClientSession, key: str, words: str
) -> None:
    page = await text(visitor, "/sandbox", **{"phone": key, "from": "<b>"})
    assert words in page
    assert 'value="<b>"' in page


async def test_a_chosen_ticket_stays_chosen_on_another_tab(
    pages: PaperPages, visitor: aiohttp.ClientSession
) -> None:
    number = pages.office.open("AC mati")
    pages.office.open("wifi mati")
    page = await text(visitor, "/sandbox", ticket=number)
    assert f'href="/sandbox?phone=whatsapp&ticket={number}"' in page


# --- messages and files ----------------------------------------------------------------------


@pytest.mark.parametrize("words", [WA, TG])
@pytest.mark.parametrize("headers", [{}, LIVE])
async def test_a_message_with_a_photo_goes_to_that_provider(
    pages: PaperPages,
    visitor: aiohttp.ClientSession,
    words: dict[str, str],
    headers: dict[str, str],
) -> None:
    data = form({**words, "body": "HELPDESK jalan"}, ("foto.png", "image/png", PHOTO.data))
    async with visitor.post("/sandbox/send", data=data, headers=headers) as answer:
        assert answer.status == 200
        assert ("<html" in await answer.text()) == (not headers)
    phone = pages.chats[words["phone"]]
    ((holder, body, file),) = phone.sent
    assert (holder, body, file) == (words["from"], "HELPDESK jalan", PHOTO)


async def test_a_photo_alone_is_a_message_and_nothing_is_none(
    pages: PaperPages, visitor: aiohttp.ClientSession
) -> None:
    data = form({**WA, "body": ""}, ("foto.png", "image/png", PHOTO.data))
    async with visitor.post("/sandbox/send", data=data) as answer:
        assert answer.status == 200
    async with visitor.post("/sandbox/send", data=form({**WA, "body": " "})) as answer:
        assert answer.status == 422
        assert "Pesan masih kosong" in await answer.text()
    assert len(pages.chats["whatsapp"].sent) == 1


async def test_what_was_sent_is_shown_on_the_phone(
    pages: PaperPages, visitor: aiohttp.ClientSession
) -> None:
    pages.answer("whatsapp", "HELPDESK jalan", PHOTO)
    pages.answer("whatsapp", "surat", PAPER)
    page = await text(visitor, "/sandbox/conversation", **WA)
    (source,) = re.findall(r'<img class="bubble__photo" src="([^"]+)"', page)
    async with visitor.get(source) as answer:
        assert (answer.content_type, await answer.read()) == ("image/png", PHOTO.data)
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    (link,) = re.findall(r'<p class="bubble__file"><a href="([^"]+)">surat kami.pdf</a>', page)
    async with visitor.get(link) as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert page.count("sampai di Helpdesk") == 2


async def test_a_reply_that_came_twice_is_told(
    pages: PaperPages, visitor: aiohttp.ClientSession
) -> None:
    owner = Address(AddressKind.TELEGRAM, TG["from"])
    for words in ("Bantuan", "Bantuan", "Tiket 1", "Tiket 2"):
        pages.office.promise(owner, words, "HD26-004217-4")
    pages.chats["telegram"].got[TG["from"]] = ["Bantuan", "Bantuan", "Tiket 1", "Tiket 1"]
    page = await text(visitor, "/sandbox/conversation", **TG)
    assert page.count("Sampai 2 kali di ponsel") == page.count("kali di ponsel") == 1
    assert page.index("Tiket 1") < page.index("Sampai 2 kali") < page.index("Tiket 2")


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
    pages: PaperPages, visitor: aiohttp.ClientSession, name: str, kind: str, kept: str
) -> None:
    fields = {**WA, "body": "x"}
    parts = [f'name="{key}"\r\n\r\n{value}' for key, value in fields.items()]
    parts.append(f'name="file"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n<svg/>')
    border = "--batas\r\nContent-Disposition: form-data; "
    body = "".join(f"{border}{part}\r\n" for part in parts) + "--batas--\r\n"
    how = {"Content-Type": "multipart/form-data; boundary=batas"}
    async with visitor.post("/sandbox/send", data=body.encode(), headers=how) as answer:
        assert answer.status == 200
    ((_, _, file),) = pages.chats["whatsapp"].sent
    assert file is not None
    assert (file.name, file.data) == (kept, b"<svg/>")
    assert re.fullmatch(r"[\w.+-]+/[\w.+-]+", file.content_type)
    async with visitor.get("/sandbox/file/whatsapp/0") as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("charset", ["tidak-ada", "ascii"])
async def test_a_form_that_cannot_be_read_is_refused(
    pages: PaperPages, visitor: aiohttp.ClientSession, charset: str
) -> None:
    part = f'name="body"\r\nContent-Type: text/plain; charset={charset}\r\n\r\n\u00e9'
    body = f"--batas\r\nContent-Disposition: form-data; {part}\r\n--batas--\r\n"
    how = {"Content-Type": "multipart/form-data; boundary=batas"}
    async with visitor.post("/sandbox/send", data=body.encode(), headers=how) as answer:
        assert answer.status == 400
    assert pages.chats["sms"].sent == []


async def test_a_file_that_is_too_large_is_refused_kindly(
    pages: PaperPages, visitor: aiohttp.ClientSession
) -> None:
    data = form({**WA, "body": "x"}, ("a.png", "image/png", bytes(5 * 2**20 + 1)))
    async with visitor.post("/sandbox/send", data=data) as answer:
        assert answer.status == 413
        assert "paling besar 5 MB" in await answer.text()
    data = form({**WA, "body": "x"}, ("a.png", "image/png", bytes(5 * 2**20)))
    async with visitor.post("/sandbox/send", data=data) as answer:
        assert answer.status == 200
    assert len(pages.chats["whatsapp"].sent) == 1


async def test_an_sms_carries_no_file(pages: PaperPages, visitor: aiohttp.ClientSession) -> None:
    words = {"phone": "sms", "from": "081200002005", "body": "HELPDESK a"}
    data = form(words, ("a.png", "image/png", PHOTO.data))
    async with visitor.post("/sandbox/send", data=data) as answer:
        assert answer.status == 422
        assert "SMS tidak dapat membawa berkas" in await answer.text()
    assert pages.chats["sms"].sent == []


async def test_a_message_the_gateway_did_not_take_is_given_back(
    pages: PaperPages, visitor: aiohttp.ClientSession
) -> None:
    pages.chats["telegram"].answer = SentText("1", accepted=False, status=503)
    async with visitor.post("/sandbox/send", data=form({**TG, "body": "HELPDESK AC"})) as answer:
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
async def test_what_is_not_there_is_not_found(visitor: aiohttp.ClientSession, path: str) -> None:
    async with visitor.get(path) as answer:
        assert answer.status == 404


# --- faults ----------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, LIVE])
async def test_a_switch_is_turned_over_and_every_page_hears_of_it(
    pages: PaperPages, visitor: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    before = pages.office.changes.value
    data = {**TG, "switch": "block"}
    async with visitor.post("/sandbox/switches", data=data, headers=headers) as answer:
        assert answer.status == 200
        page = await answer.text()
    assert ("<html" in page) == (not headers)
    assert (
        'id="switch-block" type="submit" name="switch" value="block" aria-pressed="true"' in page
    )
    assert pages.chats["telegram"].turned == [("block", "7002005")]
    assert pages.office.changes.value == before + 1
    fragment = await text(visitor, "/sandbox/switches", **TG)
    assert 'value="block" aria-pressed="true"' in fragment


async def test_one_press_turns_everything_off_on_all_phones(
    pages: PaperPages, visitor: aiohttp.ClientSession
) -> None:
    data = {**TG, "switch": "reset"}
    async with visitor.post("/sandbox/switches", data=data) as answer:
        assert answer.status == 200
    assert [phone.resets for phone in pages.chats.values()] == [1, 1, 1]
    assert pages.mail.resets == 1


async def test_a_switch_that_does_not_exist_is_refused(visitor: aiohttp.ClientSession) -> None:
    async with visitor.post("/sandbox/switches", data={**TG, "switch": "ledakan"}) as answer:
        assert answer.status == 400


@pytest.mark.parametrize("path", ["/sandbox/send", "/sandbox/mail", "/sandbox/switches"])
async def test_a_foreign_page_can_do_nothing(
    pages: PaperPages, visitor: aiohttp.ClientSession, path: str
) -> None:
    data = {**TG, "body": "HELPDESK a", "switch": "block"}
    headers = {"Sec-Fetch-Site": "cross-site"}
    async with visitor.post(path, data=data, headers=headers) as answer:
        assert answer.status == 403
    assert (pages.chats["telegram"].sent, pages.chats["telegram"].turned) == ([], [])
    assert pages.mail.sent == []


# --- many at once ---------------------------------------------------------------------------


async def test_two_visitors_on_two_phones_do_not_disturb_each_other(
    pages: PaperPages, visitor: aiohttp.ClientSession
) -> None:
    await asyncio.gather(
        *(visitor.post("/sandbox/send", data=form({**one, "body": f"{n}"}))
          for n in range(10) for one in (WA, TG))
    )  # fmt: skip
    for one in (WA, TG):
        sent = pages.chats[one["phone"]].sent
        assert sorted(body for _, body, _ in sent) == sorted(map(str, range(10)))
        assert {holder for holder, _, _ in sent} == {one["from"]}


async def test_no_draft_is_sent_by_looking(
    pages: PaperPages, visitor: aiohttp.ClientSession
) -> None:
    for path in ("/sandbox/send", "/sandbox/mail", "/sandbox/switches"):
        async with visitor.get(path, params={**TG, "body": "x", "switch": "block"}) as answer:
            assert answer.status in (200, 405)
    assert (pages.chats["telegram"].sent, pages.chats["telegram"].turned) == ([], [])
    assert pages.mail.sent == []
