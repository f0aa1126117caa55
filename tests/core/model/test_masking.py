from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.masking import mask_address, mask_identity, mask_phone
from core.model.messages import Address, AddressKind

NIK = "3510012304850003"
MASKED = "************0003"

identities = st.text("0123456789", min_size=16, max_size=16)
between = st.text(st.sampled_from("abcXYZ ,:;!?/()\n"), max_size=20)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"NIK {NIK} mau tanya", f"NIK {MASKED} mau tanya"),
        (f"NIK{NIK}", f"NIK{MASKED}"),
        (f"{NIK}pak", f"{MASKED}pak"),
        (f"({NIK}).", f"({MASKED})."),
        ("KK 3510 0123 0485 0003 tdk terbaca", f"KK {MASKED} tdk terbaca"),
        ("KK 3510-0123-0485-0003", f"KK {MASKED}"),
        ("KK 3510.0123.0485.0003", f"KK {MASKED}"),
        ("351001 230485 0003", MASKED),
        ("35 10 01 230485 0003", MASKED),
        ("3510012304 850003", MASKED),
        ("3510 - 0123 - 0485 - 0003", MASKED),
        ("3510\u00a00123\u00a00485\u00a00003", MASKED),
        ("3510\u20130123\u20130485\u20130003", MASKED),
        (f"{NIK} 081200003001", f"{MASKED} 081200003001"),
        (f"081200003001 {NIK}", f"081200003001 {MASKED}"),
        (f"14-07-2026 {NIK} 08.30", f"14-07-2026 {MASKED} 08.30"),
        ("3510 0123 0485 0003 081200003001", f"{MASKED} 081200003001"),
        ("081200003001 3510 0123 0485 0003", f"081200003001 {MASKED}"),
        ("3510-0123-0485-0003 0812", f"{MASKED} 0812"),
        (f"{NIK} {NIK}", f"{MASKED} {MASKED}"),
        (f"{NIK},{NIK}", f"{MASKED},{MASKED}"),
    ],
)
def test_sixteen_digits_are_masked(text: str, shown: str) -> None:
    assert mask_identity(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tidak ada angka",
        "351001230485000",
        "35100123048500031",
        "4.750.000 padahal sudah bayar 1.000.000",
        "Rp1.234.567.890.123.456",
        "HP 081200003001",
        "HP 0812-0000-3001, 0812-0000-3002",
        "HD26-004217-4",
        "1234 5678 9012 3456 7890",
        "12345678901234567890",
        "Selasa 14-07-2026 pukul 08.30",
        "351001230485\n0003",
        "3510012304850 abc 003",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert mask_identity(text) == text


@given(between, identities, between)
def test_no_separate_run_of_sixteen_survives(before: str, identity: str, after: str) -> None:
    shown = mask_identity(f"{before}{identity}{after}")
    assert shown == f"{before}{'*' * 12}{identity[-4:]}{after}"


@given(identities, st.sampled_from(" .-"))
def test_no_run_in_groups_of_four_survives(identity: str, separator: str) -> None:
    groups = separator.join(identity[at : at + 4] for at in range(0, 16, 4))
    assert mask_identity(groups) == f"{'*' * 12}{identity[-4:]}"


@given(st.text("0123456789", max_size=40).filter(lambda digits: len(digits) != 16))
def test_unbroken_runs_of_other_lengths_stay(digits: str) -> None:
    assert mask_identity(digits) == digits


@given(st.text("0123456789 .-ab\n*", max_size=120))
def test_any_text_masks_to_a_fixed_point(text: str) -> None:
    shown = mask_identity(text)
    assert not re.search(r"(?<![0-9])[0-9]{16}(?![0-9])", shown)
    assert re.sub(r"[^a-z\n]", "", shown) == re.sub(r"[^a-z\n]", "", text)


def test_a_wall_of_digits_hides_no_identity() -> None:
    wall = "12 " * 400
    assert mask_identity(f"{wall}{NIK} {wall}") == f"{wall}{MASKED} {wall}"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("+6281200001001", "0812****1001"),
        ("6281200001001", "0812****1001"),
        ("081200001001", "0812****1001"),
        ("+62 812-0000-1001", "0812****1001"),
        ("+62333123456", "0333****3456"),
        ("+15551234567", "+155****4567"),
        ("3636", "3636"),
        ("TSEL-PROMO", "TSEL-PROMO"),
        ("", ""),
    ],
)
def test_phones_keep_operator_and_last_four(value: str, shown: str) -> None:
    assert mask_phone(value) == shown


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (AddressKind.PHONE, "+6281200001001", "0812****1001"),
        (AddressKind.WHATSAPP, "+6281200001001", "0812****1001"),
        (AddressKind.WHATSAPP, "ID.98765xyzw", "****xyzw"),
        (AddressKind.TELEGRAM, "987670001", "****0001"),
        (AddressKind.TELEGRAM, "12", "****"),
        (AddressKind.EMAIL, "siti@dinkop.example", "si***@dinkop.example"),
        (AddressKind.EMAIL, "a@b.example", "a***@b.example"),
        (AddressKind.EMAIL, "rusak", "ru***"),
        (AddressKind.SENDER_LABEL, "TSEL-PROMO", "TSEL-PROMO"),
    ],
)
def test_addresses_are_masked_by_kind(kind: AddressKind, value: str, shown: str) -> None:
    assert mask_address(Address(kind, value)) == shown
