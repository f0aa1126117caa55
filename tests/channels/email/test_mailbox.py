"""A real Dovecot's mailbox, read by IMAP (providers.md §11)."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest

from channels.email.mailbox import STARTED, Place
from channels.email.payload import OLD
from core.errors import StoreUnavailable
from core.model.messages import InboundMessage, Unreadable
from tests.channels.email.house import House, door, listening, mail
from tests.mail_peers import Dovecot, dovecot
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.model.messages import Inbound

_users = iter(range(1_000))


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture
def user() -> str:
    return f"meja{next(_users)}"


def mailbox(server: Dovecot, user: str, **more: Any) -> Any:
    return door(imap={"port": server.imap, "user": user, **more})


async def test_new_mail_comes_in_by_idle_within_a_second(server: Dovecot, user: str) -> None:
    house = House()
    async with listening(mailbox(server, user), house):
        await house.until(lambda: house.ignored() == [STARTED])
        await asyncio.sleep(0.2)
        await asyncio.to_thread(server.put, user, mail("satu"), mail("dua"))
        await house.until(lambda: house.texts == ["satu", "dua"])
        await asyncio.to_thread(server.put, user, mail("tiga"))
        await house.until(lambda: house.texts == ["satu", "dua", "tiga"])
    assert all(not one.quiet and not one.machine for one in house.messages)
    with server.look(user) as client:
        flags = client.get_flags(client.search())
    assert all(b"\\Seen" in found for found in flags.values())
    assert len(flags) == 3


async def test_mail_from_before_is_taken_in_without_an_answer(server: Dovecot, user: str) -> None:
    server.put(user, mail("lama"))
    house = House()
    async with listening(mailbox(server, user), house):
        await house.until(lambda: len(house.messages) == 1)
        server.put(user, mail("baru"))
        await house.until(lambda: len(house.messages) == 2)
    assert [one.quiet for one in house.messages] == [OLD, ""]


async def test_mail_from_before_may_be_left_out(server: Dovecot, user: str) -> None:
    server.put(user, mail("lama"))
    house = House()
    async with listening(mailbox(server, user, older="skip"), house):
        await house.until(lambda: bool(house.ignored()))
        server.put(user, mail("baru"))
        await house.until(lambda: bool(house.messages))
    assert house.texts == ["baru"]


async def test_the_first_new_mail_after_a_restart_is_not_old(server: Dovecot, user: str) -> None:
    house = House()
    async with listening(mailbox(server, user), house):
        await house.until(lambda: bool(house.marks))
    server.put(user, mail("di antaranya"))
    async with listening(mailbox(server, user), house):
        await house.until(lambda: bool(house.messages))
    assert house.messages[0].quiet == ""


async def test_a_restart_reads_nothing_twice(server: Dovecot, user: str) -> None:
    house, other = House(), House()
    server.put(user, mail("satu"), mail("dua"))
    async with listening(mailbox(server, user, after="keep"), house):
        await house.until(lambda: len(house.messages) == 2)
    other.marks = dict(house.marks)
    server.put(user, mail("tiga"))
    async with listening(mailbox(server, user, after="keep"), other):
        await other.until(lambda: bool(other.messages))
    assert other.texts == ["tiga"]
    with server.look(user) as client:
        assert len(client.search(["UNSEEN"])) == 3


async def test_that_people_have_read_it_changes_nothing(server: Dovecot, user: str) -> None:
    house = House()
    async with listening(mailbox(server, user), house):
        await house.until(lambda: bool(house.marks))
    server.put(user, mail("sudah dilihat"))
    with server.look(user) as client:
        client.add_flags(client.search(), [b"\\Seen"])
    async with listening(mailbox(server, user), house):
        await house.until(lambda: house.texts == ["sudah dilihat"])


async def test_mail_moves_once_it_is_on_disk(server: Dovecot, user: str) -> None:
    with server.look(user, "Helpdesk"):
        pass
    house = House()
    async with listening(mailbox(server, user, after="move"), house):
        server.put(user, mail("satu"), mail("dua"))
        await house.until(lambda: len(house.messages) == 2)
        await house.until(lambda: not server.mails(user))
    assert len(server.mails(user, "Helpdesk")) == 2


async def test_a_folder_that_is_not_there_costs_no_mail(server: Dovecot, user: str) -> None:
    house = House()
    async with listening(mailbox(server, user, after="move", move_to="Tiada"), house):
        server.put(user, mail("satu"), mail("dua"))
        await house.until(lambda: len(house.messages) == 2)
        await asyncio.sleep(0.1)
    with server.look(user) as client:
        assert len(client.search(["SEEN"])) == 2


async def test_a_store_that_is_away_leaves_mail_untouched(server: Dovecot, user: str) -> None:
    house = House()
    away = True

    def refuse(inbound: Sequence[Inbound]) -> None:
        if away and any(isinstance(item, InboundMessage) for item in inbound):
            message = "gone"
            raise StoreUnavailable(message)

    house.before = refuse
    async with listening(mailbox(server, user, poison_tries=2), house):
        server.put(user, mail("tunggu"))
        await house.until(lambda: house.reads > 4)
        with server.look(user) as client:
            assert client.search(["SEEN"]) == []
        away = False
        await house.until(lambda: house.texts == ["tunggu"])
    assert not any(isinstance(item, Unreadable) for item in house.items)


async def test_a_mail_that_fails_again_and_again_is_put_aside(server: Dovecot, user: str) -> None:
    house = House()

    def stumble(inbound: Sequence[Inbound]) -> None:
        if any(isinstance(item, InboundMessage) and "racun" in item.text for item in inbound):
            message = "bug"
            raise RuntimeError(message)

    house.before = stumble
    async with listening(mailbox(server, user, poison_tries=2), house):
        server.put(user, mail("satu"), mail("racun"), mail("dua"))
        await house.until(lambda: house.texts == ["satu", "dua"])
    (aside,) = [item for item in house.items if isinstance(item, Unreadable)]
    assert b"racun" in aside.raw


async def test_new_numbers_mean_a_new_reading_and_no_second_ticket(
    server: Dovecot, user: str
) -> None:
    house = House()
    async with listening(mailbox(server, user), house):
        await house.until(lambda: bool(house.marks))
        server.put(user, mail("satu"), mail("dua"))
        await house.until(lambda: len(house.messages) == 2)
    before = next(iter(house.marks.values()))
    server.renumber(user)
    server.put(user, mail("tiga"))
    async with listening(mailbox(server, user), house):
        await house.until(lambda: house.texts == ["satu", "dua", "tiga"])
    after = next(iter(house.marks.values()))
    assert Place.read(before).validity != Place.read(after).validity
    assert Place.read(before).since == Place.read(after).since
    assert house.messages[2].quiet == ""


async def test_a_large_mail_gives_its_beginning(server: Dovecot, user: str) -> None:
    house = House()
    lines = "\r\n".join(["halo lampu mati", *("x" * 70 for _ in range(3_000))])
    async with listening(mailbox(server, user, max_size=65_536), house):
        server.put(user, mail(lines), mail("berikutnya"))
        await house.until(lambda: len(house.messages) == 2)
    first = house.messages[0]
    assert first.text.startswith("halo lampu mati")
    assert "terlalu besar" in first.text
    assert first.attachments == ()


async def test_many_at_once_keep_their_order(server: Dovecot, user: str) -> None:
    server.put(user, *(mail(f"nomor {number}") for number in range(250)))
    house = House()
    async with listening(mailbox(server, user), house):
        await house.until(lambda: len(house.messages) == 250)
    assert house.texts == [f"nomor {number}" for number in range(250)]


async def test_without_idle_it_asks_now_and_then(
    server: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.email.imap.ImapLine.can_idle", False, raising=False)
    monkeypatch.setattr(
        "channels.email.imap.ImapLine.__setattr__",
        lambda self, name, value: (
            None if name == "can_idle" else object.__setattr__(self, name, value)
        ),
    )
    house = House()
    async with listening(mailbox(server, user), house):
        await house.until(lambda: bool(house.marks))
        server.put(user, mail("satu"))
        await house.until(lambda: house.texts == ["satu"])


async def test_it_stops_at_once_and_leaves_no_thread(server: Dovecot, user: str) -> None:
    house = House()
    async with asyncio.timeout(PATIENCE):
        async with listening(mailbox(server, user), house):
            await house.until(lambda: bool(house.marks))
            await asyncio.sleep(0.1)  # in IDLE by now
        while any(thread.name == "imap surel" for thread in threading.enumerate()):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("more", "symptom"),
    [
        ({"password": "salah"}, "imap_login"),
        ({"folder": "Tiada"}, "imap_folder"),
        ({"port": 9}, "imap_unreachable"),
    ],
)
async def test_what_is_wrong_is_told(
    server: Dovecot, user: str, more: dict[str, Any], symptom: str
) -> None:
    reader = mailbox(server, user, **more)
    async with listening(reader, House()):
        async with asyncio.timeout(PATIENCE):
            while not await reader.examine():
                await asyncio.sleep(0.02)
        (found,) = await reader.examine()
    assert found.key == symptom
    assert found.since is not None


async def test_tls_is_verified(server: Dovecot, user: str) -> None:
    secure = {"port": server.imaps, "security": "tls"}
    house = House()
    trusted = {"host": "localhost", "ca_file": server.ca_file}
    async with listening(mailbox(server, user, **secure, **trusted), house):
        await house.until(lambda: bool(house.marks))
    for wrong in ({"host": "localhost"}, {"host": "127.0.0.1", "ca_file": server.ca_file}):
        reader = mailbox(server, user, **secure, **wrong)
        other = House()
        async with listening(reader, other):
            async with asyncio.timeout(PATIENCE):
                while not await reader.examine():
                    await asyncio.sleep(0.02)
            assert [one.key for one in await reader.examine()] == ["imap_certificate"]
        assert other.items == []


async def test_starttls(server: Dovecot, user: str) -> None:
    house = House()
    trusted = {"host": "localhost", "ca_file": server.ca_file, "security": "starttls"}
    async with listening(mailbox(server, user, **trusted), house):
        server.put(user, mail("lewat TLS"))
        await house.until(lambda: house.texts == ["lewat TLS"])


@pytest.mark.parametrize("mark", ["1:2:3:4", "4294967295:1:0:0"])
def test_a_place_is_written_as_it_is_read(mark: str) -> None:
    assert str(Place.read(mark)) == mark
