"""What goes around a text: numbers withheld earlier, and the subject of an email."""
# Look-alike characters are part of the values.

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.gsm7 import septets
from core.model.texts import TextForm, email_subject, render, with_untold
from tests.core.model.test_texts import KEYS, NUMBER, SIGNED, TEXTS, WORDS

OTHERS = ["HD26-000002-7", "HD26-000003-6", "HD26-000004-5", "HD26-000005-4"]


def test_an_acknowledgement_by_sms_tells_one_more_number() -> None:
    text, told = with_untold(render(TEXTS, "ack", TextForm.SMS, WORDS), OTHERS, TextForm.SMS)
    assert told == 1
    assert text.endswith("selesai paling lambat 20/07 17.00 WIB. Tiket lain: HD26-000002-7.")


@pytest.mark.parametrize(
    ("text", "head", "told"),
    [
        (f"Tiket {NUMBER} selesai. Balas BUKA", f"Tiket {NUMBER} selesai.", 4),
        (f"Tiket {NUMBER} selesai. Belum? Balas BUKA", f"Tiket {NUMBER} selesai.", 4),
        (f"Tiket {NUMBER} selesai", f"Tiket {NUMBER} selesai.", 4),
        (f"Tiket {NUMBER} selesai!", f"Tiket {NUMBER} selesai!", 4),
        ("Satu. Dua. Tiga.", "Satu. Dua.", 4),
        (f"Tiket {NUMBER} {'x' * 69}. {'y' * 60}", f"Tiket {NUMBER} {'x' * 69}.", 3),
        # The text's only number stays.
        (f"{'x' * 90}. Nomor {NUMBER}", f"{'x' * 90}. Nomor {NUMBER}.", 2),
        (f"{'x' * 120}. Nomor {NUMBER}", f"{'x' * 120}. Nomor {NUMBER}", 0),
        ("x" * 160, "x" * 160, 0),
    ],
)
def test_untold_numbers_in_an_sms(text: str, head: str, told: int) -> None:
    tail = f" Tiket lain: {', '.join(OTHERS[:told])}." if told else ""
    assert with_untold(text, OTHERS, TextForm.SMS) == (head + tail, told)


@given(st.sampled_from(KEYS), st.integers(0, 30))
def test_untold_never_breaks_the_segment_nor_loses_the_own_number(key: str, count: int) -> None:
    numbers = [f"HD26-{n:06d}-1" for n in range(count)]
    rendered = render(TEXTS, key, TextForm.SMS, WORDS)
    text, told = with_untold(rendered, numbers, TextForm.SMS)
    assert septets(text) <= 160
    assert 0 <= told <= count
    assert (NUMBER in text) is (NUMBER in rendered)
    assert all((number in text) is (place < told) for place, number in enumerate(numbers))


def test_untold_numbers_in_chat_and_email() -> None:
    line = "Tiket Anda lainnya: HD26-000002-7, HD26-000003-6."
    chat, told = with_untold(
        render(SIGNED, "ack", TextForm.CHAT, WORDS), OTHERS[:2], TextForm.CHAT
    )
    assert (chat.endswith(f"STATUS {NUMBER}.\n\n{line}"), told) == (True, 2)
    mail, told = with_untold(
        render(SIGNED, "ack", TextForm.EMAIL, WORDS), OTHERS[:2], TextForm.EMAIL
    )
    assert (mail.endswith(f"{line}\n\n-- \nDinas Kominfo\nKabupaten Contoh"), told) == (True, 2)
    bare, told = with_untold("Halo.", OTHERS[:2], TextForm.EMAIL)
    assert (bare, told) == (f"Halo.\n\n{line}", 2)


def test_untold_is_bounded_in_chat_and_absent_without_numbers() -> None:
    numbers = [f"HD26-{n:06d}-1" for n in range(80)]
    text, told = with_untold("Halo.", numbers, TextForm.CHAT)
    assert told == 50
    assert numbers[49] in text
    assert numbers[50] not in text
    for form in TextForm:
        assert with_untold("Halo.", [], form) == ("Halo.", 0)


# --- subject -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Internet mati", f"[{NUMBER}] Internet mati"),
        ("", f"[{NUMBER}]"),
        ("  a \t b ", f"[{NUMBER}] a b"),
        ("a\r\nBcc: x@y", f"[{NUMBER}] a Bcc: x@y"),
        ("a\nb\x00c\x7fd\x85e\u2028f\u2029g", f"[{NUMBER}] a b c d e f g"),
        ("\u202egnp.exe", f"[{NUMBER}] gnp.exe"),
        ("a\ud800b", f"[{NUMBER}] a b"),
        (f"Re: [{NUMBER}] Internet mati", f"[{NUMBER}] Re: Internet mati"),
        (f"[{NUMBER}] [{NUMBER}]", f"[{NUMBER}]"),
        ("Jalan rusak – é 😀", f"[{NUMBER}] Jalan rusak – é 😀"),
    ],
)
def test_subjects(subject: str, expected: str) -> None:
    assert email_subject(NUMBER, subject) == expected


@given(st.text(st.characters(), max_size=900))
def test_a_subject_is_one_bounded_line(subject: str) -> None:
    line = email_subject(NUMBER, subject)
    assert len(line) <= 200
    assert line.startswith(f"[{NUMBER}]")
    assert len(line.splitlines()) == 1
    line.encode()


def test_a_long_subject_ends_in_three_stops() -> None:
    assert email_subject(NUMBER, "x" * 1_000_000) == f"[{NUMBER}] {'x' * 181}..."
