"""Both languages are whole, and every word of a template is there."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from console import wording
from console.citizen import ticket_words, words
from console.citizen.form import TYPED
from core.model.hints import CATEGORIES
from core.model.ticket import Status

TEMPLATES = sorted(Path(words.__file__).parents[1].glob("templates/citizen/*.html"))
INSIDE = {
    *("NoteAdded", "Instructed", "Marked", "Classified", "FindingNoted", "MeasureSet"),
    *("ApprovalAsked", "Approved", "ApprovalRefused", "WorkReturned", "MergedIn", "TakenBack"),
    *("AutomaticReplyJoined", "UnverifiedJoined", "StatusAsked", "PriorityChanged"),
}
"""Kinds of events that are nobody's business but the office's."""

TABLES = ("CATEGORIES", "STATUSES", "NEXT", "EVENTS", "TARGETS", "WORDS")


@pytest.mark.parametrize("name", TABLES)
def test_every_word_stands_in_both_languages_with_the_same_values(name: str) -> None:
    for key, pair in getattr(words if name == "WORDS" else ticket_words, name).items():
        assert len(pair) == len(words.LANGUAGES), key
        assert all(text.strip() == text != "" for text in pair), key
        wanted = [{part[1] for part in Formatter().parse(text)} for text in pair]
        assert wanted[0] == wanted[1], key


def test_the_tables_know_what_the_core_knows() -> None:
    assert set(ticket_words.CATEGORIES) == CATEGORIES
    assert (
        set(ticket_words.STATUSES) == set(ticket_words.NEXT) == {status.value for status in Status}
    )
    assert {key: pair[0] for key, pair in ticket_words.STATUSES.items()} == {
        status.value: status.word for status in Status
    }
    assert not INSIDE & set(ticket_words.EVENTS)
    assert set(ticket_words.TARGETS) == set(wording.TARGETS)
    assert set(TYPED) <= set(words.WORDS)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_word_that_a_template_says_is_there(path: Path) -> None:
    html = path.read_text(encoding="utf-8")
    assert set(re.findall(r"say\('([a-z_]+)'", html)) <= set(words.WORDS)
    assert "|safe" not in html
    assert "<script" not in html
    assert "style=" not in html


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("", "", "id"),
        ("en", "id", "en"),
        ("id", "en", "id"),
        ("", "en-GB,en;q=0.9,id;q=0.1", "en"),
        ("", "jv,id;q=0.9,en;q=0.8", "id"),
        ("", "de, fr;q=0.3", "id"),
        ("xx", "EN-us", "en"),
        ("<script>", ";;,,==" * 999, "id"),
    ],
)
def test_the_language_of_a_visit(asked: str, accepted: str, language: str) -> None:
    assert words.language_of(asked, accepted) == language
    assert words.Words(language).language == language


def test_values_are_data() -> None:
    assert words.Words("id")("file_empty", name="{name}{0}").endswith("{name}{0}")
    assert words.Words("zz").language == "id"
    assert [words.size_words(n) for n in (1_024, 200_000, 10_485_760)] == [
        "1 KB",
        "195 KB",
        "10 MB",
    ]
