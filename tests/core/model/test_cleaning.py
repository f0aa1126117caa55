from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.cleaning import (
    MATCH_LENGTH,
    edits,
    fold,
    match_text,
    nearly_same,
    origin,
    terms,
    without_nul,
    words,
)

FIRST = (
    "internet kantor Kecamatan Rogojampi mati sejak jam 8 pagi, semua komputer tidak bisa "
    "online. Mohon segera ditangani."
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("HELPDESK", "helpdesk"),
        ("ＨＥＬＰ", "help"),
        ("HЕLРDЕSК", "helpdesk"),
        ("ΗΕLΡ", "help"),
        ("He\u0301lp", "help"),
        ("a\u200bb\ufeffc\u202ed", "abcd"),
        ("a\u00a0b\u2003c", "a b c"),
        ("a\u2028b", "a\nb"),
        ("é\r\nb", "e\r\nb"),
        ("a–b", "a-b"),
        ("“a”", '"a"'),
        ("’", "'"),
        ("4️⃣", "4"),
        ("👍🏽", "👍🏽"),
        ("ꦲꦏ꧀ꦱꦫ", "ꦲꦏ꧀ꦱꦫ"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=50), st.text(max_size=50))
def test_fold_works_character_by_character(a: str, b: str) -> None:
    assert fold(a + b) == fold(a) + fold(b)


@given(st.text(max_size=80), st.integers(0, 200))
def test_origin_finds_the_way_back(text: str, at: int) -> None:
    at = min(at, len(fold(text)))
    place = origin(text, at)
    assert 0 <= place <= len(text)
    assert len(fold(text[:place])) >= at
    assert place == 0 or len(fold(text[: place - 1])) <= at


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("biasa", "biasa"),
        ("a\0b", "a\ufffdb"),
        ("a\ud800b", "a\ufffdb"),
        ("é\udfff", "é\ufffd"),
        ("\ud83d\ude00", "\ufffd\ufffd"),
        ("😀", "😀"),
        ("", ""),
    ],
)
def test_what_no_store_keeps_is_replaced(text: str, kept: str) -> None:
    assert without_nul(text) == kept


@given(st.text(st.characters(), max_size=50))
def test_any_text_can_be_stored(text: str) -> None:
    stored = without_nul(text)
    assert "\0" not in stored.encode().decode()
    assert len(stored) == len(text)


@pytest.mark.parametrize(
    ("content", "cleaned"),
    [
        ("Internet  kantor,\nMATI!!", "internet kantor mati"),
        ("kirim ulang: internet mati", "internet mati"),
        ("Saya kirim lagi, internet mati", "internet mati"),
        ("ulang ulang internet", "internet"),
        ("jam 8.16", "jam 8 16"),
        ("😭😭", "😭😭"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_match_text(content: str, cleaned: str) -> None:
    assert match_text(content) == cleaned


@given(st.text(max_size=1500))
def test_match_text_is_short_and_single_spaced(content: str) -> None:
    cleaned = match_text(content)
    assert len(cleaned) <= MATCH_LENGTH
    assert cleaned == " ".join(cleaned.split())


def test_the_second_copy_of_the_first_sample_is_nearly_the_same() -> None:
    again = f"kirim ulang: {FIRST[:-1]}"
    assert nearly_same(match_text(FIRST), match_text(again))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (FIRST, FIRST.upper()),
        (FIRST, f"Mohon bantuan pak, {FIRST} Terima kasih"),
        (FIRST, FIRST.replace("Kecamatan", "Kecmatan")),
        (FIRST, FIRST.replace("komputer", "kompuetr")),
        (FIRST, FIRST.replace("Mohon segera ditangani.", "")),
        (FIRST, f"{FIRST} Sampai sekarang"),
        ("printer di loket 2 macet terus", "di loket 2 printer macet terus"),
        ("wifi mati", "wifi mati"),
        ("wifi", "wifi"),
    ],
)
def test_nearly_the_same(a: str, b: str) -> None:
    assert nearly_same(match_text(a), match_text(b))
    assert nearly_same(match_text(b), match_text(a))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("printer di loket 2 macet terus", "printer di loket 3 macet terus"),
        ("printer di loket 2 macet terus", "printer di loket macet terus"),
        ("internet di kantor desa Kemiren mati", "internet di kantor desa Olehsari mati"),
        ("semua komputer tidak bisa online", "semua komputer sudah bisa online"),
        ("semua komputer di kantor bisa online", "semua komputer di kantor tidak bisa online"),
        ("wifi mati", "wifi mati pak"),
        ("wifi mati", "wifi hidup"),
        (FIRST, "lampu jalan depan SDN Giri mati, gelap sekali kalau malam rawan begal"),
        (
            "printer kasir rusak tidak mau mencetak struk sejak kemarin sore begini terus",
            "listrik padam tidak kunjung menyala sampai malam, genset juga habis solar",
        ),
        (FIRST, f"{FIRST} Selain itu printer, scanner, lampu, dispenser, kipas juga rusak semua"),
        ("", ""),
        ("", "wifi mati di kantor desa"),
    ],
)
def test_not_the_same(a: str, b: str) -> None:
    assert not nearly_same(match_text(a), match_text(b))
    assert not nearly_same(match_text(b), match_text(a))


@given(st.text("ab12 ", max_size=60), st.text("ab12 ", max_size=60))
def test_nearly_same_is_symmetric(a: str, b: str) -> None:
    left, right = match_text(a), match_text(b)
    assert nearly_same(left, right) == nearly_same(right, left)


@given(st.text(min_size=1, max_size=200))
def test_a_text_is_nearly_the_same_as_itself(text: str) -> None:
    cleaned = match_text(text)
    assert nearly_same(cleaned, cleaned) == bool(cleaned)


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [
        ("", "", 0),
        ("a", "", 1),
        ("helpdesk", "helpdesk", 0),
        ("helpdesk", "heldesk", 1),
        ("helpdesk", "hepldesk", 1),
        ("helpdesk", "helpdeks", 1),
        ("helpdesk", "helpdessk", 1),
        ("helpdesk", "halpdisk", 2),
        ("helpdesk", "helpless", 2),
        ("abcd", "dcba", 3),
    ],
)
def test_edits(a: str, b: str, distance: int) -> None:
    assert edits(a, b) == edits(b, a) == distance


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_edits_are_bounded_by_the_lengths(a: str, b: str) -> None:
    assert abs(len(a) - len(b)) <= edits(a, b) <= max(len(a), len(b))
    assert (edits(a, b) == 0) == (a == b)


def test_more_characters_than_the_table_holds_fold_all_the_same() -> None:
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 20_500)))
    assert fold(text) == text
    assert fold("\u212b\uff21") == "aa"


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("komputer", "kompuetr", True),
        ("komputer", "komputr", True),
        ("komputer", "kkomputer", True),
        ("komputer", "komputerr", True),
        ("komputer", "komputar", True),
        ("komputer", "komputasi", False),
        ("komputer", "kompuetar", False),
        ("komputer", "pomputar", False),
        ("loket", "roket", True),
        ("mati", "meti", False),
    ],
)
def test_slips_of_one_letter_in_longer_words(a: str, b: str, same: bool) -> None:
    around = "di kantor desa {} rusak"
    assert nearly_same(around.format(a), around.format(b)) is same
    assert nearly_same(around.format(b), around.format(a)) is same


@given(st.text(st.characters(max_codepoint=127), max_size=80))
def test_words_of_plain_text_are_found_as_in_any_text(text: str) -> None:
    assert words(text) == words(f"{text} é")[:-1]


def test_words_and_terms() -> None:
    assert words("internet-kantor 2, mati_total") == ["internet", "kantor", "2", "mati", "total"]
    assert terms("a b_c", "d") == {"a", "b c", "d"}
