"""The SMS alphabet, with smsutil as the oracle for counting parts."""
# Look-alike characters are the subject of these tests.

import time

import pytest
import smsutil
from hypothesis import given, settings
from hypothesis import strategies as st

from core.model import gsm7
from core.model.gsm7 import Segments, foreign, segments, septets, shorten, to_gsm7

ALPHABET = gsm7.BASIC + gsm7.EXTENSION
ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=400)
SMS_TEXT = st.text(st.sampled_from(ALPHABET), max_size=700)
# Enough extension characters and surrogate pairs that some stand on a part's edge.
EDGY_GSM = st.text(st.sampled_from("ab €{^"), min_size=140, max_size=480)
EDGY_UCS2 = st.text(st.sampled_from("ač😀"), min_size=60, max_size=220).map(
    lambda text: "č" + text
)


def test_the_alphabet_is_complete() -> None:
    assert len(gsm7.BASIC) == len(set(gsm7.BASIC)) == 127  # 128 less the escape
    assert len(gsm7.EXTENSION) == 10
    assert all(smsutil.is_valid_gsm(char) for char in ALPHABET)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("HELPDESK internet mati", "HELPDESK internet mati"),
        ("é ñ ö Ü Ç ß Ø å ¿ ¡ § ¤", "é ñ ö Ü Ç ß Ø å ¿ ¡ § ¤"),
        ("harga 5€ {x} [y] ~ | ^ \\", "harga 5€ {x} [y] ~ | ^ \\"),
        ("Δ Φ Γ Λ Ω Π Ψ Σ Θ Ξ", "Δ Φ Γ Λ Ω Π Ψ Σ Θ Ξ"),
        ("‘satu’ “dua” „tiga‟ «empat»", '\'satu\' "dua" "tiga" "empat"'),
        ("Jum`at ´sore´", "Jum'at 'sore'"),
        ("a‐b‑c‒d–e—f―g−h", "a-b-c-d-e-f-g-h"),
        ("tunggu…", "tunggu..."),
        ("á â ã ê ë î ô õ û ý ÿ ç š ž", "a a a e e i o o u y y c s z"),
        ("Á Â Ã Ê Ë Î Ô Õ Û Ý Š Ž", "A A A E E I O O U Y S Z"),
        ("e\u0301 a\u0301 n\u0303", "é a ñ"),
        ("a\u0302\u0301\u0323", "a"),
        ("đ ł ø œ þ ı ŋ", "d l ø oe th i ng"),
        ("mati 😀 lagi 👨\u200d👩\u200d👧🏽 🇮🇩", "mati  lagi  "),
        ("Ｈｅｌｐ１２３！", "Help123!"),
        ("²³½№™©®", "231/2No(TM)(C)(R)"),
        ("a\u00a0b\u2009c\u3000d\te", "a b c d e"),
        ("a\u2028b\u2029c\vd\fe\x85f", "a\nb\nc\nd\ne\nf"),
        ("baris 1\nbaris 2\r\n3", "baris 1\nbaris 2\r\n3"),
        ("a\u200b\u200c\u200d\ufeff\u202e\u2066b", "ab"),
        ("a\x00\x07\x1b\x7fb", "ab"),
        ("a\ud800b", "ab"),
        ("НЕLРDЕЅК", "HELPDESK"),
        ("ΗΕLΡDΕSΚ", "HELPDESK"),
        ("ꦲꦏꦱꦫ العربية 漢字", "  "),
        ("• satu ‣ dua · tiga", "* satu * dua . tiga"),
        ("5 × 3 ÷ 2 ≥ 1 → ya", "5 x 3 / 2 >= 1 -> ya"),
    ],
)
def test_spelling_in_the_sms_alphabet(text: str, expected: str) -> None:
    assert to_gsm7(text) == expected


@given(ANY_TEXT)
def test_the_result_is_always_in_the_alphabet(text: str) -> None:
    result = to_gsm7(text)
    assert foreign(result) == ""
    assert result == "" or smsutil.is_valid_gsm(result)


@given(ANY_TEXT)
def test_spelling_twice_changes_nothing(text: str) -> None:
    assert to_gsm7(to_gsm7(text)) == to_gsm7(text)


@given(SMS_TEXT)
def test_what_the_alphabet_has_stays(text: str) -> None:
    assert to_gsm7(text) == text


def test_lone_surrogates_never_raise() -> None:
    assert to_gsm7("".join(map(chr, range(0xD7F0, 0xE010)))) == ""


def test_a_flood_of_odd_characters_does_not_grow_the_table_without_end() -> None:
    to_gsm7("".join(map(chr, range(0x3400, 0x9FFF))))
    assert len(gsm7._TABLE) <= gsm7._Table._KEPT
    assert to_gsm7("漢“字”") == '""'


@pytest.mark.parametrize(
    "text",
    ["a" + "\u0301" * 1_000_000, "e\u0301" * 500_000, "😀" * 500_000, "“" * 1_000_000],
    ids=["heap of marks", "pairs", "emoji", "quotes"],
)
def test_a_megabyte_is_linear(text: str) -> None:
    begun = time.process_time()
    to_gsm7(text)
    segments(text)
    # Quadratic work on this size takes minutes; the bound only tells the two apart.
    assert time.process_time() - begun < 10


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments("gsm7", 0, 1)),
        ("a", Segments("gsm7", 1, 1)),
        ("a" * 160, Segments("gsm7", 160, 1)),
        ("a" * 161, Segments("gsm7", 161, 2)),
        ("a" * 306, Segments("gsm7", 306, 2)),
        ("a" * 307, Segments("gsm7", 307, 3)),
        ("€" * 80, Segments("gsm7", 160, 1)),
        ("€" * 81, Segments("gsm7", 162, 2)),
        ("a" * 158 + "€", Segments("gsm7", 160, 1)),
        ("a" * 159 + "€", Segments("gsm7", 161, 2)),
        # The euro would straddle the first part: it moves, and the second part overflows.
        ("a" * 152 + "€" + "a" * 151, Segments("gsm7", 305, 2)),
        ("a" * 152 + "€" + "a" * 152, Segments("gsm7", 306, 3)),
        ("č" * 70, Segments("ucs2", 70, 1)),
        ("č" * 71, Segments("ucs2", 71, 2)),
        ("č" * 134, Segments("ucs2", 134, 2)),
        ("č" * 135, Segments("ucs2", 135, 3)),
        ("😀" * 35, Segments("ucs2", 70, 1)),
        ("😀" * 36, Segments("ucs2", 72, 2)),
        ("č" * 66 + "😀" + "č" * 65, Segments("ucs2", 133, 2)),
        ("č" * 66 + "😀" + "č" * 66, Segments("ucs2", 134, 3)),
        ("a" * 159 + "č", Segments("ucs2", 160, 3)),
        ("ก" * 100, Segments("ucs2", 100, 2)),
        ("a\ud800b", Segments("ucs2", 3, 1)),
    ],
)
def test_parts(text: str, expected: Segments) -> None:
    assert segments(text) == expected


@settings(max_examples=200)
@given(st.one_of(SMS_TEXT, EDGY_GSM, EDGY_UCS2, ANY_TEXT).filter(lambda text: "\x1b" not in text))
def test_parts_agree_with_smsutil(text: str) -> None:
    ours, theirs = segments(text), smsutil.split(text)
    assert ours.parts == len(theirs.parts)
    if text:
        assert ours.encoding == {"gsm0338": "gsm7", "utf_16_be": "ucs2"}[theirs.encoding]
        # smsutil counts bytes of two in UCS-2.
        assert ours.units == theirs.total_bytes // (1 if ours.encoding == "gsm7" else 2)


@given(SMS_TEXT)
def test_septets_are_what_segments_counts(text: str) -> None:
    assert septets(text) == segments(text).units


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("pendek", 20, "pendek"),
        ("tepat dua puluh huru", 20, "tepat dua puluh huru"),
        ("lebih dari dua puluh huruf", 20, "lebih dari dua pu..."),
        ("satu dua, tiga empat", 12, "satu dua..."),
        ("selesai. Lalu ini itu", 11, "selesai..."),
        ("€€€€€", 10, "€€€€€"),
        ("€€€€€€", 10, "€€€..."),
        ("a€€€€€", 10, "a€€€..."),
        ("abcd", 3, "..."),
        ("", 3, ""),
    ],
)
def test_shortening(text: str, limit: int, expected: str) -> None:
    assert shorten(text, limit) == expected


@given(SMS_TEXT, st.integers(3, 200))
def test_shortened_is_never_longer_than_allowed(text: str, limit: int) -> None:
    result = shorten(text, limit)
    assert septets(result) <= limit
    assert result == text if septets(text) <= limit else result.endswith("...")


@given(SMS_TEXT, st.integers(3, 200))
def test_more_room_never_gives_less_text(text: str, limit: int) -> None:
    assert septets(shorten(text, limit)) <= septets(shorten(text, limit + 1))


def test_foreign_characters_are_told_once_in_order() -> None:
    assert foreign("a“b”“č") == "“”č"
    assert foreign("€ é") == ""
