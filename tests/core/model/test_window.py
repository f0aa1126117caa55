from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.model.window import MARGIN, is_open, window_ends

HEARD = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def test_it_ends_a_day_after_the_last_words() -> None:
    assert window_ends(HEARD) == datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    # whatever zone they were said in
    jakarta = HEARD.astimezone(datetime.now(UTC).astimezone().tzinfo)
    assert window_ends(jakarta) == window_ends(HEARD)


@pytest.mark.parametrize(
    ("after", "margin", "open_"),
    [
        (timedelta(0), MARGIN, True),
        (-SECOND, MARGIN, True),
        (23 * HOUR, MARGIN, True),
        (24 * HOUR - MARGIN - SECOND, MARGIN, True),
        (24 * HOUR - MARGIN, MARGIN, False),
        (24 * HOUR - SECOND, MARGIN, False),
        (24 * HOUR - SECOND, timedelta(0), True),
        (24 * HOUR, timedelta(0), False),
        (48 * HOUR, MARGIN, False),
    ],
)
def test_it_counts_as_closed_a_little_before(after: Any, margin: Any, open_: Any) -> None:
    assert is_open(HEARD, HEARD + after, margin) is open_


def test_it_was_never_open_to_somebody_who_never_wrote() -> None:
    assert not is_open(None, HEARD)
