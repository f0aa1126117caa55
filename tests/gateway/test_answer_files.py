"""Files of answers on their way out: what reaches each phone, and what becomes of a lost one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from console.sandbox.phone import Draft, Upload
from core.model.acts import Answer, Note
from core.model.drafts import DraftFile, DraftKind
from core.model.messages import AddressKind
from core.model.scene import WorkPolicy
from core.model.staff import Role, Staff
from core.model.work import Actor, Refusal
from core.services.work import Done, Order, act
from gateway.attachment_folder import FOLDER, AttachmentFolder
from tests.gateway.demo_house import PHOTO, Home, at_home
from tests.gateway.test_demo_house import ACCOUNT, MAILBOX, PHONE, mails

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.timeout(60)

PAPER = Upload("surat tugas.pdf", "application/pdf", b"%PDF-1.7\n%%EOF\n")
WORDS = "Petugas datang besok pukul 9.00 karena suku cadang tiba pagi."


@pytest.fixture(scope="module")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    async with at_home(tmp_path_factory.mktemp("out")) as home:
        yield home


@pytest.fixture(scope="module")
async def officer(home: Home) -> Actor:
    async with home.gateway.plan.store.desk() as desk:
        draft = Staff(0, "sari", "Sari", frozenset({Role.OPERATOR}))
        person = await desk.staff.add(draft, home.gateway.plan.clock.now())
        await desk.commit()
    return Actor(person)


def folder(home: Home) -> AttachmentFolder:
    return AttachmentFolder(home.gateway.plan.folder / FOLDER, 10**8, 0)


async def number_of(home: Home, phone: Any, holder: str) -> str:
    before = {row.number for row in await home.rows()}
    await phone.send(holder, f"HELPDESK pompa nomor {len(before)} mati")

    async def look() -> list[str]:
        return [row.number for row in await home.rows() if row.number not in before]

    (number,) = await home.until(look)
    return str(number)


async def enclosed(
    home: Home, officer: Actor, number: str, files: tuple[Upload, ...], kind: DraftKind
) -> tuple[int, ...]:
    """Lies beside the officer's draft, as the console leaves it."""
    ticket = await home.gateway.plan.store.work.ticket(number)
    ids = []
    async with home.gateway.plan.store.desk() as desk:
        for file in files:
            incoming = folder(home).begin()
            incoming.write(file.data)
            incoming.close()
            lies = folder(home).keep(incoming)
            place = (0, ticket.id, officer.staff_id or 0, kind)
            told = (lies, file.content_type, file.name, len(file.data))
            one = DraftFile(*place, *told, home.gateway.plan.clock.now())
            ids.append(await desk.drafts.enclose(one))
        await desk.commit()
    return tuple(ids)


async def does(home: Home, officer: Actor, number: str, what: Any) -> Done | Refusal:
    plan = home.gateway.plan
    order = Order(officer, number, what, plan.clock.now())
    done = await act(plan.store.desk, WorkPolicy(plan.policy), order)
    for wake in home.gateway.intake.on_commit:
        wake()
    return done


async def answer(
    home: Home, officer: Actor, number: str, *files: Upload, text: str = WORDS
) -> Done:
    ids = await enclosed(home, officer, number, files, DraftKind.ANSWER)
    done = await does(home, officer, number, Answer(text, files=ids))
    assert isinstance(done, Done), done
    return done


async def reached(phone: Any, home: Home, holder: str, text: str) -> list[Upload]:
    """The files of the answer with these words, once it is on the phone."""

    async def look() -> list[Upload]:
        return [phone.file(one.id) for one in phone.files_to(holder) if one.text == text]

    found: list[Upload] = await home.until(look)
    return found


SENT = {
    "one": (PHOTO,),
    "several": (PHOTO, PAPER),
}


@pytest.mark.parametrize("files", SENT)
@pytest.mark.parametrize("name", ["whatsapp", "telegram"])
async def test_files_reach_the_phone_with_their_words(
    home: Home, officer: Actor, name: str, files: str
) -> None:
    phone: Any = getattr(home.house, name)
    holder = PHONE if name == "whatsapp" else ACCOUNT
    number = await number_of(home, phone, holder)
    text = f"{WORDS} {files}"
    await answer(home, officer, number, *SENT[files], text=text)
    found = await reached(phone, home, holder, text)
    assert [(one.name, one.data) for one in found] == [(f.name, f.data) for f in SENT[files]]
    kind = AddressKind.WHATSAPP if name == "whatsapp" else AddressKind.TELEGRAM
    query = {"phone": name, "from": holder}
    async with home.http.get("/sandbox", params=query) as shown:
        assert PHOTO.name in await shown.text()
    assert any(entry.text == text for entry in await home.talk(kind, holder))


async def test_files_go_in_the_mail(home: Home, officer: Actor) -> None:
    before = {row.number for row in await home.rows()}
    await home.house.mail.send(Draft(MAILBOX, "Pompa", "HELPDESK pompa mati"))

    async def look() -> list[str]:
        return [row.number for row in await home.rows() if row.number not in before]

    (number,) = await home.until(look)
    await mails(home, 1)
    await answer(home, officer, number, PHOTO, PAPER)
    letters = await mails(home, 2)
    (letter,) = [one for one in letters if WORDS in one.text]
    assert [(one.name, one.data) for one in letter.files] == [
        (PHOTO.name, PHOTO.data),
        (PAPER.name, PAPER.data),
    ]


async def test_what_the_channel_does_not_carry_lies_on_the_page(
    home: Home, officer: Actor
) -> None:
    """An SMS, and a text that is too long beside a file in Telegram."""
    for phone, holder, words in (
        (home.house.sms, PHONE, WORDS),
        (home.house.telegram, ACCOUNT, f"{WORDS} " + "panjang " * 130),
    ):
        number = await number_of(home, phone, holder)
        await answer(home, officer, number, PAPER, text=words)

        async def look(number: str = number) -> list[Any]:
            talk = await home.gateway.plan.store.proofs.conversation(number)
            return [one for one in talk if one.files and one.state in ("sent", "delivered")]

        (said,) = await home.until(look)
        assert f"/t/{number}" in said.text
        assert [one.filename for one in said.files] == [PAPER.name]
        assert any(f"/t/{number}" in text for text in got(home, holder))


def got(home: Home, holder: str) -> list[str]:
    texts = [one.body for one in home.house.sms.sent if one.recipient == holder]
    return texts + [said.text for said in home.house.telegram.chats.to(holder)]


@pytest.mark.parametrize("name", ["whatsapp", "telegram"])
async def test_a_lost_file_is_a_clear_dead_letter(home: Home, officer: Actor, name: str) -> None:
    phone: Any = getattr(home.house, name)
    holder = "+6281200002004" if name == "whatsapp" else "7002004"
    number = await number_of(home, phone, holder)
    ids = await enclosed(home, officer, number, (PAPER,), DraftKind.ANSWER)
    store = home.gateway.plan.store
    ticket = await store.work.ticket(number)
    (waiting,) = await store.drafts.files(ticket.id, officer.staff_id or 0)
    await asyncio.to_thread(folder(home).remove, waiting.stored_as)
    assert isinstance(await does(home, officer, number, Answer(WORDS, files=ids)), Done)

    async def dead() -> list[Any]:
        talk = await store.reads.thread(number)
        return [one for one in talk if one.state == "dead"]

    (line,) = await home.until(dead)
    assert "tidak ditemukan" in line.reason


async def test_files_of_somebody_else_or_of_a_note_do_not_go(home: Home, officer: Actor) -> None:
    number = await number_of(home, home.house.sms, PHONE)
    noted = await enclosed(home, officer, number, (PAPER,), DraftKind.NOTE)
    refused = await does(home, officer, number, Answer(WORDS, files=noted))
    assert isinstance(refused, Refusal)
    assert refused.field == "files"
    assert isinstance(await does(home, officer, number, Note("lihat", files=noted)), Done)
    again = await does(home, officer, number, Note("lagi", files=noted))
    assert isinstance(again, Refusal)


async def test_what_waits_or_was_noted_is_not_swept(home: Home, officer: Actor) -> None:
    number = await number_of(home, home.house.sms, PHONE)
    files = (Upload("a.pdf", "application/pdf", b"%PDF-1.7 a"),)
    await enclosed(home, officer, number, files, DraftKind.ANSWER)
    store = home.gateway.plan.store
    ticket = await store.work.ticket(number)
    (one,) = await store.drafts.files(ticket.id, officer.staff_id or 0)
    async with store.desk() as desk:
        assert await desk.attachments.unnamed([one.stored_as, "ff" * 16]) == {"ff" * 16}
