"""What citizens read: every word of the core is known, and nothing of a page escapes gettext."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import console
from console import wording
from console.citizen import notices, ticket_words
from console.citizen.form import LABELS, TYPED, Fault
from console.citizen.notices import Notice
from console.citizen.upload import FILE_EMPTY, size_words
from console.language import LANGUAGES
from console.pages import environment
from core.model.clock import FIRST_ANSWER, NEXT_ANSWER, SOLUTION
from core.model.hints import CATEGORIES
from core.model.ticket import Status

TEMPLATES = sorted((Path(console.__file__).parent / "templates/citizen").glob("*.html"))
INSIDE = {
    *("NoteAdded", "Instructed", "Marked", "Classified", "FindingNoted", "MeasureSet"),
    *("ApprovalAsked", "Approved", "ApprovalRefused", "WorkReturned", "MergedIn", "TakenBack"),
    *("AutomaticReplyJoined", "UnverifiedJoined", "StatusAsked", "PriorityChanged"),
}
"""Kinds of events that are nobody's business but the office's."""


def test_the_tables_know_what_the_core_knows() -> None:
    assert set(ticket_words.CATEGORIES) == CATEGORIES
    assert set(ticket_words.NEXT) == {status.value for status in Status}
    assert not INSIDE & set(ticket_words.EVENTS)
    assert set(ticket_words.EVENTS) <= set(wording.EVENTS), "kinds that nothing writes any more"
    assert set(ticket_words.TARGETS) == {FIRST_ANSWER, NEXT_ANSWER, SOLUTION}
    assert set(LABELS) == {*TYPED, "files"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_word_of_its_own_and_nothing_that_the_policy_refuses(path: Path) -> None:
    html = path.read_text(encoding="utf-8")
    assert "|safe" not in html
    assert "<script" not in html
    assert "style=" not in html
    code = r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}"
    plain = re.sub(code, "", html, flags=re.DOTALL)
    bare = re.sub(r"<[^>]*>|[a-z-]+=\"[^\"]*\"", " ", plain)
    assert re.findall(r"[A-Za-z]{2,}", bare) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_are_data(language: str) -> None:
    template = environment(language).from_string("{{ _(fault.words, **fault.values) }}")
    said = template.render(fault=Fault(FILE_EMPTY, {"name": "%(name)s<b>{0}"}))
    assert said.endswith("%(name)s&lt;b&gt;{0}")


def test_every_notice_says_what_to_do_and_has_a_status_of_its_kind() -> None:
    told = [one for one in vars(notices).values() if isinstance(one, Notice)]
    assert len(told) > 10
    for one in told:
        assert one.words.endswith((".", "?")), one
        assert (one.tone == "bad") is (one.status >= 400), one
        assert bool(one.retry) is (one.status in (429, 503)), one


def test_sizes_are_told_as_people_read_them() -> None:
    assert [size_words(n) for n in (1_024, 200_000, 10_485_760)] == ["1 KB", "195 KB", "10 MB"]
