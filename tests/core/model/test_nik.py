"""LL-10: identity numbers by their parts, against python-stdnum where both judge."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.exceptions import ValidationError
from stdnum.id.nik import get_birth_date

from core.model.nik import nik_fault, read_nik

GOOD = [
    "3510010107850001",  # 1 July 1985
    "3510014107850001",  # the same, a woman
    "3510 0101 0785 0001",
    "35.10.01.010785.0001",
    "3510-0131-1299-9999",
    "3510012902000001",  # 29 February 2000
    "3510017112990001",  # day 31 + 40
    "9201010107850001",  # a province founded in 2000
    "9671010107850001",  # one founded in 2022
]
BAD = [
    ("", "16 angka"),
    ("351001010785000", "16 angka"),  # 15
    ("35100101078500011", "16 angka"),  # 17
    ("351001010785000A", "16 angka"),
    (
        "\uff13\uff15\uff11\uff10\uff10\uff11\uff10\uff11\uff10\uff17\uff18\uff15\uff10\uff10\uff10\uff11",
        "16 angka",
    ),
    ("0010010107850001", "wilayah"),
    ("3510010007850001", "Tanggal lahir"),
    ("3510013206850001", "Tanggal lahir"),
    ("3510013106850001", "Tanggal lahir"),  # 31 June
    ("3510014007850001", "Tanggal lahir"),  # day 40
    ("3510017207850001", "Tanggal lahir"),  # day 72
    ("3510018107850001", "Tanggal lahir"),
    ("3510010113850001", "Tanggal lahir"),  # month 13
    ("3510012902010001", "Tanggal lahir"),  # 29 February 1901, 2001
    ("3510010107850000", "Nomor urut"),
]


@pytest.mark.parametrize("typed", GOOD)
def test_good_ones(typed: str) -> None:
    assert nik_fault(typed) == ""
    assert len(read_nik(typed)) == 16


@pytest.mark.parametrize(("typed", "word"), BAD)
def test_bad_ones_say_where(typed: str, word: str) -> None:
    fault = nik_fault(typed)
    assert word in fault
    assert not typed or typed not in fault


@given(
    born=st.dates(date(1920, 1, 1), date(2019, 12, 31)),
    woman=st.booleans(),
    last=st.integers(1, 9999),
)
def test_every_birthday_is_good_and_read_alike_elsewhere(
    *, born: date, woman: bool, last: int
) -> None:
    nik = f"351001{born.day + 40 * woman:02d}{born:%m%y}{last:04d}"
    assert nik_fault(nik) == ""
    assert get_birth_date(nik).strftime("%d%m%y") == born.strftime("%d%m%y")


@given(st.from_regex(r"[1-9]\d{15}", fullmatch=True))
def test_dates_that_another_program_refuses_are_refused(nik: str) -> None:
    try:
        get_birth_date(nik)
    except ValidationError:
        assert nik_fault(nik)


@given(st.text())
def test_nothing_raises(typed: str) -> None:
    nik_fault(typed)
