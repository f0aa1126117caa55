"""Each phone of the demonstration, end to end through the real gateway."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from console.sandbox.phone import Draft
from core.model.messages import AddressKind
from gateway.demo.faults import Fault
from gateway.demo.house import DESK
from gateway.demo.story import people
from tests.gateway.demo_house import PHOTO, Home, at_home

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from console.sandbox.phone import Letter
    from core.model.views import ThreadEntry
    from gateway.demo.meta import SimulatedMeta
    from gateway.demo.provider import SimulatedTwilio
    from gateway.demo.telegram import SimulatedTelegram

pytestmark = pytest.mark.timeout(40)

NUMBER = re.compile(r"\bHD\d\d-\d{6}-\d\b")
PHONE, ACCOUNT, MAILBOX = "+6281200002005", "7002005", "anda@example.org"
FLOWN = ("sent", "delivered", "read")


@dataclass(frozen=True)
class Way:
    """A kind of phone, and how far a reply gets on it when all is well."""

    kind: AddressKind
    holder: str
    end: str

    def phone(self, home: Home) -> SimulatedTwilio | SimulatedMeta | SimulatedTelegram:
        if self.kind is AddressKind.PHONE:
            return home.house.sms
        return home.house.whatsapp if self.kind is AddressKind.WHATSAPP else home.house.telegram

    def got(self, home: Home) -> list[str]:
        """The words that really reached this phone."""
        if self.kind is AddressKind.PHONE:
            return [text.body for text in home.house.sms.sent if text.recipient == self.holder]
        chats = home.house.telegram.chats
        if self.kind is AddressKind.WHATSAPP:
            chats = home.house.whatsapp.chats
        return [said.text for said in chats.to(self.holder)]


WAYS = {
    "sms": Way(AddressKind.PHONE, PHONE, "delivered"),
    "whatsapp": Way(AddressKind.WHATSAPP, PHONE, "read"),
    "telegram": Way(AddressKind.TELEGRAM, ACCOUNT, "sent"),
}


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with at_home(tmp_path) as home:
        yield home


async def came(home: Home, way: Way, count: int, states: Sequence[str]) -> list[ThreadEntry]:
    """Our replies, once so many have got so far."""

    async def look() -> list[ThreadEntry]:
        talk = await home.talk(way.kind, way.holder)
        found = [entry for entry in talk if not entry.inbound and entry.state in states]
        return found if len(found) >= count else []

    found: list[ThreadEntry] = await home.until(look)
    return found


async def mails(home: Home, count: int, holder: str = MAILBOX) -> list[Letter]:
    """What came to a mailbox, oldest first."""

    async def look() -> list[Letter]:
        found = [one for one in home.house.mail.letters(holder) if not one.mine]
        return found[::-1] if len(found) >= count else []

    found: list[Letter] = await home.until(look)
    return found


# --- a number back on the same phone ---------------------------------------------------------


@pytest.mark.parametrize("name", WAYS)
async def test_the_number_comes_back_on_the_same_phone(home: Home, name: str) -> None:
    way = WAYS[name]
    sent = await way.phone(home).send(way.holder, "HELPDESK internet kantor mati")
    assert (sent.accepted, sent.status) == (True, 200)
    (reply,) = await came(home, way, 1, (way.end,))
    (row,) = await home.rows()
    (text,) = way.got(home)
    assert set(NUMBER.findall(text)) == {row.number} == {reply.number}
    assert (row.channel, text) == (name, reply.text)
    other = [one for one in WAYS.values() if one is not way]
    assert [one.got(home) for one in other] == [[], []]


@pytest.mark.parametrize("name", ["whatsapp", "telegram"])
async def test_a_photo_goes_with_its_words_into_the_ticket(home: Home, name: str) -> None:
    way = WAYS[name]
    await way.phone(home).send(way.holder, "HELPDESK jalan berlubang", PHOTO)
    (row,) = await home.rows()

    async def stored() -> bool:
        files = await home.gateway.plan.store.files.files(row.number)
        return len(files) == 1 and PHOTO.data in _stored_files(home)

    assert await home.until(stored)
    talk = (await home.talk(way.kind, way.holder))[0]
    assert talk.text == "HELPDESK jalan berlubang"


def _stored_files(home: Home) -> list[bytes]:
    folder = home.gateway.plan.folder
    return [file.read_bytes() for file in folder.rglob("*") if file.is_file()]


@pytest.mark.parametrize("name", WAYS)
async def test_status_and_thanks_are_understood_on_every_phone(home: Home, name: str) -> None:
    way = WAYS[name]
    for words in ("HELPDESK wifi mati", "STATUS", "Terima kasih"):
        assert (await way.phone(home).send(way.holder, words)).accepted
    replies = await came(home, way, 2, FLOWN)
    assert {reply.purpose for reply in replies} >= {"ack", "status"}
    assert len(await home.rows()) == 1


async def test_the_same_message_a_second_time_is_one_ticket_and_one_reply(home: Home) -> None:
    house = home.house
    await house.whatsapp.send(PHONE, "HELPDESK a")
    await house.telegram.send(ACCOUNT, "HELPDESK a")
    for provider in (house.whatsapp, house.telegram):
        (said, *_) = provider.chats.said
        for _ in range(2):
            assert (await provider.deliver(said)).taken
    for name in ("whatsapp", "telegram"):
        await came(home, WAYS[name], 1, FLOWN)
        assert len(WAYS[name].got(home)) == 1
    assert len(await home.rows()) == 2


# --- mail ------------------------------------------------------------------------------------


async def test_a_mail_is_answered_by_mail_and_an_answer_joins(home: Home) -> None:
    draft = Draft(MAILBOX, "HELPDESK lampu jalan", "Mati sejak kemarin.", file=PHOTO)
    sent = await home.house.mail.send(draft)
    assert (sent.accepted, sent.status) == (True, 250)
    (answer,) = await mails(home, 1)
    (row,) = await home.rows()
    assert answer.subject == f"[{row.number}] Re: HELPDESK lampu jalan"
    assert row.number in answer.text
    assert f"<strong>{row.number}</strong>" in answer.html
    headers = dict(answer.headers)
    assert headers["In-Reply-To"] == sent.external_id
    assert headers["Auto-Submitted"] == "auto-replied"
    assert DESK in answer.writer
    reply = Draft(MAILBOX, f"Re: {answer.subject}", "Sudah dua malam.", answer.id)
    assert (await home.house.mail.send(reply)).accepted
    thread = await home.gateway.plan.store.reads.thread(row.number)
    assert [entry.text.split(".")[0] for entry in thread if entry.inbound] == [
        "Mati sejak kemarin",
        "Sudah dua malam",
    ]
    assert len(await home.rows()) == 1

    async def stored() -> bool:
        return PHOTO.data in _stored_files(home)

    assert await home.until(stored)


# --- faults ----------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Fault.TOO_MANY, Fault.ERROR, Fault.DROP])
@pytest.mark.parametrize("name", WAYS)
async def test_nothing_is_lost_while_a_provider_is_in_trouble(
    home: Home, name: str, fault: Fault
) -> None:
    way = WAYS[name]
    provider = way.phone(home)
    provider.faults.script.append(fault)
    await provider.send(way.holder, "HELPDESK wifi mati")
    (reply,) = await came(home, way, 1, FLOWN)
    assert NUMBER.search(reply.text)
    assert set(way.got(home)) == {reply.text}


async def test_a_text_that_went_out_unheard_is_settled_by_metas_report(home: Home) -> None:
    way = WAYS["whatsapp"]
    home.house.whatsapp.faults.script.append(Fault.TAKEN_THEN_DROP)
    await home.house.whatsapp.send(PHONE, "HELPDESK wifi mati")
    await came(home, way, 1, ("read",))
    assert len(way.got(home)) == 1


async def test_telegram_keeps_no_list_so_a_text_in_doubt_comes_twice(home: Home) -> None:
    way = WAYS["telegram"]
    home.house.telegram.faults.script.append(Fault.TAKEN_THEN_DROP)
    await home.house.telegram.send(ACCOUNT, "HELPDESK wifi mati")
    await came(home, way, 1, FLOWN)
    first, second = home.house.telegram.received(ACCOUNT)
    assert first == second
    async with home.http.get(f"/sandbox/conversation?phone=telegram&from={ACCOUNT}") as answer:
        assert "Sampai 2 kali di ponsel" in await answer.text()


async def test_after_25_hours_the_reply_is_held_and_says_why(home: Home) -> None:
    await home.house.whatsapp.turn("window", PHONE)
    assert (await home.house.whatsapp.send(PHONE, "HELPDESK wifi mati")).accepted
    way = WAYS["whatsapp"]
    (reply,) = await came(home, way, 1, ("held",))
    assert "24 jam" in reply.reason
    assert way.got(home) == []
    await home.house.whatsapp.reset()
    await home.house.whatsapp.send(PHONE, "STATUS")
    await came(home, way, 1, FLOWN)


async def test_who_blocks_the_bot_is_marked_and_answered_again_after_writing(home: Home) -> None:
    telegram, way = home.house.telegram, WAYS["telegram"]
    await telegram.send(ACCOUNT, "HELPDESK wifi mati")
    await came(home, way, 1, FLOWN)
    await telegram.turn("block", ACCOUNT)
    folder = home.gateway.plan.folder.parent / "helpdesk.db"

    def marked() -> list[object]:
        with sqlite3.connect(f"file:{folder}?mode=ro", uri=True) as connection:
            return connection.execute(
                "SELECT 1 FROM addresses WHERE kind = 'telegram' AND unreachable <> ''"
            ).fetchall()

    assert marked()
    await telegram.send(ACCOUNT, "STATUS")
    await came(home, way, 2, FLOWN)
    assert not marked()


async def test_a_relay_in_trouble_gets_the_mail_later(home: Home) -> None:
    for fault in (Fault.TOO_MANY, Fault.ERROR, Fault.DROP):
        home.house.mail.faults.script.append(fault)
    await home.house.mail.send(Draft(MAILBOX, "HELPDESK AC mati", "Sejak pagi."))
    (answer,) = await mails(home, 1)
    assert NUMBER.search(answer.subject)


# --- whose phones ----------------------------------------------------------------------------


def test_the_same_people_hold_every_phone_under_numbers_of_their_own() -> None:
    kinds = [people(kind) for kind in ("sms", "whatsapp", "telegram", "email")]
    assert len({tuple((one.name, one.role) for one in each) for each in kinds}) == 1
    assert all(len({one.number for one in each}) == len(each) for each in kinds)
    assert {one.number for one in kinds[0]} == {one.number for one in kinds[1]}
    assert [one.number.isdigit() for one in kinds[2]] == [True] * 5
    assert [one.number.endswith("@example.org") for one in kinds[3]] == [True] * 5
