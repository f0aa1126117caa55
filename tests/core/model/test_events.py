"""A ticket's history cannot be changed, reordered or cut in the middle without showing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.events import GENESIS, Event, Fact, canonical, chain, intact
from tests.core.fakes import NOON
from tests.core.model.calendar_samples import WIT

TICKET = 26_000_004_217
FACT = Fact("TicketOpened", NOON, "reporter", {"number": "HD26-004217-4", "message": 7})

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
data = st.dictionaries(st.text(), values, max_size=5)
facts = st.builds(
    Fact,
    st.sampled_from(["TicketOpened", "MessageJoined", "Reopened"]),
    st.integers(0, 10**9).map(lambda microseconds: NOON + timedelta(microseconds=microseconds)),
    st.sampled_from(["reporter", "system", "staff:3"]),
    data,
)


def history(told: list[Fact]) -> list[Event]:
    events: list[Event] = []
    for seq, fact in enumerate(told, start=1):
        previous = events[-1].hash if events else GENESIS
        events.append(chain(TICKET, seq, previous, fact))
    return events


def unbroken(events: list[Event]) -> bool:
    previous = [GENESIS, *(event.hash for event in events)]
    return all(
        intact(event) and event.previous == before and event.seq == place
        for place, (event, before) in enumerate(zip(events, previous, strict=False), start=1)
    )


def test_the_hash_is_the_one_that_anybody_can_compute() -> None:
    event = chain(TICKET, 1, GENESIS, FACT)
    line = (
        "\n26000004217\n1\nTicketOpened\n2026-07-14T03:00:00.000000+00:00\nreporter\n"
        '{"message":7,"number":"HD26-004217-4"}'
    )
    assert event.hash == hashlib.sha256(line.encode()).hexdigest()
    assert (event.ticket_id, event.seq, event.previous) == (TICKET, 1, "")


def test_the_zone_of_an_instant_does_not_matter() -> None:
    elsewhere = replace(FACT, at=NOON.astimezone(WIT))
    assert chain(TICKET, 1, GENESIS, elsewhere).hash == chain(TICKET, 1, GENESIS, FACT).hash


@given(data)
def test_the_canonical_text_is_one_line_that_reads_back(told: dict[str, Any]) -> None:
    text = canonical(told)
    assert json.loads(text) == told
    assert canonical(dict(reversed(list(told.items())))) == text
    assert "\n" not in text


def test_a_text_that_no_encoding_knows_is_hashed_all_the_same() -> None:
    event = chain(TICKET, 1, GENESIS, replace(FACT, data={"reason": "\ud800"}))
    assert intact(event)


CHANGES: list[dict[str, Any]] = [
    {"ticket_id": TICKET + 1},
    {"seq": 2},
    {"kind": "Reopened"},
    {"at": NOON + timedelta(microseconds=1)},
    {"actor": "staff:1"},
    {"data": canonical({**FACT.data, "message": 8})},
    {"data": canonical(FACT.data) + " "},
    {"previous": "0" * 64},
    {"hash": "0" * 64},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_every_changed_field_shows(change: dict[str, Any]) -> None:
    event = chain(TICKET, 1, GENESIS, FACT)
    assert intact(event)
    assert not intact(replace(event, **change))


@settings(max_examples=30)
@given(st.lists(facts, min_size=1, max_size=4))
def test_a_chain_is_unbroken(told: list[Fact]) -> None:
    events = history(told)
    assert unbroken(events)
    assert len({event.hash for event in events}) == len(events)


@settings(max_examples=30)
@given(st.lists(facts, min_size=3, max_size=4), st.data())
def test_a_missing_swapped_or_rewritten_event_breaks_it(told: list[Fact], draw: Any) -> None:
    events = history(told)
    place = draw.draw(st.integers(0, len(events) - 2))
    assert not unbroken([*events[:place], *events[place + 1 :]])
    swapped = [*events[:place], events[place + 1], events[place], *events[place + 2 :]]
    assert not unbroken(swapped)
    rewritten = replace(told[place], actor="staff:99")
    forged = chain(TICKET, place + 1, events[place].previous, rewritten)
    assert not unbroken([*events[:place], forged, *events[place + 1 :]])
