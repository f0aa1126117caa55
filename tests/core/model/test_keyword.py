from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.cleaning import fold
from core.model.keyword import (
    KEYWORD,
    NEVER,
    is_hollow,
    is_slip,
    keyword_end,
    skip_greeting,
    skip_separators,
)


def after_keyword(text: str) -> str | None:
    folded = fold(text)
    end = keyword_end(folded, skip_greeting(folded))
    return None if end is None else folded[skip_separators(folded, end) :]


def single_edits(word: str) -> set[str]:
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    letters = string.ascii_lowercase + string.digits
    missing = {a + b[1:] for a, b in cuts if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    wrong = {a + c + b[1:] for a, b in cuts if b for c in letters}
    extra = {a + c + b for a, b in cuts for c in letters}
    return missing | swapped | wrong | extra


@pytest.mark.parametrize(
    "written",
    [
        "HELPDESK", "helpdesk", "hElPdEsK", "HELP DESK", "HELP  DESK", "HELP-DESK", "HELP_DESK",
        "HELPDES", "HLPDESK", "HELDESK", "HEPLDESK", "HELPDEKS", "HELPDESSK", "HALPDESK",
        "H3LPDESK", "HELPDESKS", "HLPDSK", "HELPDISK", "HELPPDESK", "HELPDEST", "HLEPDESK",
        "H E L P D E S K", "h.e.l.p.d.e.s.k", "H-E-L-P-D-E-S-K", "HELP DEKS", "HLP DESK",
        "\uff28\uff25\uff2c\uff30\uff24\uff25\uff33\uff2b",
        "\u041d\u0415L\u0420D\u0415S\u041a", "H\u200bELP\u200dDESK", "\ufeffHELPDESK",
        "\u210d\U0001d53c\U0001d543\u2119\U0001d53b\U0001d53c\U0001d54a\U0001d542",
        "*HELPDESK*", "_HELPDESK_", "~HELPDESK~", "```HELPDESK```", '"HELPDESK"', "'HELPDESK'",
        "[HELPDESK]", "(HELPDESK)", "#HELPDESK", "“HELPDESK”", "🙏 HELPDESK",
    ],
)  # fmt: skip
def test_the_keyword_is_known_in_every_dress(written: str) -> None:
    assert after_keyword(f"{written} printer rusak") == "printer rusak"


def test_every_single_slip_that_keeps_the_first_letter_is_the_keyword() -> None:
    for word in single_edits(KEYWORD):
        text = f"{word} mati"
        assert (after_keyword(text) is not None) == word.startswith("h"), word


def test_words_that_are_never_the_keyword() -> None:
    for word in NEVER | {"hendaknya", "hardisk", "headset", "handphone", "hp", "halo", "hilang"}:
        assert not is_slip(word)
        assert after_keyword(f"{word} saya rusak") is None, word


@pytest.mark.parametrize(
    "text",
    [
        "HELP", "HELP ME", "HELPER", "HELPFUL sekali", "HELPLINE", "DESK", "HELP desktop rusak",
        "Mohon helpdesk segera dibenahi", "ini bener nomer helpdesk??", "> HELPDESK mati",
        "Helpdesknya lambat sekali", "Yth. Tim Helpdesk, mohon dibantu", "xHELPDESK mati",
        "help desa kami kebanjiran", "", "   ", "🙏",
    ],
)  # fmt: skip
def test_what_is_no_keyword(text: str) -> None:
    assert after_keyword(text) is None


@pytest.mark.parametrize(
    "greeting",
    [
        "Assalamualaikum", "Assalamu'alaikum wr wb.", "assalamu\u2019alaikum wr. wb",
        "Ass wr wb",
        "Assalamualaikum warahmatullahi wabarakatuh,", "Salam sejahtera bagi kita semua,",
        "Om swastiastu", "Selamat pagi", "selamat siang pak", "met sore min", "Halo admin 🙏",
        "hai kak", "Permisi", "punten", "nuwun sewu", "kulo nuwun", "Yth. Bapak/Ibu admin",
        "Dengan hormat,\n\n", "Mohon maaf mengganggu pak/bu", "pagi mas", "Bu,", "mbak mbak",
        "Assalamualaikum Wr. Wb.\n\nDengan hormat,\n\n", "Good morning,", "👋👋", "***",
    ],
)  # fmt: skip
def test_greetings_before_it_are_skipped(greeting: str) -> None:
    assert after_keyword(f"{greeting} HELPDESK wifi mati") == "wifi mati"


@pytest.mark.parametrize(
    "separator",
    [" ", "\n", "\r\n", ":", ": ", ";", ",,", ". ", " - ", "/", "#", " # ", "!", " > ", "=",
    "'", "...",
     " :- "],
)  # fmt: skip
def test_separators_after_it_are_removed(separator: str) -> None:
    assert after_keyword(f"HELPDESK{separator}wifi mati") == "wifi mati"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("HELPDESKinternet mati", "internet mati"),
        ("HELPDESK2 printer", "2 printer"),
        ("HELPDESK*internet* mati", "*internet* mati"),
        ("_HELPDESK_ *internet* mati", "*internet* mati"),
        ("HELPDESK (wifi) mati", "(wifi) mati"),
        ("HELPDESK", ""),
        ("HELPDESK .", ""),
    ],
)
def test_what_is_left(text: str, rest: str) -> None:
    assert after_keyword(text) == rest


@pytest.mark.parametrize(
    "text", ["", " ", "...", "😭😭", "pak", "selamat pagi min", "dong kak ya"]
)
def test_nothing_but_greeting_is_hollow(text: str) -> None:
    assert is_hollow(fold(text))


@pytest.mark.parametrize("text", ["mati", "pak wifi", "halo dunia", "pagi tadi mati", "1"])
def test_any_other_word_is_content(text: str) -> None:
    assert not is_hollow(fold(text))


@given(st.text(max_size=60), st.integers(0, 60))
def test_positions_never_go_back(text: str, at: int) -> None:
    folded = fold(text)
    start = min(at, len(folded))
    assert start <= skip_greeting(folded, start) <= len(folded)
    assert start <= skip_separators(folded, start) <= len(folded)
    end = keyword_end(folded, start)
    assert end is None or start + 6 <= end <= len(folded)
