"""What somebody who registers may write, field by field (LL-09, LL-10)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.model.accounts import account_code_text, typed_addresses
from core.model.gsm7 import segments
from core.model.links import SignedLinks
from core.model.registration import (
    AWAITED,
    NikRule,
    Person,
    PersonDraft,
    person_faults,
    tidied,
)

WHOLE = PersonDraft(
    "Siti Aminah", "1673014507900001", "08123456789", "siti@contoh.id", "Batu Urip"
)


def test_ll_09_all_that_is_asked_may_be_given_or_only_the_name() -> None:
    assert person_faults(WHOLE, NikRule.REQUIRED) == {}
    assert person_faults(PersonDraft("Siti"), NikRule.OPTIONAL) == {}
    assert person_faults(replace(WHOLE, nik="salah"), NikRule.OFF) == {}


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""), ("name", "  \n "), ("name", "x" * 101), ("name", "Siti\u202eA"),
        ("area", "x" * 201), ("area", "Batu\x07"), ("phone", "satu dua"), ("phone", "99"),
        ("email", "siti@"), ("email", "Siti <siti@contoh.id>"), ("nik", "123"),
        ("nik", "1673013213900001"), ("nik", "1673014507900000"), ("nik", "0073014507900001"),
    ],
)  # fmt: skip
def test_ll_10_what_is_wrong_is_told_at_its_field_without_what_was_typed(
    field: str, typed: str
) -> None:
    faults = person_faults(replace(WHOLE, **{field: typed}), NikRule.OPTIONAL)
    assert list(faults) == [field]
    assert not typed.strip() or typed not in faults[field]


def test_a_required_number_that_is_wanting() -> None:
    assert list(person_faults(replace(WHOLE, nik=" "), NikRule.REQUIRED)) == ["nik"]


def test_what_is_kept_is_tidy_and_shown_masked() -> None:
    kept = tidied(
        PersonDraft("  Siti   Aminah ", " 1 ", "0812-3456-789", "Siti@CONTOH.id", "a  b")
    )
    assert kept == PersonDraft("Siti Aminah", "1", "+628123456789", "Siti@contoh.id", "a b")
    person = Person(7, kept.name, kept.phone, kept.email)
    assert (person.masked_phone, person.masked_email) == ("0812****6789", "Si***@contoh.id")
    assert Person(7, "Siti").masked_phone == ""
    assert len(AWAITED) <= 32


@pytest.mark.parametrize(
    ("typed", "many"),
    [("0812 3456 7890", 2), ("siti@contoh.id", 1), ("", 0), ("apa saja", 0), ("110", 0)],
)
def test_dk_17_what_somebody_may_mean_by_an_address(typed: str, many: int) -> None:
    assert len(typed_addresses(typed)) == many


def test_the_code_is_one_sms_whatever_the_office_is_called() -> None:
    text = account_code_text(
        "Dinas Kependudukan dan Pencatatan Sipil Kabupaten Contoh", "A1B2-C3D4"
    )
    assert segments(text).parts == 1


def test_a_link_for_one_page_opens_no_other() -> None:
    survey = SignedLinks("https://x.example/s/", b"secret")
    register = SignedLinks("https://x.example/daftar/", b"secret", b"registration")
    assert register.read(register.token(7)) == 7
    assert register.read(survey.token(7)) is None
    assert survey.read(register.token(7)) is None
