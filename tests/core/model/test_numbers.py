from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.numbers import (
    MAX_LENGTH,
    TicketNumber,
    number_pattern,
    parse_number,
    read_number,
)

NUMBER = TicketNumber("HD", 26, 4217)
numbers = st.builds(TicketNumber, st.just("HD"), st.integers(10, 99), st.integers(1, 9_999_999))


def search(text: str) -> list[str]:
    pattern = number_pattern("HD")
    read = (read_number("HD", found) for found in pattern.finditer(text))
    return [str(number) for number in read if number]


def test_the_written_form_is_the_announced_one() -> None:
    assert str(NUMBER) == "HD26-004217-4"
    assert len(str(TicketNumber("HDX", 26, 999_999))) <= MAX_LENGTH


@pytest.mark.parametrize(
    "written",
    [
        "HD26-004217-4",
        "hd26-004217-4",
        "Hd26-004217-4",
        "HD260042174",
        "HD 26 004217 4",
        "HD-26-004217-4",
        "HD26.004217.4",
        "HD26/004217/4",
        "HD26_004217_4",
        "HD26-OO4217-4",
        "HD26-oo4217-4",
        "HD26-0042I7-4",
        "HD26-0042l7-4",
        "HD26–004217–4",
        "  HD26-004217-4  ",
    ],
)
def test_a_number_is_read_leniently(written: str) -> None:
    assert parse_number("HD", written) == NUMBER


@pytest.mark.parametrize(
    "written",
    [
        "",
        "HD",
        "HD26",
        "HD26-004217",
        "HD26-004217-5",  # wrong check digit
        "HD26-004271-4",  # swapped digits
        "HD62-004217-4",
        "HD26-04217-4",  # a sequence has six digits at least
        "HD26-0004217-4",  # a leading zero too many
        "HE26-004217-4",
        "XHD26-004217-4",
        "HD26-004217-42",
        "HD26-004217-4x",
        "HD26-004217-4 2",
        "HD26-004217-4 hari",
    ],
)
def test_anything_else_is_no_number(written: str) -> None:
    assert parse_number("HD", written) is None


@given(numbers)
def test_what_is_written_is_read_back(number: TicketNumber) -> None:
    text = str(number)
    assert parse_number("HD", text) == number
    assert parse_number("HD", text.lower().replace("-", "")) == number
    assert parse_number("HD", text.replace("0", "O").replace("1", "l")) == number


@given(numbers, st.data())
def test_one_wrong_digit_is_never_another_number(
    number: TicketNumber, data: st.DataObject
) -> None:
    text = str(number)
    places = [at for at, character in enumerate(text) if character.isdigit()]
    at = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != text[at]]))
    assert search(text[:at] + digit + text[at + 1 :]) == []


@given(numbers, st.data())
def test_two_swapped_neighbours_are_never_another_number(
    number: TicketNumber, data: st.DataObject
) -> None:
    digits = str(number)[2:].replace("-", "")
    at = data.draw(st.integers(0, len(digits) - 2))
    if digits[at] == digits[at + 1]:
        return
    swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    assert search(f"HD{swapped}") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Tiket HD26-004217-4 ya pak", ["HD26-004217-4"]),
        ("HD26-004217-4.", ["HD26-004217-4"]),
        ("[HD26-004217-4]", ["HD26-004217-4"]),
        ("HD26-004217-4 2 hari belum", ["HD26-004217-4"]),
        ("HD26-004217-4 1 2 3", ["HD26-004217-4"]),
        ("HD260042174 2 hari belum", ["HD26-004217-4"]),
        ("HD26-004217-4 internet mati", ["HD26-004217-4"]),
        ("HD26-004217-4 dan HD26-000017-6", ["HD26-004217-4", "HD26-000017-6"]),
        ("HD26-004217-4, hd260000176", ["HD26-004217-4", "HD26-000017-6"]),
        ("nomor saya 081200001001", []),
        ("HDMI 26 004217 4", []),
    ],
)
def test_numbers_are_found_within_text(text: str, found: list[str]) -> None:
    assert search(text) == found


def test_seven_digits_and_more() -> None:
    number = TicketNumber("HD", 26, 1_234_567)
    assert search(f"tiket {number} kok lama") == [str(number)]
    # The shorter sequence inside it is another ticket: a wrong check digit may not name it.
    for check in set("0123456789") - {number.check}:
        assert search(f"HD26-1234567-{check}") == []


def test_the_key_of_the_store_is_one_to_one() -> None:
    keys = {TicketNumber("HD", year, n).ticket_id for year in (26, 27) for n in (1, 2, 999_999)}
    assert len(keys) == 6
