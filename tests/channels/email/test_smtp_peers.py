"""Our SMTP server against mail programs that nobody here wrote."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest
import trustme

from core.errors import StoreUnavailable
from tests.channels.email.smtp_kit import DESK, MAIL, Taken, line_to, serving
from tests.mail_peers import Postfix, postfix, swaks
from tests.patience import PATIENCE
from tests.peers import need

if TYPE_CHECKING:
    from pathlib import Path

    from channels.email.smtp_session import Received


@pytest.fixture
def taken() -> Taken:
    return Taken()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def certificate(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "mx.pem"
    issued = authority.issue_cert("localhost")
    issued.private_key_and_cert_chain_pem.write_to_path(path)
    return path


def by_smtplib(port: int, tls: ssl.SSLContext | None = None, count: int = 1) -> str:
    with smtplib.SMTP("localhost", port, timeout=5) as client:
        if tls:
            client.starttls(context=tls)
        client.ehlo()
        for _ in range(count):
            client.sendmail("warga@example.org", [DESK], MAIL)
        return " ".join(client.esmtp_features)


async def test_pythons_own_client(taken: Taken) -> None:
    async with serving(taken) as server:
        await asyncio.to_thread(by_smtplib, server.port, count=3)
    assert [mail.content for mail in taken.mails] == [MAIL] * 3


async def test_starttls(taken: Taken, authority: trustme.CA, certificate: Path) -> None:
    tls = ssl.create_default_context()
    authority.configure_trust(tls)
    async with serving(taken, certificate=certificate) as server:
        offered = await asyncio.to_thread(by_smtplib, server.port, tls)
        assert "auth" not in offered
        assert "starttls" not in offered
        async with line_to(server) as line:
            assert "STARTTLS" in await line.say("EHLO uji")
    assert [mail.encrypted for mail in taken.mails] == [True]
    assert server._by_client == {}


async def test_what_stands_behind_starttls_in_plain_text_is_dropped(
    taken: Taken, authority: trustme.CA, certificate: Path
) -> None:
    tls = ssl.create_default_context()
    authority.configure_trust(tls)
    async with serving(taken, certificate=certificate) as server, line_to(server) as line:
        await line.say("EHLO uji")
        await line.raw(b"STARTTLS\r\nMAIL FROM:<jahat@example.org>\r\n")
        assert (await line.reply()).startswith("220")
        await line.writer.start_tls(tls, server_hostname="localhost")
        assert (await line.say("EHLO uji", f"RCPT TO:<{DESK}>")).startswith("503 5.5.1 MAIL")


@pytest.mark.parametrize("how", ["waits", "leaves", "says nonsense"])
async def test_a_client_that_stops_at_starttls_frees_its_place(
    taken: Taken, certificate: Path, how: str
) -> None:
    more = {"certificate": certificate, "idle_seconds": 0.2}
    async with serving(taken, **more) as server, line_to(server) as line:
        await line.say("EHLO uji", "STARTTLS")
        if how == "leaves":
            line.close()
        elif how == "says nonsense":
            await line.raw(b"GET / HTTP/1.1\r\n\r\n")
        async with asyncio.timeout(PATIENCE):
            while server._sessions:
                await asyncio.sleep(0.01)


async def test_a_tls_handshake_that_fails_frees_its_place(taken: Taken, certificate: Path) -> None:
    untrusting = ssl.create_default_context()
    async with serving(taken, certificate=certificate) as server:
        with pytest.raises(ssl.SSLError):
            await asyncio.to_thread(by_smtplib, server.port, untrusting)
        async with asyncio.timeout(PATIENCE):
            while server._sessions:
                await asyncio.sleep(0.01)
        assert server._by_client == {}


async def test_the_event_loop_of_production(authority: trustme.CA, certificate: Path) -> None:
    script = textwrap.dedent(
        """
        import asyncio, sys, uvloop
        from tests.channels.email.smtp_kit import Taken, serving
        from pathlib import Path

        async def main():
            taken = Taken()
            async with serving(taken, certificate=Path(sys.argv[1])) as server:
                print(server.port, flush=True)
                while len(taken.mails) < 2:
                    await asyncio.sleep(0.01)
                while server._sessions:
                    await asyncio.sleep(0.01)
                print([mail.encrypted for mail in taken.mails], server._by_client, flush=True)

        uvloop.run(main())
        """
    )
    tls = ssl.create_default_context()
    authority.configure_trust(tls)
    with subprocess.Popen(
        [sys.executable, "-c", script, str(certificate)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = (line for line in process.stdout if "smtp ready" not in line)
        port = int(next(lines))
        await asyncio.to_thread(by_smtplib, port)
        await asyncio.to_thread(by_smtplib, port, tls)
        assert next(lines) == "[False, True] Counter()\n"
        assert process.wait(5) == 0


@pytest.mark.parametrize("sessions", [1, 16])
async def test_a_load_generator(taken: Taken, sessions: int) -> None:
    program = need("smtp-source", "install postfix")
    command = [program, "-s", str(sessions), "-m", "200", "-l", "3000", "-f", "a@example.org"]
    async with serving(taken) as server:
        target = f"127.0.0.1:{server.port}"
        process = await asyncio.create_subprocess_exec(*command, "-t", DESK, target)
        assert await asyncio.wait_for(process.wait(), 30) == 0
    assert len(taken.mails) == 200


async def test_a_command_line_client(taken: Taken) -> None:
    async with serving(taken) as server:
        arguments = ("--from", "warga@example.org", "--to", DESK, "--body", "halo")
        said = await asyncio.to_thread(swaks, server.port, *arguments)
        assert "<-  250 2.6.0 kept" in said
        said = await asyncio.to_thread(swaks, server.port, "--from", "a@b.c", "--to", "x@y.test")
        assert "550 5.7.1" in said
    assert len(taken.mails) == 1


async def queued(mailer: Postfix) -> bool:
    config = ["postqueue", "-c", str(mailer.root / "conf"), "-j"]
    process = await asyncio.create_subprocess_exec(*config, stdout=subprocess.PIPE)
    out, _ = await process.communicate()
    return bool(out.strip())


async def test_a_mail_server_keeps_what_we_cannot_take_and_brings_it_again(taken: Taken) -> None:
    away = True

    async def refuse(_mail: Received) -> None:
        if away:
            message = "gone"
            raise StoreUnavailable(message)

    taken.before = refuse
    async with serving(taken) as server:
        with postfix(passes=[("contoh.go.id", server.port)]) as mailer:
            arguments = ("--from", "warga@example.org", "--to", DESK, "--body", "tunggu")
            await asyncio.to_thread(swaks, mailer.smtp, *arguments)
            async with asyncio.timeout(PATIENCE):
                while "451 4.3.0" not in mailer.log:
                    await asyncio.sleep(0.05)
            assert await queued(mailer)
            away = False
            flush = ["postqueue", "-c", str(mailer.root / "conf"), "-f"]
            async with asyncio.timeout(PATIENCE):
                while not taken.mails:
                    process = await asyncio.create_subprocess_exec(*flush)
                    await process.wait()
                    await asyncio.sleep(0.3)
            async with asyncio.timeout(PATIENCE):
                while await queued(mailer):
                    await asyncio.sleep(0.05)
    assert len(taken.mails) == 1
    assert b"tunggu" in taken.mails[0].content


async def test_a_mail_server_passes_on_eight_bits_and_large_mail(taken: Taken) -> None:
    async with serving(taken) as server:
        with postfix(passes=[("contoh.go.id", server.port)]) as mailer:
            body = "Lampu di Jalan Mawar mati, café gelap. " * 60_000
            raw = MAIL + body.encode()

            def send() -> None:
                with smtplib.SMTP("127.0.0.1", mailer.smtp) as client:
                    client.sendmail("warga@example.org", [DESK], raw, ["BODY=8BITMIME"])

            await asyncio.to_thread(send)
            async with asyncio.timeout(PATIENCE):
                while not taken.mails:
                    await asyncio.sleep(0.05)
    got = taken.mails[0].content.replace(b"\r\n ", b"").replace(b"\r\n", b"")
    assert got.rstrip().endswith(body.encode().rstrip()[-2_000:])
