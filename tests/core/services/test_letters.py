"""Answers taken back before they left, and failed messages sent once more, on both engines."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, select

from core.errors import NotFound
from core.model import acts
from core.model.clock import FIRST_ANSWER, NEXT_ANSWER
from core.model.messages import DeliveryState
from core.model.outbox import OutboxState
from core.model.work import Refusal, RefusalKind
from core.services.letters import LetterOrder, recall, send_again
from core.services.work import Done
from tests.contracts.planting import claim, handed, record, report, result, rows, said
from tests.core.services.workshop import (
    BOSS,
    CARE,
    LEADER,
    TECH,
    Workshop,
    actor,
    clock,
)
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

SECOND = timedelta(seconds=1)
TEXT = "Teknisi kami datang besok pukul 09.00."
HELD = acts.Answer(TEXT, recallable=True)


@pytest.fixture
async def shop(store: SqlStore) -> Workshop:
    return await Workshop(store).open_doors()


async def answered(shop: Workshop, who: int = CARE) -> tuple[str, int]:
    """A ticket with an answer that has not left, and the answer's id."""
    number = await shop.opens()
    await shop.does(number, HELD, who)
    return number, (await letters(shop))[-1].id


async def letters(shop: Workshop, purpose: str = "answer") -> list[Any]:
    return [row for row in await rows(shop.store) if row.purpose == purpose]


async def asks(shop: Workshop, what: Any, number: str, letter: int, who: int = CARE) -> Any:
    order = LetterOrder(actor(who), number, letter, shop.now + SECOND)
    return await what(shop.store.desk, shop.work, order)


async def unsent(shop: Workshop, number: str, who: int = CARE) -> list[str]:
    ticket = await shop.ticket(number)
    unsent = await shop.store.drafts.unsent(ticket.id, who, shop.now)
    return [one.text for one in unsent.drafts]


async def last_words(shop: Workshop) -> list[str]:
    """What a citizen who asks for the status could be told of our answers."""
    number = (await shop.store.reads.tickets(None, 1))[0].number
    return [one.text for one in await shop.store.reads.thread(number) if one.purpose == "answer"]


# --- waiting -------------------------------------------------------------------------------------


async def test_an_answer_waits_ten_seconds_and_leaves(shop: Workshop) -> None:
    await answered(shop)
    purposes = [item.purpose for item in await claim(shop.store, shop.now)]
    assert "answer" not in purposes
    for item in await letters(shop, "ack"):
        await record(shop.store, handed(item.id, "SM-ack"))
    assert not await claim(shop.store, shop.now + 9 * SECOND)
    [item] = await claim(shop.store, shop.now + 10 * SECOND)
    assert item.text == TEXT


async def test_an_answer_by_others_leaves_at_once(shop: Workshop) -> None:
    number = await shop.opens()
    await shop.does(number, acts.Answer(TEXT))
    [letter] = await letters(shop)
    assert letter.due_at == letter.created_at


# --- taking back -----------------------------------------------------------------------------


async def test_taken_back_the_text_is_a_draft_and_the_promise_is_owed(shop: Workshop) -> None:
    number, letter = await answered(shop)
    assert clock(await shop.ticket(number), FIRST_ANSWER).met_at == shop.now
    done = await asks(shop, recall, number, letter)
    assert isinstance(done, Done)
    after = await shop.ticket(number)
    owed = clock(after, FIRST_ANSWER)
    assert (owed.open, owed.met_at, owed.breached_at) == (True, None, None)
    assert owed.look_at
    assert (after.answered_at, after.answered_by) == (None, None)
    assert await unsent(shop, number) == [TEXT]
    assert not await unsent(shop, number, BOSS)
    assert (await shop.kinds(number))[-2:] == ["Answered", "AnswerRecalled"]


async def test_it_never_leaves_and_no_citizen_reads_it(shop: Workshop) -> None:
    number, letter = await answered(shop)
    assert await last_words(shop) == []  # not while it may be taken back, either
    await asks(shop, recall, number, letter)
    assert await last_words(shop) == []
    for row in await letters(shop, "ack"):
        await claim(shop.store, shop.now)
        await record(shop.store, handed(row.id, "SM-ack"))
    assert not await claim(shop.store, shop.now + timedelta(hours=1))


async def test_a_status_message_tells_no_answer_that_was_taken_back(shop: Workshop) -> None:
    number, letter = await answered(shop)
    await asks(shop, recall, number, letter)
    await shop.says(f"STATUS {number}")
    assert TEXT not in (await shop.texts())[-1]


async def test_answered_again_the_promise_is_kept_by_the_second(shop: Workshop) -> None:
    number, letter = await answered(shop)
    await asks(shop, recall, number, letter)
    done = await shop.does(number, acts.Answer("Teknisi kami datang lusa pukul 09.00."))
    assert clock(done.ticket, FIRST_ANSWER).met_at == shop.now
    assert done.ticket.answered_at == shop.now


async def test_a_late_answer_taken_back_is_late_still_for_the_watch_to_find(
    shop: Workshop,
) -> None:
    number = await shop.opens()
    due = clock(await shop.ticket(number), FIRST_ANSWER).due_at
    await shop.does(number, HELD, now=due + 60 * SECOND)
    [letter] = await letters(shop)
    assert clock(await shop.ticket(number), FIRST_ANSWER).late
    await asks(shop, recall, number, letter.id)
    owed = clock(await shop.ticket(number), FIRST_ANSWER)
    assert (owed.open, owed.late) == (True, False)
    assert owed.look_at
    assert owed.look_at <= shop.now


async def test_a_colleague_answered_meanwhile_and_the_promise_stays_kept(shop: Workshop) -> None:
    number, letter = await answered(shop)
    await shop.does(number, acts.Answer("Sudah kami catat."))
    await asks(shop, recall, number, letter)
    after = await shop.ticket(number)
    assert not clock(after, FIRST_ANSWER).open
    assert after.answered_at


async def test_only_what_this_answer_kept_is_owed_again(shop: Workshop) -> None:
    number = await shop.opens()
    await shop.does(number, acts.Answer("Sudah kami catat."))
    await shop.says(f"{number} masih mati")
    await shop.does(number, HELD)
    letter = (await letters(shop))[-1].id
    await asks(shop, recall, number, letter)
    after = await shop.ticket(number)
    assert not clock(after, FIRST_ANSWER).open
    assert clock(after, NEXT_ANSWER).open
    assert after.answered_at


async def test_what_was_begun_meanwhile_stays_below_it(shop: Workshop) -> None:
    number, letter = await answered(shop)
    ticket = await shop.ticket(number)
    row = {"ticket_id": ticket.id, "staff_id": CARE, "kind": "answer", "text": "Tambahan:"}
    await shop.tell(insert(schema.drafts).values(**row, version=1, saved_at=shop.now))
    await asks(shop, recall, number, letter)
    assert await unsent(shop, number) == [f"{TEXT}\n\nTambahan:"]


@pytest.mark.parametrize(
    ("who", "kind"),
    [(BOSS, RefusalKind.NOT_ALLOWED), (LEADER, RefusalKind.UNENTITLED)],
)
async def test_nobody_else_takes_it_back(shop: Workshop, who: int, kind: RefusalKind) -> None:
    number, letter = await answered(shop)
    await shop.does(number, acts.Dispose(1, "Periksa"))  # the supervisor sees it from now on
    refusal = await asks(shop, recall, number, letter, who)
    assert isinstance(refusal, Refusal)
    assert refusal.kind is kind
    assert (await letters(shop))[-1].state == OutboxState.WAITING


async def test_what_is_out_of_reach_does_not_exist(shop: Workshop) -> None:
    number, letter = await answered(shop)
    other = await shop.opens("HELPDESK printer loket dua macet terus")
    for ticket, message, who in (
        (number, letter, TECH),
        (other, letter, CARE),
        (number, 999_999, CARE),
    ):
        for what in (recall, send_again):
            with pytest.raises(NotFound):
                await asks(shop, what, ticket, message, who)


async def test_what_is_on_its_way_is_not_taken_back(shop: Workshop) -> None:
    number, letter = await answered(shop)
    for row in await letters(shop, "ack"):
        await claim(shop.store, shop.now)
        await record(shop.store, handed(row.id, "SM-ack"))
    await claim(shop.store, shop.now + 10 * SECOND)
    refusal = await asks(shop, recall, number, letter)
    assert refusal.kind is RefusalKind.TOO_LATE
    assert (await shop.kinds(number))[-1] == "Answered"


async def test_twice_is_once(shop: Workshop) -> None:
    number, letter = await answered(shop)
    await asks(shop, recall, number, letter)
    refusal = await asks(shop, recall, number, letter)
    assert refusal.kind is RefusalKind.ALREADY


async def test_an_automatic_text_is_nobodys_to_take_back(shop: Workshop) -> None:
    number = await shop.opens()
    [ack] = await letters(shop, "ack")
    assert (await asks(shop, recall, number, ack.id)).kind is RefusalKind.NOT_ALLOWED


# --- once more -----------------------------------------------------------------------------------


async def failing(shop: Workshop, state: OutboxState) -> tuple[str, int]:
    """A ticket whose acknowledgement did not arrive."""
    number = await shop.opens()
    [item] = await claim(shop.store, shop.now)
    if state is OutboxState.HANDED_OVER:
        await record(shop.store, handed(item, "SM-1"))
        await report(shop.store, said("SM-1", DeliveryState.FAILED, code="30003", reason="mati"))
    else:
        await record(shop.store, result(item, state, code="x", reason="ditolak"))
    return number, item.id


@pytest.mark.parametrize("state", [OutboxState.DEAD, OutboxState.HELD])
async def test_what_never_left_waits_again_itself(shop: Workshop, state: OutboxState) -> None:
    number, letter = await failing(shop, state)
    assert isinstance(await asks(shop, send_again, number, letter), Done)
    [item] = await claim(shop.store, shop.now + 2 * SECOND)
    assert (item.id, item.attempt, item.doubtful) == (letter, 1, False)
    assert (await shop.kinds(number))[-1] == "SentAgain"
    assert (await rows(shop.store))[0].reason == ""


async def test_what_the_provider_lost_goes_out_as_a_copy_once(shop: Workshop) -> None:
    number, letter = await failing(shop, OutboxState.HANDED_OVER)
    file = {"position": 0, "stored_as": "a", "content_type": "b", "filename": "c", "size": 1}
    await shop.tell(insert(schema.outbox_files).values(outbox_id=letter, **file))
    assert isinstance(await asks(shop, send_again, number, letter), Done)
    refusal = await asks(shop, send_again, number, letter)
    assert refusal.kind is RefusalKind.NOT_ALLOWED
    first, second = await rows(shop.store)
    assert (first.delivery, second.state) == ("failed", "waiting")
    assert (second.text, second.recipient, second.purpose) == (
        first.text, first.recipient, first.purpose,
    )  # fmt: skip
    [item] = await claim(shop.store, shop.now + 2 * SECOND)
    assert item.id == second.id
    files = await shop.ask(select(schema.outbox_files.c.outbox_id, schema.outbox_files.c.filename))
    assert [tuple(row) for row in files] == [(first.id, "c"), (second.id, "c")]


async def test_what_arrived_or_waits_is_not_sent_again(shop: Workshop) -> None:
    number = await shop.opens()
    [ack] = await letters(shop, "ack")
    assert (await asks(shop, send_again, number, ack.id)).kind is RefusalKind.ALREADY
    await claim(shop.store, shop.now)
    await record(shop.store, handed(ack.id, "SM-1"))
    await report(shop.store, said("SM-1", DeliveryState.DELIVERED))
    assert (await asks(shop, send_again, number, ack.id)).kind is RefusalKind.ALREADY


async def test_leadership_sends_nothing(shop: Workshop) -> None:
    number, letter = await failing(shop, OutboxState.DEAD)
    refusal = await asks(shop, send_again, number, letter, LEADER)
    assert refusal.kind is RefusalKind.UNENTITLED
    assert [row.state for row in await letters(shop, "ack")] == ["dead"]
