"""No sentence of ours is forgotten: all that pages show stand in the catalogues, or have words."""

from __future__ import annotations

import ast
import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from console.language import parts_of, words_in
from console.staff.admin.technical import plainly
from core.model.audit import Finding, Wrong
from core.model.audit_anchors import ALTERED, MISSING, OTHER, UNLINKED
from scripts import translations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOT = translations.ROOT


# --- every sentence that pages show stands in the catalogues -----------------------------------

CITIZENS = re.compile(
    r"core/model/(text_(defaults|notices)|texts|staff_words|watch_words|proof_texts|accounts|partners"
    r"|sla|survey_texts)\.py|core/services/doors\.py|channels/desk/"
    r"|gateway/(api|commands|demo)/|ticket_store/stream\.py|console/staff/admin/text_samples\.py"
)
"""Texts to citizens and to staff by message, words that are looked for, the API, the demo."""
SENTENCE = re.compile(r"[A-Z][^\n]*[a-z]\b[^\n]* [^\n]*\.")
INDONESIAN = re.compile(
    r"\b(tidak|belum|sudah|yang|dan|atau|untuk|dari|ini|Isi|Pilih|Tulis|Paling|harus|dapat|lagi)\b"
)


def sentences_of(path: Path) -> Iterator[tuple[int, str]]:
    """Indonesian sentences of the code, docstrings left out; values are told as three dots."""
    tree = ast.parse(path.read_text("utf-8"))
    inside = {
        id(part) for one in ast.walk(tree) if isinstance(one, ast.JoinedStr) for part in one.values
    }
    bare = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    for one in ast.walk(tree):
        if isinstance(one, ast.JoinedStr):
            words = "".join(p.value if isinstance(p, ast.Constant) else "…" for p in one.values)
        elif isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in bare:
            words = "" if id(one) in inside else one.value
        else:
            continue
        if SENTENCE.fullmatch(words) and INDONESIAN.search(words):
            yield one.lineno, words


def test_no_sentence_is_forgotten() -> None:
    """Else: write ``said("…")`` around it, with its values beside it (core/model/sentences.py)."""
    known = {str(one.id) for one in translations.found()}
    forgotten = [
        f"{path.relative_to(ROOT)}:{line}: {words}"
        for room in (*translations.ROOMS, "console/staff", "console/citizen")
        for path in sorted((ROOT / room).rglob("*.py"))
        if not CITIZENS.match(str(path.relative_to(ROOT)))
        for line, words in sentences_of(path)
        if words not in known
    ]
    assert forgotten == []


def places(words: str) -> set[str]:
    return {name for _, name, _, _ in parts_of(words) if name}


def test_every_marked_sentence_is_a_literal_or_of_a_table_of_them() -> None:
    """Extraction sees literals only, and values must fit the places of their sentence."""
    calls = [
        (path, call)
        for room in translations.ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if "said(" in (code := path.read_text("utf-8"))
        for call in ast.walk(ast.parse(code))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "said"
    ]
    assert len(calls) > 500
    for path, call in calls:
        sentence, where = call.args[0], f"{path.relative_to(ROOT)}:{call.lineno}"
        assert isinstance(sentence, (ast.Constant, ast.Name, ast.Subscript)), where
        if isinstance(sentence, ast.Constant) and call.keywords:
            assert {one.arg for one in call.keywords} == places(str(sentence.value)), where


# --- what programs say in English --------------------------------------------------------------

READERS = (*(ROOT / "channels").rglob("*.py"), *(ROOT / "gateway").glob("readers/*.py"))
DAY = date(2026, 11, 23)


def test_what_keeps_a_payload_in_quarantine_has_words_of_a_page() -> None:
    """Every sentence of a reader; those of the desk's door are its API's."""
    told = [
        re.sub(r"\{[^}]*\}", "it", sentence)
        for path in (*READERS, ROOT / "gateway/parsing.py")
        if "desk" not in path.parts and "MalformedMessage" in (code := path.read_text("utf-8"))
        for sentence in re.findall(r'sentence = f?"([A-Z][^"]+)"', code)
    ]
    assert len(told) > 20
    assert [one for one in told if plainly(one, words_in("id")) == one] == []


@pytest.mark.parametrize(
    "finding",
    [
        *(Finding(Wrong.ANCHOR, how, day=DAY) for how in (ALTERED, UNLINKED, MISSING, OTHER)),
        *(Finding(Wrong.PART, which, day=DAY) for which in ("of the house", "from HD26-1 on")),
        *(Finding(kind, "HD26-1", 5, day=DAY) for kind in (Wrong.GONE, Wrong.REWRITTEN)),
        *(
            Finding(Wrong.VANISHED, of, 2)
            for of in ("the very beginning", "event 5 of x, written y")
        ),
        *(
            Finding(kind, "HD26-1", 5, 7)
            for kind in Wrong
            if kind not in (Wrong.ANCHOR, Wrong.PART, Wrong.VANISHED)
        ),
    ],
    ids=str,
)
def test_what_an_audit_finds_has_words_of_a_page(finding: Finding) -> None:
    shown = plainly(finding.sentence, words_in("id"))
    assert shown != finding.sentence
    assert not re.search(r"\b(the|was|removed|events?)\b", shown)
