"""Numbers as they are searched by how they begin."""

from __future__ import annotations

import pytest

from core.model.listing import number_ranges

YEAR = 26 * 10**9


@pytest.mark.parametrize(
    ("begins", "ranges"),
    [
        ("HD26", ((YEAR, YEAR + 10**9 - 1),)),
        ("hd26-", ((YEAR, YEAR + 10**9 - 1),)),
        ("26-0042", ((YEAR + 4200, YEAR + 4299),)),
        ("HD26-004217-4", ((YEAR + 4217, YEAR + 4217),)),
        ("HD26-004217-", ((YEAR + 4217, YEAR + 4217),)),
        ("HD26-1234567-1", ((YEAR + 1234567, YEAR + 1234567),)),
        ("HD26--", ()),
        ("HD26-42-1", ()),
        ("HD", ()),
        ("", ()),
        ("HD26-1234567890", ()),
        ("HD26-00421\u0667", ()),
    ],
)
def test_ranges_of_numbers(begins: str, ranges: tuple[tuple[int, int], ...]) -> None:
    assert number_ranges(begins) == ranges


def test_a_sequence_of_any_width_is_found_by_its_beginning() -> None:
    found = number_ranges("HD26-12")
    for sequence in (120_000, 129_999, 1_200_000, 12_345_678, 129_999_999):
        assert any(low <= YEAR + sequence <= high for low, high in found)
    for sequence in (12, 1_200, 130_000, 119_999, 1_300_000):
        assert not any(low <= YEAR + sequence <= high for low, high in found)
