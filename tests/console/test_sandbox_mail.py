"""The mail program of the sandbox over plain HTTP."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from console.sandbox.phone import SentText
from tests.console.papers import MAILBOX, PAPER, form, text

if TYPE_CHECKING:
    import aiohttp

    from tests.console.papers import PaperPages


async def test_an_empty_mailbox_invites_the_first_mail(visitor: aiohttp.ClientSession) -> None:
    page = await text(visitor, "/sandbox", phone="email")
    assert "Kotak surat masih kosong" in page
    assert "Surel baru dari anda@example.org" in page


async def test_a_mail_goes_to_the_mail_program(
    pages: PaperPages, visitor: aiohttp.ClientSession
) -> None:
    words = {"phone": "email", "from": MAILBOX, "subject": "HELPDESK a", "body": "isi"}
    data = form(words, ("surat.pdf", "application/pdf", PAPER.data))
    async with visitor.post("/sandbox/mail", data=data) as answer:
        assert [step.status for step in answer.history] == [303]
    (draft,) = pages.mail.sent
    assert (draft.writer, draft.subject, draft.text, draft.answers) == (
        MAILBOX, "HELPDESK a", "isi", None,
    )  # fmt: skip
    assert draft.file is not None
    assert (draft.file.name, draft.file.data) == ("surat.pdf", PAPER.data)


async def test_an_answer_names_the_mail_that_it_answers(
    pages: PaperPages, visitor: aiohttp.ClientSession
) -> None:
    letter = pages.mail.receive("<p>Nomor tiket: HD26-004217-4</p>")
    seen = {"phone": "email", "from": MAILBOX, "mail": str(letter.id), "reply": "1"}
    page = await text(visitor, "/sandbox", **seen)
    assert "Balasan ke Helpdesk <helpdesk+HD26-abc@contoh.go.id>" in page
    assert 'value="Re: Nomor tiket"' in page
    assert "> Baris satu\n> Baris dua" in page
    data = form({**seen, "subject": "Re: Nomor tiket", "body": "Sudah baik"})
    async with visitor.post("/sandbox/mail", data=data) as answer:
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
    visitor: aiohttp.ClientSession,
    trouble: SentText | KeyError,
    status: int,
    words: str,
) -> None:
    pages.mail.answer = trouble
    data = {"phone": "email", "from": MAILBOX, "subject": "AC <mati>", "body": "isi & lagi"}
    async with visitor.post("/sandbox/mail", data=form(data)) as answer:
        assert answer.status == status
        page = unescape(await answer.text())
    assert words in page
    assert 'value="AC <mati>"' in page
    assert ">isi & lagi</textarea>" in page


async def test_the_html_of_a_mail_is_shown_where_it_can_do_nothing(
    pages: PaperPages, visitor: aiohttp.ClientSession
) -> None:
    letter = pages.mail.receive("<script>parent.document.title=1</script><p>Halo</p>")
    page = await text(visitor, "/sandbox", **{"from": MAILBOX, "phone": "email", "mail": "1"})
    frame = f'src="/sandbox/mail/{letter.id}/html?from={quote(MAILBOX, safe="")}" sandbox=""'
    assert f'<iframe class="letter__html" {frame}' in page
    async with visitor.get(f"/sandbox/mail/1/html?from={quote(MAILBOX)}") as answer:
        policy = answer.headers["Content-Security-Policy"].split("; ")
        assert {"default-src 'none'", "sandbox", "frame-ancestors 'self'"} <= set(policy)
        assert not any(rule.startswith("script-src") for rule in policy)
    assert "<script>parent" not in page


async def test_headers_and_files_of_a_mail_are_shown(
    pages: PaperPages, visitor: aiohttp.ClientSession
) -> None:
    pages.mail.receive("", files=(PAPER,))
    page = await text(visitor, "/sandbox", **{"from": MAILBOX, "phone": "email", "mail": "1"})
    assert "<dt>In-Reply-To</dt><dd><satu@example.org></dd>" in page
    assert "surat kami.pdf</a> (1 KB)" in page
    assert "<iframe" not in page
    async with visitor.get(f"/sandbox/mail/1/file/0?from={quote(MAILBOX)}") as answer:
        assert await answer.read() == PAPER.data
    for place in ("1", "x", "99999", "²"):
        path = f"/sandbox/mail/1/file/{quote(place)}?from={quote(MAILBOX)}"
        async with visitor.get(path) as answer:
            assert answer.status == 404


async def test_the_list_tells_what_the_office_made_of_a_mail(
    pages: PaperPages, visitor: aiohttp.ClientSession
) -> None:
    number = pages.write_mail("HELPDESK lampu", "Lampu  jalan\r\nmati")
    page = await text(visitor, "/sandbox/mailbox", **{"phone": "email", "from": MAILBOX})
    assert "Tiket baru" in page
    assert f'#t-{number}">{number}</a>' in page
    assert "Balasan: Menunggu dikirim" in page
