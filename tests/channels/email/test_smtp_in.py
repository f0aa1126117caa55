"""Our SMTP server, word by word (providers.md §10)."""

from __future__ import annotations

import asyncio
import errno
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from channels.email.smtp_in import traced
from channels.email.smtp_session import MOST_FAULTS, Received
from core.errors import Busy, StoreUnavailable
from tests.channels.email.smtp_kit import DESK, MAIL, Taken, line_to, serving
from tests.channels.sms.doors import NOW

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def taken() -> Taken:
    return Taken()


async def test_a_mail_is_taken_whole(taken: Taken) -> None:
    async with serving(taken) as server, line_to(server) as line:
        content = MAIL + b"..titik\r\n" + "é".encode() + b"\r\n"
        assert (await line.send(content)).startswith("250 ")
    (mail,) = taken.mails
    assert mail.content == content.replace(b"..titik", b".titik")
    assert (mail.sender, mail.recipients) == ("warga@example.org", (DESK,))
    assert (mail.client, mail.hello, mail.encrypted) == ("127.0.0.1", "uji", False)


async def test_what_is_offered(taken: Taken) -> None:
    settings = {"max_size": 70_000, "hostname": "mx.contoh.go.id"}
    async with serving(taken, **settings) as server, line_to(server) as line:
        offered = await line.say("EHLO uji")
    names = {part[4:] for part in offered.split("|")}
    assert names == {"mx.contoh.go.id", "SIZE 70000", "8BITMIME", "SMTPUTF8", "HELP"}


async def test_250_only_after_the_house_has_it(taken: Taken) -> None:
    written = asyncio.Event()

    async def wait(_mail: Received) -> None:
        await written.wait()

    taken.before = wait
    async with serving(taken) as server, line_to(server) as line:
        await line.to_data()
        await line.raw(MAIL + b".\r\n")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(line.reader.readline(), 0.2)
        written.set()
        assert (await line.reply()).startswith("250 ")


class FullError(Exception):
    sqlite_errorname = "SQLITE_FULL"


def away_because(cause: Exception) -> StoreUnavailable:
    away = StoreUnavailable("the store is not available")
    away.__cause__ = cause
    return away


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (StoreUnavailable("gone"), "451 4.3.0 "),
        (Busy("too much"), "452 4.3.1 "),
        (away_because(FullError()), "452 4.3.1 "),
        (OSError(errno.ENOSPC, "full"), "452 4.3.1 "),
        (OSError(errno.EIO, "broken"), "451 4.3.0 "),
        (RuntimeError("rahasia"), "451 4.3.0 "),
    ],
)
async def test_faults_of_ours_are_temporary(taken: Taken, error: Exception, answer: str) -> None:
    async def fail(_mail: Received) -> None:
        raise error

    taken.before = fail
    async with serving(taken) as server, line_to(server) as line:
        said = await line.send(MAIL)
        assert said.startswith(answer)
        assert "rahasia" not in said
        taken.before = None
        assert (await line.say("MAIL FROM:<a@example.org>")).startswith("250 ")


ENDS = [
    b"\n.\n",
    b"\n.\r\n",
    b"\r.\r",
    b"\r.\r\n",
    b"\r\n.\n",
    b"\r\n.\r",
    b"\n\r.\r\n",
    b"\r\n\0.\r\n",
    b"\r\n.\0\r\n",
    b"\r\r\n.\r\r\n",
    b"\r\n.\n\r\n",
    b"\n\n.\n\n",
]


@pytest.mark.parametrize("end", ENDS, ids=repr)
async def test_smuggling_gives_one_refusal_and_no_mail(taken: Taken, end: bytes) -> None:
    hidden = b"MAIL FROM:<bos@contoh.go.id>\r\nRCPT TO:<" + DESK.encode() + b">\r\nDATA\r\n"
    async with serving(taken) as server, line_to(server) as line:
        await line.to_data()
        await line.raw(MAIL + b"halo" + end + hidden + MAIL + b".\r\n")
        assert (await line.reply()).startswith("550 5.6.11 ")
        assert await line.ended() == b""
    assert taken.mails == []


@pytest.mark.parametrize(
    ("before", "command", "answer"),
    [
        ([], "MAIL FROM:<a@example.org>", "503"),
        (["EHLO x"], "RCPT TO:<lapor@contoh.go.id>", "503"),
        (["EHLO x"], "DATA", "503"),
        (["EHLO x"], "MAIL FROM:<>", "250"),
        (["EHLO x"], "mail from:<a@example.org>", "250"),
        (["EHLO x"], "MAIL FROM: <a@example.org>", "250"),
        (["EHLO x"], "MAIL FROM:a@example.org", "501"),
        (["EHLO x"], "MAIL FROM:<a b@example.org>", "553"),
        (["EHLO x"], "MAIL FROM:<a@example.org", "501"),
        (["EHLO x"], "MAIL FROM:<a@example.org>>", "501"),
        (["EHLO x"], "MAIL FROM:<tanpa-domain>", "553"),
        (["EHLO x"], "MAIL FROM:<a@b@example.org>", "553"),
        (["EHLO x"], 'MAIL FROM:<"a b"@example.org>', "250"),
        (["EHLO x"], "MAIL FROM:<a@[192.0.2.1]>", "250"),
        (["EHLO x"], "MAIL FROM:<@relay.test,@b.test:a@example.org>", "250"),
        (["EHLO x"], "MAIL TO:<a@example.org>", "501"),
        (["EHLO x"], "MAIL", "501"),
        (["EHLO x"], "MAIL FROM:<budi@exämple.org>", "553"),
        (["EHLO x"], "MAIL FROM:<budi@exämple.org> SMTPUTF8", "250"),
        (["EHLO x"], b"MAIL FROM:<\xff\xfe@example.org>", "553"),
        (["EHLO x"], "MAIL FROM:<a@example.org> SIZE=1000", "250"),
        (["EHLO x"], "MAIL FROM:<a@example.org> SIZE=26214401", "552 5.3.4"),
        (["EHLO x"], "MAIL FROM:<a@example.org> SIZE=1000000000", "552 5.3.4"),
        (["EHLO x"], "MAIL FROM:<a@example.org> SIZE=-1", "501"),
        (["EHLO x"], "MAIL FROM:<a@example.org> SIZE=" + "9" * 400, "501"),
        (["EHLO x"], "MAIL FROM:<a@example.org> BODY=8BITMIME SIZE=5", "250"),
        (["EHLO x"], "MAIL FROM:<a@example.org> BODY=BINARYMIME", "501"),
        (["EHLO x"], "MAIL FROM:<a@example.org> RET=HDRS", "555"),
        (["EHLO x"], "MAIL FROM:<a@example.org> SIZE=", "501"),
        (["EHLO x", "MAIL FROM:<a@example.org>"], "MAIL FROM:<b@example.org>", "503"),
        (["EHLO x", "MAIL FROM:<>"], "MAIL FROM:<b@example.org>", "503"),
        (["EHLO x", "MAIL FROM:<>"], "RCPT TO:<lapor@contoh.go.id>", "250"),
        (["EHLO x", "MAIL FROM:<>"], "RCPT TO:<postmaster>", "250"),
        (["EHLO x", "MAIL FROM:<>"], "RCPT TO:<Postmaster@contoh.go.id>", "250"),
        (["EHLO x", "MAIL FROM:<>"], "RCPT TO:<LAPOR+abc@Contoh.Go.Id>", "250"),
        (["EHLO x", "MAIL FROM:<>"], "RCPT TO:<siapa.saja@desa.contoh.go.id>", "250"),
        (["EHLO x", "MAIL FROM:<>"], "RCPT TO:<lapor@contoh.go.id> NOTIFY=NEVER", "555"),
        (["EHLO x", "MAIL FROM:<>"], "RCPT TO:<>", "553"),
        (["EHLO x", "MAIL FROM:<>"], "DATA", "503"),
        (["EHLO x", "MAIL FROM:<>", "RSET"], "RCPT TO:<lapor@contoh.go.id>", "503"),
        (["EHLO x"], "AUTH PLAIN AGEAYg==", "502"),
        (["EHLO x"], "STARTTLS", "454"),
        (["EHLO x"], "BDAT 5 LAST", "500"),
        (["EHLO x"], "EXPN lapor", "502"),
        (["EHLO x"], "x" * 5_000, "500"),
        (["EHLO x"], b"\x80\x81 biner", "500"),
        ([], "GET / HTTP/1.1", "500"),
    ],
)
async def test_commands(
    taken: Taken, before: list[str], command: str | bytes, answer: str
) -> None:
    async with serving(taken) as server, line_to(server) as line:
        if before:
            assert (await line.say(*before)).startswith("250")
        assert (await line.say(command)).startswith(answer)
        assert (await line.say("NOOP")).startswith("250")


RELAY = [
    (sender, recipient)
    for sender in ("a@example.org", DESK, "", "postmaster@contoh.go.id")
    for recipient in (
        "korban@example.net",
        "korban%example.net@contoh.go.id",
        "example.net!korban@contoh.go.id",
        "@contoh.go.id:korban@example.net",
        '"korban@example.net"@contoh.go.id',
    )
]


@pytest.mark.parametrize(("sender", "recipient"), RELAY)
async def test_nothing_is_relayed(taken: Taken, sender: str, recipient: str) -> None:
    async with serving(taken) as server, line_to(server) as line:
        await line.say("EHLO uji", f"MAIL FROM:<{sender}>")
        assert (await line.say(f"RCPT TO:<{recipient}>"))[:9] in ("550 5.7.1", "550 5.1.1")
        assert (await line.say("DATA")).startswith("503")


async def test_unknown_addresses_of_ours_are_told_from_relaying(taken: Taken) -> None:
    async with serving(taken) as server, line_to(server) as line:
        await line.say("EHLO uji", "MAIL FROM:<a@example.org>")
        assert (await line.say("RCPT TO:<lain@contoh.go.id>")).startswith("550 5.1.1")
        assert (await line.say("RCPT TO:<a@example.net>")).startswith("550 5.7.1")
        assert (await line.say("RCPT TO:<a b@contoh.go.id>")).startswith("553 5.1.3")


async def test_a_hundred_recipients_and_no_more(taken: Taken) -> None:
    async with serving(taken) as server, line_to(server) as line:
        await line.say("EHLO uji", "MAIL FROM:<a@example.org>")
        for number in range(100):
            assert (await line.say(f"RCPT TO:<lapor+{number}@contoh.go.id>")).startswith("250")
        assert (await line.say(f"RCPT TO:<{DESK}>")).startswith("452 4.5.3")
        await line.say("DATA")
        await line.raw(MAIL + b".\r\n")
        assert (await line.reply()).startswith("250")
    assert len(taken.mails[0].recipients) == 100


async def test_ten_thousand_recipients_end_with_421(taken: Taken) -> None:
    async with serving(taken) as server, line_to(server) as line:
        await line.say("EHLO uji", "MAIL FROM:<a@example.org>")
        answers = []
        while not answers or answers[-1][:3] != "421":
            answers.append(await line.say("RCPT TO:<korban@example.net>"))
            assert len(answers) <= MOST_FAULTS + 1
        assert await line.ended() == b""
        # one that does not listen is cut off all the same
    async with serving(taken) as server, line_to(server) as line:
        await line.say("EHLO uji", "MAIL FROM:<a@example.org>")
        with suppress(ConnectionError):
            await line.raw(b"RCPT TO:<korban@example.net>\r\n" * 10_000)
            assert len((await line.ended()).splitlines()) <= MOST_FAULTS + 1


async def test_the_same_recipient_twice_is_one(taken: Taken) -> None:
    async with serving(taken) as server, line_to(server) as line:
        await line.say("EHLO uji", "MAIL FROM:<>", f"RCPT TO:<{DESK}>", f"RCPT TO:<{DESK}>")
        await line.say("DATA")
        await line.raw(MAIL + b".\r\n")
        assert (await line.reply()).startswith("250")
    assert taken.mails[0].recipients == (DESK,)
    assert taken.mails[0].sender == ""


def test_the_trace_holds_the_envelope() -> None:
    mail = Received("a@b.test", (DESK, "x@y.test"), MAIL, "192.0.2.1", "h\r\nX: y", encrypted=True)
    raw = traced(mail, "contoh.go.id", NOW)
    head = raw[: -len(MAIL)].decode()
    assert head.splitlines()[:3] == [
        "Return-Path: <a@b.test>",
        f"Delivered-To: {DESK}",
        "Delivered-To: x@y.test",
    ]
    assert "from h?X:?y ([192.0.2.1])\r\n\tby contoh.go.id with ESMTPS; " in head
    assert head.count("\r\n") == 5


def test_a_mail_that_begins_with_a_space_keeps_its_first_line() -> None:
    mail = Received("", (DESK,), b" lampu mati\r\n", "192.0.2.1", "h", encrypted=False)
    assert traced(mail, "contoh.go.id", NOW).endswith(b"\r\n\r\n lampu mati\r\n")


async def test_a_certificate_that_is_none_stops_the_start(tmp_path: Path) -> None:
    broken = tmp_path / "mx.pem"
    broken.write_text("-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n")
    with pytest.raises(OSError, match="PEM"):
        async with serving(Taken(), certificate=broken):
            pass
