from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.whatsapp_rules.people import number_of, person, place
from core.model.messages import Address, AddressKind


@pytest.mark.parametrize(
    ("given_", "value"),
    [
        ("6281234567890", "+6281234567890"),
        ("+6281234567890", "+6281234567890"),
        (" 6281234567890 ", "+6281234567890"),
        (16505551234, "+16505551234"),
        ("ID.13491208655302741918", "ID.13491208655302741918"),
        ("US.ENT.11815799212886844830", "US.ENT.11815799212886844830"),
        ("0812", "0812"),
        ("x" * 300, "x" * 300),
    ],
)
def test_a_person_is_a_number_or_an_id(given_: Any, value: Any) -> None:
    assert person(given_) == Address(AddressKind.WHATSAPP, value)


@pytest.mark.parametrize("given_", [None, "", " ", "x" * 301, "a\nb", "\ud800", [], {}, True, 1.5])
def test_anything_else_is_nobody(given_: Any) -> None:
    assert person(given_) is None


@given(st.text() | st.integers() | st.none())
def test_nobody_raises_and_nobody_is_unstorable(given_: Any) -> None:
    found = person(given_)
    if found:
        assert found.value.encode()
        assert "\0" not in found.value
        assert person(found.value) == found


@pytest.mark.parametrize(
    ("value", "number"),
    [("+6281234567890", "6281234567890"), ("ID.1349", None), ("0812", None), ("81234567", None)],
)
def test_only_an_international_number_is_one(value: Any, number: Any) -> None:
    assert number_of(Address(AddressKind.WHATSAPP, value)) == number


@pytest.mark.parametrize(
    ("north", "east", "coordinates"),
    [
        (-8.21912345678, 114.0, "-8.219123, 114"),
        ("-8.2", "114.3", "-8.2, 114.3"),
        (0, 0, "0, 0"),
        (90, 180, "90, 180"),
        (91, 0, None),
        (0, -181, None),
        (float("nan"), 0, None),
        (float("inf"), 0, None),
        ("satu", 0, None),
        (None, None, None),
        ([], {}, None),
        (10**400, 0, None),
    ],
)
def test_coordinates_are_shown_where_they_lie_on_earth(
    north: Any, east: Any, coordinates: Any
) -> None:
    text = place("Balai Desa", "", north, east)
    assert text.startswith("[Lokasi] Balai Desa")
    assert (f"Koordinat: {coordinates}\n" in text) is (coordinates is not None)
    assert ("https://maps.google.com/?q=" in text) is (coordinates is not None)
