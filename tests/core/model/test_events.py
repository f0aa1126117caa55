"""The chain of a ticket's history: whoever changes one word is found out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.events import GENESIS, Event, Fact, canonical, chain, digest_of, intact
from tests.core.fakes import NOON

if TYPE_CHECKING:
    from collections.abc import Mapping

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
DATA = st.dictionaries(st.text(max_size=8), JSON, max_size=4)


def fact(data: Mapping[str, Any] | None = None) -> Fact:
    return Fact("TicketOpened", NOON, "reporter", data or {"channel": "sms", "nomor": 1})


def history(length: int) -> list[Event]:
    events: list[Event] = []
    head = GENESIS
    for seq in range(1, length + 1):
        events.append(chain(26_000_000_001, seq, head, fact({"seq": seq})))
        head = events[-1].hash
    return events


def test_the_hash_is_sha256_over_the_fields_one_per_line() -> None:
    event = chain(7, 1, GENESIS, fact({"b": 1, "a": "é"}))
    line = f"\n7\n1\nTicketOpened\n{NOON.isoformat(timespec='microseconds')}\nreporter\n"
    assert event.data == '{"a":"é","b":1}'
    assert event.hash == hashlib.sha256(f"{line}{event.data}".encode()).hexdigest()


def test_each_event_carries_the_hash_of_the_one_before() -> None:
    events = history(4)
    assert [event.previous for event in events] == [GENESIS, *(e.hash for e in events[:-1])]
    assert [event.seq for event in events] == [1, 2, 3, 4]
    assert all(intact(event) for event in events)
    assert len({event.hash for event in events}) == 4


CHANGES: list[dict[str, Any]] = [
    {"ticket_id": 26_000_000_002},
    {"seq": 2},
    {"kind": "TicketClosed"},
    {"at": NOON + timedelta(microseconds=1)},
    {"actor": "staff:1"},
    {"data": '{"channel":"sms","nomor":2}'},
    {"data": '{"channel": "sms","nomor":1}'},
    {"previous": "0" * 64},
    {"hash": "0" * 64},
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_field_is_found_out(change: dict[str, Any]) -> None:
    event = chain(26_000_000_001, 1, GENESIS, fact())
    assert intact(event)
    assert not intact(replace(event, **change))


def test_every_field_has_been_changed_once() -> None:
    assert {name for change in CHANGES for name in change} == set(Event.__dataclass_fields__)


def test_a_new_hash_for_changed_words_breaks_the_next_event() -> None:
    first, second = history(2)
    forged = chain(first.ticket_id, first.seq, first.previous, fact({"seq": 99}))
    assert intact(forged)
    assert second.previous != forged.hash


def test_the_instant_counts_not_its_zone() -> None:
    event = chain(7, 1, GENESIS, fact())
    wit = NOON.astimezone(timezone(timedelta(hours=9)))
    assert intact(replace(event, at=wit))


def test_fields_cannot_run_into_each_other() -> None:
    one = digest_of(1, 12, "", fact(), "{}")
    other = digest_of(11, 2, "", fact(), "{}")
    assert one != other


@given(DATA)
def test_the_stored_text_says_what_was_told(data: dict[str, Any]) -> None:
    event = chain(7, 1, GENESIS, fact(data or {"x": 1}))
    assert json.loads(event.data) == (data or {"x": 1})
    assert intact(event)


@given(DATA)
def test_the_order_of_keys_does_not_matter(data: dict[str, Any]) -> None:
    assert canonical(dict(reversed(data.items()))) == canonical(data)


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001 - made aware below
def test_any_instant_survives_its_text(at: datetime) -> None:
    aware = at.replace(tzinfo=NOON.tzinfo)
    event = chain(7, 1, GENESIS, Fact("TicketOpened", aware, "reporter", {}))
    assert intact(replace(event, at=datetime.fromisoformat(aware.isoformat())))


def test_lone_surrogates_do_not_stop_the_chain() -> None:
    event = chain(7, 1, GENESIS, fact({"teks": "\ud83d"}))
    assert intact(event)
