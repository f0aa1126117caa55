"""Surveys through the store: by page, by paper, corrected, late, counted; and their result."""

from __future__ import annotations

import json
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from core.errors import NotFound
from core.model.acts import Assign, Resolve, Start
from core.model.servqual import Dimension, rounded
from core.model.staff import Role
from core.model.survey import EXPECTATION, LONG, SHORT, Score
from core.model.work import Refusal, RefusalKind
from core.services.surveys import (
    Answered,
    Expected,
    Kept,
    answer,
    correct,
    expect,
    open_survey,
    query_of,
    remarks,
    result,
    skip,
)
from tests.core.fakes import BUDI, DAY, NOON, office
from tests.core.services.counter import person
from tests.core.services.workshop import CARE, TECH, Workshop, staff
from ticket_store import schema

if TYPE_CHECKING:
    from core.model.work import WorkTicket
    from ticket_store.store import SqlStore

DATA = Path(__file__).parent.parent.parent / "data" / "servqual_lubuklinggau.json"
FIVE = (4, 5, 3, 4, 4)


@pytest.fixture
async def shop(store: SqlStore) -> Workshop:
    return await Workshop(store).open_doors()


async def solved(shop: Workshop, **changes: Any) -> WorkTicket:
    """A ticket whose solution was told."""
    number = await shop.opens(sender=changes.pop("sender", BUDI))
    await shop.end(number, "resolved")
    return await shop.ticket(number)


def short(*scores: int) -> tuple[Score, ...]:
    return tuple(Score(item, score) for item, score in zip(SHORT, scores, strict=True))


async def answers(shop: Workshop, ticket: WorkTicket, *scores: int, **more: Any) -> Any:
    now = more.pop("now", shop.now)
    policy = more.pop("policy", shop.policy)
    given = Answered(ticket.id, short(*(scores or FIVE)), **more)
    return await answer(shop.store.desk, policy, given, now)


async def surveys(shop: Workshop) -> Any:
    [row] = await shop.rows(schema.surveys)
    return row


# --- by page and paper ------------------------------------------------------------------------


async def test_an_answer_is_kept_once_with_its_event(shop: Workshop) -> None:
    ticket = await solved(shop)
    assert await answers(shop, ticket, comment="  petugas ramah ") == Kept(ticket.number)
    row = await surveys(shop)
    assert (row.counted, row.late, row.source, row.rating) == (True, False, "web", 4)
    assert (row.comment, row.answered_at) == ("petugas ramah", shop.now)
    rows = await shop.rows(schema.survey_answers)
    assert [(one.item, one.score, one.half) for one in rows] == [
        (item, score, "perception") for item, score in zip(SHORT, FIVE, strict=True)
    ]
    event = (await shop.history(ticket.number))[-1]
    assert (event.kind, event.actor) == ("SurveyAnswered", "reporter")
    assert "4 5 3" not in event.data
    again = await answers(shop, ticket, 1, 1, 1, 1, 1)
    assert again.kind is RefusalKind.ALREADY
    assert len(await shop.rows(schema.survey_answers)) == 5


async def test_before_the_solution_is_told_there_is_no_survey(shop: Workshop) -> None:
    ticket = await shop.ticket(await shop.opens())
    assert (await answers(shop, ticket)).kind is RefusalKind.NOT_ALLOWED
    opened = await open_survey(shop.store.desk, ticket.id, shop.now)
    assert isinstance(opened, Refusal)
    assert await shop.rows(schema.surveys) == []
    with pytest.raises(NotFound):
        await open_survey(shop.store.desk, 26_999_999_999, shop.now)


async def test_mb_24_paper_is_typed_by_who_may_and_says_so(shop: Workshop) -> None:
    ticket = await solved(shop)
    refused = await answers(shop, ticket, by=staff(TECH, roles=frozenset({Role.AGENCY_HEAD})))
    assert refused.kind is RefusalKind.NOT_ALLOWED
    assert isinstance(await answers(shop, ticket, by=staff(CARE)), Kept)
    row = await surveys(shop)
    assert row.source == "paper"
    assert {one.by for one in await shop.rows(schema.survey_answers)} == {f"staff:{CARE}"}
    assert (await shop.history(ticket.number))[-1].actor == f"staff:{CARE}"


@pytest.mark.parametrize(
    "scores",
    [
        (),
        (Score(101, 0),),
        (Score(101, 6),),
        (Score(106, 3),),
        (Score(0, 3),),
        (Score(23, 3),),
        (Score(101, 3), Score(101, 4)),
        (Score(101, 3, "guess"),),
    ],
)
async def test_answers_that_are_none_are_refused(
    shop: Workshop, scores: tuple[Score, ...]
) -> None:
    ticket = await solved(shop)
    refused = await answer(shop.store.desk, shop.policy, Answered(ticket.id, scores), shop.now)
    assert isinstance(refused, Refusal)
    assert (refused.kind, refused.field) == (RefusalKind.INVALID, "scores")
    assert await shop.rows(schema.surveys) == []


@pytest.mark.parametrize(
    ("after", "late"),
    [(14 * DAY, False), (14 * DAY + timedelta(seconds=1), True), (400 * DAY, True)],
)
async def test_after_fourteen_days_it_is_kept_and_not_counted(
    shop: Workshop, after: timedelta, *, late: bool
) -> None:
    ticket = await solved(shop)
    kept = await answers(shop, ticket, now=ticket.status_at + after)
    assert (kept.late, kept.counted) == (late, not late)
    row = await surveys(shop)
    assert (row.late, row.counted) == (late, not late)
    period = f"{ticket.status_at + after:%Y-%m}"
    figures = await shop.store.surveys.figures(query_of(period, shop.policy))
    assert (figures.surveys, figures.late) == (int(not late), int(late))
    assert bool(figures.perception) is not late


async def test_ll_11_one_a_month_counts_where_the_office_wants_it(shop: Workshop) -> None:
    monthly = office(monthly_limit=True)
    first, second = await solved(shop), await solved(shop)
    other = await solved(shop, sender=person(7))
    assert (await answers(shop, first, policy=monthly)).counted
    assert not (await answers(shop, second, policy=monthly)).counted
    assert (await answers(shop, other, policy=monthly)).counted
    third = await solved(shop)
    next_month = await answers(shop, third, policy=monthly, now=shop.now + 20 * DAY)
    assert next_month.late
    figures = await shop.store.surveys.figures(query_of("2026-07", shop.policy))
    assert (figures.surveys, figures.uncounted, figures.late) == (2, 1, 0)


async def test_skipping_closes_nothing_for_good(shop: Workshop) -> None:
    ticket = await solved(shop)
    opened = await open_survey(shop.store.desk, ticket.id, shop.now)
    assert not isinstance(opened, Refusal)
    assert opened.state
    assert not opened.state.over
    await skip(shop.store.desk, ticket.id, shop.now)
    assert (await surveys(shop)).skipped_at == shop.now
    assert isinstance(await answers(shop, ticket), Kept)
    await skip(shop.store.desk, ticket.id, shop.now + DAY)
    assert (await surveys(shop)).skipped_at == shop.now


# --- corrections ------------------------------------------------------------------------------


async def test_ll_21_a_correction_is_a_new_entry_and_the_old_one_stays(shop: Workshop) -> None:
    ticket = await solved(shop)
    early = await correct(shop.store.desk, Answered(ticket.id, short(*FIVE)), shop.now)
    assert isinstance(early, Refusal)
    await answers(shop, ticket, by=staff(CARE))
    fixed = Answered(ticket.id, (Score(101, 1),), by=staff(CARE))
    for _ in range(2):
        assert isinstance(await correct(shop.store.desk, fixed, shop.now + DAY), Kept)
    rows = await shop.rows(schema.survey_answers)
    assert [(one.entry, one.score) for one in rows if one.item == 101] == [(1, 4), (2, 1), (3, 1)]
    figures = await shop.store.surveys.figures(query_of("2026-07", shop.policy))
    assert figures.perception[Dimension.TANGIBLES] == [1, 0, 0, 0, 0]
    assert figures.perception[Dimension.RELIABILITY] == [0, 0, 0, 0, 1]
    assert (await surveys(shop)).rating == 3
    stranger = Answered(ticket.id, (Score(101, 1),), by=staff(TECH, roles=frozenset()))
    assert isinstance(await correct(shop.store.desk, stranger, shop.now), Refusal)


# --- expectations -----------------------------------------------------------------------------


AGENCY = {
    Dimension.TANGIBLES: 2,
    Dimension.RELIABILITY: 3,
    Dimension.RESPONSIVENESS: 4,
    Dimension.ASSURANCE: 3,
    Dimension.EMPATHY: 2,
}


async def test_ll_32_a_past_period_is_never_altered(shop: Workshop) -> None:
    async def sets(period: str, values: dict[Dimension, int], now: Any = NOON) -> Any:
        wanted = (None, Expected(period, values))
        return await expect(shop.store.desk, shop.policy, wanted, now)

    assert not isinstance(await sets("2026-07", AGENCY), Refusal)
    assert not isinstance(await sets("2026-08", {Dimension.EMPATHY: 5}), Refusal)
    assert not isinstance(await sets("2026-08", {Dimension.EMPATHY: 4}), Refusal)
    late = await sets("2026-07", {Dimension.EMPATHY: 5}, NOON + 31 * DAY)
    assert late.kind is RefusalKind.TOO_LATE
    for period, values in (
        ("2026-13", AGENCY),
        ("juli", AGENCY),
        ("2026-07", {}),
        ("2026-07", {Dimension.EMPATHY: 6}),
        ("2026-07", {Dimension.EMPATHY: 0}),
    ):
        assert isinstance(await sets(period, values), Refusal)
    expected = {
        period: (await shop.store.surveys.figures(query_of(period, shop.policy))).expected
        for period in ("2026-06", "2026-07", "2026-08", "2026-12")
    }
    assert expected["2026-06"] == {}
    assert expected["2026-07"] == AGENCY
    assert expected["2026-08"] == expected["2026-12"] == AGENCY | {Dimension.EMPATHY: 4}
    assert len(await shop.rows(schema.expectations)) == 7


async def test_only_who_may_sets_what_is_expected(shop: Workshop) -> None:
    wanted = (staff(TECH), Expected("2026-07", AGENCY))
    refused = await expect(shop.store.desk, shop.policy, wanted, NOON)
    assert isinstance(refused, Refusal)
    boss = (staff(TECH, roles=frozenset({Role.ADMIN})), Expected("2026-07", AGENCY))
    assert not isinstance(await expect(shop.store.desk, shop.policy, boss, NOON), Refusal)
    assert {row.by for row in await shop.rows(schema.expectations)} == {f"staff:{TECH}"}


# --- results ----------------------------------------------------------------------------------


async def test_ll_38_the_published_tables_through_messages_and_store(shop: Workshop) -> None:
    """Ten respondents write their five digits; the report is the reference result."""
    reference = json.loads(DATA.read_text())["lubuklinggau"]
    columns = [
        [score for score, many in enumerate(counts, start=1) for _ in range(many)]
        for counts in (reference["perception_counts"][one.value] for one in Dimension)
    ]
    for place, scores in enumerate(zip(*columns, strict=True)):
        number = await shop.opens(sender=person(place))
        await shop.end(number, "resolved")
        await shop.says(f"NILAI {' '.join(map(str, scores))}", person(place))
    wanted = {Dimension(name): one for name, one in reference["period_expectation"].items()}
    await expect(shop.store.desk, shop.policy, (None, Expected("2026-07", wanted)), NOON)
    report = await result(shop.store.surveys, query_of("2026-07", shop.policy))
    for row in report.result.dimensions:
        expected = reference["expected"]["dimensions"][row.dimension.value]
        assert (row.n, row.category, row.rank) == (
            expected["n"],
            expected["category"],
            expected["rank_worst_first"],
        )
        assert float(rounded(row.gap_index, 4)) == expected["gap_index"]
        assert float(rounded(row.perception_mean, 4)) == expected["perception_mean"]
    assert [one.value for one in report.result.improvement_order] == [
        "responsiveness",
        "reliability",
        "assurance",
    ]
    assert (report.unexpected, report.items, report.figures.surveys) == ((), None, 10)
    elsewhere = await result(shop.store.surveys, query_of("2026-07", shop.policy, unit_id=1))
    assert elsewhere.result.dimensions == ()


async def test_a_dimension_without_expectation_is_named_and_left_out(shop: Workshop) -> None:
    await answers(shop, await solved(shop))
    wanted = (None, Expected("2026-07", {Dimension.EMPATHY: 2}))
    await expect(shop.store.desk, shop.policy, wanted, NOON)
    report = await result(shop.store.surveys, query_of("2026-07", shop.policy))
    assert [row.dimension for row in report.result.dimensions] == [Dimension.EMPATHY]
    assert report.unexpected == tuple(one for one in Dimension if one is not Dimension.EMPATHY)


async def test_the_22_statements_are_reported_on_all_three_levels(shop: Workshop) -> None:
    ticket = await solved(shop)
    scores = [Score(item, 4) for item in LONG] + [Score(item, 5, EXPECTATION) for item in LONG]
    given = Answered(ticket.id, tuple(scores), comment="lengkap")
    assert isinstance(await answer(shop.store.desk, shop.policy, given, shop.now), Kept)
    query = query_of("2026-07", shop.policy)
    report = await result(shop.store.surveys, query)
    assert report.items
    assert len(report.items.items) == 22
    assert report.items.mean_of_items == Fraction(-1)
    assert report.result.dimensions == ()
    assert await remarks(shop.store.surveys, query) == [(ticket.number, "lengkap")]


async def test_figures_by_unit_category_and_channel(shop: Workshop) -> None:
    ticket = await solved(shop)
    await answers(shop, ticket)
    for wanted, many in (
        ({"channel": "sms"}, 1),
        ({"channel": "telegram"}, 0),
        ({"category": ticket.category}, 1),
        ({"category": "medicine"}, 0),
        ({"unit_id": 1}, 0),
    ):
        figures = await shop.store.surveys.figures(query_of("2026-07", shop.policy, **wanted))
        assert figures.surveys == many, wanted


async def test_dk_08_the_rating_is_bound_to_the_technician(shop: Workshop) -> None:
    number = await shop.opens()
    await shop.does(number, Assign(TECH))
    await shop.does(number, Start("Mulai"), TECH)
    await shop.does(number, Resolve("kabel diganti"), TECH)
    await shop.says("NILAI 5 5 4 5 5")
    row = await surveys(shop)
    assert (row.staff_id, row.rating, row.counted) == (TECH, 5, True)
