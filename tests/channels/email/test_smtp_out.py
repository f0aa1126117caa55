"""What leaves by the relay, and what its refusals mean (providers.md §12)."""

from __future__ import annotations

import asyncio
import socket
from datetime import UTC, datetime
from email import message_from_bytes
from typing import TYPE_CHECKING, Any

import pytest

from channels.email.errors import CODES, REFUSED
from core.errors import Scope, SendError, SendFailure
from core.model.messages import Address, AddressKind, Conversation, OutboundFile, OutboundMessage
from core.ports import Closes, Converses, Examines, Fetches, Listens, Recovers, Sends
from tests.channels.email.house import DESK, SUREL, door
from tests.channels.email.relay_kit import DROP, HANG, FakeRelay, relaying

if TYPE_CHECKING:
    from pathlib import Path

    from channels.email.channel import Email

NUMBER = "HD26-004217-4"
CITIZEN = "warga@example.org"


def outbound(to: str = CITIZEN, **more: Any) -> OutboundMessage:
    given: dict[str, Any] = {
        "item_id": 17,
        "channel": SUREL,
        "recipient": Address(AddressKind.EMAIL, to),
        "text": f"Laporan Anda {NUMBER}",
        "created_at": datetime(2026, 11, 23, 1, tzinfo=UTC),
        "conversation": Conversation(number=NUMBER, subject="lampu", answers="a@example.org"),
    }
    return OutboundMessage(**(given | more))


BY_HAND = {"conversation": Conversation(number=NUMBER, subject="lampu", automatic=False)}


def sender_by(relay: FakeRelay, timeout: float = 3.0, **smtp_out: Any) -> Email:
    out = {"port": relay.port} | smtp_out
    made: Email = door(smtp_in={}, smtp_out=out, timeout=timeout)
    return made


async def problem_with(relay: FakeRelay, timeout: float = 3.0, **message: Any) -> Any:
    sending = sender_by(relay, timeout)
    with pytest.raises(SendError) as caught:
        await sending.send(outbound(**message))
    await sending.close()
    return caught.value.problem


def test_what_the_door_can_do() -> None:
    made = door(smtp_in={})
    for able in (Sends, Listens, Converses, Fetches, Examines, Closes):
        assert isinstance(made, able)
    assert not isinstance(made, Recovers)


async def test_an_acknowledgement_has_no_envelope_sender_and_asks_for_no_report() -> None:
    async with relaying() as relay:
        sending = sender_by(relay)
        receipt = await sending.send(outbound())
        await sending.close()
    (mail,) = relay.mails
    read = message_from_bytes(mail)
    assert read["Message-ID"] == f"<{receipt.provider_id}>"
    assert (read["In-Reply-To"], read["Auto-Submitted"]) == ("<a@example.org>", "auto-replied")
    assert relay.commands("MAIL") == [f"MAIL FROM:<> SIZE={len(mail)}"]
    assert relay.commands("RCPT") == [f"RCPT TO:<{CITIZEN}>"]
    assert relay.commands("QUIT")


async def test_an_answer_by_hand_asks_for_reports() -> None:
    async with relaying() as relay:
        sending = sender_by(relay)
        receipt = await sending.send(outbound(**BY_HAND))
        await sending.close()
    (mail,), (rcpt,) = relay.commands("MAIL"), relay.commands("RCPT")
    assert mail.startswith("MAIL FROM:<lapor+26004217")
    assert mail.endswith(f" RET=HDRS ENVID={receipt.provider_id}")
    assert rcpt == f"RCPT TO:<{CITIZEN}> NOTIFY=FAILURE,DELAY"


async def test_reports_are_asked_for_only_where_offered() -> None:
    async with relaying(offers=()) as relay:
        sending = sender_by(relay)
        await sending.send(outbound(**BY_HAND))
        await sending.close()
    assert " " not in relay.commands("RCPT")[0].removeprefix("RCPT TO:")
    assert "SIZE" not in relay.commands("MAIL")[0]


async def test_a_relay_that_wants_a_sender_gets_one() -> None:
    async with relaying() as relay:
        sending = sender_by(relay, null_sender=False)
        await sending.send(outbound())
        await sending.close()
    assert relay.commands("MAIL")[0].startswith(f"MAIL FROM:<{DESK}>")


async def test_the_same_item_is_the_same_mail_at_every_attempt() -> None:
    async with relaying() as relay:
        sending = sender_by(relay)
        first = await sending.send(outbound())
        second = await sending.send(outbound(attempt=2))
        await sending.close()
    assert first == second
    assert relay.mails[0] == relay.mails[1]


async def test_one_connection_serves_many_mails_and_some_at_once() -> None:
    async with relaying() as relay:
        sending = sender_by(relay, connections=2)
        for number in range(3):
            await sending.send(outbound(item_id=number))
        assert relay.connections == 1
        await asyncio.gather(*(sending.send(outbound(item_id=number)) for number in range(9)))
        await sending.close()
    assert relay.connections <= 3
    assert len(relay.mails) == 12


@pytest.mark.parametrize("end", [DROP, "421 4.4.2 idle"])
async def test_a_kept_connection_that_died_costs_nothing(end: str) -> None:
    async with relaying() as relay:
        sending = sender_by(relay)
        await sending.send(outbound())
        relay.once["MAIL"] = end
        await sending.send(outbound())
        await sending.close()
    assert (len(relay.mails), relay.connections) == (2, 2)


async def test_an_old_connection_is_not_used_again() -> None:
    async with relaying() as relay:
        sending = sender_by(relay, keep_seconds=0.01)
        await sending.send(outbound())
        await asyncio.sleep(0.03)
        await sending.send(outbound())
        await sending.close()
    assert relay.connections == 2


R, D, P, H = SendFailure.RETRY, SendFailure.DOUBT, SendFailure.PERMANENT, SendFailure.PAUSE


@pytest.mark.parametrize(
    ("answers", "failure", "scope", "code"),
    [
        ({"greeting": "421 busy"}, R, Scope.CHANNEL, "smtp 421"),
        ({"greeting": "554 no"}, R, Scope.CHANNEL, "smtp 554"),
        ({"greeting": DROP}, R, Scope.CHANNEL, None),
        ({"greeting": HANG}, R, Scope.CHANNEL, None),
        ({"EHLO": "550 no"}, R, Scope.CHANNEL, None),
        ({"MAIL": "451 later"}, R, Scope.CHANNEL, "smtp 451"),
        ({"MAIL": "550 not you"}, H, Scope.CHANNEL, "smtp 550"),
        ({"MAIL": "530 log in"}, H, Scope.CHANNEL, "smtp 530"),
        ({"MAIL": "552 large"}, P, Scope.MESSAGE, "smtp 552"),
        ({"MAIL": HANG}, R, Scope.CHANNEL, "timeout"),
        ({"MAIL": DROP}, R, Scope.CHANNEL, "disconnected"),
        ({"RCPT": "450 grey"}, R, Scope.RECIPIENT, "smtp 450"),
        ({"RCPT": "550 nobody"}, P, Scope.RECIPIENT, "smtp 550"),
        ({"RCPT": "421 closing"}, R, Scope.CHANNEL, "smtp 421"),
        ({"RCPT": HANG}, R, Scope.CHANNEL, "timeout"),
        ({"RCPT": DROP}, R, Scope.CHANNEL, "disconnected"),
        ({"DATA": "451 later"}, R, Scope.MESSAGE, "smtp 451"),
        ({"DATA": "554 no"}, P, Scope.MESSAGE, "smtp 554"),
        ({".": "451 later"}, R, Scope.MESSAGE, "smtp 451"),
        ({".": "554 spam"}, P, Scope.MESSAGE, "smtp 554"),
        ({".": HANG}, D, Scope.MESSAGE, "timeout"),
        ({".": DROP}, D, Scope.MESSAGE, "disconnected"),
        ({".": "halo"}, D, Scope.MESSAGE, "disconnected"),
    ],
)
async def test_refusals(
    answers: dict[str, str], failure: SendFailure, scope: Scope, code: str | None
) -> None:
    async with relaying(answers=answers) as relay:
        problem = await problem_with(relay, timeout=0.5)
    assert (problem.failure, problem.scope) == (failure, scope)
    assert code is None or problem.code == code
    assert problem.reason[0].isupper()
    assert problem.reason.endswith(".")


async def test_nobody_listens() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        relay = FakeRelay(port=probe.getsockname()[1])
        problem = await problem_with(relay)
    assert (problem.failure, problem.code) == (R, "connect")


@pytest.mark.parametrize(
    ("answers", "offers", "failure", "code"),
    [
        ({"AUTH": "535 wrong"}, ("AUTH PLAIN",), H, "smtp 535"),
        ({"AUTH": "454 later"}, ("AUTH PLAIN",), R, "smtp 454"),
        ({}, (), H, "auth"),
        ({}, ("AUTH GSSAPI",), H, "auth"),
    ],
)
async def test_a_log_in_that_fails_pauses_the_channel(
    answers: dict[str, str], offers: tuple[str, ...], failure: SendFailure, code: str
) -> None:
    async with relaying(answers=answers, offers=offers) as relay:
        sending = sender_by(relay, user="lapor", password="kunci-rahasia")
        with pytest.raises(SendError) as caught:
            await sending.send(outbound())
        await sending.close()
    problem = caught.value.problem
    assert (problem.failure, problem.scope, problem.code) == (failure, Scope.CHANNEL, code)
    assert "kunci-rahasia" not in str(caught.value)
    assert relay.mails == []


async def test_log_in_by_password_and_by_token(tmp_path: Path) -> None:
    token = tmp_path / "token"
    async with relaying(offers=("AUTH PLAIN XOAUTH2",)) as relay:
        sending = sender_by(relay, user="lapor", password="kunci")
        await sending.send(outbound())
        await sending.close()
        sending = sender_by(relay, user="lapor", oauth_token_file=token)
        with pytest.raises(SendError) as caught:
            await sending.send(outbound())
        assert (caught.value.problem.failure, caught.value.problem.code) == (H, "token")
        token.write_text("ya29.token\n")
        await sending.send(outbound())
        await sending.close()
    assert [line.split()[1] for line in relay.commands("AUTH")] == ["PLAIN", "XOAUTH2"]


@pytest.mark.parametrize(
    "to",
    [
        "a@b.test\r\nRCPT TO:<korban@example.net>",
        "a@b.test\nDATA",
        "a\0@b.test",
        "a b@b.test",
        "<a@b.test>",
        "a@b.test>",
        "alice@good.test)bob@evil.test",
        "tanpa-domain",
        "a@b@c.test",
        "a@b.test,c@d.test",
        "",
    ],
)
async def test_addresses_that_are_none_never_reach_the_wire(to: str) -> None:
    async with relaying() as relay:
        problem = await problem_with(relay, recipient=Address(AddressKind.EMAIL, to))
    assert (problem.failure, problem.scope) == (P, Scope.RECIPIENT)
    assert relay.connections == 0


async def test_only_mail_addresses_get_mail() -> None:
    async with relaying() as relay:
        problem = await problem_with(relay, recipient=Address(AddressKind.PHONE, "+6281"))
    assert (problem.failure, relay.connections) == (P, 0)


async def test_a_mail_larger_than_the_relay_takes_is_not_begun(tmp_path: Path) -> None:
    file = tmp_path / "foto.jpg"
    file.write_bytes(b"x" * 5_000)
    attached = OutboundFile(str(file), "image/jpeg", "foto.jpg", 5_000)
    stands_in = Conversation(number=NUMBER, automatic=False, files=(attached,))
    async with relaying(offers=("SIZE 2000",)) as relay:
        problem = await problem_with(relay, conversation=stands_in)
    assert (problem.failure, problem.code) == (P, "size")
    assert not relay.commands("MAIL")


async def test_a_file_that_is_gone_ends_the_message() -> None:
    attached = OutboundFile("/tiada/foto.jpg", "image/jpeg", "foto.jpg", 5)
    stands_in = Conversation(number=NUMBER, automatic=False, files=(attached,))
    async with relaying() as relay:
        problem = await problem_with(relay, conversation=stands_in)
    assert (problem.failure, problem.code) == (P, "no file")


@pytest.mark.parametrize(("offers", "taken"), [(("SMTPUTF8",), True), ((), False)])
async def test_addresses_beyond_ascii_need_smtputf8(offers: tuple[str, ...], taken: bool) -> None:
    async with relaying(offers=offers) as relay:
        if taken:
            sending = sender_by(relay)
            await sending.send(outbound(to="büdi@example.org"))
            await sending.close()
            assert relay.commands("MAIL")[0].endswith("SMTPUTF8")
            assert relay.commands("RCPT") == ["RCPT TO:<büdi@example.org>"]
        else:
            problem = await problem_with(relay, recipient=Address(AddressKind.EMAIL, "büdi@x.id"))
            assert problem.code == "smtputf8"


async def test_waiting_for_a_connection_ends_in_time_and_begins_nothing() -> None:
    async with relaying(answers={".": HANG}) as relay:
        sending = sender_by(relay, 0.3, connections=1)
        slow = asyncio.create_task(sending.send(outbound()))
        await asyncio.sleep(0.05)
        found = await asyncio.gather(slow, sending.send(outbound()), return_exceptions=True)
        await sending.close()
    problems = [error.problem for error in found if isinstance(error, SendError)]
    assert [problem.failure for problem in problems] == [D, R]
    assert len(relay.mails) == 1


def test_every_row_of_the_table_has_a_sentence() -> None:
    rows = [row for pair in REFUSED.values() for row in pair] + list(CODES.values())
    assert all(reason[0].isupper() and reason.endswith(".") for _, _, reason in rows)
