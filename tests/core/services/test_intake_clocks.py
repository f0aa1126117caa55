"""The clocks that intake starts, ends and adds, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from core.model.messages import Attachment
from tests.core.fakes import BUDI, NOON, office
from tests.core.services.counter import LAMP, MINUTE, Counter
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

FIRST = schema.sla_clocks.c.target == "first_answer"


@pytest.fixture
def counter(store: SqlStore) -> Counter:
    return Counter(store)


async def clocks(counter: Counter) -> dict[str, Any]:
    return {row.target: row for row in await counter.rows(schema.sla_clocks)}


async def answered(counter: Counter) -> None:
    """A person answered every ticket."""
    met = {"open": False, "look_at": None, "met_at": counter.now}
    await counter.tell(update(schema.sla_clocks).where(FIRST).values(met))


async def test_a_new_ticket_starts_two_clocks(counter: Counter) -> None:
    await counter.opens()
    found = await clocks(counter)
    first, solution = found["first_answer"], found["solution"]
    assert set(found) == {"first_answer", "solution"}
    assert first.started_at == solution.started_at == NOON + MINUTE
    assert first.due_at == NOON + 31 * MINUTE
    assert first.warn_at == first.look_at == NOON + timedelta(minutes=23, seconds=30)
    assert solution.warn_at == solution.look_at
    assert NOON < solution.warn_at < solution.due_at
    assert (first.open, first.step, first.warned_at, first.met_at) == (True, 0, None, None)


@pytest.mark.parametrize("status", ["received", "assigned"])
async def test_a_withdrawn_ticket_owes_nothing(counter: Counter, status: str) -> None:
    number = await counter.opens()
    await counter.tell(update(schema.tickets).values(status=status))
    await counter.says(f"BATAL {number}")
    for clock in (await clocks(counter)).values():
        assert (clock.open, clock.look_at, clock.met_at) == (False, None, None)


async def test_a_confirmed_solution_keeps_what_was_left_open(counter: Counter) -> None:
    number = await counter.opens()
    await counter.end(number, "resolved")  # by an older version, which left the clocks open
    await counter.says(f"SELESAI {number}")
    for clock in (await clocks(counter)).values():
        assert (clock.open, clock.look_at, clock.met_at) == (False, None, counter.now)
        assert clock.breached_at is None


async def test_kept_after_its_time_is_late(counter: Counter) -> None:
    number = await counter.opens()
    await counter.end(number, "resolved")
    counter.now += timedelta(minutes=60)
    await counter.says(f"SELESAI {number}")
    found = await clocks(counter)
    assert found["first_answer"].breached_at == found["first_answer"].met_at == counter.now
    assert found["solution"].breached_at is None


async def test_reopening_starts_them_anew(counter: Counter) -> None:
    number = await counter.opens()
    late = {"breached_at": counter.now, "warned_at": counter.now, "step": 2, "open": False}
    await counter.tell(update(schema.sla_clocks).values(late | {"met_at": counter.now}))
    await counter.end(number, "resolved")
    await counter.says(f"BUKA {number} masih mati")
    for clock in (await clocks(counter)).values():
        assert (clock.open, clock.step, clock.started_at) == (True, 0, counter.now)
        assert (clock.breached_at, clock.warned_at, clock.met_at) == (None, None, None)
        assert clock.look_at == clock.warn_at


async def test_opened_and_withdrawn_in_one_batch(counter: Counter) -> None:
    await counter.take(counter.said(LAMP), counter.said("BATAL"))
    assert {clock.open for clock in (await clocks(counter)).values()} == {False}


async def test_reopened_and_withdrawn_in_one_batch(counter: Counter) -> None:
    number = await counter.opens()
    await counter.says(f"BATAL {number}")
    await counter.take(counter.said(f"BUKA {number}"), counter.said(f"BATAL {number}"))
    found = await clocks(counter)
    assert {(clock.open, clock.look_at) for clock in found.values()} == {(False, None)}


async def test_who_writes_after_the_answer_waits_again(counter: Counter) -> None:
    number = await counter.opens()
    await answered(counter)
    await counter.says(f"{number} masih mati")
    following = (await clocks(counter))["next_answer"]
    assert (following.open, following.started_at) == (True, counter.now)
    assert following.due_at == counter.now + 30 * MINUTE
    first_wait = counter.now
    event = (await counter.history(number))[-1]
    assert "next_answer" in event.data
    await counter.says(f"{number} tolong segera")
    assert (await clocks(counter))["next_answer"].started_at == first_wait


async def test_who_asks_to_be_heard_higher_up_waits(counter: Counter) -> None:
    number = await counter.opens()
    await answered(counter)
    await counter.says(f"ESKALASI {number}")
    assert (await clocks(counter))["next_answer"].open


async def test_two_messages_in_one_batch_wait_from_the_first(counter: Counter) -> None:
    number = await counter.opens()
    await answered(counter)
    first, second = counter.said(f"{number} masih mati"), counter.said(f"{number} sudah sore")
    await counter.take(first, second)
    assert (await clocks(counter))["next_answer"].started_at == first.received_at


async def test_an_answered_wait_begins_anew(counter: Counter) -> None:
    number = await counter.opens()
    await answered(counter)
    await counter.says(f"{number} masih mati")
    gone = {"open": False, "met_at": counter.now, "breached_at": counter.now, "step": 1}
    here = schema.sla_clocks.c.target == "next_answer"
    await counter.tell(update(schema.sla_clocks).where(here).values(gone))
    await counter.says(f"{number} mati lagi")
    found = (await clocks(counter))["next_answer"]
    assert (found.open, found.step, found.breached_at, found.met_at) == (True, 0, None, None)


NOT_WAITING = ["terima kasih banyak", "STATUS {number}", "NILAI {number}", "👍"]


@pytest.mark.parametrize("text", NOT_WAITING)
async def test_thanks_and_commands_wait_for_nobody(counter: Counter, text: str) -> None:
    number = await counter.opens()
    await answered(counter)
    await counter.says(text.format(number=number))
    assert "next_answer" not in await clocks(counter)


async def test_a_picture_without_words_waits(counter: Counter) -> None:
    number = await counter.opens()
    await answered(counter)
    file = (Attachment("m/1", "image/jpeg"),)
    await counter.says(f"{number}", attachments=file)
    await counter.says("", attachments=file)
    assert "next_answer" in await clocks(counter)


async def test_before_the_answer_nobody_waits_twice(counter: Counter) -> None:
    number = await counter.opens()
    await counter.says(f"{number} masih mati")
    assert "next_answer" not in await clocks(counter)


async def test_a_partner_does_not_wait_for_us(counter: Counter) -> None:
    number = await counter.opens()
    await answered(counter)
    await counter.join(number, BUDI)
    await counter.says(f"{number} kami periksa", BUDI)
    assert "next_answer" not in await clocks(counter)


async def test_a_new_version_of_a_message_waits_for_nobody(counter: Counter) -> None:
    await counter.opens()
    await answered(counter)
    await counter.says("HELPDESK lampu mati di lantai dua", edits="SM1")
    assert "next_answer" not in await clocks(counter)


DANGER = "HELPDESK tolong, ada kecelakaan di lobi, korban tidak sadar"


async def test_danger_is_answered_first_and_calls_the_duty_officer(counter: Counter) -> None:
    counter.policy = office(on_duty=True)
    number = await counter.opens(DANGER)
    assert await counter.purposes() == ["life_danger", "ack"]
    assert "112" in (await counter.texts())[0]
    assert number in (await counter.texts())[0]
    call = (await clocks(counter))["duty_call"]
    assert (call.look_at, call.due_at, call.warn_at) == (counter.now, counter.now, None)


async def test_danger_told_later_calls_once(counter: Counter) -> None:
    number = await counter.opens()
    await counter.says(f"{number} sekarang ada korban kecelakaan, tidak sadar")
    first = (await clocks(counter))["duty_call"]
    assert first.look_at == counter.now
    await counter.says(f"{number} korban kecelakaan masih tidak sadar")
    assert (await clocks(counter))["duty_call"].started_at == first.started_at


async def test_the_watchs_own_call_is_not_told_as_a_promise(counter: Counter) -> None:
    door = replace(office().channels[counter.said(LAMP).channel], tells="dijawab langsung")
    counter.policy = office(channels={door.id: door})
    receipt = await counter.says(DANGER)
    assert [promise.target for promise in receipt.promises] == ["first_answer", "solution"]
