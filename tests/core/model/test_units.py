from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.messages import Address, AddressKind
from core.model.units import (
    LONGEST_CODE,
    Places,
    Region,
    RegionDraft,
    UnitDraft,
    address_of,
    circular,
    code_fault,
    region_fault,
    tree,
    unit_fault,
    with_below,
)

PLACES = Places(
    parents={1: None, 2: 1, 3: 2, 9: None},
    retired=frozenset({9}),
    regions=frozenset({5}),
    calendars=frozenset({"rs24"}),
    channels={"sms": AddressKind.PHONE, "surel": AddressKind.EMAIL},
)
GOOD = UnitDraft(
    "Apotek Sehat",
    "mitra",
    parent_id=1,
    region_id=5,
    partner=True,
    calendar="rs24",
    categories=frozenset({"medicine"}),
    channel="sms",
    address_kind="phone",
    address="0812-3456-7890",
)


def test_a_good_draft() -> None:
    assert unit_fault(0, GOOD, PLACES) is None
    assert unit_fault(2, UnitDraft("Bidang"), PLACES) is None


FAULTS = [
    ("name", {"name": "  "}),
    ("name", {"name": "x" * 121}),
    ("level", {"level": "x" * 41}),
    ("parent_id", {"parent_id": 77}),
    ("parent_id", {"parent_id": 9}),
    ("parent_id", {"parent_id": 2}),
    ("parent_id", {"parent_id": 3}),
    ("region_id", {"region_id": 6}),
    ("calendar", {"calendar": "pasar"}),
    ("categories", {"categories": frozenset({"sulap"})}),
    ("channel", {"partner": False}),
    ("channel", {"channel": "merpati"}),
    ("channel", {"channel": ""}),
    ("address_kind", {"address_kind": "email"}),
    ("address_kind", {"address_kind": ""}),
    ("address", {"address": "bukan nomor"}),
    ("address", {"address": ""}),
]


@pytest.mark.parametrize(("field", "changes"), FAULTS)
def test_the_field_that_is_wrong_is_named(field: str, changes: dict[str, object]) -> None:
    fault = unit_fault(2, replace(GOOD, **changes), PLACES)  # type: ignore[arg-type]  # a table
    assert fault
    assert (fault.field, fault.sentence.endswith(".")) == (field, True)


@pytest.mark.parametrize("code", ["", "A", "-a", "a-", "a b", "é", "x" * (LONGEST_CODE + 1)])
def test_codes_that_are_none(code: str) -> None:
    assert code_fault(code)


@pytest.mark.parametrize("code", ["a", "35.10.01", "bidang-ti", "x" * LONGEST_CODE])
def test_codes(code: str) -> None:
    assert code_fault(code) is None


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (RegionDraft(""), "name"),
        (RegionDraft("x", parent_id=8), "parent_id"),
        (RegionDraft("x", parent_id=1), "parent_id"),
        (RegionDraft("x", parent_id=2), "parent_id"),
    ],
)
def test_regions_that_cannot_be(draft: RegionDraft, field: str) -> None:
    fault = region_fault(1, draft, {1: None, 2: 1})
    assert fault
    assert fault.field == field


def test_a_region() -> None:
    assert region_fault(2, RegionDraft("Genteng", "kecamatan", 1), {1: None, 2: None}) is None


ADDRESSES = [
    ("phone", "0812 3456 7890", "+6281234567890"),
    ("whatsapp", "+6281234567890", "+6281234567890"),
    ("email", " Apotek@Contoh.GO.ID ", "Apotek@contoh.go.id"),
    ("telegram", "12345", "12345"),
    ("phone", "INFO", None),
    ("whatsapp", "112", None),
    ("email", "apotek", None),
    ("telegram", "@apotek", None),
    ("claim", "x", None),
    ("", "", None),
]


@pytest.mark.parametrize(("kind", "typed", "value"), ADDRESSES)
def test_addresses_are_kept_as_messages_name_them(
    kind: str, typed: str, value: str | None
) -> None:
    expected = None if value is None else Address(AddressKind(kind), value)
    assert address_of(kind, typed) == expected


# --- the tree ---------------------------------------------------------------------------------

PARENTS = st.dictionaries(
    st.integers(1, 12), st.one_of(st.none(), st.integers(1, 14)), min_size=1, max_size=12
)


@given(PARENTS)
def test_the_tree_leaves_nothing_out(parents: dict[int, int | None]) -> None:
    placed = [Region(one, f"r{one}", f"W{one}", parent_id=up) for one, up in parents.items()]
    found = tree(placed)
    assert sorted(one.id for _, one in found) == sorted(parents)
    at = {one.id: (place, depth) for place, (depth, one) in enumerate(found)}
    for one, up in parents.items():
        if at[one][1]:
            assert up is not None
            assert at[up][1] == at[one][1] - 1
            assert at[up][0] < at[one][0]


def test_the_tree_is_sorted_by_name() -> None:
    placed = [Region(1, "a", "Z"), Region(2, "b", "a", parent_id=1), Region(3, "c", "B")]
    placed.append(Region(4, "d", "B", parent_id=1))
    assert [(depth, one.id) for depth, one in tree(placed)] == [(0, 3), (0, 1), (1, 2), (1, 4)]


@given(PARENTS, st.sets(st.integers(1, 12)))
def test_what_is_below(parents: dict[int, int | None], tops: set[int]) -> None:
    below = with_below(parents, tops)
    assert tops <= below
    for one, up in parents.items():
        assert (up in below) <= (one in below)


@given(PARENTS, st.integers(1, 12), st.one_of(st.none(), st.integers(1, 12)))
def test_no_change_makes_a_circle(
    parents: dict[int, int | None], one: int, up: int | None
) -> None:
    if circular(parents, one, up):
        return
    changed = parents | {one: up}
    here, steps = up, 0
    while here is not None and steps < 20:
        assert here != one
        here, steps = changed.get(here), steps + 1
    assert here is None
