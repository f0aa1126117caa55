"""The door as the house holds it (channels/email/channel.py, gateway/doors/email.py)."""

from __future__ import annotations

import asyncio
import socket
import threading
from dataclasses import replace
from typing import Any

import pytest

from channels.email import payload
from channels.email.channel import Email
from channels.email.own import OwnAddresses
from config.load import read
from core.errors import SendError, SendFailure, StoreUnavailable
from core.model.attachments import WantedFile
from core.model.messages import Address, AddressKind, ChannelId, Unreadable
from core.model.texts import TextForm
from gateway.clock import SystemClock
from gateway.doors.made import Place
from gateway.wiring import make_door
from tests.channels.email.house import DESK, SECRET, SUREL, House, door, listening, mail, settings
from tests.channels.email.smtp_kit import line_to
from tests.channels.email.test_payload import WITH_FILES
from tests.patience import PATIENCE


async def ready(made: Email) -> Any:
    async with asyncio.timeout(PATIENCE):
        while not made.smtp_port:
            await asyncio.sleep(0.01)
    return made._server


async def test_a_mail_by_smtp_reaches_the_house_with_its_envelope() -> None:
    house, made = House(), door(smtp_in={})
    async with listening(made, house), line_to(await ready(made)) as line:
        assert (await line.send(mail("Mati."), to="lapor+x@contoh.go.id")).startswith("250")
        assert (await line.send(mail("Mati."))).startswith("250")
    (message,) = house.messages
    assert message.recipient == "lapor+x@contoh.go.id"
    assert message.raw.startswith(b"Return-Path: <warga@example.org>\r\nDelivered-To: lapor+x@")
    assert (message.machine, message.quiet) == ("", "")


async def test_a_mail_without_envelope_sender_is_a_machines() -> None:
    house, made = House(), door(smtp_in={})
    async with listening(made, house), line_to(await ready(made)) as line:
        await line.say("EHLO uji", "MAIL FROM:<>", f"RCPT TO:<{DESK}>", "DATA")
        await line.raw(mail("Tidak di tempat.") + b".\r\n")
        assert (await line.reply()).startswith("250")
    assert house.messages[0].machine


async def test_what_we_stumble_over_is_kept_and_answered_with_success(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stumble(*_: object) -> None:
        message = "bug"
        raise RuntimeError(message)

    monkeypatch.setattr(payload, "read", stumble)
    house, made = House(), door(smtp_in={})
    async with listening(made, house), line_to(await ready(made)) as line:
        assert (await line.send(mail("Mati."))).startswith("250")
    (aside,) = house.items
    assert isinstance(aside, Unreadable)
    assert b"Mati." in aside.raw


async def test_a_store_that_is_away_is_told_to_the_sender() -> None:
    def refuse(_: object) -> None:
        message = "gone"
        raise StoreUnavailable(message)

    house, made = House(before=refuse), door(smtp_in={})
    async with listening(made, house), line_to(await ready(made)) as line:
        assert (await line.send(mail("Mati."))).startswith("451 4.3.0")
        house.before = None
        assert (await line.send(mail("Mati."))).startswith("250")
    assert len(house.messages) == 1


async def test_a_port_that_is_taken_ends_the_mailbox_too() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        made = door(smtp_in={"port": taken.getsockname()[1]}, imap={"port": 9})
        with pytest.raises(OSError, match="in use"):
            await made.listen(House().take, House())
    async with asyncio.timeout(PATIENCE):
        while any(thread.name == "imap surel" for thread in threading.enumerate()):
            await asyncio.sleep(0.01)
    await made.close()
    await made.close()


class Bucket:
    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.pieces.append(data)


def wanted(reference: str, raw: bytes = WITH_FILES) -> WantedFile:
    return WantedFile(1, 0, SUREL, reference, "image/jpeg", "lampu.jpg", 10, raw=raw)


async def test_a_file_is_cut_out_of_the_kept_mail() -> None:
    made, bucket = door(smtp_in={}), Bucket()
    assert await made.fetch(wanted("part:0"), bucket) is None
    assert b"".join(bucket.pieces).startswith(b"\xff\xd8\xff\xe0")
    await made.close()


@pytest.mark.parametrize("reference", ["part:7", "part:-1", "part:x", "https://x.test/", ""])
async def test_a_file_that_is_not_in_it(reference: str) -> None:
    made = door(smtp_in={})
    with pytest.raises(SendError) as caught:
        await made.fetch(wanted(reference), Bucket())
    assert caught.value.problem.failure is SendFailure.PERMANENT
    await made.close()


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        (DESK, True),
        ("LAPOR@Contoh.Go.Id", True),
        ("lapor+26004217abc@contoh.go.id", True),
        ("lapor+a+b@contoh.go.id", True),
        ("apa.saja@desa.contoh.go.id", True),
        ("lapor@contoh.go.id.evil.test", False),
        ("xlapor@contoh.go.id", False),
        ("lapor@desa.lain.go.id", False),
        ("lapor", False),
        ("", False),
        (None, False),
    ],
)
def test_which_addresses_are_ours(address: object, ours: bool) -> None:
    own = OwnAddresses.of([DESK.upper()], ["Desa.Contoh.go.id"])
    assert (address in own) is ours


def test_a_door_that_is_deaf_or_a_stranger_to_itself_does_not_open() -> None:
    with pytest.raises(ValueError, match="smtp_in or imap"):
        settings()
    with pytest.raises(ValueError, match="one of our own"):
        replace(settings(smtp_in={}), address="lain@contoh.go.id")
    with pytest.raises(ValueError, match="16 characters"):
        Email(replace(settings(smtp_in={}), secrets=("pendek",)), SystemClock())
    assert SECRET not in repr(settings(smtp_in={}))


def test_the_door_of_a_configuration() -> None:
    whole = read(
        {
            "office": {"name": "Dinas Contoh"},
            "http": {"public_url": "https://helpdesk.contoh.go.id"},
            "channels": {
                "surel": {
                    "kind": "email",
                    "address": DESK,
                    "own_addresses": ["bantuan@contoh.go.id"],
                    "token_secret": SECRET,
                    "acks_per_hour": 4,
                    "smtp_in": {"port": 0},
                    "smtp_out": {"host": "localhost", "security": "plain", "port": 25},
                }
            },
        }
    )
    made = make_door(Place(ChannelId("surel"), whole, SystemClock()))
    assert isinstance(made.mounted.door, Email)
    assert made.mounted.routes == ()
    assert (made.traits.form, made.traits.acks_per_hour) == (TextForm.EMAIL, 4)
    assert made.own == {
        Address(AddressKind.EMAIL, DESK),
        Address(AddressKind.EMAIL, "bantuan@contoh.go.id"),
    }
