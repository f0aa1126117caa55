"""Phones and a mail program made of lists, so that the page is tested and nothing else."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web

from console.pages import protect, static_routes
from console.sandbox.pages import sandbox_routes
from console.sandbox.phone import Letter, Person, SentFile, SentText, Switch, Upload
from console.sandbox.phones import Phones
from core.model.messages import Address, AddressKind
from tests.console.office import NOON, WIB, PaperOffice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from console.sandbox.phone import Draft

MAILBOX = "anda@example.org"
PHOTO = Upload("foto.png", "image/png", b"\x89PNG\r\n\x1a\n")
PAPER = Upload("surat kami.pdf", "application/pdf", b"%PDF-1.7")


async def text(visitor: aiohttp.ClientSession, path: str, **params: str) -> str:
    """A page as people read it."""
    async with visitor.get(path, params=params) as answer:
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


class Switched:
    """Two switches that are there, and how often all were turned off."""

    def __init__(self, number: str, person: str) -> None:
        self.number = number
        self.people: Sequence[Person] = (Person("Anda", person, "pelapor"),)
        self.on: set[str] = set()
        self.turned: list[tuple[str, str]] = []
        self.resets = 0

    def switches(self, holder: str) -> Sequence[Switch]:  # noqa: ARG002 - the contract's
        names = {"error": "Penyedia bermasalah", "block": "Diblokir"}
        return [Switch(key, words, key in self.on) for key, words in names.items()]

    async def turn(self, key: str, holder: str) -> None:
        if key not in ("error", "block"):
            raise KeyError(key)
        self.on ^= {key}
        self.turned.append((key, holder))

    async def reset(self) -> None:
        self.on.clear()
        self.resets += 1


class PaperPhone(Switched):
    """Keeps what is sent; never delivers it."""

    def __init__(self, number: str, person: str) -> None:
        super().__init__(number, person)
        self.sent: list[tuple[str, str, Upload | None]] = []
        self.got: dict[str, list[str]] = {}
        self.came: dict[str, list[SentFile]] = {}
        self.answer = SentText("1", accepted=True, status=200)

    async def send(self, from_: str, body: str, file: Upload | None = None) -> SentText:
        if self.answer.accepted:
            self.sent.append((from_, body, file))
        return self.answer

    def files_to(self, holder: str) -> Sequence[SentFile]:
        return self.came.get(holder, ())

    def files_of(self, holder: str) -> Sequence[SentFile]:
        return [
            SentFile(str(place), body, file.name, file.is_photo)
            for place, (who, body, file) in enumerate(self.sent)
            if file and who == holder
        ]

    def received(self, holder: str) -> Sequence[str]:
        return self.got.get(holder, [])

    def file(self, file_id: str) -> Upload:
        found = dict(enumerate(file for _, _, file in self.sent)).get(int(file_id))
        if found is None:
            raise KeyError(file_id)
        return found


class PaperMail(Switched):
    """One mailbox."""

    def __init__(self) -> None:
        super().__init__("helpdesk@contoh.go.id", MAILBOX)
        self.sent: list[Draft] = []
        self.box: list[Letter] = []
        self.answer: SentText | KeyError = SentText("1", accepted=True, status=250)

    async def send(self, draft: Draft) -> SentText:
        if isinstance(self.answer, KeyError):
            raise self.answer
        if self.answer.accepted:
            self.sent.append(draft)
        return self.answer

    def receive(self, html: str, files: tuple[Upload, ...] = ()) -> Letter:
        return self._lay("Nomor tiket", "Baris satu\nBaris dua", html, files)

    def lay_sent(self, subject: str, text: str) -> None:
        self._lay(subject, text, "", (), mine=True)

    def _lay(
        self, subject: str, text: str, html: str, files: tuple[Upload, ...], *, mine: bool = False
    ) -> Letter:
        letter = Letter(
            id=len(self.box) + 1,
            at=NOON,
            mine=mine,
            writer="Helpdesk <helpdesk@contoh.go.id>",
            to=MAILBOX,
            subject=subject,
            text=text,
            html=html,
            headers=(("Subject", subject), ("In-Reply-To", "<satu@example.org>")),
            files=files,
            answer_to="Helpdesk <helpdesk+HD26-abc@contoh.go.id>",
        )
        self.box.append(letter)
        return letter

    def letters(self, holder: str) -> Sequence[Letter]:
        return self.box[::-1] if holder == MAILBOX else []

    def letter(self, holder: str, letter_id: int) -> Letter:
        found = {one.id: one for one in self.letters(holder)}
        return found[letter_id]


@dataclass
class PaperPages:
    """The running pages with everything behind them."""

    chats: dict[str, PaperPhone]
    mail: PaperMail = field(default_factory=PaperMail)
    office: PaperOffice = field(default_factory=PaperOffice)
    url: str = ""

    def answer(self, key: str, text: str, file: Upload) -> None:
        """Somebody sent a file, and the office has it."""
        kind = {"whatsapp": AddressKind.WHATSAPP, "telegram": AddressKind.TELEGRAM}[key]
        phone = self.chats[key]
        holder = phone.people[0].number
        phone.sent.append((holder, text, file))
        number = self.office.open(text)
        self.office.note(Address(kind, holder), text, number)

    def write_mail(self, subject: str, text: str) -> str:
        """Somebody sent a mail; its answer still waits."""
        self.mail.lay_sent(subject, text)
        number = self.office.open(subject)
        self.office.note(Address(AddressKind.EMAIL, MAILBOX), " ".join(text.split()), number)
        self.office.promise(Address(AddressKind.EMAIL, MAILBOX), f"Tiket {number}", number)
        return number


@asynccontextmanager
async def paper_pages() -> AsyncIterator[PaperPages]:
    chats = {
        "sms": PaperPhone("+628110003636", "+6281200002005"),
        "whatsapp": PaperPhone("+628110003737", "+6281200002005"),
        "telegram": PaperPhone("@helpdesk_uji_bot", "7002005"),
    }
    pages = PaperPages(chats)
    app = web.Application()
    protect(app)
    app.add_routes(static_routes())
    phones = Phones(dict(chats), pages.mail, form="/lapor")
    app.add_routes(sandbox_routes(pages.office, WIB, phones, pages.office.changes))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    pages.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield pages
    await runner.cleanup()
