"""The form as typed: nothing raises, nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from console.citizen.form import TRAP, TYPED, read_typed
from console.citizen.marks import FORM_LIFE, Marks, Verdict, is_bound

NOW = datetime(2026, 7, 14, 3, 0, tzinfo=UTC)
MARKS = Marks(b"rahasia-formulir-0123456789")
NAMES = st.sampled_from([*TYPED, TRAP, "token", "lang", "x", "text[]", ""])


@given(st.lists(st.tuples(NAMES, st.text()), max_size=12))
def test_whatever_comes_is_a_form(pairs: list[tuple[str, str]]) -> None:
    typed = read_typed(pairs)
    assert set(typed.values) == set(TYPED)
    assert set(typed.faults) <= set(TYPED)
    first = dict(reversed(pairs))
    for name in TYPED:
        kept = typed.values[name]
        assert "\x00" not in kept
        kept.encode()
        plain = first.get(name, "").replace("\r\n", "\n").replace("\x00", "\ufffd")
        assert len(kept) == len(plain)
    if not typed.faults:
        submission = typed.submission((typed.id("f", []), "f"), NOW, ())
        assert submission.text == typed.values["text"].strip() != ""


def test_the_same_content_is_the_same_complaint() -> None:
    typed = read_typed([("text", "a"), ("place", "b")])
    assert typed.id("f", []) == read_typed([("place", "b"), ("text", "a")]).id("f", [])
    others = [
        read_typed([("text", "a"), ("place", "c")]).id("f", []),
        read_typed([("text", "a"), ("name", "b")]).id("f", []),
        typed.id("g", []),
        typed.id("f", ["digest"]),
        typed.id("f", ["dig", "est"]),
    ]
    assert len({typed.id("f", []), *others}) == 6


def test_a_forms_mark_says_which_when_and_for_whom() -> None:
    mark = MARKS.form("browser", NOW)
    later = MARKS.read_form(mark, NOW + timedelta(seconds=5))
    assert (later.age, later.verdict) == (timedelta(seconds=5), Verdict.GOOD)
    assert is_bound(later, "browser")
    assert not is_bound(later, "other")
    again = MARKS.read_form(MARKS.form("browser", NOW, later.id), NOW)
    assert again.id == later.id
    assert MARKS.read_form(mark, NOW + FORM_LIFE).verdict is Verdict.GOOD
    late = MARKS.read_form(mark, NOW + FORM_LIFE + timedelta(milliseconds=1))
    assert (late.verdict, late.id) == (Verdict.LATE, later.id)


@given(st.text())
def test_no_text_is_a_mark_or_a_visit(text: str) -> None:
    assert MARKS.read_form(text, NOW).verdict is Verdict.FOREIGN
    assert not MARKS.may_visit(text, "HD26-000001-9", NOW)


@given(st.integers(min_value=0), st.characters())
def test_one_changed_sign_spoils_a_mark(at: int, sign: str) -> None:
    mark = MARKS.form("browser", NOW)
    place = at % len(mark)
    changed = mark[:place] + sign + mark[place + 1 :]
    assert changed == mark or MARKS.read_form(changed, NOW).verdict is Verdict.FOREIGN


def test_a_visit_is_for_one_ticket_and_one_hour() -> None:
    cookie = MARKS.visit("HD26-000001-9", NOW)
    assert MARKS.may_visit(cookie, "HD26-000001-9", NOW + timedelta(minutes=59))
    assert not MARKS.may_visit(cookie, "HD26-000001-9", NOW + timedelta(hours=1))
    assert not MARKS.may_visit(cookie, "HD26-000002-7", NOW)
    assert not Marks(b"rahasia lain 0123456789").may_visit(cookie, "HD26-000001-9", NOW)
