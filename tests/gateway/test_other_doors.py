"""What a door can do besides sending and webhooks: listen, shake hands, be examined."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from core.errors import MalformedMessage, RequestRejected, SendError, SendFailure, SendProblem
from core.model.health import Symptom
from core.model.messages import (
    Address,
    AddressKind,
    Bookmark,
    ChannelId,
    Conversation,
    DeliveryReport,
    DeliveryState,
    Ignored,
    Inbound,
    InboundMessage,
    OutboundMessage,
    RawRequest,
    Reachability,
    Receipt,
    SendReceipt,
    Unreadable,
    WebReply,
)
from core.model.policy import ChannelTraits
from core.model.texts import TextForm
from gateway import listening
from gateway.clock import SystemClock
from gateway.dispatcher import Pace
from gateway.examining import Examination
from gateway.server import MountedDoor
from gateway.webhooks import Route
from tests.gateway.gateway_kit import PUBLIC, Office, Options, office, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from core.ports import Bookmarks, Deliver
    from gateway.server import Plan

PLAIN = ChannelId("polos")
ANI = Address(AddressKind.TELEGRAM, "1")


def said(text: str, number: int = 1, **changes: object) -> InboundMessage:
    plain = InboundMessage(PLAIN, f"m{number}", ANI, text, SystemClock().now())
    return replace(plain, **changes)  # type: ignore[arg-type]  # any field of a message


@dataclass
class PlainDoor:
    """A door that can do everything, and whose provider is the test."""

    id: ChannelId = PLAIN
    converses: bool = True
    heard: list[Sequence[Receipt]] = field(default_factory=list)
    sent: list[OutboundMessage] = field(default_factory=list)
    incoming: asyncio.Queue[Sequence[Inbound] | Exception] = field(default_factory=asyncio.Queue)
    bookmarks: Bookmarks | None = None
    turns: int = 0
    symptoms: list[Symptom] | SendError = field(default_factory=list)
    body: Sequence[Inbound] = ()

    async def send(self, message: OutboundMessage) -> SendReceipt:
        self.sent.append(message)
        return SendReceipt(f"out{message.item_id}")

    async def listen(self, deliver: Deliver, bookmarks: Bookmarks) -> None:
        self.turns, self.bookmarks = self.turns + 1, bookmarks
        while True:
            given = await self.incoming.get()
            if isinstance(given, Exception):
                raise given
            self.heard.append(await deliver(given))

    def is_handshake(self, request: RawRequest) -> bool:
        return request.method == "GET"

    def handshake(self, request: RawRequest) -> WebReply:
        if "token=benar" not in request.public_url:
            reason = "verify token wrong"
            raise RequestRejected(reason)
        return WebReply(200, b"1234")

    def verify(self, request: RawRequest) -> None:
        """Lets everybody in."""

    def parse(self, request: RawRequest) -> Sequence[Inbound]:
        if request.body == b"bad":
            sentence = "Isi tidak terbaca."
            raise MalformedMessage(sentence)
        return self.body

    def answer(self, receipts: Sequence[Receipt]) -> WebReply:
        return WebReply(200, str(len(receipts)).encode())

    def malformed(self, problem: MalformedMessage) -> WebReply:
        return WebReply(200, problem.sentence.encode())

    async def examine(self) -> Sequence[Symptom]:
        if isinstance(self.symptoms, SendError):
            raise self.symptoms
        return self.symptoms


@dataclass
class Place:
    hall: Office
    door: PlainDoor

    async def mark(self, name: str) -> str | None:
        async with self.hall.store.desk() as desk:
            return await desk.bookmarks.read(name)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    door = PlainDoor()

    def with_door(plan: Plan) -> Plan:
        route = Route("/hooks/polos", f"{PUBLIC}/hooks/polos", "message", max_body=3 * 2**20)
        mounted = MountedDoor(door, (route,), Pace(100.0, 10, 0.05))
        traits = {**plan.policy.channels, PLAIN: ChannelTraits(PLAIN, TextForm.CHAT)}
        policy = replace(plan.policy, channels=traits)
        return replace(plan, doors=[*plan.doors, mounted], policy=policy)

    async with office(tmp_path, Options(plan=with_door)) as hall:
        yield Place(hall, door)


# --- listening ---------------------------------------------------------------------------------


async def test_what_a_listening_door_hears_becomes_a_ticket_with_its_bookmark(
    place: Place,
) -> None:
    message = said("HELPDESK lampu mati", thread_id="t1", bookmark=Bookmark("polos/a", "7"))
    await place.door.incoming.put([message])
    await until(lambda: len(place.door.sent) == 1)
    [[receipt]] = place.door.heard
    assert receipt.number
    assert receipt.number in place.door.sent[0].text
    assert await place.mark("polos/a") == "7"
    assert place.door.bookmarks is not None
    assert await place.door.bookmarks.read("polos/a") == "7"


async def test_a_door_that_converses_hears_what_its_message_stands_in(place: Place) -> None:
    await place.door.incoming.put([said("HELPDESK lampu mati", thread_id="t1")])
    await until(lambda: len(place.door.sent) == 1)
    [message] = place.door.sent
    assert isinstance(message.conversation, Conversation)
    assert (message.conversation.answers, message.purpose[:3]) == ("t1", "ack")
    assert message.conversation.heard_at is not None
    assert message.created_at is not None


async def test_everything_but_messages_moves_the_bookmark_too(place: Place) -> None:
    now = SystemClock().now()
    items: list[Inbound] = [
        Ignored(PLAIN, "bukan untuk kita", Bookmark("polos/a", "1")),
        Unreadable(PLAIN, b"\x00\xff", "Tanpa nomor.", Bookmark("polos/b", "2")),
        DeliveryReport(
            PLAIN, "x", DeliveryState.DELIVERED, now, bookmark=Bookmark("polos/c", "3")
        ),
        Reachability(PLAIN, ANI, "Penerima memblokir bot.", Bookmark("polos/d", "4")),
    ]
    await place.door.incoming.put(items)
    await until(lambda: len(place.door.heard) == 1)
    assert place.door.heard == [[]]
    for name, expected in (("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")):
        assert await place.mark(f"polos/{name}") == expected
    [(raw, sentence)] = await place.hall.rows("SELECT raw, sentence FROM quarantine")
    assert (raw, sentence) == (b"\x00\xff", "Tanpa nomor.")
    assert place.hall.count("helpdesk_alarms_total", channel="polos", kind="quarantine") == 1


async def test_what_is_ignored_before_a_message_does_not_move_the_mark_back(
    place: Place,
) -> None:
    items: list[Inbound] = [
        Ignored(PLAIN, "bukan untuk kita", Bookmark("polos/a", "1")),
        said("HELPDESK lampu mati", bookmark=Bookmark("polos/a", "2")),
    ]
    await place.door.incoming.put(items)
    await until(lambda: len(place.door.heard) == 1)
    assert await place.mark("polos/a") == "2"
    await place.door.incoming.put(list(reversed(items)))
    await until(lambda: len(place.door.heard) == 2)
    assert await place.mark("polos/a") == "1"


async def test_blocked_by_the_person_silences_and_unblocked_ends_it(place: Place) -> None:
    await place.door.incoming.put([said("HELPDESK lampu mati")])
    await until(lambda: len(place.door.sent) == 1)
    await place.door.incoming.put([Reachability(PLAIN, ANI, "Penerima memblokir bot.")])
    await place.door.incoming.put([said("STATUS", 2)])
    await place.door.incoming.put([Reachability(PLAIN, ANI, "")])
    await place.door.incoming.put([said("STATUS", 3)])
    await until(lambda: len(place.door.sent) == 2)
    found = await place.hall.rows("SELECT silence FROM messages ORDER BY id")
    assert [bool(silence) for (silence,) in found] == [False, True, False]


async def test_a_door_that_gives_up_is_opened_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "FIRST_PAUSE", 0.01)
    for fault in (ConnectionResetError("x"), ValueError("y")):
        await place.door.incoming.put(fault)
    await until(lambda: place.door.turns >= 3)
    await place.door.incoming.put([said("HELPDESK lampu mati")])
    await until(lambda: len(place.door.sent) == 1)
    assert place.hall.count("helpdesk_alarms_total", channel="polos", kind="listening") == 2


# --- webhooks ----------------------------------------------------------------------------------


async def test_a_bad_item_of_a_batch_is_quarantined_alone(place: Place) -> None:
    place.door.body = [
        said("HELPDESK lampu mati", 1),
        Unreadable(PLAIN, b'{"id":"x"}', "Kolom type tidak ada."),
        said("HELPDESK keran bocor di musala", 2),
    ]
    reply = await place.hall.call(b"batch", "/hooks/polos")
    assert (reply.status, reply.body) == (200, "2")
    assert len(await place.hall.tickets()) == 2
    [(sentence,)] = await place.hall.rows("SELECT sentence FROM quarantine")
    assert sentence == "Kolom type tidak ada."


@pytest.mark.parametrize(("size", "status"), [(3 * 2**20, 200), (3 * 2**20 + 1, 413)])
async def test_a_provider_with_large_batches_has_a_limit_of_its_own(
    place: Place, size: int, status: int
) -> None:
    reply = await place.hall.call(BytesIO(b"x" * size), "/hooks/polos")
    assert reply.status == status


async def test_the_same_batch_again_has_no_effect_on_tickets(place: Place) -> None:
    place.door.body = [said("HELPDESK lampu mati", 1), said("HELPDESK keran bocor", 2)]
    for _ in range(2):
        assert (await place.hall.call(b"batch", "/hooks/polos")).body == "2"
    assert len(await place.hall.tickets()) == 2


async def test_a_handshake_is_answered_and_a_wrong_one_refused(place: Place) -> None:
    good = await place.hall.call(b"", "/hooks/polos?token=benar", method="GET")
    assert (good.status, good.body) == (200, "1234")
    bad = await place.hall.call(b"", "/hooks/polos?token=salah", method="GET")
    assert bad.status == 403
    assert (
        place.hall.count("helpdesk_requests_refused_total", channel="polos", why="signature") == 1
    )


# --- examinations ------------------------------------------------------------------------------


async def test_a_symptom_is_told_once_and_its_end_too(place: Place) -> None:
    examination = Examination("polos", place.door, place.hall.gateway.metrics)
    place.door.symptoms = [Symptom("modem_dead", "Modem tidak menjawab.")]
    for _ in range(3):
        await examination.once()
    labels = {"channel": "polos", "key": "modem_dead"}
    assert place.hall.count("helpdesk_channel_symptom", **labels) == 1
    alarms = place.hall.count("helpdesk_alarms_total", channel="polos", kind="modem_dead")
    assert alarms == 1
    place.door.symptoms = []
    await examination.once()
    assert place.hall.count("helpdesk_channel_symptom", **labels) == 0
    assert place.hall.log.getvalue().count("symptom is over") == 1


async def test_a_provider_that_cannot_be_asked_is_asked_again(place: Place) -> None:
    problem = SendProblem(SendFailure.RETRY, "Tidak dapat dihubungi.", "connect")
    place.door.symptoms = SendError(problem)
    examination = Examination("polos", place.door, place.hall.gateway.metrics, every=0.01)
    task = asyncio.create_task(examination.run())
    await until(lambda: "not examined" in place.hall.log.getvalue())
    place.door.symptoms = [Symptom("webhook_url", "URL berbeda.")]
    await until(lambda: "webhook_url" in examination.symptoms)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
