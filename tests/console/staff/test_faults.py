"""What is wrong with documents, in the words of pages: every sentence of the code has its own."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from config.calendar_files import CalendarFileError
from config.calendars import parse_calendar
from config.holiday_lists import doubts
from console.language import words_in
from console.staff.admin.faults import WORDS, bare, sentence_of, told
from core.model.faults import DocumentError, Fault, fault
from core.model.policy_documents import parse_policy
from core.model.work import Refusal, RefusalKind

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
READ_BY_PAGES = (
    *("config/calendar_files.py", "config/calendar_text.py", "config/calendars.py"),
    *("config/holiday_lists.py", "config/holiday_import.py", "gateway/calendars.py"),
    *("core/model/week.py", "core/model/calendar.py", "core/model/sla_document.py"),
    *("core/model/policy_documents.py", "core/services/policies.py"),
)
PLACE = {"fault": 0, "refuse": 1, "_wrong": 1}
"""Where the sentence stands among the arguments."""

JAKARTA = 'zone = "Asia/Jakarta"'
id_words, en_words = words_in("id"), words_in("en")


def _sentences(path: str) -> Iterator[str]:
    """Every sentence of a fault: written where it is made, or named there."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    named: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        value = getattr(node, "value", None)
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
            for one in targets:
                named.setdefault(getattr(one, "id", ""), set()).add(value.value)
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        place = PLACE.get(name, len(call.args))
        for said in call.args[place : place + 1]:
            held = named.get(getattr(said, "id", ""), set())
            for one in {said.value} if isinstance(said, ast.Constant) else held:
                yield f"%(key)s: expected {one}" if name == "_wrong" else str(one)


def test_every_sentence_has_words_of_a_page() -> None:
    said = {one for path in READ_BY_PAGES for one in _sentences(path)}
    assert len(said) > 40
    assert said - WORDS.keys() == set()


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('zone = "Bulan"\n[[weeks]]\nmonday = ["08.00-12.00"]', 1, "zone diisi zona waktu"),
        (f'name = "x"\n{JAKARTA}\n[[weeks]]\nmonday = ["8-12"]', 4, "monday diisi daftar jam"),
        (f'{JAKARTA}\n[[weeks]]\nmonday = ["12.00-08.00"]', 2, "Senin: 12.00-08.00 harus buka"),
        (f"{JAKARTA}\nweks = 1", 2, "kata kunci weks tidak dikenal"),
        ("zone = = 1", 1, "tulisannya tidak terbaca sebagai TOML"),
        ('extends = "surga"', 1, "extends diisi salah satu dari: banyuwangi"),
        (JAKARTA, 0, "harus ada tepat satu jam kerja tanpa masa berlaku"),
    ],
)  # fmt: skip
def test_a_calendar_is_refused_in_indonesian(text: str, line: int, words: str) -> None:
    with pytest.raises(CalendarFileError) as caught:
        parse_calendar(text, "kita")
    (wrong,) = caught.value.faults
    said = told(wrong, id_words)
    assert words in said
    assert not line or said.startswith(f"Baris {line}: ")
    assert str(caught.value) == str(wrong)  # programs read what they did
    assert told(wrong, en_words) != said


def test_a_policy_names_each_key_in_indonesian() -> None:
    high = '[promises.high]\nsolution = "besok"\nfirst_answer = "0 working_days"'
    text = f"warn_percent = 200\nlupa = 1\n{high}"
    with pytest.raises(DocumentError) as caught:
        parse_policy(text)
    said = [told(one, id_words) for one in caught.value.faults]
    assert [one.key for one in caught.value.faults] == [
        "lupa", "promises.high.first_answer", "promises.high.solution", "warn_percent",
    ]  # fmt: skip
    assert said[0].startswith("lupa: pilih dari ")
    assert "0 working_days terlalu pendek" in said[1]
    assert "tulis angka dan satuannya" in said[2]
    assert "tanpa peringatan" in said[3]


def test_a_list_of_holidays_names_each_line() -> None:
    rows = (
        '[[days]]\ndate = 2028-01-01\ntype = "pesta"\nname = "x"\n'
        '[[days]]\ndate = 2027-05-01\ntype = "national"\nname = "y"'
    )
    text = f'year = 2028\nreviewed = false\nversion = 1\nsource = "-"\n{rows}'
    found = [(line, bare(one, id_words)) for line, one in doubts(text, "holidays-2028")]
    assert found == [
        (5, "jenis hari pada 2028-01-01 tidak dikenal"),
        (9, "tanggal 2027-05-01 bukan di tahun 2028"),
    ]


def test_signs_of_the_writer_never_break_the_sentence() -> None:
    wrong = fault("%(key)s is unknown; known are %(names)s", key="100%(x)s", names="%d %")
    assert "100%(x)s" in told(wrong, id_words)
    assert str(wrong) == "100%(x)s is unknown; known are %d %"
    assert str(fault("never said 100%")) == "never said 100%"


def test_a_refusal_without_faults_keeps_its_sentence() -> None:
    plain = Refusal(RefusalKind.INVALID, "Isi dahulu.")
    assert sentence_of(plain, id_words) == "Isi dahulu."
    day = fault("date %(day)s is listed twice", day=date(2028, 1, 1))
    both = Refusal(RefusalKind.INVALID, "x", faults=(Fault("days: %(why)s", (("why", day),)), day))
    assert sentence_of(both, id_words) == (
        "Hari libur: tanggal 2028-01-01 tertulis dua kali; tanggal 2028-01-01 tertulis dua kali."
    )
