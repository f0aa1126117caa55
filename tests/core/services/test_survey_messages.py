"""Surveys answered by message: five digits by SMS, one question after the other in a chat."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.model.messages import Outcome
from core.model.ticket import Status
from tests.core.fakes import BUDI, DAY
from tests.core.services.counter import PRINTER
from tests.core.services.test_commands import CHAT, last, resolved
from tests.core.services.workshop import TECH, Workshop
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore


@pytest.fixture
async def shop(store: SqlStore) -> Workshop:
    return await Workshop(store).open_doors()


async def items(shop: Workshop) -> dict[int, int]:
    return {row.item: row.score for row in await shop.rows(schema.survey_answers)}


async def test_ll_04_five_digits_by_sms_are_stored(shop: Workshop) -> None:
    number = await resolved(shop)
    await shop.says("NILAI")
    assert (await last(shop)).startswith("Nilai 1-5 (1 sangat tidak baik")
    await shop.says("3")
    assert (await last(shop)).startswith("Mohon balas 5 angka")
    assert await items(shop) == {}
    await shop.says("4 5 3 4 4")
    assert await items(shop) == {101: 4, 102: 5, 103: 3, 104: 4, 105: 4}
    [row] = await shop.rows(schema.surveys)
    assert (row.source, row.counted, row.staff_id, row.rating) == ("channel", True, TECH, 4)
    await shop.says("1 1 1 1 1")
    await shop.says(f"NILAI {number} 1 1 1 1 1")
    assert (await last(shop)).startswith(f"Nilai untuk tiket {number} sudah kami terima")
    assert (await items(shop))[101] == 4
    assert (await shop.ticket(number)).status is Status.RESOLVED


@pytest.mark.parametrize("wrong", ["4 5", "6 7 8 9 9", "4,5,3,4", "45344 5", "4 5 3 4 0."])
async def test_figures_that_are_no_scores_are_told_and_reopen_nothing(
    shop: Workshop, wrong: str
) -> None:
    number = await resolved(shop)
    await shop.says("NILAI")
    await shop.says(wrong)
    assert (await last(shop)).startswith("Mohon balas 5 angka")
    assert await items(shop) == {}
    assert (await shop.ticket(number)).status is Status.RESOLVED


async def test_in_a_chat_the_questions_come_one_by_one(shop: Workshop) -> None:
    number = await resolved(shop)
    await shop.says("NILAI", channel=CHAT)
    assert (await last(shop)).endswith(
        "1 dari 5. Sarana: kerapian tempat, peralatan, dan tampilan layanan kami?"
    )
    for place, digit in enumerate("4534", start=2):
        await shop.says(digit, channel=CHAT)
        assert (await last(shop)).startswith(f"{place} dari 5. ")
    assert [row.answered_at for row in await shop.rows(schema.surveys)] == [None]
    await shop.says("5", channel=CHAT)
    assert (await last(shop)).startswith("Terima kasih, nilai Anda")
    assert await items(shop) == {101: 4, 102: 5, 103: 3, 104: 4, 105: 5}
    [row] = await shop.rows(schema.surveys)
    assert (row.answered_at, row.counted, row.rating) == (shop.now, True, 4)
    kinds = await shop.kinds(number)
    assert kinds[-6:] == ["SurveyOpened", *["SurveyItemAnswered"] * 4, "SurveyAnswered"]


async def test_a_burst_of_digits_in_one_batch_is_five_answers(shop: Workshop) -> None:
    await resolved(shop)
    await shop.take(*(shop.said(text, channel=CHAT) for text in ("NILAI", *"12345")))
    assert await items(shop) == {101: 1, 102: 2, 103: 3, 104: 4, 105: 5}


async def test_a_survey_goes_on_where_it_was_left_and_by_another_channel(shop: Workshop) -> None:
    number = await resolved(shop)
    for text in ("NILAI", "4", "5"):
        await shop.says(text, channel=CHAT)
    shop.now += 2 * DAY
    await shop.says(PRINTER, channel=CHAT)
    await shop.says(f"NILAI {number}", channel=CHAT)
    assert (await last(shop)).startswith("3 dari 5. Daya tanggap")
    await shop.says("LEWATI", channel=CHAT)
    assert (await last(shop)).startswith("4 dari 5. Jaminan")
    await shop.says("baik sekali", channel=CHAT)
    await shop.says("4", channel=CHAT)
    await shop.says("LEWATI", channel=CHAT)
    assert await items(shop) == {101: 4, 102: 5, 104: 4}
    [row] = await shop.rows(schema.surveys)
    assert (bool(row.answered_at), row.skipped_at) == (True, None)


async def test_a_word_in_place_of_a_digit_does_not_reopen(shop: Workshop) -> None:
    number = await resolved(shop)
    await shop.says("NILAI", channel=CHAT)
    asked = await last(shop)
    await shop.says("bagus", channel=CHAT)
    assert (await shop.ticket(number)).status is Status.RESOLVED
    assert asked.splitlines()[-1] in await last(shop)
    await shop.says("5", channel=CHAT)
    assert await items(shop) == {101: 5}


async def test_skipping_every_question_skips_the_survey(shop: Workshop) -> None:
    await resolved(shop)
    for text in ("NILAI", *["LEWATI"] * 5):
        await shop.says(text, channel=CHAT)
    [row] = await shop.rows(schema.surveys)
    assert (row.answered_at, row.skipped_at) == (None, shop.now)
    assert await items(shop) == {}


async def test_by_sms_the_whole_survey_is_skipped_at_once(shop: Workshop) -> None:
    await resolved(shop)
    await shop.says("NILAI")
    await shop.says("LEWATI")
    [row] = await shop.rows(schema.surveys)
    assert row.skipped_at == shop.now
    await shop.says("NILAI 4 4 4 4 4")
    assert (await items(shop))[105] == 4


@pytest.mark.parametrize(("days", "late"), [(10, False), (15, True)])
async def test_digits_after_the_window_still_find_their_ticket(
    shop: Workshop, days: int, *, late: bool
) -> None:
    await resolved(shop)
    await shop.says("NILAI")
    shop.now += timedelta(days=days)
    await shop.says("4 5 3 4 4")
    [row] = await shop.rows(schema.surveys)
    assert (bool(row.answered_at), row.late, row.counted) == (True, late, not late)


async def test_rating_without_a_number_finds_the_ticket_after_the_window(shop: Workshop) -> None:
    await resolved(shop)
    shop.now += 20 * DAY
    await shop.says("NILAI 4 5 3 4 4")
    [row] = await shop.rows(schema.surveys)
    assert (row.late, row.counted) == (True, False)


async def test_dk_08_words_after_the_digits_are_a_remark_not_a_reopening(shop: Workshop) -> None:
    number = await resolved(shop)
    await shop.says("NILAI 4 5 3 4 4")
    receipt = await shop.says("petugasnya ramah, tolong ruang tunggu diperluas")
    assert (receipt.outcome, receipt.number) == (Outcome.JOINED, number)
    assert (await shop.ticket(number)).status is Status.RESOLVED
    [row] = await shop.rows(schema.surveys)
    assert row.comment == "petugasnya ramah, tolong ruang tunggu diperluas"
    assert f"Balas BUKA {number}" in await last(shop)
    [event] = [one for one in await shop.history(number) if one.kind == "FeedbackGiven"]
    assert "ramah" not in event.data
    await shop.says(f"{number} ternyata masih mati")
    assert (await shop.ticket(number)).status is Status.IN_PROGRESS


async def test_after_a_survey_a_new_complaint_is_a_complaint(shop: Workshop) -> None:
    await resolved(shop)
    await shop.says("NILAI 4 5 3 4 4")
    assert (await shop.says(PRINTER)).outcome is Outcome.OPENED
    await shop.says("yang di loket dua")
    [row] = await shop.rows(schema.surveys)
    assert row.comment == ""


async def test_only_the_reporter_rates(shop: Workshop) -> None:
    number = await resolved(shop)
    await shop.join(number, BUDI)
    await shop.says(f"NILAI {number} 1 1 1 1 1", BUDI)
    assert await items(shop) == {}
