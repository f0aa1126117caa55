"""What is remembered of a sender survives the trip, and nonsense is forgotten quietly."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.filing import SenderChange
from core.model.ticket import ReplyMark
from ticket_store.sender_memory import BLANK, NOTHING, Memory, recalled, written

AT = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
MOMENTS = st.datetimes(timezones=st.just(UTC))
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.integers(0, 2**62)
CHANGES = st.builds(
    SenderChange,
    address_id=NUMBERS,
    muted=st.booleans(),
    replies=st.lists(st.builds(ReplyMark, MOMENTS, WORDS), max_size=6).map(tuple),
    untold=st.lists(WORDS, max_size=4).map(tuple),
    helped_on=WORDS,
    joined=st.none() | st.tuples(NUMBERS, NUMBERS),
    opened=st.lists(MOMENTS, max_size=4).map(tuple),
    survey=st.none() | NUMBERS,
    question=st.integers(0, 5),
    feedback=st.none() | NUMBERS,
)


@given(CHANGES)
def test_there_and_back(change: SenderChange) -> None:
    kept = {name: value for name, value in asdict(change).items() if name in asdict(BLANK)}
    assert asdict(recalled(written(change))) == kept


def test_nothing_is_short() -> None:
    blank = SenderChange(
        1, muted=True, replies=(), untold=(), helped_on="", joined=None, opened=()
    )
    assert written(blank) == NOTHING
    assert recalled(NOTHING) is BLANK


BROKEN = [
    ("", BLANK),
    ("{broken", BLANK),
    ("[]", BLANK),
    ("null", BLANK),
    ('"text"', BLANK),
    ("[" * 100_000, BLANK),
    ('{"unknown": 1}', BLANK),
    (
        '{"replies": [["yesterday", "ack"]], "helped_on": "2026-01-01"}',
        Memory(helped_on="2026-01-01"),
    ),
    ('{"replies": [["2026-01-01T00:00:00", "ack"]]}', BLANK),
    ('{"replies": [[1]], "survey": 7}', Memory(survey=7)),
    ('{"replies": 5, "opened": 7, "untold": 3}', BLANK),
    ('{"joined": [1]}', BLANK),
    ('{"joined": ["1", "2"]}', Memory(joined=(1, 2))),
    ('{"joined": null, "survey": "x", "helped_on": 3}', BLANK),
    ('{"untold": [1], "opened": ["2026-11-22T03:30:00+00:00"]}', Memory(opened=(AT,))),
]


@pytest.mark.parametrize(("stored", "left"), BROKEN)
def test_what_cannot_be_read_is_forgotten_alone(stored: str, left: Memory) -> None:
    assert recalled(stored) == left
