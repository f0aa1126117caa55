"""What a survey holds, when it is late, and the addresses that open one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.links import SignedLinks
from core.model.servqual import Dimension
from core.model.survey import (
    EXPECTATION,
    LONG,
    SHORT,
    Score,
    SurveyState,
    bounds,
    is_late,
    period_of,
    whole,
    wrong_scores,
)
from tests.core.fakes import DAY, NOON
from tests.core.model.calendar_samples import WIB, WIT

LINKS = SignedLinks("https://helpdesk.example/s/", b"a key of the office")
IDS = st.integers(0, 99 * 10**9 + 10**9 - 1)


def test_the_short_form_has_an_item_for_each_dimension() -> None:
    assert len(SHORT) == len(Dimension)
    assert set(SHORT).isdisjoint(LONG)
    assert len(LONG) == 22


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ([], "Belum ada"),
        ([Score(0, 3)], "tidak ada"),
        ([Score(100, 3)], "tidak ada"),
        ([Score(1, 0)], "1 sampai 5"),
        ([Score(1, 6)], "1 sampai 5"),
        ([Score(1, 3, "")], "tidak dikenal"),
        ([Score(1, 3), Score(1, 4)], "dua kali"),
        ([Score(1, 3), Score(1, 4, EXPECTATION)], ""),
        ([Score(item, 5) for item in (*LONG, *SHORT)], ""),
    ],
)
def test_answers_are_checked(scores: list[Score], said: str) -> None:
    found = wrong_scores(scores)
    assert said in found
    assert bool(found) is bool(said)


@pytest.mark.parametrize(
    ("scores", "rating"),
    [((), None), ((1,), 1), ((1, 2), 2), ((4, 4, 5), 4), ((4, 5), 5), ((5,) * 5, 5)],
)
def test_one_rating_for_the_technician(scores: tuple[int, ...], rating: int | None) -> None:
    assert whole(Score(101, score) for score in scores) == rating
    assert whole(Score(1, score, EXPECTATION) for score in scores) is None


@given(st.lists(st.integers(1, 5), min_size=1, max_size=22))
def test_a_rating_lies_within_what_was_given(scores: list[int]) -> None:
    rating = whole(Score(101, score) for score in scores)
    assert rating is not None
    assert min(scores) <= rating <= max(scores)


def test_late_is_after_the_fourteenth_day() -> None:
    limit = 14 * DAY
    assert not is_late(NOON, NOON + limit, limit)
    assert is_late(NOON, NOON + limit + timedelta(microseconds=1), limit)


def test_a_survey_is_over_once_answered() -> None:
    assert not SurveyState(NOON).over
    assert not SurveyState(NOON, skipped_at=NOON).over
    assert SurveyState(NOON, answered_at=NOON).over


# --- periods ----------------------------------------------------------------------------------


def test_a_period_ends_at_local_midnight() -> None:
    eve = datetime(2026, 7, 31, 16, 59, 59, tzinfo=UTC)
    assert period_of(eve, WIB) == "2026-07"
    assert period_of(eve + timedelta(seconds=1), WIB) == "2026-08"
    assert period_of(eve, WIT) == "2026-08"
    first, following = bounds("2026-12", WIB)
    assert (first.isoformat(), following.isoformat()) == (
        "2026-12-01T00:00:00+07:00",
        "2027-01-01T00:00:00+07:00",
    )


@given(st.datetimes(datetime(2020, 1, 1), datetime(2099, 12, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - the strategy's own zone
def test_every_instant_lies_in_its_period(at: datetime) -> None:
    first, following = bounds(period_of(at, WIB), WIB)
    assert first <= at < following


@pytest.mark.parametrize(
    "period", ["", "2026", "2026-7", "2026-13", "2026-00", "juli 2026", "2026-07-01", "1999-01"]
)
def test_what_is_no_period_is_refused(period: str) -> None:
    with pytest.raises(ValueError, match=f"^{period}$"):
        bounds(period, WIB)


# --- addresses --------------------------------------------------------------------------------


@given(IDS)
def test_an_address_leads_to_its_ticket_and_nowhere_else(ticket_id: int) -> None:
    token = LINKS.token(ticket_id)
    assert LINKS.read(token) == ticket_id
    assert LINKS(ticket_id) == f"https://helpdesk.example/s/{token}"
    assert SignedLinks(LINKS.base, b"another key").read(token) is None
    assert token.isalnum()


@given(IDS, st.integers(0, 23), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_an_altered_address_leads_nowhere(ticket_id: int, place: int, letter: str) -> None:
    token = LINKS.token(ticket_id)
    altered = token[:place] + letter + token[place + 1 :]
    assert LINKS.read(altered) == (ticket_id if altered == token else None)


@given(st.text(max_size=60))
def test_no_text_opens_a_survey(token: str) -> None:
    assert LINKS.read(token) is None


def test_a_token_is_written_in_one_way_only() -> None:
    token = LINKS.token(26_000_000_001)
    for other in (
        "",
        token.upper(),
        token.replace("i", "\u0131") + "\u0131",
        f"{token}=",
        f" {token}",
        token[:-1],
    ):
        assert LINKS.read(other) is None
