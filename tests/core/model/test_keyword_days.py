"""Whether the keyword is demanded changes on a day of the office (BW-14)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.core.fakes import decided, office

SWITCHED = ((date(2026, 7, 14), False), (date(2026, 8, 1), True))
MIDNIGHT = datetime(2026, 7, 13, 17, 0, tzinfo=UTC)  # the 14th begins in Jakarta


@pytest.mark.parametrize(
    ("days", "at", "demanded"),
    [
        ((), MIDNIGHT, True),
        (SWITCHED, MIDNIGHT - timedelta(seconds=1), True),
        (SWITCHED, MIDNIGHT, False),
        (SWITCHED, datetime(2026, 7, 31, 16, 59, 59, tzinfo=UTC), False),
        (SWITCHED, datetime(2026, 7, 31, 17, 0, tzinfo=UTC), True),
        (SWITCHED, MIDNIGHT.replace(year=2030), True),
    ],
)
def test_bw_14_the_keyword_is_demanded_from_its_day_on(
    days: tuple[tuple[date, bool], ...], at: datetime, *, demanded: bool
) -> None:
    policy = office(keyword_days=days)
    assert policy.demands_keyword(at) is demanded
    found = decided("lampu jalan mati di depan pasar", policy=policy, now=at)
    assert (found.kind == "new_ticket") is not demanded
