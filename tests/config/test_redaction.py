"""What the log must not hold: secrets in every form, identity and phone numbers (row 59)."""

from __future__ import annotations

import base64
import json
import time
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.redaction import HIDDEN, LONGEST_VALUE, Redactor, one_line

TOKEN = "f00dfeedf00dfeedf00dfeedf00dfeed"
ODD = 'a b/c+d="é\\x'
REDACTOR = Redactor([TOKEN, ODD, "short", ""])

FORMS = [
    TOKEN,
    f"token={TOKEN};",
    f"Authorization: Basic {base64.b64encode(f'AC1:{TOKEN}'.encode()).decode()}",
    f"Authorization: Basic {base64.b64encode(f'AC12:{TOKEN}'.encode()).decode()}",
    f"Authorization: Basic {base64.b64encode(f'AC123:{TOKEN}'.encode()).decode()}",
    f"https://AC1:{TOKEN}@api.twilio.com/",
    ODD,
    quote(ODD, safe=""),
    quote_plus(ODD),
    urlencode({"password": ODD}),
    json.dumps({"password": ODD}),
    repr({"password": ODD}),
    TOKEN * 2,
    f"{TOKEN} and 081234567890",
]


@pytest.mark.parametrize("said", FORMS)
def test_no_form_of_a_secret_is_left(said: str) -> None:
    safe = REDACTOR.text(said)
    assert HIDDEN in safe or "@" not in safe
    assert TOKEN[4:20] not in safe
    assert "c+d" not in safe
    assert "c%2Bd" not in safe
    for part in base64.b64encode(f"AC1:{TOKEN}".encode()).decode()[8:40], "ZDAwZGZlZWRm":
        assert part not in safe


def test_a_secret_on_the_cut_is_hidden() -> None:
    for place in range(LONGEST_VALUE - 40, LONGEST_VALUE + 5):
        assert TOKEN[:8] not in REDACTOR.text("x" * place + TOKEN + "y" * 100)


def test_the_longer_secret_goes_first() -> None:
    assert Redactor(["abcdefgh", "abcdefgh-ijkl"]).text("abcdefgh-ijkl") == HIDDEN


@pytest.mark.parametrize(
    "said", ["short words stay short", "a ticket HD26-004217-4 of 2026-11-22T10:30:00Z", ""]
)
def test_ordinary_words_stay(said: str) -> None:
    assert REDACTOR.text(said) == said


# what is said, and what of it may still be read
NUMBERS = [
    ("3510010101900001", "************0001"),
    ("NIK3510010101900001", "NIK************0001"),
    ("NIK 3510 0101 0190 0001.", "NIK ************0001."),
    ("3510\u00a00101\u00a00190\u00a00001", "************0001"),
    ("081234567890", "0812****7890"),
    ("+6281234567890", "0812****7890"),
    ("6281234567890", "0812****7890"),
    ("%2B6281234567890", "0812****7890"),
    ("whatsapp:+6281234567890", "whatsapp:0812****7890"),
    ("From=%2B6281234567890&To=12345", "From=0812****7890&To=12345"),
    ("hp081234567890", "hp0812****7890"),
    ("0812-3456-7890", "0812****7890"),
    ("0812 3456 7890", "0812****7890"),
    ("+62 812-3456-7890", "0812****7890"),
    ("(0333) 123456789", "0333****6789"),
    ("+19005551234", "+190****1234"),
    ("call 123456789", "call +123****6789"),
    ("a 081234567890 b 081234567891 c", "a 0812****7890 b 0812****7891 c"),
]


@pytest.mark.parametrize(("said", "safe"), NUMBERS)
def test_numbers_of_people_are_masked(said: str, safe: str) -> None:
    assert REDACTOR.text(said) == safe


@pytest.mark.parametrize(
    "said",
    [
        "SM" + "9a" * 16,
        "HD26-004217-4",
        "2026-11-22T10:30:00.123456+00:00",
        "took 0.123456789 s",
        "127.0.0.1:8080",
        "queue_bytes=67108864",
    ],
)
def test_what_is_no_number_of_a_person_stays(said: str) -> None:
    assert REDACTOR.text(said) == said


def test_long_values_are_cut() -> None:
    safe = REDACTOR.text("x" * 1_000_000)
    assert len(safe) < LONGEST_VALUE + 40
    assert safe.endswith("… (1000000 characters)")


@pytest.mark.parametrize("filler", ["x", "0", " ", "0 ", "+", "(0", "62 ", "://a"])
def test_no_text_takes_long(filler: str) -> None:
    said = filler * (1_000_000 // len(filler))
    begun = time.process_time()
    REDACTOR.text(said)
    assert time.process_time() - begun < 0.2


@given(st.text())
def test_one_line_is_one_printable_line(text: str) -> None:
    safe = one_line(text)
    assert safe.isprintable()
    assert len(safe.splitlines()) <= 1


@given(st.text(alphabet="abc /+=\"'\\%é\n0123456789", min_size=6), st.text(), st.text())
def test_a_secret_is_never_left_whole(secret: str, before: str, after: str) -> None:
    said = f"{before}{secret}{after}"
    if len(secret.strip()) >= 6:
        assert secret.strip() not in Redactor([secret]).text(said).replace(HIDDEN, "\0")


@pytest.mark.parametrize(
    "sid",
    [
        "SM" + "9c7a070408123459" * 2,
        "MM" + "0812345678901abc" * 2,
        "SM" + "1" * 32,
    ],
)
def test_a_providers_message_id_stays_whole(sid: str) -> None:
    said = Redactor().text(f"{sid} opened, from 085711112222")
    assert said.startswith(f"{sid} opened")
    assert "085711112222" not in said


@pytest.mark.parametrize("near", ["SM3510012345670001", "SMS 3510012345670001", "sm081234567890"])
def test_what_only_looks_like_an_id_is_masked(near: str) -> None:
    assert near not in Redactor().text(near)
