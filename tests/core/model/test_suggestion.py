from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.hints import CATEGORIES, CATEGORY_NAMES
from core.model.suggestion import (
    CATEGORY_WORDS,
    Candidate,
    Staffing,
    Unassigned,
    automatic_choice,
    category_word,
    suggest,
)
from core.model.units import Region, Unit

NOW = datetime(2026, 7, 14, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CITY, DISTRICT, ELSEWHERE = 1, 2, 3
REGIONS = (
    Region(CITY, "kota", "Kota"),
    Region(DISTRICT, "genteng", "Genteng", parent_id=CITY),
    Region(ELSEWHERE, "jauh", "Jauh"),
)
NETWORK, TEAM, PHARMACY, OTHER = 1, 2, 3, 4
UNITS = (
    Unit(NETWORK, "jaringan", "Bidang Jaringan", categories=frozenset({"network"})),
    Unit(TEAM, "tim", "Tim Lapangan", parent_id=NETWORK),
    Unit(PHARMACY, "apotek", "Apotek", partner=True, categories=frozenset({"medicine"})),
    Unit(OTHER, "umum", "Bagian Umum", region_id=ELSEWHERE),
)
PLAIN = Candidate(1, "Tono", unit_id=TEAM, present_until=NOW + HOUR)
TICKET = Unassigned("HD26-000001-0", "network", region_id=DISTRICT)


def staffing(*people: Candidate) -> Staffing:
    return Staffing(people, UNITS, REGIONS)


def ranked(*people: Candidate, ticket: Unassigned = TICKET) -> list[int]:
    return [one.candidate.id for one in suggest(ticket, staffing(*people), NOW).people]


def other(**changes: Any) -> Candidate:
    return replace(PLAIN, id=2, name="Wati", **changes)


# Each row: the one who comes first, and the one behind.
BETTER: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"regions": frozenset({DISTRICT})}, {"regions": frozenset({ELSEWHERE})}),
    ({"regions": frozenset({CITY})}, {"regions": frozenset({ELSEWHERE})}),
    ({"regions": frozenset({DISTRICT})}, {}),
    ({}, {"regions": frozenset({ELSEWHERE})}),
    ({"regions": frozenset({DISTRICT}), "load": 9}, {"load": 0}),
    ({}, {"present_until": None}),
    ({}, {"present_until": NOW}),
    ({"load": 9}, {"present_until": None}),
    ({}, {"unit_id": OTHER}),
    ({"skills": frozenset({"network"})}, {}),
    ({"skills": frozenset({"jaringan"})}, {"skills": frozenset({"listrik"})}),
    ({"load": 1}, {"load": 2}),
    ({"load": 2, "capacity": 10}, {"load": 1, "capacity": 4}),
    ({"load": 9}, {"load": 10}),
    ({"regions": frozenset({ELSEWHERE})}, {"load": 10}),
    ({"load": 1, "assigned_at": NOW - HOUR}, {"load": 1, "assigned_at": NOW}),
    ({}, {"capacity": 0}),
]


@pytest.mark.parametrize(("first", "second"), BETTER)
def test_who_comes_first(first: dict[str, Any], second: dict[str, Any]) -> None:
    one, two = replace(PLAIN, **first), other(**second)
    assert ranked(one, two) == ranked(two, one) == [1, 2]
    # Not because of the id.
    assert ranked(replace(one, id=2), replace(two, id=1)) == [2, 1]


def test_whoever_is_complained_about_is_never_there() -> None:
    assert ranked(PLAIN, other(), ticket=replace(TICKET, about_staff_id=1)) == [2]
    assert automatic_choice(replace(TICKET, about_staff_id=1), staffing(PLAIN), NOW) is None


def test_whoever_has_it_is_not_suggested_again() -> None:
    assert ranked(PLAIN, other(), ticket=replace(TICKET, assignee_id=1)) == [2]


REASONS: list[tuple[dict[str, Any], str]] = [
    ({"regions": frozenset({CITY})}, "bertugas di wilayah tiket"),
    ({"regions": frozenset({ELSEWHERE})}, "bertugas di wilayah lain, perlu alasan"),
    ({}, "bertugas di unit yang menangani"),
    ({}, "sedang hadir"),
    ({"present_until": None}, "tidak tercatat hadir"),
    ({"skills": frozenset({"wifi"})}, "menguasai jaringan"),
    ({"load": 3}, "memegang 3 dari 10 tiket"),
    ({"load": 10}, "memegang 10 dari 10 tiket, perlu penegasan"),
]


@pytest.mark.parametrize(("changes", "reason"), REASONS)
def test_the_reasons_are_told(changes: dict[str, Any], reason: str) -> None:
    [one] = suggest(TICKET, staffing(replace(PLAIN, **changes)), NOW).people
    assert reason in one.reasons


@pytest.mark.parametrize(
    ("changes", "marks"),
    [
        ({}, (False, False, True)),
        ({"regions": frozenset({ELSEWHERE})}, (True, False, False)),
        ({"load": 10}, (False, True, False)),
        ({"load": 11, "regions": frozenset({ELSEWHERE})}, (True, True, False)),
        ({"present_until": None}, (False, False, False)),
    ],
)
def test_what_assigning_will_ask_for(
    changes: dict[str, Any], marks: tuple[bool, bool, bool]
) -> None:
    [one] = suggest(TICKET, staffing(replace(PLAIN, **changes)), NOW).people
    assert (one.needs_reason, one.needs_confirmation, one.ready) == marks


def test_without_a_region_nobody_works_elsewhere() -> None:
    nowhere = replace(TICKET, region_id=None)
    far = replace(PLAIN, regions=frozenset({ELSEWHERE}))
    [one] = suggest(nowhere, staffing(far), NOW).people
    assert not one.needs_reason


# --- units ------------------------------------------------------------------------------------


def test_the_unit_for_the_category_is_proposed_first() -> None:
    units = suggest(TICKET, staffing(), NOW).units
    assert [one.unit.id for one in units] == [NETWORK, TEAM, PHARMACY, OTHER]
    assert units[0].reasons == ("menangani kategori jaringan",)
    assert units[-1].reasons == ("berada di wilayah lain",)


def test_a_unit_of_the_region_before_others_and_not_the_one_it_is_with() -> None:
    far = replace(TICKET, category="other", region_id=ELSEWHERE, unit_id=NETWORK)
    units = suggest(far, staffing(), NOW).units
    assert [one.unit.id for one in units] == [OTHER, TEAM, PHARMACY]
    assert units[0].reasons == ("berada di wilayah tiket",)


def test_a_retired_unit_is_not_proposed() -> None:
    gone = Staffing((), (replace(UNITS[0], retired_at=NOW),), REGIONS)
    assert suggest(TICKET, gone, NOW).units == ()


def test_words_of_categories() -> None:
    assert [category_word(one) for one in ("medicine", "other", "x")] == ["obat", "lainnya", "x"]


# --- the automatic round ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"present_until": None},
        {"load": 10},
        {"regions": frozenset({ELSEWHERE})},
        {"unit_id": OTHER},
        {"unit_id": None},
    ],
)
def test_nobody_is_given_what_needs_a_word_of_a_person(changes: dict[str, Any]) -> None:
    assert automatic_choice(TICKET, staffing(replace(PLAIN, **changes)), NOW) is None


def test_the_least_loaded_has_the_next_one() -> None:
    people = staffing(replace(PLAIN, load=2), other(load=1), replace(PLAIN, id=3, load=1))
    chosen = automatic_choice(TICKET, people, NOW)
    assert chosen
    assert chosen.candidate.id == 2


def test_a_ticket_at_a_partner_stays_there() -> None:
    away = replace(TICKET, unit_id=PHARMACY)
    assert automatic_choice(away, staffing(replace(PLAIN, unit_id=PHARMACY)), NOW) is None


def test_only_people_of_its_unit_get_a_ticket() -> None:
    there = replace(TICKET, unit_id=OTHER, region_id=None)
    assert automatic_choice(there, staffing(PLAIN), NOW) is None
    assert automatic_choice(there, staffing(replace(PLAIN, unit_id=OTHER)), NOW)


def test_a_category_that_no_unit_has_goes_to_anybody() -> None:
    assert automatic_choice(replace(TICKET, category="power"), staffing(PLAIN), NOW)


# --- whatever there is ------------------------------------------------------------------------

people = st.builds(
    Candidate,
    id=st.integers(1, 6),
    name=st.just("Tono"),
    unit_id=st.sampled_from([None, NETWORK, TEAM, PHARMACY, OTHER]),
    regions=st.frozensets(st.sampled_from([CITY, DISTRICT, ELSEWHERE])),
    skills=st.frozensets(st.sampled_from(["network", "wifi", "las"])),
    capacity=st.integers(0, 4),
    load=st.integers(0, 5),
    present_until=st.sampled_from([None, NOW - HOUR, NOW + HOUR]),
    assigned_at=st.sampled_from([None, NOW]),
)
tickets = st.builds(
    Unassigned,
    number=st.just("HD26-000001-0"),
    category=st.sampled_from(["network", "medicine", "other"]),
    unit_id=st.sampled_from([None, NETWORK, TEAM, PHARMACY, OTHER]),
    region_id=st.sampled_from([None, CITY, DISTRICT, ELSEWHERE]),
    about_staff_id=st.one_of(st.none(), st.integers(1, 6)),
    assignee_id=st.just(None),
)


@given(st.lists(people, unique_by=lambda one: one.id), tickets, st.randoms())
def test_what_always_holds(found: list[Candidate], ticket: Unassigned, random: Any) -> None:
    made = suggest(ticket, staffing(*found), NOW)
    assert {one.candidate.id for one in made.people} == {one.id for one in found} - {
        ticket.about_staff_id
    }
    # Whoever can have it without more ado is never behind somebody who cannot.
    asked = [one.needs_reason or one.needs_confirmation for one in made.people]
    assert asked == sorted(asked)
    # The order does not depend on the order in which they were read.
    random.shuffle(found)
    assert suggest(ticket, staffing(*found), NOW) == made
    chosen = automatic_choice(ticket, staffing(*found), NOW)
    if chosen:
        assert chosen.ready
        assert chosen.candidate.load < chosen.candidate.capacity
        assert chosen.candidate.id != ticket.about_staff_id


def test_each_category_is_told_by_a_name_that_is_known() -> None:
    assert set(CATEGORY_WORDS) == CATEGORIES
    assert all(CATEGORY_NAMES[word] == key for key, word in CATEGORY_WORDS.items())
