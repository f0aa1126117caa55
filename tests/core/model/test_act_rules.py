"""All acts against all statuses: the status model holds, nothing leaks, everything is told."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model import acts
from core.model.act_rules import FARTHEST, NAMES, RULES, UNENTITLED, decide, entitled, sees
from core.model.acts_hands import AT_ONCE
from core.model.events import canonical
from core.model.gsm7 import segments
from core.model.notices import notice_text
from core.model.rights import may
from core.model.staff import Right, Role, Staff
from core.model.texts import TextForm
from core.model.ticket import ALLOWED, Priority, Status
from core.model.work import SYSTEM, Actor, Change, Noted, Refusal, RefusalKind
from tests.core.fakes import NOON, office
from tests.core.model.work_samples import (
    EVERYTHING,
    SECRET,
    all_acts,
    made,
    refused,
    scene,
    ticket,
    visited,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

ACTS = all_acts()
STATES: list[dict[str, Any]] = [
    {},
    {"approval": "before"},
    {"approval": "after"},
    {"objected": True, "objection_open": True, "rejected_by": "staff:9"},
    {"visit": visited(arrived_at=NOON)},
    {"assignee_id": None, "assignee_name": ""},
]


def outcome(name: str, status: Status, **changes: Any) -> Change | Refusal:
    return decide(scene(ticket(status, **changes)), ACTS[name])


def outcomes(name: str) -> Iterator[tuple[Status, Change | Refusal]]:
    """Of this act on a ticket in every status and state."""
    for status in Status:
        for more in STATES:
            yield status, outcome(name, status, **more)


def done(name: str) -> list[Change]:
    return [found for _, found in outcomes(name) if isinstance(found, Change)]


def test_every_act_has_a_rule_a_right_and_a_name() -> None:
    assert {kind.__name__ for kind in RULES} == set(ACTS)
    assert set(NAMES.values()) == set(RULES)
    assert NAMES["take-back"] is acts.TakeBack
    assert all(isinstance(rule.right, Right) for rule in RULES.values())


@pytest.mark.parametrize("name", ACTS)
def test_no_act_leaves_the_status_model(name: str) -> None:
    for status, found in outcomes(name):
        if isinstance(found, Refusal):
            assert found.sentence.endswith(".")
            if found.kind is RefusalKind.FORBIDDEN_TRANSITION:
                assert found.allowed == tuple(s for s in Status if s in ALLOWED[status])
                wanted, _, listed = found.sentence.partition(". Yang dapat dipilih: ")
                assert wanted.rpartition("menjadi ")[2] not in listed
            continue
        after = found.after
        assert after.status is status or after.status in ALLOWED[status]
        assert found.facts
        assert (after.ended_at is None) == after.status.running
        assert after.status.running or not any(clock.open for clock in after.clocks)
        if after.status is not status:
            assert after.status_at == NOON
            assert after.reason
            assert after.pause is None or after.status is Status.PENDING
            assert any(fact.data.get("to") == after.status for fact in found.facts)


@pytest.mark.parametrize("name", ACTS)
def test_the_history_holds_no_words_and_no_names(name: str) -> None:
    assert done(name)
    for found in done(name):
        facts = [*found.facts, *(found.other.facts if found.other else ())]
        told = "".join(canonical(fact.data) for fact in facts)
        assert "Siti" not in told
        assert "3510" not in told
        assert "Tono" not in told
        assert all((fact.actor, fact.at) == ("staff:3", NOON) for fact in facts)


@pytest.mark.parametrize("form", list(TextForm))
@pytest.mark.parametrize("name", ACTS)
def test_every_notice_can_be_worded(name: str, form: TextForm) -> None:
    for found in done(name):
        for notice in found.notices:
            text = notice_text(notice, found.after, (office(), form), NOON)
            assert found.after.number in text
            assert form is not TextForm.SMS or segments(text).parts == 1


def test_the_acts_that_tell_the_citizen() -> None:
    told = {
        name: {notice.purpose for found in done(name) for notice in found.notices} for name in ACTS
    }
    assert {name: purposes for name, purposes in told.items() if purposes} == {
        "Dispose": {"assigned"},
        "Assign": {"assigned"},
        "Approve": {"assigned", "closed"},
        "RefuseApproval": {"back_to_work"},
        "PlanVisit": {"visit_planned"},
        "EnRoute": {"en_route"},
        "Pend": {"pending"},
        "Resolve": {"resolved"},
        "Close": {"closed"},
        "Reopen": {"reopened"},
        "Reject": {"rejected"},
        "DecideObjection": {"objection_accepted"},
        "Cancel": {"cancelled"},
        "Merge": {"merged"},
        "Escalate": {"escalated"},
    }


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("role", Role)
def test_the_right_of_the_table_is_asked(name: str, role: Role) -> None:
    person = Staff(3, "rina", "Rina", frozenset({role}))
    right = RULES[type(ACTS[name])].right
    found = decide(scene(ticket(), actor=Actor(person)), ACTS[name])
    assert (found == UNENTITLED) is not may(person, right, ticket().facts)


TOO_FAR = NOON + FARTHEST + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("act", "field"),
    [
        (acts.Note("a\x00b"), "text"),
        (acts.Answer("\ud83d"), "text"),
        (acts.Reject("incomplete", "x", "y\x00"), "rule"),
        (acts.Merge("HD26\x00"), "into"),
        (acts.PlanVisit(TOO_FAR), "at"),
        (acts.PlanVisit(datetime.max.replace(tzinfo=UTC)), "at"),
        (acts.PlanVisit(datetime(2026, 7, 15)), "at"),  # noqa: DTZ001 - naive on purpose
        (acts.Assign(8, start_at=TOO_FAR), "start_at"),
        (acts.Dispose(1, "x", due_at=TOO_FAR), "due_at"),
        (acts.Pend("access", "x", "y", TOO_FAR), "expected_at"),
    ],
)
def test_what_nobody_can_keep_is_refused_by_its_field(act: acts.Act, field: str) -> None:
    refusal = refused(decide(scene(ticket(Status.IN_PROGRESS)), act))
    assert (refusal.kind, refusal.field) == (RefusalKind.INVALID, field)


SECOND = timedelta(seconds=1)
DATED = {
    "due_at": acts.Dispose(1, "Periksa"),
    "start_at": acts.Assign(8, "Lebih dekat"),
    "at": acts.PlanVisit(NOON),
    "expected_at": acts.Pend("access", "pemilik", "terkunci", NOON),
}
"""Every act that takes a time, by the field that holds it."""


def test_every_time_of_an_act_is_in_the_table() -> None:
    timed = {one.name for kind in RULES for one in fields(kind) if "datetime" in str(one.type)}
    assert timed == set(DATED)


@pytest.mark.parametrize(
    ("field", "ago", "taken"),
    [
        ("due_at", -SECOND, True),
        ("due_at", timedelta(), False),
        ("due_at", timedelta(days=400), False),
        ("at", -SECOND, True),
        ("at", timedelta(), False),
        ("at", timedelta(days=1), False),
        ("expected_at", -SECOND, True),
        ("expected_at", timedelta(), False),
        ("expected_at", timedelta(minutes=1), False),
        ("start_at", -SECOND, True),
        ("start_at", timedelta(), True),  # at once
        ("start_at", AT_ONCE - SECOND, True),  # the form was open for a while
        ("start_at", AT_ONCE, False),
        ("start_at", timedelta(days=400), False),
    ],
)
def test_what_is_planned_lies_ahead(field: str, ago: timedelta, *, taken: bool) -> None:
    act: Any = replace(DATED[field], **{field: NOON - ago})  # type: ignore[type-var]  # every act is a value
    found = decide(scene(ticket(Status.IN_PROGRESS)), act)
    if taken:
        assert isinstance(found, Change)
        return
    refusal = refused(found)
    assert (refusal.kind, refusal.field) == (RefusalKind.INVALID, field)
    sentence = " sudah lewat. Pilih waktu sesudah Sel 14 Juli 2026 pukul 10.00 WIB."
    assert refusal.sentence.endswith(sentence)


def test_a_beginning_that_has_just_passed_is_told_as_now() -> None:
    act = acts.Assign(8, "Lebih dekat", start_at=NOON - AT_ONCE / 2)
    [notice] = made(decide(scene(ticket(Status.IN_PROGRESS)), act)).notices
    assert notice.values["mulai"] == NOON


@given(st.text(), st.sampled_from(sorted(ACTS)), st.sampled_from(list(Status)))
def test_nothing_that_is_typed_raises(text: str, name: str, status: Status) -> None:
    act: Any = ACTS[name]
    typed = {one.name: text for one in fields(act) if getattr(act, one.name) == SECRET}
    found = decide(scene(ticket(status)), replace(act, **typed))
    assert isinstance(found, (Change, Refusal))


def test_nobody_sees_a_complaint_about_themselves() -> None:
    about = ticket(about_staff_id=3)
    assert not sees(EVERYTHING, about)
    assert not entitled(EVERYTHING, Right.NOTE, about)
    assert sees(SYSTEM, about)
    assert entitled(SYSTEM, Right.CLOSE, about)
    assert SYSTEM.mark == "system"
    assert SYSTEM.staff_id is None


@pytest.mark.parametrize(
    ("status", "act", "field"),
    [
        (Status.RECEIVED, acts.Dispose(1, " "), "instruction"),
        (Status.RECEIVED, acts.Reject("", "x"), "code"),
        (Status.RECEIVED, acts.Reject("incomplete", "\n"), "text"),
        (Status.RECEIVED, acts.Cancel(""), "reason"),
        (Status.RECEIVED, acts.Merge(" "), "into"),
        (Status.RECEIVED, acts.SetPriority(Priority.HIGH, ""), "reason"),
        (Status.RECEIVED, acts.Classify(subject=" "), "subject"),
        (Status.RECEIVED, acts.Answer(""), "text"),
        (Status.RECEIVED, acts.Note(" \t"), "text"),
        (Status.RECEIVED, acts.Escalate(1, ""), "reason"),
        (Status.ASSIGNED, acts.Assign(8), "reason"),
        (Status.ASSIGNED, acts.TakeBack(" "), "reason"),
        (Status.IN_PROGRESS, acts.SetProgress(100), "solution"),
        (Status.IN_PROGRESS, acts.Resolve(""), "solution"),
        (Status.IN_PROGRESS, acts.Pend("access", "", "x", NOON), "for_whom"),
        (Status.IN_PROGRESS, acts.Pend("access", "x", "", NOON), "note"),
        (Status.IN_PROGRESS, acts.Pend("access", "x", "y", None), "expected_at"),
        (Status.CLOSED, acts.Reopen(""), "reason"),
    ],
)
def test_a_missing_field_is_named(status: Status, act: acts.Act, field: str) -> None:
    refusal = refused(decide(scene(ticket(status)), act))
    assert (refusal.kind, refusal.field) == (RefusalKind.MISSING, field)


def test_bw_24_answers_of_people_are_kept_apart_from_delegation() -> None:
    answered = made(outcome("Answer", Status.RECEIVED)).after
    assert answered.answered_at == NOON
    assert answered.status is Status.RECEIVED
    assert made(outcome("Assign", Status.RECEIVED)).after.answered_at is None


def test_an_answer_is_the_text_itself() -> None:
    change = made(outcome("Answer", Status.CLOSED))
    assert change.letter is not None
    assert change.letter.text == SECRET
    assert change.laid == ()
    spoken = made(decide(scene(ticket()), acts.Answer(SECRET, spoken=True)))
    assert spoken.letter is None
    assert spoken.laid == (Noted("spoken", SECRET),)
    assert spoken.after.answered_by == 3
