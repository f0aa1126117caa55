"""The way in over HTTP, a real store behind it: what is answered, and what is then on disk."""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from core.errors import StoreUnavailable
from core.model import reading
from core.services import intake
from gateway import intake_queue as queues
from gateway.webhooks import AWAY
from tests.gateway.gateway_kit import (
    EMPTY,
    NUMBER,
    PUBLIC,
    Office,
    hang_up,
    locked,
    message,
    office,
    phone,
    sections,
    sid,
    sign,
    until,
    with_channels,
)
from tests.patience import PATIENCE
from ticket_store.desk import SqlDesk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path
    from typing import Any

HOOK = PUBLIC + "/hooks/sms"
STATUS = "/hooks/sms/status"


GOOD = message()
BODY = urlencode(GOOD).encode()
RIGHT = sign(HOOK, GOOD.items())


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


# --- a good message --------------------------------------------------------------------------


async def test_a_good_message_is_answered_with_an_empty_document(hall: Office) -> None:
    reply = await hall.post(message())
    assert (reply.status, reply.body) == (200, EMPTY)
    assert reply.headers["Content-Type"].startswith("text/xml")
    [ticket] = await hall.tickets()
    await hall.quiet()
    [ack] = hall.texts()
    assert ack.count(ticket.number) >= 1
    assert hall.count("helpdesk_messages_received_total", channel="sms", outcome="opened") == 1


async def test_success_is_told_only_after_the_commit(
    hall: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer waits for the commit, not merely for the decision."""
    reached, may = asyncio.Event(), asyncio.Event()
    usual = SqlDesk.commit

    async def slow(desk: SqlDesk) -> None:
        reached.set()
        await may.wait()
        await usual(desk)

    monkeypatch.setattr(SqlDesk, "commit", slow)
    call = asyncio.create_task(hall.post(message()))
    await asyncio.wait_for(reached.wait(), PATIENCE)
    await asyncio.sleep(0.05)
    assert not call.done()
    assert await hall.stored_texts() == []
    may.set()
    assert (await call).status == 200
    assert len(await hall.stored_texts()) == 1


async def test_a_repeat_gets_the_same_answer_and_causes_nothing(hall: Office) -> None:
    fields = message()
    replies = [await hall.post(fields) for _ in range(3)]
    assert {(reply.status, reply.body) for reply in replies} == {(200, EMPTY)}
    await hall.quiet()
    assert len(await hall.tickets()) == len(hall.texts()) == len(await hall.stored_texts()) == 1


async def test_the_same_webhook_fifty_times_at_one_moment(hall: Office) -> None:
    fields = message()
    replies = await asyncio.gather(*(hall.post(fields) for _ in range(50)))
    assert {(reply.status, reply.body) for reply in replies} == {(200, EMPTY)}
    await hall.quiet()
    assert len(await hall.tickets()) == len(hall.texts()) == 1


async def test_mb_02_two_hundred_senders_at_one_moment(hall: Office) -> None:
    replies = await asyncio.gather(*(hall.post(message(From=phone(n))) for n in range(200)))
    assert {reply.status for reply in replies} == {200}
    numbers = {ticket.number for ticket in await hall.tickets()}
    assert len(numbers) == 200
    await hall.quiet()
    acks = hall.provider.sent
    assert len(acks) == len({ack.recipient for ack in acks}) == 200
    assert {number for number in numbers if any(number in ack.body for ack in acks)} == numbers


async def test_a_replay_after_a_restart_causes_nothing(tmp_path: Path) -> None:
    fields = message()
    async with office(tmp_path) as first:
        assert (await first.post(fields)).status == 200
        await first.quiet()
    async with office(tmp_path) as second:
        assert (await second.post(fields)).body == EMPTY
        await asyncio.sleep(0.1)
        assert await second.waiting() == 0
        assert second.texts() == []
        assert len(await second.tickets()) == 1


# --- GET and JSON ----------------------------------------------------------------------------


async def test_a_signed_get_is_a_message_too(hall: Office) -> None:
    path = "/hooks/sms?" + urlencode(message("HELPDESK lewat GET"))
    headers = {"X-Twilio-Signature": sign(PUBLIC + path, ())}
    reply = await hall.call(b"", path, headers, "GET")
    assert (reply.status, reply.body) == (200, EMPTY)
    assert await hall.stored_texts() == ["HELPDESK lewat GET"]


@pytest.mark.parametrize(("altered", "status"), [(False, 200), (True, 401)])
async def test_json_is_covered_by_its_hash(hall: Office, altered: bool, status: int) -> None:
    body = json.dumps(message("HELPDESK lewat JSON")).encode()
    path = "/hooks/sms?bodySHA256=" + hashlib.sha256(body).hexdigest()
    headers = {"X-Twilio-Signature": sign(PUBLIC + path, ()), "Content-Type": "application/json"}
    sent = body.replace(b"lewat", b"salah") if altered else body
    assert (await hall.call(sent, path, headers)).status == status
    assert len(await hall.stored_texts()) == (status == 200)


# --- what we cannot understand ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        (message(MessageSid="", SmsSid=""), "MessageSid"),
        (message(MessageSid="SM\x00x", SmsSid=""), "MessageSid"),
        (message(MessageSid="S" * 301, SmsSid=""), "MessageSid"),
    ],
    ids=["missing", "control", "long"],
)
async def test_malformed_is_kept_raw_and_told(
    hall: Office, fields: dict[str, str], named: str
) -> None:
    reply = await hall.post(fields)
    assert reply.status == 400
    assert named in reply.body
    [row] = await hall.rows("SELECT channel, raw, sentence FROM quarantine")
    assert (row[0], row[1]) == ("sms", urlencode(fields).encode())
    assert named in row[2]
    assert hall.count("helpdesk_alarms_total", channel="sms", kind="quarantine") == 1
    assert (await hall.post(message())).status == 200


async def test_malformed_while_the_store_is_away_is_for_the_sender_to_keep(
    hall: Office, tmp_path: Path
) -> None:
    fields = message(MessageSid="", SmsSid="")
    async with locked(hall, tmp_path):
        assert (await hall.post(fields)).status == 503
    assert (await hall.post(fields)).status == 400
    assert len(await hall.rows("SELECT 1 FROM quarantine")) == 1


async def test_poison_harms_no_neighbour(hall: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """One text that intake cannot take, among many that wait together with it."""
    usual = reading.read_intent

    def stumbles(text: str, **more: Any) -> Any:
        if "racun" in text:
            raise RuntimeError(text)
        return usual(text, **more)

    monkeypatch.setattr(intake, "read_intent", stumbles)
    poison = message("HELPDESK racun", From=phone(999))
    calls = [hall.post(message(f"HELPDESK keluhan {n}", From=phone(n))) for n in range(6)]
    calls.insert(3, hall.post(poison))
    replies = await asyncio.gather(*calls)
    assert {(reply.status, reply.body) for reply in replies} == {(200, EMPTY)}
    assert len(await hall.tickets()) == 6
    [row] = await hall.rows("SELECT raw, sentence FROM quarantine")
    assert row[0] == urlencode(poison).encode()
    assert row[1] == "intake failed: RuntimeError"
    assert hall.count("helpdesk_alarms_total", channel="sms", kind="quarantine") == 1
    await hall.quiet()
    assert len(hall.texts()) == 6


async def test_poison_while_the_store_is_away_is_for_the_sender_to_keep(
    hall: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbles(*_given: Any, **_more: Any) -> Any:
        raise RuntimeError

    def away() -> Any:
        raise StoreUnavailable

    fields = message()
    with monkeypatch.context() as patched:
        patched.setattr(intake, "read_intent", stumbles)
        patched.setattr(hall.store, "desk", away)
        assert (await hall.post(fields)).status == 503
    assert (await hall.post(fields)).status == 200
    assert len(await hall.tickets()) == 1


# --- the store is away -----------------------------------------------------------------------


async def test_a_locked_store_is_told_and_the_repeat_loses_nothing(
    hall: Office, tmp_path: Path
) -> None:
    texts = [message(f"HELPDESK keluhan {n}", From=phone(n)) for n in range(5)]
    async with locked(hall, tmp_path):
        replies = await asyncio.gather(*(hall.post(fields) for fields in texts))
    assert {(reply.status, reply.headers["Retry-After"]) for reply in replies} == {(503, "5")}
    assert {reply.body.encode() for reply in replies} == {AWAY.body}
    assert await hall.stored_texts() == []
    assert {(await hall.post(fields)).status for fields in texts} == {200}
    assert len(await hall.tickets()) == 5


async def test_the_provider_repeats_until_the_store_is_back(hall: Office, tmp_path: Path) -> None:
    """With #rc=5&rp=all behind the URL, as the manual demands."""
    async with locked(hall, tmp_path):
        call = asyncio.create_task(hall.provider.inbound(phone(1), "HELPDESK air mati"))
        await until(lambda: hall.count("helpdesk_store_seconds_count", work="intake") >= 1)
    answer = await call
    assert answer.taken
    assert answer.attempts > 1
    await hall.quiet()
    assert len(await hall.tickets()) == len(hall.texts()) == 1


async def test_too_busy_is_told_before_anything_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One at work, three waiting; the other six are refused while the four still wait."""
    free, begun = asyncio.Event(), asyncio.Event()
    usual = intake.receive

    async def slow(*given: Any) -> Any:
        begun.set()
        await free.wait()
        return await usual(*given)

    monkeypatch.setattr(queues, "receive", slow)
    async with office(tmp_path, sections(intake={"queue_messages": 3, "group": 1})) as hall:
        calls = [asyncio.create_task(hall.post(message(From=phone(0))))]
        await begun.wait()
        calls += [asyncio.create_task(hall.post(message(From=phone(n)))) for n in range(1, 10)]
        await until(lambda: sum(call.done() for call in calls) == 6)
        refused = [call.result() for call in calls if call.done()]
        assert {(reply.status, reply.headers["Retry-After"]) for reply in refused} == {(503, "5")}
        free.set()
        statuses = sorted(reply.status for reply in await asyncio.gather(*calls))
        assert statuses == [200] * 4 + [503] * 6
        assert len(await hall.tickets()) == 4


async def test_a_bug_at_the_door_is_no_success(
    hall: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: Any) -> Any:
        message_ = "rahasia dapur"
        raise RuntimeError(message_)

    with monkeypatch.context() as patched:
        patched.setattr("channels.sms.payload.read", broken)
        reply = await hall.post(GOOD)
    assert reply.status == 503
    assert "dapur" not in reply.body
    assert (await hall.post(GOOD)).status == 200


async def test_a_caller_that_hangs_up_does_not_take_its_message_back(
    hall: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    free, begun = asyncio.Event(), asyncio.Event()
    usual = intake.receive

    async def slow(*given: Any) -> Any:
        begun.set()
        await free.wait()
        return await usual(*given)

    monkeypatch.setattr(queues, "receive", slow)
    _reader, writer = await asyncio.open_connection("127.0.0.1", hall.gateway.port)
    head = f"POST /hooks/sms HTTP/1.1\r\nHost: x\r\nX-Twilio-Signature: {RIGHT}\r\n"
    kind = "Content-Type: application/x-www-form-urlencoded\r\n"
    writer.write(f"{head}{kind}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY)
    await asyncio.wait_for(begun.wait(), PATIENCE)
    await hang_up(writer, rudely=True)
    await asyncio.sleep(0.05)
    free.set()
    await until(lambda: hall.count("helpdesk_intake_group_size_count") == 1)
    assert (await hall.post(GOOD)).status == 200
    await hall.quiet()
    assert len(await hall.tickets()) == len(hall.texts()) == 1


# --- reports and several doors ---------------------------------------------------------------


async def test_a_report_moves_the_message_forward(hall: Office) -> None:
    await hall.post(message())
    await hall.quiet()
    await hall.provider.settled()
    [row] = await hall.rows("SELECT delivery FROM outbox")
    assert row[0] == "delivered"
    assert hall.count("helpdesk_delivery_reports_total", channel="sms", state="delivered") == 1


@pytest.mark.parametrize(
    ("changes", "status", "quarantined"),
    [
        ({"MessageStatus": "delivered"}, 200, 0),
        ({"MessageStatus": "teleported"}, 200, 0),
        ({"MessageStatus": "received"}, 400, 1),
        ({"MessageStatus": "sent", "MessageSid": ""}, 400, 1),
        ({"MessageStatus": "sent", "AccountSid": "AC" + "c" * 32}, 403, 0),
        ({"MessageStatus": "sent", "From": "+62811"}, 403, 0),
    ],
    ids=str,
)
async def test_reports(
    hall: Office, changes: dict[str, str], status: int, quarantined: int
) -> None:
    fields = {"AccountSid": GOOD["AccountSid"], "MessageSid": sid(), "From": NUMBER}
    reply = await hall.post(fields | {"To": phone(1)} | changes, STATUS)
    assert reply.status == status
    assert len(await hall.rows("SELECT 1 FROM quarantine")) == quarantined


async def test_each_door_keeps_to_its_own_address(tmp_path: Path) -> None:
    """A request signed for one door is no request for another, though the account is the same."""
    async with office(tmp_path, with_channels("sms", "cadangan")) as hall:
        fields = message()
        head = {"X-Twilio-Signature": sign(HOOK, fields.items())}
        body = urlencode(fields).encode()
        assert (await hall.call(body, "/hooks/cadangan", head)).status == 401
        assert (await hall.call(body, "/hooks/sms", head)).status == 200
        assert (await hall.post(message(From=phone(2)), "/hooks/cadangan")).status == 200
        await hall.quiet()
        assert [len(hall.texts(name)) for name in ("sms", "cadangan")] == [1, 1]
