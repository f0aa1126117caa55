"""SMS senders as providers write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.messages import AddressKind
from core.model.phone import MAX_LABEL, sms_sender

MOBILE = "+6281234567890"

NUMBERS = [
    ("+6281234567890", MOBILE),
    ("081234567890", MOBILE),
    ("81234567890", MOBILE),
    ("6281234567890", MOBILE),
    ("006281234567890", MOBILE),
    ("62 081234567890", MOBILE),
    ("62081234567890", MOBILE),
    ("+62 081234567890", MOBILE),
    ("0062 0812-3456-7890", MOBILE),
    ("0812 3456 7890", MOBILE),
    ("0812-3456-7890", MOBILE),
    ("0812.3456.7890", MOBILE),
    ("(0812) 3456-7890", MOBILE),
    ("0812–3456‑7890", MOBILE),
    ("  +62 812 3456 7890 ", MOBILE),
    ("\u202a+62\u00a0812\u00a03456\u00a07890\u202c", MOBILE),
    ("０８１２３４５６７８９０", MOBILE),
    ("＋６２８１２３４５６７８９０", MOBILE),
    ("٠٨١٢٣٤٥٦٧٨٩٠", MOBILE),
    ("+62811123456", "+62811123456"),
    ("62811123456", "+62811123456"),  # phonenumbers alone makes +6262811123456 of it
    ("0811123456", "+62811123456"),
    ("+62812345678", "+62812345678"),
    ("+628123456789012", None),  # 13 digits after 62
    ("+6281234567", None),  # 8 digits after 62
    ("0812345678901", "+62812345678901"),
    ("0333 1234567", "+623331234567"),
    ("+62 333 1234567", "+623331234567"),
    ("623331234567", "+623331234567"),
    ("(021) 3456789", "+62213456789"),
    ("0062213456789", "+62213456789"),
    ("+62 (0)21 34567890", "+622134567890"),
    ("+15005550006", "+15005550006"),
    ("+6591234567", "+6591234567"),
    ("6591234567", "+6591234567"),
    ("006591234567", "+6591234567"),
    ("+44 (0)20 7946 0958", "+442079460958"),
    ("+390612345678", "+390612345678"),  # Italy keeps its zero
    ("+60 12-345 6789", "+60123456789"),
    ("+9991234567", "+9991234567"),  # no such country: kept as it came
]

LABELS = [
    "", "   ", "110", "3636", "99999", "123456", "+3636", "1500123", "TSEL-PROMO", "PLN",
    "Bank 123",
    "anonymous", "Anonymous", "+266696687", "266696687", "unknown", "+", "++6281234567890",
    "+62", "+62 110", "62333", "0", "00", "000", "0062", "+0812345678", "081234567890 ext 5",
    "0812345678x0", "whatsapp:+6281234567890", "3331234567", "1" * 16, "+1234567890123456",
    "0" * 30, "08123456789012345", "²³¹²³¹²³¹", "ⅣⅣⅣ", "\x00", "\ud800",
    "+62" + " " * 80 + "81234567890",
]  # fmt: skip


@pytest.mark.parametrize(("written", "number"), NUMBERS)
def test_numbers(written: str, number: str | None) -> None:
    address = sms_sender(written)
    if number is None:
        assert (address.kind, address.value) == (AddressKind.SENDER_LABEL, written)
    else:
        assert (address.kind, address.value) == (AddressKind.PHONE, number)


@pytest.mark.parametrize("written", LABELS, ids=ascii)
def test_what_cannot_be_answered_keeps_its_text(written: str) -> None:
    address = sms_sender(written)
    assert address.kind is AddressKind.SENDER_LABEL
    assert address.value == written.strip()


def test_a_long_label_is_trimmed() -> None:
    assert sms_sender("x" * 1_000_000).value == "x" * MAX_LABEL
    assert sms_sender("8" * 1_000_000).kind is AddressKind.SENDER_LABEL


@given(st.one_of(st.text(), st.text(alphabet="+0123456789 -.()", max_size=40)))
def test_never_raises_and_reading_again_changes_nothing(written: str) -> None:
    address = sms_sender(written)
    assert len(address.value) <= MAX_LABEL
    again = sms_sender(address.value)
    assert again == address


@given(st.from_regex(r"8[0-9]{8,11}", fullmatch=True), st.sampled_from(["", " ", "-", "."]))
def test_all_spellings_of_a_mobile_number_are_one(national: str, gap: str) -> None:
    spread = gap.join([national[:3], national[3:7], national[7:]])
    written = [f"{start}{spread}" for start in ("+62", "62", "0062", "0", "+62 0", "62 0", "")]
    assert {sms_sender(text).value for text in written} == {f"+62{national}"}
