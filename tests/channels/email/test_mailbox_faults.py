"""What networks and servers do to a mailbox line (providers.md §11, threats.md F34)."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from channels.email.imap import ImapLine, LineLost
from config.doors.email import ImapSettings
from core.model.messages import Unreadable
from tests.channels.email.house import QUICK, House, door, listening, mail
from tests.channels.email.smtp_kit import hang_up
from tests.mail_peers import Dovecot, dovecot
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

_users = iter(range(1_000))


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture
def user() -> str:
    return f"loket{next(_users)}"


@dataclass
class Proxy:
    """Between us and the server; ``alter`` sees what the server says, None cuts the line."""

    target: int
    alter: Callable[[bytes], bytes | None] = lambda data: data
    lines: int = 0
    port: int = 0
    silent: bool = False
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines += 1
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        self.writers = [writer, back]
        await asyncio.gather(
            self._pump(reader, back, lambda data: data),
            self._pump(there, writer, lambda data: self.alter(data)),  # noqa: PLW0108 - it changes meanwhile
        )
        await hang_up(writer, back)

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        alter: Callable[[bytes], bytes | None],
    ) -> None:
        try:
            while data := await reader.read(65_536):
                changed = alter(data)
                if changed is None:
                    break
                if not self.silent:
                    writer.write(changed)
                    await writer.drain()
        except ConnectionError:
            pass
        writer.close()

    def cut(self) -> None:
        for writer in self.writers:
            writer.close()


@asynccontextmanager
async def proxied(target: int) -> AsyncIterator[Proxy]:
    proxy = Proxy(target)
    listener = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = listener.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        proxy.cut()
        listener.close()


def mailbox(port: int, user: str, **more: Any) -> Any:
    return door(imap={"port": port, "user": user, **more})


async def test_a_line_cut_in_the_middle_of_a_mail(server: Dovecot, user: str) -> None:
    house, cuts = House(), iter((1, 1))

    def cut_in_fetch(data: bytes) -> bytes | None:
        return None if b"BODY[]" in data and next(cuts, 0) else data

    async with proxied(server.imap) as proxy:
        async with listening(mailbox(proxy.port, user), house):
            await house.until(lambda: bool(house.marks))
            proxy.alter = cut_in_fetch
            server.put(user, mail("satu"), mail("dua"))
            await house.until(lambda: house.texts == ["satu", "dua"])
        assert proxy.lines == 3


async def test_a_mail_that_always_cuts_the_line_is_put_aside(server: Dovecot, user: str) -> None:
    house = House()
    async with (
        proxied(server.imap) as proxy,
        listening(mailbox(proxy.port, user, poison_tries=2), house),
    ):
        await house.until(lambda: bool(house.marks))
        proxy.alter = lambda data: None if b"racun" in data else data
        server.put(user, mail("racun"), mail("sehat"))
        await house.until(lambda: house.texts == ["sehat"])
    (aside,) = [item for item in house.items if isinstance(item, Unreadable)]
    assert aside.raw == b"UID 1"


@pytest.mark.parametrize("how", ["cut", "silent"])
async def test_a_line_that_dies_in_idle_is_made_anew(
    server: Dovecot, user: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.email.imap.SLICE", 0.3)
    house = House()
    more = {"read_seconds": 0.3, "connect_seconds": 0.3}
    async with proxied(server.imap) as proxy, listening(mailbox(proxy.port, user, **more), house):
        await house.until(lambda: bool(house.marks))
        await asyncio.sleep(0.1)
        if how == "cut":
            proxy.cut()
        else:
            proxy.silent = True
            await asyncio.sleep(0.8)
            proxy.silent = False
        server.put(user, mail("sesudah"))
        await house.until(lambda: house.texts == ["sesudah"])
        assert proxy.lines >= 2


async def test_a_line_that_dies_in_idle_does_not_spin(server: Dovecot, user: str) -> None:
    house = House()
    more = {"retry_seconds": 0.3, "retry_max_seconds": 0.3}
    async with proxied(server.imap) as proxy, listening(mailbox(proxy.port, user, **more), house):
        await house.until(lambda: bool(house.marks))
        for _ in range(3):
            await asyncio.sleep(0.2)
            proxy.cut()
        assert proxy.lines <= 4


async def test_mail_that_arrives_during_a_search_is_not_overlooked(
    server: Dovecot, user: str
) -> None:
    # the server tells of it in the answer to the search, or in one piece with the start of IDLE
    house = House()
    async with listening(mailbox(server.imap, user), house):
        await house.until(lambda: bool(house.marks))
        for number in range(30):
            await asyncio.to_thread(server.put, user, mail(f"ke-{number}"))
            await asyncio.sleep(0.005 * (number % 3))
        await house.until(lambda: len(house.texts) == 30)


async def test_goodbye_is_heard(server: Dovecot, user: str) -> None:
    house = House()
    async with proxied(server.imap) as proxy, listening(mailbox(proxy.port, user), house):
        await house.until(lambda: bool(house.marks))
        await asyncio.sleep(0.2)
        for writer in proxy.writers[:1]:
            writer.write(b"* BYE shutting down\r\n")
        await house.until(lambda: proxy.lines == 2)
        server.put(user, mail("kembali"))
        await house.until(lambda: house.texts == ["kembali"])


@pytest.mark.parametrize("without", [b" MOVE", b" UIDPLUS"])
async def test_moving_without_the_extension(server: Dovecot, user: str, without: bytes) -> None:
    with server.look(user, "Helpdesk"):
        pass
    house = House()
    async with proxied(server.imap) as proxy:
        proxy.alter = lambda data: data.replace(b" MOVE", b"").replace(without, b"")
        async with listening(mailbox(proxy.port, user, after="move"), house):
            server.put(user, mail("pindah"))
            await house.until(lambda: house.texts == ["pindah"])
            await asyncio.sleep(0.2)
    assert len(server.mails(user, "Helpdesk")) == 1
    with server.look(user) as client:
        left = client.get_flags(client.search())
    if without == b" MOVE":
        assert left == {}
    else:  # others' deleted mail would go, too
        assert [b"\\Deleted" in flags for flags in left.values()] == [True]


async def test_a_mail_gone_before_it_is_fetched(
    server: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, fetch = House(), ImapLine.content

    def content(line: ImapLine, uid: int) -> bytes | None:
        with server.look(user) as client:
            if uid == 1:
                client.delete_messages([uid])
                client.expunge()
        return fetch(line, uid)

    monkeypatch.setattr(ImapLine, "content", content)
    async with listening(mailbox(server.imap, user), house):
        await house.until(lambda: bool(house.marks))
        server.put(user, mail("hilang"), mail("ada"))
        await house.until(lambda: house.texts == ["ada"])
    assert any("tidak ada di kotak" in why for why in house.ignored())


async def test_log_in_by_token(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("ya29.abc\n")
    said: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] ready\r\n")
        while line := await reader.readline():
            said.append(line)
            if b"AUTHENTICATE" in line:
                writer.write(b"+ \r\n")
            elif b" " not in line.strip():
                writer.write(said[-2].split()[0] + b" NO [AUTHENTICATIONFAILED] no\r\n")
            else:
                writer.write(b"* CAPABILITY IMAP4rev1\r\n" + line.split()[0] + b" OK done\r\n")
        writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    reader = mailbox(port, "lapor@contoh.go.id", password=None, oauth_token_file=token)
    async with listening(reader, House()):
        async with asyncio.timeout(PATIENCE):
            while not await reader.examine():
                await asyncio.sleep(0.02)
        assert [one.key for one in await reader.examine()] == ["imap_login"]
    listener.close()
    assert any(b"AUTHENTICATE XOAUTH2" in line for line in said)


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"* BYE full\r\n", b"\xff\xfe\0\r\n", b"* OK\r\n"],
)
async def test_whatever_answers_on_the_port_is_only_a_lost_line(answer: bytes) -> None:
    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    line = ImapLine(ImapSettings(**(QUICK | {"port": port})))
    with pytest.raises(LineLost):
        await asyncio.to_thread(line.open)
    line.leave()
    listener.close()
