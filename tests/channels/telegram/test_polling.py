from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from core.errors import StoreUnavailable
from core.model.messages import Ignored, InboundMessage, Outcome, Reachability, Receipt, Unreadable
from tests.channels.telegram.bot_api import READ, Answer, BotApi, refusal
from tests.channels.telegram.doors import CHANNEL, NOW, blocked, door, update
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from channels.telegram.channel import Telegram
    from core.model.messages import Inbound

pytestmark = pytest.mark.timeout(20)


class House:
    """Keeps what it is given, as intake does: once by key, with the bookmark of each item."""

    def __init__(self) -> None:
        self.kept: dict[str, InboundMessage] = {}
        self.parked: list[Unreadable] = []
        self.others: list[Inbound] = []
        self.batches: list[list[Inbound]] = []
        self.marks: dict[str, str] = {}
        self.away = 0

    async def read(self, name: str) -> str | None:
        return self.marks.get(name)

    async def deliver(self, items: Sequence[Inbound]) -> Sequence[Receipt]:
        self.batches.append(list(items))
        if self.away:
            self.away -= 1
            reason = "the store is away"
            raise StoreUnavailable(reason)
        receipts = []
        for item in items:
            if isinstance(item, InboundMessage):
                again = item.external_id in self.kept
                self.kept.setdefault(item.external_id, item)
                receipts.append(Receipt(Outcome.DUPLICATE if again else Outcome.OPENED))
            elif isinstance(item, Unreadable):
                self.parked.append(item)
            else:
                self.others.append(item)
            if item.bookmark:
                self.marks[item.bookmark.name] = item.bookmark.mark
        return receipts

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.kept.values()]


def said(update_id: int, message_id: int, text: str = "") -> dict[str, Any]:
    return update(update_id=update_id, message_id=message_id, text=text or f"ke-{message_id}")


async def listening(
    api: BotApi, house: House, until: Any, seconds: float = PATIENCE, **changes: Any
) -> Telegram:
    """Polls until the condition holds, or fails after some seconds."""
    opened = door(base=api.base, secret=None, **changes)
    task = asyncio.create_task(opened.listen(house.deliver, house))
    try:
        async with asyncio.timeout(seconds):
            while not until():
                assert not task.done()
                await asyncio.sleep(0.005)
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await opened.close()
    return opened


async def test_everything_that_waits_is_taken_in_order_and_then_confirmed(api: BotApi) -> None:
    api.waiting = [said(100 + n, n) for n in range(1, 251)]
    house = House()
    await listening(api, house, lambda: len(api.confirmed) == 250)
    assert house.texts == [f"ke-{n}" for n in range(1, 251)]
    assert [len(batch) for batch in house.batches] == [100, 100, 50]
    assert house.marks == {CHANNEL: "351"}
    first = api.calls("getUpdates")[0].fields
    assert first["allowed_updates"] == str(READ).replace("'", '"').replace(" ", "")
    assert "offset" not in first


async def test_nothing_is_confirmed_before_it_is_kept(api: BotApi) -> None:
    api.waiting = [said(100, 1), said(101, 2)]
    house = House()
    house.away = 3
    await listening(api, house, lambda: len(house.kept) == 2)
    assert len(house.batches) == 4
    asked = [asked.fields.get("offset") for asked in api.calls("getUpdates")]
    assert asked[:4] == [None] * 4
    await listening(api, house, lambda: api.confirmed == [100, 101])


async def test_a_crash_between_keeping_and_confirming_makes_no_second_message(
    api: BotApi,
) -> None:
    house = House()
    api.waiting = [said(100, 1), {"update_id": 101, "message": 5}]
    await listening(api, house, lambda: house.parked)
    # the process ended before it could confirm; one more message came meanwhile
    api.waiting = [said(100, 1), {"update_id": 101, "message": 5}, said(102, 2)]
    api.confirmed = []
    await listening(api, house, lambda: len(house.kept) == 2)
    assert house.texts == ["ke-1", "ke-2"]
    assert len(house.parked) == 1


async def test_a_crash_before_keeping_loses_nothing(api: BotApi) -> None:
    api.waiting = [said(100, 1)]
    house = House()
    house.away = 10**6
    await listening(api, house, lambda: house.batches)
    house.away = 0
    await listening(api, house, lambda: house.texts == ["ke-1"])


async def test_a_random_lower_update_id_after_a_quiet_week_is_not_old(api: BotApi) -> None:
    house = House()
    house.marks[CHANNEL] = "900000001"  # as left by a process a week ago
    api.waiting = [said(17, 1), said(18, 2)]
    await listening(api, house, lambda: len(house.kept) == 2)
    assert house.texts == ["ke-1", "ke-2"]


async def test_lower_ids_within_one_run_are_not_confirmed_unseen(api: BotApi) -> None:
    house = House()
    api.waiting = [said(900, 1)]
    opened = door(base=api.base, secret=None)
    task = asyncio.create_task(opened.listen(house.deliver, house))
    async with asyncio.timeout(PATIENCE):
        while api.confirmed != [900]:
            await asyncio.sleep(0.005)
        # nothing left to confirm: from the next question on no offset is sent
        asked = len(api.calls("getUpdates"))
        while len(api.calls("getUpdates")) < asked + 3:
            await asyncio.sleep(0.005)
        api.waiting = [said(5, 2)]
        while len(house.kept) < 2:
            await asyncio.sleep(0.005)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await opened.close()
    assert house.texts == ["ke-1", "ke-2"]
    assert "offset" not in api.calls("getUpdates")[asked + 1].fields


@pytest.mark.parametrize("mark", ["", "x", "-5", "1.5", "\u0661", "9" * 30])
async def test_a_bookmark_of_somebody_else_does_no_harm(api: BotApi, mark: str) -> None:
    house = House()
    house.marks[CHANNEL] = mark
    api.waiting = [said(1, 1)]
    await listening(api, house, lambda: len(house.kept) == 1)


async def test_the_same_update_twice_is_one_message(api: BotApi) -> None:
    api.waiting = [said(100, 1), said(100, 1), said(101, 1)]
    house = House()
    await listening(api, house, lambda: house.batches)
    assert house.texts == ["ke-1"]


async def test_gaps_between_ids_are_nothing_to_wait_for(api: BotApi) -> None:
    api.waiting = [said(100, 1), said(500, 2), said(9_000, 3)]
    house = House()
    await listening(api, house, lambda: api.confirmed == [100, 500, 9_000])
    assert house.texts == ["ke-1", "ke-2", "ke-3"]


async def test_one_bad_update_goes_to_quarantine_alone(api: BotApi) -> None:
    bad: list[Any] = [
        {"update_id": 101, "message": 5},
        {"update_id": 102},
        blocked() | {"update_id": 103},
    ]
    api.waiting = [said(100, 1), *bad, said(104, 2)]
    house = House()
    await listening(api, house, lambda: len(house.kept) == 2)
    (parked,) = house.parked
    assert parked.raw == b'{"update_id": 101, "message": 5}'
    assert "message" in parked.sentence
    assert [type(item) for item in house.others] == [Ignored, Reachability]
    assert all(item.bookmark for item in house.batches[0])
    assert all(message.received_at == NOW for message in house.kept.values())


async def test_what_is_no_update_at_all_is_parked_and_does_not_spin(api: BotApi) -> None:
    broken = Answer(200, {"ok": True, "result": ["x", {"message": 5}, None]})
    api.will("getUpdates", broken)
    api.waiting = [said(100, 1)]
    house = House()
    await listening(api, house, lambda: house.texts == ["ke-1"])
    assert [item.raw for item in house.parked] == [b'"x"', b'{"message": 5}', b"null"]


async def test_a_webhook_in_the_way_is_deleted_and_what_waits_stays(api: BotApi) -> None:
    api.webhook = {"url": "https://lama.contoh.go.id/"}
    api.waiting = [said(100, 1)]
    house = House()
    await listening(api, house, lambda: house.kept)
    (deleted,) = api.calls("deleteWebhook")
    assert deleted.fields.get("drop_pending_updates") != "true"


async def test_a_webhook_set_by_another_program_meanwhile_is_deleted_again(api: BotApi) -> None:
    house = House()
    api.waiting = [said(100, 1)]
    said_conflict = "Conflict: can't use getUpdates method while webhook is active"
    api.will("getUpdates", refusal(409, said_conflict))
    await listening(api, house, lambda: house.kept)
    assert len(api.calls("deleteWebhook")) == 2


async def test_a_webhook_that_is_not_ours_to_manage_is_left_alone_and_told(api: BotApi) -> None:
    api.webhook = {"url": "https://lama.contoh.go.id/"}
    house = House()
    opened = door(base=api.base, secret=None, manage=False)
    task = asyncio.create_task(opened.listen(house.deliver, house))
    async with asyncio.timeout(PATIENCE):
        while len(api.calls("getUpdates")) < 3:
            await asyncio.sleep(0.005)
    (symptom,) = await opened.examine()
    assert (symptom.key, symptom.since) == ("polling", NOW)
    assert "webhook" in symptom.sentence
    assert api.calls("deleteWebhook") == []
    api.webhook = {}
    api.waiting = [said(100, 1)]
    async with asyncio.timeout(PATIENCE):
        while not house.kept:
            await asyncio.sleep(0.005)
    assert await opened.examine() == []
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await opened.close()


@pytest.mark.parametrize(
    "answers",
    [
        [refusal(500, "Internal Server Error")] * 4,
        [Answer(502, "<html>", "", "text/html")],
        [Answer(fault="drop"), Answer(fault="half")],
        [Answer(200, "<html>", "", "text/html"), Answer(200, {"ok": True, "result": {}})],
        [refusal(401, "Unauthorized")],
        [refusal(409, "Conflict: terminated by other getUpdates request")],
    ],
    ids=str,
)
async def test_trouble_is_waited_out(api: BotApi, answers: list[Answer]) -> None:
    api.will("getUpdates", *answers)
    api.waiting = [said(100, 1)]
    house = House()
    await listening(api, house, lambda: house.kept)
    assert len(api.calls("getUpdates")) > len(answers)


async def test_trouble_with_deleting_the_webhook_is_waited_out(api: BotApi) -> None:
    api.will("deleteWebhook", refusal(500, "x"), Answer(fault="drop"))
    api.waiting = [said(100, 1)]
    house = House()
    await listening(api, house, lambda: house.kept)
    assert len(api.calls("deleteWebhook")) == 3


async def test_too_many_questions_wait_as_long_as_telegram_says(api: BotApi) -> None:
    api.will("getUpdates", refusal(429, "Too Many Requests: retry after 1", retry_after=1))
    api.waiting = [said(100, 1)]
    house = House()
    loop = asyncio.get_running_loop()
    began = loop.time()
    await listening(api, house, lambda: house.kept)
    assert loop.time() - began >= 1


async def test_a_question_is_held_back_and_not_cut_off_by_our_own_limit(api: BotApi) -> None:
    house = House()
    await listening(api, house, lambda: api.calls("getUpdates"), poll_wait=25, timeout=0.5)
    assert api.calls("getUpdates")[0].fields["timeout"] == "25"
